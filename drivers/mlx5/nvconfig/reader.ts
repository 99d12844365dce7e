/**
 * Reads nvconfig of one device. What was read once is not read again: a plan
 * asks for each item once, however many parameters it declares.
 *
 * @module
 */
import {
  DecodeError,
  type FwctlError,
  isFwctlError,
} from "../../../lib/errors.ts";
import type { Channel } from "../../driver.ts";
import { MGIR, MGIR_BYTES } from "../identity.ts";
import { HEADER_BYTES, readRegister } from "../protocol.ts";
import { askResets, type OfferedResets, offeredResets } from "./mfrl.ts";
import { typeText, typeWord } from "./names.ts";
import {
  askAbilities,
  askItem,
  decodeAbilities,
  decodeItem,
  decodeStored,
  decodeSupport,
  type NvAbilities,
  type NvItem,
  type NvMode,
  type NvSupport,
  readItem,
  readStored,
  roomFor,
} from "./registers.ts";
import type { NvTlv } from "./types.ts";

/**
 * Statuses that say "there is no such thing": BAD_OP, BAD_PARAM, BAD_SYS_STATE
 * (register not supported), BAD_RES and NO_RES (item not set), IX_ERR.
 */
const ABSENT: ReadonlySet<number> = new Set([2, 3, 4, 5, 0xa, 0xf]);

const NOTHING: NvSupport = { read: false, write: false, version: 0 };

/** Most items a device is believed to store; a longer walk is cut. */
const STORED = 4096;
/** Ports a device may have when it does not tell. */
const PORTS = 8;

/** One device's nvconfig. */
export class NvReader {
  /** The device's name, for messages. */
  readonly device: string;
  readonly #channel: Channel;
  readonly #known = new Map<string, unknown>();

  /** Sends nothing yet. */
  constructor(channel: Channel) {
    this.#channel = channel;
    this.device = channel.device;
  }

  /** Which values beside the next one can be read: MNVGC. */
  abilities(): NvAbilities {
    return this.#once(
      "abilities",
      () =>
        this.#ask(askAbilities(), decodeAbilities) ??
          { default: false, current: false },
    );
  }

  /** What the device does with an item: MNVQC. */
  support(tlv: NvTlv, instance: number): NvSupport {
    const type = typeWord(tlv, instance);
    return this.#once(
      `support ${type}`,
      () => this.#ask(askItem(type), decodeSupport) ?? NOTHING,
    );
  }

  /**
   * One of an item's three values; undefined when the device does not have or
   * does not tell it.
   */
  item(tlv: NvTlv, instance: number, mode: NvMode): NvItem | undefined {
    if (!this.support(tlv, instance).read) return undefined;
    if (mode !== "next" && !this.abilities()[mode]) return undefined;
    const type = typeWord(tlv, instance);
    return this.#once(`item ${type} ${mode}`, () =>
      this.#ask(
        readItem(type, Math.min(tlv.size, 256), mode),
        (response, device) => {
          const item = decodeItem(response, device);
          if (sameKind(item.type, type)) return item;
          throw new DecodeError(
            `${tlv.name} was asked for (type 0x${typeText(type)}), and type 0x${
              typeText(item.type)
            } came`,
            {
              device,
              hint: "Nothing of it was used; check the firmware version",
            },
          );
        },
      ));
  }

  /** Which firmware resets the device offers: MFRL; undefined when it does not tell. */
  resets(): OfferedResets | undefined {
    return this.#once("resets", () => this.#ask(askResets(), offeredResets));
  }

  /** Ports of the device: MGIR's num_ports; 8 when it does not tell. */
  ports(): number {
    return this.#once(
      "ports",
      () =>
        this.#ask(readRegister(MGIR, MGIR_BYTES), (response) => {
          const ports = (response[HEADER_BYTES + 5] ?? 0) & 0xf;
          return ports === 0 || ports > PORTS ? PORTS : ports;
        }) ?? PORTS,
    );
  }

  /**
   * Every stored item, by MNVGN from pointer 0 until it is 0 again.
   *
   * Assumption: an answer's pointer leads to the next item, and an answer
   * without data carries none; so both readings of the last answer are served.
   */
  stored(): readonly NvItem[] | undefined {
    return this.#once("stored", () => this.#walk());
  }

  /**
   * Whether the device stores an item, or only has its default; undefined when
   * it does not list what it stores. An item of any port or function of the
   * same kind counts: a device may fill in whose it is.
   */
  isStored(type: number): boolean | undefined {
    return this.stored()?.some((item) => sameKind(item.type, type));
  }

  #walk(): NvItem[] | undefined {
    const items: NvItem[] = [];
    const seen = new Set<number>();
    for (let pointer = 0; !seen.has(pointer) && seen.size < STORED;) {
      seen.add(pointer);
      const answer = this.#ask(readStored(pointer), decodeStored);
      if (!answer) return pointer === 0 ? undefined : items;
      if (answer.item) items.push(answer.item);
      if (answer.next === 0) break;
      pointer = answer.next;
    }
    return items;
  }

  #ask<T>(
    request: Parameters<Channel["send"]>[0],
    decode: (response: Uint8Array, device: string) => T,
  ): T | undefined {
    let response;
    try {
      response = this.#channel.send(request, roomFor(request));
    } catch (error) {
      if (isFwctlError(error) && absent(error)) return undefined;
      throw error;
    }
    return decode(response, this.device);
  }

  #once<T>(key: string, read: () => T): T {
    if (!this.#known.has(key)) this.#known.set(key, read());
    // Each key is only ever used with one type: its one caller.
    return this.#known.get(key) as T;
  }
}

/** Bits of a type word that are the index, by class; the rest says whose it is, which a device may fill in. */
const INDEX_BITS: Readonly<Record<number, number>> = {
  1: 16,
  3: 10,
  7: 18,
  9: 14,
};

/** Whether two type words are of one kind of item. */
function sameKind(a: number, b: number): boolean {
  // The class's two upper bits say "all ports" or "all functions".
  const kind = (type: number): number => type >>> 24 & 0x3f;
  const mask = 2 ** (INDEX_BITS[kind(b)] ?? 24) - 1;
  return kind(a) === kind(b) && (a & mask) === (b & mask);
}

function absent(error: FwctlError): boolean {
  if (error.code !== "DeviceError") return false;
  return ABSENT.has(Number(error.details().status));
}
