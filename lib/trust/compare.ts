/**
 * Two measurements, field by field.
 *
 * @module
 */
import { isPlainObject, type PlainData } from "../plain.ts";
import { canonicalJson } from "./json.ts";
import type { Measurement } from "./measure.ts";
import { type Parts, refOf } from "./pack.ts";

/** One thing that two measurements do not agree on. */
export interface MeasuredDifference {
  /** Which device. */
  readonly device: string;
  /** What of it: names from the outside in; none when the device itself is missing. */
  readonly path: readonly string[];
  /** In the baseline; undefined when it is not there. */
  readonly baseline: PlainData | undefined;
  /** In the other; undefined when it is not there. */
  readonly now: PlainData | undefined;
}

/** What a comparison found. */
export interface Comparison {
  /** In order of devices and names. None means the two say the same. */
  readonly differences: readonly MeasuredDifference[];
  /** Whether these are all. Nobody reads more than the first hundred thousand. */
  readonly complete: boolean;
}

const MOST_DIFFERENCES = 100_000;
/** Parts inside parts can say in a few lines what takes years to walk through. */
const MOST_STEPS = 20_000_000;
const MOST_DEPTH = 64;

/** Compares; devices are the same by their address. */
export function compareMeasured(
  baseline: Measurement,
  now: Measurement,
): Comparison {
  const walk = new Walk(baseline.parts, now.parts);
  const before = new Map(baseline.devices.map((one) => [one.address, one]));
  const after = new Map(now.devices.map((one) => [one.address, one]));
  const addresses = new Set([...before.keys(), ...after.keys()]);
  for (const device of [...addresses].sort()) {
    const a = before.get(device);
    const b = after.get(device);
    if (a && b) walk.compare({ ...a }, { ...b }, device, []);
    else walk.found(device, [], a?.model, b?.model);
  }
  return { differences: walk.differences, complete: walk.complete };
}

class Walk {
  readonly differences: MeasuredDifference[] = [];
  complete = true;
  #steps = 0;
  readonly #left: Parts;
  readonly #right: Parts;

  constructor(left: Parts, right: Parts) {
    this.#left = left;
    this.#right = right;
  }

  found(
    device: string,
    path: readonly string[],
    baseline: PlainData | undefined,
    now: PlainData | undefined,
  ): void {
    if (this.differences.length < MOST_DIFFERENCES) {
      this.differences.push({ device, path, baseline, now });
    } else this.complete = false;
  }

  compare(
    a: PlainData | undefined,
    b: PlainData | undefined,
    device: string,
    path: readonly string[],
  ): void {
    const [left, right] = [refOf(a), refOf(b)];
    if (left !== undefined && left === right) return;
    if (++this.#steps > MOST_STEPS || path.length > MOST_DEPTH) {
      // Cut short it is only on the way to a difference: equal parts ended it above.
      this.found(device, path, undefined, undefined);
      this.complete = false;
      return;
    }
    const one = left === undefined ? a : this.#left.get(left);
    const two = right === undefined ? b : this.#right.get(right);
    if (isPlainObject(one) && isPlainObject(two)) {
      const names = new Set([...Object.keys(one), ...Object.keys(two)]);
      for (const name of [...names].sort()) {
        if (this.differences.length >= MOST_DIFFERENCES) {
          this.complete = false;
          return;
        }
        this.compare(own(one, name), own(two, name), device, [...path, name]);
      }
      return;
    }
    const same = one === two ||
      one !== undefined && two !== undefined &&
        canonicalJson(one) === canonicalJson(two);
    if (!same) this.found(device, path, one, two);
  }
}

function own(
  object: { readonly [name: string]: PlainData },
  name: string,
): PlainData | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}
