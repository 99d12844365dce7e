/** What the drivers themselves tell the doctor. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  MNVDA_MESSAGE_BYTES,
  paddedItem,
  readItem,
  writeItemHeader,
} from "../../drivers/mlx5/nvconfig/registers.ts";
import { loadDrivers, modelledDrivers } from "../../drivers/load.ts";
import { concatBytes } from "../../lib/bytes.ts";
import { discover } from "../../lib/device/discovery.ts";
import { Sessions } from "../../lib/device/sessions.ts";
import { examine, gather } from "../../lib/doctor/mod.ts";
import { ModelHost } from "../../lib/model/host.ts";
import { loadScenario } from "../../lib/model/load.ts";
import { READ_POLICY } from "../../lib/plan/policy.ts";
import { factsOf, named, textOf } from "./machine.ts";

Deno.test("every driver names its module, its option, its first release and its functions", async () => {
  const own: Record<string, [string, number]> = {
    mlx5: ["15b3:101d", 0x020000],
    bnxt: ["14e4:1750", 0x020000],
    pds: ["1dd8:100c", 0x120000],
    cxl: ["8086:0d93", 0x050210],
  };
  for (const { name, doctor } of await loadDrivers()) {
    assert(doctor, name);
    assert(/^CONFIG_[A-Z0-9_]+$/.test(doctor.config));
    assert(/^\d+\.\d+$/.test(doctor.since));
    assert(/^(fwctl|[a-z0-9]+_(fwctl|core))$/.test(doctor.module));
    for (const [driver, [id, classCode]] of Object.entries(own)) {
      assertEquals(
        doctor.claims(id, classCode),
        driver === name,
        `${name} and ${id}`,
      );
    }
    assertEquals(doctor.claims("", Number.NaN), false);
  }
});

Deno.test("a machine with all four drivers has no problem, and one without its modules has four", async () => {
  const scenario = await loadScenario("mixed");
  using host = await ModelHost.create(scenario, modelledDrivers());
  const found = examine(await factsOf(host));
  assertEquals([named(found, "problem"), named(found, "warning")], [[], []]);
  const facts = await factsOf(host);
  const without = examine({
    ...facts,
    devices: [],
    functions: facts.functions.map((each) => ({ ...each, fwctl: [] })),
    auxiliary: facts.auxiliary.map((each) => ({ ...each, bound: null })),
    classFolder: { path: "/sys/class/fwctl", error: "ENOENT" },
    modules: {
      ...facts.modules,
      modules: facts.modules.modules.map((each) => ({
        ...each,
        loaded: false,
      })),
    },
  });
  assertEquals(named(without, "problem").sort(), [
    "module bnxt_fwctl",
    "module cxl_core",
    "module mlx5_fwctl",
    "module pds_fwctl",
  ]);
});

Deno.test("mlx5: values that wait for a reset are told, with both values and what loads them", async () => {
  using host = await ModelHost.create(
    await loadScenario("connectx"),
    modelledDrivers(),
  );
  const drivers = await loadDrivers();
  const sessions = (policy = READ_POLICY) =>
    new Sessions({ host, inventory: discover(host), drivers, policy });
  const look = () =>
    examine(
      gather({
        host,
        drivers,
        names: [],
        state: undefined,
        sessions: () => sessions(),
      }),
    );
  assertEquals(named(look(), "warning"), []);
  {
    using writing = sessions({
      scope: "debug-read-only",
      effect: "next-reset",
      taint: false,
    });
    const { channel } = writing.get("fwctl0");
    // nv_global_pci_conf: SRIOV_EN is its bit 32.
    const [type, length] = [0x80, 12];
    const item = channel.send(
      readItem(type, length, "next"),
      MNVDA_MESSAGE_BYTES,
    );
    const data = item.slice(28, 28 + length);
    data[4] = (data[4] ?? 0) ^ 0x80;
    channel.send(
      concatBytes(writeItemHeader(type, length), paddedItem(data)),
      MNVDA_MESSAGE_BYTES,
    );
  }
  const [finding] = look();
  assertEquals([finding?.severity, finding?.check], [
    "warning",
    "pending-reset",
  ]);
  const text = textOf(finding);
  assertStringIncludes(text, "nvconfig SRIOV_EN: ");
  assertStringIncludes(text, "after a reset");
  assertStringIncludes(text, "They are loaded by: ");
});
