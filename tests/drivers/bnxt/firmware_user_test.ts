/** The user side of bnxt on its own model: a whole host, its nodes opened as a program does. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import type { DeviceContext } from "../../../drivers/driver.ts";
import { commandAction } from "../../../drivers/bnxt/actions/command.ts";
import { driver } from "../../../drivers/bnxt/mod.ts";
import { allowList } from "../../../drivers/bnxt/tables/allow_list.ts";
import { openChannel, sendFlat } from "../../../lib/device/channel.ts";
import { discover } from "../../../lib/device/discovery.ts";
import { openDevice } from "../../../lib/device/open.ts";
import {
  DeviceError,
  isFwctlError,
  SyscallError,
} from "../../../lib/errors.ts";
import { ModelHost } from "../../../lib/model/host.ts";
import { parseScenario } from "../../../lib/model/scenario.ts";
import { isPlainObject, type PlainObject } from "../../../lib/plain.ts";
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

Deno.test("an option of NVM that was set is read back until the factory's come back, and a wrong number is refused by name", async () => {
  const machine = await host();
  const { device, of } = context(machine, 0);
  using _ = device;
  const value = (args: PlainObject) => {
    const shown = driver.queries.nvm_variables?.run(of, {
      option: "MSIX_VEC_PER_PF_MAX",
      ...args,
    });
    return isPlainObject(shown) ? shown.value : undefined;
  };
  const send = (body: PlainObject) => {
    const { request } = commandAction.parse({ device: "fwctl0", ...body });
    const { scope } = driver.classify(request, of.know);
    sendFlat(device, driver, scope, request, 704);
  };
  assertEquals([value({}), value({ factory: true })], [128, 128]);
  send({
    command: "NVM_SET_VARIABLE",
    fields: { option_num: 108, data_len: 10 },
    payload: "4000",
  });
  assertEquals([value({}), value({ factory: true })], [64, 128]);
  send({ command: "NVM_FACTORY_DEFAULTS", data: "00000000" });
  assertEquals(value({}), 128);
  const refused = driver.queries.nvm_variables?.run(of, {
    option: "999",
    bits: 8,
  });
  assert(JSON.stringify(refused).includes("VAR_NOT_EXIST"));
});

Deno.test("NVM is read item by item, the port's counters stand until they are cleared", async () => {
  const machine = await host();
  const { device, of } = context(machine, 0);
  using _ = device;
  const data = (fields: string[]) => {
    const shown = driver.queries.command?.run(of, { name: "NVM_READ", fields });
    const contents = isPlainObject(shown) ? shown.contents : undefined;
    return isPlainObject(contents) ? String(contents.data) : "";
  };
  const whole = data(["dir_idx=1", "len=64"]);
  assertEquals(whole.length, 128);
  assertEquals(data(["dir_idx=1", "offset=32", "len=32"]), whole.slice(64));
  assertEquals(data(["dir_idx=1", "offset=4092", "len=4"]), "ffffffff");
  const frames = () =>
    JSON.stringify(driver.queries.port_statistics?.run(of, {}))
      .match(/"rx_ucast_frames":(\d+)/)?.[1];
  assertEquals(frames(), "1800000");
  const { request } = commandAction.parse({
    device: "fwctl0",
    command: "PORT_CLR_STATS",
    fields: {},
  });
  sendFlat(device, driver, "configuration", request, 704);
  assertEquals(frames(), "0");
});
