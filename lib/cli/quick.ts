/**
 * The short way for `fwctl list`, which scripts and prompts run often: its few
 * options are read here and the parser, most of a cold start, is not loaded.
 * Whatever is not plainly well formed is the parser's, with its help and its
 * messages; a test holds that both ways print the same.
 *
 * @module
 */
import type { Globals } from "./context.ts";
import type { ListOptions } from "./list.ts";

/** A command line of `list`, read. */
export interface QuickList {
  /** The global options. */
  readonly globals: Globals;
  /** The command's own. */
  readonly options: ListOptions;
}

/** Reads `list` with `--json`, `--all`, `--model NAME`, `--model-state FILE`; undefined for all else. */
export function quickList(args: readonly string[]): QuickList | undefined {
  const [command, ...rest] = args;
  if (command !== "list") return undefined;
  let model: string | undefined;
  let modelState: string | undefined;
  let all = false;
  for (let at = 0; at < rest.length; at++) {
    const value = rest[at + 1];
    switch (rest[at]) {
      case "--json":
        break;
      case "--all":
        all = true;
        break;
      case "--model":
      case "--model-state":
        if (value === undefined || value.startsWith("-")) return undefined;
        if (rest[at] === "--model") model = value;
        else modelState = value;
        at++;
        break;
      default:
        return undefined;
    }
  }
  return { globals: { model, modelState }, options: { all } };
}
