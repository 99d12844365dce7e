/**
 * A deterministic firmware behind the pds kernel side: not a Pensando card, but
 * the one the recordings of the real kernel were made on, so that a replay can
 * be held to them byte for byte.
 *
 * @module
 */
import { ModelError } from "../../lib/errors.ts";
import { ObjectReader } from "../../lib/model/reader.ts";
import type { KernelOps, ModelFunctions } from "../../lib/model/types.ts";
import type { PlainData, PlainObject } from "../../lib/plain.ts";
import { ERRNO } from "../../lib/uapi/errno.ts";
import {
  type PdsCore,
  pdsfc_probe,
  type PdsIdent,
  type PdsOperation,
  type PdsRpcCmd,
} from "./kernel.ts";
import { opcodeCmd, PDSFC_FW_CMD_ATTR } from "./tables/rpc.ts";

const { READ, DEBUG_READ, WRITE, DEBUG_WRITE, SYNC } = PDSFC_FW_CMD_ATTR;

/** Its operations query fails with EIO. */
const BROKEN_ENDPOINT = 0x30;
/** Answers as the others do, with a retval. */
const CMD_RETVAL = 0x10;
const RETVAL = 0x0bad0010;
/** The admin queue answers EIO. */
const CMD_EIO = 0x11;
/** The admin queue answers ETIMEDOUT. */
const CMD_ETIMEDOUT = 0x12;

/** Endpoint, operation and attribute, in the firmware's order. */
const OPERATIONS: readonly (readonly [number, number, number])[] = [
  [1, 0x000001, READ],
  [1, 0x000002, DEBUG_READ],
  [1, 0x000003, WRITE],
  [1, 0x000004, DEBUG_WRITE],
  [1, 0x000005, SYNC],
  [1, 0x000006, 0x20],
  [1, 0x030007, READ],
  [0x20, 0x10, READ],
  [0x20, 0x11, READ],
  [0x20, 0x12, READ],
  [0x20, 0x01, DEBUG_WRITE],
];

/** One card's stub firmware. */
export class StubDevice implements PdsCore {
  /** Queries answered or refused, of endpoints and of operations. */
  queries = 0;
  /** RPCs that came through, whatever became of them. */
  rpcs = 0;

  /** 1024 bytes of request, 2048 of response. */
  ident(): PdsIdent {
    return { max_req_sz: 1024, max_resp_sz: 2048 };
  }

  /** Two that work, one that is broken and one without operations. */
  query_endpoints(): readonly number[] {
    this.queries++;
    return [1, 0x20, BROKEN_ENDPOINT, 0x40];
  }

  /** The endpoint's operations; none for one that does not exist. */
  query_operations(ep: number): readonly PdsOperation[] | number {
    this.queries++;
    if (ep === BROKEN_ENDPOINT) return -ERRNO.EIO;
    return OPERATIONS.filter(([of]) => of === ep)
      .map(([, id, attribute]) => ({ id, attribute }));
  }

  /** Every byte of the request turned over, as far as both payloads go. */
  rpc({ op, req, resp }: PdsRpcCmd): { readonly err: number } | number {
    this.rpcs++;
    const command = opcodeCmd(op);
    if (command === CMD_EIO) return -ERRNO.EIO;
    if (command === CMD_ETIMEDOUT) return -ERRNO.ETIMEDOUT;
    for (let i = 0; i < Math.min(req.length, resp.length); i++) {
      resp[i] = (req[i] ?? 0) ^ 0x5a;
    }
    return { err: command === CMD_RETVAL ? RETVAL : 0 };
  }

  /** Everything it remembers: how often it was asked. */
  save(): PlainObject {
    return { queries: this.queries, rpcs: this.rpcs };
  }

  /** Takes back what `save` gave. @throws `ModelError` */
  restore(state: PlainData): void {
    const reader = new ObjectReader(state, "the saved state of a pds stub");
    const queries = reader.integer("queries");
    const rpcs = reader.integer("rpcs");
    reader.end();
    if (queries === undefined || rpcs === undefined) {
      throw new ModelError("The saved state of a pds stub lacks a count", {
        hint: "Remove the state file to start from a fresh model.",
      });
    }
    this.queries = queries;
    this.rpcs = rpcs;
  }
}

/** A card on stub firmware: one function, as pds_fwctl knows no others. */
export class StubFunctions implements ModelFunctions {
  /** The firmware. */
  readonly device: StubDevice = new StubDevice();

  /** Probes anew at every call; -ENODEV for any function but 0. */
  ops(functionId: number): KernelOps | number {
    return functionId === 0 ? pdsfc_probe(this.device) : -ERRNO.ENODEV;
  }

  save(): PlainData {
    return this.device.save();
  }

  restore(state: PlainData): void {
    this.device.restore(state);
  }
}
