/**
 * Policies once more, as plainly as they can be written: what the documentation
 * says and nothing of how the library does it. And generators for them.
 *
 * @module
 */
import fc from "fast-check";
import { EFFECTS, type RequestLabel } from "../../../drivers/driver.ts";
import { GROUP_NAMES } from "../../../drivers/groups.ts";
import {
  DAYS,
  LOCKDOWNS,
  type Policy,
  type PolicyRule,
  type PolicyWindow,
} from "../../../lib/plan/policy.ts";
import { type Scope, SCOPES } from "../../../lib/uapi/fwctl.ts";

/** Everything that a decision may depend on. */
export interface Case {
  readonly label: RequestLabel;
  readonly scope: Scope;
  readonly driver: string;
  readonly names: readonly string[];
  readonly lockdown: string;
  readonly now: Date;
  /** Undefined: not sealed; else whether the seal gives way. */
  readonly seal: boolean | undefined;
  /** Devices written to before this one. */
  readonly writtenBefore: number;
  /** What the plan says; undefined when there is none. */
  readonly plan?: {
    readonly kind: string;
    readonly targets: readonly string[];
    readonly sets: readonly { field: string; value: number }[];
  };
}

/** Whether the request may be sent. */
export function mayBeSent(policy: Policy, it: Case): boolean {
  const { label } = it;
  if (!label.allowed) return false;
  const level = Math.max(
    SCOPES.indexOf(label.scope),
    SCOPES.indexOf(it.scope),
  );
  const effect = EFFECTS.indexOf(label.effect);
  if (level > SCOPES.indexOf(policy.scope)) return false;
  if (effect > EFFECTS.indexOf(policy.effect)) return false;
  if (level >= 2 && !policy.taint) return false;
  const write = effect > 0 || level >= 2;
  const sets = it.plan && it.plan.sets.length > 0 ? it.plan.sets : [null];
  for (const rule of policy.deny ?? []) {
    if (!aboutRequest(rule, it, level)) continue;
    if (!asksForPlan(rule)) return false;
    if (!write) continue;
    if (!it.plan) return false;
    for (const one of sets) if (aboutSet(rule, it.plan, one)) return false;
  }
  if (!write) return true;
  if (policy.allow) {
    for (const one of sets) {
      const allowed = policy.allow.some((rule) =>
        aboutRequest(rule, it, level) &&
        (!asksForPlan(rule) ||
          it.plan !== undefined && aboutSet(rule, it.plan, one))
      );
      if (!allowed) return false;
    }
  }
  if (policy.lockdown && !policy.lockdown.join().includes(it.lockdown)) {
    return false;
  }
  if (policy.windows && !policy.windows.some((each) => open(each, it.now))) {
    return false;
  }
  if (
    policy.devices !== undefined && it.writtenBefore + 1 > policy.devices
  ) return false;
  if (it.seal === false) return false;
  if (it.seal === true && !policy.breakSeal) return false;
  return true;
}

function asksForPlan(rule: PolicyRule): boolean {
  return [rule.kind, rule.target, rule.field, rule.value].some((each) =>
    each !== undefined
  );
}

function aboutRequest(rule: PolicyRule, it: Case, level: number): boolean {
  const { label } = it;
  return some(rule.driver, [it.driver]) && some(rule.device, it.names) &&
    some(rule.request, [label.name, `${label.name} ${label.detail}`]) &&
    (!rule.group ||
      rule.group.some((group) =>
        label.groups?.includes(group) || label.effect === group
      )) &&
    (!rule.scope || rule.scope.includes(SCOPES[level] ?? "configuration")) &&
    (!rule.effect || rule.effect.includes(label.effect));
}

function aboutSet(
  rule: PolicyRule,
  plan: NonNullable<Case["plan"]>,
  one: { field: string; value: number } | null,
): boolean {
  if (!some(rule.kind, [plan.kind]) || !some(rule.target, plan.targets)) {
    return false;
  }
  if (rule.field && (!one || !some(rule.field, [one.field]))) return false;
  if (rule.value) {
    if (!one) return false;
    const { min, max } = rule.value;
    if (min !== undefined && one.value < Number(min)) return false;
    if (max !== undefined && one.value > Number(max)) return false;
    if (rule.value.in && !rule.value.in.includes(String(one.value))) {
      return false;
    }
  }
  return true;
}

