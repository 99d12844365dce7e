/**
 * Query `diag`: diagnostic counters: which there are, which are sampled, and
 * their samples.
 *
 * @module
 */
import { readField } from "../../../lib/bits/mod.ts";
import { toPlain } from "../../../lib/bits/value.ts";
import { UsageError } from "../../../lib/errors.ts";
import type { PlainData, PlainObject } from "../../../lib/plain.ts";
import type { Channel, QueryType } from "../../driver.ts";
import { readCapImage } from "../caps.ts";
import { flagOf, integerOf, onlyArguments } from "../reading/arguments.ts";
import {
  askParams,
  askSamples,
  counterCount,
  counterName,
  decodeCapabilities,
  decodeParams,
  decodeSamples,
  type DiagCapabilities,
  type DiagParams,
  MAX_COUNTERS,
  PARAMS_AT,
  PARAMS_BYTES,
  type Sample,
  SAMPLE_BYTES,
  SAMPLES_AT,
} from "../reading/diag.ts";
import { layout } from "../tables/ifc.ts";

/** Capability type DEBUG. */
const DEBUG = 0xd;
/** Rounds shown unless told. */
const ROUNDS = 16;
/** Most samples in one answer: 64 KiB. */
const MAX_SAMPLES = 4095;

/** The query. */
export const diagQuery: QueryType = {
  name: "diag",
  summary: "Diagnostic counters: capabilities, what is sampled, the samples",
  scope: "debug-read-only",
  arguments: {
    samples: {
      type: "integer",
      help: "Rounds to read, one value of each counter; 16 unless told",
    },
    index: { type: "integer", help: "The first round" },
    counters: { type: "flag", help: "Also list what the device can count" },
    csv: { type: "flag", help: "The samples as lines of CSV" },
  },
  run({ channel }, args): PlainData {
    onlyArguments("diag", this.arguments, args);
    const rounds = integerOf(args, "samples", MAX_SAMPLES) ?? ROUNDS;
    const index = integerOf(args, "index", 0xffff) ?? 0;
    const general = readCapImage(channel, 0, "current");
    if (readField(layout("cmd_hca_cap"), general, "debug") === 0) {
      throw new UsageError(
        `${channel.device} has no diagnostic counters: its capability debug is 0`,
        { device: channel.device, hint: "Another firmware may have them" },
      );
    }
    const khz = readField(
      layout("cmd_hca_cap"),
      general,
      "device_frequency_khz",
    );
    const capabilities = decodeCapabilities(
      readCapImage(channel, DEBUG, "current"),
      counterCount(general),
    );
    const params = decodeParams(
      channel.send(askParams(), PARAMS_AT + PARAMS_BYTES + MAX_COUNTERS * 4),
    );
    const samples = read(channel, params, rounds, index);
    return {
      capabilities: capabilityRow(capabilities, khz),
      ...(flagOf(args, "counters")
        ? { counters: capabilities.counters.map(counterRow) }
        : {}),
      parameters: paramsRow(params, khz),
      ...(flagOf(args, "csv")
        ? { csv: csv(samples) }
        : { samples: samples.map(sampleRow) }),
    };
  },
};

/** Nothing is asked for while nothing is sampled. */
function read(
  channel: Channel,
  params: DiagParams,
  rounds: number,
  index: number,
): Sample[] {
  if (!params.set.includes("enable") || params.counters.length === 0) return [];
  const count = Math.min(MAX_SAMPLES, rounds * params.counters.length);
  if (count === 0) return [];
  const answer = channel.send(
    askSamples(count, index),
    SAMPLES_AT + count * SAMPLE_BYTES,
  );
  // What the device did not fill in has no counter.
  return decodeSamples(answer).filter(({ counter }) => counter !== 0);
}

function capabilityRow(caps: DiagCapabilities, khz: number): PlainObject {
  return {
    counters: caps.counters.length,
    single: caps.single,
    repetitive: caps.repetitive,
    log_max_samples: caps.logMaxSamples,
    log_min_sample_period: caps.logMinSamplePeriod,
    device_frequency_khz: khz,
  };
}

function counterRow(
  { id, sync }: { readonly id: number; readonly sync: boolean },
): PlainObject {
  return { counter: idText(id), sync, ...counterName(id) };
}

function paramsRow(params: DiagParams, khz: number): PlainObject {
  // A period above 2^40 clocks is no number a person can use.
  const period = khz > 0 && params.logPeriod <= 40
    ? `${Number((2 ** params.logPeriod * 1000 / khz).toPrecision(6))} µs`
    : "";
  return {
    sampling: params.set.includes("enable"),
    mode: params.set.filter((name) => name !== "enable"),
    log_num_of_samples: params.logSamples,
    log_sample_period: params.logPeriod,
    ...(period === "" ? {} : { period }),
    counters: params.counters.map(idText),
  };
}

function sampleRow({ counter, sample, timeStamp, value }: Sample): PlainObject {
  return {
    counter: idText(counter),
    sample,
    time_stamp: timeStamp,
    value: toPlain(value),
    ...counterName(counter),
  };
}

function csv(samples: readonly Sample[]): PlainObject[] {
  const line = "counter,sample,time_stamp,value";
  return samples.map(({ counter, sample, timeStamp, value }) => ({
    [line]: `${idText(counter)},${sample},${timeStamp},${value}`,
  }));
}

function idText(id: number): string {
  return `0x${id.toString(16).padStart(4, "0")}`;
}
