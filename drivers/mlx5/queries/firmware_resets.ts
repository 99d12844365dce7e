/**
 * Query `firmware_resets`: which firmware resets the device offers, and which
 * of them load nvconfig. It asks for none.
 *
 * @module
 */
import type { PlainData } from "../../../lib/plain.ts";
import type { QueryType } from "../../driver.ts";
import { loadsNvConfig, RESET_LEVELS } from "../nvconfig/mfrl.ts";
import { NvReader } from "../nvconfig/reader.ts";
import { resetOf } from "../nvconfig/target.ts";
import { onlyArguments } from "./nvconfig.ts";

/** The query. */
export const firmwareResetsQuery: QueryType = {
  name: "firmware_resets",
  summary: "Firmware resets the device offers, and which of them load nvconfig",
  scope: "debug-read-only",
  arguments: {},
  run({ channel }, args): PlainData {
    onlyArguments("firmware_resets", args, []);
    const reader = new NvReader(channel);
    const { name, dpu } = resetOf(reader);
    const { levels, types } = reader.resets() ?? { levels: [], types: [] };
    return {
      loaded_by: name,
      levels: levels.map((level) => ({
        level,
        mfrl: RESET_LEVELS[level]?.bit ?? null,
        when: RESET_LEVELS[level]?.when ?? "",
        loads_nvconfig: loadsNvConfig(level, dpu),
      })),
      types: [...types],
    };
  },
};
