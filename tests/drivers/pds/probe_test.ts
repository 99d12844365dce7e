/** The probe: it finds what the card has and executes nothing. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { PdsFirmware } from "../../../drivers/pds/firmware.ts";
import { cardOperations } from "../../../drivers/pds/firmware/operations.ts";
import { pdsfc_probe } from "../../../drivers/pds/kernel.ts";
import { driver } from "../../../drivers/pds/mod.ts";
import { probeQuery } from "../../../drivers/pds/queries/probe.ts";
import { StubDevice } from "../../../drivers/pds/stub.ts";
import { openChannel } from "../../../lib/device/channel.ts";
import type { Device } from "../../../lib/device/device.ts";
import {
  DecodeError,
  PolicyError,
  SyscallError,
  UsageError,
} from "../../../lib/errors.ts";
import { ModelMemory } from "../../../lib/model/memory.ts";
import type { PlainObject } from "../../../lib/plain.ts";
import { READ_POLICY } from "../../../lib/plan/policy.ts";
import { errnoName } from "../../../lib/uapi/errno.ts";
import { scopeNumber } from "../../../lib/uapi/fwctl.ts";
import { ANY, bench, definition, ENTRY } from "./fixture.ts";

const ALL = { endpoints: ["0-0x40"], operations: "0-8" };

interface Row {
  readonly endpoint: string;
  readonly operation: string;
  readonly scope: string;
  readonly name: string;
}

function rows(answer: unknown): Row[] {
  return (answer as { found: Row[] }).found;
}

function run(
  session: Awaited<ReturnType<typeof bench>>["session"],
  args: PlainObject,
): unknown {
  return probeQuery.run(session, args);
}

Deno.test("at debug-write it finds every operation with its exact scope, and the card executes nothing", async () => {
  using machine = await bench({ policy: ANY });
  const found = rows(run(machine.session, { ...ALL, scope: "debug-write" }));
  const expected = new Map(
    cardOperations().map(({ name, operation }) => [name, operation.scope]),
  );
  assertEquals(
    new Map(found.map(({ name, scope }) => [name, scope])),
    expected,
  );
  const info = machine.session.channel;
  // system.get_info counts what ran: only itself.
  const { operation } = driver.actions;
  assert(operation);
  const body = operation.parse({
    device: "fwctl0",
    endpoint: "system",
    operation: "get_info",
  });
  const located = operation.locate(body, machine.sessions.inventory);
  const { request, capacity } = operation.prepare(body, located, {
    ...machine.session,
    memo: (_key, read) => read(),
  });
  const answer = operation.answer(
    request,
    info.send(request, capacity),
    machine.session.know,
  );
  assertEquals((answer.fields as { requests: number }).requests, 1);
});

Deno.test("below that it says at least, and asks at no scope above the one it was given", async () => {
  using machine = await bench({ policy: READ_POLICY, maps: [] });
  const low = rows(run(machine.session, ALL));
  assertEquals(low.length, 13);
  assertEquals(
    low.find(({ endpoint, operation }) =>
      endpoint === "0x20" && operation === "0x4"
    )?.scope,
    "at least debug-read-only",
  );
  const asked = machine.sent.length;
  assertEquals(asked, 65 * 9);
  const more = rows(run(machine.session, { ...ALL, scope: "debug-read-only" }));
  assertEquals(
    more.map(({ scope }) => scope).filter((scope) =>
      scope === "at least debug-write"
    ).length,
    4,
  );
});

Deno.test("a policy that forbids taint stops a probe that would taint before it is sent", async () => {
  using machine = await bench({ policy: READ_POLICY });
  const error = assertThrows(
    () =>
      run(machine.session, {
        endpoints: "0x20",
        operations: "4",
        scope: "debug-write",
      }),
    PolicyError,
  );
  assert(error.refusals.some((each) => each.includes("taints the kernel")));
  assertEquals(machine.sent.length, 2);
});

Deno.test("a wrong map is seen: the probe says what the map says", async () => {
  const wrong = definition({
    format: "fwctl-definition/1",
    driver: "pds",
    endpoints: [{
      id: 1,
      name: "system",
      operations: [{ command: 2, name: "slots", scope: "configuration" }],
    }],
  });
  using machine = await bench({ maps: [wrong] });
  const [row] = rows(run(machine.session, {
    endpoints: "system",
    operations: "2",
    scope: "debug-read-only",
  }));
  assertEquals(row as unknown, {
    endpoint: "0x1",
    operation: "0x2",
    name: "system.slots",
    scope: "debug-read-only",
    note: "the endpoint map says configuration",
  });
});

Deno.test("nothing is probed unless endpoints and operations are named, and never more than 4096 pairs", async () => {
  using machine = await bench();
  for (
    const [args, words] of [
      [{}, "endpoints is missing"],
      [{ endpoints: "1" }, "operations is missing"],
      [{ endpoints: [], operations: "1" }, "endpoints is missing"],
      [{ endpoints: "0-0xffffffff", operations: "1" }, "more than 4096"],
      [{ endpoints: "1-64", operations: "0-64" }, "4160 pairs"],
      [{ endpoints: "2-1", operations: "1" }, "is not within"],
      [{ endpoints: "1", operations: "0x10000" }, "is not within"],
      [{ endpoints: "1", operations: "flap" }, '"flap" is no number'],
      [{ endpoints: "prt", operations: "1" }, 'endpoint "prt"'],
      [{ endpoints: [{}], operations: "1" }, "is not a number"],
      [{ endpoints: "1", operations: "1", scope: "debug-write-full" }, "scope"],
      [{ endpoints: "1", operations: "1", version: 256 }, "256"],
      [{ endpoint: "1" }, 'no argument "endpoint"'],
    ] as const
  ) {
    assertThrows(() => run(machine.session, args), UsageError, words);
  }
  assertEquals(machine.sent, []);
});

Deno.test("on the recordings' firmware no probe is counted as an RPC, at any scope", () => {
  const device = new StubDevice();
  const ops = pdsfc_probe(device);
  assert(typeof ops === "object");
  const uctx = ops.open_uctx();
  assert(typeof uctx === "object");
  const memory = new ModelMemory([]);
  const stub: Device = {
    name: "fwctl0",
    info: () => ({ deviceType: 4, deviceData: new Uint8Array(0) }),
    rpc({ request, scope }) {
      const answer = ops.fw_rpc(
        uctx,
        scopeNumber(scope),
        request.slice(),
        48,
        memory,
      );
      assert(typeof answer === "number", "a probe was executed");
      throw new SyscallError("refused", {
        errno: -answer,
        errnoName: errnoName(-answer),
        call: "ioctl(FWCTL_RPC)",
      });
    },
    close: () => {},
    [Symbol.dispose]: () => {},
  };
  const answer = probeQuery.run(
    {
      channel: openChannel(stub, driver, ANY),
      know: () => undefined,
      info: {},
      entry: ENTRY,
    },
    { endpoints: "0-0x41", operations: "0-0x20", scope: "debug-write" },
  );
  assertEquals(device.rpcs, 0);
  assertEquals(
    rows(answer).map(({ endpoint, operation, scope }) =>
      `${endpoint}/${operation} ${scope}`
    ),
    [
      "0x1/0x1 configuration",
      "0x1/0x2 debug-read-only",
      "0x1/0x3 configuration",
      "0x1/0x4 debug-write",
      "0x1/0x5 configuration",
      "0x1/0x6 debug-write-full",
      "0x1/0x7 configuration",
      "0x20/0x1 debug-write",
      "0x20/0x10 configuration",
      "0x20/0x11 configuration",
      "0x20/0x12 configuration",
    ],
  );
  assertEquals(
    (answer as { endpoints_without_list: string[] }).endpoints_without_list,
    ["0x30"],
  );
});

Deno.test("a kernel that answers a probe stops it with a warning, and other errnos end it", () => {
  const answering = (rpc: Device["rpc"]) =>
    openChannel(
      {
        name: "fwctl0",
        info: () => ({ deviceType: 4, deviceData: new Uint8Array(0) }),
        rpc,
        close: () => {},
        [Symbol.dispose]: () => {},
      },
      driver,
      ANY,
    );
  const args = { endpoints: "1", operations: "1" };
  const context = { know: () => undefined, info: {}, entry: ENTRY };
  assertThrows(
    () =>
      probeQuery.run({
        ...context,
        channel: answering(() => ({
          data: new Uint8Array(48),
          length: 48,
          truncated: false,
        })),
      }, args),
    DecodeError,
    "may have executed",
  );
  assertThrows(
    () =>
      probeQuery.run({
        ...context,
        channel: answering(() => {
          throw new SyscallError("gone", {
            errno: 19,
            errnoName: "ENODEV",
            call: "ioctl(FWCTL_RPC)",
          });
        }),
      }, args),
    SyscallError,
    "gone",
  );
});

Deno.test("the modelled card is what the scenario's default gives", async () => {
  const modelDriver = await driver.loadModel();
  const card = modelDriver.create({
    driver: "pds",
    kernelDriver: "pds_core",
    pci: "0000:b5:00.0",
    pciId: "1dd8:100c",
    net: [],
    infiniband: [],
    totalVfs: 0,
    vfs: [],
    firmware: {},
    at: "devices[0]",
    unplug: () => {},
  });
  assert(card instanceof PdsFirmware);
  assertEquals(typeof card.ops(1), "number");
});
