/** The fuzzer against a model with a bug in it. */
import { assert, assertEquals } from "@std/assert";
import { type Campaign, caseOf, run, type Tally } from "./campaign.ts";
import { TYPES } from "./case.ts";
import { labOf } from "./chunk.ts";
import { Seeds } from "./mutate.ts";
import { PLANTED_TYPES } from "./planted.ts";
import { ModelSide } from "./side.ts";

const SEED = 7;

function campaign(type: Campaign["type"], steps: number): Campaign {
  const seeds = new Seeds([]);
  return { type, seed: SEED, steps, first: 0, seeds, explained: [] };
}

function withBug(explained: Campaign["explained"] = []): Tally {
  return run(
    { ...campaign("mlx5", 6000), explained },
    new ModelSide(labOf("mlx5", "7.3")),
    new ModelSide(labOf("mlx5", "7.3"), PLANTED_TYPES),
  );
}

Deno.test("a bug that takes two descriptors is found, and told with the three steps it takes", () => {
  const { found } = withBug();
  assert(found.length > 0, "it is not found");
  const [{ story, fuzzCase, difference }] = found as [typeof found[0]];
  assertEquals(fuzzCase.steps.map(({ op }) => op), ["open", "open", "rpc"]);
  assertEquals(fuzzCase.steps.map(({ flags }) => flags), [2, 2, undefined]);
  const request = fuzzCase.steps[2];
  assertEquals([request?.inPtr, request?.outPtr, request?.size], [
    "in",
    "out",
    32,
  ]);
  assertEquals(String(request?.in).replace(/(00)+$/, "").slice(0, 4), "010a");
  assertEquals([difference.index, difference.model], [2, -16]);
  assert(story.includes("QUERY_ISSI"), story);
  assert(story.includes("kernel 0, model EBUSY"), story);
});

Deno.test("a difference that is listed as meant is counted, not found", () => {
  const why = "the bug is planted";
  const applies = () => true;
  const { found, explained } = withBug([{ type: "mlx5", why, applies }]);
  assertEquals(found, []);
  assert((explained[why] ?? 0) > 0);
});

for (const type of TYPES) {
  Deno.test(`two models of ${type} never differ, whatever the calls`, () => {
    const lab = labOf(type, "7.3");
    const tally = run(
      campaign(type, 2000),
      new ModelSide(lab),
      new ModelSide(lab),
    );
    assertEquals(tally.found, []);
    assert(tally.steps >= 2000);
    // A generator that only makes nonsense would prove nothing.
    assert((tally.answers["0"] ?? 0) > tally.steps / 8, "hardly any succeeds");
    assert(tally.requests >= 3, "hardly any request goes through");
  });
}

Deno.test("a seed and a number bring a case back", () => {
  const again = caseOf(campaign("pds", 1), 41);
  assertEquals(caseOf(campaign("pds", 1), 41), again);
  const other = caseOf({ ...campaign("pds", 1), seed: SEED + 1 }, 41);
  assert(JSON.stringify(other) !== JSON.stringify(again));
});
