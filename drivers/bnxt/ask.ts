/**
 * Asking the firmware: one command, its response decoded.
 *
 * @module
 */
import type { FieldInputs } from "../../lib/bits/mod.ts";
import { type FwctlError, isFwctlError } from "../../lib/errors.ts";
import type { PlainObject } from "../../lib/plain.ts";
import type { Channel } from "../driver.ts";
import { type Answer, decodeAnswer, withRoom } from "./contents.ts";
import { roomFor } from "./payload.ts";
import { newRequest } from "./protocol.ts";
import { KERNEL_CALL } from "./status.ts";

/**
 * Sends a command and decodes its response.
 *
 * @throws `DeviceError`, `SyscallError`, `PolicyError` or `DecodeError`
 */
export function ask(
  channel: Channel,
  command: string,
  fields: FieldInputs = {},
): Answer {
  const request = withRoom(newRequest(command, fields));
  return decodeAnswer(
    request,
    channel.send(request, roomFor(request)),
    channel.device,
  );
}

/** The same; a refusal of firmware, kernel or policy, or a response of no use, as data. */
export function tryAsk(
  channel: Channel,
  command: string,
  fields: FieldInputs = {},
): { answer: Answer } | { refused: FwctlError } {
  try {
    return { answer: ask(channel, command, fields) };
  } catch (error) {
    if (isFwctlError(error) && isAnswer(error)) {
      return { refused: error };
    }
    throw error;
  }
}

/** Whether it is about this one command; otherwise the next would meet it too. */
function isAnswer(error: FwctlError): boolean {
  if (error.code === "SyscallError") {
    return error.details().call === KERNEL_CALL;
  }
  return error.code === "DeviceError" || error.code === "PolicyError" ||
    error.code === "DecodeError";
}

/** A refusal for people and programs. */
export function refusalData(error: FwctlError): PlainObject {
  return {
    refused: error.message,
    code: error.code,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
  };
}
