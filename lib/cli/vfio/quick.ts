/**
 * The short way for `fwctl vfio hook run`, for which a VM waits: its few options
 * are read here and the parser, much of a cold start, is not loaded. Whatever
 * is not plainly well formed is the parser's.
 *
 * @module
 */
import type { Globals } from "../context.ts";
import type { HookCall } from "./hook_vm.ts";

/** A command line of `vfio hook run`, read. */
export interface QuickHook {
  /** The global options. */
  readonly globals: Globals;
  /** What libvirt says. */
  readonly call: HookCall;
}

const OPTIONS: readonly string[] = [
  "--profile",
  "--state-dir",
  "--policy",
  "--model",
  "--model-state",
];

/** Reads `vfio hook run OPTIONS -- NAME OPERATION SUBOPERATION …`; undefined for all else. */
export function quickHook(args: readonly string[]): QuickHook | undefined {
  const [group, command, verb, ...rest] = args;
  if (group !== "vfio" || command !== "hook" || verb !== "run") {
    return undefined;
  }
  const end = rest.indexOf("--");
  if (end < 0) return undefined;
  const networks = rest[end - 1] === "--networks";
  const options = networks ? end - 1 : end;
  if (options % 2 !== 0) return undefined;
  const given = new Map<string, string>();
  for (let at = 0; at < options; at += 2) {
    const [option = "", value = ""] = rest.slice(at, at + 2);
    if (!OPTIONS.includes(option) || given.has(option)) return undefined;
    if (value === "" || value.startsWith("-")) return undefined;
    given.set(option, value);
  }
  const [name, operation, suboperation = ""] = rest.slice(end + 1);
  const profile = given.get("--profile");
  if (!name || !operation || profile === undefined) return undefined;
  return {
    globals: {
      model: given.get("--model"),
      modelState: given.get("--model-state"),
      stateDir: given.get("--state-dir"),
      policy: given.get("--policy"),
    },
    call: { name, operation, suboperation, profile, networks },
  };
}
