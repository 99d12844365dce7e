/**
 * What the way through FFI costs: one raw ioctl of `LinuxHost` against a C loop
 * and against python's fcntl. Each side is a process of its own and opens the
 * same device; they run in turn, and medians are compared.
 *
 * @module
 */
import { type Benchmark, type Figure, median } from "./benchmark.ts";
import { compile, outputOf } from "./native.ts";

/** A cheap ioctl that every Linux has. */
interface Case {
  readonly title: string;
  readonly device: string;
  readonly command: number;
  readonly result: number;
}

// As the fwctl core does: takes a lock, and copies a struct back.
const TCGETS: Case = {
  title: "TCGETS on /dev/ptmx, which succeeds",
  device: "/dev/ptmx",
  command: 0x5401,
  result: 0,
};
// The shortest way into the kernel and back; errno is read. A process with one
// thread only, as in C, is let off the reference count of the file: about 20 ns.
const ENOTTY: Case = {
  title: "FWCTL_RPC on /dev/null, which fails",
  device: "/dev/null",
  command: 0x9a01,
  result: -25,
};

const ROUNDS = 9;
const CALLS = 200_000;

/** A program that prints nanoseconds, its arguments appended. */
type Program = readonly [command: string, ...args: string[]];

function fileHere(name: string): string {
  return new URL(name, import.meta.url).pathname;
}

const OURS: Program = [
  Deno.execPath(),
  "run",
  "--no-check",
  "--allow-ffi",
  fileHere("ioctl_loop.ts"),
];
const PYTHON: Program = ["python3", fileHere("ioctl_loop.py")];

async function timed(
  [command, ...args]: Program,
  of: Case,
): Promise<number | string> {
  const numbers = [of.command, CALLS, of.result].map(String);
  const out = await outputOf(command, [...args, of.device, ...numbers]);
  if ("reason" in out) return out.reason;
  const value = Number(out.text);
  return value > 0 ? value : `${command} printed ${JSON.stringify(out.text)}`;
}

async function compare(
  of: Case,
  name: string,
  theirs: Program,
): Promise<Figure | string> {
  const mine: number[] = [];
  const other: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    for (const [program, values] of [[theirs, other], [OURS, mine]] as const) {
      const value = await timed(program, of);
      if (typeof value === "string") return value;
      values.push(value);
    }
  }
  return {
    value: median(mine) / median(other),
    unit: "×",
    detail: `${median(mine).toFixed(0)} ns here, ${
      median(other).toFixed(0)
    } ns in ${name}`,
  };
}

async function againstC(of: Case): Promise<Figure | string> {
  const directory = await Deno.makeTempDir();
  try {
    const built = await compile("ioctl_loop.c", directory);
    return "reason" in built
      ? built.reason
      : await compare(of, "C", [built.program]);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** The claims. */
export const benchmarks: readonly Benchmark[] = [
  {
    name: `a raw ioctl against a C loop: ${TCGETS.title}`,
    limit: 1.3,
    run: () => againstC(TCGETS),
  },
  {
    name: `a raw ioctl against python's fcntl: ${TCGETS.title}`,
    limit: 1,
    run: () => compare(TCGETS, "python", PYTHON),
  },
  {
    name: `a raw ioctl against python's fcntl: ${ENOTTY.title}`,
    limit: 1,
    run: () => compare(ENOTTY, "python", PYTHON),
  },
];

/** Measured for the record; too near its limit to be promised. */
const FOR_THE_RECORD: Benchmark = {
  name: `a raw ioctl against a C loop: ${ENOTTY.title} (no claim)`,
  limit: Infinity,
  run: () => againstC(ENOTTY),
};

if (import.meta.main) {
  for (const one of [...benchmarks, FOR_THE_RECORD]) {
    // deno-lint-ignore no-console
    console.log(one.name, await one.run());
  }
}
