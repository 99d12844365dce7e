/**
 * Which function has which fwctl number: registering, unplugging and plugging
 * the functions of a scenario at the fwctl core.
 *
 * @module
 */
import { ModelError } from "../errors.ts";
import type { FwctlCore, FwctlDevice } from "./core.ts";
import { ModelProcess } from "./process.ts";
import type { DeviceSpec } from "./scenario_device.ts";
import { type FunctionRef, ownFunction, virtualFunctions } from "./machine.ts";
import type { KernelOps, ModelFunctions } from "./types.ts";

/** A function that can have a fwctl device. */
interface Slot {
  readonly ref: FunctionRef;
  readonly functions: ModelFunctions;
  /** N of its auxiliary device; CXL registers without one. */
  readonly auxiliary: number | undefined;
  /** The fwctl device while it is there. */
  device: FwctlDevice | undefined;
}

/** Number and key of a function; "" for a number that is taken by nobody. */
type Numbering = readonly (readonly [number, string])[];

/** How far above the scenario's numbers a saved one may be: orphans hold few. */
const SPARE = 1024;

/** A driver without a device: takes a number and refuses everything. */
const NOBODY: KernelOps = {
  device_type: 0,
  open_uctx: () => ({}),
  close_uctx: () => {},
  fw_rpc: () => -5,
};

/** The functions of a host at its fwctl core. */
export class Slots {
  readonly #core: FwctlCore;
  readonly #byKey = new Map<string, Slot>();
  readonly #byNumber = new Map<number, Slot>();
  /** Keys in the order of their probes; "" for a reserved number. */
  readonly #order: string[] = [];
  /** Numbers that are taken by nobody. */
  readonly #reserved: number[] = [];

  /** Functions of all devices, none registered yet. */
  constructor(
    core: FwctlCore,
    devices: readonly { spec: DeviceSpec; functions?: ModelFunctions }[],
  ) {
    this.#core = core;
    const auxiliaries = new Map<string, number>();
    const add = (ref: FunctionRef, functions: ModelFunctions): void => {
      const { driver, memdev } = ref.device;
      const next = auxiliaries.get(driver) ?? 0;
      auxiliaries.set(driver, next + 1);
      const auxiliary = memdev ? undefined : next;
      this.#byKey.set(ref.key, {
        ref,
        functions,
        auxiliary,
        device: undefined,
      });
      this.#order.push(ref.key);
    };
    // Drivers find the physical functions first; virtual ones come with
    // sriov_numvfs, when the machine is up.
    for (const { spec, functions } of devices) {
      for (let i = 0; i < spec.reserved; i++) this.#order.push("");
      if (functions) add(ownFunction(spec), functions);
    }
    for (const { spec, functions } of devices) {
      if (!functions || spec.kernelDriver === "") continue;
      for (const ref of virtualFunctions(spec)) {
        if (ref.vf?.kernelDriver === spec.kernelDriver) add(ref, functions);
      }
    }
  }

  /**
   * A fresh boot: everything in the order of the scenario. A function whose
   * probe fails takes no number; the next one has it.
   */
  boot(): void {
    for (const key of this.#order) {
      const slot = this.#byKey.get(key);
      if (slot) this.#register(slot);
      else this.#reserve();
    }
  }

  /**
   * Goes on with a boot: the numbers a saved state has, or those of a boot where
   * every probe went well. A probe that fails now leaves its number free, as
   * the others have theirs already.
   *
   * @throws `ModelError` when a saved numbering does not fit the scenario
   */
  resume(saved: Numbering | undefined): void {
    const wanted = new Map<number, string>();
    const seen = new Set<string>();
    for (const [number, key] of saved ?? this.#complete()) {
      if (
        number > this.#order.length + SPARE || wanted.has(number) ||
        (key !== "" && (seen.has(key) || !this.#byKey.has(key)))
      ) {
        throw new ModelError(
          `state.fwctl gives fwctl${number} to ${
            JSON.stringify(key.slice(0, 64))
          }, which does not fit the scenario`,
          { hint: "Delete the state file." },
        );
      }
      wanted.set(number, key);
      seen.add(key);
    }
    const last = Math.max(-1, ...wanted.keys());
    const gaps: FwctlDevice[] = [];
    for (let number = 0; number <= last; number++) {
      const key = wanted.get(number);
      const slot = key ? this.#byKey.get(key) : undefined;
      if (key === "") this.#reserve();
      else if (!slot || !this.#register(slot)) {
        gaps.push(this.#core.register(NOBODY));
      }
    }
    for (const gap of gaps) this.#core.unregister(gap);
  }

  /** The function with a number now. */
  at(number: number): FunctionRef | undefined {
    const slot = this.#byNumber.get(number);
    return slot?.device?.registered ? slot.ref : undefined;
  }

  /** The number a function has now. */
  number(key: string): number | undefined {
    const device = this.#byKey.get(key)?.device;
    return device?.registered ? device.number : undefined;
  }

  /** N of a function's auxiliary device. */
  auxiliary(key: string): number | undefined {
    return this.#byKey.get(key)?.auxiliary;
  }

  /** All numbers that functions have now, rising. */
  numbers(): number[] {
    return [...this.#byNumber.keys()].filter((number) => this.at(number))
      .sort((a, b) => a - b);
  }

  /** Takes a function's fwctl device away; false when it has none. */
  unplug(key: string): boolean {
    const slot = this.#slot(key);
    if (!slot.device?.registered) return false;
    this.#core.unregister(slot.device);
    this.#byNumber.delete(slot.device.number);
    slot.device = undefined;
    return true;
  }

  /** Gives a function its fwctl device back; false when it has one, or its probe fails. */
  plug(key: string): boolean {
    const slot = this.#slot(key);
    return !slot.device?.registered && this.#register(slot);
  }

  /** The numbering when it is not that of a boot where every probe went well. */
  save(): Numbering | undefined {
    const now: Numbering = [
      ...this.#reserved.map((number) => [number, ""] as const),
      ...this.numbers().map((number) =>
        [number, this.at(number)?.key ?? ""] as const
      ),
    ].sort(([a], [b]) => a - b);
    return JSON.stringify(now) === JSON.stringify(this.#complete())
      ? undefined
      : now;
  }

  #complete(): Numbering {
    return this.#order.map((key, number) => [number, key] as const);
  }

  #slot(key: string): Slot {
    const slot = this.#byKey.get(key);
    if (slot) return slot;
    throw new ModelError(`${key} has no fwctl device in this scenario`, {
      hint: "It must be a function bound to the kernel driver.",
    });
  }

  /** The probe; false when it fails. */
  #register(slot: Slot): boolean {
    // A probe at each bind: what a driver remembers of its own does not outlive
    // an unplug, what the firmware remembers does.
    const ops = slot.functions.ops(slot.ref.functionId);
    if (typeof ops === "number") return false;
    slot.device = this.#core.register(ops);
    this.#byNumber.set(slot.device.number, slot);
    return true;
  }

  /** An orphan that stays open keeps its number taken. */
  #reserve(): void {
    const device = this.#core.register(NOBODY);
    this.#reserved.push(device.number);
    // A process for each: a table of descriptors is short.
    new ModelProcess(this.#core, { capSysRawio: true, uid: 0 }).open(device, 0);
    this.#core.unregister(device);
  }
}
