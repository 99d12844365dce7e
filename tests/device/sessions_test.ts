import { assert, assertEquals, assertThrows } from "@std/assert";
import { loadDrivers } from "../../drivers/load.ts";
import { queryHcaCap } from "../../drivers/mlx5/protocol.ts";
import { discover } from "../../lib/device/discovery.ts";
import { Sessions } from "../../lib/device/sessions.ts";
import { PolicyError, SyscallError, UsageError } from "../../lib/errors.ts";
import { ModelHost } from "../../lib/model/host.ts";
import { loadScenario } from "../../lib/model/load.ts";
import { READ_POLICY } from "../../lib/plan/policy.ts";

const DRIVERS = await loadDrivers();

async function connectx(): Promise<{ host: ModelHost; sessions: Sessions }> {
  const host = await ModelHost.create(await loadScenario("connectx"), DRIVERS);
  const sessions = new Sessions({
    host,
    inventory: discover(host),
    drivers: DRIVERS,
    policy: READ_POLICY,
  });
  return { host, sessions };
}

Deno.test("a device is opened once, and its driver is found by FWCTL_INFO", async () => {
  const { host, sessions } = await connectx();
  using _host = host;
  using _sessions = sessions;
  const first = sessions.get("fwctl0");
  assert(first === sessions.get("fwctl0"));
  assertEquals([first.driver.name, first.info.uid], ["mlx5", 1]);
  assertEquals(first.identity().model, "ConnectX-6 Dx");
  assert(first.identity() === first.identity(), "read once");
});

Deno.test("a device that is not there is a usage error, one that went is ENOENT", async () => {
  const { host, sessions } = await connectx();
  using _host = host;
  using _sessions = sessions;
  assertThrows(() => sessions.get("fwctl77"), UsageError, "no device fwctl77");
  host.unplug("0000:3b:00.0");
  const error = assertThrows(() => sessions.get("fwctl0"), SyscallError);
  assertEquals(error.errnoName, "ENOENT");
});

Deno.test("a device no driver speaks to is told as such and closed again", async () => {
  const host = await ModelHost.create(await loadScenario("connectx"), DRIVERS);
  using _host = host;
  using sessions = new Sessions({
    host,
    inventory: discover(host),
    drivers: [],
    policy: READ_POLICY,
  });
  const error = assertThrows(() => sessions.get("fwctl0"), UsageError);
  assert(error.message.includes("No driver here speaks to fwctl0"));
});

Deno.test("every channel of a run is under the run's policy", async () => {
  const { host, sessions } = await connectx();
  using _host = host;
  using _sessions = sessions;
  const { channel } = sessions.get("fwctl0");
  const set = new Uint8Array(4112);
  set.set([0x01, 0x09]);
  assertThrows(() => channel.send(set, 16), PolicyError, "ceiling is read");
});

Deno.test("closing a run closes its devices: later calls are EBADF", async () => {
  const { host, sessions } = await connectx();
  using _host = host;
  const { channel } = sessions.get("fwctl0");
  const raw = sessions.raw("fwctl0");
  sessions[Symbol.dispose]();
  const query = queryHcaCap(0, "current");
  const error = assertThrows(() => channel.send(query, 4112), SyscallError);
  assertThrows(() => raw.send("configuration", query, 4112), SyscallError);
  assertEquals(error.errnoName, "EBADF");
});
