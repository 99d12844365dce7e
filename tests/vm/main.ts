// deno-lint-ignore-file no-console -- a program: its output is its purpose
/**
 * `deno task test:vm`: the real command on a real kernel with the real
 * mlx5_fwctl driver, held against the model of the same machine.
 *
 * It needs a kernel (`deno task kernel:build`) and QEMU, or a script that boots
 * such a machine: FWCTL_VM, called as `SCRIPT DIR COMMAND WORDS…`. Without them
 * it prints the reason and ends well. Words after the task choose machines by
 * their names: `deno task test:vm "four drivers"`; --jobs N machines run at once.
 *
 * @module
 */
import { checkPrinted } from "../answers.ts";
import { ROOT } from "../paths.ts";
import {
  type MachineRun,
  type VirtualMachine,
  virtualMachine,
} from "./machine.ts";
import { FACTS, type Facts } from "./machine_steps.ts";
import { type Ended, Model, output } from "./on_model.ts";
import { DEVICE_TESTS, MACHINES } from "./steps.ts";

/** What the guest said of a step. */
interface Answer extends Ended {
  readonly name: string;
  readonly seconds: number;
  /** Contexts that were opened on mlx5 devices meanwhile. */
  readonly contexts: number;
}

function skip(reason: string): never {
  console.log(`skipped: ${reason}`);
  Deno.exit(0);
}

/** What differs between two runs and means nothing. */
function normal(text: string): string {
  return text
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "BOOT_ID")
    .replace(/\buid( +|[:=] ?|": ?)\d+/g, "uid N")
    .replace(/\b\d+(\.\d+)? m?s\b/g, "TIME")
    .replace(/\bdeno\[\d+\]/g, "deno[PID]")
    .replace(/\b\d{8}T\d{9}Z-[0-9a-f]{8}\b/g, "RUN")
    .replace(/[ \t]+/g, " ");
}

const found = virtualMachine();
if ("reason" in found) skip(found.reason);
const boots: VirtualMachine = found;
console.log(boots.name);
// The guest has no network and sees this machine's module cache read-only.
for (
  const entry of [
    "lib/cli/main.ts",
    "tests/vm/guest.ts",
    "tests/vm/device_vm.ts",
    "tests/vm/commands.ts",
    "tests/vm/unplugged.ts",
    "tests/vm/peers_guest.ts",
    "tests/vm/peers_nvconfig_guest.ts",
    "tests/vm/reload.ts",
  ]
) {
  const cached = await output(Deno.execPath(), ["cache", entry]);
  if (cached.code !== 0) throw new Error(cached.stderr);
}

let passed = 0;
let failed = 0;
function check(name: string, problems: readonly string[]): void {
  if (problems.length === 0) passed++;
  else failed++;
  console.log(`${problems.length === 0 ? "ok    " : "FAILED"} ${name}`);
  for (const problem of problems) console.log(`       ${problem}`);
}

const words = [...Deno.args];
const at = words.indexOf("--jobs");
/** Machines that run at once. */
const jobs = at < 0 ? 1 : Number(words.splice(at, 2)[1]);
if (!(jobs >= 1)) {
  console.error("usage: deno task test:vm [--jobs N] [WORDS…]");
  Deno.exit(2);
}
/** Only machines whose name has one of the words. */
const chosen = [...MACHINES.entries()].filter(([, { name }]) =>
  words.length === 0 || words.some((word) => name.includes(word))
);
const runs = new Map<number, Promise<MachineRun>>();

/** What a machine says; those after it are booted meanwhile. */
async function ran(index: number): Promise<MachineRun | undefined> {
  const here = chosen.findIndex(([one]) => one === index);
  for (const [one, machine] of chosen.slice(here, here + jobs)) {
    if (runs.has(one) || machine.missing?.() !== undefined) continue;
    const run = boots.run(
      ROOT,
      `deno run -A tests/vm/guest.ts ${one}`,
      machine.words,
    );
    runs.set(one, run);
  }
  return await runs.get(index);
}

for (const [index, machine] of chosen) {
  console.log(`\n=== ${machine.name} (${machine.words.join(" ")})`);
  const missing = machine.missing?.();
  if (missing !== undefined) {
    console.log(`skipped: ${missing}`);
    continue;
  }
  const booted = await ran(index);
  if (!booted) continue;
  const answers = new Map<string, Answer>();
  let facts: Facts | undefined;
  for (const line of booted.output.split("\n")) {
    if (!line.startsWith("{")) continue;
    const { name, ...rest } = JSON.parse(line);
    if (name === FACTS) facts = rest;
    else answers.set(name, { name, ...rest });
  }
  if (answers.size === 0) console.log(booted.output, booted.errors);
  using model = new Model(machine, facts);
  for (const step of machine.steps) {
    const real = answers.get(step.name);
    const problems: string[] = [];
    if (!real) problems.push("the guest did not get there");
    else {
      const said = real.stdout + real.stderr;
      console.log(
        `\n$ ${step.shell ?? `fwctl ${step.args.join(" ")}`}${
          step.noRawio ? "   # without CAP_SYS_RAWIO" : ""
        }`,
      );
      const lines = said.trimEnd().split("\n");
      console.log(lines.slice(0, 25).join("\n"));
      if (lines.length > 25) console.log(`… ${lines.length - 25} more lines`);
      console.log(`[${real.seconds.toFixed(1)} s]`);
      if (step.within !== undefined && real.seconds > step.within) {
        problems.push(`it took more than ${step.within} s`);
      }
      if (step.silent && real.contexts !== 0) {
        problems.push(`${real.contexts} contexts were opened on a device`);
      }
      if (real.code !== step.exit) {
        problems.push(`exit code ${real.code}, not ${step.exit}`);
      }
      // What the real machine's answers hold is described too.
      await checkPrinted(step.args, real.stdout)
        .catch((error) => problems.push(error.message));
      for (const word of step.says) {
        if (!said.includes(word)) problems.push(`does not say "${word}"`);
      }
      const twin = step.shell !== undefined ||
          machine.oneProcess && step.compare === false
        ? real
        : await model.run(step);
      if (twin.code !== real.code) {
        problems.push(
          `the model's exit code is ${twin.code}: ${twin.stdout}${twin.stderr}`,
        );
      } else if (
        step.compare !== false &&
        normal(twin.stdout + twin.stderr) !== normal(said)
      ) {
        problems.push(
          `the model says otherwise:\n${twin.stdout}${twin.stderr}`,
        );
      }
    }
    check(step.name, problems);
  }
  if (machine.oneProcess) continue;
  const tests = answers.get(DEVICE_TESTS);
  console.log(`\n${(tests?.stdout ?? "").trim()}`);
  check(
    DEVICE_TESTS,
    tests?.code === 0 ? [] : [`they failed: ${tests?.stderr ?? "not run"}`],
  );
}
console.log(`\n${passed} passed, ${failed} failed`);
Deno.exit(failed > 0 ? 1 : 0);
