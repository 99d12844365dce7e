/**
 * Redaction of a recording: values that identify a customer are found by the
 * names of files and fields and by their shapes, then each is replaced wherever
 * it stands, in texts and in the bytes of requests and answers. What replaces a
 * value has its length and its form, so that a redacted recording replays.
 *
 * @module
 */
import type { Driver, KnownField } from "../../drivers/driver.ts";
import { kindOfName } from "../bundle/redact_rules.ts";
import type { Bytes } from "../bytes.ts";
import { contentOf, Devices, rpcOf } from "./message.ts";
import { Pseudonyms } from "./pseudonyms.ts";
import {
  type Exchange,
  type IoctlExchange,
  isRefusal,
  type LookExchange,
  type RecordedBuffer,
  type RecordedError,
  type Recording,
} from "./types.ts";
import { trimmed } from "./call.ts";

/** What a redaction goes by. */
export interface RedactRecordingOptions {
  /** Who knows the fields of requests and answers. */
  readonly drivers?: readonly Driver[];
  /** Names of the machine, which nothing tells from words. */
  readonly hosts?: readonly string[];
  /** Texts to replace whatever they are. */
  readonly hide?: readonly string[];
  /** What makes the replacements; random unless given, so that nobody can try values. */
  readonly salt?: string;
}

/** What a reader must know of every redacted recording. */
const ALWAYS =
  "PCI addresses, names of interfaces, programs and virtual machines, paths on the command line, and what only the vendor knows to identify";

/** The same recording with other values. It opens nothing. */
export function redactRecording(
  recording: Recording,
  options: RedactRecordingOptions = {},
): Recording {
  const { drivers = [], hosts = [], hide = [], salt } = options;
  const names = new Pseudonyms(salt ?? crypto.randomUUID());
  for (const host of hosts) names.host(host);
  for (const text of hide) names.hide("text", text);
  const { header, exchanges, end } = recording;
  const devices = new Devices(exchanges, drivers);
  const unknown = new Set<string>();
  const places = new Map<Exchange, Place[]>();
  for (const exchange of exchanges) {
    if (exchange.op === "ioctl") {
      places.set(exchange, findInCall(exchange, names, devices, unknown));
    } else find(exchange, names);
  }
  for (const text of header.command ?? []) names.shapes(text);
  const redacted = exchanges.map((exchange) =>
    exchange.op === "ioctl"
      ? replacedCall(exchange, places.get(exchange) ?? [], names)
      : replaced(exchange, names)
  );
  return {
    header: {
      ...header,
      command: header.command?.map((text) => names.text(text)) ?? null,
      redacted: {
        kinds: names.table(),
        limits: [ALWAYS, ...limitsOf(exchanges, unknown)],
      },
    },
    exchanges: redacted,
    end,
  };
}

function limitsOf(
  exchanges: readonly Exchange[],
  unknown: ReadonlySet<string>,
): string[] {
  const limits = [...unknown].sort().map((device) =>
    `what ${device} was asked and answered where no layout is public: only values found elsewhere are replaced there`
  );
  if (exchanges.some(({ op }) => op === "kernelLog")) {
    limits.push(
      "the kernel log: all its lines are in the recording; addresses and names were replaced by their shapes alone",
    );
  }
  return limits;
}

/** Where a buffer holds a value that may be too plain to be found again elsewhere. */
interface Place {
  readonly buffer: number;
  readonly when: "before" | "after";
  readonly offset: number;
  readonly length: number;
}

function find(
  exchange: Exclude<Exchange, IoctlExchange>,
  names: Pseudonyms,
): void {
  switch (exchange.op) {
    case "close":
    case "exists":
      return;
    case "open":
      return names.shapes(exchange.path);
    case "kernelLog":
      if (isRefusal(exchange.got)) return;
      for (const line of exchange.got) names.shapes(line, true);
      return;
    default:
      names.shapes(exchange.path);
      findInLook(exchange, names);
  }
}

function findInLook(
  exchange: Exclude<LookExchange, { op: "kernelLog" | "exists" }>,
  names: Pseudonyms,
): void {
  const { op, path, got } = exchange;
  if (isRefusal(got)) return names.shapes(got.message);
  if (op === "list") { for (const name of got as string[]) names.shapes(name); }
  else if (op === "readLink") names.shapes(String(got));
  else if (op === "readFile") {
    const text = new TextDecoder().decode(got as Bytes);
    const kind = kindOfName(path.slice(path.lastIndexOf("/") + 1));
    if (kind) names.hide(kind, text.trim());
    names.shapes(text);
  }
}

