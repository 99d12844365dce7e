/** Hostile input to the command: typed errors, exit code 1, no stack, nothing sent. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { type Ended, Folder, fwctl, scenario } from "./fwctl.ts";
import { fwctlHere } from "./in_process.ts";

const RECIPE = "recipes/vf_caps.ts";
const MODEL = ["--model", "connectx"];

/** The command said no in our words. */
function refused({ code, err }: Ended, message: RegExp): void {
  assertEquals(code, 1, err);
  assertMatch(err, /^error: /m);
  assertMatch(err, message);
}

Deno.test("scenario: unknown keys, wrong types and absurd counts name the key", async () => {
  using folder = new Folder();
  const bad: [string, object | string | Uint8Array, RegExp][] = [
    [
      "key",
      { ...scenario(), devcies: [] },
      /devcies is not known; did you mean "devices"/,
    ],
    ["type", scenario({ tools: 1 }), /firmware\.tools/],
    ["count", scenario({}, 1e9), /vfs/],
    ["vfs", scenario({}, -1), /vfs/],
    ["firmware", scenario({ type: "connectx-5" }), /firmware\.type/],
    [
      "fault",
      scenario({ faults: [{ request: "SET_HCA_CAPS" }] }),
      /SET_HCA_CAP/,
    ],
    ["driver", {
      ...scenario(),
      devices: [{
        driver: "mlx4",
        pci: "0000:01:00.0",
        pciId: "15b3:1003",
        kernelDriver: "mlx4_core",
      }],
    }, /mlx4/],
    ["json", "{", /is no JSON/],
    ["utf8", new Uint8Array([0xff, 0xfe]), /is not UTF-8/],
    ["null", "null", /must be an object/],
    [
      "proto",
      '{"__proto__": {"format": "fwctl-scenario/1"}}',
      /format|__proto__/,
    ],
  ];
  for (const [name, content, message] of bad) {
    const file = folder.file(`${name}.json`, content);
    refused(await fwctlHere(["list", "--model", file]), message);
  }
  refused(
    await fwctlHere(["list", "--model", `${folder.path}/none.json`]),
    /cannot be read/,
  );
  refused(
    await fwctlHere(["list", "--model", folder.path + "/"]),
    /is not a file/,
  );
});

Deno.test("state: of another scenario, broken or hostile is refused and kept as it is", async () => {
  using folder = new Folder();
  for (
    const content of [
      "",
      "{}",
      "[]",
      '{"format":"fwctl-model-state/1"}',
      '{"format":"fwctl-model-state/9"}',
    ]
  ) {
    const file = folder.file("state.json", content);
    refused(
      await fwctlHere(["list", ...MODEL, "--model-state", file]),
      /state/,
    );
    assertEquals(Deno.readTextFileSync(file), content);
  }
  const state = `${folder.path}/other.json`;
  assertEquals(
    (await fwctlHere(["list", "--model", "two-cards", "--model-state", state]))
      .code,
    0,
  );
  refused(
    await fwctlHere(["list", ...MODEL, "--model-state", state]),
    /another scenario/,
  );
  refused(await fwctlHere(["list", "--model-state", state]), /without --model/);
});

Deno.test("raw requests: bad hex, nothing, too much", async () => {
  using folder = new Folder();
  const rpc = ["rpc", "fwctl0", "--scope", "configuration", "--yes", ...MODEL];
  refused(
    await fwctlHere([...rpc, "--out", "16", "01xy"]),
    /"x" is not a hex digit/,
  );
  refused(
    await fwctlHere([...rpc, "--out", "16", "010"]),
    /3 hex digits do not make whole bytes/,
  );
  refused(await fwctlHere([...rpc, "--out", "16"]), /request is not given/);
  refused(await fwctlHere([...rpc, "--out", "16", ""]), /request is empty/);
  refused(
    await fwctl([...rpc, "--out", "16", "-"], {
      input: new Uint8Array([0xff, 0, 1]),
    }),
    /not hex/,
  );
  for (
    const out of [
      "-1",
      "1e9",
      "2097153",
      "0x200001",
      "NaN",
      "99999999999999999999",
    ]
  ) {
    refused(
      await fwctlHere([...rpc, `--out=${out}`, "00"]),
      /--out <bytes>.*is invalid/,
    );
  }
  const big = folder.file("big.bin", new Uint8Array((2 << 20) + 1));
  refused(
    await fwctlHere([...rpc, "--out", "16", "--in", big]),
    /more than the 2097152/,
  );
  refused(
    await fwctlHere([...rpc, "--out", "16", "--in", "/dev/zero"]),
    /not a file/,
  );
  refused(
    await fwctlHere([...rpc, "--out", "16", "--in", `${folder.path}/none`]),
    /cannot be read/,
  );
  refused(
    await fwctlHere([
      "rpc",
      "fwctl0",
      "--scope",
      "full",
      "--out",
      "16",
      "00",
      ...MODEL,
    ]),
    /--scope/,
  );
});

