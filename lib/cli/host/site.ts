/**
 * What a site declares for this host: the recipes of a folder with their
 * parameters, the policy and the definitions beside it.
 *
 * @module
 */
import { UsageError } from "../../errors.ts";
import { CONFIG_DIR } from "../../install/types.ts";
import { count } from "../../view/words.ts";
import type { Context, Globals } from "../context.ts";
import { fileExists } from "../files.ts";

/** A recipe of the site. */
export interface SiteRecipe {
  /** Its file's name: `10-sriov.ts`. */
  readonly name: string;
  /** Its file. */
  readonly path: string;
  /** The file of its parameters, where it has one. */
  readonly params?: string;
}

/** What a site declares. */
export interface Site {
  /** Its folder. */
  readonly dir: string;
  /** In the order in which they are applied. */
  readonly recipes: readonly SiteRecipe[];
  /** Its policy file, where it has one. */
  readonly policy?: string;
  /** Its definition files. */
  readonly definitions: readonly string[];
  /** Files beside the recipes that are neither recipes nor their parameters. */
  readonly ignored: readonly string[];
}

const RECIPE = /^[A-Za-z0-9][\w.-]*\.(ts|js)$/;

/**
 * Reads the folder. What everybody may write to is nobody's wish.
 *
 * @throws {UsageError} for a file or folder that is open to everybody
 */
export function readSite(dir: string = CONFIG_DIR): Site {
  const folder = `${dir}/recipes`;
  const names = filesOf(folder);
  const recipes = names.filter((name) => RECIPE.test(name)).map((name) => {
    const params = name.replace(RECIPE, (text) => text.slice(0, -3) + ".json");
    return {
      name,
      path: `${folder}/${name}`,
      ...(names.includes(params) ? { params: `${folder}/${params}` } : {}),
    };
  });
  const policy = `${dir}/policy.json`;
  const definitions = filesOf(`${dir}/definitions`)
    .filter((name) => name.endsWith(".json"))
    .map((name) => `${dir}/definitions/${name}`);
  const hasPolicy = fileExists(policy, "the policy");
  const used = recipes.flatMap(({ path, params }) =>
    params === undefined ? [path] : [path, params]
  );
  for (const path of [...used, ...definitions]) refuseOpen(path);
  if (hasPolicy) refuseOpen(policy);
  return {
    dir,
    recipes,
    ...(hasPolicy ? { policy } : {}),
    definitions,
    ignored: names.map((name) => `${folder}/${name}`)
      .filter((path) => !used.includes(path)),
  };
}

/** The same surroundings with the site's policy and definitions, where the command line names none. */
export function onSite(context: Context, site: Site): Context {
  const { globals } = context;
  const policy = globals.policy ?? site.policy;
  const definitions = globals.definitions ?? site.definitions;
  const added: Globals = { policy, definitions };
  return { ...context, globals: { ...globals, ...added } };
}

/** Says what of the folder is not used. */
export function noteIgnored({ output }: Context, { ignored }: Site): void {
  if (ignored.length === 0) return;
  output.warn(
    `${
      count(ignored.length, "file")
    } beside the recipes not used, neither a recipe (NAME.ts) nor the parameters of one (NAME.json): ${
      ignored.slice(0, 5).join(", ")
    }${ignored.length > 5 ? ", …" : ""}`,
  );
}

/** The files of a folder, sorted by name; none where there is no folder. */
function filesOf(folder: string): string[] {
  if (!fileExists(folder, "the folder")) return [];
  refuseOpen(folder);
  try {
    // A link to a recipe is one.
    return [...Deno.readDirSync(folder)].filter(({ isDirectory, name }) =>
      !isDirectory && !name.startsWith(".")
    ).map(({ name }) => name).sort();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(`${folder} cannot be read: ${reason}`, {
      cause,
      hint: "Check the path and who may use it",
    });
  }
}

/** @throws {UsageError} for what everybody may write to */
function refuseOpen(path: string): void {
  const { mode } = statOf(path);
  if (((mode ?? 0) & 0o002) === 0) return;
  throw new UsageError(
    `${path} may be written by everybody, and says what is sent to devices`,
    { hint: `Close it: chmod o-w ${path}` },
  );
}

function statOf(path: string): Deno.FileInfo {
  try {
    return Deno.statSync(path);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(`${path} cannot be looked at: ${reason}`, {
      cause,
      hint: "Check the path and who may use it",
    });
  }
}
