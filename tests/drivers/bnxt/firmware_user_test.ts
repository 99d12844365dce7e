/** The user side of bnxt on its own model: a whole host, its nodes opened as a program does. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import type { DeviceContext } from "../../../drivers/driver.ts";
import { driver } from "../../../drivers/bnxt/mod.ts";
import { allowList } from "../../../drivers/bnxt/tables/allow_list.ts";
import { openChannel } from "../../../lib/device/channel.ts";
import { discover } from "../../../lib/device/discovery.ts";
import { openDevice } from "../../../lib/device/open.ts";
import {
  DeviceError,
  isFwctlError,
  SyscallError,
} from "../../../lib/errors.ts";
import { ModelHost } from "../../../lib/model/host.ts";
import { parseScenario } from "../../../lib/model/scenario.ts";
import type { PlainObject } from "../../../lib/plain.ts";
import { DEFAULT_POLICY } from "../../../lib/plan/policy.ts";

/** A host with a card whose VF 1 is bound to bnxt_en: fwctl0 and fwctl1. */
async function host(
  firmware: PlainObject = {},
  kernel = "7.3.4",
): Promise<ModelHost> {
  const scenario = parseScenario({
    format: "fwctl-scenario/1",
    name: "netxtreme",
    host: { kernel },
    devices: [{
      driver: "bnxt",
      pci: "0000:5e:00.0",
      net: ["ens3f0np0"],
      totalVfs: 8,
      vfs: { enabled: 2, drivers: [null, "bnxt_en"] },
      firmware,
    }],
  });
  return await ModelHost.create(scenario, [driver]);
}

function context(machine: ModelHost, index: number) {
  const entry = discover(machine).devices[index];
  assert(entry);
  const device = openDevice(machine, entry.path);
  const channel = openChannel(device, driver, DEFAULT_POLICY);
  const info = driver.decodeInfo(device.info().deviceData);
  const of: DeviceContext = {
    channel,
    entry,
    info,
    know: () => driver.learn?.(channel, entry, [], info),
  };
  return { device, of };
}

Deno.test("PF and VF are who the scenario says, each with its own fid", async () => {
  const machine = await host({
    chip: "BCM57608",
    serial: "0123456789abcdef",
    firmwareVersion: "233.1.2.3",
  });
  const facts = [0, 1].map((index) => {
    const { device, of } = context(machine, index);
    using _ = device;
    const { firmware, facts } = driver.identify(of.channel, of.entry);
    return [firmware, facts.chip_num, facts.serial, facts.fid];
  });
  assertEquals(facts, [
    ["233.1.2.3", "0x1760", "0123456789abcdef", "1"],
    ["233.1.2.3", "0x1760", "0123456789abcdef", "129"],
  ]);
});

Deno.test("every query without arguments has an answer on the PF and on a VF", async () => {
  const machine = await host({ health: { status: ["CFG_MISMATCH"] } });
  for (const index of [0, 1]) {
    const { device, of } = context(machine, index);
    using _ = device;
    for (const [name, query] of Object.entries(driver.queries)) {
      if (name === "command") continue;
      let text;
      try {
        text = JSON.stringify(query.run(of, {}));
      } catch (error) {
        // A VF may not ask for the card's memory and its port.
        assert(
          index === 1 && error instanceof DeviceError,
          `${name}: ${error}`,
        );
        assertEquals(error.statusName, "RESOURCE_ACCESS_DENIED");
        continue;
      }
      assert(text.length > 20, name);
      if (name === "health") assert(text.includes("CFG_MISMATCH"));
      if (name === "nvm") assertEquals(text.includes("refused"), index === 1);
    }
  }
});

Deno.test("every command that only reads is decoded or refused by the firmware, never misread", async () => {
  const machine = await host();
  const { device, of } = context(machine, 0);
  using _ = device;
  const query = driver.queries.command;
  assert(query);
  let decoded = 0;
  for (const { name, scope } of allowList().values()) {
    if (scope !== 1) continue;
    try {
      query.run(of, { name });
      decoded++;
    } catch (error) {
      assert(isFwctlError(error), name);
      assert(
        ["DeviceError", "PolicyError", "UsageError"].includes(error.code),
        `${name}: ${error}`,
      );
    }
  }
  assert(decoded >= 15, `${decoded} decoded`);
});

Deno.test("after an injected unplug the node answers ENODEV, and the card's other function goes on", async () => {
  const machine = await host({
    faults: [{ request: "TEMP_MONITOR_QUERY", unplug: true }],
  });
  const pf = context(machine, 0);
  const vf = context(machine, 1);
  using _pf = pf.device;
  using _vf = vf.device;
  const { version, health } = driver.queries;
  assert(version && health);
  health.run(pf.of, {});
  const gone = assertThrows(() => version.run(pf.of, {}), SyscallError);
  assertEquals(gone.errnoName, "ENODEV");
  version.run(vf.of, {});
});
