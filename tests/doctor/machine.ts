/**
 * Broken machines for the tests of the doctor, and what it says of them.
 *
 * @module
 */
import { loadDrivers, modelledDrivers } from "../../drivers/load.ts";
import { Sessions } from "../../lib/device/sessions.ts";
import {
  type DoctorFacts,
  examine,
  type Finding,
  gather,
  type GatherInput,
} from "../../lib/doctor/mod.ts";
import type { Host } from "../../lib/host/host.ts";
import { ModelHost } from "../../lib/model/host.ts";
import { parseScenarioText } from "../../lib/model/load.ts";
import { READ_POLICY } from "../../lib/plan/policy.ts";
import { ROOT } from "../paths.ts";

/** The names of the machines. */
export const MACHINES: readonly string[] = [
  ...Deno.readDirSync(`${ROOT}tests/fixtures/doctor`),
].map(({ name }) => name.replace(".json", "")).sort();

/** The model of one of them. */
export async function machine(name: string): Promise<ModelHost> {
  const path = `${ROOT}tests/fixtures/doctor/${name}.json`;
  return await ModelHost.create(
    parseScenarioText(Deno.readTextFileSync(path), path),
    modelledDrivers(),
  );
}

/** What there is to see on a host. */
export async function factsOf(
  host: Host,
  names: readonly string[] = [],
  state?: GatherInput["state"],
): Promise<DoctorFacts> {
  const drivers = await loadDrivers();
  return gather({
    host,
    drivers,
    names,
    state,
    sessions: (inventory) =>
      new Sessions({ host, inventory, drivers, policy: READ_POLICY }),
  });
}

/** What the doctor finds on one of the machines. */
export async function findingsOf(
  name: string,
  names: readonly string[] = [],
): Promise<Finding[]> {
  using host = await machine(name);
  return examine(await factsOf(host, names));
}

/** `check subject` of the findings of a severity. */
export function named(
  findings: readonly Finding[],
  severity: Finding["severity"],
): string[] {
  return findings.filter((each) => each.severity === severity)
    .map(({ check, subject }) => `${check} ${subject}`.trim());
}

/** All texts of a finding, for looking something up in it. */
export function textOf(finding: Finding | undefined): string {
  if (!finding) return "";
  const { means, todo, command = "", seen } = finding;
  return [
    means,
    todo,
    command,
    ...seen.map(({ path, value }) => `${path}: ${value}`),
  ].join("\n");
}
