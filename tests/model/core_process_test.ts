import { assertEquals } from "@std/assert";
import { FwctlCore } from "../../lib/model/core.ts";
import { OPEN } from "../../lib/model/vfs.ts";
import { ERRNO } from "../../lib/uapi/errno.ts";
import { CountingOps, TestProcess, UNMAPPED } from "./core_fixture.ts";

function setup(uid = 0): {
  core: FwctlCore;
  ops: CountingOps;
  process: TestProcess;
} {
  const core = new FwctlCore();
  const ops = new CountingOps();
  core.register(ops);
  return { core, ops, process: new TestProcess(core, { uid }) };
}

Deno.test("the node is root's: others get EACCES, or an O_PATH descriptor that does nothing", () => {
  const { process } = setup(1000);
  for (const flags of [0, 1, 2, 3]) {
    assertEquals(process.open("fwctl0", flags), -ERRNO.EACCES);
  }
  assertEquals(process.open("fwctl1", 2), -ERRNO.ENOENT);
  const fd = process.open("fwctl0", OPEN.O_PATH | OPEN.O_RDWR);
  assertEquals(process.info(fd), -ERRNO.EBADF);
  assertEquals(process.ioctl(fd, 0x5451, 0n, process.memory), -ERRNO.EBADF);
  assertEquals(process.read(fd), -ERRNO.EBADF);
  const link = `/proc/self/fd/${fd}`;
  assertEquals(process.open(link, 2), -ERRNO.EACCES);
  assertEquals(process.close(fd), 0);
});

Deno.test("any access mode will do for ioctl; read, write and mmap go by the mode", () => {
  const { process } = setup();
  const { EBADF, EINVAL, ESPIPE, ENODEV, EACCES } = ERRNO;
  const expected = [
    [EINVAL, EBADF, ENODEV],
    [EBADF, EINVAL, EACCES],
    [EINVAL, EINVAL, ENODEV],
    [EBADF, EBADF, EACCES],
  ];
  for (const [mode, [read = 0, write = 0, mmap = 0]] of expected.entries()) {
    const fd = process.open("fwctl0", mode);
    assertEquals(process.info(fd), 0);
    assertEquals(
      [process.read(fd), process.write(fd), process.mmap(fd)],
      [-read, -write, -mmap],
      `mode ${mode}`,
    );
    assertEquals(process.lseek(fd), -ESPIPE);
  }
});

Deno.test("open flags are refused as for any character device", () => {
  const { ops, process } = setup();
  const open = (flags: number) => process.open("fwctl0", OPEN.O_RDWR | flags);
  assertEquals(open(OPEN.O_CREAT | OPEN.O_EXCL), -ERRNO.EEXIST);
  assertEquals(open(OPEN.O_DIRECTORY), -ERRNO.ENOTDIR);
  assertEquals(open(OPEN.O_DIRECTORY | OPEN.O_PATH), -ERRNO.ENOTDIR);
  assertEquals(open(OPEN.O_DIRECTORY | OPEN.O_CREAT), -ERRNO.EINVAL);
  assertEquals(open(OPEN.__O_TMPFILE), -ERRNO.EINVAL);
  assertEquals(ops.opened, 0);
  assertEquals(open(OPEN.O_DIRECT), -ERRNO.EINVAL);
  assertEquals(
    [ops.opened, ops.closed],
    [1, [1]],
    "O_DIRECT is found wrong only after the driver has opened",
  );
});

Deno.test("opening through /proc/self/fd gives a context of its own", () => {
  const { ops, process } = setup();
  const fd = process.open("fwctl0", OPEN.O_RDONLY);
  const again = process.open(`/proc/self/fd/${fd}`, OPEN.O_RDWR);
  assertEquals([process.info(again), ops.opened], [0, 2]);
  assertEquals(process.open("/proc/self/fd/99", 2), -ERRNO.ENOENT);
  const nofollow = OPEN.O_RDWR | OPEN.O_NOFOLLOW;
  assertEquals(process.open(`/proc/self/fd/${fd}`, nofollow), -ERRNO.ELOOP);
});

