/**
 * HWRM, the message interface of NetXtreme firmware: requests and responses as
 * bytes.
 *
 * All integers are little endian. A request starts with struct input (16
 * bytes): req_type @0, cmpl_ring @2, seq_id @4, target_id @6, resp_addr @8; a
 * response with struct output (8 bytes): error_code @0, req_type @2, seq_id @4,
 * resp_len @6. The last of resp_len bytes is `valid`. Source:
 * include/linux/bnxt/hsi.h.
 *
 * The kernel fills in seq_id and resp_addr itself, so the sequence number of a
 * response is its own and says nothing to us. It also waits for `valid` and
 * clears it before it hands the response on (bnxt_hwrm.c), so 0 and 1 are both
 * right there.
 *
 * @module
 */
import { encode, type FieldInputs } from "../../lib/bits/mod.ts";
import type { Bytes } from "../../lib/bytes.ts";
import { DecodeError } from "../../lib/errors.ts";
import { commandNames, commandNumber, inputOf } from "./tables/hwrm.ts";

/** sizeof(struct input): nothing shorter is sent. */
export const INPUT_BYTES = 16;
/** sizeof(struct output): room for less is refused. */
export const OUTPUT_BYTES = 8;
/** HWRM_MAX_REQ_LEN: nothing longer is sent. */
export const MAX_REQUEST_BYTES = 128;
/**
 * HWRM_MAX_RESP_LEN. Always given as room: what does not fit is dropped by the
 * kernel, and the reported length is always the room.
 */
export const RESPONSE_BYTES = 704;
/** target_id of the function itself, and cmpl_ring of none. */
export const SELF = 0xffff;
/** fid of the function that asks. */
export const OWN_FID = 0xffff;

/** HWRM_VERSION_MAJOR, _MINOR and _UPDATE, as VER_GET's request takes them. */
const INTERFACE = { hwrm_intf_maj: 1, hwrm_intf_min: 10, hwrm_intf_upd: 3 };

/** Where else than the function's own firmware a request can go, by target_id. Source: HWRM_TARGET_ID_* in hsi.h. */
export const TARGETS: Readonly<Record<number, string>> = {
  0xfff8: "BONO",
  0xfff9: "KONG",
  0xfffa: "APE",
  0xfffd: "TOOLS",
};

/** Little-endian 16 bits at a byte offset; bytes past the end are 0. */
export function readU16(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);
}

/** req_type of a request; 0, which is VER_GET, when it is too short. */
export function reqTypeOf(request: Uint8Array): number {
  return readU16(request, 0);
}

/** A command by its number: its name, or `command 0x1234`. */
export function commandName(code: number): string {
  return commandNames().get(code) ?? `command 0x${code.toString(16)}`;
}

/**
 * A request by name, with the fields given; other fields are 0, but `fid`
 * is the asking function unless given. Of a command whose layout is not public it is the header and `body`.
 *
 * @param body what follows the header, before `fields` are written into it
 * @throws `UsageError` for an unknown command or a field that does not fit
 */
export function newRequest(
  command: string,
  fields: FieldInputs = {},
  target: number = SELF,
  body: Uint8Array = new Uint8Array(0),
): Bytes {
  const layout = inputOf(command)?.layout;
  const length = Math.max(
    INPUT_BYTES + body.length,
    layout === undefined ? INPUT_BYTES : layout.bits / 8,
  );
  const base = new Uint8Array(length);
  base.set(body, INPUT_BYTES);
  const view = new DataView(base.buffer);
  view.setUint16(0, commandNumber(command), true);
  view.setUint16(2, SELF, true);
  view.setUint16(6, target, true);
  if (layout === undefined) return base;
  // The firmware is told which interface the caller was built for.
  const interfaces = command === "VER_GET" ? INTERFACE : {};
  // Function 0 is none; without a number the asking function is meant.
  const own =
    body.length === 0 && layout.fields.some(({ name }) => name === "fid")
      ? { fid: OWN_FID }
      : {};
  return encode(layout, { ...interfaces, ...own, ...fields }, base);
}

/** A response whose header was checked. */
export interface HwrmResponse {
  /** What the firmware wrote, header and all: resp_len bytes. */
  readonly bytes: Bytes;
  /** Of `bytes`. */
  readonly length: number;
}

/**
 * Checks the header of a response that is no refusal.
 *
 * @param request what it answers
 * @throws `DecodeError` when it is no answer to that request, or was cut
 */
export function readResponse(
  request: Uint8Array,
  response: Bytes,
  device: string,
): HwrmResponse {
  const name = commandName(reqTypeOf(request));
  const wrong = (what: string, hint: string): DecodeError =>
    new DecodeError(`The response to ${name} ${what}`, {
      device,
      request: name,
      hint,
    });
  const check =
    "Nothing was taken from it; look at the kernel log, then try again";
  if (response.length < OUTPUT_BYTES) {
    throw wrong(`is ${response.length} bytes, less than its header`, check);
  }
  const length = readU16(response, 6);
  if (length > response.length) {
    throw wrong(
      `is ${length} bytes, of which only ${response.length} arrived`,
      "The kernel cut it: give room for more",
    );
  }
  if (length <= OUTPUT_BYTES) {
    throw wrong(`says it is ${length} bytes long: it holds nothing`, check);
  }
  const echo = readU16(response, 2);
  if (echo !== reqTypeOf(request)) {
    throw wrong(`is one to ${commandName(echo)}`, check);
  }
  const valid = response[length - 1] ?? 0;
  if (valid > 1) {
    throw wrong(
      `ends with ${valid} where its valid byte must be 0 or 1`,
      check,
    );
  }
  return { bytes: response.subarray(0, length), length };
}

/** FWCTL_INFO's `struct fwctl_info_bnxt`: one 32-bit word. @throws `DecodeError` */
export function decodeInfo(data: Bytes): { readonly uctx_caps: number } {
  if (data.length < 4) {
    throw new DecodeError(
      `FWCTL_INFO gave ${data.length} bytes, a bnxt device gives 4`,
      { hint: "Check that the device is a bnxt one: fwctl list" },
    );
  }
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  return { uctx_caps: view.getUint32(0, true) };
}

/** enum fwctl_bnxt_commands, for people. */
const KINDS = ["inline", "query", "send", "DMA"];

/** FWCTL_INFO's data for people. */
export function describeInfo(info: Readonly<Record<string, number>>): string[] {
  const caps = info.uctx_caps ?? 0;
  const known = KINDS.filter((_, bit) => ((caps >>> bit) & 1) === 1);
  const others = (caps & ~0xf) >>> 0;
  return [
    known.length === 0 ? "no commands" : `${known.join(", ")} commands`,
    ...(others === 0 ? [] : [`unknown capabilities 0x${others.toString(16)}`]),
  ];
}
