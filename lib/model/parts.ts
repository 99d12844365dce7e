/**
 * The devices of a modelled machine with their firmwares: making them from a
 * scenario, and saving and restoring what they remember.
 *
 * @module
 */
import type { Driver } from "../../drivers/driver.ts";
import { ModelError } from "../errors.ts";
import type { PlainData, PlainObject } from "../plain.ts";
import { didYouMean } from "./reader.ts";
import type { DeviceSpec } from "./scenario_device.ts";
import type { ModelFunctions } from "./types.ts";

/** What a model needs of a driver. */
export type ModelledDriver = Pick<Driver, "name" | "loadModel">;

/** One device of a modelled machine. */
export class Part {
  /** What the scenario says. */
  readonly spec: DeviceSpec;
  /** Its functions and firmware; none where a scenario only takes numbers. */
  readonly functions?: ModelFunctions;
  /** States, as text, that say nothing: fresh, and after the probes of a boot, which may count in it. */
  readonly #unchanged = new Set<string>();
  #restored = false;

  /** A fresh device. */
  constructor(spec: DeviceSpec, functions?: ModelFunctions) {
    this.spec = spec;
    if (!functions) return;
    this.functions = functions;
    this.#unchanged.add(JSON.stringify(functions.save()));
  }

  /** To be called when all probes are through. */
  booted(): void {
    if (!this.functions || this.#restored) return;
    this.#unchanged.add(JSON.stringify(this.functions.save()));
  }

  /** What the firmware remembers; undefined when that is nothing new. */
  save(): PlainData | undefined {
    const saved = this.functions?.save();
    return this.#unchanged.has(JSON.stringify(saved)) ? undefined : saved;
  }

  /** Takes back what `save` gave. @throws `ModelError` */
  restore(state: PlainData): void {
    this.functions?.restore(state);
    this.#restored = true;
  }
}

/**
 * Makes one device.
 *
 * @param release the machine's kernel
 * @param unplug takes a function's fwctl device away, by its key
 * @throws `ModelError` for a driver that is not known or a wrong firmware part
 */
export async function makePart(
  spec: DeviceSpec,
  drivers: readonly ModelledDriver[],
  release: string,
  unplug: (key: string) => void,
): Promise<Part> {
  if (spec.reserved > 0) return new Part(spec);
  const driver = drivers.find((driver) => driver.name === spec.driver);
  if (!driver) {
    const names = drivers.map((driver) => driver.name);
    throw new ModelError(
      `${spec.at}.driver is ${JSON.stringify(spec.driver)}, which is no driver${
        didYouMean(spec.driver, names)
      }`,
      {
        hint: `Drivers: ${
          names.join(", ")
        }; or "none" to take numbers. One from outside must be given along (--driver-module).`,
      },
    );
  }
  const model = await driver.loadModel();
  const functions = model.create({
    ...spec,
    release,
    unplug: (functionId) => {
      const key = functionId === 0 ? spec.key : spec.vfs[functionId - 1]?.pci;
      if (key !== undefined) unplug(key);
    },
  });
  return new Part(spec, functions);
}

/** What the firmwares remember, by key; those with nothing new left out. */
export function saveParts(parts: readonly Part[]): PlainObject {
  const devices: Record<string, PlainData> = {};
  for (const part of parts) {
    const saved = part.save();
    if (saved !== undefined) devices[part.spec.key] = saved;
  }
  return devices;
}

/**
 * Takes back what `saveParts` gave.
 *
 * @throws `ModelError` for a device that is none of the scenario's, or a state
 *   that does not fit
 */
export function restoreParts(
  parts: readonly Part[],
  devices: PlainObject,
): void {
  const byKey = new Map(parts.map((part) => [part.spec.key, part]));
  for (const [key, state] of Object.entries(devices)) {
    const part = byKey.get(key);
    if (!part?.functions) {
      throw new ModelError(
        `state.devices.${key.slice(0, 64)} is no device of the scenario`,
        { hint: "Delete the state file." },
      );
    }
    part.restore(state);
  }
}
