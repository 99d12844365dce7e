/**
 * `fwctl nvconfig set` and `reset`: declared as a recipe would, and planned,
 * asked for, applied and verified like any other plan.
 *
 * @module
 */
import { UsageError } from "../../errors.ts";
import type { PlainData, PlainObject } from "../../plain.ts";
import { isPending } from "../../plan/step.ts";
import type { Plan } from "../../plan/types.ts";
import type { Declaration } from "../../recipe/types.ts";
import { levelsText } from "../../view/nvconfig.ts";
import type { Context } from "../context.ts";
import { applyDeclared, type DeclaredOptions } from "../declared.ts";
import type { ExitCode } from "../exit.ts";
import { databaseOf, type NvOptions } from "./nvconfig.ts";
import { type NvDevice, nvDevice } from "./driver.ts";

/** Options of the verbs that change something. */
export interface NvChangeOptions extends DeclaredOptions, NvOptions {
  /** Ask for a firmware reset of this level when anything waits for one. */
  readonly reset?: string | undefined;
}

/** What a verb wishes for. */
export interface NvWish {
  /** Its name on record: `fwctl nvconfig set`. */
  readonly name: string;
  /** What it was given. */
  readonly params: PlainObject;
  /** What it declares. May send reads. */
  declare(device: NvDevice): readonly Declaration[];
}

/** `NAME=VALUE…`. */
export async function set(
  context: Context,
  device: string,
  texts: readonly string[],
  options: NvChangeOptions,
): Promise<ExitCode> {
  const values = assignments(texts);
  return await change(context, device, options, {
    name: "fwctl nvconfig set",
    params: { set: values },
    declare: ({ entry, parameters }) => [{
      kind: parameters.kind,
      body: { device: entry.name, set: values, ...databaseOf(options) },
    }],
  });
}

/** Options of `reset`. */
export interface NvResetOptions extends NvChangeOptions {
  /** Erase all that is stored. */
  readonly everything?: boolean | undefined;
}

/** `NAME…`, or everything. */
export async function reset(
  context: Context,
  device: string,
  names: readonly string[],
  options: NvResetOptions,
): Promise<ExitCode> {
  const { everything = false } = options;
  if (everything === names.length > 0) {
    throw new UsageError("Give either names or --everything", {
      hint: "A name resets its item; --everything erases all that is stored",
    });
  }
  return await change(context, device, options, {
    name: "fwctl nvconfig reset",
    params: everything ? { all: true } : { parameters: [...names] },
    declare: (nv) =>
      everything
        ? [action(nv.reset.kind, { device: nv.entry.name, all: true })]
        : byItem(nv, names, databaseOf(options)),
  });
}

/** Plan, policy, question, writes, and verification; or the plan alone. */
export async function change(
  context: Context,
  device: string,
  options: NvChangeOptions,
  wish: NvWish,
): Promise<ExitCode> {
  const { reset } = options;
  return await applyDeclared(context, (opened) => {
    const nv = nvDevice(opened, device);
    const level = reset === undefined ? [] : [firmwareReset(nv, reset)];
    return {
      name: wish.name,
      params: {
        device: nv.entry.name,
        ...wish.params,
        ...(reset === undefined ? {} : { reset }),
      },
      declarations: wish.declare(nv),
      // What nobody waits for is not asked for: a second time does nothing.
      follow: (plan) => waits(plan) ? level : [],
      told: (plan) => context.output.json ? "" : toldText(nv, plan, reset),
    };
  }, withEffect(context, options));
}

/** Who runs a verb has asked for what the next reset loads, and for nothing stronger. */
function withEffect(
  { globals }: Context,
  options: NvChangeOptions,
): NvChangeOptions {
  // A policy file says by itself how far one may go.
  return options.maxEffect !== undefined || globals.policy !== undefined
    ? options
    : { ...options, maxEffect: "next-reset" };
}

/** Whether anything waits for a reset, or will. */
function waits({ resources, steps }: Plan): boolean {
  return steps.length > 0 ||
    resources.some(({ same }) => same.some(isPending));
}

/** Checked at once: also a reset that will not be asked for must be one. */
function firmwareReset(
  { entry, session, firmwareReset }: NvDevice,
  level: string,
): Declaration {
  if (!firmwareReset) {
    throw new UsageError(`${session.driver.name} devices take no reset here`, {
      device: entry.name,
      hint: "Leave out --reset",
    });
  }
  const body = { device: entry.name, level };
  firmwareReset.parse(body);
  return action(firmwareReset.kind, body);
}

/** When what is written comes into force, and whether anything makes it so. */
function toldText(
  { session, resets, firmwareReset }: NvDevice,
  plan: Plan,
  reset: string | undefined,
): string {
  if (!waits(plan)) {
    return reset === undefined
      ? ""
      : "Nothing waits for a reset, so none is asked for.\n";
  }
  const asked = plan.resources.some(({ kind }) => kind === firmwareReset?.kind);
  if (asked) return "";
  const levels = levelsText(resets?.run(session, {}) ?? null);
  return `It waits for the next reset${levels}. None is asked for; --reset LEVEL does.\n`;
}

/** One action for each item, with all the names that are of it. */
function byItem(
  { entry, inventory, reset }: NvDevice,
  names: readonly string[],
  more: PlainObject,
): Declaration[] {
  const items = new Map<string, string[]>();
  for (const name of names) {
    const body = { device: entry.name, parameters: [name], ...more };
    const { unit } = reset.locate(reset.parse(body), inventory);
    items.set(unit, [...items.get(unit) ?? [], name]);
  }
  return [...items.values()].map((parameters) =>
    action(reset.kind, { device: entry.name, parameters, ...more })
  );
}

function action(kind: string, body: PlainObject): Declaration {
  return { kind, body, action: true };
}

/** @throws {UsageError} for what is no NAME=VALUE, and for a name given twice */
function assignments(texts: readonly string[]): PlainObject {
  const values: Record<string, PlainData> = {};
  for (const text of texts) {
    const at = text.indexOf("=");
    const name = text.slice(0, Math.max(at, 0)).trim();
    if (name === "") {
      throw new UsageError(`"${text.slice(0, 80)}" is not NAME=VALUE`, {
        hint: "For instance NUM_OF_VFS=16",
      });
    }
    if (Object.hasOwn(values, name)) {
      throw new UsageError(`${name.slice(0, 64)} is given twice`, {
        hint: "Give it once",
      });
    }
    values[name] = text.slice(at + 1).trim();
  }
  return values;
}
