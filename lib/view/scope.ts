/**
 * What a request needs and does, for people.
 *
 * @module
 */
import type { RequestLabel } from "../../drivers/driver.ts";
import { labelName } from "../plan/policy.ts";
import { scopeNumber, scopeTaints } from "../uapi/fwctl.ts";
import type { Style } from "./style.ts";
import { type Cell, table } from "./table.ts";

/** The label line by line; ends with a newline. */
export function scopeText(
  label: RequestLabel,
  driver: string,
  style: Style,
): string {
  const { allowed, scope, scopeReason, effect, effectReason } = label;
  const rows: Cell[][] = [
    [["request", "bold"], `${labelName(label)} (${driver})`],
    ...(allowed
      ? [
        [
          ["scope", "bold"],
          `${scope} (${scopeNumber(scope)}): ${scopeReason}`,
        ] satisfies Cell[],
        [
          ["taint", "bold"],
          scopeTaints(scope) ? "taints the kernel (J)" : "no taint",
        ] satisfies Cell[],
        [["effect", "bold"], `${effect}: ${effectReason}`] satisfies Cell[],
      ]
      : [
        [
          ["scope", "bold"],
          [`none: the kernel driver never sends it; ${scopeReason}`, "red"],
        ] satisfies Cell[],
      ]),
  ];
  return `${table(rows, {}, style).join("\n")}\n`;
}
