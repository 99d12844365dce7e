/**
 * What can be read of a device and shown: queries, and the description of what
 * it has.
 *
 * @module
 */
import type { Bytes } from "../lib/bytes.ts";
import type { InventoryDevice } from "../lib/device/inventory.ts";
import type { PlainData, PlainObject } from "../lib/plain.ts";
import type { Scope } from "../lib/uapi/fwctl.ts";
import type { Channel, Effect, Know } from "./request.ts";

/** A device as a driver's queries and descriptions get it. */
export interface DeviceContext {
  /** To the device. */
  readonly channel: Channel;
  /** The device's entry in the inventory. */
  readonly entry: InventoryDevice;
  /** FWCTL_INFO's data, decoded. */
  readonly info: Readonly<Record<string, number>>;
  /** What the driver's `learn` gave; undefined for a driver without. */
  readonly know: Know;
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

/** A word that fits, and what it is in one line, which may be empty. */
export type Suggestion = readonly [word: string, help: string];

/** One argument of a query. */
export interface QueryArgument {
  /** `hex` is bytes as hex digits, `texts` a list of text. */
  readonly type: "integer" | "text" | "texts" | "hex" | "flag";
  /** One sentence. */
  readonly help: string;
  /** What it may be, as far as is known without a device: for completion. */
  values?(): Iterable<Suggestion>;
  /** The same for what can be set to one of these values; nothing for a name it does not know. */
  valuesOf?(value: string): Iterable<Suggestion>;
}

/** A run of bytes as it came from a device. */
export interface RawBytes {
  /** What it is, for people: `GENERAL current`. */
  readonly title: string;
  /** The bytes. */
  readonly bytes: Bytes;
}

/** A write that is asked for in the words of a query. */
export interface QueryWrite {
  /** The device's name. */
  readonly device: string;
  /** The query's arguments, which say what is written. */
  readonly args: PlainObject;
  /** Fields and their values; undefined for `data`. */
  readonly set?: Readonly<Record<string, number | string>> | undefined;
  /** The whole of it as hex digits; undefined for `set`. */
  readonly data?: string | undefined;
}

/** Something that can be read and shown. */
export interface QueryType {
  /** What it is called on the driver, such as `caps`. */
  readonly name: string;
  /** One sentence. */
  readonly summary: string;
  /** The highest scope it sends; null when it depends on the arguments. */
  readonly scope: Scope | null;
  /** Its arguments by name; none is needed unless `help` says so. */
  readonly arguments: Readonly<Record<string, QueryArgument>>;
  /**
   * What a debug bundle asks it with, for a query that must be told what to
   * read; without, it is asked once with no argument. Sends reads only.
   */
  readonly samples?: (context: DeviceContext) => readonly PlainObject[];
  /**
   * The argument that names what is read, and without which the query lists
   * what there is. A query that has one is a command too: what follows the
   * device on its command line is this argument.
   */
  readonly target?: string;
  /** The arguments that go with a target, for completion; nothing for one it does not know. */
  argumentsOf?(target: string): Iterable<Suggestion>;
  /** Reads and decodes. Sends reads only. @throws `UsageError` for bad arguments */
  run(context: DeviceContext, args: PlainObject): PlainData;
  /**
   * The bytes behind an answer of `run`, in the device's order. A query with an
   * argument `raw` has them only when it was asked with it. Absent where the
   * answer is not one of bytes.
   */
  bytes?(answer: PlainData): readonly RawBytes[];
  /**
   * The action that writes what the query reads. Sends nothing; absent where
   * nothing of the kind can be written.
   *
   * @throws `UsageError` naming the argument or the field that is wrong
   */
  write?(
    asked: QueryWrite,
  ): { readonly kind: string; readonly body: PlainObject };
}

/** One thing a device has, and what can be done with it. */
export interface DescribedItem {
  /** The vendor's name. */
  readonly name: string;
  /** More of it: sizes, a UUID; may be empty. */
  readonly detail: string;
  /** How it is used: read by a query, declared as a resource, asked for as an action, sent raw, or not at all. */
  readonly use: "query" | "resource" | "action" | "raw" | "none";
  /** Least scope; null when it cannot be sent, or nobody knows. */
  readonly scope: Scope | null;
  /** Effect; null when it cannot be sent, or nobody knows. */
  readonly effect: Effect | null;
  /** Why that scope, or why not at all, in words. */
  readonly reason: string;
}

/** What a device has, under one heading. */
export interface DescribedSection {
  /** For people: `Features`. */
  readonly title: string;
  /** In the device's order. */
  readonly items: readonly DescribedItem[];
}
