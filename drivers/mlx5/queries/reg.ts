/**
 * Query `reg`: an access register by name or id, with named fields where its
 * structure is public, or the list of all registers.
 *
 * @module
 */
import { bitPicture } from "../../../lib/bits/picture.ts";
import { describe } from "../../../lib/bits/describe.ts";
import { fromHex, toHex } from "../../../lib/bytes.ts";
import { UsageError } from "../../../lib/errors.ts";
import {
  isPlainObject,
  type PlainData,
  type PlainObject,
} from "../../../lib/plain.ts";
import type { QueryArgument, QueryType, Suggestion } from "../../driver.ts";
import {
  indexesGiven,
  OWN_REGISTER_ARGUMENTS as OWN,
  registerOfArguments,
  registerWrite,
} from "../reading/register_words.ts";
import {
  accessRegister,
  indexData,
  rawData,
  readRegisterData,
  type RegisterRef,
  registerRows,
} from "../reading/registers.ts";
import { flagOf, integerOf, onlyList, textOf } from "../reading/arguments.ts";
import { classify } from "../scope.ts";
import { layout as ifc } from "../tables/ifc.ts";
import { registerLayouts } from "../tables/register_layouts.ts";
import { registers } from "../tables/registers.ts";

/** For a debug bundle: who it is, its port, its PCI link, what waits for a reset. Reading them changes nothing. */
const BUNDLED = [
  ..."MGIR MCAM PCAM QCAM MFRL MTCAP MTMP NODE_DESC".split(" "),
  ..."PAOS PCMR PDDR PELC PFCC PMLP PMTU PPCNT PPLM PTYS".split(" "),
  ..."MPCNT MPEIN".split(" "),
];

let all: Readonly<Record<string, QueryArgument>> | undefined;

/** The query. Arguments: `name`, and the fields that say what is read. */
export const regQuery: QueryType = {
  name: "reg",
  summary: "An access register with its fields, or the list of registers",
  scope: "debug-read-only",
  target: "name",
  get arguments() {
    return all ??= { ...OWN, ...indexArguments() };
  },
  argumentsOf(target): Suggestion[] {
    const wanted = target.toUpperCase();
    const [id = -1] = [...registers()]
      .find(([id, { name }]) => name === wanted || id === Number(target)) ?? [];
    return Object.entries(registerLayouts().get(id)?.indexes ?? {})
      .map(([name, value]) => [name, `${value} unless given`]);
  },
  samples: () => BUNDLED.map((name) => ({ name })),
  run({ channel }, args): PlainData {
    const name = textOf(args, "name");
    if (name === undefined) {
      onlyList("reg", this.arguments, args);
      return { registers: list() };
    }
    const register = registerOfArguments(name, args);
    const picture = flagOf(args, "picture");
    const hex = textOf(args, "data");
    const given = indexesGiven(register, args);
    const [index] = Object.keys(given);
    if (hex !== undefined && index !== undefined) {
      throw new UsageError(`${index}: it is in the data already`, {
        hint: "Give data or index fields, not both",
      });
    }
    const sent = hex === undefined
      ? indexData(register, given)
      : rawData(register, hex);
    const data = readRegisterData(
      channel,
      register,
      sent,
      integerOf(args, "argument", 0xffffffff),
    );
    const fields = registerRows(register, data);
    return {
      register: register.name,
      id: idText(register.id),
      layout: register.known?.layout ?? "not public",
      bytes: data.length,
      ...(hex === undefined ? readBy(register, given) : {}),
      ...(fields ? { fields } : {}),
      raw: toHex(data),
      ...(picture && register.known
        ? {
          picture: bitPicture(register.known.struct, { bytes: data }).map((
            line,
          ) => ({
            bits: line,
          })),
        }
        : {}),
    };
  },
  bytes: (answer) => {
    const { register, raw } = isPlainObject(answer) ? answer : {};
    return typeof raw === "string"
      ? [{ title: `${String(register)}, its data`, bytes: fromHex(raw) }]
      : [];
  },
  write: registerWrite,
};

function idText(id: number): string {
  return `0x${id.toString(16).padStart(4, "0")}`;
}

/** What selected it: what was given, and the defaults of the rest. */
function readBy(
  { known }: RegisterRef,
  given: Readonly<Record<string, number>>,
): PlainObject {
  const all = Object.entries({ ...known?.indexes, ...given });
  if (all.length === 0) return {};
  return { "read by": all.map(([key, value]) => `${key}=${value}`).join(" ") };
}

/** All registers with a name. */
function list(): PlainObject[] {
  return [...registers()].map(([id, { name, effect, reason }]) => {
    const layout = registerLayouts().get(id);
    return {
      register: name,
      id: idText(id),
      layout: layout?.layout ?? "not public",
      fields: layout ? fieldCount(layout.layout) : 0,
      "read by": Object.keys(layout?.indexes ?? {}).join(" "),
      read: scopeOf(id, false),
      write: scopeOf(id, true),
      "a write": effect,
      because: reason,
    };
  });
}

/** Fields that have a name. */
function fieldCount(name: string): number {
  return describe(ifc(name), { skipReserved: true, rawUnions: true }).length;
}

/** The least scope of an access; the kernel asks more for a read than for a write. */
function scopeOf(id: number, write: boolean): string {
  return classify(accessRegister(id, new Uint8Array(4), write)).scope;
}

/** Every index field of any register. */
function indexArguments(): Record<string, QueryArgument> {
  const users = new Map<string, string[]>();
  for (const [id, { indexes }] of registerLayouts()) {
    const name = registers().get(id)?.name ?? "";
    for (const field of Object.keys(indexes)) {
      // The register's own size field has the name of ours.
      if (Object.hasOwn(OWN, field)) continue;
      users.set(field, [...users.get(field) ?? [], name]);
    }
  }
  return Object.fromEntries(
    [...users].map(([field, names]): [string, QueryArgument] => [field, {
      type: "integer",
      help: names.length > 4
        ? `Field of ${names.slice(0, 3).join(", ")} and ${
          names.length - 3
        } more`
        : `Field of ${names.join(", ")}`,
    }]),
  );
}
