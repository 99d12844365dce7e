/**
 * The vendor's real parameter database, from Debian's package mstflint: in its
 * place, or where FWCTL_MLXCONFIG_DB says.
 */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { builtinKnowledge } from "../../../../drivers/mlx5/nvconfig/builtin.ts";
import {
  INSTALLED,
  loadDatabase,
  tlvsOf,
} from "../../../../drivers/mlx5/nvconfig/database.ts";
import { evaluate } from "../../../../drivers/mlx5/nvconfig/expression.ts";
import { knowledgeFor } from "../../../../drivers/mlx5/nvconfig/knowledge.ts";
import {
  findParameter,
  refsOf,
} from "../../../../drivers/mlx5/nvconfig/names.ts";
import { UsageError } from "../../../../lib/errors.ts";
import { bench } from "./bench.ts";

const FILE = Deno.env.get("FWCTL_MLXCONFIG_DB") ?? INSTALLED;

function there(): boolean {
  try {
    return Deno.statSync(FILE).isFile;
  } catch {
    return false;
  }
}

const ignore = !there();
/** Says in the name of a test why it was not run. */
const WHY = ignore
  ? " (not tested: install mstflint, or set FWCTL_MLXCONFIG_DB to its mlxconfig_host.db)"
  : "";

Deno.test({
  name: `the real database gives 320 named parameters and more${WHY}`,
  ignore,
  fn() {
    const { parameters, tlvs } = loadDatabase(FILE);
    assert(parameters.size >= 320, `${parameters.size}`);
    for (const field of parameters.values()) {
      const tlv = tlvs.get(field.tlv);
      assert(tlv);
      assert(
        field.bit >= 0 && field.bit + field.width * field.count <= 8 * tlv.size,
        `${field.parameter} at ${field.bit}, ${field.count} × ${field.width}`,
      );
    }
  },
});

Deno.test({
  name: `every expression of the real database can be read${WHY}`,
  ignore,
  fn() {
    let read = 0;
    for (const { fields } of loadDatabase(FILE).tlvs.values()) {
      for (const { gate, min, max, rule } of fields.values()) {
        for (const text of [gate, min, max, rule]) {
          if (text === "") continue;
          evaluate(text, () => 1);
          read++;
        }
      }
    }
    assert(read > 250, `${read}`);
  },
});

Deno.test({
  name:
    `the real database and the built-in parameters agree on every place${WHY}`,
  ignore,
  fn() {
    const real = loadDatabase(FILE);
    let same = 0;
    for (const [name, own] of builtinKnowledge().parameters) {
      const other = real.parameters.get(name);
      if (!other) continue;
      assertEquals(
        [other.tlv, other.bit, other.width, other.type, other.valid],
        [own.tlv, own.bit, own.width, own.type, own.valid],
        name,
      );
      // The names of values, their numbers and the layout of the item too.
      assertEquals([...other.values], [...own.values], name);
      const [theirs, ours] = [real, builtinKnowledge()].map(({ tlvs }) =>
        tlvs.get(own.tlv)
      );
      assertEquals(
        [theirs?.class, theirs?.index, theirs?.size],
        [ours?.class, ours?.index, ours?.size],
        own.tlv,
      );
      assertEquals(other.since, own.since, name);
      same++;
    }
    assert(same >= 47, `${same}`);
  },
});

Deno.test({
  name:
    `a gate of the built-in parameters is the database's, and no field of one is elsewhere there${WHY}`,
  ignore,
  fn() {
    const real = loadDatabase(FILE);
    const own = builtinKnowledge();
    for (const [name, field] of own.parameters) {
      const other = real.parameters.get(name);
      // Of a list of profiles an older database has fewer.
      if (!other || name === "FLEX_PARSER_PROFILE_ENABLE") continue;
      const bare = (text: string): string => text.replace(/\s/g, "");
      assertEquals(bare(field.gate), bare(other.gate), name);
    }
    for (const tlv of own.tlvs.values()) {
      for (const field of tlv.fields.values()) {
        const other = real.tlvs.get(tlv.name)?.fields.get(field.name);
        if (!other) continue;
        assertEquals(
          [other.bit, other.width],
          [field.bit, field.width],
          `${tlv.name}.${field.name}`,
        );
      }
    }
  },
});

