import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { isFwctlError } from "../../lib/errors.ts";
import type { ModelHost, ModelledDriver } from "../../lib/model/host.ts";
import type { ModelFunctions } from "../../lib/model/types.ts";
import type { PlainObject } from "../../lib/plain.ts";
import { ERRNO } from "../../lib/uapi/errno.ts";
import { bootDevices, modelled } from "./drivers_fixture.ts";

/** Devices whose probe fails where `broken` has their bus number. */
function drivers(broken: ReadonlySet<number>): ModelledDriver[] {
  const create = ({ pci }: { pci: string }): ModelFunctions => ({
    ops: (id) =>
      id > 0 || broken.has(Number.parseInt(pci.slice(5, 7), 16))
        ? -ERRNO.ENODEV
        : {
          device_type: 4,
          open_uctx: () => ({}),
          close_uctx: () => {},
          fw_rpc: () => -ERRNO.EIO,
        },
    save: () => ({}),
    restore: () => {},
  });
  return [modelled("pds", create)];
}

const DEVICES: PlainObject[] = [1, 2, 3, 4].map((bus) => ({
  driver: "pds",
  pci: `0000:0${bus}:00.0`,
  bridges: [],
}));

/** Address by number. */
function numbers(host: ModelHost): Record<string, string> {
  return Object.fromEntries(
    host.list("/sys/class/fwctl").map((name) => [
      name,
      host.readLink(`/sys/class/fwctl/${name}/device`).slice(-12),
    ]),
  );
}

Deno.test("a function whose probe fails takes no number: the next one has it", async () => {
  using host = await bootDevices(DEVICES, drivers(new Set([1, 3])));
  assertEquals(numbers(host), {
    fwctl0: "0000:02:00.0",
    fwctl1: "0000:04:00.0",
  });
  assert(host.exists("/sys/bus/pci/devices/0000:01:00.0"));
  assert(!host.exists("/sys/bus/pci/devices/0000:01:00.0/pds_core.fwctl.0"));
});

Deno.test("reserved numbers count from where they really are", async () => {
  const devices = [
    DEVICES[0] ?? {},
    { driver: "none", count: 2 },
    DEVICES[1] ?? {},
  ];
  const broken = drivers(new Set([1]));
  using host = await bootDevices(devices, broken);
  assertEquals(numbers(host), { fwctl2: "0000:02:00.0" });
  using again = await bootDevices(devices, broken, host.save());
  assertEquals(numbers(again), numbers(host));
  assertEquals(again.save(), host.save());
});

Deno.test("a saved numbering stays when a probe fails later: no other device moves", async () => {
  using first = await bootDevices(DEVICES, drivers(new Set()));
  const state = first.save();
  assertEquals(state["fwctl"], undefined);
  using second = await bootDevices(DEVICES, drivers(new Set([2])), state);
  assertEquals(numbers(second), {
    fwctl0: "0000:01:00.0",
    fwctl2: "0000:03:00.0",
    fwctl3: "0000:04:00.0",
  });
  using third = await bootDevices(
    DEVICES,
    drivers(new Set([2])),
    second.save(),
  );
  assertEquals(numbers(third), numbers(second));
});

Deno.test("a device that failed at boot gets the lowest free number when it is plugged", async () => {
  const broken = new Set([1]);
  using host = await bootDevices(DEVICES, drivers(broken));
  assert(!host.plug("0000:01:00.0"));
  broken.clear();
  assert(host.plug("0000:01:00.0"));
  assertEquals(numbers(host)["fwctl3"], "0000:01:00.0");
  using again = await bootDevices(DEVICES, drivers(broken), host.save());
  assertEquals(numbers(again), numbers(host));
});

Deno.test("a virtual function whose driver gives it no fwctl device has none", async () => {
  const device = {
    ...DEVICES[0],
    totalVfs: 4,
    vfs: { enabled: 2, drivers: "pds_core" },
  };
  using host = await bootDevices([device], drivers(new Set()));
  assertEquals(Object.keys(numbers(host)), ["fwctl0"]);
});

Deno.test("any unplugs and plugs, saved and gone on with: the numbers are the same", async () => {
  const step = fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 4 }));
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 12 }),
      fc.subarray([1, 2, 3, 4]),
      async (steps, failing) => {
        const broken = new Set(failing);
        using host = await bootDevices(DEVICES, drivers(broken));
        for (const [plug, bus] of steps) {
          const key = `0000:0${bus}:00.0`;
          if (plug) host.plug(key);
          else host.unplug(key);
        }
        const state = host.save();
        using again = await bootDevices(DEVICES, drivers(broken), state);
        assertEquals(numbers(again), numbers(host));
        assertEquals(again.save(), state);
      },
    ),
    { numRuns: 200 },
  );
});

Deno.test("what the probe counts is no state worth keeping until something else happens", async () => {
  let counted = 0;
  const driver = modelled("pds", () => {
    let probes = 0;
    return {
      ops: () => {
        counted = ++probes;
        return -ERRNO.EIO;
      },
      save: () => ({ probes }),
      restore: (state) => {
        probes = Number((state as PlainObject)["probes"]);
      },
    };
  });
  const [device] = DEVICES;
  using host = await bootDevices([device ?? {}], [driver]);
  assertEquals(host.save()["devices"], undefined);
  host.plug("0000:01:00.0");
  assertEquals(host.save()["devices"], { "0000:01:00.0": { probes: 2 } });
  using _ = await bootDevices([device ?? {}], [driver], host.save());
  assertEquals(counted, 2, "without a number it is not probed again");
  try {
    host.unplug("0000:09:00.0");
    assert(false, "nothing there to unplug");
  } catch (error) {
    assert(isFwctlError(error) && error.code === "ModelError");
  }
});
