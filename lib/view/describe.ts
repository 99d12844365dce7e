/**
 * What a device offers, for people: queries, resources, actions, and what this
 * very device has, each with scope and effect.
 *
 * @module
 */
import type {
  ActionType,
  DescribedItem,
  DescribedSection,
  Effect,
  QueryType,
  ResourceType,
} from "../../drivers/driver.ts";
import type { Scope } from "../uapi/fwctl.ts";
import type { Style } from "./style.ts";
import { type Cell, table } from "./table.ts";

/** What is shown of a device. */
export interface Description {
  /** `fwctl0`. */
  readonly device: string;
  /** Its driver. */
  readonly driver: string;
  /** The driver for people. */
  readonly title: string;
  /** What can be read. */
  readonly queries: readonly Pick<
    QueryType,
    "name" | "summary" | "scope" | "arguments"
  >[];
  /** What can be declared. */
  readonly resources: readonly Pick<
    ResourceType,
    "kind" | "summary" | "scope" | "effect"
  >[];
  /** What can be asked for once. */
  readonly actions: readonly Pick<
    ActionType,
    "kind" | "summary" | "scope" | "effect"
  >[];
  /** What this very device has. */
  readonly sections: readonly DescribedSection[];
}

/** The description as lines; ends with a newline. */
export function describeText(
  { device, driver, title, queries, resources, actions, sections }: Description,
  style: Style,
): string {
  const lines = [`${style(device, "bold")}  ${driver}  ${style(title)}`];
  const section = (
    name: string,
    header: readonly string[],
    rows: readonly (readonly Cell[])[],
  ): void => {
    lines.push("", style(name, "bold"));
    if (rows.length === 0) lines.push(style("  none", "dim"));
    else lines.push(...table(rows, { header, indent: "  " }, style));
  };
  section(
    "Queries (fwctl query)",
    ["NAME", "SCOPE", "ARGUMENTS", "WHAT"],
    queries.map(({ name, scope, arguments: args, summary }) => [
      [name, "cyan"],
      scope ?? "depends",
      Object.keys(args).join(", ") || "-",
      summary,
    ]),
  );
  section(
    "Resources (declared by a recipe, converged, verified, undone)",
    ["KIND", "SCOPE", "EFFECT", "WHAT"],
    resources.map(kindRow),
  );
  section(
    "Actions (asked for by a recipe, sent once, not undone)",
    ["KIND", "SCOPE", "EFFECT", "WHAT"],
    actions.map(kindRow),
  );
  for (const { title, items } of sections) {
    section(
      title,
      ["NAME", "DETAIL", "USE", "SCOPE", "EFFECT", "WHY"],
      items.map(itemRow),
    );
  }
  return `${lines.join("\n")}\n`;
}

function kindRow(
  { kind, summary, scope, effect }: {
    readonly kind: string;
    readonly summary: string;
    readonly scope: Scope | null;
    readonly effect: Effect | null;
  },
): Cell[] {
  return [[kind, "cyan"], scope ?? "depends", effect ?? "depends", summary];
}

function itemRow(item: DescribedItem): Cell[] {
  const { name, detail, use, scope, effect, reason } = item;
  return [
    [name, use === "none" ? "dim" : "cyan"],
    detail,
    use === "none" ? ["-", "dim"] : use,
    scope ?? "-",
    effect ?? "-",
    reason,
  ];
}
