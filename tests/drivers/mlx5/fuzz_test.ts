/** Hostile firmware: whatever a response holds, an mlx5 decoder answers or throws a typed error. */
import { assert } from "@std/assert";
import type { Channel } from "../../../drivers/driver.ts";
import { driver } from "../../../drivers/mlx5/mod.ts";
import { decodeInfo } from "../../../drivers/mlx5/protocol.ts";
import { openChannel } from "../../../lib/device/channel.ts";
import type { Device } from "../../../lib/device/device.ts";
import type { Inventory } from "../../../lib/device/inventory.ts";
import { isFwctlError } from "../../../lib/errors.ts";
import { DEFAULT_POLICY } from "../../../lib/plan/policy.ts";
import {
  deviceOf,
  MANY,
  noiseOf,
  random,
  RUNS,
  standsHostility,
} from "../../hostile.ts";
import { ENTRY } from "./entry.ts";

/** A device that answers nonsense: cut short, oversized, of absurd reported length. */
function hostile(next: () => number): Device {
  const noise = noiseOf(next, 8192);
  return deviceOf(1, ({ responseCapacity }) => {
    const kind = next() % 8;
    const size = kind < 4
      ? responseCapacity
      : kind === 4
      ? responseCapacity + 1 + next() % 64
      : next() % (responseCapacity + 1);
    const data = noise.slice(next() % 512, 512 + next() % 512 + size)
      .slice(0, Math.min(size, responseCapacity));
    if (next() % 4) data[0] = 0;
    const length = kind === 4 ? 0xffffffff : data.length;
    return { data, length, truncated: length > responseCapacity };
  });
}

const INVENTORY: Inventory = {
  bootId: "",
  kernel: "",
  lockdown: "none",
  tainted: false,
  rawio: false,
  devices: [ENTRY],
};

function fuzz(seed: number, decode: (channel: Channel) => unknown): void {
  const next = random(seed);
  const channel = openChannel(hostile(next), driver, DEFAULT_POLICY);
  standsHostility(() => decode(channel));
}

Deno.test(`${MANY} hostile answers to identify: an identity or a typed error`, () => {
  fuzz(1, (channel) => driver.identify(channel, ENTRY));
});

Deno.test(`${MANY} hostile answers to caps: values or a typed error`, () => {
  const { caps } = driver.queries;
  assert(caps);
  fuzz(
    2,
    (channel) =>
      caps.run(
        { channel, entry: ENTRY, info: {}, know: () => undefined },
        { types: ["TLS"] },
      ),
  );
});

Deno.test(`${MANY} hostile answers to planning a capability: a difference or a typed error`, () => {
  const { hca_cap } = driver.resources;
  assert(hca_cap);
  const declared = hca_cap.parse({
    device: "fwctl0",
    function_id: 1,
    set: { log_max_qp: 1, roce: 0 },
  });
  const located = hca_cap.locate(declared, INVENTORY);
  fuzz(3, (channel) => {
    const observed = hca_cap.observe(declared, located, {
      channel,
      entry: ENTRY,
      info: { uctx_caps: 4 },
      know: () => undefined,
      memo: (_key, read) => read(),
    });
    return hca_cap.diff(declared, observed);
  });
});

Deno.test(`${MANY} hostile FWCTL_INFO answers: numbers or a typed error`, () => {
  const next = random(4);
  let answered = 0;
  for (let run = 0; run < RUNS; run++) {
    const data = new Uint8Array(next() % 24);
    for (let i = 0; i < data.length; i++) data[i] = next();
    try {
      const { uid, uctx_caps } = decodeInfo(data);
      assert(Number.isInteger(uid) && Number.isInteger(uctx_caps));
      answered++;
    } catch (error) {
      assert(isFwctlError(error), String(error));
    }
  }
  assert(answered > 0 && answered < RUNS);
});
