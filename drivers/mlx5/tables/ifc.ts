/**
 * The structures of mlx5_ifc.h, parsed one by one when they are asked for.
 *
 * Names are the kernel's without `mlx5_ifc_` and `_bits`: `layout("cmd_hca_cap")`
 * is `struct mlx5_ifc_cmd_hca_cap_bits`. A body with a field name but no
 * structure name of its own is called `OUTER.FIELD`.
 *
 * @module
 */
import { UsageError } from "../../../lib/errors.ts";
import type { Layout } from "../../../lib/bits/layout.ts";
import { didYouMean } from "../../../lib/suggest.ts";
import { IFC_TEXT } from "./ifc_table.ts";
import { LayoutTable } from "./table_text.ts";

const TABLE = new LayoutTable(() => IFC_TEXT);

/**
 * One structure or union; always the same object for one name.
 *
 * @throws `UsageError` with the nearest names when there is none
 */
export function layout(name: string): Layout {
  if (!TABLE.has(name)) {
    throw new UsageError(`mlx5_ifc has no structure "${name}"`, {
      hint: didYouMean(name, TABLE.names()) ??
        "Run `deno task layouts` for all names",
    });
  }
  return TABLE.get(name);
}

/** Whether there is such a structure or union. */
export function hasLayout(name: string): boolean {
  return TABLE.has(name);
}

/** All names, those of mlx5_ifc_fpga.h first, each in the header's order. */
export function layoutNames(): string[] {
  return TABLE.names();
}

/**
 * The kernel's name of a structure: `mlx5_ifc_cmd_hca_cap_bits`. Empty for a
 * body that has none.
 */
export function kernelName(name: string): string {
  if (name.includes(".")) return "";
  return TABLE.irregular(name) ?? `mlx5_ifc_${name}_bits`;
}
