import { assertEquals, assertThrows } from "@std/assert";
import { MGIR } from "../../../drivers/mlx5/identity.ts";
import {
  decodeInfo,
  opcodeOf,
  opModOf,
  queryHcaCap,
  readRegister,
  setHcaCapHeader,
} from "../../../drivers/mlx5/protocol.ts";
import { refusalOf } from "../../../drivers/mlx5/status.ts";
import { fromHex, toHex } from "../../../lib/bytes.ts";
import { DecodeError } from "../../../lib/errors.ts";

Deno.test("QUERY_HCA_CAP of another function has the bytes mlx5_core sends", () => {
  assertEquals(
    toHex(queryHcaCap(0, "maximum", 1)),
    "01000000000000008000000100000000",
  );
  assertEquals(
    toHex(queryHcaCap(0, "current")),
    "01000000000000010000000000000000",
  );
});

Deno.test("SET_HCA_CAP's header has the type shifted by one and the function id", () => {
  assertEquals(
    toHex(setHcaCapHeader(0x20, 1)),
    "01090000000000408000000100000000",
  );
});

Deno.test("a register read names the register and leaves room for its data", () => {
  const request = readRegister(MGIR, 32);
  assertEquals(request.length, 48);
  assertEquals([opcodeOf(request), opModOf(request)], [0x805, 1]);
  assertEquals(toHex(request.subarray(8, 12)), "00009020");
});

Deno.test("FWCTL_INFO's data decodes to uid and uctx_caps, and shorter data is refused", () => {
  assertEquals(decodeInfo(fromHex("0300000004000000")), {
    uid: 3,
    uctx_caps: 4,
  });
  assertThrows(() => decodeInfo(fromHex("03000000")), DecodeError);
});

Deno.test("status 0 is no refusal; others carry name, syndrome and what to do", () => {
  assertEquals(
    refusalOf(fromHex("00000000 00000000"), "X", "fwctl0"),
    undefined,
  );
  const error = refusalOf(fromHex("03000000 00537801"), "X", "fwctl0");
  assertEquals(error?.statusName, "BAD_PARAM");
  assertEquals(error?.syndrome, 0x537801);
  assertEquals(
    error?.message,
    "The firmware refused X: BAD_PARAM (a parameter is not accepted), syndrome 0x537801 (a capability above its maximum)",
  );
  assertEquals(refusalOf(fromHex("77"), "X", "d")?.statusName, "status 0x77");
});
