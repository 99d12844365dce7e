/**
 * A plausible ConnectX firmware: one card with its PF and VFs behind the
 * command interface of mlx5_core.
 *
 * What is known comes from mlx5_ifc.h, device.h and how mlx5_core uses the
 * commands. What is not publicly documented is marked `Assumption:` where it is
 * decided.
 *
 * @module
 */
import type { Bytes } from "../../lib/bytes.ts";
import { spoil } from "../../lib/model/faults.ts";
import { ObjectReader } from "../../lib/model/reader.ts";
import { parsePci } from "../../lib/model/pci.ts";
import type { ModelFunctions, ScenarioDevice } from "../../lib/model/types.ts";
import type { KernelOps } from "../../lib/model/types.ts";
import type { PlainData, PlainObject } from "../../lib/plain.ts";
import { ERRNO } from "../../lib/uapi/errno.ts";
import { type Mlx5Core, mlx5KernelOps } from "./kernel.ts";
import { queryHcaCap, setHcaCap } from "./firmware/cap_commands.ts";
import { CapStores } from "./firmware/caps.ts";
import { CAP, type Card } from "./firmware/cards.ts";
import { type Command, fail, STAT, SYNDROME } from "./firmware/command.ts";
import { Mlx5Faults, refusal } from "./firmware/faults.ts";
import { type FirmwareOptions, readOptions } from "./firmware/options.ts";
import { queries, type Query } from "./firmware/queries.ts";
import { Diagnostics } from "./firmware/queries_diag.ts";
import { objectCommands } from "./firmware/queries_objects.ts";
import { Registers } from "./firmware/registers.ts";
import {
  MLX5_UCTX_OBJECT_CAP_TOOLS_RESOURCES,
  readU16,
  readU32,
  writeU16,
} from "./protocol.ts";

const QUERY_HCA_CAP = 0x100;
const SET_HCA_CAP = 0x109;
const ACCESS_REG = 0x805;
const CREATE_UCTX = 0xa04;
const DESTROY_UCTX = 0xa06;
const ACCESS_REGISTER_USER = 0xb0c;
/** Where the count of commands starts again: what is made of it stays below 2^32. */
const WRAP = 2 ** 18;
/** First half of the cards' MAC addresses: an OUI of the vendor. */
const OUI = 0xb8cef6;

/** One card: firmware shared by its PF and VFs. */
export class Mlx5Firmware implements ModelFunctions {
  /** The capability stores. */
  readonly stores: CapStores;
  readonly #device: ScenarioDevice;
  readonly #options: FirmwareOptions;
  readonly #makeQueries: () => ReadonlyMap<number, Query>;
  #queries: ReadonlyMap<number, Query> | undefined;
  readonly #registers: Registers;
  readonly #diagnostics: Diagnostics;
  readonly #faults: Mlx5Faults;
  readonly #context;
  /** Capabilities of live contexts by uid, by function id. */
  readonly #uctx = new Map<number, Map<number, number>>();
  /** Commands so far: what makes counters move. */
  #commands = 0;

