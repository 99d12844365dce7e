/**
 * A deterministic firmware behind the same kernel side: the one the recordings
 * of the real kernel are made on, in the laboratory's machine. It need not be
 * plausible, only the same there and here, so that a replay can be held to the
 * recording byte for byte. FILL IN what the laboratory's stub does.
 *
 * @module
 */
import type { Bytes } from "../../lib/bytes.ts";
import type { KernelOps, ModelFunctions } from "../../lib/model/types.ts";
import { ObjectReader } from "../../lib/model/reader.ts";
import type { PlainData } from "../../lib/plain.ts";
import { ERRNO } from "../../lib/uapi/errno.ts";
import { type ExampleCore, exampleOps } from "./kernel.ts";

/** A device that answers every request with its bytes turned over. */
export class StubFunctions implements ModelFunctions, ExampleCore {
  readonly version = 0;

  /** Function 0. */
  ops(functionId: number): KernelOps | number {
    return functionId === 0 ? exampleOps(this) : -ERRNO.ENODEV;
  }

  /** Status 0, then the request's bytes turned over. */
  command(in_: Bytes, out: Bytes): number {
    for (let i = 1; i < out.length; i++) out[i] = (in_[i] ?? 0) ^ 0x5a;
    return 0;
  }

  /** It remembers nothing. */
  save(): PlainData {
    return {};
  }

  /** Takes back nothing. @throws `ModelError` for anything else */
  restore(state: PlainData): void {
    new ObjectReader(state, "state of an example stub").end();
  }
}
