/**
 * Field values from a recipe or a command line, checked against the layout of
 * a request.
 *
 * @module
 */
import type { Field, FieldInput, FieldInputs } from "../../lib/bits/mod.ts";
import { fromHex } from "../../lib/bytes.ts";
import type { FwctlError } from "../../lib/errors.ts";
import { isPlainObject, type PlainData } from "../../lib/plain.ts";
import { didYouMean } from "../../lib/suggest.ts";
import { isFiller } from "./decode.ts";
import { buffersOf } from "./tables/buffers.ts";
import {
  commandNumber,
  inputOf,
  type Meaning,
  type Message,
} from "./tables/hwrm.ts";

/** Makes the error of whoever asks: a recipe's, or a command line's. */
export type Fail = (message: string, hint: string) => FwctlError;

/** Filled in by the library and the kernel. */
const HEADER = new Set([
  "req_type",
  "cmpl_ring",
  "seq_id",
  "target_id",
  "resp_addr",
]);

/** Names of the fields of a command that can be given, addresses left out; undefined where its layout is not public. */
export function fieldNames(command: string): string[] | undefined {
  const input = inputOf(command);
  if (!input) return undefined;
  const addresses = new Set(
    buffersOf(commandNumber(command))?.buffers.map(({ name }) => name),
  );
  return input.layout.fields.map(({ name }) => name).filter((name) =>
    !HEADER.has(name) && !isFiller(name) && !addresses.has(name)
  );
}

/**
 * Checks the fields of a command's request. A number is given as such, as text
 * (`0x1f`) or by the header's names of values and flags (`RESETME`,
 * `TX+RX`, a list of names); an array of bytes as hex digits; another array as
 * a list, or as the bytes it is made of.
 *
 * @throws what `fail` makes, naming the field
 */
export function readFields(
  command: string,
  body: PlainData,
  fail: Fail,
): FieldInputs {
  if (!isPlainObject(body)) {
    throw fail(
      "fields is not an object",
      "Give fields by the header's names, such as { fid: 1 }",
    );
  }
  const names = fieldNames(command);
  const message = inputOf(command);
  const found: Record<string, FieldInput> = {};
  for (const [name, value] of Object.entries(body)) {
    if (!message || !names) {
      throw fail(
        `the fields of ${command} are not public`,
        "Give what follows the 16-byte header as hex digits, under `data`",
      );
    }
    const field = message.layout.fields.find((one) => one.name === name);
    if (!field || !names.includes(name)) {
      throw fail(
        field
          ? `${name} of ${command} is not yours to give`
          : `${command} has no field "${name}"`,
        didYouMean(name, names) ??
          (names.length === 0
            ? `${command} takes no fields`
            : `Its fields are ${names.join(", ")}`),
      );
    }
    const wrong: Fail = (text, hint) => fail(`${name}: ${text}`, hint);
    found[name] = readValue(message, field, value, wrong);
  }
  return found;
}

function readValue(
  { meanings }: Message,
  field: Field,
  value: PlainData,
  fail: Fail,
): FieldInput {
  const meaning = meanings.get(field.name);
  const { count } = field;
  if (count === undefined) {
    return readNumber(meaning, field.elementWidth, value, fail);
  }
  const size = field.elementWidth / 8;
  if (typeof value === "string") return readBytes(count, size, value, fail);
  if (!Array.isArray(value) || value.length !== count) {
    throw fail(
      `it takes ${count} numbers`,
      `Give a list of ${count}, or ${count * size} bytes as hex digits`,
    );
  }
  return value.map((one: PlainData) =>
    readNumber(undefined, field.elementWidth, one, fail)
  );
}

function readBytes(
  count: number,
  size: number,
  text: string,
  fail: Fail,
): FieldInput {
  let bytes: Uint8Array;
  try {
    bytes = fromHex(text);
  } catch (error) {
    throw fail(
      error instanceof Error ? error.message : "not hex digits",
      `Give ${count * size} bytes as hex digits`,
    );
  }
  if (bytes.length > count * size) {
    throw fail(
      `${bytes.length} bytes are too many`,
      `There is room for ${count * size}`,
    );
  }
  const whole = new Uint8Array(count * size);
  whole.set(bytes);
  if (size === 1) return whole;
  return Array.from({ length: count }, (_, i) => {
    let number = 0n;
    for (let byte = size - 1; byte >= 0; byte--) {
      number = (number << 8n) | BigInt(whole[i * size + byte] ?? 0);
    }
    return number;
  });
}

function readNumber(
  meaning: Meaning | undefined,
  width: number,
  value: PlainData,
  fail: Fail,
): bigint {
  const words = Array.isArray(value)
    ? value
    : typeof value === "string"
    ? value.split(/[+|,]/).map((word) => word.trim())
    : [value];
  let number = 0n;
  for (const word of words) number |= readWord(meaning, word, fail);
  if (number >= 1n << BigInt(width)) {
    throw fail(
      `${number} does not fit its ${width} bits`,
      `The highest is ${(1n << BigInt(width)) - 1n}`,
    );
  }
  // Network order within a little-endian structure.
  return meaning?.form === "be16"
    ? ((number & 0xffn) << 8n) | (number >> 8n)
    : number;
}

function readWord(
  meaning: Meaning | undefined,
  word: PlainData,
  fail: Fail,
): bigint {
  if (typeof word === "number" && Number.isSafeInteger(word) && word >= 0) {
    return BigInt(word);
  }
  if (typeof word === "boolean") return word ? 1n : 0n;
  if (typeof word === "string" && /^(0x[0-9a-f]{1,16}|\d{1,20})$/i.test(word)) {
    return BigInt(word);
  }
  const names = namedValues(meaning);
  const text = typeof word === "string" ? word.toUpperCase() : "";
  const known = names.get(text);
  if (known !== undefined) return BigInt(known);
  throw fail(
    `${JSON.stringify(word)} is not a value of it`,
    didYouMean(text, names.keys()) ??
      (names.size === 0
        ? "Give a whole number, or text such as 0x1f"
        : `Give a whole number, or ${
          [...names.keys()].slice(0, 12).join(", ")
        }`),
  );
}

/** Every name that stands for bits of a field. */
function namedValues(meaning: Meaning | undefined): Map<string, number> {
  const names = new Map<string, number>();
  for (const { name, mask } of meaning?.flags ?? []) names.set(name, mask);
  for (const part of meaning?.parts ?? []) {
    for (const [value, name] of part.values) {
      if (!names.has(name)) names.set(name, value);
      if (part.name !== "") names.set(`${part.name}.${name}`, value);
    }
  }
  return names;
}
