/**
 * Access registers: ACCESS_REG (0x805) and ACCESS_REGISTER_USER (0xb0c).
 *
 * Request: op_mod 0 writes, 1 reads; register_id bytes 10-11, argument 12-15,
 * register_data from byte 16. Answer: argument and register_data at the same
 * places. Layouts of PTYS, PAOS, MFRL and MCAM: mlx5_ifc.h; MGIR: 160 bytes,
 * hardware info at 0, firmware info at 0x20, software info at 0x60.
 *
 * Assumption: a register without a name here is refused with BAD_PARAM, the
 * status that kernel logs of real cards show for ACCESS_REG most; those with a
 * name and no known content keep 256 bytes, zero at first; port and management
 * registers belong to the card, and only its PF may write them.
 *
 * @module
 */
import { encodeInto } from "../../../lib/bits/mod.ts";
import { type Bytes, toHex } from "../../../lib/bytes.ts";
import { ObjectReader, refuse } from "../../../lib/model/reader.ts";
import type { PlainData, PlainObject } from "../../../lib/plain.ts";
import { layout } from "../tables/ifc.ts";
import { registers } from "../tables/registers.ts";
import type { Card } from "./cards.ts";
import {
  type Command,
  fail,
  put32,
  putBytes,
  STAT,
  SYNDROME,
} from "./command.ts";
import { asHex } from "./images.ts";
import { NV_REGISTERS, NvConfig } from "./nvconfig.ts";
import type { NvOptions } from "./nvconfig_items.ts";
import { MFRL_OFFER, triggeredReset } from "./nvconfig_reset.ts";
import { RES_DUMP, resourceDump } from "./registers_dump.ts";
import { infoString, MQIS, toolFields } from "./registers_tools.ts";
import { registerValue } from "./registers_values.ts";
import { readU16, writeU16 } from "../protocol.ts";

/** Bytes of the longest register. MNVGN has 284, PBMC and MTRC_CAP less. */
const REGISTER_BYTES = 512;
/** Bytes a register without a layout keeps. */
const RAW_BYTES = 256;

/** Register ids with a content of their own. */
const REGISTER = {
  PTYS: 0x5004,
  PAOS: 0x5006,
  NODE_DESC: 0x6001,
  PMAOS: 0x5012,
  MGIR: 0x9020,
  MFRL: 0x9028,
  MCAM: 0x907f,
} as const;

/** What the registers ask of the card. */
export interface RegisterContext {
  /** The card. */
  readonly card: Card;
  /** Firmware version. */
  readonly version: readonly [number, number, number];
  /** The card's first MAC address, 48 bits. */
  readonly mac: number;
  /** What decides the nvconfig items. */
  readonly nvconfig: NvOptions;
  /** Grows with every command. */
  readonly tick: () => number;
}

/** All registers of one card. */
export class Registers {
  readonly #context: RegisterContext;
  readonly #nvconfig: NvConfig;
  /** What was written, by register id. */
  readonly #written = new Map<number, Bytes>();

  /** Registers as after a reset. */
  constructor(context: RegisterContext) {
    this.#context = context;
    this.#nvconfig = new NvConfig(context.nvconfig);
  }

  /** Executes a register access. */
  access(command: Command): void {
    const { in_, out, opMod } = command;
    if (opMod > 1) return fail(command, STAT.BAD_PARAM, SYNDROME.OP_MOD);
    const write = opMod === 0;
    if (write && !command.tools) {
      // Assumption: a context without TOOLS_RESOURCES reads registers only.
      return fail(command, STAT.BAD_OP, SYNDROME.NOT_TOOLS);
    }
    if (write && command.functionId !== 0) {
      return fail(command, STAT.BAD_PARAM, SYNDROME.REGISTER_ACCESS);
    }
    const id = readU16(in_, 10);
    const data = new Uint8Array(REGISTER_BYTES);
    data.set(in_.subarray(16, 16 + REGISTER_BYTES));
    const refused = this.#execute(id, data, write);
    if (refused) return fail(command, refused.status, refused.syndrome);
    putBytes(out, 12, in_.subarray(12, 16));
    putBytes(out, 16, data);
  }

