/** describe, query and scope --list, as processes on modelled hosts. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { Folder } from "./fwctl.ts";
import { fwctlHere, fwctlHereJson } from "./in_process.ts";

const MODEL = ["--model", "connectx"];

Deno.test("describe says what can be read and declared, with scope and effect", async () => {
  const { code, out } = await fwctlHere(["describe", "ens1f0np0", ...MODEL]);
  assertEquals(code, 0);
  assertMatch(out, /^fwctl0 {2}mlx5 {2}NVIDIA ConnectX and BlueField$/m);
  assertMatch(
    out,
    /^ {2}caps +configuration +types, function_id, vf, raw, picture +HCA/m,
  );
  assertMatch(out, /^ {2}mlx5\.hca_cap +configuration +runtime +HCA/m);
  const { json } = await fwctlHereJson(["describe", "fwctl0", ...MODEL]);
  assertEquals(json.schema, "fwctl/describe");
  assertEquals(json.resources[0].kind, "mlx5.hca_cap");
  assert(json.sections[0].items.length > 20);
});

Deno.test("query answers decoded, for people and as JSON", async () => {
  const { code, out } = await fwctlHere([
    "query",
    "fwctl0",
    "identity",
    ...MODEL,
  ]);
  assertEquals(code, 0);
  assertMatch(out, /^model: ConnectX-6 Dx$/m);
  const { json } = await fwctlHereJson([
    "query",
    "fwctl0",
    "caps",
    "-a",
    "types=TLS",
    "--arg",
    "function_id=0x1",
    ...MODEL,
  ]);
  assertEquals(json.schema, "fwctl/query");
  assertEquals(json.arguments, { types: ["TLS"], function_id: 1 });
  assertEquals(json.answer.function, 1);
});

Deno.test("a query or an argument that is not there is named, with what is", async () => {
  const wrong = [
    [["kaps"], /has no query "kaps"[^]*Did you mean caps\?/],
    [["caps", "-a", "tipes=TLS"], /no argument "tipes"[^]*Did you mean types/],
    [["caps", "-a", "function_id=x"], /function_id: "x" is not a whole number/],
    [["caps", "-a", "vf=", "-a", "vf=1"], /vf: "" is not a text/],
    [["identity", "-a", "x=1"], /no argument "x"[^]*It takes none/],
  ] as const;
  for (const [args, message] of wrong) {
    const { code, err } = await fwctlHere([
      "query",
      "fwctl0",
      ...args,
      ...MODEL,
    ]);
    assertEquals(code, 1);
    assertMatch(err, message);
  }
});

Deno.test("scope --list is every request of a driver, never sent ones too", async () => {
  const { code, out } = await fwctlHere([
    "scope",
    "--list",
    "--driver",
    "mlx5",
  ]);
  assertEquals(code, 0);
  assertMatch(out, /^0x109 +SET_HCA_CAP +configuration +runtime +it changes/m);
  assertMatch(
    out,
    /^0x102 +INIT_HCA +never sent +kernel-owned +it is not on the kernel's/m,
  );
  const both = await fwctlHere(["scope", "--list", "0101"]);
  assertEquals(both.code, 1);
  assertMatch(both.err, /exclude each other/);
});

Deno.test("a definition file that is wrong is refused before any device is opened", async () => {
  using folder = new Folder();
  const files = [
    [folder.file("a.json", "[]"), /is not a JSON object/],
    [folder.file("b.json", { driver: "cxl" }), /format is null/],
    [
      folder.file("c.json", { format: "fwctl-definition/1", driver: "mlx5" }),
      /driver "mlx5" takes no definitions/,
    ],
    [folder.file("d.json", "{"), /is not JSON/],
    [`${folder.path}/none.json`, /cannot be read/],
  ] as const;
  for (const [file, message] of files) {
    const { code, err } = await fwctlHere([
      "info",
      "fwctl0",
      "--definitions",
      file,
      ...MODEL,
    ]);
    assertEquals(code, 1, file);
    assertMatch(err, message);
  }
});

Deno.test("a machine whose kernel was tainted by a debug write says so in list", async () => {
  const { out } = await fwctlHere(["list", ...MODEL]);
  assert(!out.includes("tainted"));
  using folder = new Folder();
  const scenario = folder.file("tainted.json", {
    format: "fwctl-scenario/1",
    name: "tainted",
    host: { tainted: 1 << 19 },
    devices: [{ driver: "mlx5", pci: "0000:3b:00.0" }],
  });
  const tainted = await fwctlHere(["list", "--model", scenario]);
  assertMatch(tainted.out, /^The kernel is tainted by a firmware debug write/m);
});
