/**
 * The messages of a CUSE channel: what the kernel says, checked, and what it is
 * answered.
 *
 * @module
 */
import { type Bytes, concatBytes } from "../bytes.ts";
import {
  cuse_init_in,
  cuse_init_out,
  CUSE_UNRESTRICTED_IOCTL,
  fuse_in_header,
  fuse_ioctl_in,
  fuse_ioctl_iovec,
  fuse_ioctl_out,
  FUSE_IOCTL_RETRY,
  FUSE_KERNEL_VERSION,
  FUSE_MAX_ROUND,
  FUSE_OLDEST_MINOR,
  FUSE_OPCODE,
  fuse_open_in,
  fuse_open_out,
  FUSE_OUR_MINOR,
  fuse_out_header,
  fuse_release_in,
} from "../uapi/fuse.ts";

/** Who waits for an answer. */
export interface Asker {
  /** Number of the request; the answer carries it. */
  readonly unique: bigint;
  /** The calling thread, 0 when it is of a PID namespace we do not see. */
  readonly pid: number;
}

/** One ioctl, or a later round of it. */
export interface IoctlRound {
  /** The open file. */
  readonly fh: bigint;
  /** The ioctl's number. */
  readonly cmd: number;
  /** Its argument. */
  readonly arg: bigint;
  /** FUSE_IOCTL_*. */
  readonly flags: number;
  /** The caller's bytes that the last round asked for. */
  readonly data: Bytes;
  /** How many bytes of answer the last round announced. */
  readonly out_size: number;
}

/** What the kernel says. */
export type CuseRequest =
  & Asker
  & (
    | { readonly kind: "init"; readonly minor: number; readonly fits: boolean }
    | { readonly kind: "open"; readonly flags: number }
    | { readonly kind: "release"; readonly fh: bigint }
    | ({ readonly kind: "ioctl" } & IoctlRound)
    /** Reading and writing, which fwctl has not. */
    | { readonly kind: "transfer" }
    /** Wants no answer. */
    | { readonly kind: "forget" }
    /** Nothing that a character device must know. */
    | { readonly kind: "unknown"; readonly opcode: number }
    /** The lengths do not fit. */
    | { readonly kind: "broken" }
  );

/** A stretch of the caller's memory. */
export interface Range {
  /** Where it starts. */
  readonly address: bigint;
  /** Its bytes. */
  readonly length: number;
}

/** Reads one message; undefined when not even its number can be told. */
export function decodeRequest(message: Bytes): CuseRequest | undefined {
  const { length } = message;
  if (length < fuse_in_header.sizeof) return undefined;
  const view = new DataView(message.buffer, message.byteOffset, length);
  const asker = {
    unique: view.getBigUint64(fuse_in_header.unique.offset, true),
    pid: view.getUint32(fuse_in_header.pid.offset, true),
  };
  // Number 0 is for notices: nobody waits for an answer to it.
  if (asker.unique === 0n) return undefined;
  const len = view.getUint32(fuse_in_header.len.offset, true);
  const extensions = 8 *
    view.getUint16(fuse_in_header.total_extlen.offset, true);
  const end = len - extensions;
  if (len !== length || end < fuse_in_header.sizeof) {
    return { ...asker, kind: "broken" };
  }
  const body = message.subarray(fuse_in_header.sizeof, end);
  const opcode = view.getUint32(fuse_in_header.opcode.offset, true);
  return { ...asker, ...decodeBody(opcode, body) } as CuseRequest;
}

type Body = CuseRequest extends infer R
  ? R extends CuseRequest ? Omit<R, keyof Asker> : never
  : never;

function decodeBody(opcode: number, body: Bytes): Body {
  const view = new DataView(body.buffer, body.byteOffset, body.length);
  const u32 = ({ offset }: { offset: number }) => view.getUint32(offset, true);
  const u64 = ({ offset }: { offset: number }) =>
    view.getBigUint64(offset, true);
  switch (opcode) {
    case FUSE_OPCODE.CUSE_INIT: {
      if (body.length < cuse_init_in.sizeof) return { kind: "broken" };
      const minor = u32(cuse_init_in.minor);
      const fits = u32(cuse_init_in.major) === FUSE_KERNEL_VERSION &&
        minor >= FUSE_OLDEST_MINOR &&
        (u32(cuse_init_in.flags) & CUSE_UNRESTRICTED_IOCTL) !== 0;
      return { kind: "init", minor, fits };
    }
    case FUSE_OPCODE.FUSE_OPEN:
      if (body.length < fuse_open_in.sizeof) return { kind: "broken" };
      return { kind: "open", flags: u32(fuse_open_in.flags) };
    case FUSE_OPCODE.FUSE_RELEASE:
      if (body.length < fuse_release_in.sizeof) return { kind: "broken" };
      return { kind: "release", fh: u64(fuse_release_in.fh) };
    case FUSE_OPCODE.FUSE_IOCTL: {
      if (body.length < fuse_ioctl_in.sizeof) return { kind: "broken" };
      const in_size = u32(fuse_ioctl_in.in_size);
      const out_size = u32(fuse_ioctl_in.out_size);
      if (
        body.length !== fuse_ioctl_in.sizeof + in_size ||
        in_size > FUSE_MAX_ROUND || out_size > FUSE_MAX_ROUND
      ) return { kind: "broken" };
      return {
        kind: "ioctl",
        fh: u64(fuse_ioctl_in.fh),
        cmd: u32(fuse_ioctl_in.cmd),
        arg: u64(fuse_ioctl_in.arg),
        flags: u32(fuse_ioctl_in.flags),
        // A copy: what was read is kept over rounds, the buffer is used again.
        data: body.slice(fuse_ioctl_in.sizeof),
        out_size,
      };
    }
    case FUSE_OPCODE.FUSE_READ:
    case FUSE_OPCODE.FUSE_WRITE:
      return { kind: "transfer" };
    case FUSE_OPCODE.FUSE_FORGET:
    case FUSE_OPCODE.FUSE_BATCH_FORGET:
      return { kind: "forget" };
    default:
      return { kind: "unknown", opcode };
  }
}

