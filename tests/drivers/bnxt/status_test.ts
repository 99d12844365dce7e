/** Refusals: the firmware's codes and the kernel's errnos, which share a place. */
import { assert, assertEquals } from "@std/assert";
import { driver } from "../../../drivers/bnxt/mod.ts";
import { newRequest } from "../../../drivers/bnxt/protocol.ts";
import { kernelErrno, statusOf } from "../../../drivers/bnxt/status.ts";
import { errorNames } from "../../../drivers/bnxt/tables/hwrm.ts";
import type { FwctlError } from "../../../lib/errors.ts";
import { refusal } from "./fixture.ts";

function refused(
  code: number,
  answered: boolean,
  command = "FUNC_QCAPS",
): FwctlError {
  const response = answered ? refusal(code) : new Uint8Array(704);
  new DataView(response.buffer).setUint16(0, code, true);
  const error = driver.refusal(newRequest(command), response, "fwctl0");
  assert(error);
  return error;
}

Deno.test("every public error code has its name, a meaning and what to do", () => {
  for (const [code, name] of errorNames()) {
    if (code === 0) continue;
    const status = statusOf(code);
    assertEquals(status.name, name);
    assert(status.meaning !== "not a code with a public name", name);
    assert(status.hint !== "");
    const error = refused(code, true);
    assertEquals(error.code, "DeviceError", name);
    assertEquals(error.details().statusName, name);
  }
});

Deno.test("0xffff with an answer is CMD_NOT_SUPPORTED, without one the kernel's EPERM", () => {
  const firmware = refused(0xffff, true);
  assertEquals(firmware.details().statusName, "CMD_NOT_SUPPORTED");
  assert(/-EPERM/.test(firmware.message), firmware.message);
  const kernel = refused(0xffff, false);
  assertEquals([kernel.code, kernel.details().errnoName], [
    "SyscallError",
    "EPERM",
  ]);
  assert(/CMD_NOT_SUPPORTED/.test(kernel.message), kernel.message);
});

Deno.test("0xfffe with an answer is UNKNOWN_ERR, without one the kernel's ENOENT", () => {
  assertEquals(refused(0xfffe, true).details().statusName, "UNKNOWN_ERR");
  assertEquals(refused(0xfffe, false).details().errnoName, "ENOENT");
});

Deno.test("any other negative errno is the kernel's, and says whether the firmware may have acted", () => {
  const gone = refused(0x10000 - 19, false);
  assertEquals(gone.details().errnoName, "ENODEV");
  assert(!/may have executed/.test(gone.message));
  for (
    const error of [refused(0x10000 - 16, false), refused(0x10000 - 5, true)]
  ) {
    assertEquals(error.code, "SyscallError");
    assert(/may have executed/.test(error.message), error.message);
  }
});

Deno.test("a code is an errno exactly from 0xf001 on", () => {
  assertEquals(kernelErrno(0xf001), 4095);
  assertEquals(kernelErrno(0xf000), undefined);
  assertEquals(kernelErrno(0x8000), undefined);
  assertEquals(kernelErrno(0), undefined);
});

Deno.test("a code nobody has named is still a refusal, by its number", () => {
  const error = refused(0x77, true);
  assertEquals(error.details(), { status: 0x77, statusName: "error 0x77" });
});

Deno.test("the detail of a refusal is named where the header has a list", () => {
  const error = driver.refusal(
    newRequest("NVM_DEFRAG"),
    refusal(1, 2),
    "fwctl0",
  );
  assertEquals(error?.details().syndrome, 2);
  assert(error && /CHECK_FAIL/.test(error.message), error?.message);
  const other = driver.refusal(newRequest("FW_RESET"), refusal(1, 9), "fwctl0");
  assert(other && /detail 0x9/.test(other.message), other?.message);
});

Deno.test("success is no refusal, and neither is nothing at all", () => {
  for (const length of [0, 1, 8, 704]) {
    assertEquals(
      driver.refusal(newRequest("VER_GET"), new Uint8Array(length), "fwctl0"),
      undefined,
    );
  }
});

Deno.test("errnos of the call itself say what the kernel wants", () => {
  const label = driver.classify(newRequest("FUNC_QCAPS"));
  const eperm = driver.explainErrno("EPERM", label);
  assert(eperm && /debug-read-only/.test(eperm.hint), eperm?.hint);
  const never = driver.explainErrno(
    "EPERM",
    driver.classify(newRequest("FUNC_CFG")),
  );
  assert(never && /no scope/.test(never.meaning));
  assert(driver.explainErrno("EINVAL", label));
  assertEquals(driver.explainErrno("ENOTTY", label), undefined);
});
