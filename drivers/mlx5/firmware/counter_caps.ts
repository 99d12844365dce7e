/**
 * Capabilities of the diagnostic counters, which the kernel's structures leave
 * out.
 *
 * @module
 */
import type { Bytes } from "../../../lib/bytes.ts";
import { writeU16 } from "../protocol.ts";
import { PARAM_BITS } from "../reading/diag.ts";
import { CAP } from "./cards.ts";
import { modelCounters } from "./diag_values.ts";

/** At most 2^14 samples. */
export const LOG_MAX_SAMPLES = 14;

/** Puts into a capability image what the kernel's structures leave out. */
export function withCounters(type: number, image: Bytes): Bytes {
  const counters = modelCounters();
  if (type === CAP.GENERAL) writeU16(image, 80, counters.length);
  if (type === CAP.DEBUG) {
    image[3] = LOG_MAX_SAMPLES;
    image[4] = (image[4] ?? 0) | PARAM_BITS.single | PARAM_BITS.repetitive;
    counters.forEach(({ id, sync }, i) => {
      image[64 + i * 4] = sync ? 0x80 : 0;
      writeU16(image, 64 + i * 4 + 2, id);
    });
  }
  return image;
}
