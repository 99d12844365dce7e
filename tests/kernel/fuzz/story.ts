/**
 * A difference for people: what was done, and what either side said.
 *
 * @module
 */
import { fromHex } from "../../../lib/bytes.ts";
import { ERRNO } from "../../../lib/uapi/errno.ts";
import type { Fields, FuzzCase, Type } from "./case.ts";
import type { Difference } from "./duel.ts";
import { REQUESTS } from "./requests/mod.ts";

/** Characters of a request that are shown. */
const WIDTH = 96;

/** What a case does, a line for each step, the difference last. */
export function story(fuzzCase: FuzzCase, difference: Difference): string {
  const { type, id, nocap, steps } = fuzzCase;
  const { index, field, real, model } = difference;
  return [
    `${type} ${id}${nocap ? " without CAP_SYS_RAWIO" : ""}`,
    ...steps.slice(0, index + 1)
      .map((step, i) => `  ${i}. ${sentence(type, step)}`),
    `     ${field}: kernel ${shown(field, real)}, model ${shown(field, model)}`,
  ].join("\n");
}

/** What a difference is about, the same for cases that show the same. */
export function subject(fuzzCase: FuzzCase, difference: Difference): string {
  const { index, field, real, model } = difference;
  const step = fuzzCase.steps[index];
  const place = field.replace(/\+.*/, "");
  return [
    fuzzCase.type,
    step ? action(fuzzCase.type, step) : "",
    place,
    ...(place === "ret" ? [shown(place, real), shown(place, model)] : []),
  ].join(" ");
}

/** Names of errno numbers, once they are needed. */
let names: ReadonlyMap<number, string> | undefined;

/** A value, or the name of an errno. */
export function shown(field: string, value: string | number): string {
  if (typeof value === "string") return value === "" ? "none" : value;
  if (field !== "ret" || value >= 0) return String(value);
  names ??= new Map(
    Object.entries(ERRNO).map(([name, errno]) => [errno, name]),
  );
  return names.get(-value) ?? `errno ${-value}`;
}

function action(type: string, step: Fields): string {
  if (step.op !== "rpc") return String(step.op);
  return `rpc ${REQUESTS[type as Type].name(fromHex(String(step.in)))}`;
}

function sentence(type: string, step: Fields): string {
  const { op, in: bytes, ...rest } = step;
  const fields = Object.entries(rest).map(([name, value]) =>
    `${name} ${typeof value === "number" ? number(name, value) : cut(value)}`
  );
  const request = bytes === undefined ? [] : [`in ${cut(String(bytes))}`];
  const what = op === "rpc" ? action(type, step) : op;
  return [`${what}:`, [...fields, ...request].join(", ")].join(" ");
}

function number(name: string, value: number): string {
  return ["flags", "cmd"].includes(name)
    ? `0x${value.toString(16)}`
    : String(value);
}

function cut(text: string): string {
  return text.length > WIDTH ? `${text.slice(0, WIDTH)}…` : text;
}
