/**
 * The virtual functions of a scenario's device: where they are, who drives and
 * who holds them.
 *
 * @module
 */
import { isVfioDriver } from "../device/functions.ts";
import { formatPci, type PciAddress } from "./pci.ts";
import { asInteger, ObjectReader, refuse } from "./reader.ts";
import { asName } from "./scenario_text.ts";
import type { ScenarioFunction } from "./types.ts";

/** A process that has a virtual function open through VFIO. */
export interface Holder {
  /** /proc/PID/comm, such as `qemu-system-x86`. */
  readonly comm: string;
  /** Its process id. */
  readonly pid: number;
  /** The node it holds: `/dev/vfio/GROUP` or `/dev/vfio/devices/vfioN`. */
  readonly path: string;
}

/** One virtual function, with what sysfs and procfs need. */
export interface VfSpec extends ScenarioFunction {
  /** Its IOMMU group. */
  readonly iommuGroup: number;
  /** N of `vfio-dev/vfioN`; null when no VFIO driver is bound. */
  readonly vfioDev: number | null;
  /** `heldBy` in parts. */
  readonly holder: Holder | null;
}

/**
 * Reads `totalVfs`, `vfOffset`, `vfStride` and `vfs`.
 *
 * @param pf address of the physical function
 * @param pfGroup its IOMMU group
 * @throws `ModelError` naming the key path
 */
export function readVfs(
  reader: ObjectReader,
  pf: PciAddress,
  pfGroup: number,
): { total: number; list: VfSpec[] } {
  const given = reader.integer("totalVfs", { max: 0xffff });
  const offset = reader.integer("vfOffset", { min: 1, max: 0xffff }) ?? 1;
  const stride = reader.integer("vfStride", { min: 1, max: 0xffff }) ?? 1;
  const at = reader.path("vfs");
  const value = reader.raw("vfs") ?? 0;
  const part = new ObjectReader(
    typeof value === "number" ? { enabled: value } : value,
    at,
  );
  const enabled = asInteger(
    part.raw("enabled") ?? 0,
    typeof value === "number" ? at : part.path("enabled"),
    { max: 0xffff },
  );
  const drivers = perVf(part, "drivers", enabled);
  const heldBy = perVf(part, "heldBy", enabled);
  part.end();
  const total = given ?? enabled;
  if (enabled > total) {
    refuse(at, `enables ${enabled} functions, but totalVfs is ${total}`);
  }
  const list: VfSpec[] = [];
  let vfioDev = 0;
  for (let index = 0; index < enabled; index++) {
    const rid = pf.rid + offset + index * stride;
    if (rid > 0xffff) refuse(at, `needs more buses than the domain has`);
    const kernelDriver = drivers(index);
    if (kernelDriver !== null) asName(kernelDriver, `${at}.drivers[${index}]`);
    const vfio = isVfioDriver(kernelDriver);
    const unit = { group: pfGroup + 1 + index, vfioDev };
    const holder = readHolder(heldBy(index), `${at}.heldBy[${index}]`, unit);
    if (holder && !vfio) {
      refuse(
        `${at}.heldBy[${index}]`,
        `is held, but its driver is ${kernelDriver ?? "none"}`,
        "Only a function bound to a VFIO driver can be held.",
      );
    }
    list.push({
      pci: formatPci({ ...pf, rid }),
      kernelDriver,
      heldBy: holder && `${holder.comm}[${holder.pid}] through ${holder.path}`,
      iommuGroup: unit.group,
      vfioDev: vfio ? unit.vfioDev : null,
      holder,
    });
    if (vfio) vfioDev = unit.vfioDev + 1;
  }
  return { total, list };
}

/** One text or null for all VFs, or a list with one for each, rest null. */
function perVf(
  reader: ObjectReader,
  key: string,
  enabled: number,
): (index: number) => string | null {
  const value = reader.raw(key);
  if (value === undefined || value === null) return () => null;
  if (typeof value === "string") return () => value;
  const list = reader.list(key, enabled) ?? [];
  return (index) => {
    const item = list[index] ?? null;
    if (item !== null && typeof item !== "string") {
      refuse(`${reader.path(key)}[${index}]`, "must be text or null");
    }
    return item;
  };
}

/** `COMM[PID]` or `COMM[PID] through PATH`; the path decides group or device. */
function readHolder(
  text: string | null,
  at: string,
  unit: { group: number; vfioDev: number },
): Holder | null {
  if (text === null) return null;
  const parts =
    /^([\w.+-]{1,15})\[(\d{1,7})\](?: through (\/dev\/vfio\/(?:(\d{1,6})|devices\/vfio(\d{1,6}))))?$/
      .exec(text);
  if (!parts) {
    refuse(
      at,
      `is ${JSON.stringify(text.slice(0, 80))}, not a holder`,
      'Write "qemu-system-x86[4711]" or "qemu-system-x86[4711] through /dev/vfio/42".',
    );
  }
  const [, comm = "", pid = "", path, group, device] = parts;
  if (group !== undefined) unit.group = Number(group);
  if (device !== undefined) unit.vfioDev = Number(device);
  return { comm, pid: Number(pid), path: path ?? `/dev/vfio/${unit.group}` };
}
