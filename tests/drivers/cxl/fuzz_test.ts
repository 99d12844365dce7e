/** Hostile firmware: whatever an answer holds, a CXL decoder answers or throws a typed error. */
import { assert } from "@std/assert";
import { parseDefinition } from "../../../drivers/cxl/definition.ts";
import { CxlFeatures, learn } from "../../../drivers/cxl/knowledge.ts";
import { driver } from "../../../drivers/cxl/mod.ts";
import { featureEntry } from "../../../drivers/cxl/answers.ts";
import type { DeviceContext, ObserveContext } from "../../../drivers/driver.ts";
import { fromHex } from "../../../lib/bytes.ts";
import { openChannel } from "../../../lib/device/channel.ts";
import type { Device } from "../../../lib/device/device.ts";
import { DEFAULT_POLICY } from "../../../lib/plan/policy.ts";
import { ENTRY, INVENTORY, VENDOR } from "./firmware_fixture.ts";
import { entry } from "./fixture.ts";
import {
  deviceOf,
  MANY,
  noiseOf,
  random,
  standsHostility,
} from "../../hostile.ts";

/** A device that answers nonsense, often with a header that is nearly right. */
function hostile(next: () => number): Device {
  const noise = noiseOf(next, 8192);
  return deviceOf(2, ({ request, responseCapacity }) => {
    const kind = next() % 8;
    const size = Math.min(
      responseCapacity,
      kind < 6 ? responseCapacity : next() % (responseCapacity + 1),
      4096,
    );
    const from = next() % 4096;
    const data = noise.slice(from, from + size);
    const view = new DataView(data.buffer);
    if (size >= 8) {
      if (next() % 8) view.setUint32(4, 0, true);
      if (next() % 4) view.setUint32(0, Math.max(0, size - 16), true);
    }
    // A list whose numbers may add up.
    if (request[0] === 0 && size >= 16 && next() % 4) {
      view.setUint16(8, (size - 24) / 48, true);
      view.setUint16(10, next() % 4, true);
    }
    const length = kind === 5 ? 0xffffffff : data.length;
    return { data, length, truncated: length > responseCapacity };
  });
}

/** A device whose list is believed, though its numbers are random. */
function contextOf(
  device: Device,
  next: () => number,
): DeviceContext & ObserveContext {
  const schemas = parseDefinition({
    features: [{
      name: "vendor",
      uuid: VENDOR(1),
      get: {
        fields: [
          { name: "a", offset: 0, type: "u16" },
          { name: "b", offset: 2, type: "bits", bit: 3, bits: 7 },
          { name: "c", offset: 4, type: "u64" },
          { name: "d", offset: 12, type: "bytes", size: 4 },
          { name: "e", offset: 16, type: "enum", values: { x: 1, y: 2 } },
        ],
      },
      ...(next() % 2 ? {} : {
        set: { fields: [{ name: "a", offset: 1, type: "u8" }] },
      }),
    }],
  });
  const sizes = [0, 1, 4, 8, 17, 20, 64, 300];
  const any = (uuid: string) => ({
    ...featureEntry(fromHex(entry(uuid.replaceAll("-", ""), next() & 0xffff))),
    flags: next(),
    getSize: sizes[next() % sizes.length] ?? 0,
    setSize: sizes[next() % sizes.length] ?? 0,
  });
  const known = new CxlFeatures([
    any(VENDOR(1)),
    any(VENDOR(2)),
    any("96dad7d6-fde8-482b-a733-75774e06db8a"),
    any("e5b13f22-2328-4a14-b8ba-b9691e893386"),
    any("892ba475-fad8-474e-9d3e-692c917568bb"),
    any("450ebf67-b135-4f97-a498-c2d57f279bed"),
  ], schemas);
  const know = () => known;
  return {
    channel: openChannel(device, driver, DEFAULT_POLICY, { know }),
    entry: ENTRY,
    info: {},
    know,
    memo: (_key, read) => read(),
  };
}

function fuzz(seed: number, decode: (next: () => number) => unknown): void {
  const next = random(seed);
  standsHostility(() => decode(next));
}

Deno.test(`${MANY} hostile lists: features or a typed error`, () => {
  const next = random(1);
  const device = hostile(next);
  fuzz(2, () => {
    const channel = openChannel(device, driver, DEFAULT_POLICY);
    const known = learn(channel, []);
    const context = { channel, entry: ENTRY, info: {}, know: () => known };
    driver.queries.features?.run(context, {});
    return driver.describe(context);
  });
});

Deno.test(`${MANY} hostile values: decoded features or a typed error`, () => {
  const next = random(3);
  const device = hostile(next);
  const contexts = Array.from({ length: 64 }, () => contextOf(device, next));
  const { feature } = driver.queries;
  assert(feature);
  fuzz(4, (pick) => {
    const context = contexts[pick() % contexts.length];
    assert(context);
    const names = ["vendor", VENDOR(2), "patrol_scrub", "ecs", "sppr"];
    return feature.run(context, {
      feature: names[pick() % names.length] ?? "row_sparing",
    });
  });
});

Deno.test(`${MANY} hostile answers to planning a feature: a difference or a typed error`, () => {
  const next = random(5);
  const device = hostile(next);
  const contexts = Array.from({ length: 64 }, () => contextOf(device, next));
  const { feature } = driver.resources;
  assert(feature);
  const declarations = [
    { feature: "vendor", set: { a: 1, c: "0x1", d: "00000000", e: "x" } },
    { feature: VENDOR(2), data: "00".repeat(8) },
    { feature: "ecs", set: { log_entry_type: 1 } },
  ].map((body) => feature.parse({ device: "mem0", ...body }));
  fuzz(6, (pick) => {
    const context = contexts[pick() % contexts.length];
    const declared = declarations[pick() % declarations.length];
    assert(context && declared);
    const located = feature.locate(declared, INVENTORY);
    const observed = feature.observe(declared, located, context);
    return feature.diff(declared, observed);
  });
});
