/**
 * Endpoint maps: what the operations of a Pensando card are called, what scope
 * they need and what their payloads hold. The firmware package's SDK documents
 * that for its customers and the kernel tells nobody, so a site writes it down:
 *
 * ```json
 * { "format": "fwctl-definition/1", "driver": "pds", "endpoints": [
 *   { "id": "0x20", "name": "port", "operations": [
 *     { "command": 4, "name": "flap", "scope": "debug-write",
 *       "effect": "disruptive", "help": "Takes the link down and up again",
 *       "request": { "size": 4, "fields": [
 *         { "name": "port", "offset": 0, "size": 1, "max": 1 },
 *         { "name": "down", "offset": 2, "size": 2, "unit": "ms", "default": 100 } ] } } ] } ] }
 * ```
 *
 * - `id`, `command`: numbers, or text as `"0x20"`; `command` has 16 bits
 * - `version`: 0 to 255, default 0. A request of a lower version fits too, as
 *   the kernel has it
 * - `scope`: the least the kernel accepts: by the firmware's attribute READ,
 *   WRITE and SYNC are `configuration`, DEBUG_READ `debug-read-only`,
 *   DEBUG_WRITE `debug-write`, all others `debug-write-full`
 * - `effect`: what it does; else `runtime` for `configuration`, `read` for
 *   `debug-read-only`, `disruptive` for `debug-write` and `destructive` for
 *   `debug-write-full`. A READ must say `"effect": "read"`
 * - `groups`: classes the operation belongs to, for policies to name: those of
 *   `drivers/groups.ts`. Every operation is in `vendor` without saying so
 * - `request`, `response`: `size` in bytes and `fields`; absent means no payload
 *   for a request and an unknown one for a response
 * - a field: `name`, `offset` in bytes, `size` in bytes, or `bits` wide from bit
 *   `bit` (default 0) of that byte on, counted from the least significant one;
 *   `type` `uint` (default), `int`, `text` or `hex`; `enum`: names with numbers;
 *   `min`, `max`, `unit`, `default`. Numbers are little endian. A request's
 *   fields without `default` must be given
 * - `settings` of an endpoint: pairs of operations, see definition_settings.ts
 *
 * @module
 */
import { ModelError, UsageError } from "../../lib/errors.ts";
import { didYouMean, ObjectReader, refuse } from "../../lib/model/reader.ts";
import type { PlainData, PlainObject } from "../../lib/plain.ts";
import { type Scope, SCOPES } from "../../lib/uapi/fwctl.ts";
import { type Effect, EFFECTS, GROUP_NAMES } from "../driver.ts";
import { readLayout } from "./definition_payload.ts";
import { readSettings, type Setting } from "./definition_settings.ts";
import type { Operation } from "./operation.ts";

export type { Operation } from "./operation.ts";

/** Most endpoints: what fits the page of the kernel's query. */
const MAX_ENDPOINTS = 1022;
/** Most operations of an endpoint. */
const MAX_OPERATIONS = 511;
const NAME = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;

/** One endpoint of the firmware. */
export interface Endpoint {
  /** Its number, 32 bits. */
  readonly id: number;
  /** Its name. */
  readonly name: string;
  /** In the map's order. */
  readonly operations: readonly Operation[];
  /** What pairs of them read and write. */
  readonly settings: readonly Setting[];
}

/** What an operation is taken to do when the map does not say. */
export const DEFAULT_EFFECT: Readonly<Record<Scope, Effect>> = {
  "configuration": "runtime",
  "debug-read-only": "read",
  "debug-write": "disruptive",
  "debug-write-full": "destructive",
};

/**
 * Checks an endpoint map, the keys `format` and `driver` taken off.
 *
 * @throws `UsageError` naming the key path
 */
export function parseDefinition(body: PlainObject): readonly Endpoint[] {
  try {
    const reader = new ObjectReader(body, "");
    const list = items(reader, "endpoints", MAX_ENDPOINTS);
    reader.end();
    const endpoints = list.map(readEndpoint);
    unique(endpoints, "endpoints", ({ id }) => `id ${hex(id)}`);
    unique(endpoints, "endpoints", ({ name }) => `name "${name}"`);
    return endpoints;
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    throw new UsageError(error.message, {
      cause: error,
      hint: error.hint ?? "Compare the file with the form of an endpoint map",
    });
  }
}

