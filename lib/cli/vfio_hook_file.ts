/**
 * The file that libvirt runs: where it is, and how it stands.
 *
 * Since 6.5.0 libvirt runs every file of `qemu.d/` beside the main script, and
 * ours is one of its own there. The main script belongs to whoever wrote it: a
 * block of ours in it would run under its shell's options and could be cut by
 * its exit. For older versions the whole main script can be ours, where there
 * is none.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import { sha256 } from "../plan/digest.ts";
import { fileExists, readText } from "./files.ts";
import { MARK } from "./vfio_script.ts";

/** libvirt's folder of hooks. */
export const HOOKS = "/etc/libvirt/hooks";
/** Where our file goes. */
export const OWN: string = `${HOOKS}/qemu.d/50-fwctl-vfio`;
/** Where it goes for libvirt before 6.5.0. */
export const MAIN: string = `${HOOKS}/qemu`;

/** How the file stands. */
export type HookState =
  /** As it was written. */
  | "installed"
  | "absent"
  /** Ours, and edited since. */
  | "changed"
  /** Somebody else's. */
  | "foreign";

/** A place and what is there. */
export interface HookFile {
  /** Its path. */
  readonly file: string;
  /** How it stands. */
  readonly state: HookState;
  /** What is in it; "" when it is absent. */
  readonly text: string;
}

/** What is at a place below a folder that stands for `/`. @throws {UsageError} when it cannot be read */
export function hookAt(root: string, place: string): HookFile {
  const file = `${base(root)}${place}`;
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

/** Our file, at whichever place it is; where it would go when it is at none. */
export function ourHook(root: string): HookFile {
  const main = hookAt(root, MAIN);
  return isOurs(main) ? main : hookAt(root, OWN);
}

/** Whether we wrote it. */
export function isOurs({ state }: HookFile): boolean {
  return state === "installed" || state === "changed";
}

/** @throws {UsageError} for a file that is not ours, or not as we wrote it */
export function refuse(
  { file, state }: HookFile,
  force: boolean,
  verb: string,
): void {
  if (state === "foreign") {
    throw new UsageError(`${file} is not ours; it is not ${verb}`, {
      hint: file.endsWith(MAIN)
        ? `Install without --main, and let it call ${OWN} "$@" with its standard input, unless libvirt is 6.5.0 or later and does so itself`
        : "Whoever wrote it must move it away",
    });
  }
  if (state !== "changed" || force) return;
  throw new UsageError(`${file} was edited since; it is not ${verb}`, {
    hint: "Look at it with `fwctl vfio hook show`; --force goes on",
  });
}

/** The folder that stands for `/`, without a slash at its end. */
export function base(root: string): string {
  return root === "" ? "" : absolute(root).replace(/\/+$/, "");
}

/** libvirt runs the hook in the folder `/`. */
export function absolute(path: string): string {
  return path.startsWith("/") ? path : `${Deno.cwd()}/${path}`;
}
