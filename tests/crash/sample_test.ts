/** Kill points, a sample of them; `deno task crash` has all. */
import { assert } from "@std/assert";
import { cxlVendor } from "../../lib/model/scenarios/mixed.ts";
import { scenes } from "./scenes.ts";
import { everyPoint } from "./sweep.ts";
import { Scene } from "./trial.ts";

Deno.test("killed with SIGKILL, applies and recoveries are recovered whole: a sample of the points, deno task crash has all", async () => {
  const folder = Deno.makeTempDirSync({ prefix: "fwctl-crash-" });
  let points = 0;
  try {
    const chosen = scenes(cxlVendor()).filter(({ name }) =>
      /three functions|action/.test(name)
    );
    await Promise.all(chosen.map(async (spec, index) => {
      const scene = await Scene.prepare(spec, `${folder}/${index}`);
      const extent = { step: 43, from: 4 + 5 * index, deep: 1, deepStep: 53 };
      const tally = await everyPoint(scene, extent);
      points += tally.applies + tally.recoveriesKilled;
    }));
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
  // deno-lint-ignore no-console -- the figure is the claim
  console.log(`    ${points} processes killed, each recovered`);
  // Two of each scene at least; how many operations a recovery makes depends on where it began.
  assert(points >= 4);
});
