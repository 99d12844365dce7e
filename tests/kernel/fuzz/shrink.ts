/**
 * The shortest case that still shows a difference.
 *
 * @module
 */
import { fromHex, toHex } from "../../../lib/bytes.ts";
import type { Fields, FuzzCase } from "./case.ts";
import type { Difference } from "./duel.ts";

/** Runs a case; what its steps came to. */
export type Judge = (fuzzCase: FuzzCase) => Difference | undefined;

/** A difference, and the shortest case that was found for it. */
export interface Shrunk {
  readonly fuzzCase: FuzzCase;
  readonly difference: Difference;
  /** Cases that were run for it. */
  readonly tries: number;
}

/** Cases run for one difference at most. */
const MOST_TRIES = 600;

/**
 * Leaves out steps, then makes fields plain, as long as the same field differs
 * in the same kind of step. The sides have gone on since: a case that does not
 * differ any more is given back as it was.
 */
export function shrink(
  fuzzCase: FuzzCase,
  difference: Difference,
  judge: Judge,
): Shrunk {
  const shrinker = new Shrinker(fuzzCase, difference, judge);
  shrinker.run();
  return shrinker.best;
}

class Shrinker {
  readonly #judge: Judge;
  readonly #kind: string;
  #tries = 0;
  best: Shrunk;

  constructor(fuzzCase: FuzzCase, difference: Difference, judge: Judge) {
    this.#judge = judge;
    this.#kind = kindOf(fuzzCase, difference);
    this.best = { fuzzCase, difference, tries: 0 };
  }

  run(): void {
    const { fuzzCase, difference } = this.best;
    this.#try(fuzzCase.steps.slice(0, difference.index + 1));
    this.#fewerSteps();
    while (this.#plainerSteps()) this.#fewerSteps();
  }

  get #steps(): readonly Fields[] {
    return this.best.fuzzCase.steps;
  }

  /** Takes the steps when they show the same. */
  #try(steps: readonly Fields[], nocap = this.best.fuzzCase.nocap): boolean {
    if (this.#tries >= MOST_TRIES) return false;
    this.#tries++;
    const fuzzCase = { ...this.best.fuzzCase, nocap, steps };
    const difference = this.#judge(fuzzCase);
    if (!difference || kindOf(fuzzCase, difference) !== this.#kind) {
      return false;
    }
    this.best = { fuzzCase, difference, tries: this.#tries };
    return true;
  }

  /** Halves first, then quarters, down to single steps. */
  #fewerSteps(): void {
    for (let size = this.#steps.length >> 1; size > 0; size >>= 1) {
      for (let at = this.#steps.length - size; at >= 0; at -= size) {
        this.#try([
          ...this.#steps.slice(0, at),
          ...this.#steps.slice(at + size),
        ]);
      }
    }
  }

  #plainerSteps(): boolean {
    let better = this.best.fuzzCase.nocap && this.#try(this.#steps, false);
    for (let i = 0; i < this.#steps.length; i++) {
      for (let again = true; again;) {
        const step = this.#steps[i];
        again = step !== undefined &&
          plainer(step).some((candidate) =>
            this.#try(this.#steps.with(i, candidate))
          );
        better ||= again;
      }
    }
    return better;
  }
}

/** What must stay for a difference to be the same one. */
function kindOf(
  { steps }: FuzzCase,
  { index, field, real }: Difference,
): string {
  const place = field.replace(/\+.*/, "");
  return [
    steps[index]?.op ?? "",
    place,
    ...(place === "ret" ? [real] : []),
  ].join(" ");
}

/** What a step's fields are when nothing is special about them. */
const PLAIN: Readonly<Record<string, Fields>> = {
  open: { flags: 2 },
  info: { size: 24, flags: 0, type: 0, len: 8, ptr: "data" },
  rpc: { size: 32, inPtr: "in", outPtr: "out", out_len: 64 },
  raw: { arg: "struct", struct_in: "" },
};
/** Fields that are plain when they are not there. */
const OPTIONAL = ["tail", "at", "in2", "out2_len"];

/** Steps like this one with one thing less, the largest steps first. */
function plainer(step: Fields): Fields[] {
  const plain = PLAIN[String(step.op)] ?? {};
  const candidates: Fields[] = [];
  for (const name of OPTIONAL) {
    if (!Object.hasOwn(step, name)) continue;
    candidates.push(Object.fromEntries(
      Object.entries(step).filter(([each]) => each !== name),
    ));
  }
  for (const [name, value] of Object.entries(plain)) {
    if (step[name] !== value) candidates.push({ ...step, [name]: value });
  }
  if (typeof step.scope === "number" && step.scope > 0) {
    candidates.push({ ...step, scope: 0 }, { ...step, scope: step.scope - 1 });
  }
  return [...candidates, ...shorterRequests(step)];
}

function shorterRequests(step: Fields): Fields[] {
  if (step.op !== "rpc") return [];
  const bytes = fromHex(String(step.in));
  const candidates: Fields[] = [];
  if (step.in_len !== bytes.length) {
    candidates.push({ ...step, in_len: bytes.length });
  }
  for (
    const length of [bytes.length >> 1, bytes.length - 8, bytes.length - 1]
  ) {
    if (length < 0 || length >= bytes.length) continue;
    const cut = toHex(bytes.subarray(0, length));
    candidates.push({ ...step, in: cut, in_len: length });
    candidates.push({ ...step, in: cut });
  }
  for (let size = bytes.length >> 1; size > 0; size >>= 1) {
    for (let at = 0; at < bytes.length; at += size) {
      if (bytes.subarray(at, at + size).every((byte) => byte === 0)) continue;
      const zeroed = bytes.slice();
      zeroed.fill(0, at, at + size);
      candidates.push({ ...step, in: toHex(zeroed) });
    }
  }
  return candidates;
}
