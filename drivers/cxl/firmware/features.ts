/**
 * The features a modelled memory device is made with: their entries and their
 * first values.
 *
 * The standard ones have the layouts of the specification; their values, and
 * all of the vendor's features, are Assumption: a plausible device, with one
 * vendor feature for each kind of effect.
 *
 * @module
 */
import { type Bytes, fromHex } from "../../../lib/bytes.ts";
import { CXL_CMD, CXL_FEATURE_F } from "../tables/features.ts";
import { uuidBytes } from "../tables/uuid.ts";

/** A feature as it leaves the factory. */
export interface FeatureSpec {
  /** For scenarios, faults and messages. */
  readonly name: string;
  /** Lower case with dashes. */
  readonly uuid: string;
  /** Flags of its entry. */
  readonly flags: number;
  /** Effects of its entry. */
  readonly effects: number;
  /** Version of its data, both ways. */
  readonly version: number;
  /** Bytes that Set Feature takes. */
  readonly setSize: number;
  /** The data as Get Feature gives it. */
  readonly current: Bytes;
  /** The default value, of the same length. */
  readonly byDefault: Bytes;
  /** Bits of the data that a Set Feature may change; undefined is all. Other bits must be sent as they are. */
  readonly writable: Bytes | undefined;
  /**
   * Where each byte of the data that is set belongs in the data that is read,
   * and which of its bits; undefined where both have one layout.
   */
  readonly placed: readonly (readonly [to: number, mask: number])[] | undefined;
}

const F = CXL_FEATURE_F;
const C = CXL_CMD;
const ALL = F.CHANGEABLE | F.PERSIST_FW_UPDATE | F.DEFAULT_SEL | F.SAVED_SEL;
/** Of all vendor features here: the specification lets a vendor take any. */
const vendor = (number: number): string =>
  `c0de0000-6d65-4d6f-8000-${number.toString(16).padStart(12, "0")}`;

function spec(
  name: string,
  uuid: string,
  effects: number,
  current: string,
  more: Partial<FeatureSpec> = {},
): FeatureSpec {
  const data = fromHex(current);
  return {
    name,
    uuid,
    flags: ALL,
    effects: effects | C.EFFECTS_VALID,
    version: 1,
    setSize: data.length,
    current: data,
    byDefault: data.slice(),
    writable: undefined,
    placed: undefined,
    ...more,
  };
}

const REPAIR = C.CONFIG_CHANGE_IMMEDIATE;
/** maintenance header: latency, op_cap, op_mode, class, subclass, 9 reserved bytes. */
const repair = (operation: string): string =>
  `05${"0000".repeat(2)}${operation}${"00".repeat(9)}`;
/** op_mode is what can be set of a repair feature: two bytes. */
const REPAIR_SET = {
  setSize: 2,
  placed: [[3, 0xff], [4, 0xff]],
} as const;

/** The standard features a device may have, in the specification's order. */
export function standardSpecs(): FeatureSpec[] {
  const sparing = `00${"0600"}`;
  return [
    // Changeable, every 12 hours, not below 1 hour, on.
    spec(
      "patrol_scrub",
      "96dad7d6-fde8-482b-a733-75774e06db8a",
      C.POLICY_CHANGE_IMMEDIATE,
      "010c0101",
      { setSize: 2, placed: [[1, 0xff], [3, 0x01]] },
    ),
    // By DRAM; two FRUs with a threshold of 256 a row.
    spec(
      "ecs",
      "e5b13f22-2328-4a14-b8ba-b9691e893386",
      C.POLICY_CHANGE_IMMEDIATE,
      `00${"00030000".repeat(2)}`,
      {
        setSize: 5,
        placed: [[0, 3], [2, 0x1f], [3, 0], [6, 0x1f], [7, 0]],
      },
    ),
    spec(
      "sppr",
      "892ba475-fad8-474e-9d3e-692c917568bb",
      REPAIR,
      `${repair("0100")}03000000`,
      REPAIR_SET,
    ),
    spec(
      "hppr",
      "80ea4521-786f-4127-afb1-ec7459fb0e24",
      REPAIR,
      `${repair("0101")}03050000`,
      REPAIR_SET,
    ),
    ...[
      ["cacheline_sparing", "96c33386-91dd-44c7-9ecb-fdaf6503bac4", "0200"],
      ["row_sparing", "450ebf67-b135-4f97-a498-c2d57f279bed", "0201"],
      ["bank_sparing", "78b79636-90ac-4b64-a4ef-faac5d18a863", "0202"],
      ["rank_sparing", "34dbaff5-0552-4281-8f76-da0b5e7a76a7", "0203"],
    ].map(([name = "", uuid = "", operation = ""]) =>
      spec(name, uuid, REPAIR, repair(operation) + sparing, REPAIR_SET)
    ),
  ];
}

