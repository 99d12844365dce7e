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
import type { FunctionRef } from "./machine.ts";
import type { KernelOps, ModelFunctions } from "./types.ts";

/** A function that can have a fwctl device. */
interface Slot {
  readonly ref: FunctionRef;
  readonly pci: string;
  readonly functions: ModelFunctions;
  /** N of its auxiliary device. */
  readonly auxiliary: number;
  /** The fwctl device while it is there. */
  device: FwctlDevice | undefined;
}

/** Number and PCI address; "" for a number that is taken by nobody. */
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
  readonly #byPci = new Map<string, Slot>();
  readonly #byNumber = new Map<number, Slot>();
  readonly #initial: (readonly [number, string])[] = [];

  /** Functions of all devices, none registered yet. */
  constructor(
    core: FwctlCore,
    devices: readonly { spec: DeviceSpec; functions?: ModelFunctions }[],
  ) {
    this.#core = core;
    let number = 0;
    const auxiliaries = new Map<string, number>();
    const add = (ref: FunctionRef, functions: ModelFunctions): void => {
      const { driver } = ref.device;
      const auxiliary = auxiliaries.get(driver) ?? 0;
      auxiliaries.set(driver, auxiliary + 1);
      const pci = ref.vf?.pci ?? ref.device.pci;
      this.#byPci.set(pci, {
        ref,
        pci,
        functions,
        auxiliary,
        device: undefined,
      });
      this.#initial.push([number++, pci]);
    };
    // Drivers find the physical functions first; virtual ones come with
    // sriov_numvfs, when the machine is up.
    for (const { spec, functions } of devices) {
      for (let i = 0; i < spec.reserved; i++) {
        this.#initial.push([number++, ""]);
      }
      if (functions) {
        add({ device: spec, functionId: 0, vf: undefined }, functions);
      }
    }
    for (const { spec, functions } of devices) {
      if (!functions || spec.kernelDriver === "") continue;
      spec.vfs.forEach((vf, index) => {
        if (vf.kernelDriver !== spec.kernelDriver) return;
        add({ device: spec, functionId: index + 1, vf }, functions);
      });
    }
  }

  /**
   * Registers everything: as the scenario has it, or as a saved state says.
   *
   * @throws `ModelError` when a saved numbering does not fit the scenario
   */
  registerAll(saved: Numbering | undefined): void {
    const wanted = new Map<number, string>();
    const seen = new Set<string>();
    for (const [number, pci] of saved ?? this.#initial) {
      if (
        number > this.#initial.length + SPARE || wanted.has(number) ||
        (pci !== "" && (seen.has(pci) ||
          !this.#byPci.has(pci)))
      ) {
        throw new ModelError(
          `state.fwctl gives fwctl${number} to ${
            JSON.stringify(pci)
          }, which does not fit the scenario`,
          { hint: "Delete the state file." },
        );
      }
      wanted.set(number, pci);
      seen.add(pci);
    }
    const last = Math.max(-1, ...wanted.keys());
    const gaps: FwctlDevice[] = [];
    for (let number = 0; number <= last; number++) {
      const pci = wanted.get(number);
      const slot = pci ? this.#byPci.get(pci) : undefined;
      if (slot) this.#register(slot);
      else if (pci === "") this.#reserve();
      else gaps.push(this.#core.register(NOBODY));
    }
    for (const gap of gaps) this.#core.unregister(gap);
  }

  /** The function with a number now. */
  at(number: number): FunctionRef | undefined {
    const slot = this.#byNumber.get(number);
    return slot?.device?.registered ? slot.ref : undefined;
  }

  /** The number a function has now. */
  number(pci: string): number | undefined {
    const device = this.#byPci.get(pci)?.device;
    return device?.registered ? device.number : undefined;
  }

  /** N of a function's auxiliary device. */
  auxiliary(pci: string): number | undefined {
    return this.#byPci.get(pci)?.auxiliary;
  }

  /** All numbers that functions have now, rising. */
  numbers(): number[] {
    return [...this.#byNumber.keys()].filter((number) => this.at(number))
      .sort((a, b) => a - b);
  }

  /** Takes a function's fwctl device away; false when it has none. */
  unplug(pci: string): boolean {
    const slot = this.#slot(pci);
    if (!slot.device?.registered) return false;
    this.#core.unregister(slot.device);
    this.#byNumber.delete(slot.device.number);
    slot.device = undefined;
    return true;
  }

  /** Gives a function its fwctl device back; false when it has one. */
  plug(pci: string): boolean {
    const slot = this.#slot(pci);
    if (slot.device?.registered) return false;
    this.#register(slot);
    return true;
  }

  /** The numbering when it is not the scenario's own. */
  save(): Numbering | undefined {
    const now = this.#initial.filter(([, pci]) => pci === "")
      .concat(
        this.numbers().map((number) => {
          const slot = this.#byNumber.get(number);
          return [number, slot?.pci ?? ""] as const;
        }),
      )
      .sort(([a], [b]) => a - b);
    return JSON.stringify(now) === JSON.stringify(this.#initial)
      ? undefined
      : now;
  }

  #slot(pci: string): Slot {
    const slot = this.#byPci.get(pci);
    if (slot) return slot;
    throw new ModelError(`${pci} has no fwctl device in this scenario`, {
      hint: "It must be a function bound to the kernel driver.",
    });
  }

  #register(slot: Slot): void {
    // A probe at each bind: what a driver remembers of its own does not outlive
    // an unplug, what the firmware remembers does.
    const ops = slot.functions.ops(slot.ref.functionId);
    if (typeof ops === "number") return;
    slot.device = this.#core.register(ops);
    this.#byNumber.set(slot.device.number, slot);
  }

  /** An orphan that stays open keeps its number taken. */
  #reserve(): void {
    const device = this.#core.register(NOBODY);
    // A process for each: a table of descriptors is short.
    new ModelProcess(this.#core, { capSysRawio: true, uid: 0 }).open(device, 0);
    this.#core.unregister(device);
  }
}
