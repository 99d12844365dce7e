/**
 * What the modelled card remembers.
 *
 * @module
 */
import {
  asInteger,
  type ObjectReader,
  refuse,
} from "../../../lib/model/reader.ts";
import type { PlainData, PlainObject } from "../../../lib/plain.ts";

/** Modules with a log level, in the order of their numbers from 1 on. */
export const MODULES = ["port", "flow", "crypto"] as const;
/** Log level of a fresh card: info. */
const FRESH_LEVEL = 2;
const FRESH_SLOT = 1;
/** Registers the debug window keeps at most: one for every address. */
const MAX_REGISTERS = 0x4000;

/** A card's memory. All of it is small numbers. */
export class CardState {
  /** Operations that came through; the card's clock. */
  requests = 0;
  /** Log levels by module. */
  levels: number[] = MODULES.map(() => FRESH_LEVEL);
  /** Slot to boot next: 1 A, 2 B, 3 gold. */
  bootSlot = FRESH_SLOT;
  /** Link flaps by port. */
  flaps: number[];
  /** `requests` at the last clearing of the counters, by port. */
  cleared: number[];
  /** Registers that were written, by address. */
  readonly registers = new Map<number, number>();

  /** A fresh card with that many ports. */
  constructor(ports: number) {
    this.flaps = Array.from({ length: ports }, () => 0);
    this.cleared = Array.from({ length: ports }, () => 0);
  }

  /** Forgets every setting; counters and flaps stay. */
  reset(): void {
    this.levels = MODULES.map(() => FRESH_LEVEL);
    this.bootSlot = FRESH_SLOT;
    this.registers.clear();
  }

  /** Everything. */
  save(): PlainObject {
    return {
      requests: this.requests,
      levels: [...this.levels],
      bootSlot: this.bootSlot,
      flaps: [...this.flaps],
      cleared: [...this.cleared],
      registers: [...this.registers].map((
        [address, value],
      ) => [address, value]),
    };
  }

  /** Takes back what `save` gave. @throws `ModelError` naming the key path */
  restore(reader: ObjectReader): void {
    const requests = reader.integer("requests") ?? 0;
    const levels = counts(reader, "levels", this.levels.length, 3);
    const bootSlot = reader.integer("bootSlot", { min: 1, max: 3 }) ?? 1;
    const flaps = counts(reader, "flaps", this.flaps.length, 0xffffffff);
    const cleared = counts(reader, "cleared", this.cleared.length, requests);
    const registers = (reader.list("registers", MAX_REGISTERS) ?? [])
      .map((item, index) =>
        pair(item, `${reader.path("registers")}[${index}]`)
      );
    reader.end();
    this.requests = requests;
    this.levels = levels;
    this.bootSlot = bootSlot;
    this.flaps = flaps;
    this.cleared = cleared;
    this.registers.clear();
    for (const [address, value] of registers) {
      this.registers.set(address, value);
    }
  }
}

function counts(
  reader: ObjectReader,
  key: string,
  length: number,
  max: number,
): number[] {
  const list = reader.list(key, length) ?? [];
  if (list.length !== length) {
    refuse(reader.path(key), `has ${list.length} items, not ${length}`);
  }
  return list.map((item, index) =>
    asInteger(item, `${reader.path(key)}[${index}]`, { max })
  );
}

function pair(value: PlainData, at: string): readonly [number, number] {
  if (!Array.isArray(value) || value.length !== 2) {
    refuse(at, "must be an address and a value");
  }
  return [
    asInteger(value[0], at, { max: 0xfffc }),
    asInteger(value[1], at, { max: 0xffffffff }),
  ];
}
