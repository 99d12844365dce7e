import { assert, assertEquals } from "@std/assert";
import { type Bytes, fromHex, toHex } from "../../../lib/bytes.ts";
import { ModelMemory } from "../../../lib/model/memory.ts";
import { ERRNO } from "../../../lib/uapi/errno.ts";
import {
  BNXT_EN_FLAG_ULP_STOPPED,
  type BnxtCore,
  type BnxtFwMsg,
  bnxtKernelOps,
} from "../../../drivers/bnxt/kernel.ts";
import { StubDevice } from "../../../drivers/bnxt/stub.ts";
import {
  allowList,
  leastScope,
} from "../../../drivers/bnxt/tables/allow_list.ts";

/** A message interface that keeps what it gets and answers as told. */
class Scripted implements BnxtCore {
  flags = 0;
  readonly requests: string[] = [];
  readonly timeouts: number[] = [];
  ret = 0;
  resp = "";

  bnxt_send_msg({ msg, resp, timeout }: BnxtFwMsg): number {
    this.requests.push(toHex(msg));
    this.timeouts.push(timeout);
    assert(resp.every((byte) => byte === 0), "the response starts as zeros");
    resp.set(fromHex(this.resp).subarray(0, resp.length));
    return this.ret;
  }
}

const NO_MEMORY = new ModelMemory();
const VER_GET = 0x0;
const FUNC_RESET = 0x11;
const NVM_FLUSH = 0xfff0;

/** `length` bytes with a req_type, zero but for that. */
function request(reqType: number, length = 16): Bytes {
  const bytes = new Uint8Array(length);
  bytes[0] = reqType;
  bytes[1] = reqType >> 8;
  return bytes;
}

function opened<C extends BnxtCore>(core: C): {
  core: C;
  rpc: (
    scope: number,
    request: Bytes,
    out_len?: number,
  ) => { out: Bytes; out_len: number } | number;
} {
  const ops = bnxtKernelOps(core, "7.2");
  const uctx = ops.open_uctx();
  assert(typeof uctx === "object");
  return {
    core,
    rpc: (scope, request, out_len = 16) =>
      ops.fw_rpc(uctx, scope, request, out_len, NO_MEMORY),
  };
}

Deno.test("info is 4 bytes: inline, query and send commands; the firmware is not asked", () => {
  const core = new Scripted();
  const ops = bnxtKernelOps(core, "7.2");
  assertEquals(ops.device_type, 3);
  const uctx = ops.open_uctx();
  assert(typeof uctx === "object");
  assertEquals(ops.info?.(uctx), { data: fromHex("07000000"), length: 4 });
  ops.close_uctx(uctx);
  assertEquals(core.requests, []);
});

Deno.test("a request of 16 to 128 bytes and a response of at least 8 are fine, else EINVAL before the list is asked", () => {
  const { core, rpc } = opened(new Scripted());
  for (const length of [0, 15, 129, 4096]) {
    assertEquals(rpc(3, new Uint8Array(length)), -ERRNO.EINVAL);
    assertEquals(
      rpc(0, new Uint8Array(length).fill(0x7f)),
      -ERRNO.EINVAL,
      "also when it is not allowed",
    );
  }
  for (const out_len of [0, 7]) {
    assertEquals(rpc(1, request(VER_GET), out_len), -ERRNO.EINVAL);
    assertEquals(rpc(0, request(0x7f7f), out_len), -ERRNO.EINVAL);
  }
  assertEquals(core.requests, []);
  for (const length of [16, 128]) {
    const bytes = request(VER_GET, length);
    assertEquals(rpc(1, bytes, 8), { out: new Uint8Array(8), out_len: 8 });
    assertEquals(core.requests.pop(), toHex(bytes), "it goes out as it came");
  }
});

Deno.test("15 requests go through at scope 0, 54 more at scope 1, two at scope 2", () => {
  const commands = [...allowList("7.2").values()];
  const count = (s: number) => commands.filter((c) => c.scope === s).length;
  assertEquals([count(0), count(1), count(2)], [15, 54, 2]);
  assertEquals(
    commands.filter((c) => c.scope === 2).map((c) => c.name),
    ["PORT_PHY_I2C_WRITE", "PORT_PHY_MDIO_WRITE"],
  );
  assertEquals(new Set(commands.map((c) => c.name)).size, commands.length);
});

Deno.test("every req_type is let through from its least scope on, and EPERM below it or when it has none", () => {
  const { core, rpc } = opened(new Scripted());
  for (let reqType = 0; reqType <= 0xffff; reqType++) {
    const least = leastScope(reqType, "7.2") ?? 4;
    const bytes = request(reqType);
    if (least > 0) assertEquals(rpc(least - 1, bytes, 8), -ERRNO.EPERM);
    assertEquals(core.requests.length, 0);
    if (least === 4) continue;
    for (let scope = least; scope < 4; scope++) {
      assert(typeof rpc(scope, bytes, 8) === "object");
    }
    core.requests.length = 0;
  }
});

