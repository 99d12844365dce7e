/**
 * What a recipe can declare of a device: resources, which are read, compared,
 * written, read back and undone, and actions, which are sent once.
 *
 * @module
 */
import type { Bytes } from "../lib/bytes.ts";
import type { Inventory, InventoryFunction } from "../lib/device/inventory.ts";
import type { PlainObject } from "../lib/plain.ts";
import type { Scope } from "../lib/uapi/fwctl.ts";
import type { DeviceContext } from "./query.ts";
import type { Effect, Know } from "./request.ts";

/** Where a declaration lands, known from the inventory alone. */
export interface Located {
  /** The fwctl device the requests go to. */
  readonly device: string;
  /** A key of the unit on that device; two declarations with one key conflict. */
  readonly unit: string;
  /** The unit for people: `VF 0`. */
  readonly title: string;
  /** Its address for people: `0000:3b:00.2`, or "". */
  readonly address: string;
  /** The virtual function it is about: apply refuses when its driver or use changed; null when it is about none. */
  readonly vf: InventoryFunction | null;
  /** Whatever the resource needs again in `observe`. */
  readonly context: unknown;
}

/** One thing of the device that is read and written as a whole: an image. */
export interface ImageRead {
  /** The request that reads it. */
  readonly request: Bytes;
  /** Room for its response in bytes. */
  readonly capacity: number;
  /** Byte offset of the image in the response. */
  readonly offset: number;
  /** Bytes of the image. */
  readonly length: number;
}

/** A field's value: a number up to 2^53, text for wider ones (hex) and enums. */
export type ChangeValue = number | string;

/** One field, before and after. */
export interface FieldChange {
  /** The vendor's name of the field. */
  readonly field: string;
  /** What it is. */
  readonly before: ChangeValue;
  /** What it is to be. */
  readonly after: ChangeValue;
  /**
   * What is in force until the reset that loads `before`; absent where what is
   * written is in force at once. A declared value that is written and not in
   * force yet is pending.
   */
  readonly inForce?: ChangeValue;
  /** What the vendor's default is, where the device tells. */
  readonly default?: ChangeValue;
  /** How far it may go, for people: `at most 17`; "" when unlimited. */
  readonly limit: string;
  /** Bit offset in the image, counted from the first bit of byte 0. */
  readonly bit: number;
  /** Width in bits. */
  readonly width: number;
}

/** A field of an image, for drawings. */
export interface ImageField {
  /** The vendor's name. */
  readonly field: string;
  /** First bit in the image, as {@linkcode FieldChange} counts. */
  readonly bit: number;
  /** Width in bits. */
  readonly width: number;
  /** `little` where its bytes are a little-endian number, `bytes` where it is none; big-endian when absent. */
  readonly order?: "little" | "bytes";
}

/** What a resource is now, and how far it may go. */
export interface Observed {
  /** How the image was read; read again before the write and after it. */
  readonly read: ImageRead;
  /** The image. */
  readonly image: Bytes;
  /** What tells the unit from others, by the vendor's names: function, vhca_id. */
  readonly identity: Readonly<Record<string, string>>;
  /** What may stand in the way, in full sentences. */
  readonly notes: readonly string[];
  /** Whatever the resource needs again in `diff`. */
  readonly context: unknown;
}

/** The difference between what is and what should be. */
export interface Difference {
  /** Fields that must change. */
  readonly changes: readonly FieldChange[];
  /** Declared fields that already are as declared. */
  readonly same: readonly FieldChange[];
  /** The image with the changes in it; the same bytes elsewhere. */
  readonly after: Bytes;
  /** What goes before the image in the writing request. */
  readonly writeHeader: Bytes;
  /** Room for the response to the write. */
  readonly writeCapacity: number;
  /**
   * What goes behind `writeHeader` when it is not the image itself: where a
   * device is written in another layout than it is read in. `undo` is what
   * writes the image of `observe` back.
   */
  readonly payload?: { readonly write: Bytes; readonly undo: Bytes };
  /**
   * How it is taken back, for people, where that is another request than the
   * write: `MNVDI, the card forgets the item again`.
   */
  readonly undo?: string;
  /** When it takes effect. */
  readonly live: "now" | "next-reset";
  /** Which reset makes it live, such as `cold reset`; absent when it is live at once. */
  readonly reset?: string;
  /**
   * Whether the image shows the new values right after the write. False where
   * a device keeps them to itself until a reset; then nothing is read back, and
   * the result says so. Default true.
   */
  readonly verifiable?: boolean;
  /** Values refused, each naming the field; the plan is refused with them. */
  readonly refused: readonly string[];
}

