/**
 * bnxt: Broadcom NetXtreme-C and NetXtreme-E.
 *
 * @module
 */
import { FWCTL_DEVICE_TYPE } from "../../lib/uapi/fwctl.ts";
import type { Driver } from "../driver.ts";
import { commandAction } from "./actions/command.ts";
import { describe } from "./describe.ts";
import { doctor } from "./doctor.ts";
import { explainErrno } from "./errno.ts";
import { identify } from "./identity.ts";
import { knownFields } from "./known_fields.ts";
import { learn } from "./knowledge.ts";
import { frame } from "./payload.ts";
import { decodeInfo, describeInfo } from "./protocol.ts";
import { commandQuery } from "./queries/command.ts";
import { coredumpQuery } from "./queries/coredump.ts";
import { healthQuery } from "./queries/health.ts";
import { identityQuery } from "./queries/identity.ts";
import { nvmQuery } from "./queries/nvm.ts";
import { nvmEntriesQuery } from "./queries/nvm_entries.ts";
import { nvmVariablesQuery } from "./queries/nvm_variables.ts";
import { portStatisticsQuery } from "./queries/port_statistics.ts";
import { versionQuery } from "./queries/version.ts";
import { classify, requests } from "./scope.ts";
import { refusalOf } from "./status.ts";
import { BNXT_KERNELS } from "./tables/allow_list.ts";

/** The driver of `FWCTL_DEVICE_TYPE_BNXT`. */
export const driver: Driver = {
  name: "bnxt",
  deviceType: FWCTL_DEVICE_TYPE.BNXT,
  title: "Broadcom NetXtreme",
  kernelDrivers: ["bnxt_en"],
  kernels: BNXT_KERNELS,
  decodeInfo: (data) => ({ ...decodeInfo(data) }),
  describeInfo,
  learn: (_channel, _entry, _definitions, info) => learn(info),
  classify,
  frame,
  refusal: (request, response, device) => {
    if (((response[0] ?? 0) | (response[1] ?? 0)) === 0) return undefined;
    const { name, detail } = classify(request);
    return refusalOf(request, response, `${name} ${detail}`.trim(), device);
  },
  explainErrno,
  identify,
  resources: {},
  actions: { command: commandAction as Driver["actions"][string] },
  queries: {
    command: commandQuery,
    coredump: coredumpQuery,
    health: healthQuery,
    identity: identityQuery,
    nvm: nvmQuery,
    nvm_entries: nvmEntriesQuery,
    nvm_variables: nvmVariablesQuery,
    port_statistics: portStatisticsQuery,
    version: versionQuery,
  },
  describe,
  measure: async (context) => (await import("./measure.ts")).measure(context),
  doctor,
  knownFields,
  decoders: async () => (await import("./decoders.ts")).DECODERS,
  requests,
  loadModel: async () => (await import("./model.ts")).modelDriver,
};
