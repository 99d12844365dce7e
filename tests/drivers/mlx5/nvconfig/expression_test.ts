/** Expressions of the parameter database. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { evaluate } from "../../../../drivers/mlx5/nvconfig/expression.ts";
import { DecodeError, isFwctlError } from "../../../../lib/errors.ts";

const VALUES: Readonly<Record<string, number>> = {
  "a.x": 1,
  "a.zero": 0,
  n: 8,
  _v: 3,
};

function value(text: string): number | undefined {
  return evaluate(text, (name) => VALUES[name]).value;
}

Deno.test("operators bind as in the database's own reader", () => {
  const cases: [string, number | undefined][] = [
    ["$a.x==1", 1],
    ["$a.zero != 0", 0],
    ["($a.x==1 && $n==8)", 1],
    ["1+2*3", 7],
    ["2*3^2", 18],
    ["(1+2)*3<=9", 1],
    ["$n / 2 - 1", 3],
    ["$a.x==1 ? $n : 0", 8],
    ["$a.x==0 ? $n : $a.zero==0 ? 5 : 6", 5],
    ["!$a.x || $n>7", 1],
    ["log2($n)", 3],
    ["0x10+$_v", 19],
    ["-2+$n", 6],
  ];
  for (const [text, expected] of cases) {
    assertEquals(value(text), expected, text);
  }
});

Deno.test("what nobody knows makes the result unknown only where it matters", () => {
  assertEquals(value("$what.is == 1"), undefined);
  assertEquals(value("$a.zero && $what.is"), 0);
  assertEquals(value("$what.is || $a.x"), 1);
  assertEquals(value("$what.is && $a.x"), undefined);
  assertEquals(value("$what.is ? 1 : 2"), undefined);
});

Deno.test("every name looked at is told with its value", () => {
  const { seen } = evaluate("$a.x==1 && $what.is", (name) => VALUES[name]);
  assertEquals([...seen], [["a.x", 1], ["what.is", undefined]]);
});

Deno.test("what is no expression is a typed error", () => {
  for (
    const text of [
      "",
      "1 +",
      "(1",
      "1)",
      "a",
      "$a.x = 1",
      "1 ? 2",
      "@",
      "log2 3",
    ]
  ) {
    assertThrows(() => value(text), DecodeError, "cannot be read", text);
  }
  assertThrows(() => value("(".repeat(5000)), DecodeError, "too deep");
  assertThrows(() => value("!".repeat(5000) + "1"), DecodeError, "too deep");
  assertThrows(() => value("1+".repeat(5000) + "1"), DecodeError, "too long");
});

Deno.test("any text is a number, unknown or a typed error", () => {
  const token = fc.constantFrom(
    ..."$a.x|$n|(|)|&&|\|\||==|!=|<|<=|?|:|+|-|*|/|^|!|1|0|log2| |$".split("|"),
  );
  let read = 0;
  fc.assert(
    fc.property(fc.array(token, { maxLength: 24 }), (tokens) => {
      try {
        const found = value(tokens.join(""));
        assert(found === undefined || typeof found === "number");
        read++;
      } catch (error) {
        assert(isFwctlError(error), String(error));
      }
    }),
    { numRuns: 20_000 },
  );
  assert(read > 0);
});
