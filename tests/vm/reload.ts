/**
 * Removes a kernel module when it is there and loads it from a file when one is
 * given, on a machine that has neither rmmod nor insmod:
 *
 *   deno run -A tests/vm/reload.ts NAME [FILE]
 *
 * @module
 */
const [name = "", file = ""] = Deno.args;
const DELETE_MODULE = 176n;
const FINIT_MODULE = 313n;
const O_NONBLOCK = 0o4000n;

const libc = Deno.dlopen("libc.so.6", {
  open: { parameters: ["buffer", "i32"], result: "i32" },
  syscall: { parameters: ["i64", "buffer", "i64"], result: "i64" },
});
// The same symbol with its first argument as a number.
const numbers = Deno.dlopen("libc.so.6", {
  syscall: { parameters: ["i64", "i64", "buffer", "i64"], result: "i64" },
});
const text = (value: string): Uint8Array<ArrayBuffer> =>
  new TextEncoder().encode(`${value}\0`);

function must(what: string, value: bigint | number): void {
  if (value < 0) throw new Error(`${what} failed`);
}

const removed = libc.symbols.syscall(DELETE_MODULE, text(name), O_NONBLOCK);
if (file === "") must(`removing ${name}`, removed);
else {
  const fd = libc.symbols.open(text(file), 0);
  must(`opening ${file}`, fd);
  must(
    `loading ${file}`,
    numbers.symbols.syscall(FINIT_MODULE, BigInt(fd), text(""), 0n),
  );
}
