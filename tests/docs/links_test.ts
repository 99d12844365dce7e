/** No link of the documentation leads nowhere. */
import { assert, assertEquals } from "@std/assert";
import { anchorOf } from "../../docs/site/markdown.ts";
import { targetOf } from "../../docs/site/links.ts";
import { SOURCES } from "../../docs/site/pages.ts";
import { ROOT } from "../paths.ts";
import { documents, textOf } from "./files.ts";

/** A text without its code. */
function prose(text: string): string {
  return text.replaceAll(/^```[^]*?^```$/gm, "").replaceAll(/`[^`\n]*`/g, "``");
}

/** The addresses that a text links to. */
function links(text: string): string[] {
  return [...prose(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, href = ""]) =>
    href
  );
}

/** The anchors of a Markdown file. */
function anchors(file: string): string[] {
  const text = textOf(file).replaceAll(/^```[^]*?^```$/gm, "");
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
    anchorOf(heading.replaceAll(/[`*]|\]\([^)]*\)|\[/g, ""))
  );
}

Deno.test("every link between the documents, and from them into the tree, leads somewhere", () => {
  const broken: string[] = [];
  let followed = 0;
  for (const file of documents()) {
    for (const href of links(textOf(file))) {
      const target = targetOf(file, href);
      if (target === null) continue;
      followed++;
      const { path, anchor } = target;
      try {
        Deno.statSync(`${ROOT}${path}`);
      } catch {
        broken.push(`${file}: ${href}`);
        continue;
      }
      if (anchor !== "" && !anchors(path).includes(anchor)) {
        broken.push(`${file}: ${href} (no such heading)`);
      }
    }
  }
  assertEquals(broken, []);
  assert(followed > 60, `${followed} links`);
});

Deno.test("no link is without encryption", () => {
  const found = documents().flatMap((file) =>
    links(textOf(file)).filter((href) => href.startsWith("http:"))
      .map((href) => `${file}: ${href}`)
  );
  assertEquals(found, []);
});

Deno.test("no heading of a document is there twice, so that each anchor means one", () => {
  for (const file of documents()) {
    // A changelog has the same headings for each version.
    if (file === "CHANGELOG.md") continue;
    const all = anchors(file);
    assertEquals(all.filter((each, at) => all.indexOf(each) !== at), [], file);
  }
});

Deno.test("every document is a page of the site, and every guide is named in the README", () => {
  assertEquals(SOURCES.map(({ file }) => file).sort(), documents().sort());
  const readme = links(textOf("README.md"));
  const missing = documents().filter((file) =>
    file.startsWith("docs/guides/") && !readme.includes(file)
  );
  assertEquals(missing, []);
});

Deno.test("a file that a document names in code is there", () => {
  const broken = documents().flatMap((file) =>
    [
      ...textOf(file).replaceAll(/^```[^]*?^```$/gm, "").matchAll(
        /`((?:lib|drivers|recipes|tests|docs|deploy)\/[\w./-]+\.\w+)`/g,
      ),
    ]
      .map(([, path = ""]) => path)
      .filter((path) => {
        try {
          return !Deno.statSync(`${ROOT}${path}`).isFile;
        } catch {
          // What a reader of CONTRIBUTING makes is not here.
          return !/NAME|SUBJECT|example/.test(path);
        }
      })
      .map((path) => `${file}: ${path}`)
  );
  assertEquals(broken, []);
});
