/**
 * What CXL can decode without a device: entries of Get Supported Features, the
 * whole answer, and the data of the standard features.
 *
 * @module
 */
import type { Bytes } from "../../lib/bytes.ts";
import type { PlainData } from "../../lib/plain.ts";
import type {
  Decoded,
  DecodedField,
  Decoder,
  DecoderKind,
} from "../decoder.ts";
import { featureEntry } from "./answers.ts";
import { endOf, shownField } from "./fields.ts";
import { CXL_CMD, cxl_feat_entry, CXL_FEATURE_F } from "./tables/features.ts";
import { STANDARD, standardByUuid, standardSchema } from "./tables/standard.ts";
import { asUuid } from "./tables/uuid.ts";

/** Bytes of struct cxl_mbox_get_sup_feats_out without entries. */
const LIST_HEADER = 8;

/** An entry's members in order: name, byte, bytes. */
const MEMBERS: readonly (readonly [string, number, number])[] = [
  ["uuid", cxl_feat_entry.uuid, 16],
  ["id", cxl_feat_entry.id, 2],
  ["get_feat_size", cxl_feat_entry.get_feat_size, 2],
  ["set_feat_size", cxl_feat_entry.set_feat_size, 2],
  ["flags", cxl_feat_entry.flags, 4],
  ["get_feat_ver", cxl_feat_entry.get_feat_ver, 1],
  ["set_feat_ver", cxl_feat_entry.set_feat_ver, 1],
  ["effects", cxl_feat_entry.effects, 2],
];

function copyOf(bytes: Uint8Array, size: number): Bytes {
  const copy = new Uint8Array(size);
  copy.set(bytes.subarray(0, size));
  return copy;
}

function named(value: number, bits: Readonly<Record<string, number>>): string {
  return Object.entries(bits).filter(([, bit]) => (value & bit) !== 0)
    .map(([name]) => name).join("|");
}

/** One entry at a byte, as far as it is there. */
function entry(
  bytes: Uint8Array,
  at: number,
  prefix: string,
): Pick<Decoded, "fields" | "missing"> {
  const left = bytes.subarray(Math.min(at, bytes.length));
  const found = featureEntry(copyOf(left, cxl_feat_entry.sizeof));
  const known = standardByUuid(found.uuid)?.name;
  const values: Readonly<Record<string, [PlainData, string | undefined]>> = {
    uuid: [found.uuid, known ?? found.exclusive],
    id: [found.id, undefined],
    get_feat_size: [found.getSize, undefined],
    set_feat_size: [found.setSize, undefined],
    flags: [found.flags, named(found.flags, CXL_FEATURE_F)],
    get_feat_ver: [found.getVersion, undefined],
    set_feat_ver: [found.setVersion, undefined],
    effects: [found.effects, named(found.effects, CXL_CMD)],
  };
  const fields: DecodedField[] = [];
  const missing: string[] = [];
  for (const [name, byte, size] of MEMBERS) {
    const field = `${prefix}${name}`;
    if (byte + size > left.length) {
      missing.push(field);
      continue;
    }
    const [value, meaning] = values[name] ?? [null, undefined];
    fields.push({
      field,
      bit: (at + byte) * 8,
      width: size * 8,
      value,
      ...(meaning ? { name: meaning } : {}),
    });
  }
  return { fields, missing };
}

const ENTRY: Decoder = {
  name: "cxl_feat_entry",
  about: "a Supported Feature Entry, struct cxl_feat_entry",
  bytes: cxl_feat_entry.sizeof,
  order: "little",
  decode: (bytes) => ({
    ...entry(bytes, 0, ""),
    rest: Math.max(0, bytes.length - cxl_feat_entry.sizeof),
    notes: [],
  }),
};

const LIST: Decoder = {
  name: "GET_SUPPORTED_FEATURES",
  about: "the payload of the command, struct cxl_mbox_get_sup_feats_out",
  bytes: LIST_HEADER,
  order: "little",
  decode: (bytes) => {
    const view = new DataView(copyOf(bytes, LIST_HEADER).buffer);
    const count = view.getUint16(0, true);
    const header: [string, number, number][] = [
      ["num_entries", 0, count],
      ["supported_feats", 2, view.getUint16(2, true)],
    ];
    const fields: DecodedField[] = [];
    const missing: string[] = [];
    for (const [field, at, value] of header) {
      if (at + 2 > bytes.length) missing.push(field);
      else fields.push({ field, bit: at * 8, width: 16, value });
    }
    const here = Math.min(
      count,
      Math.ceil(
        Math.max(0, bytes.length - LIST_HEADER) / cxl_feat_entry.sizeof,
      ),
    );
    for (let i = 0; i < here; i++) {
      const at = LIST_HEADER + i * cxl_feat_entry.sizeof;
      const one = entry(bytes, at, `ents[${i}].`);
      fields.push(...one.fields);
      missing.push(...one.missing);
    }
    return {
      fields,
      missing,
      rest: Math.max(
        0,
        bytes.length - LIST_HEADER - count * cxl_feat_entry.sizeof,
      ),
      notes: here < count
        ? [`num_entries is ${count}, and there are bytes of ${here}`]
        : [],
    };
  },
};

function feature(name: string): Decoder | undefined {
  const uuid = asUuid(name);
  const standard = STANDARD.find((each) =>
    each.name === name.toLowerCase() || each.uuid === uuid
  );
  if (!standard) return undefined;
  const smallest = standardSchema(standard, 0).get.fields;
  return {
    name: standard.name,
    about: `data of feature ${standard.uuid}`,
    bytes: Math.max(0, ...smallest.map(endOf)),
    order: "little",
    decode: (bytes) => {
      const { fields } = standardSchema(standard, bytes.length).get;
      const whole = fields.filter((field) => endOf(field) <= bytes.length);
      const end = Math.max(0, ...fields.map(endOf));
      return {
        fields: whole.map((field) => ({
          field: field.name,
          bit: field.bit,
          width: field.width,
          value: shownField(bytes, field),
        })),
        missing: fields.filter((field) => !whole.includes(field))
          .map((field) => field.name),
        rest: Math.max(0, bytes.length - end),
        notes: [],
      };
    },
  };
}

/** All of it; a name is looked for in this order. */
export const DECODERS: readonly DecoderKind[] = [
  {
    kind: "feature",
    summary: "The data of a standard feature, by its name or UUID",
    names: () => STANDARD.map(({ name }) => name),
    find: feature,
  },
  {
    kind: "answer",
    summary: "What Get Supported Features brings, and one entry of it",
    names: () => [LIST.name, ENTRY.name],
    find: (name) =>
      [LIST, ENTRY].find((each) =>
        each.name === name.toLowerCase() ||
        each.name === name.toUpperCase()
      ),
  },
];
