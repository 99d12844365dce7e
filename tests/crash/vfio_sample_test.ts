/** Kill points of `fwctl vfio`, a sample of them; `deno task crash vfio` has all. */
import { assert } from "@std/assert";
import { everyPoint } from "./sweep.ts";
import { VFIO_SCENES, VfioTrial } from "./vfio_trial.ts";

Deno.test("killed with SIGKILL, vfio prepare and release leave what the next command makes whole: a sample, deno task crash vfio has all", async () => {
  const folder = Deno.makeTempDirSync({ prefix: "fwctl-crash-" });
  let killed = 0;
  let recovered = 0;
  try {
    const chosen = VFIO_SCENES.filter(({ name }) => name.includes("of one"));
    for (const [index, spec] of chosen.entries()) {
      const trial = await VfioTrial.prepare(spec, `${folder}/${index}`);
      const extent = { step: 19, from: 9 + 8 * index, deep: 0, deepStep: 1 };
      const tally = await everyPoint(trial, extent);
      killed += tally.applies;
      recovered += tally.recovered;
    }
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
  // deno-lint-ignore no-console -- the figure is the claim
  console.log(`    ${killed} processes killed, each recovered in 4 ways`);
  assert(killed >= 4 && recovered === 4 * killed);
});
