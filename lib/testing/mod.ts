/**
 * Testing a recipe of your own: plan, apply, plan again, take back, on a
 * modelled machine, in one call.
 *
 * A test needs `--unstable-worker-options`, for the recipe runs in a worker
 * without rights, and to read the recipe and this library: `--allow-read`, or
 * `--allow-import` of the host where they come from a URL. It writes nothing
 * outside of its own memory.
 *
 * @example What it changes, that a second time changes nothing, that it can be taken back
 * ```ts
 * import assert from "node:assert/strict";
 * import { tryRecipe } from "@fwctl/fwctl-deno/testing";
 *
 * Deno.test("RoCE is switched off", async () => {
 *   const recipe = new URL("./recipes/vf_caps.ts", import.meta.url);
 *   const params = { vf: ["0000:3b:00.2"], set: { roce: 0 } };
 *   const run = await tryRecipe(recipe, { model: "connectx", params });
 *   assert.deepEqual(run.changes, ["fwctl0 VF 0: roce 1 → 0"]);
 *   assert.deepEqual([run.outcome, run.again, run.restored], ["applied", [], true]);
 * });
 * ```
 *
 * @module
 */
import type { ChangeValue, Driver } from "../../drivers/driver.ts";
import type { ApplyOutcome, ApplyResult } from "../apply/types.ts";
import { equalBytes } from "../bytes.ts";
import { isFwctlError } from "../errors.ts";
import { openMachine } from "../machine/open.ts";
import type { Machine } from "../machine/types.ts";
import type { PlainData, PlainObject } from "../plain.ts";
import type { Policy } from "../plan/policy.ts";
import type { Plan, PlannedResource } from "../plan/types.ts";
import type { RecipeSource } from "../recipe/load.ts";

/** On what a recipe is tried, and with what. */
export interface TryOptions {
  /**
   * The machine: a built-in scenario by name (`connectx`), a scenario's JSON
   * file by URL or path, or its data. Faults of a scenario's `firmware` part
   * show what becomes of the recipe when a device refuses or goes away.
   */
  readonly model: string | URL | PlainObject;
  /** The recipe's parameters by name. */
  readonly params?: PlainObject;
  /** What may be sent; what it does not say is as for `fwctl apply`. */
  readonly policy?: Partial<Policy>;
  /** Drivers from outside. */
  readonly drivers?: readonly Driver[];
  /** The data of definition files. */
  readonly definitions?: readonly PlainObject[];
}

/** Declared fields and their values, by unit: `{ "fwctl0 VF 0": { roce: 1 } }`. */
export type Fields = Readonly<
  Record<string, Readonly<Record<string, ChangeValue>>>
>;

/** What came of trying a recipe. */
export interface TriedRecipe {
  /** The first plan. */
  readonly plan: Plan;
  /** What the recipe reports, if it does. */
  readonly report?: PlainData;
  /** What that plan does, a line each: `fwctl0 VF 0: roce 1 → 0`, `fwctl1 Operation: sends X`. */
  readonly changes: readonly string[];
  /** What came of applying it. */
  readonly result: ApplyResult;
  /** How that ended: `applied`; `undone` when it failed and was taken back; see `ApplyOutcome`. */
  readonly outcome: ApplyOutcome;
  /** What a second plan would do, or why there is none; empty when the recipe holds what it declares. */
  readonly again: readonly string[];
  /** What came of taking the run back; absent when nothing was applied. */
  readonly undone?: ApplyResult;
  /** Whether all that the plan writes is, read back at the end, byte for byte as it was. */
  readonly restored: boolean;
  /** The declared fields as the first plan found them. */
  readonly before: Fields;
  /** The same after the apply. */
  readonly after: Fields;
}

/**
 * Tries a recipe on a fresh modelled machine: plan, apply, plan again, undo,
 * and a last look.
 *
 * @param recipe a path, a `file:`, `http:` or `https:` URL, or a source
 * @throws `RecipeError` when the recipe or a parameter is wrong
 * @throws `PlanError` when what it declares cannot be planned
 * @throws `PolicyError` when the policy forbids what it would send
 * @throws `ModelError` when the scenario is wrong
 */
export async function tryRecipe(
  recipe: string | URL | RecipeSource,
  { params = {}, ...options }: TryOptions,
): Promise<TriedRecipe> {
  using machine = await openMachine(options);
  const { plan, report } = await machine.plan(recipe, params);
  const { result, run } = await machine.apply(plan);
  const second = await again(machine, recipe, params);
  const undone = run !== null && result.outcome === "applied"
    ? (await machine.undo(run)).result
    : undefined;
  return {
    plan,
    ...(report === undefined ? {} : { report }),
    changes: changesOf(plan),
    result,
    outcome: result.outcome,
    again: typeof second === "string" ? [second] : changesOf(second),
    ...(undone ? { undone } : {}),
    restored: asBefore(machine, plan),
    before: fieldsOf(plan),
    after: typeof second === "string" ? {} : fieldsOf(second),
  };
}

/** The second plan, or why it cannot be made: a device may be gone by now. */
async function again(
  machine: Machine,
  recipe: string | URL | RecipeSource,
  params: PlainObject,
): Promise<Plan | string> {
  try {
    return (await machine.plan(recipe, params)).plan;
  } catch (error) {
    if (!isFwctlError(error)) throw error;
    return `cannot be planned: ${error.message}`;
  }
}

/** What a plan does, a line each, in its order. */
export function changesOf({ resources, steps }: Plan): string[] {
  return resources.flatMap((resource, index) => {
    const unit = unitOf(resource);
    const sent = steps.filter((step) =>
      step.type === "action" && step.resource === index
    );
    return [
      ...resource.changes.map(({ field, before, after }) =>
        `${unit}: ${field} ${before} → ${after}`
      ),
      ...sent.map(({ label: { name, detail } }) =>
        `${unit}: sends ${name}${detail === "" ? "" : ` ${detail}`}`
      ),
    ];
  });
}

function fieldsOf({ resources }: Plan): Fields {
  const units: Record<string, Record<string, ChangeValue>> = {};
  for (const resource of resources) {
    const fields = units[unitOf(resource)] ??= {};
    for (const { field, before } of [...resource.changes, ...resource.same]) {
      fields[field] = before;
    }
  }
  return units;
}

function unitOf({ device, title }: PlannedResource): string {
  return `${device} ${title}`;
}

/** Reads what the plan's writes are about, by the requests that the plan read it with. */
function asBefore(machine: Machine, { steps }: Plan): boolean {
  machine.look();
  try {
    return steps.every((step) => {
      // Nothing takes an action back, and nobody can tell from a read.
      if (step.type === "action") return false;
      const { request, capacity, offset, length } = step.read;
      const { channel } = machine.session(step.device);
      const answer = channel.send(request, capacity);
      return equalBytes(answer.subarray(offset, offset + length), step.before);
    });
  } catch (error) {
    if (!isFwctlError(error)) throw error;
    return false;
  }
}
