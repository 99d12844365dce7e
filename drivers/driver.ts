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
import type { PlainObject } from "../lib/plain.ts";
import type { InventoryDevice } from "../lib/device/inventory.ts";
import type { ModelFunctions, ScenarioDevice } from "../lib/model/types.ts";
import type { DecoderKind } from "./decoder.ts";
import type { DriverDoctor } from "./doctor.ts";
import type {
  DescribedSection,
  DeviceContext,
  DeviceIdentity,
  QueryType,
} from "./query.ts";
import type {
  Channel,
  Frame,
  Know,
  KnownField,
  KnownRequest,
  RequestLabel,
} from "./request.ts";
import type { ActionType, ResourceType } from "./resource.ts";

export * from "./decoder.ts";
export * from "./doctor.ts";
export * from "./groups.ts";
export * from "./query.ts";
export * from "./request.ts";
export * from "./resource.ts";

/** One kernel driver. All members are pure but those that take a channel. */
export interface Driver {
  /** As the kernel names it: `mlx5`. */
  readonly name: string;
  /** enum fwctl_device_type. */
  readonly deviceType: number;
  /** For people: `NVIDIA ConnectX and BlueField`. */
  readonly title: string;
  /** Kernel drivers whose devices it speaks to, such as `mlx5_core`; discovery goes by them. */
  readonly kernelDrivers: readonly string[];
  /**
   * Releases of Linux (`7.2`) on which the kernel side of its model was held
   * against the real driver, call by call; oldest first. Absent where it never was.
   */
  readonly kernels?: readonly string[];
  /** Decodes FWCTL_INFO's device data. @throws `DecodeError` */
  decodeInfo(data: Bytes): Readonly<Record<string, number>>;
  /** That data for people, a text a fact: `uid 3`, `tools resources`. */
  describeInfo(info: Readonly<Record<string, number>>): readonly string[];
  /**
   * Checks a definition file (JSON) that names what a vendor does not publish.
   * What it returns is handed to `learn`. Absent where there is none to define.
   *
   * @throws `UsageError` naming the key path
   */
  parseDefinition?(body: PlainObject): unknown;
  /**
   * Reads what must be known of a device before its requests can be labelled.
   * Sends reads only, over a channel that labels without this knowledge.
   *
   * @param info what `decodeInfo` gave
   */
  learn?(
    channel: Channel,
    entry: InventoryDevice,
    definitions: readonly unknown[],
    info: Readonly<Record<string, number>>,
  ): unknown;
  /**
   * Labels a request from its bytes, with what is known of the device where
   * that matters; without, it assumes the worst. Any bytes are fine. It must
   * not call `know` for requests that `learn` sends.
   */
  classify(request: Bytes, know?: Know): RequestLabel;
  /**
   * Splits a flat message; absent where the kernel takes it as it is.
   *
   * @param capacity room for the flat response in bytes
   * @throws `UsageError` when the message has no such form
   */
  frame?(message: Bytes, capacity: number): Frame;
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
  /** What can be asked for once, by kind. */
  readonly actions: Readonly<Record<string, ActionType>>;
  /** What can be read, by name. */
  readonly queries: Readonly<Record<string, QueryType>>;
  /** What this very device has beside that: features, commands, endpoints. Sends reads only. */
  describe(context: DeviceContext): readonly DescribedSection[];
  /**
   * What the device is configured to, for an attestation: the same data for the
   * same state, byte for byte. Nothing of this opening (uid), of time, of
   * counters or sensors. Absent, or null, where nothing of the kind can be read.
   * Sends reads only, and throws rather than leave out what it could not read.
   */
  measure?(context: DeviceContext): Promise<PlainObject | null>;
  /**
   * What it can decode without a device; absent where there is nothing. A name
   * is looked for in this order.
   */
  decoders?(): Promise<readonly DecoderKind[]>;
  /**
   * Where named fields stand in a request and its answer, to find what
   * identifies a customer; undefined where no layout is public. Any bytes are
   * fine. Absent where there is no layout at all.
   */
  knownFields?(
    request: Bytes,
    response: Bytes,
  ): readonly KnownField[] | undefined;
  /** What tells why it does not work, for `fwctl doctor`. */
  readonly doctor?: DriverDoctor;
  /** Every request with a name, in order of its number, for `fwctl scope --list`. */
  requests(): readonly KnownRequest[];
  /** The model's side, loaded only when a model runs. */
  loadModel(): Promise<ModelDriver>;
}

/** A line of the registry. */
export interface RegistryEntry {
  /** Loads the driver's module. */
  readonly load: () => Promise<{ readonly driver: Driver }>;
  /** Loads its model's module, without the driver's. */
  readonly model: () => Promise<{ readonly modelDriver: ModelDriver }>;
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
