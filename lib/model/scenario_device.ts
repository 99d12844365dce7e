/**
 * One device of a scenario: its PCI function, its virtual functions, or its
 * CXL memory device.
 *
 * @module
 */
import type { PlainData } from "../plain.ts";
import { ObjectReader, refuse } from "./reader.ts";
import {
  type MemdevSpec,
  readMemdev,
  readPlatform,
} from "./scenario_memdev.ts";
import { asName, asPci, readBridges, readNames } from "./scenario_text.ts";
import { readVfs, type VfSpec } from "./scenario_vfs.ts";
import type { ScenarioDevice } from "./types.ts";

/** One checked device of a scenario. */
export interface DeviceSpec extends Omit<ScenarioDevice, "unplug" | "vfs"> {
  /** Above 0: no device at all, but that many fwctl numbers are taken. */
  readonly reserved: number;
  /** What names it in the state and to `unplug`: the CXL memory device, or the PCI address. */
  readonly key: string;
  /** The CXL memory device it is; null for all others. */
  readonly memdev: MemdevSpec | null;
  /** Platform devices above a memory device that is not on PCI, outermost first. */
  readonly platform: readonly string[];
  /** PCI class code, 24 bits. */
  readonly classCode: number;
  /** Bridges between the root bus and the function, outermost first. */
  readonly bridges: readonly string[];
  /** IOMMU group of the PF; of no meaning without PCI. */
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
  cxl: { kernelDriver: "cxl_mem", pciId: "8086:0d93", classCode: 0x050210 },
  bnxt: { kernelDriver: "bnxt_en", pciId: "14e4:1750", classCode: 0x020000 },
};

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
 * A CXL memory device has `driver`, `kernelDriver` (bound to the memory device,
 * not to its PCI function), `firmware` and:
 *
 * - `memdev`: its name, `mem0`
 * - `pci` with `pciId`, `class`, `bridges`, `iommuGroup`; or `platform`: names
 *   of the platform devices above it, outermost first
 * - `memory`: what its sysfs files say, see scenario_memdev.ts
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
  // An empty text stands for "no driver bound", as on a machine whose fwctl
  // device hangs on an auxiliary device alone.
  const kernelDriver = reader.text("kernelDriver") ?? defaults?.kernelDriver ??
    refuse(reader.path("kernelDriver"), "is missing");
  if (kernelDriver !== "") asName(kernelDriver, reader.path("kernelDriver"));
  const memdev = driver === "cxl" ? readMemdev(reader) : null;
  const platform = memdev ? readPlatform(reader) : [];
  const common = { ...NOTHING, driver, kernelDriver, memdev, at: reader.at };
  const device: DeviceSpec = platform.length > 0 && memdev
    ? { ...common, platform, key: memdev.name, firmware: readFirmware(reader) }
    : { ...common, ...readPciPart(reader, memdev, defaults) };
  reader.end();
  return device;
}

/** A device with nothing to say. */
const NOTHING: DeviceSpec = {
  driver: "none",
  key: "",
  kernelDriver: "",
  pci: "",
  pciId: "",
  classCode: 0,
  iommuGroup: 0,
  bridges: [],
  platform: [],
  memdev: null,
  net: [],
  infiniband: [],
  totalVfs: 0,
  vfs: [],
  firmware: {},
  at: "",
  reserved: 0,
};

function readPciPart(
  reader: ObjectReader,
  memdev: MemdevSpec | null,
  defaults: { pciId: string; classCode: number } | undefined,
) {
  const pci = reader.text("pci") ?? refuse(
    reader.path("pci"),
    "is missing",
    memdev ? 'Or give "platform", the devices it hangs on.' : undefined,
  );
  const address = asPci(pci, reader.path("pci"));
  const pciId = reader.text("pciId") ?? defaults?.pciId ??
    refuse(reader.path("pciId"), "is missing");
  if (!/^[0-9a-f]{4}:[0-9a-f]{4}$/.test(pciId)) {
    refuse(reader.path("pciId"), "must be vendor:device, such as 15b3:101d");
  }
  const classCode = reader.integer("class", { max: 0xffffff }) ??
    defaults?.classCode ?? 0x020000;
  const iommuGroup = reader.integer("iommuGroup", { max: 1 << 20 }) ??
    address.rid;
  const bridges = readBridges(reader, address);
  const own = { pci, pciId, classCode, iommuGroup, bridges };
  if (memdev) {
    return { ...own, key: memdev.name, firmware: readFirmware(reader) };
  }
  const vfs = readVfs(reader, address, iommuGroup);
  return {
    ...own,
    key: pci,
    net: readNames(reader, "net"),
    infiniband: readNames(reader, "infiniband"),
    totalVfs: vfs.total,
    vfs: vfs.list,
    firmware: readFirmware(reader),
  };
}

function readReserved(reader: ObjectReader): DeviceSpec {
  const reserved = reader.integer("count", { min: 1, max: 1024 }) ?? 1;
  reader.end();
  return { ...NOTHING, at: reader.at, reserved };
}

function readFirmware(reader: ObjectReader) {
  const firmware = reader.raw("firmware") ?? {};
  // The driver reads the inside; that it is an object is checked here.
  new ObjectReader(firmware, reader.path("firmware"));
  return firmware as { readonly [key: string]: PlainData };
}
