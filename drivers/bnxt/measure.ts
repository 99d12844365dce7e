/**
 * What a bnxt device is configured to, for an attestation: versions, and the
 * non-volatile memory. Left out is what moves by itself: the state flags of
 * VER_GET, health, temperature, statistics.
 *
 * @module
 */
import { DecodeError } from "../../lib/errors.ts";
import { isPlainObject, type PlainObject } from "../../lib/plain.ts";
import type { DeviceContext } from "../driver.ts";
import { nvmQuery } from "./queries/nvm.ts";
import { versionQuery } from "./queries/version.ts";

/** Members of the query `version` that are not configuration. */
const MOVING: ReadonlySet<string> = new Set(["state", "default_timeout"]);

/** Reads it. @throws `DeviceError`, `DecodeError` or `SyscallError` */
export function measure(context: DeviceContext): PlainObject {
  const version = versionQuery.run(context, {});
  const nvm = nvmQuery.run(context, {});
  if (!isPlainObject(version) || !isPlainObject(nvm)) {
    throw new DecodeError("The device did not tell its versions");
  }
  return {
    version: Object.fromEntries(
      Object.entries(version).filter(([name]) => !MOVING.has(name)),
    ),
    // What the firmware refuses is part of what it is; how we word it is not.
    nvm: Object.fromEntries(
      Object.entries(nvm).map(([name, part]) => [
        name,
        isPlainObject(part) && Object.hasOwn(part, "refused") ? null : part,
      ]),
    ),
  };
}
