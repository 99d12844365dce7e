/** Recipes that try what they must not, and ones that are broken. */
import {
  assert,
  assertEquals,
  assertLess,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { RecipeError } from "../../lib/errors.ts";
import { desiring, INPUT, open, run } from "./sandbox.ts";

/** What a recipe tries, and what the error must name. */
const ATTEMPTS: readonly [code: string, named: string][] = [
  ['Deno.readTextFileSync("/etc/hostname")', "Deno.readTextFileSync"],
  ['Deno.writeTextFileSync("/tmp/x", "")', "Deno.writeTextFileSync"],
  ['Deno.env.get("HOME")', "Deno.env"],
  ["Deno.hostname()", "Deno.hostname"],
  ['new Deno.Command("true").outputSync()', "Deno.Command"],
  ['Deno.dlopen("libc.so.6", {})', "Deno.dlopen"],
  ["Deno[Deno.internal].core.ops.op_panic()", "Deno.internal"],
  ["Deno.exit(0)", "Deno.exit"],
  ['fetch("http://127.0.0.1:1/")', "fetch"],
  ['new WebSocket("ws://127.0.0.1:1/")', "WebSocket"],
  ['new Worker("data:,", { type: "module" })', "Worker"],
  ['process.getBuiltinModule("node:fs")', "process.getBuiltinModule"],
  ['require("node:fs")', "require"],
  ["setTimeout(() => {}, 0)", "setTimeout"],
  ["postMessage(1)", "postMessage"],
  ["prompt()", "prompt"],
  ['import.meta.resolve("npm:x")', "resolve is not a function"],
];

for (const [code, named] of ATTEMPTS) {
  Deno.test(`a recipe cannot ${code}, though the tests may do anything`, async () => {
    const error = await assertRejects(
      () => run(desiring(`${code}; return [];`)),
      RecipeError,
    );
    assertStringIncludes(error.message, named);
  });
}

Deno.test("a recipe that imports a value is refused by name, statically", async () => {
  for (
    const from of [
      "node:fs",
      "./other.ts",
      "npm:cowsay",
      "jsr:@std/path",
      "fast-check",
      "http://127.0.0.1:1/x.ts",
      "data:text/javascript,export default 1",
    ]
  ) {
    const error = await assertRejects(
      () => run(`import x from "${from}"; ${desiring("return x")}`),
      RecipeError,
      `imports ${from}`,
    );
    assertStringIncludes(error.hint ?? "", "import type");
  }
});

Deno.test("a dynamic import is refused by name, also of npm, which needs no permission in Deno", async () => {
  for (const from of ["node:fs", "npm:cowsay", "http://127.0.0.1:1/x.ts"]) {
    await assertRejects(
      () => run(`const x = await import("${from}"); ${desiring("return x")}`),
      RecipeError,
      `import("${from}") is not available`,
    );
  }
  await assertRejects(
    () => run(desiring('return import("node:fs")')),
    RecipeError,
    "asynchronous",
  );
});

Deno.test("no object a recipe can reach leads to code outside of its context", async () => {
  const found = await run(`
    const reach = [globalThis, globalThis.constructor, Object.getPrototypeOf(globalThis)];
    try { await import("x") } catch (e) { reach.push(e) }
    let deep = 0;
    const dive = () => { deep++; try { dive() } catch (e) { reach.push(e); import("y").catch((e) => reach.push(e)) } };
    dive();
    await 0; await 0; await 0;
    Error.prepareStackTrace = (e, sites) => { for (const s of sites) reach.push(s, s.getThis(), s.getFunction()); return "" };
    new Error().stack;
    reach.push(import.meta, console, console.log);
    const tries = (context) => [...reach, context, context.resource, context.inventory, Deno].slice(-500).map((o) => {
      try { return String(o.constructor.constructor("return typeof process + typeof Deno.readTextFileSync")()) }
      catch { return "no" }
    });
    export default { name: "r", description: "d", desired: (context) => [
      context.resource("a.b", { got: [...new Set(tries(context))] })] };
  `);
  assertEquals(found, [{ kind: "a.b", body: { got: ["no"] } }]);
});

/** What `desired` returns, and the words that must come. */
const ANSWERS: readonly [code: string, words: string][] = [
  [
    "[{ kind: 'a.b', body: { set: { roce() {} } } }]",
    "desired()[0].body.set.roce is a function",
  ],
  ["[1, 2, 3, Symbol()]", "desired()[3] is a symbol"],
  ["[1n]", "desired()[0] is a bigint"],
  ["[undefined]", "desired()[0] is undefined"],
  ["[{ a: NaN }]", "desired()[0].a is NaN"],
  ["[{ 'a b': new Date() }]", 'desired()[0]["a b"] is a Date'],
  ["[new Map()]", "desired()[0] is a Map"],
  ["[{ [Symbol.iterator]: 1 }]", "desired()[0] has a symbol as a key"],
  [
    "(() => { const a = []; a.push(a); return a })()",
    "desired()[0] refers back to itself",
  ],
  [
    "(() => { let a = []; for (let i = 0; i < 40; i++) a = [a]; return a })()",
    "is nested deeper than 32 levels",
  ],
  ["Array(1_000_001).fill(0)", "has more than 1000000 values"],
  [
    "['x'.repeat(2 ** 26), 'x']",
    "desired()[1] makes more than 67108864 characters",
  ],
  ["({ then() {} })", "desired() is asynchronous"],
  ["undefined", "desired() returns nothing"],
  ["null", "desired() must return a list"],
  ["[[]]", "desired()[0] must be an object"],
  ["[{ kind: 'a.b', body: {}, boby: 1 }]", 'has the key "boby"'],
  ["[{ kind: 'rm -rf', body: {} }]", "not driver.noun"],
  ["[{ kind: 'a.b' }]", "desired()[0].body must be an object"],
  ["[{ kind: 'a.b', body: JSON.parse('{\"__proto__\": 1}') }]", "__proto__"],
  ["[{ get a() { throw new Error('gotcha') } }]", "gotcha"],
  ["[new Proxy({}, { ownKeys() { throw 1 } })]", "threw 1"],
];

for (const [code, words] of ANSWERS) {
  Deno.test(`desired() returning ${code} is refused by its path`, async () => {
    await assertRejects(
      () => run(desiring(`return ${code}`)),
      RecipeError,
      words,
    );
  });
}

/** Modules that are no recipes, and the words that must come. */
const MODULES: readonly [code: string, words: string][] = [
  ["", "the default export is not a recipe"],
  ["export default [1]", "the default export is not a recipe"],
  ["export default () => 1", "the default export is not a recipe"],
  ["export default { name: 'a' desired() {} }", "yntax"],
  ["enum A { B } export default A", "enum"],
  [
    "export default { name: 'a', description: 'd' }",
    "neither desired() nor report()",
  ],
  ["export default { description: 'd', desired() {} }", "name is missing"],
  [
    "export default { name: 1, description: 'd', desired() {} }",
    "name must be one line",
  ],
  [
    "export default { name: 'a', description: 'd', desired: 1 }",
    "desired is not a function",
  ],
  ["export default { name: 'a', description: 'd', desire() {} }", '"desire"'],
  [
    "export default { name: 'a', description: 'd', desired() {}, params: { A: {} } }",
    '"A"',
  ],
  ["throw null", "threw null"],
  [
    "throw new Proxy({}, { get() { throw 1 }, has() { throw 1 }, getPrototypeOf() { throw 1 } })",
    "cannot be read",
  ],
  ["await new Promise(() => {}); export default {}", "never comes to its end"],
  [
    "JSON.stringify = () => 'no'; Object.keys = () => []; Array.isArray = () => true; export default { name: 'a', description: 'd' }",
    "neither",
  ],
];

for (const [code, words] of MODULES) {
  Deno.test(`the module ${code || "that is empty"} is refused`, async () => {
    await assertRejects(() => open(code), RecipeError, words);
  });
}

Deno.test("functions must not be asynchronous", async () => {
  await assertRejects(
    () =>
      run(
        `export default { name: "r", description: "d", async desired() { return [] } }`,
      ),
    RecipeError,
    "asynchronous",
  );
});

const ENDLESS: readonly string[] = [
  "for (;;);",
  "/^(a+)+$/.test('a'.repeat(50) + 'b')",
  "throw { get message() { for (;;); } }",
  "return { get then() { for (;;); } }",
  "return [new Proxy({}, { get() { for (;;); }, ownKeys() { for (;;); } })]",
  "const f = () => Promise.resolve().then(f); f(); for (;;);",
];

for (const code of ENDLESS) {
  Deno.test(`the time limit ends ${code}`, async () => {
    const start = performance.now();
    await assertRejects(
      () => run(desiring(code), { timeMs: 100 }),
      RecipeError,
      "more than 100 ms",
    );
    assertLess(performance.now() - start, 5000);
  });
}

Deno.test("the time limit ends promises that never stop, at the top level", async () => {
  for (
    const code of [
      "(function f() { Promise.resolve().then(f) })(); export default 1",
      "(async () => { for (;;) await 0 })(); export default 1",
      "for (;;);",
    ]
  ) {
    await assertRejects(
      () => open(code, { timeMs: 100 }),
      RecipeError,
      "100 ms",
    );
  }
});

Deno.test("promises left behind by a call never run", async () => {
  using session = await open(
    desiring(
      `(function f() { Promise.resolve().then(f) })(); return [];`,
    ),
    { timeMs: 200 },
  );
  assertEquals(await session.desired(INPUT), []);
  assertEquals(await session.desired(INPUT), []);
});

Deno.test("rejected promises left behind change nothing", async () => {
  using session = await open(desiring(
    `Promise.reject(new Error("x")); import("y"); (async () => { throw 1 })(); return [];`,
  ));
  assertEquals(await session.desired(INPUT), []);
  await new Promise((resolve) => setTimeout(resolve, 50));
  assertEquals(await session.desired(INPUT), []);
});

Deno.test("names and sentences of a recipe cannot steer a terminal", async () => {
  const members = `name: "r", description: "d", desired() {}`;
  for (
    const member of [
      `name: "a\\u001b[2J"`,
      `description: "a\\u009b2J"`,
      `params: { p: { type: "boolean", help: "a\\nb" } }`,
      `params: { p: { type: "choice", help: "h", choices: ["\\u0007"] } }`,
    ]
  ) {
    const error = await assertRejects(
      () => open(`export default { ${members}, ${member} }`),
      RecipeError,
    );
    // deno-lint-ignore no-control-regex -- these are what is meant
    assert(!/[\u0000-\u001f\u007f-\u009f]/.test(error.message), error.message);
  }
});

Deno.test("recursion without end is a typed error", async () => {
  const error = await assertRejects(
    () => run(desiring("const f = () => 1 + f(); return f()")),
    RecipeError,
  );
  assert(/stack/.test(error.message), error.message);
});
