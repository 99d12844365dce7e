/**
 * Samples in their order: sample_ids of 16 bits and time stamps of 32 are
 * counted on past their ends, what came twice counts once, and what is missing
 * between is said.
 *
 * @module
 */
import type { Sample } from "./diag.ts";
import { ahead } from "./diag_device.ts";

/** All counters at one moment. */
export interface Round {
  /** Its number: the first has its sample_id, and it goes on past 65535. */
  readonly sample: number;
  /** Device clocks since the first sample. */
  readonly clocks: number;
  /** A value for each counter, in their order; undefined where it is missing. */
  readonly values: readonly (bigint | undefined)[];
  /** The time stamps as the device gave them. */
  readonly stamps: readonly (number | undefined)[];
}

/** Samples that were never seen. */
export interface Gap {
  /** The last one before them. */
  readonly after: number;
  /** How many. */
  readonly lost: number;
}

/** What a series is about. */
export interface SeriesOptions {
  /** Ids of the counters. */
  readonly counters: readonly number[];
  /** A sample every 2^this device clocks, as it was asked for. */
  readonly logPeriod: number;
  /** The device's clock in kHz, or 0. */
  readonly khz: number;
  /** Whether a sample is taken only when one is asked for, at no period. */
  readonly demand?: boolean;
}

interface OpenRound {
  readonly sample: number;
  clocks: number;
  values: (bigint | undefined)[];
  stamps: (number | undefined)[];
}

const STAMPS = 2 ** 32;
const IDS = 2 ** 16;
/** Gaps that are kept one by one. */
const MOST_GAPS = 1000;

/** Collects samples. */
export class DiagSeries {
  readonly #options: SeriesOptions;
  readonly #place: ReadonlyMap<number, number>;
  readonly #rounds: OpenRound[] = [];
  /** Rounds that may still be filled, by number. */
  readonly #recent = new Map<number, OpenRound>();
  readonly #gaps: Gap[] = [];
  #first: OpenRound | undefined;
  #last: OpenRound | undefined;
  /** Milliseconds of the machine at the last look, and since the one before. */
  #looked: number | undefined;
  #silence: number | undefined;
  #lost = 0;
  #foreign = 0;
  #count = 0;

  /** Empty. */
  constructor(options: SeriesOptions) {
    this.#options = options;
    this.#place = new Map(options.counters.map((id, i) => [id, i]));
  }

  /** Rounds so far. */
  get count(): number {
    return this.#count;
  }

  /** Rounds that are missing between others. */
  get lost(): number {
    return this.#lost;
  }

  /** Where they are missing; the first thousand places. */
  get gaps(): readonly Gap[] {
    return this.#gaps;
  }

  /** Entries of counters that are not sampled, which were left out. */
  get foreign(): number {
    return this.#foreign;
  }

  /** Device clocks from one round to the next, as measured; undefined before there are two. */
  get period(): number | undefined {
    const first = this.#first;
    const last = this.#last;
    if (!first || !last || last.sample === first.sample) return undefined;
    return (last.clocks - first.clocks) / (last.sample - first.sample);
  }

