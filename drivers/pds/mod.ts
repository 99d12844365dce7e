/**
 * pds: AMD Pensando cards.
 *
 * @module
 */
import { FWCTL_DEVICE_TYPE } from "../../lib/uapi/fwctl.ts";
import type { Driver } from "../driver.ts";
import { operationAction } from "./actions/operation.ts";
import { parseDefinition } from "./definition.ts";
import { describe } from "./describe.ts";
import { doctor } from "./doctor.ts";
import { explainErrno } from "./errno.ts";
import { identify } from "./identity.ts";
import { mergeMaps } from "./knowledge.ts";
import { decodeInfo, describeInfo, frame } from "./protocol.ts";
import { identityQuery } from "./queries/identity.ts";
import { operationsQuery } from "./queries/operations.ts";
import { probeQuery } from "./queries/probe.ts";
import { settingResource } from "./resources/setting.ts";
import { classify, requests } from "./scope.ts";
import { refusalOf } from "./status.ts";

/** The driver of `FWCTL_DEVICE_TYPE_PDS`. */
export const driver: Driver = {
  name: "pds",
  deviceType: FWCTL_DEVICE_TYPE.PDS,
  title: "AMD Pensando",
  kernelDrivers: ["pds_core"],
  kernels: ["7.2", "7.3"],
  decodeInfo,
  describeInfo,
  parseDefinition,
  learn: (_channel, _entry, definitions) => mergeMaps(definitions),
  classify,
  frame,
  refusal: (request, response, device) =>
    refusalOf(response, classify(request).name, device),
  explainErrno,
  identify,
  resources: { setting: settingResource as Driver["resources"][string] },
  actions: { operation: operationAction as Driver["actions"][string] },
  queries: {
    identity: identityQuery,
    operations: operationsQuery,
    probe: probeQuery,
  },
  describe,
  measure: async (context) => (await import("./measure.ts")).measure(context),
  doctor,
  decoders: async () => (await import("./decoders.ts")).DECODERS,
  requests,
  loadModel: async () => (await import("./model.ts")).modelDriver,
};
