/**
 * `fwctl list`: the devices of the machine. Opens none of them.
 *
 * @module
 */
import { discover } from "../device/discovery.ts";
import { inventoryText } from "../view/inventory.ts";
import type { Context } from "./context.ts";
import { withHost } from "./with_host.ts";
import { driversOf } from "./drivers.ts";
import { EXIT, type ExitCode } from "./exit.ts";

/** The command's options. */
export interface ListOptions {
  /** Every virtual function on a line of its own. */
  readonly all?: boolean | undefined;
}

/** Runs the command. */
export async function list(
  context: Context,
  options: ListOptions,
): Promise<ExitCode> {
  const inventory = await withHost(context, async (host) => {
    const found = discover(host);
    // The registry is loaded only for a kernel driver that is not in the tree.
    return found.devices.some(({ driver }) => driver === "unknown")
      ? discover(host, await driversOf(context.globals))
      : found;
  });
  context.output.result(
    "list",
    () => ({ inventory }),
    (style) => inventoryText(inventory, style, { all: options.all ?? false }),
  );
  return EXIT.done;
}
