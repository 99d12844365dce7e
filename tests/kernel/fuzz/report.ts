/**
 * What all boots of the fuzzer came to.
 *
 * @module
 */
import type { Explained } from "../differences.ts";
import type { Type } from "./case.ts";
import type { Differs, Performed, Written } from "./chunk.ts";

interface Total {
  cases: number;
  steps: number;
  differing: number;
  readonly calls: Map<string, number>;
  readonly answers: Map<string, number>;
  readonly requests: Set<string>;
}

/** Answers that are listed one by one; the others are counted together. */
const LISTED = 14;

/** Counts by kind of device. */
export class Report {
  readonly #totals: ReadonlyMap<Type, Total>;
  readonly #explained = new Map<string, number>();
  readonly #start = performance.now();

  /** Nothing was done yet. */
  constructor(types: readonly Type[]) {
    this.#totals = new Map(types.map((type) => [type, {
      ...{ cases: 0, steps: 0, differing: 0 },
      calls: new Map<string, number>(),
      answers: new Map<string, number>(),
      requests: new Set<string>(),
    }]));
  }

  /** Adds a boot; gives back the differences that nobody explains. */
  add(
    written: readonly Written[],
    performed: readonly Performed[],
    explained: readonly Explained[],
  ): Differs[] {
    for (const { campaign, counts } of written) {
      const total = this.#totals.get(campaign.type);
      if (!total) continue;
      addTo(total.calls, counts.calls);
      addTo(total.answers, counts.answers);
      for (const request of counts.requests) total.requests.add(request);
    }
    return performed.flatMap(({ type, cases, steps, differing }) => {
      const total = this.#totals.get(type);
      if (!total) return [];
      total.cases += cases;
      total.steps += steps;
      const left = differing.filter((each) => !this.#meant(each, explained));
      total.differing += left.length;
      return left;
    });
  }

  #meant(differs: Differs, explained: readonly Explained[]): boolean {
    const { fuzzCase, index, what, real, model } = differs;
    const difference = { index, field: what, real, model };
    const found = explained.find((each) =>
      each.type === differs.type && each.applies(fuzzCase, difference)
    );
    if (!found) return false;
    const { why } = found;
    this.#explained.set(why, (this.#explained.get(why) ?? 0) + 1);
    return true;
  }

  /** How far it is. */
  line(boot: number, boots: number): string {
    const totals = [...this.#totals.values()];
    const sum = (of: (total: Total) => number) =>
      totals.reduce((all, total) => all + of(total), 0);
    const seconds = Math.round((performance.now() - this.#start) / 1000);
    return `boot ${boot} of ${boots}: ${sum(({ steps }) => steps)} steps, ` +
      `${sum(({ differing }) => differing)} cases differ, ${seconds} s`;
  }

  /** All of it. */
  text(): string {
    const lines = [...this.#totals].map(([type, total]) => {
      const { cases, steps, differing, requests } = total;
      return [
        `${type.padEnd(5)} ${steps} steps in ${cases} cases, ` +
        `${requests.size} kinds of requests went through; ` +
        `${differing === 0 ? "no case differs" : `${differing} cases differ`}`,
        `      calls    ${listed(total.calls)}`,
        `      answers  ${listed(total.answers)}`,
      ].join("\n");
    });
    const meant = [...this.#explained].map(([why, times]) =>
      `meant, ${times} times: ${why}`
    );
    return [...lines, ...meant].join("\n");
  }
}

function addTo(
  total: Map<string, number>,
  more: Readonly<Record<string, number>>,
): void {
  for (const [name, count] of Object.entries(more)) {
    total.set(name, (total.get(name) ?? 0) + count);
  }
}

function listed(counts: ReadonlyMap<string, number>): string {
  const sorted = [...counts].sort(([, a], [, b]) => b - a);
  const others = sorted.slice(LISTED);
  const rest = others.reduce((all, [, count]) => all + count, 0);
  return [
    ...sorted.slice(0, LISTED).map(([name, count]) => `${name} ${count}`),
    ...(rest > 0 ? [`${others.length} others ${rest}`] : []),
  ].join(", ");
}
