/**
 * The two labels of every request: the least scope the kernel accepts, and what
 * the request does.
 *
 * FILL IN the scope from the kernel driver's validation, drivers/fwctl/NAME, and
 * hold it with a test against kernel.ts: the label is exactly the least scope
 * that passes. The effect is your own judgement; when in doubt, the worse one.
 *
 * @module
 */
import type { Bytes } from "../../lib/bytes.ts";
import type { KnownRequest, RequestLabel } from "../driver.ts";
import { commandOf, indexOf, MESSAGE_BYTES, request } from "./protocol.ts";
import {
  COMMANDS,
  GET_SETTING,
  SET_SETTING,
  SETTINGS,
} from "./tables/commands.ts";

/** Labels a request by its bytes; any bytes are fine. */
export function classify(bytes: Bytes): RequestLabel {
  const code = commandOf(bytes);
  const command = COMMANDS.find((each) => each.code === code);
  if (!command || bytes.length < MESSAGE_BYTES) {
    // What the kernel never sends is said to be the worst, and not allowed.
    return {
      name: command?.name ?? `command 0x${code.toString(16)}`,
      detail: "",
      allowed: false,
      scope: "debug-write-full",
      scopeReason: command
        ? `it is shorter than ${MESSAGE_BYTES} bytes`
        : "the kernel driver does not know it",
      effect: "destructive",
      effectReason: "",
    };
  }
  return {
    name: command.name,
    detail: detailOf(code, bytes),
    allowed: true,
    scope: command.scope,
    scopeReason: "the kernel driver's list says so",
    effect: command.effect,
    effectReason: command.reason,
    // Add `groups` of drivers/groups.ts, so that policies can name the request.
  };
}

/** What it is about, so that a plan's reader sees it. */
function detailOf(code: number, bytes: Bytes): string {
  if (code !== GET_SETTING && code !== SET_SETTING) return "";
  const index = indexOf(bytes);
  return SETTINGS.find((each) => each.index === index)?.name ??
    `setting ${index}`;
}

/** Every command by its number, for `fwctl scope --list`. */
export function requests(): readonly KnownRequest[] {
  return COMMANDS.map(({ code }) => ({
    code: `0x${code.toString(16)}`,
    label: classify(request(code, 0, 0)),
  }));
}
