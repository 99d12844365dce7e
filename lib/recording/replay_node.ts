/**
 * A device node that answers from a recording.
 *
 * @module
 */
import type { Bytes } from "../bytes.ts";
import type { DeviceNode, UserPointer } from "../host/host.ts";
import { ERRNO } from "../uapi/errno.ts";
import { argOf, buffersOf, type CallView, viewCall } from "./call.ts";
import type { Answers } from "./replay_calls.ts";
import type { IoctlExchange } from "./types.ts";

/** An open device node that answers from a recording. */
export class ReplayNode implements DeviceNode {
  readonly path: string;
  readonly #answers: Answers;
  #open = true;

  /** Whoever answers was asked for the open already. */
  constructor(path: string, answers: Answers) {
    this.path = path;
    this.#answers = answers;
  }

  /** Unlike others it throws: a `RecordingError` when there is no such answer. */
  ioctl(cmd: number, arg: Bytes, pointers: readonly UserPointer[]): number {
    if (!this.#open) return -ERRNO.EBADF;
    const view = viewCall(cmd, arg, pointers);
    const found = this.#answers.ioctl(this.path, {
      op: "ioctl",
      t: 0,
      us: 0,
      node: 0,
      value: 0,
      cmd,
      arg: argOf(view),
      pointers: view.pointers,
      buffers: buffersOf(view),
    });
    give(view, found);
    return found.value;
  }

  close(): void {
    this.#open = false;
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** Leaves in the memory what the recorded call left; the lengths are equal. */
function give({ arg, windows }: CallView, found: IoctlExchange): void {
  if (found.argAfter) arg.set(found.argAfter);
  found.buffers.forEach(({ after }, index) => {
    const window = windows[index];
    if (!window || !after) return;
    window.set(after);
    window.fill(0, after.length);
  });
}
