/** The user side on the modelled card, through the modelled kernel: both sides read one header the same way. */
import { assert, assertEquals } from "@std/assert";
import { decodeResponse } from "../../../drivers/bnxt/decode.ts";
import { driver } from "../../../drivers/bnxt/mod.ts";
import { newRequest, RESPONSE_BYTES } from "../../../drivers/bnxt/protocol.ts";
import { openChannel } from "../../../lib/device/channel.ts";
import { discover } from "../../../lib/device/discovery.ts";
import { openDevice } from "../../../lib/device/open.ts";
import { ModelHost } from "../../../lib/model/host.ts";
import { parseScenario } from "../../../lib/model/scenario.ts";
import { READ_POLICY } from "../../../lib/plan/policy.ts";
import { isPlainObject, type PlainObject } from "../../../lib/plain.ts";

/** What a user of the default card can count on. */
const ANSWERED: Readonly<Record<string, PlainObject>> = {
  VER_GET: {},
  FUNC_QCAPS: {},
  FUNC_QCFG: {},
  FUNC_RESOURCE_QCAPS: {},
  PORT_PHY_QCFG: {},
  PORT_PHY_QCAPS: {},
  TEMP_MONITOR_QUERY: {},
  NVM_GET_DEV_INFO: {},
  NVM_GET_DIR_INFO: {},
  ERROR_RECOVERY_QCFG: {},
  FW_QSTATUS: {},
  FW_HEALTH_CHECK: {},
  FW_GET_TIME: {},
  FW_LIVEPATCH_QUERY: { fw_target: "COMMON_FW" },
  DBG_QCAPS: {},
  SELFTEST_QLIST: {},
  FUNC_QSTATS: {},
};

async function card(): Promise<ModelHost> {
  const scenario = parseScenario({
    format: "fwctl-scenario/1",
    name: "card",
    devices: [{ driver: "bnxt", pci: "0000:5e:00.0", pciId: "14e4:1750" }],
  });
  return await ModelHost.create(scenario, [driver]);
}

Deno.test("what the modelled card answers is decoded whole: nothing absent, nothing left over", async () => {
  using host = await card();
  const [entry] = discover(host).devices;
  assert(entry);
  using device = openDevice(host, entry, { driver });
  const channel = openChannel(device, driver, READ_POLICY);
  const context = { channel, entry, info: {}, know: () => undefined };
  for (const [name, fields] of Object.entries(ANSWERED)) {
    const shown = driver.queries.command?.run(context, { name, fields });
    assert(isPlainObject(shown ?? null), name);
    const { absent, raw, fields: decoded } = shown as PlainObject;
    assertEquals([absent, raw], [undefined, undefined], name);
    assert(isPlainObject(decoded ?? null), name);
  }
  const response = channel.send(newRequest("FUNC_QCAPS"), RESPONSE_BYTES);
  const { fields } = decodeResponse(
    newRequest("FUNC_QCAPS"),
    response,
    "fwctl0",
  );
  const { facts, model } = driver.identify(channel, entry);
  assertEquals([facts.mac, model], [fields.mac_address, "BCM57508"]);
});

Deno.test("every friendly query is answered by the modelled card without a refusal", async () => {
  using host = await card();
  const [entry] = discover(host).devices;
  assert(entry);
  using device = openDevice(host, entry, { driver });
  const channel = openChannel(device, driver, READ_POLICY);
  for (const name of ["identity", "version", "health", "nvm"]) {
    const shown = driver.queries[name]?.run(
      { channel, entry, info: {}, know: () => undefined },
      {},
    );
    assert(!JSON.stringify(shown).includes("refused"), name);
  }
});
