/** What a file is, by libc and by Deno. */
import { assertEquals, assertThrows } from "@std/assert";
import { SyscallError } from "../../lib/errors.ts";
import { LinuxHost } from "../../lib/host/linux.ts";

Deno.test("stat tells mode, owner and numbers of a node, links followed", () => {
  using host = new LinuxHost();
  for (const path of ["/dev/null", "/tmp", "/proc/self/exe"]) {
    const { mode, uid, gid, rdev } = Deno.statSync(path);
    const got = host.stat(path);
    assertEquals([got.mode, got.uid, got.gid], [mode, uid, gid]);
    // Linux's MKDEV for small numbers.
    assertEquals(got.major << 8 | got.minor, rdev, path);
  }
  const error = assertThrows(() => host.stat("/nonexistent/x"), SyscallError);
  assertEquals(error.errnoName, "ENOENT");
});
