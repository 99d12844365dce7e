import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { toHex } from "../../../lib/bytes.ts";
import { isFwctlError, ModelError } from "../../../lib/errors.ts";
import type { PlainData } from "../../../lib/plain.ts";
import { newRequest } from "../../../drivers/bnxt/protocol.ts";
import { ERRNO } from "../../../lib/uapi/errno.ts";
import { allowList } from "../../../drivers/bnxt/tables/allow_list.ts";
import { MANY, RUNS } from "../../hostile.ts";
import { card, type Fixture } from "./firmware_fixture.ts";

const OPTIONS = {
  health: { status: ["SRT_MISMATCH"], selfReset: "asap" },
  faults: [
    { request: "VER_GET", nth: 3, status: 1 },
    { request: "*", nth: 20, truncate: 12 },
  ],
};
/** Requests after which something is different. */
const CHANGES: readonly [string, string][] = [
  ["NVM_ERASE_DIR_ENTRY", "0500"],
  ["NVM_ERASE_DIR_ENTRY", "0900"],
  ["NVM_MOD_DIR_ENTRY", "010000000200030004000500efbeadde"],
  ["NVM_FACTORY_DEFAULTS", "00"],
  ["FW_RESET", "0601"],
  ["FW_RESET", "0602"],
  ["FW_SYNC", "7f000080"],
  ["FW_SET_TIME", "eb0703040506070008000000"],
  ["PORT_CLR_STATS", "00"],
  ["FUNC_RESET", "0000000000000200"],
  ["VER_GET", ""],
  ["NVM_GET_DIR_INFO", ""],
];

/** Everything that can be read. */
function look(fixture: Fixture): (string | number)[] {
  const seen: (string | number)[] = [];
  for (const { name } of allowList().values()) {
    if (!/QCAPS|QCFG|QUERY|GET|QSTATUS|QSTATS|CHECK|QLIST|FIND/.test(name)) {
      continue;
    }
    for (const body of ["ffff", "0100000005000000", "0100000009"]) {
      const request = new Uint8Array(40);
      request.set(newRequest(name).subarray(0, 16));
      request.set(Uint8Array.fromHex(body), 16);
      const out = fixture.raw(request);
      seen.push(typeof out === "number" ? out : toHex(out));
    }
  }
  return seen;
}

function change(fixture: Fixture, step: number, from: number): void {
  const [name = "", body = ""] = CHANGES[step % CHANGES.length] ?? [];
  const request = new Uint8Array(40);
  request.set(newRequest(name).subarray(0, 16));
  request.set(Uint8Array.fromHex(body), 16);
  fixture.raw(request, from);
}

Deno.test("whatever was done, a restored card answers every read as the first one does", () => {
  const steps = fc.array(
    fc.tuple(fc.nat(CHANGES.length - 1), fc.constantFrom(0, 0, 0, 2)),
    { maxLength: 12 },
  );
  fc.assert(
    fc.property(steps, (list) => {
      const first = card(OPTIONS);
      for (const [step, from] of list) change(first, step, from);
      const state: PlainData = JSON.parse(
        JSON.stringify(first.functions.save()),
      );
      const second = card(OPTIONS);
      second.functions.restore(state);
      assertEquals(second.functions.save(), state);
      assertEquals(look(second), look(first));
    }),
    { numRuns: 60, seed: 3 },
  );
});

Deno.test("a fresh card has nothing to save, and every change leaves something", () => {
  assertEquals(card().functions.save(), {});
  CHANGES.forEach(([name], step) => {
    const fixture = card(OPTIONS);
    change(fixture, step, 0);
    const state = JSON.stringify(fixture.functions.save());
    assert(state.length > '{"sequence":[1,0,0,0,0]}'.length, name);
  });
});

