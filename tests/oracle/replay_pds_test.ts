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

Deno.test("the model answers every recorded pds step as the kernel did", async () => {
  const result = await replay("pds-main.jsonl.gz");
  assertEquals(result, { passed: 2058, failed: 0, reports: [] });
});

Deno.test("the model answers root without CAP_SYS_RAWIO on pds as the kernel did", async () => {
  const result = await replay("pds-nocap.jsonl.gz", { nocap: true });
  assertEquals(result, { passed: 10, failed: 0, reports: [] });
  const asRoot = await replay("pds-nocap.jsonl.gz");
  assertEquals(
    asRoot.failed,
    3,
    "with the capability it must come out otherwise",
  );
});

Deno.test("the model answers random pds sequences as the kernel did, bad pointers among them", async () => {
  const result = await replay("pds-random.jsonl.gz");
  assertEquals(result, { passed: 2836, failed: 0, reports: [] });
  const nocap = await replay("pds-random-nocap.jsonl.gz", { nocap: true });
  assertEquals(nocap, { passed: 1018, failed: 0, reports: [] });
});

Deno.test("a pds device that comes back asks its firmware for everything again", async () => {
  const result = await replay("pds-random-unplug.jsonl.gz");
  assertEquals(result, { passed: 2003, failed: 0, reports: [] });
});
