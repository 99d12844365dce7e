/**
 * One boot of the fuzzer: streams of all kinds of devices are written here, and
 * performed in the machine.
 *
 * @module
 */
import { join } from "@std/path";
import { fromFileUrl } from "../../paths.ts";
import { boot } from "../boot.ts";
import type { Kernel } from "../cache.ts";
import { type Campaign, caseOf, Counts } from "./campaign.ts";
import type { FuzzCase, Type } from "./case.ts";
import type { LabOptions, LabType } from "../../oracle/lab.ts";
import { LAB_TYPES } from "../../oracle/lab_types.ts";
import { ModelSide } from "./side.ts";
import { StreamWriter } from "./stream.ts";

/** All user memory is looked at after so many cases. */
const LOOK_EVERY = 1000;
/** Seconds that a boot may take. */
const TIMEOUT = 3000;

/** The cases of one kind in a boot. */
export interface Written {
  readonly campaign: Campaign;
  readonly cases: number;
  readonly steps: number;
  readonly counts: Counts;
}

/** A case that came out otherwise. */
export interface Differs {
  readonly type: Type;
  readonly number: number;
  readonly fuzzCase: FuzzCase;
  /** The step, what of it, and both answers. */
  readonly index: number;
  readonly what: string;
  readonly real: number;
  readonly model: number;
}

/** What the machine said of one kind. */
export interface Performed {
  readonly type: Type;
  readonly cases: number;
  readonly steps: number;
  readonly differing: readonly Differs[];
}

/** How the lab is set up as the machine is. */
export function labOf(type: string, kernel: "7.2" | "7.3"): LabOptions {
  return { features: type === "cxl", nocap: false, nobody: false, kernel };
}

/** Writes the stream of a campaign into a folder: `TYPE.stream`. */
export async function write(
  folder: string,
  campaign: Campaign,
  kernel: "7.2" | "7.3",
  types: Readonly<Record<string, LabType>> = LAB_TYPES,
): Promise<Written> {
  const { type } = campaign;
  const counts = new Counts(type);
  const writer = new StreamWriter((memory) =>
    new ModelSide(labOf(type, kernel), types, memory)
  );
  using file = await Deno.open(join(folder, `${type}.stream`), {
    create: true,
    write: true,
    truncate: true,
  });
  let [cases, steps] = [0, 0];
  while (steps < campaign.steps) {
    const number = campaign.first + cases++;
    const fuzzCase = caseOf(campaign, number);
    writer.add(fuzzCase, number, counts.watch);
    steps += fuzzCase.steps.length;
    if (cases % LOOK_EVERY === 0) writer.look();
    if (cases % 50 === 0) writeAll(file, writer.take());
  }
  writer.look();
  writeAll(file, writer.take());
  return { campaign, cases, steps, counts };
}

function writeAll(file: Deno.FsFile, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
}

/** Compiles the executor into a folder. @throws without gcc */
export async function compile(folder: string): Promise<void> {
  const source = fromFileUrl(new URL("executor.c", import.meta.url));
  const { success, stderr } = await new Deno.Command("gcc", {
    args: ["-O2", "-Wall", "-o", join(folder, "executor"), source],
    stderr: "piped",
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}

/** Performs the streams of a folder in the machine. @throws when it does not come to its end */
export async function perform(
  kernel: Kernel,
  folder: string,
  written: readonly Written[],
): Promise<Performed[]> {
  const runs = written.map(({ campaign: { type } }) =>
    `echo type ${type}; ./executor ${type}.stream "$cxl" || echo failed $?`
  );
  const { output } = await boot(
    kernel,
    folder,
    [
      // The second CXL device is the one that goes and comes back.
      "cxl=$(readlink /sys/class/fwctl/fwctl6 | grep -o 'cxl_mem\\.[0-9]*')",
      ...runs,
    ].join("\n"),
    { words: ["lab.features"], timeout: TIMEOUT },
  );
  const parts = output.split(/^type /m).slice(1);
  if (parts.length !== written.length) throw new Error(output);
  return parts.map((part, i) => parse(part, written[i]));
}

function parse(output: string, written: Written | undefined): Performed {
  const done = /^done (\d+) (\d+)$/m.exec(output);
  if (!done || !written) throw new Error(output);
  const { campaign } = written;
  const { type } = campaign;
  if (Number(done[1]) !== written.cases) {
    throw new Error(`${done[1]} of ${written.cases} cases were performed`);
  }
  const differing = [...output.matchAll(
    /^differs (\d+) (\d+) (\w+) (-?\d+) (-?\d+)$/gm,
  )].map(([, number, index, what = "", real, model]): Differs => ({
    type,
    number: Number(number),
    fuzzCase: caseOf(campaign, Number(number)),
    index: Number(index),
    what,
    real: Number(real),
    model: Number(model),
  }));
  return {
    type,
    cases: Number(done[1]),
    steps: Number(done[2]),
    differing,
  };
}
