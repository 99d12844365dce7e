/**
 * The version of the program.
 *
 * @module
 */
import { FWCTL_DEVICE_TYPE } from "../uapi/fwctl.ts";

/** Equal to deno.json's, held by a test. */
export const VERSION = "0.1.0";

/** What `--version` prints: the version first, then whose ABI it speaks. `fwctl version` says more. */
export function versionLine(): string {
  const types = Object.entries(FWCTL_DEVICE_TYPE)
    .filter(([, number]) => number > 0)
    .map(([name, number]) => `${name.toLowerCase()} ${number}`);
  return `${VERSION} (Deno ${Deno.version.deno}; Linux fwctl: ${
    types.join(", ")
  })`;
}
