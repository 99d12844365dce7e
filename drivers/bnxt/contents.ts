/**
 * What the firmware filled buffers with: counters and tables by name where the
 * header has their structure, else hex digits.
 *
 * @module
 */
import { type Bytes, toHex } from "../../lib/bytes.ts";
import type { PlainData, PlainObject } from "../../lib/plain.ts";
import { type DecodedResponse, decodeResponse, present } from "./decode.ts";
import { filledOf } from "./payload.ts";
import { commandName, reqTypeOf } from "./protocol.ts";
import { bufferBytes, buffersOf } from "./tables/buffers.ts";
import { messageOf } from "./tables/hwrm.ts";
import { OPTION_BITS } from "./tables/nvm_variables.ts";

/** What a buffer holds. */
interface Content {
  /** What to call it. */
  readonly title: string;
  /** The structure it begins with; absent for bytes. */
  readonly struct?: string;
  /** Whether there is one after the other. */
  readonly list?: boolean;
  /** The field of the response that says how much of it is filled. */
  readonly used?: string;
  /** What one of that field counts, in bits; default 8. */
  readonly bits?: number;
}

/** Room for a list, or for bytes that the firmware says the length of. */
const LIST_BYTES = 4096;

/** A response with what the firmware filled. */
export interface Answer extends DecodedResponse {
  /** The buffers by title; empty for a command without. */
  readonly contents: PlainObject;
}

/**
 * Decodes a flat response, buffers and all.
 *
 * @throws `DecodeError` when it is no answer to that request, or was cut
 */
export function decodeAnswer(
  request: Uint8Array,
  response: Bytes,
  device: string,
): Answer {
  const decoded = decodeResponse(request, response, device);
  return {
    ...decoded,
    contents: contentsOf(request, response, decoded.fields),
  };
}

/**
 * The same request with room for what is filled, where nobody said how much and
 * the structure, or the firmware's own word, tells.
 */
export function withRoom(request: Bytes): Bytes {
  const named = buffersOf(reqTypeOf(request));
  if (!named) return request;
  const own = request.slice();
  for (const member of named.buffers) {
    const content = contentOf(named.name, member.name);
    const { length } = member;
    if (member.reads || !length || content?.used === undefined) continue;
    if (content.bits !== undefined || bufferBytes(own, member) !== 0) continue;
    const struct = content.list ? undefined : content.struct;
    const room = struct === undefined
      ? LIST_BYTES
      : (messageOf(struct)?.layout.bits ?? 8 * LIST_BYTES) / 8;
    own[length.offset] = room;
    own[length.offset + 1] = room >> 8;
  }
  return own;
}

function contentOf(command: string, member: string): Content | undefined {
  const key = `${command}.${member}`;
  return Object.hasOwn(CONTENTS, key) ? CONTENTS[key] : undefined;
}

/** By command and member. What is not here is bytes of an unknown meaning. */
const CONTENTS: Readonly<Record<string, Content>> = {
  "PORT_QSTATS.tx_stat_host_addr": {
    title: "tx",
    struct: "tx_port_stats",
    used: "tx_stat_size",
  },
  "PORT_QSTATS.rx_stat_host_addr": {
    title: "rx",
    struct: "rx_port_stats",
    used: "rx_stat_size",
  },
  "PORT_QSTATS_EXT.tx_stat_host_addr": {
    title: "tx",
    struct: "tx_port_stats_ext",
    used: "tx_stat_size",
  },
  "PORT_QSTATS_EXT.rx_stat_host_addr": {
    title: "rx",
    struct: "rx_port_stats_ext",
    used: "rx_stat_size",
  },
  "PORT_QSTATS_EXT_PFC_ADV.tx_pfc_adv_stat_host_addr": {
    title: "tx",
    struct: "port_stats_ext_pfc_adv",
    used: "pfc_adv_stat_size",
  },
  "PORT_QSTATS_EXT_PFC_ADV.rx_pfc_adv_stat_host_addr": {
    title: "rx",
    struct: "port_stats_ext_pfc_adv",
    used: "pfc_adv_stat_size",
  },
  "PCIE_QSTATS.pcie_stat_host_addr": {
    title: "counters",
    struct: "pcie_ctx_hw_stats",
    used: "pcie_stat_size",
  },
  "STAT_GENERIC_QSTATS.generic_stat_host_addr": {
    title: "counters",
    struct: "generic_sw_hw_stats",
    used: "generic_stat_size",
  },
  "STAT_QUERY_ROCE_STATS.roce_stat_host_addr": {
    title: "data",
    used: "roce_stat_size",
  },
  "STAT_QUERY_ROCE_STATS_EXT.roce_stat_host_addr": {
    title: "data",
    used: "roce_stat_size",
  },
  "DBG_COREDUMP_LIST.host_dest_addr": {
    title: "segments",
    struct: "coredump_segment_record",
    list: true,
    used: "data_len",
  },
  "DBG_COREDUMP_RETRIEVE.host_dest_addr": { title: "data", used: "data_len" },
  "PORT_EVENTS_LOG.host_dest_addr": { title: "data", used: "data_len" },
  "NVM_GET_DIR_ENTRIES.host_dest_addr": {
    title: "entries",
    struct: "nvm_dir_entry",
    list: true,
  },
  "NVM_GET_VARIABLE.dest_data_addr": {
    title: "data",
    used: "data_len",
    bits: OPTION_BITS,
  },
};

