/** Labels of CXL requests, held to the kernel model and to the specification. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { cxlKernelOps } from "../../../drivers/cxl/kernel.ts";
import { effectOf, effectWords } from "../../../drivers/cxl/effects.ts";
import { CxlFeatures } from "../../../drivers/cxl/knowledge.ts";
import { featureEntry } from "../../../drivers/cxl/answers.ts";
import {
  getFeature,
  getSupportedFeatures,
  newRequest,
} from "../../../drivers/cxl/protocol.ts";
import { GROUP_NAMES } from "../../../drivers/groups.ts";
import { classify, requests } from "../../../drivers/cxl/scope.ts";
import { commands } from "../../../drivers/cxl/tables/commands.ts";
import { fromHex } from "../../../lib/bytes.ts";
import { ModelMemory } from "../../../lib/model/memory.ts";
import { SCOPES } from "../../../lib/uapi/fwctl.ts";
import { bound, entry, LAB, Scripted, setFeature } from "./fixture.ts";

/** The least scope at which the kernel model sends it; undefined is none. */
function kernelScope(entries: string[], request: string): number | undefined {
  const mbox = new Scripted();
  mbox.entries = entries;
  const rpc = bound(mbox);
  return [0, 1, 2, 3].find((scope) => typeof rpc(scope, request) === "object");
}

function labelOf(entries: string[], request: string) {
  const known = new CxlFeatures(
    entries.map((hex) => featureEntry(fromHex(hex))),
  );
  return classify(fromHex(request), () => known);
}

Deno.test("for every effects word the scope of Set Feature is exactly the least the kernel takes", () => {
  const request = setFeature(LAB(1), "0102030405060708");
  for (let effects = 0; effects <= 0xffff; effects++) {
    const entries = [entry(LAB(1), effects)];
    const least = kernelScope(entries, request);
    const label = labelOf(entries, request);
    assertEquals(label.allowed, least !== undefined, effects.toString(16));
    if (least !== undefined) assertEquals(label.scope, SCOPES[least]);
  }
});

Deno.test("for any flags and UUID, exclusive or not, the label is the kernel's", () => {
  const uuids = [LAB(1), LAB(2), LAB(14)];
  fc.assert(fc.property(
    fc.constantFrom(...uuids),
    fc.array(
      fc.tuple(
        fc.constantFrom(...uuids),
        fc.integer({ min: 0, max: 0xffff }),
        fc.integer({ min: 0, max: 0xff }),
      ),
      { minLength: 1, maxLength: 4 },
    ),
    (uuid, list) => {
      const entries = list.map(([uuid, effects, flags]) =>
        entry(uuid, effects, flags)
      );
      // A device with nothing for users has no fwctl device at all.
      entries.push(entry(LAB(9), 1));
      const request = setFeature(uuid, "01");
      const least = kernelScope(entries, request);
      const label = labelOf(entries, request);
      assertEquals(label.allowed, least !== undefined);
      if (least !== undefined) assertEquals(label.scope, SCOPES[least]);
    },
  ));
});

Deno.test("all 65,536 opcodes: what is allowed is what the kernel sends", () => {
  const mbox = new Scripted();
  mbox.answer = (cmd) => {
    cmd.size_out = 0;
    return 0;
  };
  const ops = cxlKernelOps(mbox);
  assert(typeof ops === "object");
  const memory = new ModelMemory();
  const payloads = [8, 21, 33].map((length) => new Uint8Array(length));
  payloads[1]?.set([1], 18);
  payloads[2]?.set(fromHex(LAB(1)));
  const known = new CxlFeatures([featureEntry(fromHex(entry(LAB(1), 2)))]);
  let sent = 0;
  for (let opcode = 0; opcode <= 0xffff; opcode++) {
    const wire = payloads.map((payload) => newRequest(opcode, payload));
    const kernel = wire.some((request) =>
      typeof ops.fw_rpc({}, 3, request.slice(), 64, memory) === "object"
    );
    const [, , longest] = wire;
    assert(longest);
    const label = classify(longest, () => known);
    assertEquals(label.allowed, kernel, opcode.toString(16));
    assert(label.name !== "" && label.scopeReason !== "");
    sent += Number(kernel);
  }
  assertEquals(sent, 3);
});

Deno.test("reads need no knowledge, and never ask for it", () => {
  const refuse = () => {
    throw new Error("asked");
  };
  for (
    const request of [
      getSupportedFeatures(0, 4),
      getFeature(VENDOR, 4, "saved"),
    ]
  ) {
    const label = classify(request, refuse);
    assertEquals([label.allowed, label.scope, label.effect], [
      true,
      "configuration",
      "read",
    ]);
  }
  assertEquals(
    classify(getFeature(VENDOR, 4, "saved")).detail,
    `${VENDOR}, saved`,
  );
  assertEquals(
    classify(fromHex(setFeature(LAB(14), "00")), refuse).allowed,
    false,
  );
});
const VENDOR = "c0de0000-6d65-4d6f-8000-000000000001";

