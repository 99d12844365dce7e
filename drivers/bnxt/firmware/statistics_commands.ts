/**
 * The commands on the functions' counters: FUNC_QSTATS, PORT_CLR_STATS,
 * FUNC_RESET.
 *
 * @module
 */
import type { Card, CardFunction, Handler } from "./card.ts";
import {
  type Answer,
  type Command,
  ERR,
  fail,
  u16,
  u32,
  u8,
} from "./command.ts";
import { FLAG } from "./statistics.ts";
import { isFunction, isPort, target } from "./targets.ts";

/** Levels of FUNC_RESET. */
const LEVEL = { ALL: 0, ME: 1, CHILDREN: 2, VF: 3 } as const;

function queryStatistics(command: Command, card: Card): Answer {
  const found = target(command, card);
  if (!isFunction(found)) return found;
  const flags = u8(command, 18);
  const both = FLAG.ROCE_ONLY | FLAG.L2_ONLY;
  if (flags > 7 || (flags & both) === both) return fail(ERR.INVALID_FLAGS);
  return card.statistics.of(found.functionId, flags);
}

function clearPort(command: Command, card: Card): Answer {
  if (!isPort(command, card)) return fail(ERR.INVALID_PARAMS);
  if (u8(command, 18) > 1) return fail(ERR.INVALID_FLAGS);
  card.statistics.clearPort();
  return {};
}

/** Assumption: what a function loses that can be seen are its counters. */
function resetFunction(command: Command, card: Card): Answer {
  const enables = u32(command, 16);
  const level = u8(command, 22);
  if (enables > 1) return fail(ERR.INVALID_ENABLES);
  if (level > LEVEL.VF) return fail(ERR.INVALID_PARAMS);
  if (command.functionId !== 0 && level > LEVEL.ME) {
    return fail(ERR.RESOURCE_ACCESS_DENIED);
  }
  const named = enables & 1 ? vfNamed(command, card) : undefined;
  if (named && !isFunction(named)) return named;
  if (level === LEVEL.VF && !named) return fail(ERR.INVALID_PARAMS);
  for (const { functionId } of card.functions) {
    const hit = level === LEVEL.VF
      ? functionId === named?.functionId
      : level === LEVEL.ME
      ? functionId === command.functionId
      : level === LEVEL.CHILDREN
      ? functionId !== 0
      : command.functionId === 0 || functionId === command.functionId;
    if (hit) card.statistics.clear(functionId);
  }
  return {};
}

function vfNamed(command: Command, card: Card): CardFunction | Answer {
  const fid = u16(command, 20);
  const found = card.functions.find((one) =>
    one.fid === fid && one.functionId !== 0
  );
  if (!found) return fail(ERR.INVALID_PARAMS);
  return command.functionId === 0 || found.functionId === command.functionId
    ? found
    : fail(ERR.RESOURCE_ACCESS_DENIED);
}

/** The counters' commands by number. */
export function statisticsCommands(): [number, Handler][] {
  return [
    [0x11, { name: "FUNC_RESET", pfOnly: false, run: resetFunction }],
    [0x18, { name: "FUNC_QSTATS", pfOnly: false, run: queryStatistics }],
    [0x25, { name: "PORT_CLR_STATS", pfOnly: true, run: clearPort }],
  ];
}
