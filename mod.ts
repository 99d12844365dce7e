/**
 * fwctl-deno: device firmware through the Linux fwctl subsystem, from Deno.
 *
 * Importing it needs no permission; using a real device needs `--allow-ffi`.
 *
 * @example List the devices of this machine
 * ```ts ignore
 * import { discover, LinuxHost } from "./mod.ts";
 *
 * using host = new LinuxHost();
 * for (const device of discover(host).devices) {
 *   console.log(device.name, device.driver, device.pci);
 * }
 * ```
 *
 * @module
 */
export * from "./lib/bytes.ts";
export * from "./lib/errors.ts";
export * from "./lib/plain.ts";
export * from "./lib/uapi/errno.ts";
export * from "./lib/uapi/fwctl.ts";
export * from "./lib/bits/mod.ts";
export * from "./lib/host/host.ts";
export * from "./lib/recording/mod.ts";
export { LinuxHost, type LinuxHostOptions } from "./lib/host/linux.ts";

export * from "./lib/device/definition.ts";
export * from "./lib/device/device.ts";
export * from "./lib/device/inventory.ts";
export * from "./lib/device/sessions.ts";
export { type AsyncOpenOptions, openDeviceAsync } from "./lib/device/async.ts";
export * from "./lib/device/channel.ts";
export * from "./lib/device/discovery.ts";
export * from "./lib/device/open.ts";

export * from "./drivers/driver.ts";
export * from "./drivers/load.ts";

export * from "./lib/recipe/types.ts";
export * from "./lib/recipe/load.ts";
export * from "./lib/recipe/evaluate.ts";
export { type GivenParams, parseParams } from "./lib/recipe/params.ts";
export * from "./lib/plan/types.ts";
export * from "./lib/plan/policy.ts";
export * from "./lib/plan/make.ts";
export * from "./lib/plan/from_recipe.ts";
export * from "./lib/plan/file_read.ts";
export * from "./lib/apply/mod.ts";
export { FileSeals } from "./lib/apply/seals.ts";
export * as trust from "./lib/trust/mod.ts";

export { ModelHost, type ModelledDriver } from "./lib/model/host.ts";
export * from "./lib/model/load.ts";
export * from "./lib/model/scenario.ts";
export type { DeviceSpec } from "./lib/model/scenario_device.ts";
export type { MemdevSpec } from "./lib/model/scenario_memdev.ts";
export type { Holder, VfSpec } from "./lib/model/scenario_vfs.ts";
export * from "./lib/model/types.ts";
