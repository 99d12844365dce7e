/**
 * The JSON files a guide shows, each read by the parser of its `format`.
 *
 * @module
 */
import { loadDrivers } from "../../drivers/load.ts";
import { parseDefinition } from "../../lib/device/definition.ts";
import { parseScenario } from "../../lib/model/scenario.ts";
import { isPlainObject, type PlainData } from "../../lib/plain.ts";
import { parsePolicy } from "../../lib/plan/policy.ts";
import { readTrust } from "../../lib/trust/trust.ts";
import { parseProfiles } from "../../lib/vfio/profile.ts";

type Parser = (data: PlainData, source: string) => unknown;

/** The parsers by format. */
const PARSERS: Readonly<Record<string, Parser>> = {
  "fwctl-policy/1": async (data, source) =>
    parsePolicy(data, source, { drivers: await loadDrivers() }),
  "fwctl-vfio-profile/1": parseProfiles,
  "fwctl-scenario/1": parseScenario,
  "fwctl-definition/1": async (data, source) =>
    parseDefinition(data, source, await loadDrivers()),
  "fwctl-trust/1": readTrust,
};

/**
 * Reads a JSON block as what it says it is.
 *
 * @param saved whether a command of the guide reads it: only then it may have no format
 * @throws whatever its parser throws, or `SyntaxError`
 */
export async function readAs(
  text: string,
  source: string,
  saved: boolean,
): Promise<void> {
  const data: PlainData = JSON.parse(text);
  const format = isPlainObject(data) ? String(data.format ?? "") : "";
  const parser = PARSERS[format];
  if (parser) await parser(data, source);
  else if (!saved) {
    throw new SyntaxError(
      `JSON that is neither saved nor of a known format: "${format}"`,
    );
  }
}
