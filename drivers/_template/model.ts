/**
 * The model's side: which firmware a scenario's device has. `firmware.type`
 * chooses: `example` (default) is the plausible one (firmware.ts; options
 * `version`, `serial`, `faults`), `stub` that of the recordings (stub.ts).
 *
 * @module
 */
import { ObjectReader } from "../../lib/model/reader.ts";
import type { ModelFunctions, ScenarioDevice } from "../../lib/model/types.ts";
import type { ModelDriver } from "../driver.ts";
import { ExampleFirmware } from "./firmware.ts";
import { StubFunctions } from "./stub.ts";

/** Builds devices. */
export const modelDriver: ModelDriver = { create };

function create(device: ScenarioDevice): ModelFunctions {
  const reader = new ObjectReader(device.firmware, `${device.at}.firmware`);
  const type = reader.choice("type", ["example", "stub"]) ?? "example";
  if (type === "example") return new ExampleFirmware(device, reader);
  reader.end();
  return new StubFunctions();
}
