import {
  assert,
  assertEquals,
  assertMatch,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import fc from "fast-check";
import type { RequestLabel } from "../../drivers/driver.ts";
import type { Bytes } from "../../lib/bytes.ts";
import { openDevice } from "../../lib/device/open.ts";
import type { RpcRequest } from "../../lib/device/device.ts";
import { isFwctlError, SyscallError, UsageError } from "../../lib/errors.ts";
import { ERRNO } from "../../lib/uapi/errno.ts";
import { FWCTL_INFO, FWCTL_RPC, MAX_RPC_LEN } from "../../lib/uapi/fwctl.ts";
import { FakeHost, type Script } from "../host/fake_host.ts";

const PATH = "/dev/fwctl/fwctl0";

function deviceOn(script: Script, options = {}) {
  const host = new FakeHost();
  host.nodes.set(PATH, script);
  const device = openDevice(host, PATH, options);
  return { device, host };
}

function rpc(more: Partial<RpcRequest> = {}): RpcRequest {
  return {
    scope: "configuration",
    request: new Uint8Array(16),
    responseCapacity: 32,
    ...more,
  };
}

const u32 = (bytes: Bytes, at: number) =>
  new DataView(bytes.buffer, bytes.byteOffset).getUint32(at, true);
const setU32 = (bytes: Bytes, at: number, value: number) =>
  new DataView(bytes.buffer, bytes.byteOffset).setUint32(at, value, true);

Deno.test("rpc fills struct fwctl_rpc and points to request and response", () => {
  const request = Uint8Array.of(1, 2, 3, 4);
  const { device } = deviceOn((cmd, arg, pointers) => {
    assertEquals(cmd, FWCTL_RPC);
    assertEquals(arg.length, 32);
    assertEquals([0, 4, 8, 12].map((at) => u32(arg, at)), [32, 2, 4, 8]);
    assertEquals(pointers.map(({ at }) => at), [16, 24]);
    assertStrictEquals(pointers[0]?.holder, arg);
    assertStrictEquals(pointers[0]?.target, request);
    pointers[1]?.target.set([9, 8, 7]);
    return 0;
  });
  const response = device.rpc(
    rpc({ scope: "debug-write", request, responseCapacity: 8 }),
  );
  assertEquals(response.length, 8);
  assertEquals(response.truncated, false);
  assertEquals([...response.data], [9, 8, 7, 0, 0, 0, 0, 0]);
});

Deno.test("rpc shows a truncated response, and one shorter than its room", () => {
  for (const length of [0, 5, 8, 9, 0xffffffff]) {
    const { device } = deviceOn((_, arg) => {
      setU32(arg, 12, length);
      return 0;
    });
    const response = device.rpc(rpc({ responseCapacity: 8 }));
    assertEquals(response.length, length);
    assertEquals(response.truncated, length > 8);
    assertEquals(response.data.length, Math.min(length, 8));
  }
});

Deno.test("rpc responses never share a byte, and start as zeros", () => {
  const { device } = deviceOn((_, arg, pointers) => {
    const { target, offset = 0 } = pointers[1] ?? { target: new Uint8Array() };
    const out = target.subarray(offset, offset + u32(arg, 12));
    assertEquals(out.length, u32(arg, 12));
    assertEquals(out.every((byte) => byte === 0), true);
    out.fill(0xff);
    return 0;
  });
  const sizes = [1, 7, 8, 64, 500, 513, 4112, 4608, 4609, 40_000, 0];
  const responses = Array.from(
    { length: 300 },
    (_, i) =>
      device.rpc(rpc({ responseCapacity: sizes[i % sizes.length] ?? 0 })).data,
  );
  responses.forEach((data, i) => data.fill(i & 0xff));
  responses.forEach((data, i) => {
    assert(data.every((byte) => byte === (i & 0xff)));
  });
});

Deno.test("rpc writes references into a copy and leaves the request alone", () => {
  const request = new Uint8Array(48).fill(7);
  const buffer = Uint8Array.of(1, 2);
  const { device } = deviceOn((_, arg, pointers) => {
    const [reference, first] = pointers;
    assertEquals(pointers.length, 3);
    assertEquals(reference?.at, 16);
    assertStrictEquals(reference?.target, buffer);
    assertStrictEquals(first?.target, reference?.holder);
    assert(reference?.holder !== request);
    assertEquals([...reference?.holder ?? []], [...request]);
    assertEquals(u32(arg, 8), 48);
    reference?.target.set([3, 4]);
    return 0;
  });
  device.rpc(rpc({ request, references: [{ at: 16, buffer }] }));
  assertEquals(request.every((byte) => byte === 7), true);
  assertEquals([...buffer], [3, 4]);
});

for (
  const [what, more] of [
    ["a request above 2 MiB", { request: new Uint8Array(MAX_RPC_LEN + 1) }],
    ["a capacity above 2 MiB", { responseCapacity: MAX_RPC_LEN + 1 }],
    ["a negative capacity", { responseCapacity: -1 }],
    ["a broken capacity", { responseCapacity: 1.5 }],
    ["NaN as capacity", { responseCapacity: NaN }],
    ["an unknown scope", { scope: "everything" as "configuration" }],
    ["a request that is no Uint8Array", {
      request: [1, 2] as unknown as Bytes,
    }],
    ["a pointer past the request", {
      references: [{ at: 9, buffer: bytes() }],
    }],
    ["a pointer before it", { references: [{ at: -1, buffer: bytes() }] }],
    ["a pointer at half a byte", {
      references: [{ at: 0.5, buffer: bytes() }],
    }],
    ["pointers that overlap", {
      references: [{ at: 0, buffer: bytes() }, { at: 4, buffer: bytes() }],
    }],
  ] as const satisfies readonly (readonly [string, Partial<RpcRequest>])[]
) {
  Deno.test(`rpc refuses ${what} before the kernel sees it`, () => {
    let calls = 0;
    const { device } = deviceOn(() => calls++);
    const error = assertThrows(() => device.rpc(rpc(more)), UsageError);
    assertEquals([calls, error.device], [0, "fwctl0"]);
    assertMatch(error.hint ?? "", /\w/);
  });
}

Deno.test("rpc accepts the longest request and response", () => {
  const { device } = deviceOn(() => 0);
  const request = new Uint8Array(MAX_RPC_LEN);
  const { length } = device.rpc(
    rpc({ request, responseCapacity: MAX_RPC_LEN }),
  );
  assertEquals(length, MAX_RPC_LEN);
});

Deno.test("an errno becomes a SyscallError with name, meaning and hint", () => {
  const { device } = deviceOn(() => -ERRNO.EPERM);
  const error = assertThrows(() => device.rpc(rpc()), SyscallError);
  assertEquals(
    [error.errno, error.errnoName, error.call, error.device],
    [1, "EPERM", "ioctl(FWCTL_RPC)", "fwctl0"],
  );
  assertMatch(error.message, /EPERM.*CAP_SYS_RAWIO/);
  assertMatch(error.hint ?? "", /CAP_SYS_RAWIO/);
});

Deno.test("the driver names the request and has the first say on an errno", () => {
  const driver = {
    classify: (request: Bytes) =>
      ({ name: `OP_${request[0]}` }) as RequestLabel,
    explainErrno: (name: string, label: RequestLabel | undefined) =>
      name === "EBADMSG"
        ? { meaning: `${label?.name} is not on the list`, hint: "Do not." }
        : undefined,
  };
  let errno: number = ERRNO.EBADMSG;
  const { device } = deviceOn(() => -errno, { driver });
  const first = assertThrows(
    () => device.rpc(rpc({ request: Uint8Array.of(5) })),
    SyscallError,
    "OP_5 on fwctl0: EBADMSG: OP_5 is not on the list",
  );
  assertEquals([first.request, first.hint], ["OP_5", "Do not."]);
  errno = ERRNO.ENODEV;
  const second = assertThrows(() => device.rpc(rpc()), SyscallError);
  assertMatch(second.message, /OP_0 on fwctl0: ENODEV: .*unplugged/);
});

Deno.test("info gives the device type and as much data as the driver has", () => {
  for (const length of [0, 8, 64, 65, 1000, 70_000]) {
    const { device } = deviceOn((cmd, arg, pointers) => {
      assertEquals(cmd, FWCTL_INFO);
      assertEquals([arg.length, u32(arg, 0), u32(arg, 4)], [24, 24, 0]);
      const [data] = pointers;
      assertEquals([data?.at, data?.target.length], [16, u32(arg, 12)]);
      data?.target.fill(3, 0, length);
      setU32(arg, 8, 1);
      setU32(arg, 12, length);
      return 0;
    });
    const info = device.info();
    assertEquals(info.deviceType, 1);
    assertEquals(info.deviceData.length, Math.min(length, 64 << 10));
    assert(info.deviceData.every((byte) => byte === 3));
  }
});

Deno.test("info ends when the driver always claims to have more", () => {
  let calls = 0;
  const { device } = deviceOn((_, arg) => {
    calls++;
    setU32(arg, 12, u32(arg, 12) + 1);
    return 0;
  });
  assert(device.info().deviceData.length > 0);
  assert(calls < 10);
});

Deno.test("a device is opened by path, by bare name and by inventory entry", () => {
  const host = new FakeHost();
  host.nodes.set(PATH, () => 0);
  assertEquals(openDevice(host, PATH).name, "fwctl0");
  assertEquals(openDevice(host, "fwctl0").name, "fwctl0");
  for (const wrong of ["", "x", "dev/fwctl/fwctl0", "/dev/fwctl/"]) {
    assertThrows(() => openDevice(host, wrong), UsageError, "not a path");
  }
  const error = assertThrows(() => openDevice(host, "fwctl1"), SyscallError);
  assertEquals([error.errnoName, error.device], ["ENOENT", "fwctl1"]);
});

Deno.test("using closes the device", () => {
  const { device, host } = deviceOn(() => 0);
  {
    using _ = device;
    assertEquals(host.opened[0]?.closed, 0);
  }
  assertEquals(host.opened[0]?.closed, 1);
});

Deno.test("no answer of a kernel gives an untyped error", () => {
  const odd = fc.oneof(
    fc.integer(),
    fc.double(),
    fc.constantFrom(-1, -4095, -4096, -0, NaN, -Infinity, -2147483648),
  );
  fc.assert(
    fc.property(
      odd,
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
      fc.nat(600),
      fc.boolean(),
      (result, struct, responseCapacity, info) => {
        const { device } = deviceOn((_, arg) => {
          arg.set(struct.subarray(0, arg.length));
          return result;
        });
        try {
          if (info) {
            assert(device.info().deviceData.length <= 64 << 10);
            return;
          }
          const { data, length, truncated } = device.rpc(
            rpc({ responseCapacity }),
          );
          assertEquals(data.length, Math.min(length, responseCapacity));
          assertEquals(truncated, length > responseCapacity);
        } catch (error) {
          assert(isFwctlError(error) && error instanceof SyscallError);
          assert(error.errno > 0 && error.errno < 4096);
        }
      },
    ),
    { numRuns: 100_000, seed: 3 },
  );
});

function bytes(): Bytes {
  return new Uint8Array(4);
}
