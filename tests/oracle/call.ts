/**
 * One recorded ioctl: user memory is prepared as the recorder did, the model is
 * called, and what changed is written down as the recorder wrote it.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { fromHex, toHex } from "../../lib/bytes.ts";
import {
  FWCTL_INFO,
  fwctl_info,
  FWCTL_RPC,
  fwctl_rpc,
} from "../../lib/uapi/fwctl.ts";
import type { LabMemory, Window } from "./lab_memory.ts";
import type { Step } from "./recording.ts";

/** What an ioctl left, with the recordings' field names; absent fields did not change. */
export interface Outcome {
  /** The call's value, or a negated errno. */
  readonly ret: number;
  /** Changes by field name, hex. */
  readonly changes: Readonly<Record<string, string>>;
  /** Fields not to be compared: a copy faulted half way, and how far it got is the CPU's business. */
  readonly unclear: readonly string[];
}

/** The ioctl itself. */
export type Ioctl = (cmd: number, arg: bigint) => number;

const EFAULT = 14;
const FILLER = 0xaa;
/** Watched beyond the length asked for. */
const MARGIN = 16;
/** Bytes recorded in full. */
const SHOWN = 256;

/** An ioctl whose user memory is prepared. */
export interface PreparedIoctl {
  /** FWCTL_INFO or FWCTL_RPC. */
  readonly cmd: number;
  /** Where the struct lies. */
  readonly arg: bigint;
  /** Where changes are looked for, by field name; `out` is the first. */
  readonly watched: readonly (readonly [name: string, window: Window])[];
  /** Whether the caller's room for the answer runs over its region's end. */
  readonly cut: boolean;
}

/** The request parsed last: two sides may be given the same step in turn. */
let parsed: { readonly text: string; readonly bytes: Uint8Array } | undefined;

function requestOf(step: Step): Uint8Array {
  const text = step.text("in");
  if (parsed?.text !== text) parsed = { text, bytes: fromHex(text) };
  return parsed.bytes;
}

/** Prepares user memory for FWCTL_INFO or FWCTL_RPC as the recorder did. @throws {TypeError} on a malformed step */
export function prepareIoctl(memory: LabMemory, step: Step): PreparedIoctl {
  const info = step.op === "info";
  const known = info ? fwctl_info.sizeof : fwctl_rpc.sizeof;
  const tail = fromHex(step.text("tail", ""));
  const at = memory.address(step.pointer("at", "struct"));
  const outAt = memory.address(step.pointer(info ? "ptr" : "outPtr"));
  const outLength = step.number(info ? "len" : "out_len");

  memory.clearReadOnly();
  const watched: [string, Window][] = [];
  const watch = (name: string, address: bigint, length: number) => {
    memory.prepare(address, new Uint8Array(), length, FILLER);
    watched.push([name, memory.window(address, length)]);
  };
  watch("out", outAt, outLength + MARGIN);
  if (!info) {
    const inAt = memory.address(step.pointer("inPtr"));
    memory.prepare(inAt, requestOf(step), step.number("in_len"), 0);
    if (step.has("in2")) {
      const in2 = memory.address("in2");
      memory.prepare(in2, fromHex(step.text("in2")), 1 << 16, 0);
    }
    if (step.has("out2_len")) {
      const length = step.number("out2_len") + MARGIN;
      watch("out2", memory.address("out2"), length);
    }
  }
  const struct = info
    ? infoStruct(step, outAt)
    : rpcStruct(step, memory.address(step.pointer("inPtr")), outAt);
  const zeroed = Math.max(known + tail.length + 32, step.number("size"));
  memory.prepare(at, new Uint8Array([...struct, ...tail]), zeroed, 0);
  watched.push(["struct", memory.window(at, known + tail.length)]);
  return {
    cmd: info ? FWCTL_INFO : FWCTL_RPC,
    arg: at,
    watched,
    cut: memory.window(outAt, outLength).cut,
  };
}

/** FWCTL_INFO or FWCTL_RPC as the step says. @throws {TypeError} on a malformed step */
export function recordedIoctl(
  memory: LabMemory,
  step: Step,
  ioctl: Ioctl,
): Outcome {
  const { cmd, arg, watched, cut } = prepareIoctl(memory, step);
  const before = watched.map(([, window]) => window.bytes.slice());
  const ret = ioctl(cmd, arg);

  const changes: Record<string, string> = {};
  for (const [i, [name, { bytes }]] of watched.entries()) {
    if (!differs(bytes, before[i])) continue;
    const shown = name === "struct" ? bytes.length : SHOWN;
    changes[name] = toHex(bytes.subarray(0, shown));
    if (bytes.length > shown) {
      changes[`${name}Rest`] = createHash("sha256")
        .update(bytes.subarray(shown)).digest("hex");
    }
  }
  const half = ret === -EFAULT && cut;
  return { ret, changes, unclear: half ? touched(watched) : [] };
}

/** Fields that show bytes of the first window: its own, and those of windows over it. */
function touched(watched: PreparedIoctl["watched"]): string[] {
  const [first] = watched;
  if (!first) return [];
  const from = first[1].bytes.byteOffset;
  const to = from + first[1].bytes.length;
  return watched.filter(([, { bytes }]) =>
    bytes.buffer === first[1].bytes.buffer && bytes.byteOffset < to &&
    from < bytes.byteOffset + bytes.length
  ).flatMap(([name]) => [name, `${name}Rest`]);
}

/** Any ioctl number, with bytes at the struct region. @throws {TypeError} */
export function rawIoctl(memory: LabMemory, step: Step, ioctl: Ioctl): Outcome {
  const bytes = fromHex(step.text("struct_in", ""));
  memory.prepare(memory.address("struct"), bytes, bytes.length, 0);
  const ret = ioctl(step.number("cmd"), memory.address(step.pointer("arg")));
  return { ret, changes: {}, unclear: [] };
}

function infoStruct(step: Step, ptr: bigint): Uint8Array {
  const struct = new DataView(new ArrayBuffer(fwctl_info.sizeof));
  struct.setUint32(fwctl_info.size.offset, step.number("size"), true);
  struct.setUint32(fwctl_info.flags.offset, step.number("flags"), true);
  struct.setUint32(
    fwctl_info.out_device_type.offset,
    step.number("type"),
    true,
  );
  struct.setUint32(fwctl_info.device_data_len.offset, step.number("len"), true);
  struct.setBigUint64(fwctl_info.out_device_data.offset, ptr, true);
  return new Uint8Array(struct.buffer);
}

/** A fwctl_rpc with the step's fields and these addresses. @throws {TypeError} */
export function rpcStruct(step: Step, inAt: bigint, outAt: bigint): Uint8Array {
  const struct = new DataView(new ArrayBuffer(fwctl_rpc.sizeof));
  struct.setUint32(fwctl_rpc.size.offset, step.number("size"), true);
  struct.setUint32(fwctl_rpc.scope.offset, step.number("scope"), true);
  struct.setUint32(fwctl_rpc.in_len.offset, step.number("in_len"), true);
  struct.setUint32(fwctl_rpc.out_len.offset, step.number("out_len"), true);
  struct.setBigUint64(fwctl_rpc.in.offset, inAt, true);
  struct.setBigUint64(fwctl_rpc.out.offset, outAt, true);
  return new Uint8Array(struct.buffer);
}

function differs(a: Uint8Array, b: Uint8Array | undefined): boolean {
  return Buffer.compare(a, b ?? new Uint8Array()) !== 0;
}
