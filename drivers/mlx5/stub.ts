/**
 * A deterministic firmware behind the mlx5 kernel side: not a ConnectX, but the
 * one the recordings of the real kernel were made on, so that a replay can be
 * held to them byte for byte. A plausible device is in `firmware.ts`.
 *
 * Integers of the commands are big endian. `in` starts with opcode:16 uid:16
 * reserved:16 op_mod:16, `out` with status:8 0:24 syndrome:32.
 *
 * @module
 */
import { type Bytes, fromHex, toHex } from "../../lib/bytes.ts";
import { ModelError } from "../../lib/errors.ts";
import {
  isPlainObject,
  type PlainData,
  type PlainObject,
} from "../../lib/plain.ts";
import type { KernelOps, ModelFunctions } from "../../lib/model/types.ts";
import { ERRNO } from "../../lib/uapi/errno.ts";
import { type Mlx5Core, mlx5KernelOps } from "./kernel.ts";

const CREATE_UCTX = 0xa04;
const DESTROY_UCTX = 0xa06;
const NOP = 0x80d;
const QUERY_HCA_CAP = 0x100;
const SET_HCA_CAP = 0x109;
const ACCESS_REG = 0x805;
const ACCESS_REGISTER_USER = 0xb0c;
const BAD_PARAM_ERR = 3;
const LIM_ERR = 8;
/** Bytes of a capability image. */
const CAP_LEN = 4096;
/** Bytes of a register. */
const REG_LEN = 256;

/** How one stub device differs from another. */
export interface StubOptions {
  /** GENERAL capability `uctx_cap`, default 4 (TOOLS_RESOURCES). */
  readonly uctx_cap?: number;
  /** Contexts at a time before CREATE_UCTX answers LIM_ERR, default 0xffff. */
  readonly max_live?: number;
  /** On a virtual function: its physical function, and N + 1 of `virtfnN`. */
  readonly vf?: { readonly pf: StubDevice; readonly functionId: number };
}

/** A command's header, and where its answer goes. */
interface Request {
  readonly opcode: number;
  readonly uid: number;
  readonly op_mod: number;
  /** Bytes 10..11: a function, a register or a user id. */
  readonly id: number;
  readonly in_: Bytes;
  readonly out: Bytes;
  readonly view: DataView;
}

/** One function's stub firmware. */
export class StubDevice implements Mlx5Core {
  readonly uctx_cap: number;
  /** Contexts at a time. */
  max_live: number;
  /** Contexts created and not destroyed. */
  live = 0;
  /** Contexts ever created, which is also the last uid given out. */
  creates = 0;
  /** Contexts ever destroyed. */
  destroys = 0;
  /** The uid destroyed last. */
  last_destroyed = 0;
  readonly #vf: StubOptions["vf"];
  /** By other << 31 | type << 16 | function. */
  readonly #caps = new Map<number, Bytes>();
  /** By register id. */
  readonly #regs = new Map<number, Bytes>();

  /** A fresh device. */
  constructor(options: StubOptions = {}) {
    this.uctx_cap = options.uctx_cap ?? 4;
    this.max_live = options.max_live ?? 0xffff;
    this.#vf = options.vf;
  }

