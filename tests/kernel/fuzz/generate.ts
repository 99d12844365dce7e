/**
 * Random cases: a few descriptors of one device, and what a program could do
 * with them, right or wrong.
 *
 * @module
 */
import { OPEN } from "../../../lib/model/vfs.ts";
import { LAB_TYPES } from "../../oracle/lab_types.ts";
import type { Fields, FuzzCase, Type } from "./case.ts";
import type { Random } from "./random.ts";
import { REQUESTS } from "./requests/mod.ts";
import { infoStep, openFlags, rawStep, rpcStep, USUAL_FLAGS } from "./steps.ts";

/** Indices of descriptors in a case. */
const DESCRIPTORS = 4;

/** A random case, the `number`th of its kind. */
export function generate(random: Random, type: Type, number: number): FuzzCase {
  // Binding takes the kernel a hundred times as long as a call.
  const unplug = random.oneIn(12);
  const few = type === "mlx5" && !unplug && random.oneIn(6);
  const place = unplug ? "unplug/" : few ? "mlx5/no-tools-" : `${type}/`;
  const generator = new Generator(random, type, unplug ? plugs(type) : []);
  const steps = generator.steps(random.between(8, 60));
  return {
    type,
    id: `${place}fuzz-${number}`,
    nocap: random.oneIn(8),
    steps,
  };
}

/** Files and texts that take the device of an `unplug/` case away and bring it back. */
function plugs(type: Type): readonly Fields[] {
  const lab = LAB_TYPES[type];
  if (!lab) return [];
  const text = lab.bindName(lab.target("unplug/"));
  return ["unbind", "bind"].map((file) => ({
    op: "write",
    path: `${lab.driverFolder}/${file}`,
    text,
  }));
}

class Generator {
  readonly #random: Random;
  readonly #type: Type;
  /** How it goes and how it comes back, when it does. */
  readonly #plugs: readonly Fields[];
  readonly #open = new Set<number>();
  #bound = true;

  constructor(random: Random, type: Type, plugs: readonly Fields[]) {
    this.#random = random;
    this.#type = type;
    this.#plugs = plugs;
  }

  /** About `count` steps, the first of which opens the device. */
  steps(count: number): Fields[] {
    const steps: Fields[] = [this.#openAt(0, OPEN.O_RDWR)];
    while (steps.length < count) steps.push(this.#step());
    return steps;
  }

  #step(): Fields {
    const random = this.#random;
    if (this.#plugs.length > 0 && random.oneIn(10)) return this.#plug();
    const file = Object.entries(REQUESTS[this.#type].files ?? {})[0];
    if (file && random.oneIn(40)) {
      const [path, texts] = file;
      return { op: "write", path, text: random.pick(texts) };
    }
    const fd = this.#fd();
    switch (random.below(16)) {
      case 0:
        return this.#descriptors();
      case 1:
        return { op: random.pick(["read0", "write0", "lseek0", "mmap0"]), fd };
      case 2:
        return random.oneIn(2) ? rawStep(random, fd) : infoStep(random, fd);
      case 3:
        return infoStep(random, fd);
      default:
        return rpcStep(random, fd, REQUESTS[this.#type].make(random));
    }
  }

  /** Mostly one that is open. */
  #fd(): number {
    const open = [...this.#open];
    return open.length > 0 && !this.#random.oneIn(30)
      ? this.#random.pick(open)
      : this.#random.below(DESCRIPTORS);
  }

  #openAt(fd: number, flags: number): Fields {
    this.#open.add(fd);
    return { op: "open", fd, flags };
  }

  #descriptors(): Fields {
    const random = this.#random;
    const free = [...Array(DESCRIPTORS).keys()].filter((fd) =>
      !this.#open.has(fd)
    );
    const to = free[random.below(free.length)];
    if (to === undefined || this.#open.size > 1 && random.oneIn(3)) {
      const fd = this.#fd();
      this.#open.delete(fd);
      return { op: "close", fd };
    }
    if (random.oneIn(3)) {
      const fd = this.#fd();
      this.#open.add(to);
      return { op: "dup", fd, to };
    }
    // One that is known to be open stays the likely one to be used.
    const flags = openFlags(random);
    return flags === USUAL_FLAGS || random.oneIn(3)
      ? this.#openAt(to, flags)
      : { op: "open", fd: to, flags };
  }

  #plug(): Fields {
    // Once in a while what is not there is taken away, or what is there brought.
    const right = !this.#random.oneIn(10);
    const [unbind, bind] = this.#plugs;
    const step = this.#bound === right ? unbind : bind;
    this.#bound = step === bind;
    return step ?? { op: "close", fd: 0 };
  }
}
