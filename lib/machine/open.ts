/**
 * Opening a machine: this one, or a modelled one.
 *
 * @module
 */
import type { Driver } from "../../drivers/driver.ts";
import {
  driversWith,
  loadDrivers,
  modelledDrivers,
} from "../../drivers/load.ts";
import { RealDisk } from "../apply/disk.ts";
import { FileSeals } from "../apply/seals.ts";
import { parseDefinition } from "../device/definition.ts";
import { isFwctlError, ModelError, UsageError } from "../errors.ts";
import type { Host } from "../host/host.ts";
import type { PlainObject } from "../plain.ts";
import { DEFAULT_POLICY } from "../plan/policy.ts";
import { OpenMachine } from "./machine.ts";
import type { State } from "./state.ts";
import { STATE_DIR } from "./state_dir.ts";
import type { Machine, MachineOptions } from "./types.ts";

/**
 * Opens a machine and looks at it; no device is opened yet.
 *
 * This machine needs `--allow-ffi`, and to write read and write permission for
 * its state directory; evaluating a recipe needs `--unstable-worker-options`. A
 * modelled machine needs no permission of its own.
 *
 * @example List the devices, and who each is
 * ```ts
 * import { openMachine } from "@fwctl/fwctl-deno";
 *
 * using machine = await openMachine({ model: "mixed" });
 * for (const { name, driver, pci } of machine.inventory.devices) {
 *   console.log(name, driver, pci, machine.query(name, "identity"));
 * }
 * ```
 *
 * @throws `UsageError` for options that do not go together, drivers or
 *   definitions that are none, and when a permission is missing
 * @throws `ModelError` for a scenario or a state that cannot be used
 */
export async function openMachine(
  options: MachineOptions = {},
): Promise<Machine> {
  const { drivers: more = [], definitions = [], stateDir } = options;
  const drivers = more.length > 0
    ? await driversWith(more)
    : await loadDrivers();
  const checked = definitions.map((data, index) =>
    parseDefinition(data, `definitions[${index}]`, drivers)
  );
  const { host, save, close } = await openHost(options, more);
  const folder = stateDir === undefined ? usualFolder(host, options) : stateDir;
  try {
    return new OpenMachine({
      host,
      drivers,
      definitions: checked,
      policy: { ...DEFAULT_POLICY, ...options.policy },
      state: folder === undefined ? undefined : await stateIn(folder),
      seals: folder ? new FileSeals(`${folder}/seals`) : undefined,
      lockTimeout: options.lockTimeout ?? 0,
      program: options.program ?? "fwctl-deno",
      now: () => options.now?.() ?? new Date(),
      save,
      close,
    });
  } catch (error) {
    close();
    throw error;
  }
}

/** A host, what writes its state, and what closes it. */
interface OpenHost {
  readonly host: Host;
  save(): PlainObject;
  close(): void;
}

async function openHost(
  { model, modelState, host }: MachineOptions,
  more: readonly Driver[],
): Promise<OpenHost> {
  const served = typeof model === "string" && model.startsWith(SERVED);
  if (model !== undefined && host !== undefined) {
    throw new UsageError("A model and a host of your own are two machines", {
      hint: "Give one of them",
    });
  }
  if (modelState !== undefined && (model === undefined || served)) {
    throw new UsageError("modelState goes with a model in this process", {
      hint: "Say which scenario the state belongs to",
    });
  }
  if (host !== undefined) return { host, save: stateless, close: () => {} };
  if (model === undefined) {
    const { LinuxHost } = await import("../host/linux.ts");
    return owned(new LinuxHost());
  }
  if (served) {
    const { ServedHost } = await import("../model/served/client.ts");
    return owned(new ServedHost(model.slice(SERVED.length)));
  }
  const { ModelHost } = await import("../model/host.ts");
  const modelled = await ModelHost.create(
    await scenarioOf(model),
    modelledDrivers(more),
    modelState,
  );
  return { ...owned(modelled), save: () => modelled.save() };
}

/** What a model's name begins with when another process has the machine. */
const SERVED = "unix:";

function owned(host: Host): OpenHost {
  return { host, save: stateless, close: () => host[Symbol.dispose]() };
}

function stateless(): never {
  throw new UsageError("This machine keeps its state itself", {
    hint: "Only a model in this process can be saved",
  });
}

/** Null is memory; undefined where only the caller can know. */
function usualFolder(
  { kind }: Host,
  { host }: MachineOptions,
): string | null | undefined {
  if (kind === "model") return null;
  // A recorded host keeps its runs with this machine's; a replayed one must not.
  return host === undefined ? STATE_DIR : undefined;
}

async function stateIn(folder: string | null): Promise<State> {
  if (folder !== null) return { disk: new RealDisk(), dir: folder };
  const { MemoryDisk } = await import("../apply/memory_disk.ts");
  return { disk: new MemoryDisk(), dir: "/memory" };
}

async function scenarioOf(model: string | URL | PlainObject) {
  const { isBuiltinScenario, loadScenario, parseScenarioText } = await import(
    "../model/load.ts"
  );
  if (model instanceof URL) {
    return parseScenarioText(await textOf(model), model.href);
  }
  if (typeof model !== "string") {
    return (await import("../model/scenario.ts")).parseScenario(model);
  }
  return isBuiltinScenario(model) || !/[/.]/.test(model)
    ? await loadScenario(model)
    : parseScenarioText(await textOf(model), model);
}

/** A file's text, or that of a URL, which needs the right to import from its host. */
async function textOf(where: string | URL): Promise<string> {
  try {
    if (typeof where === "string" || where.protocol === "file:") {
      return await Deno.readTextFile(where);
    }
    return (await import(where.href, { with: { type: "text" } })).default;
  } catch (cause) {
    if (isFwctlError(cause)) throw cause;
    throw new ModelError(
      `the scenario ${where} cannot be read: ${
        cause instanceof Error ? cause.message : String(cause)
      }`,
      {
        cause,
        hint:
          "Look at the name; a file needs --allow-read, a URL --allow-import",
      },
    );
  }
}
