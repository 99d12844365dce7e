/** Who a function is to the firmware: the ways agree, or nothing is done. */
import { assertEquals, assertThrows } from "@std/assert";
import type { Channel } from "../../../../drivers/driver.ts";
import {
  askParent,
  type Child,
  identifyChild,
} from "../../../../drivers/mlx5/child/identify.ts";
import { kernelOwner } from "../../../../drivers/mlx5/child/owners.ts";
import { poolExceeded } from "../../../../drivers/mlx5/child/pool.ts";
import { opcodeOf, readU16 } from "../../../../drivers/mlx5/protocol.ts";
import { Sessions } from "../../../../lib/device/sessions.ts";
import {
  DeviceError,
  isFwctlError,
  PlanError,
} from "../../../../lib/errors.ts";
import { READ_POLICY } from "../../../../lib/plan/policy.ts";
import { DRIVERS, inventoryOf, machine } from "../../../recipes/run.ts";

const VFS = 8;
const VUID = 0xb22;

/** A channel whose answers may be changed on the way. */
type Change = (request: Uint8Array, answer: Uint8Array) => void;

async function identify(
  index: number,
  change: Change = () => {},
): Promise<Child> {
  using host = await machine("connectx");
  using sessions = new Sessions({
    host,
    inventory: inventoryOf(host),
    drivers: DRIVERS,
    policy: READ_POLICY,
  });
  const real = sessions.get("fwctl0").channel;
  const channel: Channel = {
    ...real,
    device: real.device,
    send: (request, capacity) => {
      const answer = real.send(request, capacity).slice();
      change(request, answer);
      return answer;
    },
  };
  return identifyChild(channel, askParent(channel, VFS), index, VFS);
}

Deno.test("a function is known by its id, its vhca_id and its VUID", async () => {
  const found = await identify(3);
  assertEquals(found.functionId, 4);
  assertEquals(found.checks, ["virtfn link", "capabilities", "VUID"]);
  assertEquals(found.vuid?.endsWith("VF4"), true);
  const others = await Promise.all([0, 1, 2].map((index) => identify(index)));
  assertEquals(
    new Set([found, ...others].map(({ vhcaId }) => vhcaId)).size,
    4,
  );
});

async function refused(change: Change, words: string): Promise<void> {
  let thrown: unknown;
  try {
    await identify(1, change);
  } catch (error) {
    thrown = error;
  }
  assertThrows(
    () => {
      throw thrown;
    },
    PlanError,
    words,
  );
}

const isCap = (request: Uint8Array) => opcodeOf(request) === 0x100;
const isOther = (request: Uint8Array) => ((request[8] ?? 0) & 0x80) !== 0;
const isById = (request: Uint8Array) => ((request[8] ?? 0) & 0x10) !== 0;

const notManager: Change = (request, answer) => {
  if (isCap(request) && !isOther(request)) answer[16 + 52] = 0;
};

Deno.test("a PF that says it manages no others is refused by what its firmware answers, not by what it says", async () => {
  assertEquals((await identify(1, notManager)).functionId, 2);
  await refused((request, answer) => {
    notManager(request, answer);
    if (!isCap(request) || !isOther(request)) return;
    throw new DeviceError("BAD_PARAM", { status: 3, statusName: "BAD_PARAM" });
  }, "does not manage other functions");
});

Deno.test("a function with the PF's own vhca_id is refused", () => {
  let own: Uint8Array | undefined;
  return refused((request, answer) => {
    if (!isCap(request)) return;
    if (!isOther(request)) own ??= answer.slice(22, 24);
    else if (own) answer.set(own, 22);
  }, "has the vhca_id of the PF itself");
});

Deno.test("a vhca_id that leads to another function is refused", () =>
  refused((request, answer) => {
    if (isCap(request) && isById(request)) answer[23] = (answer[23] ?? 0) ^ 1;
  }, "leads to another function"));

Deno.test("a VUID that is none of the PF's functions is refused", () =>
  refused((request, answer) => {
    if (opcodeOf(request) === VUID && ((request[12] ?? 0) & 0x80) === 0) {
      answer[64] = 0x58;
    }
  }, "is none of the PF's virtual functions"));

Deno.test("a VUID of another index is refused", () =>
  refused((request, answer) => {
    if (opcodeOf(request) !== VUID || ((request[12] ?? 0) & 0x80) === 0) return;
    const first = answer.slice(64, 64 + 128);
    answer.copyWithin(64, 64 + 128, 64 + 256);
    answer.set(first, 64 + 128);
  }, "its VUID is the one of VF 0"));

Deno.test("a device without query_vuid is checked in the other ways", async () => {
  const found = await identify(1, (request, answer) => {
    // GENERAL_2 current: query_vuid is byte 18, 0x20.
    if (isCap(request) && readU16(request, 6) === 0x41) {
      answer[16 + 18] = (answer[16 + 18] ?? 0) & ~0x20;
    }
  });
  assertEquals(found.vuid, null);
  assertEquals(found.checks, ["virtfn link", "capabilities"]);
});

Deno.test("any bytes in a VUID answer are refused typed or read as they are", async () => {
  for (let seed = 1; seed < 40; seed++) {
    try {
      await identify(2, (request, answer) => {
        if (opcodeOf(request) !== VUID) return;
        for (let at = 60; at < answer.length; at += seed) {
          answer[at] = (answer[at] ?? 0) ^ (seed * 37);
        }
      });
    } catch (error) {
      assertEquals(isFwctlError(error), true, String(error));
    }
  }
});

Deno.test("vectors are summed over all functions, and less than before always fits", async () => {
  using host = await machine("connectx");
  using sessions = new Sessions({
    host,
    inventory: inventoryOf(host),
    drivers: DRIVERS,
    policy: READ_POLICY,
  });
  const { channel } = sessions.get("fwctl0");
  const parent = askParent(channel, VFS);
  const ids = Array.from({ length: VFS }, (_, index) => index + 1);
  const ask = (vectors: number) =>
    poolExceeded(channel, parent, new Map([[1, vectors]]), ids);
  assertEquals(ask(0), undefined);
  assertEquals(ask(4000)?.includes("num_total_dynamic_vf_msix"), true);
  assertEquals(poolExceeded(channel, parent, new Map(), ids), undefined);
});

Deno.test("the kernel's own ways are known by type and field", () => {
  assertEquals(kernelOwner("GENERAL", "roce"), {
    by: "devlink",
    attribute: "roce",
    words: ["disable", "enable"],
  });
  assertEquals(kernelOwner("GENERAL", "dynamic_msix_table_size")?.by, "sysfs");
  assertEquals(kernelOwner("GENERAL_2", "roce"), undefined);
  assertEquals(kernelOwner("GENERAL", "constructor"), undefined);
});
