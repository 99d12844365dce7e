/**
 * A change that a command declares itself, without a recipe: planned, shown,
 * held against the policy, asked for and applied as a recipe's is.
 *
 * @module
 */
import type { Inventory } from "../device/inventory.ts";
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
import { type Context, withHost } from "./context.ts";
import { EXIT, type ExitCode } from "./exit.ts";
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
    const { plan, inventory } = await planned(context, host, policy, declare);
    if (!output.json) {
      output.text(planText(plan, output.style, { all: options.all ?? false }));
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
): Promise<{ plan: Plan; inventory: Inventory }> {
  // The same eyes as the change will have, and no hands.
  const reading: Policy = { ...policy, effect: "read" };
  using opened = await openSessions(context, host, reading);
  const { sessions, inventory, drivers } = opened;
  const { name, params, declarations } = declare(opened);
  const plan = makePlan({
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
  });
  return { plan, inventory };
}

function dryResult(
  plan: Plan,
  refusals: readonly unknown[],
): Record<string, unknown> {
  return { plan: planBody(plan), changes: plan.steps.length > 0, refusals };
}
