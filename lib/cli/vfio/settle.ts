/**
 * Runs of `fwctl vfio` that were killed in the middle: taken back before the
 * next one, so that a hook that died does not keep every VM of its card down.
 *
 * Only what this command itself began is settled, and only where every value
 * is as before or as planned; all else is for a person to decide.
 *
 * @module
 */
import { planRecovery, recoverAsync } from "../../apply/recover.ts";
import { groupOf, planOf, unfinishedOn } from "../../apply/runs.ts";
import { PlanError } from "../../errors.ts";
import { obstacle } from "../../vfio/gate.ts";
import type { Context } from "../context.ts";
import { journalFor } from "../runs.ts";
import { RECIPE } from "./plan.ts";
import { looker, type Room, type VfioOptions } from "./room.ts";

/** Takes back what was begun and never ended; says a sentence a run. @throws `PlanError` */
export async function settle(
  context: Context,
  room: Room,
  options: VfioOptions,
): Promise<string[]> {
  const { state, host, opened: { inventory, sessions } } = room;
  if (!state) return [];
  const { disk, dir } = state;
  const said: string[] = [];
  for (const run of unfinishedOn(disk, dir, room.parents)) {
    const group = groupOf(disk, dir, run);
    const recorded = planOf(group.root);
    // Refused with what to do where the next plan is held against it.
    if (recorded.recipe.name !== RECIPE) continue;
    if (options.dryRun) {
      said.push(
        `Run ${run} was killed in the middle: without --dry-run it is taken back first`,
      );
      continue;
    }
    const look = looker(host, inventory);
    for (const { address } of recorded.resources) {
      const found = inTheWay(() => obstacle(look(address)));
      if (!found) continue;
      throw new PlanError(
        `Run ${run} was killed in the middle and cannot be taken back: ${found.why}`,
        "unfinished",
        [],
        {
          hint:
            `${found.hint}. To leave what it did as it is: fwctl journal close ${run}`,
        },
      );
    }
    const session = (device: string) => sessions.get(device);
    const recovery = planRecovery({
      group,
      want: "undo",
      force: false,
      policy: room.policy,
      inventory,
      session,
    });
    using journal = journalFor(context, host, inventory.bootId, options, {
      kind: "undo",
      of: group.root.run,
      after: group.all.at(-1)?.run ?? group.root.run,
    });
    const hooks = journal?.hooks(recovery.plan) ?? {};
    const { outcome, error } = await recoverAsync(recovery, session, hooks);
    if (error) throw error;
    said.push(
      `Run ${run} was killed in the middle; it was taken back (${outcome})`,
    );
  }
  return said;
}

/** A function that is not there any more is in the way as well. */
function inTheWay(
  look: () => ReturnType<typeof obstacle>,
): ReturnType<typeof obstacle> {
  try {
    return look();
  } catch (error) {
    if (!(error instanceof PlanError)) throw error;
    return { why: error.message, hint: error.hint ?? "Run `fwctl list`" };
  }
}
