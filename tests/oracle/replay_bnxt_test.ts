import { assertEquals } from "@std/assert";
import { replayFile } from "./replay.ts";

const FIXTURES = new URL("../fixtures/oracle/", import.meta.url).pathname;

async function replay(
  name: string,
  nocap: boolean,
): Promise<{ passed: number; failed: number; reports: string[] }> {
  const reports: string[] = [];
  const tally = await replayFile(
    `${FIXTURES}${name}.jsonl.gz`,
    { features: false, nobody: false, nocap, only: undefined },
    (text) => reports.push(text),
  );
  return { ...tally, reports };
}

Deno.test("the model answers every recorded bnxt step as the kernel did", async () => {
  const result = await replay("bnxt-main", false);
  assertEquals(result, { passed: 8760, failed: 0, reports: [] });
});

Deno.test("the model answers root without CAP_SYS_RAWIO as the kernel's bnxt did", async () => {
  const result = await replay("bnxt-nocap", true);
  assertEquals(result, { passed: 10, failed: 0, reports: [] });
  const asRoot = await replay("bnxt-nocap", false);
  assertEquals(
    asRoot.failed,
    3,
    "with the capability it must come out otherwise",
  );
});

Deno.test("the model answers random bnxt sequences as the kernel did, unplug and ULP_STOPPED among them", async () => {
  const result = await replay("bnxt-random", false);
  assertEquals(result, { passed: 3883, failed: 0, reports: [] });
  const nocap = await replay("bnxt-random-nocap", true);
  assertEquals(nocap, { passed: 1055, failed: 0, reports: [] });
});
