/**
 * Applies on modelled machines in this process, with a fault at one request of
 * them, or a disk that is full from one operation on.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { loadDrivers } from "../../drivers/load.ts";
import { applyPlan } from "../../lib/apply/apply.ts";
import { Journal } from "../../lib/apply/journal.ts";
import { planRecovery, recover } from "../../lib/apply/recover.ts";
import { groupOf, readRun } from "../../lib/apply/runs.ts";
import type { ApplyResult } from "../../lib/apply/types.ts";
import { type Bytes, toHex } from "../../lib/bytes.ts";
import { exitOfError, exitOfResult } from "../../lib/cli/exit.ts";
import { discover } from "../../lib/device/discovery.ts";
import { Sessions } from "../../lib/device/sessions.ts";
import { isFwctlError } from "../../lib/errors.ts";
import type { Host, UserPointer } from "../../lib/host/host.ts";
import { ModelHost } from "../../lib/model/host.ts";
import { parseScenario } from "../../lib/model/scenario.ts";
import type { PlainData } from "../../lib/plain.ts";
import { makePlan } from "../../lib/plan/make.ts";
import { DEFAULT_POLICY, type Policy } from "../../lib/plan/policy.ts";
import { requestOf, undoRequest } from "../../lib/plan/step.ts";
import type { Plan } from "../../lib/plan/types.ts";
import { FWCTL_RPC } from "../../lib/uapi/fwctl.ts";
import type { SceneSpec } from "../crash/scenes.ts";
import { stableText } from "../crash/text.ts";
import { type DiskTrouble, MemoryDisk, MemoryFiles, World } from "./world.ts";

const DRIVERS = await loadDrivers();
const STATE = "/state";
const POLICY: Policy = {
  ...DEFAULT_POLICY,
  scope: "debug-write-full",
  effect: "next-reset",
  taint: true,
};

/** One ioctl(FWCTL_RPC): carried out by `send`, or not. */
export interface Call {
  /** The request. */
  readonly request: Bytes;
  /** struct fwctl_rpc. */
  readonly arg: Bytes;
  /** Room for the answer. */
  readonly answer: Bytes;
  /** Sends it. */
  send(): number;
}

/** What becomes of a request instead of being sent; gives the call's value. */
export type Strike = (call: Call) => number;

/** The same device, but a strike at the nth FWCTL_RPC, from 1. */
export class FaultyHost {
  /** FWCTL_RPC so far. */
  count = 0;
  /** Requests that went to the device, in hex. */
  readonly sent: string[] = [];
  readonly host: Host;

  constructor(model: Host, strikes: ReadonlyMap<number, Strike>) {
    this.host = {
      kind: "model",
      open: (path) => {
        const node = model.open(path);
        return {
          path,
          ioctl: (cmd, arg, pointers) => {
            const send = () => node.ioctl(cmd, arg, pointers);
            if (cmd !== FWCTL_RPC) return send();
            const call = callOf(arg, pointers, () => {
              this.sent.push(toHex(call.request));
              return send();
            });
            return (strikes.get(++this.count) ?? carryOut)(call);
          },
          close: () => node.close(),
          [Symbol.dispose]: () => node.close(),
        };
      },
      readFile: (path, limit) => model.readFile(path, limit),
      list: (path) => model.list(path),
      readLink: (path) => model.readLink(path),
      exists: (path) => model.exists(path),
      [Symbol.dispose]: () => {},
    };
  }
}

const carryOut: Strike = ({ send }) => send();

function callOf(
  arg: Bytes,
  pointers: readonly UserPointer[],
  send: () => number,
): Call {
  const at = (place: number): Bytes =>
    pointers.find(({ holder, at }) => holder === arg && at === place)?.target ??
      new Uint8Array();
  return { arg, request: at(16).slice(), answer: at(24), send };
}

/** How an apply ended, for whoever ran the command. */
export interface Ended {
  readonly exit: number;
  readonly result: ApplyResult | undefined;
  readonly error: unknown;
}

/** An apply that can be tried again and again from the same machine. */
export class FaultScene {
  readonly spec: SceneSpec;
  readonly plan: Plan;
  readonly before: string;
  readonly after: string;
  /** FWCTL_RPC of the apply when nothing fails. */
  readonly requests: number;
  readonly #start: PlainData;

  private constructor(
    spec: SceneSpec,
    plan: Plan,
    start: PlainData,
    held: { before: string; after: string; requests: number },
  ) {
    this.spec = spec;
    this.plan = plan;
    this.#start = start;
    this.before = held.before;
    this.after = held.after;
    this.requests = held.requests;
  }

