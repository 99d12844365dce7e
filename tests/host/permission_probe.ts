/**
 * Run by permissions_test.ts in processes with few permissions: prints what a
 * host can do there as one line of JSON.
 *
 * usage: deno run FLAGS permission_probe.ts [LIBC]
 */
import { isFwctlError } from "../../lib/errors.ts";
import { discover } from "../../lib/device/discovery.ts";
import { openDevice } from "../../lib/device/open.ts";
import { LinuxHost } from "../../lib/host/linux.ts";
import { hostFacts } from "../../lib/host/facts.ts";

function run(): unknown {
  const [libc] = Deno.args;
  using host = new LinuxHost(libc === undefined ? {} : { libc });
  using device = openDevice(host, "/dev/null");
  let errno: unknown;
  try {
    device.rpc({
      scope: "configuration",
      request: new Uint8Array(16),
      responseCapacity: 16,
    });
  } catch (error) {
    errno = isFwctlError(error) ? error.toJSON().errnoName : String(error);
  }
  return {
    kernel: hostFacts(host).kernel,
    net: host.list("/sys/class/net"),
    devices: discover(host).devices.length,
    errno,
  };
}

let result: unknown;
try {
  result = run();
} catch (error) {
  result = isFwctlError(error) ? error.toJSON() : { untyped: String(error) };
}
// deno-lint-ignore no-console
console.log(JSON.stringify(result));
