/**
 * A plan for people: what will happen, to which function, with what right and
 * when.
 *
 * @module
 */
import type { Plan, PlannedDevice } from "../plan/types.ts";
import { deviceResources } from "./plan_resources.ts";
import { planSummary } from "./plan_summary.ts";
import type { Style } from "./style.ts";
import { count, distinct, SHOWN } from "./words.ts";

/** How much is shown. */
export interface PlanViewOptions {
  /** Everything, however long; otherwise the first of a kind and a count. */
  readonly all?: boolean;
}

/** The whole plan as lines joined by newlines, with one at its end. */
export function planText(
  plan: Plan,
  style: Style,
  options: PlanViewOptions = {},
): string {
  const most = options.all ? Number.POSITIVE_INFINITY : SHOWN;
  const lines: string[] = [];
  for (const device of plan.devices) {
    lines.push(deviceLine(device, style), "");
    lines.push(...deviceResources(plan, device.name, most, style), "");
  }
  const notes = noteLines(plan, most, style);
  if (notes.length > 0) lines.push(...notes, "");
  lines.push(planSummary(plan, style));
  return `${lines.join("\n")}\n`;
}

/** `fwctl0  mlx5  0000:3b:00.0  ConnectX-6 Dx  firmware 22.41.1000  uid 3, tools resources`. */
function deviceLine(device: PlannedDevice, style: Style): string {
  const { name, driver, address, identity, context } = device;
  const rest = [
    driver,
    address,
    identity.model,
    identity.firmware === "" ? "" : `firmware ${identity.firmware}`,
    context.join(", "),
  ].filter((part) => part !== "");
  return [style(name, "bold"), ...rest.map((part) => style(part))].join("  ");
}

function noteLines(plan: Plan, most: number, style: Style): string[] {
  const { shown, more } = distinct(
    plan.resources.flatMap((resource) => resource.notes),
    most,
  );
  const lines = shown.map((note) => `${style("  !", "yellow")} ${style(note)}`);
  if (more > 0) {
    lines.push(style(`  ! … and ${count(more, "more warning")}`, "yellow"));
  }
  return lines;
}
