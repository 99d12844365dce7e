/**
 * Whether a rule fits a request. What cannot be told counts against the
 * request: a rule that denies fits it, one that allows does not.
 *
 * @module
 */
import type { ChangeValue, RequestLabel } from "../../../drivers/driver.ts";
import { type Scope, scopeNumber, scopeTaints } from "../../uapi/fwctl.ts";
import type { PolicyRule, ValueTest } from "./types.ts";

/** A device by all of its names. */
export interface SubjectDevice {
  /** `fwctl0`. */
  readonly name: string;
  /** `mlx5`; undefined when not known. */
  readonly driver?: string;
  /** PCI address and parent; undefined when not known. */
  readonly addresses?: readonly string[];
}

/** One value that a request sets. */
export interface Part {
  /** The field or the argument. */
  readonly field: string;
  /** Its new value. */
  readonly value: ChangeValue;
}

/** What a request is for, as the plan says that it belongs to. */
export interface Intent {
  /** `mlx5.hca_cap`. */
  readonly kind: string;
  /** What is changed: address and title. */
  readonly targets: readonly string[];
  /** Every value it sets. */
  readonly parts: readonly Part[];
}

/** A request as rules see it. */
export interface Subject {
  /** Where it goes. */
  readonly device: SubjectDevice;
  /** Its label. */
  readonly label: RequestLabel;
  /** The scope it is sent with. */
  readonly scope: Scope;
  /** What it is for; undefined for a request of no plan. */
  readonly intent?: Intent | undefined;
}

/** Whether something fits; `unknown` when nobody can tell. */
export type Fit = "yes" | "no" | "unknown";

/** The scope that counts: the one it is sent with, or the least one when that is higher. */
export function weightOf({ label, scope }: Subject): Scope {
  return scopeNumber(scope) > scopeNumber(label.scope) ? scope : label.scope;
}

/** Whether a request does more than read. */
export function isWrite(subject: Subject): boolean {
  return subject.label.effect !== "read" || scopeTaints(weightOf(subject));
}

/**
 * What a rule is asked about one by one: each value the request sets, or the
 * request as a whole when it sets none that is known.
 */
export function partsOf({ intent }: Subject): readonly (Part | undefined)[] {
  return intent && intent.parts.length > 0 ? intent.parts : [undefined];
}

/** Whether a rule fits one part of a request. */
export function fits(
  rule: PolicyRule,
  subject: Subject,
  part: Part | undefined,
): Fit {
  return all([fitsRequest(rule, subject), fitsPart(rule, subject, part)]);
}

/** The same, without a look at the value: to tell which rule comes near. */
export function fitsButValue(
  { value: _, ...rule }: PolicyRule,
  subject: Subject,
  part: Part | undefined,
): Fit {
  return fits(rule, subject, part);
}

function fitsRequest(rule: PolicyRule, subject: Subject): Fit {
  const { device, label } = subject;
  const { addresses } = device;
  const whole = label.detail === ""
    ? label.name
    : `${label.name} ${label.detail}`;
  return all([
    device.driver === undefined && rule.driver
      ? "unknown"
      : oneOf(rule.driver, [device.driver ?? ""]),
    addresses === undefined && oneOf(rule.device, [device.name]) === "no"
      ? "unknown"
      : oneOf(rule.device, [device.name, ...addresses ?? []]),
    oneOf(rule.request, [label.name, whole]),
    given(
      rule.group,
      (groups) => groups.some((group) => inGroup(label, group)),
    ),
    given(rule.scope, (scopes) => scopes.includes(weightOf(subject))),
    given(rule.effect, (effects) => effects.includes(label.effect)),
  ]);
}

/** The driver's word; and what destroys is destructive, also where it names no groups. */
function inGroup(label: RequestLabel, group: string): boolean {
  return (label.groups?.includes(group) ?? false) ||
    group === label.effect && label.allowed;
}

/** Kind, target, field and value: what only a plan knows, and what no read has. */
function fitsPart(
  rule: PolicyRule,
  subject: Subject,
  part: Part | undefined,
): Fit {
  const { kind, target, field, value } = rule;
  if (!kind && !target && !field && !value) return "yes";
  if (!isWrite(subject)) return "no";
  const { intent } = subject;
  if (!intent) return "unknown";
  return all([
    oneOf(kind, [intent.kind]),
    oneOf(target, intent.targets),
    part || !field ? oneOf(field, part ? [part.field] : []) : "no",
    value ? (part ? fitsValue(value, part.value) : "no") : "yes",
  ]);
}

function fitsValue(test: ValueTest, value: ChangeValue): Fit {
  const fits: Fit[] = [];
  if (test.in) {
    const text = String(value).toLowerCase();
    const number = numberOf(value);
    fits.push(
      test.in.some((each) =>
          each.toLowerCase() === text ||
          number !== undefined && numberOf(each) === number
        )
        ? "yes"
        : "no",
    );
  }
  if (test.min !== undefined || test.max !== undefined) {
    const number = numberOf(value);
    if (number === undefined) fits.push("unknown");
    else {
      fits.push(
        number >= (test.min ?? number) && number <= (test.max ?? number)
          ? "yes"
          : "no",
      );
    }
  }
  return all(fits);
}

/** A whole number from a value or its text, decimal or 0x hex. */
export function numberOf(value: ChangeValue): bigint | undefined {
  if (typeof value === "number") {
    return Number.isInteger(value) ? BigInt(value) : undefined;
  }
  return /^(-?\d{1,400}|0x[0-9a-f]{1,400})$/i.test(value)
    ? BigInt(value)
    : undefined;
}

function oneOf(
  globs: readonly string[] | undefined,
  names: readonly string[],
): Fit {
  return given(
    globs,
    (globs) =>
      globs.some((glob) => names.some((name) => globMatch(glob, name))),
  );
}

function given<T>(condition: T | undefined, holds: (it: T) => boolean): Fit {
  return condition === undefined || holds(condition) ? "yes" : "no";
}

function all(fits: readonly Fit[]): Fit {
  if (fits.includes("no")) return "no";
  return fits.includes("unknown") ? "unknown" : "yes";
}

/**
 * Whether a glob matches the whole of a text: `*` any run, `?` one character,
 * case ignored. In time proportional to the product of the lengths at most.
 */
export function globMatch(glob: string, text: string): boolean {
  const pattern = glob.toLowerCase();
  const subject = text.toLowerCase();
  let p = 0;
  let s = 0;
  // Where to go on when the run of the last star turns out too short.
  let star = -1;
  let resume = 0;
  while (s < subject.length) {
    // A star is always a wildcard, also where the text has one.
    if (pattern[p] === "*") {
      star = p++;
      resume = s;
    } else if (
      p < pattern.length && (pattern[p] === "?" || pattern[p] === subject[s])
    ) {
      p++;
      s++;
    } else if (star >= 0) {
      p = star + 1;
      s = ++resume;
    } else return false;
  }
  while (pattern[p] === "*") p++;
  return p === pattern.length;
}
