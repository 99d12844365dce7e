/**
 * A change that a command declares itself, without a recipe: planned, shown,
 * held against the policy, asked for and applied as a recipe's is.
 *
 * @module
 */
import type { Inventory } from "../device/inventory.ts";
import { isFwctlError, PlanError, UsageError } from "../errors.ts";
import type { Host } from "../host/host.ts";
import type { PlainObject } from "../plain.ts";
import { digestOf } from "../plan/digest.ts";
import { makePlan } from "../plan/make.ts";
import {
  enforcePlan,
  planRefusals,
  type Policy,
  type PolicyWorld,
} from "../plan/policy.ts";
import type { Plan } from "../plan/types.ts";
import type { Declaration } from "../recipe/types.ts";
import { planBody } from "../view/json.ts";
import { planText } from "../view/plan.ts";
import { type ApplyOptions, carryOut } from "./apply.ts";
import type { Context } from "./context.ts";
import { withHost } from "./with_host.ts";
import { EXIT, type ExitCode } from "./exit.ts";
import { notePending } from "./pending.ts";
import { policyOf, sealsOf } from "./policy.ts";
import { type Opened, openSessions } from "./sessions.ts";

/** The options of a command that changes something without a recipe. */
export interface DeclaredOptions extends ApplyOptions {
  /** Show the plan and stop. */
  readonly dryRun?: boolean | undefined;
}

/** What a command declares. */
export interface Declared {
  /** Its name on record: `fwctl reg`. */
  readonly name: string;
  /** What it was given. */
  readonly params: PlainObject;
  /** What is to be. */
  readonly declarations: readonly Declaration[];
  /** What is to follow, once it is known what changes; planned behind the rest. */
  follow?(plan: Plan): readonly Declaration[];
  /** What a person should know beside the plan; "" for nothing. */
  told?(plan: Plan): string;
}

/** Plans what `declare` gives, and applies it. Nothing is written before the plan was shown. */
export async function applyDeclared(
  context: Context,
  declare: (opened: Opened) => Declared,
  options: DeclaredOptions,
): Promise<ExitCode> {
  const { output } = context;
  return await withHost(context, async (host) => {
    const policy = await policyOf(context, options);
    const found = await planned(context, host, policy, declare);
    const { inventory } = found;
    const use = options.dryRun ? "look" : "keep";
    const plan = notePending(context, found.plan, use);
    if (!output.json) {
      output.text(planText(plan, output.style, { all: options.all ?? false }));
      output.text(found.told);
    }
    const world: PolicyWorld = {
      inventory,
      now: () => new Date(),
      seals: await sealsOf(context, host),
    };
    if (!options.dryRun) {
      return await carryOut(context, host, { plan, world }, options);
    }
    const refusals = planRefusals(plan, policy, world);
    if (output.json) {
      output.result("plan", () => dryResult(plan, refusals), () => "");
      if (refusals.length > 0) return EXIT.refused;
    }
    enforcePlan(plan, policy, world);
    return EXIT.done;
  });
}

async function planned(
  context: Context,
  host: Host,
  policy: Policy,
  declare: (opened: Opened) => Declared,
): Promise<{ plan: Plan; inventory: Inventory; told: string }> {
  // The same eyes as the change will have, and no hands.
  const reading: Policy = { ...policy, effect: "read" };
  using opened = await openSessions(context, host, reading);
  const { sessions, inventory, drivers } = opened;
  const declared = asCommand(() => declare(opened));
  const { name, params } = declared;
  const make = (declarations: readonly Declaration[]): Plan =>
    asCommand(() =>
      makePlan({
        recipe: {
          name,
          // No file has it: what was declared is all there is.
          url: name.replaceAll(" ", ":"),
          digest: digestOf(declarations.map((each) => ({ ...each })))
            .replace(/^sha256:/, ""),
          params,
        },
        declarations,
        inventory,
        drivers,
        definitions: sessions.definitions,
        session: (device) => sessions.get(device),
      })
    );
  const first = make(declared.declarations);
  const more = declared.follow?.(first) ?? [];
  const plan = more.length === 0
    ? first
    : make([...declared.declarations, ...more]);
  return { plan, inventory, told: declared.told?.(plan) ?? "" };
}

/** Runs what speaks of recipes: to who gave a command line there is none. */
export function asCommand<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!isFwctlError(error)) throw error;
    if (error.code === "RecipeError") {
      throw new UsageError(
        error.message.replace(/^desired\(\)\[\d+\]: /, ""),
        {
          cause: error,
          ...(error.hint === undefined ? {} : { hint: error.hint }),
        },
      );
    }
    if (error instanceof PlanError && error.reason === "refused-value") {
      throw new PlanError(error.message, error.reason, error.findings, {
        cause: error,
        hint: "Give other values; nothing was written",
      });
    }
    throw error;
  }
}

function dryResult(
  plan: Plan,
  refusals: readonly unknown[],
): Record<string, unknown> {
  return { plan: planBody(plan), changes: plan.steps.length > 0, refusals };
}
