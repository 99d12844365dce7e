/**
 * Completion of a recipe's parameters: their names, and their values where the
 * recipe says what they may be. A recipe is evaluated as always, without any
 * permission; one at a URL is not fetched for it.
 *
 * @module
 */
import { evaluateRecipe } from "../../recipe/evaluate.ts";
import { loadRecipe } from "../../recipe/load.ts";
import type { ParamSpec, ParamSpecs } from "../../recipe/types.ts";
import { deviceWords, list, vfWords } from "./device_words.ts";
import { look } from "./look.ts";
import { type Asked, behind, NOTHING, type Offer } from "./offer.ts";

/** `name=value` of the recipe that the line names. */
export async function recipeParameters(asked: Asked): Promise<Offer> {
  const recipe = asked.args.get("recipe")?.[0] ??
    asked.args.get("recipes")?.[0];
  if (recipe === undefined || /^[a-z][a-z0-9+.-]+:/i.test(recipe)) {
    return NOTHING;
  }
  using session = await evaluateRecipe(await loadRecipe(recipe));
  const { params } = session;
  const at = asked.word.indexOf("=");
  if (at < 0) return { words: namesOf(params, asked) };
  const name = asked.word.slice(0, at);
  const spec = Object.hasOwn(params, name) ? params[name] : undefined;
  if (!spec) return NOTHING;
  const word = asked.word.slice(at + 1);
  return behind(`${name}=`, await valuesOf(spec, { ...asked, word }));
}

/** Those that may still be given: lists are put together, others are given once. */
function namesOf(params: ParamSpecs, { options }: Asked): [string, string][] {
  const given = new Set(
    options.get("param")?.map((each) => each.split("=")[0]),
  );
  return Object.entries(params)
    .filter(([name, { type }]) =>
      !given.has(name) || type.endsWith("-list") || type === "fields"
    )
    .map(([name, { help, required }]) => [
      `${name}=`,
      required === true ? `${help} (required)` : help,
    ]);
}

async function valuesOf(spec: ParamSpec, asked: Asked): Promise<Offer> {
  switch (spec.type) {
    case "boolean":
      return { words: [["true", ""], ["false", ""]] };
    case "choice":
      return { words: spec.choices.map((each) => [each, ""]) };
    case "device":
      return { words: deviceWords((await look(asked.globals)).devices) };
    case "pci-list": {
      const { devices } = await look(asked.globals);
      return list(asked, [
        ...vfWords(devices),
        ...deviceWords(devices).filter(([word]) => word.includes(":")),
      ]);
    }
    default:
      return NOTHING;
  }
}
