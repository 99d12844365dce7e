/**
 * What is measured on the real drivers.
 *
 * @module
 */

/** One call that is made over and over, in three languages. */
export interface Call {
  readonly name: string;
  /** An opcode of mlx5, or `info`. */
  readonly opcode: string;
  /** Room for the answer. */
  readonly capacity: number;
  /** Whether its limits are held; what costs nothing in C is told only. */
  readonly held: boolean;
}

/** Calls of one run: short, so that some run has the processor to itself. */
export const COUNT = 500;
/** Runs of one process. */
export const RUNS = 100;

/** The calls; the driver passes both opcodes at scope 0. */
export const CALLS: readonly Call[] = [
  { name: "FWCTL_INFO", opcode: "info", capacity: 0, held: false },
  {
    name: "FWCTL_RPC, 16 bytes answered",
    opcode: "0x101",
    capacity: 16,
    held: true,
  },
  {
    name: "FWCTL_RPC, 4 KiB answered",
    opcode: "0x100",
    capacity: 4096,
    held: true,
  },
];

/** A program whose start is measured. */
export interface Start {
  readonly name: string;
  readonly words: readonly string[];
  /** How it ends; 0 without. */
  readonly exit?: number;
}

/** The first is held against the others. */
export const STARTS: readonly Start[] = [
  {
    name: "fwctl list",
    words: [
      ...["deno", "run", "--no-check", "--unstable-worker-options"],
      ...["--allow-ffi", "--allow-read", "lib/cli/main.ts", "list"],
    ],
  },
  { name: "an empty script", words: ["deno", "eval", ""] },
  { name: "python3, nothing", words: ["python3", "-c", ""] },
  {
    name: "mstreg, one register",
    words: [
      ...["mstreg", "-d", "fwctl0", "--reg_id", "0x9020"],
      ...["--reg_len", "0x20", "-g"],
    ],
  },
  // It wants a PCI driver's links in sysfs and ends, but has started by then.
  { name: "mstfwctrl", words: ["mstfwctrl", "fwctl0"], exit: 255 },
];

/** What the machine says: nanoseconds of a call, milliseconds of a start. */
export interface Measured {
  readonly calls: Record<string, Record<string, number[]>>;
  readonly starts: Record<string, number[]>;
}
