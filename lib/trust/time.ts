/**
 * Moments, as signatures and trust files hold them.
 *
 * @module
 */

const MOMENT =
  /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}(?::\d{2})?)(Z|[+-]\d{2}:\d{2}))?$/;
const SPAN = /^(\d{1,5})(d|h|m)$/;
const SPAN_MS = { d: 86_400_000, h: 3_600_000, m: 60_000 } as const;

/** How a moment is written, for hints. */
export const MOMENT_HELP = "2027-01-31 or 2027-01-31T12:00:00Z";

/**
 * A moment from `2027-01-31T12:00:00Z`, with any offset, or from `2027-01-31`,
 * which means the end of that day in UTC. Undefined for anything else.
 */
export function parseMoment(text: string): Date | undefined {
  const [, day, time = "23:59:59", zone = "Z"] = MOMENT.exec(text) ?? [];
  if (day === undefined) return undefined;
  const seconds = time.length === 5 ? `${time}:00` : time;
  // A day that no month has would be taken as one of the next.
  const plain = new Date(`${day}T${seconds}Z`);
  if (Number.isNaN(plain.getTime())) return undefined;
  if (!plain.toISOString().startsWith(day)) return undefined;
  const moment = new Date(`${day}T${seconds}${zone}`);
  return Number.isNaN(moment.getTime()) ? undefined : moment;
}

/** The same, or a span from `now` on: `90d`, `12h`, `30m`. */
export function parseExpiry(text: string, now: Date): Date | undefined {
  const [, number, unit] = SPAN.exec(text) ?? [];
  if (unit !== "d" && unit !== "h" && unit !== "m") return parseMoment(text);
  return new Date(now.getTime() + Number(number) * SPAN_MS[unit]);
}

/** A moment as it is written: UTC, whole seconds. */
export function momentText(moment: Date): string {
  return `${moment.toISOString().slice(0, 19)}Z`;
}
