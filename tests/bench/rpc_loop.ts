/**
 * N times one `device.rpc()` of 16 bytes at scope 0, or `device.info()` where the
 * opcode is `info`; prints the nanoseconds of one, run by run. Our side of
 * vm_bench.ts and of tests/kernel/bench.
 *
 * usage: deno run --allow-ffi rpc_loop.ts DEVICE OPCODE CAPACITY N RUNS
 */
import { openDevice } from "../../lib/device/open.ts";
import { LinuxHost } from "../../lib/host/linux.ts";

const [path = "", ...numbers] = Deno.args;
const [opcode = 0, responseCapacity = 0, calls = 0, runs = 0] = numbers
  .map(Number);
const request = new Uint8Array(16);
request.set([opcode >> 8, opcode & 0xff]);

using host = new LinuxHost();
using device = openDevice(host, path);

function infos(n: number): number {
  const start = performance.now();
  for (let i = 0; i < n; i++) device.info();
  return (performance.now() - start) * 1e6 / n;
}

function rpcs(n: number): number {
  const start = performance.now();
  for (let i = 0; i < n; i++) {
    const { data } = device.rpc({
      scope: "configuration",
      request,
      responseCapacity,
    });
    if (data[0] !== 0) throw new Error(`status ${data[0]}`);
  }
  return (performance.now() - start) * 1e6 / n;
}

const loop = Deno.args[1] === "info" ? infos : rpcs;
// Until V8 has compiled it all, which takes its time on an emulated processor.
loop(60_000);
loop(60_000);
for (let run = 0; run < runs; run++) {
  // deno-lint-ignore no-console
  console.log(loop(calls));
}
