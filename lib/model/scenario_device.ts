/**
 * One device of a scenario: its PCI function, its virtual functions, who drives
 * and who holds them.
 *
 * @module
 */
import { isVfioDriver } from "../device/functions.ts";
import type { PlainData } from "../plain.ts";
import type { ScenarioDevice, ScenarioFunction } from "./types.ts";
import { formatPci, parsePci, type PciAddress } from "./pci.ts";
import { asInteger, ObjectReader, refuse } from "./reader.ts";

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

/** One checked device of a scenario. */
export interface DeviceSpec extends Omit<ScenarioDevice, "unplug" | "vfs"> {
  /** Above 0: no device at all, but that many fwctl numbers are taken. */
  readonly reserved: number;
  /** PCI class code, 24 bits. */
  readonly classCode: number;
  /** Bridges between the root bus and the function, outermost first. */
  readonly bridges: readonly string[];
  /** IOMMU group of the PF. */
  readonly iommuGroup: number;
  /** VFs enabled. */
  readonly vfs: readonly VfSpec[];
}

/** What a scenario need not say, by driver. */
const DEFAULTS: Readonly<
  Record<string, { kernelDriver: string; pciId: string; classCode: number }>
> = {
  mlx5: { kernelDriver: "mlx5_core", pciId: "15b3:101d", classCode: 0x020000 },
  pds: { kernelDriver: "pds_core", pciId: "1dd8:100c", classCode: 0x120000 },
  bnxt: { kernelDriver: "bnxt_en", pciId: "14e4:1750", classCode: 0x020000 },
};

/** A device number and file name: the characters the kernel and udev use. */
const NAME = /^[A-Za-z0-9][\w.:-]{0,63}$/;

/**
 * Reads one device. Its keys:
 *
 * - `driver`: `mlx5` and the like; `none` with `count` takes fwctl numbers only
 * - `pci`: address of the function; `pciId`: `vendor:device`; `class`: number
 * - `kernelDriver`: driver bound to it, "" for none; default by driver
 * - `bridges`: PCI addresses between the root bus and the function
 * - `net`, `infiniband`: names of its interfaces
 * - `iommuGroup`: of the PF; the VFs have the numbers after it
 * - `totalVfs`, `vfOffset`, `vfStride`: as in the SR-IOV capability
 * - `vfs`: how many are enabled, or `{ enabled, drivers, heldBy }`: `drivers`
 *   and `heldBy` are lists by VF index (null: none) or one text for all
 * - `firmware`: the driver's own part
 *
 * @throws `ModelError` naming the key path
 */
export function readDevice(reader: ObjectReader): DeviceSpec {
  const driver = reader.text("driver") ??
    refuse(reader.path("driver"), "is missing");
  if (driver === "none") return readReserved(reader);
  const defaults = Object.hasOwn(DEFAULTS, driver)
    ? DEFAULTS[driver]
    : undefined;
  const text = reader.text("pci") ?? refuse(reader.path("pci"), "is missing");
  const pci = asPci(text, reader.path("pci"));
  // An empty text stands for "no driver bound", as on a machine whose fwctl
  // device hangs on an auxiliary device alone.
  const kernelDriver = reader.text("kernelDriver") ?? defaults?.kernelDriver ??
    refuse(reader.path("kernelDriver"), "is missing");
  if (kernelDriver !== "") name(kernelDriver, reader.path("kernelDriver"));
  const pciId = reader.text("pciId") ?? defaults?.pciId ??
    refuse(reader.path("pciId"), "is missing");
  if (!/^[0-9a-f]{4}:[0-9a-f]{4}$/.test(pciId)) {
    refuse(reader.path("pciId"), "must be vendor:device, such as 15b3:101d");
  }
  const classCode = reader.integer("class", { max: 0xffffff }) ??
    defaults?.classCode ?? 0x020000;
  const iommuGroup = reader.integer("iommuGroup", { max: 1 << 20 }) ??
    pci.rid;
  const bridges = readBridges(reader, pci);
  const vfs = readVfs(reader, pci, iommuGroup);
  const device: DeviceSpec = {
    driver,
    kernelDriver,
    pci: text,
    pciId,
    classCode,
    iommuGroup,
    bridges,
    net: readNames(reader, "net"),
    infiniband: readNames(reader, "infiniband"),
    totalVfs: vfs.total,
    vfs: vfs.list,
    firmware: readFirmware(reader),
    at: reader.at,
    reserved: 0,
  };
  reader.end();
  return device;
}

function readReserved(reader: ObjectReader): DeviceSpec {
  const reserved = reader.integer("count", { min: 1, max: 1024 }) ?? 1;
  reader.end();
  return {
    driver: "none",
    kernelDriver: "",
    pci: "",
    pciId: "",
    classCode: 0,
    iommuGroup: 0,
    bridges: [],
    net: [],
    infiniband: [],
    totalVfs: 0,
    vfs: [],
    firmware: {},
    at: reader.at,
    reserved,
  };
}

function readFirmware(reader: ObjectReader) {
  const firmware = reader.raw("firmware") ?? {};
  // The driver reads the inside; that it is an object is checked here.
  new ObjectReader(firmware, reader.path("firmware"));
  return firmware as { readonly [key: string]: PlainData };
}

function readNames(reader: ObjectReader, key: string): string[] {
  const names = reader.texts(key, 64) ?? [];
  names.forEach((text, index) => name(text, `${reader.path(key)}[${index}]`));
  return names;
}

function name(text: string, at: string): void {
  if (!NAME.test(text)) refuse(at, `is ${JSON.stringify(text)}, not a name`);
}

function asPci(text: string, at: string): PciAddress {
  return parsePci(text) ?? refuse(
    at,
    `is ${JSON.stringify(text)} but must be a PCI address`,
    "Write it as the kernel does, in lower case: 0000:3b:00.0.",
  );
}

/** The given bridges, or a root port one bus above when the bus is not 0. */
function readBridges(reader: ObjectReader, pci: PciAddress): string[] {
  const given = reader.texts("bridges", 8);
  given?.forEach((text, i) => asPci(text, `${reader.path("bridges")}[${i}]`));
  if (given) return given;
  const bus = pci.rid >> 8;
  return bus === 0 ? [] : [formatPci({ ...pci, rid: (bus - 1) << 8 })];
}

function readVfs(
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
    if (kernelDriver !== null) name(kernelDriver, `${at}.drivers[${index}]`);
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
