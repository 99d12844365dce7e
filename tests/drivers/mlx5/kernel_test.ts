import { assert, assertEquals } from "@std/assert";
import type { Bytes } from "../../../lib/bytes.ts";
import { fromHex, toHex } from "../../../lib/bytes.ts";
import { ModelMemory } from "../../../lib/model/memory.ts";
import { ERRNO } from "../../../lib/uapi/errno.ts";
import {
  cmd_status_to_err,
  type Mlx5Core,
  mlx5KernelOps,
} from "../../../drivers/mlx5/kernel.ts";
import {
  allowList,
  leastScope,
} from "../../../drivers/mlx5/tables/allow_list.ts";

/** A command interface that keeps what it gets and answers as told. */
class Scripted implements Mlx5Core {
  uctx_cap = 4;
  readonly requests: string[] = [];
  ret = 0;
  out = "";

  cmd_do(in_: Bytes, out: Bytes): number {
    this.requests.push(toHex(in_));
    out.set(fromHex(this.out).subarray(0, out.length));
    return this.ret;
  }
}

const NO_MEMORY = new ModelMemory();

function opened(): {
  core: Scripted;
  rpc: (
    scope: number,
    request: string,
    out_len?: number,
  ) => { out: Bytes; out_len: number } | number;
} {
  const core = new Scripted();
  const ops = mlx5KernelOps(core);
  core.out = "0000000000000000" + "0000abcd00000000";
  const uctx = ops.open_uctx();
  assert(typeof uctx === "object");
  core.requests.length = 0;
  core.out = "";
  return {
    core,
    rpc: (scope, request, out_len = 16) =>
      ops.fw_rpc(uctx, scope, fromHex(request), out_len, NO_MEMORY),
  };
}

Deno.test("opening asks for TOOLS_RESOURCES where the firmware has it, else for nothing", () => {
  for (const [uctx_cap, asked] of [[4, 4], [7, 4], [3, 0], [0, 0]] as const) {
    const core = new Scripted();
    core.uctx_cap = uctx_cap;
    core.out = "0000000000000000" + "0000002a00000000";
    const ops = mlx5KernelOps(core);
    const uctx = ops.open_uctx();
    assert(typeof uctx === "object");
    const request = fromHex(core.requests[0] ?? "");
    assertEquals(request.length, 64);
    assertEquals(
      toHex(request.subarray(0, 20)),
      `0a04${"00".repeat(17)}0${asked}`,
    );
    assertEquals(ops.info?.(uctx), {
      data: fromHex(`2a0000000${asked}000000`),
      length: 8,
    });
    ops.close_uctx(uctx);
    assertEquals(core.requests[1], "0a06000000000000" + "0000002a00000000");
  }
});

Deno.test("opening fails with the errno of the firmware's status, or of the transport", () => {
  const core = new Scripted();
  const ops = mlx5KernelOps(core);
  core.ret = -ERRNO.EREMOTEIO;
  core.out = "08";
  assertEquals(ops.open_uctx(), -ERRNO.ENOMEM);
  core.ret = -ERRNO.ETIMEDOUT;
  assertEquals(ops.open_uctx(), -ERRNO.ETIMEDOUT);
});

Deno.test("every status has an errno, and only OK has none", () => {
  const { EINVAL, EBUSY, EAGAIN, ENOMEM, EIO } = ERRNO;
  const known: Record<number, number> = {
    0: 0,
    2: EINVAL,
    3: EINVAL,
    5: EINVAL,
    6: EBUSY,
    7: EAGAIN,
    8: ENOMEM,
    9: EINVAL,
    0xa: EINVAL,
    0xf: EAGAIN,
    0x10: EINVAL,
    0x30: EINVAL,
    0x40: EINVAL,
  };
  for (let status = 0; status < 256; status++) {
    assertEquals(cmd_status_to_err(status), 0 - (known[status] ?? EIO));
  }
});

Deno.test("a header that does not fit is EMSGSIZE before anything else", () => {
  const { core, rpc } = opened();
  assertEquals(rpc(0, "ffff"), -ERRNO.EMSGSIZE);
  assertEquals(rpc(0, "00".repeat(15)), -ERRNO.EMSGSIZE);
  assertEquals(rpc(1, `0100${"00".repeat(14)}`, 15), -ERRNO.EMSGSIZE);
  assertEquals(core.requests, []);
});

Deno.test("the context's uid replaces the caller's", () => {
  const { core, rpc } = opened();
  rpc(0, "0100ffff" + "00".repeat(12));
  assertEquals(core.requests, ["0100abcd" + "00".repeat(12)]);
});

Deno.test("a firmware refusal is a response, a transport error an errno", () => {
  const { core, rpc } = opened();
  const nop = `080d${"00".repeat(14)}`;
  core.ret = -ERRNO.EREMOTEIO;
  core.out = "0300000012345678";
  assertEquals(rpc(1, nop), {
    out: fromHex(`0300000012345678${"00".repeat(8)}`),
    out_len: 16,
  });
  core.ret = -ERRNO.ETIMEDOUT;
  assertEquals(rpc(1, nop), -ERRNO.ETIMEDOUT);
});

Deno.test("13 opcodes go through at scope 0, 80 more at scope 1, one at scope 2", () => {
  const scopes = [...allowList().keys()].map((opcode) => leastScope(opcode, 0));
  const count = (scope: number) => scopes.filter((s) => s === scope).length;
  assertEquals([count(0), count(1), count(2)], [13, 80, 1]);
  assertEquals(leastScope(0x820, 0), 2);
  for (const [opcode, { name, scope }] of allowList()) {
    assertEquals(leastScope(opcode, 0), scope, name);
  }
});

Deno.test("a register's write needs scope 0, and its read scope 1", () => {
  for (const opcode of [0x805, 0xb0c]) {
    assertEquals(leastScope(opcode, 0), 0);
    for (const opMod of [1, 2, 0x100, 0xffff]) {
      assertEquals(leastScope(opcode, opMod), 1);
    }
  }
});

Deno.test("what is not on the list is EBADMSG at every scope, as is a scope too low", () => {
  const { core, rpc } = opened();
  for (let opcode = 0; opcode <= 0xffff; opcode += opcode < 0x1000 ? 1 : 97) {
    const request = opcode.toString(16).padStart(4, "0") + "00".repeat(14);
    const least = leastScope(opcode, 0) ?? 4;
    if (least > 0) assertEquals(rpc(least - 1, request), -ERRNO.EBADMSG);
  }
  assertEquals(core.requests, []);
});
