/**
 * One fwctl device of a model behind a CUSE channel: answers the kernel's
 * messages. It touches nothing but the model and what it is given.
 *
 * What a caller cannot tell from the real device: opening, both ioctls with
 * every errno in its order, the bytes written and their order, memory that is
 * not there, one context for each open file, CAP_SYS_RAWIO, the node's mode,
 * poll, mmap, 32-bit callers. What it can tell:
 *
 * - lseek gives 0, not ESPIPE; reading or writing 0 bytes gives 0, not EINVAL.
 * - The node is of class cuse: there is nothing of it in /sys/class/fwctl, and
 *   its major number is another one in every run.
 * - A request below scope 2 does not taint, and one above taints the model, not
 *   the kernel; the warning is in no log of the machine.
 * - When the server ends, open files get ENOTCONN and calls in flight
 *   ECONNABORTED, where a device that was unplugged gives ENODEV.
 * - A caller in another PID namespace that the server does not see has no
 *   CAP_SYS_RAWIO here, and no answers longer than {@linkcode FUSE_MAX_ROUND}:
 *   those are ENOMEM, before anything has run. So they are where the server may
 *   not write into the caller (Yama at level 3, a seccomp filter).
 * - A kernel without process_vm_writev lets such a long answer be written into
 *   private memory that the caller itself cannot write.
 * - What a scenario says of the process that asks (uid, capSysRawio) and of the
 *   nodes is not used: the caller is who it is, the nodes are 0600 of root.
 * - A file that several threads outside of our PID namespace use at once, with
 *   the same address, gets EIO.
 *
 * @module
 */
import type { Bytes } from "../bytes.ts";
import type { FwctlContext, FwctlCore, FwctlDevice } from "../model/core.ts";
import { fwctlIoctl } from "../model/ioctl.ts";
import { ERRNO } from "../uapi/errno.ts";
import { FUSE_IOCTL_COMPAT } from "../uapi/fuse.ts";
import { FWCTL_RPC } from "../uapi/fwctl.ts";
import { IoctlCall } from "./call.ts";
import type { Write } from "./memory.ts";
import {
  type CuseName,
  type CuseRequest,
  decodeRequest,
  errorReply,
  initReply,
  ioctlReply,
  openReply,
  retryReply,
} from "./protocol.ts";

/** What a server can find out about a caller, and do to it. 0 is a caller it cannot see. */
export interface Callers {
  /** Whether a thread holds CAP_SYS_RAWIO. */
  capSysRawio(pid: number): boolean;
  /** Its name. */
  comm(pid: number): string;
  /** Whether its memory can be written. */
  reachable(pid: number, address: bigint): boolean;
  /** Writes it: 0, or a negated errno. */
  write(pid: number, write: Write): number;
}

/** The answer to a message. */
export interface Answer {
  /** What to write; nothing where nobody waits. */
  readonly reply?: Bytes;
  /** Whether it ends an FWCTL_RPC. */
  readonly rpc: boolean;
  /** Whether another round of the same ioctl is to come. */
  readonly more: boolean;
}

/** A file that was opened, with the ioctls that are between two rounds. */
interface File {
  readonly context: FwctlContext;
  readonly calls: Map<string, IoctlCall>;
}

/** Unfinished calls of a file: callers that were killed between two rounds leave theirs. */
const MAX_CALLS = 256;

function final(
  request: Extract<CuseRequest, { kind: "ioctl" }>,
  result: number,
  data: Bytes = new Uint8Array(),
): Answer {
  return {
    reply: ioctlReply(request, result, data),
    rpc: request.cmd === FWCTL_RPC,
    more: false,
  };
}

/** A device as the kernel's CUSE sees it. */
export class CuseDevice {
  readonly #core: FwctlCore;
  readonly #device: FwctlDevice;
  readonly #callers: Callers;
  readonly #name: CuseName;
  readonly #files = new Map<bigint, File>();
  #next = 1n;
  #refused = false;

