/**
 * Applying in lanes. The steps of a device keep their order and run in the lane
 * that has it; devices run side by side. The run itself (what is checked, the
 * journal, what fails and what is taken back) stays in the main thread, so a
 * record is on the disk before the request of it is handed to a lane.
 *
 * When a step fails, the requests in flight end, no lane begins another write,
 * and then every device is taken back: the steps of one device last first,
 * devices side by side again. Nothing is ordered across devices, in either
 * direction.
 *
 * @module
 */
import { bootFindings, refuseAbsent, refuseFormat } from "../apply/apply.ts";
import { refuseClaims } from "../apply/claims.ts";
import { refuseStale, takenFunctions } from "../apply/guard.ts";
import { Run } from "../apply/run.ts";
import { sealedBy } from "../apply/sealing.ts";
import type { ApplyHooks, ApplyResult, RunControl } from "../apply/types.ts";
import { finishAsync, type Reply, type Sending } from "../apply/work.ts";
import type { Inventory } from "../device/inventory.ts";
import { enforcePlan, type Guard } from "../plan/policy.ts";
import type { Plan } from "../plan/types.ts";
import type { Lanes } from "./lanes.ts";
import type { LaneProgress } from "./plan.ts";
import type { DeviceLook, SentReply } from "./protocol.ts";
import { receiveError } from "./sent_error.ts";

/** What an apply in lanes needs. */
export interface LaneApplyInput {
  /** The plan. */
  readonly plan: Plan;
  /** The policy of the run, held against the whole plan; each lane has its own at its transport. */
  readonly guard: Guard;
  /** The machine as it is now. */
  readonly inventory: Inventory;
  /** Set up for it. */
  readonly lanes: Lanes;
  /** A journal. */
  readonly hooks?: ApplyHooks;
  /** Whether to end early. */
  readonly control?: RunControl;
  /** Told of devices that are looked at, applied, or taken back. */
  progress?(what: "checking" | "applying" | "undoing"): LaneProgress;
}

/** Applies a plan side by side. Ends and rejects as `applyPlan` does. */
export async function applyInLanes(
  input: LaneApplyInput,
): Promise<ApplyResult> {
  const { plan, guard, inventory, hooks, control } = input;
  refuseFormat(plan);
  enforcePlan(plan, guard.policy, { inventory, now: () => new Date() });
  refuseAbsent(plan, inventory);
  guard.admit(plan);
  if (plan.steps.length === 0) {
    return ended(hooks, { outcome: "nothing", steps: [] });
  }
  await refuseMoved(input);
  hooks?.begin?.(plan);
  const run = new Run({
    plan,
    ...(hooks ? { hooks } : {}),
    ...(control ? { control } : {}),
  });
  await eachDevice(input, "applying", async (indices, send) => {
    for (const index of indices) await finishAsync(run.step(index), send);
  });
  if (run.mustTakeBack) {
    await eachDevice(input, "undoing", async (indices, send) => {
      for (const index of indices.toReversed()) {
        await finishAsync(run.undo(index), send);
      }
    });
  }
  return ended(hooks, sealedBy(run.result(), plan, [guard]));
}

function ended(
  hooks: ApplyHooks | undefined,
  result: ApplyResult,
): ApplyResult {
  hooks?.end?.(result);
  return result;
}

/** Something with the steps of every device, each in the lane that has it. */
async function eachDevice(
  { plan, lanes, progress }: LaneApplyInput,
  what: "applying" | "undoing",
  work: (
    indices: readonly number[],
    send: (sending: Sending) => Promise<Reply>,
  ) => Promise<void>,
): Promise<void> {
  const steps = stepsOf(plan);
  const tell = progress?.(what);
  let done = 0;
  const results = await lanes.each([...steps.keys()], async (lane, device) => {
    await work(
      steps.get(device) ?? [],
      async (sending) => reply(await lanes.ask(lane, "send", sending)),
    );
    tell?.(++done, steps.size);
  });
  // A run throws nothing, whatever happens to its requests.
  for (const result of results) {
    if (result.status === "rejected") throw result.reason;
  }
}

function reply({ answer, shown, unshown }: SentReply): Reply {
  return {
    answer,
    shown: () => {
      if (unshown) throw receiveError(unshown);
      return shown;
    },
  };
}

/** Reads everything the plan rests on once more, before the first write. */
async function refuseMoved(
  { plan, inventory, lanes, control, progress }: LaneApplyInput,
): Promise<void> {
  const tell = progress?.("checking");
  const { devices } = plan;
  const parts = partsOf(plan);
  let done = 0;
  const results = await lanes.each(
    devices.map(({ name }) => name),
    async (lane, device) => {
      const told = control?.stop();
      if (told) throw told;
      const part = parts.get(device) ?? plan;
      const look = await lanes.ask(lane, "look", { plan: part });
      tell?.(++done, devices.length);
      return look;
    },
  );
  const looks = new Map<string, DeviceLook>();
  results.forEach((result, index) => {
    if (result.status === "rejected") throw result.reason;
    looks.set(devices[index]?.name ?? "", result.value);
  });
  refuseStale([
    ...bootFindings(plan, inventory),
    ...devices.flatMap(({ name }) => looks.get(name)?.strangers ?? []),
    ...takenFunctions(plan, inventory),
  ]);
  const inOrder = (of: "claims" | "moved"): string[] => {
    const at = new Map<string, number>();
    return plan.steps.flatMap(({ device }) => {
      const k = at.get(device) ?? 0;
      at.set(device, k + 1);
      return looks.get(device)?.[of][k] ?? [];
    });
  };
  refuseClaims(inOrder("claims"));
  refuseStale(inOrder("moved"));
}

function stepsOf({ steps }: Plan): Map<string, number[]> {
  const found = new Map<string, number[]>();
  steps.forEach(({ device }, index) => {
    const list = found.get(device);
    if (list) list.push(index);
    else found.set(device, [index]);
  });
  return found;
}

/** The plan of each of its devices, as if there were no other. */
function partsOf(plan: Plan): Map<string, Plan> {
  const steps = stepsOf(plan);
  return new Map(plan.devices.map((device): [string, Plan] => {
    const own = (steps.get(device.name) ?? [])
      .flatMap((index) => plan.steps[index] ?? []);
    return [device.name, {
      ...plan,
      // What all have in common and no device needs is not sent to each.
      recipe: { ...plan.recipe, params: {} },
      definitions: [],
      devices: [device],
      resources: own.flatMap(({ resource }) => plan.resources[resource] ?? []),
      steps: own.map((step, resource) => ({ ...step, resource })),
    }];
  }));
}
