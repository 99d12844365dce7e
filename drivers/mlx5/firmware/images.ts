/**
 * Images: fixed-length byte strings that start from a template and differ from
 * it in few places, with a compact plain form of the difference.
 *
 * @module
 */
import { type Bytes, fromHex, toHex } from "../../../lib/bytes.ts";
import { asInteger, refuse } from "../../../lib/model/reader.ts";
import type { PlainData } from "../../../lib/plain.ts";

/** Runs of bytes that differ: `[[offset, "hex"], …]`. */
export type Patch = readonly (readonly [number, string])[];

/** Longest run of a state in hex digits: two for each byte of an image. */
const MAX_HEX = 2 * 4096;

/** Bytes that are the same between two runs before they become two. */
const GAP = 4;

/** What makes `changed` out of `initial`. Both have one length. */
export function patchOf(initial: Uint8Array, changed: Uint8Array): Patch {
  const runs: [number, string][] = [];
  let start = -1;
  let end = -1;
  const close = (): void => {
    if (start >= 0) runs.push([start, toHex(changed.subarray(start, end))]);
  };
  for (let i = 0; i < changed.length; i++) {
    if (changed[i] === initial[i]) continue;
    if (start < 0 || i - end > GAP) {
      close();
      start = i;
    }
    end = i + 1;
  }
  close();
  return runs;
}

/**
 * Applies a patch from outside to a copy of `initial`.
 *
 * @throws `ModelError` naming `at` when it is none or runs over the end
 */
export function applyPatch(
  initial: Uint8Array,
  patch: PlainData | undefined,
  at: string,
): Bytes {
  const bytes = Uint8Array.from(initial);
  if (!Array.isArray(patch)) refuse(at, "must be a list of runs");
  for (const run of patch as readonly PlainData[]) {
    if (!Array.isArray(run) || run.length !== 2) {
      refuse(at, "must be a list of [offset, hex]");
    }
    const offset = asInteger(run[0], at, { max: bytes.length });
    const data = asHex(run[1], at);
    if (offset + data.length > bytes.length) refuse(at, "runs over the end");
    bytes.set(data, offset);
  }
  return bytes;
}

/** Bytes from hex digits of a state. @throws `ModelError` naming `at` */
export function asHex(value: PlainData | undefined, at: string): Bytes {
  if (
    typeof value !== "string" || value.length > MAX_HEX || value.length % 2 ||
    /[^0-9a-f]/.test(value)
  ) refuse(at, "must be hex digits");
  return fromHex(value);
}
