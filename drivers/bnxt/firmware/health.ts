/**
 * Health of the firmware, and a reset that runs or is awaited.
 *
 * Bits of `fw_status` and `sync_action`: the vendor's interface header that is
 * published with FreeBSD.
 *
 * @module
 */
import { ObjectReader } from "../../../lib/model/reader.ts";
import type { PlainData } from "../../../lib/plain.ts";

/** Bits of FW_HEALTH_CHECK's `fw_status` from bit 0 on. */
export const HEALTH_FLAGS: readonly string[] = [
  "SBI_BOOTED",
  "SBI_MISMATCH",
  "SRT_BOOTED",
  "SRT_MISMATCH",
  "CRT_BOOTED",
  "CRT_MISMATCH",
  "SECOND_RT",
  "FASTBOOTED",
  "DIR_HDR_BOOTED",
  "DIR_HDR_MISMATCH",
  "MBR_CORRUPT",
  "CFG_MISMATCH",
  "FRU_MISMATCH",
];
/** FW_QSTATUS's `selfrst_status` by number: what kind of reset is awaited. */
export const SELF_RESETS = ["none", "asap", "pcie-reset", "power"] as const;

/** FW_SYNC bits 0 to 6 repair these bits of `fw_status`. */
const REPAIRS = [0x2, 0x8, 0x20, 0x200, 0x400, 0x800, 0x1000] as const;
/** `nvm_option_action_status` COLDBOOT. */
const ACTION_COLDBOOT = 3;
/** Health of one card, and a reset that runs. */
export class Health {
  readonly #fresh: { fwStatus: number; selfReset: number };
  #fwStatus: number;
  #selfReset: number;
  /** Options in NVM that only a cold boot makes true. */
  #coldBoot = false;
  /** Requests that the reset still lasts. */
  #stopped = 0;
  /** Resets since the model began. */
  #resets = 0;

  /** Both as in FW_HEALTH_CHECK and FW_QSTATUS. */
  constructor(fwStatus: number, selfReset: number) {
    this.#fresh = { fwStatus, selfReset };
    this.#fwStatus = fwStatus;
    this.#selfReset = selfReset;
  }

  /** FW_HEALTH_CHECK's `fw_status`. */
  get fwStatus(): number {
    return this.#fwStatus;
  }

  /** FW_QSTATUS's `selfrst_status`. */
  get selfReset(): number {
    return this.#selfReset;
  }

  /** FW_QSTATUS's `nvm_option_action_status`. */
  get optionAction(): number {
    return this.#coldBoot ? ACTION_COLDBOOT : 0;
  }

  /** From now on an option waits for a cold boot. */
  awaitColdBoot(): void {
    this.#coldBoot = true;
  }

  /** FW_SYNC: repairs what the low bits of `action` name. */
  sync(action: number): void {
    REPAIRS.forEach((bits, index) => {
      if (action >>> index & 1) this.#fwStatus &= ~bits;
    });
  }

  /** A reset that waits for the next PCIe reset. */
  awaitReset(kind: number): void {
    this.#selfReset = kind;
  }

  /** A reset now, during which `requests` requests do not come through. */
  reset(requests: number): void {
    this.#selfReset = 0;
    this.#stopped = requests;
    this.#resets++;
  }

  /**
   * Whether bnxt_en has stopped the drivers on top of it; counts the request
   * that wants to know.
   */
  stops(): boolean {
    if (this.#stopped === 0) return false;
    this.#stopped--;
    return true;
  }

  /** What differs from the beginning; undefined when nothing does. */
  save(): PlainData | undefined {
    const { fwStatus, selfReset } = this.#fresh;
    const state = {
      ...(this.#fwStatus === fwStatus ? {} : { fwStatus: this.#fwStatus }),
      ...(this.#selfReset === selfReset ? {} : { selfReset: this.#selfReset }),
      ...(this.#coldBoot ? { coldBoot: true } : {}),
      ...(this.#stopped === 0 ? {} : { stopped: this.#stopped }),
      ...(this.#resets === 0 ? {} : { resets: this.#resets }),
    };
    return Object.keys(state).length === 0 ? undefined : state;
  }

  /** Takes back what `save` gave. @throws `ModelError` */
  restore(state: PlainData | undefined, at: string): void {
    const reader = new ObjectReader(state ?? {}, at);
    const fwStatus = reader.integer("fwStatus", { max: 0x1fff });
    const selfReset = reader.integer("selfReset", { max: 3 });
    const coldBoot = reader.flag("coldBoot") ?? false;
    const stopped = reader.integer("stopped", { max: 1000 }) ?? 0;
    const resets = reader.integer("resets") ?? 0;
    reader.end();
    this.#fwStatus = fwStatus ?? this.#fresh.fwStatus;
    this.#selfReset = selfReset ?? this.#fresh.selfReset;
    this.#coldBoot = coldBoot;
    this.#stopped = stopped;
    this.#resets = resets;
  }
}
