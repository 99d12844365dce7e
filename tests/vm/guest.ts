// deno-lint-ignore-file no-console -- a program: its output is its purpose
/**
 * Runs in the guest: every step of a machine through the real command, then the
 * tests of the device layer. Prints one JSON object a line.
 *
 *   deno run -A tests/vm/guest.ts MACHINE_INDEX
 *
 * @module
 */
import { Held } from "./hold.ts";
import { FACTS, type Facts, type Step } from "./machine_steps.ts";
import { Runner } from "./runner.ts";
import { DEVICE_TESTS, MACHINES } from "./steps.ts";

const HOME = Deno.makeTempDirSync();
const STATE = ["--state-dir", `${HOME}/state`];
const COMMAND = [
  "run",
  "--unstable-worker-options",
  "--allow-ffi",
  "--allow-read",
  "--allow-write",
  "lib/cli/main.ts",
  ...STATE,
];
const DROP = [
  "setpriv",
  "--inh-caps=-sys_rawio",
  "--bounding-set=-sys_rawio",
];
/** Contexts that the stub firmware has created so far, a number a function; it has another name on other machines. */
const CONTEXTS: string = ["standin_mlx5", "stub_mlx5"]
  .map((name) => `/sys/module/${name}/parameters/creates`)
  .find(exists) ?? "/dev/null";
/** Where the machine keeps the drivers' modules. */
const MODULES: string = ["/tmp/modules", "/mnt/mods"].find(exists) ?? "/";
/** Seconds after which a command counts as hung when its step says nothing. */
const PATIENCE = 120;

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(command: readonly string[]): Promise<Ended> {
  const [program = "", ...args] = command;
  const { code, stdout, stderr } = await new Deno.Command(program, {
    args,
    env: { TMPDIR: HOME, MODULES },
  }).output();
  const text = new TextDecoder();
  return { code, stdout: text.decode(stdout), stderr: text.decode(stderr) };
}

async function tell(name: string, work: () => Promise<Ended>): Promise<void> {
  const contexts = opened();
  const start = performance.now();
  const ended = await work();
  console.log(JSON.stringify({
    name,
    ...ended,
    seconds: (performance.now() - start) / 1000,
    contexts: opened() - contexts,
  }));
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}

function opened(): number {
  return Deno.readTextFileSync(CONTEXTS).split(",")
    .reduce((sum, text) => sum + Number(text), 0);
}

const machine = MACHINES[Number(Deno.args[0])];
if (!machine) throw new Error(`no machine ${Deno.args[0]}`);
const runner = machine.oneProcess ? new Runner() : undefined;

async function perform(step: Step): Promise<Ended> {
  if (step.shell !== undefined) return await run(["/bin/sh", "-c", step.shell]);
  const args = step.args.map((arg) => arg.replaceAll("$TMPDIR", HOME));
  if (runner && !step.noRawio) {
    const ask = { args: [...args, ...STATE], bent: step.bent };
    return await runner.run(ask, step.within ?? PATIENCE);
  }
  const command = [Deno.execPath(), ...COMMAND, ...args];
  return await run(step.noRawio ? [...DROP, ...command] : command);
}

// Which kernel it is, for the model of it.
const facts: Facts = {
  kernel: Deno.osRelease(),
  tainted: Number(Deno.readTextFileSync("/proc/sys/kernel/tainted")),
};
console.log(JSON.stringify({ name: FACTS, ...facts }));
await runner?.ready();
for (const line of machine.prepare) {
  await tell(`prepare: ${line}`, () => run(["/bin/sh", "-c", line]));
}
let held: Held | undefined;
for (const step of machine.steps) {
  if (step.hold !== undefined) {
    held?.[Symbol.dispose]();
    held = step.hold ? new Held(step.hold.vf, step.hold.way) : undefined;
  }
  await tell(step.name, () => perform(step));
}
held?.[Symbol.dispose]();
if (runner) await runner.end();
else {
  await tell(DEVICE_TESTS, () =>
    run([
      Deno.execPath(),
      "test",
      "--quiet",
      "--no-check",
      "-A",
      "tests/vm/device_vm.ts",
    ]));
}
