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
import { UsageError } from "../../errors.ts";
import { isOurs } from "../../install/mark.ts";
import { fileAt, type PlacedFile } from "../placed.ts";
import { HOOK_TAG } from "./script.ts";

/** libvirt's folder of hooks. */
export const HOOKS = "/etc/libvirt/hooks";
/** Where our file goes. */
export const OWN: string = `${HOOKS}/qemu.d/50-fwctl-vfio`;
/** Where it goes for libvirt before 6.5.0. */
export const MAIN: string = `${HOOKS}/qemu`;

/** What is at a place below a folder that stands for `/`. @throws {UsageError} when it cannot be read */
export function hookAt(root: string, place: string): PlacedFile {
  return fileAt(root, place, HOOK_TAG, "the hook");
}

/** Our file, at whichever place it is; where it would go when it is at none. */
export function ourHook(root: string): PlacedFile {
  const main = hookAt(root, MAIN);
  return isOurs(main.state) ? main : hookAt(root, OWN);
}

/** @throws {UsageError} for a file that is not ours, or not as we wrote it */
export function refuse(
  { file, state }: PlacedFile,
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