/** What `observe` and `prepare` get. */
export interface ObserveContext extends DeviceContext {
  /** Runs `read` once per key and plan on this device: for what many resources share. */
  memo<T>(key: string, read: () => T): T;
}

/** A kind of thing a recipe can declare. `D` is the checked declaration. */
export interface ResourceType<D = unknown> {
  /** `driver.noun`, such as `mlx5.hca_cap`. */
  readonly kind: string;
  /** One sentence. */
  readonly summary: string;
  /** Least scope of its writes; null when it depends on the unit. */
  readonly scope: Scope | null;
  /** Effect of its writes; null when it depends on the unit. */
  readonly effect: Effect | null;
  /**
   * Splits a declaration that is about several units into one for each; absent
   * where a declaration is always one. `parse` gets the parts.
   *
   * @throws `RecipeError` naming the key
   */
  expand?(body: PlainObject): readonly PlainObject[];
  /** Checks what came from a recipe. @throws `RecipeError` naming the key */
  parse(body: PlainObject): D;
  /** Finds the device and the unit. @throws `PlanError` with reason `unknown-target` or `in-use` */
  locate(declaration: D, inventory: Inventory): Located;
  /** Reads the device. Sends reads only. */
  observe(declaration: D, located: Located, context: ObserveContext): Observed;
  /** Compares; sends nothing. */
  diff(declaration: D, observed: Observed): Difference;
  /**
   * The fields of a unit's image, reserved ones left out; undefined where they
   * are not known. Any text is fine. Absent where none are ever known: a
   * drawing then has the declared fields alone.
   *
   * @param definitions what `parseDefinition` gave, a part a file
   */
  imageFields?(
    unit: string,
    definitions: readonly unknown[],
  ): readonly ImageField[] | undefined;
}

/** An argument of an action, for people. */
export interface ActionArgument {
  /** The vendor's name. */
  readonly name: string;
  /** Its value. */
  readonly value: ChangeValue;
}

/** One request that is sent once, as it was declared: nothing to compare, nothing to undo. */
export interface PreparedAction {
  /** The request, flat. */
  readonly request: Bytes;
  /** Room for the flat response. */
  readonly capacity: number;
  /** What tells the target from others, by the vendor's names. */
  readonly identity: Readonly<Record<string, string>>;
  /** What it is given. */
  readonly arguments: readonly ActionArgument[];
  /** What may stand in the way, in full sentences. */
  readonly notes: readonly string[];
  /** Why it cannot be; the plan is refused with them. */
  readonly refused: readonly string[];
  /** That it would change nothing: it is not sent then. Default false. */
  readonly needless?: boolean;
}

/**
 * A kind of explicit one-shot request a recipe can ask for with `action()`.
 * Never part of a resource: what cannot be converged, verified and undone must
 * be seen as such.
 */
export interface ActionType<D = unknown> {
  /** `driver.noun`, such as `pds.operation`. */
  readonly kind: string;
  /** One sentence. */
  readonly summary: string;
  /** Least scope; null when it depends on the request. */
  readonly scope: Scope | null;
  /** Effect; null when it depends on the request. */
  readonly effect: Effect | null;
  /** Checks what came from a recipe. @throws `RecipeError` naming the key */
  parse(body: PlainObject): D;
  /** Finds the device. @throws `PlanError` with reason `unknown-target` or `in-use` */
  locate(declaration: D, inventory: Inventory): Located;
  /** Builds the request. Sends reads only. */
  prepare(
    declaration: D,
    located: Located,
    context: ObserveContext,
  ): PreparedAction;
  /** What the device answered, for people. Any bytes are fine. */
  answer(request: Bytes, response: Bytes, know: Know): PlainObject;
}
