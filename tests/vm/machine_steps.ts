/**
 * What a machine of the virtual machine tests is, and a step on it.
 *
 * @module
 */
import type { PlainObject } from "../../lib/plain.ts";

/** One command line and what it must answer. */
export interface Step {
  /** The promise. */
  readonly name: string;
  /** Arguments of the command. */
  readonly args: readonly string[];
  /** A shell line for the guest alone, instead of the command. */
  readonly shell?: string;
  /** The exit code it must have. */
  readonly exit: number;
  /** What its output must contain. */
  readonly says: readonly string[];
  /** Run without CAP_SYS_RAWIO. */
  readonly noRawio?: true;
  /** Compare with the model word for word; off where addresses differ. */
  readonly compare?: false;
}

/** A machine: kernel words, what to prepare there, its twin in the model, the steps. */
export interface Machine {
  /** For people. */
  readonly name: string;
  /** Words for the kernel's command line. */
  readonly words: readonly string[];
  /** Shell lines run in the guest first. */
  readonly prepare: readonly string[];
  /** The same machine as a scenario of the model. */
  readonly twin: PlainObject;
  /** In this order. */
  readonly steps: readonly Step[];
}
