/**
 * What every command works with: the global options and the output.
 *
 * @module
 */
import type { Recorder } from "../recording/record.ts";
import type { ReplayMode } from "../recording/types.ts";
import type { ExitCode } from "./exit.ts";
import type { Output } from "./output.ts";

/** The options that every command takes. */
export interface Globals {
  /** A scenario by name or the path of a JSON file. */
  readonly model?: string | undefined;
  /** Where the model's state is kept between commands. */
  readonly modelState?: string | undefined;
  /** Definition files of vendor features and endpoints. */
  readonly definitions?: readonly string[] | undefined;
  /** Modules of drivers from outside this project: files or URLs. */
  readonly driverModule?: readonly string[] | undefined;
  /** A policy file. */
  readonly policy?: string | undefined;
  /** Write also to devices that are sealed, where the seal gives way. */
  readonly breakSeal?: boolean | undefined;
  /** The folder of what must outlive the command: seals, journals, locks. */
  readonly stateDir?: string | undefined;
  /** A recording that answers instead of a machine. */
  readonly replay?: string | undefined;
  /** How it answers. */
  readonly replayMode?: ReplayMode | undefined;
  /** What keeps every exchange; set by `fwctl record`, not by an option. */
  readonly recorder?: Recorder | undefined;
}

/** A command's surroundings. */
export interface Context {
  /** The global options. */
  readonly globals: Globals;
  /** Where results and notes go. */
  readonly output: Output;
  /** Runs another command line, with more global options, and says its exit code. */
  again?(args: readonly string[], globals: Globals): Promise<ExitCode>;
}
