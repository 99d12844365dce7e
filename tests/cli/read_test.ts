/** The reading commands and `rpc`, as processes on modelled hosts. */
import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { Folder, fwctl, scenario } from "./fwctl.ts";
import { fwctlHere, fwctlHereJson } from "./in_process.ts";

const MODEL = ["--model", "connectx"];
/** QUERY_ADAPTER, and NOP. */
const QUERY_ADAPTER = `0101${"00".repeat(14)}`;

Deno.test("list shows devices and functions, opens none, and needs no ffi", async () => {
  const { code, out, err } = await fwctl(["list", ...MODEL], { flags: [] });
  assertEquals({ code, err }, { code: 0, err: "" });
  assertMatch(
    out,
    /^fwctl0 +mlx5 +0000:3b:00\.0 +15b3:101d +mlx5_core +8\/16 +ens1f0np0 +mlx5_0$/m,
  );
  assertMatch(out, /^ {2}VF 6 +0000:3b:01\.0 +vfio-pci, in use$/m);
});

Deno.test("list --json is the inventory", async () => {
  const { code, json } = await fwctlHereJson(["list", ...MODEL]);
  assertEquals(code, 0);
  assertEquals(json.schema, "fwctl/list");
  assertEquals(json.inventory.devices[0].virtfns.length, 8);
  assertEquals(json.inventory.devices[0].virtfns[7].fwctl, "fwctl1");
});

Deno.test("list says the same with and without a state file", async () => {
  using folder = new Folder();
  const state = `${folder.path}/state.json`;
  const plain = await fwctlHere(["list", ...MODEL]);
  const first = await fwctlHere(["list", ...MODEL, "--model-state", state]);
  const second = await fwctlHere(["list", ...MODEL, "--model-state", state]);
  assertEquals(first, plain);
  assertEquals(second, plain);
  assertEquals(
    JSON.parse(Deno.readTextFileSync(state)).format,
    "fwctl-model-state/1",
  );
});

Deno.test("info shows identity, context and functions, by any name of the device", async () => {
  const { code, out } = await fwctlHere(["info", "ens1f0np0", ...MODEL]);
  assertEquals(code, 0);
  assertMatch(out, /^model +ConnectX-6 Dx$/m);
  assertMatch(out, /^firmware +22\.41\.1000$/m);
  assertMatch(out, /^context +uid 1, tools resources$/m);
  const { json } = await fwctlHereJson(["info", "3b:00.0", ...MODEL]);
  assertEquals(json.schema, "fwctl/info");
  assertEquals(json.device.name, "fwctl0");
  assertEquals(json.info, { uid: 1, uctx_caps: 4 });
});

Deno.test("caps shows current and maximum, of the device and of a function", async () => {
  const own = await fwctlHere([
    "caps",
    "fwctl0",
    "--type",
    "GENERAL",
    ...MODEL,
  ]);
  assertEquals(own.code, 0);
  assertMatch(own.out, /^ {3}log_max_qp +\d+ +5 +\d+ +\d+$/m);
  const byVf = await fwctlHereJson([
    "caps",
    "fwctl0",
    "--vf",
    "3b:00.2",
    "--type",
    "GENERAL",
    ...MODEL,
  ]);
  const byId = await fwctlHereJson([
    "caps",
    "fwctl0",
    "--function",
    "1",
    "--type",
    "general",
    ...MODEL,
  ]);
  assertEquals(byVf.json.schema, "fwctl/caps");
  assertEquals(byVf.json.function, 1);
  assertEquals(byVf.json, byId.json);
});

Deno.test("caps --diff shows only what is not at the maximum", async () => {
  const { json } = await fwctlHereJson(["caps", "fwctl0", "--diff", ...MODEL]);
  for (const type of json.types) {
    for (const field of type.fields) {
      assert(field.current !== field.maximum, field.field);
    }
  }
});

Deno.test("scope explains a request without any permission, host or device", async () => {
  const { code, out } = await fwctl(["scope", "0805 0000 0000 0000"], {
    flags: [],
  });
  assertEquals(code, 0);
  assertMatch(
    out,
    /^scope +configuration \(0\): the kernel lets register writes/m,
  );
  const { json } = await fwctlHereJson(["scope", "08050000000000010000 9020"]);
  assertEquals(json.schema, "fwctl/scope");
  assertEquals(json.label.scope, "debug-read-only");
  assertEquals(json.label.effect, "read");
  const wrong = await fwctlHere(["scope", "00", "--driver", "mlx4"]);
  assertEquals(wrong.code, 1);
  assertStringIncludes(wrong.err, "Did you mean mlx5?");
});

