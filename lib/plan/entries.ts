/**
 * The entries of a plan: each declaration read, compared, and put in its place.
 *
 * @module
 */
import type {
  ActionType,
  Located,
  ObserveContext,
  ResourceType,
} from "../../drivers/driver.ts";
import { concatBytes } from "../bytes.ts";
import { PlanError } from "../errors.ts";
import type { PlanInput, PlanSession } from "./input.ts";
import { LISTED, type Placed } from "./place.ts";
import { patchOf } from "./step.ts";
import {
  type Plan,
  PLAN_FORMAT,
  type PlannedDevice,
  type PlannedResource,
  type PlannedStep,
} from "./types.ts";

/** One declaration, planned: its step lacks only the index of its resource. */
export interface PlannedEntry {
  /** The resource. */
  readonly resource: PlannedResource;
  /** What would be sent; undefined when there is nothing to do. */
  readonly step: PlannedStep | undefined;
  /** Refused values, each naming its unit. */
  readonly refused: readonly string[];
}

/** Plans one placed declaration after the other. */
export class EntryMaker {
  readonly #session: (device: string) => PlanSession;
  readonly #devices = new Map<string, PlannedDevice>();
  readonly #memos = new Map<string, Map<string, unknown>>();

  /** `session` gives an open device by name. */
  constructor(session: (device: string) => PlanSession) {
    this.#session = session;
  }

  /** The devices met so far, in the order they were. */
  get devices(): PlannedDevice[] {
    return [...this.#devices.values()];
  }

  /** Reads what a declaration is about, and compares. */
  entry(placed: Placed): PlannedEntry {
    const { located, declaration } = placed;
    const session = this.#session(located.device);
    if (!this.#devices.has(located.device)) {
      this.#devices.set(located.device, plannedDevice(session));
    }
    const context = contextOf(session, this.#memos);
    const { resource, step, values } = placed.type === "action"
      ? planAction(placed.of, declaration, located, context, session)
      : planWrite(placed.of, declaration, located, context, session);
    const refused = values.map((value) =>
      `${located.device} ${located.title}: ${value}`
    );
    return { resource, step, refused };
  }
}

/**
 * A plan from its entries, in the recipe's order.
 *
 * @throws {PlanError} when a value is refused
 */
export function assemblePlan(
  { recipe, inventory, definitions = [] }: Pick<
    PlanInput,
    "recipe" | "inventory" | "definitions"
  >,
  entries: readonly PlannedEntry[],
  devices: readonly PlannedDevice[],
): Plan {
  const refused = entries.flatMap((entry) => entry.refused);
  if (refused.length > 0) throw refusedValues(refused);
  return {
    format: PLAN_FORMAT,
    recipe,
    bootId: inventory.bootId,
    definitions: definitions.map(({ driver, source, data }) => ({
      driver,
      source,
      data,
    })),
    devices,
    resources: entries.map(({ resource }) => resource),
    steps: entries.flatMap(({ step }, index) =>
      step ? [{ ...step, resource: index }] : []
    ),
  };
}

/** The same before its values have their unit. */
interface Planned {
  readonly resource: PlannedResource;
  readonly step: PlannedStep | undefined;
  /** Refused values. */
  readonly values: readonly string[];
}

/** What a resource and an action have in common. */
function describedAs(
  kind: string,
  { device, unit, title, address, vf }: Located,
  session: PlanSession,
): Pick<
  PlannedResource,
  "kind" | "device" | "unit" | "title" | "address" | "vf"
> {
  const instance = vf ? session.functionInstance?.(vf.pci) : undefined;
  const planned = vf && instance !== undefined ? { ...vf, instance } : vf;
  return { kind, device, unit, title, address, vf: planned };
}

function planWrite(
  type: ResourceType,
  declaration: unknown,
  located: Located,
  context: ObserveContext,
  session: PlanSession,
): Planned {
  const { driver, know } = session;
  const observed = type.observe(declaration, located, context);
  const difference = type.diff(declaration, observed);
  const { changes, same, writeHeader, after, payload } = difference;
  const resource: PlannedResource = {
    ...describedAs(type.kind, located, session),
    identity: observed.identity,
    notes: observed.notes,
    changes,
    same,
    arguments: null,
  };
  const request = concatBytes(writeHeader, payload?.write ?? after);
  const step: PlannedStep | undefined = changes.length === 0 ? undefined : {
    type: "write",
    resource: -1,
    device: located.device,
    label: driver.classify(request, know),
    live: difference.live,
    reset: difference.reset ?? null,
    verifiable: difference.verifiable ?? true,
    read: observed.read,
    before: observed.image,
    patch: patchOf(observed.image, after),
    writeHeader,
    payload: payload ?? null,
    ...(difference.undo === undefined ? {} : { undo: difference.undo }),
    writeCapacity: difference.writeCapacity,
  };
  return { resource, step, values: difference.refused };
}

function planAction(
  type: ActionType,
  declaration: unknown,
  located: Located,
  context: ObserveContext,
  session: PlanSession,
): Planned {
  const { driver, know } = session;
  const prepared = type.prepare(declaration, located, context);
  const { request, capacity } = prepared;
  return {
    resource: {
      ...describedAs(type.kind, located, session),
      identity: prepared.identity,
      notes: prepared.notes,
      changes: [],
      same: [],
      arguments: prepared.arguments,
    },
    step: prepared.needless ? undefined : {
      type: "action",
      resource: -1,
      device: located.device,
      label: driver.classify(request, know),
      request,
      capacity,
    },
    values: prepared.refused,
  };
}

/** A device as a plan records it. */
export function plannedDevice(session: PlanSession): PlannedDevice {
  return {
    name: session.entry.name,
    driver: session.driver.name,
    address: session.entry.pci ?? session.entry.parent,
    ...(session.instance === undefined ? {} : { instance: session.instance }),
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
