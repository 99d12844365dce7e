/** `mlx5.nvconfig` and `mlx5.nvconfig_items` on the modelled card, through the whole engine. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { builtinKnowledge } from "../../../../drivers/mlx5/nvconfig/builtin.ts";
import { nvconfig } from "../../../../drivers/mlx5/resources/nvconfig.ts";
import {
  isFwctlError,
  PlanError,
  RecipeError,
} from "../../../../lib/errors.ts";
import type { PlainObject } from "../../../../lib/plain.ts";
import { isPending } from "../../../../lib/plan/step.ts";
import type { Plan } from "../../../../lib/plan/types.ts";
import { act, type Bench, bench, set } from "./bench.ts";

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

function refusals(run: () => unknown): string {
  const error = assertThrows(run, PlanError);
  return [error.message, ...error.findings].join("\n");
}

function fields(plan: Plan): string[] {
  return plan.resources.flatMap(({ changes }) =>
    changes.map(({ field, before, after }) => `${field} ${before} → ${after}`)
  );
}

Deno.test("set, pending, reset, in force: once around, and nothing is written twice", async () => {
  await on({}, (card) => {
    const wish = set({
      NUM_OF_VFS: 8,
      LINK_TYPE_P1: "IB",
      VF_MIGRATION_MODE: "MIGRATION_ENABLED",
    });
    const first = card.plan(wish);
    assertEquals(fields(first), [
      "NUM_OF_VFS 16 → 8",
      "LINK_TYPE_P1 ETH → IB",
      "VF_MIGRATION_MODE DEVICE_DEFAULT → MIGRATION_ENABLED",
    ]);
    for (const step of first.steps) {
      assert(step.type === "write");
      assertEquals(
        [step.live, step.reset, step.label.scope, step.label.effect],
        [
          "next-reset",
          "firmware reset or reboot",
          "configuration",
          "next-reset",
        ],
      );
    }
    assertEquals(card.apply(first).outcome, "applied");

    const second = card.plan(wish);
    assertEquals(second.steps, []);
    const waiting = second.resources.flatMap(({ same }) => same);
    assertEquals(waiting.map(({ inForce }) => inForce), [
      16,
      "ETH",
      "DEVICE_DEFAULT",
    ]);
    assert(waiting.every(isPending));

    const reset = card.plan(act("mlx5.firmware_reset", { level: "pci" }));
    assertEquals(card.apply(reset).outcome, "applied");
    const third = card.plan(wish).resources.flatMap(({ same }) => same);
    assert(third.length === 3 && !third.some(isPending));
  });
});

Deno.test("each item is read once per plan and mode, however many parameters it has", async () => {
  await on({}, (card) => {
    card.plan();
    card.sent.length = 0;
    card.plan(
      set({ SRIOV_EN: 1, NUM_OF_VFS: 16, NUM_VF_MSIX: 11, VF_VPD_ENABLE: 0 }),
    );
    const count = (register: number): number =>
      card.sent.filter((id) => id === register).length;
    // The item three ways, its capabilities once, who runs the card once.
    assertEquals([count(0x9024), count(0x9034)], [5, 1]);
    assertEquals(count(0x9030), 3);
  });
});

Deno.test("the valid bit is set with the value, and said so", async () => {
  await on({}, (card) => {
    const plan = card.plan(set({ NUM_OF_PF: 2 }));
    assertEquals(fields(plan), ["NUM_OF_PF 1 → 2", "num_pfs_valid 0 → 1"]);
    assertEquals(
      plan.resources[0]?.changes[1]?.limit,
      "makes count NUM_OF_PF",
    );
    assertEquals(card.apply(plan).outcome, "applied");
    assertEquals(card.plan(set({ NUM_OF_PF: 2 })).steps, []);
  });
});

Deno.test("a value that is there but does not count yet is made to count", async () => {
  await on({}, (card) => {
    assertEquals(fields(card.plan(set({ NUM_OF_PF: 1 }))), [
      "num_pfs_valid 0 → 1",
    ]);
  });
});

Deno.test("a closed gate is refused with its expression and the values that failed", async () => {
  await on({}, (card) => {
    const text = refusals(() => card.plan(set({ MAX_ACC_OUT_READ: 44 })));
    assert(text.includes("MAX_ACC_OUT_READ 44 is refused"), text);
    assert(text.includes("nv_pci_conf.advanced_pci_settings!=0"), text);
    assert(text.includes("nv_pci_conf.advanced_pci_settings is 0"), text);
    assert(text.includes("set ADVANCED_PCI_SETTINGS with it"), text);
  });
});

Deno.test("a gate opened in the same recipe counts, and is written first", async () => {
  await on({}, (card) => {
    const plan = card.plan(
      set({ MAX_ACC_OUT_READ: 44, ADVANCED_PCI_SETTINGS: true }),
    );
    assertEquals(fields(plan), [
      "ADVANCED_PCI_SETTINGS 0 → 1",
      "MAX_ACC_OUT_READ 0 → 44",
    ]);
    assertEquals(card.apply(plan).outcome, "applied");
  });
});

Deno.test("limits and rules of the device are kept, each named", async () => {
  await on({}, (card) => {
    assert(
      refusals(() => card.plan(set({ NUM_OF_VFS: 500 })))
        .includes("NUM_OF_VFS 500 is refused: the device allows at most 127"),
    );
    const text = refusals(() => card.plan(set({ NUM_VF_MSIX: 1000 })));
    assert(text.includes("max_total_msix is 4096"), text);
  });
});

Deno.test("a port the card lacks is refused, not skipped", async () => {
  await on({}, (card) => {
    const text = refusals(() =>
      card.plan(set({ LINK_TYPE_P1: "IB", LINK_TYPE_P2: "IB" }))
    );
    assert(text.includes("LINK_TYPE_P2 is refused: the device has 1 port"));
  });
});

Deno.test("an item the firmware does not have is refused, not skipped", async () => {
  await on({
    faults: [{
      request: "ACCESS_REG",
      register: 0x9030,
      status: 4,
      repeat: true,
    }],
  }, (card) => {
    const text = refusals(() => card.plan(set({ SRIOV_EN: false })));
    assert(text.includes("does not have nv_global_pci_conf"), text);
  });
});

Deno.test("a card in DPU mode waits for a power cycle, and a reboot does not load it", async () => {
  await on({ cpu: "dpu" }, (card) => {
    const wish = set({ NUM_OF_VFS: 4 });
    const plan = card.plan(wish);
    const [step] = plan.steps;
    assert(step?.type === "write");
    assertEquals(step.reset, "power cycle");
    assert(plan.resources[0]?.notes.some((note) => note.includes("DPU mode")));
    card.apply(plan);
    const reset = (level: string) =>
      card.apply(card.plan(act("mlx5.firmware_reset", { level })));
    reset("warm-reboot");
    assert(card.plan(wish).resources[0]?.same.every(isPending));
    reset("power-cycle");
    assert(!card.plan(wish).resources[0]?.same.some(isPending));
  });
  await on({ cpu: "nic" }, (card) => {
    const [step] = card.plan(set({ NUM_OF_VFS: 4 })).steps;
    assert(step?.type === "write");
    assertEquals(step.reset, "firmware reset or reboot");
  });
});

Deno.test("a device that does not tell what is in force is planned without it, and says so", async () => {
  await on({
    faults: [{
      request: "ACCESS_REG",
      register: 0x9034,
      status: 4,
      repeat: true,
    }],
  }, (card) => {
    const plan = card.plan(set({ NUM_OF_VFS: 4 }));
    const [change] = plan.resources[0]?.changes ?? [];
    assertEquals([change?.inForce, change?.default], [undefined, undefined]);
    assert(
      plan.resources[0]?.notes.some((note) => note.includes("does not tell")),
    );
    assertEquals(card.apply(plan).outcome, "applied");
  });
});

Deno.test("whichever access to an item fails, the card holds all of a recipe or nothing of it", async () => {
  const wish = set({ NUM_OF_VFS: 4, LINK_TYPE_P1: "IB" });
  const outcomes = new Set<string>();
  for (let nth = 1; nth <= 20; nth++) {
    await on({
      faults: [{ request: "ACCESS_REG", register: 0x9024, nth, status: 6 }],
    }, (card) => {
      let outcome = "nothing sent";
      try {
        outcome = card.apply(card.plan(wish)).outcome;
      } catch (error) {
        assert(isFwctlError(error), String(error));
      }
      outcomes.add(outcome);
      const { items } = card.query("nvconfig_backup") as {
        items: PlainObject[];
      };
      const data = items.map((item) => item.data);
      // What was not stored before is forgotten again, not stored as the default.
      const held = outcome === "applied"
        ? ["c04000008001000402c7f000", "00000004"]
        : [];
      assertEquals(data, held, `access ${nth}: ${outcome}`);
    });
  }
  for (const outcome of ["applied", "undone", "failed", "nothing sent"]) {
    assert(outcomes.has(outcome), [...outcomes].join(", "));
  }
});

Deno.test("any values of a card's ungated parameters are written, read back and left alone", async () => {
  await on({}, (card) => {
    const { parameters } = builtinKnowledge();
    const free = ["CNP_DSCP", "CNP_802P_PRIO", "ROCE_CC_PRIO_MASK"]
      .map((name) => parameters.get(name));
    fc.assert(
      fc.property(
        fc.nat(63),
        fc.nat(7),
        fc.nat(255),
        fc.boolean(),
        (dscp, priority, mask, safe) => {
          assert(free.every((field) => field !== undefined));
          const wish = set({
            CNP_DSCP_P1: dscp,
            CNP_802P_PRIO_P1: priority,
            ROCE_CC_PRIO_MASK_P1: mask,
            SAFE_MODE_ENABLE: safe,
          });
          const { outcome } = card.apply(card.plan(wish));
          assert(outcome === "applied" || outcome === "nothing");
          assertEquals(card.plan(wish).steps, []);
        },
      ),
      { numRuns: 50 },
    );
  });
});

Deno.test("a backup restores a card byte for byte", async () => {
  let items: PlainObject[] = [];
  await on({ nvconfig: { NUM_OF_VFS: 5, LINK_TYPE_P1: "IB" } }, (card) => {
    const backup = card.query("nvconfig_backup") as { items: PlainObject[] };
    items = backup.items;
    assertEquals(items.map(({ type }) => type), ["00000080", "01010012"]);
    assertEquals(
      card.query("nvconfig_backup", { names: ["LINK_TYPE_P1", "NUM_OF_VFS"] }),
      { items: items.toReversed() },
    );
  });
  await on({}, (card) => {
    const wish = {
      kind: "mlx5.nvconfig_items",
      body: { device: "fwctl0", items },
    };
    const plan = card.plan(wish);
    assertEquals(plan.steps.length, 2);
    assertEquals(card.apply(plan).outcome, "applied");
    assertEquals(card.query("nvconfig_backup"), { items });
    assertEquals(card.plan(wish).steps, []);
  });
});

Deno.test("an item of another length is not restored", async () => {
  await on({}, (card) => {
    const body = {
      device: "fwctl0",
      items: [{ type: "00000080", data: "00000000" }],
    };
    assert(
      refusals(() => card.plan({ kind: "mlx5.nvconfig_items", body }))
        .includes("has 12 bytes, the one to restore 4"),
    );
  });
});

Deno.test("an item declared twice is a conflict", async () => {
  await on({}, (card) => {
    const error = assertThrows(
      () => card.plan(set({ SRIOV_EN: 1 }), set({ NUM_OF_VFS: 4 })),
      PlanError,
      "declared twice",
    );
    assertEquals(error.reason, "conflict");
  });
});

Deno.test("a device that is not there is told once, whatever is declared of it", async () => {
  await on({}, (card) => {
    const error = assertThrows(() =>
      card.plan({
        kind: "mlx5.nvconfig",
        body: {
          device: "fwctl9",
          set: { SRIOV_EN: 1, LINK_TYPE_P1: "IB", ATS_ENABLED: 1 },
        },
      }), PlanError);
    assertEquals([error.reason, error.findings], ["unknown-target", []]);
  });
});

Deno.test("a virtual function's device is refused with its card's address", async () => {
  const card = await bench();
  card.close();
  const body = nvconfig.parse({ device: "fwctl1", set: { SRIOV_EN: 1 } });
  const entry = {
    name: "fwctl1",
    path: "/dev/fwctl/fwctl1",
    driver: "mlx5",
    kernelDriver: "mlx5_core",
    sysfs: "",
    parent: "0000:3b:00.2",
    pci: "0000:3b:00.2",
    pciId: "15b3:101e",
    infiniband: [],
    net: [],
    cxl: [],
    physfn: "0000:3b:00.0",
    virtfns: [],
    numVfs: null,
    totalVfs: null,
  };
  const inventory = {
    bootId: "",
    kernel: "",
    lockdown: "none",
    tainted: false,
    rawio: false,
    devices: [entry],
  };
  const error = assertThrows(
    () => nvconfig.locate(body, inventory),
    PlanError,
    "virtual function",
  );
  assert(error.hint?.includes("0000:3b:00.0"));
});

Deno.test("what is wrong in a declaration is named", () => {
  const wrong: [PlainObject, string][] = [
    [{ set: { SRIOV_EN: 1 } }, "device is not given"],
    [{ device: "fwctl0" }, "set: must be an object"],
    [{ device: "fwctl0", set: {} }, "set: must be an object"],
    [{ device: "fwctl0", set: { SRIOV_ENN: 1 } }, "SRIOV_ENN"],
    [{ device: "fwctl0", set: { SRIOV_EN: 7 } }, "SRIOV_EN: 7"],
    [{ device: "fwctl0", sett: {} }, 'no key "sett"'],
    [{ device: "fwctl0", set: { SRIOV_EN: 1 }, beside: [] }, "beside"],
    [{ device: "fwctl0", set: { SRIOV_EN: 1 }, database: 1 }, "database"],
    [
      { device: "fwctl0", set: { SRIOV_EN: 1, ATS_ENABLED: 1 } },
      "more than one item",
    ],
  ];
  for (const [body, words] of wrong) {
    assertThrows(() => nvconfig.parse(body), RecipeError, words);
  }
});

Deno.test("an item that somebody else keeps is planned with a warning, and its refusal changes nothing", async () => {
  await on({ nvconfigLocked: ["LINK_TYPE_P1"] }, (card) => {
    const plan = card.plan(set({ LINK_TYPE_P1: "IB" }));
    const notes = plan.resources.flatMap((resource) => resource.notes);
    assert(
      notes.some((note) => note.includes("priority OEM and over_en 0")),
      notes.join("; "),
    );
    assertEquals(card.apply(plan).outcome, "failed");
    assertEquals(fields(card.plan(set({ LINK_TYPE_P1: "IB" }))), [
      "LINK_TYPE_P1 ETH → IB",
    ]);
  });
});
