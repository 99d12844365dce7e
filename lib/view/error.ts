/**
 * An error for people: what happened, what of it in detail, what to do next.
 *
 * @module
 */
import type { FwctlError } from "../errors.ts";
import type { Style } from "./style.ts";
import { count, distinct, SHOWN } from "./words.ts";

/** The error as lines; ends with a newline. Never a stack trace. */
export function errorText(error: FwctlError, style: Style): string {
  const lines = [`${style("error:", "red")} ${style(error.message)}`];
  // The message names the first, so one alone says nothing new.
  const details = findings(error);
  if (details.length > 1) {
    const { shown, more } = distinct(details, SHOWN);
    lines.push(...shown.map((detail) => `  - ${style(detail)}`));
    if (more > 0) lines.push(`  - … and ${count(more, "more")}`);
  }
  if (error.hint !== undefined && error.hint !== "") {
    lines.push(`  next: ${style(error.hint)}`);
  }
  return `${lines.join("\n")}\n`;
}

/** The list inside an error, from whichever copy of the library it is. */
function findings(error: FwctlError): readonly string[] {
  const { refusals, findings } = error.details();
  const found = refusals ?? findings;
  return Array.isArray(found) ? found : [];
}
