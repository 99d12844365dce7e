/**
 * QUERY_VHCA_STATE, whose structures are not in mlx5_ifc.h.
 *
 * Source: drivers/net/ethernet/mellanox/mlx5/core/sf/mlx5_ifc_vhca_event.h; the
 * names of the states are those of its enum mlx5_ifc_vhca_state.
 *
 * @module
 */
import type { Field, Layout } from "../../../lib/bits/layout.ts";

let table: Readonly<Record<string, Layout>> | undefined;

/** The structures by name, as `layout()` names the others. */
export function vhcaEventLayouts(): Readonly<Record<string, Layout>> {
  return table ??= layouts();
}

const layouts = (): Readonly<Record<string, Layout>> => ({
  query_vhca_state_in: struct("query_vhca_state_in", 128, [
    ["opcode", 0, 16],
    ["uid", 16, 16],
    ["op_mod", 48, 16],
    ["embedded_cpu_function", 64, 1],
    ["function_id", 80, 16],
  ]),
  query_vhca_state_out: struct(
    "query_vhca_state_out",
    256,
    [
      ["status", 0, 8],
      ["syndrome", 32, 32],
      ["vhca_state_context", 128, 128, "vhca_state_context"],
    ],
    {
      vhca_state_context: struct("vhca_state_context", 128, [
        ["arm_change_event", 0, 1],
        ["vhca_state", 12, 4],
        ["sw_function_id", 32, 32],
      ]),
    },
  ),
});

/** enum mlx5_ifc_vhca_state. */
export const VHCA_STATES: readonly string[] = [
  "INVALID",
  "ALLOCATED",
  "ACTIVE",
  "IN_USE",
  "TEARDOWN_REQUEST",
];

type Row = readonly [
  name: string,
  offset: number,
  width: number,
  type?: string,
];

function struct(
  name: string,
  bits: number,
  rows: readonly Row[],
  nested: Readonly<Record<string, Layout>> = {},
): Layout {
  return {
    name,
    kind: "struct",
    bits,
    fields: rows.map(([name, offset, width, type = "u8"]): Field => ({
      name,
      type,
      offset,
      width,
      elementWidth: width,
    })),
    resolve: (type) => {
      const found = nested[type];
      if (found) return found;
      throw new RangeError(`${name} has no structure ${type}`);
    },
  };
}
