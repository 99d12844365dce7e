/**
 * Action `mlx5.firmware_reset`: asks for a firmware reset with register MFRL.
 * It is never part of setting a value: whoever wants a reset asks for it.
 *
 * @module
 */
import { RecipeError } from "../../../lib/errors.ts";
import type { PlainData, PlainObject } from "../../../lib/plain.ts";
import { didYouMean } from "../../../lib/suggest.ts";
import type { ActionType, ObserveContext } from "../../driver.ts";
import {
  askForReset,
  askResets,
  MFRL_MESSAGE_BYTES,
  offeredResets,
  RESET_LEVELS,
  RESET_TYPES,
} from "../nvconfig/mfrl.ts";
import {
  DPU_NOTE,
  locateNv,
  resetOf,
  sharedReader,
} from "../nvconfig/target.ts";
import { deviceOf, onlyKeys } from "../resources/nvconfig_body.ts";

/** A checked request for a reset. */
export interface FirmwareReset {
  /** The device by any of its names. */
  readonly device: string;
  /** How deep: a name of the levels. */
  readonly level: string;
  /** What: a name of the types. */
  readonly type: string;
}

function choice(
  key: string,
  value: PlainData | undefined,
  names: readonly string[],
): string {
  if (typeof value === "string" && names.includes(value)) return value;
  throw new RecipeError(
    `${key}: ${
      value === undefined
        ? "is not given"
        : `${JSON.stringify(value)?.slice(0, 64)} is not known`
    }`,
    {
      hint:
        (typeof value === "string" ? didYouMean(value, names) : undefined) ??
          `It is one of ${names.join(", ")}`,
    },
  );
}

function notesOf(
  { level }: FirmwareReset,
  context: ObserveContext,
): string[] {
  const { entry } = context;
  return [
    `The reset is carried out ${RESET_LEVELS[level]?.when ?? ""}`,
    ...((entry.numVfs ?? 0) > 0
      ? [
        `${entry.numVfs} virtual function(s) are enabled: write 0 to sriov_numvfs first`,
      ]
      : []),
    ...(level !== "power-cycle" && resetOf(sharedReader(context)).dpu
      ? [DPU_NOTE]
      : []),
    ...(level === "pci"
      ? [
        `The kernel's own way is \`devlink dev reload pci/${
          entry.pci ?? ""
        } action fw_activate\`: it restarts the driver too`,
      ]
      : []),
  ];
}

/** The action. */
export const firmwareReset: ActionType<FirmwareReset> = {
  kind: "mlx5.firmware_reset",
  summary: "Arms or triggers a firmware reset, which loads nvconfig (MFRL)",
  scope: "configuration",
  effect: "disruptive",

  parse(body: PlainObject): FirmwareReset {
    onlyKeys("mlx5.firmware_reset", body, ["device", "level", "type"]);
    return {
      device: deviceOf(body),
      level: choice("level", body.level, Object.keys(RESET_LEVELS)),
      type: choice("type", body.type ?? "full-chip", Object.keys(RESET_TYPES)),
    };
  },

  locate: ({ device }, inventory) =>
    locateNv(inventory, device, "firmware reset", "firmware reset"),

  prepare(reset, _located, context) {
    const { level, type } = reset;
    const { channel } = context;
    const offered = offeredResets(
      channel.send(askResets(), MFRL_MESSAGE_BYTES),
      channel.device,
    );
    const refused = [
      ...(offered.levels.includes(level) ? [] : [
        `level ${level} is refused: the device offers ${
          offered.levels.join(", ") || "none"
        }`,
      ]),
      ...(offered.types.includes(type) ? [] : [
        `type ${type} is refused: the device offers ${
          offered.types.join(", ") || "none"
        }`,
      ]),
    ];
    return {
      request: askForReset(
        RESET_LEVELS[level]?.bit ?? 0,
        RESET_TYPES[type] ?? 0,
      ),
      capacity: MFRL_MESSAGE_BYTES,
      identity: {},
      arguments: [{ name: "level", value: level }, {
        name: "type",
        value: type,
      }],
      notes: notesOf(reset, context),
      refused,
    };
  },

  answer(request): PlainObject {
    const bit = Math.log2(request[MFRL_MESSAGE_BYTES - 1] ?? 0);
    const when = Object.values(RESET_LEVELS).find((one) => one.bit === bit);
    return { reset: `accepted; carried out ${when?.when ?? "as asked for"}` };
  },
};
