/**
 * One ioctl as a recording sees it: the struct and what its pointers lead to,
 * without addresses, so that the same call looks the same in every process.
 *
 * @module
 */
import type { Bytes } from "../bytes.ts";
import { toHex } from "../bytes.ts";
import type { UserPointer } from "../host/host.ts";
import { FWCTL_INFO, fwctl_info, FWCTL_RPC, fwctl_rpc } from "../uapi/fwctl.ts";
import type {
  IoctlExchange,
  RecordedBuffer,
  RecordedPointer,
} from "./types.ts";

/** The memory of one ioctl, looked at from outside. */
export interface CallView {
  /** The ioctl. */
  readonly cmd: number;
  /** Its struct. */
  readonly arg: Bytes;
  /** The part of each target that the kernel may read or write. */
  readonly windows: readonly Bytes[];
  /** Which pointer leads to which window. */
  readonly pointers: readonly RecordedPointer[];
  /** Where pointers stand in the struct, and in each window. */
  readonly holes: readonly (readonly number[])[];
}

/** Looks at a call; the memory is not copied. */
export function viewCall(
  cmd: number,
  arg: Bytes,
  given: readonly UserPointer[],
): CallView {
  const windows = given.map((pointer) => windowOf(cmd, arg, pointer));
  const pointers: RecordedPointer[] = [];
  const holes: number[][] = [[], ...windows.map(() => [])];
  given.forEach(({ holder, at }, buffer) => {
    // A request that holds pointers is itself what a pointer leads to.
    const index = given.findIndex(({ target }) => target === holder);
    const inArg = holder === arg || index < 0;
    pointers.push({ holder: inArg ? null : index, at, buffer });
    holes[inArg ? 0 : index + 1]?.push(at);
  });
  return { cmd, arg, windows, pointers, holes };
}

/**
 * What a pointer leads to. The target may be a part of larger memory that
 * other answers lie in: where the struct says how long it is, no more.
 */
function windowOf(
  cmd: number,
  arg: Bytes,
  { holder, at, target, offset = 0 }: UserPointer,
): Bytes {
  const length = holder === arg ? lengthOf(cmd, arg, at) : undefined;
  return target.subarray(
    offset,
    length === undefined ? target.length : offset + length,
  );
}

function lengthOf(cmd: number, arg: Bytes, at: number): number | undefined {
  const view = new DataView(arg.buffer, arg.byteOffset, arg.length);
  if (cmd === FWCTL_RPC && arg.length >= fwctl_rpc.sizeof) {
    if (at === fwctl_rpc.in.offset) {
      return view.getUint32(fwctl_rpc.in_len.offset, true);
    }
    if (at === fwctl_rpc.out.offset) {
      return view.getUint32(fwctl_rpc.out_len.offset, true);
    }
  }
  if (cmd === FWCTL_INFO && arg.length >= fwctl_info.sizeof) {
    if (at === fwctl_info.out_device_data.offset) {
      return view.getUint32(fwctl_info.device_data_len.offset, true);
    }
  }
  return undefined;
}

/** A copy of the struct as it is now, addresses zeroed. */
export function argOf(view: CallView): Bytes {
  return masked(view.arg.slice(), view.holes[0] ?? []);
}

/** A copy of each window as it is now, addresses and zeros at the end left out. */
export function buffersOf(view: CallView): RecordedBuffer[] {
  return view.windows.map((window, index) => {
    const holes = view.holes[index + 1] ?? [];
    const bytes = trimmed(window);
    return {
      length: window.length,
      before: holes.length === 0 ? bytes : trimmed(masked(bytes, holes)),
    };
  });
}

/**
 * What came back without the addresses that went in: some drivers answer with
 * the struct they got, which differs from run to run and means nothing.
 */
export function withoutAddresses(
  { arg, windows, pointers }: CallView,
  buffers: RecordedBuffer[],
): RecordedBuffer[] {
  if (pointers.every(({ holder }) => holder === null)) return buffers;
  const addresses = new Set<bigint>();
  for (const { holder, at } of pointers) {
    const bytes = holder === null ? arg : windows[holder];
    if (!bytes || at < 0 || at + 8 > bytes.length) continue;
    addresses.add(wordOf(bytes, at));
  }
  addresses.delete(0n);
  for (const { before } of buffers) {
    for (let at = 0; at + 8 <= before.length; at += 8) {
      if (addresses.has(wordOf(before, at))) before.fill(0, at, at + 8);
    }
  }
  return buffers.map((buffer) => ({
    ...buffer,
    before: trimmed(buffer.before),
  }));
}

function wordOf(bytes: Bytes, at: number): bigint {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    .getBigUint64(at, true);
}

/** A copy without the zeros at the end. */
export function trimmed(bytes: Bytes): Bytes {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end--;
  return bytes.slice(0, end);
}

function masked(bytes: Bytes, holes: readonly number[]): Bytes {
  for (const at of holes) if (at >= 0) bytes.fill(0, at, at + 8);
  return bytes;
}

/** What tells a call from others: equal calls have equal keys. */
export function keyOf(
  call: Pick<IoctlExchange, "cmd" | "arg" | "pointers" | "buffers">,
): string {
  const { cmd, arg, pointers, buffers } = call;
  const held = pointers.map(({ holder, at, buffer }) =>
    `${holder ?? "arg"}+${at}>${buffer}`
  );
  const went = buffers.map(({ length, before }) =>
    `${length}:${toHex(before)}`
  );
  return [cmd, toHex(arg), held.join(), ...went].join("|");
}
