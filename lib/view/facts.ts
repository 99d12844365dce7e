/**
 * What FWCTL_INFO says, in words.
 *
 * @module
 */
import { hex } from "./words.ts";

/**
 * Bits worth a word, by driver and field: bit, word when set, word when clear.
 * Display only; nothing is decided by it. Source: enum MLX5_UCTX_CAP_* in
 * include/linux/mlx5/mlx5_ifc.h.
 */
const BITS: Readonly<
  Record<string, readonly (readonly [number, string, string])[]>
> = {
  "mlx5.uctx_caps": [[0x4, "tools resources", "no tools resources"]],
};

/** `uid 3`, `tools resources`: one text a field; a field without words is `name 0x…`. */
export function infoFacts(
  driver: string,
  info: Readonly<Record<string, number>>,
): string[] {
  return Object.entries(info).flatMap(([name, value]) => {
    const bits = BITS[`${driver}.${name}`];
    if (bits) {
      return bits.map(([bit, set, clear]) => (value & bit) !== 0 ? set : clear);
    }
    return [`${name} ${/uid|id$/.test(name) ? value : hex(value)}`];
  });
}
