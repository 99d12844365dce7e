/**
 * What an mlx5 device is configured to, for an attestation: the capabilities of
 * its own function and of every virtual one.
 *
 * ```
 * functions: { own | ID: { TYPE: { current: { FIELD: value },
 *   maximum: { FIELD: value, where it is not the current one },
 *   images: sha256 of both images } } }
 * ```
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
import type { PlainData, PlainObject } from "../../lib/plain.ts";
import type { Channel, DeviceContext } from "../driver.ts";
import { readCapImage } from "./caps.ts";
import { type CapType, capTypes } from "./tables/cap_types.ts";
import { layout as layoutOf } from "./tables/ifc.ts";

/** Reads it. @throws `DeviceError`, `DecodeError` or `SyscallError` */
export async function measure(
  { channel, entry }: DeviceContext,
): Promise<PlainObject> {
  const functions: Record<string, PlainData> = {
    own: await measureFunction(channel, undefined),
  };
  for (const { index } of entry.virtfns) {
    functions[`${index + 1}`] = await measureFunction(channel, index + 1);
  }
  return { functions };
}

async function measureFunction(
  channel: Channel,
  functionId: number | undefined,
): Promise<PlainObject> {
  const found: Record<string, PlainData> = {};
  for (const type of capTypes()) {
    found[type.name] = await measureType(channel, type, functionId);
  }
  return found;
}

async function measureType(
  channel: Channel,
  type: CapType,
  functionId: number | undefined,
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
  const current: Record<string, PlainData> = {};
  const maximum: Record<string, PlainData> = {};
  if (type.layout !== undefined) {
    const layout = layoutOf(type.layout);
    const fields = describe(layout, { skipReserved: true, rawUnions: true });
    for (const { path, bit, width } of fields) {
      const value = toPlain(readNumber(now, bit, width, "big"));
      const limit = toPlain(readNumber(most, bit, width, "big"));
      current[path] = value;
      if (limit !== value) maximum[path] = limit;
    }
  }
  const digest = await crypto.subtle.digest("SHA-256", concatBytes(now, most));
  return { current, maximum, images: toHex(new Uint8Array(digest)) };
}
