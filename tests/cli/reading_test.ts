/** Reading an mlx5 device by name: registers, objects, dumps, and the forms of an answer. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { fromHex } from "../../lib/bytes.ts";
import { Folder, MODEL_FLAGS } from "./fwctl.ts";
import { fwctlHere } from "./in_process.ts";
import { ROOT } from "../paths.ts";

const MODEL = ["--model", "mixed"];

/** What a command prints that must succeed. */
async function answer(...args: readonly string[]): Promise<string> {
  const { code, out, err } = await fwctlHere([...args, ...MODEL]);
  assertEquals(code, 0, `${args.join(" ")}\n${err}`);
  return out;
}

/** What a command says that must fail. */
async function refusal(...args: readonly string[]): Promise<string> {
  const { code, out, err } = await fwctlHere([...args, ...MODEL]);
  assertEquals([code, out], [1, ""], args.join(" "));
  return err;
}

// deno-lint-ignore no-explicit-any -- a test looks into any member
async function json(...args: readonly string[]): Promise<any> {
  return JSON.parse(await answer(...args, "--json"));
}

Deno.test("a register is shown with its fields, what selected it, and drawn", async () => {
  const out = await answer("reg", "fwctl0", "ptys", "--picture");
  assertStringIncludes(
    out,
    "PTYS  id 0x5004, layout ptys_reg, bytes 64, read by local_port=1 plane_ind=0 proto_mask=4\n",
  );
  assert(/eth_proto_oper\s+288\s+32\s+1048576\s+100GBASE_CR4/.test(out), out);
  assert(/\|\s+local_port=1\s+\|/.test(out), out);
  assert(!out.includes("reserved_at"), out);
});

Deno.test("the list of registers says how many fields are known, and what each access takes", async () => {
  const out = await answer("reg", "fwctl0");
  assert(
    /MCDA\s+0x9063\s+mcda_reg\s+3\s.*debug-read-only\s+configuration\s+destructive/
      .test(out),
    out,
  );
  const { answer: { registers } } = await json("reg", "fwctl0");
  assert(registers.length > 80, String(registers.length));
});

Deno.test("a register without public fields is read by its id, and shown as bytes", async () => {
  const out = await answer("reg", "fwctl0", "0x9020", "--size", "160", "--hex");
  assert(/^MGIR, its data {2}160 bytes\n000000 {2}0000101d /.test(out), out);
  const plain = await answer("reg", "fwctl0", "0x9020", "--size", "160");
  assertStringIncludes(plain, "0000101d0001");
});

Deno.test("an object is found by its number, by any spelling of its command", async () => {
  const spelt = await Promise.all(
    ["QUERY_CQ", "query_cq", "cq", "Cq"].map((name) =>
      answer("object", "fwctl0", name, "cqn=1135")
    ),
  );
  assertEquals(new Set(spelt).size, 1);
  assert(/cq_context\.log_cq_size\s+227\s+5\s+10/.test(spelt[0] ?? ""));
  const list = await answer("object", "fwctl0");
  assert(
    /^cq +QUERY_CQ +0x402 +query_cq_out +debug-read-only +cqn/m.test(list),
  );
});

Deno.test("the state of a function is decoded, though mlx5_ifc.h has no structure of it", async () => {
  const out = await answer("object", "fwctl0", "QUERY_VHCA_STATE");
  assert(/vhca_state_context\.vhca_state +140 +4 +3 +IN_USE/.test(out), out);
});

Deno.test("a dump is shown segment by segment, and kept as the device gave it", async () => {
  const menu = await answer("dump", "fwctl0");
  assert(/FULL_QPC +0x1000 +QPN +index1/.test(menu), menu);
  const out = await answer("dump", "fwctl0", "full_qpc", "index1=0x43");
  assert(
    /^FULL_QPC {2}offset 36, type 0x1000, bytes 528, index1 67/m.test(out),
  );
  assert(/^ {2}000000 {2}10000000 10000004/m.test(out), out);
  using folder = new Folder();
  const file = `${folder.path}/qpc.bin`;
  const dump = ["dump", "fwctl0", "FULL_QPC", "index1=0x43"];
  const kept = await fwctlHere([...dump, "--binary", file, ...MODEL]);
  assertEquals([kept.code, kept.out], [0, ""]);
  assertStringIncludes(kept.err, "36-563  FULL_QPC 0x1000\n");
  const bytes = Deno.readFileSync(file);
  const { answer: { segments, raw, complete } } = await json(...dump, "--hex");
  assertEquals([bytes, complete], [fromHex(raw), true]);
  // Segment by segment from the header's own lengths: nothing between them.
  let at = 0;
  for (const segment of segments) {
    assertEquals([segment.offset, segment.bytes], [
      at,
      ((bytes[at] ?? 0) << 8 | (bytes[at + 1] ?? 0)) * 4,
    ]);
    at += segment.bytes;
  }
  assertEquals([at, segments.at(-1).name], [bytes.length, "TERMINATE"]);
});

