import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { hcaCap } from "../../../drivers/mlx5/resources/hca_cap.ts";
import { layout } from "../../../drivers/mlx5/tables/ifc.ts";
import { readBits, writeBits } from "../../../lib/bits/bits.ts";
import { isReserved, locate } from "../../../lib/bits/layout.ts";
import type { Bytes } from "../../../lib/bytes.ts";
import type { Inventory } from "../../../lib/device/inventory.ts";
import { isFwctlError, PlanError, RecipeError } from "../../../lib/errors.ts";
import type { PlainData, PlainObject } from "../../../lib/plain.ts";
import type { Difference } from "../../../drivers/driver.ts";

const GENERAL = layout("cmd_hca_cap");

function image(
  values: Record<string, number>,
  base = new Uint8Array(4096),
): Bytes {
  for (const [field, value] of Object.entries(values)) {
    const { offset, width } = locate(GENERAL, field);
    writeBits(base, offset, width, value);
  }
  return base;
}

function diff(
  set: Record<string, number>,
  now: Bytes,
  own: Bytes,
): Difference {
  return hcaCap.diff(hcaCap.parse({ vf: "0000:3b:00.2", set }), {
    read: {
      request: new Uint8Array(16),
      capacity: 4112,
      offset: 16,
      length: 4096,
    },
    image: now,
    identity: {},
    notes: [],
    context: { functionId: 1, image: now, own },
  });
}

const INVENTORY: Inventory = {
  bootId: "b",
  kernel: "",
  lockdown: "none",
  tainted: false,
  rawio: true,
  devices: [{
    name: "fwctl0",
    path: "/dev/fwctl/fwctl0",
    driver: "mlx5",
    kernelDriver: "mlx5_core",
    sysfs: "/sys/devices/x",
    parent: "0000:3b:00.0",
    pci: "0000:3b:00.0",
    pciId: "15b3:101d",
    infiniband: ["mlx5_0"],
    net: ["ens1f0np0"],
    cxl: [],
    physfn: null,
    virtfns: [
      {
        index: 0,
        pci: "0000:3b:00.2",
        kernelDriver: null,
        fwctl: null,
        enabled: false,
      },
      {
        index: 1,
        pci: "0000:3b:00.3",
        kernelDriver: "vfio-pci",
        fwctl: null,
        enabled: true,
      },
    ],
    numVfs: 2,
    totalVfs: 8,
  }],
};

Deno.test("only the bits of declared fields differ in the image to write", () => {
  const fields = GENERAL.fields.filter((field) =>
    field.type === "u8" && field.width <= 16 && !isReserved(field.name) &&
    /^(log_max|max_num)/.test(field.name)
  );
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 4096, maxLength: 4096 }),
      fc.constantFrom(...fields),
      fc.nat(),
      (bytes, field, raw) => {
        const now = new Uint8Array(bytes);
        const own = new Uint8Array(4096).fill(0xff);
        const wanted = raw % 2 ** field.width;
        const { after, changes } = diff({ [field.name]: wanted }, now, own);
        const expected = now.slice();
        writeBits(expected, field.offset, field.width, wanted);
        assertEquals(after, expected);
        assertEquals(
          changes.length,
          readBits(now, field.offset, field.width) === wanted ? 0 : 1,
        );
      },
    ),
    { numRuns: 200 },
  );
});

Deno.test("a value above the PF's own maximum is refused and names the field and the limit", () => {
  const { refused } = diff(
    { log_max_qp: 19 },
    image({ log_max_qp: 17 }),
    image({ log_max_qp: 18 }),
  );
  assertEquals(refused, [
    "log_max_qp 19 is refused: the device allows at most 18",
  ]);
});

Deno.test("a capability the PF lacks cannot be given", () => {
  assertEquals(diff({ roce: 1 }, image({}), image({})).refused.length, 1);
});

Deno.test("migratable may be granted by a PF that is not migratable itself", () => {
  const own = new Uint8Array(4096);
  const { refused, changes } = hcaCap.diff(
    hcaCap.parse({
      vf: "0000:3b:00.2",
      cap_type: "GENERAL_2",
      set: { migratable: 1 },
    }),
    {
      read: {
        request: new Uint8Array(16),
        capacity: 4112,
        offset: 16,
        length: 4096,
      },
      image: own,
      identity: {},
      notes: [],
      context: { functionId: 1, image: own, own },
    },
  );
  assertEquals([refused, changes.length], [[], 1]);
});

