/**
 * Resource `pds.setting`: what an endpoint map says a pair of operations reads
 * and writes: `{ device, endpoint, setting, select?, set }`.
 *
 * `select` are the fields of the reading operation, such as the module of a log
 * level; `set` the fields wanted. The whole payload is written, as it was read
 * but for those.
 *
 * @module
 */
import type { Bytes } from "../../../lib/bytes.ts";
import {
  DecodeError,
  isFwctlError,
  PlanError,
  RecipeError,
} from "../../../lib/errors.ts";
import { isPlainObject, type PlainObject } from "../../../lib/plain.ts";
import { didYouMean } from "../../../lib/suggest.ts";
import type {
  Difference,
  FieldChange,
  ImageField,
  ImageRead,
  Located,
  Observed,
  ResourceType,
} from "../../driver.ts";
import { placeOf, type Setting } from "../definition_settings.ts";
import { type Endpoint, hex } from "../definition.ts";
import { mapOf, opcodeOf } from "../knowledge.ts";
import {
  describeField,
  encodePayload,
  type PayloadField,
  readField,
  writeField,
} from "../payload.ts";
import { findCard, planning } from "../planning.ts";
import { HEADER_BYTES, rpcMessage } from "../protocol.ts";

/** A checked declaration. */
export interface SettingBody {
  /** The device by any of its names. */
  readonly device: string;
  /** The endpoint's name. */
  readonly endpoint: string;
  /** The setting's name. */
  readonly setting: string;
  /** Which one, by fields of the reading operation. */
  readonly select: PlainObject;
  /** Values by field. */
  readonly set: PlainObject;
}

const KEYS = ["device", "endpoint", "setting", "select", "set"];

interface Context {
  readonly endpoint: number;
  readonly setting: Setting;
  readonly image: Bytes;
}

/** The resource. */
export const settingResource: ResourceType<SettingBody> = {
  kind: "pds.setting",
  summary: "A setting that an endpoint map names, read and written as a whole",
  scope: null,
  effect: null,
  parse,

  locate(body, inventory): Located {
    const entry = findCard(inventory, body.device);
    const which = Object.keys(body.select).sort()
      .map((key) => `${key} ${String(body.select[key])}`).join(", ");
    const name = `${body.endpoint}.${body.setting}`;
    const unit = which === "" ? name : `${name} ${which}`;
    return {
      device: entry.name,
      unit,
      title: unit,
      address: entry.pci ?? "",
      vf: null,
      context: undefined,
    };
  },

  observe(body, _located, { channel, know, entry }): Observed {
    const map = mapOf(know);
    const { endpoint, setting } = planning(() => {
      const endpoint = map.findEndpoint(body.endpoint);
      return { endpoint, setting: map.findSetting(endpoint, body.setting) };
    }, `${entry.name}: `);
    const { get, layout } = setting;
    const read: ImageRead = {
      request: rpcMessage(
        endpoint.id,
        opcodeOf(get),
        selected(body.select, setting),
      ),
      capacity: HEADER_BYTES + layout.size,
      offset: HEADER_BYTES,
      length: layout.size,
    };
    const response = channel.send(read.request, read.capacity);
    if (response.length !== read.capacity) {
      throw new DecodeError(
        `${endpoint.name}.${get.name} answered ${response.length} bytes, not ${read.capacity}`,
        { device: entry.name, hint: "Compare its size in the endpoint map" },
      );
    }
    const image = response.slice(HEADER_BYTES);
    return {
      read,
      image,
      identity: {
        endpoint: `${endpoint.name} (${hex(endpoint.id)})`,
        setting: setting.name,
      },
      notes: [],
      context: { endpoint: endpoint.id, setting, image } satisfies Context,
    };
  },

  diff(body, observed): Difference {
    const { endpoint, setting, image } = observed.context as Context;
    const { layout, set } = setting;
    const after = image.slice();
    const changes: FieldChange[] = [];
    const same: FieldChange[] = [];
    const refused: string[] = [];
    for (const [name, wanted] of Object.entries(body.set)) {
      const field = layout.fields.find((each) => each.name === name);
      try {
        if (!field) {
          // Says which fields there are.
          encodePayload(layout, { [name]: wanted });
          continue;
        }
        writeField(after, field, wanted);
        const change = changeOf(field, image, after);
        (change.before === change.after ? same : changes).push(change);
      } catch (error) {
        if (!isFwctlError(error)) throw error;
        refused.push(`${error.message}${error.hint ? ` (${error.hint})` : ""}`);
      }
    }
    return {
      changes,
      same,
      after: changes.length > 0 ? after : image,
      writeHeader: rpcMessage(endpoint, opcodeOf(set), new Uint8Array(0)),
      writeCapacity: HEADER_BYTES + (set.response?.size ?? 0),
      live: set.effect === "next-reset" ? "next-reset" : "now",
      refused,
    };
  },

  imageFields(unit, definitions): readonly ImageField[] | undefined {
    // Which module, port or the like stands behind the name.
    const wanted = unit.split(" ")[0];
    for (const { name, settings } of (definitions as Endpoint[][]).flat()) {
      const setting = settings.find((each) =>
        `${name}.${each.name}` === wanted
      );
      if (!setting) continue;
      return setting.layout.fields.flatMap((field): ImageField[] => {
        const bit = placeOf(field);
        const { name, type, width } = field;
        const order = type === "text" || type === "hex" ? "bytes" : "little";
        return bit === undefined ? [] : [{ field: name, bit, width, order }];
      });
    }
    return undefined;
  },
};

