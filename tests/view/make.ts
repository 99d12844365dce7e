/**
 * Plans and inventories made by hand, for the tests of the views.
 *
 * @module
 */
import { patchOf } from "../../lib/plan/step.ts";
import type { Inventory } from "../../lib/device/inventory.ts";
import type {
  Plan,
  PlannedResource,
  PlannedStep,
  PlannedWrite,
} from "../../lib/plan/types.ts";

const IMAGE = new Uint8Array([0, 0x11]);
const AFTER = new Uint8Array([0, 0x0c]);

/** VF `index` of the example in the design: two fields to change. */
export function changed(index: number): PlannedResource {
  return {
    kind: "mlx5.hca_cap",
    device: "fwctl0",
    unit: `function ${index + 1} GENERAL`,
    title: `VF ${index}`,
    address: `0000:3b:00.${index + 2}`,
    identity: { function: String(index + 1), vhca_id: "0x0012" },
    vf: {
      index,
      pci: `0000:3b:00.${index + 2}`,
      kernelDriver: null,
      fwctl: null,
      enabled: false,
    },
    notes: [],
    changes: [
      {
        field: "log_max_qp",
        before: 17,
        after: 12,
        limit: "at most 17",
        bit: 3,
        width: 5,
      },
      { field: "roce", before: 1, after: 0, limit: "", bit: 0, width: 1 },
    ],
    same: [],
    arguments: null,
  };
}

/** VF `index`, as declared. */
export function unchanged(index: number): PlannedResource {
  return {
    ...changed(index),
    identity: { function: String(index + 1), vhca_id: "0x0013" },
    vf: null,
    changes: [],
  };
}

/** The write of resource `resource`. */
export function step(
  resource: number,
  label: Partial<PlannedStep["label"]> = {},
): PlannedWrite {
  return {
    type: "write",
    resource,
    device: "fwctl0",
    label: {
      name: "SET_HCA_CAP",
      detail: "GENERAL, function 1",
      allowed: true,
      scope: "configuration",
      scopeReason: "on the kernel's list",
      effect: "runtime",
      effectReason: "at once",
      ...label,
    },
    live: "now",
    reset: null,
    verifiable: true,
    read: { request: new Uint8Array([1]), capacity: 2, offset: 0, length: 2 },
    before: IMAGE,
    patch: patchOf(IMAGE, AFTER),
    writeHeader: new Uint8Array([0xff]),
    payload: null,
    writeCapacity: 16,
  };
}

/** A plan of one ConnectX. */
export function plan(
  resources: readonly PlannedResource[],
  steps: readonly PlannedStep[],
): Plan {
  return {
    format: "1.0",
    recipe: { name: "vf_caps", url: "file:///r.ts", digest: "00", params: {} },
    bootId: "b",
    definitions: [],
    devices: [{
      name: "fwctl0",
      driver: "mlx5",
      address: "0000:3b:00.0",
      identity: {
        model: "ConnectX-6 Dx",
        firmware: "22.41.1000",
        facts: { vhca_id: "0x0000" },
      },
      info: { uid: 3, uctx_caps: 4 },
      context: ["uid 3", "tools resources"],
    }],
    resources,
    steps,
  };
}

/** One ConnectX with `vfs` virtual functions, the last in use by a VM. */
export function inventory(vfs: number): Inventory {
  return {
    bootId: "b",
    kernel: "7.2.13",
    lockdown: "none",
    tainted: false,
    rawio: true,
    devices: [{
      name: "fwctl0",
      path: "/dev/fwctl/fwctl0",
      driver: "mlx5",
      kernelDriver: "mlx5_core",
      sysfs: "/sys/devices/pci0000:3a/0000:3b:00.0",
      parent: "0000:3b:00.0",
      pci: "0000:3b:00.0",
      pciId: "15b3:101d",
      infiniband: ["mlx5_0"],
      net: ["ens1f0np0"],
      cxl: [],
      physfn: null,
      virtfns: Array.from({ length: vfs }, (_, index) => ({
        index,
        pci: `0000:3b:00.${index + 2}`,
        kernelDriver: index === vfs - 1 ? "vfio-pci" : null,
        fwctl: null,
        enabled: index === vfs - 1,
      })),
      numVfs: vfs,
      totalVfs: 16,
    }],
  };
}
