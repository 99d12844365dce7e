/** Values of parameters: whatever is set is read back, and nothing else moves. */
import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { builtinKnowledge } from "../../../../drivers/mlx5/nvconfig/builtin.ts";
import {
  elementNames,
  needParameter,
  refsOf,
} from "../../../../drivers/mlx5/nvconfig/names.ts";
import {
  checkedValue,
  placeOf,
  putValue,
  valueIn,
} from "../../../../drivers/mlx5/nvconfig/values.ts";
import { UsageError } from "../../../../lib/errors.ts";
import type { PlainData } from "../../../../lib/plain.ts";

const REFS = [...builtinKnowledge().parameters.values()].flatMap((field) =>
  refsOf(builtinKnowledge(), field, [1])
);

Deno.test("any parameter set in any item is read back, and no other bit moves", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...REFS),
      fc.uint8Array({ minLength: 68, maxLength: 68 }),
      fc.nat(),
      (ref, bytes, raw) => {
        const data = new Uint8Array(bytes.subarray(0, ref.tlv.size));
        const known = [...ref.field.values.keys()];
        const wanted = known[raw % Math.max(1, known.length)] ??
          raw % 2 ** ref.field.width;
        const value = checkedValue(ref, wanted);
        const after = data.slice();
        putValue(after, ref, value);
        assertEquals(valueIn(after, ref), value);
        const { bit, width } = placeOf(ref);
        for (let at = 0; at < 8 * data.length; at++) {
          if (at >= bit && at < bit + width) continue;
          const mask = 0x80 >> (at & 7);
          assertEquals(
            (after[at >> 3] ?? 0) & mask,
            (data[at >> 3] ?? 0) & mask,
          );
        }
      },
    ),
    { numRuns: 1000 },
  );
});

Deno.test("values are taken as names, numbers and booleans, and anything else is refused", () => {
  const take = (name: string, value: PlainData) =>
    checkedValue(needParameter(builtinKnowledge(), name), value);
  assertEquals(take("SRIOV_EN", true), 1);
  assertEquals(take("SRIOV_EN", "False"), 0);
  assertEquals(take("LINK_TYPE_P1", "ETH"), "ETH");
  assertEquals(take("LINK_TYPE_P1", "eth"), "ETH");
  assertEquals(take("LINK_TYPE_P1", 1), "IB");
  assertEquals(take("NUM_OF_VFS", "0x10"), 16);
  const wrong: [string, PlainData][] = [
    ["SRIOV_EN", 2],
    ["SRIOV_EN", "yes"],
    ["LINK_TYPE_P1", 3],
    ["LINK_TYPE_P1", "ETHERNET"],
    ["LINK_TYPE_P1", true],
    ["NUM_OF_VFS", 65536],
    ["NUM_OF_VFS", -1],
    ["NUM_OF_VFS", 1.5],
    ["NUM_OF_VFS", ""],
    ["NUM_OF_VFS", null],
    ["NUM_OF_VFS", [8]],
    ["NUM_OF_VFS", {}],
  ];
  for (const [name, value] of wrong) {
    assertThrows(() => take(name, value), UsageError, name);
  }
});

Deno.test("a value may be written as the vendor's tool prints it, when name and number agree", () => {
  const value = (name: string, given: string): unknown =>
    checkedValue(needParameter(builtinKnowledge(), name), given);
  assertEquals(value("LINK_TYPE_P1", "ETH(2)"), "ETH");
  assertEquals(value("SRIOV_EN", "True(1)"), 1);
  assertEquals(value("SRIOV_EN", "False(0)"), 0);
  for (
    const [name, given] of [
      ["LINK_TYPE_P1", "ETH(1)"],
      ["SRIOV_EN", "True(0)"],
      ["NUM_OF_VFS", "Array(3)"],
    ] as const
  ) {
    assertThrows(() => value(name, given), UsageError, "not one of its values");
  }
});

Deno.test("a range is its elements, and what is none is refused", () => {
  assertEquals(elementNames("A[2..4]"), ["A[2]", "A[3]", "A[4]"]);
  assertEquals(elementNames("A_P1[0..0]"), ["A_P1[0]"]);
  assertEquals(elementNames("A[2]"), ["A[2]"]);
  assertEquals(elementNames("SRIOV_EN"), ["SRIOV_EN"]);
  for (const name of ["A[4..2]", "A[0..9999]"]) {
    assertThrows(() => elementNames(name), UsageError, "no such range");
  }
});