  /**
   * @param reader the scenario's `firmware` object, `type` already asked for
   * @throws `ModelError` naming the key path that is wrong
   */
  constructor(card: Card, device: ScenarioDevice, reader: ObjectReader) {
    const vfs = device.vfs.length;
    const options = readOptions(reader, card, vfs);
    const rid = parsePci(device.pci)?.rid ?? 0;
    const mac = OUI * 0x1000000 + rid * 0x100;
    this.#device = device;
    this.#options = options;
    this.stores = new CapStores({
      card,
      vfs,
      pf: options.caps,
      allVfs: options.vfCaps,
      vf: options.vf,
    });
    const tick = (): number => this.#commands;
    this.#diagnostics = new Diagnostics();
    // Built with the first command: most hosts are only listed.
    this.#makeQueries = () =>
      new Map([
        ...objectCommands(tick),
        ...this.#diagnostics.commands(),
        ...queries(),
      ]);
    this.#registers = new Registers({
      card,
      version: options.version,
      mac,
      nvconfig: { ...options.nvconfig, totalVfs: device.totalVfs },
      tick,
    });
    this.#faults = new Mlx5Faults(options.faults);
    this.#context = {
      card,
      stores: this.stores,
      vfs,
      totalVfs: device.totalVfs,
      rid,
      mac,
      inUse: (functionId: number): boolean => this.#inUse(functionId),
    };
  }

  /** The command interface of a function: 0 is the PF, n the VF n - 1. */
  core(functionId: number): Mlx5Core {
    const { stores } = this;
    return {
      get uctx_cap() {
        return readU32(stores.image(functionId, CAP.GENERAL, true), 212);
      },
      cmd_do: (in_, out) => this.#command(functionId, in_, out),
    };
  }

  /** Kernel side of a function. */
  ops(functionId: number): KernelOps {
    return mlx5KernelOps(this.core(functionId));
  }

  /** What differs from the initial state; contexts end with the process. */
  save(): PlainData {
    const caps = this.stores.save();
    const registers = this.#registers.save();
    const faults = this.#faults.save();
    const diagnostics = this.#diagnostics.save();
    const state: PlainObject = {
      ...(Object.keys(caps).length > 0 ? { caps } : {}),
      ...(Object.keys(registers).length > 0 ? { registers } : {}),
      ...(diagnostics === undefined ? {} : { diagnostics }),
      ...(Array.isArray(faults) && faults.length > 0 ? { faults } : {}),
    };
    return state;
  }

  /** Takes back what `save` gave. @throws `ModelError` */
  restore(state: PlainData): void {
    const reader = new ObjectReader(state, "state of mlx5");
    this.stores.restore(reader.raw("caps") ?? {}, reader.path("caps"));
    this.#registers.restore(reader.raw("registers"), reader.path("registers"));
    this.#diagnostics.restore(
      reader.raw("diagnostics"),
      reader.path("diagnostics"),
    );
    this.#faults.restore(reader.raw("faults"), reader.path("faults"));
    reader.end();
  }

  /** mlx5_cmd_do(): 0, -EREMOTEIO with a status in out, or another errno. */
  #command(functionId: number, in_: Bytes, out: Bytes): number {
    this.#commands = (this.#commands + 1) % WRAP;
    const uid = readU16(in_, 2);
    const caps = this.#uctx.get(functionId)?.get(uid);
    const command: Command = {
      in_,
      out,
      opcode: readU16(in_, 0),
      uid,
      opMod: readU16(in_, 6),
      tools: uid === 0 ||
        ((caps ?? 0) & MLX5_UCTX_OBJECT_CAP_TOOLS_RESOURCES) !== 0,
      functionId,
    };
    const faults = this.#faults.none
      ? []
      : this.#faults.strike(command, this.#about(command));
    for (const { drift } of faults) {
      if (!drift) continue;
      const { functionId, type, field, value } = drift;
      this.stores.drift(functionId, type, field, value);
    }
    if (faults.some((fault) => fault.unplug)) this.#device.unplug(functionId);
    const broken = faults.find((fault) => fault.errno !== undefined);
    if (broken?.errno !== undefined) {
      if (broken.executes) this.#execute(command, caps);
      return -broken.errno;
    }
    if (!refusal(command, faults)) this.#execute(command, caps);
    spoil(out, ...faults);
    return out[0] ? -ERRNO.EREMOTEIO : 0;
  }

  #execute(command: Command, caps: number | undefined): void {
    const { opcode, uid, out, in_ } = command;
    if (uid !== 0 && caps === undefined) {
      return fail(command, STAT.BAD_PARAM, SYNDROME.NO_UCTX);
    }
    switch (opcode) {
      case QUERY_HCA_CAP:
        return queryHcaCap(command, this.#context);
      case SET_HCA_CAP:
        return setHcaCap(command, this.#context);
      case ACCESS_REG:
      case ACCESS_REGISTER_USER:
        return this.#registers.access(command);
      case CREATE_UCTX:
        return this.#createUctx(command);
      case DESTROY_UCTX:
        this.#uctx.get(command.functionId)?.delete(readU16(in_, 10));
        return;
    }
    this.#queries ??= this.#makeQueries();
    const query = this.#queries.get(opcode);
    if (!query) return fail(command, STAT.BAD_OP, SYNDROME.UNKNOWN_COMMAND);
    if (in_.length < query.inLen) {
      return fail(command, STAT.BAD_INP_LEN, SYNDROME.LENGTH);
    }
    if (out.length < query.outLen) {
      return fail(command, STAT.BAD_OUTP_LEN, SYNDROME.LENGTH);
    }
    query.run(command, this.#context);
  }

  /**
   * CREATE_UCTX: capabilities wanted at byte 16, uid answered at byte 10.
   *
   * Assumption: the lowest free uid from 1 on, per function; asking for a
   * capability the function lacks is BAD_PARAM.
   */
  #createUctx(command: Command): void {
    const wanted = readU32(command.in_, 16);
    const has = this.core(command.functionId).uctx_cap;
    if ((wanted & ~has) !== 0) {
      return fail(command, STAT.BAD_PARAM, SYNDROME.NOT_TOOLS);
    }
    let live = this.#uctx.get(command.functionId);
    if (!live) this.#uctx.set(command.functionId, live = new Map());
    if (live.size >= this.#options.maxUctx) {
      return fail(command, STAT.LIM_ERR, SYNDROME.UCTX_LIMIT);
    }
    let uid = 1;
    while (live.has(uid)) uid++;
    live.set(uid, wanted);
    writeU16(command.out, 10, uid);
  }

  /** The function a command is about, for faults. */
  #about(command: Command): number {
    const { opcode, in_, functionId } = command;
    if (opcode !== QUERY_HCA_CAP && opcode !== SET_HCA_CAP) return functionId;
    const flags = in_[8] ?? 0;
    if (!(flags & 0x80)) return functionId;
    const id = readU16(in_, 10);
    return flags & 0x10 ? this.stores.functionOf(id) ?? -1 : id;
  }

  #inUse(functionId: number): boolean {
    if (functionId === 0) return true;
    const vf = this.#device.vfs[functionId - 1];
    return vf !== undefined &&
      (vf.heldBy !== null || vf.kernelDriver === this.#device.kernelDriver);
  }
}
