import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { ModelError } from "../../lib/errors.ts";
import {
  type Fault,
  Faults,
  readFaults,
  spoil,
} from "../../lib/model/faults.ts";
import { asInteger, ObjectReader, refuse } from "../../lib/model/reader.ts";
import type { PlainData, PlainObject } from "../../lib/plain.ts";

function read(faults: PlainData, extra?: string[]): Fault[] {
  const reader = new ObjectReader({ faults }, "firmware");
  const list = readFaults(reader, (value, at) => {
    if (typeof value === "number") return asInteger(value, at, { max: 99 });
    return value === "PING" ? 7 : refuse(at, "names no request");
  }, extra);
  reader.end();
  return list;
}

function faults(...list: PlainObject[]): Faults {
  return new Faults(read(list));
}

Deno.test("a fault waits for its request by name or number, or for any", () => {
  const all = faults(
    { request: "PING", status: 1 },
    { request: 8, status: 2 },
    { request: "*", nth: 3, status: 3 },
  );
  const statuses = [9, 8, 7, 7].map((n) => all.strike(n)?.refusal?.status);
  assertEquals(statuses, [undefined, 2, 1, undefined]);
});

Deno.test("it strikes at the nth match once, or from then on", () => {
  const once = faults({ request: "*", nth: 2, errno: "EIO" });
  const on = faults({ request: "*", nth: 2, repeat: true, errno: "EIO" });
  const strikes = (all: Faults) =>
    [1, 2, 3, 4].map(() => all.strike(1)?.errno ?? 0);
  assertEquals(strikes(once), [0, 5, 0, 0]);
  assertEquals(strikes(on), [0, 5, 5, 5]);
});

Deno.test("faults that strike together are one: the first of each kind, and an unplug of any", () => {
  const struck = faults(
    { request: "*", truncate: 4 },
    { request: 7, status: 9, detail: 10 },
    { request: 7, errno: "ETIMEDOUT", executes: true, truncate: 8 },
    { request: 7, unplug: true, corrupt: { byte: 1 } },
  ).strike(7);
  assertEquals(
    [struck?.truncate, struck?.refusal, struck?.errno, struck?.executes],
    [4, { status: 9, detail: 10 }, 110, true],
  );
  assertEquals(
    [struck?.unplug, struck?.corrupt],
    [true, { byte: 1, xor: 0xff }],
  );
});

Deno.test("what was used up stays used up in a saved state", () => {
  const options = [{ request: "*", status: 1 }, { request: 8, status: 2 }];
  const first = faults(...options);
  assertEquals(first.save(), []);
  first.strike(1);
  assertEquals(first.save(), [1, 0]);
  const second = faults(...options);
  second.restore(first.save());
  assertEquals(second.strike(1), undefined);
  second.restore(undefined);
  assertEquals(second.strike(1)?.refusal?.status, 1);
});

Deno.test("a state of other faults is refused, and changes nothing", () => {
  const all = faults({ request: "*", status: 1 });
  all.strike(1);
  for (const state of [[1, 2], ["1"], [-1], {}, 7]) {
    assertThrows(() => all.restore(state), ModelError);
  }
  assertEquals(all.save(), [1]);
});

Deno.test("what makes no sense is refused by its key path", () => {
  const refused = (fault: PlainObject, says: string) =>
    assertThrows(() => read([fault]), ModelError, says);
  refused({}, "firmware.faults[0].request is missing");
  refused({ request: "PONG" }, "firmware.faults[0].request names no request");
  refused({ request: 100 }, "firmware.faults[0].request is 100");
  refused({ request: "*", detail: 1 }, "detail needs a status");
  refused({ request: "*", status: 0 }, "status is 0");
  refused({ request: "*", status: 1, errno: "EIO" }, "cannot both be given");
  refused({ request: "*", executes: true }, "executes needs an errno");
  refused({ request: "*", errno: "ETIMEOUT" }, 'did you mean "ETIMEDOUT"?');
  refused({ request: "*", nth: 0 }, "nth is 0");
  refused({ request: "*", corrupt: {} }, "corrupt.byte is missing");
  refused({ request: "*", unplugg: true }, 'did you mean "unplug"?');
  assertThrows(() => read("x"), ModelError, "must be a list");
});

Deno.test("further keys are allowed only where the driver names them", () => {
  const fault = { request: "*", endpoint: 3 };
  assertEquals(read([fault], ["endpoint"]).length, 1);
  assertThrows(() => read([fault]), ModelError, "endpoint is not known");
});

Deno.test("an answer is cut, then corrupted, and never outside itself", () => {
  const [cut, bad] = read([
    { request: "*", truncate: 2 },
    { request: "*", truncate: 900, corrupt: { byte: 3, xor: 1 } },
  ]);
  assert(cut && bad);
  const out = Uint8Array.of(1, 2, 3, 4);
  spoil(out, cut, bad);
  assertEquals([...out], [1, 2, 0, 1]);
  const short = Uint8Array.of(9);
  spoil(short, bad);
  assertEquals([...short], [9]);
});

Deno.test("any faults at all are read or refused with a ModelError", () => {
  const keys = fc.constantFrom(
    ...["request", "nth", "repeat", "status", "detail", "errno", "executes"],
    ...["unplug", "truncate", "corrupt", "__proto__"],
  );
  const value = fc.oneof(
    fc.constantFrom("*", "PING", "EIO", 1, true),
    fc.jsonValue(),
  );
  fc.assert(
    fc.property(fc.array(fc.dictionary(keys, value)), (list) => {
      try {
        for (const fault of read(list as PlainData)) {
          assert(fault.nth >= 1);
        }
      } catch (error) {
        assert(error instanceof ModelError, String(error));
      }
    }),
    { numRuns: 2000 },
  );
});
