import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { discover, findDevice } from "../../lib/device/discovery.ts";
import { UsageError } from "../../lib/errors.ts";
import { capturedHost, FakeHost } from "../host/fake_host.ts";

const inventory = () => discover(capturedHost("servers"));

for (
  const [name, device] of [
    ["fwctl2", "fwctl2"],
    ["/dev/fwctl/fwctl2", "fwctl2"],
    ["0000:3b:00.0", "fwctl2"],
    ["3b:00.0", "fwctl2"],
    ["3B:00.0", "fwctl2"],
    ["mlx5_0", "fwctl2"],
    ["ens1f0np0", "fwctl2"],
    ["10000:01:00.1", "fwctl3"],
    ["mem0", "fwctl10"],
    ["0d:00.0", "fwctl10"],
  ] as const
) {
  Deno.test(`findDevice knows ${device} as ${name}`, () => {
    assertEquals(findDevice(inventory(), name).name, device);
  });
}

for (
  const [name, hint] of [
    ["fwctl20", /fwctl2/],
    ["ens1f0np1", /Did you mean ens1f0np0/],
    ["0000:3b:00.2", /VF 0 of fwctl2/],
    ["3b:00.2", /VF 0 of fwctl2/],
    ["", /fwctl10/],
  ] as const
) {
  Deno.test(`findDevice helps with the unknown name "${name}"`, () => {
    const error = assertThrows(() => findDevice(inventory(), name), UsageError);
    assertMatch(error.hint ?? "", hint);
  });
}

Deno.test("findDevice on a machine without devices names the modules", () => {
  const error = assertThrows(
    () => findDevice(discover(new FakeHost()), "fwctl0"),
    UsageError,
  );
  assertMatch(error.hint ?? "", /mlx5_fwctl/);
});

Deno.test("findDevice refuses a name that two devices have", () => {
  const { devices, ...facts } = inventory();
  const twins = devices.map((device) => ({ ...device, net: ["eth0"] }));
  const error = assertThrows(
    () => findDevice({ ...facts, devices: twins }, "eth0"),
    UsageError,
    "5 devices",
  );
  assertMatch(error.hint ?? "", /fwctl2, fwctl3/);
});