/** Fields by their names, and what looks like a VUID anywhere. */
function findInCall(
  call: IoctlExchange,
  names: Pseudonyms,
  devices: Devices,
  unknown: Set<string>,
): Place[] {
  const places: Place[] = [];
  for (const buffer of call.buffers) {
    for (const when of ["before", "after"] as const) {
      names.vuids(latin1(contentOf(buffer, when)));
    }
  }
  const rpc = rpcOf(call);
  if (!rpc) return places;
  const path = devices.path(call.node);
  const driver = devices.driver(path);
  const fields = driver?.knownFields?.(rpc.request, rpc.response);
  if (!fields) {
    unknown.add(path.slice(path.lastIndexOf("/") + 1));
    return places;
  }
  for (const field of fields) {
    const { name, in: where, text } = field;
    const kind = kindOfName(name);
    if (!kind || kind === "bytes") continue;
    const { offset, length } = addressOf(field, rpc[where]);
    const bytes = rpc[where].subarray(offset, offset + length);
    if (text) {
      names.hide(kind, latin1(bytes).replace(/[\0 ]+$/, ""));
      continue;
    }
    names.hideBytes(kind, bytes);
    places.push({
      buffer: where === "request" ? rpc.requestBuffer : rpc.responseBuffer,
      when: where === "request" ? "before" : "after",
      offset,
      length,
    });
  }
  return places;
}

/** A MAC in a field of eight bytes has the last six. */
function addressOf(
  { offset, length }: KnownField,
  bytes: Bytes,
): { readonly offset: number; readonly length: number } {
  const short = length === 8 && bytes[offset] === 0 && bytes[offset + 1] === 0;
  return short ? { offset: offset + 2, length: 6 } : { offset, length };
}

function replaced(
  exchange: Exclude<Exchange, IoctlExchange>,
  names: Pseudonyms,
): Exchange {
  const text = (text: string): string => names.text(text);
  const refusal = (error: RecordedError): RecordedError => ({
    ...error,
    message: text(error.message),
    ...(error.hint === undefined ? {} : { hint: text(error.hint) }),
  });
  switch (exchange.op) {
    case "close":
      return exchange;
    case "kernelLog":
      return {
        ...exchange,
        got: isRefusal(exchange.got)
          ? refusal(exchange.got)
          : exchange.got.map(text),
      };
    case "readFile":
      return {
        ...exchange,
        path: text(exchange.path),
        got: isRefusal(exchange.got)
          ? refusal(exchange.got)
          : names.bytes(exchange.got),
      };
    case "list":
      return {
        ...exchange,
        path: text(exchange.path),
        got: isRefusal(exchange.got)
          ? refusal(exchange.got)
          : exchange.got.map(text).sort(),
      };
    case "readLink":
    case "instance":
      return {
        ...exchange,
        path: text(exchange.path),
        got: typeof exchange.got === "string"
          ? text(exchange.got)
          : refusal(exchange.got),
      };
    default:
      return {
        ...exchange,
        path: text(exchange.path),
        ...(isRefusal(exchange.got) ? { got: refusal(exchange.got) } : {}),
      } as Exchange;
  }
}

function replacedCall(
  call: IoctlExchange,
  places: readonly Place[],
  names: Pseudonyms,
): IoctlExchange {
  const content = (
    buffer: RecordedBuffer,
    index: number,
    when: "before" | "after",
  ): Bytes => {
    const bytes = contentOf(buffer, when);
    const out = names.bytes(bytes);
    for (const place of places) {
      if (place.buffer !== index || place.when !== when) continue;
      const end = place.offset + place.length;
      const instead = names.instead(bytes.subarray(place.offset, end));
      if (instead && end <= out.length) out.set(instead, place.offset);
    }
    // A value at the end of a buffer may end with zeros, which are not kept.
    return trimmed(out);
  };
  return {
    ...call,
    buffers: call.buffers.map((buffer, index) => ({
      length: buffer.length,
      before: content(buffer, index, "before"),
      ...(buffer.after ? { after: content(buffer, index, "after") } : {}),
    })),
  };
}

/** Bytes as characters of the same numbers. */
function latin1(bytes: Bytes): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) {
    text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  }
  return text;
}
