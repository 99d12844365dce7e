/**
 * What every command works with: the global options, the output, a host.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import type { Host } from "../host/host.ts";
import type { Output } from "./output.ts";

/** The options that every command takes. */
export interface Globals {
  /** A scenario by name or the path of a JSON file. */
  readonly model?: string | undefined;
  /** Where the model's state is kept between commands. */
  readonly modelState?: string | undefined;
  /** Definition files of vendor features and endpoints. */
  readonly definitions?: readonly string[] | undefined;
  /** A policy file. */
  readonly policy?: string | undefined;
  /** Write also to devices that are sealed, where the seal gives way. */
  readonly breakSeal?: boolean | undefined;
  /** The folder of what must outlive the command: seals, journals, locks. */
  readonly stateDir?: string | undefined;
}

/** A command's surroundings. */
export interface Context {
  /** The global options. */
  readonly globals: Globals;
  /** Where results and notes go. */
  readonly output: Output;
}

/**
 * Runs `body` with the host that the options name: this machine, or a model.
 * The model's state is written when `body` is through, also when it failed.
 */
export async function withHost<T>(
  { globals, output }: Context,
  body: (host: Host) => Promise<T> | T,
): Promise<T> {
  const { model, modelState } = globals;
  if (model === undefined) {
    if (modelState !== undefined) {
      throw new UsageError("--model-state is given without --model", {
        hint: "Say which scenario the state belongs to: --model connectx",
      });
    }
    const { LinuxHost } = await import("../host/linux.ts");
    using host = new LinuxHost();
    return await body(host);
  }
  const { openModel } = await import("./model.ts");
  const { host, save, lock } = await openModel(model, modelState);
  using _lock = lock;
  using _ = host;
  let result: T;
  try {
    result = await body(host);
  } catch (error) {
    try {
      save();
    } catch (second) {
      // The first error is what the user must see as the command's.
      output.warn(second instanceof Error ? second.message : String(second));
    }
    throw error;
  }
  save();
  return result;
}
