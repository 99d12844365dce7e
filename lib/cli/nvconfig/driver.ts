/**
 * What a driver must have for `fwctl nvconfig`, by the names its queries,
 * resources and actions have there.
 *
 * @module
 */
import type {
  ActionType,
  QueryType,
  ResourceType,
} from "../../../drivers/driver.ts";
import { findDevice } from "../../device/discovery.ts";
import type { Inventory, InventoryDevice } from "../../device/inventory.ts";
import { UsageError } from "../../errors.ts";
import type { PlanSession } from "../../plan/make.ts";
import type { Opened } from "../sessions.ts";

/** A device with nvconfig, and what its driver does with it. */
export interface NvDevice {
  /** The machine. */
  readonly inventory: Inventory;
  /** The device. */
  readonly entry: InventoryDevice;
  /** The open device. */
  readonly session: PlanSession;
  /** Query: parameters, three ways. */
  readonly query: QueryType;
  /** Query: what is stored. */
  readonly backup: QueryType;
  /** Resource: parameters by name. */
  readonly parameters: ResourceType;
  /** Resource: items as they are stored. */
  readonly items: ResourceType;
  /** Action: back to the default. */
  readonly reset: ActionType;
  /** Action: a firmware reset; undefined where the driver has none. */
  readonly firmwareReset: ActionType | undefined;
  /** Query: which firmware resets there are; undefined where the driver does not tell. */
  readonly resets: QueryType | undefined;
}

/** The device of a command line. @throws {UsageError} when its driver has no nvconfig */
export function nvDevice(
  { inventory, sessions }: Opened,
  name: string,
): NvDevice {
  const entry = findDevice(inventory, name);
  const session = sessions.get(entry.name);
  const { driver } = session;
  const query = member(driver.queries, "nvconfig");
  const backup = member(driver.queries, "nvconfig_backup");
  const parameters = member(driver.resources, "nvconfig");
  const items = member(driver.resources, "nvconfig_items");
  const reset = member(driver.actions, "nvconfig_reset");
  if (!query || !backup || !parameters || !items || !reset) {
    throw new UsageError(`${driver.name} devices have no nvconfig`, {
      device: entry.name,
      hint: `See what it has: fwctl describe ${entry.name}`,
    });
  }
  return {
    inventory,
    entry,
    session,
    query,
    backup,
    parameters,
    items,
    reset,
    firmwareReset: member(driver.actions, "firmware_reset"),
    resets: member(driver.queries, "firmware_resets"),
  };
}

function member<T>(
  of: Readonly<Record<string, T>>,
  name: string,
): T | undefined {
  return Object.hasOwn(of, name) ? of[name] : undefined;
}
