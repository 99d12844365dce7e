/**
 * mlx5 command opcodes and their names (enum of `MLX5_CMD_OP_*` and
 * `MLX5_CMD_OPCODE_*` in mlx5_ifc.h), names without the prefix.
 *
 * @module
 */
import { UsageError } from "../../../lib/errors.ts";
import { didYouMean } from "../../../lib/suggest.ts";
import { OPCODE_TEXT } from "./constants_table.ts";

let names: Map<number, string> | undefined;

/** All opcodes by number, in rising order. */
export function opcodeNames(): ReadonlyMap<number, string> {
  if (names === undefined) {
    names = new Map();
    for (
      const [, code = "", name = ""] of OPCODE_TEXT.matchAll(/^(\w+) (\w+)$/gm)
    ) {
      names.set(Number.parseInt(code, 16), name);
    }
  }
  return names;
}

/** The name, such as `QUERY_HCA_CAP`, or undefined when the header has none. */
export function opcodeName(opcode: number): string | undefined {
  return opcodeNames().get(opcode);
}

/**
 * The number of a name, with or without `MLX5_CMD_OP_`, in any case.
 *
 * @throws `UsageError` with the nearest names when there is none
 */
export function opcodeNumber(name: string): number {
  const wanted = name.toUpperCase().replace(/^MLX5_CMD_OP(CODE)?_/, "");
  for (const [code, known] of opcodeNames()) if (known === wanted) return code;
  throw new UsageError(`There is no mlx5 command "${name}"`, {
    hint: didYouMean(wanted, opcodeNames().values()) ??
      "Names are those of MLX5_CMD_OP_* in the kernel's mlx5_ifc.h",
  });
}
