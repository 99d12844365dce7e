/**
 * The features of a device as the kernel reads them once, at probe
 * (devm_cxl_setup_features of drivers/cxl/core/features.c, Linux 7.2).
 *
 * @module
 */
import { type Bytes, toHex } from "../../lib/bytes.ts";
import { ERRNO } from "../../lib/uapi/errno.ts";
import {
  cxl_internal_send_cmd,
  type CxlMailbox,
  type CxlMboxCmd,
} from "./mailbox.ts";
import {
  cxl_feat_entry,
  CXL_FEATURES,
  CXL_MBOX_OP,
  exclusiveFeature,
} from "./tables/features.ts";

/** A Supported Feature Entry as the device gave it. */
export interface CxlFeature {
  /** 32 hex digits, in the order of the UUID's text. */
  readonly uuid: string;
  /** struct cxl_feat_entry, 48 bytes, {@linkcode cxl_feat_entry}. */
  readonly bytes: Bytes;
}

/** struct cxl_features_state. */
export interface CxlFeaturesState {
  /** The device. */
  readonly mbox: CxlMailbox;
  /** All features, in the device's order. */
  readonly entries: readonly CxlFeature[];
  /** Those that are not exclusive to the kernel. */
  readonly num_user_features: number;
}

/** Bytes before the entries of Get Supported Features' output. */
const HDR_LEN = 8;

/**
 * Reads all entries, in as many commands as the mailbox's size needs.
 *
 * @returns the features; -ENODEV when the mailbox has no feature commands,
 *   -ENOMEM when it lists none or its answers do not add up
 */
export function devm_cxl_setup_features(
  mbox: CxlMailbox,
): CxlFeaturesState | number {
  if (mbox.feat_cap < CXL_FEATURES.RO) return -ERRNO.ENODEV;
  const entries = readEntries(mbox);
  if (!entries) return -ERRNO.ENOMEM;
  const num_user_features =
    entries.filter(({ uuid }) => exclusiveFeature(uuid) === undefined).length;
  return { mbox, entries, num_user_features };
}

function readEntries(mbox: CxlMailbox): CxlFeature[] | undefined {
  const head = query(mbox, 0, HDR_LEN, HDR_LEN);
  const count = head && head.view.getUint16(2, true);
  if (!head || !count) return undefined;
  const most = Math.floor(
    (mbox.payload_size - HDR_LEN) / cxl_feat_entry.sizeof,
  );
  const entries: CxlFeature[] = [];
  while (entries.length < count) {
    const wanted = Math.min(count - entries.length, most);
    const size = HDR_LEN + wanted * cxl_feat_entry.sizeof;
    const part = query(mbox, entries.length, size, HDR_LEN);
    // No entries, or a number of them that the bytes received do not hold.
    if (!part || part.received <= HDR_LEN) return undefined;
    const num_entries = part.view.getUint16(0, true);
    if (part.received !== HDR_LEN + num_entries * cxl_feat_entry.sizeof) {
      return undefined;
    }
    for (let i = 0; i < num_entries; i++) {
      const at = HDR_LEN + i * cxl_feat_entry.sizeof;
      const bytes = part.bytes.slice(at, at + cxl_feat_entry.sizeof);
      entries.push({ uuid: toHex(bytes.subarray(0, 16)), bytes });
    }
  }
  return entries;
}

/** One Get Supported Features; undefined when it failed. */
function query(
  mbox: CxlMailbox,
  start: number,
  size: number,
  min_out: number,
): { bytes: Bytes; view: DataView; received: number } | undefined {
  const input = new DataView(new ArrayBuffer(8));
  input.setUint32(0, size, true);
  input.setUint16(4, start, true);
  const bytes = new Uint8Array(size);
  const cmd: CxlMboxCmd = {
    opcode: CXL_MBOX_OP.GET_SUPPORTED_FEATURES,
    payload_in: new Uint8Array(input.buffer),
    payload_out: bytes,
    size_out: size,
    return_code: 0,
  };
  if (cxl_internal_send_cmd(mbox, cmd, min_out) < 0) return undefined;
  return { bytes, view: new DataView(bytes.buffer), received: cmd.size_out };
}
