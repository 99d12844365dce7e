/**
 * What the main thread and its lanes say to each other: plain data only. Both
 * sides are ours and run the same code; nothing here comes from outside.
 *
 * @module
 */
import type { Bytes } from "../bytes.ts";
import type { Inventory } from "../device/inventory.ts";
import type { PlainData, PlainObject } from "../plain.ts";
import type { PlannedEntry } from "../plan/entries.ts";
import type { Policy } from "../plan/policy.ts";
import type { Plan, PlannedDefinition, PlannedDevice } from "../plan/types.ts";
import type { Declaration, ReadWish } from "../recipe/types.ts";
import type { Sending } from "../apply/work.ts";
import type { SentError } from "./sent_error.ts";

/** The machine a lane opens for itself. */
export type LaneHost =
  /** This one. */
  | { readonly kind: "linux"; readonly libc?: string }
  /** A model that another process serves. */
  | { readonly kind: "served"; readonly socket: string };

/** What a lane is started with. */
export interface LaneStart {
  /** The machine. */
  readonly host: LaneHost;
  /** Modules of drivers from outside, by URL: a thread loads its own. */
  readonly drivers?: readonly string[];
}

/** What a lane works with until the next setup. */
export interface LaneSetup {
  /** The machine as the main thread saw it. */
  readonly inventory: Inventory;
  /** Every request is held against it, in the lane. */
  readonly policy: Policy;
  /** The definition files, as a plan carries them. */
  readonly definitions: readonly PlannedDefinition[];
  /** The folder of the seals; absent where none are kept. */
  readonly seals?: string | undefined;
}

/** One device's part of a plan. */
export interface PlanPart {
  /** The device; absent when it could not be asked who it is. */
  readonly device?: PlannedDevice;
  /** What was made of its declarations, up to the first that failed. */
  readonly entries: readonly PlannedEntry[];
  /** Why the next one failed. */
  readonly failure?: SentError;
}

/** What was found of one device right before an apply. */
export interface DeviceLook {
  /** How it is another one than planned for. */
  readonly strangers: readonly string[];
  /** What the plan says of a step's requests and is not so, a list a step. */
  readonly claims: readonly (readonly string[])[];
  /** What moved, a list a step. */
  readonly moved: readonly (readonly string[])[];
}

/** A reply as it crosses. */
export interface SentReply {
  /** The flat response. */
  readonly answer: Bytes;
  /** An action's answer for people. */
  readonly shown?: PlainObject | undefined;
  /** Why there is none. */
  readonly unshown?: SentError;
}

/** The questions by name, and their answers. */
export interface Questions {
  /** Makes the lane ready; what was open is closed. */
  setup: { ask: LaneSetup; answer: null };
  /** Reads what a recipe asked for; the wishes are about one device. */
  observe: {
    ask: { readonly wishes: readonly ReadWish[] };
    answer: readonly (
      | { readonly value: PlainData }
      | { readonly error: SentError }
    )[];
  };
  /** Plans what of the declarations lands on a device. */
  plan: {
    ask: {
      readonly device: string;
      readonly declarations: readonly Declaration[];
    };
    answer: PlanPart;
  };
  /** Looks at a device once more; the plan is its part of the whole. */
  look: { ask: { readonly plan: Plan }; answer: DeviceLook };
  /** Sends one request. */
  send: { ask: Sending; answer: SentReply };
}

/** The name of a question. */
export type Question = keyof Questions;

/** A question as it crosses. */
export type Ask = {
  readonly [Name in Question]: {
    readonly op: Name;
    readonly ask: Questions[Name]["ask"];
  };
}[Question];

/** An answer as it crosses. */
export type Answer =
  | { readonly ok: true; readonly value: unknown; readonly sent: number }
  | { readonly ok: false; readonly error: SentError; readonly sent: number };
