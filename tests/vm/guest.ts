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
import {
  type Ended,
  FACTS,
  type Facts,
  type Machine,
  type Step,
} from "./machine_steps.ts";
import { Programs } from "./programs.ts";
import { Runner } from "./runner.ts";
import { DEVICE_TESTS, MACHINES } from "./steps.ts";

const HOME = Deno.makeTempDirSync();
const BIN = `${HOME}/bin`;
const STATE = ["--state-dir", `${HOME}/state`];
/** The permissions that the documentation gives. */
const PERMISSIONS = ["--allow-ffi", "--allow-read", "--allow-write"];
/** A process of its own, as a user starts it. */
const OWN = [
  Deno.execPath(),
  ...["run", "--unstable-worker-options", ...PERMISSIONS],
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

async function run(command: readonly string[]): Promise<Ended> {
  const [program = "", ...args] = command;
  const { code, stdout, stderr } = await new Deno.Command(program, {
    args,
    env: {
      TMPDIR: HOME,
      MODULES,
      PATH: `${BIN}:${Deno.env.get("PATH")}`,
    },
  }).output();
  const text = new TextDecoder();
  return { code, stdout: text.decode(stdout), stderr: text.decode(stderr) };
}

async function shell(line: string): Promise<Ended> {
  return await run(["/bin/sh", "-c", line]);
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

/** The processes that run command lines: one for all, and one that can touch no device. */
class Runners implements AsyncDisposable {
  #all: Runner | undefined;
  #replay: Runner | undefined;

  get all(): Runner {
    // The hook installs, and starts programs.
    return this.#all ??= new Runner("-A");
  }

  /** Without ffi there is no way to a device. */
  get replay(): Runner {
    return this.#replay ??= new Runner("--allow-read", "--allow-write");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#all?.[Symbol.asyncDispose]();
    await this.#replay?.[Symbol.asyncDispose]();
  }
}

async function perform(step: Step, runners: Runners): Promise<Ended> {
  if (step.shell !== undefined) return await shell(step.shell);
  const args = step.args.map((arg) => arg.replaceAll("$TMPDIR", HOME));
  if (step.noRawio) return await run([...DROP, ...OWN, ...args]);
  if (step.ownProcess) return await run([...OWN, ...args]);
  return await runners.all.run(
    { args: [...args, ...STATE], bent: step.bent },
    step.within,
  );
}

async function performAll(machine: Machine): Promise<void> {
  await using runners = new Runners();
  Deno.mkdirSync(BIN);
  await using _ = new Programs(BIN, {
    "fwctl": () => runners.all,
    "fwctl-replay": () => runners.replay,
  });
  // It is up before the machine changes, and before anybody counts contexts.
  await runners.all.ready();
  for (const line of machine.prepare) {
    await tell(`prepare: ${line}`, () => shell(line));
  }
  let held: Held | undefined;
  for (const step of machine.steps) {
    if (step.hold !== undefined) {
      held?.[Symbol.dispose]();
      held = step.hold ? new Held(step.hold.vf, step.hold.way) : undefined;
    }
    await tell(step.name, () => perform(step, runners));
  }
  held?.[Symbol.dispose]();
}

const machine = MACHINES[Number(Deno.args[0])];
if (!machine) throw new Error(`no machine ${Deno.args[0]}`);
// Which kernel it is, for the model of it.
const facts: Facts = {
  kernel: Deno.osRelease(),
  tainted: Number(Deno.readTextFileSync("/proc/sys/kernel/tainted")),
};
console.log(JSON.stringify({ name: FACTS, ...facts }));
await performAll(machine);
if (machine.deviceTests) {
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