Deno.test("rpc sends hex and shows the response", async () => {
  const args = [
    "rpc",
    "mlx5_0",
    "--scope",
    "debug-read-only",
    "--out",
    "272",
    ...MODEL,
  ];
  const { code, out, err } = await fwctlHere([...args, QUERY_ADAPTER]);
  assertEquals(code, 0);
  assertMatch(out, /^000000 {2}00000000 00000000/);
  assertMatch(err, /QUERY_ADAPTER/);
  const { json } = await fwctlHereJson([...args, QUERY_ADAPTER]);
  assertEquals(json.schema, "fwctl/rpc");
  assertEquals(json.error, null);
  assertEquals(json.response.length, 2 * json.length);
});

Deno.test("rpc takes hex from standard input and bytes from a file", async () => {
  using folder = new Folder();
  const file = folder.file(
    "q.bin",
    Uint8Array.from([1, 1, ...new Array(14).fill(0)]),
  );
  const args = [
    "rpc",
    "fwctl0",
    "--scope",
    "debug-read-only",
    "--out",
    "272",
    ...MODEL,
  ];
  const typed = await fwctlHere([...args, QUERY_ADAPTER]);
  const piped = await fwctl([...args, "-"], { input: `0x${QUERY_ADAPTER}\n` });
  const read = await fwctlHere([...args, "--in", file]);
  assertEquals(piped.out, typed.out);
  assertEquals(read.out, typed.out);
});

Deno.test("rpc shows the response also when the firmware refused, and exits with 1", async () => {
  const { code, out, err } = await fwctlHere([
    "rpc",
    "fwctl0",
    "--scope",
    "debug-read-only",
    "--out",
    "16",
    QUERY_ADAPTER,
    ...MODEL,
  ]);
  assertEquals(code, 1);
  assertMatch(out, /^000000 {2}51000000/);
  assertStringIncludes(
    err,
    "error: The firmware refused QUERY_ADAPTER: BAD_OUTP_LEN",
  );
});

Deno.test("rpc has no default scope and never raises the one it is given", async () => {
  const none = await fwctlHere([
    "rpc",
    "fwctl0",
    "--out",
    "272",
    QUERY_ADAPTER,
    ...MODEL,
  ]);
  assertEquals(none.code, 1);
  assertStringIncludes(none.err, "--scope <scope>' not specified");
  // QUERY_SQ is debug information to the kernel.
  const low = await fwctlHere([
    "rpc",
    "fwctl0",
    "--scope",
    "configuration",
    "--out",
    "512",
    `0907${"00".repeat(14)}`,
    ...MODEL,
  ]);
  assertEquals(low.code, 1);
  assertStringIncludes(low.err, "EBADMSG");
});

Deno.test("rpc needs --yes for what writes or taints, and warns of taint", async () => {
  using folder = new Folder();
  const state = `${folder.path}/state.json`;
  const model = [...MODEL, "--model-state", state];
  const write = [
    "rpc",
    "fwctl0",
    "--scope",
    "configuration",
    "--out",
    "16",
    `0109${"00".repeat(14)}`,
    ...model,
  ];
  const asked = await fwctlHere(write);
  assertEquals(asked.code, 1);
  assertStringIncludes(asked.err, "effect runtime");
  assertStringIncludes(asked.err, "Add --yes");
  const taint = [
    "rpc",
    "fwctl0",
    "--scope",
    "debug-write",
    "--out",
    "272",
    QUERY_ADAPTER,
    ...model,
  ];
  assertEquals((await fwctlHere(taint)).code, 1);
  assertEquals(
    (await fwctlHereJson(["list", ...model])).json.inventory.tainted,
    false,
  );
  const sent = await fwctlHere([...taint, "--yes"]);
  assertEquals(sent.code, 0);
  assertStringIncludes(
    sent.err,
    "warning: scope debug-write taints the kernel",
  );
  assertEquals(
    (await fwctlHereJson(["list", ...model])).json.inventory.tainted,
    true,
  );
});

