/**
 * Query `caps`: HCA capabilities with current and maximum values, of the device
 * itself or of another of its functions.
 *
 * @module
 */
import { readNumber } from "../../../lib/bits/decode.ts";
import { describe, type FlatField } from "../../../lib/bits/describe.ts";
import type { Layout } from "../../../lib/bits/layout.ts";
import { toPlain } from "../../../lib/bits/value.ts";
import type { InventoryDevice } from "../../../lib/device/inventory.ts";
import { isFwctlError, UsageError } from "../../../lib/errors.ts";
import { bitPicture } from "../../../lib/bits/picture.ts";
import { fromHex, toHex } from "../../../lib/bytes.ts";
import {
  isPlainObject,
  type PlainData,
  type PlainObject,
} from "../../../lib/plain.ts";
import { didYouMean } from "../../../lib/suggest.ts";
import type { Channel, QueryType } from "../../driver.ts";
import { readCapImage } from "../caps.ts";
import { flagOf, onlyArguments } from "../reading/arguments.ts";
import {
  type CapType,
  capTypeByName,
  capTypeByNumber,
  capTypes,
} from "../tables/cap_types.ts";
import { enumName } from "../tables/enums.ts";
import { layout as layoutOf } from "../tables/ifc.ts";

const FLAT = new WeakMap<Layout, readonly FlatField[]>();

function fieldsOf(layout: Layout): readonly FlatField[] {
  let fields = FLAT.get(layout);
  if (!fields) {
    fields = describe(layout, { skipReserved: true, rawUnions: true });
    FLAT.set(layout, fields);
  }
  return fields;
}

/** How one type is read. */
interface Wanted {
  readonly functionId: number | undefined;
  readonly raw: boolean;
  /** Takes the pictures, where they are wanted. */
  readonly drawn: string[] | undefined;
}

/** The query. Arguments: `types` (names), and `function_id` or `vf` (PCI address). */
export const capsQuery: QueryType = {
  name: "caps",
  summary: "HCA capabilities, current and maximum",
  scope: "configuration",
  arguments: {
    types: {
      type: "texts",
      help:
        "Capability types, such as GENERAL or 0x20; all whose fields are public",
      values: () =>
        capTypes().filter(({ layout }) => layout !== undefined)
          .map(({ name, layout = "" }) => [name, layout]),
    },
    function_id: { type: "integer", help: "Of another function, by its id" },
    vf: { type: "text", help: "Of a virtual function, by its PCI address" },
    raw: { type: "flag", help: "The images as hex digits as well" },
    picture: { type: "flag", help: "Draw the bits of each type" },
  },
  run({ channel, entry }, args): PlainData {
    onlyArguments("caps", this.arguments, args);
    const functionId = functionOf(entry, args);
    const types = wantedTypes(args.types);
    const raw = flagOf(args, "raw");
    const drawn: string[] | undefined = flagOf(args, "picture")
      ? []
      : undefined;
    const found: PlainObject[] = [];
    const missing: string[] = [];
    for (const type of types) {
      const read = readType(channel, type, { functionId, raw, drawn });
      if (read) found.push(read);
      else missing.push(type.name);
    }
    return {
      function: functionId === undefined ? "own" : functionId,
      types: found,
      unsupported: missing,
      ...(drawn ? { picture: drawn.map((bits) => ({ bits })) } : {}),
    };
  },
  /** Of each type the 4096 bytes of the current image, and those of the maximum. */
  bytes: (answer) => {
    const types = isPlainObject(answer) ? answer.types : undefined;
    if (!Array.isArray(types)) return [];
    return types.filter(isPlainObject).flatMap(({ type = "", raw }) =>
      isPlainObject(raw)
        ? ["current", "maximum"].map((mode) => ({
          title: `${String(type)} ${mode}`,
          bytes: fromHex(String(raw[mode])),
        }))
        : []
    );
  },
};

function readType(
  channel: Channel,
  type: CapType,
  { functionId, raw, drawn }: Wanted,
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
  const layout = type.layout === undefined ? undefined : layoutOf(type.layout);
  if (layout) {
    drawn?.push(
      `${type.name}, ${layout.name}, current:`,
      ...bitPicture(layout, { bytes: current }),
    );
  }
  const images = { current: toHex(current), maximum: toHex(maximum) };
  return {
    type: type.name,
    number: type.number,
    layout: type.layout ?? "not public",
    fields: layout
      ? fieldsOf(layout).map((field) =>
        valueOf(layout, field, current, maximum)
      )
      : [],
    ...(raw || !layout ? { raw: images } : {}),
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
  const { function_id: id, vf: pci } = args;
  if (pci !== undefined) {
    const vf = entry.virtfns.find((each) => each.pci === pci);
    if (vf) return vf.index + 1;
    throw new UsageError(`${entry.name} has no virtual function ${pci}`, {
      device: entry.name,
      hint: didYouMean(`${pci}`, entry.virtfns.map((each) => each.pci)) ??
        "Run `fwctl list` to see its functions",
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

/** The types; one without public fields has only its bytes. */
function wantedTypes(names: PlainData | undefined): readonly CapType[] {
  if (names === undefined) {
    return capTypes().filter(({ layout }) => layout !== undefined);
  }
  if (!Array.isArray(names)) {
    throw new UsageError("types is not a list of names", {
      hint: "For instance GENERAL, GENERAL_2, ROCE",
    });
  }
  return names.map((name: PlainData) => {
    const text = String(name);
    if (!/^0x[0-9a-f]{1,2}$/i.test(text)) return capTypeByName(text);
    const number = Number(text);
    return capTypeByNumber(number) ??
      { number, name: text.toLowerCase(), layout: undefined, settable: false };
  });
}
