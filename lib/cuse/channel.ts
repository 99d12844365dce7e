/**
 * A CUSE channel: an open /dev/cuse, which is a device node as long as it is
 * open.
 *
 * @module
 */
import type { Bytes } from "../bytes.ts";
import { ModelError, UsageError } from "../errors.ts";
import { pathError } from "../host/failure.ts";
import { ERRNO } from "../uapi/errno.ts";
import { FUSE_MAX_ROUND } from "../uapi/fuse.ts";
import type { Answer, CuseDevice } from "./device.ts";
import type { CuseLibc } from "./libc.ts";
import { errorReply } from "./protocol.ts";

const CUSE = "/dev/cuse";
/** What a read must have room for: a round's data and the heads before it. */
const ROOM: number = FUSE_MAX_ROUND + 4096;
/** Milliseconds that the kernel has for its first word; it comes with the opening. */
const PATIENCE = 2000;

/** What a turn of reading came to. */
export interface Turn {
  /** Messages that were answered. */
  readonly answered: number;
  /** Whether a caller is between two rounds and will come at once. */
  readonly more: boolean;
  /** Whether the kernel has ended the channel. */
  readonly ended: boolean;
}

/** One device's channel. */
export class CuseChannel {
  /** Its descriptor. */
  readonly fd: number;
  /** What answers. */
  readonly device: CuseDevice;
  readonly #libc: CuseLibc;
  readonly #latency: number;
  readonly #buffer: Bytes = new Uint8Array(ROOM);
  readonly #late = new Set<ReturnType<typeof setTimeout>>();

  /**
   * Opens the channel and makes its node appear.
   *
   * @param latency milliseconds that every FWCTL_RPC takes
   * @throws `UsageError` and `SyscallError` where there is no CUSE for us
   * @throws `ModelError` when the kernel refuses the device
   */
  constructor(libc: CuseLibc, device: CuseDevice, latency: number) {
    this.#libc = libc;
    this.device = device;
    this.#latency = latency;
    const fd = libc.open(CUSE);
    if (fd < 0) throw unavailable(-fd);
    this.fd = fd;
    try {
      libc.poll([fd], PATIENCE);
      const { ended, answered } = this.turn(1);
      // The node is there when the answer has been written, or the channel is not.
      if (ended || answered === 0 || device.refused || this.turn(1).ended) {
        throw new ModelError("The kernel's CUSE refused a device", {
          hint: device.refused
            ? "It speaks a version of the protocol that fwctl does not know."
            : "The kernel log says why: dmesg | grep CUSE",
        });
      }
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Answers what is there, at most `most` messages. */
  turn(most: number): Turn {
    let answered = 0;
    let more = false;
    while (answered < most) {
      const length = this.#libc.read(this.fd, this.#buffer);
      if (length < 0) {
        // ENOENT: the caller was killed before we had read what it asked.
        if (length === -ERRNO.EINTR || length === -ERRNO.ENOENT) continue;
        return { answered, more, ended: length !== -ERRNO.EAGAIN };
      }
      answered++;
      const answer = this.device.handle(this.#buffer.subarray(0, length));
      this.#answer(answer);
      more = answer.more;
    }
    return { answered, more, ended: false };
  }

  /** The node vanishes; calls that wait for an answer get ECONNABORTED. */
  close(): void {
    for (const timer of this.#late) clearTimeout(timer);
    this.#late.clear();
    this.#libc.close(this.fd);
    this.device.close();
  }

  #answer({ reply, rpc }: Answer): void {
    if (!reply) return;
    if (!rpc || this.#latency === 0) return this.#write(reply);
    const timer = setTimeout(() => {
      this.#late.delete(timer);
      this.#write(reply);
    }, this.#latency);
    this.#late.add(timer);
  }

  #write(reply: Bytes): void {
    const written = this.#libc.write(this.fd, reply);
    if (written !== -ERRNO.EINVAL) return;
    // Never known to happen. A caller that gets no answer waits for ever.
    const unique = new DataView(reply.buffer).getBigUint64(8, true);
    this.#libc.write(this.fd, errorReply({ unique, pid: 0 }, -ERRNO.EIO));
  }
}

function unavailable(errno: number): UsageError | Error {
  if (errno === ERRNO.ENOENT || errno === ERRNO.ENODEV) {
    return new UsageError(`There is no ${CUSE} on this machine`, {
      hint: "Load the module, as root: modprobe cuse",
    });
  }
  if (errno === ERRNO.EACCES || errno === ERRNO.EPERM) {
    return new UsageError(`${CUSE} may not be opened`, {
      hint: "Making device nodes takes root: run fwctl serve --cuse as root.",
    });
  }
  return pathError("open", CUSE, errno);
}
