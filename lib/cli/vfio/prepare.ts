/**
 * Preparing functions and giving them back: what is kept on record around a
 * change, so that the one can be the opposite of the other.
 *
 * @module
 */
import type { Plan } from "../../plan/types.ts";
import { gate } from "../../vfio/gate.ts";
import { type CapValues, over } from "../../vfio/profile.ts";
import type { VfRecord } from "../../vfio/record.ts";
import type { Context } from "../context.ts";
import { change, type Changed, suspects } from "./apply.ts";
import { capTypeOf, kernelWays } from "./plan.ts";
import type { KnownVf, Room, VfioOptions } from "./room.ts";
import { settle } from "./settle.ts";
import type { Preparation } from "./wanted.ts";

/** A finished command: how it went, and what there is to say. */
export interface VfioDone extends Changed {
  /** Sentences. */
  readonly notes: readonly string[];
}

/** Told of a plan, and of what there is to know about it, before anything is written; may ask, and may throw. */
export type Asked = (plan: Plan, notes: readonly string[]) => void;

/** Prepares functions in a room. @throws as {@linkcode change}, and nothing is on record then that was not before */
export async function prepareIn(
  context: Context,
  room: Room,
  { set, vm }: Preparation,
  options: VfioOptions,
  asked: Asked = () => {},
): Promise<VfioDone> {
  const { dryRun = false } = options;
  gate(room.look());
  const notes = await settle(context, room, options);
  const records = new Before(room);
  let done: Changed;
  try {
    done = await change(context, room, options, {
      wishes: (vfs) => {
        // A profile is all there is to a function: what another one had set goes.
        const sets = new Map(vfs.map((known) => [
          known.look.pci,
          over(records.of(known, notes)?.before ?? {}, set),
        ]));
        return { sets, vm, restored: records.values() };
      },
      planned: (plan, vfs) => {
        const looks = vfs.map(({ look }) => look);
        notes.push(...kernelWays(room.host, looks, plan));
        asked(plan, notes);
        if (dryRun) return;
        // Before the writes: what is on record must outlive a crash between.
        for (const known of vfs) {
          records.put(
            known.look.pci,
            newRecord(room, known, plan, records, {
              set,
              vm,
            }),
          );
        }
      },
    });
  } catch (error) {
    records.restore(context);
    throw error;
  }
  const { outcome } = done.result;
  if (outcome === "failed" || outcome === "undone") records.restore(context);
  const suspected = suspects(done);
  if (suspected !== undefined) notes.push(suspected);
  return { ...done, notes: [...new Set(notes)] };
}

/** Gives functions back in a room. @throws as {@linkcode change} */
export async function releaseIn(
  context: Context,
  room: Room,
  options: VfioOptions,
  asked: Asked = () => {},
): Promise<VfioDone> {
  const { dryRun = false } = options;
  gate(room.look());
  const notes = await settle(context, room, options);
  const records = new Before(room);
  const done = await change(context, room, options, {
    wishes: (vfs) => {
      for (const known of vfs) {
        if (records.of(known, notes)) continue;
        notes.push(
          `${known.look.pci} was not prepared: there is nothing to give back; a run on record is taken back with \`fwctl undo\``,
        );
      }
      const sets = records.values();
      return { sets, vm: null, restored: sets };
    },
    planned: (plan) => asked(plan, notes),
  });
  const { outcome } = done.result;
  if (!dryRun && (outcome === "applied" || outcome === "nothing")) {
    for (const { look } of done.vfs) room.records?.put(look.pci, undefined);
  }
  return { ...done, notes: [...new Set(notes)] };
}

/** What was on record when the command began. */
class Before {
  readonly #room: Room;
  /** As it was read, once: a try of this command may have put another there. */
  readonly #read = new Map<string, VfRecord | undefined>();
  /** What of it counts. */
  readonly #valid = new Map<string, VfRecord | undefined>();
  readonly #put = new Set<string>();

  constructor(room: Room) {
    this.#room = room;
  }

  /** What is on record of a function; a record of another boot or another function counts for nothing. */
  of(known: KnownVf, notes: string[] = []): VfRecord | undefined {
    const { pci } = known.look;
    if (!this.#read.has(pci)) {
      this.#read.set(pci, this.#room.records?.read(pci));
    }
    const found = this.#read.get(pci);
    const record = found && valid(this.#room, known, found, notes);
    this.#valid.set(pci, record);
    return record;
  }

  /** What the functions held before they were first prepared, as far as it is on record. */
  values(): ReadonlyMap<string, CapValues> {
    const values = new Map<string, CapValues>();
    for (const [vf, record] of this.#valid) {
      if (record) values.set(vf, record.before);
    }
    return values;
  }

  /** Puts another there. */
  put(vf: string, record: VfRecord): void {
    this.#put.add(vf);
    this.#room.records?.put(vf, record);
  }

  /** Puts back what was there, where another was put. */
  restore({ output }: Context): void {
    for (const vf of this.#put) {
      try {
        this.#room.records?.put(vf, this.#valid.get(vf));
      } catch (error) {
        // What failed first is what must be told as the command's error.
        output.warn(error instanceof Error ? error.message : String(error));
      }
    }
  }
}

function valid(
  room: Room,
  { look, child }: KnownVf,
  record: VfRecord,
  notes: string[],
): VfRecord | undefined {
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
  known: KnownVf,
  plan: Plan,
  records: Before,
  { set, vm }: Pick<Preparation, "set" | "vm">,
): VfRecord {
  const { look, child } = known;
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
    before: over(found, records.of(known)?.before ?? {}),
  };
}
