/**
 * Query `caps`: HCA capabilities with current and maximum values, of the device
 * itself or of another of its functions.
 *
 * @module
 */
import { readNumber } from "../../../lib/bits/decode.ts";
import { describe, type FlatField } from "../../../lib/bits/describe.ts";
import type { Layout } from "../../../lib/bits/layout.ts";
import { didYouMean } from "../../../lib/suggest.ts";
import { toPlain } from "../../../lib/bits/value.ts";
import type { InventoryDevice } from "../../../lib/device/inventory.ts";
import { isFwctlError, UsageError } from "../../../lib/errors.ts";
import type { PlainData, PlainObject } from "../../../lib/plain.ts";
import type { Channel, QueryType } from "../../driver.ts";
import { readCapImage } from "../caps.ts";
import { type CapType, capTypeByName, capTypes } from "../tables/cap_types.ts";
import { enumName } from "../tables/enums.ts";
import { layout as layoutOf } from "../tables/ifc.ts";

/** A type whose fields are known. */
type Known = CapType & { readonly layout: string };

function isKnown(type: CapType): type is Known {
  return type.layout !== undefined;
}

const ARGS = ["types", "function_id", "vf"];
const FLAT = new WeakMap<Layout, readonly FlatField[]>();

function fieldsOf(layout: Layout): readonly FlatField[] {
  let fields = FLAT.get(layout);
  if (!fields) {
    fields = describe(layout, { skipReserved: true, rawUnions: true });
    FLAT.set(layout, fields);
  }
  return fields;
}

/** The query. Arguments: `types` (names), and `function_id` or `vf` (PCI address). */
export const capsQuery: QueryType = {
  name: "caps",
  summary: "HCA capabilities, current and maximum",
  scope: "configuration",
  arguments: {
    types: {
      type: "texts",
      help: "Capability types, such as GENERAL; all whose fields are public",
    },
    function_id: { type: "integer", help: "Of another function, by its id" },
    vf: { type: "text", help: "Of a virtual function, by its PCI address" },
  },
  run({ channel, entry }, args): PlainData {
    const functionId = functionOf(entry, args);
    const types = wantedTypes(args.types);
    const found: PlainObject[] = [];
    const missing: string[] = [];
    for (const type of types) {
      const read = readType(channel, type, functionId);
      if (read) found.push(read);
      else missing.push(type.name);
    }
    return {
      function: functionId === undefined ? "own" : functionId,
      types: found,
      unsupported: missing,
    };
  },
};

function readType(
  channel: Channel,
  type: Known,
  functionId: number | undefined,
): PlainObject | undefined {
  let current: Uint8Array;
  let maximum: Uint8Array;
  try {
    current = readCapImage(channel, type.number, "current", functionId);
    maximum = readCapImage(channel, type.number, "maximum", functionId);
  } catch (error) {
    // A firmware that lacks a type says BAD_PARAM; for GENERAL that means the function.
    const lacks = isFwctlError(error) && error.code === "DeviceError" &&
      type.number !== 0;
    if (lacks) return undefined;
    throw error;
  }
  const layout = layoutOf(type.layout);
  return {
    type: type.name,
    number: type.number,
    layout: type.layout,
    fields: fieldsOf(layout).map((field) =>
      valueOf(layout, field, current, maximum)
    ),
  };
}

function valueOf(
  layout: Layout,
  { path, bit, width }: FlatField,
  current: Uint8Array,
  maximum: Uint8Array,
): PlainObject {
  const now = toPlain(readNumber(current, bit, width, "big"));
  const most = toPlain(readNumber(maximum, bit, width, "big"));
  const name = typeof now === "number"
    ? enumName(layout.name, path, now)
    : undefined;
  return {
    field: path,
    bit,
    width,
    current: now,
    maximum: most,
    ...(name === undefined ? {} : { name }),
  };
}

function functionOf(
  entry: InventoryDevice,
  args: PlainObject,
): number | undefined {
  for (const key of Object.keys(args)) {
    if (ARGS.includes(key)) continue;
    throw new UsageError(`The query caps has no argument "${key}"`, {
      hint: didYouMean(key, ARGS) ?? `Its arguments are ${ARGS.join(", ")}`,
    });
  }
  const { function_id: id, vf: pci } = args;
  if (pci !== undefined) {
    const vf = entry.virtfns.find((each) => each.pci === pci);
    if (vf) return vf.index + 1;
    throw new UsageError(`${entry.name} has no virtual function ${pci}`, {
      device: entry.name,
      hint: "Run `fwctl list` to see its functions",
    });
  }
  if (id === undefined) return undefined;
  if (
    typeof id === "number" && Number.isInteger(id) && id >= 0 && id <= 0xffff
  ) {
    return id;
  }
  throw new UsageError(`${JSON.stringify(id)} is not a function id`, {
    hint: "It is the index of the virtual function plus 1",
  });
}

function wantedTypes(names: PlainData | undefined): readonly Known[] {
  if (names === undefined) return capTypes().filter(isKnown);
  if (!Array.isArray(names)) {
    throw new UsageError("types is not a list of names", {
      hint: "For instance GENERAL, GENERAL_2, ROCE",
    });
  }
  return names.map((name: PlainData) => {
    const type = capTypeByName(String(name));
    if (isKnown(type)) return type;
    throw new UsageError(`The fields of ${type.name} are not public`, {
      hint: "Read it raw with fwctl rpc",
    });
  });
}
