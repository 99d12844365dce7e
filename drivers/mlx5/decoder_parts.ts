/**
 * Decoding one or several structures from bytes of which some may be missing.
 *
 * @module
 */
import { type Layout, layoutBytes } from "../../lib/bits/layout.ts";
import { bitPicture } from "../../lib/bits/picture.ts";
import type { Decoded, DecodedField, Decoder } from "../decoder.ts";
import { fieldRows } from "./reading/fields.ts";

/** A structure at a place of the bytes. */
export interface Part {
  readonly layout: Layout;
  /** Its first byte. */
  readonly at: number;
  /** Before the names of its fields. */
  readonly prefix: string;
  /** The members of its unions, from the bytes of the part. */
  choose(bytes: Uint8Array): Readonly<Record<string, string>>;
  /** Top-level fields that another part shows better. */
  readonly skip?: readonly string[];
}

const NO_CHOICE = (): Readonly<Record<string, string>> => ({});

/** A structure that begins with the bytes. */
export function part(layout: Layout): Part {
  return { layout, at: 0, prefix: "", choose: NO_CHOICE };
}

/** A decoder of structures side by side. */
export function decoderOf(
  name: string,
  about: string,
  parts: readonly Part[],
  notes: (bytes: Uint8Array) => readonly string[] = () => [],
): Decoder {
  return {
    name,
    about,
    bytes: Math.max(
      ...parts.map(({ at, layout }) => at + layoutBytes(layout)),
    ),
    order: "big",
    decode: (bytes) => {
      const found = parts.map((one) => decodePart(one, bytes));
      return {
        fields: found.flatMap(({ fields }) => fields),
        missing: found.flatMap(({ missing }) => missing),
        rest: Math.min(...found.map(({ rest }) => rest)),
        notes: notes(bytes),
      };
    },
    picture: () =>
      parts.flatMap(({ layout }) => [
        ...(parts.length > 1 ? [layout.name] : []),
        ...bitPicture(layout),
      ]),
  };
}

/** The fields of one part; those past the end are named and not made up. */
function decodePart(
  { layout, at, prefix, choose, skip = [] }: Part,
  bytes: Uint8Array,
): Omit<Decoded, "notes"> {
  const own = bytes.subarray(Math.min(at, bytes.length));
  const size = layoutBytes(layout);
  let whole = own;
  if (own.length < size) {
    whole = new Uint8Array(size);
    whole.set(own);
  }
  const rows = fieldRows(layout, whole, { choose: choose(whole), skip });
  const fields: DecodedField[] = [];
  const missing: string[] = [];
  let end = size * 8;
  for (const row of rows) {
    const { field, bit, width } = row;
    if (typeof bit !== "number" || typeof width !== "number") continue;
    end = Math.max(end, bit + width);
    const path = `${prefix}${String(field)}`;
    if (bit + width > own.length * 8) missing.push(path);
    else fields.push({ ...row, field: path, bit: at * 8 + bit, width });
  }
  return { fields, missing, rest: Math.max(0, own.length - (end >> 3)) };
}
