/**
 * The virtual machine with the real fwctl drivers, where there is one.
 *
 * `FWCTL_VM` is the path of its start script, `../shared/vm/vm.sh` without it:
 * `SCRIPT DIR COMMAND [kernel words]` boots, runs COMMAND in DIR as root beside
 * real /dev/fwctl nodes, and gives back its output and exit status.
 *
 * @module
 */

import { ROOT } from "../paths.ts";
import { peersFolder } from "./peers.ts";

/** What a run in the machine gave. */
export interface MachineRun {
  readonly code: number;
  readonly output: string;
  readonly errors: string;
}

/** What the console says when the kernel did not come up, see below. */
const NO_BOOT = "timer doesn't work through";

/** Path of the start script, or the reason why there is no machine. */
export function machineScript(): { path: string } | { reason: string } {
  const path = Deno.env.get("FWCTL_VM") ?? `${ROOT}../shared/vm/vm.sh`;
  try {
    Deno.statSync(path);
  } catch {
    return { reason: `no virtual machine: ${path} is not there (FWCTL_VM)` };
  }
  try {
    new Deno.Command("qemu-system-x86_64", {
      args: ["--version"],
      stdout: "null",
    }).outputSync();
  } catch {
    return { reason: "no virtual machine: qemu-system-x86_64 is not there" };
  }
  return { path };
}

/**
 * Runs a command in the machine.
 *
 * @param directory stays writable; all else is this machine's files, read only
 * @param words kernel words, `lab.nocxl` boots fastest
 */
export async function inMachine(
  script: string,
  directory: string,
  command: string,
  words: readonly string[] = ["lab.nocxl"],
): Promise<MachineRun> {
  const peers = peersFolder();
  const boot = async (): Promise<MachineRun> => {
    const { code, stdout, stderr } = await new Deno.Command(script, {
      args: [directory, command, ...words],
      // Emulation is slow, and slower beside other work.
      env: { VM_TIMEOUT: Deno.env.get("VM_TIMEOUT") ?? "900" },
    }).output();
    const [output = "", errors = ""] = [stdout, stderr].map((one) =>
      new TextDecoder().decode(one)
    );
    return { code, output, errors };
  };
  const first = await boot();
  // Beside much other work the emulated timer is late while the kernel tries
  // it, and the kernel gives up before anything of ours has run.
  return first.output === "" && first.errors.includes(NO_BOOT)
    ? await boot()
    : first;
}