/** An answer of nothing but an error, 0 or a negated errno. */
export function errorReply({ unique }: Asker, error: number): Bytes {
  return reply(unique, error);
}

/** How a device is presented. */
export interface CuseName {
  /** Path of its node below /dev. */
  readonly name: string;
  /** Major number; 0 takes a free one. */
  readonly major: number;
  /** Minor number. */
  readonly minor: number;
}

/** The answer to CUSE_INIT: the device appears. */
export function initReply(
  { unique, minor }: Asker & { readonly minor: number },
  device: CuseName,
): Bytes {
  const out = new DataView(new ArrayBuffer(cuse_init_out.sizeof));
  const set = ({ offset }: { offset: number }, value: number) =>
    out.setUint32(offset, value, true);
  set(cuse_init_out.major, FUSE_KERNEL_VERSION);
  set(cuse_init_out.minor, Math.min(minor, FUSE_OUR_MINOR));
  set(cuse_init_out.flags, CUSE_UNRESTRICTED_IOCTL);
  set(cuse_init_out.max_read, 4096);
  set(cuse_init_out.max_write, 4096);
  set(cuse_init_out.dev_major, device.major);
  set(cuse_init_out.dev_minor, device.minor);
  const info = new TextEncoder().encode(`DEVNAME=${device.name}\0`);
  return reply(unique, 0, new Uint8Array(out.buffer), info);
}

/** The answer to FUSE_OPEN: the file's number. */
export function openReply({ unique }: Asker, fh: bigint): Bytes {
  const out = new DataView(new ArrayBuffer(fuse_open_out.sizeof));
  out.setBigUint64(fuse_open_out.fh.offset, fh, true);
  return reply(unique, 0, new Uint8Array(out.buffer));
}

/** The last answer to an ioctl: its value, and bytes for the ranges that were announced. */
export function ioctlReply(
  { unique }: Asker,
  result: number,
  data: Bytes,
): Bytes {
  return reply(unique, 0, ioctlOut(result, 0, 0, 0), data);
}

/** An answer to an ioctl that asks for another round: bytes of `ins`, room for `outs`. */
export function retryReply(
  { unique }: Asker,
  ins: readonly Range[],
  outs: readonly Range[],
): Bytes {
  const { sizeof, base, len } = fuse_ioctl_iovec;
  const iovecs = new DataView(
    new ArrayBuffer(sizeof * (ins.length + outs.length)),
  );
  [...ins, ...outs].forEach(({ address, length }, i) => {
    iovecs.setBigUint64(sizeof * i + base.offset, address, true);
    iovecs.setBigUint64(sizeof * i + len.offset, BigInt(length), true);
  });
  return reply(
    unique,
    0,
    ioctlOut(0, FUSE_IOCTL_RETRY, ins.length, outs.length),
    new Uint8Array(iovecs.buffer),
  );
}

function ioctlOut(
  result: number,
  flags: number,
  ins: number,
  outs: number,
): Bytes {
  const out = new DataView(new ArrayBuffer(fuse_ioctl_out.sizeof));
  out.setInt32(fuse_ioctl_out.result.offset, result, true);
  out.setUint32(fuse_ioctl_out.flags.offset, flags, true);
  out.setUint32(fuse_ioctl_out.in_iovs.offset, ins, true);
  out.setUint32(fuse_ioctl_out.out_iovs.offset, outs, true);
  return new Uint8Array(out.buffer);
}

function reply(
  unique: bigint,
  error: number,
  ...parts: readonly Bytes[]
): Bytes {
  const head = new DataView(new ArrayBuffer(fuse_out_header.sizeof));
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  head.setUint32(
    fuse_out_header.len.offset,
    fuse_out_header.sizeof + length,
    true,
  );
  head.setInt32(fuse_out_header.error.offset, error, true);
  head.setBigUint64(fuse_out_header.unique.offset, unique, true);
  return concatBytes(new Uint8Array(head.buffer), ...parts);
}
