/**
 * Resource `mlx5.nvconfig_items`: nvconfig items as they are, byte for byte:
 * what query `nvconfig_backup` gave is what a card is brought back to.
 *
 * @module
 */
import { type Bytes, equalBytes, fromHex, toHex } from "../../../lib/bytes.ts";
import { RecipeError } from "../../../lib/errors.ts";
import {
  isPlainObject,
  type PlainData,
  type PlainObject,
} from "../../../lib/plain.ts";
import type { FieldChange, ResourceType } from "../../driver.ts";
import { itemName } from "../nvconfig/knowledge.ts";
import { typeText } from "../nvconfig/names.ts";
import {
  MNVDA_DATA_AT,
  MNVDA_MESSAGE_BYTES,
  NV_DATA_BYTES,
  readItem,
} from "../nvconfig/registers.ts";
import {
  DPU_NOTE,
  locateNv,
  resetOf,
  sharedReader,
  wasStored,
} from "../nvconfig/target.ts";
import type { NvTlv } from "../nvconfig/types.ts";
import { itemWrite } from "../nvconfig/write.ts";
import { deviceOf, onlyKeys } from "./nvconfig_body.ts";

/** One checked item. */
export interface NvConfigItem {
  /** The device by any of its names. */
  readonly device: string;
  /** Type word. */
  readonly type: number;
  /** What it is to hold. */
  readonly data: Bytes;
}

interface Seen {
  readonly image: Bytes;
  readonly current: Bytes | undefined;
  readonly standard: Bytes | undefined;
  /** Whether the device stores it. */
  readonly stored: boolean;
  readonly reset: string;
  readonly refused: readonly string[];
}

/** Most items of one declaration. */
const MOST = 1024;

function listOf(body: PlainObject): readonly PlainData[] {
  onlyKeys("mlx5.nvconfig_items", body, ["device", "items"]);
  const { items } = body;
  if (Array.isArray(items) && items.length > 0 && items.length <= MOST) {
    return items;
  }
  throw new RecipeError("items: must be a list of items", {
    hint: "Give the items of `fwctl query DEVICE nvconfig_backup`",
  });
}

function parse(body: PlainObject): NvConfigItem {
  const device = deviceOf(body);
  const [item] = listOf(body);
  if (!isPlainObject(item)) {
    throw new RecipeError("items: an item must be an object", {
      hint: 'For instance { type: "00000080", data: "c0400000…" }',
    });
  }
  onlyKeys("items: an item", item, ["type", "data", "version", "writer"]);
  const { type, data } = item;
  if (typeof type !== "string" || !/^[0-9a-f]{8}$/i.test(type)) {
    throw new RecipeError("items: type must be eight hex digits", {
      hint: 'For instance "00000080"',
    });
  }
  if (
    typeof data !== "string" || !/^([0-9a-f]{2})+$/i.test(data) ||
    data.length > 2 * NV_DATA_BYTES
  ) {
    throw new RecipeError(
      `items: data of ${type} must be 1 to ${NV_DATA_BYTES} bytes as hex digits`,
      { hint: "Give it as nvconfig_backup did" },
    );
  }
  return { device, type: Number.parseInt(type, 16), data: fromHex(data) };
}

/** A kind of item as `reader` asks for it, from nothing but a type word. */
function kindOf(type: number, size: number): NvTlv {
  return {
    name: itemName(type) ?? `item 0x${typeText(type)}`,
    class: type >>> 24,
    // Port and module are part of the index here, so that the word stays as it is.
    index: type & 0xffffff,
    size,
    fields: new Map(),
  };
}

/** The resource. */
export const nvconfigItems: ResourceType<NvConfigItem> = {
  kind: "mlx5.nvconfig_items",
  summary: "nvconfig items byte for byte, as nvconfig_backup gave them",
  scope: "configuration",
  effect: "next-reset",
  parse,
  expand: (body) =>
    listOf(body).map((item) => ({
      device: body.device ?? "",
      items: [item],
    })),

  locate: ({ device, type }, inventory) =>
    locateNv(
      inventory,
      device,
      `nvconfig ${typeText(type)}`,
      `nvconfig ${itemName(type) ?? `item 0x${typeText(type)}`}`,
    ),

  observe({ type, data }, _located, context) {
    const reader = sharedReader(context);
    const tlv = kindOf(type, data.length);
    const reset = resetOf(reader);
    const support = reader.support(tlv, 0);
    const next = reader.item(tlv, 0, "next")?.data;
    const refused = !support.read || !support.write || !next
      ? [
        `${tlv.name} is refused: the device does not have it, or does not let write it`,
      ]
      : next.length !== data.length
      ? [
        `${tlv.name} is refused: the device's has ${next.length} bytes, the one to restore ${data.length}`,
      ]
      : [];
    const image = refused.length === 0 && next
      ? next
      : new Uint8Array(data.length);
    const other = (mode: "current" | "default"): Bytes | undefined => {
      const found = reader.item(tlv, 0, mode)?.data;
      return found?.length === data.length ? found : undefined;
    };
    const standard = other("default");
    return {
      read: {
        request: readItem(type, data.length, "next"),
        capacity: MNVDA_MESSAGE_BYTES,
        offset: MNVDA_DATA_AT,
        length: data.length,
      },
      image,
      identity: { type: `0x${typeText(type)}` },
      notes: reset.dpu ? [DPU_NOTE] : [],
      context: {
        image,
        current: other("current"),
        standard,
        stored: refused.length > 0 || equalBytes(image, data) ||
          wasStored(reader, type, image, standard),
        reset: reset.name,
        refused,
      } satisfies Seen,
    };
  },

  diff({ type, data }, observed) {
    const { image, current, standard, stored, reset, refused } = observed
      .context as Seen;
    const words = refused.length > 0
      ? []
      : wordsOf(data, image, current, standard);
    const same = refused.length > 0 || equalBytes(image, data);
    return {
      changes: words.filter(({ before, after }) => before !== after),
      same: words.filter(({ before, after }) => before === after),
      after: same ? image : data,
      ...itemWrite(type, image, data, stored),
      writeCapacity: MNVDA_MESSAGE_BYTES,
      live: "next-reset",
      reset,
      refused,
    };
  },
};

/** An item as fields of four bytes. */
function wordsOf(
  data: Bytes,
  image: Bytes,
  current: Bytes | undefined,
  standard: Bytes | undefined,
): FieldChange[] {
  const fields: FieldChange[] = [];
  for (let at = 0; at < data.length; at += 4) {
    const end = Math.min(at + 4, data.length);
    const part = (bytes: Bytes): string => toHex(bytes.subarray(at, end));
    fields.push({
      field: `bytes ${at} to ${end - 1}`,
      before: part(image),
      after: part(data),
      ...(current ? { inForce: part(current) } : {}),
      ...(standard ? { default: part(standard) } : {}),
      limit: "",
      bit: 8 * at,
      width: 8 * (end - at),
    });
  }
  return fields;
}
