import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { discover } from "../../lib/device/discovery.ts";
import { ModelError } from "../../lib/errors.ts";
import type { ModelHost } from "../../lib/model/host.ts";
import { bootDevices } from "./drivers_fixture.ts";

/** Deterministic firmware: the plausible one takes longer to make. */
const STUB = { type: "stub" };

/** Links below a directory of sysfs that lead nowhere, and unreadable files. */
function* broken(host: ModelHost, path: string): Generator<string> {
  for (const name of host.list(path)) {
    const at = `${path}/${name}`;
    try {
      host.readLink(at);
      if (!host.exists(at)) yield at;
      continue;
    } catch { /* no link */ }
    try {
      host.readFile(at, 1);
      continue;
    } catch { /* no file */ }
    yield* broken(host, at);
  }
}

Deno.test("any mix of devices boots as discovery sees it, and no link of sysfs dangles", async () => {
  const bus = fc.integer({ min: 1, max: 5 });
  const mem = fc.integer({ min: 0, max: 4 }).map((n) => `mem${n}`);
  const parents = fc.array(
    fc.constantFrom("cxl_host_bridge.0", "cxl_root_port.1", "cxl_mem.2"),
    { minLength: 1, maxLength: 3 },
  );
  const kernelDriver = fc.constantFrom("cxl_mem", "");
  const device = fc.oneof(
    fc.record({ memdev: mem, platform: parents, kernelDriver })
      .map((d) => ({ driver: "cxl", ...d })),
    fc.record({ memdev: mem, bus, kernelDriver }).map(({ bus, ...d }) => ({
      driver: "cxl",
      pci: `0000:0${bus}:00.0`,
      ...d,
    })),
    fc.record({ driver: fc.constantFrom("pds", "bnxt", "mlx5"), bus })
      .map(({ driver, bus }) => ({ driver, pci: `0000:0${bus}:00.0`, vfs: 2 })),
    fc.constant({ driver: "none", count: 2 }),
  );
  let booted = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(device, { maxLength: 6 }), async (list) => {
      let host: ModelHost;
      try {
        host = await bootDevices(
          list.map((d) => d.driver === "mlx5" ? { ...d, firmware: STUB } : d),
        );
      } catch (error) {
        assert(error instanceof ModelError, String(error));
        return;
      }
      using _ = host;
      booted++;
      assertEquals(
        discover(host).devices.map((d) => [d.driver, d.parent]),
        list.flatMap((d) =>
          "memdev" in d
            ? [[d.driver, d.memdev]]
            : "pci" in d
            ? [[d.driver, d.pci]]
            : []
        ),
      );
      assertEquals([...broken(host, "/sys")], []);
    }),
    { numRuns: 300 },
  );
  assert(booted > 50, `${booted} booted`);
});
