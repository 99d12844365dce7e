/**
 * Finding a scenario: by the name of a built-in one, or from JSON text.
 *
 * @module
 */
import { ModelError } from "../errors.ts";
import type { PlainData } from "../plain.ts";
import { didYouMean } from "./reader.ts";
import { parseScenario, type Scenario } from "./scenario.ts";
import { BUILTIN_SCENARIOS } from "./scenarios/index.ts";

/** Longest scenario text, in characters. */
const MAX_TEXT = 16 << 20;

/** Whether `name` is that of a built-in scenario. */
export function isBuiltinScenario(name: string): boolean {
  return BUILTIN_SCENARIOS.some((builtin) => builtin.name === name);
}

/**
 * A built-in scenario by name.
 *
 * @throws `ModelError` when there is none of that name
 */
export async function loadScenario(name: string): Promise<Scenario> {
  const builtin = BUILTIN_SCENARIOS.find((builtin) => builtin.name === name);
  if (builtin) return parseScenario(await builtin.load());
  const names = BUILTIN_SCENARIOS.map((builtin) => builtin.name);
  throw new ModelError(
    `there is no scenario ${JSON.stringify(name)}${didYouMean(name, names)}`,
    { hint: `Built in: ${names.join(", ")}; or give the path of a JSON file.` },
  );
}

/**
 * A scenario from the text of a JSON file; reading the file is the caller's.
 *
 * @param source where the text is from, for messages
 * @throws `ModelError` when it is no JSON or no scenario
 */
export function parseScenarioText(text: string, source: string): Scenario {
  if (text.length > MAX_TEXT) {
    throw new ModelError(`scenario ${source} is longer than 16 MiB`);
  }
  let data: PlainData;
  try {
    data = JSON.parse(text) as PlainData;
  } catch (cause) {
    throw new ModelError(`scenario ${source} is no JSON`, {
      cause,
      hint: cause instanceof Error ? `${cause.message}.` : "",
    });
  }
  return parseScenario(data);
}
