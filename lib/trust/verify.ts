/**
 * Signing statements, and verifying who signed them.
 *
 * @module
 */
import { TrustError } from "../errors.ts";
import type { PlainData } from "../plain.ts";
import { type Envelope, IN_TOTO, pae } from "./envelope.ts";
import { parseJson } from "./json.ts";
import type { PublicKey, Signer } from "./keys.ts";
import { type Statement, statementBytes, statementOf } from "./statement.ts";
import { momentText } from "./time.ts";
import type { SignedKind, Trust, TrustedKey } from "./trust.ts";

/** Signs a statement. The same statement and key give the same envelope. */
export async function signStatement(
  statement: Statement,
  signer: Signer,
): Promise<Envelope> {
  const payload = statementBytes(statement);
  const sig = await signer.sign(pae(IN_TOTO, payload));
  return {
    payloadType: IN_TOTO,
    payload,
    signatures: [{ keyid: signer.key.keyid, sig }],
  };
}

/**
 * Which of `keys` signed an envelope, each once however often it signed. Every
 * key is held against every signature: a key id is a hint nobody signed, and
 * neither lets a signature in nor keeps one out.
 */
export async function signersOf<T extends { readonly key: PublicKey }>(
  envelope: Envelope,
  keys: readonly T[],
): Promise<T[]> {
  const data = pae(envelope.payloadType, envelope.payload);
  const accepted: T[] = [];
  for (const one of keys) {
    for (const { sig } of envelope.signatures) {
      if (!await one.key.verify(data, sig)) continue;
      accepted.push(one);
      break;
    }
  }
  return accepted;
}

/** A statement somebody trusted has signed. */
export interface VerifiedStatement {
  /** What was signed. */
  readonly statement: Statement;
  /** Who signed it; at least one. */
  readonly by: readonly TrustedKey[];
}

/**
 * The statement in an envelope, when a trusted key signed it.
 *
 * @param kind what the signature is to be good for
 * @param where the envelope, for messages
 * @throws {TrustError} that says what is wrong: signature, key, expiry, scope or payload
 */
export async function verifyStatement(
  envelope: Envelope,
  trust: Trust,
  kind: SignedKind,
  now: Date,
  where: string,
): Promise<VerifiedStatement> {
  const known = await signersOf(envelope, trust);
  if (known.length === 0) throw nobodyKnown(envelope, trust, where);
  const fitting = known.filter(({ scopes }) => scopes.includes(kind));
  const [first] = known;
  if (fitting.length === 0 && first) {
    throw new TrustError(
      `${where} is signed by ${first.name}, whose key is not trusted for a signature on ${
        article(kind)
      } (only for ${first.scopes.join(", ")})`,
      "not-allowed",
      { hint: `Add "${kind}" to scopes of ${first.name} in ${first.source}` },
    );
  }
  const by = fitting.filter(({ notAfter }) => !notAfter || now <= notAfter);
  const late = fitting[0];
  if (by.length === 0 && late?.notAfter) {
    throw new TrustError(
      `${where} is signed by ${late.name}, whose key is trusted until ${
        momentText(late.notAfter)
      } only (now ${momentText(now)})`,
      "expired",
      {
        hint:
          `Have it signed with a key that is trusted now, or raise notAfter in ${late.source}`,
      },
    );
  }
  if (envelope.payloadType !== IN_TOTO) {
    throw new TrustError(
      `${where} has a payload of type ${
        JSON.stringify(envelope.payloadType)
      }, not ${IN_TOTO}`,
      "malformed",
      { hint: "It was signed by another tool, for something else" },
    );
  }
  return { statement: statementOf(payloadData(envelope, where), where), by };
}

/** The payload's JSON. @throws {TrustError} */
export function payloadData(envelope: Envelope, where: string): PlainData {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(envelope.payload);
  } catch (cause) {
    throw new TrustError(`The payload of ${where} is not UTF-8`, "malformed", {
      cause,
      hint: "Is it the right file?",
    });
  }
  return parseJson(text, `The payload of ${where}`);
}

function nobodyKnown(
  { signatures }: Envelope,
  trust: Trust,
  where: string,
): TrustError {
  const ids = new Set(signatures.map(({ keyid }) => keyid));
  const named = trust.find(({ key }) => ids.has(key.keyid));
  if (named) {
    return new TrustError(
      `${where} names the key of ${named.name}, but its signature does not verify: it was changed after it was signed, or ${named.name} never signed it`,
      "bad-signature",
      { hint: "Get the file and its signature again from where they came" },
    );
  }
  const shown = [...ids].map((id) => id === "" ? "no key id" : id.slice(0, 16));
  return new TrustError(
    `${where} is signed by no trusted key (it names ${
      shown.join(", ")
    }; trusted: ${
      trust.slice(0, 8).map(({ name, key }) =>
        `${name} ${key.keyid.slice(0, 16)}`
      ).join(", ")
    }${trust.length > 8 ? ", …" : ""})`,
    "unknown-key",
    { hint: "Add the signer's public key to the trust file, if you trust it" },
  );
}

function article(kind: SignedKind): string {
  return kind === "attestation" ? "an attestation" : `a ${kind}`;
}
