/**
 * A device behind a worker of its own: an ioctl blocks its thread until the
 * firmware has answered, so devices work side by side only on several threads,
 * and an errno is only right on the thread that made the call.
 *
 * Permissions: `--allow-ffi` as for the synchronous device, and the worker's
 * file must be readable: `--allow-read=DIRECTORY` of this library where it is a
 * local file, nothing more where it was imported from a URL.
 *
 * @module
 */
import type { Bytes } from "../bytes.ts";
import { SyscallError, UsageError } from "../errors.ts";
import { ERRNO } from "../uapi/errno.ts";
import {
  type Answer,
  type Ask,
  own,
  type RpcAnswer,
  type SentError,
} from "./async_protocol.ts";
import { checkRpc } from "./check.ts";
import type {
  AsyncDevice,
  DeviceInfo,
  RpcRequest,
  RpcResponse,
} from "./device.ts";
import { type Explainer, type FailedCall, ioctlError } from "./failure.ts";
import type { InventoryDevice } from "./inventory.ts";
import { devicePath } from "./open.ts";

/** How an async device is opened. */
export interface AsyncOpenOptions {
  /** Its driver, for better errors. */
  readonly driver?: Explainer;
  /** Path of libc, as in `LinuxHostOptions`. */
  readonly libc?: string;
}

/**
 * Starts a worker that opens the device on this machine. Calls are answered in
 * their order; close it, or the worker keeps the program from ending. Requests
 * and references are copied to the worker, and references back once the call
 * has succeeded; references that overlap in part are apart in the worker.
 *
 * Rejects with a `SyscallError` when the kernel refuses the open, with a
 * `UsageError` when a permission is missing.
 */
export async function openDeviceAsync(
  entryOrPath: InventoryDevice | string,
  options: AsyncOpenOptions = {},
): Promise<AsyncDevice> {
  const path = devicePath(entryOrPath);
  const name = path.slice(path.lastIndexOf("/") + 1);
  const line = new WorkerLine(name);
  try {
    await line.ask({
      op: "open",
      path,
      ...(options.libc === undefined ? {} : { libc: options.libc }),
    });
  } catch (error) {
    line.end();
    throw error instanceof Refused ? rebuilt(error.sent, name) : error;
  }
  return new WorkerDevice(name, line, options.driver);
}

class WorkerDevice implements AsyncDevice {
  readonly name: string;
  readonly #line: WorkerLine;
  readonly #driver: Explainer | undefined;
  #closed: Promise<void> | undefined;

  constructor(name: string, line: WorkerLine, driver: Explainer | undefined) {
    this.name = name;
    this.#line = line;
    this.#driver = driver;
  }

  async info(): Promise<DeviceInfo> {
    const call = { device: this.name, call: "ioctl(FWCTL_INFO)" } as const;
    return await this.#ask({ op: "info" }, [], call) as DeviceInfo;
  }

  async rpc(request: RpcRequest): Promise<RpcResponse> {
    checkRpc(request, this.name);
    // Copies: the caller keeps its buffers while the worker uses them.
    const bytes = request.request.slice();
    const { references = [] } = request;
    // One buffer may be referred to twice: the worker must see one as well.
    const copyOf = new Map(
      references.map(({ buffer }) => [buffer, buffer.slice()]),
    );
    const copies = references.map(({ at, buffer }) => ({
      at,
      buffer: copyOf.get(buffer) ?? buffer,
    }));
    const sent = {
      scope: request.scope,
      responseCapacity: request.responseCapacity,
      request: bytes,
      references: copies,
    };
    const answer = await this.#ask(
      { op: "rpc", request: sent },
      [bytes, ...copyOf.values()],
      {
        device: this.name,
        call: "ioctl(FWCTL_RPC)",
        driver: this.#driver,
        request: request.request,
      },
    ) as RpcAnswer;
    answer.references.forEach((after, i) => references[i]?.buffer.set(after));
    return answer.response;
  }

  close(): Promise<void> {
    return this.#closed ??= this.#line.ask({ op: "close" })
      .then(() => {}, () => {})
      .finally(() => this.#line.end());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #ask(ask: Ask, buffers: Bytes[], call: FailedCall): Promise<unknown> {
    if (this.#closed) throw ioctlError(-ERRNO.EBADF, call);
    try {
      return await this.#line.ask(ask, buffers);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const { errno } = error.sent;
      throw errno === undefined
        ? rebuilt(error.sent, this.name)
        : ioctlError(-errno, call);
    }
  }
}

/** The worker refused; its error is told to the caller in another form. */
class Refused extends Error {
  readonly sent: SentError;

  constructor(sent: SentError) {
    super(sent.message);
    this.sent = sent;
  }
}

function rebuilt(sent: SentError, device: string): SyscallError | UsageError {
  const { message, hint, errno, errnoName, call } = sent;
  const context = { device, ...(hint === undefined ? {} : { hint }) };
  return errno === undefined || errnoName === undefined || call === undefined
    ? new UsageError(message, context)
    : new SyscallError(message, { errno, errnoName, call }, context);
}

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** Questions to one worker, answered first come first served. */
class WorkerLine {
  readonly #worker: Worker;
  readonly #device: string;
  readonly #waiting: Waiting[] = [];
  #broken: Error | undefined;

  constructor(device: string) {
    this.#device = device;
    this.#worker = new Worker(new URL("./async_worker.ts", import.meta.url), {
      type: "module",
      name: device,
    });
    this.#worker.onmessage = ({ data }: MessageEvent<Answer>) => {
      const waiting = this.#waiting.shift();
      if (data.ok) waiting?.resolve(data.value);
      else waiting?.reject(new Refused(data.error));
    };
    this.#worker.onerror = (event) => {
      // Without this the error would end the program.
      event.preventDefault();
      this.#break(event.message);
    };
    this.#worker.onmessageerror = () =>
      this.#break("a message was not readable");
  }

  ask(ask: Ask, buffers: readonly Bytes[] = []): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#broken) return reject(this.#broken);
      this.#waiting.push({ resolve, reject });
      this.#worker.postMessage(ask, buffers.map((bytes) => own(bytes).buffer));
    });
  }

  end(): void {
    this.#worker.terminate();
    this.#break("the device was closed");
  }

  #break(message: string): void {
    this.#broken ??= new UsageError(
      `the worker of ${this.#device} ended: ${message}`,
      {
        device: this.#device,
        hint:
          "Open the device again; with a local copy of the library the worker needs --allow-read of its directory.",
      },
    );
    for (const { reject } of this.#waiting.splice(0)) reject(this.#broken);
  }
}
