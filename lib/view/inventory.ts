/**
 * The inventory for people: devices, their virtual functions, the machine.
 *
 * @module
 */
import { functionState } from "../device/functions.ts";
import type {
  Inventory,
  InventoryDevice,
  InventoryFunction,
} from "../device/inventory.ts";
import type { Style } from "./style.ts";
import { type Cell, table } from "./table.ts";
import { count } from "./words.ts";

/** How much is shown. */
export interface InventoryViewOptions {
  /** Every virtual function on a line of its own; otherwise long runs of alike ones are one line. */
  readonly all?: boolean;
}

/** Runs of alike functions longer than this are folded to one line. */
const RUN = 4;

/** One table of all devices with their virtual functions; ends with a newline. */
export function inventoryText(
  inventory: Inventory,
  style: Style,
  options: InventoryViewOptions = {},
): string {
  const { devices } = inventory;
  if (devices.length === 0) {
    return `${
      style(
        "No fwctl device: the kernel has none, or its modules are not loaded (mlx5_fwctl, pds_fwctl, bnxt_fwctl, cxl_core)",
      )
    }\n`;
  }
  const header = [
    "DEVICE",
    "DRIVER",
    "ADDRESS",
    "PCI ID",
    "KERNEL DRIVER",
    "VFS",
    "NET",
    "RDMA/CXL",
  ];
  const rows = devices.flatMap((device) => [
    deviceRow(device),
    ...functionRows(device, options.all ?? false),
  ]);
  const lines = table(rows, { header }, style);
  if (inventory.tainted) {
    lines.push(
      "",
      style(
        "The kernel is tainted by a firmware debug write since this boot (J, bit 19)",
        "yellow",
      ),
    );
  }
  return `${lines.join("\n")}\n`;
}

function deviceRow(device: InventoryDevice): Cell[] {
  const { name, driver, parent, pci, pciId, kernelDriver, physfn } = device;
  return [
    [name, "cyan"],
    driver,
    pci ?? parent,
    pciId ?? "-",
    kernelDriver ?? "-",
    physfn !== null ? `VF of ${physfn}` : vfCount(device),
    device.net.join(",") || "-",
    device.infiniband.join(",") || (device.cxl.join(",") || "-"),
  ];
}

/** `8/16`, or `-` where there is no SR-IOV. */
export function vfCount({ numVfs, totalVfs }: InventoryDevice): string {
  return numVfs === null ? "-" : `${numVfs}/${totalVfs ?? "?"}`;
}

/** Lines of a device's virtual functions; runs of alike ones folded unless `all`. */
export function functionRows(
  { virtfns }: InventoryDevice,
  all: boolean,
): Cell[][] {
  const rows: Cell[][] = [];
  for (let at = 0; at < virtfns.length;) {
    const first = virtfns[at];
    if (!first) break;
    let end = at + 1;
    while (alike(first, virtfns[end], end - at)) end++;
    const last = virtfns[end - 1];
    if (all || !last || end - at <= RUN) {
      for (const vf of virtfns.slice(at, end)) rows.push(functionRow(vf));
    } else {
      rows.push([
        `  VF ${first.index}-${last.index}`,
        "",
        `${first.pci}`,
        "",
        state(first),
        `${count(end - at, "VF")} alike, to ${last.pci}`,
      ]);
    }
    at = end;
  }
  return rows;
}

function alike(
  first: InventoryFunction,
  other: InventoryFunction | undefined,
  distance: number,
): boolean {
  return other !== undefined && other.index === first.index + distance &&
    other.kernelDriver === first.kernelDriver &&
    other.enabled === first.enabled && first.fwctl === null &&
    other.fwctl === null;
}

function functionRow(vf: InventoryFunction): Cell[] {
  return [`  VF ${vf.index}`, "", vf.pci, "", state(vf), vf.fwctl ?? ""];
}

function state(vf: InventoryFunction): Cell {
  const text = functionState(vf);
  return vf.kernelDriver === null ? [text, "dim"] : text;
}
