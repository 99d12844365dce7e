/** Measurements: the same bytes for the same state, nothing lost, nothing believed that does not hold. */
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import fc from "fast-check";
import { discover } from "../../lib/device/discovery.ts";
import { Sessions } from "../../lib/device/sessions.ts";
import { isFwctlError, TrustError } from "../../lib/errors.ts";
import { loadDrivers, loadScenario, ModelHost } from "../../mod.ts";
import type { PlainData, PlainObject } from "../../lib/plain.ts";
import { READ_POLICY } from "../../lib/plan/policy.ts";
import { compareMeasured } from "../../lib/trust/compare.ts";
import {
  canonicalJson,
  parseJson,
  readableJson,
} from "../../lib/trust/json.ts";
import {
  type MeasuredDevice,
  measureDevice,
  measuredStatement,
  type Measurement,
  measurementOf,
} from "../../lib/trust/measure.ts";
import { Packer, refOf } from "../../lib/trust/pack.ts";
import {
  type Statement,
  statementBytes,
  statementData,
  statementOf,
} from "../../lib/trust/statement.ts";

Deno.test("canonical JSON: names in order, also those that look like numbers", () => {
  const data = { b: [1, { z: 1, a: "ü" }], "10": 1, "9": 2, a: {}, "": [] };
  assertEquals(
    canonicalJson(data),
    '{"":[],"10":1,"9":2,"a":{},"b":[1,{"a":"ü","z":1}]}',
  );
  assertThrows(() => canonicalJson({ a: Infinity }), TrustError);
});

Deno.test("canonical JSON: the same data whatever the order, and nothing but the data", () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => {
    const data = value as PlainData;
    const text = canonicalJson(data);
    const turned = JSON.parse(
      JSON.stringify(value),
      (_key, each) =>
        typeof each === "object" && each !== null && !Array.isArray(each)
          ? Object.fromEntries(Object.entries(each).reverse())
          : each,
    );
    assertEquals(canonicalJson(turned), text);
    assertEquals(
      JSON.stringify(JSON.parse(text)),
      JSON.stringify(parseJson(text, "")),
    );
    assertEquals(canonicalJson(JSON.parse(readableJson(data))), text);
    assertEquals(canonicalJson(JSON.parse(JSON.stringify(data))), text);
  }));
});

function device(
  address: string,
  configuration: PlainObject | null,
): MeasuredDevice {
  return {
    address,
    driver: "toy",
    pciId: null,
    model: "Toy",
    firmware: "1",
    facts: { serial: "7" },
    configuration,
  };
}

async function measurement(
  configurations: Readonly<Record<string, PlainObject>>,
): Promise<Measurement> {
  const packer = new Packer();
  const devices: MeasuredDevice[] = [];
  for (const [address, configuration] of Object.entries(configurations)) {
    devices.push(device(address, await packer.pack(configuration)));
  }
  return { devices, parts: packer.parts };
}

/** Objects long enough to become parts, and short ones. */
const configuration = fc.dictionary(
  fc.stringMatching(/^[a-z]{1,6}$/),
  fc.oneof(
    fc.integer(),
    fc.dictionary(
      fc.stringMatching(/^[a-z]{1,6}$/),
      fc.oneof(fc.integer(), fc.string({ minLength: 100, maxLength: 200 })),
      { maxKeys: 6, noNullPrototype: true },
    ),
  ),
  { maxKeys: 6, noNullPrototype: true },
);

Deno.test("a statement is read back as what was measured, and equals itself", async () => {
  await fc.assert(
    fc.asyncProperty(configuration, configuration, async (one, two) => {
      const found = await measurement({ "0000:01:00.0": one, "mem0": two });
      const statement = await measuredStatement(found);
      const text = readableJson(statementData(statement));
      const back = statementOf(parseJson(text, "it"), "it");
      assertEquals(statementBytes(back), statementBytes(statement));
      const read = await measurementOf(back, "it");
      assertEquals(compareMeasured(found, read), {
        differences: [],
        complete: true,
      });
    }),
    { numRuns: 60 },
  );
});

