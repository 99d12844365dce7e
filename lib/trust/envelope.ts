/**
 * DSSE envelopes: a payload, its type, and signatures over both.
 *
 * As the protocol says (github.com/secure-systems-lab/dsse, protocol.md and
 * envelope.md, version 1.0): what is signed is not the payload but its PAE,
 * which holds the type too, so a signature for one type is none for another.
 * Members of an envelope that the specification does not name are ignored, as
 * it asks; they are not signed and nothing is taken from them.
 *
 * @module
 */
import { type Bytes, concatBytes } from "../bytes.ts";
import { TrustError } from "../errors.ts";
import { isPlainObject, type PlainData } from "../plain.ts";
import { parseJson } from "./json.ts";

/** The payload type of in-toto statements, the one type this library signs. */
export const IN_TOTO = "application/vnd.in-toto+json";

/** Most signatures an envelope may have: each is held against each trusted key. */
export const MOST_SIGNATURES = 16;

const MOST_TYPE = 256;
const MOST_KEYID = 256;

/** One signature. */
export interface EnvelopeSignature {
  /** What the signer calls its key, or "". A hint that nobody signed: good for messages only. */
  readonly keyid: string;
  /** The signature. */
  readonly sig: Bytes;
}

/** An envelope, decoded and not verified. */
export interface Envelope {
  /** What the payload is. */
  readonly payloadType: string;
  /** The bytes that were signed, with the type. */
  readonly payload: Bytes;
  /** At least one. */
  readonly signatures: readonly EnvelopeSignature[];
}

/** The bytes a signature is over: the protocol's pre-authentication encoding. */
export function pae(payloadType: string, payload: Uint8Array): Bytes {
  const encoder = new TextEncoder();
  const type = encoder.encode(payloadType);
  return concatBytes(
    encoder.encode(`DSSEv1 ${type.length} `),
    type,
    encoder.encode(` ${payload.length} `),
    payload,
  );
}

/** The envelope as JSON, ending with a newline. */
export function envelopeText(envelope: Envelope): string {
  const { payload, payloadType, signatures } = envelope;
  return `${
    JSON.stringify(
      {
        payload: payload.toBase64(),
        payloadType,
        signatures: signatures.map(({ keyid, sig }) => ({
          ...(keyid === "" ? {} : { keyid }),
          sig: sig.toBase64(),
        })),
      },
      undefined,
      2,
    )
  }\n`;
}

/** Whether data looks like an envelope rather than a bare statement. */
export function isEnvelope(data: PlainData): boolean {
  return isPlainObject(data) && Object.hasOwn(data, "payload") &&
    Object.hasOwn(data, "signatures");
}

/**
 * Reads an envelope. Nothing of it is to be believed before it is verified.
 *
 * @param where what it is, for messages: a path or a URL
 * @throws {TrustError} with reason `malformed`
 */
export function readEnvelope(text: string, where: string): Envelope {
  return envelopeOf(parseJson(text, where), where);
}

/** The same from data that is parsed already. @throws {TrustError} */
export function envelopeOf(data: PlainData, where: string): Envelope {
  const bad = (problem: string): TrustError =>
    new TrustError(`${where} is no DSSE envelope: ${problem}`, "malformed", {
      hint: "Make one with `fwctl sign`",
    });
  const text = (value: PlainData | undefined, at: string): string => {
    if (typeof value === "string") return value;
    throw bad(value === undefined ? `${at} is missing` : `${at} is not text`);
  };
  const bytes = (value: PlainData | undefined, at: string): Bytes => {
    const decoded = fromBase64(text(value, at));
    if (decoded) return decoded;
    throw bad(`${at} is not base64`);
  };
  if (!isPlainObject(data)) throw bad("it is not a JSON object");
  const own = (name: string): PlainData | undefined =>
    Object.hasOwn(data, name) ? data[name] : undefined;
  const payloadType = text(own("payloadType"), "payloadType");
  // Half a surrogate pair has no UTF-8: two such types would be signed alike.
  if (payloadType.length > MOST_TYPE || !payloadType.isWellFormed()) {
    throw bad("payloadType is not a type");
  }
  const list = own("signatures");
  if (!Array.isArray(list)) throw bad("signatures is not a list");
  if (list.length === 0) throw bad("it has no signature");
  if (list.length > MOST_SIGNATURES) {
    throw bad(
      `it has ${list.length} signatures; ${MOST_SIGNATURES} are the most`,
    );
  }
  const signatures = list.map((item: PlainData, index) => {
    const at = `signatures[${index}]`;
    if (!isPlainObject(item)) throw bad(`${at} is not an object`);
    const keyid = Object.hasOwn(item, "keyid") && item.keyid !== null
      ? text(item.keyid, `${at}.keyid`)
      : "";
    if (keyid.length > MOST_KEYID) throw bad(`${at}.keyid is too long`);
    const sig = Object.hasOwn(item, "sig") ? item.sig : undefined;
    return { keyid, sig: bytes(sig, `${at}.sig`) };
  });
  return { payloadType, payload: bytes(own("payload"), "payload"), signatures };
}

/** Bytes of either base64 alphabet, not of both mixed, padded or not. */
function fromBase64(text: string): Bytes | undefined {
  const bare = text.replace(/={1,2}$/, "");
  const padded = bare.padEnd(Math.ceil(bare.length / 4) * 4, "=");
  if (text !== bare && text !== padded) return undefined;
  const alphabet = /^[A-Za-z0-9+/]*$/.test(bare)
    ? "base64"
    : /^[A-Za-z0-9_-]*$/.test(bare)
    ? "base64url"
    : undefined;
  if (!alphabet) return undefined;
  try {
    // Strict: bits that belong to no byte must be 0.
    return Uint8Array.fromBase64(padded, {
      alphabet,
      lastChunkHandling: "strict",
    });
  } catch {
    return undefined;
  }
}
