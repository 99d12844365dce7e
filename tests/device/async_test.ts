import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import type { RequestLabel } from "../../drivers/driver.ts";
import { openDeviceAsync } from "../../lib/device/async.ts";
import type { RpcRequest } from "../../lib/device/device.ts";
import { SyscallError, UsageError } from "../../lib/errors.ts";

// /dev/null stands for a device: every ioctl of ours is ENOTTY there. What
// succeeds is proven on the real drivers (tests/vm).
const request: RpcRequest = {
  scope: "configuration",
  request: new Uint8Array(16),
  responseCapacity: 16,
};

Deno.test("openDeviceAsync rejects with the errno of the open", async () => {
  const error = await assertRejects(
    () => openDeviceAsync("fwctl4095"),
    SyscallError,
    "ENOENT",
  );
  assertEquals(
    [error.errnoName, error.device, error.call],
    ["ENOENT", "fwctl4095", "open"],
  );
  assertMatch(error.hint ?? "", /module/);
  await assertRejects(() => openDeviceAsync("nonsense"), UsageError);
});

Deno.test("an async device rejects with the errno of its own thread", async () => {
  await using device = await openDeviceAsync("/dev/null");
  const info = await assertRejects(() => device.info(), SyscallError);
  assertEquals([info.errno, info.call], [25, "ioctl(FWCTL_INFO)"]);
  const rpc = await assertRejects(() => device.rpc(request), SyscallError);
  assertEquals([rpc.errno, rpc.call, rpc.device], [
    25,
    "ioctl(FWCTL_RPC)",
    "null",
  ]);
});

Deno.test("an async device answers in the order of the calls", async () => {
  await using device = await openDeviceAsync("/dev/null");
  const order: number[] = [];
  await Promise.allSettled(
    Array.from(
      { length: 200 },
      (_, i) => device.rpc(request).finally(() => order.push(i)),
    ),
  );
  assertEquals(order, Array.from({ length: 200 }, (_, i) => i));
});

Deno.test("an async device leaves the caller's buffers with the caller", async () => {
  await using device = await openDeviceAsync("/dev/null");
  const buffer = new Uint8Array(32).fill(9);
  const whole = {
    ...request,
    request: new Uint8Array(32).fill(5),
    references: [{ at: 0, buffer }, { at: 8, buffer }],
  };
  await assertRejects(() => device.rpc(whole), SyscallError, "ENOTTY");
  assertEquals([whole.request.length, buffer.length], [32, 32]);
  assert(whole.request.every((byte) => byte === 5));
});

Deno.test("an async device lets its driver explain", async () => {
  await using device = await openDeviceAsync("/dev/null", {
    driver: {
      classify: () => ({ name: "PING" }) as RequestLabel,
      explainErrno: (name) => ({ meaning: `${name} it is`, hint: "So." }),
    },
  });
  const error = await assertRejects(
    () => device.rpc(request),
    SyscallError,
    "PING on null: ENOTTY: ENOTTY it is",
  );
  assertEquals([error.hint, error.request], ["So.", "PING"]);
});

Deno.test("wrong arguments are refused before they reach the worker", async () => {
  await using device = await openDeviceAsync("/dev/null");
  await assertRejects(
    () => device.rpc({ ...request, responseCapacity: -1 }),
    UsageError,
    "capacity",
  );
});

Deno.test("close waits for the calls before it, and later ones are EBADF", async () => {
  const device = await openDeviceAsync("/dev/null");
  const call = device.rpc(request).catch((error) => error.errnoName);
  const [first, second] = [device.close(), device.close()];
  const late = await assertRejects(() => device.rpc(request), SyscallError);
  assertEquals(late.errnoName, "EBADF");
  assertEquals(await call, "ENOTTY");
  await Promise.all([first, second]);
  await assertRejects(() => device.info(), SyscallError, "EBADF");
});

Deno.test("without read permission for the worker's file the error names it", async () => {
  const program = `
    import { openDeviceAsync } from ${
    JSON.stringify(new URL("../../lib/device/async.ts", import.meta.url).href)
  };
    try { await openDeviceAsync("/dev/null"); } catch (error) {
      console.log(JSON.stringify(error));
    }`;
  const path = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    await Deno.writeTextFile(path, program);
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-check", "--no-prompt", "--allow-ffi", path],
    }).output();
    const error = JSON.parse(new TextDecoder().decode(stdout));
    assertEquals(error.code, "UsageError");
    assertMatch(error.hint, /--allow-read/);
  } finally {
    await Deno.remove(path);
  }
});
