/**
 * The device's messages: building requests, reading responses, FWCTL_INFO.
 *
 * FILL IN: the header of a request and of a response, and struct
 * fwctl_info_NAME. Source: include/uapi/fwctl/NAME.h and the structs of the
 * firmware's own interface. Lay larger structs out with `cStruct` of lib/bits
 * (little endian) or a layout table (big endian) instead of by hand.
 *
 * Here: a request is 8 bytes, command (16 bits), index (16), value (32); a
 * response is 8 bytes, status (8), reserved (24), value (32); little endian.
 *
 * Every reader takes any bytes: a firmware is not to be trusted. What is too
 * short is a `DecodeError`, never a value that was not there.
 *
 * @module
 */
import type { Bytes } from "../../lib/bytes.ts";
import { DecodeError } from "../../lib/errors.ts";
import { GET_SETTING, SET_SETTING } from "./tables/commands.ts";

/** Bytes of a request and of a response. */
export const MESSAGE_BYTES = 8;
/** Where the value stands in both. */
export const VALUE_OFFSET = 4;

/** A request. */
export function request(command: number, index: number, value: number): Bytes {
  const view = new DataView(new ArrayBuffer(MESSAGE_BYTES));
  view.setUint16(0, command, true);
  view.setUint16(2, index, true);
  view.setUint32(VALUE_OFFSET, value, true);
  return new Uint8Array(view.buffer);
}

/** Reads a setting. */
export function getSetting(index: number): Bytes {
  return request(GET_SETTING, index, 0);
}

/** What goes before the value in the request that writes a setting. */
export function setSettingHeader(index: number): Bytes {
  return request(SET_SETTING, index, 0).slice(0, VALUE_OFFSET);
}

/** A request's command; of a request that is too short, 0, which is none. */
export function commandOf(request: Uint8Array): number {
  return (request[0] ?? 0) | (request[1] ?? 0) << 8;
}

/** A request's index. */
export function indexOf(request: Uint8Array): number {
  return (request[2] ?? 0) | (request[3] ?? 0) << 8;
}

/** The value of a message, a request or a response. @throws `DecodeError` */
export function valueOf(message: Uint8Array): number {
  if (message.length < MESSAGE_BYTES) {
    throw new DecodeError(
      `The message has ${message.length} bytes, not ${MESSAGE_BYTES}`,
      { hint: "The firmware is newer or broken; report it with the request" },
    );
  }
  return new DataView(message.buffer, message.byteOffset, message.byteLength)
    .getUint32(VALUE_OFFSET, true);
}

/** struct fwctl_info_example: the firmware's version, 32 bits. @throws `DecodeError` */
export function decodeInfo(data: Bytes): Record<string, number> {
  if (data.length < 4) {
    throw new DecodeError(
      `FWCTL_INFO has ${data.length} bytes, not 4`,
      { hint: "The kernel's driver is newer or broken; report it" },
    );
  }
  return {
    version: new DataView(data.buffer, data.byteOffset).getUint32(0, true),
  };
}

/** For people: one text a fact. */
export function describeInfo(
  info: Readonly<Record<string, number>>,
): readonly string[] {
  return [`version ${info.version ?? "not known"}`];
}
