/**
 * The mlx5 side of a model: which firmware a scenario's device has.
 *
 * `firmware.type` chooses: `connectx-6-dx` (default) and `connectx-7` are
 * plausible cards (firmware.ts; options in firmware/options.ts), `stub` is the
 * deterministic firmware of the recordings (stub.ts; options `uctxCap`,
 * `maxLive`).
 *
 * @module
 */
import { ObjectReader } from "../../lib/model/reader.ts";
import type { ModelFunctions, ScenarioDevice } from "../../lib/model/types.ts";
import type { ModelDriver } from "../driver.ts";
import { Mlx5Firmware } from "./firmware.ts";
import { CARD_TYPES } from "./firmware/cards.ts";
import { card as connectx6Dx } from "./firmware/connectx_6_dx.ts";
import { card as connectx7 } from "./firmware/connectx_7.ts";
import { StubFunctions } from "./stub.ts";

/** Builds mlx5 devices. */
export const modelDriver: ModelDriver = { create };

function create(device: ScenarioDevice): ModelFunctions {
  const reader = new ObjectReader(device.firmware, `${device.at}.firmware`);
  const type = reader.choice("type", [...CARD_TYPES, "stub"]) ??
    "connectx-6-dx";
  if (type === "stub") return createStub(reader, device.vfs.length);
  const card = type === "connectx-7" ? connectx7() : connectx6Dx();
  return new Mlx5Firmware(card, device, reader);
}

function createStub(reader: ObjectReader, vfs: number): ModelFunctions {
  const options = {
    uctx_cap: reader.integer("uctxCap", { max: 0xffffffff }) ?? 4,
    max_live: reader.integer("maxLive", { max: 0xffff }) ?? 0xffff,
  };
  reader.end();
  return new StubFunctions(vfs, options);
}
