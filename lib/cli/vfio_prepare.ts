/**
 * Preparing functions and giving them back: what is kept on record around a
 * change, so that the one can be the opposite of the other.
 *
 * @module
 */
import type { Plan } from "../plan/types.ts";
import { gate } from "../vfio/gate.ts";
import { type CapValues, over } from "../vfio/profile.ts";
import type { VfRecord } from "../vfio/record.ts";
import type { Context } from "./context.ts";
import { change, type Changed, suspects } from "./vfio_apply.ts";
import { capTypeOf, kernelWays } from "./vfio_plan.ts";
import type { KnownVf, Room, VfioOptions } from "./vfio_room.ts";
import { settle } from "./vfio_settle.ts";
import type { Preparation } from "./vfio_wanted.ts";

/** A finished command: how it went, and what there is to say. */
export interface VfioDone extends Changed {
  /** Sentences. */
  readonly notes: readonly string[];
}

/** Prepares functions in a room. @throws as {@linkcode change} */
export async function prepareIn(
  context: Context,
  room: Room,
  { set, vm }: Preparation,
  options: VfioOptions,
  asked: (plan: Plan) => void = () => {},
): Promise<VfioDone> {
  gate(room.look());
  const notes = await settle(context, room, options);
  const before = new Map<string, VfRecord | undefined>();
  const done = await change(context, room, options, {
    wishes: (vfs) => {
      for (const known of vfs) {
        before.set(known.look.pci, recordOf(room, known, notes));
      }
      // A profile is all there is to a function: what another one had set goes.
      const sets = new Map(vfs.map(({ look: { pci } }) => [
        pci,
        over(before.get(pci)?.before ?? {}, set),
      ]));
      return { sets, vm, restored: beforeOf(before) };
    },
    planned: (plan, vfs) => {
      const looks = vfs.map(({ look }) => look);
      notes.push(...kernelWays(room.host, looks, plan));
      asked(plan);
      // Before the writes: what is on record must outlive a crash between.
      for (const known of vfs) {
        room.records?.put(
          known.look.pci,
          newRecord(room, known, plan, before.get(known.look.pci), set, vm),
        );
      }
    },
  });
  const { outcome } = done.result;
  if (outcome === "failed" || outcome === "undone") {
    for (const [vf, record] of before) room.records?.put(vf, record);
  }
  const suspected = suspects(done);
  if (suspected !== undefined) notes.push(suspected);
  return { ...done, notes: [...new Set(notes)] };
}

/** Gives functions back in a room. @throws as {@linkcode change} */
export async function releaseIn(
  context: Context,
  room: Room,
  options: VfioOptions,
  asked: (plan: Plan) => void = () => {},
): Promise<VfioDone> {
  gate(room.look());
  const notes = await settle(context, room, options);
  const done = await change(context, room, options, {
    wishes: (vfs) => {
      const sets = new Map<string, CapValues>();
      for (const known of vfs) {
        const { pci } = known.look;
        const record = recordOf(room, known, notes);
        if (record) sets.set(pci, record.before);
        else {notes.push(
            `${pci} was not prepared: there is nothing to give back`,
          );}
      }
      return { sets, vm: null, restored: sets };
    },
    planned: asked,
  });
  if (done.result.outcome === "applied" || done.result.outcome === "nothing") {
    for (const { look } of done.vfs) room.records?.put(look.pci, undefined);
  }
  return { ...done, notes: [...new Set(notes)] };
}

function beforeOf(
  records: ReadonlyMap<string, VfRecord | undefined>,
): ReadonlyMap<string, CapValues> {
  return new Map(
    [...records].map(([vf, record]) => [vf, record?.before ?? {}]),
  );
}

/** What is on record of a function; a record of another boot or another function counts for nothing. */
function recordOf(
  room: Room,
  { look, child }: KnownVf,
  notes: string[],
): VfRecord | undefined {
  const record = room.records?.read(look.pci);
  if (!record) return undefined;
  const { bootId } = room.opened.inventory;
  if (record.bootId !== bootId) {
    notes.push(
      `${look.pci} was prepared before the machine was booted: its values went with that`,
    );
    return undefined;
  }
  if (
    record.pf === look.pf && record.vhcaId === child.vhcaId &&
    record.vuid === child.vuid
  ) return record;
  notes.push(
    `${look.pci} is another function than the one that was prepared: what was kept of that counts no more`,
  );
  return undefined;
}

function newRecord(
  room: Room,
  { look, child }: KnownVf,
  plan: Plan,
  old: VfRecord | undefined,
  set: CapValues,
  vm: string | null,
): VfRecord {
  let found: CapValues = {};
  for (const resource of plan.resources) {
    if (resource.address !== look.pci) continue;
    for (const { field, before } of [...resource.changes, ...resource.same]) {
      found = over(found, {
        [capTypeOf(resource)]: { [field]: Number(before) },
      });
    }
  }
  return {
    vf: look.pci,
    pf: look.pf,
    bootId: room.opened.inventory.bootId,
    vhcaId: child.vhcaId,
    vuid: child.vuid,
    vm,
    set,
    // The first prepare saw what was there before any.
    before: over(found, old?.before ?? {}),
  };
}
