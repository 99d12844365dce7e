/**
 * What a bnxt request needs and does: least scope by the kernel's allow list,
 * effect by ours.
 *
 * @module
 */
import type { Bytes } from "../../lib/bytes.ts";
import { type Scope, SCOPES } from "../../lib/uapi/fwctl.ts";
import type { Know, KnownRequest, RequestLabel } from "../driver.ts";
import { present } from "./decode.ts";
import { effectOf, STRONGEST } from "./effects.ts";
import { groupsOf } from "./groups.ts";
import { kernelOf } from "./knowledge.ts";
import {
  commandName,
  INPUT_BYTES,
  newRequest,
  readU16,
  reqTypeOf,
  SELF,
  TARGETS,
} from "./protocol.ts";
import { allowList } from "./tables/allow_list.ts";
import { bufferBytes, buffersOf } from "./tables/buffers.ts";
import { commandNames, inputOf } from "./tables/hwrm.ts";

const SCOPE_REASONS = [
  "the kernel's list has it for any scope",
  "the kernel's list has it as debug information",
  "the kernel's list has it as a debug write",
  "the kernel's list has it as a debug write with full access",
] as const;

/** Why a command of a newer kernel's list is not sent by an older one. */
export const TOO_OLD =
  "only kernels from Linux 7.3 on let it through, and this one is older";

/** More fields than this would be no label any more. */
const MOST_FIELDS = 4;

/**
 * Labels a request by its bytes, and by what the kernel's driver takes; any
 * bytes are fine. Without knowledge the newest kernel is assumed, which lets the
 * most through.
 */
export function classify(request: Bytes, know?: Know): RequestLabel {
  const code = reqTypeOf(request);
  const command = allowList().get(code);
  if (command === undefined) {
    return {
      name: commandName(code),
      detail: "",
      allowed: false,
      scope: "debug-write-full",
      scopeReason: "it is not on the kernel's allow list",
      effect: "destructive",
      effectReason: "it is never sent, so what it would do does not matter",
      ...grouped(commandName(code), commandNames().has(code), request, {
        // Its name says what it would change.
        writes: true,
        destructive: false,
      }),
    };
  }
  const { effect, reason } = effectOf(command.name, request);
  const newer = !allowList("7.2").has(code);
  // Only a command whose fate depends on it is worth asking for.
  const allowed = !newer || kernelOf(know) !== "7.2";
  const scope: Scope = SCOPES[command.scope] ?? "debug-write-full";
  return {
    name: command.name,
    detail: detailOf(command.name, request),
    allowed,
    scope: allowed ? scope : "debug-write-full",
    scopeReason: !allowed
      ? TOO_OLD
      : newer
      ? SCOPE_REASONS[command.scope].replace("list", "list since Linux 7.3")
      : SCOPE_REASONS[command.scope],
    effect,
    effectReason: reason,
    ...grouped(command.name, true, request, {
      writes: effect !== "read",
      destructive: effect === "destructive",
    }),
  };
}

/** Groups as a member to spread; none when there are none. */
function grouped(
  name: string,
  known: boolean,
  request: Uint8Array,
  does: { readonly writes: boolean; readonly destructive: boolean },
): { groups?: readonly string[] } {
  const other = targetOf(request) !== undefined;
  const groups = groupsOf({ name, known, other, ...does });
  return groups.length === 0 ? {} : { groups };
}

/** The function a request is addressed to when it is not the one asking. */
function targetOf(request: Uint8Array): number | undefined {
  if (request.length < INPUT_BYTES) return undefined;
  const target = readU16(request, 6);
  return target === SELF || target === 0 ? undefined : target;
}

/** Another target, the bytes of buffers, and the fields that are not 0, by the header's names. */
function detailOf(command: string, request: Uint8Array): string {
  const words: string[] = [];
  const target = targetOf(request);
  if (target !== undefined) {
    words.push(`target ${TARGETS[target] ?? hex(target)}`);
  }
  const named = buffersOf(reqTypeOf(request));
  if (named && request.length > named.size) {
    words.push(`${request.length - named.size} bytes to read`);
  }
  for (const buffer of named?.buffers ?? []) {
    if (buffer.reads) continue;
    words.push(`${bufferBytes(request, buffer)} bytes to fill`);
  }
  const own = new Set(
    named?.buffers.flatMap(({ name, length }) => [
      name,
      ...(length ? [length.name] : []),
    ]),
  );
  const message = inputOf(command);
  if (!message) {
    const body = request.subarray(INPUT_BYTES);
    if (body.some((byte) => byte !== 0)) {
      words.push(`${body.length} bytes of no public layout`);
    }
    return words.join(", ");
  }
  // The kernel passes a short request on; the firmware finds zeros behind it.
  const whole = new Uint8Array(
    Math.max(request.length, message.layout.bits / 8),
  );
  whole.set(request);
  for (const [name, value] of present(message, whole)) {
    // Said already, and an address means nothing to anyone.
    if (own.has(name)) continue;
    if (words.length === MOST_FIELDS) {
      words.push("…");
      break;
    }
    const text = Array.isArray(value) ? value.join("+") : String(value);
    const meaning = message.meanings.get(name);
    const named = (meaning?.parts.length ?? 0) > 0;
    if (text === "" || /^[0,+]*$/.test(text) && !named) continue;
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      words.push(name);
    } else {words.push(
        `${name} ${value === SELF ? hex(SELF) : text.slice(0, 40)}`,
      );}
  }
  return words.join(", ");
}

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}

/** Every command with a name, in order of its number. */
export function requests(): readonly KnownRequest[] {
  return [...commandNames().keys()].sort((a, b) => a - b).map((code) => {
    const name = commandName(code);
    const label = classify(newRequest(name, STRONGEST[name]));
    return {
      code: `0x${code.toString(16).padStart(4, "0")}`,
      label: { ...label, detail: "" },
    };
  });
}
