/**
 * From declarations to a plan: locate, observe, compare. Reads only.
 *
 * @module
 */
import type {
  DeviceContext,
  DeviceIdentity,
  Driver,
  Located,
  ObserveContext,
  ResourceType,
} from "../../drivers/driver.ts";
import { concatBytes } from "../bytes.ts";
import type { Inventory } from "../device/inventory.ts";
import { isFwctlError, PlanError, RecipeError } from "../errors.ts";
import type { Declaration } from "../recipe/types.ts";
import { patchOf } from "./step.ts";
import {
  type Plan,
  PLAN_FORMAT,
  type PlannedDevice,
  type PlannedRecipe,
  type PlannedResource,
  type PlannedStep,
} from "./types.ts";

/** An open device as planning needs it. */
export interface PlanSession extends DeviceContext {
  /** Its driver. */
  readonly driver: Driver;
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
  /** An open device by name. */
  session(device: string): PlanSession;
  /** Told after each resource: how many of how many are done. */
  progress?(done: number, total: number): void;
}

interface Placed {
  readonly type: ResourceType;
  readonly declaration: unknown;
  readonly located: Located;
}

/** How many refused values a message lists before it only counts. */
const LISTED = 50;

/**
 * Makes a plan. Nothing is written to any device; every wrong declaration and
 * every refused value is found before it throws.
 *
 * @throws {RecipeError} for a declaration no driver understands
 * @throws {PlanError} for unknown targets, conflicts and refused values
 */
export function makePlan(input: PlanInput): Plan {
  const placed = place(input);
  const devices = new Map<string, PlannedDevice>();
  const memos = new Map<string, Map<string, unknown>>();
  const resources: PlannedResource[] = [];
  const steps: PlannedStep[] = [];
  const refused: string[] = [];
  for (const { type, declaration, located } of placed) {
    const session = input.session(located.device);
    if (!devices.has(located.device)) {
      devices.set(located.device, plannedDevice(session));
    }
    const context = contextOf(session, memos);
    const observed = type.observe(declaration, located, context);
    const difference = type.diff(declaration, observed);
    for (const value of difference.refused) {
      refused.push(`${located.device} ${located.title}: ${value}`);
    }
    const index = resources.push({
      kind: type.kind,
      device: located.device,
      unit: located.unit,
      title: located.title,
      address: located.address,
      identity: observed.identity,
      vf: located.vf,
      notes: observed.notes,
      changes: difference.changes,
      same: difference.same,
    }) - 1;
    if (difference.changes.length > 0) {
      const { writeHeader, after } = difference;
      steps.push({
        resource: index,
        device: located.device,
        label: session.driver.classify(
          concatBytes(writeHeader, after),
          session.know,
        ),
        live: difference.live,
        read: observed.read,
        before: observed.image,
        patch: patchOf(observed.image, after),
        writeHeader,
        writeCapacity: difference.writeCapacity,
      });
    }
    input.progress?.(resources.length, placed.length);
  }
  if (refused.length > 0) throw refusedValues(refused);
  return {
    format: PLAN_FORMAT,
    recipe: input.recipe,
    bootId: input.inventory.bootId,
    devices: [...devices.values()],
    resources,
    steps,
  };
}

/** Checks every declaration and finds its unit, before any device is opened. */
function place(input: PlanInput): Placed[] {
  const types = new Map<string, ResourceType>();
  for (const driver of input.drivers) {
    for (const type of Object.values(driver.resources)) {
      types.set(type.kind, type);
    }
  }
  const placed: Placed[] = [];
  const units = new Map<string, number>();
  const lost: PlanError[] = [];
  input.declarations.forEach(({ kind, body }, index) => {
    const type = types.get(kind);
    if (!type) {
      throw new RecipeError(`desired()[${index}]: unknown resource "${kind}"`, {
        hint: `Known resources: ${[...types.keys()].sort().join(", ")}`,
      });
    }
    const declaration = parse(type, body, index);
    let located: Located;
    try {
      located = type.locate(declaration, input.inventory);
    } catch (error) {
      if (!(error instanceof PlanError)) throw error;
      lost.push(error);
      return;
    }
    const unit = `${located.device} ${located.unit}`;
    const first = units.get(unit);
    if (first !== undefined) {
      throw new PlanError(
        `${unit} is declared twice, by desired()[${first}] and desired()[${index}]`,
        "conflict",
        [],
        { hint: "Declare all values of one unit in one resource" },
      );
    }
    units.set(unit, index);
    placed.push({ type, declaration, located });
  });
  const [first] = lost;
  if (first) throw lost.length === 1 ? first : allLost(first, lost);
  return placed;
}

function allLost(first: PlanError, lost: readonly PlanError[]): PlanError {
  return new PlanError(
    `${lost.length} targets cannot be planned for, the first: ${first.message}`,
    first.reason,
    lost.slice(0, LISTED).map((error) => error.message),
    first.hint === undefined ? {} : { hint: first.hint },
  );
}

function parse(
  type: ResourceType,
  body: Declaration["body"],
  index: number,
): unknown {
  try {
    return type.parse(body);
  } catch (error) {
    if (!isFwctlError(error)) throw error;
    throw new RecipeError(`desired()[${index}]: ${error.message}`, {
      cause: error,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
    });
  }
}

/** A device as a plan records it. */
export function plannedDevice(session: PlanSession): PlannedDevice {
  return {
    name: session.entry.name,
    driver: session.driver.name,
    address: session.entry.pci ?? session.entry.parent,
    identity: session.identity(),
    info: session.info,
    context: session.driver.describeInfo(session.info),
  };
}

function contextOf(
  session: PlanSession,
  memos: Map<string, Map<string, unknown>>,
): ObserveContext {
  const name = session.entry.name;
  const memo = memos.get(name) ?? new Map<string, unknown>();
  memos.set(name, memo);
  return {
    channel: session.channel,
    entry: session.entry,
    info: session.info,
    know: session.know,
    memo<T>(key: string, read: () => T): T {
      if (!memo.has(key)) memo.set(key, read());
      // Each key is only ever used with one type: the reader is its only writer.
      return memo.get(key) as T;
    },
  };
}

function refusedValues(refused: readonly string[]): PlanError {
  const [first = ""] = refused;
  return new PlanError(
    refused.length === 1
      ? `Refused value: ${first}`
      : `${refused.length} values are refused, the first: ${first}`,
    "refused-value",
    refused.slice(0, LISTED),
    { hint: "Change the recipe's parameters; nothing was written" },
  );
}