Deno.test("rpc explains the errno of a room too small for any response", async () => {
  const { err } = await fwctlHere([
    "rpc",
    "fwctl0",
    "--scope",
    "debug-write-full",
    "--yes",
    "--out",
    "0",
    QUERY_ADAPTER,
    ...MODEL,
  ]);
  // mlx5 wants room for a response's header: its errno is explained.
  assertStringIncludes(err, "EMSGSIZE");
});

Deno.test("a locked-down host and a process without CAP_SYS_RAWIO are explained", async () => {
  const { code, err } = await fwctlHere([
    "rpc",
    "fwctl0",
    "--scope",
    "debug-write-full",
    "--yes",
    "--out",
    "272",
    QUERY_ADAPTER,
    "--model",
    "locked-down",
  ]);
  assertEquals(code, 1);
  assertMatch(err, /EPERM.*CAP_SYS_RAWIO/s);
});

Deno.test("help, version and usage errors", async () => {
  const help = await fwctl(["--help"], { flags: [] });
  assertEquals(help.code, 0);
  for (
    const name of ["list", "info", "caps", "rpc", "scope", "plan", "apply"]
  ) {
    assertMatch(help.out, new RegExp(`^ {2}${name} `, "m"));
  }
  const version = await fwctlHere(["--version"]);
  const { version: own } = JSON.parse(
    Deno.readTextFileSync(new URL("../../deno.json", import.meta.url)),
  );
  // One line, and its first word is the version, whatever follows.
  assertEquals(version.out.split(" ")[0], own);
  assertMatch(version.out, /^[^\n]* mlx5 1, cxl 2, bnxt 3, pds 4\)\n$/);
  const none = await fwctlHere([]);
  assertEquals(none.code, 1);
  assertStringIncludes(none.err, "Usage: fwctl");
  const near = await fwctlHere(["lst"]);
  assertEquals(near.code, 1);
  assertStringIncludes(near.err, "Did you mean list?");
  const option = await fwctlHereJson(["list", "--modle", "x"]);
  assertEquals(option.code, 1);
  assertEquals(option.json.schema, "fwctl/error");
  assertEquals(option.json.error.code, "UsageError");
  assertStringIncludes(option.json.error.hint, "--model");
  const models = await fwctl(["list", "--model", "help"], { flags: [] });
  assertMatch(models.out, /^connectx +/m);
});

Deno.test("unknown devices and scenarios: typed, with what was perhaps meant", async () => {
  const device = await fwctlHere(["info", "fwctl7", ...MODEL]);
  assertEquals(device.code, 1);
  assertStringIncludes(device.err, "Did you mean fwctl0");
  const json = await fwctlHereJson(["info", "fwctl7", ...MODEL]);
  assertEquals(json.json.error.code, "UsageError");
  const model = await fwctlHereJson(["list", "--model", "conectx"]);
  assertEquals(model.code, 1);
  assertEquals(model.json.error.code, "ModelError");
  assertStringIncludes(model.json.error.message, "connectx");
  const type = await fwctlHere([
    "caps",
    "fwctl0",
    "--type",
    "GENRAL",
    ...MODEL,
  ]);
  assertStringIncludes(type.err, "Did you mean GENERAL");
});

Deno.test("missing permissions: the error names the flag", async () => {
  const real = await fwctl(["list"], { flags: [] });
  assertEquals(real.code, 1);
  assertStringIncludes(real.err, "--allow-ffi");
  using folder = new Folder();
  const file = folder.file("s.json", scenario());
  const read = await fwctl(["list", "--model", file], { flags: [] });
  assertEquals(read.code, 1);
  assertStringIncludes(read.err, "--allow-read");
  const write = await fwctl(
    ["list", ...MODEL, "--model-state", `${folder.path}/state.json`],
    { flags: ["--allow-read"] },
  );
  assertEquals(write.code, 1);
  assertStringIncludes(write.err, "--allow-write");
});

Deno.test("list: the short way and the parser's print the same", async () => {
  for (
    const args of [
      ["list", ...MODEL],
      ["list", "--all", ...MODEL],
      ["list", "--json", "--model", "two-cards"],
    ]
  ) {
    // --debug is no option of the short way.
    const [quick, parsed] = [
      await fwctlHere(args),
      await fwctlHere(["--debug", ...args]),
    ];
    assertEquals(quick.out, parsed.out);
    assertEquals(quick.code, parsed.code);
  }
});
