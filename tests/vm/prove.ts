// deno-lint-ignore-file no-console -- it prints what it proves
/**
 * One machine of the virtual machine tests: booted, and what it said held
 * against its steps and against the model of the same machine.
 *
 * @module
 */
import { checkPrinted } from "../answers.ts";
import { ROOT } from "../paths.ts";
import type { VirtualMachine } from "./machine.ts";
import {
  type Ended,
  FACTS,
  type Facts,
  type Machine,
  type Step,
} from "./machine_steps.ts";
import { Model } from "./on_model.ts";
import { DEVICE_TESTS, MACHINES } from "./steps.ts";

/** What the guest said of a step. */
interface Answer extends Ended {
  readonly name: string;
  readonly seconds: number;
  /** Contexts that were opened on mlx5 devices meanwhile. */
  readonly contexts: number;
}

/** What a machine proved. */
interface MachineProof {
  /** For people: every command, what it said, and whether that is right. */
  readonly text: string;
  readonly passed: number;
  readonly failed: number;
}

/** What is run in the guest. */
export const IN_GUEST: readonly string[] = [
  "lib/cli/main.ts",
  ...[
    ...["guest", "device_vm", "commands", "unplugged", "reload"],
    ...["peers_guest", "peers_nvconfig_guest"],
  ].map((name) => `tests/vm/${name}.ts`),
];

/** Lines of an output that are shown. */
const SHOWN = 25;

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

/** The command as it was typed and its output, as much of it as people read. */
function transcript(step: Step, real: Answer): string[] {
  const lines = (real.stdout + real.stderr).trimEnd().split("\n");
  return [
    "",
    `$ ${step.shell ?? `fwctl ${step.args.join(" ")}`}${
      step.noRawio ? "   # without CAP_SYS_RAWIO" : ""
    }`,
    ...lines.slice(0, SHOWN),
    ...(lines.length > SHOWN ? [`… ${lines.length - SHOWN} more lines`] : []),
    `[${real.seconds.toFixed(1)} s]`,
  ];
}

/** What the step itself wants. */
async function wanted(step: Step, real: Answer): Promise<string[]> {
  const problems: string[] = [];
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
  const said = real.stdout + real.stderr;
  for (const word of step.says) {
    if (!said.includes(word)) problems.push(`does not say "${word}"`);
  }
  return problems;
}

/** What the model says otherwise. */
async function beside(
  model: Model,
  step: Step,
  real: Answer,
): Promise<string[]> {
  if (step.shell !== undefined || step.compare === false) return [];
  const { code, stdout, stderr } = await model.run(step);
  if (code !== real.code) {
    return [`the model's exit code is ${code}: ${stdout}${stderr}`];
  }
  const same = step.compare === "exit" ||
    normal(stdout + stderr) === normal(real.stdout + real.stderr);
  return same ? [] : [`the model says otherwise:\n${stdout}${stderr}`];
}

/** Boots a machine and runs its steps, on the model too. */
async function proveMachine(
  boots: VirtualMachine,
  machine: Machine,
): Promise<MachineProof> {
  const text = [`\n=== ${machine.name} (${machine.words.join(" ")})`];
  let passed = 0;
  let failed = 0;
  const check = (name: string, problems: readonly string[]): void => {
    if (problems.length === 0) passed++;
    else failed++;
    text.push(`${problems.length === 0 ? "ok    " : "FAILED"} ${name}`);
    for (const problem of problems) text.push(`       ${problem}`);
  };
  const missing = machine.missing?.();
  if (missing !== undefined) {
    text.push(`skipped: ${missing}`);
    return { text: text.join("\n"), passed, failed };
  }
  const booted = await boots.run(
    ROOT,
    `deno run -A --no-check tests/vm/guest.ts ${MACHINES.indexOf(machine)}`,
    machine.words,
  );
  const answers = new Map<string, Answer>();
  let facts: Facts | undefined;
  for (const line of booted.output.split("\n")) {
    if (!line.startsWith("{")) continue;
    const { name, ...rest } = JSON.parse(line);
    if (name === FACTS) facts = rest;
    else answers.set(name, { name, ...rest });
  }
  if (answers.size === 0) text.push(booted.output, booted.errors);
  using model = new Model(machine, facts);
  for (const step of machine.steps) {
    const real = answers.get(step.name);
    if (real) text.push(...transcript(step, real));
    check(
      step.name,
      real
        ? [...await wanted(step, real), ...await beside(model, step, real)]
        : ["the guest did not get there"],
    );
  }
  if (machine.deviceTests) {
    const tests = answers.get(DEVICE_TESTS);
    text.push("", (tests?.stdout ?? "").trim());
    check(
      DEVICE_TESTS,
      tests?.code === 0 ? [] : [`they failed: ${tests?.stderr ?? "not run"}`],
    );
  }
  return { text: text.join("\n"), passed, failed };
}

/** How all machines did. */
export class MachineTally {
  passed = 0;
  failed = 0;

  /** Boots one, prints what it proved, and counts it. */
  async prove(boots: VirtualMachine, machine: Machine): Promise<void> {
    try {
      const { text, passed, failed } = await proveMachine(boots, machine);
      this.passed += passed;
      this.failed += failed;
      console.log(text);
    } catch (error) {
      // The other machines go on.
      this.failed++;
      console.log(`\n=== ${machine.name}\nFAILED ${error}`);
    }
  }
}
