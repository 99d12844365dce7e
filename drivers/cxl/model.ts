/**
 * The CXL side of a model: which device a scenario has.
 *
 * `firmware.type` chooses: `cxl-memory` (default) is a plausible memory device
 * (firmware.ts; options in firmware/options.ts), `stub` is the kernel's own mock
 * that the recordings were made on (stub.ts; option `features` adds those of the
 * lab).
 *
 * @module
 */
import { ObjectReader } from "../../lib/model/reader.ts";
import type { ModelFunctions, ScenarioDevice } from "../../lib/model/types.ts";
import type { ModelDriver } from "../driver.ts";
import { CxlFirmware } from "./firmware.ts";
import { StubFunctions } from "./stub.ts";

/** Builds CXL memory devices. */
export const modelDriver: ModelDriver = { create };

const TYPES = ["cxl-memory", "stub"] as const;

function create(device: ScenarioDevice): ModelFunctions {
  const reader = new ObjectReader(device.firmware, `${device.at}.firmware`);
  const type = reader.choice("type", TYPES) ?? "cxl-memory";
  if (type === "cxl-memory") return new CxlFirmware(device, reader);
  const features = reader.flag("features") ?? false;
  reader.end();
  return new StubFunctions(features);
}
