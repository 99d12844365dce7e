/** `mlx5.nvconfig_reset` and `mlx5.firmware_reset` on the modelled card. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { firmwareReset } from "../../../../drivers/mlx5/actions/firmware_reset.ts";
import { nvconfigReset } from "../../../../drivers/mlx5/actions/nvconfig_reset.ts";
import { PlanError, RecipeError } from "../../../../lib/errors.ts";
import type { PlainObject } from "../../../../lib/plain.ts";
import { act, bench } from "./bench.ts";

function rows(answer: unknown): PlainObject[] {
  return (answer as { parameters: PlainObject[] }).parameters;
}

Deno.test("resetting one item shows what goes, and leaves the others alone", async () => {
  const card = await bench({
    nvconfig: { NUM_OF_VFS: 5, NUM_VF_MSIX: 20, LINK_TYPE_P1: "IB" },
  });
  const plan = card.plan(
    act("mlx5.nvconfig_reset", { parameters: ["NUM_OF_VFS"] }),
  );
  const [resource] = plan.resources;
  assertEquals(resource?.arguments, [
    { name: "NUM_OF_VFS", value: "5 → 16" },
    { name: "NUM_VF_MSIX", value: "20 → 11" },
  ]);
  assertEquals(plan.steps[0]?.label.effect, "next-reset");
  const { outcome, steps } = card.apply(plan);
  assertEquals(outcome, "applied");
  assert(String(steps[0]?.answer?.reset).includes("next reset"));
  assertEquals(
    rows(card.query("nvconfig", { names: ["NUM_OF_VFS", "LINK_TYPE"] }))
      .map(({ parameter, current, next, pending }) => [
        parameter,
        current,
        next,
        pending,
      ]),
    [["NUM_OF_VFS", 5, 16, true], ["LINK_TYPE_P1", "IB", "IB", false]],
  );
  card.close();
});

Deno.test("resetting everything is destructive, and does it", async () => {
  const card = await bench({ nvconfig: { NUM_OF_VFS: 5, LINK_TYPE_P1: "IB" } });
  const plan = card.plan(act("mlx5.nvconfig_reset", { all: true }));
  assertEquals(plan.steps[0]?.label.effect, "destructive");
  assertEquals(card.apply(plan).outcome, "applied");
  assertEquals(card.query("nvconfig_backup"), { items: [] });
  assertEquals(
    rows(card.query("nvconfig", { names: ["NUM_OF_VFS", "LINK_TYPE"] }))
      .map(({ next }) => next),
    [16, "ETH"],
  );
  card.close();
});

Deno.test("a firmware reset is disruptive, says when it happens, and names the functions in its way", async () => {
  const card = await bench();
  const plan = card.plan(act("mlx5.firmware_reset", { level: "pci" }));
  assertEquals(plan.steps[0]?.label.effect, "disruptive");
  const notes = plan.resources[0]?.notes.join("\n") ?? "";
  assert(notes.includes("4 virtual function(s) are enabled"), notes);
  assert(notes.includes("devlink dev reload pci/0000:3b:00.0"), notes);
  card.close();
});

Deno.test("a reset the device does not offer is refused with those it does", async () => {
  const card = await bench();
  const error = assertThrows(
    () =>
      card.plan(
        act("mlx5.firmware_reset", { level: "live", type: "arm-only" }),
      ),
    PlanError,
  );
  assert(
    error.findings.join().includes("offers pci, warm-reboot, power-cycle"),
  );
  assert(error.findings.join().includes("offers full-chip"));
  card.close();
});

Deno.test("setting a value never writes MFRL", async () => {
  const card = await bench();
  card.apply(card.plan({
    kind: "mlx5.nvconfig",
    body: { device: "fwctl0", set: { NUM_OF_VFS: 3 } },
  }));
  assert(card.sent.includes(0x9024) && !card.sent.includes(0x9028));
  card.close();
});

Deno.test("what is wrong in an action is named", () => {
  const device = "fwctl0";
  const resets: [PlainObject, string][] = [
    [{ device }, "one of parameters, item, and all"],
    [{ device, all: true, parameters: ["SRIOV_EN"] }, "one of parameters"],
    [{ device, all: true, item: "00000080" }, "one of parameters"],
    [{ device, item: "80" }, "eight hex digits"],
    [{ device, item: 128 }, "eight hex digits"],
    [{ device, parameters: ["SRIOV_EN", "ATS_ENABLED"] }, "more than one item"],
    [{ device, parameters: "SRIOV_EN" }, "must be a list"],
    [{ device, parameters: ["NOPE_NOPE"] }, "NOPE_NOPE"],
    [{ parameters: ["SRIOV_EN"] }, "device is not given"],
  ];
  for (const [body, words] of resets) {
    assertThrows(() => nvconfigReset.parse(body), RecipeError, words);
  }
  const levels: [PlainObject, string][] = [
    [{ device }, "level: is not given"],
    [{ device, level: "pcii" }, "level"],
    [{ device, level: "pci", type: "everything" }, "type"],
    [{ device, level: "pci", force: true }, 'no key "force"'],
  ];
  for (const [body, words] of levels) {
    assertThrows(() => firmwareReset.parse(body), RecipeError, words);
  }
});

Deno.test("an item is reset by its type as well; what is at its default is not reset once more", async () => {
  const card = await bench({ nvconfig: { LINK_TYPE_P1: "IB" } });
  const wish = act("mlx5.nvconfig_reset", { item: "01010012" });
  const plan = card.plan(wish);
  assertEquals(
    plan.resources[0]?.title,
    "reset nvconfig nv_vpi_link_type port 1",
  );
  assertEquals(card.apply(plan).outcome, "applied");
  for (
    const body of [
      { item: "01010012" },
      { parameters: ["LINK_TYPE_P1"] },
      { all: true },
    ]
  ) {
    const again = card.plan(act("mlx5.nvconfig_reset", body));
    assertEquals([again.steps, again.resources.length], [[], 1]);
  }
  card.close();
});
