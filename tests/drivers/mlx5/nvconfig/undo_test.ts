/** Taking back a write of an item: what was stored is stored again, what was not is forgotten. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { askForReset } from "../../../../drivers/mlx5/nvconfig/mfrl.ts";
import { resetAll } from "../../../../drivers/mlx5/nvconfig/registers.ts";
import { PlanError } from "../../../../lib/errors.ts";
import type { PlainObject } from "../../../../lib/plain.ts";
import { undoRequest } from "../../../../lib/plan/step.ts";
import type { Plan, PlannedWrite } from "../../../../lib/plan/types.ts";
import { planText } from "../../../../lib/view/plan.ts";
import { plainStyle } from "../../../../lib/view/style.ts";
import { type Bench, bench, set } from "./bench.ts";

/** The item's second access by MNVDA after planning fails: its write. */
const REFUSES_LINK_TYPE = {
  faults: [{ request: "ACCESS_REG", register: 0x9024, nth: 13, status: 6 }],
};

function writeOf(plan: Plan, index = 0): PlannedWrite {
  const step = plan.steps[index];
  assert(step?.type === "write");
  return step;
}

function registerOf(plan: Plan): number {
  const request = undoRequest(writeOf(plan));
  return (request[10] ?? 0) << 8 | (request[11] ?? 0);
}

function storedTypes(card: Bench): unknown[] {
  const { items } = card.query("nvconfig_backup") as { items: PlainObject[] };
  return items.map(({ type }) => type);
}

async function on(
  firmware: PlainObject,
  run: (card: Bench) => void,
): Promise<void> {
  const card = await bench(firmware);
  try {
    run(card);
  } finally {
    card.close();
  }
}

Deno.test("an item at its default that is not stored is taken back by MNVDI, and the plan says so", async () => {
  await on({}, (card) => {
    const plan = card.plan(set({ NUM_OF_VFS: 4 }));
    assertEquals(registerOf(plan), 0x9025);
    assert(
      planText(plan, plainStyle).includes(
        "undo: MNVDI, the device forgets the item again",
      ),
    );
    // The write itself is the one of every other item.
    assertEquals(card.apply(plan).outcome, "applied");
    assertEquals(storedTypes(card), ["00000080"]);
  });
});

Deno.test("an item that is stored is written back, also when it is stored at its default", async () => {
  await on({ nvconfig: { NUM_OF_VFS: 5 } }, (card) => {
    assertEquals(registerOf(card.plan(set({ NUM_OF_VFS: 4 }))), 0x9024);
    card.apply(card.plan(set({ NUM_OF_VFS: 16 })));
    const plan = card.plan(set({ NUM_OF_VFS: 4 }));
    assertEquals(registerOf(plan), 0x9024);
    assertEquals(writeOf(plan).undo, undefined);
  });
});

Deno.test("whole items are taken back the same way", async () => {
  const wish = {
    kind: "mlx5.nvconfig_items",
    body: { device: "fwctl0", items: [{ type: "01010012", data: "00000004" }] },
  };
  await on({}, (card) => {
    assertEquals(registerOf(card.plan(wish)), 0x9025);
  });
  await on({ nvconfig: { LINK_TYPE_P1: "ETH" } }, (card) => {
    assertEquals(registerOf(card.plan(wish)), 0x9024);
  });
});

Deno.test("a device that does not list what it stores is written back to", async () => {
  await on({
    faults: [{ request: "ACCESS_REG", register: 0x9035, status: 4 }],
  }, (card) => {
    assertEquals(registerOf(card.plan(set({ NUM_OF_VFS: 4 }))), 0x9024);
  });
});

Deno.test("what is stored is listed only where it decides: not for what is as declared", async () => {
  await on({ nvconfig: { NUM_OF_VFS: 5 } }, (card) => {
    card.plan(set({ NUM_OF_VFS: 5, LINK_TYPE_P1: "ETH" }));
    card.plan(set({ NUM_OF_VFS: 6 }));
    assert(!card.sent.includes(0x9035));
  });
});

Deno.test("after a failure in the middle nothing is stored that was not", async () => {
  await on(REFUSES_LINK_TYPE, (card) => {
    const plan = card.plan(set({ NUM_OF_VFS: 4, LINK_TYPE_P1: "IB" }));
    const { outcome } = card.apply(plan);
    assertEquals([outcome, storedTypes(card)], ["undone", []]);
  });
});

Deno.test("a forged undo that does more than the write is refused", async () => {
  await on({}, (card) => {
    const plan = card.plan(set({ NUM_OF_VFS: 4 }));
    const step = writeOf(plan);
    for (const undo of [askForReset(3, 0), resetAll()]) {
      const forged = {
        ...plan,
        steps: [{
          ...step,
          payload: { write: step.payload?.write ?? undo, undo },
        }],
      };
      const error = assertThrows(() => card.apply(forged), PlanError);
      assertEquals(error.details().reason, "mislabelled");
    }
    assertEquals(storedTypes(card), []);
  });
});
