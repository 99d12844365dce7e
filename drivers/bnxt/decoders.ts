/**
 * What bnxt can decode without a device: the responses and requests of HWRM.
 *
 * @module
 */
import { decode, toPlain } from "../../lib/bits/mod.ts";
import { isPlainObject, type PlainData } from "../../lib/plain.ts";
import type {
  Decoded,
  DecodedField,
  Decoder,
  DecoderKind,
} from "../decoder.ts";
import { isFiller, present } from "./decode.ts";
import { OUTPUT_BYTES, readU16 } from "./protocol.ts";
import {
  commandNames,
  errorNames,
  inputOf,
  type Message,
  outputOf,
} from "./tables/hwrm.ts";
import { unitOf } from "./units.ts";

/** Members of struct output and struct input that say something by themselves. */
const HEADER = new Set([
  "error_code",
  "req_type",
  "seq_id",
  "resp_len",
  "cmpl_ring",
  "target_id",
]);

function decodeMessage(
  { layout, ...message }: Message,
  given: Uint8Array,
): Pick<Decoded, "fields" | "missing" | "rest"> {
  const size = layout.bits / 8;
  const bytes = new Uint8Array(Math.max(size, given.length));
  bytes.set(given);
  const values = new Map<string, PlainData>(
    present({ layout, ...message }, bytes),
  );
  const plain = decode(layout, bytes);
  const fields: DecodedField[] = [];
  const missing: string[] = [];
  for (const { name, offset, width } of layout.fields) {
    if (isFiller(name)) continue;
    const value = plain[name];
    const shown = values.get(name) ??
      (HEADER.has(name) && value !== undefined ? toPlain(value) : undefined);
    if (shown === undefined) continue;
    if (offset + width > given.length * 8) {
      missing.push(name);
      continue;
    }
    const unit = unitOf(layout.name, name);
    for (const [field, each] of flat(name, shown)) {
      fields.push({
        field,
        bit: offset,
        width,
        value: each,
        ...(unit === undefined ? {} : { name: unit }),
      });
    }
  }
  return { fields, missing, rest: Math.max(0, given.length - size) };
}

/** Parts of a member by name, elements by index. */
function flat(name: string, value: PlainData): [string, PlainData][] {
  if (isPlainObject(value)) {
    return Object.entries(value).flatMap(([key, each]) =>
      flat(`${name}.${key}`, each)
    );
  }
  if (
    Array.isArray(value) &&
    value.some((each: PlainData) => isPlainObject(each))
  ) {
    return value.flatMap((each: PlainData, i: number) =>
      flat(`${name}[${i}]`, each)
    );
  }
  return [[name, value]];
}

/** What the header of a response says of the rest. */
function responseNotes(command: number, bytes: Uint8Array): string[] {
  const notes: string[] = [];
  if (bytes.length >= 2) {
    const error = readU16(bytes, 0);
    if (error !== 0) {
      const name = errorNames().get(error) ?? `0x${error.toString(16)}`;
      notes.push(
        `The firmware refused: ${name}. What follows the header is no answer`,
      );
    }
  }
  if (bytes.length >= 4 && readU16(bytes, 2) !== command) {
    const other = readU16(bytes, 2);
    notes.push(
      `req_type is 0x${other.toString(16)}, ${
        commandNames().get(other) ?? "no known command"
      }: this is another command's response`,
    );
  }
  if (bytes.length >= OUTPUT_BYTES) {
    const length = readU16(bytes, 6);
    if (length > bytes.length) {
      notes.push(
        `resp_len is ${length}: ${
          length - bytes.length
        } bytes of it are not here`,
      );
    } else if (length < bytes.length) {
      notes.push(
        `resp_len is ${length}: fields behind that were not written by the firmware`,
      );
    }
  }
  return notes;
}

function decoder(
  name: string,
  code: number,
  message: Message,
  response: boolean,
): Decoder {
  return {
    name,
    about: `struct ${message.layout.name}`,
    bytes: message.layout.bits / 8,
    order: "little",
    decode: (bytes) => ({
      ...decodeMessage(message, bytes),
      notes: response ? responseNotes(code, bytes) : [],
    }),
  };
}

function numberOf(name: string): [number, string] | undefined {
  const wanted = name.toUpperCase().replace(/^HWRM_/, "");
  for (const [code, known] of commandNames()) {
    if (known === wanted) return [code, known];
  }
  return undefined;
}

function kind(
  title: string,
  summary: string,
  suffix: string,
  messageOf: (command: string) => Message | undefined,
): DecoderKind {
  const strip = new RegExp(`_(${suffix === "" ? "output" : "input"})$`, "i");
  return {
    kind: title,
    summary,
    names: () =>
      [...commandNames().values()].filter((name) => messageOf(name))
        .map((name) => `${name}${suffix}`),
    find: (name) => {
      if (suffix !== "" && !strip.test(name)) return undefined;
      const found = numberOf(name.replace(strip, ""));
      const message = found && messageOf(found[1]);
      return found && message
        ? decoder(`${found[1]}${suffix}`, found[0], message, suffix === "")
        : undefined;
    },
  };
}

/** All of it; a name is looked for in this order. */
export const DECODERS: readonly DecoderKind[] = [
  kind("response", "The response to a command, header first", "", outputOf),
  kind("request", "The request of a command, header first", "_INPUT", inputOf),
];
