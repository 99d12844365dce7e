/**
 * The lab's one pds device on its stub firmware.
 *
 * @module
 */
import { StubFunctions } from "../../drivers/pds/stub.ts";
import type { LabType } from "./lab.ts";

const PARAMETERS = "/sys/module/stub_pds/parameters/";
const COUNTERS = ["queries", "rpcs"] as const;

/** The firmware is a module of its own: it stays when the driver is unloaded. */
export const pdsLab: LabType = {
  driverFolder: "/sys/bus/auxiliary/drivers/pds_fwctl.pds_fwctl",
  module: "pds_fwctl",
  bindName: (index) => `pds_core.fwctl.${index}`,
  target: () => 0,
  create() {
    const functions = new StubFunctions();
    return {
      // Read at each bind: probing again is what empties the driver's cache.
      get ops() {
        const ops = functions.ops(0);
        if (typeof ops === "number") throw new TypeError(`probe says ${ops}`);
        return [ops];
      },
      readFile(path) {
        const name = COUNTERS.find((name) => path === PARAMETERS + name);
        return name && String(functions.device[name]);
      },
    };
  },
};
