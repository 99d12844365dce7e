/**
 * What a scenario may say of a CXL memory device's firmware.
 *
 * ```json
 * { "type": "cxl-memory", "mailboxSize": 512, "commands": "read-write",
 *   "standard": ["patrol_scrub", "ecs"],
 *   "features": [{ "uuid": "…", "name": "fan", "size": 4,
 *     "flags": ["changeable", "default", "saved"],
 *     "effects": ["config-immediate"], "version": 1,
 *     "current": "0a000000", "default": "05000000", "writable": "ff000000" }],
 *   "faults": [{ "request": "SET_FEATURE", "nth": 1, "status": 6 }] }
 * ```
 *
 * `features` replaces the vendor's features; `flags` and `effects` are names or
 * numbers, all values are hex.
 *
 * @module
 */
import { type Bytes, fromHex } from "../../../lib/bytes.ts";
import { type Fault, readFaults } from "../../../lib/model/faults.ts";
import {
  asInteger,
  didYouMean,
  ObjectReader,
  refuse,
} from "../../../lib/model/reader.ts";
import type { PlainData } from "../../../lib/plain.ts";
import {
  CXL_CMD,
  CXL_FEATURE_F,
  CXL_FEATURES,
  CXL_MBOX_OP,
} from "../tables/features.ts";
import { asUuid } from "../tables/uuid.ts";
import { type FeatureSpec, standardSpecs, vendorSpecs } from "./features.ts";

/** Checked options. */
export interface FirmwareOptions {
  /** Bytes of a mailbox payload. */
  readonly mailboxSize: number;
  /** {@linkcode CXL_FEATURES}. */
  readonly capability: number;
  /** In the order of the device's list. */
  readonly features: readonly FeatureSpec[];
  /** Faults; `request` is an opcode. */
  readonly faults: readonly Fault[];
}

const COMMANDS = ["none", "read-only", "read-write"] as const;
/** Without the rarer repairs. */
const USUAL = ["patrol_scrub", "ecs", "sppr", "row_sparing"];
const MAX_FEATURES = 1000;

const FLAGS: Readonly<Record<string, number>> = {
  "changeable": CXL_FEATURE_F.CHANGEABLE,
  "persist-fw-update": CXL_FEATURE_F.PERSIST_FW_UPDATE,
  "default": CXL_FEATURE_F.DEFAULT_SEL,
  "saved": CXL_FEATURE_F.SAVED_SEL,
};

const EFFECTS: Readonly<Record<string, number>> = {
  "config-cold-reset": CXL_CMD.CONFIG_CHANGE_COLD_RESET,
  "config-immediate": CXL_CMD.CONFIG_CHANGE_IMMEDIATE,
  "data-immediate": CXL_CMD.DATA_CHANGE_IMMEDIATE,
  "policy-immediate": CXL_CMD.POLICY_CHANGE_IMMEDIATE,
  "log-immediate": CXL_CMD.LOG_CHANGE_IMMEDIATE,
  "security": CXL_CMD.SECURITY_STATE_CHANGE,
  "background": CXL_CMD.BACKGROUND,
  "config-conventional-reset": CXL_CMD.CONFIG_CHANGE_CONV_RESET,
  "config-cxl-reset": CXL_CMD.CONFIG_CHANGE_CXL_RESET,
};

/** Reads all options; `type` was asked for. @throws `ModelError` naming the key path */
export function readOptions(reader: ObjectReader): FirmwareOptions {
  const mailboxSize = reader.integer("mailboxSize", { min: 256, max: 1 << 20 });
  const commands = reader.choice("commands", COMMANDS) ?? "read-write";
  const standard = readStandard(reader);
  const own = readFeatures(reader);
  const faults = readFaults(reader, opcodeOf);
  reader.end();
  faults.forEach(({ refusal }, index) => {
    // The return code of a command has 16 bits.
    if (refusal) {
      asInteger(refusal.status, `${reader.path("faults")}[${index}].status`, {
        min: 1,
        max: 0xffff,
      });
    }
  });
  const features = [...standard, ...own ?? vendorSpecs()];
  features.forEach(({ uuid }, index) => {
    if (features.findIndex((each) => each.uuid === uuid) !== index) {
      refuse(reader.path("features"), `has ${uuid} twice`);
    }
  });
  return {
    mailboxSize: mailboxSize ?? 512,
    capability: commands === "none"
      ? CXL_FEATURES.NONE
      : commands === "read-only"
      ? CXL_FEATURES.RO
      : CXL_FEATURES.RW,
    features,
    faults,
  };
}

