/**
 * Signatures on recipes and plan files.
 *
 * The statement's one subject is the file by its sha256; the predicate
 * ({@linkcode SIGNED_FILE}) says what it is, and until when the signature
 * counts: `{ "kind": "recipe" | "plan", "name", "created"?, "expires"? }`.
 * A signature on a recipe is none on a plan.
 *
 * @module
 */
import type { Bytes } from "../bytes.ts";
import { isFwctlError, PolicyError, TrustError } from "../errors.ts";
import { envelopeText, readEnvelope } from "./envelope.ts";
import type { Signer } from "./keys.ts";
import { momentIn, strictly } from "./reading.ts";
import { sha256 } from "./statement.ts";
import { momentText } from "./time.ts";
import type { Trust, TrustedKey } from "./trust.ts";
import { signStatement, verifyStatement } from "./verify.ts";

/** Predicate type of a signed file. */
export const SIGNED_FILE = "urn:fwctl-deno:signed-file:v1";

/** What is put behind the name of a file, or the path of a URL, for its signature. */
export const SIGNATURE_SUFFIX = ".dsse.json";

/** What a file can be signed as. */
export type FileKind = "recipe" | "plan";

/** What is said of a file. */
export interface FileClaim {
  /** What it is. */
  readonly kind: FileKind;
  /** Its name, for people. */
  readonly name: string;
  /** When it was signed, if that is to be said. */
  readonly created?: Date | undefined;
  /** The last moment the signature counts; for ever when absent. */
  readonly expires?: Date | undefined;
}

/** Signs a file: the text of the envelope. Without `created` it is the same each time. */
export async function signFile(
  bytes: Bytes,
  { kind, name, created, expires }: FileClaim,
  signer: Signer,
): Promise<string> {
  const envelope = await signStatement({
    subjects: [{ name, sha256: await sha256(bytes) }],
    predicateType: SIGNED_FILE,
    predicate: {
      kind,
      name,
      ...(created ? { created: momentText(created) } : {}),
      ...(expires ? { expires: momentText(expires) } : {}),
    },
  }, signer);
  return envelopeText(envelope);
}

/** A file and the signature that is to be on it. */
export interface SignedSource {
  /** What it is to be. */
  readonly kind: FileKind;
  /** The file or URL, for messages. */
  readonly name: string;
  /** The text of its envelope; undefined when there is none. */
  readonly signature: string | undefined;
  /** Where the envelope is, or was looked for. */
  readonly signatureAt: string;
}

/** What a signature that holds tells. */
export interface SignedBy {
  /** Who signed; at least one. */
  readonly by: readonly TrustedKey[];
  /** The last moment it counts; null for ever. */
  readonly expires: Date | null;
}

/**
 * Holds a file against the signature on it.
 *
 * @throws {TrustError} that says what is wrong
 */
export async function verifyFile(
  bytes: Bytes,
  source: SignedSource,
  trust: Trust,
  now: Date,
): Promise<SignedBy> {
  const { kind, name, signature, signatureAt: where } = source;
  if (signature === undefined) {
    throw new TrustError(
      `${name} is not signed: there is no ${where}`,
      "missing",
      {
        hint:
          "Get its signature and put it there, or sign it with `fwctl sign` and a key that is trusted",
      },
    );
  }
  const { statement, by } = await verifyStatement(
    readEnvelope(signature, where),
    trust,
    kind,
    now,
    where,
  );
  const malformed = (message: string, hint?: string): TrustError =>
    new TrustError(`${where}: ${message}`, "malformed", {
      hint: hint ?? "Sign the file with `fwctl sign`",
    });
  if (statement.predicateType !== SIGNED_FILE) {
    throw new TrustError(
      `${where} is a statement of another kind: ${
        JSON.stringify(statement.predicateType)
      }`,
      "mismatch",
      { hint: `Sign the ${kind} itself with \`fwctl sign\`` },
    );
  }
  const claim = strictly(statement.predicate, malformed, (reader) => ({
    kind: reader.choice("kind", ["recipe", "plan"] as const),
    name: reader.text("name"),
    created: momentIn(reader, "created", malformed),
    expires: momentIn(reader, "expires", malformed),
  }));
  if (claim.kind !== kind) {
    throw new TrustError(
      `${where} is a signature on a ${claim.kind ?? "file"}, not on a ${kind}`,
      "mismatch",
      { hint: `Sign the ${kind} itself` },
    );
  }
  const digest = await sha256(bytes);
  if (!statement.subjects.some((subject) => subject.sha256 === digest)) {
    const [signed] = statement.subjects;
    throw new TrustError(
      `${name} is not what was signed: its sha256 is ${digest}, the signature is on ${
        signed?.sha256 ?? "nothing"
      }`,
      "mismatch",
      {
        hint: "It was changed after it was signed; look at it, then sign again",
      },
    );
  }
  const { expires } = claim;
  if (expires && now > expires) {
    throw new TrustError(
      `The signature ${where} counts until ${momentText(expires)} only (now ${
        momentText(now)
      })`,
      "expired",
      { hint: "Sign the file again" },
    );
  }
  return { by, expires };
}

/**
 * The same as a rule of policy: what must be signed and is not, is refused.
 *
 * @throws {PolicyError} naming the rule `require-signed`; its cause is the `TrustError`
 */
export async function requireSigned(
  bytes: Bytes,
  source: SignedSource,
  trust: Trust,
  now: Date,
): Promise<SignedBy> {
  try {
    return await verifyFile(bytes, source, trust, now);
  } catch (cause) {
    if (!isFwctlError(cause) || cause.code !== "TrustError") throw cause;
    const message = `${cause.message} (rule: require-signed)`;
    throw new PolicyError(message, [message], {
      cause,
      ...(cause.hint === undefined ? {} : { hint: cause.hint }),
    });
  }
}
