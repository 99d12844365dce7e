/**
 * The built-in scenarios, each loaded only when it is asked for.
 *
 * @module
 */
import type { PlainObject } from "../../plain.ts";

/** A built-in scenario. */
export interface BuiltinScenario {
  /** What it is called. */
  readonly name: string;
  /** What is there, in one line. */
  readonly description: string;
  /** Its data, in form `fwctl-scenario/1`. */
  load(): Promise<PlainObject>;
}

/** All of them, in the order to show them. */
export const BUILTIN_SCENARIOS: readonly BuiltinScenario[] = [
  {
    name: "connectx",
    description:
      "one ConnectX-6 Dx with 8 of 16 VFs: unbound, idle at vfio-pci, held by a VM, at mlx5_core",
    load: async () => (await import("./connectx.ts")).connectx(),
  },
  {
    name: "two-cards",
    description: "a ConnectX-6 Dx with 4 VFs and a ConnectX-7 without",
    load: async () => (await import("./connectx.ts")).twoCards(),
  },
  {
    name: "no-tools",
    description: "a ConnectX-6 Dx whose firmware gives no TOOLS_RESOURCES",
    load: async () => (await import("./connectx.ts")).noTools(),
  },
  {
    name: "locked-down",
    description: "lockdown=integrity and a process without CAP_SYS_RAWIO",
    load: async () => (await import("./connectx.ts")).lockedDown(),
  },
  {
    name: "mixed",
    description:
      "all four drivers: a ConnectX-6 Dx, a CXL memory device, a Pensando card, a NetXtreme",
    load: async () => (await import("./mixed.ts")).mixed(),
  },
  {
    name: "cxl-vendor",
    description: "a CXL memory device on PCI that has vendor features",
    load: async () => (await import("./mixed.ts")).cxlVendor(),
  },
  {
    name: "lab",
    description:
      "the lab machine: 16 devices of all four drivers on the deterministic stub firmware",
    load: async () => (await import("./lab.ts")).lab(),
  },
  {
    name: "lab-sriov",
    description: "the lab machine with a PF and four VFs on the stub firmware",
    load: async () => (await import("./lab.ts")).labSriov(),
  },
  {
    name: "lab-features",
    description:
      "the lab machine whose CXL devices have a feature for each rule of setting one",
    load: async () => (await import("./lab.ts")).labFeatures(),
  },
  {
    name: "fleet",
    description: "a ConnectX-7 with 4,000 unbound VFs, for measuring",
    load: async () => (await import("./fleet.ts")).fleet(),
  },
];
