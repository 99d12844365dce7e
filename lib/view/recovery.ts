/**
 * What was found of a run that is to be finished or taken back, for people:
 * every step as it is now, and what will be done about it.
 *
 * @module
 */
import type { Recovery } from "../apply/recover.ts";
import type { StepState } from "../apply/look.ts";
import type { RunRecord } from "../apply/runs.ts";
import type { Look, Style } from "./style.ts";
import { type Cell, table } from "./table.ts";
import { SHOWN } from "./words.ts";

const STATE: Readonly<Record<StepState, readonly [text: string, look: Look]>> =
  {
    before: ["as before the run", "dim"],
    planned: ["as planned", "green"],
    neither: ["neither as before nor as planned", "red"],
    unknown: ["not known: no answer came", "red"],
    gone: ["gone with the reboot", "dim"],
  };

const ACTION: Readonly<Record<StepState, string>> = {
  before: "never sent",
  planned: "was sent and answered; nothing takes it back",
  neither: "not known",
  unknown: "was sent and no answer came; it is not sent again",
  gone: "not known",
};

/** The recovery as lines joined by newlines, with one at its end. */
export function recoveryText(
  { run, time, begin }: RunRecord,
  { plan, want, looks, todo, overridden, rebooted }: Recovery,
  style: Style,
  options: { readonly all?: boolean } = {},
): string {
  const lines = [
    `${style("run", "bold")} ${style(run)}  ${style(time)}  recipe ${
      style(plan.recipe.name)
    }  process ${begin.owner.pid}`,
    "",
  ];
  if (rebooted) {
    lines.push(style("  the machine was booted since", "yellow"), "");
  }
  const will = new Set(todo);
  const most = options.all ? Number.POSITIVE_INFINITY : SHOWN;
  const rows = looks.map(({ step, state }): Cell[] => {
    const planned = plan.steps[step];
    const resource = planned && plan.resources[planned.resource];
    const action = planned?.type === "action";
    return [
      planned?.device ?? "",
      resource?.title ?? "",
      resource?.address ?? "",
      action ? ACTION[state] : [STATE[state][0], STATE[state][1]],
      will.has(step)
        ? [want === "undo" ? "will be taken back" : "will be sent", "yellow"]
        : "",
    ];
  });
  lines.push(...table(rows.slice(0, most), { indent: "  " }, style));
  if (rows.length > most) {
    lines.push(style(`  … and ${rows.length - most} more`, "dim"));
  }
  for (const each of overridden) {
    lines.push(`  ${style("forced past:", "red")} ${style(each)}`);
  }
  return `${lines.join("\n")}\n`;
}
