/**
 * The resources of one device in a plan: a line for each, with the fields that
 * change and the request that changes them below it.
 *
 * @module
 */
import { functionState } from "../device/functions.ts";
import type { InventoryFunction } from "../device/inventory.ts";
import type { FieldChange } from "../../drivers/driver.ts";
import { isPending } from "../plan/step.ts";
import { labelName } from "../plan/policy.ts";
import type { Plan, PlannedResource, PlannedStep } from "../plan/types.ts";
import { scopeTaints } from "../uapi/fwctl.ts";
import { nounOf } from "./plan_summary.ts";
import type { Style } from "./style.ts";
import { type Cell, table } from "./table.ts";
import { count } from "./words.ts";

interface Row {
  readonly resource: PlannedResource;
  readonly step: PlannedStep | undefined;
}

/** Lines of a device's resources; at most `most` that change and as many that do not. */
export function deviceResources(
  plan: Plan,
  device: string,
  most: number,
  style: Style,
): string[] {
  const steps = new Map(plan.steps.map((step) => [step.resource, step]));
  const rows: Row[] = [];
  const left = { changed: 0, same: 0 };
  const seen = { changed: 0, same: 0 };
  plan.resources.forEach((resource, index) => {
    if (resource.device !== device) return;
    const step = steps.get(index);
    const kind = step ? "changed" : "same";
    if (seen[kind]++ < most) rows.push({ resource, step });
    else left[kind]++;
  });
  const heads = table(rows.map(headCells), { indent: "  " }, style);
  const before = beforeWidth(rows);
  const fields = table(
    rows.flatMap(({ resource, step }) =>
      detailed(resource, step) ? fieldRows(resource, before) : []
    ),
    { indent: "      ", least: [20, 12] },
    style,
  );
  const lines: string[] = [];
  let field = 0;
  rows.forEach(({ resource, step }, index) => {
    lines.push(heads[index] ?? "");
    if (!detailed(resource, step)) return;
    const end = field + resource.changes.length + resource.same.length +
      (resource.arguments?.length ?? 0);
    lines.push(...fields.slice(field, end));
    field = end;
    if (step) lines.push(`      ${style(requestLine(step), "dim")}`);
    if (step?.type === "write" && step.undo !== undefined) {
      lines.push(`      ${style(`undo: ${step.undo}`, "dim")}`);
    }
  });
  const noun = nounOf(plan);
  if (left.changed > 0) {
    lines.push(
      style(`  ~ … ${count(left.changed, `more ${noun}`)} to change`, "yellow"),
    );
  }
  if (left.same > 0) {
    lines.push(
      style(`  = … ${count(left.same, `more ${noun}`)} as declared`, "dim"),
    );
  }
  return lines;
}

function headCells({ resource, step }: Row): Cell[] {
  const { title, address, identity, vf } = resource;
  return [
    step
      ? [`${step.type === "action" ? "!" : "~"} ${title}`, "yellow"]
      : [`= ${title}`, "dim"],
    address,
    Object.entries(identity).map(([name, value]) => `${name} ${value}`)
      .join(", "),
    vf ? `(${boundState(vf)})` : "",
    step ? when(step) : asDeclared(resource),
  ];
}

/** Whether the fields are shown: something changes, or waits for a reset. */
function detailed(
  resource: PlannedResource,
  step: PlannedStep | undefined,
): boolean {
  return step !== undefined || resource.same.some(isPending);
}

function asDeclared({ same }: PlannedResource): Cell {
  return same.some(isPending)
    ? ["as declared, waits for a reset", "yellow"]
    : ["as declared", "dim"];
}

function when(step: PlannedStep): Cell {
  if (step.type === "action") {
    return step.label.effect === "read"
      ? "sent once"
      : ["sent once, cannot be undone", "yellow"];
  }
  if (step.live === "now") return "live at once";
  const live = `live after the next ${step.reset ?? "reset"}`;
  return [
    step.verifiable ? live : `${live}, cannot be read back before`,
    "yellow",
  ];
}

function boundState(vf: InventoryFunction): string {
  return vf.kernelDriver === null
    ? "no driver bound"
    : `bound to ${functionState(vf)}`;
}

function fieldRows(
  { changes, same, arguments: given }: PlannedResource,
  before: number,
): Cell[][] {
  return [
    ...(given ?? []).map(({ name, value }): Cell[] => [
      name,
      String(value).padStart(before),
      "",
    ]),
    ...changes.map((change): Cell[] => [
      change.field,
      [`${String(change.before).padStart(before)} → ${change.after}`, "green"],
      [change.limit, ...threeWay(change)].filter((part) => part !== "")
        .join(", "),
    ]),
    ...same.map((field): Cell[] => [
      [field.field, "dim"],
      [String(field.after).padStart(before), "dim"],
      isPending(field)
        ? [["pending", ...threeWay(field)].join(", "), "yellow"]
        : ["as declared", "dim"],
    ]),
  ];
}

/** What is in force and the default, where a value waits for a reset. */
function threeWay(field: FieldChange): string[] {
  return [
    ...(field.inForce === undefined ? [] : [`in force ${field.inForce}`]),
    ...(field.default === undefined ? [] : [`default ${field.default}`]),
  ];
}

/** Width of the values that are there now, so that the arrows stand in a line. */
function beforeWidth(rows: readonly Row[]): number {
  let width = 2;
  for (const { resource: { changes } } of rows) {
    for (const { before } of changes) {
      width = Math.max(width, String(before).length);
    }
  }
  return Math.min(width, 34);
}

function requestLine({ label }: PlannedStep): string {
  return [
    labelName(label),
    `scope ${label.scope}`,
    `effect ${label.effect}`,
    scopeTaints(label.scope) ? "taints the kernel" : "no taint",
  ].join(" · ");
}
