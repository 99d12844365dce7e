/**
 * The pds side of a model: which firmware a scenario's device has.
 *
 * `firmware.type` chooses: `pensando` (default) is a plausible card
 * (firmware.ts; options in firmware/options.ts), `stub` is the deterministic
 * firmware of the recordings (stub.ts; no options).
 *
 * @module
 */
import { ObjectReader } from "../../lib/model/reader.ts";
import type { ModelFunctions, ScenarioDevice } from "../../lib/model/types.ts";
import type { ModelDriver } from "../driver.ts";
import { PdsFirmware } from "./firmware.ts";
import { StubFunctions } from "./stub.ts";

/** Builds pds devices. */
export const modelDriver: ModelDriver = { create };

function create(device: ScenarioDevice): ModelFunctions {
  const reader = new ObjectReader(device.firmware, `${device.at}.firmware`);
  const type = reader.choice("type", ["pensando", "stub"]) ?? "pensando";
  if (type === "pensando") return new PdsFirmware(device, reader);
  reader.end();
  return new StubFunctions();
}
