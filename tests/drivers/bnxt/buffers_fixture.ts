/** Requests with buffers for the tests. */
import {
  bufferBytes,
  buffersOf,
} from "../../../drivers/bnxt/tables/buffers.ts";
import { withPayload } from "../../../drivers/bnxt/payload.ts";
import { newRequest } from "../../../drivers/bnxt/protocol.ts";
import { commandNumber } from "../../../drivers/bnxt/tables/hwrm.ts";
import type { Bytes } from "../../../lib/bytes.ts";

/** What the firmware is to read, or how much it is to fill, in an example. */
export const EXAMPLE_BYTES = 48;

/** The plainest flat request of a command: with buffers each is of 48 bytes where the command lets one choose. */
export function exampleOf(command: string): Bytes {
  const struct = newRequest(command);
  const named = buffersOf(commandNumber(command));
  if (!named) return struct;
  for (const member of named.buffers) {
    if (member.length && bufferBytes(struct, member) === 0) {
      struct[member.length.offset] = EXAMPLE_BYTES / member.unit;
    }
  }
  const reads = named.buffers.some((member) => member.reads);
  const payload = Uint8Array.from({ length: EXAMPLE_BYTES }, (_, i) => i);
  return withPayload(struct, reads ? payload : new Uint8Array(0));
}
