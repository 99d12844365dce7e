/**
 * The feature commands as fwctl carries them: requests as bytes. Answers are
 * read in answers.ts.
 *
 * A request is struct fwctl_rpc_cxl: opcode, flags, op_size and reserved1, 32
 * bits each, then `op_size` bytes of payload. An answer is struct
 * fwctl_rpc_cxl_out: size and retval, 32 bits each, then the payload at byte 8.
 * All integers are little endian. Source: include/uapi/fwctl/cxl.h and
 * include/uapi/cxl/features.h of Linux 7.2.
 *
 * @module
 */
import { type Bytes, concatBytes } from "../../lib/bytes.ts";
import {
  cxl_feat_entry,
  CXL_FEATURE_F,
  CXL_MBOX_OP,
} from "./tables/features.ts";
import { UUID_LEN, uuidBytes, uuidText } from "./tables/uuid.ts";

/** Bytes of struct fwctl_rpc_cxl_hdr. */
export const HEADER_BYTES = 16;
/** Bytes of struct cxl_mbox_set_feat_hdr. */
export const SET_HEADER_BYTES = 32;
/** Where the payload of an answer begins. */
export const OUT_PAYLOAD = 8;
/**
 * The kernel reports 8 bytes more than it wrote, as sizeof(struct
 * fwctl_rpc_cxl_out) counts the largest header of its union; with less room the
 * answer would pass for a cut one.
 */
export const OUT_SIZEOF = 16;
/** Room for the answer to a Set Feature. */
export const SET_CAPACITY: number = OUT_SIZEOF;

/** `selection` of Get Feature. */
export const SELECTION = { current: 0, default: 1, saved: 2 } as const;
/** Which value of a feature. */
export type Selection = keyof typeof SELECTION;

/** A Supported Feature Entry, as Get Supported Features gives it. */
export interface FeatureEntry {
  /** Lower case with dashes. */
  readonly uuid: string;
  /** The device's own number of the feature, 16 bits. */
  readonly id: number;
  /** Bytes of its data as Get Feature gives it, at most. */
  readonly getSize: number;
  /** Bytes of its data as Set Feature takes it, at most; 0 when it takes none. */
  readonly setSize: number;
  /** {@linkcode CXL_FEATURE_F} bits, 32. */
  readonly flags: number;
  /** Version of the data that Get Feature gives. */
  readonly getVersion: number;
  /** Version of the data that Set Feature takes. */
  readonly setVersion: number;
  /** CXL_CMD bits of a Set Feature, 16. */
  readonly effects: number;
  /** The kernel's name when only the kernel may set it. */
  readonly exclusive: string | undefined;
}

/** Which selections Get Feature answers for a feature. */
export function selectionsOf({ flags }: FeatureEntry): Selection[] {
  return [
    "current",
    ...(flags & CXL_FEATURE_F.DEFAULT_SEL ? ["default"] as const : []),
    ...(flags & CXL_FEATURE_F.SAVED_SEL ? ["saved"] as const : []),
  ];
}

/** opcode of a request as the driver takes it: the low 16 bits; 0 when it is too short. */
export function opcodeOf(request: Uint8Array): number {
  return (request[0] ?? 0) | (request[1] ?? 0) << 8;
}

/** A request of any opcode around its payload. */
export function newRequest(opcode: number, payload: Uint8Array): Bytes {
  const header = new DataView(new ArrayBuffer(HEADER_BYTES));
  header.setUint32(0, opcode, true);
  header.setUint32(8, payload.length, true);
  return concatBytes(new Uint8Array(header.buffer), payload);
}

/** Get Supported Features: `count` entries from `start` on. */
export function getSupportedFeatures(start: number, count: number): Bytes {
  const payload = new DataView(new ArrayBuffer(8));
  payload.setUint32(0, count * cxl_feat_entry.sizeof, true);
  payload.setUint16(4, start, true);
  return newRequest(
    CXL_MBOX_OP.GET_SUPPORTED_FEATURES,
    new Uint8Array(payload.buffer),
  );
}

/** Get Feature: `count` bytes (1 to 65535) of a value, from `offset` on. */
export function getFeature(
  uuid: string,
  count: number,
  selection: Selection = "current",
  offset = 0,
): Bytes {
  const payload = new Uint8Array(21);
  const view = new DataView(payload.buffer);
  payload.set(uuidBytes(uuid));
  view.setUint16(16, offset, true);
  view.setUint16(18, count, true);
  view.setUint8(20, SELECTION[selection]);
  return newRequest(CXL_MBOX_OP.GET_FEATURE, payload);
}

/** Room for the answer to a Get Feature of `count` bytes. */
export function getCapacity(count: number): number {
  return OUT_SIZEOF + count;
}

/**
 * What stands before the data of a Set Feature: the RPC header and struct
 * cxl_mbox_set_feat_hdr, for `length` bytes from offset 0. The flags are 0: the
 * kernel replaces the transfer bits and always has the value saved across
 * resets.
 */
export function setFeatureHeader(
  { uuid, setVersion }: FeatureEntry,
  length: number,
): Bytes {
  const payload = new Uint8Array(SET_HEADER_BYTES);
  payload.set(uuidBytes(uuid));
  payload[22] = setVersion;
  const header = newRequest(CXL_MBOX_OP.SET_FEATURE, payload);
  new DataView(header.buffer).setUint32(8, SET_HEADER_BYTES + length, true);
  return header;
}

/** The feature a Get or Set Feature is about, as the driver reads it; undefined when the request is too short. */
export function featureOf(request: Uint8Array): string | undefined {
  const size = opSizeOf(request);
  if (size === undefined || size < UUID_LEN) return undefined;
  return uuidText(request.subarray(HEADER_BYTES, HEADER_BYTES + UUID_LEN));
}

/** op_size of a request; undefined when the kernel would say EINVAL: it is longer than the request. */
export function opSizeOf(request: Uint8Array): number | undefined {
  if (request.length < HEADER_BYTES) return undefined;
  const size = viewOf(request).getUint32(8, true);
  return size > request.length - HEADER_BYTES ? undefined : size;
}

/** CXL gives no info: FWCTL_INFO's data is empty. */
export function decodeInfo(_data: Bytes): Readonly<Record<string, number>> {
  return {};
}

/** Nothing, as there is no info. */
export function describeInfo(
  _info: Readonly<Record<string, number>>,
): string[] {
  return [];
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
