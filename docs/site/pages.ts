/**
 * Which Markdown files the site has, and in what order its navigation shows
 * them. A test holds the list to the tree.
 *
 * @module
 */

/** A page made of a Markdown file. */
export interface Source {
  /** The file, from the checkout's root. */
  readonly file: string;
  /** The page, from the site's root. */
  readonly page: string;
}

/** A part of the navigation. */
export interface Part {
  /** Its heading. */
  readonly title: string;
  /** Its pages. */
  readonly sources: readonly Source[];
}

function guides(...names: string[]): Source[] {
  return names.map((name) => ({
    file: `docs/guides/${name}.md`,
    page: `guides/${name}.html`,
  }));
}

/** The navigation, from its top. */
export const PARTS: readonly Part[] = [
  {
    title: "Start",
    sources: [
      { file: "README.md", page: "index.html" },
      ...guides("first-recipe", "recipes", "devices", "the-model"),
    ],
  },
  {
    title: "Change devices",
    sources: guides(
      "plans-and-runs",
      "policy-cookbook",
      "signatures",
      "vfio-children",
      "sriov-baseline",
      "nvconfig",
      "cxl-features",
    ),
  },
  {
    title: "Look at devices",
    sources: guides("debugging", "diagnostic-counters", "kernel-quirks"),
  },
  {
    title: "Adopt",
    sources: guides(
      "install",
      "on-a-host",
      "fleets",
      "json-and-scripts",
      "library",
      "stability",
      "writing-a-driver",
    ),
  },
  {
    title: "The project",
    sources: [
      ...guides("security-model"),
      { file: "SECURITY.md", page: "security.html" },
      { file: "CONTRIBUTING.md", page: "contributing.html" },
      { file: "CHANGELOG.md", page: "changelog.html" },
    ],
  },
];

/** Every page made of Markdown. */
export const SOURCES: readonly Source[] = PARTS.flatMap(({ sources }) =>
  sources
);
