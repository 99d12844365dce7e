/** The progress line: after a second, on terminals only, at a pace. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { Progress } from "../../lib/cli/progress.ts";
import { cards, cardVfs } from "../../lib/model/scenarios/fleet.ts";
import { Served } from "../model/served/served.ts";
import { ROOT } from "../paths.ts";
import { Folder, fwctl } from "./fwctl.ts";

function lines(visible: boolean, steps: number, pace: number): string[] {
  const notes: string[] = [];
  let now = 0;
  const note = (text: string): void => void notes.push(text);
  {
    using progress = new Progress({ note }, "reading", {
      visible,
      now: () => now,
    });
    for (let done = 1; done <= steps; done++) {
      now += pace;
      progress.step(done, steps, "devices", 4);
    }
  }
  return notes;
}

Deno.test("nothing is shown within a second, nor where nobody sees it", () => {
  assertEquals(lines(true, 99, 10), []);
  assertEquals(lines(false, 5000, 10), []);
});

Deno.test("at most ten lines a second, and the last one is wiped", () => {
  const notes = lines(true, 5000, 1);
  assert(notes.length <= 42 && notes.length > 30, `${notes.length} lines`);
  assertEquals(
    notes[0],
    "\r\x1b[Kreading 1,000 of 5,000 devices, 4 lanes, 1 s",
  );
  assertEquals(notes.at(-1), "\r\x1b[K");
});

Deno.test("the real command draws it on a terminal, and leaves none of it in what it prints", async () => {
  using folder = new Folder();
  const file = folder.file("cards.json", cards(20));
  const params = folder.file("params.json", {
    vf: cardVfs(20),
    set: { roce: 0 },
  });
  await using served = await Served.start(file, ["--latency", "30"]);
  const args = [
    "drift",
    "recipes/vf_caps.ts",
    "--params",
    params,
    "--parallel",
    "2",
    "--model",
    served.model,
  ];
  const flags = ["--unstable-worker-options", "-A"];
  const command = [
    Deno.execPath(),
    "run",
    "--no-prompt",
    "--quiet",
    ...flags,
    "lib/cli/main.ts",
    ...args,
  ].map((part) => `'${part}'`).join(" ");
  let seen: string;
  try {
    const { stdout } = await new Deno.Command("script", {
      args: ["-qec", `${command} 2>&1 >/dev/null`, "/dev/null"],
      cwd: ROOT,
      stdin: "null",
    }).output();
    seen = new TextDecoder().decode(stdout);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    // deno-lint-ignore no-console -- the reason why nothing is held here
    console.log("skipped: no script(1), which lends a terminal");
    return;
  }
  assertMatch(seen, /reading \d+ of 20 devices, 2 lanes, \d s/);
  const { err } = await fwctl(args, { flags });
  assertEquals(err, "");
});
