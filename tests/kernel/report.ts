/**
 * Differences between recordings for people: every change of a kernel is one
 * line, however many steps show it.
 *
 * @module
 */
import { fromHex } from "../../lib/bytes.ts";
import { SCOPES } from "../../lib/uapi/fwctl.ts";
import type { StepDifference } from "./compare.ts";
import type { KnownDifference } from "./differences.ts";
import { errnoName } from "./real/libc.ts";

/** Requests named in one line. */
const NAMED = 6;
/** Bytes of an answer whose change is shown. */
const BYTES = 4;

/** One change: all steps that show it. */
export interface Change {
  readonly type: string;
  /** `rpc NVM_READ`, or the op. */
  readonly subjects: readonly string[];
  /** Of RPCs, in rising order. */
  readonly scopes: readonly string[];
  /** What became of it: `was EPERM, is 0`. */
  readonly text: string;
  /** Steps that show it. */
  readonly steps: number;
  /** Where to look: recording, case, step. */
  readonly example: string;
  /** Why it is as it should be; undefined when nobody knows yet. */
  readonly known: KnownDifference | undefined;
}

interface Draft {
  readonly type: string;
  readonly op: string;
  readonly subjects: Set<string>;
  readonly scopes: Set<number>;
  readonly text: string;
  steps: number;
  readonly example: string;
  readonly known: KnownDifference | undefined;
}

/** Puts together what belongs together. */
export function changes(
  differences: readonly StepDifference[],
  explain: (difference: StepDifference) => KnownDifference | undefined,
): Change[] {
  const drafts = new Map<string, Draft>();
  for (const fields of bySteps(differences)) {
    const [first] = fields;
    if (!first) continue;
    // A step is known only when all of it is.
    const reasons = fields.map(explain);
    const why = reasons.every((one) => one === reasons[0])
      ? reasons[0]
      : undefined;
    const { type, op, request, scope, file, caseId, index } = first;
    const text = why && why.from === undefined ? why.what : changeOf(fields);
    const key = JSON.stringify([type, op, request, text, why?.what]);
    const draft = drafts.get(key) ?? {
      type,
      op,
      subjects: new Set([request === "" ? op : request]),
      scopes: new Set<number>(),
      text,
      steps: 0,
      example: `${file} ${caseId}, step ${index}`,
      known: why,
    };
    draft.steps++;
    if (op === "rpc") draft.scopes.add(scope);
    drafts.set(key, draft);
  }
  return merged([...drafts.values()]);
}

/** Requests that changed in the same way at the same scopes are one change. */
function merged(drafts: readonly Draft[]): Change[] {
  const together = new Map<string, Draft>();
  for (const draft of drafts) {
    const key = JSON.stringify([
      ...[draft.type, draft.op, draft.text, draft.known?.what],
      [...draft.scopes].sort(),
    ]);
    const other = together.get(key);
    if (!other) together.set(key, draft);
    else {
      other.steps += draft.steps;
      for (const subject of draft.subjects) other.subjects.add(subject);
    }
  }
  return [...together.values()].map((draft) => ({
    ...draft,
    subjects: [...draft.subjects],
    scopes: [...draft.scopes].sort((a, b) => a - b)
      .map((scope) => SCOPES[scope] ?? String(scope)),
  }));
}

function bySteps(
  differences: readonly StepDifference[],
): Iterable<readonly StepDifference[]> {
  const steps = new Map<string, StepDifference[]>();
  for (const difference of differences) {
    const { file, type, caseId, index } = difference;
    const key = `${file} ${type} ${caseId} ${index}`;
    const list = steps.get(key) ?? [];
    list.push(difference);
    steps.set(key, list);
  }
  return steps.values();
}

function changeOf(fields: readonly StepDifference[]): string {
  const errno = fields.find(({ field }) => field === "errno");
  // What a call left follows from whether it was let through.
  if (errno) {
    return `was ${nameOf(errno.was)}, is ${nameOf(errno.is)}`;
  }
  return fields.map(({ field, was, is }) =>
    /^(struct|out2?)$/.test(field)
      ? `${field}: ${bytesOf(was, is)}`
      : `${field}: was ${shown(was)}, is ${shown(is)}`
  ).join("; ");
}

function nameOf(errno: unknown): string {
  return typeof errno === "number" && errno !== 0 ? errnoName(-errno) : "0";
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/** The bytes that changed, the first ones. */
function bytesOf(was: unknown, is: unknown): string {
  if (typeof was !== "string" || typeof is !== "string") {
    return was === undefined ? "was untouched" : "is untouched";
  }
  const [before, after] = [fromHex(was), fromHex(is)];
  const hex = (byte?: number) => byte?.toString(16).padStart(2, "0") ?? "–";
  const at = [...before.keys()].filter((i) => before[i] !== after[i]);
  const first = at.slice(0, BYTES)
    .map((i) => `byte ${i} was ${hex(before[i])}, is ${hex(after[i])}`);
  return [
    ...first,
    ...(at.length > BYTES ? [`${at.length - BYTES} bytes more`] : []),
    ...(before.length === after.length
      ? []
      : [`${before.length} bytes shown before, ${after.length} now`]),
  ].join(", ");
}

/** A change in a line, and where to look. */
export function describe(change: Change): string {
  const { type, subjects, scopes, text, steps, example } = change;
  const more = subjects.length - NAMED;
  const names = subjects.slice(0, NAMED).join(", ") +
    (more > 0 ? ` and ${more} more` : "");
  const where = scopes.length === 0 ? "" : ` at ${scopes.join(", ")}`;
  const passed = /^was (E\w+), is 0$/.exec(text)?.[1];
  const what = passed === undefined
    ? `${where}: ${text}`
    : ` ${
      subjects.length === 1 ? "is" : "are"
    } let through${where} (was ${passed})`;
  return `${type.padEnd(5)} ${names}${what}\n        ${steps} ${
    steps === 1 ? "step" : "steps"
  }, such as ${example}`;
}

/** All changes, those that nobody explained first. */
export function report(all: readonly Change[]): string[] {
  const lines: string[] = [];
  const unknown = all.filter(({ known }) => known === undefined);
  for (const change of unknown) lines.push(`  NEW   ${describe(change)}`);
  const reasons = new Set(all.flatMap(({ known }) => known ?? []));
  for (const reason of reasons) {
    lines.push(`  known ${reason.what}`, `        ${reason.why}`);
    const mine = all.filter(({ known }) => known === reason);
    if (reason.from === undefined) {
      const steps = mine.reduce((sum, change) => sum + change.steps, 0);
      lines.push(`        ${steps} ${steps === 1 ? "step" : "steps"}`);
    } else {
      for (const change of mine) lines.push(`      - ${describe(change)}`);
    }
  }
  return lines;
}
