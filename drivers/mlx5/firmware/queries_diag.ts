/**
 * Diagnostic counters of the modelled firmware: a buffer of samples that fills
 * with time.
 *
 * Known from the vendor's published example: the answer lists the counters
 * sample by sample, what stands at index 4 has sample_id 5, and three counters
 * every 2^10 clocks were in fact sampled every 93,246 clocks.
 *
 * Assumption: all else. Which counters there are and how they move; that the
 * buffer is a ring in which the sample with number n stands at n modulo its
 * size; that only one mode can be chosen and none is single; that an answer on
 * demand has the next sample_id; that reading takes a millisecond; and every
 * status.
 *
 * @module
 */
import { type Bytes, toHex } from "../../../lib/bytes.ts";
import { ObjectReader, refuse } from "../../../lib/model/reader.ts";
import type { PlainData } from "../../../lib/plain.ts";
import { HEADER_BYTES, readU16, writeU16 } from "../protocol.ts";
import {
  decodeParams,
  DIAG_OPCODE,
  type DiagParams,
  MAX_COUNTERS,
  PARAMS_AT,
  PARAMS_BYTES,
  SAMPLE_BYTES,
  SAMPLES_AT,
} from "../reading/diag.ts";
import {
  type Command,
  fail,
  put32,
  putBytes,
  STAT,
  SYNDROME,
} from "./command.ts";
import { LOG_MAX_SAMPLES } from "./counter_caps.ts";
import { clears, countedAt, modelCounters } from "./diag_values.ts";
import { asHex } from "./images.ts";
import type { Query } from "./queries.ts";

/** Device clocks in a millisecond: the device_frequency_khz of the cards. */
const CLOCKS_PER_MS = 1_000_000;
/** Clocks that one counter takes at least. */
const FASTEST = 31_082;
/** A day: times of values are within it, so that they stay exact. */
const DAY_MS = 86_400_000;
/** The latest moment of a state. */
const LAST_MS = 2 ** 45;

/** The counters of one card. */
export class Diagnostics {
  /** diagnostic_params_context as it was written. */
  #context: Bytes = new Uint8Array(PARAMS_BYTES);
  /** When it was. */
  #started = 0;
  /** Samples on demand so far. */
  #demanded = 0;
  /** Milliseconds that commands took: a model's take no time of their own. */
  #took = 0;
  readonly #now: () => number;

