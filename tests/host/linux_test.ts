import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { SyscallError, UsageError } from "../../lib/errors.ts";
import { hostFacts } from "../../lib/host/facts.ts";
import { LinuxHost } from "../../lib/host/linux.ts";
import { ERRNO } from "../../lib/uapi/errno.ts";

const FIONREAD = 0x541b;

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

function descriptors(): string[] {
  return [...Deno.readDirSync("/proc/self/fd")].map(({ name }) => name);
}

Deno.test("LinuxHost reads procfs and sysfs files whole", () => {
  using host = new LinuxHost();
  assertEquals(
    text(host.readFile("/proc/sys/kernel/osrelease")),
    Deno.readTextFileSync("/proc/sys/kernel/osrelease"),
  );
  assertStringIncludes(text(host.readFile("/proc/self/status")), "CapEff:");
  const path = Deno.makeTempFileSync();
  try {
    // More than one chunk, and not a multiple of it.
    const content = new Uint8Array(100_001).map((_, i) => i * 7);
    Deno.writeFileSync(path, content);
    assertEquals(host.readFile(path), content);
    assertEquals(host.readFile(path, 70_000), content.slice(0, 70_000));
    Deno.writeFileSync(path, new Uint8Array(0));
    assertEquals(host.readFile(path).length, 0);
  } finally {
    Deno.removeSync(path);
  }
});

Deno.test("LinuxHost lists a directory of any size, sorted by code unit", () => {
  using host = new LinuxHost();
  const path = Deno.makeTempDirSync();
  try {
    const names = Array.from({ length: 1500 }, (_, i) => `entry-${i}`);
    names.push("ünï", "B", "a");
    for (const name of names) Deno.writeTextFileSync(`${path}/${name}`, "");
    assertEquals(host.list(path), names.sort());
    assertEquals(host.list("/sys/class/net").includes("lo"), true);
  } finally {
    Deno.removeSync(path, { recursive: true });
  }
});

Deno.test("an entry made anew has another instance, and one that is left alone keeps its own", () => {
  using host = new LinuxHost();
  const path = Deno.makeTempDirSync();
  try {
    Deno.writeTextFileSync(`${path}/a`, "");
    const first = host.instance(`${path}/a`);
    assertEquals(first, String(Deno.statSync(`${path}/a`).ino));
    // The old one stays, so that its inode is not given to the new one.
    Deno.renameSync(`${path}/a`, `${path}/b`);
    Deno.writeTextFileSync(`${path}/a`, "");
    assertEquals(host.instance(`${path}/a`) === first, false);
    assertEquals(host.instance(`${path}/b`), first);
    assertThrows(() => host.instance(`${path}/c`), SyscallError);
  } finally {
    Deno.removeSync(path, { recursive: true });
  }
});

Deno.test("LinuxHost reads links without resolving them", () => {
  using host = new LinuxHost();
  assertEquals(host.readLink("/proc/self"), String(Deno.pid));
  assertMatch(host.readLink("/sys/class/net/lo"), /^\.\.\/.*\/net\/lo$/);
});

Deno.test("LinuxHost says whether a path leads to something", () => {
  using host = new LinuxHost();
  assertEquals(host.exists("/dev/null"), true);
  assertEquals(host.exists("/proc/self"), true);
  assertEquals(host.exists("/sys/class"), true);
  assertEquals(host.exists("/dev/fwctl/fwctl4095"), false);
});

for (
  const [what, call, errnoName] of [
    [
      "a missing file",
      (host: LinuxHost) => host.readFile("/proc/nope"),
      "ENOENT",
    ],
    ["a directory", (host: LinuxHost) => host.readFile("/proc"), "EISDIR"],
    ["a file listed", (host: LinuxHost) => host.list("/dev/null"), "ENOTDIR"],
    [
      "a file as a link",
      (host: LinuxHost) => host.readLink("/dev/null"),
      "EINVAL",
    ],
    ["a missing node", (host: LinuxHost) => host.open("/dev/nope"), "ENOENT"],
    [
      "a path that is too long",
      (host: LinuxHost) => host.readFile(`/${"x".repeat(5000)}`),
      "ENAMETOOLONG",
    ],
    [
      "a path with a NUL in it",
      (host: LinuxHost) => host.open("/dev/null\0/fwctl0"),
      "EINVAL",
    ],
  ] as const
) {
  Deno.test(`LinuxHost refuses ${what} with ${errnoName}`, () => {
    using host = new LinuxHost();
    const error = assertThrows(() => call(host), SyscallError, errnoName);
    assertEquals(error.errnoName, errnoName);
    assertMatch(error.hint ?? "", /\.$/);
  });
}

Deno.test("an open of a fwctl node names the device and what to do", () => {
  using host = new LinuxHost();
  const error = assertThrows(
    () => host.open("/dev/fwctl/fwctl4095"),
    SyscallError,
  );
  assertEquals(
    [error.device, error.errnoName, error.call],
    ["fwctl4095", "ENOENT", "open"],
  );
  assertMatch(error.hint ?? "", /module/);
});

