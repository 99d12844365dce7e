/**
 * What the doctor looks at: paths and values as they were found, nothing judged
 * yet. What could not be read says so.
 *
 * @module
 */
import type { DeviceIdentity, Remark } from "../../drivers/driver.ts";
import type { InventoryDevice } from "../device/inventory.ts";
import type { FileStat } from "../host/host.ts";
import type { VfLook } from "../vfio/look.ts";

/** A file that was read, or why it was not. */
export interface TextFact {
  /** Where it is. */
  readonly path: string;
  /** What it says; undefined when it could not be read. */
  readonly text?: string | undefined;
  /** The errno by name; "" when it was read. */
  readonly error: string;
}

/** An error that somebody met, as text. */
export interface ErrorFact {
  /** What happened. */
  readonly message: string;
  /** What to do. */
  readonly hint: string;
  /** The errno by name, or "". */
  readonly errno: string;
}

/** A driver as the checks need it. */
export interface DriverFact {
  /** Our name of it. */
  readonly name: string;
  /** Kernel drivers of its devices. */
  readonly kernelDrivers: readonly string[];
  /** Kernel drivers of its PCI functions. */
  readonly functionDrivers: readonly string[];
  /** Its module, its option of the kernel's configuration, its first release. */
  readonly module: string;
  readonly config: string;
  readonly since: string;
  readonly sinceUnsure: boolean;
  /** Why a function can be without a fwctl device. */
  readonly absent: string;
}

/** The process that asks. */
export interface ProcessFact {
  /** Effective user id. */
  readonly uid: number;
  /** Effective group id and the supplementary ones. */
  readonly groups: readonly number[];
  /** Effective capabilities, hex digits. */
  readonly capabilities: string;
}

/** Where a module is said not to be loaded. */
export interface ModuleBlock {
  /** The file. */
  readonly path: string;
  /** Its line. */
  readonly line: string;
}

/** A kernel module. */
export interface ModuleFact {
  /** Its name, with underscores. */
  readonly name: string;
  /** Whether it is in the kernel now; null when nothing tells. */
  readonly loaded: boolean | null;
  /** Whether it is a part of the kernel's image; null when nothing tells. */
  readonly builtin: boolean | null;
  /** Its file below /lib/modules/RELEASE; "" when there is none, null when nothing tells. */
  readonly file: string | null;
  /** Who keeps it from being loaded. */
  readonly blocks: readonly ModuleBlock[];
}

/** All that is known of modules. */
export interface ModulesFact {
  /** What was read for it; the texts themselves are left out. */
  readonly sources: readonly TextFact[];
  /** Those that matter here. */
  readonly modules: readonly ModuleFact[];
  /** Whether the kernel takes no more modules in this boot. */
  readonly closed: boolean;
}

/** What the kernel was built with. */
export interface ConfigFact {
  /** Where it was read; "" when nowhere. */
  readonly path: string;
  /** Options by name: `y`, `m`, or `n`. */
  readonly values: Readonly<Record<string, string>>;
}

/** A PCI function that one of the drivers claims, PFs only. */
export interface FunctionFact {
  /** Its address. */
  readonly pci: string;
  /** `vendor:device`. */
  readonly id: string;
  /** Our name of the driver. */
  readonly driver: string;
  /** The kernel driver bound, or null. */
  readonly kernelDriver: string | null;
  /** `driver_override`, or "". */
  readonly override: string;
  /** Its fwctl devices. */
  readonly fwctl: readonly string[];
}

/** An auxiliary device that a fwctl driver sits on, or should. */
export interface AuxiliaryFact {
  /** `mlx5_core.fwctl.0`. */
  readonly name: string;
  /** Our name of the driver. */
  readonly driver: string;
  /** The function it is of. */
  readonly pci: string;
  /** The driver bound to it, or null. */
  readonly bound: string | null;
}

/** A process that has a node open. */
export interface NodeHolder {
  /** Its process id. */
  readonly pid: number;
  /** Its name. */
  readonly comm: string;
  /** How many descriptors. */
  readonly count: number;
}

