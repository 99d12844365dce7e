/**
 * A plausible CXL memory device: its feature commands behind a mailbox, as the
 * kernel's CXL driver uses them.
 *
 * What is known comes from the specification as the kernel and QEMU implement
 * it (CXL 3.2 section 8.2.10.6). What is not said there is marked `Assumption:`
 * where it is decided.
 *
 * @module
 */
import type { Bytes } from "../../lib/bytes.ts";
import { Faults, spoil } from "../../lib/model/faults.ts";
import { ObjectReader } from "../../lib/model/reader.ts";
import type {
  KernelOps,
  ModelFunctions,
  ScenarioDevice,
} from "../../lib/model/types.ts";
import type { PlainData, PlainObject } from "../../lib/plain.ts";
import { ERRNO } from "../../lib/uapi/errno.ts";
import { entryBytes } from "./firmware/features.ts";
import { type FirmwareOptions, readOptions } from "./firmware/options.ts";
import { FeatureStore, type Reset } from "./firmware/store.ts";
import { RC, Transfer } from "./firmware/transfer.ts";
import { cxlKernelOps } from "./kernel.ts";
import {
  type CxlMailbox,
  type CxlMboxCmd,
  GET_FEAT_IN_LEN,
  SET_FEAT_HDR_LEN,
} from "./mailbox.ts";
import {
  cxl_feat_entry,
  CXL_FEATURE_F,
  CXL_MBOX_OP,
} from "./tables/features.ts";
import { uuidText } from "./tables/uuid.ts";

const SUP_FEATS_IN_LEN = 8;
const SUP_FEATS_HDR_LEN = 8;

/** One memory device. */
export class CxlFirmware implements ModelFunctions, CxlMailbox {
  readonly #device: ScenarioDevice;
  readonly #options: FirmwareOptions;
  readonly #faults: Faults;
  readonly #stores: ReadonlyMap<string, FeatureStore>;
  readonly #transfer = new Transfer();

