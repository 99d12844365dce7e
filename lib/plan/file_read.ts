/**
 * Reading plan files. A file may have been cut, changed or made up: everything
 * in it is checked before any device is opened, and its labels are claims that
 * apply holds against the requests once more.
 *
 * @module
 */
import type { ChangeValue, FieldChange } from "../../drivers/driver.ts";
import { ModelError, PlanError } from "../errors.ts";
import { ObjectReader, refuse } from "../model/reader.ts";
import { isPlainObject, type PlainData } from "../plain.ts";
import { MAX_RPC_LEN } from "../uapi/fwctl.ts";
import { digestOf } from "./digest.ts";
import { PLAN_FILE_SCHEMA, PLAN_FILE_VERSION } from "./file.ts";
import { readImages, readStep } from "./file_steps.ts";
import {
  anything,
  asText,
  flag,
  integer,
  list,
  object,
  objects,
  record,
  text,
  textOrNull,
} from "./file_values.ts";
import {
  type Plan,
  PLAN_FORMAT,
  type PlannedDevice,
  type PlannedFunction,
  type PlannedResource,
} from "./types.ts";

export * from "./file.ts";

/** A plan that was read from a file. */
export interface PlanFile {
  /** The plan. */
  readonly plan: Plan;
  /** The file's own digest, `sha256:…`; it was right. */
  readonly digest: string;
}

/**
 * Reads the text of a plan file.
 *
 * @param source what the file is called, for messages
 * @throws {PlanError} with reason `tampered` when it was cut or changed,
 *   `unsupported` for another version, `malformed` for anything else
 */
export function readPlanFile(text: string, source: string): PlanFile {
  let data: PlainData;
  try {
    data = JSON.parse(text);
  } catch (cause) {
    throw new PlanError(
      `${source} is cut or is no JSON: ${
        cause instanceof Error ? cause.message : String(cause)
      }`,
      "tampered",
      [],
      { cause, hint: "Nothing was opened; plan again" },
    );
  }
  return readPlanDocument(data, source);
}

/**
 * Reads the data of a plan file.
 *
 * @throws {PlanError} as {@linkcode readPlanFile}
 */
export function readPlanDocument(data: PlainData, source: string): PlanFile {
  if (!isPlainObject(data) || data.schema !== PLAN_FILE_SCHEMA) {
    throw new PlanError(`${source} is no plan file`, "malformed", [], {
      hint: "Make one: fwctl plan RECIPE -o FILE",
    });
  }
  const { version } = data;
  const [major] = PLAN_FILE_VERSION.split(".");
  if (typeof version !== "string" || version.split(".")[0] !== major) {
    throw new PlanError(
      `${source} is a plan file of version ${
        JSON.stringify(version ?? null).slice(0, 40)
      }; this version reads ${PLAN_FILE_VERSION}`,
      "unsupported",
      [],
      { hint: "Plan again with this version" },
    );
  }
  const { digest, ...body } = data;
  const is = digestOf(body);
  if (digest !== is) {
    throw new PlanError(
      `${source} was changed after it was written: its digest does not fit`,
      "tampered",
      [`digest: says ${JSON.stringify(digest ?? null).slice(0, 80)}, is ${is}`],
      { hint: "Nothing was opened; plan again and look at the plan" },
    );
  }
  try {
    return { plan: readPlan(new ObjectReader(data, "")), digest: is };
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    throw new PlanError(`${source}: ${error.message}`, "malformed", [], {
      cause: error,
      hint: error.hint ?? "Nothing was opened; plan again",
    });
  }
}

