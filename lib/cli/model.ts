/**
 * `--model` and `--model-state`: a modelled host that lasts from one command to
 * the next.
 *
 * @module
 */
import { ModelError } from "../errors.ts";
import type { Host } from "../host/host.ts";
import { ModelHost, type ModelledDriver } from "../model/host.ts";
import {
  isBuiltinScenario,
  loadScenario,
  parseScenarioText,
} from "../model/load.ts";
import type { Scenario } from "../model/scenario.ts";
import type { KernelOps, ModelFunctions } from "../model/types.ts";
import type { PlainData } from "../plain.ts";
import { allDrivers } from "./drivers.ts";
import { ERRNO } from "../uapi/errno.ts";
import { fileExists, readJson, readText, writeAtomically } from "./files.ts";

/** What a command will do with its host. */
export interface HostUse {
  /** It opens no device: a model can then do without firmware, and starts faster. */
  readonly opensNothing?: boolean;
}

/** A modelled host, and what writes its state down. */
export interface OpenModel {
  /** The host. */
  readonly host: Host;
  /** Writes the state where the options say; nothing when they do not. */
  save(): void;
}

/**
 * Opens a model.
 *
 * @param name of a built-in scenario, or the path of a JSON file
 * @param statePath read when it is there, written by `save`
 * @throws {ModelError} and `UsageError` for a scenario or a state that cannot be used
 */
export async function openModel(
  name: string,
  statePath?: string,
  { opensNothing }: HostUse = {},
): Promise<OpenModel> {
  const scenario = await scenarioOf(name);
  // A scenario of the user's is built whole, so that every mistake is found.
  if (opensNothing && statePath === undefined && isBuiltinScenario(name)) {
    const host = await ModelHost.create(scenario, dormantDrivers(scenario));
    return { host, save() {} };
  }
  const state = statePath !== undefined && fileExists(statePath, "the state")
    ? readJson(statePath, "the model's state") as PlainData
    : undefined;
  const host = await ModelHost.create(scenario, await allDrivers(), state);
  return {
    host,
    save(): void {
      if (statePath === undefined) return;
      const text = `${JSON.stringify(host.save())}\n`;
      writeAtomically(statePath, text, "the model's state");
    },
  };
}

/** Drivers without firmware: their devices are there and cannot be opened. */
function dormantDrivers({ devices }: Scenario): ModelledDriver[] {
  const ops: KernelOps = {
    device_type: 0,
    open_uctx: () => -ERRNO.ENODEV,
    close_uctx() {},
    fw_rpc: () => -ERRNO.ENODEV,
  };
  const functions: ModelFunctions = {
    ops: () => ops,
    save: () => null,
    restore() {},
  };
  const create = () => functions;
  return [...new Set(devices.map(({ driver }) => driver))].map((name) => ({
    name,
    loadModel: () => Promise.resolve({ create }),
  }));
}

async function scenarioOf(name: string): Promise<Scenario> {
  if (!isBuiltinScenario(name) && /[/.]/.test(name)) {
    return parseScenarioText(readText(name, "the scenario"), name);
  }
  try {
    return await loadScenario(name);
  } catch (error) {
    // A file without a slash or a dot in its name is still a file.
    if (!(error instanceof ModelError) || !fileExists(name, "the scenario")) {
      throw error;
    }
  }
  return parseScenarioText(readText(name, "the scenario"), name);
}
