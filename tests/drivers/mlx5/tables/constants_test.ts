import { assert, assertEquals, assertThrows } from "@std/assert";
import { fits } from "../../../../lib/bits/bits.ts";
import { locate } from "../../../../lib/bits/layout.ts";
import { UsageError } from "../../../../lib/errors.ts";
import {
  capTypeByName,
  capTypeByNumber,
  capTypes,
} from "../../../../drivers/mlx5/tables/cap_types.ts";
import { ENUM_FIELDS } from "../../../../drivers/mlx5/tables/enum_fields.ts";
import {
  enumName,
  enumValue,
  enumValues,
} from "../../../../drivers/mlx5/tables/enums.ts";
import { hasLayout, layout } from "../../../../drivers/mlx5/tables/ifc.ts";
import {
  opcodeName,
  opcodeNames,
  opcodeNumber,
} from "../../../../drivers/mlx5/tables/opcodes.ts";

Deno.test("opcodes are found by number and by name", () => {
  assertEquals(opcodeName(0x100), "QUERY_HCA_CAP");
  assertEquals(opcodeName(0x109), "SET_HCA_CAP");
  assertEquals(opcodeName(0x805), "ACCESS_REG");
  assertEquals(opcodeName(0xb22), "QUERY_VUID");
  assertEquals(opcodeName(0xffff), undefined);
  assertEquals(opcodeNumber("mlx5_cmd_op_query_hca_cap"), 0x100);
  for (const [number, name] of opcodeNames()) {
    assertEquals(opcodeNumber(name), number);
  }
  const error = assertThrows(() => opcodeNumber("QUERY_HCA_CAPS"), UsageError);
  assert(error.hint?.includes("QUERY_HCA_CAP"), error.hint);
});

Deno.test("every field with an enum exists and can hold all of its values", () => {
  for (const key of Object.keys(ENUM_FIELDS)) {
    const [struct = "", field = ""] = key.split(".");
    const { width } = locate(layout(struct), field);
    const values = enumValues(struct, field);
    assert(values.length > 0, key);
    for (const one of values) assert(fits(one.value, width), one.kernelName);
  }
});

Deno.test("enumName() and enumValue() name values both ways", () => {
  assertEquals(enumName("cmd_hca_cap", "port_type", 1), "ETH");
  assertEquals(enumName("cmd_hca_cap", "port_type", 3), undefined);
  assertEquals(enumName("cmd_hca_cap", "vhca_id", 1), undefined);
  assertEquals(enumName("cmd_hca_cap", "uctx_cap", 0x21), "RAW_TX|0x20");
  assertEquals(enumName("cmd_hca_cap", "uctx_cap", 0), undefined);
  assertEquals(enumName("mfrl_reg", "reset_level", 0x48), "LEVEL3|LEVEL6");
  assertEquals(enumName("cmd_hca_cap", "port_type", NaN), undefined);
  assertEquals(enumName("constructor", "name", 1), undefined);
  assertEquals(enumValue("cmd_hca_cap", "port_type", "eth"), 1n);
  assertEquals(
    enumValue("cmd_hca_cap", "port_type", "MLX5_CAP_PORT_TYPE_IB"),
    0n,
  );
  assertEquals(enumValue("cmd_hca_cap", "port_type", "token"), undefined);
});

Deno.test("capability types are found by number and by name, and have a structure", () => {
  assertEquals(capTypeByName("general_2").number, 0x20);
  assertEquals(capTypeByName("MLX5_CAP_GENERAL").layout, "cmd_hca_cap");
  assertEquals(capTypeByName("adv-rdma").number, 0x28);
  assertEquals(capTypeByNumber(0x15)?.name, "IPSEC");
  assertEquals(capTypeByNumber(0x7f), undefined);
  const error = assertThrows(() => capTypeByName("GENERL"), UsageError);
  assert(error.hint?.includes("GENERAL"), error.hint);
  for (const type of capTypes()) {
    if (type.layout !== undefined) assert(hasLayout(type.layout), type.layout);
    else assert(type.name.startsWith("RESERVED"), type.name);
  }
  assertEquals(
    capTypes().filter((type) => type.settable).map((type) => type.number),
    [0, 1, 2, 3, 4, 0x15, 0x20, 0x25],
  );
});
