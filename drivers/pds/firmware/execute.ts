/**
 * What each operation of the modelled card does.
 *
 * Assumption: all of it, as with the operations themselves. Retvals follow the
 * admin queue's numbers (enum pds_core_status_code).
 *
 * @module
 */
import { isFwctlError } from "../../../lib/errors.ts";
import type { PlainObject } from "../../../lib/plain.ts";
import {
  decodePayload,
  encodePayload,
  type PayloadLayout,
} from "../payload.ts";
import type { CardOperation } from "./operations.ts";
import type { FirmwareOptions } from "./options.ts";
import { type CardState, MODULES } from "./state.ts";

/** Retvals the card gives. */
export const RC = {
  SUCCESS: 0,
  EOPCODE: 2,
  ENOENT: 7,
  EINVAL: 14,
  ENOSPC: 15,
  ERANGE: 16,
} as const;

/** The card an operation runs on. */
export interface Card {
  readonly state: CardState;
  readonly options: FirmwareOptions;
}

/** An operation: the fields of its answer, or a retval. */
type Run = (card: Card, given: PlainObject) => PlainObject | number;

const NOTHING: PayloadLayout = { size: 0, fields: [] };

/**
 * Runs an operation.
 *
 * @returns the response payload, or a retval
 */
export function execute(
  card: Card,
  { name, operation }: CardOperation,
  request: Uint8Array,
): Uint8Array | number {
  const layout = operation.request ?? NOTHING;
  if (request.length !== layout.size) return RC.EINVAL;
  const { fields } = decodePayload(layout, request);
  if (!acceptable(layout, fields)) return RC.EINVAL;
  const answer = OPERATIONS[name]?.(card, fields) ?? RC.EOPCODE;
  if (typeof answer === "number") return answer;
  return encodePayload(operation.response ?? NOTHING, answer).bytes;
}

/** Whether every field holds what its limits and names allow. */
function acceptable(layout: PayloadLayout, fields: PlainObject): boolean {
  try {
    encodePayload(layout, fields);
    return true;
  } catch (error) {
    if (isFwctlError(error)) return false;
    throw error;
  }
}

const LEVELS = ["error", "warning", "info", "debug"];
const SLOTS = ["", "A", "B", "GOLD"];

const OPERATIONS: Readonly<Record<string, Run>> = {
  "system.get_info": ({ state, options }) => ({
    serial: options.serial,
    version: options.version,
    ports: options.ports,
    temperature: 54,
    requests: state.requests,
  }),
  "system.get_slots": ({ state, options }) => ({
    running: "A",
    boot: SLOTS[state.bootSlot] ?? "A",
    version_a: options.version,
    version_b: "1.98.1-S-2",
  }),
  "system.set_boot_slot": ({ state }, { slot }) => {
    state.bootSlot = SLOTS.indexOf(String(slot));
    return {};
  },
  "system.sync": () => ({}),
  "system.factory_reset": ({ state }) => {
    state.reset();
    return {};
  },
  "log.get_level": ({ state }, { module }) => {
    const index = MODULES.findIndex((name) => name === module);
    // Of all modules together: the most talkative.
    const level = index < 0
      ? Math.max(...state.levels)
      : state.levels[index] ?? 0;
    return { module: module ?? "all", level: LEVELS[level] ?? "info" };
  },
  "log.set_level": ({ state }, { module = "all", level }) => {
    const wanted = LEVELS.indexOf(String(level));
    state.levels = state.levels.map((old, index) =>
      module === "all" || MODULES[index] === module ? wanted : old
    );
    return {};
  },
  "port.get_status": ({ state }, given) => {
    const flaps = state.flaps[portOf(given)];
    if (flaps === undefined) return RC.ENOENT;
    return { up: 1, autoneg: 1, fec: "rs", speed: 100_000, flaps };
  },
  "port.get_counters": ({ state }, given) => {
    const cleared = state.cleared[portOf(given)];
    if (cleared === undefined) return RC.ENOENT;
    // Some traffic for every request: a model has no clock.
    const ticks = state.requests - cleared;
    return {
      rx_frames: ticks * 1000,
      rx_bytes: ticks * 640_000,
      tx_frames: ticks * 900,
      tx_bytes: ticks * 576_000,
      drops: Math.floor(ticks / 10),
    };
  },
  "port.clear_counters": ({ state }, given) => {
    const port = portOf(given);
    if (state.cleared[port] === undefined) return RC.ENOENT;
    state.cleared[port] = state.requests;
    return {};
  },
  "port.flap": ({ state }, given) => {
    const port = portOf(given);
    const flaps = state.flaps[port];
    if (flaps === undefined) return RC.ENOENT;
    state.flaps[port] = flaps + 1;
    return { flaps: flaps + 1 };
  },
  "debug.read_register": ({ state }, { address }) => {
    const at = Number(address);
    if (at % 4 !== 0) return RC.ERANGE;
    return { value: state.registers.get(at) ?? at >>> 2 };
  },
  "debug.write_register": ({ state }, { address, value }) => {
    const at = Number(address);
    if (at % 4 !== 0) return RC.ERANGE;
    state.registers.set(at, Number(value));
    return {};
  },
};

function portOf({ port }: PlainObject): number {
  return Number(port);
}
