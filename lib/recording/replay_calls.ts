/**
 * Answers to opens and ioctls: in the recorded order, or by what is asked.
 *
 * @module
 */
import type { Driver } from "../../drivers/driver.ts";
import { type Bytes, toHex } from "../bytes.ts";
import { RecordingError } from "../errors.ts";
import { keyOf } from "./call.ts";
import { contentOf, Devices, nameOf, rpcOf } from "./message.ts";
import type { IoctlExchange, OpenExchange, Recording } from "./types.ts";

/** Who answers. */
export interface Answers {
  /** An open. @throws `RecordingError` */
  open(path: string): OpenExchange;
  /** An ioctl on a node of that path. @throws `RecordingError` */
  ioctl(path: string, asked: IoctlExchange): IoctlExchange;
  /** The first call that differed from what was recorded. */
  failure(): RecordingError | undefined;
  /** @throws `RecordingError` when it was not what was recorded */
  finish(): void;
}

/** A call and the line it stands in. */
interface Line<T> {
  readonly exchange: T;
  readonly line: number;
}

type Call = Line<OpenExchange | IoctlExchange>;

const ANY_ORDER =
  "--replay-mode lookup answers by what is asked, in any order; or record this command";
const RECORD = "Record this command too: fwctl record FILE -- COMMAND";

/** For each device the same calls in the same order. */
export function strictAnswers(
  recording: Recording,
  source: string,
  drivers: readonly Driver[],
): Answers {
  const { exchanges, end } = recording;
  const devices = new Devices(exchanges, drivers);
  const queues = byPath(recording, devices);
  let failure: RecordingError | undefined;
  const fail = (
    path: string,
    asked: string,
    next: Call | undefined,
    difference = "",
  ): RecordingError => {
    const place = next ? `line ${next.line}` : "its end";
    const has = next
      ? `${source} has ${shown(next.exchange, path, devices)} at ${place}`
      : `${source} has no more calls of it${
        end?.cut ? `: it was cut (${end.cut})` : ""
      }`;
    return failure = new RecordingError(
      `The replay differs on ${path}: the command asks ${asked}, ${has}${difference}`,
      "differs",
      { hint: ANY_ORDER, device: deviceName(path) },
    );
  };
  return {
    open(path) {
      if (failure) throw failure;
      const queue = queues.get(path);
      const next = queue?.at(-1);
      if (next?.exchange.op !== "open") throw fail(path, "open", next);
      queue?.pop();
      return next.exchange;
    },
    ioctl(path, asked) {
      if (failure) throw failure;
      const queue = queues.get(path);
      const next = queue?.at(-1);
      const exchange = next?.exchange;
      if (exchange?.op !== "ioctl" || keyOf(exchange) !== keyOf(asked)) {
        const both = exchange?.op === "ioctl"
          ? differenceOf(asked, exchange)
          : "";
        throw fail(path, shown(asked, path, devices), next, both);
      }
      queue?.pop();
      return exchange;
    },
    failure: () => failure,
    finish() {
      if (failure) throw failure;
      for (const [path, queue] of queues) {
        const next = queue.at(-1);
        if (next) {
          throw new RecordingError(
            `The replay differs on ${path}: the command ended, ${source} goes on with ${
              shown(next.exchange, path, devices)
            } at line ${next.line}`,
            "differs",
            { hint: ANY_ORDER, device: deviceName(path) },
          );
        }
      }
    },
  };
}

/** By what is asked, in any order. */
export function lookupAnswers(
  { exchanges }: Recording,
  source: string,
  drivers: readonly Driver[],
): Answers {
  const devices = new Devices(exchanges, drivers);
  const opens = new Map<string, OpenExchange[]>();
  const calls = new Map<string, IoctlExchange[]>();
  for (const exchange of exchanges) {
    if (exchange.op === "open") add(opens, exchange.path, exchange);
    else if (exchange.op === "ioctl") {
      add(calls, `${devices.path(exchange.node)} ${keyOf(exchange)}`, exchange);
    }
  }
  const used = new Map<unknown, number>();
  return {
    open(path) {
      const list = opens.get(path);
      const found = list && taken(used, list, true);
      if (found) return found;
      throw new RecordingError(
        `${source} has no answer: ${path} was never opened`,
        "unrecorded",
        { hint: RECORD, device: deviceName(path) },
      );
    },
    ioctl(path, asked) {
      const list = calls.get(`${path} ${keyOf(asked)}`);
      const label = devices.label(path, asked);
      const found = list &&
        taken(used, list, label === undefined || label.effect === "read");
      if (found) return found;
      const name = shown(asked, path, devices);
      throw new RecordingError(
        list
          ? `${source} has no answer: ${name} was sent ${list.length} times to ${path}, and writes: its answer is not repeated`
          : `${source} has no answer: ${name} was never sent to ${path}`,
        "unrecorded",
        { hint: RECORD, device: deviceName(path) },
      );
    },
    failure: () => undefined,
    finish() {},
  };
}

/** The next of the answers to one question; the last again where that may be. */
function taken<T>(
  used: Map<unknown, number>,
  list: readonly T[],
  repeat: boolean,
): T | undefined {
  const at = used.get(list) ?? 0;
  used.set(list, at + 1);
  return at < list.length ? list[at] : repeat ? list.at(-1) : undefined;
}

function add<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

/** The calls of each path, the next at the end. */
function byPath(
  { exchanges }: Recording,
  devices: Devices,
): Map<string, Call[]> {
  const queues = new Map<string, Call[]>();
  exchanges.forEach((exchange, index) => {
    // The header is the first line.
    const line = index + 2;
    if (exchange.op === "open") add(queues, exchange.path, { exchange, line });
    else if (exchange.op === "ioctl") {
      add(queues, devices.path(exchange.node), { exchange, line });
    }
  });
  for (const queue of queues.values()) queue.reverse();
  return queues;
}

/** A call for a message: its name, its scope, the first bytes of what is sent. */
function shown(
  exchange: OpenExchange | IoctlExchange,
  path: string,
  devices: Devices,
): string {
  if (exchange.op === "open") return "open";
  const rpc = rpcOf(exchange);
  const name = nameOf(exchange, devices.label(path, exchange));
  if (!rpc) return name;
  return `${name} (scope ${rpc.scope}, ${rpc.request.length} bytes ${
    brief(rpc.request)
  })`;
}

/** Most bytes of a request in a message. */
const BRIEF = 16;

function brief(bytes: Bytes): string {
  const text = toHex(bytes.subarray(0, BRIEF));
  return bytes.length > BRIEF ? `${text}…` : text;
}

/** Where two calls of one name first differ. */
function differenceOf(asked: IoctlExchange, recorded: IoctlExchange): string {
  if (asked.cmd !== recorded.cmd) return "";
  for (const [index, buffer] of asked.buffers.entries()) {
    const other = recorded.buffers[index];
    if (!other) break;
    if (buffer.length !== other.length) {
      return `: ${buffer.length} bytes instead of ${other.length}`;
    }
    const [a, b] = [contentOf(buffer, "before"), contentOf(other, "before")];
    const at = a.findIndex((byte, place) => byte !== b[place]);
    if (at >= 0) {
      return `: from byte ${at} on ${brief(a.subarray(at))} instead of ${
        brief(b.subarray(at))
      }`;
    }
  }
  return "";
}

function deviceName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
