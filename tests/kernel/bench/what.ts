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
  /**
   * Ours must not take longer than this times C, under emulation, where a system
   * call is cheap beside the code around it; told only without it. On the
   * processor itself `deno task bench` holds 1.3.
   */
  readonly limit?: number;
}

/** Calls of one run: short, so that some run has the processor to itself. */
export const COUNT = 500;
/** Runs of one process. */
export const RUNS = 100;

/** The calls; the driver passes both opcodes at scope 0. */
export const CALLS: readonly Call[] = [
  { name: "FWCTL_INFO", opcode: "info", capacity: 0 },
  {
    name: "FWCTL_RPC, 16 bytes answered",
    opcode: "0x101",
    capacity: 16,
    limit: 2.2,
  },
  {
    name: "FWCTL_RPC, 4 KiB answered",
    opcode: "0x100",
    capacity: 4096,
    limit: 1.5,
  },
];

/** A program whose start is measured. */
export interface Start {
  readonly name: string;
  readonly words: readonly string[];
  /** How it ends; 0 without. */
  readonly exit?: number;
  /** It is one of the vendor's, and left out where they are not. */
  readonly peer?: true;
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
    peer: true,
    words: [
      ...["mstreg", "-d", "fwctl0", "--reg_id", "0x9020"],
      ...["--reg_len", "0x20", "-g"],
    ],
  },
  // It wants a PCI driver's links in sysfs and ends, but has started by then.
  {
    name: "mstfwctrl",
    peer: true,
    words: ["mstfwctrl", "fwctl0"],
    exit: 255,
  },
];

/** What the machine says: nanoseconds of a call, milliseconds of a start. */
export interface Measured {
  readonly calls: Record<string, Record<string, number[]>>;
  readonly starts: Record<string, number[]>;
}
