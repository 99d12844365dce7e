/**
 * A deterministic memory device behind the CXL kernel side: not a real one, but
 * the kernel's own mock (tools/testing/cxl/test/mem.c of Linux 7.2) that the
 * recordings were made on, so that a replay can be held to them byte for byte.
 * With {@linkcode LabFeatures} it has 17 more features, one for each rule of
 * setting.
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
import { cxlKernelOps } from "./kernel.ts";
import type { CxlMailbox, CxlMboxCmd } from "./mailbox.ts";
import { LabFeatures } from "./stub_features.ts";
import {
  cxl_feat_entry,
  CXL_FEATURES,
  CXL_MBOX_CMD_RC,
  CXL_MBOX_OP,
  CXL_SET_FEAT_FLAG,
} from "./tables/features.ts";

const SUP_FEATS_HDR_LEN = 8;
const SET_FEAT_HDR_LEN = 32;
/** The mock's one feature: all bits set, 4 bytes. */
const VENDOR_UUID = "ff".repeat(16);
const VENDOR_LEN = 4;
/** CHANGEABLE, DEFAULT_SEL and SAVED_SEL; after a cold reset, and the effects are valid. */
const VENDOR_ENTRY = `${VENDOR_UUID}0000${"0400".repeat(2)}610000000101` +
  `0102${"00".repeat(18)}`;

/** One memory device, as the mock's probe makes it: binding the driver again makes another. */
export class StubDevice implements CxlMailbox {
  readonly payload_size = 4096;
  readonly feat_cap: number = CXL_FEATURES.RW;
  /** The vendor feature, le32 0xdeadbeef at first. */
  #vendor: Bytes = fromHex("efbeadde");
  /** Shared with the other devices of a machine. */
  readonly #lab: LabFeatures | undefined;

  /** A fresh device, with the lab's features where they are given. */
  constructor(lab?: LabFeatures) {
    this.#lab = lab;
  }

  /** One command. Opcodes that are not the features' fail with ENXIO. */
  mbox_send(cmd: CxlMboxCmd): number {
    switch (cmd.opcode) {
      case CXL_MBOX_OP.GET_SUPPORTED_FEATURES:
        return this.#supported(cmd);
      case CXL_MBOX_OP.GET_FEATURE:
        return this.#get(cmd);
      case CXL_MBOX_OP.SET_FEATURE:
        return this.#set(cmd);
      default:
        return -ERRNO.ENXIO;
    }
  }

  /** Asked by the kernel alone, at probe: the header, or as many entries as there is room for. */
  #supported(cmd: CxlMboxCmd): number {
    const input = viewOf(cmd.payload_in);
    const entries = [VENDOR_ENTRY, ...this.#lab?.entries() ?? []];
    const start = input.getUint16(4, true);
    const room = Math.floor(
      (input.getUint32(0, true) - SUP_FEATS_HDR_LEN) / cxl_feat_entry.sizeof,
    );
    const found = entries.slice(start, start + Math.max(room, 0));
    const out = viewOf(cmd.payload_out);
    out.setUint16(0, found.length, true);
    out.setUint16(2, entries.length, true);
    cmd.payload_out.set(fromHex(found.join("")), SUP_FEATS_HDR_LEN);
    cmd.size_out = SUP_FEATS_HDR_LEN + found.length * cxl_feat_entry.sizeof;
    return 0;
  }

