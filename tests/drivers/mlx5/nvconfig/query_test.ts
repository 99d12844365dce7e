/** Query `nvconfig`: what it reads, and what it says. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../../../lib/errors.ts";
import type { PlainObject } from "../../../../lib/plain.ts";
import { bench } from "./bench.ts";

interface Answer {
  readonly parameters: readonly PlainObject[];
  readonly pending: number;
  readonly loaded_by: string;
  readonly dpu_mode: boolean;
}

Deno.test("without names every common parameter of the card is there, three ways", async () => {
  const card = await bench();
  const { parameters, pending, loaded_by } = card.query(
    "nvconfig",
  ) as unknown as Answer;
  assertEquals(parameters.length, 48);
  assertEquals([pending, loaded_by], [0, "firmware reset or reboot"]);
  const vfs = parameters.find(({ parameter }) => parameter === "NUM_OF_VFS");
  assertEquals(vfs, {
    parameter: "NUM_OF_VFS",
    item: "nv_global_pci_conf",
    type: "0x00000080",
    kind: "uint",
    depends_on: "nv_global_pci_cap.sriov_support==1",
    takes: "0 to 127",
    least: 0,
    most: 127,
    default: 16,
    current: 16,
    next: 16,
    pending: false,
    state: "available",
  });
  card.close();
});

Deno.test("only the items named are read", async () => {
  const card = await bench();
  card.query("identity");
  card.sent.length = 0;
  card.query("nvconfig", { names: ["ATS_ENABLED"] });
  // Its item three ways, the gate's item, and who runs the card.
  assertEquals(card.sent.filter((id) => id === 0x9024).length, 5);
  card.close();
});

Deno.test("a gated parameter is shown with the expression and the values that close it", async () => {
  const card = await bench();
  const { parameters: [row] } = card.query("nvconfig", {
    names: ["MAX_ACC_OUT_READ"],
  }) as unknown as Answer;
  assertEquals(row?.state, "gated");
  assert(String(row?.gate).includes("nv_pci_conf.advanced_pci_settings is 0"));
  card.close();
});

Deno.test("a port's parameter without its port is meant for all ports", async () => {
  const card = await bench();
  const { parameters } = card.query("nvconfig", {
    names: ["LINK_TYPE", "CNP_DSCP_P1"],
  }) as unknown as Answer;
  assertEquals(parameters.map(({ parameter }) => parameter), [
    "LINK_TYPE_P1",
    "CNP_DSCP_P1",
  ]);
  card.close();
});

Deno.test("what is wrong in the arguments is named", async () => {
  const card = await bench();
  for (
    const [args, words] of [
      [{ names: "SRIOV_EN" }, "not a list"],
      [{ names: [1] }, "not a list"],
      [{ names: ["SRIOV_ENN"] }, "SRIOV_ENN"],
      [{ name: ["SRIOV_EN"] }, 'no argument "name"'],
      [{ all: 1 }, "not a flag"],
    ] as const
  ) {
    assertThrows(() => card.query("nvconfig", args), UsageError, words);
  }
  card.close();
});

Deno.test("what a parameter takes is said in its type's words: numbers with the device's limits, names, 0 or 1", async () => {
  const card = await bench();
  const { parameters } = card.query("nvconfig", {
    names: ["CNP_DSCP_P1", "VF_LOG_BAR_SIZE", "LINK_TYPE_P1", "SRIOV_EN"],
  }) as unknown as Answer;
  assertEquals(
    parameters.map(({ kind, takes, values, unit }) => [
      kind,
      takes,
      values,
      unit,
    ]),
    [
      ["uint", "0 to 63", undefined, undefined],
      ["uint", "0 to 10", undefined, "log2 MiB"],
      ["enum", "IB, ETH", ["IB", "ETH"], undefined],
      ["bool", "0 or 1", undefined, undefined],
    ],
  );
  card.close();
});

Deno.test("firmware_resets tells which resets load nvconfig, and asks for none", async () => {
  for (
    const [cpu, loads] of [["none", ["pci", "warm-reboot", "power-cycle"]], [
      "dpu",
      ["power-cycle"],
    ]] as const
  ) {
    const card = await bench({ cpu });
    const { levels } = card.query("firmware_resets") as {
      levels: PlainObject[];
    };
    assertEquals(
      levels.map(({ level, mfrl }) => [level, mfrl]),
      [["pci", 3], ["warm-reboot", 6], ["power-cycle", 7]],
    );
    assertEquals(
      levels.filter((one) => one.loads_nvconfig === true).map(({ level }) =>
        level
      ),
      [...loads],
    );
    assertThrows(() => card.query("firmware_resets", { x: 1 }), UsageError);
    card.close();
  }
});

Deno.test("a device that does not tell its resets has none, and no error", async () => {
  const card = await bench({
    faults: [{ request: "ACCESS_REG", register: 0x9028, status: 4 }],
  });
  const { levels } = card.query("firmware_resets") as { levels: PlainObject[] };
  assertEquals(levels, []);
  card.close();
});
