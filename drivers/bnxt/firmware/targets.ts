/**
 * Functions and ports by the ids that requests name them by.
 *
 * @module
 */
import { parsePci } from "../../../lib/model/pci.ts";
import { refuse } from "../../../lib/model/reader.ts";
import type { ScenarioDevice } from "../../../lib/model/types.ts";
import type { Card, CardFunction } from "./card.ts";
import { type Answer, type Command, ERR, fail, u16 } from "./command.ts";

/** FID of the caller itself. */
export const SELF = 0xffff;

/**
 * Assumption: PFs have the ids from 1 on, VFs those from 128 on; a PF's VFs
 * follow each other.
 */
const FIRST_VF_ID = 128;
/** Highest function id; those above are of internal processors. */
const LAST_FID = 0xfff7;

/** The functions of a scenario's device. @throws `ModelError` when there are too many */
export function functionsOf(device: ScenarioDevice): CardFunction[] {
  const rid = parsePci(device.pci)?.rid ?? 0;
  if (FIRST_VF_ID + device.totalVfs > LAST_FID) {
    refuse(`${device.at}.totalVfs`, `is too large for a NetXtreme`);
  }
  return [
    { functionId: 0, fid: (rid & 7) + 1, rid, inUse: true },
    ...device.vfs.map((vf, index) => ({
      functionId: index + 1,
      fid: FIRST_VF_ID + index,
      rid: parsePci(vf.pci)?.rid ?? 0,
      inUse: vf.heldBy !== null || vf.kernelDriver === device.kernelDriver,
    })),
  ];
}

/** FUNC_QCAPS's `first_vf_id` of the PF. */
export function firstVfId(): number {
  return FIRST_VF_ID;
}

/**
 * The function that a request's `fid` at byte `at` means, or a refusal: a VF may
 * only ask about itself, the PF also about its VFs.
 *
 * Assumption: which error code; an id of nothing is INVALID_PARAMS.
 */
export function target(
  command: Command,
  card: Card,
  at = 16,
): CardFunction | Answer {
  const own = card.functions[command.functionId];
  if (!own) return fail(ERR.ENTITY_NOT_PRESENT);
  const fid = u16(command, at);
  if (fid === SELF || fid === own.fid) return own;
  if (command.functionId !== 0) return fail(ERR.RESOURCE_ACCESS_DENIED);
  return card.functions.find((one) => one.fid === fid) ??
    fail(ERR.INVALID_PARAMS);
}

/** Whether {@linkcode target} found a function. */
export function isFunction(
  found: CardFunction | Answer,
): found is CardFunction {
  return "functionId" in found;
}

/** Whether a request names the card's own port at byte `at`. */
export function isPort(command: Command, card: Card, at = 16): boolean {
  const port = u16(command, at);
  return port === card.portId || port === SELF;
}
