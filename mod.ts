/**
 * fwctl-deno: device firmware through the Linux fwctl subsystem, from Deno.
 *
 * {@linkcode openMachine} is the way in: one call opens this machine or a
 * modelled one, and gives its devices, queries, plans and runs. Beneath it are
 * the parts it is made of. Importing needs no permission; using a real device
 * needs `--allow-ffi`.
 *
 * Beside this module there are `drivers/kit.ts` (`./driver`), with which a
 * driver is written, `lib/testing/mod.ts` (`./testing`), which tries a recipe on
 * a modelled machine, `lib/recording/mod.ts` (`./recording`) and
 * `lib/trust/mod.ts` (`./trust`). What of all this stays as it is, and for how
 * long, is said in docs/guides/stability.md.
 *
 * @example Plan, look, apply, take back
 * ```ts
 * import { openMachine, plainStyle, planText } from "@fwctl/fwctl-deno";
 *
 * using machine = await openMachine({ model: "connectx" });
 * const { plan } = await machine.plan("recipes/vf_caps.ts", {
 *   vf: ["0000:3b:00.2"],
 *   set: { roce: 0 },
 * });
 * console.log(planText(plan, plainStyle));
 * const { result, run } = await machine.apply(plan);
 * if (result.outcome === "applied" && run !== null) await machine.undo(run);
 * ```
 *
 * @module
 */
// A machine in one piece.
export { openMachine } from "./lib/machine/open.ts";
export type * from "./lib/machine/types.ts";
export * from "./lib/errors.ts";
export * from "./lib/plain.ts";
export * from "./lib/bytes.ts";

// Its parts: hosts, devices, drivers.
export type * from "./lib/host/host.ts";
export { LinuxHost, type LinuxHostOptions } from "./lib/host/linux.ts";
export type * from "./lib/device/inventory.ts";
export type * from "./lib/device/device.ts";
export type { RawChannel, SendObserver } from "./lib/device/channel.ts";
export { type Definition, parseDefinition } from "./lib/device/definition.ts";
export {
  discover,
  findDevice,
  type KnownDriver,
} from "./lib/device/discovery.ts";
export { openDevice, type OpenOptions } from "./lib/device/open.ts";
export { type AsyncOpenOptions, openDeviceAsync } from "./lib/device/async.ts";
export type { Explainer } from "./lib/device/failure.ts";
export * from "./lib/device/sessions.ts";
export { type Scope, SCOPES } from "./lib/uapi/fwctl.ts";
export * from "./drivers/driver.ts";
export * from "./drivers/load.ts";

// Recipes, plans, policies.
export type * from "./lib/recipe/types.ts";
export * from "./lib/recipe/load.ts";
export * from "./lib/recipe/evaluate.ts";
export { type GivenParams, parseParams } from "./lib/recipe/params.ts";
export * from "./lib/plan/types.ts";
export * from "./lib/plan/public.ts";

// Applying, and what is on record of it.
export type * from "./lib/apply/types.ts";
export type * from "./lib/apply/records.ts";
export {
  type ApplyInput,
  applyPlan,
  applyPlanAsync,
} from "./lib/apply/apply.ts";

// For people.
export { planText, type PlanViewOptions } from "./lib/view/plan.ts";
export { resultText, type ResultViewOptions } from "./lib/view/result.ts";
export {
  ansiStyle,
  type Look,
  plainStyle,
  type Style,
} from "./lib/view/style.ts";

// Modelled machines.
export { ModelHost, type ModelledDriver } from "./lib/model/host.ts";
export * from "./lib/model/load.ts";
export * from "./lib/model/scenario.ts";
export type { DeviceSpec } from "./lib/model/scenario_device.ts";
export type { MemdevSpec } from "./lib/model/scenario_memdev.ts";
export type { Holder, VfSpec } from "./lib/model/scenario_vfs.ts";
export type * from "./lib/model/types.ts";
