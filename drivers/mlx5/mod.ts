/**
 * mlx5: NVIDIA ConnectX and BlueField.
 *
 * @module
 */
import type { Driver } from "../driver.ts";
import { FWCTL_DEVICE_TYPE } from "../../lib/uapi/fwctl.ts";
import { diagnosticParams } from "./actions/diagnostic_params.ts";
import { firmwareReset } from "./actions/firmware_reset.ts";
import { nvconfigReset } from "./actions/nvconfig_reset.ts";
import { registerAction } from "./actions/register.ts";
import { describe } from "./describe.ts";
import { doctor } from "./doctor.ts";
import { explainErrno } from "./errno.ts";
import { identify } from "./identity.ts";
import { knownFields } from "./known_fields.ts";
import { decodeInfo, describeInfo } from "./protocol.ts";
import { capsQuery } from "./queries/caps.ts";
import { diagQuery } from "./queries/diag.ts";
import { dumpQuery } from "./queries/dump.ts";
import { firmwareResetsQuery } from "./queries/firmware_resets.ts";
import { identityQuery } from "./queries/identity.ts";
import { nvconfigBackupQuery } from "./queries/nvconfig_backup.ts";
import { nvconfigQuery } from "./queries/nvconfig.ts";
import { objectQueryType } from "./queries/object.ts";
import { regQuery } from "./queries/reg.ts";
import { hcaCap } from "./resources/hca_cap.ts";
import { nvconfig } from "./resources/nvconfig.ts";
import { nvconfigItems } from "./resources/nvconfig_items.ts";
import { classify, requests } from "./scope.ts";
import { refusalOf } from "./status.ts";

/** The driver of `FWCTL_DEVICE_TYPE_MLX5`. */
export const driver: Driver = {
  name: "mlx5",
  deviceType: FWCTL_DEVICE_TYPE.MLX5,
  title: "NVIDIA ConnectX and BlueField",
  kernelDrivers: ["mlx5_core"],
  kernels: ["7.2", "7.3"],
  decodeInfo: (data) => ({ ...decodeInfo(data) }),
  describeInfo,
  classify,
  refusal: (request, response, device) => {
    if ((response[0] ?? 0) === 0) return undefined;
    const { name, detail } = classify(request);
    return refusalOf(response, `${name} ${detail}`.trim(), device);
  },
  explainErrno,
  identify,
  resources: {
    hca_cap: hcaCap as Driver["resources"][string],
    nvconfig: nvconfig as Driver["resources"][string],
    nvconfig_items: nvconfigItems as Driver["resources"][string],
  },
  actions: {
    diagnostic_params: diagnosticParams as Driver["actions"][string],
    firmware_reset: firmwareReset as Driver["actions"][string],
    nvconfig_reset: nvconfigReset as Driver["actions"][string],
    register: registerAction as Driver["actions"][string],
  },
  queries: {
    caps: capsQuery,
    diag: diagQuery,
    dump: dumpQuery,
    firmware_resets: firmwareResetsQuery,
    identity: identityQuery,
    nvconfig: nvconfigQuery,
    nvconfig_backup: nvconfigBackupQuery,
    object: objectQueryType,
    reg: regQuery,
  },
  describe,
  measure: async (context) => (await import("./measure.ts")).measure(context),
  decoders: async () => (await import("./decoders.ts")).DECODERS,
  knownFields,
  doctor,
  requests,
  loadModel: async () => (await import("./model.ts")).modelDriver,
};
