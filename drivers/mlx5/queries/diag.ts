/**
 * Query `diag`: diagnostic counters: which there are, which are sampled, and
 * their samples.
 *
 * @module
 */
import { toPlain } from "../../../lib/bits/value.ts";
import type { PlainData, PlainObject } from "../../../lib/plain.ts";
import type { Channel, QueryType } from "../../driver.ts";
import { flagOf, integerOf, onlyArguments } from "../reading/arguments.ts";
import type { DiagCapabilities, DiagParams, Sample } from "../reading/diag.ts";
import { counterId, counterName } from "../reading/diag_counters.ts";
import {
  isSampling,
  MOST_ENTRIES,
  readEntries,
  readState,
} from "../reading/diag_device.ts";

/** Rounds shown unless told. */
const ROUNDS = 16;
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
    const rounds = integerOf(args, "samples", MOST_ENTRIES) ?? ROUNDS;
    const index = integerOf(args, "index", 0xffff) ?? 0;
    const { khz, capabilities, params } = readState(channel);
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
  return isSampling(params) ? readEntries(channel, params, index, rounds) : [];
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
  return { counter: counterId(id), sync, ...counterName(id) };
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
    counters: params.counters.map(counterId),
  };
}

function sampleRow({ counter, sample, timeStamp, value }: Sample): PlainObject {
  return {
    counter: counterId(counter),
    sample,
    time_stamp: timeStamp,
    value: toPlain(value),
    ...counterName(counter),
  };
}

function csv(samples: readonly Sample[]): PlainObject[] {
  const line = "counter,sample,time_stamp,value";
  return samples.map(({ counter, sample, timeStamp, value }) => ({
    [line]: `${counterId(counter)},${sample},${timeStamp},${value}`,
  }));
}
