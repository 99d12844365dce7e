/**
 * N times one ioctl through `LinuxHost`; prints the nanoseconds of one. Our
 * side of ioctl_bench.ts, a process of its own as the others are.
 *
 * usage: deno run --allow-ffi ioctl_loop.ts DEVICE COMMAND N RESULT
 */
import { LinuxHost } from "../../lib/host/linux.ts";

const [device = "", ...numbers] = Deno.args;
const [command = 0, calls = 0, result = 0] = numbers.map(Number);
const NONE: readonly never[] = [];

using host = new LinuxHost();
using node = host.open(device);
const arg = new Uint8Array(64);

function loop(n: number): void {
  for (let i = 0; i < n; i++) {
    if (node.ioctl(command, arg, NONE) < result) {
      throw new Error(`${device} refused`);
    }
  }
}

// Until V8 has compiled it: what runs once is not what a run costs.
loop(50_000);
loop(50_000);
const start = performance.now();
loop(calls);
// deno-lint-ignore no-console
console.log((performance.now() - start) * 1e6 / calls);
