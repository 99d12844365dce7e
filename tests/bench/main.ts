/**
 * Runs every benchmark of this folder in one run, prints a table of claims with
 * figures and limits, and exits with 1 when a limit is broken. Names on the
 * command line choose files: `deno task bench cli`.
 *
 * @module
 */
// deno-lint-ignore-file no-console -- a program for people
import { table } from "../../lib/view/table.ts";
import { plainStyle } from "../../lib/view/style.ts";
import type { Benchmark } from "./benchmark.ts";

/** The benchmark files asked for, sorted. */
function files(wanted: readonly string[]): string[] {
  return [...Deno.readDirSync(new URL("./", import.meta.url))]
    .map(({ name }) => name)
    .filter((name) => name.endsWith("_bench.ts"))
    .filter((name) =>
      wanted.length === 0 || wanted.some((each) => name === `${each}_bench.ts`)
    )
    .sort();
}

async function main(args: readonly string[]): Promise<number> {
  const rows: string[][] = [];
  let broken = 0;
  const names = files(args);
  if (names.length === 0) {
    console.error(`There is no benchmark ${args.join(", ")}`);
    return 1;
  }
  for (const name of names) {
    const { benchmarks }: { benchmarks: readonly Benchmark[] } = await import(
      new URL(name, import.meta.url).href
    );
    for (const benchmark of benchmarks) {
      console.error(`measuring: ${benchmark.name}`);
      const figure = await benchmark.run();
      if (typeof figure === "string") {
        rows.push([
          benchmark.name,
          "-",
          `${benchmark.limit}`,
          "not measured",
          figure,
        ]);
        continue;
      }
      // A figure that is no number proves nothing.
      const ok = figure.value <= benchmark.limit;
      if (!ok) broken++;
      rows.push([
        benchmark.name,
        `${figure.value.toFixed(2)} ${figure.unit}`,
        `${benchmark.limit} ${figure.unit}`,
        ok ? "ok" : "BROKEN",
        figure.detail,
      ]);
    }
  }
  const header = ["CLAIM", "FIGURE", "LIMIT", "", "DETAIL"];
  console.log(
    table(rows, { header, right: [1, 2] }, plainStyle).join("\n"),
  );
  return broken > 0 ? 1 : 0;
}

Deno.exit(await main(Deno.args));
