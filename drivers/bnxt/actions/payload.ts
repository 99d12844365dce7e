/**
 * The payload of the action `bnxt.command`: what the firmware is to read from a
 * buffer.
 *
 * @module
 */
import { type Bytes, fromHex } from "../../../lib/bytes.ts";
import { isFwctlError } from "../../../lib/errors.ts";
import type { PlainData } from "../../../lib/plain.ts";
import type { Fail } from "../fields.ts";
import { withPayload } from "../payload.ts";
import { reqTypeOf } from "../protocol.ts";
import { buffersOf, MAX_BUFFER_BYTES } from "../tables/buffers.ts";

/** What the firmware is to read, from a recipe. @throws what `fail` makes */
export function readPayload(value: PlainData | undefined, fail: Fail): Bytes {
  const hint = `Give at most ${MAX_BUFFER_BYTES} bytes as hex digits`;
  if (value === undefined) return new Uint8Array(0);
  if (typeof value !== "string") throw fail("payload is not text", hint);
  if (value.length > 4 * MAX_BUFFER_BYTES) {
    throw fail("payload is too long", hint);
  }
  try {
    return fromHex(value);
  } catch (error) {
    throw fail(
      `payload: ${error instanceof Error ? error.message : error}`,
      hint,
    );
  }
}

/** The flat request: the struct and its payload. @throws what `fail` makes */
export function addPayload(
  command: string,
  struct: Bytes,
  payload: Bytes,
  fail: Fail,
): Bytes {
  const needed = buffersOf(reqTypeOf(struct))?.buffers
    .some(({ reads }) => reads);
  if (needed && payload.length === 0) {
    throw fail(
      `payload is missing: ${command} lets the firmware read a buffer`,
      "Give it as hex digits",
    );
  }
  try {
    return withPayload(struct, payload);
  } catch (error) {
    if (!isFwctlError(error)) throw error;
    throw fail(error.message, error.hint ?? "Look at fwctl describe");
  }
}
