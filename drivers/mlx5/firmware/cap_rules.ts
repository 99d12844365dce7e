/**
 * Which changes of a function's capabilities the firmware takes.
 *
 * @module
 */
import { describe, type Layout, readWide } from "../../../lib/bits/mod.ts";
import type { FlatField } from "../../../lib/bits/mod.ts";
import { equalBytes } from "../../../lib/bytes.ts";
import { CAP } from "./cards.ts";
import { SYNDROME } from "./command.ts";

/**
 * Fields that say what the function is rather than what it may have.
 *
 * Assumption: the list; the documentation does not say which fields can be
 * programmed for another function.
 */
const READ_ONLY: Readonly<Record<number, readonly string[]>> = {
  [CAP.GENERAL]: [
    "vhca_id",
    "hca_cap_2",
    "vhca_resource_manager",
    "vport_group_manager",
    "vhca_group_manager",
    "eswitch_manager",
    "port_type",
    "num_ports",
    "native_port_num",
    "num_vhca_ports",
    "abs_native_port_num",
    "sw_owner_id",
    "migration",
    "uctx_cap",
    "cmdif_checksum",
    "cqe_version",
    "log_pg_sz",
    "log_uar_page_sz",
    "uar_sz",
    "device_frequency_mhz",
    "device_frequency_khz",
    "sf_base_id",
    "max_num_sf",
    "num_total_dynamic_vf_msix",
    "min_dynamic_vf_msix_table_size",
    "max_dynamic_vf_msix_table_size",
    "steering_format_version",
  ],
  [CAP.GENERAL_2]: [
    "query_vuid",
    "function_id_type_vhca_id",
    "query_adjacent_functions_id",
    "delegate_vhca_management_profiles",
    "delegated_vhca_max",
    "delegate_vhca_max",
    "ec_vf_vport_base",
    "max_rqt_vhca_id",
  ],
};

/** How one field may change. */
interface Rule {
  readonly field: FlatField;
  readonly readOnly: boolean;
  /** A single bit or a number: comparable with the maximum. */
  readonly limit: "max" | "msix" | "migratable" | "none";
}

/** Rules of one layout, and those that touch each byte. */
interface Rules {
  readonly byByte: readonly (readonly Rule[])[];
}

const CACHE = new WeakMap<Layout, Rules>();

/**
 * The syndrome for the first field that may not change from `before` to
 * `after`, or 0 when all may. Three images of one type; `limits` is the PF's
 * MAX. Only fields whose bytes differ are looked at.
 */
export function refusedField(
  type: number,
  layout: Layout,
  before: Uint8Array,
  after: Uint8Array,
  limits: Uint8Array,
): number {
  const { byByte } = rulesOf(type, layout);
  let readOnly = 0;
  for (let i = 0; i < after.length; i++) {
    if (before[i] === after[i]) continue;
    const rules = byByte[i];
    if (!rules || rules.length === 0) return SYNDROME.READ_ONLY;
    for (const rule of rules) {
      const { bit, width } = rule.field;
      const [old, now] = [before, after].map((b) => readWide(b, bit, width));
      if (!old || !now || equalBytes(old, now)) continue;
      if (rule.readOnly) readOnly = SYNDROME.READ_ONLY;
      else if (!within(rule, now, limits)) return SYNDROME.ABOVE_MAX;
    }
  }
  return readOnly;
}

function within(rule: Rule, now: Uint8Array, limits: Uint8Array): boolean {
  const { bit, width } = rule.field;
  switch (rule.limit) {
    case "none":
    case "migratable": // may be granted by any PF that can migrate at all
      return true;
    case "msix": {
      const value = number(now);
      const of = (at: number, w: number) => number(readWide(limits, at, w));
      // min_ and max_dynamic_vf_msix_table_size of the PF; 0 gives all back.
      return value === 0 || value >= of(1868, 4) && value <= of(1876, 12);
    }
    case "max": {
      const most = readWide(limits, bit, width);
      for (let i = 0; i < now.length; i++) {
        const difference = (now[i] ?? 0) - (most[i] ?? 0);
        if (difference !== 0) return difference < 0;
      }
      return true;
    }
  }
}

/** Big-endian number of a few bytes. */
function number(bytes: Uint8Array): number {
  return bytes.reduce((value, byte) => value * 256 + byte, 0);
}

function rulesOf(type: number, layout: Layout): Rules {
  let rules = CACHE.get(layout);
  if (!rules) {
    const byByte: Rule[][] = [];
    const readOnly = new Set(READ_ONLY[type] ?? []);
    for (const field of describe(layout)) {
      const rule: Rule = {
        field,
        readOnly: field.reserved || readOnly.has(field.path),
        limit: field.path === "dynamic_msix_table_size"
          ? "msix"
          : field.path === "migratable"
          ? "migratable"
          : "max",
      };
      const last = (field.bit + field.width - 1) >> 3;
      for (let byte = field.bit >> 3; byte <= last; byte++) {
        (byByte[byte] ??= []).push(rule);
      }
    }
    rules = { byByte };
    CACHE.set(layout, rules);
  }
  return rules;
}
