/**
 * The MSI-X vectors that all virtual functions of a PF share.
 *
 * Source: sriov.c and pci_irq.c of mlx5_core keep the same sum.
 *
 * @module
 */
import { readBits } from "../../../lib/bits/bits.ts";
import { fieldMap } from "../../../lib/bits/layout.ts";
import type { Channel } from "../../driver.ts";
import { readCapImage } from "../caps.ts";
import { layout } from "../tables/ifc.ts";
import type { Parent } from "./identify.ts";

/** The field of a VF that takes from the pool. */
export const POOLED = "dynamic_msix_table_size";
const POOL = "num_total_dynamic_vf_msix";

/**
 * What exceeds the pool of a PF, in words; undefined when the wishes fit, or
 * when none takes more than its function has.
 *
 * @param wanted vectors by function id
 * @param functions the ids of all VFs enabled
 */
export function poolExceeded(
  channel: Channel,
  parent: Parent,
  wanted: ReadonlyMap<number, number>,
  functions: readonly number[],
): string | undefined {
  if (wanted.size === 0) return undefined;
  const of = fieldMap(layout("cmd_hca_cap"));
  const read = (image: Uint8Array, name: string): number => {
    const place = of.get(name);
    return place ? readBits(image, place.offset, place.width) : 0;
  };
  const pool = read(parent.limits, POOL);
  let before = 0;
  let sum = 0;
  for (const id of functions) {
    const has = read(readCapImage(channel, 0, "maximum", id), POOLED);
    before += has;
    sum += wanted.get(id) ?? has;
  }
  if (sum <= pool || sum <= before) return undefined;
  return `${POOLED}: all virtual functions together would have ${sum} vectors, and ${parent.device} has ${pool} for them (${POOL})`;
}
