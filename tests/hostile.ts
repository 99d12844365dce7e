/**
 * Hostile devices for fuzz tests: noise that is the same in every run, a device
 * that answers it, and the rule that a decoder answers or throws a typed error.
 *
 * @module
 */
import { assert } from "@std/assert";
import type { Bytes } from "../lib/bytes.ts";
import type { Device } from "../lib/device/device.ts";
import { isFwctlError } from "../lib/errors.ts";

/** Hostile answers that every decoder must stand: those of `deno task fuzz`, or fewer in a run of all tests. */
export const RUNS = Number(Deno.env.get("FWCTL_FUZZ_RUNS") ?? 10_000);

/** That number in the name of a test. */
export const MANY = RUNS.toLocaleString("en-US");

/** xorshift32: fast, and the same sequence every run. */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

/** Random bytes. */
export function noiseOf(next: () => number, length: number): Bytes {
  const noise = new Uint8Array(length);
  for (let i = 0; i < length; i++) noise[i] = next();
  return noise;
}

/** A device `fwctl0` of a type whose answers are `rpc`'s. */
export function deviceOf(deviceType: number, rpc: Device["rpc"]): Device {
  return {
    name: "fwctl0",
    info: () => ({ deviceType, deviceData: new Uint8Array(8) }),
    rpc,
    close: () => {},
    [Symbol.dispose]: () => {},
  };
}

/** Runs a decoder on hostile answers: some are good, some are refused, none surprises. */
export function standsHostility(decode: (run: number) => unknown): void {
  let answered = 0;
  for (let run = 0; run < RUNS; run++) {
    try {
      decode(run);
      answered++;
    } catch (error) {
      assert(isFwctlError(error), `run ${run}: ${error}`);
    }
  }
  assert(answered > 0 && answered < RUNS, `${answered} of ${RUNS} answered`);
}
