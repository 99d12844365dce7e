/**
 * The text of libvirt's hook.
 *
 * @module
 */
import { UsageError } from "../../errors.ts";
import { madeLine, marked } from "../../install/mark.ts";
import { self } from "../self.ts";

/** What is in the mark of the file. */
export const HOOK_TAG = "fwctl-vfio-hook/1";

/** What the hook runs with; paths are absolute. */
export interface ScriptInput {
  /** The profile file. */
  readonly profile: string;
  /** The state directory, when it is not the usual one. */
  readonly stateDir?: string | undefined;
  /** A policy file. */
  readonly policy?: string | undefined;
  /** A modelled host, to try the hook on. */
  readonly model?: string | undefined;
  /** Its state. */
  readonly modelState?: string | undefined;
  /** Whether functions that networks hand out are prepared as well. */
  readonly networks?: boolean | undefined;
  /** Folders that were made for it, which go with it. */
  readonly made?: readonly string[] | undefined;
}

/** Where what deno compiles is kept: libvirt gives no HOME. */
export const CACHE = "/var/cache/fwctl";

/**
 * The script: the same deno and the same fwctl as run now, with no more
 * permission than it takes.
 */
export function hookScript(
  input: ScriptInput,
): string {
  const { made = [], networks = false } = input;
  const state = input.stateDir ?? "/var/lib/fwctl";
  const options: Readonly<Record<string, string | undefined>> = {
    "--profile": input.profile,
    "--state-dir": input.stateDir,
    "--policy": input.policy,
    "--model": input.model,
    "--model-state": input.modelState,
  };
  const { deno, main, importFrom } = self();
  const command = [
    deno,
    "run",
    "--no-prompt",
    "--quiet",
    ...(input.model === undefined ? ["--allow-ffi"] : []),
    "--allow-read",
    // A file is replaced by one beside it.
    `--allow-write=${
      input.modelState === undefined
        ? state
        : `${state},${input.modelState.replace(/\/[^/]*$/, "")}`
    }`,
    ...(importFrom === undefined ? [] : [`--allow-import=${importFrom}`]),
    main,
    "vfio",
    "hook",
    "run",
    ...Object.entries(options).flatMap(([name, value]) =>
      value === undefined ? [] : [name, value]
    ),
    ...(networks ? ["--networks"] : []),
    "--",
  ];
  // A function that a network hands out is in the XML of the second call.
  const calls = [
    "prepare begin",
    ...(networks ? ["start begin"] : []),
    "release end",
  ];
  return marked(
    `#!/bin/sh
# Gives the virtual functions of a VM their firmware profile before it starts,
# and what was there before when it has ended. libvirt calls it with the VM's
# name, an operation, a suboperation, and the domain's XML on standard input;
# exit code 1 keeps the VM from starting, and standard error says why.
# Written by \`fwctl vfio hook install\`; \`fwctl vfio hook remove\` takes it away.
${madeLine(made)}case "$2 $3" in
${calls.map((call) => `"${call}"`).join(" | ")}) ;;
*) exit 0 ;;
esac
# libvirt gives no HOME: compiled modules are kept here, or each start compiles.
: "\${DENO_DIR:=${CACHE}}"
export DENO_DIR
exec ${command.map(quoted).join(" ")} "$@"
`,
    HOOK_TAG,
  );
}

/** A word for sh. @throws {UsageError} for a line break, which no path of a hook needs */
function quoted(word: string): string {
  if (/[\n\r\0]/.test(word)) {
    throw new UsageError(`${JSON.stringify(word)} has a line break in it`, {
      hint: "Name files without",
    });
  }
  return /^[\w./:=@%+,-]+$/.test(word)
    ? word
    : `'${word.replaceAll("'", `'\\''`)}'`;
}
