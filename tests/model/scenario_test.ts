import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import fc from "fast-check";
import { ModelError } from "../../lib/errors.ts";
import { loadScenario, parseScenarioText } from "../../lib/model/load.ts";
import { parseScenario } from "../../lib/model/scenario.ts";
import { BUILTIN_SCENARIOS } from "../../lib/model/scenarios/index.ts";
import type { PlainData, PlainObject } from "../../lib/plain.ts";

/** A scenario with one device, changed by `device`. */
function one(device: PlainObject, host: PlainObject = {}): PlainObject {
  return {
    format: "fwctl-scenario/1",
    name: "one",
    host,
    devices: [{ driver: "mlx5", pci: "0000:3b:00.0", ...device }],
  };
}

function refused(data: PlainData, says: string): void {
  assertThrows(() => parseScenario(data), ModelError, says);
}

for (const builtin of BUILTIN_SCENARIOS) {
  Deno.test(`the built-in scenario ${builtin.name} is valid and says what it is`, async () => {
    const scenario = await loadScenario(builtin.name);
    assertEquals(scenario.name, builtin.name);
    assert(scenario.description.length > 10);
    assert(builtin.description.length > 10);
    assert(scenario.devices.length > 0);
  });
}

Deno.test("an unknown scenario name suggests the nearest one", async () => {
  await assertRejects(
    () => loadScenario("conectx"),
    ModelError,
    'did you mean "connectx"?',
  );
});

Deno.test("text that is no JSON is a ModelError naming the source", () => {
  assertThrows(
    () => parseScenarioText("{", "lab.json"),
    ModelError,
    "lab.json is no JSON",
  );
});

Deno.test("a wrong key is named by its path, with the key that was meant", () => {
  refused(
    one({ net: [], netz: [] }),
    'devices[0].netz is not known; did you mean "net"?',
  );
  refused(one({}, { lockdwn: "none" }), "host.lockdwn is not known");
  refused({ ...one({}), extra: 1 }, "extra is not known");
  refused(
    one({ vfs: { enabled: 1, driver: [] } }),
    'devices[0].vfs.driver is not known; did you mean "drivers"?',
  );
});

Deno.test("wrong types and values are named by their path", () => {
  refused([], "must be an object");
  refused({ ...one({}), format: "fwctl-scenario/2" }, "format is");
  refused(one({ pci: "3b:00.0" }), "devices[0].pci is");
  refused(one({ net: "eth0" }), "devices[0].net is");
  refused(one({ net: ["../etc"] }), "devices[0].net[0] is");
  refused(one({}, { lockdown: "integrty" }), 'did you mean "integrity"?');
  refused(one({}, { uid: -1 }), "host.uid is -1");
  refused(one({}, { bootId: "x" }), "host.bootId must be a UUID");
  refused(one({ driver: "no such" }), "devices[0].kernelDriver is missing");
});

Deno.test("absurd counts are refused before anything is made of them", () => {
  refused(one({ vfs: 1e9 }), "devices[0].vfs is 1000000000");
  refused(one({ vfs: 9, totalVfs: 8 }), "but totalVfs is 8");
  refused(one({ vfs: 60000 }), "needs more buses");
  refused(
    { ...one({}), devices: new Array(5000).fill({}) },
    "devices has 5000 items",
  );
});

Deno.test("one PCI address twice is refused, VFs included", () => {
  const vf = { driver: "mlx5", pci: "0000:3b:00.2" };
  refused(
    {
      format: "fwctl-scenario/1",
      name: "two",
      devices: [{ driver: "mlx5", pci: "0000:3b:00.0", vfs: 4 }, vf],
    },
    "devices[1].pci is 0000:3b:00.2, which devices[0].vfs[1] has",
  );
});

Deno.test("VF addresses count over function 7 and over the bus", () => {
  const [device] = parseScenario(one({ vfs: 300, vfOffset: 2 })).devices;
  const pci = device?.vfs.map((vf) => vf.pci) ?? [];
  assertEquals(pci[5], "0000:3b:00.7");
  assertEquals(pci[6], "0000:3b:01.0");
  assertEquals(pci[253], "0000:3b:1f.7");
  assertEquals(pci[254], "0000:3c:00.0");
});

Deno.test("a holder decides the IOMMU group, and only VFIO functions have one", () => {
  const vfs = (driver: string, heldBy: string): PlainObject =>
    one({ vfs: { enabled: 1, drivers: [driver], heldBy: [heldBy] } });
  const [device] =
    parseScenario(vfs("vfio-pci", "qemu[7] through /dev/vfio/42")).devices;
  assertEquals(device?.vfs[0]?.iommuGroup, 42);
  assertEquals(device?.vfs[0]?.holder, {
    comm: "qemu",
    pid: 7,
    path: "/dev/vfio/42",
  });
  const [cdev] = parseScenario(
    vfs("mlx5_vfio_pci", "qemu[7] through /dev/vfio/devices/vfio3"),
  ).devices;
  assertEquals(cdev?.vfs[0]?.vfioDev, 3);
  refused(vfs("mlx5_core", "qemu[7]"), "its driver is mlx5_core");
  refused(vfs("vfio-pci", "qemu 7"), "not a holder");
});

Deno.test("any key added anywhere is refused", () => {
  const base = one({
    net: ["a"],
    vfs: { enabled: 2, drivers: [null, "vfio-pci"] },
  }, { lockdown: "none" });
  const places = ["", "host", "devices.0", "devices.0.vfs"];
  fc.assert(fc.property(
    fc.constantFrom(...places),
    fc.string({ minLength: 1 }),
    (place, key) => {
      const copy = structuredClone(base) as Record<string, unknown>;
      let at: Record<string, unknown> = copy;
      for (const part of place.split(".")) {
        if (part !== "") at = at[part] as Record<string, unknown>;
      }
      fc.pre(!(key in at) && !KNOWN.has(key));
      Object.defineProperty(at, key, { value: 1, enumerable: true });
      assertThrows(() => parseScenario(copy as PlainObject), ModelError);
    },
  ));
});

/** Keys that mean something at one of the places. */
const KNOWN = new Set(
  "format name description host devices bootId kernel lockdown tainted uid capSysRawio driver kernelDriver pci pciId class iommuGroup bridges net infiniband totalVfs vfOffset vfStride vfs firmware enabled drivers heldBy count memdev platform memory serial firmwareVersion payloadMax labelStorageSize numaNode ram pmem"
    .split(" "),
);

Deno.test("any data at all is parsed or refused with a ModelError", () => {
  const keys = fc.constantFrom(...KNOWN);
  const tree = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.jsonValue(),
      fc.constantFrom(
        "mlx5",
        "cxl",
        "mem0",
        "0000:3b:00.0",
        "none",
        "vfio-pci",
        4,
      ),
      fc.array(tie("value"), { maxLength: 3 }),
      fc.dictionary(keys, tie("value"), { maxKeys: 6 }),
    ),
  })).value;
  fc.assert(
    fc.property(tree, fc.boolean(), (value, whole) => {
      const data = (whole ? value : {
        format: "fwctl-scenario/1",
        name: "fuzz",
        devices: [value],
      }) as PlainData;
      try {
        parseScenario(data);
      } catch (error) {
        assert(error instanceof ModelError, String(error));
      }
    }),
    { numRuns: 2000 },
  );
});