/**
 * The reading operation's request. A value in another spelling than the map's
 * would be a second name of one unit, and two declarations of it no conflict.
 */
function selected(select: PlainObject, { get }: Setting): Bytes {
  const layout = get.request ?? { size: 0, fields: [] };
  const { bytes } = planning(() => encodePayload(layout, select), "select: ");
  for (const field of layout.fields) {
    const given = select[field.name];
    const own = readField(bytes, field);
    if (given === own) continue;
    throw new PlanError(
      `select: ${field.name} must be given as ${JSON.stringify(own)}`,
      "refused-value",
      [],
      { hint: `Give ${describeField(field)}` },
    );
  }
  return bytes;
}

function changeOf(
  field: PayloadField,
  image: Bytes,
  after: Bytes,
): FieldChange {
  return {
    field: field.name,
    before: shown(image, field),
    after: shown(after, field),
    limit: field.values || field.type === "text" || field.type === "hex"
      ? ""
      : `${field.min} to ${field.max}`,
    bit: placeOf(field) ?? field.bit,
    width: field.width,
  };
}

function shown(image: Bytes, field: PayloadField): number | string {
  const value = readField(image, field);
  return typeof value === "number" ? value : String(value);
}

/** Checks the declaration. @throws `RecipeError` naming the key */
function parse(body: PlainObject): SettingBody {
  const unknown = Object.keys(body).find((key) => !KEYS.includes(key));
  if (unknown !== undefined) {
    throw new RecipeError(`pds.setting has no key "${unknown.slice(0, 64)}"`, {
      hint: didYouMean(unknown, KEYS) ?? `Its keys are ${KEYS.join(", ")}`,
    });
  }
  const { select = {}, set } = body;
  if (!isPlainObject(select)) {
    throw new RecipeError("select: is not an object", {
      hint: 'For instance { module: "flow" }',
    });
  }
  if (!isPlainObject(set) || Object.keys(set).length === 0) {
    throw new RecipeError("set: must be an object of field: value", {
      hint: 'For instance { level: "debug" }',
    });
  }
  const name = (key: "device" | "endpoint" | "setting"): string => {
    const value = body[key];
    if (typeof value === "string" && value !== "") return value;
    throw new RecipeError(`pds.setting needs ${key}, a name`, {
      hint: "The names are those of the endpoint map: see fwctl describe",
    });
  };
  return {
    device: name("device"),
    endpoint: name("endpoint"),
    setting: name("setting"),
    select,
    set,
  };
}
