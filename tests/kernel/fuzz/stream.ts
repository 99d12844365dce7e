/**
 * Cases for `executor.c`: what it is to do in the machine, and what the model
 * answered to the same here.
 *
 * A record is a letter and little-endian numbers. User memory is prepared as a
 * recording says, one record for each stretch; of what a call left the hashes
 * are given.
 *
 * @module
 */
import { ERRNO } from "../../../lib/uapi/errno.ts";
import type { Bytes } from "../../../lib/bytes.ts";
import { prepareIoctl, rawIoctl } from "../../oracle/call.ts";
import { type LabMemory, REGIONS } from "../../oracle/lab_memory.ts";
import { Step } from "../../oracle/recording.ts";
import { type FuzzCase, restored } from "./case.ts";
import type { Watch } from "./duel.ts";
import { Records, WrittenMemory } from "./records.ts";
import type { ModelSide } from "./side.ts";

const EFAULT = -ERRNO.EFAULT;
/** As in executor.c: what both make zero, because nobody says what is there. */
const TAIL = 4096;
const RAW_WRITTEN = 64;
/** Result of a write that nobody looks at. */
const ANY = 1;

/** FNV-1a. */
export function hash(bytes: Uint8Array, start = 0x811c9dc5): number {
  let value = start;
  for (let i = 0; i < bytes.length; i++) {
    value = Math.imul(value ^ (bytes[i] ?? 0), 0x01000193);
  }
  return value >>> 0;
}

/** Writes cases, one after the other, as one model answers them. */
export class StreamWriter {
  readonly #records = new Records();
  readonly #memory = new WrittenMemory(this.#records);
  readonly #model: ModelSide;
  readonly #fds = new Map<number, number>();

  /** `side` makes the model's side on the memory it is given. */
  constructor(side: (memory: LabMemory) => ModelSide) {
    this.#model = side(this.#memory);
  }

  /** One case, the `number`th. */
  add(fuzzCase: FuzzCase, number: number, watch?: Watch): void {
    const { nocap, steps } = fuzzCase;
    this.#records.letter("C");
    this.#records.u32(number);
    this.#records.u8(nocap ? 1 : 0);
    this.#model.begin(fuzzCase);
    const name = this.#model.name();
    for (const fields of steps) watch?.(fields, this.#step(new Step(fields)));
    this.#fds.clear();
    this.#records.letter("E");
    this.#model.end();
    for (
      const [path, text] of restored(steps, name, this.#model.name())
    ) this.#write(path, text, true);
  }

  /** All of user memory is to be looked at. */
  look(): void {
    let value: number | undefined;
    for (const [name, , length] of REGIONS) {
      const at = this.#memory.address(name);
      value = hash(this.#memory.window(at, length).bytes, value);
    }
    this.#records.letter("H");
    this.#records.u32(value ?? 0);
  }

  /** What was written since the last time. */
  take(): Bytes {
    return this.#records.take();
  }

  #step(step: Step): number {
    switch (step.op) {
      case "open": {
        const [index, flags] = [step.number("fd"), step.number("flags")];
        const ret = this.#opened(index, this.#model.open(flags));
        this.#head("O", index);
        this.#records.u32(flags);
        this.#records.u32(ret);
        this.#records.text(this.#model.name() ?? "");
        return ret;
      }
      case "dup": {
        const to = step.number("to");
        this.#head("D", this.#index(step));
        const ret = this.#opened(to, this.#model.dup(this.#fd(step)));
        this.#records.u8(to);
        this.#records.u32(ret);
        return ret;
      }
      case "close": {
        const ret = this.#model.close(this.#fd(step));
        this.#fds.delete(this.#index(step));
        return this.#simple("X", step, ret);
      }
      case "read0":
        return this.#simple("r", step, this.#model.read0(this.#fd(step)));
      case "write0":
        return this.#simple("w", step, this.#model.write0(this.#fd(step)));
      case "lseek0":
        return this.#simple("l", step, this.#model.lseek0(this.#fd(step)));
      case "mmap0":
        return this.#simple("m", step, this.#model.mmap0(this.#fd(step)));
      case "write":
        return this.#write(step.text("path"), step.text("text"), false);
      case "raw":
        return this.#raw(step);
      default:
        return this.#ioctl(step);
    }
  }

  #index(step: Step): number {
    return step.has("fd") ? step.number("fd") : 0;
  }

  #fd(step: Step): number {
    return this.#fds.get(this.#index(step)) ?? -1;
  }

  #opened(index: number, fd: number): number {
    this.#fds.set(index, Math.max(fd, -1));
    return Math.min(fd, 0);
  }

  #head(letter: string, index: number): void {
    this.#records.letter(letter);
    this.#records.u8(index);
  }

  #simple(letter: string, step: Step, ret: number): number {
    this.#head(letter, this.#index(step));
    this.#records.u32(ret);
    return ret;
  }

  #write(path: string, text: string, any: boolean): number {
    const ret = this.#model.write(path, text);
    this.#records.letter("S");
    this.#records.u32(any ? ANY : ret);
    this.#records.text(pathOnOurKernel(path));
    this.#records.text(text);
    this.#records.text(this.#model.name() ?? "");
    return ret;
  }

  #call(letter: string, step: Step, cmd: number, arg: bigint): number {
    const ret = this.#model.ioctl(this.#fd(step), cmd, arg);
    this.#head(letter, this.#index(step));
    this.#records.u32(cmd);
    this.#records.u64(BigInt.asUintN(64, arg));
    this.#records.u32(ret);
    if (ret === EFAULT) this.#forgetTails();
    return ret;
  }

  #forgetTails(): void {
    for (const [name] of REGIONS) {
      if (name === "ro") continue;
      const at = this.#memory.address(`${name}-${TAIL}`);
      this.#memory.window(at, TAIL).bytes.fill(0);
    }
  }

  #raw(step: Step): number {
    const { ret } = rawIoctl(this.#memory, step, (cmd, arg) => {
      const ret = this.#call("J", step, cmd, arg);
      this.#memory.window(arg, RAW_WRITTEN).bytes.fill(0);
      return ret;
    });
    this.#records.u8(0);
    return ret;
  }

  #ioctl(step: Step): number {
    const { cmd, arg, watched } = prepareIoctl(this.#memory, step);
    const ret = this.#call("I", step, cmd, arg);
    this.#records.u8(watched.length);
    for (const [, { bytes }] of watched) {
      this.#records.u64(this.#memory.addressOf(bytes));
      this.#records.u32(bytes.length);
      this.#records.u32(hash(bytes));
    }
    return ret;
  }
}

/** The recordings' machine had stand-ins of other names. */
function pathOnOurKernel(path: string): string {
  return path.replace("/module/stub_", "/module/standin_")
    .replace("/drivers/cxl_mock_mem/", "/drivers/standin_cxl/");
}
