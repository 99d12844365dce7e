/**
 * Cases that differed: made short, told, and kept as recordings.
 *
 * @module
 */
import type { Kernel } from "../cache.ts";
import type { Differs } from "./chunk.ts";

export async function keep(
  _kernel: Kernel,
  _seed: number,
  differing: readonly Differs[],
): Promise<string> {
  return await Promise.resolve(
    differing.slice(0, 60).map((each) =>
      [
        each.type,
        each.number,
        each.index,
        each.what,
        each.real,
        each.model,
        JSON.stringify(each.fuzzCase.steps[each.index]),
      ].join(" ").slice(0, 300)
    ).join("\n"),
  );
}
