// deno-lint-ignore-file no-console -- a program: its output is its purpose
/**
 * Runs in the machine: takes recordings as they are kept, performs every step
 * anew on the real kernel, and leaves fresh recordings in a folder:
 *
 *     deno run -A tests/kernel/record.ts [--out DIR] NAME[:IDENTITY]…
 *
 * Names are of tests/fixtures/oracle, or paths of other .jsonl.gz files, in the order in which they are performed;
 * the identity (root, nocap, nobody) is the recording's own unless it is given.
 * DIR is /out without it. `record.json` there says on which kernel it was, and
 * what could not be performed there and why.
 *
 * @module
 */
import { basename, join } from "@std/path";
import { fromFileUrl } from "../paths.ts";
import { LAB_TYPES } from "../oracle/lab_types.ts";
import { type Case, readRecording, type Step } from "../oracle/recording.ts";
import { type Identity, runAs } from "./real/identity.ts";
import { NotHere, RealMachine, RealSession } from "./real/session.ts";

const FIXTURES = fromFileUrl(
  new URL("../fixtures/oracle/", import.meta.url),
);

/** What `record.json` says of a file. */
export interface RecordedFile {
  /** The recording whose calls were made. */
  readonly name: string;
  /** The fresh one's file in the folder. */
  readonly file: string;
  readonly identity: Identity;
  readonly cases: number;
  readonly steps: number;
  readonly seconds: number;
  /** How many steps could not be performed, by reason. */
  readonly left: Readonly<Record<string, number>>;
}

/** What `record.json` says. */
export interface Recorded {
  /** `7.3.4`. */
  readonly kernel: string;
  /** `none`, `integrity` or `confidentiality`. */
  readonly lockdown: string;
  /** The kernel's tainted word before the first step. */
  readonly tainted: number;
  /** In the order in which they were performed. */
  readonly files: readonly RecordedFile[];
}

/** Who performs a recording, by its name. */
export function identityOf(name: string): Identity {
  if (name.endsWith("-nobody")) return "nobody";
  return name.endsWith("-nocap") ? "nocap" : "root";
}

function lockdown(): string {
  try {
    const text = Deno.readTextFileSync("/sys/kernel/security/lockdown");
    return /\[(\w+)\]/.exec(text)?.[1] ?? "unknown";
  } catch {
    return "unknown";
  }
}

/** Performs one case; a line of the fresh recording. */
async function performCase(
  machine: RealMachine,
  recorded: Case,
  identity: Identity,
  left: Map<string, number>,
): Promise<{ line: string; steps: number }> {
  const { type, id, steps } = recorded;
  const leave = (reason: string, count: number): void =>
    void left.set(reason, (left.get(reason) ?? 0) + count);
  const fresh: Record<string, unknown>[] = [];
  const device = machine.devices.find(
    type,
    LAB_TYPES[type]?.target(id) ?? 0,
  );
  if (identity === "nobody" && steps.some(changesMachine)) {
    leave("an ordinary user may not", steps.length);
    return { line: "", steps: 0 };
  }
  if (steps.some(loadsModule) && lockdown() !== "none") {
    leave("lockdown loads no module without a signature", steps.length);
    return { line: "", steps: 0 };
  }
  if (!device) {
    leave(`there is no such ${type} device`, steps.length);
    return { line: "", steps: 0 };
  }
  using session = new RealSession(machine, device);
  for (const [index, step] of steps.entries()) {
    try {
      const result = step.op === "in-flight"
        ? await session.inFlight()
        : session.perform(step, steps[index + 1]);
      fresh.push({ ...step.inputs(), ...result });
    } catch (error) {
      if (!(error instanceof NotHere)) {
        throw new Error(`${type} ${id}, step ${index} (${step.op})`, {
          cause: error,
        });
      }
      leave(error.message, 1);
    }
  }
  return {
    line: JSON.stringify({ device_type: type, caseId: id, steps: fresh }),
    steps: fresh.length,
  };
}

/** What the kept recordings had root do: where files are written is not this tool's matter. */
function changesMachine(step: Step): boolean {
  return step.op === "write" || step.op === "run";
}

function loadsModule(step: Step): boolean {
  return step.op === "run" && step.texts("argv")[0] === "insmod";
}

async function performFile(
  machine: RealMachine,
  name: string,
  identity: Identity,
  out: string,
): Promise<RecordedFile> {
  const start = performance.now();
  const path = name.endsWith(".gz") ? name : join(FIXTURES, `${name}.jsonl.gz`);
  const left = new Map<string, number>();
  const lines: string[] = [];
  let steps = 0;
  const cases: Case[] = [];
  for await (const one of readRecording(path)) {
    if (one instanceof SyntaxError) throw one;
    cases.push(one);
  }
  await runAs(machine.libc, identity, async () => {
    for (const one of cases) {
      const performed = await performCase(machine, one, identity, left);
      if (performed.line !== "") lines.push(performed.line);
      steps += performed.steps;
    }
  });
  const base = basename(name, ".jsonl.gz");
  const file = identity === identityOf(base)
    ? `${base}.jsonl`
    : `${base}.${identity}.jsonl`;
  await Deno.writeTextFile(join(out, file), lines.join("\n") + "\n");
  return {
    name,
    file,
    identity,
    cases: lines.length,
    steps,
    seconds: (performance.now() - start) / 1000,
    left: Object.fromEntries(left),
  };
}

if (import.meta.main) {
  let out = "/out";
  const words = [...Deno.args];
  if (words[0] === "--out") out = words.splice(0, 2)[1] ?? out;
  using machine = new RealMachine();
  const files: RecordedFile[] = [];
  const tainted = Number(Deno.readTextFileSync("/proc/sys/kernel/tainted"));
  for (const word of words) {
    const [name = "", given] = word.split(":");
    const identity = given === "root" || given === "nocap" || given === "nobody"
      ? given
      : identityOf(basename(name, ".jsonl.gz"));
    const file = await performFile(machine, name, identity, out);
    files.push(file);
    console.log(
      `${file.name}: ${file.steps} steps in ${file.seconds.toFixed(1)} s`,
    );
  }
  const recorded: Recorded = {
    kernel: Deno.osRelease(),
    lockdown: lockdown(),
    tainted,
    files,
  };
  await Deno.writeTextFile(
    join(out, "record.json"),
    JSON.stringify(recorded, null, 2),
  );
}
