/**
 * Cases made of recorded ones: steps left out, doubled and swapped, and their
 * fields changed.
 *
 * @module
 */
import { fromHex, toHex } from "../../../lib/bytes.ts";
import { type Fields, type FuzzCase, RESULTS, type Type } from "./case.ts";
import type { Random } from "./random.ts";
import { REQUESTS } from "./requests/mod.ts";

/** Steps that the fuzzer performs. */
const OPS: ReadonlySet<string> = new Set([
  ...["open", "close", "dup", "info", "rpc", "raw"],
  ...["read0", "write0", "lseek0", "mmap0"],
]);
/** A case longer than this is cut somewhere. */
const MOST_STEPS = 60;

/** Lines of recordings, parsed when they are needed. */
export class Seeds {
  readonly #lines: readonly string[];

  /** Every line is a case of a recording of this kind. */
  constructor(lines: readonly string[]) {
    this.#lines = lines.filter((line) => line.trim() !== "");
  }

  /** Whether there is any. */
  get empty(): boolean {
    return this.#lines.length === 0;
  }

  /** A changed case, or nothing when the recorded one holds no step of ours. */
  mutate(random: Random, type: Type, number: number): FuzzCase | undefined {
    const { caseId, steps } = JSON.parse(random.pick(this.#lines)) as {
      caseId: string;
      steps: readonly Record<string, unknown>[];
    };
    const plain = steps.flatMap(inputs);
    if (plain.length === 0) return undefined;
    const from = random.below(Math.max(1, plain.length - MOST_STEPS));
    const some = plain.slice(from, from + MOST_STEPS);
    // What went before is gone: there must be a descriptor at least.
    if (some[0]?.op !== "open") some.unshift({ op: "open", fd: 0, flags: 2 });
    // Cases about unplugging need its steps; here they are about another device.
    const place = caseId.startsWith("mlx5/no-tools") ? caseId : `${type}/fuzz`;
    return {
      type,
      id: `${place}-seed-${number}`,
      nocap: random.oneIn(8),
      steps: oneDescriptorEach(
        shaken(random, some).map((step) =>
          random.oneIn(3) ? changed(random, type, step) : step
        ),
      ),
    };
  }
}

/** The fields that go in; nothing for a step that is about more than descriptors. */
function inputs(step: Record<string, unknown>): Fields[] {
  if (!OPS.has(String(step.op)) || Object.hasOwn(step, "path")) return [];
  // These name descriptors of the process itself.
  if (step.op === "raw" && (Number(step.cmd) & 0xff00) === 0x9400) return [];
  const fields: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(step)) {
    const plain = typeof value === "string" || typeof value === "number";
    if (plain && !RESULTS.has(name)) fields[name] = value;
  }
  return [fields];
}

function shaken(random: Random, steps: readonly Fields[]): Fields[] {
  return steps.flatMap((step, i) => {
    switch (i === 0 ? 9 : random.below(20)) {
      case 0:
        return [];
      case 1:
        return [step, step];
      case 2:
        return [steps[random.below(steps.length)] ?? step, step];
      default:
        return [step];
    }
  });
}

/** Opening onto an index in use would hide a descriptor: the old one is closed first. */
function oneDescriptorEach(steps: readonly Fields[]): Fields[] {
  const open = new Set<unknown>();
  return steps.flatMap((step) => {
    const to = step.op === "open" ? step.fd : step.op === "dup" ? step.to : "";
    if (step.op === "close") open.delete(step.fd);
    if (typeof to !== "number") return [step];
    if (!open.has(to)) {
      open.add(to);
      return [step];
    }
    return [{ op: "close", fd: to }, step];
  });
}

function changed(random: Random, type: Type, step: Fields): Fields {
  if (step.op !== "rpc") return step;
  switch (random.below(6)) {
    case 0:
      return { ...step, scope: random.below(4) };
    case 1:
      return { ...step, in_len: near(random, Number(step.in_len)) };
    case 2:
      return { ...step, out_len: near(random, Number(step.out_len)) };
    default:
      return { ...step, in: flipped(random, type, String(step.in)) };
  }
}

function near(random: Random, length: number): number {
  return Math.max(0, Math.min(length, 5000) + random.between(-9, 9));
}

/** Some bytes changed: to anything, or to a bit's other value. */
function flipped(random: Random, type: Type, digits: string): string {
  const bytes = fromHex(digits);
  for (let n = random.between(1, 3); n > 0 && bytes.length > 0; n--) {
    const at = random.oneIn(2)
      ? random.below(bytes.length)
      : random.below(Math.min(bytes.length, 32));
    bytes[at] = random.oneIn(2)
      ? random.below(256)
      : (bytes[at] ?? 0) ^ 1 << random.below(8);
  }
  REQUESTS[type].tame?.(bytes);
  return toHex(bytes);
}
