/**
 * What the commands of one card share: its functions and what they remember.
 *
 * @module
 */
import type { Answer, Command } from "./command.ts";
import type { Clock } from "./clock.ts";
import type { Health } from "./health.ts";
import type { Nvm } from "./nvm.ts";
import type { FirmwareOptions } from "./options.ts";
import type { Statistics } from "./statistics.ts";
import type { Variables } from "./variables.ts";

/** One function of the card. */
export interface CardFunction {
  /** 0 is the PF, n the VF n - 1. */
  readonly functionId: number;
  /** Its id in the firmware's messages, 16 bits. */
  readonly fid: number;
  /** PCI routing id: bus, device, function. */
  readonly rid: number;
  /** A driver of the host or a guest uses it. */
  readonly inUse: boolean;
}

/** One card. */
export interface Card {
  /** The scenario's options. */
  readonly options: FirmwareOptions;
  /** All functions; the index is the function id. */
  readonly functions: readonly CardFunction[];
  /** Number of the port that the PF has. */
  readonly portId: number;
  /** `sriov_totalvfs`. */
  readonly totalVfs: number;
  /** Non-volatile memory. */
  readonly nvm: Nvm;
  /** Health and resets. */
  readonly health: Health;
  /** The firmware's clock. */
  readonly clock: Clock;
  /** Options of the configuration in NVM. */
  readonly variables: Variables;
  /** Counters. */
  readonly statistics: Statistics;
}

/** How a command is executed. */
export interface Handler {
  /** Name without `HWRM_`; its response's layout goes by it. */
  readonly name: string;
  /** Only the PF may; a VF is refused with RESOURCE_ACCESS_DENIED. */
  readonly pfOnly: boolean;
  /** Executes it. */
  readonly run: (command: Command, card: Card) => Answer;
}
