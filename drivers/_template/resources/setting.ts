/**
 * Resource `example.setting`: one setting of the device.
 *
 * A resource is what can be read, compared, written, read back and undone. The
 * engine does all of that; a resource only says how: which request reads the
 * image, which bytes of the answer it is, and what goes before the image in the
 * request that writes it. It never writes itself.
 *
 * @module
 */
import { concatBytes } from "../../../lib/bytes.ts";
import { findDevice } from "../../../lib/device/find.ts";
import { isFwctlError, PlanError, RecipeError } from "../../../lib/errors.ts";
import type { PlainObject } from "../../../lib/plain.ts";
import { didYouMean } from "../../../lib/suggest.ts";
import type {
  Difference,
  FieldChange,
  ImageRead,
  Located,
  Observed,
  ResourceType,
} from "../../driver.ts";
import {
  getSetting,
  MESSAGE_BYTES,
  request,
  setSettingHeader,
  VALUE_OFFSET,
  valueOf,
} from "../protocol.ts";
import { SET_SETTING, type Setting, SETTINGS } from "../tables/commands.ts";

/** A checked declaration. */
export interface SettingDeclaration {
  /** The device by any of its names. */
  readonly device: string;
  /** Which setting. */
  readonly setting: Setting;
  /** What it is to be. */
  readonly value: number;
}

const KEYS = ["device", "setting", "value"];

/** The resource. */
export const settingResource: ResourceType<SettingDeclaration> = {
  kind: "example.setting",
  summary: "A setting of an example device",
  scope: "configuration",
  effect: "runtime",

  // 1. What came from a recipe is checked before anything is opened.
  parse,

  // 2. Where it lands, from the inventory alone.
  locate({ device, setting }, inventory): Located {
    const entry = target(() => findDevice(inventory, device));
    if (entry.driver !== "example") {
      throw new PlanError(
        `${entry.name} is a device of driver ${entry.driver}`,
        "unknown-target",
        [],
        { device: entry.name, hint: "Run `fwctl list` to see the devices" },
      );
    }
    return {
      device: entry.name,
      // Two declarations of one unit conflict.
      unit: `setting ${setting.index}`,
      title: `Setting ${setting.name}`,
      address: entry.pci ?? "",
      vf: null,
      context: undefined,
    };
  },

  // 3. What it is now. Reads only.
  observe({ setting }, _located, { channel }): Observed {
    const read: ImageRead = {
      request: getSetting(setting.index),
      capacity: MESSAGE_BYTES,
      offset: VALUE_OFFSET,
      length: MESSAGE_BYTES - VALUE_OFFSET,
    };
    const response = channel.send(read.request, read.capacity);
    // Also checks that the response is long enough for the image.
    valueOf(response);
    return {
      read,
      image: response.slice(VALUE_OFFSET, MESSAGE_BYTES),
      identity: { setting: String(setting.index) },
      notes: [],
      context: undefined,
    };
  },

  // 4. What must change. Sends nothing; what cannot be is refused here.
  diff({ setting, value }, { image }): Difference {
    const header = setSettingHeader(setting.index);
    const change: FieldChange = {
      field: setting.name,
      before: valueOf(concatBytes(header, image)),
      after: value,
      limit: `at most ${setting.most}`,
      bit: 0,
      width: 32,
    };
    const changed = change.before !== value;
    return {
      changes: changed ? [change] : [],
      same: changed ? [] : [change],
      after: request(SET_SETTING, setting.index, value).slice(VALUE_OFFSET),
      writeHeader: header,
      writeCapacity: MESSAGE_BYTES,
      live: "now",
      refused: value > setting.most
        ? [`${setting.name} ${value} is refused: at most ${setting.most}`]
        : [],
    };
  },
};

/** Checks `{ device, setting, value }`. @throws `RecipeError` naming the key */
function parse(body: PlainObject): SettingDeclaration {
  const unknown = Object.keys(body).find((key) => !KEYS.includes(key));
  if (unknown !== undefined) {
    throw new RecipeError(`example.setting has no key "${unknown}"`, {
      hint: didYouMean(unknown, KEYS) ?? `Its keys are ${KEYS.join(", ")}`,
    });
  }
  const { device, setting: name, value } = body;
  if (typeof device !== "string") {
    throw new RecipeError("device is not a name", {
      hint: "For instance fwctl0",
    });
  }
  const setting = SETTINGS.find((each) => each.name === name);
  if (!setting) {
    const names = SETTINGS.map((each) => each.name);
    throw new RecipeError(`setting: ${JSON.stringify(name)} is none`, {
      hint: didYouMean(String(name), names) ?? `There is ${names.join(", ")}`,
    });
  }
  if (
    typeof value !== "number" || !Number.isInteger(value) || value < 0 ||
    value > 0xffffffff
  ) {
    throw new RecipeError(`value: ${JSON.stringify(value)} does not fit`, {
      hint: `It takes whole numbers from 0 to ${setting.most}`,
    });
  }
  return { device, setting, value };
}

/** Runs a look-up whose failure means that there is no such device. */
function target<T>(look: () => T): T {
  try {
    return look();
  } catch (error) {
    if (!isFwctlError(error)) throw error;
    throw new PlanError(error.message, "unknown-target", [], {
      cause: error,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
    });
  }
}
