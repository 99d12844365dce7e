/**
 * What is measured of a Pensando card, for an attestation: the endpoint map it
 * is operated with, as a digest. The card itself has no request that every
 * firmware answers, and what a map names as readable may be a counter.
 *
 * @module
 */
import { toHex } from "../../lib/bytes.ts";
import type { PlainObject } from "../../lib/plain.ts";
import { canonicalJson } from "../../lib/trust/json.ts";
import type { DeviceContext } from "../driver.ts";
import { mapOf, opcodeOf } from "./knowledge.ts";

/** The digest of the map; null where none was given. Sends nothing. */
export async function measure(
  { know }: DeviceContext,
): Promise<PlainObject | null> {
  const { endpoints } = mapOf(know);
  if (endpoints.length === 0) return null;
  // Neither the order of files nor that of operations means anything.
  const sorted = [...endpoints].sort((a, b) => a.id - b.id).map((each) => ({
    ...each,
    operations: [...each.operations].sort((a, b) => opcodeOf(a) - opcodeOf(b)),
  }));
  // Through JSON, which drops members that are undefined.
  const text = canonicalJson(JSON.parse(JSON.stringify(sorted, plain)));
  const bytes = new TextEncoder().encode(text);
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return { endpointMap: toHex(new Uint8Array(digest)) };
}

/** Limits are wide integers and named values a map, neither of which JSON has. */
function plain(_key: string, value: unknown): unknown {
  if (typeof value === "bigint") return String(value);
  return value instanceof Map ? Object.fromEntries(value) : value;
}
