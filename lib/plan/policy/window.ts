/**
 * Windows of time: whether a moment lies in one.
 *
 * @module
 */
import { DAYS, type PolicyWindow } from "./types.ts";

/** Minutes of a day. */
export const DAY_MINUTES: number = 24 * 60;

/** A moment as a clock on the wall shows it. */
interface WallTime {
  /** 0 is Sunday. */
  readonly day: number;
  /** Minute of the day. */
  readonly minute: number;
}

/** Whether the moment lies in the window. */
export function within(window: PolicyWindow, moment: Date): boolean {
  const { from, to, days } = window;
  const { day, minute } = wallTime(moment, window.zone);
  const begins = (on: number): boolean =>
    days === undefined || days.some((each) => DAYS.indexOf(each) === on);
  if (from < to) return minute >= from && minute < to && begins(day);
  // Over midnight it belongs to the day on which it began.
  return minute >= from && begins(day) ||
    minute < to && begins((day + 6) % 7);
}

/** Whether this runtime knows a time zone. */
export function knownZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat("en-US", { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

/** A window for people: `mon, tue 22:00 to 04:00 UTC`. */
export function windowText({ days, from, to, zone }: PolicyWindow): string {
  return `${days ? days.join(", ") : "every day"} ${clock(from)} to ${
    clock(to)
  } ${zone}`;
}

/** A moment as the window's clock shows it: `sat 21:40 UTC`. */
export function momentText(moment: Date, zone: string): string {
  const { day, minute } = wallTime(moment, zone);
  return `${DAYS[day] ?? ""} ${clock(minute)} ${zone}`;
}

function clock(minute: number): string {
  const two = (part: number): string => String(part).padStart(2, "0");
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
}

const clocks = new Map<string, Intl.DateTimeFormat>();

/** The clock of a zone; making one takes a hundred times as long as reading it. */
function clockOf(zone: string): Intl.DateTimeFormat {
  let made = clocks.get(zone);
  if (!made) {
    made = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      weekday: "short",
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
    });
    clocks.set(zone, made);
  }
  return made;
}

function wallTime(moment: Date, zone: string): WallTime {
  if (zone === "UTC") {
    return {
      day: moment.getUTCDay(),
      minute: moment.getUTCHours() * 60 + moment.getUTCMinutes(),
    };
  }
  const parts = new Map(
    clockOf(zone).formatToParts(moment).map(({ type, value }) => [type, value]),
  );
  const weekday = (parts.get("weekday") ?? "").toLowerCase();
  return {
    day: DAYS.findIndex((day) => day === weekday),
    minute: Number(parts.get("hour")) * 60 + Number(parts.get("minute")),
  };
}
