/**
 * The worker behind one async device: opens it, answers one request after the
 * other, and ends with the close.
 *
 * @module
 */
/// <reference lib="deno.worker" />
import { isFwctlError } from "../errors.ts";
import { LinuxHost } from "../host/linux.ts";
import {
  type Answer,
  type Ask,
  own,
  type SentError,
} from "./async_protocol.ts";
import type { Device } from "./device.ts";
import { openDevice } from "./open.ts";

let host: LinuxHost | undefined;
let device: Device | undefined;

function answer(ask: Ask): [Answer, ArrayBuffer[]] {
  if (ask.op === "open") {
    host = new LinuxHost(ask.libc === undefined ? {} : { libc: ask.libc });
    device = openDevice(host, ask.path);
  } else if (ask.op === "close") {
    device?.close();
    host?.[Symbol.dispose]();
  } else if (ask.op === "info" && device) {
    return [{ ok: true, value: device.info() }, []];
  } else if (ask.op === "rpc" && device) {
    const { data, length, truncated } = device.rpc(ask.request);
    const response = { data: own(data), length, truncated };
    const references = (ask.request.references ?? []).map((one) => one.buffer);
    return [
      { ok: true, value: { response, references } },
      [...new Set([response.data, ...references].map(({ buffer }) => buffer))],
    ];
  }
  return [{ ok: true, value: null }, []];
}

function sent(error: unknown): SentError {
  return isFwctlError(error)
    ? error.toJSON() as unknown as SentError
    : { code: "UsageError", message: String(error) };
}

self.onmessage = ({ data }: MessageEvent<Ask>) => {
  try {
    self.postMessage(...answer(data));
  } catch (error) {
    self.postMessage({ ok: false, error: sent(error) } satisfies Answer);
  }
};
