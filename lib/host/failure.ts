/**
 * The error of a call on a path, the same on the real host and the modelled one.
 *
 * @module
 */
import { SyscallError } from "../errors.ts";
import { errnoMeaning, errnoName } from "../uapi/errno.ts";

const NODE = /^\/dev\/fwctl\/([^/]+)$/;

/**
 * A `SyscallError` for `call` on `path`; `errno` is positive. An `open` of
 * `/dev/fwctl/NAME` names the device and says what the errno means there.
 */
export function pathError(
  call: string,
  path: string,
  errno: number,
): SyscallError {
  const device = NODE.exec(path)?.[1];
  const name = errnoName(errno);
  const { meaning, hint } = errnoMeaning(
    call === "open" && device === undefined ? "open of a file" : call,
    name,
  );
  return new SyscallError(
    `${call} of ${path}: ${name}: ${meaning}`,
    { errno, errnoName: name, call },
    { hint, ...(device === undefined ? {} : { device }) },
  );
}
