/**
 * Query `dump`: the device's resource dump: what it offers, or one of it.
 *
 * @module
 */
import { bitPicture } from "../../../lib/bits/picture.ts";
import { fromHex, toHex } from "../../../lib/bytes.ts";
import { DecodeError, UsageError } from "../../../lib/errors.ts";
import {
  isPlainObject,
  type PlainData,
  type PlainObject,
} from "../../../lib/plain.ts";
import { didYouMean } from "../../../lib/suggest.ts";
import type { Channel, QueryType } from "../../driver.ts";
import {
  flagOf,
  integerOf,
  onlyArguments,
  onlyList,
  textOf,
} from "../reading/arguments.ts";
import { dump, MENU_SEGMENT } from "../reading/dump.ts";
import {
  type MenuRecord,
  menuRecords,
  segmentRow,
  segments,
} from "../reading/segments.ts";
import { DUMP_SEGMENTS } from "../tables/dump_segments.ts";
import { layout } from "../tables/ifc.ts";

/** Bytes read unless told. */
const DEFAULT_LIMIT = 1024 * 1024;
/** Most bytes that can be asked for; pieces are 208 bytes. */
const MAX_LIMIT = 16 * 1024 * 1024;
/** Bytes of a menu: 1000 records. */
const MENU_LIMIT = 64 * 1024;

const INDEXES = ["index1", "index2", "num_of_obj1", "num_of_obj2"] as const;

/** The query. Without a segment it shows the menu. */
export const dumpQuery: QueryType = {
  name: "dump",
  summary: "The resource dump: its menu, or one segment of it",
  scope: "debug-read-only",
  target: "segment",
  arguments: {
    segment: {
      type: "text",
      help: "Name or number, such as FULL_QPC or 0x1000; the menu without it",
      values: () =>
        DUMP_SEGMENTS.map(([type, name, ...indexes]) => [
          name,
          [`0x${type.toString(16).padStart(4, "0")}`, ...indexes].join(" ")
            .trim(),
        ]),
    },
    index1: { type: "integer", help: "First index, such as a QP's number" },
    index2: { type: "integer", help: "Second index" },
    num_of_obj1: { type: "integer", help: "How many from the first index on" },
    num_of_obj2: { type: "integer", help: "How many from the second index on" },
    vhca_id: { type: "integer", help: "Of another function, by its vhca_id" },
    limit: { type: "integer", help: "Most bytes to read; 1 MiB unless told" },
    raw: { type: "flag", help: "The whole dump as one run of hex digits" },
    picture: { type: "flag", help: "Draw the bits of the segments' headers" },
  },
  run({ channel }, args): PlainData {
    const wanted = textOf(args, "segment");
    if (wanted === undefined) onlyList("dump", this.arguments, args);
    else onlyArguments("dump", this.arguments, args);
    const limit = limitOf(args);
    const menu = readMenu(channel);
    if (wanted === undefined) return { menu: menu.map(menuRow) };
    const record = recordOf(menu, wanted);
    const request = {
      segment: record.type,
      index1: integerOf(args, "index1", 0xffffffff),
      index2: integerOf(args, "index2", 0xffffffff),
      num_of_obj1: integerOf(args, "num_of_obj1", 0xffff),
      num_of_obj2: integerOf(args, "num_of_obj2", 0xffff),
      vhca_id: integerOf(args, "vhca_id", 0xffff),
    };
    checkIndexes(record, request);
    const { data, reads, cut } = dump(channel, request, limit);
    const names = new Map(menu.map(({ type, name }) => [type, name]));
    return {
      segment: record.name || `0x${record.type.toString(16)}`,
      type: `0x${record.type.toString(16)}`,
      bytes: data.length,
      reads,
      complete: !cut,
      segments: segments(data, cut).map((segment) =>
        segmentRow(segment, (type) => names.get(type) ?? "")
      ),
      ...(flagOf(args, "raw") ? { raw: toHex(data) } : {}),
      ...(flagOf(args, "picture")
        ? { picture: segmentPictures().map((bits) => ({ bits })) }
        : {}),
    };
  },
  /**
   * One run a segment. One behind the other they are the dump as it came: words
   * in the device's order, as `mstresourcedump --bin` writes them and
   * `mstresourceparse --dump-file` reads them.
   */
  bytes: (answer) => {
    const { raw, segments } = isPlainObject(answer) ? answer : {};
    if (typeof raw !== "string" || !Array.isArray(segments)) return [];
    const whole = fromHex(raw);
    const parts = segments.filter(isPlainObject).map((row) => {
      const from = Number(row.offset);
      return {
        title: `${String(row.name)} ${String(row.type)}`,
        bytes: whole.slice(from, from + Number(row.bytes)),
      };
    });
    // What a cut dump has of its last segment is no segment.
    const end = parts.reduce((sum, { bytes }) => sum + bytes.length, 0);
    return end < whole.length
      ? [...parts, { title: "incomplete", bytes: whole.slice(end) }]
      : parts;
  },
};

