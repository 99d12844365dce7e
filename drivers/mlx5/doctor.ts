/**
 * Why a ConnectX or BlueField may not work.
 *
 * Sources: drivers/fwctl/Kconfig; is_fwctl_supported of mlx5_core's dev.c (a
 * fwctl device for every function but scalable ones whose GENERAL.uctx_cap is
 * not 0); the comment of mlx5ctl_validate_rpc, by which SET_HCA_CAP is for
 * contexts with TOOLS_RESOURCES.
 *
 * @module
 */
import type {
  DeviceContext,
  DeviceIdentity,
  DriverDoctor,
  Remark,
} from "../driver.ts";
import { isMlx5 } from "./identity.ts";
import { MLX5_UCTX_OBJECT_CAP_TOOLS_RESOURCES } from "./protocol.ts";
import { nvconfigQuery } from "./queries/nvconfig.ts";

/** Parameters whose waiting for a reset is asked about: few items, and what changes what a host sees. */
const WATCHED = [
  "SRIOV_EN",
  "NUM_OF_VFS",
  "NUM_VF_MSIX",
  "PF_TOTAL_SF",
  "LINK_TYPE_P1",
  "UCTX_EN",
  "VF_MIGRATION_MODE",
  "INTERNAL_CPU_MODEL",
];

/** What `fwctl doctor` goes by. */
export const doctor: DriverDoctor = {
  module: "mlx5_fwctl",
  config: "CONFIG_FWCTL_MLX5",
  since: "6.15",
  claims: isMlx5,
  absent:
    "mlx5_core makes the auxiliary device that fwctl sits on only for a firmware that has user contexts (GENERAL.uctx_cap, in nvconfig UCTX_EN), and never for scalable functions",
  questions: [
    (context) => [userContext(context)],
    (_context, identity) => [firmware(identity)],
    (context) => pending(context),
  ],
};

function userContext({ info }: DeviceContext): Remark {
  const caps = info.uctx_caps ?? 0;
  const tools = (caps & MLX5_UCTX_OBJECT_CAP_TOOLS_RESOURCES) !== 0;
  const seen = [{
    path: "FWCTL_INFO uctx_caps",
    value: `0x${caps.toString(16)}${tools ? "" : ", without TOOLS_RESOURCES"}`,
  }];
  return tools
    ? {
      severity: "ok",
      check: "uctx-caps",
      seen,
      means: "the firmware gives this context TOOLS_RESOURCES",
      todo: "",
    }
    : {
      severity: "warning",
      check: "uctx-caps",
      seen,
      means:
        "the firmware gives this context no TOOLS_RESOURCES (bit 2): setting capabilities of other functions (SET_HCA_CAP), and what else is for tools alone, is likely to be refused",
      todo:
        "Update the card's firmware, or ask the vendor whether this card has it; reading its own capabilities works",
    };
}

function firmware({ firmware, model }: DeviceIdentity): Remark {
  const seen = [{
    path: "register MGIR",
    value: firmware === "" ? "no version" : `${model}, firmware ${firmware}`,
  }];
  return firmware === ""
    ? {
      severity: "note",
      check: "firmware",
      seen,
      means:
        "the firmware does not tell its version: it has no register MGIR, or does not let this context read it",
      todo: "",
    }
    : {
      severity: "ok",
      check: "firmware",
      seen,
      means: "the firmware answers and tells its version",
      todo: "",
    };
}

/** Values that wait for a reset; nothing where the device keeps no such configuration. */
function pending(context: DeviceContext): Remark[] {
  const { entry } = context;
  // A virtual function has none of its own.
  if (entry.physfn !== null) return [];
  const answer = nvconfigQuery.run(context, { names: WATCHED }) as {
    readonly parameters: readonly {
      readonly parameter: string;
      readonly current?: unknown;
      readonly next?: unknown;
      readonly pending?: unknown;
    }[];
    readonly loaded_by: string;
  };
  const waiting = answer.parameters.filter(({ pending }) => pending === true);
  return waiting.length === 0 ? [] : [{
    severity: "warning",
    check: "pending-reset",
    seen: waiting.map(({ parameter, current, next }) => ({
      path: `nvconfig ${parameter}`,
      value: `${current} now, ${next} after a reset`,
    })),
    means:
      "values were written that are not in force: the card still works by the old ones",
    todo: `They are loaded by: ${answer.loaded_by}`,
    command: `fwctl query ${entry.name} nvconfig`,
  }];
}
