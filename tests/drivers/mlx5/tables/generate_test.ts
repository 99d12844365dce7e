import { assert, assertEquals, assertThrows } from "@std/assert";
import { readFileSync } from "node:fs";
import process from "node:process";
import {
  enumValues,
  generate,
  layoutTable,
  opcodes,
  readHeader,
} from "../../../../drivers/mlx5/tables/generate.ts";
import { evaluate } from "../../../../drivers/mlx5/tables/expression.ts";
import { parseHeader } from "../../../../drivers/mlx5/tables/header.ts";
import { LayoutTable } from "../../../../drivers/mlx5/tables/table_text.ts";
import { DecodeError, UsageError } from "../../../../lib/errors.ts";

const INCLUDED = `
struct mlx5_ifc_wheel_bits { u8 size[0x8]; u8 reserved_at_8[0x18]; };
`;

const HEADER = `
/* A header of our own; struct mlx5_ifc_comment_bits { u8 x[0x1]; }; */
#ifndef CART_H
#define CART_H
#include "wheel.h"
#define CART_WHEELS (CART_AXLES * \\
                     2) // both sides
enum { CART_AXLES = 0x2, CART_NEXT, CART_BIT = BIT(4) | 1UL << 1 };
enum mlx5_kind { MLX5_CMD_OP_PUSH_CART = 0x100, MLX5_CMD_OP_PULL_CART,
  MLX5_CMD_OP_ALIAS_CART = 0x100, MLX5_CMD_OPCODE_PARK_CART = 0xff, MLX5_CMD_OP_MAX };
enum { MLX5_CMD_OP_GENERAL_START = 0xb00, MLX5_CMD_OP_GENERAL_END = 0xd00 };
enum { MLX5_CAP_PORT_TYPE_IB = 0x0, MLX5_CAP_PORT_TYPE_ETH = 0x1 };

struct mlx5_ifc_cart_bits {
  u8 a[0x1];
  u8 reserved_at_1[0x7];
  u8 reserved_at_9[0x8];
  struct mlx5_ifc_wheel_bits wheel[CART_WHEELS];
  u8 name[4][0x8];
  union {
    struct mlx5_ifc_wheel_bits spare;
    struct { u8 left[0x10]; u8 reserved_at_c0[0x10]; };
    DECLARE_FLEX_ARRAY(struct mlx5_ifc_wheel_bits,
                       more);
  };
  union { u8 x[0x20]; struct mlx5_ifc_wheel_bits y; } body;
  u8 data[][0x20];
};
union mlx5_ifc_odd { struct mlx5_ifc_wheel_bits wheel; u8 b[0x40]; };
struct mlx5_ifc_odd_user_bits { union mlx5_ifc_odd odd; u8 raw[]; u8 old[0][0x40]; };
#endif
`;

const parsed = () =>
  parseHeader(HEADER, (file) => file === "wheel.h" ? INCLUDED : undefined);

Deno.test("the generator understands every form of member", () => {
  assertEquals(
    layoutTable(parsed()),
    `struct wheel
 size:8 ~18
union cart.body
 x:20 y=wheel
struct cart
 a:1 ~7 reserved_at_9:8 wheel=wheel*4 name:4*8 ( spare=wheel [ left:10 ~10 ] more=wheel* )
 body=cart.body data:*20
union odd as mlx5_ifc_odd
 wheel=wheel b:40
struct odd_user
 odd=odd raw:*8 old:*40
`,
  );
});

Deno.test("the table parses to the offsets a compiler gives", () => {
  const text = layoutTable(parsed());
  const table = new LayoutTable(() => text);
  const cart = table.get("cart");
  assertEquals(cart.bits, 1 + 7 + 8 + 4 * 32 + 32 + 32 + 32);
  assertEquals(
    cart.fields.map((field) => [field.name, field.offset, field.width]),
    [
      ["a", 0, 1],
      ["reserved_at_1", 1, 7],
      ["reserved_at_9", 8, 8],
      ["wheel", 16, 128],
      ["name", 144, 32],
      ["spare", 176, 32],
      ["left", 176, 16],
      ["reserved_at_c0", 192, 16],
      ["more", 176, 0],
      ["body", 208, 32],
      ["data", 240, 0],
    ],
  );
  assertEquals(table.get("odd_user").bits, 64);
  assertEquals(table.irregular("odd"), "mlx5_ifc_odd");
});

