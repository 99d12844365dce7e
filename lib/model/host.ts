/**
 * ModelHost: a machine in this process, behind the same interface as a real one.
 *
 * @module
 */
import type { Bytes } from "../bytes.ts";
import type { DeviceNode, FileStat, Host, UserPointer } from "../host/host.ts";
import { pathError } from "../host/failure.ts";
import type { PlainData, PlainObject } from "../plain.ts";
import { ERRNO } from "../uapi/errno.ts";
import { FwctlCore } from "./core.ts";
import { ModelMemory } from "./memory.ts";
import {
  makePart,
  type ModelledDriver,
  type Part,
  restoreParts,
  saveParts,
} from "./parts.ts";
import { ModelProcess } from "./process.ts";
import type { Scenario, ScenarioNode } from "./scenario.ts";
import { mayOpen, statOf } from "./stat.ts";
import { Slots } from "./slots.ts";
import { readState, scenarioDigest, writeState } from "./state.ts";
import { machineTree } from "./sysfs.ts";
import { type DirNode, failCall, type TreeNode, walk } from "./sysfs_tree.ts";

export type { ModelledDriver } from "./parts.ts";

/** The process that uses the model, in the kernel log and in /proc. */
const PROCESS = { pid: 4242, comm: "deno" };
/** Deno raises its limit to the hard one, which is this where systemd is. */
const MAX_FDS = 524_288;
/** O_RDWR | O_CLOEXEC. */
const OPEN_FLAGS = 0o2000002;
/** Where an ioctl's buffers are mapped: pages apart from each other. */
const FIRST_ADDRESS = 0x7f0000000000n;
const PAGE = 4096;
/** Bytes `readFile` gives unless told otherwise. */
const READ_LIMIT = 1 << 20;

/** The fwctl core of a modelled machine, for what stands in for the kernel before other programs. */
export let modelCore: (host: ModelHost) => FwctlCore;

/** A modelled machine. */
export class ModelHost implements Host {
  static {
    modelCore = (host) => host.#core;
  }

  readonly kind = "model";
  readonly #core: FwctlCore;
  readonly #process: ModelProcess;
  readonly #slots: Slots;
  readonly #parts: readonly Part[];
  readonly #tree: DirNode;
  readonly #digest: string;
  readonly #root: boolean;
  readonly #uid: number;
  readonly #nodes: ReadonlyMap<string, ScenarioNode>;
  readonly #open = new Set<DeviceNode>();

