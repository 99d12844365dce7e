/**
 * What a recipe is made of. A recipe imports these types only: it is loaded in
 * a worker without any permission and gets everything else as an argument.
 *
 * @module
 */
import type { Inventory } from "../device/inventory.ts";
import type { PlainData, PlainObject } from "../plain.ts";

/** What every parameter has. */
export interface ParamBase {
  /** One sentence for `--help`. */
  readonly help: string;
  /** Whether it must be given; without it and without a default it is absent. */
  readonly required?: boolean;
}

/** A parameter's type, limits, help and default. */
export type ParamSpec =
  | ParamBase & {
    readonly type: "string";
    readonly default?: string;
    /** A regular expression the whole text must match. */
    readonly pattern?: string;
  }
  | ParamBase & {
    readonly type: "integer";
    readonly default?: number;
    readonly min?: number;
    readonly max?: number;
  }
  | ParamBase & { readonly type: "boolean"; readonly default?: boolean }
  | ParamBase & {
    readonly type: "choice";
    readonly choices: readonly string[];
    readonly default?: string;
  }
  | ParamBase & {
    /** A fwctl device by any of its names: `fwctl0`, PCI address, net or RDMA device. */
    readonly type: "device";
    readonly default?: string;
  }
  | ParamBase & {
    /** PCI addresses, such as `0000:3b:00.2`, comma separated on the command line. */
    readonly type: "pci-list";
    readonly default?: readonly string[];
  }
  | ParamBase & {
    /** Integers, comma separated, ranges as `1-4`. */
    readonly type: "integer-list";
    readonly default?: readonly number[];
    readonly min?: number;
    readonly max?: number;
  }
  | ParamBase & {
    /** `name=value` pairs with integer values (decimal or 0x hex), comma separated. */
    readonly type: "fields";
    readonly default?: Readonly<Record<string, number>>;
  };

/** Parameters by name. */
export type ParamSpecs = Readonly<Record<string, ParamSpec>>;

/** The value a parameter of a type has. */
export type ParamValue<S extends ParamSpec> = S["type"] extends "integer"
  ? number
  : S["type"] extends "boolean" ? boolean
  : S["type"] extends "pci-list" ? readonly string[]
  : S["type"] extends "integer-list" ? readonly number[]
  : S["type"] extends "fields" ? Readonly<Record<string, number>>
  : string;

/** A declared resource or an action: its kind and what the kind wants to know. */
export interface Declaration {
  /** `driver.noun`, such as `mlx5.hca_cap`. */
  readonly kind: string;
  /** Whether it is a one-shot request, made by `action()`. */
  readonly action?: boolean;
  /** What the resource type of that kind documents. */
  readonly body: PlainObject;
}

/** A read that a recipe asks for. */
export interface ReadWish {
  /** A device by any of its names. */
  readonly device: string;
  /** A query of the device's driver, such as `identity` or `caps`. */
  readonly query: string;
  /** The query's arguments. */
  readonly args?: PlainObject;
}

/** What a recipe's functions get. All of it is data. */
export interface RecipeContext {
  /** The parameters, checked, defaults filled in; absent ones are absent. */
  readonly params: Readonly<Record<string, PlainData>>;
  /** The machine's fwctl devices. */
  readonly inventory: Inventory;
  /** Answers to `observe`, in its order; empty before. A failed read is `{ error }`. */
  readonly observed: readonly PlainData[];
  /** Declares a resource. */
  resource(kind: string, body: PlainObject): Declaration;
  /** Asks for a request that is sent once at every apply and cannot be undone. */
  action(kind: string, body: PlainObject): Declaration;
}

/** A recipe: the default export of its module. */
export interface Recipe {
  /** Short, unique among a site's recipes. */
  readonly name: string;
  /** One sentence. */
  readonly description: string;
  /** Its parameters. */
  readonly params?: ParamSpecs;
  /** What to read before `desired` and `report`. */
  observe?(context: RecipeContext): readonly ReadWish[];
  /** The resources it wants; none when it only reads. */
  desired?(context: RecipeContext): readonly Declaration[];
  /** What it found, for recipes that only read: plain data, printed as it is. */
  report?(context: RecipeContext): PlainData;
}
