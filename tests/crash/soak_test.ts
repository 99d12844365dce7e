/** Applies at once on one device; `deno task soak` does it for longer, with more. */
import { assert } from "@std/assert";
import { soak } from "./soak.ts";

Deno.test("four processes that apply to one device at once lose no update: 4 s of it, deno task soak does more", async () => {
  const { applied, handedOver } = await soak(4, 4);
  assert(applied > 0);
  assert(handedOver > 0);
});
