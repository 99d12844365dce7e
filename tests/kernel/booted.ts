/**
 * One boot of the proof: recordings are performed on the kernel, then replayed
 * on the model and held against those that are kept.
 *
 * @module
 */
import { join } from "@std/path";
import { fromFileUrl, ROOT } from "../paths.ts";
import { bootLab, replayFile } from "../oracle/replay.ts";
import { type Case, readRecording } from "../oracle/recording.ts";
import { boot } from "./boot.ts";
import { type Kernel, newer } from "./cache.ts";
import { compareCases, type StepDifference } from "./compare.ts";
import { FEATURES, type Group, recordingsFor } from "./groups.ts";
import { identityOf, type Recorded } from "./record.ts";

const FIXTURES = fromFileUrl(new URL("../fixtures/oracle/", import.meta.url));

/** What one boot proved. */
export interface Proof {
  readonly recorded: Recorded;
  /** Seconds from the start of the machine to its end. */
  readonly seconds: number;
  /** Steps that the model answered as this kernel did. */
  readonly passed: number;
  /** Steps that it did not, told for people. */
  readonly failures: readonly string[];
  readonly failed: number;
  /** What is otherwise than in the kept recordings. */
  readonly differences: readonly StepDifference[];
}

/** Failures of the model told in full. */
const SHOWN = 5;

/**
 * Boots and performs a group under a level of lockdown.
 *
 * @param folder where the fresh recordings are left
 * @throws `Error` with what the machine said when it did not get to its end
 */
export async function prove(
  kernel: Kernel,
  group: Group,
  lockdown: string,
  folder: string,
): Promise<Proof> {
  const start = performance.now();
  const booted = await boot(
    kernel,
    ROOT,
    `deno run -A --no-check tests/kernel/record.ts ${
      recordingsFor(group, kernel.version).join(" ")
    }`,
    {
      words: [
        ...group.words,
        ...(lockdown === "none" ? [] : [`lab.lockdown=${lockdown}`]),
      ],
      out: folder,
    },
  );
  const seconds = (performance.now() - start) / 1000;
  if (booted.code !== 0) throw new Error(booted.output);
  const recorded: Recorded = JSON.parse(
    await Deno.readTextFile(join(folder, "record.json")),
  );
  if (recorded.lockdown !== lockdown) {
    throw new Error(`lockdown is ${recorded.lockdown}, not ${lockdown}`);
  }
  return {
    recorded,
    seconds,
    ...await onModel(recorded, group, folder),
    differences: await againstKept(recorded, folder),
  };
}

/** Replays what was recorded on one lab, as it was on one machine. */
async function onModel(
  recorded: Recorded,
  group: Group,
  folder: string,
): Promise<Pick<Proof, "passed" | "failed" | "failures">> {
  const options = {
    features: group.words.includes(FEATURES),
    kernel: newer(recorded.kernel, "7.3") >= 0 ? "7.3" : "7.2",
    tainted: recorded.tainted,
    only: undefined,
  } as const;
  const rights = { nocap: false, nobody: false };
  const lab = bootLab({ ...options, ...rights });
  const failures: string[] = [];
  let passed = 0;
  let failed = 0;
  for (const { file, identity } of recorded.files) {
    const tally = await replayFile(
      join(folder, file),
      { ...options, ...rights, [identity]: true },
      (text) => {
        if (failures.length < SHOWN) failures.push(`${file}: ${text}`);
      },
      lab,
    );
    passed += tally.passed;
    failed += tally.failed;
  }
  return { passed, failed, failures };
}

async function againstKept(
  recorded: Recorded,
  folder: string,
): Promise<StepDifference[]> {
  const all: StepDifference[] = [];
  for (const { name, file, identity } of recorded.files) {
    // Nobody recorded what others than its own user get.
    if (identity !== identityOf(name)) continue;
    const { differences } = await compareCases(
      name,
      await casesOf(join(FIXTURES, `${name}.jsonl.gz`)),
      await casesOf(join(folder, file)),
    );
    all.push(...differences);
  }
  return all;
}

async function casesOf(path: string): Promise<Case[]> {
  const cases: Case[] = [];
  for await (const one of readRecording(path)) {
    if (one instanceof SyntaxError) throw one;
    cases.push(one);
  }
  return cases;
}
