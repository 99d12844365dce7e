/**
 * TEMPLATE of a driver. To add one:
 *
 * 1. Copy this folder to `drivers/NAME`, with the name the kernel has for it.
 * 2. Replace `example` by NAME everywhere, then fill in file by file. Each says
 *    at its top what belongs there and which files of the kernel to read for it.
 * 3. Add its line to `drivers/mod.ts`.
 * 4. Mirror the folder in `tests/drivers/NAME`: recordings of the real kernel
 *    hold kernel.ts, hostile answers hold the decoders, the modelled kernel
 *    holds scope.ts.
 *
 * As it stands it is a complete driver of a device that does not exist: 3
 * commands, one setting. A test registers it and runs the real command on it.
 *
 * A driver imports interfaces and codecs of `lib/` (bits, bytes, device,
 * errors, model, plain, suggest, uapi), never the engine (plan, apply, recipe,
 * view, cli) nor another driver, and does no work when it is loaded.
 *
 * @module
 */
import type { Driver } from "../driver.ts";
import { describe } from "./describe.ts";
import { doctor } from "./doctor.ts";
import { explainErrno } from "./errno.ts";
import { identify } from "./identity.ts";
import { decodeInfo, describeInfo } from "./protocol.ts";
import { identityQuery } from "./queries/identity.ts";
import { settingResource } from "./resources/setting.ts";
import { classify, requests } from "./scope.ts";
import { refusalOf } from "./status.ts";
import { EXAMPLE_DEVICE_TYPE } from "./tables/commands.ts";

/** The driver. */
export const driver: Driver = {
  // What `fwctl list` shows and a recipe's kinds begin with.
  name: "example",
  // FWCTL_DEVICE_TYPE.EXAMPLE once include/uapi/fwctl/fwctl.h has it.
  deviceType: EXAMPLE_DEVICE_TYPE,
  title: "An example",
  // As in /sys/bus/pci/drivers: discovery knows the device by it.
  kernelDrivers: ["example_core"],
  decodeInfo,
  describeInfo,
  classify,
  refusal: (request, response, device) =>
    refusalOf(response, classify(request).name, device),
  explainErrno,
  identify,
  // The casts: the registry cannot know each resource's own type of declaration.
  resources: { setting: settingResource as Driver["resources"][string] },
  // One-shot requests that can be neither verified nor undone; see drivers/pds.
  actions: {},
  queries: { identity: identityQuery },
  describe,
  doctor,
  requests,
  // Not imported above: a program that only talks to devices never loads it.
  loadModel: async () => (await import("./model.ts")).modelDriver,
  // Where they apply, see drivers/driver.ts: `frame` when messages carry user
  // pointers (pds), `learn` when labels need knowledge of the device (cxl, pds),
  // `parseDefinition` when a site must name what the vendor does not publish,
  // `measure` when the configuration can be attested.
};