Deno.test("MSI-X vectors have the PF's dynamic range as their limit", () => {
  const own = image({
    min_dynamic_vf_msix_table_size: 2,
    max_dynamic_vf_msix_table_size: 64,
  });
  const refused = (n: number): number =>
    diff({ dynamic_msix_table_size: n }, image({}), own).refused.length;
  assertEquals([1, 2, 64, 65].map(refused), [1, 0, 0, 1]);
});

Deno.test("a field that already is as declared is not written", () => {
  const result = diff(
    { log_max_qp: 12, roce: 0 },
    image({ log_max_qp: 12, roce: 1 }),
    image({ log_max_qp: 18, roce: 1 }),
  );
  assertEquals(result.changes.map((change) => change.field), ["roce"]);
  assertEquals(result.same.map((change) => change.field), ["log_max_qp"]);
});

Deno.test("a VF address leads to its PF's device and to index plus 1", () => {
  const located = hcaCap.locate(
    hcaCap.parse({ vf: "0000:3B:00.2", set: { roce: 0 } }),
    INVENTORY,
  );
  assertEquals(located.device, "fwctl0");
  assertEquals(located.unit, "function 1 GENERAL");
  const byId = hcaCap.locate(
    hcaCap.parse({ device: "mlx5_0", function_id: 1, set: { roce: 0 } }),
    INVENTORY,
  );
  assertEquals(byId.unit, located.unit);
});

Deno.test("a VF that a VM has open is refused before anything is sent", () => {
  const error = assertThrows(
    () =>
      hcaCap.locate(
        hcaCap.parse({ vf: "0000:3b:00.3", set: { roce: 0 } }),
        INVENTORY,
      ),
    PlanError,
  );
  assertEquals(error.reason, "in-use");
});

Deno.test("the PF itself and strangers are no targets", () => {
  for (const vf of ["0000:3b:00.0", "0000:99:00.1"]) {
    assertThrows(
      () => hcaCap.locate(hcaCap.parse({ vf, set: { roce: 0 } }), INVENTORY),
      PlanError,
    );
  }
});

Deno.test("wrong declarations say which key and what would be right", () => {
  const wrong: [PlainObject, string][] = [
    [{ vf: "0000:3b:00.2", sett: {} }, 'no key "sett"'],
    [{ set: { roce: 0 } }, "function is not given"],
    [{ vf: "3b", set: { roce: 0 } }, "not a PCI address"],
    [{ vf: "0000:3b:00.2", set: { roze: 0 } }, "has no field"],
    [{ vf: "0000:3b:00.2", set: { roce: 2 } }, "does not fit its 1 bits"],
    [{ vf: "0000:3b:00.2", set: { roce: -1 } }, "does not fit"],
    [{ vf: "0000:3b:00.2", set: { vhca_id: 3 } }, "says what the function is"],
    [{ vf: "0000:3b:00.2", set: { reserved_at_0: 0 } }, "is reserved"],
    [{ vf: "0000:3b:00.2", set: {} }, "must be an object"],
    [
      { vf: "0000:3b:00.2", cap_type: "GENRAL", set: { roce: 0 } },
      "no HCA capability type",
    ],
    [
      { device: "fwctl0", function_id: 0, set: { roce: 0 } },
      "not a function id",
    ],
  ];
  for (const [body, message] of wrong) {
    assertThrows(() => hcaCap.parse(body), RecipeError, message);
  }
  const error = assertThrows(
    () => hcaCap.parse({ vf: "0000:3b:00.2", set: { log_max_qq: 0 } }),
    RecipeError,
  );
  assert(error.hint?.includes("log_max_qp"));
});

Deno.test("no body whatever leads to an untyped exception", () => {
  const keys = fc.constantFrom(
    "vf",
    "device",
    "function_id",
    "cap_type",
    "set",
  );
  const value = fc.oneof(
    fc.jsonValue() as fc.Arbitrary<PlainData>,
    fc.constantFrom<PlainData>("0000:3b:00.2", "GENERAL", "fwctl0", 1),
    fc.dictionary(
      fc.constantFrom("roce", "log_max_qp", "a.b", "x[1]", "__proto__"),
      fc.jsonValue() as fc.Arbitrary<PlainData>,
    ),
  );
  fc.assert(
    fc.property(fc.dictionary(keys, value), (body) => {
      try {
        hcaCap.parse(body);
      } catch (error) {
        assert(isFwctlError(error), String(error));
      }
    }),
    { numRuns: 2_000 },
  );
});
