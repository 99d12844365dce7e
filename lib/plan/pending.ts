/**
 * Values that wait for a reset, over the boots they were seen waiting in. A
 * reset that does not load them is reported; nothing here ever asks for another
 * one, which is how nodes come to reboot for ever.
 *
 * @module
 */
import type { FieldChange } from "../../drivers/driver.ts";
import { isPlainObject, type PlainData, type PlainObject } from "../plain.ts";
import { isPending } from "./step.ts";
import type { Plan } from "./types.ts";

/** A value that waits, as it was seen. */
export interface PendingValue {
  /** The value, as text. */
  readonly value: string;
  /** When it was first seen waiting, ISO 8601. */
  readonly since: string;
  /** The boots it was seen waiting in, oldest first; the first is the one it was written in, or found. */
  readonly boots: readonly string[];
}

/** What waits on one device: by unit and field. */
export type PendingRecord = Readonly<Record<string, PendingValue>>;

/** Most boots that are told apart; more are "at least as many". */
const MOST_BOOTS = 64;
/** Most values of a record that is read. */
const MOST_VALUES = 100_000;

/** What became of a device's record. */
export interface Advanced {
  /** The record now. */
  readonly record: PendingRecord;
  /** Resources of the plan with a value that outlived a boot, and a sentence each. */
  readonly notes: ReadonlyMap<number, readonly string[]>;
}

function keyOf(kind: string, unit: string, { field }: FieldChange): string {
  return `${kind} ${unit} ${field}`;
}

/**
 * Holds a plan against what was seen waiting before.
 *
 * @param device the device the record is of
 * @param now ISO 8601
 * @param applied whether the plan was just applied: what it wrote waits now
 * @returns the new record: values of the plan's resources that wait now, and
 *   those of units the plan does not speak of
 */
export function advancePending(
  plan: Plan,
  device: string,
  before: PendingRecord,
  now: string,
  applied = false,
): Advanced {
  const record: Record<string, PendingValue> = { ...before };
  const notes = new Map<number, string[]>();
  const later = new Set(
    plan.steps.filter((step) =>
      step.type === "write" && step.live === "next-reset"
    ).map(({ resource }) => resource),
  );
  plan.resources.forEach((resource, index) => {
    if (resource.device !== device || resource.arguments !== null) return;
    const { kind, unit, changes, same } = resource;
    const written = applied && later.has(index) ? changes : [];
    const waiting = [...written, ...same.filter(isPending)];
    for (const field of [...changes, ...same]) {
      if (!waiting.includes(field)) delete record[keyOf(kind, unit, field)];
    }
    for (const field of waiting) {
      const key = keyOf(kind, unit, field);
      const value = String(field.after);
      const known = written.includes(field) ? undefined : before[key];
      const seen = known?.value === value
        ? known
        : { value, since: now, boots: [] };
      const boots = seen.boots.includes(plan.bootId)
        ? seen.boots
        : [...seen.boots, plan.bootId].slice(-MOST_BOOTS);
      record[key] = { ...seen, boots };
      if (boots.length > 1) {
        notes.set(index, [
          ...notes.get(index) ?? [],
          sentence(field.field, value, boots.length - 1, seen.since),
        ]);
      }
    }
  });
  return { record, notes };
}

function sentence(
  field: string,
  value: string,
  boots: number,
  since: string,
): string {
  return `${field} ${value} is still not in force after ${boots} boot${
    boots === 1 ? "" : "s"
  } since ${
    since.slice(0, 10)
  }: the reset that loads it has not happened, or the device does not take it; more boots will not help`;
}

/** The plan with notes on values that outlived a boot. */
export function withPendingNotes(
  plan: Plan,
  notes: ReadonlyMap<number, readonly string[]>,
): Plan {
  if (notes.size === 0) return plan;
  return {
    ...plan,
    resources: plan.resources.map((resource, index) => ({
      ...resource,
      notes: [...resource.notes, ...notes.get(index) ?? []],
    })),
  };
}

/** A record from a file. What cannot be understood is left out: it only counts boots. */
export function readPending(data: PlainData): PendingRecord {
  const record: Record<string, PendingValue> = {};
  const values = isPlainObject(data) ? data.values ?? null : null;
  if (!isPlainObject(values)) return record;
  for (const [key, entry] of Object.entries(values).slice(0, MOST_VALUES)) {
    const value = pendingValue(entry);
    if (value) record[key] = value;
  }
  return record;
}

function pendingValue(entry: PlainData): PendingValue | undefined {
  if (!isPlainObject(entry)) return undefined;
  const { value, since, boots } = entry;
  if (
    typeof value !== "string" || typeof since !== "string" ||
    !/^\d{4}-\d{2}-\d{2}T[\d:.]{5,15}Z$/.test(since) || !Array.isArray(boots)
  ) return undefined;
  const names = boots.filter((boot: PlainData): boot is string =>
    typeof boot === "string" && /^[0-9a-f-]{0,40}$/.test(boot)
  );
  return { value, since, boots: [...new Set(names)].slice(-MOST_BOOTS) };
}

/** A record as what a file holds. */
export function pendingData(record: PendingRecord): PlainObject {
  const values: Record<string, PlainObject> = {};
  for (const [key, { value, since, boots }] of Object.entries(record)) {
    values[key] = { value, since, boots };
  }
  return { format: "fwctl-pending/1", values };
}
