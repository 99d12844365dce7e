// deno-lint-ignore-file no-console -- a program: its output is its purpose
/**
 * `deno task crash [WORDS…]`: kills applies and recoveries with SIGKILL before
 * every one of their operations, recovers each, and says how many. Words choose
 * scenes by their names.
 *
 * @module
 */
import { cxlVendor } from "../../lib/model/scenarios/mixed.ts";
import { everyPoint, type Tally } from "./sweep.ts";
import { scenes } from "./scenes.ts";
import { Scene } from "./trial.ts";
import { VFIO_SCENES, VfioTrial } from "./vfio_trial.ts";

const folder = Deno.makeTempDirSync({ prefix: "fwctl-crash-" });
const total = { points: 0, recoveries: 0 };
const kinds = new Map<string, number>();
const outcomes = new Map<string, number>();
const started = performance.now();
try {
  for (const [index, spec] of scenes(cxlVendor()).entries()) {
    if (!chosen(spec.name)) continue;
    const scene = await Scene.prepare(spec, `${folder}/${index}`);
    report(spec.name, await everyPoint(scene));
  }
  for (const [index, spec] of VFIO_SCENES.entries()) {
    if (!chosen(spec.name)) continue;
    const trial = await VfioTrial.prepare(spec, `${folder}/vfio${index}`);
    // One deep point for each of the four that may come next.
    const extent = { step: 1, deep: 4, deepStep: 1 };
    report(spec.name, await everyPoint(trial, extent));
  }
} finally {
  Deno.removeSync(folder, { recursive: true });
}
const seconds = ((performance.now() - started) / 1000).toFixed(0);
console.log(
  `\n${total.points} processes killed, ${total.recoveries} recoveries from what they left, all whole; ${seconds} s`,
);
for (const counts of [kinds, outcomes]) {
  console.log();
  for (const [name, count] of [...counts].sort(([, a], [, b]) => b - a)) {
    console.log(`  ${String(count).padStart(5)}  ${name}`);
  }
}

function chosen(name: string): boolean {
  const words = Deno.args;
  return words.length === 0 || words.some((word) => name.includes(word));
}

function report(name: string, tally: Tally): void {
  total.points += tally.applies + tally.recoveriesKilled;
  total.recoveries += tally.recovered;
  add(kinds, tally.kinds);
  add(outcomes, tally.outcomes);
  console.log(
    `${name}: ${tally.applies} points of the apply, ${tally.recoveriesKilled} of its recoveries; ${tally.recovered} recovered`,
  );
}

function add(all: Map<string, number>, some: ReadonlyMap<string, number>) {
  for (const [key, count] of some) all.set(key, (all.get(key) ?? 0) + count);
}