Deno.test("without the device's list a Set Feature is taken for the worst, and says so", () => {
  const label = classify(fromHex(setFeature(LAB(1), "00")));
  assertEquals([label.allowed, label.scope, label.effect], [
    true,
    "debug-write-full",
    "destructive",
  ]);
  assertStringIncludes(label.effectReason, "not known");
});

Deno.test("the effect is the strongest the device names, in its words", () => {
  for (
    const [effects, effect, words] of [
      [0x202, "runtime", "immediate configuration change"],
      [0x204, "destructive", "immediate data change"],
      [0x208, "runtime", "immediate policy change"],
      [0x210, "runtime", "immediate log change"],
      [0x222, "disruptive", "security state change"],
      [0x201, "next-reset", "after a cold reset"],
      [0x601, "next-reset", "after a conventional reset"],
      [0xa00, "next-reset", "after a CXL reset"],
      [0x203, "next-reset", "immediate configuration change"],
      [0x226, "destructive", "security state change"],
      [0x200, "destructive", "nobody knows"],
    ] as const
  ) {
    const found = effectOf(effects);
    assertEquals(found.effect, effect, effects.toString(16));
    assertStringIncludes(found.reason, words);
  }
  assertEquals(effectWords(0xffff).length, 16);
});

Deno.test("what destroys data or reaches other hosts is known by its number and never allowed", () => {
  for (
    const [opcode, name, effect, group] of [
      [0x4400, "Sanitize", "destructive", "destructive"],
      [0x4401, "Secure Erase", "destructive", "destructive"],
      [0x4101, "Set Partition Info", "destructive", "destructive"],
      [0x0202, "Activate FW", "disruptive", "firmware-update"],
      [0x0201, "Transfer FW", "next-reset", "firmware-update"],
      [0x4301, "Inject Poison", "destructive", "memory-access"],
      [0x4803, "Release Dynamic Capacity", "destructive", "kernel-owned"],
      [0x5300, "Tunnel Management Command", "destructive", "other-hosts"],
      [0x5102, "Physical Port Control", "disruptive", "other-hosts"],
      [0x5402, "Set LD Allocations", "destructive", "other-hosts"],
      [0xc123, "vendor opcode 0xc123", "destructive", "vendor"],
    ] as const
  ) {
    const label = classify(newRequest(opcode, new Uint8Array(4)));
    assertEquals([label.name, label.effect, label.allowed], [
      name,
      effect,
      false,
    ]);
    assert(label.groups?.includes(group), name);
    assert(label.effectReason !== "");
  }
});

Deno.test("every command of the table has a name, an effect and a reason, once and in order", () => {
  const opcodes = [...commands().keys()];
  assertEquals(opcodes, [...new Set(opcodes)].sort((a, b) => a - b));
  const effects = [
    "read",
    "runtime",
    "next-reset",
    "disruptive",
    "destructive",
  ];
  for (const [opcode, { name, effect, reason, groups }] of commands()) {
    assert(effects.includes(effect), opcode.toString(16));
    assert(name !== "" && reason !== "" && !groups.includes(""));
    assert(!/^(Get|Identify|Read) /.test(name) || effect === "read", name);
    for (const group of groups) assert(GROUP_NAMES.includes(group), group);
    if (opcode >= 0x4900) assert(groups.includes("other-hosts"), name);
  }
  const list = requests();
  assertEquals(list.length, opcodes.length + 4);
  assertEquals(
    list.filter(({ label }) => label.allowed).map(({ code, label }) =>
      `${code} ${label.name}`
    ),
    [
      "0x0500 Get Supported Features",
      "0x0501 Get Feature",
      "0x0502 Set Feature",
    ],
  );
});

Deno.test("any bytes are a request of some kind", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
    const label = classify(new Uint8Array(bytes));
    assert(label.name !== "" && label.scopeReason !== "");
  }));
});

Deno.test("the groups of a Set Feature follow the device's own words", () => {
  const groups = (effects: number) =>
    labelOf([entry(LAB(1), effects)], setFeature(LAB(1), "00")).groups;
  assertEquals(groups(0x202), ["vendor", "stored-configuration"]);
  assertEquals(groups(0x236), [
    "vendor",
    "stored-configuration",
    "data-plane",
    "destructive",
    "event-log",
    "security",
  ]);
  assertEquals(classify(fromHex(setFeature(LAB(1), "00"))).groups, [
    "vendor",
    "unknown",
  ]);
});
