/**
 * A device node whose ioctls are kept.
 *
 * @module
 */
import type { Bytes } from "../bytes.ts";
import { equalBytes } from "../bytes.ts";
import type { DeviceNode, UserPointer } from "../host/host.ts";
import { argOf, buffersOf, viewCall, withoutAddresses } from "./call.ts";
import type { Exchange } from "./types.ts";

/** Who keeps exchanges. */
export interface Keeper {
  /** Milliseconds since the beginning. */
  now(): number;
  /** Keeps one exchange. */
  keep(exchange: Exchange): void;
}

/** An open device node, every ioctl on it kept. */
export class RecordedNode implements DeviceNode {
  readonly path: string;
  readonly #node: DeviceNode;
  readonly #number: number;
  readonly #keeper: Keeper;
  #open = true;

  /** `number` is the node's in the recording. */
  constructor(node: DeviceNode, number: number, keeper: Keeper) {
    this.path = node.path;
    this.#node = node;
    this.#number = number;
    this.#keeper = keeper;
  }

  ioctl(cmd: number, arg: Bytes, pointers: readonly UserPointer[]): number {
    // Copied before the call: the kernel writes into the same memory.
    const view = viewCall(cmd, arg, pointers);
    const before = argOf(view);
    const buffers = buffersOf(view);
    const t = this.#keeper.now();
    const start = performance.now();
    const value = this.#node.ioctl(cmd, arg, pointers);
    const us = Math.round((performance.now() - start) * 1000);
    const argAfter = argOf(view);
    const after = withoutAddresses(view, buffersOf(view));
    this.#keeper.keep({
      op: "ioctl",
      t,
      us,
      node: this.#number,
      cmd,
      arg: before,
      ...(equalBytes(before, argAfter) ? {} : { argAfter }),
      pointers: view.pointers,
      buffers: buffers.map((buffer, index) => {
        const now = after[index]?.before ?? buffer.before;
        return equalBytes(buffer.before, now)
          ? buffer
          : { ...buffer, after: now };
      }),
      value,
    });
    return value;
  }

  close(): void {
    if (this.#open) {
      this.#open = false;
      const t = this.#keeper.now();
      this.#keeper.keep({ op: "close", t, node: this.#number });
    }
    this.#node.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
