/**
 * What a plan is made from: open devices, and what a recipe declared.
 *
 * @module
 */
import type {
  DeviceContext,
  DeviceIdentity,
  Driver,
} from "../../drivers/driver.ts";
import type { Inventory } from "../device/inventory.ts";
import type { Declaration } from "../recipe/types.ts";
import type { Guard } from "./policy.ts";
import type { PlannedDefinition, PlannedRecipe } from "./types.ts";

/** An open device as planning needs it. */
export interface PlanSession extends DeviceContext {
  /** Its driver. */
  readonly driver: Driver;
  /** The policy at its transport: a plan is admitted there before it is applied. */
  readonly guard?: Guard;
  /** Tells its node from one of the same name made later; absent where nothing does. */
  readonly instance?: string | undefined;
  /** The same of a virtual function, by its PCI address; absent where nothing does. */
  functionInstance?(pci: string): string | undefined;
  /** Who it is. */
  identity(): DeviceIdentity;
}

/** What a plan is made from. */
export interface PlanInput {
  /** The recipe and its parameters. */
  readonly recipe: PlannedRecipe;
  /** What it declared. */
  readonly declarations: readonly Declaration[];
  /** The machine. */
  readonly inventory: Inventory;
  /** Drivers whose resources can be declared. */
  readonly drivers: readonly Driver[];
  /** The definition files that the sessions know. */
  readonly definitions?: readonly PlannedDefinition[];
  /** An open device by name. */
  session(device: string): PlanSession;
  /** Told after each resource: how many of how many are done. */
  progress?(done: number, total: number): void;
}
