/**
 * Ed25519 keys from text: PEM as `openssl genpkey -algorithm ed25519` and
 * `openssl pkey -pubout` write it, or a JWK. WebCrypto does all that is done
 * with them.
 *
 * @module
 */
import {
  type Bytes,
  concatBytes,
  equalBytes,
  fromHex,
  toHex,
} from "../bytes.ts";
import { UsageError } from "../errors.ts";

/** A key that signatures are verified with. */
export interface PublicKey {
  /** sha256 of the key's SubjectPublicKeyInfo, hex: `openssl pkey -pubin -outform DER | sha256sum`. */
  readonly keyid: string;
  /** Whether `sig` is this key's signature over `data`. Any bytes are fine. */
  verify(data: Bytes, sig: Bytes): Promise<boolean>;
}

/** A key that signs. */
export interface Signer {
  /** Its public half. */
  readonly key: PublicKey;
  /** The signature over `data`, the same each time. */
  sign(data: Bytes): Promise<Bytes>;
}

/** Most characters of a key file. */
const MOST_TEXT = 16384;

/** A SubjectPublicKeyInfo of Ed25519 (RFC 8410) up to the 32 bytes of the key. */
const SPKI: Bytes = fromHex("302a300506032b6570032100");

/**
 * Public keys of small order, without the sign bit: with one of them a
 * signature can be made over anything by anybody.
 */
const WEAK: ReadonlySet<string> = new Set([
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0100000000000000000000000000000000000000000000000000000000000000",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
]);

const MAKE =
  "Make one: openssl genpkey -algorithm ed25519 -out key.pem; its public half: openssl pkey -in key.pem -pubout";

/**
 * Reads a public key.
 *
 * @param where what it is, for messages
 * @throws {UsageError} when it is no public Ed25519 key
 */
export async function readPublicKey(
  text: string,
  where: string,
): Promise<PublicKey> {
  const found = await keyMaterial(text, where);
  if (found.secret) {
    throw new UsageError(`${where} is a private key, not a public one`, {
      hint: "Keep it to yourself and give openssl pkey -in KEY -pubout instead",
    });
  }
  return await publicKey(found.raw, where);
}

/**
 * Reads a private key.
 *
 * @param where what it is, for messages
 * @throws {UsageError} when it is no private Ed25519 key
 */
export async function readSigner(text: string, where: string): Promise<Signer> {
  const found = await keyMaterial(text, where);
  const { secret } = found;
  if (!secret) {
    throw new UsageError(`${where} is a public key, which cannot sign`, {
      hint: "Give the private key it belongs to",
    });
  }
  const key = await publicKey(found.raw, where);
  const signer: Signer = {
    key,
    sign: async (data) =>
      new Uint8Array(await crypto.subtle.sign("Ed25519", secret, data)),
  };
  // A JWK may hold halves of two keys.
  const probe = new Uint8Array(1);
  if (await key.verify(probe, await signer.sign(probe))) return signer;
  throw new UsageError(`${where} holds halves that do not belong together`, {
    hint: MAKE,
  });
}

async function publicKey(raw: Bytes, where: string): Promise<PublicKey> {
  const plain = raw.slice();
  plain[31] = (plain[31] ?? 0) & 0x7f;
  if (WEAK.has(toHex(plain))) {
    throw new UsageError(`${where} is a key that anybody can sign for`, {
      hint: MAKE,
    });
  }
  const spki = concatBytes(SPKI, raw);
  const key = await crypto.subtle.importKey("spki", spki, "Ed25519", true, [
    "verify",
  ]);
  const digest = await crypto.subtle.digest("SHA-256", spki);
  return {
    keyid: toHex(new Uint8Array(digest)),
    verify: (data, sig) => crypto.subtle.verify("Ed25519", key, sig, data),
  };
}

/** A key's 32 public bytes, and its private half if it is there. */
interface Material {
  readonly raw: Bytes;
  readonly secret?: CryptoKey;
}

async function keyMaterial(text: string, where: string): Promise<Material> {
  if (text.length > MOST_TEXT) {
    throw new UsageError(`${where} is too long for a key`, { hint: MAKE });
  }
  if (text.trimStart().startsWith("{")) return await fromJwk(text, where);
  const { label, der } = fromPem(text, where);
  if (label === "PUBLIC KEY") {
    const raw = der.slice(SPKI.length);
    if (raw.length === 32 && equalBytes(der.subarray(0, SPKI.length), SPKI)) {
      return { raw };
    }
    throw notEd25519(where);
  }
  if (label !== "PRIVATE KEY") {
    throw new UsageError(`${where} is PEM of ${label.toLowerCase()}`, {
      hint: label.startsWith("ENCRYPTED")
        ? "Decrypt it first: openssl pkey -in KEY -out PLAIN"
        : MAKE,
    });
  }
  try {
    const secret = await crypto.subtle.importKey(
      "pkcs8",
      der,
      "Ed25519",
      true,
      [
        "sign",
      ],
    );
    const { x = "" } = await crypto.subtle.exportKey("jwk", secret);
    return { raw: rawOf(x), secret };
  } catch (cause) {
    throw notEd25519(where, cause);
  }
}

function fromPem(text: string, where: string): { label: string; der: Bytes } {
  const blocks = [
    ...text.matchAll(
      /-----BEGIN ([A-Z0-9 ]{1,40})-----([^-]*)-----END \1-----/g,
    ),
  ];
  const [, label = "", body = ""] = blocks[0] ?? [];
  if (blocks.length !== 1) {
    throw new UsageError(
      blocks.length === 0
        ? `${where} is not a key: neither PEM nor JWK`
        : `${where} holds ${blocks.length} keys`,
      { hint: blocks.length === 0 ? MAKE : "Put each key into its own file" },
    );
  }
  try {
    return { label, der: Uint8Array.fromBase64(body) };
  } catch (cause) {
    throw new UsageError(`${where} is damaged PEM`, { cause, hint: MAKE });
  }
}

async function fromJwk(text: string, where: string): Promise<Material> {
  let jwk: unknown;
  try {
    jwk = JSON.parse(text);
  } catch (cause) {
    throw new UsageError(`${where} is neither PEM nor JSON`, {
      cause,
      hint: MAKE,
    });
  }
  const { kty, crv, x, d } = jwk as Record<string, unknown>;
  if (kty !== "OKP" || crv !== "Ed25519" || typeof x !== "string") {
    throw notEd25519(where);
  }
  try {
    const raw = rawOf(x);
    if (d === undefined) return { raw };
    if (typeof d !== "string") throw new TypeError("d is not text");
    const secret = await crypto.subtle.importKey(
      "jwk",
      { kty, crv, x, d },
      "Ed25519",
      false,
      ["sign"],
    );
    return { raw, secret };
  } catch (cause) {
    throw notEd25519(where, cause);
  }
}

/** @throws when it is not 32 bytes of base64url */
function rawOf(x: string): Bytes {
  const raw = Uint8Array.fromBase64(x, { alphabet: "base64url" });
  if (raw.length !== 32) throw new RangeError(`${raw.length} bytes, not 32`);
  return raw;
}

function notEd25519(where: string, cause?: unknown): UsageError {
  return new UsageError(`${where} is not an Ed25519 key`, {
    cause,
    hint: MAKE,
  });
}
