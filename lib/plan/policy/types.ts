/**
 * What a policy says, as plain data, and what it is held against.
 *
 * @module
 */
import type { Effect } from "../../../drivers/driver.ts";
import type { Inventory } from "../../device/inventory.ts";
import type { Scope } from "../../uapi/fwctl.ts";

/** The form of a policy file this library reads: the value of its `format`. */
export const POLICY_FORMAT = "fwctl-policy/1";

/** A lockdown state of a kernel. */
export type Lockdown = "none" | "integrity" | "confidentiality";

/** Lockdown states, weakest first. */
export const LOCKDOWNS: readonly Lockdown[] = [
  "none",
  "integrity",
  "confidentiality",
];

/** A day of the week, as windows name it. */
export type Day = "sun" | "mon" | "tue" | "wed" | "thu" | "fri" | "sat";

/** Days of the week, in the order of `Date.getUTCDay`. */
export const DAYS: readonly Day[] = [
  "sun",
  "mon",
  "tue",
  "wed",
  "thu",
  "fri",
  "sat",
];

/**
 * When a device that was changed takes further writes: always (`none`), or not
 * before the next boot. `boot` gives way to an explicit request, `boot-strict`
 * to nothing.
 */
export type Sealing = "none" | "boot" | "boot-strict";

/** All sealings. */
export const SEALINGS: readonly Sealing[] = ["none", "boot", "boot-strict"];

/** A test of a field's new value. At least one member is there. */
export interface ValueTest {
  /** The smallest number. */
  readonly min?: bigint;
  /** The largest number. */
  readonly max?: bigint;
  /** One of these, compared as they are shown. */
  readonly in?: readonly string[];
}

/**
 * One rule of a list. Every member given must fit; of the names of one member
 * one is enough. Names are globs: `*` is any run of characters, `?` is one, and
 * case does not count.
 */
export interface PolicyRule {
  /** Driver names. */
  readonly driver?: readonly string[];
  /** Devices by fwctl name, PCI address or parent. */
  readonly device?: readonly string[];
  /** Requests by name, with or without what they are about. */
  readonly request?: readonly string[];
  /** Groups; no globs. */
  readonly group?: readonly string[];
  /** Least scopes; no globs. */
  readonly scope?: readonly Scope[];
  /** Effects; no globs. */
  readonly effect?: readonly Effect[];
  /** Kinds of resources and actions, such as `mlx5.hca_cap`. */
  readonly kind?: readonly string[];
  /** What is changed, by PCI address or title, such as `VF 0`. */
  readonly target?: readonly string[];
  /** Fields of a resource, arguments of an action. */
  readonly field?: readonly string[];
  /** What the field's new value must be. */
  readonly value?: ValueTest;
  /** Why, for who is refused. */
  readonly reason?: string;
}

/** A span of the week in which may be written. */
export interface PolicyWindow {
  /** The days on which it begins; every day when absent. */
  readonly days?: readonly Day[];
  /** Minute of the day it begins with. */
  readonly from: number;
  /** First minute of the day after it; not later than `from` means: on the next day. */
  readonly to: number;
  /** IANA name of the time zone, `UTC` by default. */
  readonly zone: string;
  /** Why, for who is refused. */
  readonly reason?: string;
}

/** What may be sent. Everything given must allow a request. */
export interface Policy {
  /** The highest scope label. */
  readonly scope: Scope;
  /** The strongest effect. */
  readonly effect: Effect;
  /** Whether a request that taints the kernel may be sent at all. */
  readonly taint: boolean;
  /** Most devices that may be written to; no limit when absent. */
  readonly devices?: number;
  /** Lockdown states in which may be written; any when absent. */
  readonly lockdown?: readonly Lockdown[];
  /** When may be written; always when absent. */
  readonly windows?: readonly PolicyWindow[];
  /** What is refused, whatever else allows it. */
  readonly deny?: readonly PolicyRule[];
  /** The only writes allowed; all when absent. */
  readonly allow?: readonly PolicyRule[];
  /** Whether a device is closed to writes once it was changed; `none` when absent. */
  readonly seal?: Sealing;
  /** Where it was read; absent for a built-in policy. */
  readonly source?: string;
  /** Whether options may raise its ceilings; they may not when absent. */
  readonly mayRaise?: boolean;
  /** Writes to a device that is sealed; only for a seal that gives way. */
  readonly breakSeal?: boolean;
  /** Whether what the kernel driver refuses may be offered to it: raw requests only. */
  readonly unlisted?: boolean;
}

/** That a device was changed in this boot and is closed to writes. */
export interface Seal {
  /** When, ISO 8601. */
  readonly at: string;
  /** Whether it gives way to an explicit request. */
  readonly breakable: boolean;
  /** The recipe that changed it, or "". */
  readonly recipe: string;
}

/** Where seals are kept. */
export interface Seals {
  /** The seal of a device in this boot. @throws when it cannot be told */
  sealed(address: string, bootId: string): Seal | undefined;
  /** Seals a device until the next boot. @throws when it cannot be kept */
  seal(address: string, bootId: string, seal: Seal): void;
  /** Throws when a seal could not be kept. */
  ready(): void;
}

/** The state of the world that a policy asks about. */
export interface PolicyWorld {
  /** The machine. */
  readonly inventory: Pick<Inventory, "bootId" | "lockdown" | "devices">;
  /** The time. */
  now(): Date;
  /** Seals; without, none is known and none can be kept. */
  readonly seals?: Seals | undefined;
}

/** Why a request or a plan is refused. */
export interface Refusal {
  /** Which rule: `scope`, `deny[2]`, `seal`. */
  readonly rule: string;
  /** A sentence without its final period, the rule not yet in it. */
  readonly text: string;
  /** What the rule's author says about it. */
  readonly reason?: string;
  /** What can be done: a clause that begins with a verb. */
  readonly advice: string;
}
