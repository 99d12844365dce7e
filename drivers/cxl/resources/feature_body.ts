/**
 * What a recipe says to declare a `cxl.feature`, and how it is checked.
 *
 * @module
 */
import { type Bytes, fromHex } from "../../../lib/bytes.ts";
import { isFwctlError, RecipeError } from "../../../lib/errors.ts";
import {
  isPlainObject,
  type PlainData,
  type PlainObject,
} from "../../../lib/plain.ts";
import { didYouMean } from "../../../lib/suggest.ts";
import { parseSchema } from "../definition.ts";
import { MAX_DATA } from "../definition_check.ts";
import type { FeatureSchema } from "../fields.ts";
import { STANDARD } from "../tables/standard.ts";
import { asUuid } from "../tables/uuid.ts";

/** A value as a recipe gives it. */
export type GivenValue = number | string | boolean;

/** A checked declaration. Either `set` or `data` is there. */
export interface DeclaredFeature {
  /** The device by any of its names. */
  readonly device: string;
  /** A name or a UUID, as it was given. */
  readonly feature: string;
  /** The UUID where it is known without the device's definitions. */
  readonly uuid: string | undefined;
  /** Values by field. */
  readonly set: ReadonlyMap<string, GivenValue> | undefined;
  /** The whole data. */
  readonly data: Bytes | undefined;
  /** The fields, where the recipe says them. */
  readonly schema: FeatureSchema | undefined;
}

const KEYS = ["device", "feature", "set", "data", "schema"];

/**
 * Checks `device`, `feature` (name or UUID), `set` (field → value) or `data`
 * (hex digits), and `schema` (one feature as in a definition file).
 *
 * @throws {RecipeError} naming the key that is wrong
 */
export function parseFeature(body: PlainObject): DeclaredFeature {
  for (const key of Object.keys(body)) {
    if (KEYS.includes(key)) continue;
    throw new RecipeError(`cxl.feature has no key "${key.slice(0, 64)}"`, {
      hint: didYouMean(key, KEYS) ?? `Its keys are ${KEYS.join(", ")}`,
    });
  }
  const device = text(body.device, "device", "For instance fwctl0 or mem0");
  const feature = text(body.feature, "feature", "Its name or its UUID");
  const schema = schemaOf(body.schema, feature);
  const { set, data } = body;
  if ((set === undefined) === (data === undefined)) {
    throw new RecipeError(
      set === undefined
        ? "set: what the feature should be is not given"
        : "data: does not go with set",
      { hint: "Give set (field: value) or data (the whole data in hex)" },
    );
  }
  return {
    device,
    feature,
    uuid: asUuid(feature) ?? schema?.uuid ??
      STANDARD.find(({ name }) => name === feature)?.uuid,
    set: set === undefined ? undefined : valuesOf(set),
    data: data === undefined ? undefined : bytesOf(data),
    schema,
  };
}

function text(value: PlainData | undefined, key: string, hint: string): string {
  if (typeof value === "string" && value !== "" && value.length <= 256) {
    return value;
  }
  throw new RecipeError(`${key}: ${show(value)} is not a name`, { hint });
}

function schemaOf(
  value: PlainData | undefined,
  feature: string,
): FeatureSchema | undefined {
  if (value === undefined) return undefined;
  const uuid = asUuid(feature);
  try {
    const schema = parseSchema(
      value,
      "schema",
      uuid === undefined ? { name: feature } : { uuid },
    );
    if (schema.name === feature || schema.uuid === uuid) return schema;
  } catch (error) {
    if (!isFwctlError(error)) throw error;
    throw new RecipeError(
      error.message,
      error.hint === undefined ? {} : { hint: error.hint },
    );
  }
  throw new RecipeError(`schema: is not about ${show(feature)}`, {
    hint: "Its name or its uuid must be the feature's",
  });
}

function valuesOf(value: PlainData): ReadonlyMap<string, GivenValue> {
  if (!isPlainObject(value) || Object.keys(value).length === 0) {
    throw new RecipeError("set: must be an object of field: value", {
      hint: "For instance { watts: 25 }",
    });
  }
  return new Map(
    Object.entries(value).map(([field, given]): [string, GivenValue] => {
      const kind = typeof given;
      if (kind === "number" || kind === "string" || kind === "boolean") {
        return [field, given as GivenValue];
      }
      throw new RecipeError(
        `set.${field.slice(0, 64)}: ${show(given)} is not a value`,
        { hint: "It is a number, true or false, a name of a value, or hex" },
      );
    }),
  );
}

function bytesOf(value: PlainData): Bytes {
  const fail = (why: string): never => {
    throw new RecipeError(`data: ${why}`, {
      hint: "Give the whole data of the feature in hex digits",
    });
  };
  if (typeof value !== "string") return fail("is not text");
  try {
    const bytes = fromHex(value);
    if (bytes.length === 0) fail("is empty");
    return bytes.length > MAX_DATA
      ? fail(`is ${bytes.length} bytes; ${MAX_DATA} are the most`)
      : bytes;
  } catch (error) {
    return error instanceof RangeError ? fail(error.message) : fail(
      isFwctlError(error) ? error.message.replace(/^data: /, "") : "is not hex",
    );
  }
}

function show(value: PlainData | undefined): string {
  return JSON.stringify(value)?.slice(0, 80) ?? "nothing";
}
