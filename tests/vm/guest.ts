// deno-lint-ignore-file no-console -- a program: its output is its purpose
/**
 * Runs in the guest: every step of a machine through the real command, then the
 * tests of the device layer. Prints one JSON object a line.
 *
 *   deno run -A tests/vm/guest.ts MACHINE_INDEX
 *
 * @module
 */
import { DEVICE_TESTS, MACHINES } from "./steps.ts";

const COMMAND = [
  "run",
  "--unstable-worker-options",
  "--allow-ffi",
  "--allow-read",
  "--allow-write",
  "lib/cli/main.ts",
  "--state-dir",
  `${Deno.makeTempDirSync()}/state`,
];
const DROP = [
  "setpriv",
  "--inh-caps=-sys_rawio",
  "--bounding-set=-sys_rawio",
];

async function run(
  name: string,
  command: readonly string[],
): Promise<void> {
  const [program = "", ...args] = command;
  const { code, stdout, stderr } = await new Deno.Command(program, { args })
    .output();
  const text = new TextDecoder();
  console.log(JSON.stringify({
    name,
    code,
    stdout: text.decode(stdout),
    stderr: text.decode(stderr),
  }));
}

const machine = MACHINES[Number(Deno.args[0])];
if (!machine) throw new Error(`no machine ${Deno.args[0]}`);
for (const line of machine.prepare) {
  await run(`prepare: ${line}`, ["/bin/sh", "-c", line]);
}
for (const step of machine.steps) {
  const command = step.shell === undefined
    ? [Deno.execPath(), ...COMMAND, ...step.args]
    : ["/bin/sh", "-c", step.shell];
  await run(step.name, step.noRawio ? [...DROP, ...command] : command);
}
await run(DEVICE_TESTS, [
  Deno.execPath(),
  "test",
  "--quiet",
  "--no-check",
  "-A",
  "tests/vm/device_vm.ts",
]);
