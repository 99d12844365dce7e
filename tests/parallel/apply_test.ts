/** Applying in lanes: the journal first, one failure ends all, and all is taken back. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { ApplyResult } from "../../lib/apply/types.ts";
import { discover } from "../../lib/device/discovery.ts";
import { Sessions } from "../../lib/device/sessions.ts";
import { PlanError, UsageError } from "../../lib/errors.ts";
import { ModelHost } from "../../lib/model/host.ts";
import { parseScenario } from "../../lib/model/scenario.ts";
import { cards, cardVfs } from "../../lib/model/scenarios/fleet.ts";
import { applyInLanes, type LaneApplyInput } from "../../lib/parallel/apply.ts";
import type { Ask } from "../../lib/parallel/protocol.ts";
import { makePlan } from "../../lib/plan/make.ts";
import { DEFAULT_POLICY } from "../../lib/plan/policy.ts";
import type { Plan } from "../../lib/plan/types.ts";
import { DRIVERS, localLanes, type Meddling } from "./local.ts";

/** A machine of cards and a plan that changes a function of each. */
class Fleet implements Disposable {
  readonly host: ModelHost;
  readonly plan: Plan;
  readonly sessions: Sessions;

  private constructor(host: ModelHost, sessions: Sessions, plan: Plan) {
    this.host = host;
    this.sessions = sessions;
    this.plan = plan;
  }

  static async create(count: number): Promise<Fleet> {
    const host = await ModelHost.create(parseScenario(cards(count)), DRIVERS);
    const inventory = discover(host, DRIVERS);
    const sessions = new Sessions({
      host,
      inventory,
      drivers: DRIVERS,
      policy: DEFAULT_POLICY,
    });
    const plan = makePlan({
      recipe: { name: "any", url: "file:///any.ts", digest: "0", params: {} },
      declarations: cardVfs(count).map((vf) => ({
        kind: "mlx5.hca_cap",
        body: { vf, cap_type: "GENERAL", set: { roce: 0 } },
      })),
      inventory,
      drivers: DRIVERS,
      session: (name) => sessions.get(name),
    });
    return new Fleet(host, sessions, plan);
  }

  /** Applies in lanes. */
  async apply(
    count: number,
    options: Pick<LaneApplyInput, "hooks" | "control"> = {},
    meddle?: Meddling,
  ): Promise<ApplyResult> {
    const { inventory, guard } = this.sessions;
    using lanes = localLanes(count, this.host, meddle);
    lanes.setup({ inventory, policy: DEFAULT_POLICY, definitions: [] }, 99);
    return await applyInLanes({
      plan: this.plan,
      guard,
      inventory,
      lanes,
      ...options,
    });
  }

  /** How many functions hold the new values. */
  get changed(): number {
    return this.plan.steps.filter((step) => {
      if (step.type !== "write") return false;
      const { request, capacity, offset, length } = step.read;
      const now = this.sessions.get(step.device).channel
        .send(request, capacity).slice(offset, offset + length);
      return now.some((byte, at) => byte !== step.before[at]);
    }).length;
  }

  [Symbol.dispose](): void {
    this.sessions[Symbol.dispose]();
    this.host[Symbol.dispose]();
  }
}

/** Lets other lanes run. */
async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await Promise.resolve();
}

function isWrite(ask: Ask, { steps }: Plan): boolean {
  return ask.op === "send" && !steps.some((step) =>
    step.type === "write" &&
    step.read.request.length === ask.ask.request.length
  );
}

