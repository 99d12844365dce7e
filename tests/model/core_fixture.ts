/**
 * A modelled process with buffers of its own, and a driver that counts.
 *
 * @module
 */
import type { Bytes } from "../../lib/bytes.ts";
import type { FwctlCore } from "../../lib/model/core.ts";
import { ModelMemory } from "../../lib/model/memory.ts";
import { type Credentials, ModelProcess } from "../../lib/model/process.ts";
import type { KernelOps } from "../../lib/model/types.ts";
import { FWCTL_INFO, FWCTL_RPC } from "../../lib/uapi/fwctl.ts";

const STRUCT = 0x10000n;
const IN = 0x20000n;
const OUT = 0x30000n;
/** An address where nothing is mapped. */
export const UNMAPPED = 0x40000n;

/** Arguments of an RPC; lengths default to the buffers'. */
export interface Rpc {
  readonly scope?: number;
  readonly request?: Uint8Array;
  readonly in_len?: number;
  readonly out_len?: number;
  readonly inAt?: bigint;
  readonly outAt?: bigint;
  readonly size?: number;
  readonly structAt?: bigint;
}

/** A process whose memory holds one struct, one request and one response. */
export class TestProcess extends ModelProcess {
  readonly struct: Bytes = new Uint8Array(4096);
  readonly in_: Bytes = new Uint8Array(4096);
  readonly out: Bytes = new Uint8Array(4096);
  readonly memory: ModelMemory = new ModelMemory([
    { address: STRUCT, bytes: this.struct },
    { address: IN, bytes: this.in_ },
    { address: OUT, bytes: this.out },
  ]);

  /** Root with all capabilities, unless told otherwise. */
  constructor(core: FwctlCore, credentials: Partial<Credentials> = {}) {
    super(core, { capSysRawio: true, uid: 0, ...credentials });
  }

  /** A 32-bit member of the struct. */
  word(offset: number): number {
    return new DataView(this.struct.buffer).getUint32(offset, true);
  }

  /** FWCTL_INFO with room for `length` bytes. */
  info(fd: number, length = 0, flags = 0, outAt = OUT): number {
    this.#fill([24, flags, 0, length], [outAt]);
    return this.ioctl(fd, FWCTL_INFO, STRUCT, this.memory);
  }

  /** FWCTL_RPC. */
  rpc(fd: number, rpc: Rpc = {}): number {
    const request = rpc.request ?? new Uint8Array(16);
    this.in_.set(request);
    this.#fill([
      rpc.size ?? 32,
      rpc.scope ?? 0,
      rpc.in_len ?? request.length,
      rpc.out_len ?? 16,
    ], [rpc.inAt ?? IN, rpc.outAt ?? OUT]);
    return this.ioctl(fd, FWCTL_RPC, rpc.structAt ?? STRUCT, this.memory);
  }

  #fill(words: readonly number[], pointers: readonly bigint[]): void {
    const view = new DataView(this.struct.buffer);
    this.struct.fill(0);
    words.forEach((word, i) => view.setUint32(4 * i, word, true));
    pointers.forEach((at, i) => view.setBigUint64(16 + 8 * i, at, true));
  }
}

/** A context of {@linkcode CountingOps}. */
export interface Counted {
  readonly uid: number;
}

/** A driver that hands out contexts 1, 2, 3 … and answers with the request. */
export class CountingOps implements KernelOps<Counted> {
  readonly device_type = 1;
  /** Contexts ever opened. */
  opened = 0;
  /** Contexts ended, in order. */
  readonly closed: number[] = [];
  /** RPCs that reached the driver. */
  calls = 0;
  /** Runs inside the next call of the driver. */
  during: (() => void) | undefined;
  /** Length it reports, when not the request's. */
  reported: number | undefined;

  open_uctx(): Counted {
    this.#interrupt();
    return { uid: ++this.opened };
  }

  close_uctx(uctx: Counted): void {
    this.closed.push(uctx.uid);
  }

  fw_rpc(
    _uctx: Counted,
    _scope: number,
    in_: Bytes,
  ): { out: Bytes; out_len: number } {
    this.calls++;
    this.#interrupt();
    return { out: in_, out_len: this.reported ?? in_.length };
  }

  #interrupt(): void {
    const { during } = this;
    this.during = undefined;
    during?.();
  }
}
