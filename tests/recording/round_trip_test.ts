/** A command says the same against its recording as against the machine. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { Folder } from "../cli/fwctl.ts";
import { fwctlHere } from "../cli/in_process.ts";
import { recorded, replaysTheSame } from "./fixture.ts";

const VFS = ["-p", "vf=0000:3b:00.2,0000:3b:00.3"];
const SET = ["-p", "set=log_max_qp=12,roce=0"];
const CAPS = ["recipes/vf_caps.ts", ...VFS, ...SET];
const MAP = "tests/fixtures/pds/sample_map.json";

/** Commands, by the model they run on. */
const COMMANDS: readonly (readonly [model: string, args: readonly string[]])[] =
  [
    ["mixed", ["list"]],
    ["mixed", ["list", "--json"]],
    ["connectx", ["info", "fwctl0"]],
    ["connectx", ["describe", "fwctl0"]],
    ["connectx", ["caps", "fwctl0", "--vf", "3b:00.2", "--type", "GENERAL"]],
    ["mixed", ["query", "fwctl0", "reg", "-a", "name=PTYS"]],
    ["mixed", ["query", "mem0", "features", "--json"]],
    ["mixed", ["query", "fwctl3", "command", "-a", "name=FUNC_QCAPS"]],
    ["mixed", ["query", "fwctl2", "operations", "--definitions", MAP]],
    ["mixed", [
      ..."query fwctl2 probe -a endpoints=0-3 -a operations=1-6".split(" "),
    ]],
    ["connectx", ["plan", ...CAPS]],
    ["connectx", ["plan", ...CAPS, "--detailed-exitcode", "--json"]],
    ["connectx", ["apply", ...CAPS, "--yes"]],
    ["connectx", ["drift", ...CAPS]],
    ["connectx", ["vfio", "status"]],
    ["two-cards", ["plan", "recipes/inventory.ts", "--parallel", "2"]],
    ["no-tools", ["apply", ...CAPS, "--yes"]],
    [
      "connectx",
      ["rpc", ..."fwctl0 --scope configuration --out 64".split(" ")]
        .concat("04020000000000000000000000000000"),
    ],
    ["connectx", ["info", "fwctl9"]],
  ];

Deno.test("every command says the same against its recording, byte for byte", async () => {
  using folder = new Folder();
  for (const [model, args] of COMMANDS) {
    const record = await recorded(folder, model, args);
    await replaysTheSame(record, args);
    assertStringIncludes(record.err, "recorded in");
  }
});

Deno.test("a payload that a pds message points to is recorded both ways", async () => {
  using folder = new Folder();
  const args = [
    "apply",
    "recipes/pds_operation.ts",
    ..."-p device=fwctl2 -p endpoint=log -p operation=get_level".split(" "),
    ..."-p fields=module=1 --yes --json --definitions".split(" "),
    MAP,
  ];
  const record = await recorded(folder, "mixed", args);
  assertEquals(record.code, 0, record.err);
  await replaysTheSame(record, args);
  // The request is buffer 2 and holds the pointers to the first two.
  const calls = record.text.split("\n").filter((line) =>
    line.includes('"holder":2,')
  );
  assert(calls.length > 0, "no request held a pointer");
  for (const line of calls) {
    const { buffers } = JSON.parse(line);
    const [sent, answered] = buffers;
    assert(sent.after === undefined && sent.before !== "", line);
    assert(answered.after !== undefined, line);
    // The kernel answers with the struct, the addresses in it: none is kept.
    assert(!line.includes("007f0000"), line);
  }
});

Deno.test("an apply that is replayed keeps no journal and no seal, and says what it is", async () => {
  using folder = new Folder();
  const args = ["apply", ...CAPS, "--yes"];
  const { file } = await recorded(folder, "connectx", args);
  const { code, err } = await fwctlHere(["--replay", file, ...args]);
  assertEquals(code, 0);
  assertStringIncludes(err, `replay of ${file}`);
  assertStringIncludes(err, "no device is touched");
  assertEquals([...Deno.readDirSync(folder.path)].length, 1);
});

Deno.test("a command line option says the same wherever it stands", async () => {
  using folder = new Folder();
  const file = `${folder.path}/a.jsonl`;
  const inside = await fwctlHere(
    ["record", file, "--", "info", "fwctl0", "--model", "connectx", "--json"],
  );
  const outside = await fwctlHere(
    ["record", "--json", "--model", "connectx"]
      .concat(`${folder.path}/b.jsonl`, "--", "info", "fwctl0"),
  );
  assertEquals(inside.code, 0, inside.err);
  assertEquals(outside.out, inside.out);
  const short = await fwctlHere(["list", "--replay", file]);
  const long = await fwctlHere(["--replay", file, "list"]);
  assertEquals(short.out, long.out);
});
