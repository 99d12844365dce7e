/**
 * What people write for diagnostic counters, as the device takes it: times with
 * units, counters by id or name.
 *
 * @module
 */
import {
  counterId,
  counterName,
  namedCounters,
} from "../../../drivers/mlx5/reading/diag_counters.ts";
import type { DiagState } from "../../../drivers/mlx5/reading/diag_device.ts";
import {
  logOfPeriod,
  periodOf,
  timeText,
} from "../../../drivers/mlx5/reading/diag_time.ts";
import { UsageError } from "../../errors.ts";
import { didYouMean } from "../../suggest.ts";
import type { WantedPeriod } from "../times.ts";

/** The exponent for the device, and a sentence on what became of what was asked for. */
export function takenPeriod(
  wanted: WantedPeriod,
  { khz, capabilities: { logMinSamplePeriod } }: DiagState,
  device: string,
): { readonly log: number; readonly said: string } {
  if ("log" in wanted) {
    const ns = periodOf(wanted.log, khz);
    return {
      log: wanted.log,
      said: `period: 2^${wanted.log} device clocks${
        ns === undefined ? "" : ` are ${timeText(ns)}`
      }`,
    };
  }
  if (khz <= 0) {
    throw new UsageError(
      `${device} does not tell how fast its clock is, so a time cannot be turned into its clocks`,
      { device, hint: "Give the period in device clocks, such as 2^20" },
    );
  }
  const log = logOfPeriod(wanted.ns, khz, logMinSamplePeriod);
  return {
    log,
    said: `period: ${timeText(wanted.ns)} asked for, 2^${log} device clocks = ${
      timeText(periodOf(log, khz) ?? 0)
    } taken${
      log === logMinSamplePeriod && periodOf(log, khz) !== undefined &&
        wanted.ns < (periodOf(log, khz) ?? 0)
        ? ", the shortest it can"
        : ""
    }`,
  };
}

/** The exponent of a number of samples: the next power of two. @throws {UsageError} above what the device keeps */
export function takenSamples(
  samples: number,
  { capabilities: { logMaxSamples } }: DiagState,
  device: string,
): { readonly log: number; readonly said: string } {
  const log = Math.ceil(Math.log2(Math.max(1, samples)));
  if (log > logMaxSamples) {
    throw new UsageError(
      `${device} keeps at most ${2 ** logMaxSamples} samples, not ${samples}`,
      { device, hint: `Ask for --samples ${2 ** logMaxSamples} or fewer` },
    );
  }
  const kept = 2 ** log;
  return {
    log,
    said: kept === samples
      ? `samples: ${kept} are kept`
      : `samples: ${samples} asked for, ${kept} are kept`,
  };
}

/** A counter's name as one word: `tx-packets`; "" where there is no name. */
export function counterWord(id: number): string {
  return counterName(id).name.toLowerCase().replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
}

/**
 * Ids of what was named: `0x2006`, `tx-packets`, a name in full, `named` or
 * `all`; those with a public name when nothing was.
 *
 * @throws {UsageError} for what the device does not have
 */
export function countersOf(
  texts: readonly string[] | undefined,
  { capabilities: { counters } }: DiagState,
  device: string,
): number[] {
  const has = counters.map(({ id }) => id);
  const named = namedCounters().filter((id) => has.includes(id));
  if (texts === undefined) {
    if (named.length > 0) return named;
    throw new UsageError(`${device} has no counter with a public name`, {
      device,
      hint: "Choose some by id with --counters; capabilities lists them",
    });
  }
  const chosen: number[] = [];
  for (const text of texts) {
    const wanted = text.trim().toLowerCase();
    // Most counters have no name, which is not one to ask for.
    const whole = wanted === ""
      ? undefined
      : has.find((id) => counterName(id).name.toLowerCase() === wanted);
    if (whole !== undefined) {
      chosen.push(whole);
      continue;
    }
    for (const word of text.split(",").map((each) => each.trim())) {
      if (word === "all") chosen.push(...has);
      else if (word === "named") chosen.push(...named);
      else chosen.push(counterOf(word, has, device));
    }
  }
  return [...new Set(chosen)];
}

function counterOf(
  word: string,
  has: readonly number[],
  device: string,
): number {
  const id = /^(0x[0-9a-f]{1,4}|\d{1,5})$/i.test(word)
    ? Number(word)
    : has.find((id) => counterWord(id) === word.toLowerCase() && word !== "");
  if (id !== undefined && has.includes(id)) return id;
  const shown = JSON.stringify(word.slice(0, 64));
  throw new UsageError(
    id === undefined
      ? `${device} has no diagnostic counter ${shown}`
      : `${device} does not have the diagnostic counter ${counterId(id)}`,
    {
      device,
      hint: didYouMean(word, [
        ...has.map(counterWord).filter((each) => each !== ""),
        ...has.map(counterId),
        "all",
        "named",
      ]) ?? `See fwctl diag capabilities ${device}`,
    },
  );
}
