// deno-lint-ignore-file no-console -- a program: its output is its purpose
/**
 * `deno task kernel:test`: the proof against the real kernel. Every recording is
 * performed anew, the rules of every driver also under each level of lockdown and
 * with less rights; replayed on the model, and held against the recordings that
 * are kept. Then the model is served through CUSE, and the command is run beside
 * the real drivers (tests/vm).
 *
 *     deno task kernel:test [--short] [--recordings] [--jobs N] [--keep DIR]
 *
 * --short is the recordings without lockdown alone, --recordings leaves out the
 * rest, --jobs machines run at once (as many as processors), --keep
 * leaves the fresh recordings in a folder. Without a kernel (`deno task
 * kernel:build`) or QEMU it prints the reason and ends well. FWCTL_KERNEL
 * chooses among several kernels.
 *
 * @module
 */
import { join } from "@std/path";
import { chosenKernel } from "./boot.ts";
import { type Proof, prove } from "./booted.ts";
import type { Kernel } from "./cache.ts";
import type { StepDifference } from "./compare.ts";
import { known } from "./differences.ts";
import { type Group, GROUPS, LESS_RIGHTS } from "./groups.ts";
import { proveCuse } from "./cuse/main.ts";
import { changes, report } from "./report.ts";
import { cacheForGuest } from "./guest_cache.ts";
import { sideBySide } from "./side_by_side.ts";
import { virtualMachine } from "../vm/machine.ts";
import { IN_GUEST, MachineTally } from "../vm/prove.ts";
import { MACHINES } from "../vm/steps.ts";

/** A boot to come. */
interface Job {
  readonly group: Group;
  readonly lockdown: string;
}

interface Options {
  readonly short: boolean;
  readonly recordings: boolean;
  readonly jobs: number;
  readonly keep: string | undefined;
}

const USAGE =
  "usage: deno task kernel:test [--short] [--recordings] [--jobs N] [--keep DIR]";

/** @throws {TypeError} with what is wrong */
function parseArguments(args: readonly string[]): Options {
  const words = [...args];
  let short = false;
  let recordings = false;
  let jobs = navigator.hardwareConcurrency;
  let keep: string | undefined;
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (word === "--short") short = recordings = true;
    else if (word === "--recordings") recordings = true;
    else if (word === "--jobs") {
      jobs = Number(words.shift());
      if (!(Number.isInteger(jobs) && jobs > 0)) {
        throw new TypeError("--jobs needs a number");
      }
    } else if (word === "--keep") {
      keep = words.shift();
      if (keep === undefined) throw new TypeError("--keep needs a folder");
    } else throw new TypeError(`"${word}" is unknown`);
  }
  return { short, recordings, jobs, keep };
}

/** The proof so far. */
class Tally {
  /** Differences by level of lockdown. */
  readonly differences = new Map<string, StepDifference[]>();
  passed = 0;
  failed = 0;
  broken = 0;

  add({ group, lockdown }: Job, proof: Proof): void {
    this.passed += proof.passed;
    this.failed += proof.failed;
    const all = this.differences.get(lockdown) ?? [];
    all.push(...proof.differences);
    this.differences.set(lockdown, all);
    const { files } = proof.recorded;
    const steps = files.reduce((sum, one) => sum + one.steps, 0);
    const work = files.reduce((sum, one) => sum + one.seconds, 0);
    console.log(
      `lockdown ${lockdown}: ${group.name}\n` +
        `    ${steps} steps in ${work.toFixed(0)} s, the machine took ${
          proof.seconds.toFixed(0)
        } s; the model answers ${proof.passed} alike, ${proof.failed} otherwise`,
    );
    for (const failure of proof.failures) console.log(`    ${failure}`);
    for (const { name, left } of files) {
      for (const [reason, count] of Object.entries(left)) {
        console.log(`    ${name}: ${count} steps left out: ${reason}`);
      }
    }
  }
}

/** Every boot that makes recordings; those of all levels, unless it is to be short. */
function recordingJobs(short: boolean): readonly Job[] {
  const levels = short ? ["none"] : ["none", "integrity", "confidentiality"];
  const jobs: Job[] = levels.flatMap((lockdown) =>
    GROUPS.filter(({ everyLevel }) => lockdown === "none" || everyLevel)
      .map((group) => ({ group, lockdown }))
  );
  return short ? jobs : [...jobs, { group: LESS_RIGHTS, lockdown: "none" }];
}

