/**
 * The eight features of the specification whose data the kernel knows, laid
 * out. All are exclusive to the kernel: they can be read here and never set.
 *
 * Source: CXL 3.2 sections 8.2.10.7.2 and 8.2.10.9.11, as
 * drivers/cxl/core/edac.c uses them.
 *
 * @module
 */
import { cStruct, describe, type Layout } from "../../../lib/bits/mod.ts";
import type { FeatureField, FeatureSchema } from "../fields.ts";

/** A standard feature. */
export interface StandardFeature {
  /** As a recipe calls it: `patrol_scrub`. */
  readonly name: string;
  /** Lower case with dashes. */
  readonly uuid: string;
  /** One sentence. */
  readonly help: string;
  /** Where the kernel offers it instead, below the memory device's folder in /sys/bus/edac/devices; "" where it does not. */
  readonly kernel: string;
  /** The layout of so many bytes that Get Feature gives. */
  readonly get: (size: number) => Layout;
}

/** Bytes of a Media FRU's part of the ECS feature as it is read. */
const FRU_BYTES = 4;
/** As many parts as 65535 bytes hold would be a list nobody reads. */
const MAX_FRUS = 1024;

function scrub(): Layout {
  return cStruct("patrol_scrub", 4, [
    ["cycle_changeable", "u8:1"],
    ["realtime_report", "u8:1"],
    ["rsvd0", "u8:6"],
    ["cycle_hours", "u8"],
    ["min_cycle_hours", "u8"],
    ["enable", "u8:1"],
    ["rsvd1", "u8:7"],
  ], { packed: true });
}

function ecs(size: number): Layout {
  const fru = cStruct("fru", FRU_BYTES, [
    ["realtime_report_cap", "u8:1"],
    ["rsvd0", "u8:7"],
    ["threshold", "u8:3"],
    ["count_mode", "u8:1"],
    ["reset_counter", "u8:1"],
    ["rsvd1", "u8:3"],
    ["rsvd2", "u8"],
    ["realtime_report", "u8:1"],
    ["rsvd3", "u8:7"],
  ], { packed: true });
  const count = Math.min(MAX_FRUS, Math.floor((size - 1) / FRU_BYTES));
  const head = [["log_entry_type", "u8:2"], ["rsvd0", "u8:6"]] as const;
  return count > 0
    ? cStruct("ecs", 1 + count * FRU_BYTES, [...head, ["frus", fru, count]], {
      packed: true,
    })
    : cStruct("ecs", 1, head, { packed: true });
}

function repairHeader(): Layout {
  return cStruct("maintenance", 16, [
    ["max_op_latency", "u8"],
    ["op_cap", "u16"],
    ["op_mode", "u16"],
    ["op_class", "u8"],
    ["op_subclass", "u8"],
    ["rsvd", "u8", 9],
  ], { packed: true });
}

function ppr(): Layout {
  return cStruct("ppr", 20, [
    ["maintenance", repairHeader()],
    ["dpa_support", "u8:1"],
    ["nibble_mask_support", "u8:1"],
    ["sparing_event_record_support", "u8:1"],
    ["at_boot_support", "u8:1"],
    ["rsvd0", "u8:4"],
    ["media_not_accessible", "u8:1"],
    ["rsvd1", "u8:1"],
    ["data_not_retained", "u8:1"],
    ["rsvd2", "u8:5"],
    ["rsvd3", "u8"],
    ["sparing_event_record", "u8:1"],
    ["at_boot", "u8:1"],
    ["rsvd4", "u8:6"],
  ], { packed: true });
}

function sparing(): Layout {
  return cStruct("sparing", 19, [
    ["maintenance", repairHeader()],
    ["rsvd0", "u8"],
    ["not_safe_in_use", "u8:1"],
    ["hard_sparing", "u8:1"],
    ["soft_sparing", "u8:1"],
    ["rsvd1", "u8:5"],
    ["rsvd2", "u8"],
  ], { packed: true });
}

const REPAIR = "mem_repairN";

/** All of them, in the specification's order. */
export const STANDARD: readonly StandardFeature[] = [
  {
    name: "patrol_scrub",
    uuid: "96dad7d6-fde8-482b-a733-75774e06db8a",
    help: "Background scrubbing of all memory",
    kernel: "scrub0",
    get: scrub,
  },
  {
    name: "ecs",
    uuid: "e5b13f22-2328-4a14-b8ba-b9691e893386",
    help: "Error check and scrub of DDR5 memory",
    kernel: "ecs_fruN",
    get: ecs,
  },
  {
    name: "sppr",
    uuid: "892ba475-fad8-474e-9d3e-692c917568bb",
    help: "Soft post package repair",
    kernel: REPAIR,
    get: ppr,
  },
  {
    name: "hppr",
    uuid: "80ea4521-786f-4127-afb1-ec7459fb0e24",
    help: "Hard post package repair",
    kernel: "",
    get: ppr,
  },
  {
    name: "cacheline_sparing",
    uuid: "96c33386-91dd-44c7-9ecb-fdaf6503bac4",
    help: "Sparing of a cache line",
    kernel: REPAIR,
    get: sparing,
  },
  {
    name: "row_sparing",
    uuid: "450ebf67-b135-4f97-a498-c2d57f279bed",
    help: "Sparing of a row",
    kernel: REPAIR,
    get: sparing,
  },
  {
    name: "bank_sparing",
    uuid: "78b79636-90ac-4b64-a4ef-faac5d18a863",
    help: "Sparing of a bank",
    kernel: REPAIR,
    get: sparing,
  },
  {
    name: "rank_sparing",
    uuid: "34dbaff5-0552-4281-8f76-da0b5e7a76a7",
    help: "Sparing of a rank",
    kernel: REPAIR,
    get: sparing,
  },
];

/** Names of values, by the last name of a field. */
const VALUES: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  log_entry_type: { dram: 0, media_fru: 1 },
  threshold: { "256": 3, "1024": 4, "4096": 5 },
  count_mode: { rows: 0, codewords: 1 },
};

const HELP: Readonly<Record<string, string>> = {
  cycle_hours: "Hours in which all memory is scrubbed once",
  min_cycle_hours: "The fewest hours the device allows",
  max_op_latency: "How long a repair takes, as the specification codes it",
  threshold: "Errors of a row in a gibibit before it is reported",
};

/** A standard feature by its UUID. */
export function standardByUuid(uuid: string): StandardFeature | undefined {
  return STANDARD.find((feature) => feature.uuid === uuid);
}

/** The fields of a standard feature whose data is `size` bytes long. */
export function standardSchema(
  { name, uuid, help, get }: StandardFeature,
  size: number,
): FeatureSchema {
  const fields = describe(get(size), { skipReserved: true })
    .map(({ path, bit, width }): FeatureField => {
      const last = /[^.]*$/.exec(path)?.[0] ?? path;
      const values = VALUES[last];
      return {
        name: path,
        bit,
        width,
        type: "number",
        help: HELP[last] ?? "",
        ...(values === undefined ? {} : { values }),
      };
    });
  return { name, uuid, help, get: { size: undefined, fields }, set: undefined };
}
