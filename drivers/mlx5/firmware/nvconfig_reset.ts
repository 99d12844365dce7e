/**
 * Register MFRL as far as nvconfig is concerned: which resets the card offers,
 * and what one does.
 *
 * Assumption: the model has no machine around the card that could reboot, so
 * a reset happens as soon as MFRL names it, also one that on a real machine
 * waits for the next reboot or power cycle. Only nvconfig feels it.
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

/** A write of MFRL: reset_type in byte 6, reset_level in byte 7. */
export function triggeredReset(
  data: Bytes,
  nvconfig: NvConfig,
): { status: number; syndrome: number } | undefined {
  const type = data[6] ?? 0;
  const level = data[7] ?? 0;
  if (
    (type & ~MFRL_OFFER.reset_type) !== 0 ||
    (level & ~MFRL_OFFER.reset_level) !== 0
  ) return { status: STAT.BAD_PARAM, syndrome: SYNDROME.REGISTER_ACCESS };
  if (level !== 0) nvconfig.reset((level & COLD) !== 0);
  return undefined;
}
