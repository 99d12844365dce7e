/** Evaluation in processes of its own: flags, permissions, memory, a library from a URL. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { ROOT } from "../paths.ts";
import { evaluating, program } from "./process.ts";
import { desiring } from "./sandbox.ts";

const FLAG = "--unstable-worker-options";
const GOOD = evaluating(desiring("return [context.resource('a.b', {})]"));
const DONE = '[{"kind":"a.b","body":{}}]\nalive\n';

Deno.test("evaluation needs the flag and no permission at all", async () => {
  assertEquals(await program(GOOD, [FLAG]), { code: 0, out: DONE, err: "" });
});

Deno.test("without the flag the process lives and the error says which flag", async () => {
  for (const flags of [[], ["-A"], ["--unstable-kv"]]) {
    const { code, out, err } = await program(GOOD, flags);
    assertEquals({ code, err }, { code: 0, err: "" });
    assertStringIncludes(out, "RecipeError recipes run in a worker without");
    assertStringIncludes(out, FLAG);
    assertStringIncludes(out, "alive");
  }
});

Deno.test("the flag counts wherever Deno takes it from", async () => {
  const flag = `
import { workersCanBeConfined } from "LIB/worker_flag.ts";
console.log(workersCanBeConfined(), workersCanBeConfined());
`;
  assertEquals((await program(flag, [FLAG])).out, "true true\n");
  assertEquals(
    (await program(flag, ["-A", "--unstable-kv", FLAG])).out,
    "true true\n",
  );
  assertEquals((await program(flag, ["-A"])).out, "false false\n");
  const config = `data:application/json,${
    encodeURIComponent('{"unstable":["worker-options"]}')
  }`;
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(
      `${folder}/deno.json`,
      decodeURIComponent(config.slice(config.indexOf(",") + 1)),
    );
    const configured = await program(flag, [`--config=${folder}/deno.json`]);
    assertEquals(configured.out, "true true\n");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("the probe leaves the process as it was", async () => {
  const { out } = await program(
    `
import { ChildProcess } from "node:child_process";
import { workersCanBeConfined } from "LIB/worker_flag.ts";
const before = [ChildProcess.prototype.spawn, Deno.env.get];
workersCanBeConfined();
console.log(before[0] === ChildProcess.prototype.spawn, before[1] === Deno.env.get);
`,
    [FLAG],
  );
  assertEquals(out, "true true\n");
});

Deno.test("nothing a recipe does is printed", async () => {
  const noisy = desiring(
    `console.log("out"); console.error("err"); Promise.reject(new Error("left")); return [context.resource("a.b", {})]`,
  );
  const ended = await program(evaluating(noisy), [FLAG]);
  assertEquals(ended, { code: 0, out: DONE, err: "" });
});

const BOMBS: readonly string[] = [
  "const a = []; for (;;) a.push(new Array(1e6).fill(1.5));",
  "const m = new Map(); for (let i = 0;; i++) m.set(i, { i, s: 'x' + i });",
  "const a = []; for (let i = 0;; i++) a.push(('x' + i).repeat(1e6).split('x').join(''));",
];

for (const bomb of BOMBS) {
  Deno.test(`the process survives ${bomb}`, async () => {
    const { code, out, err } = await program(evaluating(desiring(bomb)), [
      FLAG,
    ]);
    assertEquals({ code, err }, { code: 0, err: "" });
    assert(
      /RecipeError recipe.ts: .*(?:more than 512 MiB|more than 1000 ms)/.test(
        out,
      ),
      out,
    );
    assertStringIncludes(out, "alive");
  });
}

Deno.test("a library imported from a URL evaluates with import permission alone", async () => {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    async (request) => {
      const { pathname } = new URL(request.url);
      return new Response(await Deno.readTextFile(ROOT + pathname.slice(1)), {
        headers: { "content-type": "application/typescript" },
      });
    },
  );
  try {
    const host = `127.0.0.1:${server.addr.port}`;
    const ended = await program(
      GOOD,
      [FLAG, `--allow-import=${host}`],
      `http://${host}/`,
    );
    assertEquals(ended, { code: 0, out: DONE, err: "" });
  } finally {
    await server.shutdown();
  }
});