Deno.test("a saved state that is wrong is refused as a whole", () => {
  const fixture = card(OPTIONS);
  CHANGES.forEach((_, step) => change(fixture, step, 0));
  const good = fixture.functions.save();
  assert(typeof good === "object" && good !== null && !Array.isArray(good));
  const wrong: PlainData[] = [
    null,
    [],
    7,
    { ...good, extra: 1 },
    { ...good, nvm: { entries: { "99": null } } },
    { ...good, nvm: { entries: { "__proto__x": null } } },
    { ...good, nvm: { entries: { "1": {} } } },
    { ...good, nvm: { entries: { "1": 5 } } },
    { ...good, health: { fwStatus: 0x2000 } },
    { ...good, health: { stopped: 1001 } },
    { ...good, clock: [2026, 2, 30, 0, 0, 0, 0, 0] },
    { ...good, clock: "noon" },
    { ...good, statistics: { cleared: [5] } },
    { ...good, statistics: { cleared: ["0"] } },
    { ...good, faults: [1] },
    { ...good, faults: { length: 2 } },
    { ...good, sequence: [0, 0, 0, 0, 0, 0] },
    { ...good, sequence: [65536] },
  ];
  for (const state of wrong) {
    assertThrows(
      () => fixture.functions.restore(state),
      ModelError,
      "",
      JSON.stringify(state),
    );
    assertEquals(fixture.functions.save(), good);
  }
  fixture.functions.restore({});
  assertEquals(fixture.functions.save(), {});
});

Deno.test(`${MANY} random states: restored, or refused with a ModelError`, () => {
  const next = random(11);
  const keys = [
    "nvm",
    "health",
    "clock",
    "statistics",
    "faults",
    "sequence",
    "entries",
    "fwStatus",
    "clears",
    "cleared",
    "0",
    "x",
  ];
  const value = (depth: number): PlainData => {
    switch (next(depth > 2 ? 5 : 8)) {
      case 0:
        return null;
      case 1:
        return next(2) === 0;
      case 2:
        return next(3) ? next(9) : -1.5;
      case 3:
        return "x";
      case 4:
        return [];
      case 5:
        return Array.from({ length: next(9) }, () => value(depth + 1));
      default: {
        const object: Record<string, PlainData> = {};
        for (let i = next(3); i >= 0; i--) {
          object[keys[next(keys.length)] ?? ""] = value(depth + 1);
        }
        return object;
      }
    }
  };
  const { functions } = card();
  let restored = 0;
  for (let run = 0; run < RUNS; run++) {
    const state = value(0);
    try {
      functions.restore(state);
      restored++;
    } catch (error) {
      assert(
        isFwctlError(error) && error.code === "ModelError",
        `${JSON.stringify(state)}: ${error}`,
      );
    }
  }
  assert(
    restored > RUNS / 500 && restored < RUNS * 0.9,
    `${restored} restored`,
  );
});

Deno.test(`${MANY} random requests: a response with a header of its own, or the kernel's refusal`, () => {
  const next = random(7);
  const fixture = card({ resetRequests: 1, faults: OPTIONS.faults });
  const types = [...allowList("7.2").keys()];
  const newer = [...allowList().keys()];
  const errors = new Map<number, number>();
  for (let run = 0; run < RUNS; run++) {
    const request = new Uint8Array(next(9) ? 16 + 8 * next(4) : 16 + next(113));
    // Small numbers, mostly: they get past the first check.
    for (let i = 0; i < request.length; i++) {
      request[i] = next(4) ? next(3) * next(5) : next(256);
    }
    const from = next(8) ? types : newer;
    const type = from[next(from.length)] ?? 0;
    request.set([type, type >> 8]);
    if (next(8)) request.set([0xff, 0xff], 6);
    if (next(3) === 0 && request.length > 17) request.set([0xff, 0xff], 16);
    const out = fixture.raw(request, next(3) ? 0 : next(5), 8 + next(300));
    if (typeof out === "number") {
      // With buffers the struct's own length is taken alone, and there is no memory.
      if (out !== -ERRNO.EINVAL && out !== -ERRNO.EFAULT) {
        assertEquals(out, -ERRNO.EPERM, "EPERM while a reset runs");
      } else assert(allowList().get(type)?.buffers);
      continue;
    }
    const view = new DataView(out.buffer);
    assertEquals(view.getUint16(2, true), type);
    assert(view.getUint16(6, true) >= 16 || out.length < 13);
    const error = view.getUint16(0, true);
    errors.set(error, (errors.get(error) ?? 0) + 1);
  }
  for (const error of [0, 2, 3, 5, 6, 9, 0x13, 0xffff]) {
    assert((errors.get(error) ?? 0) > 3, `0x${error.toString(16)} came up`);
  }
});

/** xorshift32: fast, and the same sequence every run. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}
