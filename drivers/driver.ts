/**
 * Driver: what the library must know of one kernel driver and the firmware
 * behind it; the user-space mirror of the kernel's `fwctl_ops`.
 *
 * A driver is a folder with the same file names as its sisters and one line in
 * `drivers/mod.ts`. It imports interfaces and codecs of lib/, never the engine.
 *
 * @module
 */
import type { Bytes } from "../lib/bytes.ts";
import type { FwctlError } from "../lib/errors.ts";
import type { PlainData, PlainObject } from "../lib/plain.ts";
import type { Scope } from "../lib/uapi/fwctl.ts";
import type {
  Inventory,
  InventoryDevice,
  InventoryFunction,
} from "../lib/device/inventory.ts";
import type { ModelFunctions, ScenarioDevice } from "../lib/model/types.ts";

/**
 * What a request does to the device, in rising order. This is not the kernel's
 * scope: scope says who may ask, effect says what happens.
 */
export const EFFECTS = [
  "read",
  "runtime",
  "next-reset",
  "disruptive",
  "destructive",
] as const;

/** One of {@linkcode EFFECTS}. */
export type Effect = typeof EFFECTS[number];

/** What is known of a request from its bytes alone. */
export interface RequestLabel {
  /** The vendor's name, such as `SET_HCA_CAP`, or `opcode 0x1234` when unknown. */
  readonly name: string;
  /** What it is about, such as `GENERAL, other function 1`; may be empty. */
  readonly detail: string;
  /** Whether the kernel driver sends it at any scope at all. */
  readonly allowed: boolean;
  /** The least scope the kernel accepts for it. */
  readonly scope: Scope;
  /** Why that scope: a clause. */
  readonly scopeReason: string;
  /** What happens when it is executed. */
  readonly effect: Effect;
  /** Why that effect: a clause. */
  readonly effectReason: string;
}

/**
 * A way to a device's firmware. `send` labels the request, holds it against the
 * policy in force, sends it with exactly the least scope, and refuses a
 * truncated response or a firmware error with a typed error.
 */
export interface Channel {
  /** The device's name, such as `fwctl0`. */
  readonly device: string;
  /**
   * One request and its answer.
   *
   * @returns the response, `capacity` bytes at most
   * @throws `SyscallError`, `DeviceError`, `DecodeError` or `PolicyError`
   */
  send(request: Bytes, capacity: number): Bytes;
}

/** Who a device is, beyond what sysfs tells. All of it binds a plan to it. */
export interface DeviceIdentity {
  /** The product, such as `ConnectX-6 Dx`, or what is known of it. */
  readonly model: string;
  /** Firmware version, or "" when the device does not tell. */
  readonly firmware: string;
  /** Further facts by name that stay the same while it is the same device: vhca_id, serial, PSID. */
  readonly facts: Readonly<Record<string, string>>;
}

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
  /** How far it may go, for people: `at most 17`; "" when unlimited. */
  readonly limit: string;
  /** Bit offset in the image, counted from the first bit of byte 0. */
  readonly bit: number;
  /** Width in bits. */
  readonly width: number;
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
  /** When it takes effect. */
  readonly live: "now" | "next-reset";
  /** Values refused, each naming the field; the plan is refused with them. */
  readonly refused: readonly string[];
}

/** What `observe` gets. */
export interface ObserveContext {
  /** To the device that `locate` named. */
  readonly channel: Channel;
  /** The device's entry in the inventory. */
  readonly entry: InventoryDevice;
  /** FWCTL_INFO's data, decoded. */
  readonly info: Readonly<Record<string, number>>;
  /** Runs `read` once per key and plan on this device: for what many resources share. */
  memo<T>(key: string, read: () => T): T;
}

/** A kind of thing a recipe can declare. `D` is the checked declaration. */
export interface ResourceType<D = unknown> {
  /** `driver.noun`, such as `mlx5.hca_cap`. */
  readonly kind: string;
  /** One sentence. */
  readonly summary: string;
  /** Checks what came from a recipe. @throws `RecipeError` naming the key */
  parse(body: PlainObject): D;
  /** Finds the device and the unit. @throws `PlanError` with reason `unknown-target` or `in-use` */
  locate(declaration: D, inventory: Inventory): Located;
  /** Reads the device. Sends reads only. */
  observe(declaration: D, located: Located, context: ObserveContext): Observed;
  /** Compares; sends nothing. */
  diff(declaration: D, observed: Observed): Difference;
}

/** Something that can be read and shown. */
export interface QueryType {
  /** What it is called on the driver, such as `caps`. */
  readonly name: string;
  /** One sentence. */
  readonly summary: string;
  /** Reads and decodes. Sends reads only. @throws `UsageError` for bad arguments */
  run(
    channel: Channel,
    entry: InventoryDevice,
    args: PlainObject,
  ): PlainData;
}

/** One kernel driver. All members are pure but those that take a channel. */
export interface Driver {
  /** As the kernel names it: `mlx5`. */
  readonly name: string;
  /** enum fwctl_device_type. */
  readonly deviceType: number;
  /** For people: `NVIDIA ConnectX and BlueField`. */
  readonly title: string;
  /** Decodes FWCTL_INFO's device data. @throws `DecodeError` */
  decodeInfo(data: Bytes): Readonly<Record<string, number>>;
  /** That data for people, a text a fact: `uid 3`, `tools resources`. */
  describeInfo(info: Readonly<Record<string, number>>): readonly string[];
  /** Labels a request from its bytes; any bytes are fine. */
  classify(request: Bytes): RequestLabel;
  /** The firmware's refusal in a response, or nothing. Any bytes are fine. */
  refusal(
    request: Bytes,
    response: Bytes,
    device: string,
  ): FwctlError | undefined;
  /** What an errno of FWCTL_RPC means with this driver, and what to do next. */
  explainErrno(
    errnoName: string,
    label: RequestLabel | undefined,
  ): { meaning: string; hint: string } | undefined;
  /** Who the device is. Sends reads only. */
  identify(channel: Channel, entry: InventoryDevice): DeviceIdentity;
  /** What can be declared, by kind. */
  readonly resources: Readonly<Record<string, ResourceType>>;
  /** What can be read, by name. */
  readonly queries: Readonly<Record<string, QueryType>>;
  /** The model's side, loaded only when a model runs. */
  loadModel(): Promise<ModelDriver>;
}

/** The kernel driver and a firmware as TypeScript. */
export interface ModelDriver {
  /**
   * Builds the functions of one scenario device.
   *
   * @throws `ModelError` naming the key of the scenario that is wrong
   */
  create(device: ScenarioDevice): ModelFunctions;
}
