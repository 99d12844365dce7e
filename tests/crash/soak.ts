/**
 * Applies side by side: processes that change one served device for a while,
 * each its own field, some of them fields of one shared unit. Nothing may be
 * lost, and the journals must tell one story.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { RealDisk } from "../../lib/apply/disk.ts";
import { listRuns, planOf, readRun } from "../../lib/apply/runs.ts";
import { toHex } from "../../lib/bytes.ts";
import { afterImage } from "../../lib/plan/step.ts";
import { Served } from "../model/served/served.ts";
import { command } from "./process.ts";

/** What came of it. */
export interface Soaked {
  /** Applies that ended well. */
  readonly applied: number;
  /** Applies whose plan was stale when they got the lock; nothing was written. */
  readonly stale: number;
  /** Of the applied ones, how many found another process's image before theirs. */
  readonly handedOver: number;
}

/** Milliseconds between two applies of one process. */
const TURN = 400;

/** What one process changes: a field that is its own, of a function that may be shared. */
interface Own {
  readonly vf: string;
  readonly field: string;
}

/** Every field of one function, then functions of their own. */
const FIELDS = ["log_max_qp", "log_max_cq", "log_max_mkey", "log_max_srq"];

function ownOf(index: number, processes: number): Own {
  const shared = Math.ceil(processes / 2);
  return index < shared
    ? { vf: "0000:3b:00.2", field: FIELDS[index] ?? "roce" }
    : { vf: `0000:3b:00.${3 + index - shared}`, field: "log_max_qp" };
}

/** Lets `processes` at once apply for `seconds`, and checks what they did. */
export async function soak(
  processes: number,
  seconds: number,
): Promise<Soaked> {
  assert(processes <= 2 * FIELDS.length && processes > 1);
  await using served = await Served.start("connectx");
  const state = Deno.makeTempDirSync({ prefix: "fwctl-soak-" });
  try {
    const on = ["--model", served.model, "--state-dir", state];
    const deadline = performance.now() + 1000 * seconds;
    const done = await Promise.all(
      Array.from(
        { length: processes },
        (_, index) => toggle(ownOf(index, processes), on, deadline),
      ),
    );
    const applied = sum(done.map(({ applied }) => applied));
    return {
      applied,
      stale: sum(done.map(({ stale }) => stale)),
      handedOver: oneStory(state, applied),
    };
  } finally {
    Deno.removeSync(state, { recursive: true });
  }
}

/** One process after the other on one field, until time is up. */
async function toggle(
  { vf, field }: Own,
  on: readonly string[],
  deadline: number,
): Promise<{ applied: number; stale: number }> {
  let held: number | undefined;
  let applied = 0;
  let stale = 0;
  const run = async (wanted: number, verb: "apply" | "plan") => {
    const { code, out, err } = await command([
      verb,
      "recipes/vf_caps.ts",
      "-p",
      `vf=${vf}`,
      "-p",
      `set=${field}=${wanted}`,
      "--json",
      ...(verb === "apply" ? ["--yes", "--lock-timeout", "60"] : []),
      ...on,
    ]);
    return { code, err, json: JSON.parse(out) };
  };
  while (performance.now() < deadline) {
    const wanted = held === 6 ? 5 : 6;
    const { code, json, err } = await run(wanted, "apply");
    if (code === 3) {
      stale++;
      continue;
    }
    assertEquals(code, 0, err + JSON.stringify(json));
    // Nobody else writes this field: it is as this one left it.
    const [change] = json.plan.resources[0].changes;
    if (held !== undefined) assertEquals(change.before, held);
    assertEquals(change.after, wanted);
    held = wanted;
    applied++;
    // Who has just applied lets the other one have a turn: two must meet.
    await new Promise((done) => setTimeout(done, TURN));
  }
  if (held !== undefined) {
    const { code, json } = await run(held, "plan");
    assertEquals(code, 0);
    assertEquals(json.plan.steps, [], `${vf} ${field} was lost`);
  }
  return { applied, stale };
}

/** Every journal is whole, and begins where the one before it on the same unit ended. */
function oneStory(state: string, applied: number): number {
  const disk = new RealDisk();
  const last = new Map<string, { readonly image: string; field: string }>();
  const runs = listRuns(disk, state);
  let handedOver = 0;
  for (const run of runs) {
    const record = readRun(disk, state, run);
    assertEquals(record?.outcome, "applied", run);
    assert(record && !record.cut);
    const plan = planOf(record);
    for (const step of plan.steps) {
      assert(step.type === "write");
      const resource = plan.resources[step.resource];
      const unit = `${step.device} ${resource?.unit}`;
      const field = resource?.changes[0]?.field ?? "";
      const before = last.get(unit);
      if (before) assertEquals(toHex(step.before), before.image, run);
      if (before && before.field !== field) handedOver++;
      last.set(unit, { image: toHex(afterImage(step)), field });
    }
  }
  assertEquals(runs.length, applied);
  return handedOver;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}
