/** `fwctl diag`, as a process: what the guide shows, refusals, Ctrl-C. */
import { assert, assertEquals } from "@std/assert";
import { ROOT } from "../../paths.ts";
import { Folder, fwctl, fwctlJson, MODEL_FLAGS } from "../fwctl.ts";

const GUIDE = Deno.readTextFileSync(
  `${ROOT}docs/guides/diagnostic-counters.md`,
);

Deno.test("every command line of the guide to diagnostic counters runs, the samples are whole, and Ctrl-C ends sampling with what there is", async () => {
  const lines = (/```sh\n([\s\S]*?)```/.exec(GUIDE)?.[1] ?? "").trim()
    .split("\n");
  assertEquals(
    lines.map((line) => line.split(" ")[2]),
    ["capabilities", "set", "sample", "dump", "stop"],
  );
  using folder = new Folder();
  const page = `${folder.path}/counters.html`;
  const model = ["--model", "connectx", "--model-state"]
    .concat(`${folder.path}/m.json`);
  const shown = new Map<string, string>();
  for (const line of lines) {
    const args = line.split(" ").slice(1)
      .map((word) => word === "counters.html" ? page : word);
    // A process less: what is sampled here can be interrupted too.
    if (args[1] === "stop") await interrupted(model);
    const { code, out, err } = await fwctl([...args, ...model]);
    assertEquals(code, 0, `${line}\n${err}`);
    shown.set(args[1] ?? "", out);
  }
  assert(shown.get("capabilities")?.includes("1,000,000,000 Hz"));
  const set = shown.get("set") ?? "";
  assert(set.includes("1 ms asked for, 2^20 device clocks = 1.049 ms taken"));
  assert(set.includes("taints the kernel"), set);
  const rows = (shown.get("sample") ?? "").trim().split("\r\n").slice(1)
    .map((row) => row.split(","));
  // A second of a sample each 1.049 ms; a machine that is slow gets fewer.
  assert(rows.length > 200, `${rows.length} values`);
  const ids = rows.filter((row) => row[3] === "0x2006")
    .map((row) => Number(row[0]));
  ids.forEach((id, i) => assert(i === 0 || id > (ids[i - 1] ?? 0)));
  const html = Deno.readTextFileSync(page);
  assert(html.includes("TX packets") && html.includes("Content-Security-Pol"));
  assert(shown.get("stop")?.includes("sampling: stopped"));
});

Deno.test("without --allow-taint nothing is set, and nothing is sampled", async () => {
  using folder = new Folder();
  const model = ["--model", "connectx", "--model-state"]
    .concat(`${folder.path}/m.json`);
  const refused = await fwctl(["diag", "set", "fwctl0", "--yes", ...model]);
  assertEquals(refused.code, 4);
  assert(refused.err.includes("taints the kernel"), refused.err);
  const { code, json } = await fwctlJson([
    "diag",
    "sample",
    "fwctl0",
    ...model,
  ]);
  assertEquals(code, 1);
  assertEquals(json.error.code, "UsageError");
  assert(json.error.hint.includes("fwctl diag set fwctl0"), json.error.hint);
});

/** Reads until a few samples came, then presses Ctrl-C. */
async function interrupted(model: readonly string[]): Promise<void> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--quiet", ...MODEL_FLAGS].concat(
      `${ROOT}lib/cli/main.ts`,
      ["diag", "sample", "fwctl0", "--duration", "10m", "--csv"],
      model,
    ),
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    cwd: ROOT,
  }).spawn();
  let out = "";
  let pressed = false;
  for await (
    const text of child.stdout.pipeThrough(new TextDecoderStream())
  ) {
    out += text;
    if (pressed || out.split("\r\n").length < 4) continue;
    pressed = true;
    child.kill("SIGINT");
  }
  const err = await new Response(child.stderr).text();
  assertEquals((await child.status).code, 0, err);
  assert(err.includes("Interrupted"), err);
  assert(out.endsWith("\r\n") && out.split("\r\n").length >= 4, out);
}
