// deno-lint-ignore-file no-console -- a program: its output is its purpose
/**
 * `deno task test:vm`: the real command on a real kernel with the real
 * mlx5_fwctl driver, held against the model of the same machine.
 *
 * It needs a script that boots such a machine and runs a command in it:
 * FWCTL_VM, or ../shared/vm/vm.sh, called as `vm.sh DIR COMMAND WORDS…`; and
 * QEMU. Without them it prints the reason and ends well. Words after the task
 * choose machines by their names: `deno task test:vm "four drivers"`.
 *
 * @module
 */
import { ROOT } from "../paths.ts";
import { inMachine, machineScript } from "./machine.ts";
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

const script = machineScript();
if ("reason" in script) skip(script.reason);
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

/** Words of the command line: only machines whose name has one of them. */
const wanted = (name: string): boolean =>
  Deno.args.length === 0 || Deno.args.some((word) => name.includes(word));
for (const [index, machine] of MACHINES.entries()) {
  if (!wanted(machine.name)) continue;
  console.log(`\n=== ${machine.name} (${machine.words.join(" ")})`);
  const missing = machine.missing?.();
  if (missing !== undefined) {
    console.log(`skipped: ${missing}`);
    continue;
  }
  const booted = await inMachine(
    script.path,
    ROOT,
    `deno run -A tests/vm/guest.ts ${index}`,
    machine.words,
  );
  const answers = new Map<string, Answer>();
  for (const line of booted.output.split("\n")) {
    if (!line.startsWith("{")) continue;
    const answer: Answer = JSON.parse(line);
    answers.set(answer.name, answer);
  }
  if (answers.size === 0) console.log(booted.output, booted.errors);
  using model = new Model(machine);
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
