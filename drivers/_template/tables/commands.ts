/**
 * Numbers of the device: commands, scopes, settings. What comes from a header
 * stands here under its own names; a long table is generated from the header by
 * a script beside it (drivers/mlx5/tables/generate.ts) and parsed when first
 * used.
 *
 * Source: FILL IN the header or the section of the specification, with its
 * version.
 *
 * @module
 */
import type { Scope } from "../../../lib/uapi/fwctl.ts";
import type { Effect } from "../../driver.ts";

/** enum fwctl_device_type. Assumption: a number no kernel uses. */
export const EXAMPLE_DEVICE_TYPE = 0xffff;

/** One command. */
export interface Command {
  /** Its number. */
  readonly code: number;
  /** The vendor's name, so that it can be grepped. */
  readonly name: string;
  /** The least scope the kernel driver accepts: from its validation function. */
  readonly scope: Scope;
  /** What it does to the device, which the scope does not say. */
  readonly effect: Effect;
  /** Why that effect: a clause. */
  readonly reason: string;
}

/** Reads a setting. */
export const GET_SETTING = 1;
/** Writes a setting. */
export const SET_SETTING = 2;
/** Starts the device again. */
export const RESET = 3;

/** Every command the kernel lets through, in order of its number. */
export const COMMANDS: readonly Command[] = [
  {
    code: GET_SETTING,
    name: "GET_SETTING",
    scope: "configuration",
    effect: "read",
    reason: "it only reads",
  },
  {
    code: SET_SETTING,
    name: "SET_SETTING",
    scope: "configuration",
    effect: "runtime",
    reason: "it changes a setting, at once",
  },
  {
    code: RESET,
    name: "RESET",
    scope: "debug-write",
    effect: "disruptive",
    reason: "it starts the device again",
  },
];

/** A setting. */
export interface Setting {
  /** Its number in requests. */
  readonly index: number;
  /** The vendor's name. */
  readonly name: string;
  /** The largest value the device takes. */
  readonly most: number;
}

/** What can be set. */
export const SETTINGS: readonly Setting[] = [
  { index: 0, name: "log_level", most: 7 },
  { index: 1, name: "queues", most: 64 },
];
