/**
 * How fast a capability image becomes values.
 *
 * @module
 */
import { decode } from "../../lib/bits/decode.ts";
import { layout } from "../../drivers/mlx5/tables/ifc.ts";
import { type Benchmark, type Figure, median } from "./benchmark.ts";

const CALLS = 500;

function measure(): Figure {
  const caps = layout("cmd_hca_cap");
  const image = Uint8Array.from({ length: 256 }, (_, i) => (i * 73) & 0xff);
  // An object with the same keys that JSON made is what a plan file leaves
  // behind, and it once made decoding four times slower.
  const names = caps.fields.map((field) => [field.name, 0]);
  JSON.parse(JSON.stringify(Object.fromEntries(names)));
  let fields = 0;
  const timings: number[] = [];
  for (let round = 0; round < 60; round++) {
    const start = performance.now();
    for (let i = 0; i < CALLS; i++) {
      const values = decode(caps, image);
      if (values.vhca_id !== undefined) fields++;
    }
    // The first rounds warm up.
    if (round >= 20) timings.push(performance.now() - start);
  }
  if (fields !== 60 * CALLS) throw new Error("decode() lost a field");
  const micro = (median(timings) / CALLS) * 1000;
  return {
    value: micro,
    unit: "µs",
    detail: `${caps.fields.length} fields, reserved ones included; best ${
      (Math.min(...timings) / CALLS * 1000).toFixed(1)
    } µs`,
  };
}

/** Claims of lib/bits. */
export const benchmarks: readonly Benchmark[] = [
  {
    name: "decode() of all fields of cmd_hca_cap",
    limit: 20,
    run: () => Promise.resolve(measure()),
  },
];