  private constructor(
    scenario: Scenario,
    parts: readonly Part[],
    digest: string,
    core: FwctlCore,
    slots: Slots,
  ) {
    this.#core = core;
    this.#digest = digest;
    this.#parts = parts;
    this.#slots = slots;
    this.#uid = scenario.host.uid;
    this.#root = this.#uid === 0;
    this.#nodes = scenario.host.nodes ?? new Map();
    this.#process = new ModelProcess(core, {
      ...scenario.host,
      mayOpen: (name) => mayOpen(this.#nodes.get(name), this.#uid),
    }, MAX_FDS);
    this.#tree = machineTree({
      host: scenario.host,
      devices: scenario.devices.filter((device) => device.reserved === 0),
      process: PROCESS,
      tainted: () => core.tainted,
      fwctlNumbers: () => slots.numbers(),
      fwctlFunction: (number) => slots.at(number),
      fwctlNumber: (key) => slots.number(key),
      auxiliaryIndex: (key) => slots.auxiliary(key),
    });
  }

  /**
   * Boots a scenario, or goes on from a saved state of it.
   *
   * @throws `ModelError` for a driver that is not known, a wrong firmware part,
   *   or a state that does not fit
   */
  static async create(
    scenario: Scenario,
    drivers: readonly ModelledDriver[],
    state?: PlainData,
  ): Promise<ModelHost> {
    const digest = await scenarioDigest(scenario);
    const saved = state === undefined ? undefined : readState(state, digest);
    const core = new FwctlCore({
      ...PROCESS,
      tainted: saved?.tainted ?? scenario.host.tainted,
    });
    core.log.push(...saved?.log ?? []);
    // Faults may unplug before `slots` exists only if a firmware ran in create.
    const later: { slots?: Slots } = {};
    const unplug = (key: string): void => void later.slots?.unplug(key);
    const parts: Part[] = [];
    for (const spec of scenario.devices) {
      parts.push(
        await makePart(spec, drivers, scenario.host.kernel, unplug),
      );
    }
    restoreParts(parts, saved?.devices ?? {});
    const slots = new Slots(core, parts);
    later.slots = slots;
    if (saved) slots.resume(saved.fwctl);
    else slots.boot();
    for (const part of parts) part.booted();
    return new ModelHost(scenario, parts, digest, core, slots);
  }

  /** Lines of the kernel log since boot. */
  get log(): readonly string[] {
    return this.#core.log;
  }

  /** /proc/sys/kernel/tainted. */
  get tainted(): number {
    return this.#core.tainted;
  }

  open(path: string): DeviceNode {
    const node = this.#walk(path, "open", true);
    if (node.kind === "dir") failCall("open", path, "EISDIR");
    if (node.kind === "char" && node.busy) failCall("open", path, "EBUSY");
    if (node.kind === "char" && node.fwctl !== "") {
      const refused = this.#nodes.get(node.fwctl)?.open ?? "";
      if (refused !== "") throw pathError("open", path, ERRNO[refused]);
      const fd = this.#process.open(node.fwctl, OPEN_FLAGS);
      if (fd < 0) throw pathError("open", path, -fd);
      return this.#node(path, fd);
    }
    if (!this.#root && node.kind === "char") failCall("open", path, "EACCES");
    return this.#node(path, undefined);
  }

  readFile(path: string, limit: number = READ_LIMIT): Bytes {
    const node = this.#walk(path, "open", true);
    if (node.kind === "dir") failCall("read", path, "EISDIR");
    if (node.kind !== "file") failCall("read", path, "EINVAL");
    const bytes = new TextEncoder().encode(node.read());
    return bytes.length > limit ? bytes.slice(0, Math.max(0, limit)) : bytes;
  }

  list(path: string): string[] {
    const node = this.#walk(path, "open", true);
    if (node.kind !== "dir") failCall("open", path, "ENOTDIR");
    if (node.rootOnly && !this.#root) failCall("open", path, "EACCES");
    return [...node.names()].sort();
  }

  readLink(path: string): string {
    const node = this.#walk(path, "readlink", false);
    if (node.kind !== "link") failCall("readlink", path, "EINVAL");
    return node.target;
  }

  exists(path: string): boolean {
    try {
      this.#walk(path, "stat", true);
      return true;
    } catch {
      return false;
    }
  }

  stat(path: string): FileStat {
    return statOf(this.#walk(path, "stat", true), this.#nodes);
  }

  kernelLog(): string[] {
    return [...this.#core.log];
  }

  /**
   * Takes a function's fwctl device away, as unbinding its driver does; calls
   * in flight end first.
   *
   * @param key PCI address of the function, or name of the memory device
   * @returns false when it has none at the moment
   * @throws `ModelError` when it cannot have one
   */
  unplug(key: string): boolean {
    return this.#slots.unplug(key);
  }

  /** Gives a function's fwctl device back; as {@linkcode ModelHost.unplug}. */
  plug(key: string): boolean {
    return this.#slots.plug(key);
  }

  /** What differs from the scenario, for another process to go on from. */
  save(): PlainObject {
    return writeState({
      tainted: this.#core.tainted,
      log: this.#core.log,
      fwctl: this.#slots.save(),
      devices: saveParts(this.#parts),
    }, this.#digest);
  }

  /** Closes what is still open. */
  [Symbol.dispose](): void {
    for (const node of [...this.#open]) node.close();
  }

  #walk(path: string, call: string, follow: boolean): TreeNode {
    return walk(this.#tree, path, { follow, call, privileged: this.#root });
  }

  /** A descriptor; without `fd` one of a file that knows no ioctl. */
  #node(path: string, fd: number | undefined): DeviceNode {
    let open = true;
    const close = (): void => {
      if (!open) return;
      open = false;
      this.#open.delete(node);
      if (fd !== undefined) this.#process.close(fd);
    };
    const node: DeviceNode = {
      path,
      ioctl: (cmd, arg, pointers) => {
        if (!open) return -ERRNO.EBADF;
        if (fd === undefined) return -ERRNO.ENOTTY;
        return this.#ioctl(fd, cmd, arg, pointers);
      },
      close,
      [Symbol.dispose]: close,
    };
    this.#open.add(node);
    return node;
  }

  #ioctl(
    fd: number,
    cmd: number,
    arg: Bytes,
    pointers: readonly UserPointer[],
  ): number {
    const memory = new ModelMemory();
    const addresses = new Map<Bytes, bigint>();
    let next = FIRST_ADDRESS;
    const map = (bytes: Bytes): bigint => {
      const known = addresses.get(bytes);
      if (known !== undefined) return known;
      const address = next;
      addresses.set(bytes, address);
      if (bytes.length > 0) memory.map({ address, bytes });
      // A page between two buffers stays unmapped: running over is a fault.
      next += BigInt((Math.ceil(bytes.length / PAGE) + 1) * PAGE);
      return address;
    };
    const at = map(arg);
    for (const { holder, at: place, target, offset = 0 } of pointers) {
      if (!(place >= 0) || place + 8 > holder.length) return -ERRNO.EFAULT;
      new DataView(holder.buffer, holder.byteOffset, holder.length)
        .setBigUint64(place, map(target) + BigInt(offset), true);
    }
    return this.#process.ioctl(fd, cmd, at, memory);
  }
}
