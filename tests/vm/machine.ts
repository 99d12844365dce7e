/**
 * The virtual machine with the real fwctl drivers, where there is one: the
 * newest kernel that `deno task kernel:build` left in the cache, or what
 * FWCTL_VM names.
 *
 * `FWCTL_VM` is the path of a start script: `SCRIPT DIR COMMAND [kernel words]`
 * boots, runs COMMAND in DIR as root beside real /dev/fwctl nodes, and gives
 * back its output and exit status.
 *
 * @module
 */

import { boot, chosenKernel, NO_BOOT } from "../kernel/boot.ts";
import { peersFolder } from "./peers.ts";

/** What a run in the machine gave. */
export interface MachineRun {
  readonly code: number;
  readonly output: string;
  readonly errors: string;
}

/** Something that boots. */
export interface VirtualMachine {
  /** For people: which kernel, from where. */
  readonly name: string;
  /**
   * Runs a command in it.
   *
   * @param directory where it runs; all files are this machine's
   * @param words kernel words, `lab.nocxl` boots fastest
   */
  run(
    directory: string,
    command: string,
    words?: readonly string[],
  ): Promise<MachineRun>;
}

/** Emulation is slow, and slower beside other work. */
const SECONDS = 900;

/** The machine, or the reason why there is none. */
export function virtualMachine(): VirtualMachine | { reason: string } {
  const script = Deno.env.get("FWCTL_VM");
  if (script) return byScript(script);
  const kernel = chosenKernel();
  if ("reason" in kernel) {
    return { reason: `no virtual machine: ${kernel.reason}` };
  }
  return {
    name: `Linux ${kernel.version} of ${kernel.path}`,
    async run(directory, command, words = ["lab.nocxl"]) {
      const peers = peersFolder();
      // The guest gets this PATH, and finds the vendor's tools there too.
      const path = "path" in peers ? `export PATH=${peers.path}:$PATH; ` : "";
      const { code, output } = await boot(kernel, directory, path + command, {
        words,
        timeout: Number(Deno.env.get("VM_TIMEOUT") ?? SECONDS),
      });
      return { code, output, errors: "" };
    },
  };
}

function byScript(script: string): VirtualMachine | { reason: string } {
  try {
    Deno.statSync(script);
  } catch {
    return {
      reason:
        `no virtual machine: FWCTL_VM names ${script}, which is not there`,
    };
  }
  return {
    name: script,
    async run(directory, command, words = ["lab.nocxl"]) {
      const peers = peersFolder();
      const start = new Deno.Command(script, {
        args: [directory, command, ...words],
        env: {
          VM_TIMEOUT: Deno.env.get("VM_TIMEOUT") ?? String(SECONDS),
          ...("path" in peers
            ? { PATH: `${peers.path}:${Deno.env.get("PATH") ?? ""}` }
            : {}),
        },
      });
      const first = await ended(start);
      return first.output === "" && first.errors.includes(NO_BOOT)
        ? await ended(start)
        : first;
    },
  };
}

async function ended(command: Deno.Command): Promise<MachineRun> {
  const { code, stdout, stderr } = await command.output();
  const [output = "", errors = ""] = [stdout, stderr].map((one) =>
    new TextDecoder().decode(one)
  );
  return { code, output, errors };
}
