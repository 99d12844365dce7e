/**
 * `out.retval` of a pds response.
 *
 * Assumption: 0 is success and everything else a refusal; no document says so,
 * the kernel hands the number through unread. The firmware package defines the
 * others. As a clue the admin queue's own number of that value is named: enum
 * pds_core_status_code in include/linux/pds/pds_core_if.h.
 *
 * @module
 */
import { DecodeError, DeviceError, type FwctlError } from "../../lib/errors.ts";
import { HEADER_BYTES, retvalOf } from "./protocol.ts";

/** PDS_RC_* without the prefix. */
const ADMIN_QUEUE: Readonly<Record<number, string>> = {
  1: "EVERSION",
  2: "EOPCODE",
  3: "EIO",
  4: "EPERM",
  5: "EQID",
  6: "EQTYPE",
  7: "ENOENT",
  8: "EINTR",
  9: "EAGAIN",
  10: "ENOMEM",
  11: "EFAULT",
  12: "EBUSY",
  13: "EEXIST",
  14: "EINVAL",
  15: "ENOSPC",
  16: "ERANGE",
  17: "BAD_ADDR",
  18: "DEV_CMD",
  19: "ENOSUPP",
  29: "ERROR",
  30: "ERDMA",
  31: "EVFID",
  32: "BAD_FW",
  33: "ECLIENT",
};

/** The admin queue's name of a number, such as `PDS_RC_EINVAL`, or "". */
export function adminQueueName(retval: number): string {
  const name = ADMIN_QUEUE[retval];
  return name === undefined ? "" : `PDS_RC_${name}`;
}

/** The firmware's refusal; undefined when it said yes. A response without a retval is no yes. */
export function refusalOf(
  response: Uint8Array,
  request: string,
  device: string,
): FwctlError | undefined {
  if (response.length < HEADER_BYTES) {
    return new DecodeError(
      `The response to ${request} has ${response.length} bytes, not the ${HEADER_BYTES} of a pds header`,
      {
        device,
        request,
        hint:
          "Whether it was executed is not known: read the state before deciding",
      },
    );
  }
  const retval = retvalOf(response);
  if (retval === 0) return undefined;
  const hex = `0x${retval.toString(16)}`;
  const name = adminQueueName(retval);
  return new DeviceError(
    `The firmware refused ${request}: retval ${hex}`,
    { status: retval, statusName: `retval ${hex}` },
    {
      device,
      request,
      hint: `The firmware package's SDK says what ${hex} means${
        name === "" ? "" : `; in the kernel's admin queue it is ${name}`
      }`,
    },
  );
}
