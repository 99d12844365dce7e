// deno-lint-ignore-file no-console -- says why it was skipped
/** `fwctl serve`: what it says where it cannot serve. The rest is tests/kernel/cuse. */
import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { CuseServer } from "../../lib/cuse/server.ts";
import { ModelError, UsageError } from "../../lib/errors.ts";
import { LinuxHost } from "../../lib/host/linux.ts";
import { FwctlCore } from "../../lib/model/core.ts";
import { modelCore, ModelHost } from "../../lib/model/host.ts";
import { loadScenario } from "../../lib/model/load.ts";
import { modelledDrivers } from "../../drivers/load.ts";
import { fwctl } from "../cli/fwctl.ts";

Deno.test("serve must be told where, and names one model", async () => {
  const nowhere = await fwctl(["serve", "--model", "connectx"]);
  assertEquals(nowhere.code, 1);
  assertMatch(nowhere.err, /Where to serve[^]*--socket PATH, --cuse/);
  const two = await fwctl(
    ["serve", "--cuse", "--model", "connectx", "--scenario", "toy"],
  );
  assertEquals(two.code, 1);
  assertMatch(two.err, /name two models/);
});

Deno.test("a model without a fwctl device is not served", () => {
  using host = new LinuxHost();
  assertThrows(
    () => new CuseServer(host, new FwctlCore()),
    ModelError,
    "no fwctl device to serve",
  );
});

Deno.test("a machine without CUSE is told how to get it", async () => {
  try {
    Deno.lstatSync("/dev/cuse");
    console.log("skipped: this machine has CUSE");
    return;
  } catch {
    // As most machines.
  }
  using model = await ModelHost.create(
    await loadScenario("connectx"),
    modelledDrivers(),
  );
  using host = new LinuxHost();
  assertThrows(
    () => new CuseServer(host, modelCore(model)),
    UsageError,
    "There is no /dev/cuse",
  );
});
