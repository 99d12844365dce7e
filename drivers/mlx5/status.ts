/**
 * Command status and syndrome of mlx5 firmware, by name and with what to do.
 *
 * Names: enum MLX5_CMD_STAT_* in include/linux/mlx5/device.h, without prefix and
 * `_ERR`. Syndromes have no public table; the few known ones are listed.
 *
 * @module
 */
import { DeviceError } from "../../lib/errors.ts";
import { readU32 } from "./protocol.ts";

/** A status for people. */
export interface Status {
  /** The kernel's name, such as `BAD_PARAM`. */
  readonly name: string;
  /** What it says. */
  readonly meaning: string;
  /** What to do next. */
  readonly hint: string;
}

const STATUS: Readonly<Record<number, Status>> = {
  0x1: {
    name: "INT_ERR",
    meaning: "internal firmware error",
    hint:
      "Look at the device's health reporter (devlink health) and the kernel log",
  },
  0x2: {
    name: "BAD_OP",
    meaning:
      "the firmware does not know the command or does not let this context send it",
    hint:
      "Check uctx_caps (fwctl info) for TOOLS_RESOURCES, and the firmware version",
  },
  0x3: {
    name: "BAD_PARAM",
    meaning: "a parameter is not accepted",
    hint:
      "Compare each value with the maximum (fwctl caps); a read-only or reserved bit may have changed",
  },
  0x4: {
    name: "BAD_SYS_STATE",
    meaning:
      "the system is in the wrong state, or the register is not supported",
    hint: "For another function: unbind it from its driver or create it again",
  },
  0x5: {
    name: "BAD_RES",
    meaning: "the resource does not exist",
    hint:
      "Check the function id: index of the virtual function plus 1, and that it is enabled",
  },
  0x6: {
    name: "RES_BUSY",
    meaning: "the resource is busy",
    hint: "Try again later; nothing was repeated for you",
  },
  0x7: {
    name: "NOT_READY",
    meaning: "the firmware is not ready",
    hint: "Try again later; nothing was repeated for you",
  },
  0x8: {
    name: "LIM_ERR",
    meaning: "a limit is exceeded",
    hint: "Close other users of the device's firmware contexts and try again",
  },
  0x9: {
    name: "BAD_RES_STATE",
    meaning: "the resource is in the wrong state",
    hint:
      "For another function: it must not be in use; unbind it or stop its VM first",
  },
  0xa: {
    name: "IX_ERR",
    meaning: "an index is out of range",
    hint:
      "Check the function id: index of the virtual function plus 1, and that it is enabled",
  },
  0xf: {
    name: "NO_RES",
    meaning: "no resources are left",
    hint: "Free resources on the device or lower what is asked for",
  },
  0x10: {
    name: "BAD_QP_STATE",
    meaning: "the queue pair is in the wrong state",
    hint: "Check the object's number",
  },
  0x30: {
    name: "BAD_PKT",
    meaning: "the packet is not accepted",
    hint: "Check the request's payload",
  },
  0x40: {
    name: "BAD_SIZE_OUTS_CQES",
    meaning: "too many outstanding completions for the size",
    hint: "Check the request's payload",
  },
  0x50: {
    name: "BAD_INP_LEN",
    meaning: "the request has the wrong length",
    hint: "Compare the request's length with the command's layout",
  },
  0x51: {
    name: "BAD_OUTP_LEN",
    meaning: "the room for the response has the wrong length",
    hint: "Compare the response capacity with the command's layout",
  },
};

/**
 * Known syndromes. They belong to firmware versions, so each is a hint and no
 * more. 0x537801: seen with SET_HCA_CAP and a value above its maximum (mlx5
 * patch discussion about log_max_current_uc_list).
 */
const SYNDROMES: Readonly<Record<number, string>> = {
  0x537801: "a capability above its maximum",
};

const BAD_PARAM = 3;
/** The two commands that access registers, as they are labelled. */
const REGISTER = /^ACCESS_REG/;
const REGISTER_HINT =
  "The firmware may lack this register, an index field may be out of range, or only the PF may do it: the registers MCAM, PCAM and QCAM say which there are";

/** A status by number. */
export function statusOf(status: number): Status {
  return STATUS[status] ?? {
    name: `status 0x${status.toString(16)}`,
    meaning: "not a status with a public name",
    hint: "Look at the kernel log and the firmware's release notes",
  };
}

/** What a syndrome is known to mean, or "". */
export function syndromeMeaning(syndrome: number): string {
  return SYNDROMES[syndrome] ?? "";
}

/** The firmware's refusal in a response's header; undefined when it said yes. */
export function refusalOf(
  response: Uint8Array,
  request: string,
  device: string,
): DeviceError | undefined {
  const status = response[0] ?? 0;
  if (status === 0) return undefined;
  const { name, meaning, hint } = statusOf(status);
  const next = status === BAD_PARAM && REGISTER.test(request)
    ? REGISTER_HINT
    : hint;
  const syndrome = readU32(response, 4);
  const known = syndromeMeaning(syndrome);
  const hex = `0x${syndrome.toString(16)}`;
  return new DeviceError(
    `The firmware refused ${request}: ${name} (${meaning}), syndrome ${hex}${
      known === "" ? "" : ` (${known})`
    }`,
    { status, statusName: name, syndrome },
    { device, request, hint: next },
  );
}
