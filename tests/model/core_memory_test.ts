import { assertEquals, assertThrows } from "@std/assert";
import { ModelMemory } from "../../lib/model/memory.ts";

const page = (...bytes: number[]) => Uint8Array.from(bytes);

Deno.test("a read copies what is mapped and faults on the first byte beyond", () => {
  const bytes = page(1, 2, 3, 4);
  const memory = new ModelMemory([{ address: 0x1000n, bytes }]);
  const copy = memory.read(0x1001n, 3);
  assertEquals(copy, page(2, 3, 4));
  copy?.fill(9);
  assertEquals(bytes, page(1, 2, 3, 4));
  assertEquals(memory.read(0x1001n, 4), undefined);
  assertEquals(memory.read(0xfffn, 1), undefined);
});

Deno.test("a write that faults half way has written the bytes before the fault", () => {
  const bytes = page(0, 0, 0, 0);
  const memory = new ModelMemory([{ address: 0x1000n, bytes }]);
  assertEquals(memory.write(0x1002n, page(7, 8, 9)), false);
  assertEquals(bytes, page(0, 0, 7, 8));
  assertEquals(memory.clear(0x1003n, 2), false);
  assertEquals(bytes, page(0, 0, 7, 0));
});

Deno.test("a read-only region can be read and not written", () => {
  const bytes = page(5, 6);
  const memory = new ModelMemory([{ address: 0x1000n, bytes, readonly: true }]);
  assertEquals(memory.read(0x1000n, 2), page(5, 6));
  assertEquals(memory.write(0x1000n, page(1)), false);
  assertEquals(memory.clear(0x1000n, 1), false);
  assertEquals(bytes, page(5, 6));
});

Deno.test("regions that touch count as one", () => {
  const a = page(1, 2);
  const b = page(3, 4);
  const memory = new ModelMemory([
    { address: 0x1002n, bytes: b },
    { address: 0x1000n, bytes: a },
  ]);
  assertEquals(memory.read(0x1001n, 2), page(2, 3));
  assertEquals(memory.write(0x1001n, page(8, 9)), true);
  assertEquals([a, b], [page(1, 8), page(9, 4)]);
});

Deno.test("nothing is copied to or from the kernel's addresses, and no byte always works", () => {
  const top = 0x7fffffffeff8n;
  const bytes = new Uint8Array(8);
  const memory = new ModelMemory([{ address: top, bytes }]);
  assertEquals(memory.write(top, page(1, 1, 1, 1, 1, 1, 1, 1, 1)), false);
  assertEquals(
    bytes,
    new Uint8Array(8),
    "access_ok fails before the first byte",
  );
  for (const address of [0n, 0xffff888000000000n, 0x8000000000000000n, -1n]) {
    assertEquals(memory.read(address, 1), undefined);
    assertEquals(memory.read(address, 0), new Uint8Array());
    assertEquals(memory.write(address, new Uint8Array()), true);
    assertEquals(memory.clear(address, 0), true);
  }
});

Deno.test("regions cannot overlap or leave the address space", () => {
  const memory = new ModelMemory([{ address: 0x1000n, bytes: page(1, 2) }]);
  const overlap = { address: 0x1001n, bytes: page(1) };
  assertThrows(() => memory.map(overlap), RangeError);
  const beyond = { address: 0x7fffffffefffn, bytes: page(1, 2) };
  assertThrows(() => memory.map(beyond), RangeError);
});
