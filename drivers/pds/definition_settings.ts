/**
 * Settings of an endpoint map: a pair of operations that read and write the same
 * payload, so that it can be compared, verified and undone.
 *
 * ```json
 * "settings": [ { "name": "level", "get": "get_level", "set": "set_level" } ]
 * ```
 *
 * `get` and `set` are operations of the same endpoint (of several versions the
 * newest). `get` must have effect `read`; its response and the request of `set`
 * must be laid out alike.
 *
 * @module
 */
import { ObjectReader, refuse } from "../../lib/model/reader.ts";
import type { PlainData } from "../../lib/plain.ts";
import type { Operation } from "./operation.ts";
import type { PayloadField, PayloadLayout } from "./payload.ts";

const MAX_SETTINGS = 511;
const NAME = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;

/** What a pair of operations reads and writes. */
export interface Setting {
  /** Its name. */
  readonly name: string;
  /** Reads it; its request selects which one where there are several. */
  readonly get: Operation;
  /** Writes it. */
  readonly set: Operation;
  /** The payload both have. */
  readonly layout: PayloadLayout;
}

/**
 * Reads the key `settings` of an endpoint.
 *
 * @throws `ModelError` naming the key path
 */
export function readSettings(
  reader: ObjectReader,
  operations: readonly Operation[],
): readonly Setting[] {
  const at = reader.path("settings");
  const names = new Set<string>();
  return (reader.list("settings", MAX_SETTINGS) ?? []).map((value, index) => {
    const setting = readSetting(value, `${at}[${index}]`, operations);
    if (names.has(setting.name)) {
      refuse(
        `${at}[${index}].name`,
        `is "${setting.name}" for the second time`,
      );
    }
    names.add(setting.name);
    return setting;
  });
}

function readSetting(
  value: PlainData,
  at: string,
  operations: readonly Operation[],
): Setting {
  const reader = new ObjectReader(value, at);
  const name = reader.text("name") ?? refuse(reader.path("name"), "is missing");
  if (!NAME.test(name)) {
    refuse(
      reader.path("name"),
      "must be a letter and up to 63 letters, digits, _ or -",
    );
  }
  const get = readPartner(reader, "get", operations);
  const set = readPartner(reader, "set", operations);
  reader.end();
  if (get.effect !== "read") {
    refuse(reader.path("get"), `has effect ${get.effect}, not read`);
  }
  if (set.effect === "read") refuse(reader.path("set"), "has effect read");
  const layout = set.request;
  if (!layout || layout.size === 0 || layout.fields.length === 0) {
    return refuse(reader.path("set"), "takes no fields");
  }
  if (shape(layout) !== shape(get.response)) {
    refuse(
      at,
      `cannot be read back: what ${get.name} answers is laid out unlike what ${set.name} takes`,
    );
  }
  const odd = layout.fields.find((field) => placeOf(field) === undefined);
  if (odd) {
    refuse(
      reader.path("set"),
      `has field ${odd.name}, which is neither whole bytes nor bits of one byte`,
    );
  }
  return { name, get, set, layout };
}

function readPartner(
  reader: ObjectReader,
  key: "get" | "set",
  operations: readonly Operation[],
): Operation {
  const name = reader.text(key) ?? refuse(reader.path(key), "is missing");
  const [newest] = operations.filter((each) => each.name === name)
    .sort((a, b) => b.version - a.version);
  return newest ?? refuse(
    reader.path(key),
    "names no operation of this endpoint",
    `It has ${operations.map((each) => each.name).join(", ")}.`,
  );
}

/** Where every field is and of which type. */
function shape(layout: PayloadLayout | undefined): string {
  return layout === undefined ? "" : JSON.stringify([
    layout.size,
    layout.fields.map(({ name, type, bit, width, values }) => [
      name,
      type,
      bit,
      width,
      [...values ?? []],
    ]),
  ]);
}

/**
 * First bit of a field counted from the most significant bit of byte 0, as a
 * plan counts; undefined when its bits are not in one run that way.
 */
export function placeOf({ bit, width }: PayloadField): number | undefined {
  const low = bit % 8;
  if (low === 0 && width % 8 === 0) return bit;
  return low + width <= 8 ? bit - low + 8 - low - width : undefined;
}
