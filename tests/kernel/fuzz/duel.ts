/**
 * One case on two sides, step by step, until they differ.
 *
 * Compared are the call's value or errno, and every byte of user memory that a
 * recording would watch. Where a copy faults, how far it got is the processor's
 * business: the ends of the regions are made equal then.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { toHex } from "../../../lib/bytes.ts";
import { ERRNO } from "../../../lib/uapi/errno.ts";
import {
  type PreparedIoctl,
  prepareIoctl,
  rawIoctl,
} from "../../oracle/call.ts";
import { REGIONS } from "../../oracle/lab_memory.ts";
import { Step } from "../../oracle/recording.ts";
import { type Fields, type FuzzCase, restored } from "./case.ts";
import type { Side } from "./side.ts";

/** Where two sides part. */
export interface Difference {
  /** Index of the step. */
  readonly index: number;
  /** `ret`, `name`, or a place such as `out+8`. */
  readonly field: string;
  /** What the first side has, the kernel: a value, a negated errno, or hex. */
  readonly real: string | number;
  /** What the second has. */
  readonly model: string | number;
}

/** What became of a case. */
export interface Verdict {
  /** Steps performed, the one that differs included. */
  readonly steps: number;
  /** Where they part, or nothing. */
  readonly difference: Difference | undefined;
}

/** Called with each step and the call's value or negated errno. */
export type Watch = (fields: Fields, ret: number) => void;

const EFAULT = -ERRNO.EFAULT;
/** A page: how much of a region's end a copy may have reached before it failed. */
const TAIL = 4096;
/** Bytes that an ioctl of the file layer may write. */
const RAW_WRITTEN = 64;
/** Bytes of a difference that are shown. */
const SHOWN = 64;

/** Two machines that began alike and are kept alike. */
export class Duel {
  readonly #real: Side;
  readonly #model: Side;
  readonly #fds = new Map<number, readonly [number, number]>();
  /** Parsed once a step, also when a case is run again and again. */
  readonly #parsed = new WeakMap<Fields, Step>();

  /** The kernel, or what takes its place, first. */
  constructor(real: Side, model: Side) {
    this.#real = real;
    this.#model = model;
  }

  /** Runs a case until its end or a difference. What it opened is closed. */
  run(fuzzCase: FuzzCase, watch?: Watch): Verdict {
    const [real, model] = [this.#real, this.#model];
    real.begin(fuzzCase);
    model.begin(fuzzCase);
    const name = model.name();
    let steps = 0;
    let difference: Difference | undefined;
    for (const fields of fuzzCase.steps) {
      difference = this.#step(steps++, fields, watch);
      if (difference) break;
    }
    this.#fds.clear();
    real.end();
    model.end();
    difference ??= this.#after(fuzzCase, name);
    if (difference) this.#sameMemory();
    return { steps, difference };
  }

  /** Nothing may have been written where nobody looked; the case's device has to be there again. */
  #after(
    { steps }: FuzzCase,
    name: string | undefined,
  ): Difference | undefined {
    const index = steps.length - 1;
    for (const [path, text] of restored(steps, name, this.#model.name())) {
      this.#real.write(path, text);
      this.#model.write(path, text);
    }
    return this.#names(index);
  }

  /** The first byte of all regions that differs; makes it equal. Costs more than a step. */
  strayByte(): string | undefined {
    for (const [name, , length] of REGIONS) {
      const [mine, theirs] = this.#windows(name, length);
      if (Buffer.compare(mine, theirs) === 0) continue;
      const at = mine.findIndex((byte, i) => byte !== theirs[i]);
      this.#sameMemory();
      return `${name}+${at}`;
    }
    return undefined;
  }

  #windows(name: string, length: number): readonly [Uint8Array, Uint8Array] {
    const [mine, theirs] = [this.#real, this.#model].map(({ memory }) =>
      memory.window(memory.address(name), length).bytes
    );
    return [mine ?? new Uint8Array(), theirs ?? new Uint8Array()];
  }

