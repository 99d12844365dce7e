/**
 * The doctor's findings for people.
 *
 * @module
 */
import type { Finding, FindingSeverity } from "../doctor/mod.ts";
import type { Look, Style } from "./style.ts";
import { table } from "./table.ts";
import { count } from "./words.ts";

const LOOKS: Readonly<Record<FindingSeverity, Look>> = {
  problem: "red",
  warning: "yellow",
  note: "cyan",
  unmade: "dim",
  ok: "green",
};

/** How many of each severity. */
export function countFindings(
  findings: readonly Finding[],
): Record<FindingSeverity, number> {
  const counts = { problem: 0, warning: 0, note: 0, unmade: 0, ok: 0 };
  for (const { severity } of findings) counts[severity]++;
  return counts;
}

/** The findings, worst first; what is fine only with `all`. Ends with a newline. */
export function doctorText(
  findings: readonly Finding[],
  style: Style,
  { all }: { readonly all: boolean },
): string {
  const lines = findings
    .filter(({ severity }) => severity !== "ok" && severity !== "unmade")
    .flatMap((finding) => [...blockLines(finding, style), ""]);
  const rest = (severity: FindingSeverity, title: string): string[] => {
    const rows = findings.filter((each) => each.severity === severity)
      .map(({ check, subject, means }) => [check, subject, means]);
    return rows.length === 0
      ? []
      : [style(title, "bold"), ...table(rows, { indent: "  " }, style), ""];
  };
  return [
    ...lines,
    ...rest("unmade", "Could not be looked at:"),
    ...(all ? rest("ok", "Fine:") : []),
    summary(findings, style, all),
    "",
  ].join("\n");
}

/** Columns before what is said. */
const INDENT = "  ";

function blockLines(finding: Finding, style: Style): string[] {
  const { severity, check, subject, seen, means, todo, command } = finding;
  const rows = [
    ...seen.map((
      { path, value },
      index,
    ) => [index === 0 ? "seen" : "", `${path}: ${value}`]),
    ...(todo === "" ? [] : [["next", todo]]),
    ...(command === undefined
      ? []
      : [[todo === "" ? "next" : "", `$ ${command}`]]),
  ];
  return [
    `${style(severity, LOOKS[severity])}  ${style(check, "bold")}${
      subject === "" ? "" : `  ${style(subject)}`
    }`,
    `${INDENT}${style(sentence(means))}`,
    ...table(rows, { indent: `${INDENT}${INDENT}` }, style),
  ];
}

/** With a capital where it begins with a word, and a full stop. */
function sentence(text: string): string {
  const [word = ""] = text.split(" ");
  const first = /^[a-z]+$/.test(word) && word !== "fwctl"
    ? text.charAt(0).toUpperCase() + text.slice(1)
    : text;
  return /[.?!]$/.test(first) ? first : `${first}.`;
}

function summary(
  findings: readonly Finding[],
  style: Style,
  all: boolean,
): string {
  const { problem, warning, note, unmade, ok } = countFindings(findings);
  const parts = [
    count(problem, "problem"),
    count(warning, "warning"),
    count(note, "note"),
    `${ok} fine${all || ok === 0 ? "" : " (--all shows them)"}`,
    ...(unmade === 0 ? [] : [`${unmade} not looked at`]),
  ];
  return style(`Doctor: ${parts.join(", ")}.`, problem > 0 ? "red" : "bold");
}