function opcodeOf(value: PlainData, at: string): number {
  if (typeof value === "number") return asInteger(value, at, { max: 0xffff });
  const text = typeof value === "string"
    ? value.toUpperCase().replace(/[ -]/g, "_")
    : refuse(at, "must be a command's name or number");
  const found = Object.entries(CXL_MBOX_OP).find(([name]) => name === text);
  return found?.[1] ??
    refuse(
      at,
      `names no feature command${didYouMean(text, Object.keys(CXL_MBOX_OP))}`,
    );
}

function readStandard(reader: ObjectReader): FeatureSpec[] {
  const wanted = reader.texts("standard", 8) ?? USUAL;
  const all = standardSpecs();
  const names = all.map(({ name }) => name);
  wanted.forEach((name, index) => {
    if (!names.includes(name)) {
      refuse(
        `${reader.path("standard")}[${index}]`,
        `names no standard feature${didYouMean(name, names)}`,
        `They are ${names.join(", ")}.`,
      );
    }
  });
  return all.filter(({ name }) => wanted.includes(name));
}

function readFeatures(reader: ObjectReader): FeatureSpec[] | undefined {
  const at = reader.path("features");
  return reader.list("features", MAX_FEATURES)?.map((value, index) =>
    readFeature(new ObjectReader(value, `${at}[${index}]`))
  );
}

function readFeature(reader: ObjectReader): FeatureSpec {
  const uuid = asUuid(reader.text("uuid") ?? "") ??
    refuse(reader.path("uuid"), "must be a UUID");
  const size = reader.integer("size", { min: 1, max: 0xffff });
  const current = readHex(reader, "current", size) ??
    new Uint8Array(size ?? refuse(reader.path("size"), "is missing"));
  const flags = readBits(reader, "flags", FLAGS, 0xffffffff) ??
    (CXL_FEATURE_F.CHANGEABLE | CXL_FEATURE_F.DEFAULT_SEL |
      CXL_FEATURE_F.SAVED_SEL);
  const setSize = reader.integer("setSize", { max: 0xffff });
  const spec: FeatureSpec = {
    name: reader.text("name") ?? uuid,
    uuid,
    flags,
    effects: readBits(reader, "effects", EFFECTS, 0xffff) ??
      CXL_CMD.CONFIG_CHANGE_IMMEDIATE,
    version: reader.integer("version", { max: 0xff }) ?? 1,
    setSize: setSize ??
      (flags & CXL_FEATURE_F.CHANGEABLE ? current.length : 0),
    current,
    byDefault: readHex(reader, "default", current.length) ?? current.slice(),
    writable: readHex(reader, "writable", current.length),
    placed: undefined,
  };
  reader.end();
  return spec;
}

function readHex(
  reader: ObjectReader,
  key: string,
  size: number | undefined,
): Bytes | undefined {
  const text = reader.text(key);
  if (text === undefined) return undefined;
  const bytes = /^([0-9a-f]{2})+$/i.test(text) ? fromHex(text) : undefined;
  return bytes !== undefined && (size === undefined || bytes.length === size)
    ? bytes
    : refuse(
      reader.path(key),
      `must be ${size === undefined ? "bytes" : `${size} bytes`} in hex digits`,
    );
}

/** A number, or a list of names of bits. */
function readBits(
  reader: ObjectReader,
  key: string,
  names: Readonly<Record<string, number>>,
  max: number,
): number | undefined {
  const value = reader.raw(key);
  if (value === undefined) return undefined;
  const at = reader.path(key);
  if (typeof value === "number") return asInteger(value, at, { max });
  const list = reader.texts(key, 32) ?? [];
  return list.reduce((bits, name, index) => {
    const bit = Object.hasOwn(names, name) ? names[name] : undefined;
    return bit === undefined
      ? refuse(
        `${at}[${index}]`,
        `is not known${didYouMean(name, Object.keys(names))}`,
        `Known here: ${Object.keys(names).join(", ")}.`,
      )
      : bits | bit;
  }, 0);
}
