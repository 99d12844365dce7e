/**
 * The firmware's refusals, by name and with what to do next.
 *
 * FILL IN every public status with its name as the vendor writes it. One without
 * a public name is told by its number.
 *
 * @module
 */
import { DecodeError, DeviceError, type FwctlError } from "../../lib/errors.ts";
import { MESSAGE_BYTES } from "./protocol.ts";

/** Statuses other than 0. */
const STATUS: Readonly<
  Record<number, { name: string; meaning: string; hint: string }>
> = {
  1: {
    name: "BAD_COMMAND",
    meaning: "the firmware does not know the command",
    hint: "Check the firmware version (fwctl info)",
  },
  2: {
    name: "BAD_VALUE",
    meaning: "a value is out of range",
    hint: "Compare the value with the limits (fwctl describe)",
  },
};

/** The refusal in a response; undefined when the firmware said yes. Any bytes are fine. */
export function refusalOf(
  response: Uint8Array,
  request: string,
  device: string,
): FwctlError | undefined {
  if (response.length < MESSAGE_BYTES) {
    // Too short to have a status is not a yes.
    return new DecodeError(
      `The response to ${request} has ${response.length} bytes, not ${MESSAGE_BYTES}`,
      {
        device,
        request,
        hint: "Read the state before deciding: it may have been executed",
      },
    );
  }
  const status = response[0] ?? 0;
  if (status === 0) return undefined;
  const { name, meaning, hint } = STATUS[status] ?? {
    name: `status 0x${status.toString(16)}`,
    meaning: "not a status with a public name",
    hint: "Look at the kernel log",
  };
  return new DeviceError(
    `The firmware refused ${request}: ${name} (${meaning})`,
    { status, statusName: name },
    { device, request, hint },
  );
}
