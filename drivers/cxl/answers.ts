/**
 * Answers to the feature commands, which are not to be trusted: every length is
 * held against the bytes that are there.
 *
 * Their form is described in protocol.ts.
 *
 * @module
 */
import type { Bytes } from "../../lib/bytes.ts";
import { DecodeError } from "../../lib/errors.ts";
import {
  type FeatureEntry,
  getSupportedFeatures,
  OUT_PAYLOAD,
  OUT_SIZEOF,
} from "./protocol.ts";
import { cxl_feat_entry, exclusiveFeature } from "./tables/features.ts";
import { uuidText } from "./tables/uuid.ts";

/** Bytes of struct cxl_mbox_get_sup_feats_out without entries. */
const LIST_HEADER = 8;
/** Entries asked for at once: far below fwctl's 2 MiB. */
const ENTRIES_AT_ONCE = 1024;

/**
 * The payload of an answer, `size` bytes of it: the length the kernel reports
 * is 8 too large.
 *
 * @throws {DecodeError} when the answer holds less than it says
 */
export function payloadOf(response: Bytes): Bytes {
  const size = response.length < OUT_PAYLOAD
    ? undefined
    : viewOf(response).getUint32(0, true);
  if (size === undefined || size > response.length - OUT_PAYLOAD) {
    throw odd(
      size === undefined
        ? `The answer is ${response.length} bytes, its header is ${OUT_PAYLOAD}`
        : `The answer says ${size} bytes and has ${
          response.length - OUT_PAYLOAD
        }`,
    );
  }
  return response.subarray(OUT_PAYLOAD, OUT_PAYLOAD + size);
}

/**
 * The bytes a Get Feature brought.
 *
 * @throws {DecodeError} when they are not `count`: the device answered less, or
 *   the mailbox failed on the way, which the kernel does not tell apart
 */
export function featureData(response: Bytes, count: number): Bytes {
  const payload = payloadOf(response);
  if (payload.length !== count) {
    throw odd(
      `The device gave ${payload.length} of ${count} bytes of the feature`,
      "The mailbox may have failed on the way: look at the kernel log, then read again",
    );
  }
  return payload;
}

/** A part of the device's list. */
export interface FeatureList {
  /** In the device's order. */
  readonly entries: readonly FeatureEntry[];
  /** How many it has in all. */
  readonly total: number;
}

/** The entries of a Get Supported Features. @throws {DecodeError} */
export function featureList(response: Bytes): FeatureList {
  const payload = payloadOf(response);
  if (payload.length < LIST_HEADER) {
    throw odd(`The list of features is ${payload.length} bytes`);
  }
  const view = viewOf(payload);
  const count = view.getUint16(0, true);
  const room = (payload.length - LIST_HEADER) / cxl_feat_entry.sizeof;
  if (count !== room) {
    throw odd(`The list says ${count} features and has room for ${room}`);
  }
  const entries = Array.from({ length: count }, (_, index) => {
    const at = LIST_HEADER + index * cxl_feat_entry.sizeof;
    return featureEntry(payload.subarray(at, at + cxl_feat_entry.sizeof));
  });
  return { entries, total: view.getUint16(2, true) };
}

/** One Supported Feature Entry of 48 bytes. */
export function featureEntry(bytes: Bytes): FeatureEntry {
  const view = viewOf(bytes);
  const uuid = uuidText(bytes);
  return {
    uuid,
    id: view.getUint16(cxl_feat_entry.id, true),
    getSize: view.getUint16(cxl_feat_entry.get_feat_size, true),
    setSize: view.getUint16(cxl_feat_entry.set_feat_size, true),
    flags: view.getUint32(cxl_feat_entry.flags, true),
    getVersion: view.getUint8(cxl_feat_entry.get_feat_ver),
    setVersion: view.getUint8(cxl_feat_entry.set_feat_ver),
    effects: view.getUint16(cxl_feat_entry.effects, true),
    exclusive: exclusiveFeature(uuid.replaceAll("-", "")),
  };
}

/**
 * Reads all entries of a device.
 *
 * @param send one request and its answer
 * @throws {DecodeError} when the answers do not add up; whatever `send` throws
 */
export function readFeatures(
  send: (request: Bytes, capacity: number) => Bytes,
): FeatureEntry[] {
  const ask = (start: number, count: number): FeatureList =>
    featureList(
      send(
        getSupportedFeatures(start, count),
        OUT_SIZEOF + LIST_HEADER + count * cxl_feat_entry.sizeof,
      ),
    );
  const entries: FeatureEntry[] = [];
  const { total } = ask(0, 0);
  while (entries.length < total) {
    const wanted = Math.min(total - entries.length, ENTRIES_AT_ONCE);
    const part = ask(entries.length, wanted);
    if (part.entries.length !== wanted || part.total !== total) {
      throw odd(
        `The device listed ${part.entries.length} features of ${part.total} where ${wanted} of ${total} were asked for`,
      );
    }
    entries.push(...part.entries);
  }
  return entries;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function odd(
  message: string,
  hint = "Read again; if it stays so, report it with the kernel's version",
): DecodeError {
  return new DecodeError(message, { hint });
}
