/**
 * The lab's three mlx5 devices on their stub firmware.
 *
 * @module
 */
import { mlx5KernelOps } from "../../drivers/mlx5/kernel.ts";
import { StubDevice } from "../../drivers/mlx5/stub.ts";
import type { LabType } from "./lab.ts";

const PARAMETERS = "/sys/module/stub_mlx5/parameters/";
const COUNTERS = [
  "uctx_cap",
  "max_live",
  "live",
  "creates",
  "destroys",
  "last_destroyed",
] as const;

/** Devices 0 and 1 are alike; 2 has no TOOLS_RESOURCES and room for two contexts. */
export const mlx5Lab: LabType = {
  driverFolder: "/sys/bus/auxiliary/drivers/mlx5_fwctl.mlx5_fwctl",
  module: "mlx5_fwctl",
  bindName: (index) => `mlx5_core.fwctl.${index}`,
  target(caseId) {
    if (caseId.startsWith("mlx5/no-tools")) return 2;
    if (caseId.startsWith("unplug/rmmod")) return 0;
    return caseId.startsWith("unplug/") ? 1 : 0;
  },
  create() {
    const devices = [
      new StubDevice(),
      new StubDevice(),
      new StubDevice({ uctx_cap: 3, max_live: 2 }),
    ];
    return {
      ops: devices.map((device) => mlx5KernelOps(device)),
      readFile(path) {
        const name = COUNTERS.find((name) => path === PARAMETERS + name);
        return name && devices.map((device) => device[name]).join(",");
      },
      writeFile(path, text) {
        if (path !== `${PARAMETERS}max_live`) return undefined;
        text.split(",").forEach((number, i) => {
          const device = devices[i];
          if (device) device.max_live = Number(number);
        });
        return 0;
      },
    };
  },
};
