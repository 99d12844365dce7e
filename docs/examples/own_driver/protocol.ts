/**
 * The messages of an Acme card, a device that does not exist: what a request
 * looks like, what a response says, and the two labels of every request.
 *
 * A request is 8 bytes: command (16 bits), index of a setting (16), value (32).
 * A response is 8 bytes: status (8), reserved (24), value (32). Little endian.
 *
 * Whatever reads takes any bytes: a firmware is not to be trusted.
 *
 * @module
 */
import {
  type Bytes,
  DecodeError,
  DeviceError,
  type Effect,
  type FwctlError,
  type RequestLabel,
  type Scope,
} from "../../../drivers/kit.ts";

/** enum fwctl_device_type of the card: yours comes from the kernel's header. */
export const DEVICE_TYPE = 0xacce;
/** Bytes of a request and of a response. */
export const MESSAGE_BYTES = 8;
/** Where the value stands in both. */
export const VALUE_OFFSET = 4;
/** The index that reads the serial number. */
export const SERIAL = 0xffff;

/** One command: the least scope its kernel driver accepts, and what it does. */
interface Command {
  readonly code: number;
  readonly name: string;
  readonly scope: Scope;
  readonly effect: Effect;
  readonly reason: string;
}

/** Reads a setting. */
export const GET: Command = {
  code: 1,
  name: "GET",
  scope: "configuration",
  effect: "read",
  reason: "it only reads",
};
/** Writes a setting. */
export const SET: Command = {
  code: 2,
  name: "SET",
  scope: "configuration",
  effect: "runtime",
  reason: "it changes a setting, at once",
};
/** Starts the card again. */
export const RESET: Command = {
  code: 3,
  name: "RESET",
  scope: "debug-write",
  effect: "disruptive",
  reason: "it starts the card again",
};
/** Every command the kernel driver lets through. */
export const COMMANDS: readonly Command[] = [GET, SET, RESET];

/** What can be set, in the order of its index, and how far. */
export const SETTINGS: readonly {
  readonly name: string;
  readonly most: number;
}[] = [
  { name: "fan_speed", most: 100 },
  { name: "led", most: 1 },
];

/** A request. */
export function request(command: Command, index = 0, value = 0): Bytes {
  const view = new DataView(new ArrayBuffer(MESSAGE_BYTES));
  view.setUint16(0, command.code, true);
  view.setUint16(2, index, true);
  view.setUint32(VALUE_OFFSET, value, true);
  return new Uint8Array(view.buffer);
}

/** Command and index of a request; 0, which is no command, of one that is too short. */
export function headOf(bytes: Uint8Array): { code: number; index: number } {
  const [a = 0, b = 0, c = 0, d = 0] = bytes;
  return { code: a | b << 8, index: c | d << 8 };
}

/** The value of a message. @throws `DecodeError` when it is too short */
export function valueOf(bytes: Uint8Array): number {
  if (bytes.length < MESSAGE_BYTES) {
    throw new DecodeError(
      `The message has ${bytes.length} bytes, not ${MESSAGE_BYTES}`,
      { hint: "The firmware is newer or broken; report it with the request" },
    );
  }
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(
    VALUE_OFFSET,
    true,
  );
}

/** Both labels of a request. What the kernel driver does not send is the worst there is. */
export function classify(bytes: Bytes): RequestLabel {
  const { code, index } = headOf(bytes);
  const command = COMMANDS.find((each) => each.code === code);
  if (!command || bytes.length < MESSAGE_BYTES) {
    return {
      name: command?.name ?? `command 0x${code.toString(16)}`,
      detail: "",
      allowed: false,
      scope: "debug-write-full",
      scopeReason: "the kernel driver does not send it",
      effect: "destructive",
      effectReason: "",
    };
  }
  return {
    name: command.name,
    detail: command === RESET ? "" : SETTINGS[index]?.name ?? `index ${index}`,
    allowed: true,
    scope: command.scope,
    scopeReason: "the kernel driver's list says so",
    effect: command.effect,
    effectReason: command.reason,
  };
}

/** The firmware's no, or nothing. A response that is too short is no yes. */
export function refusal(
  bytes: Bytes,
  response: Bytes,
  device: string,
): FwctlError | undefined {
  const { name } = classify(bytes);
  if (response.length < MESSAGE_BYTES) {
    return new DecodeError(`The response to ${name} is too short`, {
      device,
      request: name,
      hint: "Read the state before deciding: it may have been executed",
    });
  }
  const status = response[0] ?? 0;
  if (status === 0) return undefined;
  const statusName = ["", "BAD_COMMAND", "BAD_VALUE"][status] ??
    `status ${status}`;
  return new DeviceError(
    `The card refused ${name}: ${statusName}`,
    { status, statusName },
    {
      device,
      request: name,
      hint: "Compare the value with the limits (fwctl describe)",
    },
  );
}