Deno.test("raw bytes go to a pipe as they are", async () => {
  const { stdout, success } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", ...MODEL_FLAGS, `${ROOT}lib/cli/main.ts`]
      .concat("reg", "fwctl0", "MGIR", "--size", "160", "--binary", "-", MODEL),
    stderr: "null",
  }).output();
  const { answer: { raw } } = await json(
    "reg",
    "fwctl0",
    "MGIR",
    "--size",
    "160",
  );
  assertEquals([success, stdout], [true, fromHex(raw)]);
});

Deno.test("every query with bytes has them in the same forms", async () => {
  const query = ["query", "fwctl0", "object", "-a", "name=vport_state"];
  assertStringIncludes(
    await answer(...query, "--hex"),
    "QUERY_VPORT_STATE, the answer with its header  16 bytes\n000000  ",
  );
  assertEquals(
    await answer("query", "fwctl0", "object", "name=vport_state"),
    await answer("object", "fwctl0", "VPORT_STATE"),
  );
  assertStringIncludes(
    await refusal("query", "fwctl0", "identity", "--hex"),
    "The query identity has no bytes to show",
  );
  assertStringIncludes(
    await refusal("query", "fwctl0", "identity", "--picture"),
    "draws no picture",
  );
});

Deno.test("forms that cannot go together are refused before anything is sent", async () => {
  using folder = new Folder();
  const file = folder.file("there", "x");
  for (
    const [options, words] of [
      [["--hex", "--binary", "x"], "two forms"],
      [["--binary", file], "is there already"],
      [["--binary", `${folder.path}/no/x`], "cannot be written"],
    ] as const
  ) {
    assertStringIncludes(
      await refusal("reg", "fwctl0", "PTYS", ...options),
      words,
    );
  }
  const both = await fwctlHere(
    ["reg", "fwctl0", "PTYS", "--binary", "-", "--json", ...MODEL],
  );
  assertStringIncludes(both.out, "both write standard output");
  await answer("reg", "fwctl0", "PTYS", "--binary", file, "--force");
  assertEquals(Deno.statSync(file).size, 64);
});

Deno.test("what is wrong is named, with what is near", async () => {
  for (
    const [args, ...words] of [
      [["reg", "fwctl0", "PTYZ"], "Did you mean PTYS?"],
      [["reg", "fwctl0", "PTYS", "locl_port=1"], "Did you mean local_port?"],
      [["reg", "fwctl0", "local_port=1"], "not said of what"],
      [["reg", "fwctl0", "PTYS", "local_port=x"], "local_port"],
      [["reg", "fwctl0", "PTYS", "__proto__=1"], "__proto__"],
      [["reg", "fwctl0", "PTYS", "name=PAOS"], "given twice"],
      [["reg", "fwctl0", "0x5077"], "BAD_PARAM", "MCAM, PCAM and QCAM"],
      [["object", "fwctl0", "QUERY_CQQ"], "Did you mean"],
      [["object", "fwctl0", "QUERY_QP"], "needs qpn", "Give qpn=NUMBER"],
      [["object", "fwctl0", "cq", "cq=1"], "cqn"],
      [["dump", "fwctl0", "FULL_QPC"], "index1: FULL_QPC needs it (QPN)"],
      [["dump", "fwctl0", "FULL_QPD", "index1=1"], "Did you mean FULL_QPC"],
      [["dump", "fwctl0", "index1=1"], "not said of what"],
      [["reg", "fwctl0", "--hex"], "A list has no bytes"],
    ] as const
  ) {
    const said = await refusal(...args);
    for (const word of words) assertStringIncludes(said, word, args.join(" "));
  }
});

Deno.test("a device whose driver has nothing of the kind says so plainly", async () => {
  for (const verb of ["reg", "object", "dump", "caps"]) {
    assertStringIncludes(
      await refusal(verb, "mem0"),
      `is a cxl device, and of those nothing can be read with fwctl ${verb}`,
    );
  }
});
