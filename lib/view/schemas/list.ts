/**
 * The list of schemas for people.
 *
 * @module
 */
import type { Style } from "../style.ts";
import { type Cell, table } from "../table.ts";
import { count } from "../words.ts";
import type { SchemaEntry } from "./load.ts";

/** A schema in the list. */
export interface ListedSchema extends SchemaEntry {
  /** Which commands answer so, or what file it is of. */
  readonly title: string;
}

/** Names and what each is of, and how to go on; ends with a newline. */
export function schemaListText(
  schemas: readonly ListedSchema[],
  dir: string | undefined,
  style: Style,
): string {
  const rows = schemas.map(({ name, title }): Cell[] => [
    [name, "cyan"],
    title,
  ]);
  return [
    ...table(rows, { header: ["NAME", "OF"] }, style),
    "",
    ...dir === undefined
      ? [
        "Programs check schema and major version, and ignore members they do not know.",
        style(
          "fwctl schema NAME prints one, fwctl schema --dir DIR writes all",
          "dim",
        ),
      ]
      : [`${count(schemas.length, "schema")} in ${style(dir, "bold")}`],
    "",
  ].join("\n");
}