Deno.test("a comparison finds what a plain walk over both finds", async () => {
  await fc.assert(
    fc.asyncProperty(configuration, configuration, async (one, two) => {
      const found = compareMeasured(
        await measurement({ d: one }),
        await measurement({ d: two }),
      );
      const flat = (data: PlainObject) =>
        new Map(
          Object.entries(data).flatMap(([name, value]) =>
            typeof value === "object" && value !== null
              ? [
                [name, "{}"] as [string, unknown],
                ...Object.entries(value).map(([key, each]) =>
                  [`${name}.${key}`, each] as [string, unknown]
                ),
              ]
              : [[name, value] as [string, unknown]]
          ),
        );
      const [a, b] = [flat(one), flat(two)];
      const same = [...a].every(([path, value]) => b.get(path) === value) &&
        [...b.keys()].every((path) => a.has(path));
      assertEquals(found.differences.length === 0, same);
      for (const { path, baseline, now } of found.differences) {
        const at = path.slice(1).join(".");
        const shown = (value: PlainData | undefined) =>
          typeof value === "object" ? "{}" : value;
        assertEquals(shown(baseline), a.get(at));
        assertEquals(shown(now), b.get(at));
      }
    }),
  );
});

Deno.test("a device that is on one side only is one difference", async () => {
  const one = await measurement({ a: { x: 1 }, b: { x: 1 } });
  const two = await measurement({ b: { x: 2 }, c: { x: 1 } });
  assertEquals(
    compareMeasured(one, two).differences.map(({ device, path }) =>
      `${device} ${path.join(".")}`
    ),
    ["a ", "b configuration.x", "c "],
  );
});

const LONG = "x".repeat(300);

/** A statement with a part, taken apart to be damaged. */
async function parts(): Promise<{
  readonly statement: Statement;
  readonly digest: string;
}> {
  const found = await measurement({ d: { long: { LONG } } });
  const digest = refOf(found.devices[0]?.configuration?.long) ?? "";
  return { statement: await measuredStatement(found), digest };
}

Deno.test("a statement that does not fit together is not believed", async () => {
  const { statement, digest } = await parts();
  const { predicate } = statement;
  const other = (changes: PlainObject): Statement => ({
    ...statement,
    predicate: { ...predicate, ...changes },
  });
  const cases: [Statement, string][] = [
    [{ ...statement, predicateType: "urn:other" }, "it says"],
    [{ ...statement, subjects: [] }, "1 devices and 0 subjects"],
    [
      { ...statement, subjects: [{ name: "d", sha256: "0".repeat(64) }] },
      "is not what its digest is of",
    ],
    [other({ parts: {} }), "is missing"],
    [other({ parts: { [digest]: { LONG: "y" } } }), "not what its digest"],
    [other({ parts: { [digest]: 1 } }), "is not an object"],
    [other({ parts: [] }), "parts is not an object"],
    [other({ device: [] }), 'did you mean "devices"?'],
    [other({ created: "yesterday" }), "not a moment"],
    [other({ devices: [{ address: "d" }] }), "driver is missing"],
    [other({ devices: [5] }), "must be an object"],
  ];
  for (const [one, problem] of cases) {
    await assertRejects(() => measurementOf(one, "it"), TrustError, problem);
  }
  const idle = await measurement({ d: { long: { LONG }, other: { y: LONG } } });
  const small = await measurement({ d: { long: { LONG } } });
  await assertRejects(
    async () =>
      await measurementOf(
        await measuredStatement({ ...small, parts: idle.parts }),
        "it",
      ),
    TrustError,
    "belongs to no device",
  );
});

