/** Parameters: text and data to checked values, messages, and descriptions. */
import {
  assertEquals,
  assertLess,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import fc from "fast-check";
import { RecipeError } from "../../lib/errors.ts";
import type { PlainData } from "../../lib/plain.ts";
import { describeParams, parseParams } from "../../lib/recipe/params.ts";
import { checkSpecs } from "../../lib/recipe/spec_check.ts";
import { MANY, RUNS } from "../hostile.ts";

const SPECS = checkSpecs({
  "vf": { type: "pci-list", help: "Functions" },
  "function": { type: "integer-list", min: 1, max: 65535, help: "Ids" },
  "set": { type: "fields", help: "Values" },
  "count": { type: "integer", min: 1, max: 8, default: 2, help: "How many" },
  "fast": { type: "boolean", help: "Whether" },
  "mode": { type: "choice", choices: ["legacy", "switchdev"], help: "Mode" },
  "device": { type: "device", help: "Which" },
  "cap-type": { type: "string", pattern: "[A-Z_0-9]+", help: "Group" },
});

function texts(...given: string[]): unknown {
  return parseParams(SPECS, { texts: given });
}

Deno.test("texts of the command line become values, defaults are filled in, the rest is absent", () => {
  assertEquals(texts(), { count: 2 });
  assertEquals(
    texts(
      "vf=3B:00.2,0000:3b:00.3",
      "function=1-3,7,0x10",
      "set=log_max_qp=12,roce=0x0,a.b=-1",
      "count=0x8",
      "fast=yes",
      "mode=legacy",
      "device=0000:3B:00.0",
      "cap-type=GENERAL_2",
    ),
    {
      "vf": ["0000:3b:00.2", "0000:3b:00.3"],
      "function": [1, 2, 3, 7, 16],
      "set": { "log_max_qp": 12, "roce": 0, "a.b": -1 },
      "count": 8,
      "fast": true,
      "mode": "legacy",
      "device": "0000:3b:00.0",
      "cap-type": "GENERAL_2",
    },
  );
});

Deno.test("lists given more than once are joined, other types must be given once", () => {
  assertEquals(texts("vf=3b:00.2", "vf=3b:00.3", "set=a=1", "set=b=2"), {
    vf: ["0000:3b:00.2", "0000:3b:00.3"],
    set: { a: 1, b: 2 },
    count: 2,
  });
  assertThrows(() => texts("count=1", "count=2"), RecipeError, "2 times");
});

Deno.test("data is checked as texts are, may write lists as text, and texts win over it", () => {
  const data = { vf: "3b:00.2,3b:00.3", count: 3, set: { roce: 1 } };
  assertEquals(parseParams(SPECS, { data, texts: ["count=4"] }), {
    vf: ["0000:3b:00.2", "0000:3b:00.3"],
    set: { roce: 1 },
    count: 4,
  });
});

const REFUSED: readonly [given: string, ...words: string[]][] = [
  ["count=9", "parameter count", "from 1 to 8", "9"],
  ["count=1.5", "must be an integer", '"1.5"'],
  ["count=", "must be an integer"],
  ["count=99999999999999999999", "must be an integer"],
  ["vf=3b:00.9", '"3b:00.9"'],
  ["vf=", "none"],
  ["vf=0000:3b:00.2,3b:00.2", "twice"],
  ["function=0", "from 1 to 65535"],
  ["function=3-1", "goes down"],
  ["function=1-99999999", "at most 65536 items"],
  ["function=1,,2", "must be an integer"],
  ["set=roce", "field=value"],
  ["set==1", "field=value"],
  ["set=roce=on", "roce is"],
  ["set=a=1,a=2", "twice"],
  ["set=__proto__[x]=1e3", "must be integers"],
  ["fast=maybe", "true or false"],
  ["mode=legcy", "legacy, switchdev"],
  ["device=", "name of a device"],
  ["cap-type=general", "must match", '"general"'],
  ["cap-type=A\uFFFD", "not UTF-8"],
  ["cuont=1", "no parameter"],
  ["count", "not name=value"],
  ["=1", "not name=value"],
];

for (const [given, ...words] of REFUSED) {
  Deno.test(`the parameter ${JSON.stringify(given)} is refused in words that help`, () => {
    if (given === "vf=") {
      // An empty list is a list; what it means is the recipe's affair.
      assertEquals(texts(given), { vf: [], count: 2 });
      return;
    }
    const error = assertThrows(() => texts(given), RecipeError);
    for (const word of words) assertStringIncludes(error.message, word);
    assertStringIncludes(error.hint ?? "", " ");
  });
}

Deno.test("a mistyped name or choice gets a suggestion", () => {
  assertEquals(
    assertThrows(() => texts("cuont=1"), RecipeError).hint,
    "Did you mean count?",
  );
  assertEquals(
    assertThrows(() => texts("mode=legcy"), RecipeError).hint,
    "Did you mean legacy?",
  );
});

Deno.test("a required parameter that is missing is named with its help", () => {
  const specs = checkSpecs({
    set: { type: "fields", required: true, help: "What to set" },
  });
  const error = assertThrows(() => parseParams(specs, {}), RecipeError);
  assertEquals(error.message, "parameter set is required: What to set");
  assertStringIncludes(error.hint ?? "", "set=FIELD=N");
});

Deno.test("a pattern that never comes to its end is a typed error", () => {
  const specs = checkSpecs({
    s: { type: "string", pattern: "(a+)+", help: "h" },
  });
  const start = performance.now();
  assertThrows(
    () => parseParams(specs, { texts: [`s=${"a".repeat(60)}!`] }),
    RecipeError,
    "more than 200 ms",
  );
  assertLess(performance.now() - start, 3000);
});

Deno.test("a pattern must match the whole text", () => {
  const specs = checkSpecs({
    s: { type: "string", pattern: "a|b", help: "h" },
  });
  assertEquals(parseParams(specs, { texts: ["s=b"] }), { s: "b" });
  assertThrows(() => parseParams(specs, { texts: ["s=ab"] }), RecipeError);
});

const WRONG_SPECS: readonly [spec: unknown, words: string][] = [
  [{ type: "int", help: "h" }, "no type"],
  [{ type: "constructor", help: "h" }, "no type"],
  [{ type: "integer" }, "help"],
  [{ type: "integer", help: "h".repeat(600) }, "help"],
  [{ type: "integer", help: "h", mim: 1 }, '"mim"'],
  [{ type: "boolean", help: "h", min: 1 }, '"min"'],
  [{ type: "integer", help: "h", min: 0.5 }, "not an integer"],
  [{ type: "integer", help: "h", min: 3, max: 2 }, "min 3 above max 2"],
  [{ type: "integer", help: "h", max: 2, default: 3 }, "its own default: 3"],
  [{ type: "integer", help: "h", required: 1 }, "true or false"],
  [{ type: "integer", help: "h", required: true, default: 1 }, "required"],
  [{ type: "choice", help: "h", choices: [] }, "choices"],
  [{ type: "choice", help: "h", choices: ["a"], default: "b" }, "one of a"],
  [{ type: "string", help: "h", pattern: 1 }, "pattern"],
  [{ type: "string", help: "h", pattern: "(", default: "x" }, "regular"],
  [{ type: "string", help: "h", pattern: "a", default: "b" }, "match"],
  [{ type: "pci-list", help: "h", default: ["x"] }, "PCI"],
  [{ type: "fields", help: "h", default: { a: "b" } }, "integers"],
  [null, "object"],
  [[], "object"],
];

for (const [spec, words] of WRONG_SPECS) {
  Deno.test(`the declaration ${JSON.stringify(spec).slice(0, 80)} is refused`, () => {
    assertThrows(() => checkSpecs({ p: spec }), RecipeError, words);
  });
}

Deno.test("names of parameters are plain", () => {
  for (const name of ["A", "a b", "1a", "", "a=b", "a".repeat(41)]) {
    assertThrows(
      () => checkSpecs({ [name]: { type: "boolean", help: "h" } }),
      RecipeError,
      "name",
    );
  }
});

Deno.test("parameters are described in the recipe's order, with limits and default", () => {
  assertEquals(describeParams(SPECS).slice(1, 4), [
    {
      name: "function",
      form: "N,N-M,…",
      help: "Ids",
      facts: ["at least 1", "at most 65535"],
    },
    { name: "set", form: "FIELD=N,…", help: "Values", facts: [] },
    {
      name: "count",
      form: "N",
      help: "How many",
      facts: ["at least 1", "at most 8", "default 2"],
    },
  ]);
});

const anyText = fc.oneof(
  fc.string(),
  fc.string({ unit: "binary", maxLength: 20 }),
  fc.constantFrom("1-3", "0x", "a=1,b", "-", ",", "=", "3b:00.2", "-0x5", "\0"),
);
const anyName = fc.oneof(
  fc.constantFrom(...Object.keys(SPECS), "__proto__", "constructor"),
  fc.string({ maxLength: 5 }),
);

Deno.test(`${MANY} random texts give values or a typed error, never anything else`, () => {
  fc.assert(
    fc.property(anyName, anyText, (name, text) => {
      typedOrValue(() => parseParams(SPECS, { texts: [`${name}=${text}`] }));
    }),
    { numRuns: RUNS },
  );
});

Deno.test(`${MANY} random declarations and data give values or a typed error`, () => {
  const spec = fc.record({
    type: fc.oneof(
      fc.constantFrom(
        "string",
        "integer",
        "boolean",
        "choice",
        "device",
        "pci-list",
        "integer-list",
        "fields",
      ),
      fc.jsonValue(),
    ),
    help: fc.oneof(fc.constant("h"), fc.jsonValue()),
    required: fc.oneof(fc.boolean(), fc.jsonValue()),
    default: fc.jsonValue({ maxDepth: 2 }),
    min: fc.oneof(fc.integer(), fc.jsonValue({ maxDepth: 1 })),
    max: fc.integer(),
    choices: fc.oneof(fc.array(fc.string()), fc.jsonValue({ maxDepth: 1 })),
  }, { requiredKeys: ["type", "help"] });
  fc.assert(
    fc.property(spec, fc.jsonValue(), (declared, value) => {
      const specs = typedOrValue(() => checkSpecs({ p: declared }));
      if (specs === undefined) return;
      typedOrValue(() =>
        parseParams(specs, { data: { p: value as PlainData } })
      );
    }),
    { numRuns: RUNS },
  );
});

function typedOrValue<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof RecipeError && error.hint !== undefined) {
      return undefined;
    }
    throw error;
  }
}
