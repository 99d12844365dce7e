import { assert, assertEquals, assertMatch } from "@std/assert";
import fc from "fast-check";
import {
  advancePending,
  pendingData,
  readPending,
  withPendingNotes,
} from "../../lib/plan/pending.ts";
import type { Plan, PlannedResource } from "../../lib/plan/types.ts";
import { changed, plan, step } from "../view/make.ts";

const NOW = "2026-11-20T12:00:00.000Z";

/** A resource whose `mode` is 2 from the next reset on. */
function waits(inForce: number): PlannedResource {
  return {
    ...changed(0),
    changes: [],
    same: [{
      field: "mode",
      before: 2,
      after: 2,
      inForce,
      limit: "",
      bit: 0,
      width: 8,
    }],
  };
}

function inBoot(bootId: string, resource: PlannedResource): Plan {
  return { ...plan([resource], []), bootId };
}

Deno.test("a value that waits is counted once a boot, and reported after the first", () => {
  let record = {};
  const said: number[] = [];
  for (const boot of ["a", "a", "b", "b", "c"]) {
    const next = advancePending(inBoot(boot, waits(1)), "fwctl0", record, NOW);
    record = next.record;
    said.push(next.notes.size);
  }
  assertEquals(said, [0, 0, 1, 1, 1]);
  const { notes } = advancePending(
    inBoot("d", waits(1)),
    "fwctl0",
    record,
    NOW,
  );
  const [note = ""] = notes.get(0) ?? [];
  assertMatch(note, /^mode 2 is still not in force after 3 boots since 2026-/);
});

Deno.test("a value that came into force is forgotten", () => {
  const { record } = advancePending(
    inBoot("a", waits(1)),
    "fwctl0",
    {},
    NOW,
  );
  assertEquals(Object.keys(record).length, 1);
  const after = advancePending(inBoot("b", waits(2)), "fwctl0", record, NOW);
  assertEquals([after.record, after.notes.size], [{}, 0]);
});

Deno.test("what an apply has written waits from then on, whatever was known before", () => {
  const write = { ...step(0), live: "next-reset" as const };
  const made = { ...plan([changed(0)], [write]), bootId: "a" };
  const { record } = advancePending(made, "fwctl0", {}, NOW, true);
  const kept = Object.values(record);
  assertEquals(kept.length, made.resources[0]?.changes.length);
  assert(kept.every(({ boots }) => boots.join() === "a"));
  // The same plan only looked at says that nothing of it waits yet.
  assertEquals(advancePending(made, "fwctl0", record, NOW).record, {});
  // What is live at once never waits.
  const now = { ...plan([changed(0)], [step(0)]), bootId: "a" };
  assertEquals(advancePending(now, "fwctl0", {}, NOW, true).record, {});
});

Deno.test("units a plan does not speak of, and other devices, are left alone", () => {
  const other = {
    "mlx5.hca_cap function 9 x": {
      value: "1",
      since: NOW,
      boots: ["z"],
    },
  };
  const { record } = advancePending(
    inBoot("a", waits(1)),
    "fwctl7",
    other,
    NOW,
  );
  assertEquals(record, other);
});

Deno.test("a plan's notes are added to and nothing else is changed", () => {
  const made = inBoot("a", waits(1));
  assertEquals(withPendingNotes(made, new Map()), made);
  const noted = withPendingNotes(made, new Map([[0, ["late"]]]));
  assertEquals(noted.resources[0]?.notes.at(-1), "late");
  assertEquals(noted.resources[0]?.same, made.resources[0]?.same);
});

Deno.test("any file is a record, and a record comes back from its file", () => {
  fc.assert(fc.property(fc.jsonValue(), (data) => {
    const record = readPending(data as never);
    for (const { boots, since } of Object.values(record)) {
      assert(boots.length <= 64 && since.length < 40);
    }
  }));
  const { record } = advancePending(inBoot("a", waits(1)), "fwctl0", {}, NOW);
  assertEquals(
    readPending(JSON.parse(JSON.stringify(pendingData(record)))),
    record,
  );
});
