/** Applies at once on one device; `deno task soak` does it for longer, with more. */
import { assert } from "@std/assert";
import { soak } from "./soak.ts";

Deno.test("three processes that apply to one device at once lose no update: some seconds of it, deno task soak does more", async () => {
  let applied = 0;
  let handedOver = 0;
  // On a busy machine 2 s may not be enough for two to meet.
  for (let run = 0; run < 8 && handedOver === 0; run++) {
    const tally = await soak(3, 2);
    applied += tally.applied;
    handedOver += tally.handedOver;
  }
  assert(applied > 0);
  assert(handedOver > 0);
});
