/** `fwctl nvconfig` from its command line to the modelled card and back. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { PlainObject } from "../../../lib/plain.ts";
import { Folder, scenario } from "../fwctl.ts";
import type { Ended } from "../fwctl.ts";
import { fwctlHere } from "../in_process.ts";

/** A modelled card that lasts from one command to the next. */
class Card implements Disposable {
  readonly folder = new Folder();
  readonly #globals: string[];

  constructor(firmware: Record<string, unknown> = {}, more: string[] = []) {
    this.#globals = [
      "--model",
      this.folder.file("scenario.json", scenario(firmware)),
      "--model-state",
      `${this.folder.path}/state.json`,
      ...more,
    ];
  }

  path(name: string): string {
    return `${this.folder.path}/${name}`;
  }

  run(...args: string[]): Promise<Ended> {
    return fwctlHere([...this.#globals, ...args]);
  }

  /** What it says when it goes well. */
  async well(...args: string[]): Promise<string> {
    const { code, out, err } = await this.run(...args);
    assertEquals(code, 0, `${args.join(" ")}\n${out}\n${err}`);
    return out + err;
  }

  /** What it says when it fails with a code. */
  async fails(code: number, ...args: string[]): Promise<string> {
    const ended = await this.run(...args);
    assertEquals(ended.code, code, `${args.join(" ")}\n${ended.out}`);
    return ended.out + ended.err;
  }

  /** A parameter's default, current and next value. */
  async values(name: string): Promise<unknown[]> {
    const { out } = await this.run(
      "nvconfig",
      "query",
      "fwctl0",
      name,
      "--json",
    );
    const [row] = JSON.parse(out).parameters as PlainObject[];
    return [row?.default, row?.current, row?.next];
  }

  [Symbol.dispose](): void {
    this.folder[Symbol.dispose]();
  }
}

Deno.test("set, query, a reset that is asked for, and in force: once around", async () => {
  using card = new Card();
  const set = ["nvconfig", "set", "fwctl0", "NUM_OF_VFS=4", "LINK_TYPE_P1=IB"];
  const first = await card.well(...set, "--yes");
  assertStringIncludes(first, "NUM_OF_VFS             16 → 4");
  assertStringIncludes(
    first,
    "It waits for the next reset (MFRL level 3 pci, 6 warm-reboot, 7 power-cycle). None is asked for",
  );
  assertStringIncludes(first, "applied, read back and right");
  assertEquals(await card.values("NUM_OF_VFS"), [16, 16, 4]);

  const shown = await card.well("nvconfig", "query", "fwctl0", "--pending");
  assertStringIncludes(shown, "*  NUM_OF_VFS");
  assertStringIncludes(
    shown,
    "2 parameters; 2 wait for the next firmware reset or reboot (MFRL level 3 pci",
  );

  // A second time writes nothing and asks for nothing.
  assertStringIncludes(await card.well(...set, "--yes"), "nothing to do");
  assertEquals(await card.values("NUM_OF_VFS"), [16, 16, 4]);

  const reset = [...set, "--reset", "pci", "--yes"];
  assertStringIncludes(await card.fails(4, ...reset), "effect disruptive");
  assertEquals(await card.values("LINK_TYPE_P1"), ["ETH", "ETH", "IB"]);
  await card.well(...reset, "--max-effect", "disruptive");
  assertEquals(await card.values("LINK_TYPE_P1"), ["ETH", "IB", "IB"]);
  assertStringIncludes(
    await card.well(...reset, "--max-effect", "disruptive"),
    "Nothing waits for a reset, so none is asked for",
  );
});

Deno.test("a dry run shows the plan and writes nothing", async () => {
  using card = new Card();
  const set = ["nvconfig", "set", "fwctl0", "NUM_OF_VFS=4", "--dry-run"];
  assertStringIncludes(await card.well(...set), "16 → 4");
  const { out } = await card.run(...set, "--json");
  const { schema, changes } = JSON.parse(out);
  assertEquals([schema, changes], ["fwctl/plan", true]);
  assertEquals(await card.values("NUM_OF_VFS"), [16, 16, 16]);
});

Deno.test("without --yes nobody is asked, and nothing is sent", async () => {
  using card = new Card();
  assertStringIncludes(
    await card.fails(1, "nvconfig", "set", "fwctl0", "NUM_OF_VFS=4"),
    "--yes",
  );
  assertEquals(await card.values("NUM_OF_VFS"), [16, 16, 16]);
});

Deno.test("what is wrong on the command line is named, with what was meant", async () => {
  using card = new Card();
  const cases: [string[], string[]][] = [
    [["fwctl0", "set", "SRIOV_EN=1", "--yes"], [
      "Write fwctl nvconfig set fwctl0",
    ]],
    [["qeury", "fwctl0"], ["unknown command", "query?"]],
    [["set", "fwctl0", "NUM_OF_VF=4"], ["NUM_OF_VF", "NUM_OF_VFS"]],
    [["set", "fwctl0", "LINK_TYPE_P1=ETHH"], ["not one of its values", "ETH"]],
    [["set", "fwctl0", "LINK_TYPE=ETH"], ["one port", "LINK_TYPE_P1"]],
    [["set", "fwctl0", "LINK_TYPE_P2=ETH"], ["the device has 1 port"]],
    [["set", "fwctl0", "NUM_OF_VFS=500"], ["at most 127"]],
    [["set", "fwctl0", "NUM_OF_VFS"], ["not NAME=VALUE"]],
    [["set", "fwctl0", "=4"], ["not NAME=VALUE"]],
    [["set", "fwctl0", "SRIOV_EN=1", "SRIOV_EN=0"], ["given twice"]],
    [["set", "fwctl0", "MAX_ACC_OUT_READ=9"], [
      "set ADVANCED_PCI_SETTINGS with it",
      "Give other values",
    ]],
    [["set", "fwctl0", "SRIOV_EN=1", "--reset", "pcie"], ["pcie", "pci?"]],
    [["set", "0000:3b:00.2", "SRIOV_EN=1"], ["It is VF 0 of fwctl0"]],
    [["reset", "fwctl0"], ["either names or --everything"]],
    [["reset", "fwctl0", "SRIOV_EN", "--everything"], ["either names"]],
    [["reset", "fwctl0", "SRIOV_ENN"], ["SRIOV_ENN"]],
    [["query", "fwctl0", "SRIOV_ENN"], ["SRIOV_ENN"]],
    [["query", "fwctl0", "SRIOV_EN", "--database", "/nowhere"], ["mstflint"]],
  ];
  for (const [args, words] of cases) {
    const said = await card.fails(1, "nvconfig", ...args);
    for (const word of words) assertStringIncludes(said, word);
    assert(!said.includes("desired()"), said);
  }
});

Deno.test("reset takes items back to the default, each once, and all only when that is said twice", async () => {
  using card = new Card({ nvconfig: { NUM_OF_VFS: 5, LINK_TYPE_P1: "IB" } });
  const reset = ["nvconfig", "reset", "fwctl0"];
  const two = await card.well(...reset, "NUM_OF_VFS", "SRIOV_EN", "--yes");
  assertStringIncludes(two, "NUM_OF_VFS            5 → 16");
  assertStringIncludes(two, "1 action done");
  assertEquals(await card.values("NUM_OF_VFS"), [16, 5, 16]);
  assertStringIncludes(
    await card.well(...reset, "NUM_OF_VFS", "--yes"),
    "nothing to do",
  );
  const all = [...reset, "--everything", "--yes"];
  assertStringIncludes(await card.fails(4, ...all), "destructive");
  assertEquals(await card.values("LINK_TYPE_P1"), ["ETH", "IB", "IB"]);
  await card.well(...all, "--max-effect", "destructive");
  assertEquals(await card.values("LINK_TYPE_P1"), ["ETH", "IB", "ETH"]);
});

Deno.test("a backup brings the card back, also to what it did not store", async () => {
  using card = new Card({ nvconfig: { NUM_OF_VFS: 5 } });
  const file = card.path("card.json");
  assertStringIncludes(
    await card.well("nvconfig", "backup", "fwctl0", file),
    "1 stored item",
  );
  assertStringIncludes(
    await card.fails(1, "nvconfig", "backup", "fwctl0", file),
    "there already",
  );
  await card.well(
    ...["nvconfig", "set", "fwctl0", "NUM_OF_VFS=6", "ATS_ENABLED=1", "--yes"],
  );
  const restore = ["nvconfig", "restore", "fwctl0", file, "--yes"];
  assertStringIncludes(await card.well(...restore), "1 resource changed");
  assertEquals(await card.values("NUM_OF_VFS"), [16, 5, 5]);
  assertEquals(await card.values("ATS_ENABLED"), [0, 0, 1]);
  assertStringIncludes(await card.well(...restore), "nothing to do");
  await card.well(...restore, "--exact");
  assertEquals(await card.values("ATS_ENABLED"), [0, 0, 0]);
});

Deno.test("a backup of another product is refused unless that is meant, and of another firmware is said", async () => {
  using one = new Card();
  using two = new Card({ type: "connectx-7", firmwareVersion: "28.40.1000" });
  const file = one.path("card.json");
  const only = ["--only", "LINK_TYPE_P1"];
  await one.well("nvconfig", "backup", "fwctl0", file, ...only);
  const restore = ["nvconfig", "restore", "fwctl0", file, "--yes"];
  assertStringIncludes(await two.fails(1, ...restore), "--other-product");
  const told = await two.well(...restore, "--other-product");
  assertStringIncludes(told, "was made with firmware");
  assertStringIncludes(
    await two.fails(1, ...restore, "--exact"),
    "only some of what was stored",
  );
});

Deno.test("a file that was changed, cut, or is something else is refused before the card is looked at", async () => {
  using card = new Card();
  const file = card.path("card.json");
  await card.well("nvconfig", "backup", "fwctl0", file);
  const text = Deno.readTextFileSync(file);
  for (
    const [content, words] of [
      [text.replace("MT_", "MX_"), "digest"],
      [text.slice(0, -20), "not JSON"],
      ["{}", "no format"],
      ['{"format":"fwctl-nvconfig/2"}', "fwctl-nvconfig/2"],
      ["[]", "no format"],
    ] as const
  ) {
    const bad = card.folder.file("bad.json", content);
    assertStringIncludes(
      await card.fails(1, "nvconfig", "restore", "fwctl0", bad, "--yes"),
      words,
    );
  }
});

Deno.test("undo takes a set back: what was not stored is forgotten again", async () => {
  using folder = new Folder();
  using card = new Card({}, ["--state-dir", folder.path]);
  const backup = async (name: string): Promise<number> => {
    await card.well("nvconfig", "backup", "fwctl0", card.path(name));
    return JSON.parse(Deno.readTextFileSync(card.path(name))).items.length;
  };
  await card.well("nvconfig", "set", "fwctl0", "NUM_OF_VFS=4", "--yes");
  assertEquals(await backup("set.json"), 1);
  await card.well("undo", "last", "--yes", "--max-effect", "next-reset");
  assertEquals(await card.values("NUM_OF_VFS"), [16, 16, 16]);
  assertEquals(await backup("undone.json"), 0);
});

Deno.test("a policy file is the only ceiling where there is one", async () => {
  using card = new Card();
  const set = ["nvconfig", "set", "fwctl0", "NUM_OF_VFS=4", "--yes"];
  const policy = (body: object): string =>
    card.folder.file("policy.json", { format: "fwctl-policy/1", ...body });
  const low = policy({ max: { effect: "runtime" } });
  await card.fails(4, "--policy", low, ...set);
  const named = policy({
    max: { effect: "next-reset" },
    allow: [{ kind: "mlx5.nvconfig", field: "SRIOV_EN" }],
  });
  await card.fails(4, "--policy", named, ...set);
  const fits = policy({
    max: { effect: "next-reset" },
    allow: [{ kind: "mlx5.nvconfig", field: "NUM_OF_VFS", value: { max: 8 } }],
  });
  await card.well("--policy", fits, ...set);
});

Deno.test("a device without nvconfig says so", async () => {
  const { code, err } = await fwctlHere(
    ["--model", "cxl-vendor", "nvconfig", "query", "fwctl0"],
  );
  assertEquals(code, 1);
  assertStringIncludes(err, "cxl devices have no nvconfig");
});

Deno.test("the query's JSON has what a program needs: three values, type, range, and what waits", async () => {
  using card = new Card();
  await card.well("nvconfig", "set", "fwctl0", "VF_LOG_BAR_SIZE=1", "--yes");
  const { out } = await card.run(
    ...["nvconfig", "query", "fwctl0", "VF_LOG_BAR_SIZE", "--json"],
  );
  const { schema, version, device, parameters, pending, resets } = JSON.parse(
    out,
  );
  assertEquals([schema, version, device], ["fwctl/nvconfig", "1.0", "fwctl0"]);
  assertEquals(pending, 1);
  const [row] = parameters;
  assertEquals(
    [row.parameter, row.kind, row.least, row.most, row.unit, row.pending],
    ["VF_LOG_BAR_SIZE", "uint", 0, 10, "log2 MiB", true],
  );
  assertEquals(
    resets.levels.map(({ mfrl }: { mfrl: number }) => mfrl),
    [3, 6, 7],
  );
});