  /** @param now the time in milliseconds */
  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Their commands by opcode. */
  commands(): Map<number, Query> {
    const least = PARAMS_AT + PARAMS_BYTES;
    return new Map<number, Query>([
      [DIAG_OPCODE.QUERY_PARAMS, {
        inLen: HEADER_BYTES,
        outLen: least,
        run: ({ out }) => putBytes(out, PARAMS_AT, this.#context),
      }],
      [DIAG_OPCODE.SET_PARAMS, {
        inLen: least,
        outLen: HEADER_BYTES,
        run: (command) => this.#set(command),
      }],
      [DIAG_OPCODE.QUERY_COUNTERS, {
        inLen: HEADER_BYTES,
        outLen: SAMPLES_AT,
        run: (command) => this.#samples(command),
      }],
    ]);
  }

  /** What was set, and when; undefined when nothing was. */
  save(): PlainData | undefined {
    return this.#context.some((byte) => byte !== 0)
      ? {
        context: toHex(this.#context),
        started: this.#started,
        demanded: this.#demanded,
      }
      : undefined;
  }

  /** Takes back what `save` gave. @throws `ModelError` */
  restore(state: PlainData | undefined, at: string): void {
    this.#context = new Uint8Array(PARAMS_BYTES);
    this.#started = this.#demanded = 0;
    if (state === undefined) return;
    const reader = new ObjectReader(state, at);
    const bytes = asHex(reader.raw("context"), reader.path("context"));
    if (
      bytes.length < PARAMS_BYTES ||
      bytes.length > PARAMS_BYTES + MAX_COUNTERS * 4 ||
      bytes.length !== PARAMS_BYTES + readU16(bytes, 0) * 4
    ) refuse(reader.path("context"), "is no set of diagnostic parameters");
    const started = reader.integer("started", { max: LAST_MS }) ?? 0;
    const demanded = reader.integer("demanded", { max: 0xffff }) ?? 0;
    reader.end();
    this.#context = bytes;
    this.#started = started;
    this.#demanded = demanded;
  }

  #set(command: Command): void {
    const { in_ } = command;
    const context = in_.slice(PARAMS_AT);
    const length = PARAMS_BYTES + readU16(context, 0) * 4;
    if (context.length < length) {
      return fail(command, STAT.BAD_INP_LEN, SYNDROME.LENGTH);
    }
    if (!isGood(decodeParams(in_))) {
      return fail(command, STAT.BAD_PARAM, SYNDROME.OP_MOD);
    }
    this.#context = context.slice(0, length);
    this.#started = Math.max(0, Math.min(LAST_MS, Math.floor(this.#now())));
    this.#demanded = 0;
    this.#took = 0;
  }

  #samples(command: Command): void {
    const { in_, out } = command;
    const whole = new Uint8Array(PARAMS_AT + this.#context.length);
    whole.set(this.#context, PARAMS_AT);
    const params = decodeParams(whole);
    const { counters, set, logSamples } = params;
    if (!set.includes("enable") || counters.length === 0) {
      return fail(command, STAT.BAD_SYS_STATE, SYNDROME.OP_MOD);
    }
    const size = 2 ** Math.min(logSamples, LOG_MAX_SAMPLES);
    const index = readU16(in_, 10);
    const demand = set.includes("on_demand");
    if (index >= (demand ? 1 : size)) {
      return fail(command, STAT.IX_ERR, SYNDROME.OP_MOD);
    }
    this.#took++;
    const elapsed = Math.max(0, this.#now() - this.#started + this.#took) *
      CLOCKS_PER_MS;
    const period = Math.max(
      2 ** params.logPeriod,
      FASTEST * counters.length,
    );
    const taken = Math.floor(elapsed / period) + 1;
    const room = Math.floor((out.length - SAMPLES_AT) / SAMPLE_BYTES);
    const most = Math.min(
      readU16(in_, 8),
      room,
      (demand ? 1 : size - index) * counters.length,
    );
    if (demand) this.#demanded = this.#demanded % 0xffff + 1;
    for (let i = 0; i < most; i++) {
      const slot = index + Math.floor(i / counters.length);
      const number = demand
        ? this.#demanded - 1
        : numberAt(slot, size, taken, set.includes("repetitive"));
      if (number === undefined) continue;
      const at = SAMPLES_AT + i * SAMPLE_BYTES;
      const which = i % counters.length;
      const id = counters[which] ?? 0;
      // In sync all start at once; else one after the other.
      const later = set.includes("sync") ? 0 : which * 64;
      const clocks = (demand ? Math.floor(elapsed) : number * period) + later;
      writeU16(out, at, id);
      writeU16(out, at + 2, (number + 1) & 0xffff);
      put32(out, at + 4, (this.#started * 977 + clocks) % 2 ** 32);
      const value = this.#value(id, clocks, set.includes("clear"));
      put32(out, at + 8, Math.floor(value / 2 ** 32));
      put32(out, at + 12, value % 2 ** 32);
    }
  }

  #value(id: number, clocks: number, clear: boolean): number {
    const from = (this.#started % DAY_MS) / 1000;
    const value = countedAt(id, from + clocks / CLOCKS_PER_MS / 1000);
    return clear && clears(id) ? value - countedAt(id, from) : value;
  }
}

/** Which sample stands in a slot, from 0; undefined while none does. */
function numberAt(
  slot: number,
  size: number,
  taken: number,
  repetitive: boolean,
): number | undefined {
  if (slot >= taken) return undefined;
  if (!repetitive || taken <= size) return slot;
  return slot + size * Math.floor((taken - 1 - slot) / size);
}

/** Whether the firmware takes it; stopping is always fine. */
function isGood({ set, counters, logSamples }: DiagParams): boolean {
  if (!set.includes("enable")) return true;
  const known = new Map(modelCounters().map(({ id, sync }) => [id, sync]));
  const modes = (["single", "repetitive", "on_demand"] as const)
    .filter((mode) => set.includes(mode));
  return logSamples <= LOG_MAX_SAMPLES && modes.length <= 1 &&
    counters.length > 0 && new Set(counters).size === counters.length &&
    counters.every((id) =>
      known.has(id) && (!set.includes("sync") || known.get(id) === true)
    );
}
