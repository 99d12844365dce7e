/**
 * Drivers for booting any scenario here: mlx5 as it is, the others on their
 * stub firmware whatever the scenario says, as the model's own rooms are
 * tested here and not the firmwares.
 *
 * @module
 */
import { bnxtKernelOps } from "../../drivers/bnxt/kernel.ts";
import { StubDevice as BnxtStub } from "../../drivers/bnxt/stub.ts";
import { StubFunctions as CxlStub } from "../../drivers/cxl/stub.ts";
import { driver as mlx5 } from "../../drivers/mlx5/mod.ts";
import { StubFunctions as PdsStub } from "../../drivers/pds/stub.ts";
import { ModelHost, type ModelledDriver } from "../../lib/model/host.ts";
import { loadScenario } from "../../lib/model/load.ts";
import { parseScenario } from "../../lib/model/scenario.ts";
import type { ModelFunctions, ScenarioDevice } from "../../lib/model/types.ts";
import type { PlainData, PlainObject } from "../../lib/plain.ts";
import { ERRNO } from "../../lib/uapi/errno.ts";

/** A driver of the model alone. */
export function modelled(
  name: string,
  create: (device: ScenarioDevice) => ModelFunctions,
): ModelledDriver {
  return { name, loadModel: () => Promise.resolve({ create }) };
}

/** A stub for each function: its virtual functions have fwctl devices too. */
function bnxt({ vfs }: ScenarioDevice): ModelFunctions {
  const stubs = [undefined, ...vfs].map(() => new BnxtStub());
  return {
    ops: (id) => {
      const stub = stubs[id];
      return stub ? bnxtKernelOps(stub, "7.3") : -ERRNO.ENODEV;
    },
    save: () => stubs.map((stub) => stub.save()),
    restore: (state) =>
      stubs.forEach((stub, id) =>
        stub.restore(Array.isArray(state) ? state[id] ?? null : null)
      ),
  };
}

/** All four. */
export const DRIVERS: readonly ModelledDriver[] = [
  mlx5,
  modelled("pds", () => new PdsStub()),
  modelled("bnxt", bnxt),
  modelled(
    "cxl",
    ({ firmware }) => new CxlStub(firmware["features"] === true),
  ),
];

/** Boots a built-in scenario. */
export async function boot(
  name: string,
  state?: PlainData,
): Promise<ModelHost> {
  return await ModelHost.create(await loadScenario(name), DRIVERS, state);
}

/** Boots a scenario with these devices. */
export async function bootDevices(
  devices: readonly PlainObject[],
  drivers: readonly ModelledDriver[] = DRIVERS,
  state?: PlainData,
): Promise<ModelHost> {
  const scenario = parseScenario({
    format: "fwctl-scenario/1",
    name: "test",
    devices,
  });
  return await ModelHost.create(scenario, drivers, state);
}

/** A file's text. */
export function text(host: ModelHost, path: string): string {
  return new TextDecoder().decode(host.readFile(path));
}
