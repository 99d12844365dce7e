/**
 * What /proc says of the threads that call, and the way into their memory. A
 * thread that calls waits for us, so its number is its own until we answer.
 *
 * @module
 */
import type { Bytes } from "../bytes.ts";
import { CAP_SYS_RAWIO, capabilityOf } from "../host/facts.ts";
import type { Host } from "../host/host.ts";
import { attribute } from "../host/sysfs.ts";
import { isFwctlError } from "../errors.ts";
import { ERRNO } from "../uapi/errno.ts";
import type { Callers } from "./device.ts";
import type { CuseLibc } from "./libc.ts";
import type { Write } from "./memory.ts";

/** Zeros are written in pieces of this many bytes. */
const CHUNK = 1 << 20;

/** Callers on this machine. */
export class ProcCallers implements Callers {
  readonly #host: Host;
  readonly #libc: CuseLibc;

  /** `host` reads /proc. */
  constructor(host: Host, libc: CuseLibc) {
    this.#host = host;
    this.#libc = libc;
  }

  /**
   * The kernel asks for it in the first user namespace. We are taken to be in
   * it: somebody who is in another has its capabilities there only.
   */
  capSysRawio(pid: number): boolean {
    if (pid === 0) return false;
    const status = attribute(this.#host, `/proc/${pid}/status`, 64 << 10) ?? "";
    return capabilityOf(status, CAP_SYS_RAWIO) &&
      this.#user(`${pid}`) === this.#user("self");
  }

  comm(pid: number): string {
    return pid === 0
      ? "?"
      : attribute(this.#host, `/proc/${pid}/comm`, 64) || "?";
  }

  reachable(pid: number, address: bigint): boolean {
    return pid !== 0 && this.#libc.reachable(pid, address);
  }

  write(pid: number, { address, length, bytes }: Write): number {
    if (pid === 0) return -ERRNO.EFAULT;
    if (bytes) return this.#libc.writeInto(pid, address, bytes.slice());
    const zeros: Bytes = new Uint8Array(Math.min(length, CHUNK));
    for (let at = 0; at < length; at += CHUNK) {
      const part = zeros.subarray(0, Math.min(CHUNK, length - at));
      const error = this.#libc.writeInto(pid, address + BigInt(at), part);
      if (error < 0) return error;
    }
    return 0;
  }

  /** Which user namespace a process is in; a kernel may have none. */
  #user(pid: string): string | undefined {
    try {
      return this.#host.readLink(`/proc/${pid}/ns/user`);
    } catch (error) {
      if (isFwctlError(error)) return undefined;
      throw error;
    }
  }
}
