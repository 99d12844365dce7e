/**
 * How an apply ended, for people: every step, what was taken back, what to do.
 *
 * @module
 */
import type { ApplyResult, StepStatus } from "../apply/types.ts";
import type { Plan, PlannedStep } from "../plan/types.ts";
import { namesOf, nounOf } from "./plan_summary.ts";
import type { Look, Style } from "./style.ts";
import { type Cell, table } from "./table.ts";
import { reportText } from "./report.ts";
import { count, SHOWN } from "./words.ts";

const STATUS: Readonly<
  Record<StepStatus, readonly [mark: string, text: string, look: Look]>
> = {
  "applied": ["✓", "applied, read back and right", "green"],
  "failed": ["✗", "failed; nothing of it is on the device", "red"],
  "undone": ["↶", "undone, read back and as before", "yellow"],
  "not-undone": ["✗", "NOT UNDONE: may hold the new values", "red"],
  "not-reached": ["·", "not reached", "dim"],
  "done": ["✓", "sent once and answered", "green"],
  "unknown": ["✗", "NOT KNOWN: sent, and no answer came", "red"],
};

/** The same for steps of which nothing can be read back. */
const UNREAD: Partial<Record<StepStatus, string>> = {
  "applied": "accepted by the device; it cannot be read back before the reset",
  "undone":
    "undone: the device accepted the old values; they cannot be read back before the reset",
};

/** The same for actions. */
const ACTION: Partial<Record<StepStatus, string>> = {
  "failed": "refused or not sent",
};

/** What became of a step, in words. */
function statusText(
  step: PlannedStep | undefined,
  status: StepStatus,
): string {
  const other = step?.type === "action"
    ? ACTION[status]
    : step?.verifiable === false
    ? UNREAD[status]
    : undefined;
  return other ?? STATUS[status][1];
}

/** How much is shown, and of what. */
export interface ResultViewOptions {
  /** Everything, however long. */
  readonly all?: boolean;
  /** Whether taking back is what was asked for. */
  readonly undo?: boolean;
}

/** The result as lines joined by newlines, with one at its end. */
export function resultText(
  plan: Plan,
  result: ApplyResult,
  style: Style,
  options: ResultViewOptions = {},
): string {
  const lines: string[] = [];
  const most = options.all ? Number.POSITIVE_INFINITY : SHOWN;
  const seen = new Map<StepStatus, number>();
  const rows: Cell[][] = [];
  const below: string[][] = [];
  const nameOf = namesOf(plan);
  for (const { step, status, errors: found, answer } of result.steps) {
    const before = seen.get(status) ?? 0;
    seen.set(status, before + 1);
    // What is left on a device is always listed in full.
    if (before >= most && !LEFT.has(status)) continue;
    const planned = plan.steps[step];
    const resource = planned && plan.resources[planned.resource];
    const [mark, , look] = STATUS[status];
    rows.push([
      [mark, look],
      planned?.device ?? "",
      nameOf(resource),
      resource?.address ?? "",
      [statusText(planned, status), look],
    ]);
    below.push([
      ...found.map((error) => `      ${style(error.message, "red")}`),
      ...(answer === undefined ? [] : indented(reportText(answer, style))),
    ]);
  }
  table(rows, { indent: "  " }, style).forEach((line, index) => {
    lines.push(line, ...below[index] ?? []);
  });
  for (const [status, number] of seen) {
    if (number <= most || LEFT.has(status)) continue;
    const [mark, text] = STATUS[status];
    lines.push(
      style(`  ${mark} … ${count(number - most, "more step")} ${text}`, "dim"),
    );
  }
  if (lines.length > 0) lines.push("");
  lines.push(
    ...options.undo && !result.error
      ? undoLines(plan, result, style)
      : endLines(plan, result, style),
  );
  return `${lines.join("\n")}\n`;
}

