/**
 * The side of a served model that uses it: a Host whose machine lives in
 * another process and outlives this one. Calls are synchronous, as on a real
 * machine, so the socket is spoken to through libc.
 *
 * @module
 */
import type { Bytes } from "../../bytes.ts";
import { ModelError, SyscallError, UsageError } from "../../errors.ts";
import type { DeviceNode, Host, UserPointer } from "../../host/host.ts";
import { acquireLibc, type Libc } from "../../host/libc.ts";
import {
  isPlainObject,
  type PlainData,
  type PlainObject,
} from "../../plain.ts";
import { ERRNO } from "../../uapi/errno.ts";
import { decodeFrame, encodeFrame, frameLength, type Message } from "./wire.ts";

const AF_UNIX = 1;
/** SOCK_STREAM | SOCK_CLOEXEC. */
const SOCK_STREAM = 0o2000001;
/** sun_path, with its ending 0. */
const SUN_PATH = 108;
/** Bytes `readFile` asks for unless told otherwise. */
const READ_LIMIT = 1 << 20;

/** A machine behind a Unix socket. */
export class ServedHost implements Host {
  readonly kind = "model";
  readonly #libc: Libc;
  readonly #fd: number;
  #closed = false;

  /**
   * Connects.
   *
   * @param path the socket that `fwctl serve` listens on
   * @throws `UsageError` without `--allow-ffi`, or when nobody listens there
   */
  constructor(path: string) {
    const name = new TextEncoder().encode(path);
    if (name.length >= SUN_PATH) {
      throw new UsageError(`The socket's path has ${name.length} bytes`, {
        hint: `A Unix socket's path has at most ${SUN_PATH - 1}`,
      });
    }
    this.#libc = acquireLibc();
    const { symbols } = this.#libc;
    const address = new Uint8Array(2 + SUN_PATH);
    address[0] = AF_UNIX;
    address.set(name, 2);
    this.#fd = symbols.socket(AF_UNIX, SOCK_STREAM, 0);
    if (
      this.#fd < 0 ||
      symbols.connect(this.#fd, address, address.length) < 0
    ) {
      const errno = this.#libc.errno();
      if (this.#fd >= 0) symbols.close(this.#fd);
      this.#libc.release();
      throw new UsageError(
        `No model is served at ${path} (errno ${errno})`,
        { hint: "Start one: fwctl serve --model SCENARIO --socket PATH" },
      );
    }
  }

  open(path: string): DeviceNode {
    const node = Number(this.#value({ call: "open", path }));
    let open = true;
    const close = (): void => {
      if (!open) return;
      open = false;
      if (!this.#closed) this.#value({ call: "close", node });
    };
    return {
      path,
      ioctl: (cmd, arg, pointers) =>
        open ? this.#ioctl(node, cmd, arg, pointers) : -ERRNO.EBADF,
      close,
      [Symbol.dispose]: close,
    };
  }

  readFile(path: string, limit: number = READ_LIMIT): Bytes {
    const { buffers } = this.#ask({ call: "readFile", path, limit }, []);
    return buffers[0] ?? new Uint8Array(0);
  }

  list(path: string): string[] {
    const names = this.#value({ call: "list", path });
    return Array.isArray(names) ? names.map(String) : [];
  }

  readLink(path: string): string {
    return String(this.#value({ call: "readLink", path }));
  }

  exists(path: string): boolean {
    return this.#value({ call: "exists", path }) === true;
  }

  [Symbol.dispose](): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#libc.symbols.close(this.#fd);
    this.#libc.release();
  }

  #ioctl(
    node: number,
    cmd: number,
    arg: Bytes,
    pointers: readonly UserPointer[],
  ): number {
    const buffers = [arg];
    const indexOf = (buffer: Bytes): number => {
      const known = buffers.indexOf(buffer);
      return known >= 0 ? known : buffers.push(buffer) - 1;
    };
    const refs = pointers.map(({ holder, at, target, offset = 0 }) => ({
      holder: indexOf(holder),
      at,
      target: indexOf(target),
      offset,
    }));
    const answer = this.#ask(
      { call: "ioctl", node, cmd, pointers: refs },
      buffers,
    );
    answer.buffers.forEach((bytes, index) => {
      const own = buffers[index];
      if (own && bytes.length === own.length) own.set(bytes);
    });
    return Number(answer.head.value);
  }

  #value(head: PlainObject): PlainData {
    return this.#ask(head, []).head.value ?? null;
  }

  #ask(head: PlainObject, buffers: readonly Bytes[]): Message {
    this.#write(encodeFrame({ head, buffers }));
    const length = frameLength(this.#read(4));
    const answer = decodeFrame(this.#read(length));
    const { error } = answer.head;
    if (isPlainObject(error)) throw errorOf(error);
    return answer;
  }

  #write(bytes: Bytes): void {
    for (let done = 0; done < bytes.length;) {
      const part = bytes.subarray(done);
      const sent = this.#libc.symbols.write(
        this.#fd,
        part,
        BigInt(part.length),
      );
      if (sent > 0) done += sent;
      else if (sent === 0 || this.#libc.errno() !== ERRNO.EINTR) throw gone();
    }
  }

  #read(length: number): Bytes {
    const bytes = new Uint8Array(length);
    for (let done = 0; done < length;) {
      const part = bytes.subarray(done);
      const got = this.#libc.symbols.read(this.#fd, part, BigInt(part.length));
      if (got > 0) done += got;
      else if (got === 0 || this.#libc.errno() !== ERRNO.EINTR) throw gone();
    }
    return bytes;
  }
}

function gone(): ModelError {
  return new ModelError("The served model is gone", {
    hint: "Is `fwctl serve` still running?",
  });
}

function errorOf(error: PlainObject): SyscallError | ModelError {
  const { code, message, errno, errnoName, call, hint } = error;
  const options = typeof hint === "string" ? { hint } : {};
  if (
    code === "SyscallError" && typeof errno === "number" &&
    typeof errnoName === "string" && typeof call === "string"
  ) {
    return new SyscallError(
      String(message),
      { errno, errnoName, call },
      options,
    );
  }
  return new ModelError(String(message), options);
}