/** Length of the vendor's log filter: more than two mailboxes of 512 bytes. */
const LONG = 1200;

/** The vendor's features: one for each kind of effect. */
export function vendorSpecs(): FeatureSpec[] {
  return [
    // le16 watts, u8 boost, u8 policy, 4 bytes of tag.
    spec(
      "power_limit",
      vendor(1),
      C.CONFIG_CHANGE_IMMEDIATE,
      "1900000000000000",
    ),
    // u8 warning, u8 critical, in degrees.
    spec("thermal_policy", vendor(2), C.POLICY_CHANGE_IMMEDIATE, "5055"),
    spec(
      "log_filter",
      vendor(3),
      C.LOG_CHANGE_IMMEDIATE,
      "ff".repeat(LONG),
    ),
    // le32 pattern that memory is filled with.
    spec("fill_pattern", vendor(4), C.DATA_CHANGE_IMMEDIATE, "00000000"),
    // u8 ways, u8 granularity.
    spec("channel_interleave", vendor(5), C.CONFIG_CHANGE_COLD_RESET, "0400"),
    spec("link_tuning", vendor(6), C.CONFIG_CHANGE_CONV_RESET, "00112233"),
    // No saved value to read: a change shows only after the reset.
    spec("cache_mode", vendor(7), C.CONFIG_CHANGE_CXL_RESET, "01", {
      flags: F.CHANGEABLE | F.DEFAULT_SEL,
    }),
    // At once in part, the rest after a cold reset.
    spec(
      "refresh_rate",
      vendor(8),
      C.CONFIG_CHANGE_IMMEDIATE | C.CONFIG_CHANGE_COLD_RESET,
      "0200",
    ),
    spec(
      "debug_lock",
      vendor(9),
      C.SECURITY_STATE_CHANGE | C.CONFIG_CHANGE_IMMEDIATE,
      "00",
    ),
    spec(
      "self_test",
      vendor(10),
      C.CONFIG_CHANGE_IMMEDIATE | C.BACKGROUND | C.BGCMD_ABORT_SUPPORTED,
      "00",
    ),
    spec("passphrase_policy", vendor(11), C.SECURITY_STATE_CHANGE, "00"),
    spec("future_knob", vendor(12), C.CONFIG_CHANGE_COLD_RESET | 0x1000, "00"),
    // Not changeable: le32 hours of use, le16 wear in per mille.
    spec("wear_report", vendor(13), 0, "e80300000700", {
      flags: 0,
      setSize: 0,
    }),
  ];
}

/** The Supported Feature Entry of a feature, 48 bytes. */
export function entryBytes(feature: FeatureSpec, id: number): Bytes {
  const bytes = new Uint8Array(48);
  const view = new DataView(bytes.buffer);
  bytes.set(uuidBytes(feature.uuid));
  view.setUint16(16, id, true);
  view.setUint16(18, feature.current.length, true);
  view.setUint16(20, feature.setSize, true);
  view.setUint32(22, feature.flags, true);
  view.setUint8(26, feature.version);
  view.setUint8(27, feature.version);
  view.setUint16(28, feature.effects, true);
  return bytes;
}
