/**
 * in-toto statements: what is said (the predicate) about what (the subjects,
 * by their sha256).
 *
 * As version 1 of the specification says (github.com/in-toto/attestation,
 * spec/v1/statement.md): subjects are matched by digest alone, and members the
 * specification does not name are ignored.
 *
 * @module
 */
import { type Bytes, toHex } from "../bytes.ts";
import { TrustError } from "../errors.ts";
import { isPlainObject, type PlainData, type PlainObject } from "../plain.ts";
import { canonicalJson } from "./json.ts";

/** What every statement of this version is. */
export const STATEMENT_TYPE = "https://in-toto.io/Statement/v1";

const MOST_SUBJECTS = 8192;

/** What a statement is about. */
export interface Subject {
  /** For people, and for nothing else. */
  readonly name: string;
  /** sha256 of its bytes, hex. */
  readonly sha256: string;
}

/** A statement. */
export interface Statement {
  /** At least one. */
  readonly subjects: readonly Subject[];
  /** A URI that says what the predicate is. */
  readonly predicateType: string;
  /** What is said. */
  readonly predicate: PlainObject;
}

/** The sha256 of some bytes, hex. */
export async function sha256(bytes: Bytes): Promise<string> {
  return toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
}

/** The statement as the specification writes it. */
export function statementData(statement: Statement): PlainObject {
  return {
    _type: STATEMENT_TYPE,
    subject: statement.subjects.map(({ name, sha256 }) => ({
      name,
      digest: { sha256 },
    })),
    predicateType: statement.predicateType,
    predicate: statement.predicate,
  };
}

/** The bytes to sign: canonical JSON. */
export function statementBytes(statement: Statement): Bytes {
  return new TextEncoder().encode(canonicalJson(statementData(statement)));
}

/**
 * Reads a statement.
 *
 * @param where what it is in, for messages
 * @throws {TrustError} with reason `malformed`
 */
export function statementOf(data: PlainData, where: string): Statement {
  const bad = (problem: string): TrustError =>
    new TrustError(
      `${where} is no in-toto statement: ${problem}`,
      "malformed",
      { hint: "Make one with `fwctl sign` or `fwctl attest`" },
    );
  if (!isPlainObject(data)) throw bad("it is not a JSON object");
  const own = (name: string): PlainData | undefined =>
    Object.hasOwn(data, name) ? data[name] : undefined;
  if (own("_type") !== STATEMENT_TYPE) {
    throw bad(`_type is not ${STATEMENT_TYPE}`);
  }
  const predicateType = own("predicateType");
  if (typeof predicateType !== "string" || predicateType.length > 1024) {
    throw bad("predicateType is not a URI");
  }
  const predicate = own("predicate") ?? {};
  if (!isPlainObject(predicate)) throw bad("predicate is not an object");
  const list = own("subject");
  if (!Array.isArray(list)) throw bad("subject is not a list");
  if (list.length === 0 || list.length > MOST_SUBJECTS) {
    throw bad(`it has ${list.length} subjects`);
  }
  const subjects = list.map((item: PlainData, index): Subject => {
    const at = `subject[${index}]`;
    if (!isPlainObject(item)) throw bad(`${at} is not an object`);
    const name = Object.hasOwn(item, "name") ? item.name : "";
    const digest = Object.hasOwn(item, "digest") ? item.digest : undefined;
    if (typeof name !== "string" || name.length > 4096) {
      throw bad(`${at}.name is not a name`);
    }
    const sha256 = isPlainObject(digest) && Object.hasOwn(digest, "sha256")
      ? digest.sha256
      : undefined;
    if (typeof sha256 !== "string" || !/^[0-9a-f]{64}$/.test(sha256)) {
      throw bad(`${at}.digest.sha256 is not 64 hex digits in lower case`);
    }
    return { name, sha256 };
  });
  return { subjects, predicateType, predicate };
}