/** What all segments of resources look like, and what goes before them. */
function segmentPictures(): string[] {
  return ["info", "command", "resource"].flatMap((name) => {
    const struct = layout(`resource_dump_${name}_segment`);
    return [`${struct.name}:`, ...bitPicture(struct)];
  });
}

function limitOf(args: PlainObject): number {
  const limit = integerOf(args, "limit", MAX_LIMIT) ?? DEFAULT_LIMIT;
  if (limit >= 4 && limit % 4 === 0) return limit;
  throw new UsageError(`limit: ${limit} is not a multiple of 4`, {
    hint: `Give up to ${MAX_LIMIT} bytes`,
  });
}

/** @throws `DecodeError` when the device gives none */
function readMenu(channel: Channel): MenuRecord[] {
  const { data, cut } = dump(channel, { segment: MENU_SEGMENT }, MENU_LIMIT);
  const menu = segments(data, cut).find(({ kind }) => kind === "MENU");
  if (menu) return menuRecords(menu);
  throw new DecodeError("The resource dump has no menu", {
    device: channel.device,
    hint:
      "Check the capability debug.resource_dump: fwctl caps DEVICE --type DEBUG",
  });
}

function menuRow(record: MenuRecord): PlainObject {
  return {
    segment: record.name,
    type: `0x${record.type.toString(16).padStart(4, "0")}`,
    index1: record.index1,
    index2: record.index2,
    counts: record.counts.join(" "),
    needs: record.needed.join(" "),
  };
}

/** By name, or by number also when the menu has none of it. */
function recordOf(menu: readonly MenuRecord[], wanted: string): MenuRecord {
  const type = /^(0x[0-9a-f]{1,4}|\d{1,5})$/i.test(wanted)
    ? Number(wanted)
    : undefined;
  const found = menu.find((record) =>
    type === undefined
      ? record.name === wanted.toUpperCase()
      : record.type === type
  );
  if (found) return found;
  if (type !== undefined && type <= 0xffff) {
    return {
      type,
      name: "",
      index1: "index1",
      index2: "index2",
      needed: [],
      counts: ["num_of_obj1", "num_of_obj2"],
    };
  }
  throw new UsageError(
    `segment: the device offers no "${wanted.slice(0, 64)}"`,
    {
      hint: didYouMean(wanted, menu.map(({ name }) => name)) ??
        "Leave the segment out for the menu",
    },
  );
}

/** @throws `UsageError` naming the index that is missing or not known */
function checkIndexes(
  record: MenuRecord,
  request: Readonly<Record<string, number | undefined>>,
): void {
  for (const name of INDEXES) {
    const given = request[name] !== undefined;
    const title = name === "index1" || name === "index2" ? record[name] : "";
    if (!given && record.needed.includes(name)) {
      throw new UsageError(
        `${name}: ${record.name} needs it${title === "" ? "" : ` (${title})`}`,
        { hint: `Give ${name}=NUMBER` },
      );
    }
    const known = name === "index1" || name === "index2"
      ? title !== ""
      : record.counts.includes(name);
    if (given && !known) {
      throw new UsageError(`${name}: ${record.name} has no such index`, {
        hint: "Leave the segment out to see what each takes",
      });
    }
  }
}
