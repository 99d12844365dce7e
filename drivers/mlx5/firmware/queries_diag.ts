/**
 * Diagnostic counters of the modelled firmware.
 *
 * Assumption: everything but the layouts: which counters there are, how far
 * they go, that a sample is taken for every command executed, and that the
 * answer lists the counters sample by sample.
 *
 * @module
 */
import { type Bytes, toHex } from "../../../lib/bytes.ts";
import { refuse } from "../../../lib/model/reader.ts";
import type { PlainData } from "../../../lib/plain.ts";
import { HEADER_BYTES, readU16, writeU16 } from "../protocol.ts";
import {
  decodeParams,
  DIAG_OPCODE,
  MAX_COUNTERS,
  namedCounters,
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
import { asHex } from "./images.ts";
import type { Query } from "./queries.ts";

/** The counters of one card. */
export class Diagnostics {
  /** diagnostic_params_context as it was written. */
  #context: Bytes = new Uint8Array(PARAMS_BYTES);
  readonly #tick: () => number;

  /** @param tick grows with every command */
  constructor(tick: () => number) {
    this.#tick = tick;
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

  /** What was set, as hex digits; "" when nothing was. */
  save(): string {
    return this.#context.some((byte) => byte !== 0) ? toHex(this.#context) : "";
  }

  /** Takes back what `save` gave. @throws `ModelError` */
  restore(state: PlainData | undefined, at: string): void {
    if (state === undefined) {
      this.#context = new Uint8Array(PARAMS_BYTES);
      return;
    }
    const bytes = asHex(state, at);
    if (
      bytes.length < PARAMS_BYTES ||
      bytes.length > PARAMS_BYTES + MAX_COUNTERS * 4 ||
      bytes.length !== PARAMS_BYTES + readU16(bytes, 0) * 4
    ) refuse(at, "is no set of diagnostic parameters");
    this.#context = bytes;
  }

  #set(command: Command): void {
    const { in_ } = command;
    const context = in_.slice(PARAMS_AT);
    const count = readU16(context, 0);
    const length = PARAMS_BYTES + count * 4;
    if (context.length < length) {
      return fail(command, STAT.BAD_INP_LEN, SYNDROME.LENGTH);
    }
    const known = namedCounters();
    const { counters, logSamples } = decodeParams(in_);
    if (
      logSamples > LOG_MAX_SAMPLES || counters.some((id) => !known.includes(id))
    ) return fail(command, STAT.BAD_PARAM, SYNDROME.OP_MOD);
    this.#context = context.slice(0, length);
  }

  #samples(command: Command): void {
    const { in_, out } = command;
    const whole = new Uint8Array(PARAMS_AT + this.#context.length);
    whole.set(this.#context, PARAMS_AT);
    const { counters, set, logSamples, logPeriod } = decodeParams(whole);
    if (!set.includes("enable") || counters.length === 0) {
      return fail(command, STAT.BAD_SYS_STATE, SYNDROME.OP_MOD);
    }
    const wanted = readU16(in_, 8);
    const index = readU16(in_, 10);
    const most = Math.min(
      wanted,
      Math.floor((out.length - SAMPLES_AT) / SAMPLE_BYTES),
      Math.max(0, 2 ** logSamples - index) * counters.length,
    );
    for (let i = 0; i < most; i++) {
      const at = SAMPLES_AT + i * SAMPLE_BYTES;
      const round = index + Math.floor(i / counters.length);
      const id = counters[i % counters.length] ?? 0;
      writeU16(out, at, id);
      writeU16(out, at + 2, round & 0xffff);
      put32(out, at + 4, (round * 2 ** (logPeriod % 32)) % 2 ** 32);
      // Stalls are rare, packets are many.
      const busy = id === 0x1001 || id === 0x2006 || id === 0x0406;
      put32(out, at + 12, busy ? 1500 + (round * 37 + this.#tick()) % 256 : 0);
    }
  }
}
