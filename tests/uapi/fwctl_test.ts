import { assertEquals } from "@std/assert";
import {
  FWCTL_INFO,
  fwctl_info,
  FWCTL_RPC,
  fwctl_rpc,
  type Member,
  scopeNumber,
  SCOPES,
  scopeTaints,
} from "../../lib/uapi/fwctl.ts";

// What a C compiler says of include/uapi/fwctl/fwctl.h on x86-64 and arm64.
const C = {
  fwctl_info: [24, [0, 4], [4, 4], [8, 4], [12, 4], [16, 8]],
  fwctl_rpc: [32, [0, 4], [4, 4], [8, 4], [12, 4], [16, 8], [24, 8]],
} as const;

function shape(struct: Readonly<Record<string, Member | number>>): unknown[] {
  return Object.values(struct).map((one) =>
    typeof one === "number" ? one : [one.offset, one.size]
  );
}

Deno.test("struct fwctl_info has the size and offsets of C", () => {
  assertEquals(shape(fwctl_info), [...C.fwctl_info]);
});

Deno.test("struct fwctl_rpc has the size and offsets of C", () => {
  assertEquals(shape(fwctl_rpc), [...C.fwctl_rpc]);
});

Deno.test("ioctl numbers are _IO(0x9A, 0) and _IO(0x9A, 1)", () => {
  assertEquals([FWCTL_INFO, FWCTL_RPC], [0x9a << 8, 0x9a << 8 | 1]);
});

Deno.test("scopes have the kernel's numbers, and the last two taint", () => {
  assertEquals(SCOPES.map(scopeNumber), [0, 1, 2, 3]);
  assertEquals(SCOPES.map(scopeTaints), [false, false, true, true]);
});