Deno.test("responses: cut, corrupt and missing ones end in a typed error, nothing is written", async () => {
  using folder = new Folder();
  const bad: [object, RegExp][] = [
    [
      { request: "QUERY_HCA_CAP", function: 1, corrupt: { byte: 0 } },
      /QUERY_HCA_CAP/,
    ],
    [
      { request: "QUERY_HCA_CAP", function: 1, status: 0xff },
      /QUERY_HCA_CAP.*0xff/,
    ],
    [
      { request: "QUERY_HCA_CAP", function: 1, errno: "ETIMEDOUT" },
      /ETIMEDOUT/,
    ],
    [{ request: "QUERY_HCA_CAP", function: 1, unplug: true }, /ENODEV/],
    // Zeros instead of the device's own maximum.
    [
      { request: "QUERY_HCA_CAP", truncate: 20, repeat: true },
      /log_max_qp 12 is refused/,
    ],
  ];
  for (const [index, [fault, message]] of bad.entries()) {
    const file = folder.file("s.json", scenario({ faults: [fault] }));
    const state = `${folder.path}/state-${index}.json`;
    const set = [RECIPE, "-p", "vf=0000:3b:00.2", "-p", "set=log_max_qp=12"];
    const on = ["--model", file, "--model-state", state];
    refused(await fwctlHere(["apply", ...set, "--yes", ...on]), message);
    // The state holds what a firmware remembers: no capability was set.
    assertEquals(/"caps"/.test(Deno.readTextFileSync(state)), false);
  }
});

Deno.test("parameters: unknown names, wrong values, files that are none", async () => {
  using folder = new Folder();
  const plan = (...args: string[]) =>
    fwctlHere(["plan", RECIPE, ...args, ...MODEL]);
  refused(
    await plan("-p", "vff=0000:3b:00.2", "-p", "set=roce=0"),
    /Did you mean vf/,
  );
  refused(await plan("-p", "vf=3b"), /vf/);
  refused(await plan("-p", "vf"), /vf/);
  refused(await plan("-p", "vf=0000:3b:00.2", "-p", "set=roce"), /set/);
  refused(await plan("-p", "vf=0000:3b:00.2", "-p", "set=roce=1e400"), /set/);
  refused(await plan("-p", "vf=0000:3b:00.2", "-p", "set=rocé=1"), /set/);
  const params = async (content: string | Uint8Array, message: RegExp) =>
    refused(await plan("--params", folder.file("p.json", content)), message);
  await params(new Uint8Array([0x7b, 0xff, 0x7d]), /is not UTF-8/);
  await params("[]", /is not a JSON object/);
  await params("{", /is not JSON/);
  await params('{"vf":"0000:3b:00.2","nope":1}', /nope/);
  await params('{"__proto__":{"vf":["0000:3b:00.2"]}}', /__proto__|vf|set/);
  refused(await plan("--params", `${folder.path}/none.json`), /cannot be read/);
});

Deno.test("recipes: cyclic, hostile, absurd and missing ones", async () => {
  using folder = new Folder();
  const recipe = (body: string) =>
    fwctlHere(["apply", folder.file("r.ts", body), "--yes", ...MODEL]);
  const desired = (body: string) =>
    recipe(
      `export default { name: "x", description: "x", desired: ({ resource }) => { ${body} } };`,
    );
  refused(
    await desired("const a = []; a.push(a); return a;"),
    /cycl|circular|desired/i,
  );
  refused(
    await desired(
      "const b = {}; b.b = b; return [resource('mlx5.hca_cap', b)];",
    ),
    /cycl|circular|desired/i,
  );
  refused(
    await desired("return [resource('mlx5.nothing', {})];"),
    /unknown resource "mlx5\.nothing"/,
  );
  refused(
    await desired("return [{ kind: 'mlx5.hca_cap', body: { set: () => 1 } }];"),
    /desired/,
  );
  refused(await desired("throw null;"), /desired|threw/i);
  refused(
    await desired("return new Array(2e6).fill({ kind: 'a', body: {} });"),
    /desired|1,?000,?000/,
  );
  refused(await recipe("export default 1;"), /recipe/i);
  refused(await recipe("export default {"), /recipe|parse|expected/i);
  refused(await recipe('import "./other.ts"; export default {};'), /import/i);
  refused(
    await fwctlHere(["plan", `${folder.path}/none.ts`, ...MODEL]),
    /none\.ts/,
  );
  refused(await fwctlHere(["plan", "ftp://x/y.ts", ...MODEL]), /ftp|scheme/i);
});

Deno.test("an unknown field or function in a recipe's wish is explained", async () => {
  const field = await fwctlHere([
    "plan",
    RECIPE,
    "-p",
    "vf=0000:3b:00.2",
    "-p",
    "set=log_max_qpp=1",
    ...MODEL,
  ]);
  refused(field, /log_max_qp/);
  const vf = await fwctlHere([
    "plan",
    RECIPE,
    "-p",
    "vf=0000:3c:00.2",
    "-p",
    "set=roce=0",
    ...MODEL,
  ]);
  refused(vf, /0000:3c:00\.2/);
  assertStringIncludes(vf.err, "fwctl list");
});
