/**
 * Whom to trust: public keys by name, for what, and until when.
 *
 * ```json
 * { "format": "fwctl-trust/1",
 *   "keys": [{ "name": "release", "key": "-----BEGIN PUBLIC KEY-----\n…",
 *              "notAfter": "2027-12-31", "scopes": ["recipe", "plan"] }] }
 * ```
 *
 * `key` is PEM, or a JWK as text. Without `notAfter` a key never expires;
 * without `scopes` it is good for everything.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import type { ObjectReader } from "../model/reader.ts";
import type { PlainData } from "../plain.ts";
import { type PublicKey, readPublicKey } from "./keys.ts";
import { momentIn, strictly } from "./reading.ts";

/** The form this library reads. */
export const TRUST_FORMAT = "fwctl-trust/1";

/** What a signature can be for. */
export const SIGNED_KINDS = ["recipe", "plan", "attestation"] as const;

/** One of {@linkcode SIGNED_KINDS}. */
export type SignedKind = typeof SIGNED_KINDS[number];

/** Most keys one may trust. */
const MOST_KEYS = 256;

/** A key that is trusted. */
export interface TrustedKey {
  /** Whose it is, for people. */
  readonly name: string;
  /** The key. */
  readonly key: PublicKey;
  /** The last moment it is trusted; null for ever. */
  readonly notAfter: Date | null;
  /** What its signatures are good for. */
  readonly scopes: readonly SignedKind[];
  /** Where it was read, for messages. */
  readonly source: string;
}

/** Everybody who is trusted. At least one key; each key and each name once. */
export type Trust = readonly TrustedKey[];

/**
 * Reads a trust file.
 *
 * @param where the file, for messages
 * @throws {UsageError} naming the key path that is wrong
 */
export async function readTrust(
  data: PlainData,
  where: string,
): Promise<Trust> {
  const complain = (message: string, hint?: string): UsageError =>
    new UsageError(`${where}: ${message}`, {
      hint: hint ??
        `Write { "format": "${TRUST_FORMAT}", "keys": [{ "name": …, "key": PEM }] }`,
    });
  const found = strictly(data, complain, (reader) => {
    const format = reader.text("format");
    if (format !== TRUST_FORMAT) {
      throw complain(
        `format is ${JSON.stringify(format ?? null)}`,
        `This version reads "${TRUST_FORMAT}"`,
      );
    }
    const keys = reader.list("keys", MOST_KEYS) ?? [];
    if (keys.length === 0) throw complain("keys is missing or empty");
    return keys.map((item, index) => {
      const at = `keys[${index}]`;
      return strictly(
        item,
        (message, hint) => complain(`${at}: ${message}`, hint),
        (reader) => keyIn(reader, at, complain),
      );
    });
  });
  const trust: TrustedKey[] = [];
  for (const { pem, ...rest } of found) {
    const key = await readPublicKey(pem, `${where}: the key ${rest.name}`);
    trust.push({ ...rest, key, source: where });
  }
  return joinTrust([trust]);
}

function keyIn(
  reader: ObjectReader,
  at: string,
  complain: (message: string, hint?: string) => UsageError,
): Omit<TrustedKey, "key" | "source"> & { readonly pem: string } {
  const name = reader.text("name") ?? "";
  if (name === "") throw complain(`${at}.name is missing`);
  const pem = reader.text("key");
  if (pem === undefined) throw complain(`${at}.key is missing`);
  const notAfter = momentIn(
    reader,
    "notAfter",
    (message, hint) => complain(`${at}.${message}`, hint),
  );
  const scopes = reader.texts("scopes", SIGNED_KINDS.length);
  const kinds = scopes?.map((scope) => {
    const kind = SIGNED_KINDS.find((kind) => kind === scope);
    if (kind) return kind;
    throw complain(
      `${at}.scopes: ${JSON.stringify(scope.slice(0, 40))} is not known`,
      `It is a list of ${SIGNED_KINDS.join(", ")}`,
    );
  });
  if (kinds?.length === 0) {
    throw complain(
      `${at}.scopes is empty: the key would be good for nothing`,
      "Leave scopes out for a key that is good for everything",
    );
  }
  return { name, pem, notAfter, scopes: kinds ?? SIGNED_KINDS };
}

/** A public key on its own: trusted for everything, for ever. @throws {UsageError} */
export async function trustKey(
  text: string,
  name: string,
  where: string,
): Promise<Trust> {
  const key = await readPublicKey(text, where);
  return [{ name, key, notAfter: null, scopes: SIGNED_KINDS, source: where }];
}

/**
 * Several files as one.
 *
 * @throws {UsageError} when a key or a name is in there twice: which of the two
 * would count is nothing to be guessed
 */
export function joinTrust(files: readonly Trust[]): Trust {
  const all = files.flat();
  if (all.length > MOST_KEYS) {
    throw new UsageError(
      `${all.length} keys are trusted, ${MOST_KEYS} is most`,
    );
  }
  const names = new Map<string, TrustedKey>();
  const keys = new Map<string, TrustedKey>();
  for (const one of all) {
    const same = keys.get(one.key.keyid) ?? names.get(one.name);
    if (same) {
      const what = same.key.keyid === one.key.keyid
        ? `The same key is ${same.name} (${same.source}) and ${one.name} (${one.source})`
        : `Two keys are named ${one.name} (${same.source}, ${one.source})`;
      throw new UsageError(what, { hint: "Leave one of them out" });
    }
    names.set(one.name, one);
    keys.set(one.key.keyid, one);
  }
  return all;
}
