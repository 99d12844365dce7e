/**
 * Pages for files of the checkout that a guide links to.
 *
 * @module
 */
import { escapeHtml } from "./escape.ts";
import { sourcePage } from "./links.ts";
import type { PageText } from "./shell.ts";

/** A page for a file, or for a folder a list of what is in it. */
export function pageOfSource(root: string, path: string): PageText {
  const found = `${root}${path}`;
  const text = Deno.statSync(found).isDirectory
    ? [...Deno.readDirSync(found)].map(({ name, isDirectory }) =>
      isDirectory ? `${name}/` : name
    ).sort().join("\n")
    : Deno.readTextFileSync(found);
  const title = path.replace(/\/$/, "");
  return {
    page: sourcePage(path),
    title,
    html: `<h1>${escapeHtml(title)}</h1>\n<pre tabindex="0"><code>${
      escapeHtml(text.trimEnd())
    }</code></pre>`,
    headings: [],
  };
}
