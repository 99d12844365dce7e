/**
 * Drift for people, and for a Prometheus node exporter's textfile collector.
 *
 * @module
 */
import type { FwctlError } from "../errors.ts";
import type { Drift, DriftState } from "../plan/drift.ts";
import type { Style } from "./style.ts";
import { type Cell, table } from "./table.ts";
import { count, SHOWN } from "./words.ts";

/** What came of one recipe. */
export interface DriftReport {
  /** As it was named on the command line. */
  readonly source: string;
  /** The recipe's own name; "" when it could not be read. */
  readonly recipe: string;
  /** How its resources stand; absent when that could not be found out. */
  readonly drift?: Drift;
  /** Why not. */
  readonly error?: FwctlError;
}

/** One recipe after another; ends with a newline. */
export function driftText(
  reports: readonly DriftReport[],
  style: Style,
  options: { readonly all?: boolean } = {},
): string {
  const lines = reports.flatMap((report) =>
    reportLines(report, style, options)
  );
  return `${lines.join("\n")}\n`;
}

function reportLines(
  { source, recipe, drift, error }: DriftReport,
  style: Style,
  { all = false }: { readonly all?: boolean },
): string[] {
  const name = recipe === "" ? source : recipe;
  if (!drift) {
    return [
      `${style("✗", "red")} ${style(name, "bold")}: ${
        style(error?.message ?? "not known", "red")
      }`,
    ];
  }
  const { resources, count: counted } = drift;
  const off = resources.filter(({ state }) => state !== "as-declared");
  const shown = all ? off : off.slice(0, SHOWN);
  const head = off.length === 0
    ? style(
      `✓ ${name}: ${count(resources.length, "resource")} as declared`,
      "green",
    )
    : style(
      `~ ${name}: ${counted.drifted} drifted, ${counted.pending} pending, ${
        counted["as-declared"]
      } as declared`,
      "yellow",
    );
  const lines = [head];
  for (const { resource, state, fields } of shown) {
    const { device, title, address } = resource;
    lines.push(
      `  ${
        [device, title, address, state].filter((part) => part !== "").join("  ")
      }`,
    );
    const rows = fields.map(({ field, before, after, inForce }): Cell[] => [
      field,
      `declared ${after}`,
      state === "pending"
        ? `in force ${inForce ?? "?"} until a reset`
        : `is ${before}`,
    ]);
    lines.push(...table(rows, { indent: "      " }, style));
  }
  if (shown.length < off.length) {
    lines.push(`  … ${count(off.length - shown.length, "more resource")}`);
  }
  return lines;
}

const STATES: readonly DriftState[] = ["as-declared", "pending", "drifted"];

/**
 * The same in the Prometheus text format (version 0.0.4), for a textfile
 * collector.
 *
 * @param now seconds since 1970, when it was looked
 */
export function driftMetrics(
  reports: readonly DriftReport[],
  now: number,
): string {
  const lines = [
    "# HELP fwctl_drift_resources Declared resources by recipe, device and state.",
    "# TYPE fwctl_drift_resources gauge",
  ];
  for (const { source, recipe, drift } of reports) {
    const devices = new Map<string, Record<DriftState, number>>();
    for (const { resource, state } of drift?.resources ?? []) {
      const of = devices.get(resource.device) ??
        { "as-declared": 0, pending: 0, drifted: 0 };
      of[state]++;
      devices.set(resource.device, of);
    }
    for (const [device, counted] of devices) {
      for (const state of STATES) {
        lines.push(
          `fwctl_drift_resources${labels({ recipe, source, device, state })} ${
            counted[state]
          }`,
        );
      }
    }
  }
  lines.push(
    "# HELP fwctl_drift_error Whether a recipe could not be compared (1) or could (0).",
    "# TYPE fwctl_drift_error gauge",
    ...reports.map(({ source, recipe, drift }) =>
      `fwctl_drift_error${labels({ recipe, source })} ${drift ? 0 : 1}`
    ),
    "# HELP fwctl_drift_last_run_timestamp_seconds When the comparison was made.",
    "# TYPE fwctl_drift_last_run_timestamp_seconds gauge",
    `fwctl_drift_last_run_timestamp_seconds ${now}`,
  );
  return `${lines.join("\n")}\n`;
}

/** `{name="value",…}` with the format's three escapes. */
function labels(values: Readonly<Record<string, string>>): string {
  const parts = Object.entries(values).map(([name, value]) => {
    const escaped = value.replaceAll("\\", "\\\\").replaceAll("\n", "\\n")
      .replaceAll('"', '\\"');
    return `${name}="${escaped}"`;
  });
  return `{${parts.join(",")}}`;
}
