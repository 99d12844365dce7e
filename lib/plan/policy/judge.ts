/**
 * The judgement: everything a policy has against one request. It says the same
 * of a planned step and of the bytes on their way to the device.
 *
 * @module
 */
import { EFFECTS, type RequestLabel } from "../../../drivers/driver.ts";
import { scopeNumber, scopeTaints } from "../../uapi/fwctl.ts";
import { ruleText } from "./explain.ts";
import {
  fits,
  fitsButValue,
  isWrite,
  type Part,
  partsOf,
  type Subject,
  type SubjectDevice,
  weightOf,
} from "./match.ts";
import type { Policy, PolicyRule, PolicyWorld, Refusal } from "./types.ts";
import { momentText, windowText, within } from "./window.ts";

/** Every reason why a request may not be sent; none when it may. */
export function judge(
  subject: Subject,
  policy: Policy,
  world?: PolicyWorld,
): Refusal[] {
  const found = ceilings(subject, policy);
  // What the kernel never sends needs no second reason.
  if (found[0]?.rule === "kernel") return found;
  found.push(...denied(subject, policy));
  if (!isWrite(subject)) return found;
  found.push(...notAllowed(subject, policy));
  found.push(...machineRefusals(policy, world));
  found.push(...sealRefusals(subject.device, policy, world));
  return found;
}

/** What speaks against a request by its label alone: what holds for an undo too. */
export function ceilings(subject: Subject, policy: Policy): Refusal[] {
  const { label } = subject;
  const what = labelName(label);
  const scope = weightOf(subject);
  if (!label.allowed) {
    return policy.unlisted ? [] : [{
      rule: "kernel",
      text: `${what}: the kernel driver sends it at no scope`,
      advice: "Leave it out",
    }];
  }
  const found: Refusal[] = [];
  if (scopeNumber(scope) > scopeNumber(policy.scope)) {
    const why = scope === label.scope
      ? `needs scope ${scope} (${label.scopeReason})`
      : `is sent with scope ${scope}`;
    found.push({
      rule: "scope",
      text: `${what} ${why}; the policy's ceiling is ${policy.scope}`,
      advice: "--max-scope",
    });
  }
  if (EFFECTS.indexOf(label.effect) > EFFECTS.indexOf(policy.effect)) {
    found.push({
      rule: "effect",
      text:
        `${what} has effect ${label.effect} (${label.effectReason}); the policy's ceiling is ${policy.effect}`,
      advice: "--max-effect",
    });
  }
  if (!policy.taint && scopeTaints(scope)) {
    found.push({
      rule: "taint",
      text: `${what} taints the kernel; the policy forbids it`,
      advice: "--allow-taint",
    });
  }
  return found;
}

function denied(subject: Subject, { deny = [], source }: Policy): Refusal[] {
  const { label } = subject;
  const parts = partsOf(subject);
  return deny.flatMap((rule, index): Refusal[] => {
    const answers = parts.map((part) => fits(rule, subject, part));
    const at = answers.indexOf("yes");
    if (at < 0 && !answers.includes("unknown")) return [];
    const sets = rule.field || rule.value ? setting(parts[at]) : "";
    const what = `${labelName(label)}${sets}`;
    return [{
      rule: `deny[${index}]`,
      text: at >= 0
        ? `${what} is on the deny list: ${ruleText(rule)}`
        : `${what} may be on the deny list, and without a plan nobody can tell what it sets: ${
          ruleText(rule)
        }`,
      ...because(rule),
      advice: at >= 0
        ? `Leave it out, or change deny[${index}]${inFile(source)}`
        : "Put it into a recipe, so that what it sets can be seen",
    }];
  });
}

function notAllowed(subject: Subject, { allow, source }: Policy): Refusal[] {
  if (allow === undefined) return [];
  return partsOf(subject).flatMap((part): Refusal[] => {
    if (allow.some((rule) => fits(rule, subject, part) === "yes")) return [];
    const near = allow.findIndex((rule) =>
      rule.value !== undefined && fitsButValue(rule, subject, part) === "yes"
    );
    const rule = allow[near];
    const what = `${labelName(subject.label)}${setting(part)}`;
    if (rule) {
      return [{
        rule: `allow[${near}]`,
        text: `${what} is not what the allow list has: ${ruleText(rule)}`,
        ...because(rule),
        advice: `Choose another value, or change allow[${near}]${
          inFile(source)
        }`,
      }];
    }
    return [{
      rule: "allow",
      text: `${what} is not on the allow list${
        subject.intent || allow.every((rule) => !needsPlan(rule))
          ? ""
          : ", and without a plan nobody can tell what it sets"
      }`,
      advice: `Leave it out, or add a rule to allow${inFile(source)}`,
    }];
  });
}

/** What speaks against writing on this machine now. */
export function machineRefusals(
  { lockdown, windows, source }: Policy,
  world: PolicyWorld | undefined,
): Refusal[] {
  const found: Refusal[] = [];
  const state = world?.inventory.lockdown ?? "unknown";
  if (lockdown && !lockdown.some((each) => each === state)) {
    found.push({
      rule: "lockdown",
      text: `The kernel's lockdown is ${state}; the policy wants ${
        lockdown.join(" or ")
      }`,
      advice: `Boot with lockdown=${lockdown[0] ?? "none"}`,
    });
  }
  if (windows) {
    const now = world?.now() ?? new Date();
    const [first] = windows;
    if (!windows.some((window) => within(window, now))) {
      found.push({
        rule: "windows",
        text: `It is ${
          momentText(now, first?.zone ?? "UTC")
        }; the policy allows writes ${windows.map(windowText).join(", ")}`,
        ...(first?.reason === undefined ? {} : { reason: first.reason }),
        advice: `Wait for the window, or change windows${inFile(source)}`,
      });
    }
  }
  return found;
}

/** What speaks against writing to a device that was written to in this boot. */
export function sealRefusals(
  device: SubjectDevice,
  policy: Policy,
  world: PolicyWorld | undefined,
): Refusal[] {
  const { seals, inventory } = world ?? {};
  if (!seals || !inventory) return [];
  const address = device.addresses?.[0];
  if (address === undefined) return [];
  const seal = seals.sealed(address, inventory.bootId);
  if (!seal || seal.breakable && policy.breakSeal) return [];
  return [{
    rule: "seal",
    text: `${device.name} ${address} was changed at ${seal.at}${
      seal.recipe === "" ? "" : ` by ${seal.recipe}`
    } and is sealed until the next boot`,
    advice: seal.breakable
      ? "Write after the next boot, or break the seal with --break-seal"
      : "Write after the next boot; this seal cannot be broken",
  }];
}

/** That a plan or a run writes to more devices than it may. */
export function tooManyDevices(
  count: number,
  { devices, source }: Policy,
): Refusal[] {
  return devices === undefined || count <= devices ? [] : [{
    rule: "devices",
    text: `${count} devices would be written to; the policy allows ${devices}`,
    advice: `Take fewer devices at once, or change max.devices${
      inFile(source)
    }`,
  }];
}

/** `NAME detail` as messages spell a request. */
export function labelName(label: RequestLabel): string {
  return label.detail === "" ? label.name : `${label.name} ${label.detail}`;
}

function needsPlan({ kind, target, field, value }: PolicyRule): boolean {
  return Boolean(kind || target || field || value);
}

function setting(part: Part | undefined): string {
  return part ? `, ${part.field} = ${part.value}` : "";
}

function because({ reason }: PolicyRule): { reason?: string } {
  return reason === undefined ? {} : { reason };
}

function inFile(source: string | undefined): string {
  return source === undefined ? "" : ` in ${source}`;
}
