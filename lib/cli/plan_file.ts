/**
 * Plan files on the command line: telling them from recipes, reading them with
 * their signature, writing them.
 *
 * @module
 */
import type { Driver } from "../../drivers/driver.ts";
import { type Definition, remadeDefinitions } from "../device/definition.ts";
import { UsageError } from "../errors.ts";
import { planDocument } from "../plan/file.ts";
import { type PlanFile, readPlanFile } from "../plan/file_read.ts";
import type { Plan } from "../plan/types.ts";
import type { Context } from "./context.ts";
import { fileExists, readBytes, writeAtomically } from "./files.ts";
import { requireSignedPlan, type SignedOptions } from "./trust.ts";

/**
 * Whether an argument is a plan file rather than a recipe: a file whose name
 * ends in `.json`, or whose text begins as a JSON object does and no module.
 */
export function isPlanFile(what: string): boolean {
  if (/^[a-z][a-z0-9+.-]+:/i.test(what)) return false;
  if (what.endsWith(".json")) return true;
  try {
    using file = Deno.openSync(what);
    if (!file.statSync().isFile) return false;
    const head = new Uint8Array(256);
    const length = file.readSync(head) ?? 0;
    const text = new TextDecoder().decode(head.subarray(0, length));
    return /^\s*\{\s*"/.test(text);
  } catch {
    // Whoever reads it as a recipe says what is wrong with it.
    return false;
  }
}

/** Reads a plan file, and its signature where one is asked for. @throws `PlanError` */
export async function readPlan(
  context: Context,
  path: string,
  options: SignedOptions,
): Promise<PlanFile> {
  const bytes = readBytes(path, "the plan file");
  await requireSignedPlan(context, path, bytes, options);
  // Bytes that are no UTF-8 become U+FFFD, which the digest does not have.
  return readPlanFile(new TextDecoder().decode(bytes), path);
}

/** Refuses to replace a file unless told to, before anything is read. @throws {UsageError} */
export function refuseExisting(
  path: string,
  force: boolean,
  what = "the plan file",
): void {
  if (force || !fileExists(path, what)) return;
  throw new UsageError(`${path} is there already`, {
    hint: "Name another file, or add --force to replace it",
  });
}

/** The same for a page, which is no other file of the command. @throws {UsageError} */
export function refusePage(
  page: string,
  other: string | undefined,
  force: boolean,
): void {
  if (page === other) {
    throw new UsageError(`${page} is to be two files`, {
      hint: "Give --html another name",
    });
  }
  refuseExisting(page, force, "the page");
}

/** Writes a plan file for its owner alone; says its digest. @throws {UsageError} */
export function writePlan(path: string, plan: Plan): string {
  const document = planDocument(plan);
  writeAtomically(path, `${JSON.stringify(document)}\n`, "the plan file");
  return String(document.digest);
}

/** The definition files that a plan was made with. @throws {UsageError} when one is wrong */
export function definitionsOf(
  { globals }: Context,
  plan: Plan,
  drivers: readonly Driver[],
): Definition[] {
  if (globals.definitions !== undefined) {
    throw new UsageError("--definitions does not go with a plan", {
      hint: "The plan has those it was made with",
    });
  }
  return remadeDefinitions(plan.definitions, drivers);
}