  /**
   * A device as from the factory.
   *
   * @param reader the scenario's `firmware` object, `type` already asked for
   * @throws `ModelError` naming the key path that is wrong
   */
  constructor(device: ScenarioDevice, reader: ObjectReader) {
    this.#device = device;
    this.#options = readOptions(reader);
    this.#faults = new Faults(this.#options.faults);
    this.#stores = new Map(
      this.#options.features.map((spec) => [spec.uuid, new FeatureStore(spec)]),
    );
  }

  /** Longest payload either way, in bytes. */
  get payload_size(): number {
    return this.#options.mailboxSize;
  }

  /** Which feature commands it has. */
  get feat_cap(): number {
    return this.#options.capability;
  }

  /** A feature's values, by UUID. */
  store(uuid: string): FeatureStore | undefined {
    return this.#stores.get(uuid);
  }

  /** Kernel side: probed anew at every call; a memory device has one function. */
  ops(functionId: number): KernelOps | number {
    return functionId === 0 ? cxlKernelOps(this) : -ERRNO.ENODEV;
  }

  /** A reset of the device. */
  reset(kind: Reset): void {
    this.#transfer.reset();
    for (const store of this.#stores.values()) store.reset(kind);
  }

  /** One command. */
  mbox_send(cmd: CxlMboxCmd): number {
    const fault = this.#strike(cmd.opcode);
    if (!fault) return this.#execute(cmd);
    if (fault.unplug) this.#device.unplug(0);
    if (fault.errno !== undefined) {
      if (fault.executes) this.#execute(cmd);
      // The transport has no word of the device to give.
      cmd.return_code = RC.SUCCESS;
      return -fault.errno;
    }
    if (fault.refusal) {
      cmd.size_out = 0;
      cmd.return_code = fault.refusal.status;
      return 0;
    }
    const ret = this.#execute(cmd);
    spoil(cmd.payload_out.subarray(0, cmd.size_out), fault);
    return ret;
  }

  /** What the kernel asks at probe is no request of the user's, unless a fault names it. */
  #strike(opcode: number): ReturnType<Faults["strike"]> {
    if (opcode !== CXL_MBOX_OP.GET_SUPPORTED_FEATURES) {
      return this.#faults.strike(opcode);
    }
    return this.#faults.strikeAll(({ request }) => request === opcode)[0];
  }

  #execute(cmd: CxlMboxCmd): number {
    const { opcode } = cmd;
    switch (opcode) {
      case CXL_MBOX_OP.GET_SUPPORTED_FEATURES:
        cmd.return_code = this.#supported(cmd);
        break;
      case CXL_MBOX_OP.GET_FEATURE:
        cmd.return_code = this.#get(cmd);
        break;
      case CXL_MBOX_OP.SET_FEATURE:
        cmd.return_code = this.#set(cmd);
        break;
      default:
        cmd.return_code = RC.UNSUPPORTED;
    }
    if (cmd.return_code !== RC.SUCCESS) cmd.size_out = 0;
    return 0;
  }

  #supported(cmd: CxlMboxCmd): number {
    if (cmd.payload_in.length !== SUP_FEATS_IN_LEN) return RC.PAYLOADLEN;
    const input = viewOf(cmd.payload_in);
    const start = input.getUint16(4, true);
    const count = input.getUint32(0, true);
    const { features } = this.#options;
    if (count < SUP_FEATS_HDR_LEN || start > features.length) return RC.INPUT;
    const room = Math.floor(
      (Math.min(count, cmd.size_out) - SUP_FEATS_HDR_LEN) /
        cxl_feat_entry.sizeof,
    );
    const found = features.slice(start, start + Math.max(0, room));
    const out = new Uint8Array(
      SUP_FEATS_HDR_LEN + found.length * cxl_feat_entry.sizeof,
    );
    const view = viewOf(out);
    view.setUint16(0, found.length, true);
    view.setUint16(2, features.length, true);
    found.forEach((spec, index) =>
      out.set(
        entryBytes(spec, start + index),
        SUP_FEATS_HDR_LEN + index * cxl_feat_entry.sizeof,
      )
    );
    return answer(cmd, out);
  }

  #get(cmd: CxlMboxCmd): number {
    if (cmd.payload_in.length !== GET_FEAT_IN_LEN) return RC.PAYLOADLEN;
    const uuid = uuidText(cmd.payload_in);
    const input = viewOf(cmd.payload_in);
    const offset = input.getUint16(16, true);
    const count = input.getUint16(18, true);
    const selection = input.getUint8(20);
    const store = this.#stores.get(uuid);
    if (!store) return RC.UNSUPPORTED;
    if (this.#transfer.of(uuid)) return RC.FEATURETRANSFERIP;
    const { flags } = store.spec;
    const value = store.value(selection);
    if (
      !value || selection === 1 && !(flags & CXL_FEATURE_F.DEFAULT_SEL) ||
      selection === 2 && !(flags & CXL_FEATURE_F.SAVED_SEL)
    ) return RC.FEATURESELVALUE;
    if (count === 0 || offset + count > value.length) return RC.INPUT;
    return answer(cmd, value.slice(offset, offset + count));
  }

  #set(cmd: CxlMboxCmd): number {
    const { payload_in } = cmd;
    // Assumption: a part without data is too short; that the kernel never sends one is public.
    if (payload_in.length <= SET_FEAT_HDR_LEN) return RC.PAYLOADLEN;
    const uuid = uuidText(payload_in);
    const input = viewOf(payload_in);
    const store = this.#stores.get(uuid);
    if (!store || !(store.spec.flags & CXL_FEATURE_F.CHANGEABLE)) {
      return RC.UNSUPPORTED;
    }
    if (input.getUint8(22) !== store.spec.version) return RC.FEATUREVERSION;
    const progress = this.#transfer.take({
      uuid,
      flags: input.getUint32(16, true),
      offset: input.getUint16(20, true),
      data: payload_in.slice(SET_FEAT_HDR_LEN),
    });
    if ("code" in progress) return progress.code;
    const { data, offset, saved } = progress;
    cmd.size_out = 0;
    return store.set(data, offset, saved);
  }

  /** What differs from a fresh device. */
  save(): PlainData {
    const features = Object.fromEntries(
      [...this.#stores].map(([uuid, store]) => [uuid, store.save()] as const)
        .filter(([, state]) => Object.keys(state).length > 0),
    );
    const transfer = this.#transfer.save();
    const faults = this.#faults.save();
    const state: PlainObject = {
      ...(Object.keys(features).length > 0 ? { features } : {}),
      ...(transfer === undefined ? {} : { transfer }),
      ...(Array.isArray(faults) && faults.length > 0 ? { faults } : {}),
    };
    return state;
  }

  /** Takes back what `save` gave, all of it or nothing. @throws `ModelError` */
  restore(state: PlainData): void {
    const reader = new ObjectReader(state, "state of cxl");
    const features = new ObjectReader(
      reader.raw("features") ?? {},
      reader.path("features"),
    );
    const steps = [...this.#stores].map(([uuid, store]) =>
      store.prepare(features.raw(uuid), features.path(uuid))
    );
    features.end();
    steps.push(
      this.#transfer.prepare(reader.raw("transfer"), reader.path("transfer")),
    );
    const faults = reader.raw("faults");
    reader.end();
    this.#faults.restore(faults, reader.path("faults"));
    for (const take of steps) take();
  }
}

/** Puts an answer into a command, as far as was asked for. */
function answer(cmd: CxlMboxCmd, bytes: Bytes): number {
  const part = bytes.subarray(0, cmd.size_out);
  cmd.payload_out.set(part);
  cmd.size_out = part.length;
  return RC.SUCCESS;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