Deno.test("ioctl gives the negated errno of the real call", () => {
  using host = new LinuxHost();
  using node = host.open("/dev/null");
  assertEquals(node.ioctl(0x9a01, new Uint8Array(32), []), -ERRNO.ENOTTY);
});

Deno.test("ioctl leaves in the buffer what the kernel wrote", () => {
  using host = new LinuxHost();
  using node = host.open("/dev/zero");
  using tty = host.open("/dev/ptmx");
  const TIOCGPTN = 0x80045430;
  const number = new Uint8Array(4).fill(0xff);
  assertEquals(tty.ioctl(TIOCGPTN, number, []), 0);
  assert(new Uint32Array(number.buffer)[0] !== 0xffffffff);
  assertEquals(node.ioctl(FIONREAD, new Uint8Array(4), []), -ERRNO.ENOTTY);
});

Deno.test("ioctl writes the addresses of the targets into their holders", () => {
  using host = new LinuxHost();
  using node = host.open("/dev/null");
  const arg = new Uint8Array(32).fill(0xee);
  const [a, b] = [new Uint8Array(8), new Uint8Array(1024)];
  node.ioctl(0x9a01, arg, [
    { holder: arg, at: 3, target: a },
    { holder: arg, at: 20, target: b.subarray(100) },
    { holder: arg, at: 12, target: new Uint8Array(0) },
  ]);
  const at = (offset: number) =>
    new DataView(arg.buffer).getBigUint64(offset, true);
  const address = (bytes: Uint8Array<ArrayBuffer>) =>
    Deno.UnsafePointer.value(Deno.UnsafePointer.of(bytes));
  assertEquals(at(3), BigInt(address(a)));
  assertEquals(at(20), BigInt(address(b)) + 100n);
  assertEquals(at(12), 0n);
  assertEquals([arg[2], arg[11], arg[28]], [0xee, 0xee, 0xee]);
});

Deno.test("a pointer that does not fit in its holder is EFAULT, and writes nothing", () => {
  using host = new LinuxHost();
  using node = host.open("/dev/null");
  const arg = new Uint8Array(32);
  for (const at of [25, 32, -1, NaN, 1e9]) {
    const pointer = { holder: arg, at, target: new Uint8Array(8) };
    assertEquals(node.ioctl(0x9a01, arg, [pointer]), -ERRNO.EFAULT);
  }
  assertEquals(arg, new Uint8Array(32));
});

Deno.test("using closes the descriptor, and a closed one answers EBADF", () => {
  using host = new LinuxHost();
  host.exists("/");
  const before = descriptors();
  const node = host.open("/dev/null");
  assertEquals(descriptors().length, before.length + 1);
  {
    using _ = node;
  }
  assertEquals(descriptors().length, before.length);
  node.close();
  assertEquals(node.ioctl(0x9a01, new Uint8Array(32), []), -ERRNO.EBADF);
});

Deno.test("file calls leave no descriptor behind, failing ones included", () => {
  using host = new LinuxHost();
  host.exists("/");
  const before = descriptors().length;
  for (let i = 0; i < 20; i++) {
    host.readFile("/proc/self/status");
    host.list("/proc/self");
    host.exists("/dev/null");
    assertThrows(() => host.readFile("/proc"), SyscallError);
    assertThrows(() => host.list("/dev/null"), SyscallError);
  }
  assertEquals(descriptors().length, before);
});

Deno.test("a node outlives its host, and a disposed host says so", () => {
  const host = new LinuxHost();
  const node = host.open("/dev/null");
  host[Symbol.dispose]();
  host[Symbol.dispose]();
  assertEquals(node.ioctl(0x9a01, new Uint8Array(32), []), -ERRNO.ENOTTY);
  node.close();
  assertThrows(() => host.exists("/"), UsageError, "disposed");
});

Deno.test("a libc that is not there is a usage error naming it", () => {
  using host = new LinuxHost({ libc: "/nowhere/libc.so.6" });
  const error = assertThrows(() => host.exists("/"), UsageError, "/nowhere");
  assertMatch(error.hint ?? "", /libc/);
});

Deno.test("two hosts share one libc, and each may go first", () => {
  const a = new LinuxHost();
  using b = new LinuxHost();
  assertEquals([a.exists("/"), b.exists("/")], [true, true]);
  a[Symbol.dispose]();
  assertEquals(b.exists("/"), true);
});

Deno.test("hostFacts of this machine look like facts", () => {
  using host = new LinuxHost();
  const facts = hostFacts(host);
  assertMatch(facts.bootId, /^[0-9a-f-]{36}$/);
  assertEquals(facts.kernel, Deno.osRelease());
  const status = Deno.readTextFileSync("/proc/self/status");
  const caps = BigInt(`0x${/CapEff:\s*(\w+)/.exec(status)?.[1]}`);
  assertEquals(facts.rawio, (caps >> 17n & 1n) === 1n);
});
