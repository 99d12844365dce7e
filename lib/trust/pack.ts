/**
 * Parts: what a measurement says many times over is written once.
 *
 * Every object inside that is longer than a line is put aside under the sha256
 * of its canonical JSON, and `{ "$ref": DIGEST }` stands in its place, from the
 * inside out. So four thousand functions that are alike take one part, and two
 * measurements are compared by looking only into parts that differ. The form
 * does not depend on what else is in the statement.
 *
 * @module
 */
import { TrustError } from "../errors.ts";
import { isPlainObject, type PlainData, type PlainObject } from "../plain.ts";
import { canonicalJson } from "./json.ts";
import { sha256 } from "./statement.ts";

/** Parts by their digest. */
export type Parts = ReadonlyMap<string, PlainObject>;

/** From this length on an object becomes a part. */
const LEAST = 256;
const REF = "$ref";
const MOST_PARTS = 1 << 20;

/** Collects the parts of several measurements. */
export class Packer {
  readonly #parts = new Map<string, PlainObject>();
  /** A driver may hand out the same object many times: it is packed once. */
  readonly #known = new Map<PlainObject, PlainObject>();

  /** All parts, in order of their digests. */
  get parts(): Parts {
    return new Map([...this.#parts].sort(([a], [b]) => a < b ? -1 : 1));
  }

  /** The same data with parts put aside; the object itself stays. */
  async pack(data: PlainObject): Promise<PlainObject> {
    const members: [string, PlainData][] = [];
    for (const [name, value] of Object.entries(data)) {
      if (name === REF) {
        throw new TrustError(`A member is named ${REF}`, "malformed");
      }
      members.push([name, await this.#inner(value)]);
    }
    return Object.fromEntries(members);
  }

  async #inner(data: PlainData): Promise<PlainData> {
    if (Array.isArray(data)) {
      const items: PlainData[] = [];
      for (const item of data) items.push(await this.#inner(item));
      return items;
    }
    if (!isPlainObject(data)) return data;
    const known = this.#known.get(data);
    if (known) return known;
    let packed = await this.pack(data);
    const text = canonicalJson(packed);
    if (text.length >= LEAST) {
      const digest = await sha256(new TextEncoder().encode(text));
      this.#parts.set(digest, packed);
      packed = { [REF]: digest };
    }
    this.#known.set(data, packed);
    return packed;
  }
}

/** The digest an object refers to; undefined when it is the data itself. */
export function refOf(data: PlainData | undefined): string | undefined {
  if (!isPlainObject(data) || !Object.hasOwn(data, REF)) return undefined;
  const { [REF]: digest } = data;
  return typeof digest === "string" ? digest : undefined;
}

/**
 * Reads parts from outside: each must be what its digest says, and what any of
 * `users` or of them refers to must be there.
 *
 * @param complain makes the error for a problem
 * @throws what `complain` makes
 */
export async function partsOf(
  data: PlainData | undefined,
  users: readonly (PlainObject | null)[],
  complain: (problem: string) => Error,
): Promise<Parts> {
  if (data !== undefined && !isPlainObject(data)) {
    throw complain("parts is not an object");
  }
  const parts = new Map<string, PlainObject>();
  const entries = Object.entries(data ?? {});
  if (entries.length > MOST_PARTS) {
    throw complain(`it has ${entries.length} parts`);
  }
  for (const [digest, part] of entries) {
    const short = digest.slice(0, 16);
    if (!isPlainObject(part)) throw complain(`part ${short} is not an object`);
    const text = new TextEncoder().encode(canonicalJson(part));
    if (await sha256(text) !== digest) {
      throw complain(`part ${short} is not what its digest is of`);
    }
    parts.set(digest, part);
  }
  const used = new Set<string>();
  const waiting: PlainData[] = [...users, ...parts.values()];
  for (let item = waiting.pop(); item !== undefined; item = waiting.pop()) {
    if (typeof item !== "object" || item === null) continue;
    const digest = refOf(item);
    if (digest !== undefined) {
      if (!parts.has(digest)) {
        throw complain(`part ${digest.slice(0, 16)} is missing`);
      }
      used.add(digest);
    }
    for (const value of Object.values(item)) waiting.push(value);
  }
  const idle = [...parts.keys()].find((digest) => !used.has(digest));
  if (idle === undefined) return parts;
  throw complain(`part ${idle.slice(0, 16)} belongs to no device`);
}
