/**
 * One exchange in words: which device, which request at which scope, and what
 * came of it.
 *
 * @module
 */
import { errnoName } from "../uapi/errno.ts";
import { type Devices, nameOf, rpcOf } from "./message.ts";
import {
  type Exchange,
  type IoctlExchange,
  isRefusal,
  type LookExchange,
} from "./types.ts";

/** An exchange in words. */
export interface ExchangeWords {
  /** The line of the file. */
  readonly line: number;
  /** Milliseconds since the recording began. */
  readonly t: number;
  /** How long it took, in microseconds; null where that is not kept. */
  readonly us: number | null;
  /** The device, or "" for a look at a file. */
  readonly device: string;
  /** The request by name, or the call. */
  readonly what: string;
  /** The scope it was sent with, or "". */
  readonly scope: string;
  /** What came back. */
  readonly result: string;
  /** Whether it was refused, by the kernel or by the firmware. */
  readonly refused: boolean;
}

/** Says what an exchange was. */
export function describeExchange(
  exchange: Exchange,
  line: number,
  devices: Devices,
): ExchangeWords {
  const { t } = exchange;
  const plain = { line, t, us: null, scope: "", refused: false };
  switch (exchange.op) {
    case "ioctl":
      return { ...plain, ...describeCall(exchange, devices) };
    case "close":
      return {
        ...plain,
        device: baseName(devices.path(exchange.node)),
        what: "close",
        result: "",
      };
    case "open": {
      const device = baseName(exchange.path);
      const { got } = exchange;
      return isRefusal(got)
        ? {
          ...plain,
          device,
          what: "open",
          result: errnoName(got.errno),
          refused: true,
        }
        : { ...plain, device, what: "open", result: "ok" };
    }
    default: {
      const refused = isRefusal(exchange.got);
      return {
        ...plain,
        device: "",
        what: exchange.op === "kernelLog"
          ? "kernelLog"
          : `${exchange.op} ${exchange.path}`,
        result: answerOf(exchange),
        refused,
      };
    }
  }
}

function describeCall(
  call: IoctlExchange,
  devices: Devices,
): Omit<ExchangeWords, "line" | "t"> {
  const path = devices.path(call.node);
  const device = baseName(path);
  const rpc = rpcOf(call);
  const what = nameOf(call, devices.label(path, call));
  const scope = rpc ? String(rpc.scope) : "";
  const shown = { us: call.us, device, what, scope };
  if (call.value < 0) {
    return { ...shown, result: errnoName(-call.value), refused: true };
  }
  if (!rpc) return { ...shown, result: "ok", refused: false };
  const refusal = devices.driver(path)
    ?.refusal(rpc.request, rpc.response, device);
  if (!refusal) {
    const { length } = rpc.response;
    return { ...shown, result: `ok, ${length} bytes`, refused: false };
  }
  const { statusName } = refusal.details();
  const result = typeof statusName === "string" ? statusName : refusal.message;
  return { ...shown, result, refused: true };
}

function answerOf({ got, op }: LookExchange): string {
  if (isRefusal(got)) return errnoName(got.errno);
  if (typeof got === "boolean") return got ? "yes" : "no";
  if (typeof got === "string") return got;
  if (got instanceof Uint8Array) return `${got.length} bytes`;
  if (op === "stat" && "mode" in got) {
    return `mode ${got.mode.toString(8)}, owner ${got.uid}`;
  }
  return Array.isArray(got)
    ? `${got.length} ${op === "list" ? "names" : "lines"}`
    : "";
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
