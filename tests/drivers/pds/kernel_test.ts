import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { toHex } from "../../../lib/bytes.ts";
import { ModelMemory } from "../../../lib/model/memory.ts";
import { ERRNO, errnoName } from "../../../lib/uapi/errno.ts";
import { pdsfc_probe } from "../../../drivers/pds/kernel.ts";
import { StubDevice } from "../../../drivers/pds/stub.ts";
import {
  bench,
  IN,
  message,
  NOWHERE,
  OUT,
  Scripted,
} from "./kernel_fixture.ts";

const { EINVAL, EPERM, EFAULT, ENOMEM, EIO, ETIMEDOUT } = ERRNO;

Deno.test("probe asks for the limits, then for the endpoints, and for nothing else", () => {
  const core = new Scripted();
  assertEquals(typeof pdsfc_probe(core), "object");
  assertEquals(core.log, ["ident", "root"]);
});

Deno.test("a firmware that does not answer at probe leaves no device, with its errno", () => {
  const core = new Scripted();
  core.endpoints = -EIO;
  assertEquals(pdsfc_probe(core), -EIO);
  core.limits = -ETIMEDOUT;
  core.log.length = 0;
  assertEquals(pdsfc_probe(core), -ETIMEDOUT);
  assertEquals(core.log, ["ident"]);
});

Deno.test("the info data has length 0, so that nobody sees uctx_caps", () => {
  const { ops } = bench();
  const info = ops.info?.(ops.open_uctx());
  assert(typeof info === "object");
  assertEquals([toHex(info.data), info.length], ["01000000", 0]);
});

Deno.test("the checks come in the kernel's order", () => {
  // Each message has the faults of all that follow it too.
  const { core, rpc } = bench();
  core.answer = -EIO;
  const bad = { in_payload: NOWHERE, out_payload: NOWHERE };
  const scopeTooLow = { ...bad, op: 5, in_len: 1, out_len: 1 };
  core.operations = [{ id: 5, attribute: 2 }];
  const reached: string[][] = [];
  const answers = [
    () => rpc(0, { ...scopeTooLow, length: 47 }),
    () => rpc(0, { ...scopeTooLow, in_len: 17, out_len: 33, ep: 9 }),
    () => rpc(0, { ...scopeTooLow, out_len: 33, ep: 9 }),
    () => rpc(0, { ...scopeTooLow, ep: 9 }),
    () => rpc(0, { ...scopeTooLow, op: 6 }),
    () => rpc(0, scopeTooLow),
    () => rpc(1, scopeTooLow),
    () => rpc(1, { ...scopeTooLow, in_payload: IN }),
  ].map((call) => {
    core.log.length = 0;
    const answer = call();
    reached.push([...core.log]);
    return answer;
  });
  assertEquals(answers, [
    -EINVAL,
    -EINVAL,
    -EINVAL,
    -EINVAL,
    -EINVAL,
    -EPERM,
    -EFAULT,
    -EIO,
  ]);
  // Only the operation is looked up at the firmware, and once.
  assertEquals(reached, [[], [], [], [], ["endpoint 7"], [], [], ["rpc"]]);
});

Deno.test("payloads may be as long as the firmware said, not longer", () => {
  const { rpc } = bench();
  assert(typeof rpc(0, { in_len: 16, out_len: 32 }) === "object");
  assertEquals(rpc(0, { in_len: 17 }), -EINVAL);
  assertEquals(rpc(0, { out_len: 33 }), -EINVAL);
  assertEquals(rpc(0, { in_len: 0xffffffff }), -EINVAL);
});

Deno.test("limits beyond what the kernel can allocate end in ENOMEM, before a pointer is followed", () => {
  const core = new Scripted();
  core.limits = { max_req_sz: 0xffffffff, max_resp_sz: 0xffffffff };
  const { rpc } = bench(core);
  const in_len = 0xffffffff;
  assertEquals(rpc(0, { in_len, in_payload: NOWHERE }), -ENOMEM);
  assertEquals(rpc(0, { out_len: 0xffffffff }), -ENOMEM);
});

