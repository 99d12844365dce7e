/**
 * Reading a recording. It may come from anybody: every value is checked, and a
 * file that is cut or changed is refused.
 *
 * @module
 */
import { ModelError, RecordingError } from "../errors.ts";
import { ObjectReader, refuse } from "../model/reader.ts";
import { isPlainObject, type PlainData } from "../plain.ts";
import { newDigest } from "./line.ts";
import { isEnd, readExchange } from "./read_exchange.ts";
import {
  integer,
  missing,
  object,
  objectOrNull,
  objects,
  text,
  textOrNull,
  texts,
} from "./read_values.ts";
import {
  type Exchange,
  HOST_ABILITIES,
  MOST_BYTES,
  MOST_LINES,
  type Recording,
  RECORDING_FORMAT,
  type RecordingEnd,
  type RecordingHeader,
} from "./types.ts";

/** How a recording is read. */
export interface ReadRecordingOptions {
  /**
   * Take also a file without its end, as a killed command leaves it; a last
   * line that was not written whole is left out.
   */
  readonly cut?: boolean;
}

/**
 * Reads the text of a recording.
 *
 * @param source what the file is called, for messages
 * @throws {RecordingError} with reason `malformed`, `unsupported`, `tampered`, or `cut`
 */
export function readRecording(
  content: string,
  source: string,
  { cut = false }: ReadRecordingOptions = {},
): Recording {
  if (content.length > MOST_BYTES) {
    throw malformed(source, `is longer than ${MOST_BYTES >> 20} MiB`);
  }
  const lines = content.split("\n", MOST_LINES + 2);
  // Every line ends with a newline: what follows the last one is a piece of one.
  const piece = lines.pop() ?? "";
  if (lines.length > MOST_LINES) {
    throw malformed(source, `has more than ${MOST_LINES} lines`);
  }
  if (piece !== "" && lines.length === 0) parsed(piece, source, 1);
  const [first] = lines;
  if (first === undefined) throw malformed(source, "holds no recording");
  const header = checked(
    source,
    () => readHeader(parsed(first, source, 1), source),
  );
  const last = lines.length > 1 && piece === ""
    ? endOf(lines.at(-1) ?? "", source, lines.length)
    : undefined;
  if (last === undefined && !cut) throw cutShort(source);
  const body = last === undefined ? lines.slice(1) : lines.slice(1, -1);
  if (last !== undefined) {
    const digest = newDigest();
    for (const line of lines.slice(0, -1)) digest.update(`${line}\n`);
    const is = `sha256:${digest.digest("hex")}`;
    if (last.digest !== is) {
      throw new RecordingError(
        `${source} was changed after it was written: its digest does not fit`,
        "tampered",
        { hint: "Record again, or get the file again" },
      );
    }
  }
  const exchanges = checked(source, () => {
    const all = body.map((line, index) =>
      readExchange(parsed(line, source, index + 2), `line ${index + 2}`)
    );
    checkNodes(all);
    if (last && last.end.exchanges !== all.length) {
      refuse("end.exchanges", `is not ${all.length}`);
    }
    return all;
  });
  return { header, exchanges, end: last?.end ?? null };
}

/** Every node that is spoken to was opened before, and once. */
function checkNodes(exchanges: readonly Exchange[]): void {
  const open = new Set<number>();
  exchanges.forEach((exchange, index) => {
    const at = `line ${index + 2}.node`;
    if (exchange.op === "open" && typeof exchange.got === "number") {
      if (open.has(exchange.got)) refuse(at, "is the number of another node");
      open.add(exchange.got);
    } else if (exchange.op === "ioctl" || exchange.op === "close") {
      if (!open.has(exchange.node)) refuse(at, "was never opened");
    }
  });
}

function readHeader(data: PlainData, source: string): RecordingHeader {
  if (!isPlainObject(data) || typeof data.recording !== "string") {
    throw malformed(source, "is no recording");
  }
  if (data.recording !== RECORDING_FORMAT) {
    throw new RecordingError(
      `${source} is a recording of form ${
        JSON.stringify(data.recording.slice(0, 40))
      }; this version reads ${RECORDING_FORMAT}`,
      "unsupported",
      { hint: "Use the version of fwctl that made it, or record again" },
    );
  }
  const reader = new ObjectReader(data, "line 1");
  reader.raw("recording");
  const header: RecordingHeader = {
    host: reader.choice("host", ["linux", "model"]) ?? missing(reader, "host"),
    can: texts(reader, "can", HOST_ABILITIES.length).map((name) =>
      HOST_ABILITIES.find((known) => known === name) ??
        refuse(reader.path("can"), "names what no machine can")
    ),
    tool: text(reader, "tool"),
    command: reader.raw("command") === null
      ? null
      : texts(reader, "command", 10_000),
    started: textOrNull(reader, "started"),
    redacted: objectOrNull(reader, "redacted", (member) => ({
      kinds: objects(member, "kinds", 100, (item) => ({
        kind: text(item, "kind"),
        values: integer(item, "values"),
        places: integer(item, "places"),
      })),
      limits: texts(member, "limits", 100),
    })),
  };
  reader.end();
  return header;
}

interface End {
  readonly end: RecordingEnd;
  readonly digest: string;
}

/** The end, if that is what the line is. */
function endOf(line: string, source: string, number: number): End | undefined {
  const data = parsed(line, source, number);
  if (!isEnd(data)) return undefined;
  return checked(source, () => {
    const reader = new ObjectReader(data, `line ${number}`);
    const end = object(reader, "end", (member): RecordingEnd => ({
      exchanges: integer(member, "exchanges", { max: MOST_LINES }),
      exit: member.raw("exit") === null
        ? null
        : integer(member, "exit", { max: 255 }),
      cut: textOrNull(member, "cut"),
    }));
    const digest = text(reader, "digest");
    reader.end();
    return { end, digest };
  });
}

function parsed(line: string, source: string, number: number): PlainData {
  try {
    return JSON.parse(line);
  } catch (cause) {
    if (number === 1) throw malformed(source, "is no recording", cause);
    throw new RecordingError(
      `${source}: line ${number} is no JSON: the file was cut or changed`,
      "tampered",
      { cause, hint: "Record again, or get the file again" },
    );
  }
}

function checked<T>(source: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    // What is nested without end breaks the stack when it is shown.
    if (error instanceof RangeError) throw malformed(source, "is no recording");
    if (!(error instanceof ModelError)) throw error;
    throw new RecordingError(`${source}: ${error.message}`, "malformed", {
      cause: error,
      hint: error.hint ?? "Record again, or get the file again",
    });
  }
}

function malformed(
  source: string,
  how: string,
  cause?: unknown,
): RecordingError {
  return new RecordingError(`${source} ${how}`, "malformed", {
    cause,
    hint: "Make one: fwctl record FILE -- COMMAND",
  });
}

function cutShort(source: string): RecordingError {
  return new RecordingError(
    `${source} has no end: the command was killed, or the file is not whole`,
    "cut",
    {
      hint:
        `fwctl record show ${source} shows what is there; fwctl record close ${source} puts an end to it`,
    },
  );
}
