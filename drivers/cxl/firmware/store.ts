/**
 * The values of one feature: current, default, saved, and what waits for a
 * reset.
 *
 * @module
 */
import { type Bytes, fromHex, toHex } from "../../../lib/bytes.ts";
import { ObjectReader, refuse } from "../../../lib/model/reader.ts";
import type { PlainData, PlainObject } from "../../../lib/plain.ts";
import { CXL_CMD, CXL_MBOX_CMD_RC } from "../tables/features.ts";
import type { FeatureSpec } from "./features.ts";

/** The kinds of reset that CXL tells apart, each with the effects bit that waits for it. */
export const RESETS = {
  "cold": CXL_CMD.CONFIG_CHANGE_COLD_RESET,
  "conventional": CXL_CMD.CONFIG_CHANGE_CONV_RESET,
  "cxl": CXL_CMD.CONFIG_CHANGE_CXL_RESET,
} as const;
/** One of them. */
export type Reset = keyof typeof RESETS;

const IMMEDIATE = CXL_CMD.CONFIG_CHANGE_IMMEDIATE |
  CXL_CMD.DATA_CHANGE_IMMEDIATE | CXL_CMD.POLICY_CHANGE_IMMEDIATE |
  CXL_CMD.LOG_CHANGE_IMMEDIATE | CXL_CMD.SECURITY_STATE_CHANGE;
const WAITS = RESETS.cold | RESETS.conventional | RESETS.cxl;

/** One feature of the device. */
export class FeatureStore {
  /** How it was made. */
  readonly spec: FeatureSpec;
  #current: Bytes;
  #saved: Bytes;
  /** Written, not saved, and in force after the reset it waits for. */
  #pending: Bytes | undefined;

  /** As from the factory: saved is what is current. */
  constructor(spec: FeatureSpec) {
    this.spec = spec;
    this.#current = spec.current.slice();
    this.#saved = spec.current.slice();
  }

  /** The value of a selection: 0 current, 1 default, 2 saved; undefined for others. */
  value(selection: number): Bytes | undefined {
    return [this.#current, this.spec.byDefault, this.#saved][selection];
  }

  /** Whether every write waits for a reset. */
  get #waits(): boolean {
    const { effects } = this.spec;
    return !(effects & IMMEDIATE) && (effects & WAITS) !== 0;
  }

  /**
   * Takes data that a Set Feature brought in full.
   *
   * Assumption: what is written at an offset leaves the rest as it was last
   * written, and bits that cannot be written must be sent as they are.
   *
   * @param saved whether it is to last over a reset
   * @returns a return code
   */
  set(data: Uint8Array, offset: number, saved: boolean): number {
    const { setSize, placed, writable } = this.spec;
    if (offset + data.length > setSize) return CXL_MBOX_CMD_RC.INPUT;
    const base = this.#waits ? this.#pending ?? this.#saved : this.#current;
    const next = base.slice();
    for (let i = 0; i < data.length; i++) {
      const [to, mask] = placed?.[offset + i] ?? [offset + i, 0xff];
      next[to] = (next[to] ?? 0) & ~mask | (data[i] ?? 0) & mask;
    }
    if (writable) {
      for (let i = 0; i < next.length; i++) {
        if (((next[i] ?? 0) ^ (base[i] ?? 0)) & ~(writable[i] ?? 0)) {
          return CXL_MBOX_CMD_RC.INPUT;
        }
      }
    }
    if (this.#waits) this.#pending = saved ? undefined : next;
    else this.#current = next;
    if (saved) this.#saved = next.slice();
    return CXL_MBOX_CMD_RC.SUCCESS;
  }

  /**
   * A reset of the device.
   *
   * Assumption: a cold reset loads everything saved; a conventional and a CXL
   * reset load what waits for them, and leave the rest in force.
   */
  reset(kind: Reset): void {
    const { effects } = this.spec;
    if (kind !== "cold" && !(effects & RESETS[kind])) return;
    this.#current = (this.#pending ?? this.#saved).slice();
    this.#pending = undefined;
  }

  /** What differs from the factory's; empty when nothing does. */
  save(): PlainObject {
    const factory = toHex(this.spec.current);
    const [current, saved] = [toHex(this.#current), toHex(this.#saved)];
    return {
      ...(current === factory ? {} : { current }),
      ...(saved === factory ? {} : { saved }),
      ...(this.#pending === undefined ? {} : { pending: toHex(this.#pending) }),
    };
  }

  /** The values of a state, checked; `apply` takes them over. @throws `ModelError` */
  prepare(state: PlainData | undefined, at: string): () => void {
    const reader = new ObjectReader(state ?? {}, at);
    const length = this.spec.current.length;
    const hex = (key: string): Bytes | undefined => {
      const text = reader.text(key);
      if (text === undefined) return undefined;
      return text.length === 2 * length && /^[0-9a-f]*$/i.test(text)
        ? fromHex(text)
        : refuse(reader.path(key), `must be ${length} bytes in hex digits`);
    };
    const current = hex("current") ?? this.spec.current.slice();
    const saved = hex("saved") ?? this.spec.current.slice();
    const pending = hex("pending");
    reader.end();
    return () => {
      this.#current = current;
      this.#saved = saved;
      this.#pending = pending;
    };
  }
}
