/**
 * Action `mlx5.diagnostic_params`: chooses which diagnostic counters are
 * sampled, and how, or stops sampling. SET_DIAGNOSTIC_PARAMS needs scope
 * debug-write, so the kernel marks itself as tainted.
 *
 * @module
 */
import { RecipeError } from "../../../lib/errors.ts";
import type { PlainData, PlainObject } from "../../../lib/plain.ts";
import type { ActionType } from "../../driver.ts";
import { HEADER_BYTES } from "../protocol.ts";
import {
  type DiagCapabilities,
  type DiagParams,
  MAX_COUNTERS,
  PARAM_BITS,
  setParams,
} from "../reading/diag.ts";
import { counterId, counterName } from "../reading/diag_counters.ts";
import { isSampling, readState } from "../reading/diag_device.ts";
import { periodOf, timeText } from "../reading/diag_time.ts";
import { locateDevice } from "../reading/target.ts";
import { deviceOf, onlyKeys } from "../resources/nvconfig_body.ts";

const KIND = "mlx5.diagnostic_params";
const MODES = ["single", "repetitive", "sync", "clear", "on_demand"] as const;
/** Of these one at most. */
const WAYS = ["single", "repetitive", "on_demand"] as const;

/** A checked choice. */
export interface DiagnosticParams extends DiagParams {
  /** The device by any of its names. */
  readonly device: string;
}

function bitOf(value: PlainData | undefined, key: string): boolean {
  if (value === undefined || typeof value === "boolean") return value ?? false;
  throw new RecipeError(`${key}: is neither true nor false`, {
    hint: `For instance ${key}: true`,
  });
}

function logOf(value: PlainData | undefined, key: string): number {
  if (
    typeof value === "number" && Number.isInteger(value) && value >= 0 &&
    value <= 255
  ) return value;
  throw new RecipeError(`${key}: is not a whole number from 0 to 255`, {
    hint: `${key} is an exponent of 2, such as 4 for 16`,
  });
}

function countersOf(value: PlainData | undefined): number[] {
  if (
    Array.isArray(value) && value.length > 0 && value.length <= MAX_COUNTERS
  ) {
    const ids = value.filter((id: PlainData): id is number =>
      typeof id === "number" && Number.isInteger(id) && id > 0 && id <= 0xffff
    );
    if (ids.length === value.length) {
      const twice = ids.find((id, i) => ids.indexOf(id) !== i);
      if (twice === undefined) return ids;
      throw new RecipeError(`counters: ${counterId(twice)} is there twice`, {
        hint: "Name each counter once",
      });
    }
  }
  throw new RecipeError("counters: is not a list of counter ids", {
    hint:
      "For instance counters: [0x401, 0x2006]; fwctl diag capabilities DEVICE lists them",
  });
}

/** The action. */
export const diagnosticParams: ActionType<DiagnosticParams> = {
  kind: KIND,
  summary: "Chooses which diagnostic counters are sampled, or stops sampling",
  scope: "debug-write",
  effect: "runtime",

  parse(body: PlainObject): DiagnosticParams {
    onlyKeys(KIND, body, [
      "device",
      "enable",
      "counters",
      "log_num_of_samples",
      "log_sample_period",
      ...MODES,
    ]);
    const device = deviceOf(body);
    const modes = MODES.filter((name) => bitOf(body[name], name));
    if (!bitOf(body.enable ?? true, "enable")) {
      return {
        device,
        logSamples: 0,
        logPeriod: 0,
        set: modes.filter((name) => name === "clear"),
        counters: [],
      };
    }
    const ways = WAYS.filter((way) => modes.includes(way));
    if (ways.length > 1) {
      throw new RecipeError(`${ways.join(" and ")} exclude each other`, {
        hint:
          "single ends when the buffer is full, repetitive goes on, on_demand samples when asked",
      });
    }
    return {
      device,
      logSamples: logOf(body.log_num_of_samples, "log_num_of_samples"),
      logPeriod: logOf(body.log_sample_period, "log_sample_period"),
      set: [...modes, "enable"],
      counters: countersOf(body.counters),
    };
  },

  locate: ({ device }, inventory) =>
    locateDevice(
      inventory,
      device,
      "diagnostic counters",
      "diagnostic counters",
    ),

  prepare(params, _located, { channel }) {
    const { capabilities, khz, params: now } = readState(channel);
    const on = params.set.includes("enable");
    const period = on && !params.set.includes("on_demand")
      ? periodOf(params.logPeriod, khz)
      : undefined;
    return {
      request: setParams(params),
      capacity: HEADER_BYTES,
      identity: {},
      arguments: [
        { name: "enable", value: on ? 1 : 0 },
        { name: "mode", value: params.set.join(" ") || "none" },
        { name: "log_num_of_samples", value: params.logSamples },
        { name: "log_sample_period", value: params.logPeriod },
        ...(period === undefined
          ? []
          : [{ name: "period", value: timeText(period) }]),
        ...params.counters.map((id) => ({
          name: `counter ${counterId(id)}`,
          value: counterName(id).name || "not public",
        })),
      ],
      notes: isSampling(now)
        ? [
          `What is sampled now ends, whoever asked for it: ${
            count(now.counters.length)
          }, mode ${now.set.join(" ")}`,
        ]
        : [],
      refused: refusedOf(params, capabilities),
    };
  },

  answer(request): PlainObject {
    const on = ((request[12] ?? 0) & PARAM_BITS.enable) !== 0;
    return { sampling: on ? "started" : "stopped" };
  },
};

function count(n: number): string {
  return `${n} counter${n === 1 ? "" : "s"}`;
}

/** What the device cannot, a sentence each. */
function refusedOf(
  { set, counters, logSamples, logPeriod }: DiagParams,
  capabilities: DiagCapabilities,
): string[] {
  const { logMaxSamples, logMinSamplePeriod } = capabilities;
  const known = new Map(
    capabilities.counters.map(({ id, sync }) => [id, sync]),
  );
  const on = set.includes("enable");
  return [
    ...counters.filter((id) => !known.has(id)).map((id) =>
      `counter ${counterId(id)} is refused: the device does not have it`
    ),
    ...(logSamples > logMaxSamples
      ? [`log_num_of_samples is refused: at most ${logMaxSamples}`]
      : []),
    ...(on && logPeriod < logMinSamplePeriod
      ? [`log_sample_period is refused: at least ${logMinSamplePeriod}`]
      : []),
    ...(["single", "repetitive"] as const).filter((mode) =>
      set.includes(mode) && !capabilities[mode]
    ).map((mode) => `${mode} is refused: the device cannot`),
    ...(set.includes("sync")
      ? counters.filter((id) => known.get(id) === false).map((id) =>
        `counter ${counterId(id)} is refused: it cannot be sampled in sync`
      )
      : []),
  ];
}
