import { assert, assertEquals, assertThrows } from "@std/assert";
import { ModelError } from "../../../lib/errors.ts";
import type { PlainObject } from "../../../lib/plain.ts";
import { newRequest } from "../../../drivers/bnxt/protocol.ts";
import { card } from "./firmware_fixture.ts";

function faulty(...faults: PlainObject[]) {
  return card({ faults });
}

Deno.test("a refusal strikes once, at the nth request of its name, and executes nothing", () => {
  const { send } = faulty({
    request: "NVM_ERASE_DIR_ENTRY",
    nth: 2,
    status: 0x10,
    detail: 7,
  });
  const erase = (dir_idx: number) => send("NVM_ERASE_DIR_ENTRY", { dir_idx });
  const entries = () => send("NVM_GET_DIR_INFO").fields.entries;
  assertEquals([erase(0).error, entries()], [0, 11]);
  const second = erase(1);
  assertEquals([second.error, second.bytes.length], [0x10, 16]);
  assertEquals([second.bytes[14], entries()], [7, 11]);
  assertEquals([erase(1).error, entries()], [0, 10]);
});

Deno.test("a request is named with or without HWRM_, in any case, or by its number", () => {
  for (
    const request of ["FW_HEALTH_CHECK", "hwrm_fw_health_check", 0xc2, "*"]
  ) {
    const { send } = faulty({ request, status: 2 });
    assertEquals(send("FW_HEALTH_CHECK").error, 2);
    assertEquals(send("FW_HEALTH_CHECK").error, 0);
  }
});

Deno.test("an errno arrives where the error code would be; with executes the firmware did it all the same", () => {
  for (const executes of [false, true]) {
    const { send, raw } = faulty({
      request: "NVM_ERASE_DIR_ENTRY",
      errno: "EBUSY",
      executes,
    });
    const out = raw(newRequest("NVM_ERASE_DIR_ENTRY", { dir_idx: 3 }));
    assert(typeof out !== "number");
    assertEquals([out[0], out[1]], [0xf0, 0xff]);
    assert(out.subarray(2).every((byte) => byte === 0), "nothing else came");
    assertEquals(send("NVM_GET_DIR_INFO").fields.entries, executes ? 11 : 12);
  }
});

Deno.test("an unplug takes the function that sent, and the call ends normally", () => {
  const fixture = faulty({ request: "VER_GET", unplug: true });
  assertEquals(fixture.send("VER_GET", {}, 2).error, 0);
  assertEquals(fixture.unplugged, [2]);
});

Deno.test("a response can be cut and corrupted", () => {
  const { raw } = faulty(
    { request: "VER_GET", truncate: 12 },
    { request: "VER_GET", nth: 2, corrupt: { byte: 112, xor: 1 } },
  );
  const read = () => {
    const out = raw(newRequest("VER_GET"));
    assert(typeof out !== "number");
    return out;
  };
  assert(read().subarray(12).every((byte) => byte === 0));
  const corrupt = read();
  assertEquals((corrupt[112] ?? 0) ^ (read()[112] ?? 0), 1);
});

Deno.test("what was used up stays used up in a saved state", () => {
  const faults = { request: "VER_GET", status: 1 };
  const first = faulty(faults);
  assertEquals(first.send("VER_GET").error, 1);
  const second = faulty(faults);
  second.functions.restore(first.functions.save());
  assertEquals(second.send("VER_GET").error, 0);
});

Deno.test("a wrong option is refused with the key path and what was meant", () => {
  const wrong: [PlainObject, string][] = [
    [{ type: "netxtrem" }, 'did you mean "netxtreme"'],
    [{ chip: "BCM57509" }, "BCM57508"],
    [{ serial: "12" }, "firmware.serial"],
    [{ seriall: "0123456789abcdef" }, 'did you mean "serial"'],
    [{ mac: "BC:97:E1:00:00:00" }, "firmware.mac"],
    [{ firmwareVersion: "230.0" }, "firmware.firmwareVersion"],
    [{ firmwareVersion: "256.0.0.0" }, "firmware.firmwareVersion"],
    [{ packageVersion: "x".repeat(17) }, "firmware.packageVersion"],
    [{ temperatures: { chip: 256 } }, "firmware.temperatures.chip"],
    [{ temperatures: { chp: 1 } }, 'did you mean "chip"'],
    [{ health: { status: ["SRT_MISMACH"] } }, 'did you mean "SRT_MISMATCH"'],
    [{ health: { selfReset: "now" } }, "firmware.health.selfReset"],
    [{ health: { state: 1 } }, "firmware.health.state"],
    [{ port: { speed: 400 } }, "firmware.port.speed"],
    [{ port: { link: "upp" } }, 'did you mean "up"'],
    [{ port: { vendor: "ü" } }, "firmware.port.vendor"],
    [{ nvm: { size: 1 } }, "firmware.nvm.size"],
    [{ nvm: { size: 100_000 } }, "its entries need"],
    [{ nvm: { entries: [{ type: "VDP" }] } }, 'did you mean "VPD"'],
    [{ nvm: { entries: [{ type: "toString" }] } }, "entries[0].type"],
    [{ faults: [{ request: "FUNC_QCAP", status: 1 }] }, "FUNC_QCAPS"],
    [{ faults: [{ request: "FUNC_CFG", status: 1 }] }, "names no command"],
    [{ faults: [{ request: "*", status: 0x10000 }] }, "faults[0].status"],
    [{ resetRequests: -1 }, "firmware.resetRequests"],
    [{ type: "stub", chip: "BCM57508" }, "firmware.chip"],
  ];
  for (const [firmware, message] of wrong) {
    assertThrows(() => card(firmware), ModelError, message);
  }
});
