import { assertEquals } from "@std/assert";
import { FwctlCore } from "../../lib/model/core.ts";
import { OPEN } from "../../lib/model/vfs.ts";
import { ERRNO } from "../../lib/uapi/errno.ts";
import { CountingOps, TestProcess, UNMAPPED } from "./core_fixture.ts";

/** One device, one process that has it open. */
function setup(): {
  core: FwctlCore;
  ops: CountingOps;
  process: TestProcess;
  fd: number;
} {
  const core = new FwctlCore();
  const ops = new CountingOps();
  core.register(ops);
  const process = new TestProcess(core);
  return { core, ops, process, fd: process.open("fwctl0", OPEN.O_RDWR) };
}

Deno.test("devices take the lowest free number, and an orphan keeps its own", () => {
  const core = new FwctlCore();
  const process = new TestProcess(core);
  const [a, b] = [1, 2, 3].map(() => core.register(new CountingOps()));
  if (!a || !b) throw new Error("two devices are needed");
  const orphan = process.open(b, OPEN.O_RDWR);
  core.unregister(b);
  core.unregister(a);
  assertEquals(core.devices().map((d) => d.name), ["fwctl2"]);
  assertEquals(core.register(new CountingOps()).name, "fwctl0");
  assertEquals(core.register(new CountingOps()).name, "fwctl3");
  assertEquals(process.close(orphan), 0);
  assertEquals(core.register(new CountingOps()).name, "fwctl1");
  assertEquals(core.find("fwctl1")?.number, 1);
});

Deno.test("duplicates share one context, which lives until the last is closed", () => {
  const { ops, process, fd } = setup();
  const copy = process.dup(fd);
  assertEquals(process.close(fd), 0);
  assertEquals(process.info(copy), 0);
  assertEquals(ops.closed, []);
  assertEquals(process.close(copy), 0);
  assertEquals(ops.closed, [1]);
  assertEquals(process.close(copy), -ERRNO.EBADF);
  assertEquals(process.dup(copy), -ERRNO.EBADF);
  assertEquals(ops.opened, 1);
});

Deno.test("unplug destroys every context at once, oldest first, and the descriptors answer ENODEV", () => {
  const { core, ops, process, fd } = setup();
  const second = process.open("/dev/fwctl/fwctl0", OPEN.O_RDONLY);
  const device = core.find("fwctl0");
  if (device) core.unregister(device);
  assertEquals(ops.closed, [1, 2]);
  assertEquals(process.info(fd), -ERRNO.ENODEV);
  assertEquals(process.rpc(second), -ERRNO.ENODEV);
  assertEquals(process.open("fwctl0", OPEN.O_RDWR), -ERRNO.ENOENT);
  const link = `/proc/self/fd/${fd}`;
  assertEquals(process.open(link, OPEN.O_RDWR), -ERRNO.ENODEV);
  assertEquals([process.close(fd), process.close(second)], [0, 0]);
  assertEquals(ops.closed, [1, 2]);
});

Deno.test("after unplug the struct is still checked before ENODEV, and flags, lengths and scope are not", () => {
  const { core, process, fd } = setup();
  const device = core.find("fwctl0");
  if (device) core.unregister(device);
  assertEquals(process.rpc(fd, { size: 31 }), -ERRNO.EINVAL);
  assertEquals(process.rpc(fd, { size: 64 }), -ERRNO.ENODEV);
  assertEquals(process.rpc(fd, { structAt: UNMAPPED }), -ERRNO.EFAULT);
  assertEquals(process.ioctl(fd, 0x9a02, 0n, process.memory), -ERRNO.ENOTTY);
  assertEquals(process.rpc(fd, { scope: 9 }), -ERRNO.ENODEV);
  assertEquals(process.rpc(fd, { in_len: 0x200001 }), -ERRNO.ENODEV);
  assertEquals(process.info(fd, 0, 1), -ERRNO.ENODEV);
});

Deno.test("an unplug during a call waits: the call ends normally, then the context goes", () => {
  const { core, ops, process, fd } = setup();
  const device = core.find("fwctl0");
  ops.during = () => {
    if (device) core.unregister(device);
    assertEquals(core.devices(), []);
    assertEquals(ops.closed, []);
  };
  assertEquals(process.rpc(fd), 0);
  assertEquals(ops.closed, [1]);
  assertEquals(process.rpc(fd), -ERRNO.ENODEV);
});

