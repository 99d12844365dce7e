/**
 * The capability stores: MAX and CUR of the PF, and one store for each VF.
 *
 * Assumption: a VF's MAX and CUR are one: what SET_HCA_CAP programs for it is
 * its maximum from then on, and what it reads as its current value too.
 *
 * @module
 */
import {
  encode,
  type FieldInputs,
  fieldOf,
  type Layout,
  layoutBytes,
  writeBits,
} from "../../../lib/bits/mod.ts";
import type { Bytes } from "../../../lib/bytes.ts";
import { ModelError } from "../../../lib/errors.ts";
import { asInteger, ObjectReader, refuse } from "../../../lib/model/reader.ts";
import type { PlainData, PlainObject } from "../../../lib/plain.ts";
import { layout } from "../tables/ifc.ts";
import { withCounters } from "./counter_caps.ts";
import { CAP, CAP_LAYOUTS, type Card } from "./cards.ts";
import { applyPatch, patchOf } from "./images.ts";

/** Values by field, by capability type number. */
export type CapValues = Readonly<Record<number, FieldInputs>>;

/** What makes one card's stores. */
export interface CapOptions {
  /** The card's values. */
  readonly card: Card;
  /** VFs enabled. */
  readonly vfs: number;
  /** What the scenario changes on the PF. */
  readonly pf: CapValues;
  /** What the scenario changes on all VFs. */
  readonly allVfs: CapValues;
  /** What the scenario changes on single VFs, by VF index. */
  readonly vf: ReadonlyMap<number, CapValues>;
}

/** vhca_id of the PF. */
const PF_VHCA_ID = 0x0000;
/** vhca_id of VF 0; those of the others follow. */
const VF_VHCA_ID = 0x0012;

/** The stores of one card. */
export class CapStores {
  readonly #options: CapOptions;
  readonly #templates = new Map<string, Bytes>();
  /** VF images that differ from the template, by function id and type. */
  readonly #changed = new Map<number, Bytes>();

  /** The stores as the scenario has them. */
  constructor(options: CapOptions) {
    this.#options = options;
  }

  /** The layout of a type, or undefined when the card lacks the type. */
  layout(type: number): Layout | undefined {
    const name = CAP_LAYOUTS[type];
    return name !== undefined && Object.hasOwn(this.#options.card.caps, type)
      ? layout(name)
      : undefined;
  }

  /** vhca_id of a function. */
  vhcaId(functionId: number): number {
    return functionId === 0 ? PF_VHCA_ID : VF_VHCA_ID + functionId - 1;
  }

  /** The function with a vhca_id, or undefined. */
  functionOf(vhcaId: number): number | undefined {
    if (vhcaId === PF_VHCA_ID) return 0;
    const id = vhcaId - VF_VHCA_ID + 1;
    return id >= 1 && id <= this.#options.vfs ? id : undefined;
  }

  /**
   * A function's image, of the layout's length. It is the store itself: copy
   * before changing it. Only GENERAL's vhca_id is missing in it.
   */
  image(functionId: number, type: number, current: boolean): Bytes {
    if (functionId === 0) return this.#template(current ? "cur" : "max", type);
    return this.#changed.get(key(functionId, type)) ??
      this.#initial(functionId, type);
  }

  /** Copies an image into a response at byte 16, vhca_id filled in. */
  answer(functionId: number, type: number, current: boolean, out: Bytes): void {
    out.set(this.image(functionId, type, current), 16);
    if (type !== CAP.GENERAL) return;
    const id = this.vhcaId(functionId);
    out[16 + 6] = id >> 8;
    out[16 + 7] = id;
  }

  /** Replaces a VF's image. */
  set(functionId: number, type: number, image: Bytes): void {
    this.#changed.set(key(functionId, type), image);
  }

  /** Somebody else changes one field of a VF: for injected drift. */
  drift(functionId: number, type: number, field: string, value: number): void {
    const of = this.layout(type);
    if (!of) return;
    const { offset, width } = fieldOf(of, field);
    const image = Uint8Array.from(this.image(functionId, type, false));
    writeBits(image, offset, width, value);
    this.set(functionId, type, image);
  }

  /** Differences from the initial state: `{ "function.type": patch }`. */
  save(): PlainObject {
    const saved: Record<string, PlainData> = {};
    for (const [at, image] of this.#changed) {
      const [functionId, type] = [Math.floor(at / 256), at % 256];
      const patch = patchOf(this.#initial(functionId, type), image);
      if (patch.length > 0) saved[`${functionId}.${type}`] = patch;
    }
    return saved;
  }

  /** Takes back what `save` gave. @throws `ModelError` */
  restore(state: PlainData | undefined, at: string): void {
    const reader = new ObjectReader(state, at);
    this.#changed.clear();
    for (const name of reader.keys()) {
      const parts = /^(\d{1,5})\.(\d{1,3})$/.exec(name);
      const [functionId, type] = [Number(parts?.[1]), Number(parts?.[2])];
      if (!parts || !this.layout(type)) {
        refuse(reader.path(name.slice(0, 64)), "is no capability store");
      }
      asInteger(functionId, at, { min: 1, max: this.#options.vfs });
      const initial = this.#initial(functionId, type);
      this.set(
        functionId,
        type,
        applyPatch(initial, reader.raw(name), reader.path(name)),
      );
    }
  }

  #initial(functionId: number, type: number): Bytes {
    const own = this.#options.vf.get(functionId - 1)?.[type];
    return this.#template(own ? `vf${functionId}` : "vf", type, own);
  }

  #template(
    kind: string,
    type: number,
    own: FieldInputs | undefined = undefined,
  ): Bytes {
    const at = `${kind}.${type}`;
    let image = this.#templates.get(at);
    if (!image) {
      image = this.#build(kind, type, own ?? {});
      this.#templates.set(at, image);
    }
    return image;
  }

  #build(kind: string, type: number, own: FieldInputs): Bytes {
    const of = this.layout(type);
    if (!of) return new Uint8Array();
    const { card, pf, allVfs } = this.#options;
    const image = new Uint8Array(layoutBytes(of));
    const vf = kind.startsWith("vf");
    const layers = [
      card.caps[type],
      pf[type],
      ...(vf ? [card.vfCaps[type], allVfs[type], own] : []),
      ...(kind === "cur" ? [card.currentCaps[type]] : []),
    ];
    // A scenario's limit on the PF holds for its VFs too.
    if (vf) layers.splice(1, 1, limited(card, pf[type], type));
    let built: Bytes = image;
    for (const layer of layers) if (layer) built = encode(of, layer, built);
    return withCounters(type, built);
  }
}

/** The PF's overrides without what VFs have a value of their own for. */
function limited(
  card: Card,
  values: FieldInputs | undefined,
  type: number,
): FieldInputs {
  const own = card.vfCaps[type] ?? {};
  return Object.fromEntries(
    Object.entries(values ?? {}).filter(([name]) => !Object.hasOwn(own, name)),
  );
}

function key(functionId: number, type: number): number {
  return functionId * 256 + type;
}

/** The capability type a scenario names. @throws `ModelError` */
export function capTypeNamed(name: string, at: string): number {
  const wanted = name.toUpperCase();
  if (Object.hasOwn(CAP, wanted)) return CAP[wanted as keyof typeof CAP];
  throw new ModelError(`${at} names no capability type of this firmware`, {
    hint: `There are ${Object.keys(CAP).join(", ")}.`,
  });
}
