/**
 * Counters of the port and the list of core dump segments: PORT_QSTATS,
 * PORT_QSTATS_EXT and DBG_COREDUMP_LIST.
 *
 * Assumption: the counts, which stand still until they are cleared, and the
 * segments.
 *
 * @module
 */
import { encode, type FieldInputs } from "../../../lib/bits/mod.ts";
import type { Bytes } from "../../../lib/bytes.ts";
import { layoutOf } from "../tables/hwrm.ts";
import type { Card, Handler } from "./card.ts";
import {
  type Answer,
  type Command,
  ERR,
  fail,
  fill,
  u16,
  u8,
} from "./command.ts";
import { isPort } from "./targets.ts";

/** Frames by direction: unicast, multicast, broadcast. */
const FRAMES = {
  tx: [900_000, 4000, 300],
  rx: [1_800_000, 9000, 700],
} as const;
/** Bytes of an average frame. */
const FRAME = 512;
/** `flags` of both requests. */
const COUNTER_MASK = 1;
/** Queues that the port's classes of service use. */
const COS_QUEUES = 2;

type Way = keyof typeof FRAMES;

function plain(way: Way): FieldInputs {
  const [ucast, mcast, bcast] = FRAMES[way];
  const all = ucast + mcast + bcast;
  return {
    [`${way}_512b_1023b_frames`]: all,
    [`${way}_good_frames`]: all,
    [`${way}_total_frames`]: all,
    [`${way}_ucast_frames`]: ucast,
    [`${way}_mcast_frames`]: mcast,
    [`${way}_bcast_frames`]: bcast,
    [`${way}_bytes`]: all * FRAME,
  };
}

function extended(way: Way): FieldInputs {
  const [ucast, mcast, bcast] = FRAMES[way];
  return {
    ...(way === "rx" ? { link_down_events: 1 } : {}),
    [`${way}_packets_cos0`]: ucast,
    [`${way}_bytes_cos0`]: ucast * FRAME,
    [`${way}_packets_cos1`]: mcast + bcast,
    [`${way}_bytes_cos1`]: (mcast + bcast) * FRAME,
  };
}

/** A structure of counters: as they are, all zero after a clear, or all their bits. */
function counters(
  struct: string,
  values: FieldInputs,
  { mask, cleared }: { mask: boolean; cleared: boolean },
): Bytes {
  const layout = layoutOf(struct);
  const bytes = encode(layout, cleared ? {} : values);
  return mask ? bytes.fill(0xff) : bytes;
}

function query(
  command: Command,
  card: Card,
  flags: number,
  suffix: "" | "_ext",
): Answer {
  if (!isPort(command, card)) return fail(ERR.INVALID_PARAMS);
  if (flags > COUNTER_MASK) return fail(ERR.INVALID_FLAGS);
  const how = {
    mask: flags === COUNTER_MASK,
    cleared: card.statistics.portCleared,
  };
  const [tx, rx] = (["tx", "rx"] as const).map((way) =>
    counters(
      `${way}_port_stats${suffix}`,
      suffix === "" ? plain(way) : extended(way),
      how,
    )
  );
  const room = (index: number, bytes: Bytes | undefined): number => {
    fill(command.buffers[index], bytes ?? new Uint8Array(0));
    const most = command.buffers[index]?.bytes.length ?? 0;
    return Math.min(most, bytes?.length ?? 0);
  };
  return { tx_stat_size: room(0, tx), rx_stat_size: room(1, rx) };
}

function queryExtended(command: Command, card: Card): Answer {
  const answer = query(command, card, u8(command, 22), "_ext");
  return "error" in answer
    ? answer
    : { ...answer, total_active_cos_queues: COS_QUEUES };
}

/** component_id, segment_id, max_instances and length of each. */
const SEGMENTS = [
  [2, 0, 1, 0x8000],
  [2, 4, 4, 0x1000],
  [7, 1, 1, 0x20000],
] as const;

/** Assumption: there was no crash, and a live dump has three segments. */
function coredumpList(command: Command): Answer {
  const flags = u8(command, 30);
  if (flags > 1) return fail(ERR.INVALID_FLAGS);
  const layout = layoutOf("coredump_segment_record");
  const size = layout.bits / 8;
  const room = Math.floor((command.buffers[0]?.bytes.length ?? 0) / size);
  if (room === 0) return fail(ERR.INVALID_PARAMS);
  const all = flags === 1 ? [] : SEGMENTS;
  const from = u16(command, 28) * room;
  const part = all.slice(from, from + room);
  const whole = new Uint8Array(part.length * size);
  part.forEach(([component_id, segment_id, max_instances, length], index) => {
    const record = encode(layout, {
      component_id,
      segment_id,
      max_instances,
      version_hi: 1,
      segment_len: length,
    });
    whole.set(record, index * size);
  });
  fill(command.buffers[0], whole);
  return {
    flags: from + part.length < all.length ? 1 : 0, // MORE
    total_segments: all.length,
    data_len: whole.length,
  };
}

/** The commands by number. */
export function portStatisticsCommands(): [number, Handler][] {
  const pfOnly = true;
  return [
    [0x23, {
      name: "PORT_QSTATS",
      pfOnly,
      run: (command, card) => query(command, card, u8(command, 18), ""),
    }],
    [0xb4, { name: "PORT_QSTATS_EXT", pfOnly, run: queryExtended }],
    [0xff17, { name: "DBG_COREDUMP_LIST", pfOnly, run: coredumpList }],
  ];
}
