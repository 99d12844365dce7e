/**
 * The machine the recordings were made on: 16 fwctl devices of four kinds, the
 * files that take them away and bring them back, and their modules.
 *
 * @module
 */
import { FwctlCore, type FwctlDevice } from "../../lib/model/core.ts";
import type { Credentials, ModelProcess } from "../../lib/model/process.ts";
import type { KernelOps } from "../../lib/model/types.ts";

/** How a file was recorded. */
export interface LabOptions {
  /** CXL devices with `lab.features`. */
  readonly features: boolean;
  /** Root without CAP_SYS_RAWIO. */
  readonly nocap: boolean;
  /** An ordinary user. */
  readonly nobody: boolean;
  /** Makes the process that calls, where it is not one on the lab's own core. */
  readonly process?: (
    core: FwctlCore,
    credentials: Credentials,
  ) => ModelProcess;
  /** The tainted word it began with; the recordings' machine had 4096. */
  readonly tainted?: number | undefined;
  /** The kernel it ran on, where the drivers of two differ; 7.2 unless given. */
  readonly kernel?: "7.2" | "7.3" | undefined;
}

/** The devices of one kind, with their firmwares, fresh. */
export interface LabHardware {
  /** Kernel side of each device, in the order of their numbers. Read at every bind: a driver that remembers something makes its ops anew. */
  readonly ops: readonly KernelOps[];
  /** The text of one of the kind's own files, without the final newline; undefined when there is none. */
  readFile?(path: string): string | undefined;
  /** Writes one of them; a negated errno, 0, or undefined when there is none. */
  writeFile?(path: string, text: string): number | undefined;
}

/** What the lab must know of a kind of device to model it. */
export interface LabType {
  /** Folder of the kernel driver, with `bind` and `unbind`. */
  readonly driverFolder: string;
  /** Its module. */
  readonly module: string;
  /** What is written to `bind` and `unbind` for device i of the kind. */
  bindName(index: number): string;
  /** Which device of the kind a case is about. */
  target(caseId: string): number;
  /** Fresh hardware. */
  create(options: LabOptions): LabHardware;
}

/** Kinds in the order of their numbers, with enum fwctl_device_type and how many there are. */
const KINDS = [
  { type: "mlx5", deviceType: 1, count: 3 },
  { type: "pds", deviceType: 4, count: 1 },
  { type: "bnxt", deviceType: 3, count: 1 },
  { type: "cxl", deviceType: 2, count: 11 },
] as const;

/** Users of the module fwctl, as rmmod lists them. */
const MODULES = ["mlx5_fwctl", "bnxt_fwctl", "cxl_core", "pds_fwctl"];

/** One device, whether bound or not. */
export class LabDevice {
  /** Its kind. */
  readonly type: string;
  /** Which of its kind. */
  readonly index: number;
  /** Registered device, or nothing while unbound. */
  bound: FwctlDevice | undefined;
  /** Runs inside the next RPC's driver call, once. */
  duringCall: (() => void) | undefined;
  readonly #core: FwctlCore;
  readonly #probe: () => KernelOps;

  /** Bound at once; `probe` gives the kernel side at each bind. */
  constructor(
    core: FwctlCore,
    type: string,
    index: number,
    probe: () => KernelOps,
  ) {
    this.#core = core;
    this.type = type;
    this.index = index;
    this.#probe = probe;
    this.bind();
  }

  /** The driver's probe. */
  bind(): void {
    if (this.bound) return;
    const ops = this.#probe();
    this.bound = this.#core.register({
      ...ops,
      fw_rpc: (...args) => {
        const hook = this.duringCall;
        this.duringCall = undefined;
        hook?.();
        return ops.fw_rpc(...args);
      },
    });
  }

  /** The driver's remove. */
  unbind(): void {
    if (this.bound) this.#core.unregister(this.bound);
    this.bound = undefined;
  }
}

