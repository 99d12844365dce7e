/**
 * cxl: CXL memory devices.
 *
 * @module
 */
import { FWCTL_DEVICE_TYPE } from "../../lib/uapi/fwctl.ts";
import type { Driver } from "../driver.ts";
import { parseDefinition } from "./definition.ts";
import { describe } from "./describe.ts";
import { doctor } from "./doctor.ts";
import { explainErrno } from "./errno.ts";
import { identify } from "./identity.ts";
import { learn } from "./knowledge.ts";
import { decodeInfo, describeInfo } from "./protocol.ts";
import { featureQuery } from "./queries/feature.ts";
import { featuresQuery } from "./queries/features.ts";
import { identityQuery } from "./queries/identity.ts";
import { feature } from "./resources/feature.ts";
import { classify, requests } from "./scope.ts";
import { refusalOf, retvalOf } from "./status.ts";

/** The driver of `FWCTL_DEVICE_TYPE_CXL`. */
export const driver: Driver = {
  name: "cxl",
  deviceType: FWCTL_DEVICE_TYPE.CXL,
  title: "CXL memory",
  kernelDrivers: ["cxl_mem"],
  kernels: ["7.2", "7.3"],
  decodeInfo,
  describeInfo,
  parseDefinition,
  learn: (channel, _entry, definitions) => learn(channel, definitions),
  classify,
  refusal: (request, response, device) => {
    if (retvalOf(response) === 0) return undefined;
    const { name, detail } = classify(request);
    return refusalOf(response, `${name} ${detail}`.trim(), device);
  },
  explainErrno,
  identify,
  resources: { feature: feature as Driver["resources"][string] },
  actions: {},
  queries: {
    feature: featureQuery,
    features: featuresQuery,
    identity: identityQuery,
  },
  describe,
  measure: async (context) => (await import("./measure.ts")).measure(context),
  doctor,
  decoders: async () => (await import("./decoders.ts")).DECODERS,
  requests,
  loadModel: async () => (await import("./model.ts")).modelDriver,
};
