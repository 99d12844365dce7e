/**
 * Cases that differed: made as short as they can be on a fresh machine, told,
 * and kept as recordings with what the kernel answers to them.
 *
 * @module
 */
import { join } from "@std/path";
import { fromFileUrl } from "../../paths.ts";
import { boot } from "../boot.ts";
import { cacheFolder, type Kernel } from "../cache.ts";
import type { Found } from "./campaign.ts";
import type { FuzzCase } from "./case.ts";
import type { Differs } from "./chunk.ts";

const FOLDER = fromFileUrl(
  new URL("../../fixtures/oracle/regressions/", import.meta.url),
);
const GUEST = fromFileUrl(new URL("guest.ts", import.meta.url));
/** Cases that are made short: the others mostly follow from them. */
const MOST = 12;

/** What is kept of a case that differed, and how. */
export interface KeepOptions {
  readonly seed: number;
  /** The model has a bug on purpose. */
  readonly planted: boolean;
}

/** Tells the differences, and keeps them; gives what is to be said. */
export async function keep(
  kernel: Kernel,
  differing: readonly Differs[],
  { seed, planted }: KeepOptions,
): Promise<string> {
  const chosen = choose(differing);
  const found = JSON.parse(
    await inMachine(
      kernel,
      chosen.map(({ fuzzCase }) => fuzzCase),
      planted ? "shrink cases planted" : "shrink cases",
      "found.json",
    ),
  ) as readonly Found[];
  const lines = distinct(found).map(({ story }) => story);
  if (found.length < chosen.length) {
    const gone = chosen.length - found.length;
    lines.push(
      `${gone} of ${chosen.length} cases differ only after others: ${
        chosen.map(({ type, number }) => `${type} ${number}`).join(", ")
      } of seed ${seed}`,
    );
  }
  for (const nocap of [false, true]) {
    const cases = distinct(found).map(({ fuzzCase }) => ({
      ...fuzzCase,
      id: `${fuzzCase.id}-of-${seed}`,
    })).filter((fuzzCase) => fuzzCase.nocap === nocap);
    lines.push(...await keepAll(kernel, cases, nocap));
  }
  return lines.join("\n");
}

/** The first of each kind of difference, at most so many. */
function choose(differing: readonly Differs[]): Differs[] {
  const kinds = new Map<string, Differs>();
  for (const each of differing) {
    const { type, fuzzCase, index, what } = each;
    // Both answers of an errno tell kinds apart; hashes do not.
    const answers = what === "ret" ? [each.real, each.model] : [];
    const op = fuzzCase.steps[index]?.op ?? "";
    const kind = [type, op, what, ...answers].join(" ");
    if (!kinds.has(kind)) kinds.set(kind, each);
  }
  return [...kinds.values()].slice(0, MOST);
}

function distinct(found: readonly Found[]): Found[] {
  const seen = new Set<string>();
  return found.filter(({ subject }) =>
    !seen.has(subject) && seen.add(subject) !== undefined
  );
}

/** Adds cases to the files of their kinds; all of a file is performed anew. */
async function keepAll(
  kernel: Kernel,
  cases: readonly FuzzCase[],
  nocap: boolean,
): Promise<string[]> {
  const said: string[] = [];
  await Deno.mkdir(FOLDER, { recursive: true });
  for (const type of new Set(cases.map(({ type }) => type))) {
    const path = join(FOLDER, `${type}${nocap ? "-nocap" : ""}.jsonl`);
    const mine = cases.filter((each) => each.type === type);
    const before = await kept(path, nocap);
    const recorded = await inMachine(
      kernel,
      [...before, ...mine],
      "record cases",
      "recorded.jsonl",
    );
    await Deno.writeTextFile(path, recorded);
    said.push(
      `kept as ${mine.map(({ id }) => id).join(", ")} in ${path}`,
    );
  }
  return said;
}

/** The cases of a file. */
async function kept(path: string, nocap: boolean): Promise<FuzzCase[]> {
  const text = await Deno.readTextFile(path).catch(() => "");
  return text.split("\n").filter((line) => line !== "").map((line) => {
    const { device_type, caseId, steps } = JSON.parse(line);
    return { type: device_type, id: caseId, nocap, steps };
  });
}

/** Runs guest.ts on cases; gives the text of a file it leaves. @throws when it fails */
async function inMachine(
  kernel: Kernel,
  cases: readonly FuzzCase[],
  command: string,
  result: string,
): Promise<string> {
  const folder = await Deno.makeTempDir({
    dir: cacheFolder(),
    prefix: "fuzz-",
  });
  try {
    const lines = cases.map((each) => JSON.stringify(each));
    await Deno.writeTextFile(join(folder, "cases"), lines.join("\n"));
    const out = join(folder, "out");
    const { code, output } = await boot(
      kernel,
      folder,
      `'${Deno.execPath()}' run -A --no-check '${GUEST}' ${command}`,
      { words: ["lab.features"], out },
    );
    if (code !== 0) throw new Error(output);
    return await Deno.readTextFile(join(out, result));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
