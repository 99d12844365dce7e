/**
 * Layout: where each field of a structure lives, as data.
 *
 * Two orders of bits exist. `big` is mlx5_ifc: bit 0 is the most significant
 * bit of byte 0 and every number is big-endian. `little` is a C structure on a
 * little-endian machine: bit 0 is the least significant bit of byte 0.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import { didYouMean } from "../suggest.ts";

/** How bits are counted and numbers are laid down. */
export type BitOrder = "big" | "little";

/** One member of a layout. All offsets and widths are in bits. */
export interface Field {
  /** As the header spells it. */
  readonly name: string;
  /** `u8` for a number or bytes, else the name of another layout. */
  readonly type: string;
  /** From the start of the layout. */
  readonly offset: number;
  /** Of the whole field, all elements of an array; 0 for a flexible array. */
  readonly width: number;
  /** Of one element; equal to `width` unless it is an array. */
  readonly elementWidth: number;
  /** Elements of an array; absent for a scalar and for a flexible array. */
  readonly count?: number;
  /** An array without a length: as many whole elements as there are bytes. */
  readonly flex?: true;
}

/** A structure or a union. */
export interface Layout {
  /** As the header spells it, without what all names share. */
  readonly name: string;
  /** All fields of a union start at bit 0. */
  readonly kind: "struct" | "union";
  /** Size without the elements of a flexible array. */
  readonly bits: number;
  /** How bits are counted; `big` when absent. */
  readonly order?: BitOrder;
  /** In the header's order, reserved ones included. */
  readonly fields: readonly Field[];
  /** Finds the layout a field names; absent when no field names one. */
  readonly resolve?: (name: string) => Layout;
}

/** What every nested layout name without a resolver meets. */
function noResolver(name: string): never {
  throw new UsageError(`The layout "${name}" is named but cannot be found`, {
    hint: "Give the outer layout a resolve function",
  });
}

/** The layout of a nested field. @throws `UsageError` when it is not known */
export function nestedLayout(layout: Layout, field: Field): Layout {
  return (layout.resolve ?? noResolver)(field.type);
}

/** Whether a field is a number or bytes rather than another layout. */
export function isPlain(field: Field): boolean {
  return field.type === "u8";
}

/** Whether a name says that nobody may rely on the field. */
export function isReserved(name: string): boolean {
  return /^(reserved|rsvd|unused)/.test(name);
}

/** Bytes that hold the layout without flexible elements. */
export function layoutBytes(layout: Layout): number {
  return (layout.bits + 7) >> 3;
}

const INDEX = new WeakMap<Layout, ReadonlyMap<string, Field>>();

/** All fields by name; made once per layout. */
export function fieldMap(layout: Layout): ReadonlyMap<string, Field> {
  let map = INDEX.get(layout);
  if (map === undefined) {
    map = new Map(layout.fields.map((field) => [field.name, field]));
    INDEX.set(layout, map);
  }
  return map;
}

/**
 * One field by name.
 *
 * @throws `UsageError` with the nearest names when there is none
 */
export function fieldOf(layout: Layout, name: string): Field {
  const field = fieldMap(layout).get(name);
  if (field !== undefined) return field;
  const names = layout.fields.map((one) => one.name)
    .filter((one) => !isReserved(one));
  throw new UsageError(`${layout.name} has no field "${name}"`, {
    hint: didYouMean(name, names) ??
      `Take one of the fields of ${layout.name}`,
  });
}

/** Where a path such as `qpc.ads.vhca_port_num` or `vuid[3]` ends. */
export interface Place {
  /** The last field of the path. */
  readonly field: Field;
  /** The layout that field belongs to. */
  readonly layout: Layout;
  /** Bits from the start of the outermost layout. */
  readonly offset: number;
  /** Bits, of the element if the path ends with an index. */
  readonly width: number;
}

/**
 * Follows a path of field names through nested layouts; `name[i]` picks an
 * element of an array.
 *
 * @throws `UsageError` when a name is unknown or an index is out of range
 */
export function locate(layout: Layout, path: string): Place {
  let at = layout;
  let base = 0;
  let place: Place | undefined;
  for (const part of path.split(".")) {
    const [, name = "", digits] = /^([^[\]]*)(?:\[(\d+)\])?$/.exec(part) ?? [];
    if (place !== undefined) {
      if (isPlain(place.field)) fieldOf(place.layout, path);
      at = nestedLayout(place.layout, place.field);
    }
    const field = fieldOf(at, name === "" ? part : name);
    const index = digits === undefined ? undefined : Number(digits);
    if (index !== undefined && index >= elementLimit(field)) {
      throw new UsageError(`${at.name}.${name} has no element ${index}`, {
        hint: `It has ${field.count ?? 1}`,
      });
    }
    base += field.offset + (index ?? 0) * field.elementWidth;
    place = {
      field,
      layout: at,
      offset: base,
      width: index === undefined ? field.width : field.elementWidth,
    };
  }
  return place ?? noResolver(path);
}

/** The first index that cannot exist; hostile indexes stay below 2^53 bits. */
function elementLimit(field: Field): number {
  return field.flex ? 2 ** 32 : field.count ?? 0;
}
