/**
 * Query `reg`: an access register by name or id, with named fields where its
 * structure is public, or the list of all registers.
 *
 * @module
 */
import { bitPicture } from "../../../lib/bits/picture.ts";
import { toHex } from "../../../lib/bytes.ts";
import type { PlainData, PlainObject } from "../../../lib/plain.ts";
import type { QueryArgument, QueryType } from "../../driver.ts";
import {
  findRegister,
  indexData,
  rawData,
  readRegisterData,
  registerRows,
} from "../reading/registers.ts";
import {
  flagOf,
  integerOf,
  onlyArguments,
  textOf,
} from "../reading/arguments.ts";
import { registerLayouts } from "../tables/register_layouts.ts";
import { registers } from "../tables/registers.ts";

const OWN: Readonly<Record<string, QueryArgument>> = {
  name: {
    type: "text",
    help: "The register, such as PTYS or 0x5004; a list of all without it",
  },
  data: {
    type: "hex",
    help: "Its data as it is sent, in place of the index fields",
  },
  argument: { type: "integer", help: "The word before the data" },
  size: { type: "integer", help: "Bytes of its data" },
  picture: { type: "flag", help: "Draw its bits" },
};

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
  get arguments() {
    return all ??= { ...OWN, ...indexArguments() };
  },
  samples: () => BUNDLED.map((name) => ({ name })),
  run({ channel }, args): PlainData {
    onlyArguments("reg", this.arguments, args);
    const name = textOf(args, "name");
    if (name === undefined) return { registers: list() };
    const register = findRegister(name, integerOf(args, "size", 0xffff));
    const picture = flagOf(args, "picture");
    const hex = textOf(args, "data");
    const given = Object.fromEntries(
      Object.keys(args).filter((key) => !Object.hasOwn(OWN, key)).map((key) => [
        key,
        integerOf(args, key, 2 ** 48) ?? 0,
      ]),
    );
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
      ...(fields ? { fields } : {}),
      raw: toHex(data),
      ...(picture && register.known
        ? {
          picture: bitPicture(register.known.struct).map((line) => ({
            bits: line,
          })),
        }
        : {}),
    };
  },
};

function idText(id: number): string {
  return `0x${id.toString(16).padStart(4, "0")}`;
}

/** All registers with a name. */
function list(): PlainObject[] {
  return [...registers()].map(([id, { name, effect, reason }]) => {
    const layout = registerLayouts().get(id);
    return {
      register: name,
      id: idText(id),
      layout: layout?.layout ?? "not public",
      "read by": Object.keys(layout?.indexes ?? {}).join(" "),
      "a write": effect,
      because: reason,
    };
  });
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
