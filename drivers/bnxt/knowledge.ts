/**
 * What is known of one device beyond a request's bytes: whose bnxt_fwctl is
 * above it, by what FWCTL_INFO says that driver takes.
 *
 * @module
 */
import type { Know } from "../driver.ts";
import type { BnxtKernel } from "./tables/allow_list.ts";

/** FWCTL_BNXT_DMA_COMMANDS of uctx_caps: requests with buffers are taken. */
export const DMA_COMMANDS = 0x8;

/** Which of the two kernels it is. */
class BnxtKnowledge {
  readonly kernel: BnxtKernel;

  constructor(kernel: BnxtKernel) {
    this.kernel = kernel;
  }
}

/** From FWCTL_INFO's data. Nothing is sent. */
export function learn(info: Readonly<Record<string, number>>): unknown {
  const caps = info.uctx_caps ?? 0;
  return new BnxtKnowledge((caps & DMA_COMMANDS) === 0 ? "7.2" : "7.3");
}

/** The kernel, when it is known. */
export function kernelOf(know: Know | undefined): BnxtKernel | undefined {
  const known = know?.();
  return known instanceof BnxtKnowledge ? known.kernel : undefined;
}