  /** `name` is how it is to be presented. */
  constructor(
    core: FwctlCore,
    device: FwctlDevice,
    callers: Callers,
    name: CuseName,
  ) {
    this.#core = core;
    this.#device = device;
    this.#callers = callers;
    this.#name = name;
  }

  /** Whether the model still has the device; a fault may have unplugged it. */
  get registered(): boolean {
    return this.#device.registered;
  }

  /** Files that are open. */
  get files(): number {
    return this.#files.size;
  }

  /** Whether the kernel's CUSE is one we cannot speak with. */
  get refused(): boolean {
    return this.#refused;
  }

  /** Answers one message. */
  handle(message: Bytes): Answer {
    const request = decodeRequest(message);
    if (!request || request.kind === "forget") {
      return { rpc: false, more: false };
    }
    if (request.kind === "ioctl") return this.#ioctl(request);
    return { reply: this.#other(request), rpc: false, more: false };
  }

  /** Closes what is open: the channel is gone. */
  close(): void {
    for (const { context } of this.#files.values()) this.#core.release(context);
    this.#files.clear();
  }

  #other(request: Exclude<CuseRequest, { kind: "ioctl" | "forget" }>): Bytes {
    switch (request.kind) {
      case "init":
        this.#refused = !request.fits;
        return request.fits
          ? initReply(request, this.#name)
          : errorReply(request, -ERRNO.EINVAL);
      case "open": {
        const context = this.#core.open(this.#device.inode);
        if (typeof context === "number") return errorReply(request, context);
        const fh = this.#next++;
        this.#files.set(fh, { context, calls: new Map() });
        return openReply(request, fh);
      }
      case "release": {
        const file = this.#files.get(request.fh);
        if (!file) return errorReply(request, -ERRNO.EBADF);
        this.#files.delete(request.fh);
        this.#core.release(file.context);
        return errorReply(request, 0);
      }
      case "transfer":
        return errorReply(request, -ERRNO.EINVAL);
      case "broken":
        return errorReply(request, -ERRNO.EIO);
      case "unknown":
        // To a poll it means: always ready, as a device without one is.
        return errorReply(request, -ERRNO.ENOSYS);
    }
  }

  #ioctl(request: Extract<CuseRequest, { kind: "ioctl" }>): Answer {
    const file = this.#files.get(request.fh);
    if (!file) return final(request, -ERRNO.EBADF);
    // fwctl has no compat_ioctl.
    if (request.flags & FUSE_IOCTL_COMPAT) return final(request, -ERRNO.ENOTTY);
    // A thread is in one ioctl at a time; the address tells those apart that
    // we do not see.
    const key = `${request.pid} ${request.cmd} ${request.arg}`;
    const first = request.data.length === 0 && request.out_size === 0;
    const call = first
      ? new IoctlCall(this.#ends(file.context, request.pid), request)
      : file.calls.get(key);
    file.calls.delete(key);
    if (!call) return final(request, -ERRNO.EIO);
    const end = call.round(request);
    if ("result" in end) return final(request, end.result, end.data);
    this.#keep(file, key, call);
    const reply = retryReply(request, end.ins, end.outs);
    return { reply, rpc: false, more: true };
  }

  #keep({ calls }: File, key: string, call: IoctlCall): void {
    for (const oldest of calls.keys()) {
      if (calls.size < MAX_CALLS) break;
      calls.delete(oldest);
    }
    calls.set(key, call);
  }

  #ends(
    context: FwctlContext,
    pid: number,
  ): ConstructorParameters<typeof IoctlCall>[0] {
    const callers = this.#callers;
    return {
      run: (cmd, arg, memory) =>
        fwctlIoctl(this.#core, cmd, {
          context,
          arg,
          memory,
          capSysRawio: () => callers.capSysRawio(pid),
          caller: () => ({ comm: callers.comm(pid), pid }),
        }),
      reachable: (address) => callers.reachable(pid, address),
      write: (write) => callers.write(pid, write),
    };
  }
}