  #get(cmd: CxlMboxCmd): number {
    const uuid = toHex(cmd.payload_in.subarray(0, 16));
    const input = viewOf(cmd.payload_in);
    const offset = input.getUint16(16, true);
    const count = input.getUint16(18, true);
    if (uuid === VENDOR_UUID) {
      if (offset + count > VENDOR_LEN) return refuse(cmd);
      // The mock adds the offset to the answer's place too.
      const bytes = this.#vendor.subarray(offset, offset + count);
      put(cmd.payload_out, offset, bytes);
      return 0;
    }
    const feature = this.#lab?.find(uuid);
    if (!feature) return unsupported(cmd);
    const selection = input.getUint8(20);
    if (offset + count > feature.data.length || selection > 2) {
      return refuse(cmd);
    }
    const bytes = selection === 1
      ? new Uint8Array(count).fill(feature.fresh)
      : feature.data.subarray(offset, offset + count);
    put(cmd.payload_out, 0, bytes);
    cmd.size_out = count;
    return 0;
  }

  #set(cmd: CxlMboxCmd): number {
    const uuid = toHex(cmd.payload_in.subarray(0, 16));
    const input = viewOf(cmd.payload_in);
    const flags = input.getUint32(16, true);
    const offset = input.getUint16(20, true);
    const data = cmd.payload_in.subarray(SET_FEAT_HDR_LEN);
    if (uuid === VENDOR_UUID) {
      const whole = (flags & CXL_SET_FEAT_FLAG.DATA_TRANSFER_MASK) ===
        CXL_SET_FEAT_FLAG.FULL_DATA_TRANSFER;
      if (!whole || offset) return refuse(cmd);
      // Four bytes whatever was sent; the kernel's buffer is zero behind it.
      this.#vendor = new Uint8Array(VENDOR_LEN);
      this.#vendor.set(data.subarray(0, VENDOR_LEN));
      return 0;
    }
    const feature = this.#lab?.find(uuid);
    if (!feature) return unsupported(cmd);
    if (offset + data.length > feature.data.length) return refuse(cmd);
    feature.data.set(data, offset);
    return 0;
  }

  /** Everything it remembers. */
  save(): PlainObject {
    return {
      vendor: toHex(this.#vendor),
      lab: this.#lab?.save() ?? null,
    };
  }

  /** Takes back what `save` gave. @throws `ModelError` */
  restore(state: PlainData): void {
    if (!isPlainObject(state)) throw bad("it is not an object");
    const { vendor, lab, ...strange } = state;
    const [unknown] = Object.keys(strange);
    if (unknown !== undefined) throw bad(`"${unknown}" is unknown`);
    if (typeof vendor !== "string" || !/^[0-9a-f]{8}$/i.test(vendor)) {
      throw bad('"vendor" is not 4 bytes of hex');
    }
    if (!this.#lab !== (lab === null)) {
      throw bad('"lab" is not of this kind of device');
    }
    const problem = this.#lab?.restore(lab ?? null);
    if (problem !== undefined) throw bad(problem);
    this.#vendor = fromHex(vendor);
  }
}

/** A memory device, which has one function, as a model holds it. */
export class StubFunctions implements ModelFunctions {
  /** The device. */
  readonly device: StubDevice;

  /** `features`: with those of the lab. */
  constructor(features = false) {
    this.device = new StubDevice(features ? new LabFeatures() : undefined);
  }

  /** Probes anew at every call; -ENODEV for any function but 0. */
  ops(functionId: number): KernelOps | number {
    return functionId === 0 ? cxlKernelOps(this.device) : -ERRNO.ENODEV;
  }

  save(): PlainData {
    return this.device.save();
  }

  restore(state: PlainData): void {
    this.device.restore(state);
  }
}

function refuse(cmd: CxlMboxCmd): number {
  cmd.return_code = CXL_MBOX_CMD_RC.INPUT;
  return -ERRNO.EINVAL;
}

function unsupported(cmd: CxlMboxCmd): number {
  cmd.return_code = CXL_MBOX_CMD_RC.UNSUPPORTED;
  return -ERRNO.EOPNOTSUPP;
}

/** Writes what fits. */
function put(out: Bytes, at: number, bytes: Uint8Array): void {
  if (at < out.length) out.set(bytes.subarray(0, out.length - at), at);
}

function viewOf(bytes: Bytes): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function bad(why: string): ModelError {
  return new ModelError(`The saved state of a CXL stub is wrong: ${why}`, {
    hint: "Remove the state file to start from a fresh model.",
  });
}
