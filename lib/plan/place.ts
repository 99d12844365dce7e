/**
 * From declarations to the units they land on: which kind, which device. Needs
 * the inventory alone.
 *
 * @module
 */
import type {
  ActionType,
  Driver,
  Located,
  ResourceType,
} from "../../drivers/driver.ts";
import type { Inventory } from "../device/inventory.ts";
import { isFwctlError, PlanError, RecipeError } from "../errors.ts";
import type { Declaration } from "../recipe/types.ts";

/** What placing needs. */
export interface PlaceInput {
  /** What a recipe declared. */
  readonly declarations: readonly Declaration[];
  /** The machine. */
  readonly inventory: Inventory;
  /** Drivers whose kinds can be declared. */
  readonly drivers: readonly Driver[];
}

/** A checked declaration and where it lands. */
export type Placed = Kind & {
  readonly declaration: unknown;
  readonly located: Located;
  /** Which of the recipe's declarations it is, or is a part of. */
  readonly index: number;
};

/** How many refused values a message lists before it only counts. */
export const LISTED: number = 50;

/**
 * Checks every declaration and finds its unit, before any device is opened.
 *
 * @throws {RecipeError} for the first declaration no driver understands
 * @throws {PlanError} for targets that are not there and units declared twice
 */
export function place(input: PlaceInput): Placed[] {
  const kinds = kindsOf(input.drivers);
  const placed: Placed[] = [];
  const units = new Map<string, number>();
  const lost: PlanError[] = [];
  input.declarations.forEach(({ kind, body, action = false }, index) => {
    const found = kinds.get(kind);
    if (!found) {
      throw new RecipeError(`desired()[${index}]: unknown resource "${kind}"`, {
        hint: `Known: ${[...kinds.keys()].sort().join(", ")}`,
      });
    }
    if (action !== (found.type === "action")) {
      throw new RecipeError(
        `desired()[${index}]: ${kind} is ${
          action ? "a resource, not an action" : "an action, not a resource"
        }`,
        {
          hint: action
            ? `Declare it: resource("${kind}", { … })`
            : `It is sent once and cannot be undone; ask for it: action("${kind}", { … })`,
        },
      );
    }
    for (const part of parts(found, body, index)) {
      const declaration = parse(found.of, part, index);
      let located: Located;
      try {
        located = found.of.locate(declaration, input.inventory);
      } catch (error) {
        if (!isPlanError(error)) throw error;
        // What one part of a declaration misses, the others miss too.
        lost.push(error);
        return;
      }
      placed.push({ ...found, declaration, located, index });
      if (action) continue;
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
    }
  });
  const [first] = lost;
  if (first) throw lost.length === 1 ? first : allLost(first, lost);
  return placed;
}

/** What a declaration is of. */
export type Kind =
  | { readonly type: "write"; readonly of: ResourceType }
  | { readonly type: "action"; readonly of: ActionType };

function kindsOf(drivers: readonly Driver[]): Map<string, Kind> {
  const kinds = new Map<string, Kind>();
  for (const { resources, actions } of drivers) {
    for (const of of Object.values(resources)) {
      kinds.set(of.kind, { type: "write", of });
    }
    for (const of of Object.values(actions)) {
      kinds.set(of.kind, { type: "action", of });
    }
  }
  return kinds;
}

/** By its code: a driver from outside may have another copy of the class. */
function isPlanError(error: unknown): error is PlanError {
  return isFwctlError(error) && error.code === "PlanError";
}

function allLost(first: PlanError, lost: readonly PlanError[]): PlanError {
  return new PlanError(
    `${lost.length} targets cannot be planned for, the first: ${first.message}`,
    first.reason,
    lost.slice(0, LISTED).map((error) => error.message),
    first.hint === undefined ? {} : { hint: first.hint },
  );
}

/** A declaration, or what it splits into. */
function parts(
  kind: Kind,
  body: Declaration["body"],
  index: number,
): readonly Declaration["body"][] {
  if (kind.type === "action") return [body];
  return checked(() => kind.of.expand?.(body) ?? [body], index);
}

function parse(
  type: ResourceType | ActionType,
  body: Declaration["body"],
  index: number,
): unknown {
  return checked(() => type.parse(body), index);
}

/** Runs a check of a declaration; an error says which one it was. */
function checked<T>(check: () => T, index: number): T {
  try {
    return check();
  } catch (error) {
    if (!isFwctlError(error)) throw error;
    throw new RecipeError(`desired()[${index}]: ${error.message}`, {
      cause: error,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
    });
  }
}
