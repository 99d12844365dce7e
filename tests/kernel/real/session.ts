/**
 * One case on the real kernel: every kind of step is performed, and what came of
 * it is told with the recordings' field names. The sister of
 * tests/oracle/session.ts, which does the same on the model.
 *
 * @module
 */
import { fromHex, toHex } from "../../../lib/bytes.ts";
import { ERRNO } from "../../../lib/uapi/errno.ts";
import { FWCTL_INFO, fwctl_info, FWCTL_RPC } from "../../../lib/uapi/fwctl.ts";
import {
  type Outcome,
  rawIoctl,
  recordedIoctl,
  rpcStruct,
} from "../../oracle/call.ts";
import { SLOW_NOP } from "../../oracle/session.ts";
import { Step } from "../../oracle/recording.ts";
import type { RealDevice } from "./devices.ts";
import { type RealMachine, type Result, value } from "./machine.ts";

export { NotHere, RealMachine, type Result } from "./machine.ts";

const MAP_SHARED = 1;
const PROT_READ = 1;
const PAGE = 4096;

/** Performs the steps of one case. */
export class RealSession implements Disposable {
  readonly #machine: RealMachine;
  readonly #device: RealDevice;
  /** Real descriptors by the case's own index; a negated errno where opening failed. */
  readonly #fds = new Map<number, number>();
  /** All that are open, also those whose index was given to another. */
  readonly #open = new Set<number>();
  #nameBefore: string | undefined;
  #inFlight: Promise<Result> | undefined;

  /** `device` is the one the case is about. */
  constructor(machine: RealMachine, device: RealDevice) {
    this.#machine = machine;
    this.#device = device;
  }

