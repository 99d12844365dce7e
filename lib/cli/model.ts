/**
 * `--model` and `--model-state`: a modelled host that lasts from one command to
 * the next.
 *
 * @module
 */
import type { Driver } from "../../drivers/driver.ts";
import { ModelError, UsageError } from "../errors.ts";
import type { Host } from "../host/host.ts";
import { ModelHost } from "../model/host.ts";
import {
  isBuiltinScenario,
  loadScenario,
  parseScenarioText,
} from "../model/load.ts";
import type { Scenario } from "../model/scenario.ts";
import type { PlainData } from "../plain.ts";
import { modelledDrivers } from "../../drivers/load.ts";
import { fileExists, readJson, readText, writeAtomically } from "./files.ts";

/** A modelled host, and what writes its state down. */
export interface OpenModel {
  /** The host. */
  readonly host: Host;
  /** Writes the state where the options say; nothing when they do not. */
  save(): void;
  /** Keeps other commands from the state file until it is disposed of. */
  readonly lock: Disposable;
}

/**
 * Opens a model.
 *
 * @param name of a built-in scenario, the path of a JSON file, or `unix:` and
 *   the socket of a served model
 * @param statePath read when it is there, written by `save`
 * @param more drivers from outside
 * @throws {ModelError} and `UsageError` for a scenario or a state that cannot be used
 */
export async function openModel(
  name: string,
  statePath?: string,
  more: readonly Driver[] = [],
): Promise<OpenModel> {
  if (name.startsWith(SERVED)) return openServed(name, statePath);
  const scenario = await scenarioOf(name);
  // Read at the start and written at the end: no other command may do so between.
  const lock = statePath === undefined ? UNLOCKED : await lockState(statePath);
  try {
    return { ...await openLocal(scenario, statePath, more), lock };
  } catch (error) {
    lock[Symbol.dispose]();
    throw error;
  }
}

/**
 * The same host for a look that changes nothing: the state is neither locked
 * nor written, whole as it is on the disk at any moment.
 */
export async function lookAtModel(
  name: string,
  statePath?: string,
): Promise<Host> {
  if (name.startsWith(SERVED)) {
    return (await openServed(name, undefined)).host;
  }
  // A look loads no driver from outside: that is code, and it may come from a TAB.
  return (await openLocal(await scenarioOf(name), statePath, [])).host;
}

/** Where nobody else can come. */
const UNLOCKED: Disposable = { [Symbol.dispose]: () => {} };

/** Seconds that a command waits for the one before it on the same state file. */
const PATIENCE = 60;

async function lockState(path: string): Promise<Disposable> {
  const { RealDisk } = await import("../apply/disk.ts");
  const { lockFile } = await import("../apply/locks.ts");
  return await lockFile(
    `${path}.lock`,
    `the model's state ${path}`,
    Date.now() + 1000 * PATIENCE,
    {
      disk: new RealDisk(),
      folder: "",
      holder: { pid: Deno.pid, command: "--model-state" },
      timeout: PATIENCE,
    },
  );
}

async function openLocal(
  scenario: Scenario,
  statePath: string | undefined,
  more: readonly Driver[],
): Promise<Omit<OpenModel, "lock">> {
  const state = statePath !== undefined && fileExists(statePath, "the state")
    ? readJson(statePath, "the model's state") as PlainData
    : undefined;
  const host = await ModelHost.create(
    scenario,
    modelledDrivers(more),
    state,
  );
  return {
    host,
    save(): void {
      if (statePath === undefined) return;
      const text = `${JSON.stringify(host.save())}\n`;
      writeAtomically(statePath, text, "the model's state");
    },
  };
}

/** What `--model` starts with when another process has the machine. */
const SERVED = "unix:";

async function openServed(
  name: string,
  statePath: string | undefined,
): Promise<OpenModel> {
  if (statePath !== undefined) {
    throw new UsageError("--model-state does not go with a served model", {
      hint: "The process that serves it keeps its state: give it there",
    });
  }
  const { ServedHost } = await import("../model/served/client.ts");
  const host = new ServedHost(name.slice(SERVED.length));
  return { host, save: () => {}, lock: UNLOCKED };
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