Deno.test({
  name: `every named parameter of the real database is found by its name${WHY}`,
  ignore,
  fn() {
    const knowledge = loadDatabase(FILE);
    let found = 0;
    for (const field of knowledge.parameters.values()) {
      for (const ref of refsOf(knowledge, field, [1])) {
        const again = findParameter(knowledge, ref.label);
        assertEquals(
          [again?.field.name, again?.element],
          [field.name, ref.element],
          ref.label,
        );
        found++;
      }
    }
    assert(found >= 320, `${found}`);
  },
});

Deno.test({
  name: `elements of a list are meant by a range${WHY}`,
  ignore,
  async fn() {
    const card = await bench();
    try {
      const answer = card.query("nvconfig", {
        names: ["HOST_CHAINING_DESCRIPTORS[2..4]"],
        database: FILE,
      });
      assertEquals(
        (answer as { parameters: { parameter: string }[] }).parameters
          .map(({ parameter }) => parameter),
        [2, 3, 4].map((n) => `HOST_CHAINING_DESCRIPTORS[${n}]`),
      );
    } finally {
      card.close();
    }
  },
});

Deno.test({
  name: `lists have elements of their own, one after the other${WHY}`,
  ignore,
  fn() {
    const knowledge = loadDatabase(FILE);
    const list = [...knowledge.parameters.values()].find((field) =>
      field.parameter === "HOST_CHAINING_DESCRIPTORS"
    );
    assert(list);
    assertEquals([list.bit, list.width, list.count], [32, 8, 8]);
    assertEquals(
      refsOf(knowledge, list, [0]).map((ref) => ref.label).at(-1),
      "HOST_CHAINING_DESCRIPTORS[7]",
    );
    assertEquals(
      findParameter(knowledge, "HOST_CHAINING_DESCRIPTORS[7]")?.element,
      7,
    );
    assertThrows(
      () => findParameter(knowledge, "HOST_CHAINING_DESCRIPTORS[8]"),
      UsageError,
      "list of 8",
    );
  },
});

Deno.test({
  name:
    `a query with the database reads what the card has, and says what it lacks${WHY}`,
  ignore,
  async fn() {
    const card = await bench();
    try {
      const answer = card.query("nvconfig", {
        names: ["SRIOV_EN", "HOST_CHAINING_MODE", "SWP_L4_CHECKSUM_MODE"],
        database: FILE,
      });
      assertEquals(
        (answer as { parameters: { state: string }[] }).parameters
          .map(({ state }) => state),
        ["available", "unsupported", "available"],
      );
    } finally {
      card.close();
    }
  },
});

Deno.test("a database that is not there is a typed error with what to do", () => {
  const error = assertThrows(
    () => knowledgeFor([], "/nowhere/mlxconfig_host.db"),
    UsageError,
    "cannot be read",
  );
  assert(error.hint?.includes("mstflint"));
  assertThrows(() => knowledgeFor([], 7), UsageError, "not a path");
});

Deno.test("rows that make no sense are left out, not trusted", () => {
  const tlvs = tlvsOf(
    [
      { name: "good", id: 1, size: 4, class: 0 },
      { name: "bad", id: -1, size: 4, class: 0 },
      { name: "worse", id: "x", size: null, class: 0 },
    ],
    [
      {
        name: "a",
        tlv_name: "good",
        offset: "0x0.31",
        size: "0x0.1",
        type: "BOOL",
      },
      {
        name: "b",
        tlv_name: "good",
        offset: "nonsense",
        size: "0x0.1",
        type: "BOOL",
      },
      {
        name: "c",
        tlv_name: "good",
        offset: "0x0.0",
        size: "0x0.0",
        type: "BOOL",
      },
      {
        name: "d",
        tlv_name: "good",
        offset: "0x0.0",
        size: "0x0.1",
        type: "MAGIC",
      },
      {
        name: "f",
        tlv_name: "good",
        offset: "0x4.0",
        size: "0x0.1",
        type: "BOOL",
      },
      {
        name: "g",
        tlv_name: "good",
        offset: "0x0.8",
        size: "0x0.32",
        type: "UNSIGNED",
      },
      {
        name: "e",
        tlv_name: "lost",
        offset: "0x0.0",
        size: "0x0.1",
        type: "BOOL",
      },
    ],
  );
  assertEquals(tlvs.map((tlv) => [tlv.name, [...tlv.fields.keys()]]), [
    ["good", ["a"]],
  ]);
});
