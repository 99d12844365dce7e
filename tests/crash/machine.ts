/**
 * A modelled machine behind a socket of this process, for commands in others
 * that die. It can be copied, and tells what its devices hold.
 *
 * @module
 */
import { loadDrivers } from "../../drivers/load.ts";
import type { Bytes } from "../../lib/bytes.ts";
import type { DeviceNode, Host } from "../../lib/host/host.ts";
import { ModelHost } from "../../lib/model/host.ts";
import { parseScenario } from "../../lib/model/scenario.ts";
import { serveConnection } from "../../lib/model/served/server.ts";
import type { PlainData, PlainObject } from "../../lib/plain.ts";
import { stableText } from "./text.ts";

const DRIVERS = await loadDrivers();
const FWCTL_RPC = 0x9a01;

/** The machine. `await using` ends it, when nobody is connected any more. */
export class Machine implements AsyncDisposable {
  /** The value of `--model`. */
  readonly model: string;
  /** Requests so far: how often each arrived, in hex. */
  readonly requests = new Map<string, number>();
  readonly #host: ModelHost;
  readonly #listener: Deno.UnixListener;
  readonly #connections = new Set<Promise<void>>();

  /** Milliseconds that each request takes. */
  readonly #latency: number;

  private constructor(host: ModelHost, socket: string, latency: number) {
    this.#host = host;
    this.#latency = latency;
    this.model = `unix:${socket}`;
    this.#listener = Deno.listen({ transport: "unix", path: socket });
    void this.#serve();
  }

  /** Boots a scenario, or goes on from a copy. */
  static async start(
    scenario: PlainObject,
    socket: string,
    state?: PlainData,
    latency = 0,
  ): Promise<Machine> {
    const host = await ModelHost.create(
      parseScenario(scenario),
      DRIVERS,
      state,
    );
    return new Machine(host, socket, latency);
  }

  async #serve(): Promise<void> {
    const host = counting(this.#host, this.requests);
    for await (const connection of this.#listener) {
      const served: Promise<void> = serveConnection(host, connection, {
        latency: this.#latency,
      })
        .finally(() => this.#connections.delete(served));
      this.#connections.add(served);
    }
  }

  /** Returns when every process that was connected is gone. */
  async quiet(): Promise<void> {
    while (this.#connections.size > 0) await Promise.all(this.#connections);
  }

  /** Everything, to go on from. */
  copy(): PlainObject {
    return this.#host.save();
  }

  /** What the devices hold, all of it, as text to compare. */
  held(): string {
    return stableText(this.#host.save().devices ?? {});
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.quiet();
    this.#host[Symbol.dispose]();
  }
}

/** A host that counts the requests of FWCTL_RPC by their bytes. */
function counting(host: Host, requests: Map<string, number>): Host {
  return {
    kind: host.kind,
    open(path): DeviceNode {
      const node = host.open(path);
      return {
        path,
        ioctl(cmd, arg, pointers): number {
          if (cmd === FWCTL_RPC) {
            for (const hex of inputs(arg, pointers)) {
              requests.set(hex, (requests.get(hex) ?? 0) + 1);
            }
          }
          return node.ioctl(cmd, arg, pointers);
        },
        close: () => node.close(),
        [Symbol.dispose]: () => node.close(),
      };
    },
    readFile: (path, limit) => host.readFile(path, limit),
    list: (path) => host.list(path),
    readLink: (path) => host.readLink(path),
    exists: (path) => host.exists(path),
    [Symbol.dispose]: () => {},
  };
}

/** The request of struct fwctl_rpc: what its `in` points to, at byte 16. */
function inputs(
  arg: Bytes,
  pointers: readonly { holder: Bytes; at: number; target: Bytes }[],
): string[] {
  return pointers.filter(({ holder, at }) => holder === arg && at === 16)
    .map(({ target }) => target.toHex());
}
