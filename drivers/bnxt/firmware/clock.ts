/**
 * The firmware's clock: FW_SET_TIME and FW_GET_TIME.
 *
 * Assumption: it stands still in the model, so that two runs of a scenario give
 * the same bytes; and which dates are refused.
 *
 * @module
 */
import { asInteger, refuse } from "../../../lib/model/reader.ts";
import type { PlainData } from "../../../lib/plain.ts";
import { type Answer, type Command, ERR, fail, u16, u8 } from "./command.ts";

/** Year, month, day, hour, minute, second, millisecond, zone. */
type Time = readonly [
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
];

const START: Time = [2026, 1, 1, 0, 0, 0, 0, 0];
/** `zone` when nobody knows; else minutes. */
const ZONE_UNKNOWN = 0xffff;

/** One card's clock. */
export class Clock {
  #time: Time = START;

  /** FW_GET_TIME. */
  get(): Answer {
    const [year, month, day, hour, minute, second, millisecond, zone] =
      this.#time;
    return { year, month, day, hour, minute, second, millisecond, zone };
  }

  /** FW_SET_TIME: the fields from byte 16 on. */
  set(command: Command): Answer {
    const time: Time = [
      u16(command, 16),
      u8(command, 18),
      u8(command, 19),
      u8(command, 20),
      u8(command, 21),
      u8(command, 22),
      u16(command, 24),
      u16(command, 26),
    ];
    if (!isTime(time)) return fail(ERR.INVALID_PARAMS);
    this.#time = time;
    return {};
  }

  /** The time in eight numbers; undefined when nobody set it. */
  save(): PlainData | undefined {
    return this.#time === START ? undefined : [...this.#time];
  }

  /** Takes back what `save` gave. @throws `ModelError` */
  restore(state: PlainData | undefined, at: string): void {
    if (state === undefined) {
      this.#time = START;
      return;
    }
    const list = Array.isArray(state) ? state as readonly PlainData[] : [];
    const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = list.map((
      item,
      index,
    ) => asInteger(item, `${at}[${index}]`, { max: 0xffff }));
    const time: Time = [a, b, c, d, e, f, g, h];
    if (list.length !== 8 || !isTime(time)) refuse(at, "is no time");
    this.#time = time;
  }
}

function isTime(time: Time): boolean {
  const [year, month, day, hour, minute, second, millisecond, zone] = time;
  if (year < 1970 || year > 9999 || month < 1 || month > 12) return false;
  const days = new Date(Date.UTC(year, month, 0)).getUTCDate();
  return day >= 1 && day <= days && hour < 24 && minute < 60 && second < 60 &&
    millisecond < 1000 && (zone < 24 * 60 || zone === ZONE_UNKNOWN);
}
