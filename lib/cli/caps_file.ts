/**
 * Capabilities in a file: what `fwctl caps --save` and `--json` write, read back
 * for a comparison.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import { isPlainObject, type PlainData, type PlainObject } from "../plain.ts";
import { JSON_VERSION, jsonText } from "../view/json.ts";
import { fileExists, readJson, writeAtomically } from "./files.ts";

/** More than there are; a file with more is none of ours. */
const MOST_TYPES = 256;
const MOST_FIELDS = 32_768;

/** Refuses a file that is there, before anything is read. @throws {UsageError} */
export function refuseSaved(path: string, force: boolean): void {
  if (force || !fileExists(path, "the capabilities")) return;
  throw new UsageError(`${path} is there already`, {
    hint: "Name another file, or add --force to replace it",
  });
}

/** Writes an answer of the query `caps`. */
export function saveCaps(
  path: string,
  device: string,
  answer: PlainObject,
): void {
  const text = jsonText("caps", { device, ...answer });
  writeAtomically(path, text, "the capabilities", 0o644);
}

/** An answer that was written before. @throws {UsageError} naming what is wrong */
export function readCaps(path: string): PlainObject {
  return parseCaps(readJson(path, "the capabilities") as PlainData, path);
}

/** The same from the file's data. @throws {UsageError} */
export function parseCaps(data: PlainData, path: string): PlainObject {
  const wrong = (what: string): UsageError =>
    new UsageError(`${path}: ${what}`, {
      hint: "Write one with fwctl caps DEVICE --save FILE",
    });
  if (!isPlainObject(data) || data.schema !== "fwctl/caps") {
    throw wrong("it is not what fwctl caps writes (schema fwctl/caps)");
  }
  const major = String(data.version).split(".")[0];
  if (major !== JSON_VERSION.split(".")[0]) {
    throw wrong(`version ${String(data.version).slice(0, 16)} is not known`);
  }
  const { types } = data;
  if (!Array.isArray(types) || types.length > MOST_TYPES) {
    throw wrong("types: is not a list of capability types");
  }
  return {
    function: typeof data.function === "number" ? data.function : "own",
    types: types.map((type: PlainData, index) =>
      typeOf(type, (what) => wrong(`types[${index}]${what}`))
    ),
  };
}

function typeOf(
  type: PlainData,
  wrong: (what: string) => UsageError,
): PlainObject {
  if (!isPlainObject(type) || typeof type.type !== "string") {
    throw wrong(".type: is not a name");
  }
  const { fields } = type;
  if (!Array.isArray(fields) || fields.length > MOST_FIELDS) {
    throw wrong(".fields: is not a list of fields");
  }
  return {
    type: type.type,
    number: typeof type.number === "number" ? type.number : null,
    layout: typeof type.layout === "string" ? type.layout : null,
    fields: fields.map((field: PlainData, index) => {
      const at = `.fields[${index}]`;
      if (!isPlainObject(field) || typeof field.field !== "string") {
        throw wrong(`${at}.field: is not a name`);
      }
      return {
        field: field.field,
        bit: typeof field.bit === "number" ? field.bit : 0,
        width: typeof field.width === "number" ? field.width : 0,
        current: valueOf(field.current, () => wrong(`${at}.current`)),
        maximum: valueOf(field.maximum, () => wrong(`${at}.maximum`)),
      };
    }),
  };
}

/** A number, or hex digits for wide fields. */
function valueOf(
  value: PlainData | undefined,
  wrong: () => UsageError,
): number | string {
  if (typeof value === "number" || typeof value === "string") return value;
  throw wrong();
}