  /**
   * One step. `next` must be given where the next one may be `in-flight`, whose
   * own result {@linkcode RealSession.inFlight} gives.
   *
   * @throws {NotHere} where the machine lacks what the step is about
   * @throws {TypeError} on a malformed step
   */
  perform(step: Step, next?: Step): Result {
    const { libc, devices } = this.#machine;
    switch (step.op) {
      case "open":
        return this.#openNode(step);
      case "close": {
        const fd = this.#fd(step);
        this.#open.delete(fd);
        this.#fds.delete(step.number("fd"));
        return value(libc.close(fd));
      }
      case "dup": {
        const fd = libc.dup(this.#fd(step));
        return this.#opened(step.number("to"), fd);
      }
      case "info":
      case "rpc":
        return outcome(this.#ioctl(step, recordedIoctl));
      case "raw":
        return outcome(this.#ioctl(step, rawIoctl));
      case "read0":
        return value(libc.read(this.#fd(step), new Uint8Array(1)));
      case "write0":
        return value(libc.write(this.#fd(step), new Uint8Array(1)));
      case "lseek0":
        return value(libc.rewind(this.#fd(step)));
      case "mmap0":
        return value(
          libc.mmap(0n, PAGE, PROT_READ, MAP_SHARED, this.#fd(step)),
        );
      case "taint":
        return this.#machine.taint();
      case "read":
        return this.#machine.readFile(step.text("path"));
      case "write":
        return this.#write(step, next);
      case "exists":
        return { exists: devices.bound(this.#device) !== undefined };
      case "devices":
        return { text: this.#machine.otherThanCxl() };
      case "after-bind":
        return {
          devices: devices.all().length,
          sameName: devices.bound(this.#device) === this.#nameBefore,
        };
      case "run":
        return this.#machine.run(step.texts("argv"));
      default:
        throw new TypeError(`nothing is known of "${step.op}"`);
    }
  }

  /** What came of the call in flight while its device went. */
  async inFlight(): Promise<Result> {
    const result = await this.#inFlight;
    if (!result) throw new TypeError("no call is in flight");
    this.#inFlight = undefined;
    return result;
  }

  /** Closes what the case left open. */
  [Symbol.dispose](): void {
    for (const fd of this.#open) this.#machine.libc.close(fd);
    this.#open.clear();
    this.#fds.clear();
  }

  #fd(step: Step): number {
    const fd = this.#fds.get(step.has("fd") ? step.number("fd") : 0) ?? -1;
    return Math.max(fd, -1);
  }

  #ioctl(
    step: Step,
    call: typeof recordedIoctl | typeof rawIoctl,
  ): Outcome {
    const fd = this.#fd(step);
    const { libc, memory } = this.#machine;
    return call(memory, step, (cmd, arg) => libc.ioctl(fd, cmd, arg));
  }

  #openNode(step: Step): Result {
    const path = step.text("path", "");
    const target = path === ""
      ? this.#machine.devices.node(this.#device)
      : path.replace(/\/fd\/(\w+)$/, () => `/fd/${this.#behind(step)}`);
    const fd = this.#machine.libc.open(target, step.number("flags"));
    return this.#opened(step.number("fd"), fd);
  }

  /** A descriptor, or the negated errno, under the case's own index. */
  #opened(index: number, fd: number): Result {
    this.#fds.set(index, fd);
    if (fd >= 0) this.#open.add(fd);
    return value(Math.min(fd, 0));
  }

  /** As the model's session: the recordings do not say which descriptor it was. */
  #behind(step: Step): number {
    if (step.has("behind")) {
      return this.#fds.get(step.number("behind")) ?? -1;
    }
    const open = [...this.#fds.values()].filter((fd) => fd >= 0);
    const gone = step.value("errno") === ERRNO.ENODEV;
    const fitting = open.find((fd) => this.#unplugged(fd) === gone);
    return fitting ?? open[0] ?? 0;
  }

  #unplugged(fd: number): boolean {
    const { libc, memory } = this.#machine;
    const at = memory.address("data");
    const size = new Uint8Array(fwctl_info.sizeof);
    size[0] = size.length;
    memory.prepare(at, size, size.length, 0);
    return libc.ioctl(fd, FWCTL_INFO, at) === -ERRNO.ENODEV;
  }

  #write(step: Step, next: Step | undefined): Result {
    const { devices } = this.#machine;
    const path = step.text("path");
    const text = step.text("text");
    const bind = /\/drivers\/[^/]+\/(un)?bind$/.exec(path);
    if (!bind) {
      return { error: this.#machine.writeFile(path, text, this.#device) };
    }
    if (bind[1] !== undefined) this.#nameBefore = devices.bound(this.#device);
    if (next?.op === "in-flight") {
      return { error: this.#writeDuringCall(path, text) };
    }
    const error = this.#machine.writeFile(path, text, this.#device);
    devices.changed();
    return { error };
  }

  /** A slow command is started on another thread, then the device is taken away. */
  #writeDuringCall(path: string, text: string): string {
    const { libc, memory, devices } = this.#machine;
    const fd = this.#fds.get(0) ?? -1;
    const [at, inAt, outAt] = ["struct", "in", "out"]
      .map((name) => memory.address(name));
    if (at === undefined || inAt === undefined || outAt === undefined) {
      throw new TypeError("the regions have other names");
    }
    const request = fromHex(SLOW_NOP);
    memory.prepare(inAt, request, request.length, 0);
    memory.prepare(outAt, new Uint8Array(), 32, 0xaa);
    const struct = rpcStruct(
      new Step({ size: 32, scope: 1, in_len: 16, out_len: 32 }),
      inAt,
      outAt,
    );
    memory.prepare(at, struct, struct.length, 0);
    const out = memory.window(outAt, 32).bytes;
    const call = libc.slowIoctl(fd, FWCTL_RPC, at);
    // Until it is in the driver: nothing shows that, so some of its half second.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
    const error = this.#machine.writeFile(path, text, this.#device);
    const waited = out[0] !== 0xaa;
    devices.changed();
    this.#inFlight = call.then((ret) => ({
      ret,
      unbindWaitedForTheCall: waited,
      out: toHex(out),
    }));
    return error;
  }
}

function outcome({ ret, changes }: Outcome): Result {
  return { ...value(ret), ...changes };
}
