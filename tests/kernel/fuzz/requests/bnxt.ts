/**
 * Random HWRM requests: little endian, with the addresses of buffers in some.
 *
 * @module
 */
import type { Bytes } from "../../../../lib/bytes.ts";
import { allowList } from "../../../../drivers/bnxt/tables/allow_list.ts";
import {
  bufferRows,
  buffersOf,
} from "../../../../drivers/bnxt/tables/buffers.ts";
import { hexNumber } from "../case.ts";
import type { Random } from "../random.ts";
import { address, around, type Request, type RequestKind } from "./request.ts";

const FLAGS = "/sys/module/stub_bnxt/parameters/flags";

/** bnxt's requests; 8 in the flags stops them all. */
export const bnxtRequests: RequestKind = {
  make,
  name,
  files: { [FLAGS]: ["0", "8", "0x7", "15"] },
};

function make(random: Random): Request {
  const request = random.oneIn(3) ? withBuffers(random) : plain(random);
  const view = new DataView(request.bytes.buffer);
  if (request.bytes.length >= 8) view.setUint16(6, target(random), true);
  return request;
}

function plain(random: Random): Request {
  const bytes = random.bytes(
    around(random, [16, 16, 24, 32, 64, 112, 128, 129]),
  );
  const code = reqType(random);
  if (bytes.length > 1) bytes.set([code & 255, code >> 8]);
  return { bytes, out_len: outLength(random) };
}

function withBuffers(random: Random): Request {
  const row = random.pick(bufferRows());
  const { size, buffers } = buffersOf(row.code) ?? { size: 16, buffers: [] };
  const bytes: Bytes = random.bytes(
    random.oneIn(10) ? size + random.pick([-1, 1, -8, 8]) : size,
  );
  const view = new DataView(bytes.buffer);
  view.setUint16(0, row.code, true);
  for (const { address: at, reads, length } of buffers) {
    // A request that is too short may end before what is set here.
    if (at + 8 <= bytes.length) {
      view.setBigUint64(at, address(random, reads ? "in2" : "out2"), true);
    }
    if (!length || length.offset + length.width > bytes.length) continue;
    const count = bufferLength(random, length.width);
    if (length.width === 2) view.setUint16(length.offset, count, true);
    else view.setUint32(length.offset, count, true);
  }
  return {
    bytes,
    out_len: outLength(random),
    second: {
      in2: random.bytes(random.below(100)),
      out2_len: random.pick([16, 300, 1000]),
    },
  };
}

function bufferLength(random: Random, width: number): number {
  const most = width === 2 ? 0xffff : 0x10000;
  switch (random.below(12)) {
    case 0:
      return random.pick([0, most, most - 1, 0x4000, 0x4001, 0x8000, 0x8001]);
    case 1:
      return width === 2 ? random.below(0x10000) : random.u32();
    case 2:
      return random.pick([0x10000, 0x10001]) %
        (width === 2 ? 0x10000 : 2 ** 32);
    default:
      return random.pick([1, 4, 8, 16, 64, 300]);
  }
}

function outLength(random: Random): number {
  return around(random, [8, 16, 64, 64, 64, 96, 128]);
}

function reqType(random: Random): number {
  const allowed = [...allowList().keys()];
  switch (random.below(6)) {
    case 0:
      return random.u32() & 0xffff;
    case 1:
      return random.pick(allowed) + random.pick([-1, 1]) & 0xffff;
    default:
      return random.pick(allowed);
  }
}

/** 0xeeCC is refused with error_code CC, 0xedEE is lost with errno EE. */
function target(random: Random): number {
  switch (random.below(8)) {
    case 0:
      return 0xee00 | random.below(256);
    case 1:
      return 0xed00 | random.below(256);
    case 2:
      return random.u32() & 0xffff;
    default:
      return 0xffff;
  }
}

function name(bytes: Uint8Array): string {
  const code = (bytes[0] ?? 0) | (bytes[1] ?? 0) << 8;
  const known = allowList().get(code)?.name;
  return known ? `HWRM_${known}` : `req_type ${hexNumber(code, 16)}`;
}
