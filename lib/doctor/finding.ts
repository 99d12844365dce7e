/**
 * Findings: what a check makes of the facts.
 *
 * @module
 */
import type { Remark, Severity, Sight } from "../../drivers/driver.ts";
import type { DoctorFacts, ModuleFact, TextFact } from "./facts.ts";

/** How bad, or that a check could not be made: `means` says why. */
export type FindingSeverity = Severity | "unmade";

/** What a check found. */
export interface Finding extends Omit<Remark, "severity"> {
  /** How bad it is. */
  readonly severity: FindingSeverity;
  /** What it is about: `fwctl0`, `0000:3b:00.0`, `mlx5_fwctl`; "" for the machine. */
  readonly subject: string;
}

/** A check: from the facts alone, nothing else is looked at. */
export type Check = (facts: DoctorFacts) => readonly Finding[];

/** What a finding may say beside its severity and meaning. */
export interface More {
  readonly subject?: string;
  readonly seen?: readonly Sight[];
  readonly todo?: string;
  readonly command?: string;
}

/** Makes the findings of one check. */
export function findings(
  check: string,
): (severity: FindingSeverity, means: string, more?: More) => Finding {
  return (
    severity,
    means,
    { subject = "", seen = [], todo = "", command } = {},
  ) => ({
    severity,
    check,
    subject,
    seen,
    means,
    todo,
    ...(command === undefined ? {} : { command }),
  });
}

/** A file as it was found, cut where it is long. */
export function sight({ path, text, error }: TextFact): Sight {
  if (text === undefined) return { path, value: `cannot be read: ${error}` };
  const [first = ""] = text.split("\n");
  const more = text.length > first.length || first.length > 100;
  return { path, value: `${first.slice(0, 100)}${more ? " …" : ""}` };
}

/** Release numbers of a kernel's name; undefined for what is none. */
export function releaseOf(text: string | undefined): number[] | undefined {
  const [, major, minor] = /^(\d{1,4})\.(\d{1,4})(?!\d)/.exec(text ?? "") ?? [];
  return major === undefined ? undefined : [Number(major), Number(minor)];
}

/** Whether a release is before another; false when it cannot be told. */
export function isBefore(text: string | undefined, since: string): boolean {
  const [own, first] = [releaseOf(text), releaseOf(since)];
  if (!own || !first) return false;
  const [major = 0, minor = 0] = own;
  const [wantMajor = 0, wantMinor = 0] = first;
  return major < wantMajor || (major === wantMajor && minor < wantMinor);
}

/** A module by its name. */
export function moduleOf(
  { modules }: DoctorFacts,
  name: string,
): ModuleFact | undefined {
  return modules.modules.find((module) => module.name === name);
}

/** Whether a module is in the kernel; null when nothing tells. */
export function isIn(module: ModuleFact | undefined): boolean | null {
  if (!module) return null;
  if (module.loaded === true || module.builtin === true) return true;
  return module.loaded === null ? null : false;
}

/** The first release with fwctl. */
export const FIRST_RELEASE = "6.15";

/** Whether this kernel is from before fwctl, and nobody put it there all the same. */
export function tooOld(facts: DoctorFacts): boolean {
  return isBefore(facts.release.text, FIRST_RELEASE) &&
    facts.classFolder.text === undefined &&
    isIn(moduleOf(facts, "fwctl")) !== true;
}

/** Whether a driver has something to drive here, or drives it already. */
export function isNeeded(facts: DoctorFacts, driver: string): boolean {
  return facts.functions.some((each) => each.driver === driver) ||
    facts.auxiliary.some((each) => each.driver === driver) ||
    facts.devices.some(({ entry }) => entry.driver === driver);
}

/** Whether a driver's module is what is missing: then nothing below it is a cause. */
export function moduleMissing(facts: DoctorFacts, driver: string): boolean {
  const known = facts.drivers.find(({ name }) => name === driver);
  return known !== undefined &&
    (isIn(moduleOf(facts, known.module)) === false || tooOld(facts));
}
