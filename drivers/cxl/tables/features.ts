/**
 * CXL features in numbers: mailbox opcodes, the Supported Feature Entry, its
 * flags and effects, and the features the kernel keeps to itself.
 *
 * Source: include/uapi/cxl/features.h and include/cxl/features.h of Linux 7.2
 * (CXL r3.2 section 8.2.9.6). All integers are little endian; a UUID's bytes
 * lie in the order of its text.
 *
 * @module
 */

/** Mailbox opcodes that pass through fwctl. */
export const CXL_MBOX_OP = {
  GET_SUPPORTED_FEATURES: 0x0500,
  GET_FEATURE: 0x0501,
  SET_FEATURE: 0x0502,
} as const;

/** enum cxl_features_capability: which of the feature commands a mailbox has. */
export const CXL_FEATURES = { NONE: 0, RO: 1, RW: 2 } as const;

/** Return codes of a mailbox command that the kernel itself names or tests for. */
export const CXL_MBOX_CMD_RC = {
  SUCCESS: 0,
  BACKGROUND: 1,
  INPUT: 2,
  UNSUPPORTED: 3,
} as const;

/** struct cxl_feat_entry: offsets in bytes. */
export const cxl_feat_entry = {
  /** 16 bytes. */
  uuid: 0,
  /** le16. */
  id: 16,
  /** le16, bytes Get Feature returns at most. */
  get_feat_size: 18,
  /** le16, bytes Set Feature takes at most. */
  set_feat_size: 20,
  /** le32, {@linkcode CXL_FEATURE_F}. */
  flags: 22,
  /** u8. */
  get_feat_ver: 26,
  /** u8. */
  set_feat_ver: 27,
  /** le16, {@linkcode CXL_CMD}. */
  effects: 28,
  /** With 18 reserved bytes at the end. */
  sizeof: 48,
} as const;

/** `flags` of an entry. */
export const CXL_FEATURE_F = {
  CHANGEABLE: 1 << 0,
  PERSIST_FW_UPDATE: 1 << 4,
  DEFAULT_SEL: 1 << 5,
  SAVED_SEL: 1 << 6,
} as const;

/** `effects` of an entry: what a Set Feature does, and when. */
export const CXL_CMD = {
  CONFIG_CHANGE_COLD_RESET: 1 << 0,
  CONFIG_CHANGE_IMMEDIATE: 1 << 1,
  DATA_CHANGE_IMMEDIATE: 1 << 2,
  POLICY_CHANGE_IMMEDIATE: 1 << 3,
  LOG_CHANGE_IMMEDIATE: 1 << 4,
  SECURITY_STATE_CHANGE: 1 << 5,
  BACKGROUND: 1 << 6,
  BGCMD_ABORT_SUPPORTED: 1 << 7,
  EFFECTS_VALID: 1 << 9,
  CONFIG_CHANGE_CONV_RESET: 1 << 10,
  CONFIG_CHANGE_CXL_RESET: 1 << 11,
  EFFECTS_RESERVED: 0xf000,
} as const;

/** `flags` of Set Feature. */
export const CXL_SET_FEAT_FLAG = {
  FULL_DATA_TRANSFER: 0,
  INITIATE_DATA_TRANSFER: 1,
  CONTINUE_DATA_TRANSFER: 2,
  FINISH_DATA_TRANSFER: 3,
  ABORT_DATA_TRANSFER: 4,
  DATA_TRANSFER_MASK: 7,
  DATA_SAVED_ACROSS_RESET: 1 << 3,
} as const;

/** Features only the kernel may set (cxl_exclusive_feats), by the hex digits of their UUID. */
const EXCLUSIVE: Readonly<Record<string, string>> = {
  "96dad7d6fde8482ba73375774e06db8a": "PATROL_SCRUB",
  "e5b13f2223284a14b8bab9691e893386": "ECS",
  "892ba475fad8474e9d3e692c917568bb": "SPPR",
  "80ea4521786f4127afb1ec7459fb0e24": "HPPR",
  "96c3338691dd44c79ecbfdaf6503bac4": "CACHELINE_SPARING",
  "450ebf67b1354f97a498c2d57f279bed": "ROW_SPARING",
  "78b7963690ac4b64a4effaac5d18a863": "BANK_SPARING",
  "34dbaff5055242818f76da0b5e7a76a7": "RANK_SPARING",
};

/**
 * The kernel's name of a feature that only the kernel may set, without
 * `CXL_FEAT_` and `_UUID`; undefined for every other feature.
 *
 * @param uuid 32 hex digits, lower case, as `toHex` gives them
 */
export function exclusiveFeature(uuid: string): string | undefined {
  return Object.hasOwn(EXCLUSIVE, uuid) ? EXCLUSIVE[uuid] : undefined;
}

const IMMEDIATE = CXL_CMD.CONFIG_CHANGE_IMMEDIATE |
  CXL_CMD.DATA_CHANGE_IMMEDIATE | CXL_CMD.POLICY_CHANGE_IMMEDIATE |
  CXL_CMD.LOG_CHANGE_IMMEDIATE;
const AFTER_RESET = CXL_CMD.CONFIG_CHANGE_COLD_RESET |
  CXL_CMD.CONFIG_CHANGE_CONV_RESET | CXL_CMD.CONFIG_CHANGE_CXL_RESET;

/**
 * The least scope number at which the kernel sends a Set Feature, or undefined
 * when it never does: 3 when the change is immediate, 2 when it waits for a
 * reset. Never for a feature that is not changeable, that works in the
 * background, whose effects have reserved bits, or that names neither kind.
 * (cxlctl_validate_set_features; being exclusive is asked later and gives
 * another errno.)
 *
 * @param flags of the entry as the device gave it
 * @param effects of the entry
 */
export function setFeatureScope(
  flags: number,
  effects: number,
): 2 | 3 | undefined {
  if (!(flags & CXL_FEATURE_F.CHANGEABLE)) return undefined;
  if (effects & (CXL_CMD.EFFECTS_RESERVED | CXL_CMD.BACKGROUND)) {
    return undefined;
  }
  if (effects & IMMEDIATE) return 3;
  return effects & AFTER_RESET ? 2 : undefined;
}
