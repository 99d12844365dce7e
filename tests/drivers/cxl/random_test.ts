/** Whatever is asked, and whatever the device answers: an errno or an answer that holds together. */
import { assert } from "@std/assert";
import { MANY, RUNS } from "../../hostile.ts";
import type { Bytes } from "../../../lib/bytes.ts";
import { ModelMemory } from "../../../lib/model/memory.ts";
import { cxlKernelOps } from "../../../drivers/cxl/kernel.ts";
import type { CxlMailbox, CxlMboxCmd } from "../../../drivers/cxl/mailbox.ts";
import { StubDevice } from "../../../drivers/cxl/stub.ts";
import { LabFeatures } from "../../../drivers/cxl/stub_features.ts";

const OPCODES = [0x500, 0x501, 0x501, 0x502, 0x502, 0x10502, 0x503, 0];
const SIZES = [0, 7, 8, 16, 20, 21, 22, 32, 33, 40, 4096, 4097, 9000];
/** The op_size each opcode wants, most of the time. */
const WANTED: Readonly<Record<number, number>> = {
  0x500: 8,
  0x501: 21,
  0x502: 40,
  0x10502: 4097,
};
const ERRNOS = new Set([-1, -22]);

/** xorshift32: fast, and the same sequence every run. */
function random(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % limit;
  };
}

/** A request that is often nearly right. */
function randomRequest(next: (limit: number) => number): Bytes {
  const opcode = OPCODES[next(OPCODES.length)] ?? 0;
  const size = next(3) && WANTED[opcode] || (SIZES[next(SIZES.length)] ?? 0);
  const in_ = new Uint8Array(next(20) ? 16 + size : next(64));
  const uuid = next(4) ? 1 + next(17) : 0xff;
  for (let i = 16; i < in_.length; i++) in_[i] = i < 32 ? uuid : next(6);
  if (opcode === 0x501 && in_.length > 35) in_[35] = next(40) ? 0 : 30;
  if (in_.length < 16) return in_;
  const view = new DataView(in_.buffer);
  view.setUint32(0, opcode, true);
  view.setUint32(8, next(20) ? size : next(0xffffffff), true);
  return in_;
}

function check(mbox: CxlMailbox, next: (limit: number) => number): void {
  const ops = cxlKernelOps(mbox);
  assert(typeof ops === "object");
  const uctx = ops.open_uctx();
  assert(typeof uctx === "object");
  const memory = new ModelMemory();
  let answers = 0;
  for (let run = 0; run < RUNS; run++) {
    const in_ = randomRequest(next);
    const out_len = next(3) ? next(100) : SIZES[next(SIZES.length)] ?? 0;
    const answer = ops.fw_rpc(uctx, next(4), in_, out_len, memory);
    if (typeof answer === "number") {
      assert(ERRNOS.has(answer), `run ${run}: ${answer}`);
      continue;
    }
    answers++;
    const { out, out_len: told } = answer;
    const size = new DataView(out.buffer).getUint32(0, true);
    assert(told === 16 + size, `run ${run}: ${told} for ${size}`);
    assert(out.length >= Math.min(out_len, told), `run ${run}: cut short`);
  }
  assert(answers > RUNS / 10 && answers < RUNS, `${answers} answers`);
}

Deno.test(`${MANY} random requests: EINVAL, EPERM or an answer whose length fits its size`, () => {
  check(new StubDevice(new LabFeatures()), random(1));
});

Deno.test(`${MANY} random requests to a mailbox that answers nonsense: the same`, () => {
  const next = random(2);
  const stub = new StubDevice(new LabFeatures());
  let probed = false;
  const hostile: CxlMailbox = {
    payload_size: 256,
    feat_cap: 2,
    mbox_send(cmd: CxlMboxCmd): number {
      if (cmd.opcode === 0x500 && !probed) return stub.mbox_send(cmd);
      probed = true;
      cmd.size_out = next(4) ? cmd.size_out : next(0xffffffff);
      cmd.return_code = next(3) ? 0 : next(0xffffffff);
      return next(5) ? 0 : -next(134);
    },
  };
  check(hostile, next);
});

Deno.test("10,000 devices that list nonsense: ops or ENODEV, and an end to the asking", () => {
  const next = random(3);
  let without = 0;
  for (let run = 0; run < 10_000; run++) {
    let asked = 0;
    const ops = cxlKernelOps({
      payload_size: next(8) ? 256 + next(4096) : next(64),
      feat_cap: next(4),
      mbox_send(cmd: CxlMboxCmd): number {
        assert(++asked < 1000, `run ${run} asks on and on`);
        const entries = next(6);
        const { payload_out } = cmd;
        for (let i = 0; i < payload_out.length; i++) payload_out[i] = next(256);
        if (payload_out.length >= 8) {
          const view = new DataView(payload_out.buffer);
          view.setUint16(0, entries, true);
          view.setUint16(2, next(20), true);
        }
        if (next(8)) cmd.size_out = 8 + 48 * entries;
        return next(20) ? 0 : -22;
      },
    });
    if (typeof ops === "number") {
      assert(ops === -19, `run ${run}: ${ops}`);
      without++;
    }
  }
  assert(without > 0 && without < 10_000, `${without}`);
});