/**
 * The buffers of a response by title; empty for a command without.
 *
 * @param fields the response's own, which say how much was filled
 */
export function contentsOf(
  request: Uint8Array,
  response: Bytes,
  fields: PlainObject,
): PlainObject {
  const command = commandName(reqTypeOf(request));
  const shown: Record<string, PlainData> = {};
  for (const { member, bytes } of filledOf(request, response)) {
    const content = contentOf(command, member.name);
    shown[content?.title ?? "data"] = content
      ? show(content, bytes, fields)
      : toHex(bytes);
  }
  return shown;
}

function show(content: Content, bytes: Bytes, fields: PlainObject): PlainData {
  const { struct, list, used, bits = 8 } = content;
  const told = used === undefined ? undefined : fields[used];
  // A firmware that says more than there was room for filled what there was.
  const filled = typeof told === "number"
    ? bytes.subarray(0, Math.ceil(told * bits / 8))
    : bytes;
  if (struct === undefined) return toHex(filled);
  return list ? rows(struct, filled, used === undefined) : row(struct, filled);
}

/** One structure as far as it was filled. */
function row(struct: string, bytes: Bytes): PlainObject {
  const message = messageOf(struct);
  if (!message) return { raw: toHex(bytes) };
  const { layout } = message;
  const size = layout.bits / 8;
  const whole = new Uint8Array(size);
  whole.set(bytes.subarray(0, size));
  const there = new Set(
    layout.fields.filter(({ offset, width }) =>
      offset + width <= bytes.length * 8
    ).map(({ name }) => name),
  );
  return {
    ...Object.fromEntries(
      present(message, whole).filter(([name]) => there.has(name)),
    ),
    ...(bytes.length > size ? { raw: toHex(bytes.subarray(size)) } : {}),
  };
}

/**
 * Structures one after the other; what is left at the end as `raw`.
 *
 * @param trim whether nobody says how many there are: what is empty at the end is none
 */
function rows(struct: string, bytes: Bytes, trim: boolean): PlainData {
  const size = (messageOf(struct)?.layout.bits ?? 8) / 8;
  let end = bytes.length;
  // Memory that nobody wrote is 0, flash that nobody wrote is 0xff.
  while (trim && end > 0 && (bytes[end - 1] === 0 || bytes[end - 1] === 0xff)) {
    end--;
  }
  if (trim) end = Math.min(Math.ceil(end / size) * size, bytes.length);
  const list: PlainObject[] = [];
  for (let at = 0; at < end; at += size) {
    list.push(row(struct, bytes.subarray(at, Math.min(at + size, end))));
  }
  return list;
}

/** Bytes as a little-endian number of some bits; hex text above 2^53. */
export function numberOf(bytes: Uint8Array, bits: number): number | string {
  let number = 0n;
  const last = Math.min(bytes.length, Math.ceil(bits / 8));
  for (let i = last - 1; i >= 0; i--) {
    number = number << 8n | BigInt(bytes[i] ?? 0);
  }
  number &= (1n << BigInt(bits)) - 1n;
  return number <= BigInt(Number.MAX_SAFE_INTEGER)
    ? Number(number)
    : `0x${number.toString(16)}`;
}
