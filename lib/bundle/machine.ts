/**
 * What a bundle says of the machine: the kernel, its taint letter by letter,
 * the modules, the lines of its log that matter here.
 *
 * @module
 */
import { hostFacts } from "../host/facts.ts";
import type { Host } from "../host/host.ts";
import { attribute, entriesOf } from "../host/sysfs.ts";
import type { Inventory } from "../device/inventory.ts";
import type { PlainData, PlainObject } from "../plain.ts";
import { taintBits } from "./taint.ts";

/** Most lines of the log; the last ones. */
const MOST_LINES = 2000;
/** Most characters of a line. */
const MOST_LINE = 1000;

/** The names a machine has; empty where it does not say. */
export function machineNames(host: Host): string[] {
  return ["hostname", "domainname"]
    .map((name) => attribute(host, `/proc/sys/kernel/${name}`) ?? "")
    .filter((name) => name !== "");
}

/** The kernel and the rights of this process. */
export function kernelData(host: Host): PlainObject {
  const { bootId, kernel, lockdown, rawio } = hostFacts(host);
  const [hostname = ""] = machineNames(host);
  return {
    release: kernel,
    boot_id: bootId,
    lockdown,
    raw_io: rawio,
    hostname: hostname || null,
    modules: entriesOf(host, "/sys/module").filter(isOurs).map((name) => ({
      module: name,
      version: attribute(host, `/sys/module/${name}/version`) ?? "",
      taint: attribute(host, `/sys/module/${name}/taint`) ?? "",
    })),
  };
}

/** The taint; the first call says no when it cannot be read. @throws `SyscallError` */
export function taintData(host: Host): PlainObject {
  const text = new TextDecoder()
    .decode(host.readFile("/proc/sys/kernel/tainted", 64)).trim();
  const known = /^\d{1,20}$/.test(text);
  return {
    tainted: known ? text : `not a number: ${text.slice(0, 40)}`,
    bits: (known ? taintBits(BigInt(text)) : []).map((bit) => ({ ...bit })),
  };
}

/**
 * The lines of the kernel log about fwctl and the drivers of these devices;
 * undefined where this machine cannot be asked.
 *
 * @throws `SyscallError`
 */
export function logData(
  host: Host,
  inventory: Inventory,
): PlainObject | undefined {
  const all = host.kernelLog?.();
  if (!all) return undefined;
  const words = [
    "fwctl",
    ...inventory.devices.flatMap((device) => [
      device.driver,
      device.kernelDriver ?? "",
      device.pci ?? "",
      ...device.net,
      ...device.infiniband,
      ...device.virtfns.map(({ pci }) => pci),
    ]),
  ].filter((word) => word !== "" && word !== "unknown");
  const wanted = [...new Set(words)];
  const lines = all.filter((line) =>
    wanted.some((word) => line.includes(word)) ||
    /\b(tainted|taints kernel|lockdown|vfio)\b/i.test(line)
  );
  return {
    words: wanted,
    lines_in_log: all.length,
    lines_about_it: lines.length,
    lines: lines.slice(-MOST_LINES).map((line) => line.slice(0, MOST_LINE)),
  };
}

/** Modules of fwctl, of its drivers, and of what has to do with them. */
function isOurs(name: string): boolean {
  return /^(fwctl|.*_fwctl|mlx5_\w+|cxl_\w+|pds_\w+|bnxt_\w+|vfio\w*|iommufd)$/
    .test(name);
}

/** The devices of a machine. */
export function inventoryData(inventory: Inventory): PlainData {
  const { kernel, lockdown, tainted, rawio, bootId, devices } = inventory;
  return {
    kernel,
    boot_id: bootId,
    lockdown,
    tainted,
    raw_io: rawio,
    devices: devices.map((device) => ({
      ...device,
      virtfns: device.virtfns.map((vf) => ({ ...vf })),
    })),
  };
}
