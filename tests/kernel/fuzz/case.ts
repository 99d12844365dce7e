/**
 * A case of the fuzzer: the steps of a recording, without what came of them.
 *
 * @module
 */

/** A step's fields, as the recordings name them. */
export type Fields = Readonly<Record<string, string | number>>;

/** Steps on one device, from a fresh set of descriptors. */
export interface FuzzCase {
  /** `mlx5`, `pds`, `bnxt` or `cxl`. */
  readonly type: string;
  /** Says by its beginning which device of the kind it is about, as in a recording. */
  readonly id: string;
  /** Whether root lacks CAP_SYS_RAWIO. */
  readonly nocap: boolean;
  /** In order. */
  readonly steps: readonly Fields[];
}

/** Kinds of devices in the order of their numbers. */
export const TYPES = ["mlx5", "pds", "bnxt", "cxl"] as const;

/** One of {@linkcode TYPES}. */
export type Type = typeof TYPES[number];

/** Fields that say what came of a step. */
export const RESULTS: ReadonlySet<string> = new Set([
  ...["ret", "errno", "struct", "out", "outRest", "out2", "out2Rest", "error"],
]);

/** A number of a request: `0x`, and digits for `width` bits. */
export function hexNumber(value: number, width: number): string {
  return `0x${value.toString(16).padStart(width / 4, "0")}`;
}

/**
 * What is to be written after a case: the files as they were, and the driver is
 * bound, anew where that gives its device the number back that it had.
 *
 * @param before name of its device before the case
 * @param now name of its device now, or nothing while it has no driver
 */
export function restored(
  steps: readonly Fields[],
  before: string | undefined,
  now: string | undefined,
): (readonly [path: string, text: string])[] {
  const back = new Map<string, string>();
  for (const { op, path, text } of steps) {
    if (op !== "write" || typeof path !== "string") continue;
    const driver = /^(.*\/)(un)?bind$/.exec(path)?.[1];
    if (driver === undefined) back.set(path, "0");
    else if (now !== before) {
      if (now !== undefined) back.set(`${driver}unbind`, String(text));
      back.set(`${driver}bind`, String(text));
    }
  }
  return [...back];
}
