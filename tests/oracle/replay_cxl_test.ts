import { assertEquals } from "@std/assert";
import { replayFile, type ReplayOptions } from "./replay.ts";

const FIXTURES = new URL("../fixtures/oracle/", import.meta.url).pathname;

async function replay(
  name: string,
  options: Partial<ReplayOptions> = {},
): Promise<{ passed: number; failed: number; reports: string[] }> {
  const reports: string[] = [];
  const tally = await replayFile(
    `${FIXTURES}${name}`,
    {
      features: false,
      nocap: false,
      nobody: false,
      only: undefined,
      ...options,
    },
    (text) => reports.push(text),
  );
  return { ...tally, reports };
}

Deno.test("the model answers every recorded cxl step as the kernel did", async () => {
  const result = await replay("cxl-main.jsonl.gz");
  assertEquals(result, { passed: 1822, failed: 0, reports: [] });
});

Deno.test("the model answers every rule of setting a feature as the kernel did", async () => {
  const result = await replay("cxl-features.jsonl.gz", { features: true });
  assertEquals(result, { passed: 398, failed: 0, reports: [] });
  const mock = await replay("cxl-features.jsonl.gz");
  assertEquals(mock.failed, 287, "the mock alone has no such features");
});

Deno.test("the model answers cxl without CAP_SYS_RAWIO as the kernel did", async () => {
  const result = await replay("cxl-nocap.jsonl.gz", { nocap: true });
  assertEquals(result, { passed: 10, failed: 0, reports: [] });
  const asRoot = await replay("cxl-nocap.jsonl.gz");
  assertEquals(
    asRoot.failed,
    3,
    "with the capability it must come out otherwise",
  );
});

Deno.test("the model answers an ordinary user on cxl as the kernel did", async () => {
  const result = await replay("cxl-nobody.jsonl.gz", { nobody: true });
  assertEquals(result, { passed: 4, failed: 0, reports: [] });
  assertEquals(
    (await replay("cxl-nobody.jsonl.gz")).failed,
    3,
    "root may open the node",
  );
});

Deno.test("the model answers random cxl sequences as the kernel did, unplug and bad pointers among them", async () => {
  const mock = await replay("cxl-random.jsonl.gz");
  assertEquals(mock, { passed: 1127, failed: 0, reports: [] });
  const name = "cxl-random-features.jsonl.gz";
  const features = await replay(name, { features: true });
  assertEquals(features, { passed: 1917, failed: 0, reports: [] });
  const nocap = await replay("cxl-random-nocap.jsonl.gz", {
    features: true,
    nocap: true,
  });
  assertEquals(nocap, { passed: 928, failed: 0, reports: [] });
});
