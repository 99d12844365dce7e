// deno-lint-ignore-file no-console -- says why it was skipped
/** What a server learns of a caller, and writes into its memory: tried on this process. */
import { assert, assertEquals } from "@std/assert";
import { ProcCallers } from "../../lib/cuse/callers.ts";
import { CuseLibc } from "../../lib/cuse/libc.ts";
import { hostFacts } from "../../lib/host/facts.ts";
import { LinuxHost } from "../../lib/host/linux.ts";
import { ERRNO } from "../../lib/uapi/errno.ts";

function addressOf(libc: CuseLibc, bytes: Uint8Array<ArrayBuffer>): bigint {
  void bytes.buffer.byteLength;
  return libc.libc.symbols.memset(bytes, 0, 0n);
}

Deno.test("a caller's name and capability are those of /proc", () => {
  using libc = new CuseLibc();
  using host = new LinuxHost();
  const callers = new ProcCallers(host, libc);
  assertEquals(callers.capSysRawio(Deno.pid), hostFacts(host).rawio);
  const comm = Deno.readTextFileSync(`/proc/${Deno.pid}/comm`).trim();
  assertEquals(callers.comm(Deno.pid), comm);
  // A caller that we do not see, and one that is not there.
  for (const pid of [0, 2 ** 22 + 1]) {
    assertEquals(callers.capSysRawio(pid), false);
    assertEquals(callers.comm(pid), "?");
    assertEquals(callers.reachable(pid, 0x1000n), false);
    const write = { address: 0x1000n, length: 4 };
    assertEquals(callers.write(pid, write), -ERRNO.EFAULT);
  }
});

Deno.test("a caller's memory is written and cleared where it is, and only there", () => {
  using libc = new CuseLibc();
  using host = new LinuxHost();
  const callers = new ProcCallers(host, libc);
  const memory = new Uint8Array(3 << 20).fill(7);
  const address = addressOf(libc, memory);
  if (!callers.reachable(Deno.pid, address)) {
    console.log("skipped: this machine lets nobody write into a process");
    return;
  }
  const bytes = new Uint8Array([1, 2, 3]);
  const at = address + 10n;
  assertEquals(callers.write(Deno.pid, { address: at, length: 3, bytes }), 0);
  assertEquals([...memory.subarray(9, 14)], [7, 1, 2, 3, 7]);
  const length = (2 << 20) + 5;
  assertEquals(callers.write(Deno.pid, { address: at, length }), 0);
  assertEquals(memory.indexOf(0), 10);
  assertEquals(memory.lastIndexOf(0), 10 + length - 1);
  const nowhere = { address: 0x1000n, length: 3, bytes };
  assertEquals(callers.write(Deno.pid, nowhere), -ERRNO.EFAULT);
});

Deno.test("whoever waits for channels can be woken", async () => {
  using libc = new CuseLibc();
  const waker = libc.waker();
  assert(waker >= 0);
  assertEquals(libc.poll([waker], 0), 0);
  const waited = libc.wait([waker]);
  libc.wake(waker);
  await waited;
  assertEquals(libc.poll([waker], 0), 1);
  libc.close(waker);
});
