/**
 * The kernel's side of a CUSE channel for tests: what fs/fuse/ioctl.c and
 * fs/fuse/cuse.c of Linux 7.3 do with a caller's memory and with our answers.
 *
 * @module
 */
import { type Bytes, concatBytes } from "../../lib/bytes.ts";
import type { CuseDevice } from "../../lib/cuse/device.ts";
import type { UserMemory } from "../../lib/model/types.ts";
import { ERRNO } from "../../lib/uapi/errno.ts";

const PAGE = 4096;
const MAX_PAGES = 32;
const MAX_IOV = 256;

/** The opcodes, written out: the tests do not take them from what they test. */
export const OP = {
  OPEN: 14,
  READ: 15,
  RELEASE: 18,
  INTERRUPT: 36,
  IOCTL: 39,
  POLL: 40,
  FORGET: 2,
  INIT: 4096,
} as const;

/** A struct of little-endian words: numbers are 32 bits wide, bigints 64. */
export function words(...values: readonly (number | bigint)[]): Bytes {
  return concatBytes(...values.map((value) => {
    const view = new DataView(
      new ArrayBuffer(typeof value === "bigint" ? 8 : 4),
    );
    if (typeof value === "bigint") view.setBigUint64(0, value, true);
    else view.setUint32(0, value >>> 0, true);
    return new Uint8Array(view.buffer);
  }));
}

/** A message: struct fuse_in_header, and what follows. */
export function message(
  opcode: number,
  unique: bigint,
  body: Bytes,
  pid = 77,
): Bytes {
  return concatBytes(
    words(40 + body.length, opcode, unique, 0n, 1000, 1000, pid, 0),
    body,
  );
}

/** struct fuse_out_header of an answer, and what follows. */
export function answered(
  reply: Bytes | undefined,
): { error: number; unique: bigint; body: Bytes } {
  if (!reply) throw new TypeError("nobody answered");
  const view = new DataView(reply.buffer, reply.byteOffset, reply.length);
  if (view.getUint32(0, true) !== reply.length) {
    throw new TypeError("the kernel refuses an answer with another length");
  }
  return {
    error: view.getInt32(4, true),
    unique: view.getBigUint64(8, true),
    body: reply.subarray(16),
  };
}

/** What came of the last call. */
export interface Rounds {
  /** Messages sent for it. */
  count: number;
}

/** The kernel between callers and one served device. */
export class KernelSide {
  readonly #device: CuseDevice;
  #unique = 2n;
  /** Of the last ioctl. */
  readonly rounds: Rounds = { count: 0 };

  /** A channel whose device was made. */
  constructor(device: CuseDevice) {
    this.#device = device;
  }

  /** One message and its answer. */
  send(
    opcode: number,
    body: Bytes,
    pid?: number,
  ): { error: number; body: Bytes } {
    const unique = this.#unique += 2n;
    const { reply } = this.#device.handle(message(opcode, unique, body, pid));
    const answer = answered(reply);
    if (answer.unique !== unique) throw new TypeError("another's answer");
    return answer;
  }

  /** fuse_do_open: the file's number, or a negated errno. */
  open(pid?: number): bigint | number {
    const { error, body } = this.send(OP.OPEN, words(2, 0), pid);
    if (error < 0) return error;
    return new DataView(body.buffer, body.byteOffset).getBigUint64(0, true);
  }

  /** fuse_sync_release. */
  release(fh: bigint): number {
    return this.send(OP.RELEASE, words(fh, 2, 0, 0n)).error;
  }

  /** fuse_do_ioctl. `flags` are FUSE_IOCTL_*; a caller is killed after `rounds` rounds. */
  ioctl(
    fh: bigint,
    cmd: number,
    arg: bigint,
    memory: UserMemory,
    { flags = 2, pid = 77, rounds = Infinity }: {
      flags?: number;
      pid?: number;
      rounds?: number;
    } = {},
  ): number {
    let ins: [bigint, number][] = [];
    let outs: [bigint, number][] = [];
    this.rounds.count = 0;
    let in_pages = false;
    for (;;) {
      if (this.rounds.count++ >= rounds) return -ERRNO.EINTR;
      const in_size = sum(ins);
      const out_size = sum(outs);
      const pages = Math.ceil(Math.max(in_size, out_size, PAGE) / PAGE);
      if (pages > MAX_PAGES) return -ERRNO.ENOMEM;
      const data: Bytes[] = [];
      for (const [address, length] of ins) {
        const bytes = memory.read(address, length);
        if (!bytes) return -ERRNO.EFAULT;
        data.push(bytes);
      }
      const inarg = words(fh, flags, cmd, arg, in_size, out_size);
      // The kernel forgets to take it back: without data, but after a round
      // with some, stale pages stand where the struct should.
      if (in_size > 0) in_pages = true;
      else if (in_pages) inarg.fill(0xee);
      const { error, body } = this.send(
        OP.IOCTL,
        concatBytes(inarg, ...data),
        pid,
      );
      if (error < 0) return error === -ERRNO.ENOSYS ? -ERRNO.ENOTTY : error;
      const view = new DataView(body.buffer, body.byteOffset, body.length);
      const result = view.getInt32(0, true);
      const rest = body.subarray(16);
      if (view.getUint32(4, true) & 4) {
        const [in_iovs, out_iovs] = [
          view.getUint32(8, true),
          view.getUint32(12, true),
        ];
        if (in_iovs + out_iovs > MAX_IOV) return -ERRNO.ENOMEM;
        if (rest.length !== 16 * (in_iovs + out_iovs)) return -ERRNO.EIO;
        const iovecs = Array.from(
          { length: in_iovs + out_iovs },
          (_, i): [bigint, number] => [
            view.getBigUint64(16 + 16 * i, true),
            Number(view.getBigUint64(24 + 16 * i, true)),
          ],
        );
        ins = iovecs.slice(0, in_iovs);
        outs = iovecs.slice(in_iovs);
        if (Math.max(sum(ins), sum(outs)) > MAX_PAGES * PAGE) {
          return -ERRNO.ENOMEM;
        }
        if (sum(ins) + sum(outs) === 0) throw new TypeError("an empty round");
        continue;
      }
      if (rest.length > out_size) return -ERRNO.EIO;
      let at = 0;
      for (const [address, length] of outs) {
        const part = rest.subarray(at, at + length);
        if (!memory.write(address, part)) return -ERRNO.EFAULT;
        at += part.length;
      }
      return result === -ERRNO.ENOSYS ? -ERRNO.ENOTTY : result;
    }
  }
}

function sum(iovecs: readonly (readonly [bigint, number])[]): number {
  return iovecs.reduce((total, [, length]) => total + length, 0);
}
