/**
 * `fwctl seal DEVICE…|--all`: closes devices to writes until the next boot.
 *
 * @module
 */
import { discover } from "../device/discovery.ts";
import { findDevice } from "../device/find.ts";
import { UsageError } from "../errors.ts";
import { addressesOf } from "../plan/policy/plan.ts";
import { table } from "../view/table.ts";
import type { Context } from "./context.ts";
import { withHost } from "./with_host.ts";
import { EXIT, type ExitCode } from "./exit.ts";
import { logged } from "./host/log.ts";
import { policyOf, sealsOf } from "./policy.ts";

/** The command's options. */
export interface SealOptions {
  /** Every device. */
  readonly all?: boolean | undefined;
  /** Whether not even `--break-seal` opens it. */
  readonly strict?: boolean | undefined;
  /** A file that gets a line. */
  readonly log?: string | undefined;
}

/** A device that is sealed now. */
interface Sealed {
  readonly device: string;
  readonly address: string;
  /** Whether `--break-seal` opens it. */
  readonly breakable: boolean;
}

/** Runs the command; it opens no device and sends nothing. */
export async function seal(
  context: Context,
  names: readonly string[],
  { all = false, strict = false, log }: SealOptions,
): Promise<ExitCode> {
  if (all === (names.length > 0)) {
    throw new UsageError(
      all ? "--all is given with devices" : "No device is named",
      { hint: "Name devices, or say --all" },
    );
  }
  const { seal: kind } = await policyOf(context);
  const breakable = !strict && kind !== "boot-strict";
  const sealed = await withHost(context, async (host) => {
    const inventory = discover(host);
    const seals = await sealsOf(context, host);
    if (!seals) {
      throw new UsageError("A modelled host has no folder for seals", {
        hint: "Name one: --state-dir DIR",
      });
    }
    const devices = all
      ? inventory.devices
      : names.map((name) => findDevice(inventory, name));
    const at = new Date().toISOString();
    return devices.map((device): Sealed => {
      const [address = device.parent] = addressesOf(device);
      seals.seal(address, inventory.bootId, { at, breakable, recipe: "" });
      const now = seals.sealed(address, inventory.bootId)?.breakable;
      return { device: device.name, address, breakable: now ?? breakable };
    });
  });
  context.output.result(
    "seal",
    () => ({ sealed }),
    (style) =>
      sealed.length === 0
        ? "There is no fwctl device; nothing is sealed\n"
        : `${
          table(
            sealed.map(({ device, address, breakable }) => [
              device,
              address,
              breakable
                ? "sealed until the next boot"
                : "sealed until the next boot; --break-seal does not open it",
            ]),
            {},
            style,
          ).join("\n")
        }\n`,
  );
  const line = sealed.map(({ address }) => address).join(" ");
  return logged(context, log, "seal", [line || "no device"], EXIT.done);
}
