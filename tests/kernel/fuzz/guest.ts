// deno-lint-ignore-file no-console -- a program: its output is its purpose
/**
 * Runs in the machine: one kind of device, the kernel against the model in this
 * process.
 *
 *     deno run -A tests/kernel/fuzz/guest.ts TYPE SEED STEPS [FIRST]
 *
 * What came of it is in /out: fuzz-TYPE.json.
 *
 * @module
 */
import { newer } from "../cache.ts";
import { FUZZ_DIFFERENCES } from "../differences.ts";
import { type Campaign, run } from "./campaign.ts";
import { TYPES } from "./case.ts";
import { RealSide } from "./real_side.ts";
import { recordedSeeds } from "./seeds.ts";
import { ModelSide } from "./side.ts";

const [name, seed = "1", steps = "1000", first = "0"] = Deno.args;
const type = TYPES.find((each) => each === name);
if (!type) throw new TypeError(`"${name}" is none of ${TYPES.join(", ")}`);
const began = performance.now();
const campaign: Campaign = {
  type,
  seed: Number(seed),
  steps: Number(steps),
  first: Number(first),
  seeds: await recordedSeeds(type),
  explained: FUZZ_DIFFERENCES,
  progress: (done) =>
    console.log(
      `${type}: ${done} steps, ${
        Math.round((performance.now() - began) / 1000)
      } s`,
    ),
};
const model = new ModelSide({
  features: type === "cxl",
  nocap: false,
  nobody: false,
  kernel: newer(Deno.osRelease(), "7.3") >= 0 ? "7.3" : "7.2",
});
const tally = run(campaign, new RealSide(), model);
await Deno.writeTextFile(`/out/fuzz-${type}.json`, JSON.stringify(tally));
