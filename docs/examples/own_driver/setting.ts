/**
 * What a recipe can declare of an Acme card: `acme.setting`. The engine reads,
 * compares, writes, reads back and undoes; a resource only says how.
 *
 * @module
 */
import {
  concatBytes,
  findDevice,
  type Located,
  PlanError,
  RecipeError,
  type ResourceType,
} from "../../../drivers/kit.ts";
import {
  GET,
  MESSAGE_BYTES,
  request,
  SET,
  SETTINGS,
  VALUE_OFFSET,
  valueOf,
} from "./protocol.ts";

/** A checked declaration. */
export interface Setting {
  /** The device by any of its names. */
  readonly device: string;
  /** Which setting, by its index. */
  readonly index: number;
  /** What it is to be. */
  readonly value: number;
}

/** The resource. */
export const settingResource: ResourceType<Setting> = {
  kind: "acme.setting",
  summary: "A setting of an Acme card",
  scope: "configuration",
  effect: "runtime",

  // 1. What came from a recipe is checked before anything is opened.
  parse({ device, setting, value }) {
    const index = SETTINGS.findIndex(({ name }) => name === setting);
    if (typeof device !== "string" || index < 0 || typeof value !== "number") {
      throw new RecipeError("acme.setting takes device, setting and value", {
        hint: `Settings: ${SETTINGS.map(({ name }) => name).join(", ")}`,
      });
    }
    return { device, index, value };
  },

  // 2. Where it lands, from the inventory alone.
  locate({ device, index }, inventory): Located {
    const entry = findDevice(inventory, device);
    if (entry.driver !== "acme") {
      throw new PlanError(`${entry.name} is no Acme card`, "unknown-target");
    }
    return {
      device: entry.name,
      // Two declarations of one unit conflict.
      unit: `setting ${index}`,
      title: `Setting ${SETTINGS[index]?.name ?? index}`,
      address: entry.pci ?? "",
      vf: null,
      context: undefined,
    };
  },

  // 3. What it is now. Reads only.
  observe({ index }, _located, { channel }) {
    const read = {
      request: request(GET, index),
      capacity: MESSAGE_BYTES,
      offset: VALUE_OFFSET,
      length: MESSAGE_BYTES - VALUE_OFFSET,
    };
    const response = channel.send(read.request, read.capacity);
    valueOf(response); // also that it is long enough
    return {
      read,
      image: response.slice(VALUE_OFFSET, MESSAGE_BYTES),
      identity: {},
      notes: [],
      context: undefined,
    };
  },

  // 4. What must change. What cannot be is refused here.
  diff({ index, value }, { image }) {
    const { name = "", most = 0 } = SETTINGS[index] ?? {};
    const header = request(SET, index).slice(0, VALUE_OFFSET);
    const change = {
      field: name,
      before: valueOf(concatBytes(header, image)),
      after: value,
      limit: `at most ${most}`,
      bit: 0,
      width: 32,
    };
    const same = change.before === value;
    return {
      changes: same ? [] : [change],
      same: same ? [change] : [],
      after: request(SET, index, value).slice(VALUE_OFFSET),
      writeHeader: header,
      writeCapacity: MESSAGE_BYTES,
      live: "now",
      refused: Number.isInteger(value) && value >= 0 && value <= most
        ? []
        : [`${name} ${value} is refused: at most ${most}`],
    };
  },
};
