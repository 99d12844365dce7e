/**
 * The promise of the template: a copy and one line in the registry make a
 * driver, and the real command works with it.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { checkPrinted } from "../answers.ts";
import { ROOT } from "../paths.ts";

const SCENARIO = {
  format: "fwctl-scenario/1",
  name: "example",
  devices: [{
    driver: "example",
    kernelDriver: "example_core",
    pci: "0000:07:00.0",
    pciId: "1af4:10ff",
    firmware: { serial: 4711, version: 3 },
  }],
};

const RECIPE = `
import type { Recipe } from "../mod.ts";
export default {
  name: "example",
  description: "Sets the number of queues",
  params: { queues: { type: "integer", required: true, help: "How many" } },
  desired: ({ params, resource }) => [resource("example.setting", {
    device: "fwctl0", setting: "queues", value: params.queues ?? 0,
  })],
} satisfies Recipe;
`;

/** The repository as it ships, with the template as a driver of its own. `using` removes it. */
class Checkout implements Disposable {
  readonly path = Deno.makeTempDirSync({ prefix: "fwctl-template-" });

  constructor() {
    for (const name of ["mod.ts", "deno.json", "lib", "drivers", "recipes"]) {
      copy(`${ROOT}${name}`, `${this.path}/${name}`);
    }
    copy(`${ROOT}drivers/_template`, `${this.path}/drivers/example`);
    Deno.writeTextFileSync(
      `${this.path}/drivers/mod.ts`,
      'export const example: RegistryEntry = { load: () => import("./example/mod.ts"), model: () => import("./example/model.ts") };\n',
      { append: true },
    );
    Deno.writeTextFileSync(
      `${this.path}/scenario.json`,
      JSON.stringify(SCENARIO),
    );
    Deno.writeTextFileSync(`${this.path}/recipes/example.ts`, RECIPE);
  }

  /** Runs the command on the modelled machine, which keeps its state. */
  async fwctl(
    ...args: string[]
  ): Promise<{ code: number; out: string; err: string }> {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--quiet",
        "--no-prompt",
        "--unstable-worker-options",
        "--allow-read",
        "--allow-write",
        "lib/cli/main.ts",
        "--model",
        "scenario.json",
        "--model-state",
        "state.json",
        ...args,
      ],
      cwd: this.path,
    }).output();
    const decoder = new TextDecoder();
    const out = decoder.decode(stdout);
    await checkPrinted(args, out);
    return { code, out, err: decoder.decode(stderr) };
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}

function copy(from: string, to: string): void {
  if (Deno.statSync(from).isFile) return Deno.copyFileSync(from, to);
  Deno.mkdirSync(to);
  for (const { name } of Deno.readDirSync(from)) {
    copy(`${from}/${name}`, `${to}/${name}`);
  }
}

Deno.test("a copy of the template and one line make a driver that the command lists, asks, plans and applies with", async () => {
  using checkout = new Checkout();

  const list = await checkout.fwctl("list");
  assertEquals(list.code, 0, list.err);
  assert(/fwctl0\s+example\s+0000:07:00\.0/.test(list.out), list.out);

  const info = await checkout.fwctl("info", "fwctl0");
  assertEquals(info.code, 0, info.err);
  for (const words of ["Example 1", "4711", "version 3"]) {
    assertStringIncludes(info.out, words);
  }

  // GET_SETTING of the serial number, 4711 = 0x1267.
  const rpc = await checkout.fwctl(
    ...["rpc", "fwctl0", "--scope", "configuration", "--out", "8", "--json"],
    "0100ffff00000000",
  );
  assertEquals(rpc.code, 0, rpc.err);
  assertStringIncludes(rpc.out, "0000000067120000");

  // RESET needs debug-write.
  const refused = await checkout.fwctl(
    ...["rpc", "fwctl0", "--scope", "configuration", "--out", "8", "--yes"],
    "0300000000000000",
  );
  assertEquals(refused.code, 1);
  assertStringIncludes(refused.err, "EPERM");
  assertStringIncludes(refused.err, "debug-write");

  const scope = await checkout.fwctl("scope", "--driver", "example", "0200");
  assertStringIncludes(scope.out + scope.err, "SET_SETTING");

  const plan = await checkout.fwctl(
    ...["plan", "recipes/example.ts", "-p", "queues=12"],
  );
  assertEquals(plan.code, 0, plan.err);
  assert(/queues\s+0 → 12\s+at most 64/.test(plan.out), plan.out);
  assertStringIncludes(plan.out, "SET_SETTING queues");

  const above = await checkout.fwctl(
    ...["plan", "recipes/example.ts", "-p", "queues=65"],
  );
  assertEquals(above.code, 1);
  assertStringIncludes(above.err, "queues 65 is refused: at most 64");

  const apply = await checkout.fwctl(
    ...["apply", "recipes/example.ts", "-p", "queues=12", "--yes"],
  );
  assertEquals(apply.code, 0, apply.out + apply.err);

  // It is kept, and the second time there is nothing to do.
  const after = await checkout.fwctl(
    ...["rpc", "fwctl0", "--scope", "configuration", "--out", "8", "--json"],
    "0100010000000000",
  );
  assertStringIncludes(after.out, "000000000c000000");
  const again = await checkout.fwctl(
    ...["plan", "recipes/example.ts", "-p", "queues=12", "--detailed-exitcode"],
  );
  assertEquals(again.code, 0, again.out + again.err);
});