async function record(
  kernel: Kernel,
  job: Job,
  folder: string,
  tally: Tally,
): Promise<void> {
  const place = join(folder, `${job.lockdown}-${job.group.name}`);
  try {
    tally.add(job, await prove(kernel, job.group, job.lockdown, place));
  } catch (error) {
    tally.broken++;
    console.log(
      `lockdown ${job.lockdown}: ${job.group.name}\n    FAILED ${
        error instanceof Error ? error.message : error
      }`,
    );
  }
}

/** What a difference is, whatever the level of lockdown. */
function identity(one: StepDifference): string {
  const { file, type, caseId, index, field, is } = one;
  return JSON.stringify([file, type, caseId, index, field, is]);
}

/** Prints what differs; how many changes nobody explained. */
function tell(kernel: Kernel, tally: Tally): number {
  console.log("\nAgainst the recordings that are kept:");
  const seen = new Set<string>();
  let unknown = 0;
  for (const [lockdown, differences] of tally.differences) {
    const fresh = differences.filter((one) => !seen.has(identity(one)));
    for (const one of fresh) seen.add(identity(one));
    const all = changes(fresh, (one) => known(one, kernel.version));
    unknown += all.filter((change) => change.known === undefined).length;
    const more = seen.size === fresh.length ? "" : " more";
    console.log(
      `lockdown ${lockdown}: ${
        all.length === 0 ? `nothing${more} differs` : `differs${more}:`
      }`,
    );
    for (const line of report(all)) console.log(line);
  }
  return unknown;
}

/** What is left out with --recordings: the command beside the drivers, and CUSE. */
class Rest {
  readonly #kernel: Kernel;
  readonly machines: MachineTally = new MachineTally();
  cuse = false;

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  /** The longest first, so that none runs alone at the end. */
  async jobs(): Promise<(() => Promise<void>)[]> {
    const boots = virtualMachine();
    if ("reason" in boots) throw new Error(boots.reason);
    await cacheForGuest(IN_GUEST);
    return [
      async () => void (this.cuse = await proveCuse(this.#kernel)),
      ...MACHINES.map((machine) => () => this.machines.prove(boots, machine)),
    ];
  }

  /** Says how it went; whether well. */
  tell(): boolean {
    const { passed, failed } = this.machines;
    console.log(
      `the command beside the drivers: ${passed} passed, ${failed} failed; the model through CUSE: ${
        this.cuse ? "all as promised" : "NOT as promised"
      }`,
    );
    return this.cuse && failed === 0;
  }
}

async function main(args: readonly string[]): Promise<number> {
  let options: Options;
  try {
    options = parseArguments(args);
  } catch (error) {
    console.error(
      `${error instanceof Error ? error.message : error}; ${USAGE}`,
    );
    return 2;
  }
  const kernel = chosenKernel();
  if ("reason" in kernel) {
    console.log(`skipped: ${kernel.reason}`);
    return 0;
  }
  const began = Date.now();
  console.log(`Linux ${kernel.version} (${kernel.source}), ${kernel.path}`);
  await cacheForGuest(["tests/kernel/record.ts"]);
  const tally = new Tally();
  const rest = options.recordings ? undefined : new Rest(kernel);
  const folder = options.keep ??
    await Deno.makeTempDir({ prefix: "fwctl-kernel-" });
  try {
    await sideBySide(options.jobs, [
      ...await rest?.jobs() ?? [],
      ...recordingJobs(options.short).map((job) => () =>
        record(kernel, job, folder, tally)
      ),
    ]);
  } finally {
    if (options.keep === undefined) {
      await Deno.remove(folder, { recursive: true });
    }
  }
  const unknown = tell(kernel, tally);
  console.log(
    `\n${tally.passed} steps alike on the model, ${tally.failed} otherwise; ` +
      `${unknown} changes of the kernel without a reason; ` +
      `${tally.broken} machines failed`,
  );
  const recorded = tally.failed + tally.broken + unknown === 0;
  const well = rest?.tell() ?? true;
  const seconds = Math.round((Date.now() - began) / 1000);
  console.log(`all in ${Math.floor(seconds / 60)} min ${seconds % 60} s`);
  return recorded && well ? 0 : 1;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
