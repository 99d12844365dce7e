/**
 * A policy for people: its rules in words, and what they mean for the requests
 * of each driver.
 *
 * @module
 */
import { type Policy, policyLines } from "../plan/policy.ts";
import type { JudgedRequest } from "../plan/policy/verdict.ts";
import type { Style } from "./style.ts";
import { type Cell, table } from "./table.ts";

/** The requests of one driver. */
export interface JudgedDriver {
  /** `mlx5`. */
  readonly driver: string;
  /** In order of their numbers; those the kernel never sends are not there. */
  readonly requests: readonly JudgedRequest[];
}

/** The whole answer; ends with a newline. `all` names every request. */
export function policyText(
  source: string,
  policy: Policy,
  drivers: readonly JudgedDriver[],
  style: Style,
  { all }: { readonly all: boolean },
): string {
  const rows = drivers.map(({ driver, requests }): Cell[] => {
    const number = (verdict: string): string =>
      String(requests.filter((each) => each.verdict === verdict).length);
    return [
      [driver, "bold"],
      ...requests.length === 0
        ? ["its requests have no public names", "", ""]
        : [number("sent"), number("plan"), number("refused")],
    ];
  });
  const header = ["DRIVER", "SENT", "DEPENDS ON THE PLAN", "REFUSED"];
  const lines = [
    style(`${source} is a valid policy.`, "green"),
    ...policyLines(policy).map((line) => `  ${style(line)}`),
    "",
    ...table(rows, { header }, style),
  ];
  if (all) {
    for (const { driver, requests } of drivers) {
      if (requests.length === 0) continue;
      lines.push(
        "",
        style(driver, "bold"),
        ...table(requests.map(requestRow), {}, style),
      );
    }
  }
  return `${lines.join("\n")}\n`;
}

function requestRow(
  { code, label, verdict, refusals }: JudgedRequest,
): Cell[] {
  const rules = refusals.map((text) =>
    /\(rule: ([^:)]*)/.exec(text)?.[1] ?? ""
  );
  return [
    `  ${code}`,
    [label.name, "cyan"],
    label.effect,
    label.groups?.join(", ") ?? "",
    verdict === "sent"
      ? ["sent", "green"]
      : verdict === "plan"
      ? ["depends on the plan", "yellow"]
      : ["refused", "red"],
    rules.join(", "),
  ];
}
