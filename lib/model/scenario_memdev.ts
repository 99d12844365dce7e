/**
 * The CXL memory device of a scenario: its name and what its sysfs files say.
 *
 * The files are those of drivers/cxl/core/memdev.c; what a device has in them
 * is Assumption: unless a scenario says otherwise, as no two are alike.
 *
 * @module
 */
import { ObjectReader, refuse } from "./reader.ts";
import { asName } from "./scenario_text.ts";

/** A CXL memory device as sysfs shows it. */
export interface MemdevSpec {
  /** `mem0`. */
  readonly name: string;
  /** `serial`, 64 bits. */
  readonly serial: bigint;
  /** `firmware_version`, at most 16 characters. */
  readonly firmwareVersion: string;
  /** `payload_max`: bytes of a mailbox payload. */
  readonly payloadMax: number;
  /** `label_storage_size` in bytes. */
  readonly labelStorageSize: number;
  /** `numa_node`; -1 is none. */
  readonly numaNode: number;
  /** `ram/size`: volatile bytes. */
  readonly ram: number;
  /** `pmem/size`: persistent bytes. */
  readonly pmem: number;
}

/** Most platform devices above a memory device. */
const MAX_PLATFORM = 16;
const GIB = 2 ** 30;
/** What a platform device's directory has beside its children. */
const FILES = ["subsystem", "uevent"];

/**
 * Reads `memdev` and `memory`: `serial` ("0x…" or a number), `firmwareVersion`,
 * `payloadMax`, `labelStorageSize`, `numaNode`, `ram`, `pmem`.
 *
 * @throws `ModelError` naming the key path
 */
export function readMemdev(reader: ObjectReader): MemdevSpec {
  const at = reader.path("memdev");
  const name = reader.text("memdev") ?? refuse(at, "is missing");
  const digits = /^mem(0|[1-9]\d{0,4})$/.exec(name)?.[1];
  if (digits === undefined) {
    refuse(at, `is ${JSON.stringify(name.slice(0, 64))} but must be as mem0`);
  }
  const part = reader.object("memory") ??
    new ObjectReader({}, reader.path("memory"));
  const memdev: MemdevSpec = {
    name,
    serial: readSerial(part) ?? BigInt(digits) + 1n,
    firmwareVersion: readVersion(part),
    // 2^8 to 2^20 bytes, as the mailbox capability has it.
    payloadMax: part.integer("payloadMax", { min: 256, max: 1 << 20 }) ?? 512,
    labelStorageSize: part.integer("labelStorageSize", { max: 2 ** 32 - 1 }) ??
      0,
    numaNode: part.integer("numaNode", { min: -1, max: 1023 }) ?? -1,
    ram: part.integer("ram") ?? 128 * GIB,
    pmem: part.integer("pmem") ?? 0,
  };
  part.end();
  return memdev;
}

/**
 * Reads `platform`; empty when absent.
 *
 * @throws `ModelError` naming the key path
 */
export function readPlatform(reader: ObjectReader): string[] {
  const names = reader.texts("platform", MAX_PLATFORM);
  const at = reader.path("platform");
  if (!names) return [];
  if (names.length === 0) refuse(at, "is empty", "Name at least one device.");
  names.forEach((name, index) => {
    asName(name, `${at}[${index}]`);
    // A child of that name would stand where a file of the parent is.
    if (FILES.includes(name)) refuse(`${at}[${index}]`, `cannot be ${name}`);
    if (names.indexOf(name) !== index) refuse(at, `names ${name} twice`);
  });
  return names;
}

function readSerial(part: ObjectReader): bigint | undefined {
  const value = part.raw("serial");
  const at = part.path("serial");
  if (value === undefined) return undefined;
  if (typeof value === "number") {
    const serial = part.integer("serial");
    return serial === undefined ? undefined : BigInt(serial);
  }
  if (typeof value !== "string" || !/^0x[0-9a-f]{1,16}$/i.test(value)) {
    refuse(at, 'must be a number or hex such as "0x1122334455667788"');
  }
  return BigInt(value);
}

function readVersion(part: ObjectReader): string {
  const text = part.text("firmwareVersion") ?? "1.0.0";
  if (!/^[\x20-\x7e]{1,16}$/.test(text)) {
    refuse(part.path("firmwareVersion"), "must be 1 to 16 plain characters");
  }
  return text;
}