  /**
   * Takes what was read; says how many rounds are new.
   *
   * @param now milliseconds of the machine: tells how often the ids went round while nobody looked
   */
  add(samples: readonly Sample[], now?: number): number {
    const known = samples.filter(({ counter }) => this.#place.has(counter));
    this.#foreign += samples.length - known.length;
    this.#silence = now === undefined || this.#looked === undefined
      ? undefined
      : now - this.#looked;
    this.#looked = now;
    const before = this.#count;
    for (const [number, round] of this.#grouped(known)) {
      this.#put(number, round);
    }
    return this.#count - before;
  }

  /**
   * Hands over rounds that are complete and lets go of them; with `all` also the
   * newest ones, which may still lack a counter.
   */
  take(all = false): Round[] {
    let end = this.#rounds.length;
    while (!all && end > 0) {
      const round = this.#rounds[end - 1];
      if (!round || !round.values.includes(undefined)) break;
      end--;
    }
    return this.#rounds.splice(0, end);
  }

  /** Samples by number, in rising order. */
  #grouped(samples: readonly Sample[]): [number, Sample[]][] {
    const [first] = samples;
    if (!first) return [];
    const last = this.#last;
    // The numbers of a buffer lie within half of what an id can say.
    const from = last ? last.sample : first.sample;
    const raw = from % IDS;
    const rounds = new Map<number, Sample[]>();
    for (const sample of samples) {
      const number = from + ahead(sample.sample, raw);
      const round = rounds.get(number);
      if (round) round.push(sample);
      else rounds.set(number, [sample]);
    }
    const sorted = [...rounds].sort(([a], [b]) => a - b);
    const lowest = sorted[0]?.[0] ?? 0;
    const shift = last
      ? this.#turns(sorted.at(-1)?.[0] ?? 0) * IDS
      : lowest < 0
      ? IDS
      : 0;
    return sorted.map(([number, round]) => [
      last && number <= last.sample ? number : number + shift,
      round,
    ]);
  }

  /**
   * How often ids went all the way round while nobody looked. Only a period that
   * was measured tells: a device may take longer than it was asked to.
   */
  #turns(newest: number): number {
    const { khz, demand } = this.#options;
    const { period } = this;
    const last = this.#last;
    if (
      demand || this.#silence === undefined || khz <= 0 || !last ||
      period === undefined || period <= 0 || newest <= last.sample
    ) return 0;
    const expected = last.sample + this.#silence * khz / period;
    return Math.max(0, Math.round((expected - newest) / IDS));
  }

  /** Clocks between rounds: measured, or as asked for. */
  #step(): number {
    const { period } = this;
    return period !== undefined && period > 0
      ? period
      : 2 ** Math.min(40, this.#options.logPeriod);
  }

  #put(number: number, samples: readonly Sample[]): void {
    const last = this.#last;
    let round = this.#recent.get(number);
    if (!round) {
      // What is older than what is known, and not known, was handed over already.
      if (last && number <= last.sample) return;
      round = this.#begin(number, samples[0]?.timeStamp ?? 0);
    }
    for (const { counter, timeStamp, value } of samples) {
      const at = this.#place.get(counter);
      if (at === undefined || round.values[at] !== undefined) continue;
      round.values[at] = value;
      round.stamps[at] = timeStamp;
    }
  }

  #begin(number: number, stamp: number): OpenRound {
    const last = this.#last;
    const missing = last ? number - last.sample - 1 : 0;
    if (last && missing > 0) {
      this.#lost += missing;
      if (this.#gaps.length < MOST_GAPS) {
        this.#gaps.push({ after: last.sample, lost: missing });
      }
    }
    const { length } = this.#options.counters;
    const round: OpenRound = {
      sample: number,
      clocks: last ? last.clocks + this.#since(last, number, stamp) : 0,
      values: new Array<undefined>(length).fill(undefined),
      stamps: new Array<undefined>(length).fill(undefined),
    };
    this.#first ??= round;
    this.#last = round;
    this.#rounds.push(round);
    this.#count++;
    this.#recent.set(number, round);
    if (this.#recent.size > 64) {
      const [oldest] = this.#recent.keys();
      if (oldest !== undefined) this.#recent.delete(oldest);
    }
    return round;
  }

  /** Clocks from the last round to this one: the stamps say it up to whole turns. */
  #since(last: OpenRound, number: number, stamp: number): number {
    const before = last.stamps.find((one) => one !== undefined) ?? 0;
    const within = (stamp - before + STAMPS) % STAMPS;
    const { demand, khz } = this.#options;
    const expected = demand
      ? (this.#silence ?? 0) * khz
      : (number - last.sample) * this.#step();
    const turns = Math.round((expected - within) / STAMPS);
    return within + Math.max(0, turns) * STAMPS;
  }
}
