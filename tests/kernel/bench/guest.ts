// deno-lint-ignore-file no-console -- a program: its output is its purpose
/**
 * Runs in the machine: loops in C, python and here in turn, and starts of
 * programs, each a process of its own. Prints one JSON object.
 *
 *     guest.ts RPC_LOOP TURNS [peers]
 *
 * @module
 */
import { fromFileUrl, ROOT } from "../../paths.ts";
import { CALLS, COUNT, type Measured, RUNS, STARTS } from "./what.ts";

const [program = "", turnCount = "3", peers = ""] = Deno.args;
const turns = Number(turnCount);
const loops = fromFileUrl(new URL("../../bench/rpc_loop", import.meta.url));

/** The same loop in each language. */
const SIDES: Readonly<Record<string, readonly string[]>> = {
  c: [program],
  python: ["python3", `${loops}.py`],
  ours: [Deno.execPath(), "run", "--no-check", "--allow-ffi", `${loops}.ts`],
};

async function output([command = "", ...args]: readonly string[]) {
  const { code, stdout, stderr } = await new Deno.Command(command, {
    args: [...args],
    cwd: ROOT,
    stdin: "null",
  }).output();
  const [out, errors] = [stdout, stderr].map((one) =>
    new TextDecoder().decode(one)
  );
  return { code, out: out ?? "", errors: errors ?? "" };
}

// Not a version manager's script before it, which takes longer than python.
const python = (await output(
  ["python3", "-c", "import sys; print(sys.executable)"],
)).out.trim();

const measured: Measured = { calls: {}, starts: {} };
for (const { name, opcode, capacity } of CALLS) {
  const sides: Record<string, number[]> = { c: [], python: [], ours: [] };
  for (let turn = 0; turn < turns; turn++) {
    for (const [side, words] of Object.entries(SIDES)) {
      const { code, out, errors } = await output([
        ...[...words, "/dev/fwctl/fwctl0", opcode],
        ...[capacity, COUNT, RUNS].map(String),
      ]);
      if (code !== 0) throw new Error(`${side} ${name}: ${code} ${errors}`);
      sides[side]?.push(...out.trim().split("\n").map(Number));
    }
  }
  measured.calls[name] = sides;
}
for (const { name, words, exit = 0, peer } of STARTS) {
  if (peer && peers === "") continue;
  const times: number[] = [];
  // The first fills the caches of the machine's files.
  for (let turn = 0; turn <= turns; turn++) {
    const start = performance.now();
    const { code, errors } = await output(
      words.map((word) => word === "python3" ? python : word),
    );
    if (turn > 0) times.push(performance.now() - start);
    if (code !== exit) throw new Error(`${name} ended with ${code}: ${errors}`);
  }
  measured.starts[name] = times;
}
console.log(JSON.stringify(measured));
