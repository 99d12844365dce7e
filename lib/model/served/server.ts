/**
 * The side of a served model that has it: answers each connection as a kernel
 * answers a process, whose descriptors are closed when it goes, however it goes.
 *
 * @module
 */
import type { Bytes } from "../../bytes.ts";
import { isFwctlError, ModelError } from "../../errors.ts";
import type { DeviceNode, Host, UserPointer } from "../../host/host.ts";
import {
  isPlainObject,
  type PlainData,
  type PlainObject,
} from "../../plain.ts";
import { decodeFrame, encodeFrame, frameLength, type Message } from "./wire.ts";

/** A byte stream in both directions, such as a `Deno.UnixConn`. */
export interface Connection {
  /** What comes in. */
  readonly readable: ReadableStream<Bytes>;
  /** What goes out. */
  readonly writable: WritableStream<Bytes>;
}

/** How a model is served. */
export interface ServeOptions {
  /** Milliseconds every FWCTL_RPC takes; others go on meanwhile. Default 0. */
  readonly latency?: number;
}

/**
 * Serves one connection until it ends. Requests of one connection are answered
 * in their order.
 *
 * @param host the modelled machine, shared by all connections
 */
export async function serveConnection(
  host: Host,
  connection: Connection,
  { latency = 0 }: ServeOptions = {},
): Promise<void> {
  const nodes = new Nodes(host);
  const writer = connection.writable.getWriter();
  try {
    for await (const frame of frames(connection.readable)) {
      const came = performance.now();
      const answer = nodes.answer(decodeFrame(frame));
      if (latency > 0 && answer.head.rpc === true) {
        const rest = latency - TIMER_MS - (performance.now() - came);
        if (rest > 0) await new Promise((done) => setTimeout(done, rest));
      }
      await writer.write(encodeFrame(answer));
    }
  } catch {
    // The other side died in the middle of a message, or speaks nonsense.
  } finally {
    nodes.close();
    await writer.close().catch(() => {});
  }
}

/** Frames of a stream, each without its first four bytes. */
async function* frames(
  readable: ReadableStream<Bytes>,
): AsyncGenerator<Bytes> {
  let rest: Bytes = new Uint8Array(0);
  for await (const chunk of readable) {
    const all = new Uint8Array(rest.length + chunk.length);
    all.set(rest);
    all.set(chunk, rest.length);
    rest = all;
    while (rest.length >= 4) {
      const end = 4 + frameLength(rest);
      if (rest.length < end) break;
      yield rest.slice(4, end);
      rest = rest.slice(end);
    }
  }
}

const FWCTL_RPC = 0x9a01;

/** What a timer takes longer than it was asked to, about. */
const TIMER_MS = 1;

/** The open nodes of one connection, by number. */
class Nodes {
  readonly #host: Host;
  readonly #open = new Map<number, DeviceNode>();
  #next = 1;

  constructor(host: Host) {
    this.#host = host;
  }

  /** One call. An error of ours is an answer too. */
  answer(message: Message): Message {
    try {
      return this.#call(message);
    } catch (error) {
      if (!isFwctlError(error)) throw error;
      return {
        head: { error: error.toJSON() as PlainObject },
        buffers: [],
      };
    }
  }

  close(): void {
    for (const node of this.#open.values()) node.close();
    this.#open.clear();
  }

  #call({ head, buffers }: Message): Message {
    const path = text(head.path);
    switch (head.call) {
      case "open": {
        const node = this.#host.open(path);
        const id = this.#next++;
        this.#open.set(id, node);
        return { head: { value: id }, buffers: [] };
      }
      case "close": {
        const id = integer(head.node);
        this.#open.get(id)?.close();
        this.#open.delete(id);
        return { head: { value: 0 }, buffers: [] };
      }
      case "ioctl":
        return this.#ioctl(head, buffers);
      case "readFile":
        return {
          head: {},
          buffers: [this.#host.readFile(path, integer(head.limit))],
        };
      case "list":
        return { head: { value: this.#host.list(path) }, buffers: [] };
      case "readLink":
        return { head: { value: this.#host.readLink(path) }, buffers: [] };
      case "exists":
        return { head: { value: this.#host.exists(path) }, buffers: [] };
      default:
        throw nonsense("call");
    }
  }

  /** The first buffer is the argument; all go back as the kernel left them. */
  #ioctl(head: PlainObject, buffers: readonly Bytes[]): Message {
    const node = this.#open.get(integer(head.node));
    const [arg] = buffers;
    if (!node || !arg || !Array.isArray(head.pointers)) throw nonsense("ioctl");
    const pointers = head.pointers.map((pointer: PlainData): UserPointer => {
      if (!isPlainObject(pointer)) throw nonsense("pointer");
      const holder = buffers[integer(pointer.holder)];
      const target = buffers[integer(pointer.target)];
      if (!holder || !target) throw nonsense("pointer");
      const { at, offset } = pointer;
      return {
        holder,
        at: integer(at),
        target,
        offset: integer(offset ?? 0),
      };
    });
    const cmd = integer(head.cmd);
    const value = node.ioctl(cmd, arg, pointers);
    return { head: { value, rpc: cmd === FWCTL_RPC }, buffers };
  }
}

function text(value: PlainData | undefined): string {
  return typeof value === "string" ? value : "";
}

function integer(value: PlainData | undefined): number {
  if (typeof value === "number" && Number.isInteger(value)) return value;
  throw nonsense("number");
}

function nonsense(what: string): ModelError {
  return new ModelError(`A served model was asked with a wrong ${what}`, {
    hint: "Do both sides run the same version of fwctl?",
  });
}