Deno.test("parts inside parts that would take years are cut short, and it is said", async () => {
  let [a, b]: [PlainObject, PlainObject] = [{ x: LONG }, { y: LONG }];
  for (let level = 0; level < 30; level++) {
    const names = Array.from({ length: 12 }, (_, i) => `n${i}`);
    a = Object.fromEntries(names.map((name) => [name, a]));
    b = Object.fromEntries(names.map((name) => [name, b]));
  }
  const found = compareMeasured(
    await measurement({ d: a }),
    await measurement({ d: b }),
  );
  assertEquals(found.complete, false);
  assertEquals(found.differences.length, 100_000);
});

Deno.test("random JSON as a statement: an error that is ours, never another", async () => {
  await fc.assert(fc.asyncProperty(fc.jsonValue(), async (predicate) => {
    for (
      const data of [predicate, {
        _type: "https://in-toto.io/Statement/v1",
        subject: [{ name: "d", digest: { sha256: "0".repeat(64) } }],
        predicateType: "urn:fwctl-deno:measured-configuration:v1",
        predicate,
      }, {
        _type: "https://in-toto.io/Statement/v1",
        subject: [{ name: "d", digest: { sha256: "0".repeat(64) } }],
        predicateType: "urn:fwctl-deno:measured-configuration:v1",
        predicate: { devices: [predicate], parts: predicate },
      }]
    ) {
      try {
        await measurementOf(statementOf(data as PlainData, "it"), "it");
        assert(false, "it cannot hold");
      } catch (error) {
        assert(isFwctlError(error) && error.code === "TrustError", `${error}`);
      }
    }
  }));
});

async function measureAll(scenario: string): Promise<Measurement> {
  const registry = await loadDrivers();
  const host = await ModelHost.create(await loadScenario(scenario), registry);
  const inventory = discover(host, registry);
  using sessions = new Sessions({
    host,
    inventory,
    drivers: registry,
    policy: READ_POLICY,
  });
  const packer = new Packer();
  const devices: MeasuredDevice[] = [];
  for (const { name } of inventory.devices) {
    const session = sessions.get(name);
    devices.push(await measureDevice(session, inventory, packer));
  }
  return { devices, parts: packer.parts };
}

for (const scenario of ["connectx", "two-cards", "mixed", "cxl-vendor"]) {
  Deno.test(`${scenario}: measured twice, on two hosts, it is the same bytes`, async () => {
    const one = await measuredStatement(await measureAll(scenario));
    const two = await measuredStatement(await measureAll(scenario));
    assertEquals(statementBytes(one), statementBytes(two));
    await measurementOf(one, "it");
    const { size: length } = new Set(one.subjects.map(({ name }) => name));
    assertEquals(length, one.subjects.length, "addresses tell devices apart");
  });
}

Deno.test("every driver measures what it can, and the parts can be told apart", async () => {
  const { devices, parts } = await measureAll("mixed");
  const by = new Map(devices.map((each) => [each.driver, each.configuration]));
  assertEquals([...by.keys()].sort(), ["bnxt", "cxl", "mlx5", "pds"]);
  assertEquals(by.get("pds"), null, "without an endpoint map nothing is known");
  const part = (data: PlainData | undefined): PlainObject => {
    const found = parts.get(refOf(data) ?? "");
    assert(found, "a part");
    return found;
  };
  const functions = part(by.get("mlx5")?.functions);
  assertEquals(Object.keys(functions).sort(), ["1", "2", "3", "4", "own"]);
  const nvconfig = part(by.get("mlx5")?.nvconfig);
  assertEquals(Object.keys(nvconfig.NUM_OF_VFS ?? {}).sort(), [
    "current",
    "default",
    "next",
  ]);
  const features = part(by.get("cxl")?.features);
  assert(Object.keys(features).length > 2);
  for (const uuid of Object.keys(features)) assertEquals(uuid.length, 36);
  const version = part(by.get("bnxt")?.version);
  assertEquals(version.firmware, "230.0.162.0");
  assert(!("state" in version), "what moves by itself is left out");
});
