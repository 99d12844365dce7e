/** Labels against the modelled kernel: with a true map the scope is exactly the least one. */
import { assert, assertEquals } from "@std/assert";
import { cardOperations } from "../../../drivers/pds/firmware/operations.ts";
import { driver } from "../../../drivers/pds/mod.ts";
import { probeMessage, rpcMessage } from "../../../drivers/pds/protocol.ts";
import { openDevice } from "../../../lib/device/open.ts";
import { sendFlat } from "../../../lib/device/channel.ts";
import { isFwctlError } from "../../../lib/errors.ts";
import { SCOPES } from "../../../lib/uapi/fwctl.ts";
import { mergeMaps } from "../../../drivers/pds/knowledge.ts";
import { host, SAMPLE } from "./fixture.ts";

const KNOW = () => mergeMaps([SAMPLE.content]);

Deno.test("with a true map the label's scope is the least the kernel accepts, for every operation and version", async () => {
  using machine = await host();
  using device = openDevice(machine, "/dev/fwctl/fwctl0");
  let checked = 0;
  for (const { endpoint, operation, name } of cardOperations()) {
    for (let version = 0; version <= operation.version; version++) {
      const op = version << 16 | operation.command;
      const size = operation.request?.size ?? 0;
      const request = rpcMessage(endpoint, op, new Uint8Array(size));
      const accepted = SCOPES.filter((scope) => {
        try {
          sendFlat(device, driver, scope, request, 48 + 128);
          return true;
        } catch (error) {
          assert(isFwctlError(error), String(error));
          assertEquals(error.details().errnoName, "EPERM");
          return false;
        }
      });
      assertEquals(driver.classify(request, KNOW).scope, accepted[0], name);
      checked++;
    }
  }
  assert(checked > 13);
});

Deno.test("without a map nothing is assumed but the worst, and the label says that it does not know", () => {
  const label = driver.classify(rpcMessage(1, 0x10003, new Uint8Array(0)));
  assertEquals(label.name, "endpoint 0x1 operation 0x10003");
  assertEquals(
    [label.allowed, label.scope, label.effect],
    [true, "debug-write-full", "destructive"],
  );
  assert(label.scopeReason.includes("not known"));
  assert(label.effectReason.includes("not known"));
  assertEquals(label.groups, ["vendor", "unknown"]);
});

Deno.test("a request the map does not cover is as unknown as without it", () => {
  for (const op of [0x10004, 99, 0xff000004, 0x80000004]) {
    const label = driver.classify(
      rpcMessage(0x20, op, new Uint8Array(0)),
      KNOW,
    );
    assertEquals(label.effect, "destructive", op.toString(16));
  }
  const known = driver.classify(rpcMessage(0x20, 4, new Uint8Array(4)), KNOW);
  assertEquals([known.name, known.detail, known.effect], [
    "port.flap",
    "endpoint 0x20 operation 0x4",
    "disruptive",
  ]);
  assertEquals(known.groups, ["vendor", "link"]);
});

Deno.test("a probe is a read at the scope it asks at, and at no scope there is not", () => {
  for (const [number, scope] of SCOPES.entries()) {
    const label = driver.classify(probeMessage(0x20, 4, number), KNOW);
    assertEquals([label.allowed, label.effect, label.scope], [
      true,
      "read",
      scope,
    ]);
    assertEquals(label.detail, "endpoint 0x20 operation 0x4, probe");
  }
  assertEquals(driver.classify(probeMessage(1, 1, 4)).allowed, false);
});

Deno.test("what is shorter than the header is sent at no scope", () => {
  for (const length of [0, 1, 47]) {
    assertEquals(driver.classify(new Uint8Array(length)).allowed, false);
  }
});
