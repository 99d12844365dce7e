/**
 * Plain data: what crosses a trust boundary (recipe, scenario, plan file).
 *
 * @module
 */

/** Data without behaviour, exactly what JSON can hold. */
export type PlainData =
  | null
  | boolean
  | number
  | string
  | readonly PlainData[]
  | PlainObject;

/** A plain object: string keys, plain values. */
export interface PlainObject {
  /** A member. */
  readonly [key: string]: PlainData;
}

/** Whether `value` is an object of plain data rather than a list or a scalar. */
export function isPlainObject(
  value: PlainData | undefined,
): value is PlainObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