/** What is or may be on a device after a failure is always listed in full. */
const LEFT: ReadonlySet<StepStatus> = new Set(["not-undone", "unknown"]);

function indented(text: string): string[] {
  return text.trimEnd().split("\n").map((line) => `      ${line}`);
}

/** The end of a run whose purpose was to take another back. */
function undoLines(plan: Plan, result: ApplyResult, style: Style): string[] {
  const undone = result.steps.filter(({ status }) => status === "undone");
  if (result.outcome === "nothing") {
    return [
      style("Nothing to take back: no step is on a device any more.", "green"),
    ];
  }
  if (result.outcome === "undone") {
    return [
      style(`Undone: ${count(undone.length, "step")} taken back.`, "green"),
    ];
  }
  return endLines(plan, result, style);
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
        style(appliedLine(plan, number("applied")), "green"),
        // All is applied; what should have followed was not.
        ...(result.error
          ? [style(`But: ${result.error.message}`, "red"), ...next]
          : []),
      ];
    case "failed":
      return [
        style(
          `${why(result, "Failed")}: nothing on any device is changed.`,
          "red",
        ),
        ...next,
      ];
    case "stopped":
      return [
        style(
          `Stopped as told: ${
            count(number("applied") + number("done"), "step")
          } applied and left so, ${number("not-reached")} not begun.`,
          "yellow",
        ),
        ...next,
      ];
    case "undone":
      return [
        style(
          `${why(result, "Failed")} and undone: ${
            count(number("undone"), "step")
          } had been or may have been applied; everything is taken back and read back as before.`,
          "yellow",
        ),
        ...next,
      ];
    case "not-undone":
      return [
        style(
          `${why(result, "Failed").toUpperCase()} AND NOT UNDONE: ${
            LEFT_TEXT.filter(([status]) => number(status) > 0).map((
              [status, noun, text],
            ) => `${count(number(status), noun)} ${text}`).join("; ")
          }.`,
          "red",
        ),
        ...leftLines(plan, result, style),
        ...next,
        "  next: Plan the recipe again to see what the devices hold now, before any other change",
      ];
  }
}

/** Whether it failed, or somebody ended it. */
function why({ error }: ApplyResult, otherwise: string): string {
  return error?.code === "PlanError" &&
      error.details().reason === "interrupted"
    ? "Interrupted"
    : otherwise;
}

const LEFT_TEXT = [
  ["not-undone", "step", "may still hold new values"],
  ["unknown", "action", "may or may not have been carried out"],
  ["done", "action", "had been done and cannot be undone"],
] as const;

/** `Applied: 2 functions changed, read back and right; 1 action done.` */
function appliedLine(plan: Plan, applied: number): string {
  const unread =
    plan.steps.filter((step) => step.type === "write" && !step.verifiable)
      .length;
  const done = plan.steps.filter(({ type }) => type === "action").length;
  const parts: string[] = [];
  if (applied > unread) {
    parts.push(
      `${count(applied - unread, nounOf(plan))} changed, read back and right`,
    );
  }
  if (unread > 0) {
    parts.push(
      `${
        count(unread, nounOf(plan))
      } accepted, to be read back after the reset`,
    );
  }
  if (done > 0) parts.push(`${count(done, "action")} done`);
  return `Applied: ${parts.join("; ")}.`;
}

/** What may be on the devices and was not before: a line a field. */
function leftLines(plan: Plan, result: ApplyResult, style: Style): string[] {
  const rows: Cell[][] = [];
  const nameOf = namesOf(plan);
  for (const { step, status } of result.steps) {
    const planned = plan.steps[step];
    const resource = planned && plan.resources[planned.resource];
    if (status !== "not-undone" || !planned || !resource) continue;
    for (const { field, before, after } of resource.changes) {
      rows.push([
        planned.device,
        nameOf(resource),
        field,
        `was ${before}, may be ${after}`,
      ]);
    }
  }
  return table(rows, { indent: "  " }, style);
}
