/**
 * One ioctl over its rounds: the model is run again and again until all it
 * reads has been brought; then what it wrote is sent.
 *
 * @module
 */
import type { Bytes } from "../bytes.ts";
import { ERRNO } from "../uapi/errno.ts";
import { FUSE_MAX_ROUND } from "../uapi/fuse.ts";
import { FWCTL_INFO, fwctl_info, FWCTL_RPC, fwctl_rpc } from "../uapi/fwctl.ts";
import { CallMemory, NeedsMemory, type Write } from "./memory.ts";
import type { IoctlRound, Range } from "./protocol.ts";

/** What an ioctl is run on. */
export interface CallEnds {
  /** The modelled kernel: the ioctl's value, or a negated errno. */
  run(cmd: number, arg: bigint, memory: CallMemory): number;
  /** Whether the caller's memory can be written without the kernel's help. */
  reachable(address: bigint): boolean;
  /** Writes it so: 0, or a negated errno. Without bytes it is zeroed. */
  write(write: Write): number;
}

/** How a round ends: with the next, or with the call. */
export type RoundEnd =
  | { readonly ins: readonly Range[]; readonly outs: readonly Range[] }
  | { readonly result: number; readonly data: Bytes };

/** What pds writes beyond the core's `out`, and the struct: never more. */
const BESIDE = 64 << 10;
/** The first word of both structs. */
const SIZE_WORD = 4;
const NOTHING: Bytes = new Uint8Array();

/** The state of one ioctl between rounds. */
export class IoctlCall {
  readonly #ends: CallEnds;
  readonly #cmd: number;
  readonly #arg: bigint;
  readonly #memory = new CallMemory();
  #asked: Range | undefined;
  #answer: { readonly result: number; readonly data: Bytes } | undefined;
  #sure = false;

  /** A call that has not begun. */
  constructor(
    ends: CallEnds,
    { cmd, arg }: Pick<IoctlRound, "cmd" | "arg">,
  ) {
    this.#ends = ends;
    this.#cmd = cmd;
    this.#arg = arg;
  }

  /** Goes on with what a round brought. */
  round({ data, out_size }: Pick<IoctlRound, "data" | "out_size">): RoundEnd {
    const answer = this.#answer;
    if (answer) {
      return out_size === answer.data.length && data.length === SIZE_WORD
        ? answer
        : failed(-ERRNO.EIO);
    }
    if (data.length !== (this.#asked?.length ?? 0) || out_size !== 0) {
      return failed(-ERRNO.EIO);
    }
    if (this.#asked) this.#memory.bring(this.#asked.address, data);
    this.#asked = undefined;
    try {
      this.#mustReach();
      this.#memory.restart();
      return this.#send(this.#ends.run(this.#cmd, this.#arg, this.#memory));
    } catch (error) {
      if (error instanceof NeedsMemory) {
        this.#asked = error.range;
        return { ins: [error.range], outs: [] };
      }
      if (error instanceof Unreachable) return failed(-ERRNO.ENOMEM);
      throw error;
    }
  }

  /**
   * The kernel carries {@linkcode FUSE_MAX_ROUND} bytes of answer. A longer one
   * we write ourselves; where that is not allowed, nothing may have run yet.
   */
  #mustReach(): void {
    if (this.#sure || (this.#cmd !== FWCTL_INFO && this.#cmd !== FWCTL_RPC)) {
      return;
    }
    const rpc = this.#cmd === FWCTL_RPC;
    const { sizeof } = rpc ? fwctl_rpc : fwctl_info;
    const known = this.#memory.read(this.#arg, SIZE_WORD);
    if (!known) return;
    if (new DataView(known.buffer).getUint32(0, true) < sizeof) return;
    const struct = this.#memory.read(this.#arg, sizeof);
    if (!struct) return;
    const room = new DataView(struct.buffer).getUint32(
      (rpc ? fwctl_rpc.out_len : fwctl_info.device_data_len).offset,
      true,
    );
    if (room > FUSE_MAX_ROUND - BESIDE && !this.#ends.reachable(this.#arg)) {
      throw new Unreachable();
    }
    this.#sure = true;
  }

  /** What the model wrote goes out in its order: a later write wins where they overlap. */
  #send(result: number): RoundEnd {
    const { writes } = this.#memory;
    const total = writes.reduce((sum, { length }) => sum + length, 0);
    if (total === 0) return { result, data: NOTHING };
    if (total > FUSE_MAX_ROUND) {
      for (const write of writes) {
        const error = this.#ends.write(write);
        if (error < 0) return failed(error);
      }
      return { result, data: NOTHING };
    }
    const data = new Uint8Array(total);
    let at = 0;
    for (const { bytes, length } of writes) {
      if (bytes) data.set(bytes, at);
      at += length;
    }
    this.#answer = { result, data };
    // Once a round has brought bytes, Linux (7.3 still) sends one without them
    // wrongly: stale data stands where struct fuse_ioctl_in should. So the size
    // word, which is there, comes once more.
    return { ins: [{ address: this.#arg, length: SIZE_WORD }], outs: writes };
  }
}

/** Control flow: the answer might not find its way. */
class Unreachable {}

function failed(result: number): RoundEnd {
  return { result, data: NOTHING };
}
