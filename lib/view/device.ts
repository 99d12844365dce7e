/**
 * One device for people: who it is, what it sits on, who has its functions.
 *
 * @module
 */
import type { DeviceIdentity } from "../../drivers/driver.ts";
import type { Inventory, InventoryDevice } from "../device/inventory.ts";
import { functionRows, vfCount } from "./inventory.ts";
import type { Style } from "./style.ts";
import { type Cell, table } from "./table.ts";

/** What `info` found. */
export interface DeviceReport {
  /** Its entry in the inventory. */
  readonly entry: InventoryDevice;
  /** The driver's title. */
  readonly title: string;
  /** FWCTL_INFO's device type. */
  readonly deviceType: number;
  /** FWCTL_INFO's data, in words. */
  readonly context: readonly string[];
  /** Who it is. */
  readonly identity: DeviceIdentity;
}

/** The device, line by line, then its virtual functions; ends with a newline. */
export function deviceText(
  report: DeviceReport,
  machine: Inventory,
  style: Style,
  options: { readonly all?: boolean } = {},
): string {
  const { entry, identity } = report;
  const pairs: [string, string][] = [
    ["device", entry.path],
    [
      "driver",
      `${entry.driver} (${report.title}), device type ${report.deviceType}`,
    ],
    ["kernel driver", entry.kernelDriver ?? "none"],
    ["model", identity.model],
    ["firmware", identity.firmware || "not told"],
    ...Object.entries(identity.facts),
    ["context", report.context.join(", ")],
    [
      "PCI",
      entry.pci === null ? "none" : `${entry.pci} (${entry.pciId ?? "?"})`,
    ],
    ...(entry.parent === entry.pci ? [] : [pair("parent", entry.parent)]),
    ...(entry.physfn === null
      ? []
      : [pair("virtual function of", entry.physfn)]),
    ["net", entry.net.join(", ")],
    ["RDMA", entry.infiniband.join(", ")],
    ["CXL", entry.cxl.join(", ")],
    [
      "virtual functions",
      entry.numVfs === null ? "" : `${vfCount(entry)} enabled`,
    ],
    ["lockdown", machine.lockdown],
    ["CAP_SYS_RAWIO", machine.rawio ? "yes" : "no"],
    ["tainted by fwctl", machine.tainted ? "yes" : "no"],
  ];
  const rows = pairs.filter(([, value]) => value !== "")
    .map(([name, value]): Cell[] => [[name, "bold"], value]);
  const lines = table(rows, {}, style);
  const functions = functionRows(entry, options.all ?? false);
  if (functions.length > 0) {
    const header = ["  VF", "", "ADDRESS", "", "KERNEL DRIVER", ""];
    lines.push("", ...table(functions, { header }, style));
  }
  return `${lines.join("\n")}\n`;
}

function pair(name: string, value: string): [string, string] {
  return [name, value];
}
