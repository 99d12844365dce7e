/**
 * What changes when a feature is set: field by field, or byte by byte where its
 * fields are not known.
 *
 * @module
 */
import { type Bytes, toHex } from "../../../lib/bytes.ts";
import type { FieldChange } from "../../driver.ts";
import {
  checkValue,
  type FeatureField,
  type FeatureLayout,
  type FeatureSchema,
  limitOf,
  nameOf,
  placeOf,
  readField,
  shownField,
  within,
  writeField,
} from "../fields.ts";
import type { FeatureEntry } from "../protocol.ts";
import type { DeclaredFeature } from "./feature_body.ts";
import type { FeatureValues } from "./feature_values.ts";

/** What a declaration comes to. */
export interface Compared {
  /** What must change. */
  readonly changes: readonly FieldChange[];
  /** What is as declared. */
  readonly same: readonly FieldChange[];
  /** The image with the changes. */
  readonly after: Bytes;
  /** In the layout of Set Feature where that is another. */
  readonly payload: { readonly write: Bytes; readonly undo: Bytes } | undefined;
  /** Values refused, each naming the field. */
  readonly refused: readonly string[];
}

/** Bytes shown of a run. */
const SHOWN_BYTES = 32;

/** What is beside a field's value: in force, and by default. */
function beside(
  values: FeatureValues,
  show: (data: Bytes) => string | number,
): Pick<FieldChange, "inForce" | "default"> {
  const { inForce, byDefault } = values;
  return {
    ...(inForce === undefined ? {} : { inForce: show(inForce) }),
    ...(byDefault === undefined ? {} : { default: show(byDefault) }),
  };
}

/** Compares `data` with the image, a change for each run of bytes that differ. */
export function compareData(
  data: Bytes,
  entry: FeatureEntry,
  values: FeatureValues,
): Compared {
  const { image } = values;
  const none = { changes: [], same: [], after: image, payload: undefined };
  if (data.length !== entry.setSize || data.length !== image.length) {
    return {
      ...none,
      refused: [
        `data is ${data.length} bytes, the device reads ${image.length} and sets ${entry.setSize}`,
      ],
    };
  }
  const change = (at: number, end: number): FieldChange => {
    const show = (bytes: Bytes): string => {
      const hex = toHex(bytes.subarray(at, Math.min(end, at + SHOWN_BYTES)));
      return end - at > SHOWN_BYTES ? `${hex}…` : hex;
    };
    return {
      field: end - at === 1 ? `byte ${at}` : `bytes ${at}-${end - 1}`,
      before: show(image),
      after: show(data),
      ...beside(values, show),
      limit: "",
      bit: at * 8,
      width: (end - at) * 8,
    };
  };
  const changes: FieldChange[] = [];
  for (let at = 0; at < data.length; at++) {
    if (image[at] === data[at]) continue;
    let end = at + 1;
    while (end < data.length && image[end] !== data[end]) end++;
    changes.push(change(at, end));
    at = end;
  }
  return changes.length === 0
    ? { ...none, same: [change(0, data.length)], refused: [] }
    : { ...none, changes, after: data.slice(), refused: [] };
}

/** Compares the declared fields with the image. */
export function compareFields(
  { set }: DeclaredFeature,
  schema: FeatureSchema,
  entry: FeatureEntry,
  values: FeatureValues,
): Compared {
  const { image } = values;
  const after = image.slice();
  const changes: FieldChange[] = [];
  const same: FieldChange[] = [];
  const refused = sizesRefused(schema, entry);
  if (refused.length > 0) {
    return { changes, same, after: image, payload: undefined, refused };
  }
  for (const [name, given] of set ?? []) {
    const field = schema.get.fields.find((each) => each.name === name);
    if (!field) continue;
    if (schema.set && !schema.set.fields.some((each) => each.name === name)) {
      refused.push(`${name} can be read and not be set`);
      continue;
    }
    const limits = settable(field, schema);
    const checked = checkValue(limits, given);
    if ("refused" in checked) {
      refused.push(`${name} ${String(given).slice(0, 64)} ${checked.refused}`);
      continue;
    }
    const change: FieldChange = {
      field: name,
      before: shownField(image, field),
      after: nameOf(limits, checked.value),
      ...beside(values, (data) => shownField(data, field)),
      limit: limitOf(limits),
      ...placeOf(field),
    };
    if (readField(image, field) === checked.value) same.push(change);
    else {
      changes.push(change);
      writeField(after, field, checked.value);
    }
  }
  const done = changes.length > 0 ? after : image;
  if (!schema.set) {
    return { changes, same, after: done, payload: undefined, refused };
  }
  const size = schema.set.size ?? entry.setSize;
  const write = inLayout(schema.set, schema.get, size, done, refused);
  const undo = inLayout(schema.set, schema.get, size, image, []);
  return { changes, same, after: done, payload: { write, undo }, refused };
}

/** What limits a value: those of `set` where it is another layout, which may be narrower. */
function settable(field: FeatureField, { set }: FeatureSchema): FeatureField {
  const other = set?.fields.find(({ name }) => name === field.name);
  if (!other) return field;
  const values = other.values ?? field.values;
  return {
    ...other,
    width: Math.min(field.width, other.width),
    ...(values === undefined ? {} : { values }),
  };
}

/** Why the fields cannot be those of this device's feature. */
function sizesRefused(
  { get, set }: FeatureSchema,
  { getSize, setSize }: FeatureEntry,
): string[] {
  const refused: string[] = [];
  const check = (
    layout: FeatureLayout,
    size: number,
    what: string,
  ): void => {
    if (layout.size !== undefined && layout.size !== size) {
      refused.push(
        `the definition says ${layout.size} bytes to ${what}, the device says ${size}`,
      );
      return;
    }
    const out = layout.fields.find((field) => !within(field, size));
    if (out) {
      refused.push(
        `${out.name} of the definition is outside the ${size} bytes to ${what}`,
      );
    }
  };
  check(get, getSize, "read");
  if (set) check(set, setSize, "set");
  else if (getSize !== setSize) {
    refused.push(
      `the device reads ${getSize} bytes and sets ${setSize}, and the definition has no set layout`,
    );
  }
  return refused;
}

/** The fields of an image in another layout; zero where none is. */
function inLayout(
  set: FeatureLayout,
  get: FeatureLayout,
  size: number,
  image: Bytes,
  refused: string[],
): Bytes {
  const data = new Uint8Array(size);
  for (const field of set.fields) {
    const from = get.fields.find(({ name }) => name === field.name);
    if (!from) continue;
    const value = readField(image, from);
    const number = typeof value === "number" ? BigInt(value) : undefined;
    if (number !== undefined && number >= 1n << BigInt(field.width)) {
      refused.push(`${field.name} is ${value}, which cannot be written back`);
    } else writeField(data, field, value);
  }
  return data;
}