function readPlan(reader: ObjectReader): Plan {
  for (const known of ["schema", "version", "digest"]) reader.raw(known);
  const format = text(reader, "format");
  if (format !== PLAN_FORMAT) {
    refuse("format", `must be "${PLAN_FORMAT}"`, "Plan again");
  }
  const changes = flag(reader, "changes");
  const devices = objects(reader, "devices", readDevice);
  const names = new Set(devices.map(({ name }) => name));
  if (names.size !== devices.length) refuse("devices", "has a device twice");
  const resources = objects(reader, "resources", (item) => {
    const resource = readResource(item);
    if (!names.has(resource.device)) {
      refuse(item.path("device"), "is no device of the plan");
    }
    return resource;
  });
  const images = readImages(reader);
  const steps = objects(
    reader,
    "steps",
    (item) => readStep(item, { images, resources }),
  );
  const once = new Set(steps.map(({ resource }) => resource));
  if (once.size !== steps.length) refuse("steps", "has a resource twice");
  if (changes !== steps.length > 0) {
    refuse("changes", "must say whether there are steps");
  }
  const plan: Plan = {
    format,
    recipe: object(reader, "recipe", (recipe) => ({
      name: text(recipe, "name"),
      url: text(recipe, "url"),
      digest: text(recipe, "digest"),
      params: anything(recipe, "params"),
    })),
    bootId: text(reader, "bootId"),
    definitions: objects(reader, "definitions", (item) => ({
      driver: text(item, "driver"),
      source: text(item, "source"),
      data: anything(item, "data"),
    })),
    devices,
    resources,
    steps,
  };
  reader.end();
  return plan;
}

function readDevice(reader: ObjectReader): PlannedDevice {
  return {
    name: text(reader, "name"),
    driver: text(reader, "driver"),
    address: text(reader, "address"),
    ...(reader.raw("instance") === undefined
      ? {}
      : { instance: text(reader, "instance") }),
    identity: object(reader, "identity", (identity) => ({
      model: text(identity, "model"),
      firmware: text(identity, "firmware"),
      facts: record(identity, "facts", asText),
    })),
    info: record(reader, "info", (value, at) => {
      if (typeof value !== "number") refuse(at, "must be a number");
      return value;
    }),
    context: list(reader, "context", asText),
  };
}

function readResource(reader: ObjectReader): PlannedResource {
  const given = reader.raw("arguments");
  return {
    kind: text(reader, "kind"),
    device: text(reader, "device"),
    unit: text(reader, "unit"),
    title: text(reader, "title"),
    address: text(reader, "address"),
    vf: reader.raw("vf") === null ? null : object(reader, "vf", readFunction),
    identity: record(reader, "identity", asText),
    notes: list(reader, "notes", asText),
    changes: objects(reader, "changes", readChange),
    same: objects(reader, "same", readChange),
    arguments: given === null ? null : objects(reader, "arguments", (item) => ({
      name: text(item, "name"),
      value: changeValue(item, "value"),
    })),
  };
}

function readFunction(reader: ObjectReader): PlannedFunction {
  return {
    index: integer(reader, "index", { max: 0xffff }),
    pci: text(reader, "pci"),
    kernelDriver: textOrNull(reader, "kernelDriver"),
    fwctl: textOrNull(reader, "fwctl"),
    enabled: reader.raw("enabled") === null ? null : flag(reader, "enabled"),
    ...(reader.raw("instance") === undefined
      ? {}
      : { instance: text(reader, "instance") }),
  };
}

function readChange(reader: ObjectReader): FieldChange {
  return {
    field: text(reader, "field"),
    before: changeValue(reader, "before"),
    after: changeValue(reader, "after"),
    ...optionalValue(reader, "inForce"),
    ...optionalValue(reader, "default"),
    limit: text(reader, "limit"),
    bit: integer(reader, "bit", { max: 8 * MAX_RPC_LEN }),
    width: integer(reader, "width", { max: 8 * MAX_RPC_LEN }),
  };
}

/** A value that need not be there. */
function optionalValue<K extends "inForce" | "default">(
  reader: ObjectReader,
  key: K,
): { readonly [P in K]?: ChangeValue } {
  if (reader.raw(key) === undefined) return {};
  const value: { [P in K]?: ChangeValue } = {};
  value[key] = changeValue(reader, key);
  return value;
}

function changeValue(reader: ObjectReader, key: string): ChangeValue {
  const value = reader.raw(key);
  if (typeof value === "number") return value;
  return asText(value, reader.path(key));
}
