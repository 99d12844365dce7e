/**
 * Counters of the functions, cleared by PORT_CLR_STATS and by a reset of the
 * function.
 *
 * Assumption: the counts, which stand still; that clearing the port's counters
 * clears those of its functions too and counts `clear_seq` up.
 *
 * @module
 */
import type { FieldInputs } from "../../../lib/bits/mod.ts";
import { ObjectReader, refuse } from "../../../lib/model/reader.ts";
import type { PlainData } from "../../../lib/plain.ts";

/** FUNC_QSTATS flags. */
export const FLAG = { ROCE_ONLY: 1, COUNTER_MASK: 2, L2_ONLY: 4 } as const;

/** Counters of one card. */
export class Statistics {
  readonly #functions: number;
  /** Function ids whose counters were cleared. */
  #cleared = new Set<number>();
  /** How often the port's counters were cleared, 8 bits. */
  #clears = 0;

  /** `functions`: PF and VFs together. */
  constructor(functions: number) {
    this.#functions = functions;
  }

  /** The port's counters are zero, and with them those of all functions. */
  clearPort(): void {
    for (let id = 0; id < this.#functions; id++) this.#cleared.add(id);
    this.#clears = (this.#clears + 1) & 0xff;
  }

  /** Whether the port's counters were cleared. */
  get portCleared(): boolean {
    return this.#clears > 0 || this.#cleared.size === this.#functions;
  }

  /** One function's counters are zero. */
  clear(functionId: number): void {
    this.#cleared.add(functionId);
  }

  /** FUNC_QSTATS's fields. */
  of(functionId: number, flags: number): FieldInputs {
    if (flags & FLAG.COUNTER_MASK) {
      return fields(() => 0xffff_ffff_ffff_ffffn, this.#clears);
    }
    const quiet = this.#cleared.has(functionId) || (flags & FLAG.ROCE_ONLY);
    return fields(
      (packets) => quiet ? 0n : BigInt(packets) * BigInt(functionId + 1),
      this.#clears,
    );
  }

  /** What was cleared; undefined when nothing was. */
  save(): PlainData | undefined {
    if (this.#cleared.size === 0 && this.#clears === 0) return undefined;
    return {
      clears: this.#clears,
      cleared: [...this.#cleared].sort((a, b) => a - b),
    };
  }

  /** Takes back what `save` gave. @throws `ModelError` */
  restore(state: PlainData | undefined, at: string): void {
    const reader = new ObjectReader(state ?? {}, at);
    const clears = reader.integer("clears", { max: 0xff }) ?? 0;
    const list = reader.list("cleared", this.#functions) ?? [];
    const cleared = new Set<number>();
    for (const id of list) {
      if (
        !Number.isInteger(id) || Number(id) < 0 || Number(id) >= this.#functions
      ) {
        refuse(reader.path("cleared"), "names a function that does not exist");
      }
      cleared.add(Number(id));
    }
    reader.end();
    this.#clears = clears;
    this.#cleared = cleared;
  }
}

/** Packets by direction and kind, and 512 bytes for each. */
function fields(
  count: (packets: number) => bigint,
  clears: number,
): FieldInputs {
  const values: Record<string, bigint | number> = {};
  const packets = { ucast: 120_000, mcast: 900, bcast: 40 };
  for (const [direction, factor] of [["tx", 1], ["rx", 2]] as const) {
    for (const [kind, number] of Object.entries(packets)) {
      values[`${direction}_${kind}_pkts`] = count(number * factor);
      values[`${direction}_${kind}_bytes`] = count(number * factor * 512);
    }
    values[`${direction}_discard_pkts`] = count(3 * factor);
    values[`${direction}_drop_pkts`] = count(0);
  }
  for (const name of ["pkts", "bytes", "events", "aborts"]) {
    values[`rx_agg_${name}`] = count(0);
  }
  return { ...values, clear_seq: clears };
}
