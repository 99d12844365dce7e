/**
 * A plausible Pensando card: endpoints and operations behind the admin queue of
 * pds_core.
 *
 * The form of the queries comes from include/linux/pds/pds_adminq.h. No
 * firmware's operations are public: those here are marked `Assumption:` where
 * they stand, in firmware/.
 *
 * @module
 */
import { Faults, spoil } from "../../lib/model/faults.ts";
import { ObjectReader } from "../../lib/model/reader.ts";
import type {
  KernelOps,
  ModelFunctions,
  ScenarioDevice,
} from "../../lib/model/types.ts";
import type { PlainData } from "../../lib/plain.ts";
import { ERRNO } from "../../lib/uapi/errno.ts";
import { execute, RC } from "./firmware/execute.ts";
import {
  cardEndpoints,
  type CardOperation,
  cardOperations,
} from "./firmware/operations.ts";
import {
  type FirmwareOptions,
  readOptions,
  requestNumber,
} from "./firmware/options.ts";
import { CardState } from "./firmware/state.ts";
import {
  type PdsCore,
  pdsfc_probe,
  type PdsIdent,
  type PdsOperation,
  type PdsRpcCmd,
} from "./kernel.ts";
import { opcodeCmd, opcodeVer } from "./tables/rpc.ts";

/** One card; pds_fwctl knows one function of it. */
export class PdsFirmware implements ModelFunctions, PdsCore {
  /** What it remembers. */
  readonly state: CardState;
  readonly #device: ScenarioDevice;
  readonly #options: FirmwareOptions;
  readonly #faults: Faults;

  /**
   * @param reader the scenario's `firmware` object, `type` already asked for
   * @throws `ModelError` naming the key path that is wrong
   */
  constructor(device: ScenarioDevice, reader: ObjectReader) {
    this.#device = device;
    this.#options = readOptions(reader);
    this.#faults = new Faults(this.#options.faults);
    this.state = new CardState(this.#options.ports);
  }

  /** Probes anew at every call; there is no function but 0. */
  ops(functionId: number): KernelOps | number {
    return functionId === 0 ? pdsfc_probe(this) : -ERRNO.ENODEV;
  }

  /** Limits of a payload. */
  ident(): PdsIdent {
    const { maxRequest, maxResponse } = this.#options;
    return { max_req_sz: maxRequest, max_resp_sz: maxResponse };
  }

  /** All that have a map. */
  query_endpoints(): readonly number[] {
    return cardEndpoints().map(({ id }) => id);
  }

  /** The endpoint's operations with their attributes. */
  query_operations(ep: number): readonly PdsOperation[] {
    return cardOperations().filter(({ endpoint }) => endpoint === ep)
      .map(({ id, attribute }) => ({ id, attribute }));
  }

  /** Runs an operation, or fails it as a fault of the scenario says. */
  rpc(cmd: PdsRpcCmd): { readonly err: number } | number {
    const { ep, op, resp } = cmd;
    const fault = this.#faults.strike(requestNumber(ep, opcodeCmd(op)));
    if (fault?.unplug) this.#device.unplug(0);
    if (fault?.errno !== undefined) {
      if (fault.executes) this.#execute(cmd);
      return -fault.errno;
    }
    const err = fault?.refusal ? fault.refusal.status : this.#execute(cmd);
    if (fault) spoil(resp, fault);
    return { err };
  }

  /** Everything that is not in the scenario. */
  save(): PlainData {
    return { card: this.state.save(), faults: this.#faults.save() };
  }

  /** Takes back what `save` gave. @throws `ModelError` */
  restore(state: PlainData): void {
    const reader = new ObjectReader(state, "state of pds");
    const card = reader.object("card");
    if (card) this.state.restore(card);
    this.#faults.restore(reader.raw("faults"), reader.path("faults"));
    reader.end();
  }

  #execute({ ep, op, req, resp }: PdsRpcCmd): number {
    this.state.requests++;
    const operation = operationOf(ep, op);
    if (!operation) return RC.EOPCODE;
    // Nothing is done for a caller that has no room for the answer.
    const size = operation.operation.response?.size ?? 0;
    if (resp.length < size) return RC.ENOSPC;
    const answer = execute(
      { state: this.state, options: this.#options },
      operation,
      req,
    );
    if (typeof answer === "number") return answer;
    resp.set(answer);
    return RC.SUCCESS;
  }
}

/**
 * The operation that runs: of the versions that understand the request, the
 * oldest. Assumption: bits 24..31, which the kernel ignores, must be 0.
 */
function operationOf(ep: number, op: number): CardOperation | undefined {
  if (op > 0xffffff) return undefined;
  return cardOperations().filter(({ endpoint, operation }) =>
    endpoint === ep && operation.command === opcodeCmd(op) &&
    operation.version >= opcodeVer(op)
  ).sort((a, b) => a.operation.version - b.operation.version)[0];
}
