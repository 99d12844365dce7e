/**
 * What /proc/sys/kernel/tainted says, letter by letter: the table of
 * Documentation/admin-guide/tainted-kernels.rst.
 *
 * @module
 */

/** One bit that is set. */
export interface TaintBit {
  /** Its number. */
  readonly bit: number;
  /** As the kernel's oops messages show it. */
  readonly letter: string;
  /** What it stands for. */
  readonly meaning: string;
}

/** By bit. */
const LETTERS: readonly (readonly [letter: string, meaning: string])[] = [
  ["P", "a proprietary module was loaded"],
  ["F", "a module was loaded by force"],
  ["S", "the kernel runs on a system that is out of specification"],
  ["R", "a module was unloaded by force"],
  ["M", "a processor reported a machine check exception"],
  ["B", "a bad page was found, or page flags were unexpected"],
  ["U", "a user asked for the taint"],
  ["D", "the kernel died once: an oops or a bug"],
  ["A", "a user overrode an ACPI table"],
  ["W", "the kernel issued a warning"],
  ["C", "a staging driver was loaded"],
  ["I", "the kernel works around a bug of the platform's firmware"],
  ["O", "a module built out of the tree was loaded"],
  ["E", "a module without signature was loaded"],
  ["L", "a soft lockup happened"],
  ["K", "the kernel was patched live"],
  ["X", "a taint the distribution defines"],
  ["T", "the kernel was built with randomized structures"],
  ["N", "an in-kernel test was run"],
  ["J", "fwctl sent a request that may change what is under debugging"],
];

/** The bits that are set, in order; one without a name is a `?`. */
export function taintBits(tainted: bigint): TaintBit[] {
  const found: TaintBit[] = [];
  for (let bit = 0; bit < 64; bit++) {
    if ((tainted >> BigInt(bit) & 1n) === 0n) continue;
    const [letter, meaning] = LETTERS[bit] ?? ["?", "not known to this tool"];
    found.push({ bit, letter, meaning });
  }
  return found;
}
