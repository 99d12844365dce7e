/**
 * One case on the lab: its descriptors, and every kind of step held against
 * what the kernel answered.
 *
 * @module
 */
import { toHex } from "../../lib/bytes.ts";
import { ModelProcess } from "../../lib/model/process.ts";
import { ERRNO } from "../../lib/uapi/errno.ts";
import { TAINT_FWCTL } from "../../lib/uapi/fwctl.ts";
import { type Outcome, rawIoctl, recordedIoctl } from "./call.ts";
import type { Lab, LabDevice, LabOptions } from "./lab.ts";
import type { LabMemory } from "./lab_memory.ts";
import { type Case, reason, type Step } from "./recording.ts";

/** A field that came out otherwise than recorded. */
export interface Difference {
  readonly field: string;
  readonly recorded: unknown;
  readonly model: unknown;
}

/** NOP with op_mod 0xfc32, which takes the firmware half a second: the call in flight. */
export const SLOW_NOP = "080d00000000fc320000000000000000";

/** Replays one case. */
export class Session {
  readonly #lab: Lab;
  readonly #memory: LabMemory;
  readonly #case: Case;
  readonly #device: LabDevice;
  readonly #process: ModelProcess;
  /** The process's descriptors by the case's own index; EBADF where opening failed. */
  readonly #fds = new Map<number, number>();
  /** Name of the device when it was unbound last. */
  #nameBefore: string | undefined;
  /** What the call in flight during the last unbind came to. */
  #inFlight: Record<string, unknown> | undefined;

  /** `device` is the one the case is about. */
  constructor(
    lab: Lab,
    memory: LabMemory,
    recorded: Case,
    device: LabDevice,
    options: LabOptions,
  ) {
    this.#lab = lab;
    this.#memory = memory;
    this.#case = recorded;
    this.#device = device;
    const credentials = {
      capSysRawio: !options.nocap && !options.nobody,
      uid: options.nobody ? 1000 : 0,
    };
    this.#process = options.process?.(lab.core, credentials) ??
      new ModelProcess(lab.core, credentials);
  }

  /** Differences of one step; none when the model answered as the kernel did. */
  step(index: number): Difference[] {
    const step = this.#case.steps[index];
    if (!step) return [];
    try {
      return this.#replay(step, this.#case.steps[index + 1]);
    } catch (error) {
      return [{ field: "step", recorded: step.op, model: reason(error) }];
    }
  }

  /** Closes what the case left open. */
  end(): void {
    this.#process.exit();
  }

