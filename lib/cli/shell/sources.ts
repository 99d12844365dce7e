/**
 * Where the words of each kind come from. What a source needs it loads itself,
 * so that completing a command's name costs no more than the parser.
 *
 * @module
 */
import { deviceWords, list, vfWords } from "./device_words.ts";
import type { Kind } from "./kinds.ts";
import { deviceOf, driverOf, look, queryOf } from "./look.ts";
import { type Asked, type Candidate, NOTHING, type Offer } from "./offer.ts";

/** Kinds that ask somebody; the parser and the line itself answer the others. */
type Asking = Exclude<Kind, "choice" | "command" | "command-line">;

type Source = (asked: Asked) => Offer | Promise<Offer>;

const SOURCES: Readonly<Record<Asking, Source>> = {
  typed: () => NOTHING,
  file: () => ({ words: [], files: "files" }),
  folder: () => ({ words: [], files: "folders" }),
  recipe: () => ({ words: [], files: "files" }),
  scenario: scenarios,
  device: devices,
  "device-or-vf": async (asked) => ({
    words: [...(await devices(asked)).words, ...(await vfs(asked)).words],
  }),
  vf: vfs,
  driver: drivers,
  decodable: decodables,
  query: queries,
  target: targets,
  argument: argumentsOf,
  capability: async (asked) => await valuesOf(asked, "caps", "types"),
  parameter: async (asked) => await valuesOf(asked, "nvconfig", "names"),
  setting: settings,
  counters: async (asked) => list(asked, await counterWords()),
  "recipe-parameter": async (asked) =>
    (await import("./recipe_source.ts")).recipeParameters(asked),
  run: runs,
  schema: schemas,
};

/** What can stand in a place of this kind. */
export async function sourceOf(kind: Asking, asked: Asked): Promise<Offer> {
  return await SOURCES[kind](asked);
}

async function scenarios(): Promise<Offer> {
  const { BUILTIN_SCENARIOS } = await import("../../model/scenarios/index.ts");
  return {
    words: BUILTIN_SCENARIOS.map(({ name, description }) => [
      name,
      description,
    ]),
    files: "files",
  };
}

async function devices(asked: Asked): Promise<Offer> {
  const { devices } = await look(asked.globals);
  const given = new Set(asked.args.get("devices"));
  return { words: deviceWords(devices).filter(([name]) => !given.has(name)) };
}

async function vfs(asked: Asked): Promise<Offer> {
  const { devices } = asked.args.has("device")
    ? { devices: [await deviceOf(asked)] }
    : await look(asked.globals);
  const given = new Set([
    ...asked.args.get("vfs") ?? [],
    ...asked.args.get("devices") ?? [],
  ]);
  return {
    words: vfWords(devices.filter((each) => each !== undefined))
      .filter(([pci]) => !given.has(pci)),
  };
}

async function drivers(): Promise<Offer> {
  const { driverNames } = await import("../../../drivers/load.ts");
  return { words: driverNames().map((name) => [name, ""]) };
}

async function schemas(): Promise<Offer> {
  const { schemaEntries } = await import("../../view/schemas/load.ts");
  return { words: schemaEntries().map(({ name, kind }) => [name, kind]) };
}

async function decodables({ args }: Asked): Promise<Offer> {
  const { loadDrivers } = await import("../../../drivers/load.ts");
  const [driver] = await loadDrivers(args.get("driver") ?? []);
  const kinds = await driver?.decoders?.() ?? [];
  return {
    words: kinds.flatMap(({ kind, names }) =>
      names().map((name): Candidate => [name, kind])
    ),
  };
}

async function queries(asked: Asked): Promise<Offer> {
  const queries = (await driverOf(asked))?.queries ?? {};
  return {
    words: Object.entries(queries).map(([name, { summary }]) => [
      name,
      summary,
    ]),
  };
}

/** A command that is called as the query it asks: reg, object, dump. */
async function targets(asked: Asked): Promise<Offer> {
  const query = await queryOf(asked, asked.command);
  return query?.target === undefined
    ? NOTHING
    : await valuesOf(asked, asked.command, query.target);
}

async function valuesOf(
  asked: Asked,
  name: string,
  argument: string,
): Promise<Offer> {
  const query = await queryOf(asked, name);
  return { words: [...query?.arguments[argument]?.values?.() ?? []] };
}

/** `name=value` of a query, or of what it reads. */
async function argumentsOf(asked: Asked): Promise<Offer> {
  const { args, command, word } = asked;
  const name = args.get("query")?.[0] ?? command;
  const query = await queryOf(asked, name);
  if (!query) return NOTHING;
  const at = word.indexOf("=");
  if (at > 0) {
    const argument = query.arguments[word.slice(0, at)];
    const values = [...argument?.values?.() ?? []];
    return {
      words: values.map(([value, help]) => [
        word.slice(0, at + 1) + value,
        help,
      ]),
    };
  }
  const target = ["register", "object", "segment"]
    .map((each) => args.get(each)?.[0]).find((each) => each !== undefined);
  const words = target !== undefined && query.argumentsOf
    ? [...query.argumentsOf(target)]
    : Object.entries(query.arguments)
      .map(([name, { help }]): Candidate => [name, help]);
  return { words: words.map(([name, help]) => [`${name}=`, help]) };
}

async function settings(asked: Asked): Promise<Offer> {
  const query = await queryOf(asked, "nvconfig");
  const names = query?.arguments.names;
  const at = asked.word.indexOf("=");
  if (at < 1) {
    return {
      words: [...names?.values?.() ?? []]
        .map(([name, help]) => [`${name}=`, help]),
    };
  }
  const before = asked.word.slice(0, at + 1);
  return {
    words: [...names?.valuesOf?.(asked.word.slice(0, at)) ?? []]
      .map(([value, help]) => [before + value, help]),
  };
}

async function counterWords(): Promise<Candidate[]> {
  const { counterId, counterAbout, namedCounters } = await import(
    "../../../drivers/mlx5/reading/diag_counters.ts"
  );
  const { counterWord } = await import("../diag/words.ts");
  return [
    ["named", "those with a public name"],
    ["all", "every counter of the device"],
    ...namedCounters().map((id): Candidate => [
      counterWord(id),
      `${counterId(id)}: ${counterAbout(id)}`,
    ]),
  ];
}

/** Runs on record, the newest first: by the end of their name, which is short. */
async function runs({ globals, command }: Asked): Promise<Offer> {
  const { stateOf } = await import("../runs.ts");
  const { listRuns } = await import("../../apply/runs.ts");
  const state = stateOf(globals);
  if (!state) return NOTHING;
  const names = listRuns(state.disk, state.dir).reverse();
  const last = names[0];
  return {
    words: last === undefined ? [] : [
      ["last", command === "undo" ? `takes back ${last}` : last],
      ...names.map((name): Candidate => [name, "a run on record"]),
    ],
  };
}
