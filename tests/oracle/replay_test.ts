import { assertEquals, assertStringIncludes } from "@std/assert";
import { replayFile, type ReplayOptions } from "./replay.ts";

const FIXTURES = new URL("../fixtures/oracle/", import.meta.url).pathname;
const PLAIN: ReplayOptions = {
  features: false,
  nocap: false,
  nobody: false,
  only: undefined,
};

async function replay(
  path: string,
  options: Partial<ReplayOptions> = {},
): Promise<{ passed: number; failed: number; reports: string[] }> {
  const reports: string[] = [];
  const tally = await replayFile(
    path,
    { ...PLAIN, ...options },
    (text) => reports.push(text),
  );
  return { ...tally, reports };
}

/** Replays lines made up here. */
async function replayLines(
  lines: readonly unknown[],
): Promise<{ passed: number; failed: number; reports: string[] }> {
  const path = await Deno.makeTempFile({ suffix: ".jsonl" });
  try {
    const text = lines.map((line) =>
      typeof line === "string" ? line : JSON.stringify(line)
    );
    await Deno.writeTextFile(path, text.join("\n"));
    return await replay(path);
  } finally {
    await Deno.remove(path);
  }
}

const oneCase = (steps: readonly unknown[]) => ({
  device_type: "mlx5",
  caseId: "test/case",
  steps,
});

Deno.test("a recording that tells another story fails, naming the case, the step and the field", async () => {
  const { passed, failed, reports } = await replayLines([
    oneCase([
      { op: "open", fd: 0, flags: 2, ret: 0, errno: 0 },
      { op: "close", fd: 0, ret: -1, errno: 9 },
    ]),
  ]);
  assertEquals([passed, failed], [1, 1]);
  assertStringIncludes(reports[0] ?? "", "mlx5 test/case, step 1 (close)");
  assertStringIncludes(reports[0] ?? "", "errno: kernel 9, model 0");
});

Deno.test("steps nobody knows and lines nobody can read fail with a reason and stop nothing", async () => {
  const { passed, failed, reports } = await replayLines([
    "not JSON",
    { device_type: "mlx5" },
    oneCase([
      { op: "levitate" },
      { op: "open", fd: "zero", flags: 2, ret: 0, errno: 0 },
      { op: "rpc", fd: 0, size: 32, inPtr: "nowhere", outPtr: "out" },
      { op: "write", path: "/etc/passwd", text: "", error: "" },
      { op: "close", fd: 3, ret: -1, errno: 9 },
    ]),
    { device_type: "abacus", caseId: "test/unknown", steps: [{ op: "open" }] },
  ]);
  assertEquals([passed, failed], [1, 7]);
  assertStringIncludes(
    reports.join("\n"),
    'nothing is known of \\"levitate\\"',
  );
  assertStringIncludes(reports.join("\n"), "abacus has no kernel side");
});

Deno.test("descriptors a case leaves open are closed before the next one", async () => {
  const open = { op: "open", fd: 0, flags: 2, ret: 0, errno: 0 };
  const live = "/sys/module/stub_mlx5/parameters/live";
  const { failed, reports } = await replayLines([
    oneCase([open, { op: "read", path: live, text: "1,0,0" }]),
    oneCase([{ op: "read", path: live, text: "0,0,0" }]),
  ]);
  assertEquals([failed, reports], [0, []]);
});

Deno.test("a half-way fault leaves the bytes before it out of the comparison", async () => {
  const rpc = {
    op: "rpc",
    fd: 0,
    size: 32,
    scope: 1,
    in_len: 16,
    out_len: 32,
    inPtr: "in",
    outPtr: "out-31",
    in: "01010000000000000000000000000000",
    ret: -1,
    errno: 14,
  };
  const open = { op: "open", fd: 0, flags: 2, ret: 0, errno: 0 };
  const { failed } = await replayLines([
    oneCase([open, rpc, { ...rpc, out: "00".repeat(31) }]),
  ]);
  assertEquals(failed, 0);
});

Deno.test("the command closes with the counts and exits 1 when a step failed", async () => {
  const run = async (...args: string[]) => {
    const { code, stdout } = await new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--allow-read",
        new URL("replay.ts", import.meta.url).pathname,
        ...args,
      ],
      stderr: "null",
    }).output();
    const lines = new TextDecoder().decode(stdout).trimEnd().split("\n");
    return { code, last: lines.at(-1) };
  };
  const path = `${FIXTURES}mlx5-nocap.jsonl.gz`;
  assertEquals(await run("--nocap", path), {
    code: 0,
    last: "18 passed, 0 failed",
  });
  assertEquals(await run("--only", "mlx5", path), {
    code: 1,
    last: "13 passed, 5 failed",
  });
  assertEquals((await run("--frobnicate", path)).code, 2);
});
