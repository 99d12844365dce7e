/**
 * How fast the command starts, held against an empty script in the same run.
 *
 * @module
 */
import { ROOT } from "../paths.ts";
import { type Benchmark, type Figure, median } from "./benchmark.ts";

const RUNS = 21;

/** Milliseconds of one `deno run ARGS`. */
async function time(args: readonly string[]): Promise<number> {
  const started = performance.now();
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", ...args],
    stdin: "null",
    stdout: "null",
    stderr: "null",
    cwd: ROOT,
  }).output();
  if (!success) throw new Error(`deno run ${args.join(" ")} failed`);
  return performance.now() - started;
}

async function coldStart(): Promise<Figure> {
  const empty = await Deno.makeTempFile({ suffix: ".ts" });
  const list = ["lib/cli/main.ts", "list", "--model", "connectx"];
  const times = { empty: [] as number[], list: [] as number[] };
  try {
    // The first of each fills caches and is not counted.
    for (let run = 0; run <= RUNS; run++) {
      const one = await time([empty]);
      const other = await time(list);
      if (run === 0) continue;
      times.empty.push(one);
      times.list.push(other);
    }
  } finally {
    await Deno.remove(empty);
  }
  const base = median(times.empty);
  const ours = median(times.list);
  return {
    value: ours / base,
    unit: "×",
    detail: `${ours.toFixed(1)} ms, an empty script ${
      base.toFixed(1)
    } ms, medians of ${RUNS} interleaved runs`,
  };
}

/** The claims. */
export const benchmarks: readonly Benchmark[] = [{
  name: "cold start of `fwctl list --model connectx` against an empty script",
  limit: 4,
  run: coldStart,
}];
