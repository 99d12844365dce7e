/**
 * What a scenario says of the non-volatile memory.
 *
 * Types of directory entries: enum bnxt_nvm_directory_type of bnxt_en's
 * bnxt_nvm_defs.h.
 *
 * @module
 */
import { didYouMean, ObjectReader, refuse } from "../../../lib/model/reader.ts";
import type { Chip } from "./chips.ts";

/** Directory entry types by name, those a scenario may name. */
export const DIR_TYPES: Readonly<Record<string, number>> = {
  PKG_LOG: 1,
  CHIMP_PATCH: 3,
  BOOTCODE: 4,
  VPD: 5,
  EXP_ROM_MBA: 6,
  AVS: 7,
  PCIE: 8,
  PORT_MACRO: 9,
  APE_FW: 10,
  APE_PATCH: 11,
  KONG_FW: 12,
  KONG_PATCH: 13,
  BONO_FW: 14,
  BONO_PATCH: 15,
  TANG_FW: 16,
  TANG_PATCH: 17,
  BOOTCODE_2: 18,
  CCM: 19,
  PCI_CFG: 20,
  TSCF_UCODE: 21,
  EXT_PHY: 27,
  SHARED_CFG: 40,
  PORT_CFG: 41,
  FUNC_CFG: 42,
  MGMT_CFG: 48,
  MGMT_DATA: 49,
  MGMT_EVENT_LOG: 52,
  MGMT_AUDIT_LOG: 53,
};

/** One entry of the directory. */
export interface NvmEntry {
  /** Type, 16 bits. */
  readonly type: number;
  /** Which of several of one type, 16 bits. */
  readonly ordinal: number;
  /** Extension flags: bit 0 inactive, bit 1 update. */
  readonly ext: number;
  /** Attribute flags: bit 0 no checksum, bit 1 proprietary stream. */
  readonly attr: number;
  /** Bytes stored. */
  readonly dataLength: number;
  /** Bytes allocated. */
  readonly itemLength: number;
  /** Checksum, 32 bits. */
  readonly checksum: number;
}

/** The memory, checked. */
export interface NvmOptions {
  /** Bytes in all. */
  readonly size: number;
  /** The directory. */
  readonly entries: readonly NvmEntry[];
  /** Whether factory defaults were ever created. */
  readonly factoryDefaults: boolean;
}

/** Bytes of a sector; allocations are multiples of it. */
export const SECTOR = 4096;
/** Bytes before the first entry: boot record and two directories. */
export const NVM_RESERVED = 16 * SECTOR;
const MAX_ENTRIES = 256;

/**
 * Reads `nvm`: `size` in bytes, `factoryDefaults` (default true), and `entries`:
 * `{ type: "VPD" or a number, ordinal, ext, attr, length }`.
 *
 * @throws `ModelError` naming the key path
 */
export function readNvm(
  reader: ObjectReader | undefined,
  card: Chip,
): NvmOptions {
  const size = reader?.integer("size", {
    min: NVM_RESERVED + SECTOR,
    max: 1 << 30,
  }) ?? card.nvmSize;
  const at = reader?.path("entries") ?? "";
  const entries =
    reader?.list("entries", MAX_ENTRIES)?.map((item, index) =>
      readEntry(new ObjectReader(item, `${at}[${index}]`))
    ) ?? usual();
  let used = NVM_RESERVED;
  for (const entry of entries) used += entry.itemLength;
  if (used > size) {
    refuse(
      reader?.path("size") ?? "nvm.size",
      `is ${size}, but its entries need ${used}`,
    );
  }
  const factoryDefaults = reader?.flag("factoryDefaults") ?? true;
  reader?.end();
  return { size, entries, factoryDefaults };
}

function readEntry(reader: ObjectReader): NvmEntry {
  const length = reader.integer("length", { max: 1 << 28 }) ?? SECTOR;
  const entry = makeEntry(readType(reader), length, {
    ordinal: reader.integer("ordinal", { max: 0xffff }) ?? 0,
    ext: reader.integer("ext", { max: 0xffff }) ?? 0,
    attr: reader.integer("attr", { max: 0xffff }) ?? 0,
  });
  reader.end();
  return entry;
}

function readType(reader: ObjectReader): number {
  const value = reader.raw("type");
  const at = reader.path("type");
  if (typeof value === "number") {
    return reader.integer("type", { min: 1, max: 0xffff }) ?? 1;
  }
  if (typeof value !== "string") refuse(at, "must be a type's name or number");
  const name = value.toUpperCase();
  const type = Object.hasOwn(DIR_TYPES, name) ? DIR_TYPES[name] : undefined;
  return type ??
    refuse(at, `names no type${didYouMean(name, Object.keys(DIR_TYPES))}`);
}

function makeEntry(
  type: number,
  dataLength: number,
  more: { ordinal?: number; ext?: number; attr?: number } = {},
): NvmEntry {
  const { ordinal = 0, ext = 0, attr = 0 } = more;
  return {
    type,
    ordinal,
    ext,
    attr,
    dataLength,
    itemLength: Math.max(1, Math.ceil(dataLength / SECTOR)) * SECTOR,
    checksum: Math.imul(type << 16 | dataLength & 0xffff, 0x9e3779b1) >>> 0,
  };
}

/** Assumption: a directory such as a card of this family has it. */
function usual(): NvmEntry[] {
  return [
    makeEntry(1, 1536), // PKG_LOG
    makeEntry(5, 512), // VPD
    makeEntry(4, 196_608), // BOOTCODE
    makeEntry(18, 196_608), // BOOTCODE_2
    makeEntry(6, 262_144), // EXP_ROM_MBA
    makeEntry(12, 524_288), // KONG_FW
    makeEntry(14, 458_752), // BONO_FW
    makeEntry(8, 8192), // PCIE
    makeEntry(40, 4096), // SHARED_CFG
    makeEntry(41, 4096), // PORT_CFG
    makeEntry(42, 4096), // FUNC_CFG
    makeEntry(52, 8192), // MGMT_EVENT_LOG
  ];
}
