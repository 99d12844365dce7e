/**
 * Files of `fwctl nvconfig backup`: what a device stored, whose it was, and a
 * digest over all of it. What is in an item is for its driver to check.
 *
 * @module
 */
import type { DeviceIdentity } from "../../../drivers/driver.ts";
import { UsageError } from "../../errors.ts";
import { ObjectReader, refuse } from "../../model/reader.ts";
import {
  isPlainObject,
  type PlainData,
  type PlainObject,
} from "../../plain.ts";
import { digestOf } from "../../plan/digest.ts";
import { isFwctlError } from "../../errors.ts";

/** What a file calls itself. */
export const NV_BACKUP_FORMAT = "fwctl-nvconfig/1";

/** Most items a file may have. */
const MOST_ITEMS = 4096;

/** A backup. */
export interface NvBackup {
  /** Whose driver gave it: `mlx5`. */
  readonly driver: string;
  /** Whose it was. */
  readonly identity: DeviceIdentity;
  /** When: ISO 8601. */
  readonly created: string;
  /** Whether it is all that was stored. */
  readonly complete: boolean;
  /** The items, as the driver's query gave them. */
  readonly items: readonly PlainObject[];
}

/** The file's data, its digest last. */
export function backupData(backup: NvBackup): PlainObject {
  const { driver, identity: { model, firmware, facts } } = backup;
  const body = {
    format: NV_BACKUP_FORMAT,
    device: { driver, model, firmware, facts: { ...facts } },
    created: backup.created,
    complete: backup.complete,
    items: [...backup.items],
  };
  return { ...body, digest: digestOf(body) };
}

/**
 * Reads a file's data.
 *
 * @param source where it is from, for messages
 * @throws {UsageError} naming the key that is wrong
 */
export function readBackup(data: PlainData, source: string): NvBackup {
  if (!isPlainObject(data) || typeof data.format !== "string") {
    throw wrong(source, "it has no format");
  }
  if (data.format !== NV_BACKUP_FORMAT) {
    throw wrong(
      source,
      `its format is ${data.format.slice(0, 64)}, not ${NV_BACKUP_FORMAT}`,
    );
  }
  try {
    const { digest, ...body } = data;
    if (typeof digest !== "string" || digest !== digestOf(body)) {
      throw wrong(source, "its digest does not fit: it was changed or cut");
    }
    return readBody(new ObjectReader(data, ""));
  } catch (error) {
    if (!isFwctlError(error) || error.code === "UsageError") throw error;
    throw wrong(source, error.message);
  }
}

function readBody(reader: ObjectReader): NvBackup {
  const device = reader.object("device") ?? refuse("device", "must be there");
  const facts = device.object("facts");
  const identity = {
    model: text(device, "model"),
    firmware: text(device, "firmware"),
    facts: Object.fromEntries(
      facts?.keys().map((key) => [key, text(facts, key)] as const) ?? [],
    ),
  };
  const driver = text(device, "driver");
  device.end();
  const created = text(reader, "created");
  if (!/^\d{4}-\d{2}-\d{2}T[\d:.]{5,15}Z$/.test(created)) {
    refuse("created", "must be a moment, ISO 8601 in UTC");
  }
  const complete = reader.flag("complete") ??
    refuse("complete", "must be there");
  const items = reader.raw("items");
  if (!Array.isArray(items) || items.length > MOST_ITEMS) {
    refuse("items", `must be a list of at most ${MOST_ITEMS}`);
  }
  const list = items.map((item: PlainData, index) =>
    isPlainObject(item) ? item : refuse(`items[${index}]`, "must be an object")
  );
  for (const known of ["format", "digest"]) reader.raw(known);
  reader.end();
  return { driver, identity, created, complete, items: list };
}

function text(reader: ObjectReader, key: string): string {
  const value = reader.raw(key);
  return typeof value === "string" && value.length <= 256
    ? value
    : refuse(reader.path(key), "must be text of at most 256 characters");
}

function wrong(source: string, why: string): UsageError {
  return new UsageError(`${source} is no nvconfig backup: ${why}`, {
    hint: "Give a file that fwctl nvconfig backup wrote",
  });
}

/** Facts that tell products of one model apart. */
const PRODUCT = ["psid"] as const;

/** In what a device is not of the product of a backup: a sentence, or undefined. */
export function otherProduct(
  { driver, identity }: NvBackup,
  now: { readonly driver: string; readonly identity: DeviceIdentity },
): string | undefined {
  if (driver !== now.driver) {
    return `it is of a ${driver} device, this is a ${now.driver} device`;
  }
  for (const name of PRODUCT) {
    const [was, is] = [identity.facts[name], now.identity.facts[name]];
    if (was === undefined || is === undefined) continue;
    if (was !== is) return `its ${name} is ${was}, this device's is ${is}`;
    return undefined;
  }
  return identity.model === now.identity.model
    ? undefined
    : `it is of a ${identity.model}, this is a ${now.identity.model}`;
}
