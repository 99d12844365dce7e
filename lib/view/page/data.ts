/**
 * A recipe's own report, which may be any plain data, on a page: lists of alike
 * objects as tables, the rest as lists.
 *
 * @module
 */
import {
  isPlainObject,
  type PlainData,
  type PlainObject,
} from "../../plain.ts";
import { html } from "./html.ts";
import type { Room } from "./parts.ts";

/** Levels of lists; deeper ones are shown as JSON. */
const DEEP = 6;
/** Most characters of a value. */
const VALUE = 2000;

/** The data as markup, or a sentence where the page has no room for it. */
export function dataHtml(data: PlainData, room: Room): string {
  const text = `<div class="data">${shown(data, 0)}</div>`;
  return room.take(text)
    ? text
    : `<p class="dim">The report is too large for this page: --json has it.</p>`;
}

function shown(data: PlainData, depth: number): string {
  if (depth > DEEP) return html(JSON.stringify(data), VALUE);
  if (isRows(data)) return rows(data);
  if (Array.isArray(data)) {
    return `<ul>${
      data.map((item: PlainData) => `<li>${shown(item, depth + 1)}</li>`).join(
        "",
      )
    }</ul>`;
  }
  if (isPlainObject(data)) {
    return `<dl>${
      Object.entries(data).map(([name, value]) =>
        `<div><dt>${html(name)}</dt><dd>${shown(value, depth + 1)}</dd></div>`
      ).join("")
    }</dl>`;
  }
  return `<code>${html(data === null ? "-" : String(data), VALUE)}</code>`;
}

function isScalar(data: PlainData): boolean {
  return typeof data !== "object" || data === null;
}

function isRows(data: PlainData): data is readonly PlainObject[] {
  return Array.isArray(data) && data.length > 0 &&
    data.every((item: PlainData) =>
      isPlainObject(item) && Object.values(item).every(isScalar)
    );
}

function rows(data: readonly PlainObject[]): string {
  const names = [...new Set(data.flatMap((row) => Object.keys(row)))];
  return `<div class="wide" tabindex="0" role="group" aria-label="Table"><table><thead><tr>${
    names.map((name) => `<th scope="col">${html(name)}</th>`).join("")
  }</tr></thead><tbody>${
    data.map((row) =>
      `<tr>${
        names.map((name) => {
          const value = Object.hasOwn(row, name) ? row[name] : undefined;
          return `<td>${
            value === undefined ? "" : html(String(value ?? "-"), VALUE)
          }</td>`;
        }).join("")
      }</tr>`
    ).join("\n")
  }</tbody></table></div>`;
}
