/**
 * `fwctl vfio hook install | remove | show`: the file that libvirt runs.
 *
 * @module
 */
import { UsageError } from "../../errors.ts";
import { type FileState, isOurs, madeFor } from "../../install/mark.ts";
import { count } from "../../view/words.ts";
import type { Context } from "../context.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import { writeAtomically } from "../files.ts";
import {
  absolute,
  base,
  makeFolder,
  missingFolders,
  type PlacedFile,
  removeEmpty,
} from "../placed.ts";
import { stateOf } from "../runs.ts";
import { hookAt, HOOKS, MAIN, ourHook, OWN, refuse } from "./hook_file.ts";
import { VfioRecords } from "./records.ts";
import { CACHE, hookScript } from "./script.ts";
import { readProfiles } from "./wanted.ts";

/** Where it goes. */
export interface HookOptions {
  /** The folder that stands for `/`. */
  readonly root?: string | undefined;
  /** Also when it was edited. */
  readonly force?: boolean | undefined;
}

/** The same with what it runs with. */
export interface InstallOptions extends HookOptions {
  /** The profile file. */
  readonly profile: string;
  /** As libvirt's main script, which versions before 6.5.0 run. */
  readonly main?: boolean | undefined;
  /** Whether functions that networks hand out are prepared as well. */
  readonly networks?: boolean | undefined;
}

/** Writes the file. */
export function install(
  context: Context,
  options: InstallOptions,
): ExitCode {
  const { root = "", force = false, main = false, networks } = options;
  const found = hookAt(root, main ? MAIN : OWN);
  refuse(found, force, "replaced");
  const other = hookAt(root, main ? OWN : MAIN);
  if (isOurs(other.state)) {
    throw new UsageError(`The hook is installed already, as ${other.file}`, {
      hint: "Take that away first: fwctl vfio hook remove",
    });
  }
  // A hook with a profile that cannot be read would keep every VM down.
  const profile = absolute(options.profile);
  readProfiles(profile);
  const { stateDir, policy, model, modelState } = context.globals;
  const folders = main ? [HOOKS] : [HOOKS, `${HOOKS}/qemu.d`];
  const missing = missingFolders(root, folders).filter((folder) =>
    folders.includes(folder)
  );
  const text = hookScript({
    profile,
    stateDir: stateDir && absolute(stateDir),
    policy: policy && absolute(policy),
    // A scenario's name is no path.
    model: model && (/[/.]/.test(model) ? absolute(model) : model),
    modelState: modelState && absolute(modelState),
    networks,
    made: [...madeFor(found.text), ...missing],
  });
  makeFolder(`${base(root)}${folders.at(-1)}`);
  writeAtomically(found.file, text, "the hook", 0o755);
  return tell(context, { ...found, state: "installed", text }, [
    `Installed ${found.file}`,
    missing.includes(HOOKS) || main
      ? "Restart libvirtd or virtqemud once: it looks for hooks when it starts"
      : "It takes effect with the next VM that starts; libvirt 6.5.0 or later runs it",
  ]);
}

/** Removes the file, and what was made for it. */
export function remove(context: Context, options: HookOptions): ExitCode {
  const { root = "", force = false } = options;
  const found = ourHook(root);
  refuse(found, force, "removed");
  if (found.state === "absent") {
    return tell(context, found, [`There is no ${found.file}`]);
  }
  Deno.removeSync(found.file);
  const made = madeFor(found.text);
  for (const folder of [`${HOOKS}/qemu.d`, HOOKS]) {
    if (made.includes(folder)) removeEmpty(`${base(root)}${folder}`);
  }
  const cache = `${base(root)}${CACHE}`;
  const lines = [`Removed ${found.file}`];
  try {
    Deno.removeSync(cache, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) {
      lines.push(`${cache} is left: it is only what deno compiled`);
    }
  }
  return tell(context, { ...found, state: "absent", text: "" }, [
    ...lines,
    ...prepared(context),
  ]);
}

/** Shows the file. */
export function show(context: Context, { root = "" }: HookOptions): ExitCode {
  const found = ourHook(root);
  const words: Record<FileState, string> = {
    installed: "installed",
    absent: "not installed",
    changed: "installed, and edited since",
    foreign: "somebody else's file",
  };
  return tell(context, found, [
    `${found.file}: ${words[found.state]}`,
    ...(found.text === "" ? [] : ["", ...found.text.trimEnd().split("\n")]),
  ]);
}

/** Functions that nobody will give back by himself now. */
function prepared({ globals }: Context): string[] {
  const state = stateOf(globals);
  const vfs = state ? new VfioRecords(state).list() : [];
  if (vfs.length === 0) return [];
  return [
    `${
      count(vfs.length, "function")
    } prepared before, on record still: fwctl vfio release ${vfs.join(" ")}`,
  ];
}

function tell(
  { output }: Context,
  found: PlacedFile,
  lines: readonly string[],
): ExitCode {
  output.result(
    "vfio-hook",
    () => ({ file: found.file, state: found.state, text: found.text }),
    (style) => `${lines.map((line) => style(line)).join("\n")}\n`,
  );
  return EXIT.done;
}
