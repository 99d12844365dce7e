/**
 * Runs in the guest beside the real drivers: what the device layer promises of
 * the real kernel and cannot show on another machine.
 *
 * `deno task test:vm` runs them, on both of its machines.
 *
 * The devices are stub firmwares: fwctl0 and fwctl1 are mlx5 with
 * TOOLS_RESOURCES, fwctl2 is mlx5 without and takes two contexts at once.
 *
 * @module
 */
import { assert, assertEquals, assertLess, assertThrows } from "@std/assert";
import { openDeviceAsync } from "../../lib/device/async.ts";
import type { RpcRequest } from "../../lib/device/device.ts";
import { discover } from "../../lib/device/discovery.ts";
import { openDevice } from "../../lib/device/open.ts";
import { SyscallError } from "../../lib/errors.ts";
import { LinuxHost } from "../../lib/host/linux.ts";

const QUERY_ADAPTER = 0x101;
const QUERY_EQ = 0x303;
const NOP = 0x80d;

function rpc(opcode: number, more: Partial<RpcRequest> = {}): RpcRequest {
  const request = new Uint8Array(16);
  request.set([opcode >> 8, opcode & 0xff]);
  return { scope: "configuration", request, responseCapacity: 64, ...more };
}

/** A NOP that takes `tens` × 10 ms in the firmware. */
function slow(tens: number): RpcRequest {
  const { request } = rpc(NOP);
  request.set([0xfc, tens], 6);
  return { scope: "debug-read-only", request, responseCapacity: 16 };
}

Deno.test("discovery finds the drivers, without a PCI driver bound", () => {
  using host = new LinuxHost();
  const { devices, kernel, rawio } = discover(host);
  assertEquals(devices.slice(0, 5).map(({ name, driver }) => [name, driver]), [
    ["fwctl0", "mlx5"],
    ["fwctl1", "mlx5"],
    ["fwctl2", "mlx5"],
    ["fwctl3", "pds"],
    ["fwctl4", "bnxt"],
  ]);
  assert(rawio && kernel !== "");
  for (const { driver, path } of devices) {
    using device = openDevice(host, path);
    const { deviceType } = device.info();
    assertEquals(deviceType, { mlx5: 1, cxl: 2, bnxt: 3, pds: 4 }[driver]);
  }
});

Deno.test("info gives the mlx5 context's uid and its capabilities", () => {
  using host = new LinuxHost();
  using device = openDevice(host, "fwctl0");
  const { deviceData } = device.info();
  assertEquals(deviceData.length, 8);
  assertEquals(new DataView(deviceData.buffer).getUint32(4, true), 4);
});

Deno.test("rpc reaches the firmware and back, and refusals are EBADMSG", () => {
  using host = new LinuxHost();
  using device = openDevice(host, "fwctl0");
  const { data, length } = device.rpc(rpc(QUERY_ADAPTER));
  assertEquals([length, data[8], data[9]], [64, 1, 1]);
  const error = assertThrows(() => device.rpc(rpc(0xfff)), SyscallError);
  assertEquals(error.errnoName, "EBADMSG");
  const low = assertThrows(() => device.rpc(rpc(QUERY_EQ)), SyscallError);
  assertEquals(low.errnoName, "EBADMSG");
  const enough = rpc(QUERY_EQ, { scope: "debug-read-only" });
  assertEquals(device.rpc(enough).length, 64);
});

Deno.test("the request the kernel reads survives the garbage collector", () => {
  using host = new LinuxHost();
  using device = openDevice(host, "fwctl0");
  let garbage: Uint8Array[] = [];
  for (let i = 0; i < 20_000; i++) {
    // Nothing but the call holds the request; its bytes come back as a sum.
    const { data } = device.rpc(
      rpc(QUERY_ADAPTER, { request: filled(1024, i & 0xff) }),
    );
    const at = new DataView(data.buffer, data.byteOffset, data.length);
    const sum = 0x101 + at.getUint16(12) + 1016 * (i & 0xff);
    // The driver puts the uid over bytes 2 and 3, which are not in the sum.
    assertEquals(at.getUint8(16), sum & 0xff);
    garbage.push(new Uint8Array(2048));
    if (garbage.length > 500) garbage = [];
  }
});

