/**
 * The bnxt side of a model: which firmware a scenario's device has.
 *
 * `firmware.type` chooses: `netxtreme` (default) is a plausible card
 * (firmware.ts; options in firmware/options.ts), `stub` is the deterministic
 * firmware of the recordings (stub.ts; option `flags`), one for each function.
 * `firmware.kernel` says whose bnxt_fwctl is above it, `7.2` or `7.3`; unless
 * given it is the machine's own.
 *
 * @module
 */
import { ObjectReader, refuse } from "../../lib/model/reader.ts";
import type { ModelFunctions, ScenarioDevice } from "../../lib/model/types.ts";
import type { PlainData } from "../../lib/plain.ts";
import type { ModelDriver } from "../driver.ts";
import { BnxtFirmware } from "./firmware.ts";
import { bnxtKernelOps } from "./kernel.ts";
import { StubDevice } from "./stub.ts";
import { BNXT_KERNELS, type BnxtKernel } from "./tables/allow_list.ts";

/** Builds bnxt devices. */
export const modelDriver: ModelDriver = { create };

const TYPES = ["netxtreme", "stub"] as const;

function create(device: ScenarioDevice): ModelFunctions {
  const reader = new ObjectReader(device.firmware, `${device.at}.firmware`);
  const type = reader.choice("type", TYPES) ?? "netxtreme";
  const kernel = reader.choice("kernel", BNXT_KERNELS) ??
    kernelOf(device.release);
  if (type === "netxtreme") return new BnxtFirmware(device, reader, kernel);
  const flags = reader.integer("flags", { max: 0xffffffff }) ?? 0;
  reader.end();
  return stubFunctions(device.vfs.length, flags, kernel);
}

/** Which of the two a machine's kernel has: the newer one where nobody says. */
function kernelOf(release: string | undefined): BnxtKernel {
  const [, major = "7", minor = "3"] = /^(\d+)\.(\d+)/.exec(release ?? "") ??
    [];
  const older = Number(major) < 7 || (Number(major) === 7 && Number(minor) < 3);
  return older ? "7.2" : "7.3";
}

/** Each function has a stub of its own. */
function stubFunctions(
  vfs: number,
  flags: number,
  kernel: BnxtKernel,
): ModelFunctions {
  const stubs = Array.from({ length: vfs + 1 }, () => {
    const stub = new StubDevice();
    stub.flags = flags;
    return stub;
  });
  return {
    ops: (functionId) => {
      const stub = stubs[functionId];
      if (!stub) refuse(`function ${functionId}`, "does not exist");
      return bnxtKernelOps(stub, kernel);
    },
    save: () => stubs.map((stub) => stub.save()),
    restore: (state: PlainData) => {
      const list = Array.isArray(state) ? state as readonly PlainData[] : [];
      if (list.length !== stubs.length) {
        refuse("state of bnxt", `must be a list of ${stubs.length} functions`);
      }
      // All or nothing: a wrong one leaves the others as they were.
      list.forEach((item) => new StubDevice().restore(item));
      stubs.forEach((stub, index) => stub.restore(list[index] ?? null));
    },
  };
}