  #replay(step: Step, next: Step | undefined): Difference[] {
    switch (step.op) {
      case "open":
        return this.#open(step);
      case "close": {
        const index = step.number("fd");
        const ret = this.#process.close(this.#fd(step));
        this.#fds.delete(index);
        return compareRet(step, ret);
      }
      case "dup": {
        const ret = this.#process.dup(this.#fd(step));
        this.#fds.set(step.number("to"), ret);
        return step.has("ret") ? compareRet(step, Math.min(ret, 0)) : [];
      }
      case "info":
      case "rpc":
        return compareOutcome(step, this.#ioctl(step, recordedIoctl));
      case "raw":
        return compareOutcome(step, this.#ioctl(step, rawIoctl));
      case "read0":
        return compareRet(step, this.#process.read(this.#fd(step)));
      case "write0":
        return compareRet(step, this.#process.write(this.#fd(step)));
      case "lseek0":
        return compareRet(step, this.#process.lseek(this.#fd(step)));
      case "mmap0":
        return compareRet(step, this.#process.mmap(this.#fd(step)));
      case "taint":
        return this.#taint(step);
      case "read":
        return compare("text", step, this.#lab.readFile(step.text("path")));
      case "write":
        return this.#write(step, next);
      case "exists":
        return compare("exists", step, this.#device.bound !== undefined);
      case "devices":
        return compare("text", step, this.#lab.deviceNames());
      case "after-bind":
        return [
          ...compare("devices", step, this.#lab.core.devices().length),
          ...compare(
            "sameName",
            step,
            this.#device.bound?.name === this.#nameBefore,
          ),
        ];
      case "in-flight":
        return ["ret", "unbindWaitedForTheCall", "out"]
          .flatMap((name) => compare(name, step, this.#inFlight?.[name]));
      case "run": {
        const result = this.#lab.run(step.texts("argv"));
        return [
          ...compare("code", step, result?.code),
          ...compareUsers(step, result?.stderr),
        ];
      }
      default:
        throw new TypeError(`nothing is known of "${step.op}"`);
    }
  }

  /** The process's descriptor; the case's first where the step names none. */
  #fd(step: Step): number {
    const index = step.has("fd") ? step.number("fd") : 0;
    return this.#fds.get(index) ?? -ERRNO.EBADF;
  }

  #ioctl(
    step: Step,
    call: typeof recordedIoctl | typeof rawIoctl,
  ): Outcome {
    const fd = this.#fd(step);
    return call(
      this.#memory,
      step,
      (cmd, arg) => this.#process.ioctl(fd, cmd, arg, this.#memory),
    );
  }

  #open(step: Step): Difference[] {
    const path = step.text("path", "");
    const target = path === ""
      ? this.#device.bound ?? "unbound"
      : path.replace(/\/fd\/(\w+)$/, () => `/fd/${this.#behind(step)}`);
    const ret = this.#process.open(target, step.number("flags"));
    this.#fds.set(step.number("fd"), ret);
    return compareRet(step, Math.min(ret, 0));
  }

  /**
   * The descriptor behind `/proc/self/fd/N`. The recorder writes N for its
   * number, so it is not known which, unless `behind` has the case's index: when
   * the kernel said ENODEV it was one whose device is gone, else one whose device
   * is there.
   */
  #behind(step: Step): number {
    if (step.has("behind")) {
      return this.#fds.get(step.number("behind")) ?? -ERRNO.EBADF;
    }
    const open = [...this.#fds.values()].filter((fd) => fd >= 0);
    const gone = step.number("errno") === ERRNO.ENODEV;
    const fitting = open.find((fd) => this.#unplugged(fd) === gone);
    return fitting ?? open[0] ?? 0;
  }

  /** Whether a descriptor's device is gone: an ioctl with good arguments says so. */
  #unplugged(fd: number): boolean {
    const at = this.#memory.address("data");
    const size = new Uint8Array(24);
    size[0] = size.length;
    this.#memory.prepare(at, size, size.length, 0);
    return this.#process.ioctl(fd, 0x9a00, at, this.#memory) === -ERRNO.ENODEV;
  }

  #taint(step: Step): Difference[] {
    const { tainted, log } = this.#lab.core;
    const warnings = log
      .filter((line) => line.includes("full access"))
      .map((line) => line.replace(/\(\d+\)/, "(PID)"));
    return [
      ...compare("fwctl", step, tainted >>> TAINT_FWCTL & 1),
      ...compare("tainted", step, tainted),
      ...compare("warnings", step, warnings),
    ];
  }

  #write(step: Step, next: Step | undefined): Difference[] {
    const path = step.text("path");
    const text = step.text("text");
    const target = this.#lab.bindTarget(path, text);
    if (!target) {
      const ret = this.#lab.writeFile(path, text);
      if (ret === undefined) throw new TypeError("the lab has no such file");
      return compareError(step, ret);
    }
    const { device, bind } = target;
    if (bind) {
      const busy = device.bound !== undefined;
      device.bind();
      return compareError(step, busy ? -ERRNO.EBUSY : 0);
    }
    const absent = device.bound === undefined;
    this.#nameBefore = device.bound?.name;
    if (next?.op === "in-flight") this.#unbindDuringCall(device);
    else device.unbind();
    return compareError(step, absent ? -ERRNO.ENODEV : 0);
  }

  /** The recorder starts a slow command first, then unbinds, then waits for both. */
  #unbindDuringCall(device: LabDevice): void {
    const fd = this.#fds.get(0) ?? -ERRNO.EBADF;
    const at = this.#memory.address("struct");
    const struct = new DataView(new ArrayBuffer(32));
    const inAt = this.#memory.address("in");
    const outAt = this.#memory.address("out");
    [32, 1, 16, 32].forEach((x, i) => struct.setUint32(4 * i, x, true));
    struct.setBigUint64(16, inAt, true);
    struct.setBigUint64(24, outAt, true);
    const request = Uint8Array.from(
      SLOW_NOP.match(/../g) ?? [],
      (byte) => Number.parseInt(byte, 16),
    );
    this.#memory.prepare(inAt, request, request.length, 0);
    this.#memory.prepare(outAt, new Uint8Array(), 32, 0xaa);
    this.#memory.prepare(at, new Uint8Array(struct.buffer), 32, 0);

    const registered = device.bound;
    let alive = false;
    device.duringCall = () => {
      device.unbind();
      alive = registered?.ops !== undefined;
    };
    const ret = this.#process.ioctl(fd, 0x9a01, at, this.#memory);
    this.#inFlight = {
      ret,
      unbindWaitedForTheCall: alive && registered?.ops === undefined,
      out: toHex(this.#memory.window(outAt, 32).bytes),
    };
  }
}

function compare(field: string, step: Step, model: unknown): Difference[] {
  const recorded = step.value(field);
  return JSON.stringify(recorded) === JSON.stringify(model)
    ? []
    : [{ field, recorded, model }];
}

function compareRet(step: Step, ret: number): Difference[] {
  return [
    ...compare("ret", step, ret < 0 ? -1 : ret),
    ...compare("errno", step, ret < 0 ? -ret : 0),
  ];
}

function compareOutcome(step: Step, outcome: Outcome): Difference[] {
  const fields = ["struct", "out", "outRest", "out2", "out2Rest"];
  return [
    ...compareRet(step, outcome.ret),
    ...fields.filter((field) => !outcome.unclear.includes(field))
      .flatMap((field) => compare(field, step, outcome.changes[field])),
  ];
}

/** Modules that use another are listed in the order of their loading. */
function compareUsers(step: Step, model: string | undefined): Difference[] {
  const recorded = step.text("stderr", "");
  const sorted = (text = "") => text.split(" ").sort().join(" ");
  return sorted(recorded) === sorted(model)
    ? []
    : [{ field: "stderr", recorded, model }];
}

/** The recorder kept the text of an error, whose wording is not the kernel's: only whether there was one counts. */
function compareError(step: Step, ret: number): Difference[] {
  const recorded = step.value("error");
  return (recorded === "") === (ret === 0)
    ? []
    : [{ field: "error", recorded, model: ret }];
}
