/**
 * The promise of the template: a copy and one line in the registry make a
 * driver, and the real command works with it. The steps are those of
 * CONTRIBUTING.md, taken from its text.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { checkPrinted } from "../answers.ts";
import { type Block, blocksOf, linesOf } from "../docs/markdown.ts";
import { ROOT } from "../paths.ts";

const TEST = "tests/drivers/template_test.ts";

/** The blocks of CONTRIBUTING.md that this test runs, in order. */
const STEPS: readonly Block[] = blocksOf(
  Deno.readTextFileSync(`${ROOT}CONTRIBUTING.md`),
).filter(({ runBy }) => runBy === TEST);

/** The repository as it ships. `using` removes it. */
class Checkout implements Disposable {
  readonly path = Deno.makeTempDirSync({ prefix: "fwctl-template-" });

  constructor() {
    for (const name of ["mod.ts", "deno.json", "lib", "drivers", "recipes"]) {
      copy(`${ROOT}${name}`, `${this.path}/${name}`);
    }
  }

  /** Runs a line of a shell; `fwctl` runs on the modelled machine, which keeps its state. */
  async shell(
    line: string,
  ): Promise<{ code: number; out: string; err: string }> {
    const command = [
      ...[Deno.execPath(), "run", "--quiet", "--no-prompt"],
      ...["--unstable-worker-options", "--allow-read", "--allow-write"],
      ...["lib/cli/main.ts", "--model", "scenario.json"],
      ...["--model-state", "state.json", "--state-dir", "state"],
    ].join(" ");
    const { code, stdout, stderr } = await new Deno.Command("bash", {
      args: ["-c", `fwctl() { ${command} "$@"; }\n${line}`],
      cwd: this.path,
      stdin: "null",
    }).output();
    const decoder = new TextDecoder();
    const out = decoder.decode(stdout);
    await checkPrinted(line.split(" "), out);
    return { code, out, err: decoder.decode(stderr) };
  }

  /** Does what a block says; what its lines printed, by line. */
  async follow({ language, savedAs, text }: Block): Promise<Said> {
    const said: Said = new Map();
    if (savedAs !== null) {
      Deno.writeTextFileSync(`${this.path}/${savedAs}`, text);
    }
    if (language !== "sh") return said;
    for (const { command, code: wanted } of linesOf(text)) {
      const { code, out, err } = await this.shell(command);
      assertEquals(code, wanted, `${command}\n${out}${err}`);
      said.set(command, out + err);
    }
    return said;
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}

type Said = Map<string, string>;

function copy(from: string, to: string): void {
  if (Deno.statSync(from).isFile) return Deno.copyFileSync(from, to);
  Deno.mkdirSync(to);
  for (const { name } of Deno.readDirSync(from)) {
    copy(`${from}/${name}`, `${to}/${name}`);
  }
}

Deno.test("the steps of CONTRIBUTING make a driver that the command lists, asks, plans and applies with", async () => {
  assertEquals(
    STEPS.map(({ language, savedAs }) => savedAs ?? language),
    ["sh", "scenario.json", "recipes/example.ts", "sh"],
  );
  using checkout = new Checkout();
  const said: Said = new Map();
  for (const step of STEPS) {
    for (const [line, text] of await checkout.follow(step)) {
      said.set(line, text);
    }
  }
  const shown: readonly (readonly [string, RegExp])[] = [
    ["list", /fwctl0\s+example\s+0000:07:00\.0/],
    ["info fwctl0", /Example 1[^]*4711|4711[^]*Example 1/],
    ["describe fwctl0", /example\.setting/],
    ["scope --list --driver example", /SET_SETTING/],
    ["plan recipes/example.ts -p queues=12", /queues\s+0 → 12\s+at most 64/],
    [
      "plan recipes/example.ts -p queues=65",
      /queues 65 is refused: at most 64/,
    ],
  ];
  for (const [line, words] of shown) {
    const text = said.get(`fwctl ${line}`) ?? "";
    assert(words.test(text), `${line}: ${text}`);
  }

  // GET_SETTING of the serial number, 4711 = 0x1267.
  const rpc = await checkout.shell(
    "fwctl rpc fwctl0 --scope configuration --out 8 --json 0100ffff00000000",
  );
  assertEquals(rpc.code, 0, rpc.err);
  assertStringIncludes(rpc.out, "0000000067120000");

  // RESET needs debug-write.
  const refused = await checkout.shell(
    "fwctl rpc fwctl0 --scope configuration --out 8 --yes 0300000000000000",
  );
  assertEquals(refused.code, 1);
  assertStringIncludes(refused.err, "EPERM");
  assertStringIncludes(refused.err, "debug-write");

  // What was applied is kept.
  const after = await checkout.shell(
    "fwctl rpc fwctl0 --scope configuration --out 8 --json 0100010000000000",
  );
  assertStringIncludes(after.out, "000000000c000000");
});
