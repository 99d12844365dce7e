/**
 * Query `nvconfig_backup`: what is stored, item by item, as the resource
 * `mlx5.nvconfig_items` takes it back.
 *
 * @module
 */
import { toHex } from "../../../lib/bytes.ts";
import { UsageError } from "../../../lib/errors.ts";
import type { PlainData, PlainObject } from "../../../lib/plain.ts";
import type { QueryType } from "../../driver.ts";
import { knowledgeFor } from "../nvconfig/knowledge.ts";
import { typeText, typeWord } from "../nvconfig/names.ts";
import { NvReader } from "../nvconfig/reader.ts";
import type { NvItem } from "../nvconfig/registers.ts";
import { namesOf, onlyArguments, wantedRefs } from "./nvconfig.ts";

/** The query. */
export const nvconfigBackupQuery: QueryType = {
  name: "nvconfig_backup",
  summary: "Stored nvconfig items as they are, to be restored later",
  scope: "debug-read-only",
  arguments: {
    names: {
      type: "texts",
      help:
        "Only the items of these parameters; all that is stored unless given",
    },
    database: {
      type: "text",
      help: 'The vendor\'s parameters: "installed" (mstflint), or a path',
    },
  },
  run({ channel }, args): PlainData {
    onlyArguments("nvconfig_backup", args, ["names", "database"]);
    const names = namesOf(args.names);
    const reader = new NvReader(channel);
    const items = names.length > 0
      ? namedItems(reader, names, args.database)
      : reader.stored();
    if (!items) {
      throw new UsageError(`${channel.device} does not list what it stores`, {
        device: channel.device,
        hint: "Name the parameters whose items are to be kept: names=SRIOV_EN",
      });
    }
    return {
      items: [...byType(items).values()].map(itemData),
    };
  },
};

function namedItems(
  reader: NvReader,
  names: readonly string[],
  database: PlainData | undefined,
): NvItem[] {
  const refs = wantedRefs(knowledgeFor(names, database), names, reader);
  return refs.map((ref) => {
    const item = reader.item(ref.tlv, ref.instance, "next");
    if (item) return { ...item, type: typeWord(ref.tlv, ref.instance) };
    throw new UsageError(`${reader.device} has no ${ref.label}`, {
      device: reader.device,
      hint: "Leave it out; fwctl query nvconfig shows what the device has",
    });
  });
}

function byType(items: readonly NvItem[]): Map<number, NvItem> {
  return new Map(items.map((item) => [item.type, item]));
}

function itemData({ type, version, writer, data }: NvItem): PlainObject {
  return { type: typeText(type), data: toHex(data), version, writer };
}
