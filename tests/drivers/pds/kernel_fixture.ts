/** A pds device to ask: user memory, a firmware to order, and messages by member. */
import { assert } from "@std/assert";
import type { Bytes } from "../../../lib/bytes.ts";
import { ModelMemory } from "../../../lib/model/memory.ts";
import type { KernelOps } from "../../../lib/model/types.ts";
import {
  type PdsCore,
  pdsfc_probe,
  type PdsIdent,
  type PdsOperation,
  type PdsRpcCmd,
} from "../../../drivers/pds/kernel.ts";

/** Where the request payload lies. */
export const IN = 0x1000n;
/** Where the response payload lies; nothing is mapped behind its 64 bytes. */
export const OUT = 0x2000n;
/** Nothing is here. */
export const NOWHERE = 0x9000n;

/** A firmware that keeps what it gets and answers as told. */
export class Scripted implements PdsCore {
  limits: PdsIdent | number = { max_req_sz: 16, max_resp_sz: 32 };
  endpoints: number[] | number = [7, 8];
  operations: PdsOperation[] | number = [{ id: 0x020005, attribute: 0 }];
  answer: { err: number } | number = { err: 0 };
  /** Commands in order: `ident`, `root`, `endpoint 7`, `rpc`. */
  readonly log: string[] = [];
  readonly requests: PdsRpcCmd[] = [];

  ident(): PdsIdent | number {
    this.log.push("ident");
    return this.limits;
  }

  query_endpoints(): number[] | number {
    this.log.push("root");
    return this.endpoints;
  }

  query_operations(ep: number): PdsOperation[] | number {
    this.log.push(`endpoint ${ep}`);
    return this.operations;
  }

  rpc(cmd: PdsRpcCmd): { err: number } | number {
    this.log.push("rpc");
    this.requests.push({ ...cmd, req: cmd.req.slice() });
    cmd.resp.fill(0xee, 0, 4);
    return this.answer;
  }
}

/** Members of struct fwctl_rpc_pds; the rest is zero. */
export interface Message {
  readonly op?: number;
  readonly ep?: number;
  readonly in_len?: number;
  readonly in_payload?: bigint;
  readonly out_len?: number;
  readonly out_payload?: bigint;
  /** Bytes of the whole request, default 48. */
  readonly length?: number;
}

/** struct fwctl_rpc_pds, with 0xcc in what the driver has no say about. */
export function message(members: Message = {}): Bytes {
  const view = new DataView(new ArrayBuffer(Math.max(48, members.length ?? 0)));
  new Uint8Array(view.buffer).fill(0xcc);
  view.setUint32(0, members.op ?? 5, true);
  view.setUint32(4, members.ep ?? 7, true);
  view.setUint32(12, members.in_len ?? 0, true);
  view.setBigUint64(16, members.in_payload ?? IN, true);
  view.setUint32(36, members.out_len ?? 0, true);
  view.setBigUint64(40, members.out_payload ?? OUT, true);
  return new Uint8Array(view.buffer).slice(0, members.length ?? 48);
}

/** A probed device. */
export interface Bench {
  readonly core: Scripted;
  readonly ops: KernelOps;
  /** The response payload's memory. */
  readonly response: Bytes;
  rpc(scope: number, members?: Message): number | Bytes;
}

/** Probes a device on `core`; an answer of `rpc` is the errno or the bytes out. */
export function bench(core = new Scripted()): Bench {
  const ops = pdsfc_probe(core);
  assert(typeof ops === "object");
  const uctx = ops.open_uctx();
  assert(typeof uctx === "object");
  core.log.length = 0;
  const response = new Uint8Array(64).fill(0xaa);
  const memory = new ModelMemory([
    { address: IN, bytes: Uint8Array.from({ length: 64 }, (_, i) => i + 1) },
    { address: OUT, bytes: response },
  ]);
  return {
    core,
    ops,
    response,
    rpc(scope, members) {
      const answer = ops.fw_rpc(uctx, scope, message(members), 0, memory);
      if (typeof answer === "number") return answer;
      assert(answer.out.length === answer.out_len);
      return answer.out;
    },
  };
}
