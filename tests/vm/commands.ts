// deno-lint-ignore-file no-console -- a program: its output is its purpose
/**
 * Runs in the guest: command lines from standard input, one JSON object a line,
 * through the real command's main; an answer a line. A process of its own, so
 * that whoever holds a function is another, and one for all of them.
 *
 *   deno run -A tests/vm/commands.ts
 *
 * @module
 */
import type { DeviceNode, UserPointer } from "../../lib/host/host.ts";
import { LinuxHost } from "../../lib/host/linux.ts";
import { FWCTL_RPC } from "../../lib/uapi/fwctl.ts";
import { keptMain } from "../cli/kept.ts";
import type { Ended } from "./machine_steps.ts";

/** How answers are bent: what the stub firmware cannot be brought to say. */
export type Bent =
  /** The PF says that functions can be addressed by their vhca_id. */
  | "by-vhca-id"
  /** The PF says that it has QUERY_VUID, and no addressing by vhca_id. */
  | "vuid";

/** One command line. */
export interface Ask {
  /** From 1 on, to know the answer by. */
  readonly id: number;
  readonly args: readonly string[];
  readonly bent?: Bent | undefined;
}

/** How it ended. */
export interface Told extends Ended {
  /** Of the question; 0 when the process is up. */
  readonly id: number;
}

let bent: Bent | undefined;

/** QUERY_HCA_CAP of the PF itself: hca_cap_2 of GENERAL, and two bits of GENERAL_2. */
function bend(request: Uint8Array, answer: Uint8Array): void {
  const [high, low, , , , , typeHigh = 0, typeLow = 0, other = 0] = request;
  if (high !== 1 || low !== 0 || other & 0x80) return;
  const type = (typeHigh << 8 | typeLow) >> 1;
  if (type === 0) answer[16 + 4] = (answer[16 + 4] ?? 0) | 0x80;
  if (type !== 0x20) return;
  const set = (byte: number, mask: number, on: boolean): void => {
    const was = answer[16 + byte] ?? 0;
    answer[16 + byte] = on ? was | mask : was & ~mask;
  };
  set(18, 0x20, bent === "vuid"); // query_vuid, bit 146
  set(184, 0x20, bent === "by-vhca-id"); // function_id_type_vhca_id, bit 1474
}

const { open } = LinuxHost.prototype;
LinuxHost.prototype.open = function (path): DeviceNode {
  const node = open.call(this, path);
  if (bent === undefined) return node;
  return {
    path: node.path,
    ioctl(cmd, arg, pointers: readonly UserPointer[]): number {
      const result = node.ioctl(cmd, arg, pointers);
      const [request, answer] = pointers;
      if (cmd === FWCTL_RPC && result >= 0 && request && answer) {
        bend(
          request.target.subarray(request.offset ?? 0),
          answer.target.subarray(answer.offset ?? 0),
        );
      }
      return result;
    },
    close: () => node.close(),
    [Symbol.dispose]: () => node.close(),
  };
};

function tell(told: Told): void {
  console.log(JSON.stringify(told));
}

async function run(ask: Ask): Promise<Told> {
  bent = ask.bent;
  const { code, out, err } = await keptMain(ask.args);
  return { id: ask.id, code, stdout: out, stderr: err };
}

if (import.meta.main) {
  // Loaded before anything is asked: the first command must not wait for it.
  await keptMain(["list"]);
  tell({ id: 0, code: 0, stdout: "", stderr: "" });
  let rest = "";
  for await (
    const text of Deno.stdin.readable.pipeThrough(new TextDecoderStream())
  ) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) tell(await run(JSON.parse(line)));
  }
}
