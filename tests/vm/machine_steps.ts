/**
 * What a machine of the virtual machine tests is, and a step on it.
 *
 * @module
 */
import type { PlainObject } from "../../lib/plain.ts";
import type { Bent } from "./commands.ts";
import type { Way } from "./hold.ts";

/** How a command ended. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What the guest says of itself before the first step. */
export interface Facts {
  /** Version of its kernel. */
  readonly kernel: string;
  /** The kernel's tainted word: by modules that are not the kernel's own. */
  readonly tainted: number;
}

/** Name of the line that has the facts. */
export const FACTS = "facts";

/** One command line and what it must answer. */
export interface Step {
  /** The promise. */
  readonly name: string;
  /** Arguments of the command. */
  readonly args: readonly string[];
  /**
   * A shell line for the guest alone, instead of the command; `$MODULES` is the
   * folder of the drivers' modules. Programs there are `fwctl`, and
   * `fwctl-replay`, which may not call anything outside and so reach no device.
   */
  readonly shell?: string;
  /** The exit code it must have. */
  readonly exit: number;
  /** What its output must contain. */
  readonly says: readonly string[];
  /** Started as a user starts it; else one process runs all commands: starting Deno is what takes time there. */
  readonly ownProcess?: true;
  /** Run without CAP_SYS_RAWIO, and so in a process of its own. */
  readonly noRawio?: true;
  /**
   * What is held against the model: all that is said and the exit code without
   * this, the exit code alone where addresses differ, or nothing.
   */
  readonly compare?: "exit" | false;
  /** What the guest holds from here on, let go of what it held before; `null` for nothing. */
  readonly hold?: { readonly vf: string; readonly way: Way } | null;
  /** The machine as it is by now, when not as the machine's own twin. */
  readonly twin?: PlainObject;
  /** No context may have been opened on any mlx5 device: nothing was sent. */
  readonly silent?: true;
  /** How the answers of the firmware are bent on their way, see `commands.ts`. */
  readonly bent?: Bent;
  /** Seconds it may take; a command that hangs is told by them. */
  readonly within?: number;
}

/** A machine: kernel words, what to prepare there, its twin in the model, the steps. */
export interface Machine {
  /** For people. */
  readonly name: string;
  /** Why it cannot be run here; undefined when it can. */
  readonly missing?: () => string | undefined;
  /** Words for the kernel's command line. */
  readonly words: readonly string[];
  /** Shell lines run in the guest first. */
  readonly prepare: readonly string[];
  /** The same machine as a scenario of the model. */
  readonly twin: PlainObject;
  /** In this order. `$TMPDIR` in arguments is a folder of the guest's, or of the model's. */
  readonly steps: readonly Step[];
  /** The tests of the device layer run when the steps are done. */
  readonly deviceTests?: true;
}
