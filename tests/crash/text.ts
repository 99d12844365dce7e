/**
 * A machine's state as text that is the same for the same state.
 *
 * @module
 */
import { isPlainObject, type PlainData } from "../../lib/plain.ts";

/** What counts requests and is no part of what a device is configured to. */
const COUNTERS: ReadonlySet<string> = new Set(["faults"]);

/** Data with its keys in order, counters left out, and members that are left empty too. */
export function stableText(data: PlainData): string {
  return JSON.stringify(stable(data));
}

function stable(data: PlainData): PlainData {
  if (Array.isArray(data)) return data.map(stable);
  if (!isPlainObject(data)) return data;
  const members = Object.keys(data).filter((key) => !COUNTERS.has(key)).sort()
    .map((key): [string, PlainData] => [key, stable(data[key] ?? null)])
    .filter(([, value]) =>
      !isPlainObject(value) || Object.keys(value).length > 0
    );
  return Object.fromEntries(members);
}
