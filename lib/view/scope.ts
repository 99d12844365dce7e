/**
 * What a request needs and does, for people.
 *
 * @module
 */
import type { KnownRequest, RequestLabel } from "../../drivers/driver.ts";
import { labelName } from "../plan/policy.ts";
import { scopeNumber, scopeTaints } from "../uapi/fwctl.ts";
import type { Style } from "./style.ts";
import { type Cell, table } from "./table.ts";

/** Every request a driver knows, as a table; ends with a newline. */
export function requestsText(
  requests: readonly KnownRequest[],
  style: Style,
): string {
  const rows = requests.map(({ code, label }): Cell[] => [
    code,
    [label.name, label.allowed ? "cyan" : "dim"],
    label.allowed ? label.scope : ["never sent", "dim"],
    label.allowed && scopeTaints(label.scope) ? ["J", "yellow"] : "",
    label.effectReason === "" ? "" : label.effect,
    label.groups?.join(", ") ?? "",
    label.effectReason === "" ? label.scopeReason : label.effectReason,
  ]);
  const header = ["CODE", "NAME", "SCOPE", "TAINT", "EFFECT", "GROUPS", "WHY"];
  return `${table(rows, { header }, style).join("\n")}\n`;
}

/** The label line by line; ends with a newline. */
export function scopeText(
  label: RequestLabel,
  driver: string,
  style: Style,
): string {
  const { allowed, scope, scopeReason, effect, effectReason, groups = [] } =
    label;
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
        // What it would do, where that is known.
        ...(effectReason === ""
          ? []
          : [[["effect", "bold"], `${effect}: ${effectReason}`] as Cell[]]),
      ]),
    ...(groups.length === 0
      ? []
      : [[["groups", "bold"], groups.join(", ")] as Cell[]]),
  ];
  return `${table(rows, {}, style).join("\n")}\n`;
}
