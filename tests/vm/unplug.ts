// deno-lint-ignore-file no-console -- a program: its output is its purpose
/**
 * Runs in the guest: a device goes away while it is open, and comes back. Also
 * two devices at once behind workers. Prints one line a fact.
 *
 * @module
 */
import {
  discover,
  isFwctlError,
  LinuxHost,
  openDevice,
  openDeviceAsync,
} from "../../mod.ts";

const DRIVER = "/sys/bus/auxiliary/drivers/mlx5_fwctl.mlx5_fwctl";
const QUERY_ADAPTER = new Uint8Array(16);
QUERY_ADAPTER.set([1, 1]);
/** NOP that takes 400 ms in the stub firmware: op_mod 0xfc28. */
const SLOW = new Uint8Array(16);
SLOW.set([0x08, 0x0d, 0, 0, 0, 0, 0xfc, 0x28]);

using host = new LinuxHost();
const { devices } = discover(host);
const name = (n: number): string => devices[n]?.path ?? "";

const request = {
  scope: "configuration",
  request: QUERY_ADAPTER,
  responseCapacity: 64,
} as const;
const device = openDevice(host, name(1));
console.log("before:", device.rpc(request).data.length, "bytes");
Deno.writeTextFileSync(`${DRIVER}/unbind`, "mlx5_core.fwctl.1");
for (const call of ["rpc", "info"] as const) {
  try {
    if (call === "rpc") device.rpc(request);
    else device.info();
    console.log(`${call} after unplug: answered`);
  } catch (error) {
    console.log(
      `${call} after unplug:`,
      isFwctlError(error) ? error.details().errnoName : error,
    );
  }
}
device.close();
try {
  openDevice(host, name(1)).close();
  console.log("open after unplug: opened");
} catch (error) {
  console.log(
    "open after unplug:",
    isFwctlError(error) ? error.details().errnoName : error,
  );
}
Deno.writeTextFileSync(`${DRIVER}/bind`, "mlx5_core.fwctl.1");
{
  using again = openDevice(host, name(1));
  console.log("after bind:", again.rpc(request).data.length, "bytes");
}

const slow = {
  scope: "debug-read-only",
  request: SLOW,
  responseCapacity: 32,
} as const;
const first = await openDeviceAsync(name(0));
const second = await openDeviceAsync(name(1));
const started = performance.now();
await Promise.all([first.rpc(slow), second.rpc(slow)]);
const both = performance.now() - started;
const refused = await first.rpc({ ...slow, scope: "configuration" }).catch((
  error: unknown,
) => error);
console.log(
  "two slow calls on two devices overlap:",
  both < 780 ? "yes" : `no, ${both.toFixed(0)} ms`,
);
console.log(
  "errno behind a worker:",
  isFwctlError(refused) ? refused.details().errnoName : refused,
);
await first.close();
await second.close();
