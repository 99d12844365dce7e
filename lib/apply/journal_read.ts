/**
 * Reading a run's journal. The chain is checked line by line; a last line that
 * was cut is what a crash leaves, anything else that does not fit is told as
 * what it is: a file that someone changed.
 *
 * @module
 */
import type { Bytes } from "../bytes.ts";
import { ModelError, PlanError } from "../errors.ts";
import { ObjectReader, refuse } from "../model/reader.ts";
import { isPlainObject, type PlainData } from "../plain.ts";
import { sha256 } from "../plan/digest.ts";
import {
  anything,
  asText,
  choice,
  flag,
  integer,
  list,
  object,
  text,
  textOrNull,
} from "../plan/file_values.ts";
import {
  JOURNAL_VERSION,
  type JournalEvent,
  type JournalRecord,
} from "./journal_types.ts";

/** A journal as it was found. */
export interface JournalText {
  /** The records up to the first that does not fit. */
  readonly records: readonly JournalRecord[];
  /** Whether the last line was cut: the run's process or machine died writing it. */
  readonly cut: boolean;
  /** What does not fit, and in which line (from 1); null when all does. */
  readonly broken: { readonly line: number; readonly why: string } | null;
}

/** Reads the bytes of a journal. Any bytes are fine. */
export function readJournalText(bytes: Bytes): JournalText {
  const lines = splitLines(bytes);
  const last = lines.pop();
  const records: JournalRecord[] = [];
  let prev = "";
  for (const [index, line] of lines.entries()) {
    const broken = (why: string): JournalText => ({
      records,
      cut: false,
      broken: { line: index + 1, why },
    });
    let record: JournalRecord;
    try {
      record = readLine(line);
    } catch (error) {
      if (!(error instanceof ModelError)) throw error;
      return broken(error.message);
    }
    if (record.seq !== index) return broken(`seq is ${record.seq}`);
    if (record.prev !== prev) {
      return broken("prev is not the hash of the line before");
    }
    if ((record.event.type === "begin") !== (index === 0)) {
      return broken("a journal begins once, in its first line");
    }
    if (records.at(-1)?.event.type === "end") {
      return broken("a line follows the end");
    }
    records.push(record);
    prev = sha256(line);
  }
  return { records, cut: last !== undefined && last.length > 0, broken: null };
}

/**
 * The records of a journal that must be whole but for a cut last line.
 *
 * @throws {PlanError} with reason `tampered`
 */
export function journalRecords(
  run: string,
  { records, broken }: JournalText,
): readonly JournalRecord[] {
  if (!broken) return records;
  throw new PlanError(
    `The journal of ${run} was changed: line ${broken.line}: ${broken.why}`,
    "tampered",
    [],
    {
      hint:
        "Nothing in it can be relied on; plan the recipe to see what the devices hold",
    },
  );
}

/** Lines without their newlines; the last is what follows the last newline. */
function splitLines(bytes: Bytes): Bytes[] {
  const lines: Bytes[] = [];
  let start = 0;
  for (;;) {
    const end = bytes.indexOf(0x0a, start);
    if (end < 0) break;
    lines.push(bytes.subarray(start, end));
    start = end + 1;
  }
  lines.push(bytes.subarray(start));
  return lines;
}

function readLine(line: Bytes): JournalRecord {
  let data: PlainData;
  try {
    data = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(line));
  } catch {
    return refuse("it", "is not JSON");
  }
  const reader = new ObjectReader(data, "");
  const place = {
    seq: integer(reader, "seq"),
    prev: text(reader, "prev"),
    time: text(reader, "time"),
  };
  if (Number.isNaN(Date.parse(place.time))) refuse("time", "must be a time");
  const record = { ...place, event: readEvent(reader) };
  reader.end();
  return record;
}

const TYPES = ["begin", "write", "answer", "verified", "end"] as const;

function readEvent(reader: ObjectReader): JournalEvent {
  const type = choice(reader, "type", TYPES);
  if (type === "begin") {
    const version = text(reader, "version");
    if (version.split(".")[0] !== JOURNAL_VERSION.split(".")[0]) {
      refuse("version", `must be "${JOURNAL_VERSION}"`);
    }
    return {
      type,
      version,
      kind: choice(reader, "kind", ["apply", "resume", "undo", "close"]),
      of: textOrNull(reader, "of"),
      owner: object(reader, "owner", (owner) => ({
        pid: integer(owner, "pid"),
        uid: owner.raw("uid") === null ? null : integer(owner, "uid"),
        program: text(owner, "program"),
      })),
      bootId: text(reader, "bootId"),
      plan: anything(reader, "plan"),
    };
  }
  if (type === "end") {
    return {
      type,
      of: textOrNull(reader, "of"),
      outcome: text(reader, "outcome"),
      steps: list(reader, "steps", asText),
      error: objectOrNull(reader, "error"),
    };
  }
  const of = { step: integer(reader, "step"), undo: flag(reader, "undo") };
  if (type === "write") {
    return { type, ...of, request: text(reader, "request") };
  }
  if (type === "answer") {
    return { type, ...of, error: objectOrNull(reader, "error") };
  }
  return { type, ...of, image: textOrNull(reader, "image") };
}

function objectOrNull(reader: ObjectReader, key: string) {
  const value = reader.raw(key);
  if (value !== null && !isPlainObject(value)) {
    refuse(reader.path(key), "must be an object or null");
  }
  return value;
}
