/**
 * Policy files: JSON, checked before anything is opened. A key or a name that
 * nobody knows is an error: a rule with a slip in it would protect nothing.
 *
 * @module
 */
import { EFFECTS } from "../../../drivers/driver.ts";
import { isFwctlError, UsageError } from "../../errors.ts";
import { ObjectReader, refuse } from "../../model/reader.ts";
import type { PlainData } from "../../plain.ts";
import { SCOPES } from "../../uapi/fwctl.ts";
import { chosen, type PolicyNames, readRule, reasonOf } from "./parse_rule.ts";
import {
  type Day,
  DAYS,
  LOCKDOWNS,
  type Policy,
  POLICY_FORMAT,
  type PolicyRule,
  type PolicyWindow,
  SEALINGS,
} from "./types.ts";
import { DAY_MINUTES, knownZone } from "./window.ts";

/** Most rules of one list. */
const RULES = 1000;
/**
 * Checks the data of a policy file. What it does not say is as in the built-in
 * policy for changes: reads and changes that are live at once, no taint.
 *
 * @param source where it was read, for messages
 * @throws {UsageError} naming the file and the key
 */
export function parsePolicy(
  data: PlainData,
  source: string,
  names?: PolicyNames,
): Policy {
  try {
    return readPolicy(data, source, names);
  } catch (error) {
    if (!isFwctlError(error)) throw error;
    throw new UsageError(`${source}: ${error.message}`, {
      cause: error,
      hint: error.hint ??
        "Nothing was opened; the form is in lib/plan/policy/policy.schema.json",
    });
  }
}

function readPolicy(
  data: PlainData,
  source: string,
  names: PolicyNames | undefined,
): Policy {
  const reader = new ObjectReader(data, "");
  const format = reader.text("format");
  if (format !== POLICY_FORMAT) {
    refuse(
      "format",
      `is ${JSON.stringify(format ?? null)}`,
      `This version reads "${POLICY_FORMAT}"`,
    );
  }
  // For people only.
  reader.text("$schema");
  reader.text("name");
  const max = reader.object("max");
  const scope = max?.choice("scope", SCOPES) ?? "debug-read-only";
  const effect = max?.choice("effect", EFFECTS) ?? "runtime";
  const taint = max?.flag("taint") ?? false;
  const devices = max?.integer("devices", { max: 1 << 20 });
  max?.end();
  const required = reader.object("require");
  const lockdown = required?.list("lockdown", LOCKDOWNS.length)?.map(
    (item, index) =>
      chosen(item, `${required.at}.lockdown[${index}]`, LOCKDOWNS),
  );
  if (lockdown?.length === 0) {
    refuse("require.lockdown", "is empty: no machine could be written to");
  }
  required?.end();
  const windows = reader.list("windows", RULES)?.map((item, index) =>
    readWindow(new ObjectReader(item, `windows[${index}]`))
  );
  if (windows?.length === 0) {
    refuse("windows", "is empty: nothing could ever be written");
  }
  const list = (key: "deny" | "allow"): PolicyRule[] | undefined =>
    reader.list(key, RULES)?.map((item, index) =>
      readRule(new ObjectReader(item, `${key}[${index}]`), names)
    );
  const deny = list("deny");
  const allow = list("allow");
  const seal = reader.choice("seal", SEALINGS);
  const flags = reader.choice("flags", ["may-narrow", "may-raise"]);
  reader.end();
  return {
    scope,
    effect,
    taint,
    source,
    ...(devices === undefined ? {} : { devices }),
    ...(lockdown ? { lockdown } : {}),
    ...(windows ? { windows } : {}),
    ...(deny ? { deny } : {}),
    ...(allow ? { allow } : {}),
    ...(seal ? { seal } : {}),
    ...(flags === "may-raise" ? { mayRaise: true } : {}),
  };
}

function readWindow(reader: ObjectReader): PolicyWindow {
  const days = reader.list("days", DAYS.length)?.map((item, index): Day =>
    chosen(item, `${reader.path("days")}[${index}]`, DAYS)
  );
  if (days?.length === 0) refuse(reader.path("days"), "is empty");
  const from = minuteOf(reader, "from") ?? 0;
  const to = minuteOf(reader, "to") ?? DAY_MINUTES;
  if (from === DAY_MINUTES) {
    refuse(reader.path("from"), "is 24:00: write 00:00 of the next day");
  }
  if (from === to) {
    refuse(
      reader.at,
      "begins when it ends",
      'For the whole day write "from": "00:00", "to": "24:00"',
    );
  }
  const zone = reader.text("zone") ?? "UTC";
  if (!knownZone(zone)) {
    refuse(
      reader.path("zone"),
      `is ${JSON.stringify(zone.slice(0, 64))}, which is no time zone`,
      'Write a name such as "UTC" or "Europe/Zurich"',
    );
  }
  const reason = reasonOf(reader);
  reader.end();
  return {
    ...(days ? { days } : {}),
    from,
    to,
    zone,
    ...reason,
  };
}

function minuteOf(reader: ObjectReader, key: string): number | undefined {
  const text = reader.text(key);
  if (text === undefined) return undefined;
  const [, hour, minute] = /^([01]\d|2[0-4]):([0-5]\d)$/.exec(text) ?? [];
  const value = Number(hour) * 60 + Number(minute);
  if (!(value <= DAY_MINUTES)) {
    refuse(
      reader.path(key),
      `is ${JSON.stringify(text.slice(0, 64))}`,
      "Write hours and minutes from 00:00 to 24:00, such as 22:30",
    );
  }
  return value;
}
