/**
 * What a recipe says to ask for a `pds.operation`, and how it is checked.
 *
 * @module
 */
import { type Bytes, fromHex } from "../../../lib/bytes.ts";
import { RecipeError } from "../../../lib/errors.ts";
import {
  isPlainObject,
  type PlainData,
  type PlainObject,
} from "../../../lib/plain.ts";
import { didYouMean } from "../../../lib/suggest.ts";

/** A checked declaration. */
export interface OperationBody {
  /** The device by any of its names. */
  readonly device: string;
  /** By name or number. */
  readonly endpoint: string | number;
  /** By name or number. */
  readonly operation: string | number;
  /** Its version; the newest the map names unless given. */
  readonly version: number | undefined;
  /** Values by field name. */
  readonly fields: PlainObject;
  /** The whole request payload instead. */
  readonly data: Bytes | undefined;
  /** Room for the response payload; as the map says unless given. */
  readonly responseBytes: number | undefined;
}

const KEYS = [
  "device",
  "endpoint",
  "operation",
  "version",
  "fields",
  "data",
  "response_bytes",
];
/** fwctl's 2 MiB less the header. */
const MOST_BYTES = (2 << 20) - 48;

/**
 * Checks `{ device, endpoint, operation, version?, fields? | data?,
 * response_bytes? }`.
 *
 * @throws {RecipeError} naming the key that is wrong
 */
export function parseOperation(body: PlainObject): OperationBody {
  for (const key of Object.keys(body)) {
    if (KEYS.includes(key)) continue;
    throw new RecipeError(`pds.operation has no key "${key.slice(0, 64)}"`, {
      hint: didYouMean(key, KEYS) ?? `Its keys are ${KEYS.join(", ")}`,
    });
  }
  const { device, fields, data } = body;
  if (typeof device !== "string" || device === "") {
    throw wrong("device", device, "a device", "For instance fwctl0");
  }
  if (fields !== undefined && data !== undefined) {
    throw new RecipeError("fields and data cannot both be given", {
      hint: "data is the whole payload as hex digits",
    });
  }
  if (fields !== undefined && !isPlainObject(fields)) {
    throw wrong("fields", fields, "an object", "For instance { port: 0 }");
  }
  return {
    device,
    endpoint: target("endpoint", body.endpoint, 0xffffffff),
    operation: target("operation", body.operation, 0xffff),
    version: whole("version", body.version, 0xff),
    fields: fields ?? {},
    data: data === undefined ? undefined : bytes(data),
    responseBytes: whole("response_bytes", body.response_bytes, MOST_BYTES),
  };
}

function target(
  key: string,
  value: PlainData | undefined,
  most: number,
): string | number {
  if (typeof value === "string" && value !== "" && value.length <= 64) {
    return value;
  }
  if (
    typeof value === "number" && Number.isInteger(value) && value >= 0 &&
    value <= most
  ) return value;
  throw wrong(
    key,
    value,
    "a name or a number",
    "Give the name the endpoint map has for it, or its number",
  );
}

function whole(
  key: string,
  value: PlainData | undefined,
  most: number,
): number | undefined {
  if (value === undefined) return undefined;
  if (
    typeof value === "number" && Number.isInteger(value) && value >= 0 &&
    value <= most
  ) return value;
  throw wrong(key, value, "such a number", `It goes from 0 to ${most}`);
}

function bytes(value: PlainData): Bytes {
  if (typeof value !== "string") {
    throw wrong("data", value, "a text", "Give hex digits, two a byte");
  }
  try {
    return fromHex(value);
  } catch (error) {
    throw new RecipeError(
      `data: ${error instanceof Error ? error.message : String(error)}`,
      { hint: "Give hex digits, two a byte" },
    );
  }
}

function wrong(
  key: string,
  value: PlainData | undefined,
  what: string,
  hint: string,
): RecipeError {
  if (value === undefined) {
    return new RecipeError(`pds.operation needs ${key}`, { hint });
  }
  return new RecipeError(
    `${key}: ${JSON.stringify(value).slice(0, 80)} is not ${what}`,
    { hint },
  );
}