  /** What was written and what nvconfig keeps. */
  save(): PlainObject {
    const raw: Record<string, PlainData> = {};
    for (const [id, bytes] of this.#written) {
      raw[id.toString(16)] = toHex(bytes).replace(/(00)+$/, "");
    }
    return {
      ...(this.#written.size > 0 ? { raw } : {}),
      ...nonEmpty("nvconfig", this.#nvconfig.save()),
    };
  }

  /** Takes back what `save` gave. @throws `ModelError` */
  restore(state: PlainData | undefined, at: string): void {
    const reader = new ObjectReader(state ?? {}, at);
    this.#written.clear();
    const raw = reader.object("raw");
    for (const name of raw?.keys() ?? []) {
      if (!raw || !/^[0-9a-f]{1,4}$/.test(name)) {
        refuse(`${at}.raw.${name.slice(0, 64)}`, "is no register id");
      }
      const bytes = asHex(raw.raw(name), raw.path(name));
      if (bytes.length > RAW_BYTES) refuse(raw.path(name), "is too long");
      const whole = new Uint8Array(RAW_BYTES);
      whole.set(bytes);
      this.#written.set(Number.parseInt(name, 16), whole);
    }
    this.#nvconfig.restore(
      reader.raw("nvconfig") ?? {},
      reader.path("nvconfig"),
    );
    reader.end();
  }

  #execute(id: number, data: Bytes, write: boolean) {
    if (!registers().has(id)) {
      return { status: STAT.BAD_PARAM, syndrome: SYNDROME.NO_REGISTER };
    }
    switch (id) {
      case NV_REGISTERS.MNVDA:
      case NV_REGISTERS.MNVDI:
      case NV_REGISTERS.MNVQC:
      case NV_REGISTERS.MNVGC:
      case NV_REGISTERS.MNVIA:
      case NV_REGISTERS.MNVGN:
        return this.#nvconfig.access(id, data, write);
      case REGISTER.MFRL:
        if (!write) break;
        return triggeredReset(data, this.#nvconfig);
      case REGISTER.MGIR:
        if (!write) this.#mgir(data);
        return undefined;
      case REGISTER.MCAM:
        if (!write) mcam(data);
        return undefined;
      case MQIS:
        if (!write) infoString(data, this.#context.card);
        return undefined;
      case RES_DUMP:
        // A write asks for the same; the kernel's own driver sends one.
        return resourceDump(data, this.#context.version);
    }
    if (write) {
      this.#written.set(id, data.slice(0, RAW_BYTES));
      return undefined;
    }
    const stored = this.#written.get(id);
    if (stored) data.set(stored);
    else this.#initial(id, data);
    return undefined;
  }

  /** What a register reads that nobody wrote; indices in it stay as asked. */
  #initial(id: number, data: Bytes): void {
    const index = data[1] ?? 0; // local_port or module
    switch (id) {
      case REGISTER.PTYS: {
        const mask = (data[3] ?? 0) & 7;
        data.fill(0);
        // Up to 200G, and 100G on four lanes, in the extended masks' bits;
        // optical module.
        encodeInto(layout("ptys_reg"), {
          local_port: index,
          proto_mask: mask,
          ext_eth_proto_capability: 0x0000_33f3,
          ext_eth_proto_admin: 0x0000_33f3,
          ext_eth_proto_oper: 0x0000_0200,
          eth_proto_capability: 0xe0f0_1013,
          eth_proto_admin: 0xe0f0_1013,
          eth_proto_oper: 0x0010_0000,
          connector_type: 7,
        }, data);
        return;
      }
      case REGISTER.PAOS:
        data.fill(0);
        encodeInto(layout("paos_reg"), {
          local_port: index,
          admin_status: 1,
          oper_status: 1,
        }, data);
        return;
      case REGISTER.PMAOS:
        data.fill(0);
        encodeInto(layout("pmaos_reg"), {
          module: index,
          admin_status: 1,
          oper_status: 1,
        }, data);
        return;
      case REGISTER.NODE_DESC:
        data.fill(0);
        putText(data, 0, `${this.#context.card.product} model`, 64);
        return;
      case REGISTER.MFRL:
        data.fill(0);
        encodeInto(layout("mfrl_reg"), MFRL_OFFER, data);
        return;
      default: {
        const { mac, version, tick } = this.#context;
        registerValue(id, data, { mac, version, tick: tick() });
        toolFields(id, data);
      }
    }
  }

  #mgir(data: Bytes): void {
    const { card, version, mac } = this.#context;
    const [major, minor, sub] = version;
    data.fill(0);
    writeU16(data, 0x02, card.deviceId);
    data[0x05] = 1; // num_ports
    writeU16(data, 0x0a, card.recoveryId);
    writeU16(data, 0x12, Math.floor(mac / 0x1_0000_0000));
    put32(data, 0x14, mac % 0x1_0000_0000);
    // The 8-bit version: minor is cut, as tools warn.
    data[0x20] = 0x01; // secured
    data[0x21] = major;
    data[0x22] = minor;
    data[0x23] = sub;
    data[0x28] = 0x09; // month, day, year of installation, BCD
    data[0x29] = 0x17;
    writeU16(data, 0x2a, 0x2025);
    putText(data, 0x30, card.psid, 16);
    put32(data, 0x44, major);
    put32(data, 0x48, minor);
    put32(data, 0x4c, sub);
  }
}

/**
 * Bit n of mng_access_reg_cap_mask, counted from the mask's last bit, stands for
 * register 0x9000 + n in group 0.
 */
function mcam(data: Bytes): void {
  const group = data[3] ?? 0;
  data.fill(0);
  data[3] = group;
  if (group !== 0) return;
  const known: readonly number[] = [
    ...[REGISTER.MGIR, REGISTER.MFRL, REGISTER.MCAM, MQIS],
    ...Object.values(NV_REGISTERS),
  ];
  for (const id of known) {
    const bit = id - 0x9000;
    const at = 8 + 15 - (bit >> 3);
    data[at] = (data[at] ?? 0) | 1 << (bit & 7);
  }
}

function putText(data: Bytes, at: number, text: string, room: number): void {
  for (let i = 0; i < Math.min(text.length, room); i++) {
    data[at + i] = text.charCodeAt(i);
  }
}

function nonEmpty(name: string, value: PlainObject): PlainObject {
  return Object.keys(value).length > 0 ? { [name]: value } : {};
}
