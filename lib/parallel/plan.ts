/**
 * Planning in lanes: each device's part is made where the device is open, and
 * the parts are put together in the recipe's order. The plan is the one that
 * one thread makes.
 *
 * @module
 */
import { findDevice } from "../device/find.ts";
import type { Inventory } from "../device/inventory.ts";
import type { PlainData } from "../plain.ts";
import type { PlanLanes } from "../plan/from_recipe.ts";
import { assemblePlan, type PlannedEntry } from "../plan/entries.ts";
import type { PlanInput } from "../plan/make.ts";
import { place } from "../plan/place.ts";
import type { Plan, PlannedDevice } from "../plan/types.ts";
import type { ReadWish } from "../recipe/types.ts";
import type { Lanes } from "./lanes.ts";
import { receiveError } from "./sent_error.ts";

/** Told how many devices of how many are done. */
export type LaneProgress = (done: number, total: number) => void;

/** Reads and plans in lanes, which must have been set up. */
export function planLanes(
  lanes: Lanes,
  inventory: Inventory,
  progress: LaneProgress = () => {},
): PlanLanes {
  return {
    observe: (wishes) => observeInLanes(lanes, inventory, wishes),
    plan: (input) => planInLanes(lanes, input, progress),
  };
}

async function observeInLanes(
  lanes: Lanes,
  inventory: Inventory,
  wishes: readonly ReadWish[],
): Promise<PlainData[]> {
  const byDevice = new Map<string, number[]>();
  const failed = new Map<number, unknown>();
  wishes.forEach((wish, index) => {
    try {
      add(byDevice, findDevice(inventory, wish.device).name, index);
    } catch (error) {
      failed.set(index, error);
    }
  });
  const values: PlainData[] = [];
  const parts = [...byDevice];
  const results = await lanes.each(
    parts.map(([device]) => device),
    async (lane, _device, part) => {
      const indices = parts[part]?.[1] ?? [];
      const asked = indices.flatMap((index) => wishes[index] ?? []);
      const answers = await lanes.ask(lane, "observe", { wishes: asked });
      answers.forEach((answer, at) => {
        const index = indices[at] ?? -1;
        if ("value" in answer) values[index] = answer.value;
        else failed.set(index, receiveError(answer.error));
      });
    },
  );
  results.forEach((result, part) => {
    if (result.status === "fulfilled") return;
    failed.set(parts[part]?.[1][0] ?? 0, result.reason);
  });
  throwFirst(failed);
  return values;
}

async function planInLanes(
  lanes: Lanes,
  input: Omit<PlanInput, "session">,
  progress: LaneProgress,
): Promise<Plan> {
  // All that can be wrong without a device is found before one is opened.
  const placed = place(input);
  const byDevice = new Map<string, number[]>();
  placed.forEach(({ located }, at) => add(byDevice, located.device, at));
  const parts = [...byDevice];
  const entries: PlannedEntry[] = [];
  const devices: PlannedDevice[] = [];
  const failed = new Map<number, unknown>();
  let done = 0;
  const results = await lanes.each(
    parts.map(([device]) => device),
    async (lane, device, part) => {
      const positions = parts[part]?.[1] ?? [];
      const wanted = new Set(positions.map((at) => placed[at]?.index));
      const found = await lanes.ask(lane, "plan", {
        device,
        declarations: [...wanted].flatMap((index) =>
          input.declarations[index ?? -1] ?? []
        ),
      });
      if (found.device) devices[part] = found.device;
      found.entries.forEach((entry, k) => {
        entries[positions[k] ?? -1] = entry;
      });
      if (found.failure) {
        failed.set(
          positions[found.entries.length] ?? 0,
          receiveError(found.failure),
        );
      }
      progress(++done, parts.length);
    },
  );
  results.forEach((result, part) => {
    if (result.status === "fulfilled") return;
    failed.set(parts[part]?.[1][0] ?? 0, result.reason);
  });
  // What one thread would have met first.
  throwFirst(failed);
  return assemblePlan(input, entries, devices);
}

function throwFirst(failed: ReadonlyMap<number, unknown>): void {
  if (failed.size > 0) throw failed.get(Math.min(...failed.keys()));
}

function add(to: Map<string, number[]>, key: string, value: number): void {
  const list = to.get(key);
  if (list) list.push(value);
  else to.set(key, [value]);
}
