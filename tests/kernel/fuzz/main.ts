// deno-lint-ignore-file no-console -- a program: its output is its purpose
/**
 * `deno task kernel:fuzz [STEPS] [--seed N] [--type TYPE] [--planted]`: random sequences of
 * calls on the kernel and on the model; every answer and every byte is compared.
 *
 * The model answers here, the kernel in the machine, boot after boot. Cases that
 * differ are made as short as they can be in another boot, and kept below
 * tests/fixtures/oracle/regressions with what the kernel answers. With
 * `--planted` the model has a bug, to see what becomes of one.
 *
 * @module
 */
import { chosenKernel } from "../boot.ts";
import { cacheFolder, newer } from "../cache.ts";
import { FUZZ_DIFFERENCES } from "../differences.ts";
import type { Campaign } from "./campaign.ts";
import { TYPES } from "./case.ts";
import {
  compile,
  type Differs,
  perform,
  write,
  type Written,
} from "./chunk.ts";
import { keep } from "./keep.ts";
import { PLANTED_TYPES } from "./planted.ts";
import { Report } from "./report.ts";
import { recordedSeeds } from "./seeds.ts";

/** Steps of one kind in a boot: the boot itself takes as long as some thousands. */
const STEPS_A_BOOT = 65_000;

interface Arguments {
  readonly steps: number;
  readonly seed: number;
  readonly types: readonly (typeof TYPES[number])[];
  readonly planted: boolean;
}

/** Streams that wait for the machine. */
interface Prepared {
  readonly folder: string;
  readonly written: readonly Written[];
}

/** @throws {TypeError} with what is wrong */
function parseArguments(args: readonly string[]): Arguments {
  let [steps, seed, type] = [1_000_000, Date.now() % 1_000_000, ""];
  let planted = false;
  const count = (text: string | undefined, what: string): number => {
    if (!/^\d{1,9}$/.test(text ?? "")) {
      throw new TypeError(`${what} must be a number`);
    }
    return Number(text);
  };
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? "";
    if (arg === "--seed") seed = count(args[++i], "the seed");
    else if (arg === "--planted") planted = true;
    else if (arg === "--type") type = args[++i] ?? "";
    else steps = count(arg, "the number of steps");
  }
  const types = TYPES.filter((each) => type === "" || each === type);
  if (types.length === 0) {
    throw new TypeError(`"${type}" is none of ${TYPES.join(", ")}`);
  }
  return { steps, seed, types, planted };
}

async function main(
  { steps, seed, types, planted }: Arguments,
): Promise<number> {
  const kernel = chosenKernel();
  if ("reason" in kernel) {
    console.log(`not run: ${kernel.reason}`);
    return 0;
  }
  const release = newer(kernel.version, "7.3") >= 0 ? "7.3" : "7.2";
  const boots = Math.ceil(steps / types.length / STEPS_A_BOOT);
  const each = Math.ceil(steps / types.length / boots);
  console.log(
    `Linux ${kernel.version}, seed ${seed}: ${types.join(", ")}, ` +
      `${boots} boots of ${each * types.length} steps`,
  );
  const report = new Report(types);
  const differing: Differs[] = [];
  const first = new Map<string, number>();
  const prepare = async (): Promise<Prepared> => {
    // Not below /tmp: the machine has one of its own.
    const folder = await Deno.makeTempDir({
      dir: cacheFolder(),
      prefix: "fuzz-",
    });
    await compile(folder);
    const written: Written[] = [];
    for (const type of types) {
      const campaign: Campaign = {
        ...{ type, seed, steps: each, first: first.get(type) ?? 0 },
        seeds: await recordedSeeds(type),
        explained: FUZZ_DIFFERENCES,
      };
      const lab = planted ? PLANTED_TYPES : undefined;
      const one = await write(folder, campaign, release, lab);
      first.set(type, campaign.first + one.cases);
      written.push(one);
    }
    return { folder, written };
  };
  let next: Prepared | undefined = await prepare();
  for (let n = 1; next; n++) {
    const { folder, written } = next;
    try {
      const performing = perform(kernel, folder, written);
      // Looked at below: it must not end the program before that.
      performing.catch(() => {});
      next = n < boots ? await prepare() : undefined;
      const performed = await performing;
      differing.push(...report.add(written, performed, FUZZ_DIFFERENCES));
      console.log(report.line(n, boots));
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  }
  console.log(report.text());
  if (differing.length === 0) return 0;
  console.log(await keep(kernel, differing, { seed, planted }));
  return 1;
}

let parsed: Arguments;
try {
  parsed = parseArguments(Deno.args);
} catch (error) {
  console.error(
    `${
      error instanceof Error ? error.message : error
    }; usage: deno task kernel:fuzz [STEPS] [--seed N] [--type TYPE] [--planted]`,
  );
  Deno.exit(2);
}
Deno.exit(await main(parsed));
