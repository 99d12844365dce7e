/**
 * Diagnostic counters: what a device can count, what it samples, and the
 * samples.
 *
 * The kernel's header leaves these structures out; they are public in the
 * vendor's own mlx5ctl:
 * - the number of counters is GENERAL's bits 0x280 to 0x28f;
 * - the DEBUG capability: log_max_samples byte 3, single and repetitive the
 *   first two bits of byte 4, log_min_sample_period byte 7, and from byte 64 a
 *   word for each counter: sync its first bit, counter_id its last 16;
 * - diagnostic_params_context (24 bytes and a word for each counter):
 *   num_of_counters bytes 0-1, log_num_of_samples byte 3, single, repetitive,
 *   sync, clear, on_demand and enable the first six bits of byte 4,
 *   log_sample_period byte 7, counter_id the last 16 bits of each word;
 * - a sample (16 bytes): counter_id, sample_id, time_stamp, a value of 64 bits.
 *
 * @module
 */
import type { Bytes } from "../../../lib/bytes.ts";
import { DecodeError } from "../../../lib/errors.ts";
import { newRequest, readU16, readU32, writeU16 } from "../protocol.ts";

/** Commands. */
export const DIAG_OPCODE = {
  QUERY_PARAMS: 0x819,
  SET_PARAMS: 0x820,
  QUERY_COUNTERS: 0x821,
} as const;

/** Bytes of diagnostic_params_context without its counters. */
export const PARAMS_BYTES = 24;
/** Where the context starts in request and answer. */
export const PARAMS_AT = 8;
/** Bytes of one sample. */
export const SAMPLE_BYTES = 16;
/** Where the samples start. */
export const SAMPLES_AT = 16;
/** Most counters the DEBUG capability has room for. */
export const MAX_COUNTERS = 1008;

export { counterName, namedCounters } from "./diag_counters.ts";
export type { CounterName } from "./diag_counters.ts";

/** What a device can count. */
export interface DiagCapabilities {
  /** At most 2^this samples are kept. */
  readonly logMaxSamples: number;
  /** One round of samples. */
  readonly single: boolean;
  /** Round after round. */
  readonly repetitive: boolean;
  /** The period is at least 2^this device clocks. */
  readonly logMinSamplePeriod: number;
  /** Counters in the device's order. */
  readonly counters: readonly { readonly id: number; readonly sync: boolean }[];
}

/** Counters a device has, from its GENERAL capability. */
export function counterCount(general: Uint8Array): number {
  return readU16(general, 80);
}

/** The DEBUG capability. @throws `DecodeError` when it has no room for the counters */
export function decodeCapabilities(
  debug: Uint8Array,
  count: number,
): DiagCapabilities {
  if (64 + count * 4 > debug.length) {
    throw new DecodeError(
      `The device has ${count} diagnostic counters, its DEBUG capability has room for ${
        Math.floor(Math.max(0, debug.length - 64) / 4)
      }`,
      { hint: "Check the firmware version" },
    );
  }
  return {
    logMaxSamples: debug[3] ?? 0,
    single: ((debug[4] ?? 0) & 0x80) !== 0,
    repetitive: ((debug[4] ?? 0) & 0x40) !== 0,
    logMinSamplePeriod: debug[7] ?? 0,
    counters: Array.from({ length: count }, (_, i) => ({
      id: readU16(debug, 64 + i * 4 + 2),
      sync: ((debug[64 + i * 4] ?? 0) & 0x80) !== 0,
    })),
  };
}

/** The bits of diagnostic_params_context by name. */
export const PARAM_BITS = {
  single: 0x80,
  repetitive: 0x40,
  sync: 0x20,
  clear: 0x10,
  on_demand: 0x08,
  enable: 0x04,
} as const;

/** What is sampled. */
export interface DiagParams {
  /** 2^this samples are kept. */
  readonly logSamples: number;
  /** A sample every 2^this device clocks. */
  readonly logPeriod: number;
  /** Names of {@linkcode PARAM_BITS} that are set. */
  readonly set: readonly (keyof typeof PARAM_BITS)[];
  /** Ids of the counters. */
  readonly counters: readonly number[];
}

/** QUERY_DIAGNOSTIC_PARAMS. */
export function askParams(): Bytes {
  return newRequest(DIAG_OPCODE.QUERY_PARAMS, 0);
}

/**
 * Its answer.
 *
 * @throws `DecodeError` when the answer is short, or names more counters than it has
 */
export function decodeParams(answer: Uint8Array): DiagParams {
  if (answer.length < PARAMS_AT + PARAMS_BYTES) {
    throw new DecodeError(
      `QUERY_DIAGNOSTIC_PARAMS answered ${answer.length} bytes, not ${
        PARAMS_AT + PARAMS_BYTES
      }`,
      { hint: "Check the firmware version" },
    );
  }
  const context = answer.subarray(PARAMS_AT);
  const count = readU16(context, 0);
  if (PARAMS_BYTES + count * 4 > context.length) {
    throw new DecodeError(
      `QUERY_DIAGNOSTIC_PARAMS names ${count} counters, it has room for ${
        Math.floor((context.length - PARAMS_BYTES) / 4)
      }`,
      { hint: "Check the firmware version" },
    );
  }
  const bits = context[4] ?? 0;
  return {
    logSamples: context[3] ?? 0,
    logPeriod: context[7] ?? 0,
    set: (Object.keys(PARAM_BITS) as (keyof typeof PARAM_BITS)[])
      .filter((name) => (bits & PARAM_BITS[name]) !== 0),
    counters: Array.from(
      { length: count },
      (_, i) => readU16(context, PARAMS_BYTES + i * 4 + 2),
    ),
  };
}

/** SET_DIAGNOSTIC_PARAMS. */
export function setParams(params: DiagParams): Bytes {
  const request = newRequest(
    DIAG_OPCODE.SET_PARAMS,
    0,
    PARAMS_AT + PARAMS_BYTES + params.counters.length * 4,
  );
  const context = request.subarray(PARAMS_AT);
  writeU16(context, 0, params.counters.length);
  context[3] = params.logSamples;
  for (const name of params.set) {
    context[4] = (context[4] ?? 0) | PARAM_BITS[name];
  }
  context[7] = params.logPeriod;
  params.counters.forEach((id, i) =>
    writeU16(context, PARAMS_BYTES + i * 4 + 2, id)
  );
  return request;
}

/** One sample of one counter. */
export interface Sample {
  /** Which counter. */
  readonly counter: number;
  /** Which sample. */
  readonly sample: number;
  /** The low 32 bits of the device's clock. */
  readonly timeStamp: number;
  /** What was counted. */
  readonly value: bigint;
}

/** QUERY_DIAGNOSTIC_COUNTERS; a "sample" here is one counter once. */
export function askSamples(count: number, index: number): Bytes {
  const request = newRequest(DIAG_OPCODE.QUERY_COUNTERS, 0);
  writeU16(request, 8, count);
  writeU16(request, 10, index);
  return request;
}

/** Its answer: as many samples as there are whole ones. */
export function decodeSamples(answer: Uint8Array): Sample[] {
  const count = Math.floor(
    Math.max(0, answer.length - SAMPLES_AT) / SAMPLE_BYTES,
  );
  return Array.from({ length: count }, (_, i) => {
    const at = SAMPLES_AT + i * SAMPLE_BYTES;
    return {
      counter: readU16(answer, at),
      sample: readU16(answer, at + 2),
      timeStamp: readU32(answer, at + 4),
      value: BigInt(readU32(answer, at + 8)) << 32n |
        BigInt(readU32(answer, at + 12)),
    };
  });
}
