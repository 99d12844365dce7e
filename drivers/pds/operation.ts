/**
 * One operation of an endpoint map.
 *
 * @module
 */
import type { Scope } from "../../lib/uapi/fwctl.ts";
import type { Effect } from "../driver.ts";
import type { PayloadLayout } from "./payload.ts";

/** One operation. */
export interface Operation {
  /** Number, 16 bits. */
  readonly command: number;
  /** Version, 8 bits. */
  readonly version: number;
  /** Its name. */
  readonly name: string;
  /** The least scope the kernel accepts. */
  readonly scope: Scope;
  /** What it does. */
  readonly effect: Effect;
  /** Whether the map says so, or the scope suggests it. */
  readonly effectGiven: boolean;
  /** Classes for policies beside `vendor`, of GROUP_NAMES. */
  readonly groups: readonly string[];
  /** One sentence, or "". */
  readonly help: string;
  /** Payload it takes; undefined is none. */
  readonly request: PayloadLayout | undefined;
  /** Payload it answers with; undefined is not known. */
  readonly response: PayloadLayout | undefined;
}