Deno.test("operations are asked for at an endpoint's first use and kept until the next probe", () => {
  const { core, rpc } = bench();
  for (const ep of [7, 7, 8, 7, 8]) rpc(0, { ep });
  assertEquals(
    core.log.filter((line) => line !== "rpc"),
    ["endpoint 7", "endpoint 8"],
  );
  const again = bench(core);
  again.rpc(0);
  assertEquals(core.log, ["endpoint 7", "rpc"]);
});

Deno.test("a failing operations query is ENOMEM whatever it was, and is tried again", () => {
  const { core, rpc } = bench();
  for (const errno of [EIO, EPERM, ETIMEDOUT]) {
    core.operations = -errno;
    assertEquals(rpc(3), -ENOMEM);
  }
  core.operations = [{ id: 5, attribute: 0 }];
  assert(typeof rpc(0) === "object");
  assertEquals(core.log.filter((line) => line === "endpoint 7").length, 4);
});

Deno.test("READ, WRITE and SYNC need scope 0, DEBUG_READ 1, DEBUG_WRITE 2, all others 3", () => {
  const least: Record<number, number> = { 0: 0, 4: 0, 0x10: 0, 2: 1, 8: 2 };
  for (let attribute = 0; attribute < 256; attribute++) {
    const core = new Scripted();
    core.operations = [{ id: 5, attribute }];
    const { rpc } = bench(core);
    for (let scope = 0; scope < 4; scope++) {
      const allowed = scope >= (least[attribute] ?? 3);
      assertEquals(typeof rpc(scope) === "object", allowed);
      if (!allowed) assertEquals(rpc(scope), -EPERM);
    }
  }
});

Deno.test("an operation fits by its command and a version not above the listed one", () => {
  const { core, rpc } = bench(); // 0x020005
  for (const op of [0x000005, 0x010005, 0x020005, 0xff020005, 0x80000005]) {
    assert(typeof rpc(0, { op }) === "object", op.toString(16));
    assertEquals(core.requests.at(-1)?.op, op, "the firmware gets all 32 bits");
  }
  for (const op of [0x030005, 0xff0005, 0x000004, 0x000105, 0x008005]) {
    assertEquals(rpc(0, { op }), -EINVAL, op.toString(16));
  }
});

Deno.test("the first operation that fits decides, even where a later one asks for less", () => {
  const core = new Scripted();
  core.operations = [{ id: 0x010005, attribute: 8 }, { id: 5, attribute: 0 }];
  const { rpc } = bench(core);
  assertEquals(rpc(1, { op: 5 }), -EPERM);
  assert(typeof rpc(2, { op: 5 }) === "object");
});

Deno.test("no more entries are taken than the page of a query holds", () => {
  const core = new Scripted();
  core.endpoints = Array.from({ length: 1023 }, (_, i) => i);
  core.operations = Array.from({ length: 512 }, (_, i) => ({
    id: i,
    attribute: 0,
  }));
  const { rpc } = bench(core);
  assert(typeof rpc(0, { ep: 1021, op: 510 }) === "object");
  assertEquals(rpc(0, { ep: 1021, op: 511 }), -EINVAL);
  assertEquals(rpc(0, { ep: 1022, op: 510 }), -EINVAL);
});

Deno.test("the firmware gets the payload behind the pointer, and its whole response goes back", () => {
  const { core, rpc, response } = bench();
  rpc(0, { in_len: 3, in_payload: IN + 1n, out_len: 6, out_payload: OUT + 2n });
  assertEquals(core.requests[0]?.req, Uint8Array.of(2, 3, 4));
  assertEquals(toHex(response.subarray(0, 10)), "aaaaeeeeeeee0000aaaa");
});

