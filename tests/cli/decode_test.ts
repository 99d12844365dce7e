/** `fwctl decode`: bytes as fields, without a device. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { Folder, fwctl } from "./fwctl.ts";
import { fwctlHere } from "./in_process.ts";

const QOS = "fff10c2a42a8000005f5e10000000001";

Deno.test("a capability as a person reads it: place, value, what is not there", async () => {
  const { code, out } = await fwctlHere(["decode", "mlx5", "QOS", QOS]);
  assertEquals(code, 0);
  const lines = out.split("\n");
  assertEquals(
    lines[0],
    "QOS  struct mlx5_ifc_qos_cap_bits, 16 of 256 bytes",
  );
  assert(
    lines.some((line) =>
      /^ {2}packet_pacing_max_rate +0x08 +100000000 +0x5f5e100$/.test(line)
    ),
  );
  assert(
    lines.some((line) =>
      /^ {2}log_max_qos_nic_queue_group +0x04 20\.\.16 +8$/.test(line)
    ),
  );
  assertStringIncludes(
    out,
    "11 fields from log_esw_max_rate_limit on are past the end of what was given",
  );
  assert(!out.includes("reserved_at"), "reserved fields are hidden");
});

Deno.test("zero fields are hidden, counted, and shown with --all", async () => {
  const short = await fwctlHere([
    "decode",
    "mlx5",
    "MTRC_CONF",
    "00".repeat(64),
  ]);
  assertStringIncludes(short.out, "fields of value 0 (--all)");
  assert(!short.out.includes("log_trace_buffer_size"));
  const all = await fwctlHere([
    ...["decode", "mlx5", "MTRC_CONF", "00".repeat(64), "--all"],
  ]);
  assertStringIncludes(all.out, "log_trace_buffer_size");
});

Deno.test("JSON has the fields with their bits, and a picture when asked for", async () => {
  const { out } = await fwctlHere([
    ...["decode", "mlx5", "paos_reg", "01010002800000030000", "--picture"],
    "--json",
  ]);
  const json = JSON.parse(out);
  assertEquals(
    [json.schema, json.driver, json.name, json.kind, json.bytes, json.given],
    ["fwctl/decode", "mlx5", "PAOS", "register", 16, 10],
  );
  assertEquals(json.fields[0], {
    field: "swid",
    bit: 0,
    width: 8,
    value: 1,
  });
  assert(json.picture[1].startsWith("      +--"));
});

Deno.test("an answer says when the firmware refused", async () => {
  const { out } = await fwctlHere(
    ["decode", "mlx5", "MLX5_CMD_OP_QUERY_QP", "0300000000537801"],
  );
  assertStringIncludes(out, "BAD_PARAM");
  assertStringIncludes(out, "a capability above its maximum");
});

Deno.test("a whole mailbox of a capability or a register has its body behind the header", async () => {
  for (
    const [name, field, bit, value] of [
      ["QUERY_HCA_CAP:QOS", "packet_pacing_max_rate", 128 + 64, 100000000],
      ["ACCESS_REG:DTOR", "pcie_toggle_to.to_value", 128 + 44, 0xca842],
    ] as const
  ) {
    const body = name.endsWith("QOS") ? QOS : "00000000200ca842";
    const { out } = await fwctlHere(
      ["decode", "mlx5", name, "00".repeat(16) + body, "--json"],
    );
    const { fields } = JSON.parse(out);
    assertEquals(
      fields.slice(0, 2).map(({ field }: { field: string }) => field),
      [
        "status",
        "syndrome",
      ],
    );
    const found = fields.find((one: { field: string }) => one.field === field);
    assertEquals([found.bit, found.value], [bit, value]);
  }
});

Deno.test("names are listed, and a wrong one meets its nearest", async () => {
  const list = await fwctlHere(["decode", "mlx5"]);
  for (const name of ["PTYS", "GENERAL_2", "QUERY_HCA_CAP", "structure"]) {
    assertStringIncludes(list.out, name);
  }
  const all = JSON.parse((await fwctlHere(["decode", "mlx5", "--json"])).out);
  assertEquals(all.schema, "fwctl/decoders");
  for (
    const [args, message] of [
      [["mlx5", "PTY", "00"], "PTYS"],
      [["mlx6", "PTYS", "00"], "mlx5"],
      [["mlx5", "PTYS"], "no bytes to decode as PTYS"],
      [["mlx5", "PTYS", ""], "no bytes"],
      [["mlx5", "PTYS", "00", "--file", "x"], "given twice"],
      [["bnxt", "VER_GET", "00", "--picture"], "no drawing"],
    ] as const
  ) {
    const { code, err, out } = await fwctlHere(["decode", ...args]);
    assertEquals([code, out], [1, ""], args.join(" "));
    assertStringIncludes(err, message);
  }
});

Deno.test("files are bytes, and one that holds hex text is told apart", async () => {
  using folder = new Folder();
  const bytes = folder.file("qos.bin", Uint8Array.fromHex(QOS));
  const { out } = await fwctlHere(["decode", "mlx5", "QOS", "--file", bytes]);
  assertStringIncludes(out, "100000000");
  const text = folder.file("qos.txt", QOS);
  const told = await fwctlHere(["decode", "mlx5", "QOS", "--file", text]);
  assertStringIncludes(told.out, "looks like hex text");
});

Deno.test("the other drivers decode what is public of theirs", async () => {
  const hwrm = await fwctlHere(
    ["decode", "bnxt", "HWRM_VER_GET", "000000000000b000010a02"],
  );
  assertStringIncludes(hwrm.out, "hwrm_intf_min_8b");
  assertStringIncludes(
    hwrm.out,
    "resp_len is 176: 165 bytes of it are not here",
  );
  const cxl = await fwctlHere(["decode", "cxl", "patrol_scrub", "03011801"]);
  assertStringIncludes(cxl.out, "min_cycle_hours");
  const pds = await fwctlHere(
    ["decode", "pds", "fwctl_rpc_pds", "0100030001000000"],
  );
  assertStringIncludes(pds.out, "command 0x1, version 3");
});

Deno.test("a dump on standard input of the real command", async () => {
  const { code, out } = await fwctl(["decode", "mlx5", "DTOR", "-"], {
    input: "00000000: 0000 0000 2000 0002  .... ...\n",
  });
  assertEquals(code, 0);
  assertStringIncludes(out, "pcie_toggle_to.to_value");
});
