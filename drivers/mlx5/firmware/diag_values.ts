/**
 * What the modelled firmware counts: the same for the same counter, start and
 * time, so that a test can ask twice.
 *
 * Assumption: every rate below. Packets and bytes flow and swell, stalls come in
 * bursts between which nothing happens, and what has no public name is taken
 * for a level that goes up and down.
 *
 * @module
 */
import { namedCounters } from "../reading/diag_counters.ts";

/** How a counter moves. */
interface Course {
  /** Per second, on average; of a level its middle. */
  readonly rate: number;
  /** Seconds from one swell to the next. */
  readonly swell: number;
  /** Flows without an end, comes in bursts, or is a level. */
  readonly kind: "flow" | "burst" | "level";
}

const COURSES: Readonly<Record<number, Course>> = {
  0x0401: { rate: 4_000_000, swell: 0.9, kind: "burst" },
  0x0402: { rate: 900_000, swell: 0.7, kind: "burst" },
  0x0403: { rate: 300_000, swell: 1.1, kind: "burst" },
  0x0406: { rate: 24_000_000, swell: 2.3, kind: "flow" },
  0x0409: { rate: 60_000, swell: 1.7, kind: "burst" },
  0x040a: { rate: 2_500_000, swell: 0.9, kind: "burst" },
  0x040b: { rate: 120_000, swell: 1.3, kind: "burst" },
  0x1001: { rate: 3_100_000, swell: 2.3, kind: "flow" },
  0x2001: { rate: 700_000, swell: 3.1, kind: "burst" },
  0x2006: { rate: 2_700_000, swell: 1.9, kind: "flow" },
  0x2c02: { rate: 21_000_000, swell: 1.9, kind: "flow" },
  0x2c03: { rate: 0, swell: 1, kind: "flow" },
  0x2c04: { rate: 1_500, swell: 4.1, kind: "flow" },
  0x2002: { rate: 48, swell: 1.3, kind: "level" },
  0x2003: { rate: 900, swell: 2.9, kind: "level" },
  0x2004: { rate: 12, swell: 0.8, kind: "level" },
  0x2005: { rate: 4_096, swell: 5.3, kind: "level" },
};

/**
 * Counters of this card. Beside those with a public name it has four of which
 * only the place in the vendor's published list is known.
 */
export function modelCounters(): { id: number; sync: boolean }[] {
  return [...namedCounters(), 0x2002, 0x2003, 0x2004, 0x2005]
    .sort((a, b) => a - b)
    // Assumption: the last two of those cannot start with the others.
    .map((id) => ({ id, sync: id !== 0x2004 && id !== 0x2005 }));
}

/** What a counter has counted after so many seconds; a level may fall again. */
export function countedAt(id: number, seconds: number): number {
  const course = COURSES[id];
  if (!course) return 0;
  const { rate, swell, kind } = course;
  const speed = 2 * Math.PI / swell;
  // Each counter has its own place in the swell.
  const turn = speed * seconds + id % 7;
  switch (kind) {
    case "flow":
      // The integral of rate (1 + sin / 2), which never falls.
      return Math.floor(
        rate * (seconds + 1 + (Math.cos(id % 7) - Math.cos(turn)) / 2 / speed),
      );
    case "burst":
      // The integral of rate (1 - cos), which stands still once a swell.
      return Math.floor(
        rate *
          (seconds + 1 + (Math.sin(id % 7) - Math.sin(turn)) / speed),
      );
    case "level":
      return Math.floor(
        rate * (2 + Math.sin(turn) + Math.sin(turn * 0.37 + 1)) / 2,
      );
  }
}

/** Whether clearing starts it from 0: a level stays what it is. */
export function clears(id: number): boolean {
  return COURSES[id]?.kind !== "level";
}
