/** The recipe inventory: reads only, and shows every device and function. */
import { assertEquals } from "@std/assert";
import type { PlainData } from "../../lib/plain.ts";
import { isPlainObject } from "../../lib/plain.ts";
import { inventoryOf, machine, recipe } from "./run.ts";

Deno.test("inventory asks every known device who it is, and declares nothing", async () => {
  using host = await machine("two-cards");
  const inventory = inventoryOf(host);
  using session = await recipe("inventory");
  const input = { params: {}, inventory };
  assertEquals(
    await session.observe(input),
    inventory.devices.map(({ name }) => ({ device: name, query: "identity" })),
  );
  assertEquals(session.has.desired, false);
});

Deno.test("inventory reports each device with its answer, and each virtual function", async () => {
  using host = await machine("two-cards");
  const inventory = inventoryOf(host);
  using session = await recipe("inventory");
  const observed: PlainData[] = inventory.devices.map(({ name }, i) =>
    i === 0
      ? { model: `model of ${name}`, firmware: "22.41", facts: {} }
      : { error: { code: "DeviceError", message: "refused" } }
  );
  const report = await session.report({ params: {}, inventory, observed });
  const { devices, functions } = isPlainObject(report) ? report : {};
  assertEquals(
    rows(devices).map((
      { device, model, firmware },
    ) => [device, model, firmware]),
    inventory.devices.map(({ name }, i) =>
      i === 0
        ? [name, `model of ${name}`, "22.41"]
        : [name, "cannot be read: refused", ""]
    ),
  );
  assertEquals(
    rows(functions).map(({ pci }) => pci),
    inventory.devices.flatMap(({ virtfns }) => virtfns.map(({ pci }) => pci)),
  );
});

Deno.test("inventory works on a machine without devices", async () => {
  using session = await recipe("inventory");
  const input = {
    params: {},
    inventory: {
      bootId: "",
      kernel: "",
      lockdown: "unknown",
      tainted: false,
      rawio: false,
      devices: [],
    },
  };
  assertEquals(await session.observe(input), []);
  const report = await session.report(input);
  assertEquals(isPlainObject(report) && report.devices, []);
});

function rows(data: PlainData | undefined): Record<string, PlainData>[] {
  return Array.isArray(data) ? data : [];
}
