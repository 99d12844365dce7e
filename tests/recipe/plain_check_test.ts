/** Plain data from outside: limits, paths, and values of any kind. */
import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { RecipeError } from "../../lib/errors.ts";
import { checkPlain } from "../../lib/recipe/plain_check.ts";

Deno.test("whatever JSON can hold is let through as it is", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 20 }), (value) => {
      fc.pre(!JSON.stringify(value).includes('"__proto__"'));
      assertEquals<unknown>(checkPlain(value, "it"), value);
    }),
    { numRuns: 2_000 },
  );
});

Deno.test("any value at all is let through or refused with a typed error", () => {
  const anything = fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withSet: true,
    withTypedArray: true,
    withNullPrototype: true,
    withSparseArray: true,
  });
  fc.assert(
    fc.property(anything, (value) => {
      try {
        JSON.stringify(checkPlain(value, "it"));
      } catch (error) {
        if (!(error instanceof RecipeError)) throw error;
      }
    }),
    { numRuns: 20_000 },
  );
});

Deno.test("the path of the first wrong value is named", () => {
  const cycle: unknown[] = [];
  cycle.push({ a: cycle });
  const cases: [unknown, string][] = [
    [{ a: [1, { "b-c": () => 1 }] }, 'it.a[1]["b-c"] is a function'],
    [cycle, "it[0].a refers back to itself"],
    [[, 1], "it[0] is undefined"],
    [{ a: Infinity }, "it.a is Infinity"],
    [{ a: new Date() }, "it.a is not a plain object"],
    [JSON.parse('{"__proto__":1}'), "it has a key __proto__"],
    [
      new Proxy({}, {
        ownKeys() {
          throw null;
        },
      }),
      "it cannot be read",
    ],
  ];
  for (const [value, words] of cases) {
    assertThrows(() => checkPlain(value, "it"), RecipeError, words);
  }
});

Deno.test("depth and count are limited, the limits themselves are allowed", () => {
  const nested = (levels: number): unknown => {
    let value: unknown = 1;
    for (let i = 0; i < levels; i++) value = [value];
    return value;
  };
  checkPlain(nested(32), "it");
  assertThrows(() => checkPlain(nested(33), "it"), RecipeError, "deeper");
  checkPlain(Array(999_999).fill(0), "it");
  assertThrows(
    () => checkPlain(Array(1_000_000).fill(0), "it"),
    RecipeError,
    "more than 1000000 values",
  );
});

Deno.test("the same object twice is no cycle", () => {
  const shared = { a: 1 };
  assertEquals(checkPlain([shared, shared], "it"), [{ a: 1 }, { a: 1 }]);
});