  #sameMemory(): void {
    for (const [name, , length] of REGIONS) {
      const [mine, theirs] = this.#windows(name, length);
      theirs.set(mine);
    }
  }

  #sameTails(): void {
    for (const [name] of REGIONS) {
      const [mine, theirs] = this.#windows(`${name}-${TAIL}`, TAIL);
      theirs.set(mine);
    }
  }

  #step(
    index: number,
    fields: Fields,
    watch: Watch | undefined,
  ): Difference | undefined {
    let step = this.#parsed.get(fields);
    if (!step) this.#parsed.set(fields, step = new Step(fields));
    const ioctl = step.op === "info" || step.op === "rpc"
      ? this.#ioctl(step)
      : undefined;
    const [real, model] = ioctl?.rets ?? this.#call(step);
    watch?.(fields, real);
    if (real !== model) return { index, field: "ret", real, model };
    if (ioctl) return changed(index, ioctl);
    return step.op === "write" ? this.#names(index) : undefined;
  }

  #names(index: number): Difference | undefined {
    const real = this.#real.name() ?? "";
    const model = this.#model.name() ?? "";
    return real === model ? undefined : { index, field: "name", real, model };
  }

  /** Everything but the two ioctls. */
  #call(step: Step): readonly [number, number] {
    const [r, m] = [this.#real, this.#model];
    const [fd, fdm] = this.#fd(step);
    switch (step.op) {
      case "open": {
        const flags = step.number("flags");
        return this.#opened(step.number("fd"), r.open(flags), m.open(flags));
      }
      case "dup":
        return this.#opened(step.number("to"), r.dup(fd), m.dup(fdm));
      case "close":
        this.#fds.delete(step.number("fd"));
        return [r.close(fd), m.close(fdm)];
      case "read0":
        return [r.read0(fd), m.read0(fdm)];
      case "write0":
        return [r.write0(fd), m.write0(fdm)];
      case "lseek0":
        return [r.lseek0(fd), m.lseek0(fdm)];
      case "mmap0":
        return [r.mmap0(fd), m.mmap0(fdm)];
      case "write": {
        const [path, text] = [step.text("path"), step.text("text")];
        return [r.write(path, text), m.write(path, text)];
      }
      case "raw":
        return this.#raw(step, fd, fdm);
      default:
        throw new TypeError(`nothing is known of "${step.op}"`);
    }
  }

  /** A descriptor that is not open, or failed to, is none. */
  #fd(step: Step): readonly [number, number] {
    const index = step.has("fd") ? step.number("fd") : 0;
    return this.#fds.get(index) ?? [-1, -1];
  }

  #opened(
    index: number,
    real: number,
    model: number,
  ): readonly [number, number] {
    this.#fds.set(index, [Math.max(real, -1), Math.max(model, -1)]);
    return [Math.min(real, 0), Math.min(model, 0)];
  }

  #raw(step: Step, fd: number, fdm: number): readonly [number, number] {
    const [real, model] = [
      rawIoctl(
        this.#real.memory,
        step,
        (cmd, arg) => this.#real.ioctl(fd, cmd, arg),
      ),
      rawIoctl(
        this.#model.memory,
        step,
        (cmd, arg) => this.#model.ioctl(fdm, cmd, arg),
      ),
    ];
    // A recording does not watch these, and some write what differs by boot.
    const at = this.#real.memory.address(step.pointer("arg"));
    const written = this.#model.memory.window(at, RAW_WRITTEN).bytes;
    written.set(this.#real.memory.window(at, RAW_WRITTEN).bytes);
    if (real.ret === EFAULT) this.#sameTails();
    return [real.ret, model.ret];
  }

  #ioctl(step: Step): Ioctls {
    const [fd, fdm] = this.#fd(step);
    const mine = prepareIoctl(this.#real.memory, step);
    const theirs = prepareIoctl(this.#model.memory, step);
    const real = this.#real.ioctl(fd, mine.cmd, mine.arg);
    const model = this.#model.ioctl(fdm, theirs.cmd, theirs.arg);
    if (real === EFAULT) this.#sameTails();
    return { rets: [real, model], mine, theirs };
  }
}

/** Both ioctls of a step, done. */
interface Ioctls {
  readonly rets: readonly [number, number];
  readonly mine: PreparedIoctl;
  readonly theirs: PreparedIoctl;
}

/** The first watched byte that differs. */
function changed(
  index: number,
  { mine, theirs }: Ioctls,
): Difference | undefined {
  for (const [i, [field, { bytes }]] of mine.watched.entries()) {
    const other = theirs.watched[i]?.[1].bytes ?? new Uint8Array();
    if (Buffer.compare(bytes, other) === 0) continue;
    const at = bytes.findIndex((byte, j) => byte !== other[j]);
    const show = (from: Uint8Array) => toHex(from.subarray(at, at + SHOWN));
    return {
      index,
      field: `${field}+${at}`,
      real: show(bytes),
      model: show(other),
    };
  }
  return undefined;
}
