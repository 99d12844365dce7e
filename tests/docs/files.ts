/**
 * The Markdown files that a reader of the project meets.
 *
 * @module
 */
import { ROOT } from "../paths.ts";

/** Paths in the checkout: the front page and its neighbours, then the guides. */
export function documents(): string[] {
  return [...frontPages(), ...guides()];
}

/** The files beside the README. */
export function frontPages(): string[] {
  return [...Deno.readDirSync(ROOT)].map(({ name }) => name)
    .filter((name) => name.endsWith(".md")).sort();
}

/** The guides. */
export function guides(): string[] {
  return [...Deno.readDirSync(`${ROOT}docs/guides`)]
    .filter(({ name }) => name.endsWith(".md"))
    .map(({ name }) => `docs/guides/${name}`).sort();
}

/** A document's text. */
export function textOf(file: string): string {
  return Deno.readTextFileSync(`${ROOT}${file}`);
}