  /** Plans, and applies once without a fault. */
  static async prepare(spec: SceneSpec): Promise<FaultScene> {
    using model = await boot(spec);
    if (spec.prior) {
      const first = applyOn(model, planOn(model, spec.prior));
      assertEquals(first.exit, 0, String(first.error));
    }
    const start = model.save();
    const before = held(model);
    const plan = planOn(model, spec.what);
    const faulty = new FaultyHost(model, new Map());
    const ended = applyOn(faulty.host, plan);
    assertEquals(ended.exit, 0, String(ended.error));
    return new FaultScene(spec, plan, start, {
      before,
      after: held(model),
      requests: faulty.count,
    });
  }

  /** The machine before the apply. */
  async boot(): Promise<ModelHost> {
    return await boot(this.spec, this.#start);
  }

  /** Whether a request in hex is one that a step writes. */
  isForward(hex: string): boolean {
    return this.plan.steps.some((step) => toHex(requestOf(step)) === hex);
  }

  /** Whether it takes one back. */
  isUndo(hex: string): boolean {
    return this.plan.steps.some((step) =>
      step.type === "write" && toHex(undoRequest(step)) === hex
    );
  }

  /** Whether an action was sent. */
  actionsIn(sent: readonly string[]): number {
    return this.plan.steps.filter((step) =>
      step.type === "action" && sent.includes(toHex(step.request))
    ).length;
  }

  /** Applies with a journal. */
  apply(
    host: Host,
    files: MemoryFiles = new MemoryFiles(),
    trouble: DiskTrouble = {},
  ): Ended {
    return applyOn(host, this.plan, files, trouble);
  }

  /** Takes back, or finishes, what is on record. */
  recover(
    host: Host,
    files: MemoryFiles,
    want: "resume" | "undo",
  ): ApplyResult {
    const run = runIn(files);
    assert(run !== undefined, "there is no run");
    using sessions = sessionsOn(host);
    const session = (name: string) => sessions.get(name);
    const group = groupOf(new MemoryDisk(files), STATE, run);
    const recovery = planRecovery({
      group,
      want,
      force: false,
      policy: POLICY,
      inventory: sessions.inventory,
      session,
    });
    const world = new World();
    using journal = journalOn(files, world, {}, want, run);
    return recover(recovery, session, journal.hooks(recovery.plan));
  }
}

/** What the end of the only run says; undefined when it has none. */
export function endIn(
  files: MemoryFiles,
): { outcome: string; steps: readonly string[] } | undefined {
  const run = runIn(files);
  if (run === undefined) return undefined;
  const record = readRun(new MemoryDisk(files), STATE, run);
  const event = record?.records.at(-1)?.event;
  return event?.type === "end" ? event : undefined;
}

/** The first run on record. */
export function runIn(files: MemoryFiles): string | undefined {
  const [path] = [...files.files.keys()].sort();
  return path?.slice(path.lastIndexOf("/") + 1, -".jsonl".length);
}

/** What a machine's devices hold. */
export function held(model: ModelHost): string {
  return stableText(model.save().devices ?? {});
}

async function boot(spec: SceneSpec, state?: PlainData): Promise<ModelHost> {
  return await ModelHost.create(parseScenario(spec.scenario), DRIVERS, state);
}

function sessionsOn(host: Host): Sessions {
  const inventory = discover(host, DRIVERS);
  return new Sessions({ host, inventory, drivers: DRIVERS, policy: POLICY });
}

function planOn(host: Host, what: SceneSpec["what"]): Plan {
  using sessions = sessionsOn(host);
  return makePlan({
    recipe: { name: "p", url: "file:///p.ts", digest: "", params: {} },
    declarations: what.map((one) => ({
      kind: String(one.kind),
      body: one.body as Record<string, PlainData>,
      ...(one.action ? { action: true as const } : {}),
    })),
    inventory: sessions.inventory,
    drivers: DRIVERS,
    session: (name) => sessions.get(name),
  });
}

function journalOn(
  files: MemoryFiles,
  world: World,
  trouble: DiskTrouble = {},
  kind: "apply" | "resume" | "undo" = "apply",
  of: string | null = null,
): Journal {
  return new Journal({
    disk: new MemoryDisk(files, world, trouble),
    stateDir: STATE,
    kind,
    of,
    owner: { pid: 1, uid: 0, program: "test" },
    bootId: "",
  });
}

function applyOn(
  host: Host,
  plan: Plan,
  files: MemoryFiles = new MemoryFiles(),
  trouble: DiskTrouble = {},
): Ended {
  try {
    using sessions = sessionsOn(host);
    using journal = journalOn(files, new World(), trouble);
    const result = applyPlan({
      plan,
      policy: POLICY,
      inventory: sessions.inventory,
      session: (name) => sessions.get(name),
      hooks: journal.hooks(plan),
    });
    return { exit: exitOfResult(result), result, error: result.error };
  } catch (error) {
    if (!isFwctlError(error)) throw error;
    return { exit: exitOfError(error), result: undefined, error };
  }
}
