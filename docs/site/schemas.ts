/**
 * The page that lists the JSON Schemas of files and of answers.
 *
 * @module
 */
import { escapeHtml } from "./escape.ts";
import type { PageText } from "./shell.ts";

/** A schema that is checked in. */
export interface Schema {
  /** Its file, from the checkout's root. */
  readonly file: string;
  /** Where the site has it. */
  readonly copy: string;
  /** Its `title`. */
  readonly title: string;
  /** Its `description`, or "". */
  readonly description: string;
}

/** The folders that have schemas. */
const FOLDERS = ["lib/plan", "lib/plan/policy", "lib/view/schemas"];

/** Every schema of the checkout. */
export function schemasIn(root: string): Schema[] {
  return FOLDERS.flatMap((folder) => {
    let names: string[] = [];
    try {
      names = [...Deno.readDirSync(`${root}${folder}`)].map(({ name }) => name);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
    return names.filter((name) => name.endsWith(".schema.json")).sort()
      .map((name) => schema(root, folder, name));
  });
}

function schema(root: string, folder: string, name: string): Schema {
  const file = `${folder}/${name}`;
  const { title, description } = JSON.parse(
    Deno.readTextFileSync(`${root}${file}`),
  );
  return {
    file,
    // A policy is a file, and `fwctl policy` an answer: both are policy.schema.json.
    copy: `schemas/${folder.startsWith("lib/plan") ? "files/" : ""}${name}`,
    title: String(title ?? name),
    description: String(description ?? ""),
  };
}

/** A text in which code stands in backticks. */
function marked(text: string): string {
  return escapeHtml(text).replaceAll(/`([^`]+)`/g, "<code>$1</code>");
}

/** The page. */
export function schemaPage(schemas: readonly Schema[]): PageText {
  const rows = schemas.map(({ copy, title, description }) =>
    `<tr><td><a href="${escapeHtml(copy)}"><code>${
      escapeHtml(copy.replace("schemas/", ""))
    }</code></a></td><td>${marked(title)}</td><td>${
      marked(description)
    }</td></tr>`
  );
  return {
    page: "schemas.html",
    title: "JSON schemas",
    html: `<h1>JSON schemas</h1>
<p>JSON Schema, draft 2020-12, of what the command reads and writes.</p>
<div class="table" tabindex="0"><table><thead><tr><th>file</th><th>what it is</th><th>about</th></tr></thead><tbody>${
      rows.join("\n")
    }</tbody></table></div>`,
    headings: [],
  };
}
