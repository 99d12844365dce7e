/**
 * Facts: what the journals of a run and of those that came after it tell of
 * each step, before anyone looks at a device.
 *
 * @module
 */
import type { PlainObject } from "../plain.ts";
import { saysNeverDone } from "./outcome.ts";
import type { RunGroup } from "./runs.ts";

/** What is on record of one step. */
export interface StepFacts {
  /** Whether its request was sent, or was about to be. */
  readonly sent: boolean;
  /** How the last request about it ended: nothing is known of one without an answer; "never" was not carried out. */
  readonly last: "none" | "good" | "refused" | "never";
  /** Whether the last request about it was to take it back. */
  readonly undo: boolean;
  /** Whether it was taken back and found to be so: nothing of it is left. */
  readonly settled: boolean;
  /** sha256 of the image that was read back and right after the write; null when none was. */
  readonly image: string | null;
}

const NEVER: StepFacts = {
  sent: false,
  last: "none",
  undo: false,
  settled: false,
  image: null,
};

/** The facts of every step of a group's plan, in its order. */
export function factsOf({ all }: RunGroup, steps: number): StepFacts[] {
  const facts = Array.from({ length: steps }, () => NEVER);
  for (const { event } of all.flatMap(({ records }) => records)) {
    if (event.type === "begin" || event.type === "end") continue;
    const was = facts[event.step];
    if (!was) continue;
    const { undo } = event;
    if (event.type === "write") {
      facts[event.step] = { ...NEVER, sent: true, undo, image: was.image };
    } else if (event.type === "answer") {
      facts[event.step] = { ...was, last: lastOf(event.error) };
    } else {
      facts[event.step] = undo
        ? { ...was, settled: true }
        : { ...was, image: event.image };
    }
  }
  return facts;
}

function lastOf(error: PlainObject | null): StepFacts["last"] {
  if (!error) return "good";
  return saysNeverDone(error) ? "never" : "refused";
}
