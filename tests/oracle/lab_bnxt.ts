/**
 * The lab's one bnxt device on its stub firmware.
 *
 * @module
 */
import { bnxtKernelOps } from "../../drivers/bnxt/kernel.ts";
import { StubDevice } from "../../drivers/bnxt/stub.ts";
import { ERRNO } from "../../lib/uapi/errno.ts";
import type { LabType } from "./lab.ts";

const PARAMETERS = "/sys/module/stub_bnxt/parameters/";

/** Every case is about the one device. */
export const bnxtLab: LabType = {
  driverFolder: "/sys/bus/auxiliary/drivers/bnxt_fwctl.bnxt_fwctl",
  module: "bnxt_fwctl",
  bindName: (index) => `bnxt_en.fwctl.${index}`,
  target: () => 0,
  create({ kernel }) {
    const device = new StubDevice();
    return {
      ops: [bnxtKernelOps(device, kernel ?? "7.2")],
      readFile(path) {
        if (path === `${PARAMETERS}flags`) return String(device.flags);
        if (path !== `${PARAMETERS}last_timeout`) return undefined;
        return String(device.last_timeout);
      },
      writeFile(path, text) {
        // Mode 0444: not even root may.
        if (path === `${PARAMETERS}last_timeout`) return -ERRNO.EACCES;
        if (path !== `${PARAMETERS}flags`) return undefined;
        const flags = unsigned(text);
        if (flags < 0) return flags;
        device.flags = flags;
        return 0;
      },
    };
  },
};

/** kstrtouint() with base 0: hex, octal or decimal, one newline at the end at most. */
function unsigned(text: string): number {
  const digits = text.replace(/^\+/, "").replace(/\n$/, "");
  let number;
  if (/^0[0-7]*$/.test(digits)) number = Number.parseInt(digits, 8);
  else if (/^(0x[0-9a-f]+|[1-9]\d*)$/i.test(digits)) number = Number(digits);
  else return -ERRNO.EINVAL;
  return number <= 0xffffffff ? number : -ERRNO.ERANGE;
}