Deno.test("an unplug during open leaves a descriptor of a device that is gone, with its number taken", () => {
  const core = new FwctlCore();
  const ops = new CountingOps();
  const device = core.register(ops);
  ops.during = () => core.unregister(device);
  const process = new TestProcess(core);
  const fd = process.open(device, OPEN.O_RDWR);
  assertEquals(process.info(fd), -ERRNO.ENODEV);
  assertEquals(ops.closed, [1]);
  assertEquals(core.register(new CountingOps()).name, "fwctl1");
  process.close(fd);
  assertEquals(core.register(new CountingOps()).name, "fwctl0");
});

Deno.test("scope 2 and 3 taint and warn once per boot, for all devices", () => {
  const core = new FwctlCore({ tainted: 4096, comm: "test", pid: 7 });
  [1, 2].forEach(() => core.register(new CountingOps()));
  const process = new TestProcess(core);
  const first = process.open("fwctl1", OPEN.O_RDWR);
  const second = process.open("fwctl0", OPEN.O_RDWR);
  assertEquals(process.rpc(first, { scope: 1 }), 0);
  assertEquals(process.rpc(first, { scope: 3, in_len: 1 << 22 }), -90);
  assertEquals([core.tainted, core.log], [4096, []]);
  assertEquals(
    process.rpc(first, { scope: 2, inAt: UNMAPPED }),
    -ERRNO.EFAULT,
    "it taints even when nothing can be sent",
  );
  assertEquals(process.rpc(second, { scope: 3 }), 0);
  assertEquals(core.tainted, 4096 | 1 << 19);
  assertEquals(core.log, [
    "fwctl fwctl1: test(7): has requested full access to the physical device",
  ]);
});

Deno.test("a boot that is tainted already does not warn again", () => {
  const core = new FwctlCore({ tainted: 1 << 19 });
  core.register(new CountingOps());
  const process = new TestProcess(core);
  process.rpc(process.open("fwctl0", OPEN.O_RDWR), { scope: 2 });
  assertEquals(core.log, []);
});

Deno.test("scope 3 needs CAP_SYS_RAWIO, checked after the lengths and before the taint", () => {
  const { core, ops } = setup();
  const weak = new TestProcess(core, { capSysRawio: false });
  const fd = weak.open("fwctl0", OPEN.O_RDWR);
  assertEquals(weak.rpc(fd, { scope: 3 }), -ERRNO.EPERM);
  assertEquals(weak.rpc(fd, { scope: 4 }), -ERRNO.EOPNOTSUPP);
  assertEquals(weak.rpc(fd, { scope: 3, out_len: 0x200001 }), -ERRNO.EMSGSIZE);
  assertEquals([core.tainted, ops.calls], [0, 0]);
  assertEquals(weak.rpc(fd, { scope: 2 }), 0);
});

Deno.test("a bad response pointer is found only after the driver has run", () => {
  const { ops, process, fd } = setup();
  assertEquals(process.rpc(fd, { outAt: UNMAPPED }), -ERRNO.EFAULT);
  assertEquals(ops.calls, 1);
  assertEquals(process.rpc(fd, { inAt: UNMAPPED }), -ERRNO.EFAULT);
  assertEquals(ops.calls, 1);
});

Deno.test("out_len comes back as the driver's, and what is copied is cut to the room", () => {
  const { ops, process, fd } = setup();
  ops.reported = 20;
  const request = new Uint8Array(20).fill(5);
  process.out.fill(0xaa);
  assertEquals(process.rpc(fd, { request, out_len: 18 }), 0);
  assertEquals(process.word(12), 20);
  assertEquals(process.out.indexOf(0xaa), 18);
});

Deno.test("INFO without room does not ask the driver, and without an info op clears the room", () => {
  const { process, fd } = setup();
  process.out.fill(0xaa);
  assertEquals(process.info(fd, 10), 0);
  assertEquals([process.word(8), process.word(12)], [1, 0]);
  assertEquals(process.out.indexOf(0xaa), 10);
  assertEquals(process.info(fd, 10, 0, UNMAPPED), -ERRNO.EFAULT);
  assertEquals(process.info(fd, 0, 0, UNMAPPED), 0);
  assertEquals(process.info(fd, 0, 4), -ERRNO.EOPNOTSUPP);
});