  /** One command; NOP with op_mod 0xfcNN answers at once instead of after NN × 10 ms. */
  cmd_do(in_: Bytes, out: Bytes): number {
    const header = new DataView(in_.buffer, in_.byteOffset, 16);
    const error = this.#execute({
      opcode: header.getUint16(0),
      uid: header.getUint16(2),
      op_mod: header.getUint16(6),
      id: header.getUint16(10),
      in_,
      out,
      view: new DataView(out.buffer, out.byteOffset, out.byteLength),
    });
    return error || (out[0] ? -ERRNO.EREMOTEIO : 0);
  }

  #execute(request: Request): number {
    const { opcode, op_mod } = request;
    switch (opcode) {
      case CREATE_UCTX:
        if (this.live >= this.max_live) fail(request, LIM_ERR, 0x5eed0a04);
        else {
          this.live++;
          request.view.setUint16(10, ++this.creates);
        }
        return 0;
      case DESTROY_UCTX:
        this.live--;
        this.destroys++;
        this.last_destroyed = request.id;
        return 0;
      case NOP:
        if (op_mod >> 8 === 0xfe) {
          fail(request, op_mod & 0xff, 0x5eed0000 | op_mod & 0xff);
          return 0;
        }
        if (op_mod >> 8 === 0xfd) return 0 - (op_mod & 0xff);
        break;
      case QUERY_HCA_CAP:
      case SET_HCA_CAP:
        this.#hcaCap(request);
        return 0;
      case ACCESS_REG:
      case ACCESS_REGISTER_USER:
        this.#accessReg(request);
        return 0;
    }
    echo(request);
    return 0;
  }

  /** A VF reads as its own what its PF set for it, and may ask for nobody else. */
  #hcaCap(request: Request): void {
    const { opcode, in_, id } = request;
    const other = ((in_[8] ?? 0) & 0x80) !== 0;
    const type = request.op_mod >> 1;
    if (opcode === SET_HCA_CAP && !other) {
      return fail(request, BAD_PARAM_ERR, 0x5eed0109);
    }
    if (this.#vf && other) return fail(request, BAD_PARAM_ERR, 0x5eed0100);
    const store = this.#vf?.pf ?? this;
    const functionId = this.#vf?.functionId ?? (other ? id : 0);
    // The own function and other function 0 are different entries.
    const foreign = other || this.#vf !== undefined;
    const key = ((foreign ? 0x80000000 : 0) | type << 16 | functionId) >>> 0;
    const data = store.#caps.get(key) ??
      new Uint8Array(CAP_LEN).map((_, i) => type * 16 + functionId + i);
    if (opcode === QUERY_HCA_CAP) return put(request.out, 16, data);
    data.set(in_.subarray(16, 16 + CAP_LEN));
    store.#caps.set(key, data);
  }

  /** Both opcodes share one store. */
  #accessReg(request: Request): void {
    const { op_mod, id, in_, out } = request;
    if (op_mod > 1) return fail(request, BAD_PARAM_ERR, 0x5eed0805);
    const data = this.#regs.get(id) ??
      new Uint8Array(REG_LEN).map((_, i) => id ^ i);
    if (op_mod === 0) {
      data.set(in_.subarray(16, 16 + REG_LEN));
      this.#regs.set(id, data);
    }
    put(out, 12, in_.subarray(12, 16));
    put(out, 16, data);
  }

  /** Everything it remembers. Contexts do not outlive a process, so none is live in it. */
  save(): PlainObject {
    return {
      creates: this.creates,
      last_destroyed: this.last_destroyed,
      caps: saveBlobs(this.#caps),
      regs: saveBlobs(this.#regs),
    };
  }

  /** Takes back what `save` gave. @throws `ModelError` */
  restore(state: PlainData): void {
    const { creates, last_destroyed, caps, regs } = known(
      state,
      ["creates", "last_destroyed", "caps", "regs"],
    );
    const restored = {
      creates: count(creates, "creates"),
      last: count(last_destroyed, "last_destroyed"),
      caps: restoreBlobs(caps, "caps", CAP_LEN),
      regs: restoreBlobs(regs, "regs", REG_LEN),
    };
    this.live = 0;
    this.creates = this.destroys = restored.creates;
    this.last_destroyed = restored.last;
    refill(this.#caps, restored.caps);
    refill(this.#regs, restored.regs);
  }
}

/** A physical function and its virtual ones on stub firmware. */
export class StubFunctions implements ModelFunctions {
  /** The PF, then the VFs in order of their index. */
  readonly devices: readonly StubDevice[];

  /** `vfs` virtual functions. */
  constructor(vfs: number, options: StubOptions = {}) {
    const pf = new StubDevice(options);
    this.devices = [
      pf,
      ...Array.from(
        { length: vfs },
        (_, i) => new StubDevice({ vf: { pf, functionId: i + 1 } }),
      ),
    ];
  }

  ops(functionId: number): KernelOps {
    const device = this.devices[functionId];
    if (!device) throw new ModelError(`There is no function ${functionId}`);
    return mlx5KernelOps(device);
  }

  save(): PlainData {
    return this.devices.map((device) => device.save());
  }

  restore(state: PlainData): void {
    if (!Array.isArray(state) || state.length !== this.devices.length) {
      throw bad(`a list of ${this.devices.length} functions is needed`);
    }
    this.devices.forEach((device, i) => device.restore(state[i] ?? null));
  }
}

/** Any other command: what the firmware saw, and a pattern that depends on all of it. */
function echo({ opcode, op_mod, uid, in_, out, view }: Request): void {
  view.setUint16(8, opcode);
  view.setUint16(10, op_mod);
  view.setUint16(12, uid);
  view.setUint16(14, in_.length & 0xffff);
  let sum = opcode + op_mod + uid;
  for (const byte of in_.subarray(8)) sum += byte;
  for (let i = 16; i < out.length; i++) out[i] = sum + i - 16;
}

function fail({ out, view }: Request, status: number, syndrome: number): void {
  out[0] = status;
  view.setUint32(4, syndrome);
}

/** Writes what fits. */
function put(out: Bytes, at: number, bytes: Uint8Array): void {
  if (at < out.length) out.set(bytes.subarray(0, out.length - at), at);
}

function saveBlobs(blobs: ReadonlyMap<number, Bytes>): PlainObject {
  return Object.fromEntries(
    [...blobs].map(([key, bytes]) => [String(key), toHex(bytes)]),
  );
}

function restoreBlobs(
  state: PlainData | undefined,
  name: string,
  length: number,
): Map<number, Bytes> {
  if (!isPlainObject(state)) throw bad(`"${name}" is not an object`);
  const blobs = new Map<number, Bytes>();
  for (const [key, hex] of Object.entries(state)) {
    if (!/^(0|[1-9]\d{0,9})$/.test(key) || Number(key) > 0xffffffff) {
      throw bad(`"${name}" has the key "${key}"`);
    }
    if (
      typeof hex !== "string" || hex.length !== 2 * length ||
      !/^[0-9a-f]*$/i.test(hex)
    ) {
      throw bad(`"${name}.${key}" is not ${length} bytes of hex`);
    }
    blobs.set(Number(key), fromHex(hex));
  }
  return blobs;
}

function refill<K, V>(target: Map<K, V>, source: ReadonlyMap<K, V>): void {
  target.clear();
  for (const [key, value] of source) target.set(key, value);
}

function known(state: PlainData, keys: readonly string[]): PlainObject {
  if (!isPlainObject(state)) throw bad("it is not an object");
  const strange = Object.keys(state).find((key) => !keys.includes(key));
  if (strange !== undefined) throw bad(`"${strange}" is unknown`);
  return state;
}

function count(value: PlainData | undefined, name: string): number {
  if (!Number.isSafeInteger(value) || Number(value) < 0) {
    throw bad(`"${name}" is not a count`);
  }
  return Number(value);
}

function bad(why: string): ModelError {
  return new ModelError(`The saved state of an mlx5 stub is wrong: ${why}`, {
    hint: "Remove the state file to start from a fresh model.",
  });
}
