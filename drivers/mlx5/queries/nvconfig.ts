/**
 * Query `nvconfig`: parameters with their default, current and next values.
 *
 * @module
 */
import { UsageError } from "../../../lib/errors.ts";
import type { PlainData, PlainObject } from "../../../lib/plain.ts";
import { didYouMean } from "../../../lib/suggest.ts";
import type { QueryType, Suggestion } from "../../driver.ts";
import { builtinKnowledge } from "../nvconfig/builtin.ts";
import { Gates } from "../nvconfig/gate.ts";
import { knowledgeFor } from "../nvconfig/knowledge.ts";
import {
  elementNames,
  needParameter,
  NV_CLASS,
  refsOf,
  typeText,
  typeWord,
} from "../nvconfig/names.ts";
import { NvReader } from "../nvconfig/reader.ts";
import type { NvMode } from "../nvconfig/registers.ts";
import { resetOf } from "../nvconfig/target.ts";
import type { NvKnowledge, NvRef, NvValue } from "../nvconfig/types.ts";
import { domainOf, numberRange, placeOf, valueIn } from "../nvconfig/values.ts";

/** Class of files: they are no parameters of a running card. */
const FILE = 6;

/** The names a caller asked for. @throws {UsageError} */
export function namesOf(value: PlainData | undefined): readonly string[] {
  if (value === undefined) return [];
  if (Array.isArray(value)) {
    const names = value.filter((name): name is string =>
      typeof name === "string"
    );
    if (names.length === value.length) return names.flatMap(elementNames);
  }
  throw new UsageError("names is not a list of parameters", {
    hint: "For instance SRIOV_EN,NUM_OF_VFS,LINK_TYPE_P1",
  });
}

/** Refuses arguments a query does not have. @throws {UsageError} */
export function onlyArguments(
  query: string,
  args: PlainObject,
  known: readonly string[],
): void {
  for (const key of Object.keys(args)) {
    if (known.includes(key)) continue;
    throw new UsageError(
      `The query ${query} has no argument "${key.slice(0, 64)}"`,
      {
        hint: didYouMean(key, known) ?? `Its arguments are ${known.join(", ")}`,
      },
    );
  }
}

/**
 * Parameters by name; a port's parameter without a port is meant for all ports.
 *
 * @throws {UsageError} for names nobody knows
 */
export function wantedRefs(
  knowledge: NvKnowledge,
  names: readonly string[],
  reader: NvReader,
): NvRef[] {
  return names.flatMap((name) => {
    const field = knowledge.parameters.get(name);
    return field
      ? refsOf(knowledge, field, instancesOf(knowledge, field.tlv, reader))
      : [needParameter(knowledge, name)];
  });
}

function instancesOf(
  knowledge: NvKnowledge,
  tlv: string,
  reader: NvReader,
): number[] {
  const class_ = knowledge.tlvs.get(tlv)?.class;
  if (class_ === NV_CLASS.PORT) {
    return Array.from({ length: reader.ports() }, (_, i) => i + 1);
  }
  return [0];
}

/** The query. */
export const nvconfigQuery: QueryType = {
  name: "nvconfig",
  summary:
    "Non-volatile configuration: default, current and next value of each parameter",
  scope: "debug-read-only",
  arguments: {
    names: {
      type: "texts",
      help: "Parameters, such as SRIOV_EN; the common ones unless given",
      values: () =>
        [...builtinKnowledge().parameters]
          .map(([name, { tlv }]) => [name, tlv]),
      valuesOf: (name) => settableValues(name),
    },
    all: {
      type: "flag",
      help: "Every parameter the database knows, also those the device lacks",
    },
    database: {
      type: "text",
      help:
        'The vendor\'s parameters: "installed" (mstflint), or a path of mlxconfig_host.db',
    },
  },
  run({ channel }, args): PlainData {
    onlyArguments("nvconfig", args, ["names", "all", "database"]);
    const names = namesOf(args.names);
    const { all = false } = args;
    if (typeof all !== "boolean") {
      throw new UsageError("all is not a flag", {
        hint: "Give it, or leave it",
      });
    }
    const knowledge = knowledgeFor(names, args.database);
    const reader = new NvReader(channel);
    const some = names.length > 0
      ? names
      : (all ? knowledge : builtinKnowledge()).parameters.keys();
    const refs = wantedRefs(knowledge, [...some], reader)
      .filter(({ tlv }) => names.length > 0 || tlv.class !== FILE);
    const gates = new Gates(knowledge, reader);
    const rows = refs.map((ref) => rowOf(ref, reader, gates));
    // What the device lacks is of interest only to who asked for it by name.
    const shown = names.length > 0 || all
      ? rows
      : rows.filter(({ state }) => state !== "unsupported");
    const loads = resetOf(reader);
    return {
      parameters: shown,
      pending: shown.filter(({ pending }) => pending === true).length,
      loaded_by: loads.name,
      dpu_mode: loads.dpu,
      knowledge: knowledge.source,
    };
  },
};

function rowOf(ref: NvRef, reader: NvReader, gates: Gates): PlainObject {
  const { tlv, instance, field } = ref;
  const row = {
    parameter: ref.label,
    item: tlv.name,
    type: `0x${typeText(typeWord(tlv, instance))}`,
    kind: field.type,
    ...(field.values.size > 0 ? { values: [...field.values.keys()] } : {}),
    ...(field.unit === "" ? {} : { unit: field.unit }),
    ...(field.gate === ""
      ? {}
      : { depends_on: field.gate.replaceAll("$", "") }),
  };
  const next = value(ref, reader, "next");
  if (next === undefined) {
    return { ...row, takes: domainOf(field), state: "unsupported" };
  }
  const standard = value(ref, reader, "default");
  const current = value(ref, reader, "current");
  const gate = gates.open(ref);
  return {
    ...row,
    ...rangeOf(ref, gates),
    default: standard ?? null,
    current: current ?? null,
    next,
    pending: current === undefined ? null : current !== next,
    state: gate.holds ? "available" : "gated",
    ...(gate.holds ? {} : { gate: gate.why, needs: [...gate.parameters] }),
  };
}

/** What it takes: of a number the least and the greatest the device allows. */
function rangeOf(ref: NvRef, gates: Gates): PlainObject {
  const { field } = ref;
  const range = numberRange(field);
  if (!range) return { takes: domainOf(field) };
  const least = Math.max(gates.limit(ref, "min") ?? range[0], range[0]);
  const most = Math.min(gates.limit(ref, "max") ?? range[1], range[1]);
  return { takes: `${least} to ${most}`, least, most };
}

function value(
  ref: NvRef,
  reader: NvReader,
  mode: NvMode,
): NvValue | undefined {
  const data = reader.item(ref.tlv, ref.instance, mode)?.data;
  const { bit, width } = placeOf(ref);
  return data && bit + width <= 8 * data.length
    ? valueIn(data, ref)
    : undefined;
}

/** Names of an enum's values; True and False. */
function settableValues(name: string): Suggestion[] {
  const plain = name.replace(/_[PM]\d+$/, "").replace(/\[.*$/, "");
  const { parameters } = builtinKnowledge();
  const field = parameters.get(name) ?? parameters.get(plain);
  if (field?.type === "bool") return [["0", "False"], ["1", "True"]];
  return [...field?.values ?? []].map(([word, value]) => [word, `${value}`]);
}
