/**
 * Register MFRL as far as nvconfig is concerned: which resets the card offers,
 * and what one does.
 *
 * Assumption: the model has no machine around the card that could reboot, so
 * a reset happens as soon as MFRL names its trigger, also one that on a real
 * machine waits for the next reboot or power cycle. Only nvconfig feels it. A
 * write that names several triggers, as mstconfig's after every set, leaves it
 * open which of them it will be: it arms the card, and nothing happens to a
 * modelled one by itself.
 *
 * @module
 */
import type { Bytes } from "../../../lib/bytes.ts";
import { STAT, SYNDROME } from "./command.ts";
import type { NvConfig } from "./nvconfig.ts";

/** On offer, as bits: full chip, port alive and card only; PCI link, warm reboot, power cycle. */
export const MFRL_OFFER: {
  readonly reset_type: number;
  readonly reset_level: number;
} = {
  reset_type: 0x7,
  reset_level: 0xc8,
};

/** Bit of a power cycle in reset_level. */
const COLD = 0x80;

/** Whether a mask has one bit. */
function single(mask: number): boolean {
  return mask !== 0 && (mask & (mask - 1)) === 0;
}

/** A write of MFRL: rst_type_sel in bits 2:0 of byte 4, reset_level in byte 7. */
export function triggeredReset(
  data: Bytes,
  nvconfig: NvConfig,
): { status: number; syndrome: number } | undefined {
  const type = 1 << ((data[4] ?? 0) & 7);
  const level = data[7] ?? 0;
  if (
    (type & MFRL_OFFER.reset_type) === 0 ||
    (level & ~MFRL_OFFER.reset_level) !== 0
  ) return { status: STAT.BAD_PARAM, syndrome: SYNDROME.REGISTER_ACCESS };
  if (single(level)) nvconfig.reset((level & COLD) !== 0);
  return undefined;
}