/** The machine, freshly booted. */
export class Lab {
  /** The modelled kernel. */
  readonly core: FwctlCore;
  /** All devices in the order of their first numbers. */
  readonly devices: readonly LabDevice[];
  /** Users of the module fwctl that are loaded. */
  readonly modules: string[] = [...MODULES];
  readonly #types: Readonly<Record<string, LabType>>;
  readonly #hardware = new Map<string, LabHardware>();

  /** `types` are the kinds that have a model; the others only hold their numbers. */
  constructor(types: Readonly<Record<string, LabType>>, options: LabOptions) {
    this.#types = types;
    this.core = new FwctlCore({ tainted: options.tainted ?? 4096 });
    const devices: LabDevice[] = [];
    for (const { type, deviceType, count } of KINDS) {
      const hardware = types[type]?.create(options);
      if (hardware) this.#hardware.set(type, hardware);
      for (let i = 0; i < count; i++) {
        const probe = () => hardware?.ops[i] ?? placeholder(deviceType);
        devices.push(new LabDevice(this.core, type, i, probe));
      }
    }
    this.devices = devices;
  }

  /** The kind's definition, or nothing when it has no model. */
  type(name: string): LabType | undefined {
    return Object.hasOwn(this.#types, name) ? this.#types[name] : undefined;
  }

  /** Device i of a kind. */
  device(type: string, index: number): LabDevice | undefined {
    return this.devices.find((d) => d.type === type && d.index === index);
  }

  /** Names that are not CXL's, as the recorder lists them. */
  deviceNames(): string {
    return this.devices.flatMap((device) =>
      device.type !== "cxl" && device.bound ? [device.bound.name] : []
    ).sort().join(" ");
  }

  /** A file's text without the final newline; undefined when the lab has no such file. */
  readFile(path: string): string | undefined {
    if (path === "/proc/sys/kernel/tainted") return String(this.core.tainted);
    for (const hardware of this.#hardware.values()) {
      const text = hardware.readFile?.(path);
      if (text !== undefined) return text;
    }
    return undefined;
  }

  /** The device that a write to a driver's `bind` or `unbind` names. */
  bindTarget(
    path: string,
    text: string,
  ): { device: LabDevice; bind: boolean } | undefined {
    for (const device of this.devices) {
      const type = this.type(device.type);
      if (!type || text.trim() !== type.bindName(device.index)) continue;
      if (path === `${type.driverFolder}/bind`) return { device, bind: true };
      if (path === `${type.driverFolder}/unbind`) {
        return { device, bind: false };
      }
    }
    return undefined;
  }

  /** Writes one of the kinds' own files; undefined when there is no such file. */
  writeFile(path: string, text: string): number | undefined {
    for (const hardware of this.#hardware.values()) {
      const ret = hardware.writeFile?.(path, text);
      if (ret !== undefined) return ret;
    }
    return undefined;
  }

  /** insmod and rmmod; undefined for any other command. */
  run(argv: readonly string[]): { code: number; stderr: string } | undefined {
    const [command, argument = ""] = argv;
    if (command === "rmmod" && argument === "fwctl") {
      const stderr = "rmmod: ERROR: Module fwctl is in use by: " +
        this.modules.join(" ");
      return this.modules.length ? { code: 1, stderr } : undefined;
    }
    const module = argument.replace(/^.*\//, "").replace(/\.ko$/, "");
    const type = Object.keys(this.#types)
      .find((name) => this.#types[name]?.module === module);
    if (type === undefined) return undefined;
    const mine = this.devices.filter((device) => device.type === type);
    const loaded = this.modules.indexOf(module);
    if (command === "rmmod" && loaded >= 0) {
      this.modules.splice(loaded, 1);
      for (const device of mine) device.unbind();
    } else if (command === "insmod" && loaded < 0) {
      this.modules.unshift(module);
      for (const device of mine) device.bind();
    } else return undefined;
    return { code: 0, stderr: "" };
  }
}

/** A device without a model: it exists, and that is all. */
function placeholder(device_type: number): KernelOps {
  return {
    device_type,
    open_uctx: () => ({}),
    close_uctx: () => {},
    fw_rpc: () => -95,
  };
}
