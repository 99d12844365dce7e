/**
 * Reading capability images, shared by resource and query.
 *
 * @module
 */
import type { Bytes } from "../../lib/bytes.ts";
import { DecodeError } from "../../lib/errors.ts";
import type { Channel } from "../driver.ts";
import {
  CAP_MESSAGE_BYTES,
  type CapMode,
  HEADER_BYTES,
  queryHcaCap,
} from "./protocol.ts";

/**
 * The 4096 bytes of a cap type, of the device itself or of another function.
 *
 * @throws {DecodeError} when the response is short
 */
export function readCapImage(
  channel: Channel,
  type: number,
  mode: CapMode,
  functionId?: number,
): Bytes {
  const response = channel.send(
    queryHcaCap(type, mode, functionId),
    CAP_MESSAGE_BYTES,
  );
  if (response.length < CAP_MESSAGE_BYTES) {
    throw new DecodeError(
      `QUERY_HCA_CAP answered ${response.length} bytes, not ${CAP_MESSAGE_BYTES}`,
      { device: channel.device, hint: "Check the firmware version" },
    );
  }
  return response.subarray(HEADER_BYTES, CAP_MESSAGE_BYTES);
}
