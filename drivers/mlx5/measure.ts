/**
 * What an mlx5 device is configured to, for an attestation: the capabilities of
 * its own function and of every virtual one, and what it stores.
 *
 * ```
 * functions: { own | ID: { TYPE: { current: { FIELD: value }, own: { vhca_id },
 *   maximum: { FIELD: value, where it is not the current one },
 *   images: sha256 of both images } } }
 *
 * nvconfig: { PARAMETER: { default, current, next } }, stored: { TYPE: hex }
 * ```
 *
 * `nvconfig` has the parameters this library has names for by itself, so that a
 * database that happens to be installed changes nothing; `stored` has every item
 * the device stores, also those without a name. Either is null where the device
 * does not tell, or not in a form we can read.
 *
 * The digest covers bits that have no public name, too. A type the firmware
 * lacks is `null`. Assumption: nothing in a capability image counts or moves by
 * itself; no public document says that it does.
 *
 * @module
 */
import { readNumber } from "../../lib/bits/decode.ts";
import { describe } from "../../lib/bits/describe.ts";
import { toPlain } from "../../lib/bits/value.ts";
import { concatBytes, toHex } from "../../lib/bytes.ts";
import { isFwctlError } from "../../lib/errors.ts";
import {
  isPlainObject,
  type PlainData,
  type PlainObject,
} from "../../lib/plain.ts";
import type { Channel, DeviceContext } from "../driver.ts";
import { readCapImage } from "./caps.ts";
import { nvconfigQuery } from "./queries/nvconfig.ts";
import { nvconfigBackupQuery } from "./queries/nvconfig_backup.ts";
import { type CapType, capTypes } from "./tables/cap_types.ts";
import { layout as layoutOf } from "./tables/ifc.ts";

/** Fields that tell one function from another; apart from the rest, alike functions are written once. */
const OWN: ReadonlySet<string> = new Set(["vhca_id"]);

/** What was decoded already: thousands of functions have few images between them. */
type Decoded = Map<string, PlainObject>;

/** Reads it. @throws `DeviceError`, `DecodeError` or `SyscallError` */
export async function measure(context: DeviceContext): Promise<PlainObject> {
  const { channel, entry } = context;
  const decoded: Decoded = new Map();
  const functions: Record<string, PlainData> = {
    own: await measureFunction(channel, undefined, decoded),
  };
  for (const { index } of entry.virtfns) {
    functions[`${index + 1}`] = await measureFunction(
      channel,
      index + 1,
      decoded,
    );
  }
  return {
    functions,
    nvconfig: parameters(told(() => nvconfigQuery.run(context, {}))),
    stored: items(told(() => nvconfigBackupQuery.run(context, {}))),
  };
}

/** An answer, or null when the device does not give it. */
function told(read: () => PlainData): PlainObject | null {
  try {
    const answer = read();
    return isPlainObject(answer) ? answer : null;
  } catch (error) {
    const own = isFwctlError(error) &&
      ["DeviceError", "DecodeError", "UsageError"].includes(error.code);
    if (own) return null;
    throw error;
  }
}

function parameters(answer: PlainObject | null): PlainObject | null {
  return rowsOf(answer?.parameters, (row) => [
    String(row.parameter),
    {
      default: row.default ?? null,
      current: row.current ?? null,
      next: row.next ?? null,
    },
  ]);
}

function items(answer: PlainObject | null): PlainObject | null {
  return rowsOf(answer?.items, (row) => [String(row.type), row.data ?? null]);
}

function rowsOf(
  rows: PlainData | undefined,
  member: (row: PlainObject) => [string, PlainData],
): PlainObject | null {
  if (!Array.isArray(rows)) return null;
  return Object.fromEntries(
    rows.filter((row: PlainData) => isPlainObject(row)).map(member),
  );
}

async function measureFunction(
  channel: Channel,
  functionId: number | undefined,
  decoded: Decoded,
): Promise<PlainObject> {
  const found: Record<string, PlainData> = {};
  for (const type of capTypes()) {
    found[type.name] = await measureType(channel, type, functionId, decoded);
  }
  return found;
}

async function measureType(
  channel: Channel,
  type: CapType,
  functionId: number | undefined,
  decoded: Decoded,
): Promise<PlainObject | null> {
  let now: Uint8Array;
  let most: Uint8Array;
  try {
    now = readCapImage(channel, type.number, "current", functionId);
    most = readCapImage(channel, type.number, "maximum", functionId);
  } catch (error) {
    // A firmware that lacks a type says so; every firmware has GENERAL.
    const lacks = isFwctlError(error) && error.code === "DeviceError" &&
      type.number !== 0;
    if (lacks) return null;
    throw error;
  }
  const digest = toHex(
    new Uint8Array(
      await crypto.subtle.digest("SHA-256", concatBytes(now, most)),
    ),
  );
  const key = `${type.name} ${digest}`;
  const known = decoded.get(key);
  if (known) return known;
  const fresh = { ...decode(type, now, most), images: digest };
  decoded.set(key, fresh);
  return fresh;
}

function decode(
  type: CapType,
  now: Uint8Array,
  most: Uint8Array,
): PlainObject {
  const own: Record<string, PlainData> = {};
  const current: Record<string, PlainData> = {};
  const maximum: Record<string, PlainData> = {};
  if (type.layout !== undefined) {
    const layout = layoutOf(type.layout);
    const fields = describe(layout, { skipReserved: true, rawUnions: true });
    for (const { path, bit, width } of fields) {
      const value = toPlain(readNumber(now, bit, width, "big"));
      const limit = toPlain(readNumber(most, bit, width, "big"));
      (OWN.has(path) ? own : current)[path] = value;
      if (limit !== value) maximum[path] = limit;
    }
  }
  return { current, maximum, own };
}
