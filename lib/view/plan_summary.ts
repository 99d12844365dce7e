/**
 * A plan in one line: how much, with what right, and what else happens.
 *
 * @module
 */
import { EFFECTS } from "../../drivers/driver.ts";
import type { Plan, PlannedResource } from "../plan/types.ts";
import { scopeNumber, SCOPES, scopeTaints } from "../uapi/fwctl.ts";
import type { Style } from "./style.ts";
import { count, thousands } from "./words.ts";

/** The title of a function; its unit ends in the capability type. */
const FUNCTION = /^(VF|Function) \d+$/;

/** What the plan's resources are called: functions, groups of their capabilities, or resources. */
export function nounOf({ resources }: Plan): string {
  const declared = resources.filter((each) => each.arguments === null);
  if (!declared.every(({ title }) => FUNCTION.test(title))) {
    return "resource";
  }
  const functions = new Set(declared.map(keyOf));
  return functions.size < declared.length ? "capability group" : "function";
}

/** Names for a plan's resources that tell them apart where one function has several. */
export function namesOf(
  { resources }: Plan,
): (resource: PlannedResource | undefined) => string {
  const seen = new Map<string, number>();
  for (const key of resources.map(keyOf)) {
    seen.set(key, (seen.get(key) ?? 0) + 1);
  }
  return (resource) => {
    if (!resource) return "";
    const { title, unit } = resource;
    const several = FUNCTION.test(title) &&
      (seen.get(keyOf(resource)) ?? 0) > 1;
    return several
      ? `${title} ${unit.slice(unit.lastIndexOf(" ") + 1)}`
      : title;
  };
}

function keyOf({ device, title }: PlannedResource): string {
  return `${device} ${title}`;
}

/** `Plan: 1 function to change, 1 as declared; 2 fields, 1 request. Needs scope configuration. …`. */
export function planSummary(plan: Plan, style: Style): string {
  const { resources, steps } = plan;
  const noun = nounOf(plan);
  const same = resources.length - steps.length;
  const actions = steps.filter(({ type }) => type === "action").length;
  if (resources.length === 0) {
    return `${style("Plan: nothing is declared.", "bold")}`;
  }
  if (steps.length === 0) {
    return `${style("Plan: nothing to do.", "bold")} ${
      style(`${count(same, noun)} as declared.`)
    }`;
  }
  const fields = steps.reduce(
    (sum, step) => sum + (resources[step.resource]?.changes.length ?? 0),
    0,
  );
  const parts = [
    ...(actions > 0 ? [`${count(actions, "action")} to send`] : []),
    ...(actions < resources.length
      ? [
        `${count(steps.length - actions, noun)} to change`,
        `${thousands(same)} as declared`,
      ]
      : []),
  ];
  const head = `Plan: ${parts.join(", ")}; ${
    actions < steps.length ? `${count(fields, "field")}, ` : ""
  }${count(steps.length, "request")}.`;
  return `${style(head, "bold")} ${style(rights(plan))} ${
    style(consequences(plan))
  }`;
}

function rights({ steps }: Plan): string {
  const scope = Math.max(...steps.map(({ label }) => scopeNumber(label.scope)));
  return `Needs scope ${SCOPES[scope]}.`;
}

function consequences({ steps }: Plan): string {
  const taints = steps.filter(({ label }) => scopeTaints(label.scope)).length;
  const waits =
    steps.filter((step) => step.type === "write" && step.live === "next-reset")
      .length;
  const strong = steps.filter(({ label }) =>
    EFFECTS.indexOf(label.effect) >= EFFECTS.indexOf("disruptive")
  );
  const worst = strong.some(({ label }) => label.effect === "destructive")
    ? "destructive"
    : "disruptive";
  const parts = [
    taints > 0
      ? `${count(taints, "request")} taint${taints === 1 ? "s" : ""} the kernel`
      : "Nothing taints",
    strong.length > 0
      ? `${count(strong.length, "request")} can be ${worst}`
      : "nothing resets",
  ];
  if (waits > 0) {
    parts.push(
      `${count(waits, "change")} wait${
        waits === 1 ? "s" : ""
      } for the next reset`,
    );
  }
  return `${parts.join(", ")}.`;
}