function filled(length: number, value: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length).fill(value);
  bytes.set([1, 1, 0, 0, 0, 0, 0, 0]);
  return bytes;
}

Deno.test("an open that the firmware has no room for is ENOMEM", () => {
  using host = new LinuxHost();
  using _first = openDevice(host, "fwctl2");
  using _second = openDevice(host, "fwctl2");
  const error = assertThrows(() => openDevice(host, "fwctl2"), SyscallError);
  assertEquals([error.errnoName, error.device], ["ENOMEM", "fwctl2"]);
});

Deno.test("without CAP_SYS_RAWIO the full scope is EPERM", async () => {
  const program = `
    import { LinuxHost } from "${
    import.meta.resolve("../../lib/host/linux.ts")
  }";
    import { openDevice } from "${
    import.meta.resolve("../../lib/device/open.ts")
  }";
    import { hostFacts } from "${
    import.meta.resolve("../../lib/host/facts.ts")
  }";
    using host = new LinuxHost();
    using device = openDevice(host, "fwctl0");
    const request = new Uint8Array(16); request.set([1, 1]);
    try { device.rpc({ scope: "debug-write-full", request, responseCapacity: 16 }); }
    catch (error) { console.log(error.errnoName, hostFacts(host).rawio); }`;
  const path = await Deno.makeTempFile({ suffix: ".ts" });
  await Deno.writeTextFile(path, program);
  const { stdout } = await new Deno.Command("setpriv", {
    args: [
      "--inh-caps=-sys_rawio",
      "--bounding-set=-sys_rawio",
      Deno.execPath(),
      "run",
      "--no-check",
      "--allow-ffi",
      path,
    ],
  }).output();
  assertEquals(new TextDecoder().decode(stdout), "EPERM false\n");
});

Deno.test("async devices sleep side by side, and one answers in order", async () => {
  await using a = await openDeviceAsync("fwctl0");
  await using b = await openDeviceAsync("fwctl1");
  const order: number[] = [];
  const start = performance.now();
  await Promise.all([
    a.rpc(slow(40)).then(() => order.push(1)),
    a.rpc(rpc(QUERY_ADAPTER)).then(() => order.push(2)),
    b.rpc(slow(40)),
    b.rpc(slow(40)),
  ]);
  const took = performance.now() - start;
  assertEquals(order, [1, 2]);
  // One after the other they would sleep 1.2 s.
  assertLess(took, 1100);
  assert(took >= 790);
});

Deno.test("an unplugged device is ENODEV, and comes back", () => {
  const driver = "/sys/bus/auxiliary/drivers/mlx5_fwctl.mlx5_fwctl";
  using host = new LinuxHost();
  const device = openDevice(host, "fwctl1");
  Deno.writeTextFileSync(`${driver}/unbind`, "mlx5_core.fwctl.1");
  const names = () => discover(host).devices.map(({ name }) => name);
  assertEquals(names().includes("fwctl1"), false);
  for (const call of [() => device.info(), () => device.rpc(rpc(NOP))]) {
    assertEquals(assertThrows(call, SyscallError).errnoName, "ENODEV");
  }
  const gone = assertThrows(() => openDevice(host, "fwctl1"), SyscallError);
  assertEquals(gone.errnoName, "ENOENT");
  device.close();
  Deno.writeTextFileSync(`${driver}/bind`, "mlx5_core.fwctl.1");
  using again = openDevice(host, "fwctl1");
  assertEquals(again.rpc(rpc(QUERY_ADAPTER)).length, 64);
});
