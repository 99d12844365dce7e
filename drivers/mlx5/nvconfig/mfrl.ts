/**
 * Register MFRL: which resets a device offers, and how one is asked for.
 *
 * Two words: the second has reset_level in bits 7:0, reset_type in 15:8 and
 * rst_type_sel in 26:24. A read offers levels and types as masks; a write names
 * one level by its bit, and one type by its number in rst_type_sel: reset_type
 * is read only. Source: mfrl_reg of mlx5_ifc.h, and mlx5_core's fw_reset.c, which
 * writes it so; the kernel names level bits 0, 3 and 6 and type bits 0 and 1, the
 * others are the vendor's tool's.
 *
 * @module
 */
import type { Bytes } from "../../../lib/bytes.ts";
import { DecodeError } from "../../../lib/errors.ts";
import {
  HEADER_BYTES,
  newRequest,
  OPCODE,
  readRegister,
  writeU16,
} from "../protocol.ts";

/** Register id. */
export const MFRL = 0x9028;
/** Bytes of the register. */
const MFRL_BYTES = 8;
/** Bytes of a request and of its answer. */
export const MFRL_MESSAGE_BYTES: number = HEADER_BYTES + MFRL_BYTES;

/** Levels by name: bit, and what it takes to be carried out. */
export const RESET_LEVELS: Readonly<
  Record<string, { readonly bit: number; readonly when: string }>
> = {
  live: { bit: 0, when: "at once, driver and link stay up" },
  pci: { bit: 3, when: "when the driver restarts and the PCI link is reset" },
  "warm-reboot": { bit: 6, when: "at the next reboot of the host" },
  "power-cycle": { bit: 7, when: "at the next power cycle of the host" },
};

/** What is reset, by name: bit. */
export const RESET_TYPES: Readonly<Record<string, number>> = {
  "full-chip": 0,
  "port-alive": 1,
  "card-only": 2,
  "arm-only": 3,
};

/** MFRL, read: what the device offers. */
export function askResets(): Bytes {
  return readRegister(MFRL, MFRL_BYTES);
}

/** MFRL, written: one level, one type. */
export function askForReset(level: number, type: number): Bytes {
  const request = newRequest(OPCODE.ACCESS_REG, 0, MFRL_MESSAGE_BYTES);
  writeU16(request, 10, MFRL);
  request[HEADER_BYTES + 4] = type & 7;
  request[HEADER_BYTES + 7] = 1 << level;
  return request;
}

/** What a device offers, by name. */
export interface OfferedResets {
  /** Names of {@linkcode RESET_LEVELS}. */
  readonly levels: readonly string[];
  /** Names of {@linkcode RESET_TYPES}. */
  readonly types: readonly string[];
}

/**
 * Whether a reset of a level loads nvconfig. One that leaves the driver up does
 * not, and of a card whose own CPU is in charge only a power cycle does.
 *
 * Assumption: the first, from the vendor's tool, which offers `live` for
 * firmware that was updated and nothing else.
 */
export function loadsNvConfig(level: string, dpu: boolean): boolean {
  return dpu ? level === "power-cycle" : level !== "live";
}

/** The names a device offers. @throws `DecodeError` when the answer is short */
export function offeredResets(
  response: Uint8Array,
  device: string,
): OfferedResets {
  if (response.length < MFRL_MESSAGE_BYTES) {
    throw new DecodeError(
      `MFRL answered ${response.length} bytes, not ${MFRL_MESSAGE_BYTES}`,
      { device, hint: "Check the firmware version" },
    );
  }
  const type = response[HEADER_BYTES + 6] ?? 0;
  const level = response[HEADER_BYTES + 7] ?? 0;
  return {
    levels: Object.entries(RESET_LEVELS)
      .filter(([, { bit }]) => (level & 1 << bit) !== 0)
      .map(([name]) => name),
    types: Object.entries(RESET_TYPES)
      .filter(([, bit]) => (type & 1 << bit) !== 0)
      .map(([name]) => name),
  };
}
