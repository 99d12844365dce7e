/** The recipe bnxt_health: reads only, one device or all, and says what needs attention. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import type { Inventory } from "../../lib/device/inventory.ts";
import { isPlainObject, type PlainData } from "../../lib/plain.ts";
import { ENTRY, INVENTORY } from "../drivers/bnxt/fixture.ts";
import { recipe } from "./run.ts";

const TWO: Inventory = {
  ...INVENTORY,
  devices: [
    ENTRY,
    { ...ENTRY, name: "fwctl1", driver: "mlx5" },
    {
      ...ENTRY,
      name: "fwctl2",
      path: "/dev/fwctl/fwctl2",
      pci: "0000:5e:00.0",
      net: [],
    },
  ],
};
const QUERIES = ["identity", "version", "health", "nvm"];
const HEALTHY = {
  firmware: { ready: true, flags: [] },
  processors: [{ processor: "BOOT", reset_pending: "none" }],
  health_check: { status: [], problems: [] },
  temperature: { chip: "60 °C", warning: false, shutdown_from: "115 °C" },
};

function rows(data: PlainData | undefined): Record<string, PlainData>[] {
  const list = isPlainObject(data) ? data.devices : undefined;
  return Array.isArray(list) ? list : [];
}

Deno.test("bnxt_health asks every bnxt device, and no other, and declares nothing", async () => {
  using session = await recipe("bnxt_health");
  assertEquals(
    await session.observe({ params: {}, inventory: TWO }),
    ["fwctl0", "fwctl2"].flatMap((device) =>
      QUERIES.map((query) => ({ device, query }))
    ),
  );
  assertEquals(session.has.desired, false);
});

Deno.test("bnxt_health asks one device by any of its names", async () => {
  using session = await recipe("bnxt_health");
  for (
    const device of ["fwctl2", "0000:5e:00.0", "5e:00.0", "/dev/fwctl/fwctl2"]
  ) {
    const wishes = await session.observe({
      params: { device },
      inventory: TWO,
    });
    assertEquals(
      wishes.map((wish) => wish.device),
      QUERIES.map(() => "fwctl2"),
    );
  }
  await assertRejects(
    () => session.observe({ params: { device: "fwctl1" }, inventory: TWO }),
    Error,
    "not a bnxt device",
  );
});

Deno.test("bnxt_health has nothing to say of a healthy card", async () => {
  using session = await recipe("bnxt_health");
  const observed: PlainData[] = [
    { model: "BCM57508", firmware: "230.0.162.0", facts: {} },
    { chip: "BCM57508" },
    HEALTHY,
    { directory: { entries: 12 } },
  ];
  const [row, ...others] = rows(
    await session.report({ params: {}, inventory: INVENTORY, observed }),
  );
  assert(row);
  assertEquals(others, []);
  assertEquals(
    [row.device, row.model, row.firmware, row.attention],
    ["fwctl0", "BCM57508", "230.0.162.0", []],
  );
});

Deno.test("bnxt_health says what needs attention, and what could not be read", async () => {
  using session = await recipe("bnxt_health");
  const error = { error: { code: "SyscallError", message: "no such device" } };
  const observed: PlainData[] = [
    { model: "BCM57508", firmware: "", facts: {} },
    error,
    {
      firmware: { ready: false },
      processors: [{
        processor: "CHIP",
        reset_pending: "at the next PCIe reset",
      }],
      health_check: { problems: ["MBR_CORRUPT"], booted_from_backup: ["SRT"] },
      temperature: { chip: "97 °C", warning: true, shutdown_from: "115 °C" },
      error_recovery: { refused: "CMD_NOT_SUPPORTED" },
    },
    error,
    error,
    error,
    error,
    error,
  ];
  const [first, second] = rows(
    await session.report({ params: {}, inventory: TWO, observed }),
  );
  assertEquals(first?.attention, [
    "The firmware is not ready",
    "Damaged or differing images: MBR_CORRUPT",
    "Booted from the second copy of: SRT",
    "The chip is at 97 °C; it shuts down at 115 °C",
    "CHIP waits for a reset: at the next PCIe reset",
    "error_recovery was refused: CMD_NOT_SUPPORTED",
  ]);
  assertEquals(first?.version, { cannot_be_read: "no such device" });
  assertEquals(second?.attention, ["Its health could not be read"]);
  assertEquals(second?.model, "not known");
});

Deno.test("bnxt_health works on a machine without such devices", async () => {
  using session = await recipe("bnxt_health");
  const inventory = { ...INVENTORY, devices: [] };
  assertEquals(await session.observe({ params: {}, inventory }), []);
  assertEquals(rows(await session.report({ params: {}, inventory })), []);
});