Deno.test("while the drivers on top are stopped every request is EPERM at every scope, and the other flags stop nothing", () => {
  const { core, rpc } = opened(new Scripted());
  for (const flags of [BNXT_EN_FLAG_ULP_STOPPED, 0xffffffff]) {
    core.flags = flags;
    for (let scope = 0; scope < 4; scope++) {
      assertEquals(rpc(scope, request(FUNC_RESET)), -ERRNO.EPERM);
    }
    assertEquals(rpc(3, request(FUNC_RESET), 7), -ERRNO.EINVAL);
  }
  assertEquals(core.requests, []);
  core.flags = 0xfffffff7;
  assert(typeof rpc(0, request(FUNC_RESET)) === "object");
});

Deno.test("the firmware has 2 s for FUNC_RESET, 60 s for six NVM requests and 500 ms for the others", () => {
  const { core, rpc } = opened(new Scripted());
  const by = (timeout: number) =>
    [...allowList("7.2").values()].filter((c) => c.timeout === timeout)
      .map((c) => c.name);
  assertEquals(by(2000), ["FUNC_RESET"]);
  assertEquals(by(60000), [
    "NVM_DEFRAG",
    "NVM_FACTORY_DEFAULTS",
    "NVM_FLUSH",
    "NVM_VERIFY_UPDATE",
    "NVM_ERASE_DIR_ENTRY",
    "NVM_MOD_DIR_ENTRY",
  ]);
  assertEquals(by(500).length, allowList("7.2").size - 7);
  rpc(1, request(VER_GET));
  rpc(0, request(FUNC_RESET));
  rpc(0, request(NVM_FLUSH));
  assertEquals(core.timeouts, [500, 2000, 60000]);
});

Deno.test("what bnxt_send_msg() fails with never becomes an errno: it stands as 16 bits where the firmware gave no code", () => {
  const { core, rpc } = opened(new Scripted());
  const answer = (ret: number, resp: string) => {
    core.ret = ret;
    core.resp = resp;
    const result = rpc(1, request(VER_GET), 8);
    assert(typeof result === "object");
    assertEquals(result.out_len, 8);
    return toHex(result.out);
  };
  assertEquals(answer(-ERRNO.EBUSY, ""), "f0ff000000000000");
  assertEquals(answer(-ERRNO.EIO, "0200000034124000"), "0200000034124000");
  assertEquals(answer(-ERRNO.EIO, "0002000034124000"), "0002000034124000");
  assertEquals(answer(-ERRNO.EIO, "0000000034124000"), "fbff000034124000");
  assertEquals(answer(0, "0000000034124000"), "0000000034124000");
  assertEquals(answer(0, "ffff"), "ffff000000000000");
});

Deno.test("out_len comes back as the caller's, whatever the firmware answered", () => {
  const { rpc } = opened(new StubDevice());
  for (const out_len of [8, 9, 63, 64, 65, 4096, 0x200000]) {
    const result = rpc(1, request(VER_GET), out_len);
    assert(typeof result === "object");
    assertEquals([result.out.length, result.out_len], [out_len, out_len]);
    assertEquals(result.out[6], 64);
    if (out_len >= 64) assertEquals(result.out[63], 1, "the valid byte");
    assert(result.out.subarray(64).every((byte) => byte === 0));
  }
});

Deno.test("whatever is asked, the driver answers or says EINVAL or EPERM by the rules", () => {
  let state = 0x6b6e7874;
  const next = (below: number) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
  const { core, rpc } = opened(new StubDevice());
  const types = [...allowList("7.2").keys()];
  const seen = new Map<number, number>();
  for (let i = 0; i < 20_000; i++) {
    const bytes = new Uint8Array(next(8) ? 16 + next(113) : next(200));
    for (let at = 0; at < bytes.length; at++) bytes[at] = next(256);
    const reqType = next(5) ? types[next(types.length)] ?? 0 : next(0x10000);
    bytes.set(request(reqType, 2).subarray(0, bytes.length));
    if (bytes.length > 7 && next(2)) bytes[7] = 0xed + next(2);
    const out_len = next(100);
    const scope = next(4);
    core.flags = next(10) ? next(8) : next(16);

    const short = bytes.length < 16 || bytes.length > 128 || out_len < 8;
    const denied = (core.flags & 8) !== 0 ||
      scope < (leastScope(reqType, "7.2") ?? 4);
    const expected = short ? -ERRNO.EINVAL : denied ? -ERRNO.EPERM : 0;
    const result = rpc(scope, bytes, out_len);
    const ret = typeof result === "number" ? result : 0;
    assertEquals(ret, expected);
    if (typeof result === "object") {
      assertEquals([result.out.length, result.out_len], [out_len, out_len]);
    }
    seen.set(ret, (seen.get(ret) ?? 0) + 1);
  }
  for (const ret of [0, -ERRNO.EINVAL, -ERRNO.EPERM]) {
    assert((seen.get(ret) ?? 0) > 1000, `${ret} came up often enough`);
  }
});
