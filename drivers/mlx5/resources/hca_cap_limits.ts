/**
 * How far a capability of another function may go. The limits are the PF's own
 * maximum values: it cannot give what it does not have.
 *
 * @module
 */
import { readBits } from "../../../lib/bits/bits.ts";
import { fieldMap, type Layout, type Place } from "../../../lib/bits/layout.ts";

/** The values a field may take; `text` says so for people, "" when any that fit may. */
export interface Limit {
  /** Least value. */
  readonly least: number;
  /** Greatest value. */
  readonly most: number;
  /** `at most 17`. */
  readonly text: string;
}

/**
 * Fields that say what the function is; the firmware sets them.
 * Assumption: the list is what a profile must not touch, not what a firmware
 * version documents.
 */
const IDENTITY: ReadonlySet<string> = new Set([
  "vhca_id",
  "sw_vhca_id",
  "port_type",
  "num_ports",
  "native_port_num",
  "vport_group_manager",
  "eswitch_manager",
  "hca_cap_2",
  "cmdif_checksum",
]);

/**
 * Fields a PF may grant without having them set itself. Source: the devlink
 * port function attributes of eswitch_offloads.c, which set `migratable` when
 * the PF has `migration`; the firmware refuses it otherwise.
 */
const GRANTED: ReadonlySet<string> = new Set(["migratable"]);

/** Whether a field says what the function is and so cannot be declared. */
export function isIdentity(field: string): boolean {
  return IDENTITY.has(field);
}

/**
 * The limit of a field.
 *
 * @param layout the cap type's layout
 * @param place where the field lies in it
 * @param own the PF's own maximum image of the same type
 */
export function limitOf(
  layout: Layout,
  field: string,
  place: Place,
  own: Uint8Array,
): Limit {
  const fits = 2 ** place.width - 1;
  if (field === "dynamic_msix_table_size") return msix(layout, own, fits);
  if (GRANTED.has(field)) return { least: 0, most: fits, text: "" };
  const value = readBits(own, place.offset, place.width);
  if (/^(log_)?min_/.test(field)) {
    return { least: value, most: fits, text: `at least ${value}` };
  }
  const obvious = place.width === 1 && value === 1;
  return { least: 0, most: value, text: obvious ? "" : `at most ${value}` };
}

/** The MSI-X vectors of a VF have a range of their own in the PF's image. */
function msix(layout: Layout, own: Uint8Array, fits: number): Limit {
  const read = (name: string): number | undefined => {
    const field = fieldMap(layout).get(name);
    return field && readBits(own, field.offset, field.width);
  };
  const least = read("min_dynamic_vf_msix_table_size") ?? 0;
  const most = read("max_dynamic_vf_msix_table_size") ?? fits;
  return { least, most, text: `${least} to ${most}` };
}
