/**
 * Requests as every driver speaks of them: their two labels, and the way they
 * take to a device.
 *
 * @module
 */
import type { Bytes } from "../lib/bytes.ts";
import type { Reference } from "../lib/device/device.ts";
import type { Scope } from "../lib/uapi/fwctl.ts";

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
  /** Why that effect: a clause; "" for a request that is never sent and whose effect nobody knows. */
  readonly effectReason: string;
  /** Classes it belongs to, for policies to name, such as `other-hosts`; absent when none. */
  readonly groups?: readonly string[];
}

/** A field of whole bytes in a request or an answer. */
export interface KnownField {
  /** As the vendor names it, with a path where it is nested. */
  readonly name: string;
  /** Which of the two holds it. */
  readonly in: "request" | "response";
  /** Its first byte. */
  readonly offset: number;
  /** Its bytes. */
  readonly length: number;
  /** Whether it holds text. */
  readonly text: boolean;
}

/** A request by its number, for tables of what can be sent. */
export interface KnownRequest {
  /** The number as the vendor writes it, such as `0x0500`. */
  readonly code: string;
  /** Its label as `classify` gives it for the plainest request of that number. */
  readonly label: RequestLabel;
}

/**
 * What a driver knows of one device beyond a request's bytes, made by
 * {@linkcode Driver.learn} at the first call and kept: the features a CXL
 * device lists, the operations a definition file names. The driver alone knows
 * its type.
 */
export type Know = () => unknown;

/**
 * A message as the kernel takes it, for drivers whose messages carry user
 * pointers. Everywhere else a message is flat bytes, pointed-to buffers behind
 * the struct: in plans, journals, policies and on the command line.
 */
export interface Frame {
  /** The struct the ioctl takes. */
  readonly request: Bytes;
  /** Room for the struct it answers with. */
  readonly capacity: number;
  /** The buffers whose addresses go into the struct. */
  readonly references: readonly Reference[];
  /** The flat response from the struct that came back. */
  unframe(response: Bytes): Bytes;
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