Deno.test("all is applied, and each request has its record before it", async () => {
  using fleet = await Fleet.create(5);
  const log: string[] = [];
  const result = await fleet.apply(3, {
    hooks: {
      beforeWrite: (step) => void log.push(`record ${step.device}`),
      end: ({ outcome }) => void log.push(outcome),
    },
  }, (_lane, ask) => {
    if (isWrite(ask, fleet.plan) && ask.op === "send") {
      log.push(`send ${ask.ask.device}`);
    }
  });
  assertEquals(result.outcome, "applied");
  assertEquals(fleet.changed, 5);
  assertEquals(log.filter((line) => line.startsWith("send")).length, 5);
  for (const { name } of fleet.plan.devices) {
    assert(log.indexOf(`record ${name}`) >= 0);
    assert(log.indexOf(`record ${name}`) < log.indexOf(`send ${name}`));
  }
  assertEquals(log.at(-1), "applied");
});

Deno.test("wherever a lane fails, whatever is in flight elsewhere, no write follows and nothing is left on any device", async () => {
  const stopped = new Set<number>();
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 8 }),
      fc.integer({ min: 0, max: 7 }),
      fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 1, maxLength: 9 }),
      async (lanes, victim, delays) => {
        using fleet = await Fleet.create(8);
        let failed = false;
        let turn = 0;
        const late: string[] = [];
        const result = await fleet.apply(lanes, {
          hooks: {
            beforeWrite(step, index, undo) {
              if (failed && !undo) late.push(step.device);
              if (index !== victim || undo) return;
              failed = true;
              throw new UsageError("the disk is full");
            },
          },
        }, () => turns(delays[turn++ % delays.length] ?? 0));
        assertEquals(late, []);
        assertEquals(fleet.changed, 0);
        assertEquals(result.error?.message, "the disk is full");
        assertEquals(result.steps[victim]?.status, "failed");
        const undone = result.steps.filter(({ status }) => status === "undone");
        assertEquals(result.outcome, undone.length > 0 ? "undone" : "failed");
        stopped.add(undone.length);
      },
    ),
    { numRuns: 60 },
  );
  assert(stopped.size > 2, `only ${[...stopped]} steps were ever taken back`);
});

for (const leave of [false, true]) {
  Deno.test(`told to end, lanes begin nothing more, and what was applied is ${leave ? "left" : "taken back"}`, async () => {
    using fleet = await Fleet.create(6);
    let writes = 0;
    const result = await fleet.apply(2, {
      control: {
        leave,
        stop: () =>
          writes >= 3 ? new PlanError("told", "interrupted") : undefined,
      },
      hooks: {
        beforeWrite: (_step, _index, undo) => void (writes += undo ? 0 : 1),
      },
    });
    const status = result.steps.map((step) => step.status);
    assertEquals(result.error?.code, "PlanError");
    assertEquals(result.outcome, leave ? "stopped" : "undone");
    const is = (wanted: string): number =>
      status.filter((each) => each === wanted).length;
    assertEquals(is(leave ? "applied" : "undone"), writes);
    assertEquals(is("not-reached"), 6 - writes);
    assertEquals(fleet.changed, leave ? writes : 0);
  });
}

Deno.test("a lane that ends in the middle of a write leaves nothing unsaid", async () => {
  using fleet = await Fleet.create(4);
  const result = await fleet.apply(2, {}, (lane, ask) => {
    if (lane === 1 && isWrite(ask, fleet.plan)) throw new Error("gone");
  });
  assertEquals(
    result.outcome === "undone" || result.outcome === "failed",
    true,
  );
  assertEquals(fleet.changed, 0);
});

Deno.test("a plan that no longer fits is refused before the first write, in the order of its steps", async () => {
  using fleet = await Fleet.create(4);
  await fleet.apply(2);
  let writes = 0;
  const error = await fleet.apply(3, {}, (_lane, ask) => {
    if (isWrite(ask, fleet.plan)) writes++;
  }).then(() => undefined, (thrown) => thrown);
  assert(error instanceof PlanError);
  assertEquals(error.reason, "stale");
  assertEquals(
    error.findings.map((line) => line.split(" ")[0]),
    fleet.plan.steps.map(({ device }) => device),
  );
  assertEquals(writes, 0);
});
