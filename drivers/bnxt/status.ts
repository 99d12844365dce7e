/**
 * error_code of a response, by name and with what to do.
 *
 * Names: HWRM_ERR_CODE_* in include/linux/bnxt/hsi.h, without the prefix. The
 * kernel writes a negative errno into the same place when the request did not
 * get an answer (bnxtctl_fw_rpc() in drivers/fwctl/bnxt/main.c), and two of
 * those numbers are also firmware codes: 0xfffe is UNKNOWN_ERR or -ENOENT,
 * 0xffff is CMD_NOT_SUPPORTED or -EPERM. resp_len tells them apart: the kernel
 * copies an answer only when it has one.
 *
 * @module
 */
import {
  DeviceError,
  type FwctlError,
  SyscallError,
} from "../../lib/errors.ts";
import { errnoName } from "../../lib/uapi/errno.ts";
import { OUTPUT_BYTES, readU16, reqTypeOf } from "./protocol.ts";
import { commandNames, errorNames, messageOf } from "./tables/hwrm.ts";

/** Where the kernel met an errno that stands in the response. */
export const KERNEL_CALL = "bnxt_send_msg";

/** A code for people. */
export interface Status {
  /** The kernel's name, such as `INVALID_PARAMS`. */
  readonly name: string;
  /** What it says. */
  readonly meaning: string;
  /** What to do next. */
  readonly hint: string;
}

const AGAIN = "Try again later; nothing was repeated for you";
const FIELDS = "Compare each field with the command's layout (fwctl describe)";
const LOG = "Look at the kernel log and at devlink health before anything else";

const STATUS: Readonly<
  Record<number, readonly [meaning: string, hint: string]>
> = {
  0x1: ["the firmware failed and says no more", LOG],
  0x2: ["a field has a value the firmware does not take", FIELDS],
  0x3: [
    "the function may not do this: it belongs to another function, or to the PF",
    "Ask through the PF's fwctl device, or about the function itself (fid 0xffff)",
  ],
  0x4: [
    "the firmware has no resources left for it",
    "Free resources on the device, then try again",
  ],
  0x5: ["a bit of a flags field is not accepted", FIELDS],
  0x6: ["a bit of the enables field is not accepted", FIELDS],
  0x7: ["the firmware does not know an extension in the request", FIELDS],
  0x8: ["the firmware had no buffer", AGAIN],
  0x9: [
    "an option of the request is not supported by this firmware",
    "Leave the option out, or update the firmware",
  ],
  0xa: ["a hot reset is under way", AGAIN],
  0xb: ["a hot reset failed", LOG],
  0xc: ["no flow counter was left", "Free flows on the device, then try again"],
  0xd: ["a key collides with another one", FIELDS],
  0xe: ["the key exists already", FIELDS],
  0xf: ["the message interface itself failed", LOG],
  0x10: ["the firmware is busy", AGAIN],
  0x11: [
    "the resource is locked by someone else",
    "Let the other user of the device finish (an NVM update?), then try again",
  ],
  0x12: ["the physical function is not available", AGAIN],
  0x13: [
    "what was asked about is not present",
    "Check port, module and function numbers",
  ],
  0x14: ["the secure processor refused or failed", LOG],
  0x8000: [
    "the response is wrapped in another form that this library does not read",
    "Report this with the request",
  ],
  0xfffe: ["the firmware knows no code for what went wrong", LOG],
  0xffff: [
    "this firmware does not have the command",
    "Check the firmware version (fwctl query version); not every command is in every firmware",
  ],
};

/** A firmware code by number. */
export function statusOf(code: number): Status {
  const [meaning, hint] = STATUS[code] ?? [
    "not a code with a public name",
    "Look at the kernel log and the firmware's release notes",
  ];
  return {
    name: errorNames().get(code) ?? `error 0x${code.toString(16)}`,
    meaning,
    hint,
  };
}

/** The errno that a code is when the kernel wrote it: 1 to 4095, else undefined. */
export function kernelErrno(code: number): number | undefined {
  const errno = 0x10000 - code;
  return code !== 0 && errno <= 4095 ? errno : undefined;
}

/** The firmware's or the kernel's refusal in a response; undefined when there is none. */
export function refusalOf(
  request: Uint8Array,
  response: Uint8Array,
  name: string,
  device: string,
): FwctlError | undefined {
  const code = readU16(response, 0);
  if (code === 0) return undefined;
  const errno = kernelErrno(code);
  const isFirmwares = errorNames().has(code);
  const answered = readU16(response, 6) >= OUTPUT_BYTES;
  if (errno !== undefined && !(isFirmwares && answered)) {
    return notSent(code, errno, answered, name, device);
  }
  const { name: statusName, meaning, hint } = statusOf(code);
  const detail = detailOf(request, response);
  const twin = errno === undefined
    ? ""
    : `; the kernel writes -${
      errnoName(errno)
    } as the same number, but this response came from the firmware`;
  return new DeviceError(
    `The firmware refused ${name}: ${statusName} (${meaning}${
      detail === undefined ? "" : `; ${detail.text}`
    }${twin})`,
    {
      status: code,
      statusName,
      ...(detail === undefined ? {} : { syndrome: detail.value }),
    },
    { device, request: name, hint },
  );
}

/** The kernel's errno in the firmware's place. */
function notSent(
  code: number,
  errno: number,
  answered: boolean,
  name: string,
  device: string,
): SyscallError {
  const errnoText = errnoName(errno);
  const firmware = errorNames().get(code);
  const what = answered
    ? "the kernel could not finish it, although some answer had come"
    : "the kernel got no answer to it";
  const late = errnoText === "EBUSY" || errnoText === "ETIMEDOUT" || answered;
  return new SyscallError(
    `${name} failed in the kernel with ${errnoText}: ${what}${
      late ? "; the firmware may have executed it" : ""
    }${
      firmware === undefined
        ? ""
        : ` (the firmware's ${firmware} is the same number 0x${
          code.toString(16)
        }, but the response is empty)`
    }`,
    { errno, errnoName: errnoText, call: KERNEL_CALL },
    {
      device,
      request: name,
      hint: errnoText === "ENODEV"
        ? "The firmware is resetting or in an error state: look at the kernel log and devlink health"
        : late
        ? "Read the state again before deciding; look at the kernel log for the device"
        : "Look at the kernel log for the device, then try again",
    },
  );
}

/**
 * cmd_err of struct hwrm_err_output (16 bytes: cmd_err @14), by name where the
 * header has a list for the command.
 */
function detailOf(
  request: Uint8Array,
  response: Uint8Array,
): { value: number; text: string } | undefined {
  if (readU16(response, 6) !== 16) return undefined;
  const value = response[14] ?? 0;
  if (value === 0) return undefined;
  const command = commandNames().get(reqTypeOf(request)) ?? "";
  const meaning = messageOf(`hwrm_${command.toLowerCase()}_cmd_err`)
    ?.meanings.get("code");
  const name = meaning?.parts[0]?.values.get(value);
  return { value, text: `detail ${name ?? `0x${value.toString(16)}`}` };
}
