/**
 * How an apply ended, for people: every step, what was taken back, what to do.
 *
 * @module
 */
import type { ApplyResult, StepStatus } from "../apply/types.ts";
import type { Plan } from "../plan/types.ts";
import { nounOf } from "./plan_summary.ts";
import type { Look, Style } from "./style.ts";
import { type Cell, table } from "./table.ts";
import { count, SHOWN } from "./words.ts";

const STATUS: Readonly<
  Record<StepStatus, readonly [mark: string, text: string, look: Look]>
> = {
  "applied": ["✓", "applied, read back and right", "green"],
  "failed": ["✗", "failed; nothing of it is on the device", "red"],
  "undone": ["↶", "undone, read back and as before", "yellow"],
  "not-undone": ["✗", "NOT UNDONE: may hold the new values", "red"],
  "not-reached": ["·", "not reached", "dim"],
};

/** The result as lines joined by newlines, with one at its end. */
export function resultText(
  plan: Plan,
  result: ApplyResult,
  style: Style,
  options: { readonly all?: boolean } = {},
): string {
  const lines: string[] = [];
  const most = options.all ? Number.POSITIVE_INFINITY : SHOWN;
  const seen = new Map<StepStatus, number>();
  const rows: Cell[][] = [];
  const errors: string[][] = [];
  for (const { step, status, errors: found } of result.steps) {
    const before = seen.get(status) ?? 0;
    seen.set(status, before + 1);
    // What is left on a device is always listed in full.
    if (before >= most && status !== "not-undone") continue;
    const planned = plan.steps[step];
    const resource = planned && plan.resources[planned.resource];
    const [mark, text, look] = STATUS[status];
    rows.push([
      [mark, look],
      planned?.device ?? "",
      resource?.title ?? "",
      resource?.address ?? "",
      [text, look],
    ]);
    errors.push(found.map((error) => error.message));
  }
  table(rows, { indent: "  " }, style).forEach((line, index) => {
    lines.push(line);
    for (const message of errors[index] ?? []) {
      lines.push(`      ${style(message, "red")}`);
    }
  });
  for (const [status, number] of seen) {
    if (number <= most || status === "not-undone") continue;
    const [mark, text] = STATUS[status];
    lines.push(
      style(`  ${mark} … ${count(number - most, "more step")} ${text}`, "dim"),
    );
  }
  if (lines.length > 0) lines.push("");
  lines.push(...endLines(plan, result, style));
  return `${lines.join("\n")}\n`;
}

function endLines(plan: Plan, result: ApplyResult, style: Style): string[] {
  const number = (status: StepStatus): number =>
    result.steps.filter((step) => step.status === status).length;
  const hint = result.error?.hint;
  const next = hint === undefined ? [] : [`  next: ${style(hint)}`];
  switch (result.outcome) {
    case "nothing":
      return [style("Nothing to do: everything is as declared.", "green")];
    case "applied":
      return [
        style(
          `Applied: ${
            count(number("applied"), nounOf(plan))
          } changed, read back and right.`,
          "green",
        ),
      ];
    case "failed":
      return [
        style("Failed: nothing on any device is changed.", "red"),
        ...next,
      ];
    case "undone":
      return [
        style(
          `Failed and undone: ${
            count(number("undone"), "step")
          } had been or may have been applied; everything is taken back and read back as before.`,
          "yellow",
        ),
        ...next,
      ];
    case "not-undone":
      return [
        style(
          `FAILED AND NOT UNDONE: ${
            count(number("not-undone"), "step")
          } may still hold new values.`,
          "red",
        ),
        ...leftLines(plan, result, style),
        ...next,
        "  next: Plan the recipe again to see what the devices hold now, before any other change",
      ];
  }
}

/** What may be on the devices and was not before: a line a field. */
function leftLines(plan: Plan, result: ApplyResult, style: Style): string[] {
  const rows: Cell[][] = [];
  for (const { step, status } of result.steps) {
    const planned = plan.steps[step];
    const resource = planned && plan.resources[planned.resource];
    if (status !== "not-undone" || !planned || !resource) continue;
    for (const { field, before, after } of resource.changes) {
      rows.push([
        planned.device,
        resource.title,
        field,
        `was ${before}, may be ${after}`,
      ]);
    }
  }
  return table(rows, { indent: "  " }, style);
}