Deno.test("an O_PATH descriptor does not hold the number, and leads to whoever has it now", () => {
  const { core, process } = setup();
  const path = process.open("fwctl0", OPEN.O_PATH);
  process.close(process.open("fwctl0", OPEN.O_RDWR));
  const device = core.find("fwctl0");
  if (device) core.unregister(device);
  const link = `/proc/self/fd/${path}`;
  assertEquals(process.open(link, OPEN.O_RDWR), -ERRNO.ENXIO);
  const other = new CountingOps();
  assertEquals(core.register(other).name, "fwctl0");
  assertEquals(process.info(process.open(link, OPEN.O_RDWR)), 0);
  assertEquals(other.opened, 1);
});

Deno.test("descriptors are the lowest free ones, and 1021 of them is all there is", () => {
  const { process } = setup();
  assertEquals([1, 2, 3].map(() => process.open("fwctl0", 2)), [3, 4, 5]);
  process.close(4);
  assertEquals(process.dup(5), 4);
  while (process.dup(3) >= 0);
  assertEquals(process.dup(3), -ERRNO.EMFILE);
  assertEquals(process.open("nothing", 2), -ERRNO.EMFILE);
  process.exit();
  assertEquals(process.open("fwctl0", 2), 3);
});

Deno.test("the file layer answers its own ioctl numbers, plugged in or not", () => {
  const { core, process } = setup();
  const fd = process.open("fwctl0", OPEN.O_RDWR);
  const at = 0x10000n;
  const call = (cmd: number, arg: bigint) =>
    process.ioctl(fd, cmd, arg, process.memory);
  const check = () => {
    assertEquals(call(0x5450, 0n), 0);
    assertEquals(call(0x5451, UNMAPPED), 0);
    process.struct.fill(0);
    assertEquals(call(0x5421, at), 0);
    assertEquals(call(0x5421, UNMAPPED), -ERRNO.EFAULT);
    assertEquals(call(0x5452, at), 0, "FIOASYNC off is no change");
    process.struct[0] = 1;
    assertEquals(call(0x5452, at), -ERRNO.ENOTTY);
    assertEquals(call(0x5452, UNMAPPED), -ERRNO.EFAULT);
    assertEquals(call(2, at), 0);
    assertEquals(process.word(0), 4096);
    assertEquals(call(0xc020660b, at), -ERRNO.EOPNOTSUPP);
    assertEquals(call(0x541b, at), -ERRNO.ENOTTY);
    assertEquals(call(0x401c5820, at), -ERRNO.ENOTTY, "FS_IOC_FSSETXATTR");
    process.struct[0] = 4;
    assertEquals(call(0x401c5820, at), -ERRNO.EOPNOTSUPP, "unknown flag");
    assertEquals(call(0x401c5820, UNMAPPED), -ERRNO.EFAULT);
    assertEquals(call(0x80111500, at), 0);
    assertEquals(process.struct[0], 16, "length of the file system's UUID");
    assertEquals(call(0x40049409, 0n), -ERRNO.EXDEV, "FICLONE");
    assertEquals(call(0x40049409, BigInt(fd)), -ERRNO.EINVAL);
    assertEquals(call(0x40049409, 99n), -ERRNO.EBADF);
    process.struct.fill(0);
    assertEquals(call(0x4020940d, at), -ERRNO.EXDEV, "FICLONERANGE");
    assertEquals(call(0x4020940d, UNMAPPED), -ERRNO.EFAULT);
    assertEquals(call(0xc0189436, at), -ERRNO.EINVAL, "FIDEDUPERANGE");
    assertEquals(call(0xc0189436, UNMAPPED), -ERRNO.EFAULT);
    assertEquals(call(0x40189a00, at), -ERRNO.ENOTTY);
  };
  check();
  const device = core.find("fwctl0");
  if (device) core.unregister(device);
  check();
});

Deno.test("a struct may be longer than known as long as the rest is zero", () => {
  const { process } = setup();
  const fd = process.open("fwctl0", OPEN.O_RDWR);
  assertEquals(process.rpc(fd, { size: 4096 }), 0);
  assertEquals(process.rpc(fd, { size: 4097 }), -ERRNO.EFAULT);
  assertEquals(process.rpc(fd, { size: 0xffffffff }), -ERRNO.EFAULT);
  assertEquals(process.rpc(fd, { size: 0 }), -ERRNO.EINVAL);
  process.struct[4095] = 1;
  new DataView(process.struct.buffer).setUint32(0, 0xffffffff, true);
  assertEquals(
    process.ioctl(fd, 0x9a01, 0x10000n, process.memory),
    -ERRNO.E2BIG,
    "a byte that is not zero comes before the fault",
  );
});