/** A fwctl device and its node. */
export interface DeviceFact {
  /** As discovery has it. */
  readonly entry: InventoryDevice;
  /** `MAJOR:MINOR` of the class. */
  readonly dev: TextFact;
  /** What its node is; null when it could not be asked. */
  readonly node: FileStat | null;
  /** Why not, the errno by name; "" when the machine cannot be asked at all. */
  readonly nodeError: string;
  /** What came of opening and asking it; null when it was not tried. */
  readonly asked: AskedFact | null;
  /** Who has it open, looked for when it could not be opened. */
  readonly holders: readonly NodeHolder[];
}

/** What came of opening and asking a device. */
export interface AskedFact {
  /** Why it did not open, or gave no info. */
  readonly failed?: ErrorFact;
  /** FWCTL_INFO for people. */
  readonly info: readonly string[];
  /** Who it is. */
  readonly identity?: DeviceIdentity;
  /** What the driver makes of its answers. */
  readonly remarks: readonly Remark[];
  /** Questions it did not answer. */
  readonly unanswered: readonly ErrorFact[];
}

/** A run that never ended. */
export interface UnfinishedFact {
  /** Its name. */
  readonly run: string;
  /** The devices of this machine it is about. */
  readonly devices: readonly string[];
}

/** A device's lock file. */
export interface LockFact {
  /** Its path. */
  readonly path: string;
  /** What is written beside the lock. */
  readonly note: string;
  /** The process that holds it; 0 when nobody does, null when nothing tells. */
  readonly pid: number | null;
}

/** A device that is sealed in this boot. */
export interface SealFact {
  /** The device. */
  readonly device: string;
  /** Since when. */
  readonly at: string;
  /** Whether it gives way. */
  readonly breakable: boolean;
}

/** What must outlive a command. */
export interface StateFact {
  /** The folder. */
  readonly dir: string;
  /** The nearest folder that is there, and what it is. */
  readonly at: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Whether the folder itself is there. */
  readonly exists: boolean;
  /** What stood in the way of looking into it. */
  readonly errors: readonly ErrorFact[];
  readonly unfinished: readonly UnfinishedFact[];
  readonly locks: readonly LockFact[];
  readonly seals: readonly SealFact[];
}

/** What was asked about by name, where it is no fwctl device. */
export type AskedName =
  | { readonly kind: "vf"; readonly name: string; readonly look: VfLook }
  | { readonly kind: "function"; readonly name: string; readonly pci: string }
  | {
    readonly kind: "unknown";
    readonly name: string;
    readonly message: string;
    readonly hint: string;
  };

/** Deno's permissions. */
export interface PermissionsFact {
  /** --allow-ffi: `granted`, also for libc alone. */
  readonly ffi: boolean;
  /** --allow-read and --allow-write of the state directory; null when there is none. */
  readonly stateRead: boolean | null;
  readonly stateWrite: boolean | null;
}

/** Everything that was looked at. */
export interface DoctorFacts {
  /** `model` has no Deno permissions to speak of. */
  readonly hostKind: "linux" | "model";
  /** Why the machine cannot be looked at; null when it can. */
  readonly unreachable: ErrorFact | null;
  readonly permissions: PermissionsFact;
  readonly release: TextFact;
  readonly process: ProcessFact | null;
  readonly config: ConfigFact;
  readonly modules: ModulesFact;
  readonly lockdown: TextFact;
  /** First data byte of the EFI variable SecureBoot; null when there is none. */
  readonly secureBoot: TextFact;
  readonly tainted: TextFact;
  /** The line of the kernel log with which fwctl tainted it, or "". */
  readonly taintLine: string;
  /** The class folder: its names, or why not. */
  readonly classFolder: TextFact;
  /** Files that are there in a container alone. */
  readonly container: readonly string[];
  readonly drivers: readonly DriverFact[];
  readonly functions: readonly FunctionFact[];
  readonly auxiliary: readonly AuxiliaryFact[];
  readonly devices: readonly DeviceFact[];
  readonly state: StateFact | null;
  /** Names that were asked about; empty for all. */
  readonly asked: readonly AskedName[];
}
