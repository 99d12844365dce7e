/**
 * The fwctl devices of a modelled machine as device nodes of this one.
 *
 * @module
 */
import { ModelError } from "../errors.ts";
import type { Host } from "../host/host.ts";
import { attribute, entriesOf } from "../host/sysfs.ts";
import type { FwctlCore, FwctlDevice } from "../model/core.ts";
import { ProcCallers } from "./callers.ts";
import { CuseChannel } from "./channel.ts";
import { CuseDevice } from "./device.ts";
import { CuseLibc } from "./libc.ts";

/** How a machine is presented. */
export interface CuseOptions {
  /** Milliseconds every FWCTL_RPC takes. Default 0. */
  readonly latency?: number;
}

/** One device as other programs see it. */
export interface CuseNode {
  /** Its name in the model: `fwctl0`. */
  readonly model: string;
  /** Its node: `/dev/fwctl/fwctl0`. */
  readonly path: string;
}

/** Messages of one device before another's turn. */
const TURN = 64;
/** Turns on this thread before anything else of the process goes on. */
const SPINS = 64;
/** Milliseconds to wait on this thread for a caller's next round, which comes at once. */
const NEXT_ROUND = 1;

interface Served {
  readonly node: CuseNode;
  readonly channel: CuseChannel;
  unlinked: boolean;
}

/** A presented machine. Dispose of it to take the nodes away. */
export class CuseServer implements Disposable {
  /** What is presented, in the order of the numbers. */
  readonly nodes: readonly CuseNode[];
  readonly #libc: CuseLibc;
  readonly #served: Set<Served>;
  readonly #waker: number;
  #closed = false;
  #disposed = false;

  /**
   * Makes the nodes.
   *
   * @param host this machine
   * @param core the modelled one
   * @throws `UsageError`, `SyscallError` and `ModelError` where a node cannot be made
   */
  constructor(host: Host, core: FwctlCore, { latency = 0 }: CuseOptions = {}) {
    const devices = core.devices();
    if (devices.length === 0) {
      throw new ModelError("The model has no fwctl device to serve", {
        hint: "fwctl list --model SCENARIO shows what it has.",
      });
    }
    const libc = this.#libc = new CuseLibc();
    this.#served = new Set();
    this.#waker = libc.waker();
    try {
      const shift = firstFree(host, devices);
      let major = 0;
      for (const device of devices) {
        const minor = device.number + shift;
        const name = `fwctl/fwctl${minor}`;
        const cuse = new CuseDevice(
          core,
          device,
          new ProcCallers(host, libc),
          { name, major, minor },
        );
        const channel = new CuseChannel(libc, cuse, latency);
        const node = { model: device.name, path: `/dev/${name}` };
        this.#served.add({ node, channel, unlinked: false });
        major = numberOf(host, node.path);
      }
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
    this.nodes = [...this.#served].map(({ node }) => node);
  }

  /** Answers until {@linkcode CuseServer.close}, or until the kernel has ended all channels. */
  async run(): Promise<void> {
    let spun = 0;
    while (!this.#closed && this.#served.size > 0) {
      let more = false;
      for (const served of this.#served) {
        const turn = served.channel.turn(TURN);
        more ||= turn.more;
        this.#settle(served, turn.ended);
      }
      const fds = [...this.#served].map(({ channel }) => channel.fd);
      // Going to another thread and back costs more than the round itself; but
      // timers and signals have their turn all the same.
      const spin = more && spun++ < SPINS;
      if (spin && this.#libc.poll(fds, NEXT_ROUND) > 0) continue;
      spun = 0;
      if (fds.length > 0) await this.#libc.wait([this.#waker, ...fds]);
    }
  }

  /** Ends `run`. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (!this.#disposed) this.#libc.wake(this.#waker);
  }

  /** Takes the nodes away. */
  [Symbol.dispose](): void {
    if (this.#disposed) return;
    this.#closed = this.#disposed = true;
    for (const { channel } of this.#served) channel.close();
    this.#served.clear();
    this.#libc.close(this.#waker);
    this.#libc[Symbol.dispose]();
  }

  /** What a fault of the model unplugged is gone for new callers; who has it open keeps it. */
  #settle(served: Served, ended: boolean): void {
    const { channel, node } = served;
    if (!channel.device.registered && !served.unlinked) {
      served.unlinked = true;
      this.#libc.unlink(node.path);
    }
    const orphan = served.unlinked && channel.device.files === 0;
    if (!ended && !orphan) return;
    this.#served.delete(served);
    channel.close();
  }
}

/** How far the numbers must go up for none of them to be taken. */
function firstFree(host: Host, devices: readonly FwctlDevice[]): number {
  const taken = new Set(
    [
      ...entriesOf(host, "/dev/fwctl"),
      ...entriesOf(host, "/sys/class/fwctl"),
      ...entriesOf(host, "/sys/class/cuse").map((name) =>
        name.replace(/^fwctl!/, "")
      ),
    ].flatMap((name) => {
      const number = /^fwctl(\d{1,6})$/.exec(name)?.[1];
      return number === undefined ? [] : [Number(number)];
    }),
  );
  return devices.some(({ number }) => taken.has(number))
    ? Math.max(...taken) + 1
    : 0;
}

/** The major number of a node that has just been made. */
function numberOf(host: Host, path: string): number {
  const kobject = path.slice("/dev/".length).replace("/", "!");
  const said = attribute(host, `/sys/class/cuse/${kobject}/dev`) ?? "";
  const [, major, minor] = /^(\d{1,4}):(\d{1,7})$/.exec(said) ?? [];
  let found = "";
  try {
    const stat = host.stat?.(path);
    found = stat ? `${stat.major}:${stat.minor}` : "";
  } catch {
    // It is not there.
  }
  if (major === undefined || found !== `${major}:${minor}`) {
    throw new ModelError(
      `The kernel made a device of CUSE, but ${path} is not its node`,
      {
        hint: found === ""
          ? "/dev must be a devtmpfs: in a container it is not."
          : "Another driver has made a node of that name; unload it, or serve again.",
      },
    );
  }
  return Number(major);
}