/** Globs by way of a regular expression. */
function some(
  globs: readonly string[] | undefined,
  names: readonly string[],
): boolean {
  if (!globs) return true;
  return globs.some((glob) => {
    const source = [...glob].map((char) =>
      char === "*"
        ? "[^]*"
        : char === "?"
        ? "[^]"
        : char.replace(/[.+^${}()|[\]\\]/, "\\$&")
    ).join("");
    return names.some((name) => new RegExp(`^${source}$`, "i").test(name));
  });
}

/** Windows in UTC: every minute of the week it is open is written down. */
function open(window: PolicyWindow, now: Date): boolean {
  const minutes = new Set<number>();
  DAYS.forEach((day, index) => {
    if (window.days && !window.days.includes(day)) return;
    const length = window.to > window.from
      ? window.to - window.from
      : window.to + 1440 - window.from;
    for (let i = 0; i < length; i++) {
      minutes.add((index * 1440 + window.from + i) % (7 * 1440));
    }
  });
  return minutes.has(
    now.getUTCDay() * 1440 + now.getUTCHours() * 60 + now.getUTCMinutes(),
  );
}

/** One to three of some names. */
function few<T>(names: readonly T[]): fc.Arbitrary<T[]> {
  return fc.array(fc.constantFrom(...names), { minLength: 1, maxLength: 3 });
}

/** A member that is rarely there, so that rules do fit now and then. */
function rare<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.option(arbitrary, { nil: undefined, freq: 2 });
}

/** Names that rules may be made of. */
export interface Names {
  readonly drivers: readonly string[];
  readonly devices: readonly string[];
  readonly requests: readonly string[];
  readonly kinds: readonly string[];
  readonly targets: readonly string[];
  readonly fields: readonly string[];
}

/** Rules over names, about what is sent and about what is set. */
export function rules(names: Names): fc.Arbitrary<PolicyRule> {
  const one = fc.record({
    driver: rare(few([...names.drivers, "*", "m*5"])),
    device: rare(few([...names.devices, "*", "fwctl?", "????:??:*"])),
    request: rare(few([...names.requests, "*", "QUERY_*", "*SET*", "*NVM*"])),
    group: rare(few(GROUP_NAMES)),
    scope: rare(few(SCOPES)),
    effect: rare(few(EFFECTS)),
    kind: rare(few([...names.kinds, "*.unit"])),
    target: rare(few([...names.targets, "*"])),
    field: rare(few([...names.fields, "*"])),
    value: rare(fc.oneof(
      fc.record({ min: fc.bigInt(0n, 60n), max: fc.bigInt(40n, 120n) }),
      fc.record({ max: fc.bigInt(0n, 120n) }),
      fc.record({ in: few(["5", "50", "99"]) }),
    )),
  });
  // Absent and undefined are not the same under exact optional properties.
  return one.map((rule) =>
    Object.fromEntries(
      Object.entries(rule).filter(([, value]) => value !== undefined),
    ) as PolicyRule
  );
}

const window: fc.Arbitrary<PolicyWindow> = fc.record({
  days: few(DAYS),
  from: fc.integer({ min: 0, max: 1439 }),
  to: fc.integer({ min: 0, max: 1440 }),
  zone: fc.constant("UTC"),
}).filter(({ from, to }) => from !== to);

/** Policies of any kind. */
export function policies(names: Names): fc.Arbitrary<Policy> {
  const list = fc.array(rules(names), { maxLength: 4 });
  return fc.record({
    scope: fc.constantFrom(...SCOPES, "debug-write-full" as const),
    effect: fc.constantFrom(...EFFECTS, "destructive" as const),
    taint: fc.boolean(),
    devices: rare(fc.integer({ min: 0, max: 2 })),
    lockdown: rare(few(LOCKDOWNS)),
    windows: rare(fc.array(window, { minLength: 1, maxLength: 3 })),
    deny: fc.option(list, { nil: undefined, freq: 1 }),
    allow: fc.option(list, { nil: undefined, freq: 1 }),
    breakSeal: rare(fc.boolean()),
  }).map((policy) =>
    Object.fromEntries(
      Object.entries(policy).filter(([, value]) => value !== undefined),
    ) as unknown as Policy
  );
}
