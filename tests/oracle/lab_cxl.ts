/**
 * The lab's eleven CXL memory devices: the kernel's own mock, recorded with or
 * without more features.
 *
 * @module
 */
import { cxlKernelOps } from "../../drivers/cxl/kernel.ts";
import { StubDevice } from "../../drivers/cxl/stub.ts";
import { LabFeatures } from "../../drivers/cxl/stub_features.ts";
import type { KernelOps } from "../../lib/model/types.ts";
import type { LabType } from "./lab.ts";

const DEVICES = 11;
/** The device that is taken away; the others stay. */
const UNPLUGGED = 1;

/** All alike. The recordings write `cxl_mem.N` for the one device that goes and comes back. */
export const cxlLab: LabType = {
  driverFolder: "/sys/bus/platform/drivers/cxl_mock_mem",
  module: "cxl_mock_mem",
  bindName: (index) => `cxl_mem.${index === UNPLUGGED ? "N" : index}`,
  target: (caseId) => caseId.startsWith("unplug/") ? UNPLUGGED : 0,
  create({ features }) {
    const lab = features ? new LabFeatures() : undefined;
    const probe = () => opsOf(new StubDevice(lab));
    const staying = Array.from({ length: DEVICES }, probe);
    return {
      // Read at each bind: the mock's own feature starts anew, the lab's do not.
      get ops() {
        return staying.with(UNPLUGGED, probe());
      },
    };
  },
};

function opsOf(device: StubDevice): KernelOps {
  const ops = cxlKernelOps(device);
  if (typeof ops === "number") throw new TypeError(`probe says ${ops}`);
  return ops;
}
