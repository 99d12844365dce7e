/**
 * What a whole `device.rpc()` costs on the real drivers: against the same loop
 * in C on /dev/fwctl/fwctl0 of the virtual machine, all in one boot, in turn.
 *
 * The machine is emulated in software, which makes our side look worse than it
 * is: there a system call is cheap beside the code around it.
 *
 * @module
 */
import { virtualMachine } from "../vm/machine.ts";
import { type Benchmark, type Figure, median } from "./benchmark.ts";
import { compile } from "./native.ts";

// QUERY_ADAPTER: the driver passes it at scope 0, the firmware answers at once.
const QUERY_ADAPTER = "0x101";
const QUERY_HCA_CAP = "0x100";
const TURNS = 5;

async function rpcAgainstC(
  opcode: string,
  capacity: number,
  calls: number,
): Promise<Figure | string> {
  const machine = virtualMachine();
  if ("reason" in machine) return machine.reason;
  // The machine has a /tmp of its own, and this one's /var/tmp.
  const directory = await Deno.makeTempDir({ dir: "/var/tmp" });
  try {
    const built = await compile("rpc_loop.c", directory);
    if ("reason" in built) return built.reason;
    const ours = new URL("rpc_loop.ts", import.meta.url).pathname;
    const args = `/dev/fwctl/fwctl0 ${opcode} ${capacity} ${calls} 5`;
    const turn = `echo C; ./rpc_loop ${args}; echo TS; ` +
      `${Deno.execPath()} run --no-check --allow-ffi ${ours} ${args}`;
    const { code, output, errors } = await machine.run(
      directory,
      Array(TURNS).fill(turn).join("; "),
    );
    if (code !== 0) return `the machine ended with ${code}: ${errors}${output}`;
    return figure(output);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

function figure(output: string): Figure | string {
  const values: Record<string, number[]> = { C: [], TS: [] };
  let side = "";
  for (const line of output.trim().split("\n")) {
    if (line === "C" || line === "TS") side = line;
    else values[side]?.push(Number(line));
  }
  const [c, ts] = [median(values.C ?? []), median(values.TS ?? [])];
  if (!(c > 0 && ts > 0)) return `the machine printed ${output}`;
  return {
    value: ts / c,
    unit: "×",
    detail: `${ts.toFixed(0)} ns here, ${c.toFixed(0)} ns in C, emulated`,
  };
}

/** The claims. */
export const benchmarks: readonly Benchmark[] = [
  {
    name:
      "device.rpc() against C in the machine: QUERY_HCA_CAP, 4 KiB answered",
    limit: 1.5,
    run: () => rpcAgainstC(QUERY_HCA_CAP, 4112, 10_000),
  },
  {
    name:
      "device.rpc() against C in the machine: QUERY_ADAPTER, 64 bytes answered",
    limit: 1.5,
    run: () => rpcAgainstC(QUERY_ADAPTER, 64, 30_000),
  },
];
