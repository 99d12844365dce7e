/**
 * Waiting for devices at boot. The kernel finds hardware when it finds it, and
 * nothing says that all is there: so what is waited for is what somebody named.
 *
 * @module
 */
import { discover } from "../../device/discovery.ts";
import { findDevice, pciAddress } from "../../device/find.ts";
import type { Inventory } from "../../device/inventory.ts";
import { isFwctlError } from "../../errors.ts";
import type { Host } from "../../host/host.ts";
import type { Output } from "../output.ts";

/** How often it looks again. */
const POLL_MS = 500;

/** A time until which may be waited, and a word about it. */
export class Patience {
  readonly #deadline: number;
  readonly #output: Output;
  #told = false;

  /** `seconds` from now. */
  constructor(seconds: number, output: Output) {
    this.#deadline = Date.now() + 1000 * seconds;
    this.#output = output;
  }

  /** Waits a moment and says what for, the first time; false when the time is up. */
  async more(what: string): Promise<boolean> {
    const left = this.#deadline - Date.now();
    if (left <= 0) return false;
    if (!this.#told) {
      const seconds = Math.ceil(left / 1000);
      this.#output.note(
        `${
          this.#output.errorStyle(
            `waiting for ${what}, ${seconds} seconds at most`,
          )
        }\n`,
      );
    }
    this.#told = true;
    await new Promise((done) => setTimeout(done, Math.min(left, POLL_MS)));
    return true;
  }
}

/**
 * Waits until these devices are there, or any when none is named.
 *
 * @param names of devices, or PCI addresses of their virtual functions
 * @returns what is missing still
 */
export async function waitForDevices(
  host: Host,
  names: readonly string[],
  patience: Patience,
): Promise<string[]> {
  for (;;) {
    const inventory = discover(host);
    const missing = names.length > 0
      ? names.filter((name) => !isThere(inventory, name))
      : inventory.devices.length > 0
      ? []
      : ["a fwctl device"];
    if (missing.length === 0) return [];
    if (!await patience.more(missing.join(", "))) return missing;
  }
}

/** The same for what a body misses: it is tried again as long as it names a device that is not there. */
export async function withDevices<T>(
  patience: Patience,
  body: () => Promise<T>,
): Promise<T> {
  for (;;) {
    try {
      return await body();
    } catch (error) {
      if (!isMissing(error)) throw error;
      if (!await patience.more(error.message)) throw error;
    }
  }
}

function isThere(inventory: Inventory, name: string): boolean {
  try {
    findDevice(inventory, name);
    return true;
  } catch (error) {
    if (!isFwctlError(error)) throw error;
    const pci = pciAddress(name);
    return inventory.devices.some(({ virtfns }) =>
      virtfns.some((each) => each.pci === pci)
    );
  }
}

function isMissing(error: unknown): error is Error {
  return isFwctlError(error) && error.code === "PlanError" &&
    error.details().reason === "unknown-target";
}
