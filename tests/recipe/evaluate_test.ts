/** Recipes evaluated: phases, data in and out, what a session promises. */
import {
  assert,
  assertEquals,
  assertLess,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { RecipeError, UsageError } from "../../lib/errors.ts";
import { desiring, INPUT, open, run } from "./sandbox.ts";

const WHOLE = `
import type { Recipe } from "../mod.ts";
interface Wish { device: string }
export default {
  name: "whole",
  description: "All functions",
  params: { n: { type: "integer", default: 3, max: 9, help: "A number" } },
  observe({ inventory }) {
    return [{ device: inventory.kernel, query: "caps", args: { type: "GENERAL" } }];
  },
  desired({ params, observed, resource }) {
    const n = params.n as number;
    return [resource("mlx5.hca_cap", { n, seen: observed[0] ?? null } satisfies object)];
  },
  report: ({ params }) => ({ n: params.n, none: undefined }),
} satisfies Recipe;
if (import.meta.main) await (await import(new URL("../x.ts", import.meta.url).href)).recipeMain();
`;

Deno.test("a recipe is opened, then observes, desires and reports in one session", async () => {
  using session = await open(WHOLE);
  assertEquals(
    [session.name, session.description, session.has],
    ["whole", "All functions", { observe: true, desired: true, report: true }],
  );
  assertEquals(session.params, {
    n: { type: "integer", default: 3, max: 9, help: "A number" },
  });
  const input = { ...INPUT, params: { n: 4 } };
  assertEquals(await session.observe(input), [
    { device: "7.2.0", query: "caps", args: { type: "GENERAL" } },
  ]);
  assertEquals(await session.desired({ ...input, observed: [{ a: [1] }] }), [
    { kind: "mlx5.hca_cap", body: { n: 4, seen: { a: [1] } } },
  ]);
  assertEquals(await session.report(input), { n: 4 });
});

Deno.test("functions a recipe does not have answer with nothing", async () => {
  using session = await open(
    `export default { name: "r", description: "d", report: () => 1 }`,
  );
  assertEquals(await session.observe(INPUT), []);
  assertEquals(await session.desired(INPUT), []);
  assertEquals(await session.report(INPUT), 1);
});

Deno.test("what a recipe gets is frozen in depth", async () => {
  for (
    const write of [
      "context.params.a = 1",
      "context.inventory.devices.push(1)",
      "context.observed[0].x = 1",
      "context.params = {}",
    ]
  ) {
    using session = await open(desiring(`"use strict"; ${write}; return []`));
    await assertRejects(
      () => session.desired({ ...INPUT, observed: [{ x: 0 }] }),
      RecipeError,
      "TypeError",
    );
  }
});

Deno.test("one call cannot leave anything behind in the data of the next", async () => {
  using session = await open(
    desiring(`
      Object.prototype.polluted = 1;
      return [context.resource("a.b", { seen: Object.keys(context.params).length })]`),
  );
  const wanted = [{ kind: "a.b", body: { seen: 0 } }];
  assertEquals(await session.desired(INPUT), wanted);
  assertEquals(await session.desired(INPUT), wanted);
  assertEquals("polluted" in {}, false);
});

Deno.test("4,000 declarations are fast, and a worker starts quickly", async () => {
  const start = performance.now();
  using session = await open(desiring(`
    return Array.from({ length: 4000 }, (_, i) => context.resource("mlx5.hca_cap",
      { vf: "0000:3b:00.2", cap_type: "GENERAL", set: { log_max_qp: i, roce: 0 } }))`));
  const opened = performance.now();
  assertEquals((await session.desired(INPUT)).length, 4000);
  // Measured 30 ms each; these limits only catch a change of kind.
  assertLess(opened - start, 2000);
  assertLess(performance.now() - opened, 2000);
});

Deno.test("a closed session refuses calls, and closing twice is fine", async () => {
  const session = await open(desiring("return []"));
  session.close();
  session.close();
  await assertRejects(() => session.desired(INPUT), UsageError, "closed");
});

Deno.test("a second call at the same time is refused, the first still answers", async () => {
  using session = await open(desiring("return []"));
  const first = session.desired(INPUT);
  await assertRejects(() => session.desired(INPUT), UsageError, "busy");
  assertEquals(await first, []);
});

Deno.test("a recipe's own error comes with its words and its place", async () => {
  const error = await assertRejects(
    () =>
      run(
        `interface A { b: number }\n${
          desiring('throw new Error("no such VF")')
        }`,
      ),
    RecipeError,
  );
  assertStringIncludes(error.message, "recipe.ts:2:");
  assertStringIncludes(error.message, "desired() threw Error: no such VF");
});

Deno.test("terminal controls in a recipe's words do not come through", async () => {
  const error = await assertRejects(
    () => run(desiring('throw new Error("a\\u001b[2Jb\\u0007")')),
    RecipeError,
  );
  assert(
    !error.message.includes("\u001b") && !error.message.includes("\u0007"),
  );
});

Deno.test("the worker is asked for without permissions", async () => {
  const asked: unknown[] = [];
  const Original = globalThis.Worker;
  globalThis.Worker = class extends Original {
    constructor(url: string | URL, options?: WorkerOptions) {
      asked.push(options);
      super(url, options);
    }
  };
  try {
    using _session = await open(desiring("return []"));
  } finally {
    globalThis.Worker = Original;
  }
  assertEquals(asked, [{ type: "module", deno: { permissions: "none" } }]);
});

Deno.test("limits that are no positive integers are a wrong call", async () => {
  for (const limit of [0, -1, 1.5, NaN, Infinity]) {
    await assertRejects(
      () => open(desiring("return []"), { timeMs: limit }),
      UsageError,
      "timeMs",
    );
  }
});
