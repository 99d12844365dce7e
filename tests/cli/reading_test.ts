/** Reading an mlx5 device from the command line: registers, objects, counters, dumps. */
import { assert, assertEquals } from "@std/assert";
import { fwctl } from "./fwctl.ts";

const MODEL = ["--model", "mixed"];

async function answer(...args: readonly string[]): Promise<string> {
  const { code, out, err } = await fwctl([
    "query",
    "fwctl0",
    ...args,
    ...MODEL,
  ]);
  assertEquals(code, 0, err);
  return out;
}

Deno.test("a register is shown with its fields, and drawn", async () => {
  const out = await answer(
    "reg",
    "-a",
    "name=PTYS",
    "-a",
    "local_port=1",
    "-a",
    "picture",
  );
  assert(/eth_proto_oper\s+288\s+32\s+1048576\s+100GBASE_CR4/.test(out), out);
  assert(/\|\s+local_port\s+\|/.test(out), out);
});

Deno.test("the list of registers says what writing one does", async () => {
  const out = await answer("reg");
  assert(/MCDA\s+0x9063\s+mcda_reg\s.*destructive/.test(out), out);
});

Deno.test("an object is found by its number, and a wrong field is named", async () => {
  const out = await answer("object", "-a", "name=cq", "-a", "cqn=1135");
  assert(/cq_context\.log_cq_size\s+227\s+5\s+10/.test(out), out);
  const wrong = await fwctl([
    "query",
    "fwctl0",
    "object",
    "-a",
    "name=cq",
    "-a",
    "cq=1",
    ...MODEL,
  ]);
  assertEquals(wrong.code, 1);
  assert(wrong.err.includes("cqn"), wrong.err);
});

Deno.test("counters and dumps are data for programs too", async () => {
  const diag = JSON.parse(await answer("diag", "-a", "counters", "--json"));
  assertEquals(diag.answer.counters.length, 17);
  const dump = JSON.parse(
    await answer(
      "dump",
      "-a",
      "segment=FULL_QPC",
      "-a",
      "index1=0x43",
      "--json",
    ),
  );
  assertEquals(dump.answer.complete, true);
  assertEquals(dump.answer.segments.at(-1).name, "TERMINATE");
});
