/**
 * Recordings as text: what is written, one JSON object a line.
 *
 * @module
 */
import { createHash, type Hash } from "node:crypto";
import { type Bytes, toHex } from "../bytes.ts";
import type { PlainData, PlainObject } from "../plain.ts";
import {
  type Exchange,
  type IoctlExchange,
  isRefusal,
  MOST_BYTES,
  MOST_LINES,
  type Recording,
  RECORDING_FORMAT,
  type RecordingEnd,
  type RecordingHeader,
} from "./types.ts";

/** Where lines go. What it throws ends the recording, never the command. */
export interface RecordingSink {
  /** One line with its newline, to be kept at once. */
  write(line: string): void;
}

/** The digest over the lines before the end. */
export function newDigest(): Hash {
  return createHash("sha256");
}

/** The header as data. */
export function headerData(header: RecordingHeader): PlainObject {
  const { host, can, tool, command, started, redacted } = header;
  return {
    recording: RECORDING_FORMAT,
    tool,
    host,
    can,
    command,
    started,
    redacted: redacted && {
      kinds: redacted.kinds.map((each) => ({ ...each })),
      limits: redacted.limits,
    },
  };
}

/** An exchange as data. */
export function exchangeData(exchange: Exchange): PlainObject {
  const { op, t } = exchange;
  switch (exchange.op) {
    case "ioctl":
      return ioctlData(exchange);
    case "close":
      return { op, t, node: exchange.node };
    case "open":
      return {
        op,
        t,
        path: exchange.path,
        ...(isRefusal(exchange.got)
          ? { error: { ...exchange.got } }
          : { node: exchange.got }),
      };
    case "kernelLog":
      return { op, t, ...answer(exchange.got, (got) => [...got]) };
    case "readFile":
      return {
        op,
        t,
        path: exchange.path,
        ...(exchange.limit === null ? {} : { limit: exchange.limit }),
        ...(isRefusal(exchange.got)
          ? { error: { ...exchange.got } }
          : content(exchange.got)),
      };
    case "stat":
      return {
        op,
        t,
        path: exchange.path,
        ...answer(exchange.got, (got) => ({ ...got })),
      };
    default:
      return {
        op,
        t,
        path: exchange.path,
        ...answer(
          exchange.got,
          (got) => typeof got === "object" ? [...got] : got,
        ),
      };
  }
}

function answer<T extends Exclude<Exchange, { op: "ioctl" | "close" }>["got"]>(
  got: T,
  data: (got: Exclude<T, { errno: number }>) => PlainData,
): PlainObject {
  return isRefusal(got)
    ? { error: { ...got } }
    : { got: data(got as Exclude<T, { errno: number }>) };
}

/** Text where it is some and comes back the same, for people; hex digits else. */
function content(bytes: Bytes): PlainObject {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
      .decode(bytes);
    return { text };
  } catch {
    return { hex: toHex(bytes) };
  }
}

function ioctlData(call: IoctlExchange): PlainObject {
  return {
    op: call.op,
    t: call.t,
    us: call.us,
    node: call.node,
    cmd: call.cmd,
    value: call.value,
    arg: toHex(call.arg),
    ...(call.argAfter ? { argAfter: toHex(call.argAfter) } : {}),
    pointers: call.pointers.map(({ holder, at, buffer }) => ({
      holder,
      at,
      buffer,
    })),
    buffers: call.buffers.map(({ length, before, after }) => ({
      length,
      before: toHex(before),
      ...(after ? { after: toHex(after) } : {}),
    })),
  };
}

/** Writes a recording line by line and keeps count. Nothing it does throws. */
export class LineWriter {
  readonly #sink: RecordingSink;
  readonly #digest = newDigest();
  #bytes = 0;
  #exchanges = 0;
  #requests = 0;
  #cut: string | null = null;
  #broken = false;

  /** Writes nothing yet. */
  constructor(sink: RecordingSink) {
    this.#sink = sink;
  }

  /** Exchanges written. */
  get exchanges(): number {
    return this.#exchanges;
  }

  /** Requests to devices among them. */
  get requests(): number {
    return this.#requests;
  }

  /** Why there is less than what happened; null when all is there. */
  get cut(): string | null {
    return this.#cut;
  }

  /** The first line. */
  header(header: RecordingHeader): void {
    this.#write(headerData(header));
  }

  /** The next line. */
  exchange(exchange: Exchange): void {
    if (this.#cut !== null) return;
    if (this.#exchanges + 2 >= MOST_LINES) this.#cut = "too many lines";
    else if (this.#write(exchangeData(exchange))) {
      this.#exchanges++;
      if (exchange.op === "ioctl") this.#requests++;
    }
  }

  /** The last line. `why` the recording holds less, where it is not its own doing. */
  end(exit: number | null, why: string | null = null): RecordingEnd {
    const cut = this.#cut ?? why;
    const end = { exchanges: this.#exchanges, exit, cut };
    if (this.#broken) return end;
    try {
      this.#sink.write(endLine(end, this.#digest.digest("hex")));
    } catch (error) {
      this.#fail(error);
    }
    return { ...end, cut: this.#cut ?? why };
  }

  #write(data: PlainObject): boolean {
    if (this.#broken) return false;
    const line = `${JSON.stringify(data)}\n`;
    const bytes = new TextEncoder().encode(line);
    // Room is left for the end.
    if (this.#bytes + bytes.length > MOST_BYTES - 4096) {
      this.#cut = `more than ${MOST_BYTES >> 20} MiB`;
      return false;
    }
    try {
      this.#sink.write(line);
    } catch (error) {
      this.#fail(error);
      return false;
    }
    this.#bytes += bytes.length;
    this.#digest.update(bytes);
    return true;
  }

  #fail(error: unknown): void {
    this.#broken = true;
    this.#cut = error instanceof Error ? error.message : String(error);
  }
}

/** The last line of a recording. */
export function endLine(end: RecordingEnd, digest: string): string {
  const { exchanges, exit, cut } = end;
  const data = { end: { exchanges, exit, cut }, digest: `sha256:${digest}` };
  return `${JSON.stringify(data)}\n`;
}

/** Writes a whole recording; its end is made anew. What the sink throws passes. */
export function writeRecording(
  { header, exchanges, end }: Recording,
  sink: RecordingSink,
): void {
  const digest = newDigest();
  const put = (data: PlainObject): void => {
    const line = `${JSON.stringify(data)}\n`;
    digest.update(line);
    sink.write(line);
  };
  put(headerData(header));
  for (const exchange of exchanges) put(exchangeData(exchange));
  const { exit = null, cut = null } = end ?? {};
  sink.write(
    endLine({ exchanges: exchanges.length, exit, cut }, digest.digest("hex")),
  );
}
