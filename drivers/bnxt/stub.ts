/**
 * A deterministic firmware behind the bnxt kernel side: not a NetXtreme, but the
 * one the recordings of the real kernel were made on, so that a replay can be
 * held to them byte for byte.
 *
 * What a request lets it read counts into the sum that its answer begins with;
 * what it is to fill it fills with bytes that count up from the req_type.
 *
 * @module
 */
import { ModelError } from "../../lib/errors.ts";
import {
  isPlainObject,
  type PlainData,
  type PlainObject,
} from "../../lib/plain.ts";
import { ERRNO } from "../../lib/uapi/errno.ts";
import type { BnxtCore, BnxtFwMsg } from "./kernel.ts";

/** Bytes of every answer, the last one being `valid`. */
const ANSWER_LEN = 64;
/** Bytes 0..1, 2..3 and so on of struct input and struct output, little endian. */
const REQ_TYPE = 0;
const SEQ_ID = 4;
const TARGET_ID = 6;
const RESP_LEN = 6;
/** target_id 0xeeCC: the firmware refuses with error_code CC. */
const TARGET_REFUSES = 0xee;
/** target_id 0xedEE: the request never gets there, errno EE. */
const TARGET_UNREACHABLE = 0xed;

/** One function's stub firmware. */
export class StubDevice implements BnxtCore {
  /** `bnxt_en_dev.flags`, 32 bits; 8 is ULP_STOPPED. */
  flags = 0;
  /** The timeout of the last request that was sent, in ms; 0 before the first. */
  last_timeout = 0;

  /** One request; any req_type is answered. */
  bnxt_send_msg({ msg, resp, timeout, buffers }: BnxtFwMsg): number {
    this.last_timeout = timeout;
    const request = new DataView(msg.buffer, msg.byteOffset, msg.byteLength);
    const target = request.getUint16(TARGET_ID, true);
    const low = target & 0xff;
    if (target >> 8 === TARGET_UNREACHABLE) return 0 - low;
    const error_code = target >> 8 === TARGET_REFUSES ? low : 0;

    const answer = new DataView(new ArrayBuffer(ANSWER_LEN));
    const req_type = request.getUint16(REQ_TYPE, true);
    answer.setUint16(0, error_code, true);
    answer.setUint16(2, req_type, true);
    answer.setUint16(4, request.getUint16(SEQ_ID, true), true);
    answer.setUint16(RESP_LEN, ANSWER_LEN, true);
    let sum = req_type;
    for (const byte of msg.subarray(8)) sum += byte;
    for (const { member, bytes } of buffers) {
      if (member.reads) { for (const byte of bytes) sum += byte; }
      else bytes.forEach((_, at) => bytes[at] = req_type + at);
    }
    for (let i = 8; i < ANSWER_LEN - 1; i++) answer.setUint8(i, sum + i - 8);
    answer.setUint8(ANSWER_LEN - 1, 1);
    resp.set(new Uint8Array(answer.buffer).subarray(0, resp.length));
    return error_code ? -ERRNO.EIO : 0;
  }

  /** Everything it remembers. */
  save(): PlainObject {
    return { flags: this.flags, last_timeout: this.last_timeout };
  }

  /** Takes back what `save` gave. @throws `ModelError` */
  restore(state: PlainData): void {
    if (!isPlainObject(state)) throw bad("it is not an object");
    const { flags, last_timeout, ...others } = state;
    const [strange] = Object.keys(others);
    if (strange !== undefined) throw bad(`"${strange}" is unknown`);
    const restored = {
      flags: integer(flags, "flags", 0xffffffff),
      last_timeout: integer(last_timeout, "last_timeout", 0x7fffffff),
    };
    this.flags = restored.flags;
    this.last_timeout = restored.last_timeout;
  }
}

function integer(
  value: PlainData | undefined,
  name: string,
  max: number,
): number {
  const number = Number.isInteger(value) ? Number(value) : -1;
  if (number < 0 || number > max) {
    throw bad(`"${name}" is not an integer from 0 to ${max}`);
  }
  return number;
}

function bad(why: string): ModelError {
  return new ModelError(`The saved state of a bnxt stub is wrong: ${why}`, {
    hint: "Remove the state file to start from a fresh model.",
  });
}