Deno.test("a long entry is wrapped and means the same", () => {
  const names = Array.from({ length: 60 }, (_, i) => `field_number_${i}`);
  const header = parseHeader(
    `struct mlx5_ifc_long_bits {${
      names.map((n) => `u8 ${n}[0x3];`).join("")
    }};`,
  );
  const text = layoutTable(header);
  assert(text.split("\n").every((line) => line.length <= 101), text);
  const long = new LayoutTable(() => text).get("long");
  assertEquals(long.fields.map((field) => field.name), names);
});

Deno.test("opcodes come by number with the name the header spells first", () => {
  assertEquals(opcodes(parsed()), [
    [0xff, "PARK_CART"],
    [0x100, "PUSH_CART"],
    [0x101, "PULL_CART"],
  ]);
});

Deno.test("enums come by the prefixes of the hand-made map", () => {
  const found = new Map(enumValues(parsed())).get("MLX5_CAP_PORT_TYPE_");
  assertEquals(found, [["IB", 0n], ["ETH", 1n]]);
});

Deno.test("constants are evaluated as C does", () => {
  const header = parsed();
  assertEquals(header.enumerators.get("CART_NEXT"), 3n);
  assertEquals(header.defines.get("CART_WHEELS"), 4n);
  assertEquals(
    parseHeader("#define A (A + 1)\n").defines.get("A"),
    undefined,
  );
  assertEquals(header.enumerators.get("CART_BIT"), 18n);
  const names = new Map([["A", 5n]]);
  const cases: [string, bigint | undefined][] = [
    ["1 + 2 * 3", 7n],
    ["(1 + 2) * 3", 9n],
    ["1 << 2 + 1", 8n],
    ["1ULL << A | 1", 33n],
    ["BIT_ULL(A - 0x4)", 2n],
    ["10 - 3 - 2", 5n],
    ["0X4", 4n],
    ["B", undefined],
    ["1 +", undefined],
    ["(1", undefined],
    ["1 1", undefined],
    ["1 << 500", undefined],
    ["", undefined],
  ];
  for (const [text, value] of cases) {
    assertEquals(evaluate(text, (name) => names.get(name)), value, text);
  }
});

Deno.test("what the generator does not know is a typed error, not a wrong table", () => {
  const wrong = [
    "struct mlx5_ifc_x_bits { u16 a[0x1]; };",
    "struct mlx5_ifc_x_bits { u8 a; };",
    "struct mlx5_ifc_x_bits { u8 a[UNKNOWN]; };",
    "struct mlx5_ifc_x_bits { u8 a[0x1] };",
    "struct mlx5_ifc_x_bits { struct other y; };",
    "struct mlx5_ifc_x_bits { u8 a[0x1]; ",
    "enum { A = unknown() };",
    "enum { A B };",
  ];
  for (const text of wrong) {
    assertThrows(() => parseHeader(text), DecodeError, "Expected", text);
  }
  const missing = parseHeader(
    "struct mlx5_ifc_x_bits { struct mlx5_ifc_y_bits y; };",
  );
  assertThrows(() => layoutTable(missing), UsageError, '"y"');
});

Deno.test("a broken table is a typed error", () => {
  const broken = [
    "struct x\n a:zz",
    "struct x\n a:8 )",
    "struct x\n ( a:8",
    "struct x\n b=x",
  ];
  for (const text of broken) {
    assertThrows(
      () => new LayoutTable(() => text).get("x"),
      DecodeError,
      undefined,
      text,
    );
  }
});

const REAL = process.env.FWCTL_MLX5_IFC_H;

Deno.test({
  name: REAL
    ? "the checked-in tables are what the generator makes of the kernel's header"
    : "the kernel's header (not tested: set FWCTL_MLX5_IFC_H to its path)",
  ignore: !REAL,
  fn() {
    const directory = new URL(
      "../../../../drivers/mlx5/tables/",
      import.meta.url,
    );
    const files = generate(readHeader(REAL ?? ""));
    assertEquals(Object.keys(files).length, 2);
    for (const [file, text] of Object.entries(files)) {
      assert(readFileSync(new URL(file, directory), "utf8") === text, file);
    }
  },
});