Deno.test("a length of 0 leaves the pointer alone", () => {
  const { core, rpc } = bench();
  const nowhere = { in_payload: NOWHERE, out_payload: 0xffff888000000000n };
  assert(typeof rpc(0, nowhere) === "object");
  assertEquals(core.requests[0]?.req.length, 0);
});

Deno.test("the answer is the request with retval filled in, as long as the request was", () => {
  const { core, rpc } = bench();
  core.answer = { err: 0x80000001 };
  const request = message({ length: 60 });
  const expected = request.slice();
  expected.set([1, 0, 0, 0x80], 24);
  assertEquals(rpc(0, { length: 60 }), expected);
});

Deno.test("a response that cannot be delivered is EFAULT after the firmware ran", () => {
  const { core, rpc } = bench();
  assertEquals(rpc(0, { out_len: 4, out_payload: NOWHERE }), -EFAULT);
  assertEquals(core.requests.length, 1);
  core.answer = -ETIMEDOUT;
  assertEquals(rpc(0, { out_len: 4, out_payload: NOWHERE }), -ETIMEDOUT);
});

Deno.test("whatever is sent, the answer is an errno the driver has or the request itself", () => {
  const errnos = new Set(
    [EINVAL, EPERM, EFAULT, ENOMEM, EIO, ETIMEDOUT].map((e) => -e),
  );
  const device = new StubDevice();
  const ops = pdsfc_probe(device);
  assert(typeof ops === "object");
  const uctx = ops.open_uctx();
  assert(typeof uctx === "object");
  const memory = new ModelMemory([
    { address: IN, bytes: new Uint8Array(2048) },
    { address: 0x4000n, bytes: new Uint8Array(64), readonly: true },
  ]);
  const address = fc.oneof(
    { weight: 6, arbitrary: fc.constant(IN) },
    fc.constantFrom(0n, IN + 2000n, 0x4000n, NOWHERE, 2n ** 64n - 1n),
    fc.bigInt(0n, 2n ** 64n - 1n),
  );
  const length = fc.oneof(
    { weight: 6, arbitrary: fc.nat(64) },
    fc.constantFrom(1024, 1025, 2048, 2049, 0xffffffff),
  );
  const operation = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(1, 2, 3, 4, 5, 6, 7, 16, 17, 18) },
    fc.constantFrom(0x30007, 0x40007, 0xff000001),
    fc.nat(0xffffffff),
  );
  const request = fc.oneof(
    {
      weight: 9,
      arbitrary: fc.record({
        op: operation,
        ep: fc.constantFrom(1, 1, 1, 0x20, 0x20, 0x30, 0x40, 0xffffffff),
        in_len: length,
        in_payload: address,
        out_len: length,
        out_payload: address,
        length: fc.constantFrom(48, 48, 48, 49, 300, 47, 0),
      }).map(message),
    },
    fc.uint8Array({ maxLength: 64 }).map((bytes) => new Uint8Array(bytes)),
  );
  const seen = new Set<string>();
  fc.assert(
    fc.property(request, fc.nat(3), (bytes, scope) => {
      const { rpcs } = device;
      const answer = ops.fw_rpc(
        uctx,
        scope,
        bytes.slice(),
        48,
        memory,
      );
      if (typeof answer === "number") {
        assert(errnos.has(answer), String(answer));
        seen.add(errnoName(-answer));
        if (answer === -EPERM) assertEquals(device.rpcs, rpcs);
        return;
      }
      seen.add("0");
      assertEquals(device.rpcs, rpcs + 1);
      assertEquals(answer.out_len, bytes.length);
      // Nothing but retval differs from what was sent.
      answer.out.fill(0, 24, 28);
      assertEquals(answer.out, bytes.fill(0, 24, 28));
    }),
    { seed: 0x9d5, numRuns: 5000 },
  );
  assertEquals(seen.size, 7, `reached: ${[...seen].join(" ")}`);
});
