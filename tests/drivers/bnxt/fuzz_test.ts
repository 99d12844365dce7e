/** Hostile firmware: whatever a response holds, a bnxt decoder answers or throws a typed error. */
import { assert } from "@std/assert";
import { commandAction } from "../../../drivers/bnxt/actions/command.ts";
import { decodeResponse } from "../../../drivers/bnxt/decode.ts";
import { driver } from "../../../drivers/bnxt/mod.ts";
import {
  decodeInfo,
  describeInfo,
  newRequest,
  reqTypeOf,
  RESPONSE_BYTES,
} from "../../../drivers/bnxt/protocol.ts";
import { allowList } from "../../../drivers/bnxt/tables/allow_list.ts";
import { outputOf } from "../../../drivers/bnxt/tables/hwrm.ts";
import type { Bytes } from "../../../lib/bytes.ts";
import { openChannel } from "../../../lib/device/channel.ts";
import type { Device } from "../../../lib/device/device.ts";
import { isFwctlError } from "../../../lib/errors.ts";
import { DEFAULT_POLICY } from "../../../lib/plan/policy.ts";
import { ENTRY } from "./fixture.ts";
import { deviceOf, MANY, noiseOf, random, RUNS } from "../../hostile.ts";

const noise = noiseOf(random(99), 8192);

/** Nonsense of some length; most of it with a header that passes the first checks. */
function answer(next: () => number, request: Bytes, capacity: number): Bytes {
  const size = next() % 4 ? capacity : next() % (capacity + 1);
  const from = next() % 4096;
  const data = noise.slice(from, from + size);
  if (next() % 8 && data.length >= 16) {
    const view = new DataView(data.buffer);
    // error_code: none, a firmware's, an errno.
    const kind = next() % 8;
    const code = kind < 6 ? 0 : kind === 6 ? next() % 32 : 0xff00 | next();
    view.setUint16(0, code, true);
    view.setUint16(2, next() % 16 ? reqTypeOf(request) : next(), true);
    const length = next() % 8 ? 9 + next() % (data.length - 8) : next();
    view.setUint16(6, length, true);
    if ((length & 0xffff) <= data.length) {
      data[(length & 0xffff) - 1] = next() & 1;
    }
  }
  return data;
}

function hostile(next: () => number): Device {
  return deviceOf(3, ({ request, responseCapacity, references = [] }) => {
    for (const { buffer } of references) {
      const from = next() % 4096;
      buffer.set(noise.subarray(from, from + Math.min(buffer.length, 4096)));
    }
    const data = answer(next, request, responseCapacity);
    const truncated = next() % 32 === 0;
    return {
      data,
      length: truncated ? 0xffffffff : data.length,
      truncated,
    };
  });
}

/** Runs until so many answers were given. */
function fuzz(
  seed: number,
  run: (device: Device) => unknown,
  runs = RUNS,
): void {
  const inner = hostile(random(seed));
  let answers = 0;
  const device: Device = {
    ...inner,
    rpc: (request) => {
      answers++;
      return inner.rpc(request);
    },
  };
  let good = 0;
  let bad = 0;
  while (answers < runs) {
    try {
      const shown = JSON.stringify(run(device));
      assert(!/undefined|NaN/.test(shown), shown);
      good++;
    } catch (error) {
      assert(isFwctlError(error), `answer ${answers}: ${error}`);
      bad++;
    }
  }
  assert(good > 0, `${good} good, ${bad} bad`);
}

Deno.test(`${MANY} hostile answers to all commands that can be decoded: fields or a typed error`, () => {
  const next = random(1);
  const requests = [...allowList().values()].map(({ name }) => newRequest(name))
    .filter((request) => outputOf(driver.classify(request).name) !== undefined);
  assert(requests.length === 80);
  let good = 0;
  for (let run = 0; run < RUNS; run++) {
    const request = requests[run % requests.length];
    assert(request);
    const response = answer(next, request, RESPONSE_BYTES);
    try {
      const { absent, fields, raw } = decodeResponse(
        request,
        response,
        "fwctl0",
      );
      for (const name of absent) assert(!(name in fields));
      assert(raw.length <= 2 * response.length);
      good++;
    } catch (error) {
      assert(isFwctlError(error), `run ${run}: ${error}`);
    }
  }
  assert(good > RUNS / 4 && good < RUNS, `${good} good`);
});

Deno.test(`${MANY} hostile responses: a refusal with a name, or none`, () => {
  const next = random(2);
  const requests = [...allowList().values()].map(({ name }) =>
    newRequest(name)
  );
  let refused = 0;
  for (let run = 0; run < RUNS; run++) {
    const request = requests[run % requests.length];
    assert(request);
    const response = answer(next, request, 64);
    const error = driver.refusal(request, response, "fwctl0");
    if (error) refused++;
    assert(!error || error.hint && error.message !== "");
    commandAction.answer(request, response, () => undefined);
  }
  assert(refused > 0 && refused < RUNS);
});

/** Queries, and how many records an answer of theirs may hold: each of them is a case. */
const QUERIES: readonly (readonly [string, number])[] = [
  ["identity", 1],
  ["version", 1],
  ["health", 1],
  ["nvm", 1],
  ["nvm_entries", 16],
  ["nvm_variables", 1],
  ["port_statistics", 2],
  ["coredump", 128],
];

for (const [seed, [name, records]] of QUERIES.entries()) {
  const many = records === 1
    ? `${MANY} hostile answers`
    : `${RUNS / records} hostile answers of up to ${records} records`;
  Deno.test(`${many} to the query ${name}: a report or a typed error`, () => {
    const query = driver.queries[name];
    assert(query);
    fuzz(
      seed + 31,
      (device) =>
        query.run({
          channel: openChannel(device, driver, DEFAULT_POLICY),
          entry: ENTRY,
          info: {},
          know: () => undefined,
        }, {}),
      RUNS / records,
    );
  });
}

Deno.test(`${MANY} hostile FWCTL_INFO answers: numbers or a typed error`, () => {
  const next = random(7);
  let good = 0;
  for (let run = 0; run < RUNS; run++) {
    const from = next() % 4096;
    try {
      const info = decodeInfo(noise.slice(from, from + next() % 12));
      assert(Number.isInteger(info.uctx_caps) && describeInfo(info).length > 0);
      good++;
    } catch (error) {
      assert(isFwctlError(error), String(error));
    }
  }
  assert(good > 0 && good < RUNS);
});
