/**
 * `fwctl doctor [DEVICE…]`: why something does not work. Opens each device
 * once, sends reads only, and writes nothing.
 *
 * @module
 */
import { Sessions } from "../device/sessions.ts";
import { examine, gather } from "../doctor/mod.ts";
import { READ_POLICY } from "../plan/policy.ts";
import { countFindings, doctorText } from "../view/doctor.ts";
import type { Context } from "./context.ts";
import { withHost } from "./with_host.ts";
import { driversOf } from "./drivers.ts";
import { EXIT, type ExitCode } from "./exit.ts";
import { underFile } from "./policy.ts";
import { stateOf } from "./runs.ts";
import { readDefinitions } from "./sessions.ts";

/** The command's options. */
export interface DoctorOptions {
  /** Show what is fine too. */
  readonly all?: boolean | undefined;
}

/** Runs the command: 0, or 1 when there is a problem. */
export async function doctor(
  context: Context,
  names: readonly string[],
  { all = false }: DoctorOptions,
): Promise<ExitCode> {
  const drivers = await driversOf(context.globals);
  const definitions = readDefinitions(context.globals, drivers);
  const policy = await underFile(context, READ_POLICY);
  const findings = await withHost(context, (host) =>
    examine(gather({
      host,
      drivers,
      names,
      state: stateOf(context.globals),
      sessions: (inventory) =>
        new Sessions({ host, inventory, drivers, policy, definitions }),
    })));
  const counts = countFindings(findings);
  context.output.result(
    "doctor",
    () => ({
      counts,
      findings: all
        ? findings
        : findings.filter(({ severity }) => severity !== "ok"),
    }),
    (style) => doctorText(findings, style, { all }),
  );
  return counts.problem > 0 ? EXIT.error : EXIT.done;
}
