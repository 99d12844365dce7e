/**
 * A device's diagnostic counters as they stand, and the entries of its buffer of
 * samples. Sends reads only.
 *
 * @module
 */
import { readField } from "../../../lib/bits/mod.ts";
import { DecodeError, UsageError } from "../../../lib/errors.ts";
import type { Channel } from "../../driver.ts";
import { readCapImage } from "../caps.ts";
import { layout } from "../tables/ifc.ts";
import {
  askParams,
  askSamples,
  counterCount,
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
} from "./diag.ts";

/** Capability type DEBUG. */
const DEBUG = 0xd;
/** Most entries in one answer: 64 KiB. */
export const MOST_ENTRIES = 4095;
/** An index of the buffer has 16 bits. */
const MOST_LOG = 16;
/** Looks without anything new before all of the buffer is read. */
const PATIENCE = 3;

/** What a device can sample, and what it does. */
export interface DiagState {
  /** The device's clock in kHz; 0 when it does not tell. */
  readonly khz: number;
  /** What it can. */
  readonly capabilities: DiagCapabilities;
  /** What it does. */
  readonly params: DiagParams;
}

/** The parameters in force. @throws `DecodeError` */
export function readParams(channel: Channel): DiagParams {
  return decodeParams(
    channel.send(askParams(), PARAMS_AT + PARAMS_BYTES + MAX_COUNTERS * 4),
  );
}

/**
 * All about a device's counters but their samples.
 *
 * @throws `UsageError` when it has none
 * @throws `DecodeError` for an answer that cannot be
 */
export function readState(channel: Channel): DiagState {
  const general = readCapImage(channel, 0, "current");
  if (readField(layout("cmd_hca_cap"), general, "debug") === 0) {
    throw new UsageError(
      `${channel.device} has no diagnostic counters: its capability debug is 0`,
      { device: channel.device, hint: "Another firmware may have them" },
    );
  }
  return {
    khz: readField(layout("cmd_hca_cap"), general, "device_frequency_khz"),
    capabilities: decodeCapabilities(
      readCapImage(channel, DEBUG, "current"),
      counterCount(general),
    ),
    params: readParams(channel),
  };
}

/** Whether anything is sampled. */
export function isSampling({ set, counters }: DiagParams): boolean {
  return set.includes("enable") && counters.length > 0;
}

/** Samples that the device keeps. @throws `DecodeError` for more than an index can name */
export function bufferSize({ logSamples, set }: DiagParams): number {
  if (set.includes("on_demand")) return 1;
  if (logSamples <= MOST_LOG) return 2 ** logSamples;
  throw new DecodeError(
    `The device keeps 2^${logSamples} samples, which an index of 16 bits cannot name`,
    { hint: "Check the firmware version" },
  );
}

/** Entries of the buffer from a place on, one value of one counter each; empty places left out. */
export function readEntries(
  channel: Channel,
  { counters }: Pick<DiagParams, "counters">,
  index: number,
  rounds: number,
): Sample[] {
  const count = Math.min(MOST_ENTRIES, rounds * counters.length);
  if (count === 0) return [];
  return decodeSamples(
    channel.send(
      askSamples(count, index),
      SAMPLES_AT + count * SAMPLE_BYTES,
    ),
    // What the device did not fill in has no counter.
  ).filter(({ counter }) => counter !== 0);
}

/**
 * Reads a buffer again and again while it fills: all of it the first time, then
 * from behind the newest sample on. It trusts no order: where nothing new stands
 * behind the newest for a while, all of the buffer is read again.
 */
export class DiagSource {
  readonly #channel: Channel;
  readonly #params: DiagParams;
  readonly #size: number;
  /** The newest sample_id, and the place behind it. */
  #newest: number | undefined;
  #next = 0;
  #idle = 0;

  /** @throws `DecodeError` for a buffer that cannot be */
  constructor(channel: Channel, params: DiagParams) {
    this.#channel = channel;
    this.#params = params;
    this.#size = bufferSize(params);
  }

  /** Samples in the buffer. */
  get size(): number {
    return this.#size;
  }

  /** The parameters in force now: somebody may have set others. */
  now(): DiagParams {
    return readParams(this.#channel);
  }

  /** What is new, and some of what is not. On demand it is one new sample. */
  poll(): Sample[] {
    if (this.#params.set.includes("on_demand")) {
      return readEntries(this.#channel, this.#params, 0, 1);
    }
    const all = this.#newest === undefined || this.#idle >= PATIENCE;
    const before = this.#newest;
    const found = this.#read(all ? 0 : this.#next, !all);
    this.#idle = this.#newest === before && !all ? this.#idle + 1 : 0;
    return found;
  }

  /** From a place once around; `part` ends with the first piece that is not all new. */
  #read(start: number, part: boolean): Sample[] {
    const { counters } = this.#params;
    const newest = this.#newest;
    const step = Math.max(1, Math.floor(MOST_ENTRIES / counters.length));
    const found: Sample[] = [];
    for (let done = 0; done < this.#size;) {
      const index = (start + done) % this.#size;
      const rounds = Math.min(step, this.#size - index, this.#size - done);
      const entries = readEntries(
        this.#channel,
        this.#params,
        index,
        rounds,
      );
      entries.forEach(({ sample }, i) => {
        if (this.#newest !== undefined && ahead(sample, this.#newest) <= 0) {
          return;
        }
        this.#newest = sample;
        this.#next = (index + Math.floor(i / counters.length) + 1) %
          this.#size;
      });
      found.push(...entries);
      // A buffer that is not full yet has its end here.
      if (entries.length < rounds * counters.length) break;
      if (
        part && newest !== undefined &&
        entries.some(({ sample }) => ahead(sample, newest) <= 0)
      ) break;
      done += rounds;
    }
    return found;
  }
}

/** How far a sample_id of 16 bits is ahead of another; negative behind it. */
export function ahead(id: number, of: number): number {
  const distance = (id - of) & 0xffff;
  return distance >= 0x8000 ? distance - 0x10000 : distance;
}
