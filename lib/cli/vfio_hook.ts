/**
 * `fwctl vfio hook install | remove | show`: the file that libvirt runs.
 *
 * It is a file of its own in `qemu.d/`, which libvirt runs beside the main
 * script since 6.5.0. The main script belongs to whoever wrote it: a block of
 * ours in it would run under its shell's options and could be cut by its exit.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import { sha256 } from "../plan/digest.ts";
import type { Context } from "./context.ts";
import { EXIT, type ExitCode } from "./exit.ts";
import { fileExists, readText, writeAtomically } from "./files.ts";
import { hookScript, MARK } from "./vfio_script.ts";
import { readProfiles } from "./vfio_wanted.ts";

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
}

const FOLDER = "/etc/libvirt/hooks";
const FILE = `${FOLDER}/qemu.d/50-fwctl-vfio`;

/** How the file stands. */
type HookState =
  /** As it was written. */
  | "installed"
  | "absent"
  /** Ours, and edited since. */
  | "changed"
  /** Somebody else's. */
  | "foreign";

interface Found {
  readonly file: string;
  readonly state: HookState;
  readonly text: string;
}

/** Writes the file. */
export function install(
  context: Context,
  options: InstallOptions,
): ExitCode {
  const { root = "", force = false } = options;
  const found = look(root);
  refuse(found, force, "replaced");
  // A hook with a profile that cannot be read would keep every VM down.
  const profile = absolute(options.profile);
  readProfiles(profile);
  const { stateDir, policy, model, modelState } = context.globals;
  const text = hookScript({
    profile,
    stateDir: stateDir && absolute(stateDir),
    policy: policy && absolute(policy),
    // A scenario's name is no path.
    model: model && (/[/.]/.test(model) ? absolute(model) : model),
    modelState: modelState && absolute(modelState),
  });
  const folder = `${base(root)}${FOLDER}/qemu.d`;
  const fresh = !fileExists(`${base(root)}${FOLDER}`, "the hooks' folder");
  try {
    Deno.mkdirSync(folder, { recursive: true, mode: 0o755 });
  } catch (cause) {
    throw new UsageError(`${folder} cannot be made`, {
      cause,
      hint: "Run as root, with --allow-write for it",
    });
  }
  writeAtomically(found.file, text, "the hook", 0o755);
  return tell(context, { ...found, state: "installed", text }, [
    `Installed ${found.file}`,
    fresh
      ? "Restart libvirtd or virtqemud once: it looks for hooks when it starts"
      : "It takes effect with the next VM that starts; libvirt 6.5.0 or later runs it",
  ]);
}

/** Removes the file. */
export function remove(context: Context, options: HookOptions): ExitCode {
  const { root = "", force = false } = options;
  const found = look(root);
  refuse(found, force, "removed");
  if (found.state !== "absent") Deno.removeSync(found.file);
  return tell(context, { ...found, state: "absent", text: "" }, [
    found.state === "absent"
      ? `There is no ${found.file}`
      : `Removed ${found.file}`,
  ]);
}

/** Shows the file. */
export function show(context: Context, { root = "" }: HookOptions): ExitCode {
  const found = look(root);
  const words: Record<HookState, string> = {
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

function tell(
  { output }: Context,
  found: Found,
  lines: readonly string[],
): ExitCode {
  output.result(
    "vfio-hook",
    () => ({ ...found }),
    (style) => `${lines.map((line) => style(line)).join("\n")}\n`,
  );
  return EXIT.done;
}

/** @throws {UsageError} for a file that is not ours, or not as we wrote it */
function refuse({ file, state }: Found, force: boolean, verb: string): void {
  if (state === "foreign") {
    throw new UsageError(`${file} is not ours; it is not ${verb}`, {
      hint: "Whoever wrote it must move it away",
    });
  }
  if (state !== "changed" || force) return;
  throw new UsageError(`${file} was edited since; it is not ${verb}`, {
    hint: "Look at it with `fwctl vfio hook show`; --force goes on",
  });
}

function look(root: string): Found {
  const file = `${base(root)}${FILE}`;
  if (!fileExists(file, "the hook")) return { file, state: "absent", text: "" };
  const text = readText(file, "the hook");
  const [shebang = "", mark = "", ...rest] = text.split("\n");
  const digest = mark.startsWith(MARK) ? mark.slice(MARK.length) : undefined;
  if (digest === undefined) return { file, state: "foreign", text };
  const body = new TextEncoder().encode([shebang, ...rest].join("\n"));
  return {
    file,
    state: sha256(body) === digest ? "installed" : "changed",
    text,
  };
}

function base(root: string): string {
  return root === "" ? "" : absolute(root).replace(/\/+$/, "");
}

/** libvirt runs the hook in the folder /. */
function absolute(path: string): string {
  return path.startsWith("/") ? path : `${Deno.cwd()}/${path}`;
}
