/**
 * Builds the site from the checkout: no network, nothing but files.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { commandPages } from "./cli.ts";
import { addressOf } from "./links.ts";
import { render, type Rendered } from "./markdown.ts";
import { PARTS, type Source, SOURCES } from "./pages.ts";
import { schemaPage, schemasIn } from "./schemas.ts";
import { documentOf, type NavPart, type PageText } from "./shell.ts";
import { pageOfSource } from "./sources.ts";

/** The checkout's root, with a final slash. */
const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Files that are copied as they are. */
const ASSETS = ["site.css", "site.js", "theme.js"];

/** What to build. */
export interface BuildOptions {
  /** The folder of the site; replaced when it is there. */
  readonly folder: string;
  /** Whether `deno doc` makes the reference of the library, which takes seconds. */
  readonly api: boolean;
}

/** What was built. */
export interface Built {
  /** Pages of our own, from the site's root. */
  readonly pages: readonly string[];
}

/** Builds the site. @throws {Error} for a link that leads nowhere */
export async function buildSite(
  { folder, api }: BuildOptions,
): Promise<Built> {
  const shown = new Set<string>();
  const rendered = SOURCES.map((source) => ({
    source,
    page: renderSource(source, shown),
  }));
  const commands = await commandPages();
  const schemas = schemasIn(ROOT);
  const texts: PageText[] = [
    ...rendered.map(({ source, page }) => ({ ...page, page: source.page })),
    ...commands,
    schemaPage(schemas),
    ...[...shown].map((path) => pageOfSource(ROOT, path)),
  ];
  const nav = navigation(rendered, commands);
  await empty(folder);
  for (const text of texts) {
    write(folder, text.page, documentOf(text, nav));
  }
  for (const name of ASSETS) {
    write(folder, name, Deno.readTextFileSync(`${ROOT}docs/site/${name}`));
  }
  for (const { file, copy } of schemas) {
    write(folder, copy, Deno.readTextFileSync(`${ROOT}${file}`));
  }
  write(folder, "search-index.js", searchIndex(rendered, commands));
  if (api) await apiReference(`${folder}/api`);
  return { pages: texts.map(({ page }) => page) };
}

function renderSource(
  { file, page }: Source,
  shown: Set<string>,
): Rendered {
  const text = Deno.readTextFileSync(`${ROOT}${file}`);
  return render(
    text,
    (href) => addressOf(file, page, href, (path) => shown.add(path)),
  );
}

function navigation(
  rendered: readonly { source: Source; page: Rendered }[],
  commands: readonly PageText[],
): NavPart[] {
  const titles = new Map(
    rendered.map(({ source, page }) => [source.page, page.title]),
  );
  return [
    ...PARTS.map(({ title, sources }) => ({
      title,
      links: sources.map(({ page }) => ({
        page,
        title: page === "index.html" ? "Overview" : titles.get(page) ?? page,
      })),
    })),
    {
      title: "Reference",
      links: [
        { page: "api/index.html", title: "Library" },
        { page: "schemas.html", title: "JSON schemas" },
        ...commands.map(({ page, title }) => ({ page, title })),
      ],
    },
  ];
}

/** `[page, page title, anchor, heading, text]` for each section. */
function searchIndex(
  rendered: readonly { source: Source; page: Rendered }[],
  commands: readonly PageText[],
): string {
  const entries = [
    ...rendered.flatMap(({ source, page }) =>
      page.headings.map(({ depth, id, text }, at) => [
        source.page,
        page.title,
        depth === 1 ? "" : id,
        text,
        page.texts[at] ?? "",
      ])
    ),
    ...commands.flatMap(({ page, title, html, headings }) => {
      // Options that every command has would find every command.
      const own = html.replaceAll(/Global Options:[^]*?(?=\n\n|<)/g, "");
      const text = own.replaceAll(/<[^>]*>/g, " ")
        .replaceAll(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)))
        .replaceAll(/\s+/g, " ");
      return headings.map((heading) => [
        page,
        title,
        heading.id,
        heading.text,
        heading.id === "" ? text : "",
      ]);
    }),
  ];
  return `globalThis.SEARCH_INDEX = ${JSON.stringify(entries)};\n`;
}

/** `deno doc --html`: it works without a network. */
async function apiReference(folder: string): Promise<void> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "doc",
      "--html",
      "--name=fwctl-deno",
      `--output=${folder}`,
      "mod.ts",
    ],
    cwd: ROOT,
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}

/** Removes what an earlier build left; a folder that is something else is left alone. */
async function empty(folder: string): Promise<void> {
  try {
    const names = [...Deno.readDirSync(folder)].map(({ name }) => name);
    if (names.length > 0 && !names.includes("search-index.js")) {
      throw new Error(`${folder} is not a site: name another folder with -o`);
    }
    await Deno.remove(folder, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

function write(folder: string, page: string, text: string): void {
  const path = `${folder}/${page}`;
  Deno.mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true });
  Deno.writeTextFileSync(path, text);
}