/** `0x20`. */
export function hex(value: number): string {
  return `0x${value.toString(16)}`;
}

function readEndpoint(reader: ObjectReader): Endpoint {
  const id = readNumber(reader, "id", 0xffffffff);
  const name = readName(reader);
  const operations = items(reader, "operations", MAX_OPERATIONS)
    .map(readOperation);
  const settings = readSettings(reader, operations);
  reader.end();
  const at = reader.path("operations");
  const key = ({ command, version }: Operation) =>
    `command ${hex(command)} version ${version}`;
  unique(operations, at, key);
  // Names of versions of one command may be the same: the newest is meant.
  unique(
    operations,
    at,
    ({ name, version }) => `name "${name}" version ${version}`,
  );
  return { id, name, operations, settings };
}

function readOperation(reader: ObjectReader): Operation {
  const command = readNumber(reader, "command", 0xffff);
  const version = reader.integer("version", { max: 0xff }) ?? 0;
  const name = readName(reader);
  const scope = reader.choice("scope", SCOPES) ?? refuse(
    reader.path("scope"),
    "is missing",
    `It is the least scope the kernel accepts: ${SCOPES.join(", ")}.`,
  );
  const effect = reader.choice("effect", EFFECTS);
  const groups = readGroups(reader);
  const help = reader.text("help") ?? "";
  const request = reader.object("request");
  const response = reader.object("response");
  reader.end();
  return {
    command,
    version,
    name,
    scope,
    effect: effect ?? DEFAULT_EFFECT[scope],
    effectGiven: effect !== undefined,
    groups,
    help,
    request: request && readLayout(request, true),
    response: response && readLayout(response, false),
  };
}

function readGroups(reader: ObjectReader): readonly string[] {
  const at = reader.path("groups");
  const groups = reader.texts("groups", GROUP_NAMES.length) ?? [];
  for (const [index, group] of groups.entries()) {
    if (GROUP_NAMES.includes(group)) continue;
    refuse(
      `${at}[${index}]`,
      `is no group${didYouMean(group, GROUP_NAMES)}`,
      `There is ${GROUP_NAMES.join(", ")}.`,
    );
  }
  return groups;
}

/** A list of objects that must be there. */
function items(
  reader: ObjectReader,
  key: string,
  max: number,
): ObjectReader[] {
  const list = reader.list(key, max) ??
    refuse(reader.path(key), "is missing");
  return list.map((value: PlainData, index) =>
    new ObjectReader(value, `${reader.path(key)}[${index}]`)
  );
}

/** A number, or text such as `"0x20"`. */
function readNumber(reader: ObjectReader, key: string, max: number): number {
  const value = reader.raw(key);
  const number =
    typeof value === "string" && /^(0x[0-9a-f]{1,8}|\d{1,10})$/i.test(value)
      ? Number(value)
      : value;
  if (
    typeof number !== "number" || !Number.isInteger(number) || number < 0 ||
    number > max
  ) {
    refuse(
      reader.path(key),
      value === undefined ? "is missing" : "is not such a number",
      `Give a whole number from 0 to ${hex(max)}.`,
    );
  }
  return number;
}

function readName(reader: ObjectReader): string {
  const name = reader.text("name") ??
    refuse(reader.path("name"), "is missing");
  if (!NAME.test(name)) {
    refuse(
      reader.path("name"),
      "must be a letter and up to 63 letters, digits, _ or -",
    );
  }
  return name;
}

function unique<T>(
  list: readonly T[],
  at: string,
  key: (item: T) => string,
): void {
  const seen = new Set<string>();
  for (const [index, item] of list.entries()) {
    const own = key(item);
    if (seen.has(own)) {
      refuse(`${at}[${index}]`, `has ${own} for the second time`);
    }
    seen.add(own);
  }
}
