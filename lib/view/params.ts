/**
 * What a recipe takes, for people.
 *
 * @module
 */
import { describeParams } from "../recipe/params.ts";
import type { ParamSpecs } from "../recipe/types.ts";
import type { Style } from "./style.ts";
import { type Cell, table } from "./table.ts";

/** A recipe as its help shows it. */
export interface RecipeHelp {
  /** Its name. */
  readonly name: string;
  /** One sentence. */
  readonly description: string;
  /** Its parameters. */
  readonly params: ParamSpecs;
}

/** Name, description, and a line for each parameter; ends with a newline. */
export function paramsText(
  { name, description, params }: RecipeHelp,
  style: Style,
): string {
  const rows = describeParams(params).map((param): Cell[] => [
    [`-p ${param.name}=${param.form}`, "cyan"],
    param.help +
    (param.facts.length > 0 ? ` (${param.facts.join(", ")})` : ""),
  ]);
  const lines = [`${style(name, "bold")}: ${style(description)}`];
  if (rows.length > 0) lines.push("", ...table(rows, { indent: "  " }, style));
  else lines.push("", "It takes no parameters.");
  return `${lines.join("\n")}\n`;
}
