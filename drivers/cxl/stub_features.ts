/**
 * The 17 features the recordings' lab adds to the kernel's mock: one for each
 * rule of setting a feature, and one longer than a mailbox.
 *
 * @module
 */
import { type Bytes, fromHex, toHex } from "../../lib/bytes.ts";
import {
  isPlainObject,
  type PlainData,
  type PlainObject,
} from "../../lib/plain.ts";
import { cxl_feat_entry, CXL_FEATURE_F } from "./tables/features.ts";

/** One feature and its bytes. */
export interface LabFeature {
  /** Current and saved value; the firmware writes to it. */
  readonly data: Bytes;
  /** Every byte of the fresh and of the default value. */
  readonly fresh: number;
}

/** flags and effects of feature i + 1. */
const KINDS: readonly (readonly [flags: number, effects: number])[] = [
  [1, 0x001], // after a cold reset
  [1, 0x002], // at once: configuration
  [1, 0x004], // at once: data
  [1, 0x008], // at once: policy
  [1, 0x010], // at once: log
  [1, 0x020], // security state alone
  [1, 0x042], // at once, in the background
  [1, 0x1001], // after a cold reset, with a reserved bit
  [1, 0x400], // after a conventional reset
  [1, 0x800], // after a CXL reset
  [1, 0x003], // after a cold reset and at once
  [1, 0], // no effect
  [CXL_FEATURE_F.SAVED_SEL, 0x001], // not changeable
  [0xffffffff, 0x001], // exclusive to the kernel
  [1, 0x200], // only "effects valid"
  [1, 0x081], // after a cold reset, can be aborted
  [1, 0x001], // long
];
const PATROL_SCRUB = 14;
const PATROL_SCRUB_UUID = "96dad7d6fde8482ba73375774e06db8a";
const LONG = 17;

/** The features of all mock devices of a machine: they share their bytes. */
export class LabFeatures {
  /** By UUID, in the order of their numbers. */
  readonly #features: ReadonlyMap<string, LabFeature> = new Map(
    KINDS.map((_, i) => {
      const number = i + 1;
      const fresh = 0x40 + number;
      const data = new Uint8Array(length(number)).fill(fresh);
      return [uuidOf(number), { data, fresh }];
    }),
  );

  /** A feature by the hex digits of its UUID. */
  find(uuid: string): LabFeature | undefined {
    return this.#features.get(uuid);
  }

  /** Their Supported Feature Entries, 48 bytes of hex each. */
  entries(): string[] {
    return KINDS.map(([flags, effects], i) => {
      const number = i + 1;
      const bytes = new Uint8Array(cxl_feat_entry.sizeof);
      const view = new DataView(bytes.buffer);
      bytes.set(fromHex(uuidOf(number)));
      view.setUint16(cxl_feat_entry.id, number, true);
      view.setUint16(cxl_feat_entry.get_feat_size, length(number), true);
      view.setUint16(cxl_feat_entry.set_feat_size, length(number), true);
      view.setUint32(cxl_feat_entry.flags, flags, true);
      view.setUint8(cxl_feat_entry.get_feat_ver, 1);
      view.setUint8(cxl_feat_entry.set_feat_ver, 1);
      view.setUint16(cxl_feat_entry.effects, effects, true);
      return toHex(bytes);
    });
  }

  /** The bytes of the features that are not fresh, by UUID. */
  save(): PlainObject {
    const changed = [...this.#features].filter(([, { data, fresh }]) =>
      data.some((byte) => byte !== fresh)
    );
    return Object.fromEntries(
      changed.map(([uuid, { data }]) => [uuid, toHex(data)]),
    );
  }

  /** Takes back what `save` gave, or changes nothing and says what is wrong with it. */
  restore(state: PlainData): string | undefined {
    if (!isPlainObject(state)) return '"lab" is not an object';
    const restored = new Map<string, Bytes>();
    for (const [uuid, hex] of Object.entries(state)) {
      const feature = this.#features.get(uuid);
      if (!feature) return `"lab" has the feature "${uuid}"`;
      const digits = 2 * feature.data.length;
      if (
        typeof hex !== "string" || hex.length !== digits ||
        !/^[0-9a-f]*$/i.test(hex)
      ) {
        return `"lab.${uuid}" is not ${feature.data.length} bytes of hex`;
      }
      restored.set(uuid, fromHex(hex));
    }
    for (const [uuid, { data, fresh }] of this.#features) {
      data.set(restored.get(uuid) ?? new Uint8Array(data.length).fill(fresh));
    }
    return undefined;
  }
}

function uuidOf(number: number): string {
  if (number === PATROL_SCRUB) return PATROL_SCRUB_UUID;
  return number.toString(16).padStart(2, "0").repeat(16);
}

function length(number: number): number {
  return number === LONG ? 12000 : 8;
}
