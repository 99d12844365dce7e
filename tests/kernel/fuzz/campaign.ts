/**
 * Case after case on one kind of device, until enough steps were made.
 *
 * @module
 */
import type { Explained } from "../differences.ts";
import type { FuzzCase, Type } from "./case.ts";
import { type Difference, Duel } from "./duel.ts";
import { generate } from "./generate.ts";
import type { Seeds } from "./mutate.ts";
import { Random } from "./random.ts";
import { REQUESTS } from "./requests/mod.ts";
import { shrink } from "./shrink.ts";
import type { Side } from "./side.ts";
import { shown, story, subject } from "./story.ts";
import { fromHex } from "../../../lib/bytes.ts";

/** What to do. */
export interface Campaign {
  readonly type: Type;
  readonly seed: number;
  /** Steps on each side, at least. */
  readonly steps: number;
  /** Number of the first case. */
  readonly first: number;
  readonly seeds: Seeds;
  /** Differences that are meant. */
  readonly explained: readonly Explained[];
  /** Told every thousand cases. */
  progress?(steps: number): void;
}

/** A difference that nobody expected. */
export interface Found {
  readonly subject: string;
  readonly story: string;
  readonly fuzzCase: FuzzCase;
  readonly difference: Difference;
  /** How often the same was seen. */
  times: number;
}

/** What came of it. */
export interface Tally {
  readonly type: Type;
  cases: number;
  steps: number;
  seconds: number;
  /** Steps by what was called. */
  readonly calls: Record<string, number>;
  /** Steps by what the kernel answered: `0` or an errno. */
  readonly answers: Record<string, number>;
  /** Different requests that were sent, by the name of their command. */
  requests: number;
  /** Times a meant difference was seen, by its reason. */
  readonly explained: Record<string, number>;
  readonly found: Found[];
}

/** Every so many cases all of user memory is looked at. */
const LOOK_EVERY = 1000;
/** Kinds of differences after which something is wrong with everything. */
const MOST_FOUND = 30;

/** Runs a campaign on two sides that are fresh, or have only seen each other. */
export function run(campaign: Campaign, real: Side, model: Side): Tally {
  const { type } = campaign;
  const start = performance.now();
  const duel = new Duel(real, model);
  const counts = new Counts(type);
  const tally: Tally = {
    ...{ type, cases: 0, steps: 0, seconds: 0, requests: 0 },
    calls: counts.calls,
    answers: counts.answers,
    explained: {},
    found: [],
  };
  while (tally.steps < campaign.steps && tally.found.length < MOST_FOUND) {
    const number = campaign.first + tally.cases++;
    const fuzzCase = caseOf(campaign, number);
    const { steps, difference } = duel.run(fuzzCase, counts.watch);
    tally.steps += steps;
    if (difference) judge(campaign, tally, duel, fuzzCase, difference);
    if (tally.cases % LOOK_EVERY === 0) {
      stray(tally, duel, fuzzCase);
      campaign.progress?.(tally.steps);
    }
  }
  tally.seconds = (performance.now() - start) / 1000;
  tally.requests = counts.requests.size;
  return tally;
}

/** A case by the number it has in a campaign. */
export function caseOf(
  { type, seed, seeds }: Campaign,
  number: number,
): FuzzCase {
  const random = new Random(seed, type, number);
  const mutated = !seeds.empty && random.oneIn(4)
    ? seeds.mutate(random, type, number)
    : undefined;
  return mutated ?? generate(random, type, number);
}

/** Counts it where it is explained, else finds the shortest case for it. */
function judge(
  { explained }: Campaign,
  tally: Tally,
  duel: Duel,
  fuzzCase: FuzzCase,
  difference: Difference,
): void {
  const meant = explained.find((each) =>
    each.type === fuzzCase.type && each.applies(fuzzCase, difference)
  );
  if (meant) {
    const { why } = meant;
    tally.explained[why] = (tally.explained[why] ?? 0) + 1;
    return;
  }
  const about = subject(fuzzCase, difference);
  const known = tally.found.find((found) => found.subject === about);
  if (known) {
    known.times++;
    return;
  }
  tally.found.push(foundIn(duel, fuzzCase, difference));
}

/** A difference with the shortest case for it. */
export function foundIn(
  duel: Duel,
  fuzzCase: FuzzCase,
  difference: Difference,
): Found {
  const least = shrink(
    fuzzCase,
    difference,
    (each) => duel.run(each).difference,
  );
  return {
    subject: subject(fuzzCase, difference),
    story: story(least.fuzzCase, least.difference),
    fuzzCase: least.fuzzCase,
    difference: least.difference,
    times: 1,
  };
}

function stray(tally: Tally, duel: Duel, fuzzCase: FuzzCase): void {
  const at = duel.strayByte();
  if (at === undefined) return;
  const subject = `${tally.type} memory nobody watched`;
  const known = tally.found.find((found) => found.subject === subject);
  if (known) {
    known.times++;
    return;
  }
  tally.found.push({
    subject,
    story: `${subject}: ${at}, in one of the last ${LOOK_EVERY} cases`,
    fuzzCase,
    difference: { index: 0, field: "memory", real: at, model: at },
    times: 1,
  });
}

/** What was called, and what was answered. */
export class Counts {
  readonly calls: Record<string, number> = {};
  readonly answers: Record<string, number> = {};
  readonly requests = new Set<string>();
  readonly #type: Type;

  constructor(type: Type) {
    this.#type = type;
  }

  readonly watch = (
    fields: Readonly<Record<string, string | number>>,
    ret: number,
  ): void => {
    const { op } = fields;
    const answer = ret < 0 ? shown("ret", ret) : "0";
    this.calls[String(op)] = (this.calls[String(op)] ?? 0) + 1;
    this.answers[answer] = (this.answers[answer] ?? 0) + 1;
    if (op !== "rpc" || ret < 0) return;
    const head = fromHex(String(fields.in).slice(0, 16));
    this.requests.add(REQUESTS[this.#type].name(head));
  };
}
