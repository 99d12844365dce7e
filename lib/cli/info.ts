/**
 * `fwctl info DEVICE`: who the device is, and who has its functions.
 *
 * @module
 */
import { findDevice } from "../device/discovery.ts";
import { READ_POLICY } from "../plan/policy.ts";
import { deviceText } from "../view/device.ts";
import type { Context } from "./context.ts";
import { withHost } from "./with_host.ts";
import { EXIT, type ExitCode } from "./exit.ts";
import { openSessions } from "./sessions.ts";

/** The command's options. */
export interface InfoOptions {
  /** Every virtual function on a line of its own. */
  readonly all?: boolean | undefined;
}

/** Runs the command. */
export async function info(
  context: Context,
  device: string,
  options: InfoOptions,
): Promise<ExitCode> {
  const { inventory, report } = await withHost(context, async (host) => {
    using opened = await openSessions(context, host, READ_POLICY);
    const { inventory, sessions } = opened;
    const entry = findDevice(inventory, device);
    const { driver, info, identity } = sessions.get(entry.name);
    const { title, deviceType } = driver;
    return {
      inventory,
      report: {
        entry,
        title,
        deviceType,
        info,
        context: driver.describeInfo(info),
        identity: identity(),
      },
    };
  });
  const { kernel, lockdown, tainted, rawio } = inventory;
  context.output.result(
    "info",
    () => ({
      device: report.entry,
      deviceType: report.deviceType,
      info: report.info,
      identity: report.identity,
      machine: { kernel, lockdown, tainted, rawio },
    }),
    (style) =>
      deviceText(report, inventory, style, { all: options.all ?? false }),
  );
  return EXIT.done;
}
