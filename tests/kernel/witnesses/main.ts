// deno-lint-ignore-file no-console -- a program: its output is its purpose
/**
 * `deno task kernel:witnesses`: programs of others beside the real drivers and
 * on the served model.
 *
 *     deno task kernel:witnesses [--write] [SCENE…]
 *
 * What they print is held against what it must say (table.ts), and compared with
 * the transcripts beside this file, which --write replaces. A transcript that
 * differs is told and no failure: another version of a tool prints otherwise.
 * Without a kernel, QEMU, or one of the programs the reason is printed.
 *
 * @module
 */
import { fromFileUrl, ROOT } from "../../paths.ts";
import { peersFolder } from "../../vm/peers.ts";
import { boot, chosenKernel } from "../boot.ts";
import { type Line, type Scene, SCENES } from "./table.ts";
import { plain, shownLine, wrong } from "./transcript.ts";

const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

/** Between two lines' outputs: no program prints it. */
const MARK = "\u0001";

/** What the machine runs: every line, and how it ended. */
function script(scene: Scene, lines: readonly Line[]): string {
  const serve = scene.serves === undefined ? [] : [
    "insmod /tmp/modules/cuse.ko",
    `fwctl serve --cuse --socket /tmp/model --model ${scene.serves} >/tmp/served 2>&1 &`,
    "for i in $(seq 1200); do grep -q tmp/model /tmp/served && break; sleep 0.1; done",
  ];
  return [
    'fwctl() { deno run -A --no-check --unstable-worker-options lib/cli/main.ts "$@"; }',
    ...serve,
    // Each in a shell of its own: no line can break another.
    ...lines.map(({ run }) => `( ${run} ) 2>&1; printf '${MARK}%s\\n' $?`),
  ].join("\n");
}

/** Why a scene cannot be played here. */
function missing({ needs }: Scene): string | undefined {
  for (const need of needs) {
    if (need === "mstreg") {
      const found = peersFolder();
      if ("reason" in found) return found.reason;
      continue;
    }
    try {
      new Deno.Command(need, { args: ["--version"], stdout: "null" })
        .outputSync();
    } catch {
      return `there is no ${need} here`;
    }
  }
  return undefined;
}

/** First line in which two texts differ. */
function firstDifference(old: string, now: string): string {
  const [a, b] = [old.split("\n"), now.split("\n")];
  const at = b.findIndex((line, i) => line !== a[i]);
  const line = at < 0 ? b.length : at;
  return `line ${line + 1}: was ${JSON.stringify(a[line] ?? "nothing")}, is ${
    JSON.stringify(b[line] ?? "nothing")
  }`;
}

/** Plays a scene. @returns what is wrong */
async function play(scene: Scene, write: boolean): Promise<string[]> {
  const kernel = chosenKernel();
  if ("reason" in kernel) throw new Error(kernel.reason);
  const peers = peersFolder();
  const path = "path" in peers
    ? `export PATH=${quoted(peers.path)}:$PATH\n`
    : "";
  const all = Object.values(scene.sessions).flat();
  const start = performance.now();
  const { code, output } = await boot(
    kernel,
    ROOT,
    path + script(scene, all),
    { words: scene.words },
  );
  const outputs = output.split(MARK);
  if (code !== 0 || outputs.length !== all.length + 1) {
    return [`${scene.name}: the machine ended with ${code}:\n${output}`];
  }
  const problems: string[] = [];
  let at = 0;
  let before = outputs[0] ?? "";
  for (const [session, lines] of Object.entries(scene.sessions)) {
    const shown: string[] = [];
    for (const line of lines) {
      const text = plain(before);
      // The next part begins with how this line ended.
      const [status = "", ...rest] = (outputs[++at] ?? "").split("\n");
      before = rest.join("\n");
      problems.push(...wrong(line, text, Number(status)));
      shown.push(shownLine(line, text, status));
    }
    await keep(`${scene.name}_${session}`, shown.join("\n"), write);
  }
  const seconds = ((performance.now() - start) / 1000).toFixed(0);
  console.log(
    `${
      problems.length === 0 ? "ok     " : "BROKEN "
    } ${scene.title}: ${all.length} commands, ${seconds} s on Linux ${kernel.version}`,
  );
  return problems;
}

async function keep(name: string, text: string, write: boolean): Promise<void> {
  const path = fromFileUrl(new URL(`${name}.txt`, import.meta.url));
  if (write) return await Deno.writeTextFile(path, text);
  const kept = await Deno.readTextFile(path).catch(() => "");
  if (kept === text) return;
  console.log(`${name}.txt differs, ${firstDifference(kept, text)}`);
}

async function main(args: readonly string[]): Promise<number> {
  const write = args.includes("--write");
  const names = args.filter((one) => one !== "--write");
  const chosen = SCENES.filter(({ name }) =>
    names.length === 0 || names.includes(name)
  );
  if (chosen.length === 0 || chosen.length < names.length) {
    console.error(`scenes: ${SCENES.map(({ name }) => name).join(", ")}`);
    return 2;
  }
  const kernel = chosenKernel();
  if ("reason" in kernel) {
    console.log(`skipped: ${kernel.reason}`);
    return 0;
  }
  let broken = 0;
  for (const scene of chosen) {
    const reason = missing(scene);
    if (reason !== undefined) {
      console.log(`skipped ${scene.title}: ${reason}`);
      continue;
    }
    const problems = await play(scene, write);
    for (const problem of problems) console.log(problem);
    if (problems.length > 0) broken++;
  }
  return broken === 0 ? 0 : 1;
}

Deno.exit(await main(Deno.args));
