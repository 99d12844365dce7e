/**
 * Plan: data that says what will be sent, to what, with what right, and when it
 * takes effect. Nothing here executes.
 *
 * @module
 */
import type { Bytes } from "../bytes.ts";
import type { InventoryFunction } from "../device/inventory.ts";
import type { PlainObject } from "../plain.ts";
import type {
  ActionArgument,
  DeviceIdentity,
  FieldChange,
  ImageRead,
  RequestLabel,
} from "../../drivers/driver.ts";

/** Version of the plan's form: `major.minor`. */
export const PLAN_FORMAT = "1.0";

/** Which recipe a plan was made from. */
export interface PlannedRecipe {
  /** The recipe's own name. */
  readonly name: string;
  /** Where it was read: a file URL or an http(s) URL. */
  readonly url: string;
  /** sha256 of its source, hex. */
  readonly digest: string;
  /** The parameters after defaults. */
  readonly params: PlainObject;
}

/** A definition file a plan was made with; without it the requests mean something else. */
export interface PlannedDefinition {
  /** Whose it is: `cxl`, `pds`. */
  readonly driver: string;
  /** Where it was read, for messages. */
  readonly source: string;
  /** The file's data without `format` and `driver`. */
  readonly data: PlainObject;
}

/** A device a plan touches, as it was when planned. */
export interface PlannedDevice {
  /** `fwctl0`. */
  readonly name: string;
  /** `mlx5`. */
  readonly driver: string;
  /** PCI address or parent name. */
  readonly address: string;
  /** Tells its node from one of the same name made later, such as by loading the driver again; absent where nothing does. */
  readonly instance?: string;
  /** Who it is. */
  readonly identity: DeviceIdentity;
  /** FWCTL_INFO's decoded data, such as uid and uctx_caps; not part of the identity. */
  readonly info: Readonly<Record<string, number>>;
  /** The same for people: `uid 3`, `tools resources`. */
  readonly context: readonly string[];
}

/** A virtual function, as it was when planned. */
export interface PlannedFunction extends InventoryFunction {
  /** Tells it from one of the same address made later: what was set goes with a function. Absent where nothing does. */
  readonly instance?: string;
}

/** One declared resource, or one action that was asked for. */
export interface PlannedResource {
  /** `mlx5.hca_cap`. */
  readonly kind: string;
  /** Which device. */
  readonly device: string;
  /** The unit's key on the device. */
  readonly unit: string;
  /** For people: `VF 0`. */
  readonly title: string;
  /** For people: its PCI address, or "". */
  readonly address: string;
  /** What tells the unit from others: function, vhca_id. */
  readonly identity: Readonly<Record<string, string>>;
  /** The virtual function it is about, as it was; null when it is about none. */
  readonly vf: PlannedFunction | null;
  /** What may stand in the way. */
  readonly notes: readonly string[];
  /** Fields that change; empty when it is as declared. */
  readonly changes: readonly FieldChange[];
  /** Declared fields that already are right. */
  readonly same: readonly FieldChange[];
  /** What an action is given; null for a resource. */
  readonly arguments: readonly ActionArgument[] | null;
}

/** Bytes of an image that change. */
export interface Patch {
  /** Byte offset in the image. */
  readonly at: number;
  /** What goes there. */
  readonly bytes: Bytes;
}

/** What every step has. */
export interface PlannedBase {
  /** Index of its resource in {@linkcode Plan.resources}. */
  readonly resource: number;
  /** Which device. */
  readonly device: string;
  /** Name, least scope and effect of the request. */
  readonly label: RequestLabel;
}

/** One write, with all that is needed to check it, to verify it and to undo it. */
export interface PlannedWrite extends PlannedBase {
  /** Tells it from an action. */
  readonly type: "write";
  /** When it takes effect. */
  readonly live: "now" | "next-reset";
  /** Which reset makes it live; null when it is live at once, or nobody says. */
  readonly reset: string | null;
  /** Whether it can be read back right away; without, its success is the device's word. */
  readonly verifiable: boolean;
  /** How the image is read: before the write it must equal `before`. */
  readonly read: ImageRead;
  /** The image when planned. */
  readonly before: Bytes;
  /** What the image to write has otherwise; whole images for thousands of functions would be heavy. */
  readonly patch: readonly Patch[];
  /** What goes before the image in the request, for the write and for the undo. */
  readonly writeHeader: Bytes;
  /** What goes behind it when it is not the image; null when it is. */
  readonly payload: { readonly write: Bytes; readonly undo: Bytes } | null;
  /** How it is taken back, for people, where that is another request than the write; absent where it is not. */
  readonly undo?: string;
  /** Room for the response to the write. */
  readonly writeCapacity: number;
}

/** One request that is sent once, whatever the device holds, and cannot be undone. */
export interface PlannedAction extends PlannedBase {
  /** Tells it from a write. */
  readonly type: "action";
  /** The request, flat. */
  readonly request: Bytes;
  /** Room for the flat response. */
  readonly capacity: number;
}

/** One step of a plan. */
export type PlannedStep = PlannedWrite | PlannedAction;

/** A complete plan. Empty `steps` means there is nothing to do. */
export interface Plan {
  /** {@linkcode PLAN_FORMAT}. */
  readonly format: string;
  /** Which recipe with which parameters. */
  readonly recipe: PlannedRecipe;
  /** Boot of the machine it was made on. */
  readonly bootId: string;
  /** The definition files it was made with, in order. */
  readonly definitions: readonly PlannedDefinition[];
  /** Every device that was read. */
  readonly devices: readonly PlannedDevice[];
  /** Every resource declared, in the recipe's order. */
  readonly resources: readonly PlannedResource[];
  /** The writes and actions, in order. */
  readonly steps: readonly PlannedStep[];
}
