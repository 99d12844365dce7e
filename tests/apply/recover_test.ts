/** A run is killed at every operation, and what it left is found and mended from the files alone. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { applyPlan } from "../../lib/apply/apply.ts";
import { Journal } from "../../lib/apply/journal.ts";
import { planRecovery, recover } from "../../lib/apply/recover.ts";
import { groupOf, listRuns, unfinishedOn } from "../../lib/apply/runs.ts";
import type { ApplyResult } from "../../lib/apply/types.ts";
import type { Inventory } from "../../lib/device/inventory.ts";
import type { RpcRequest } from "../../lib/device/device.ts";
import { PlanError } from "../../lib/errors.ts";
import { makePlan, type PlanSession } from "../../lib/plan/make.ts";
import { DEFAULT_POLICY } from "../../lib/plan/policy.ts";
import type { Plan } from "../../lib/plan/types.ts";
import {
  type Failure,
  TOY_INVENTORY,
  ToyDevice,
  toyInput,
  toySession,
  toyUnits,
} from "../toy_driver.ts";
import { type Death, MemoryDisk, MemoryFiles, World } from "./world.ts";

const STATE = "/state";
const OWNER = { pid: 1, uid: 0, program: "test" };
const PAIRS: [number, number][] = [[1, 5], [2, 6], [3, 7]];

/** A toy behind a world: nothing reaches it once the world has stopped. */
class MortalDevice extends ToyDevice {
  readonly body: ToyDevice;
  readonly world: World;

  constructor(body: ToyDevice, world: World) {
    super();
    this.body = body;
    this.world = world;
  }

  override rpc(request: RpcRequest): ReturnType<ToyDevice["rpc"]> {
    return this.world.op("rpc", () => this.body.rpc(request), () => {});
  }
}

interface Bench {
  readonly device: ToyDevice;
  readonly files: MemoryFiles;
  readonly plan: Plan;
}

function bench(pairs = PAIRS): Bench {
  const device = new ToyDevice();
  const plan = makePlan(toyInput(device, toyUnits(...pairs)));
  return { device, files: new MemoryFiles(), plan };
}

function journal(
  { files }: Bench,
  world: World,
  kind: "apply" | "resume" | "undo" = "apply",
  of: string | null = null,
  after?: string,
): Journal {
  return new Journal({
    disk: new MemoryDisk(files, world),
    stateDir: STATE,
    kind,
    of,
    owner: OWNER,
    bootId: TOY_INVENTORY.bootId,
    ...(after === undefined ? {} : { after }),
  });
}

function session(
  { device }: Bench,
  world: World,
): (name: string) => PlanSession {
  return toySession(new MortalDevice(device, world));
}

/** An apply in a world that may stop. */
function applyIn(world: World, on: Bench): ApplyResult | undefined {
  try {
    using record = journal(on, world);
    return applyPlan({
      plan: on.plan,
      policy: DEFAULT_POLICY,
      inventory: TOY_INVENTORY,
      session: session(on, world),
      hooks: record.hooks(on.plan),
    });
  } catch (error) {
    if (!world.dead) throw error;
    return undefined;
  }
}

/** What is found unfinished, finished or taken back; undefined when the world stopped again. */
function recoverIn(
  world: World,
  on: Bench,
  want: "resume" | "undo",
  options: { force?: boolean; inventory?: Inventory; run?: string } = {},
): ApplyResult | undefined {
  const disk = new MemoryDisk(on.files);
  const [run = options.run] = unfinishedOn(disk, STATE, new Set(["toy"]));
  if (run === undefined) return undefined;
  try {
    const get = session(on, world);
    const group = groupOf(disk, STATE, run);
    const recovery = planRecovery({
      group,
      want,
      force: options.force ?? false,
      policy: DEFAULT_POLICY,
      inventory: options.inventory ?? TOY_INVENTORY,
      session: get,
    });
    using record = journal(on, world, want, run, group.all.at(-1)?.run);
    return recover(recovery, get, record.hooks(recovery.plan));
  } catch (error) {
    if (!world.dead) throw error;
    return undefined;
  }
}

function values({ device }: Bench): (number | undefined)[] {
  return [1, 2, 3].map((unit) => device.unit(unit)[3]);
}

const BEFORE = [1, 2, 3];
const AFTER = [5, 6, 7];
const refuse: Failure = () => new Uint8Array([9]);

Deno.test("killed at any operation, an apply is found and finished or taken back from its files alone", () => {
  let points = 0;
  for (const fails of [0, 1, 2, 3]) {
    for (const death of ["before", "after", "torn"] as const) {
      for (const want of ["resume", "undo"] as const) {
        for (const power of [false, true]) {
          points += everyPoint(fails, death, want, power);
        }
      }
    }
  }
  // deno-lint-ignore no-console -- the figure is the claim
  console.log(`    ${points} kill points, each recovered`);
  assert(points > 500);
});

/** Kills at the first operation, the second and so on, until an apply lives to its end. */
function everyPoint(
  fails: number,
  death: Death,
  want: "resume" | "undo",
  power: boolean,
): number {
  for (let point = 1;; point++) {
    const on = bench();
    // The failing write is tried once; undo and recovery find the device well.
    if (fails > 0) on.device.failures.set(fails, refuse);
    const world = new World(point, death);
    const result = applyIn(world, on);
    if (!world.dead) {
      assertEquals(
        result?.outcome,
        fails === 0 ? "applied" : fails === 1 ? "failed" : "undone",
      );
      return point - 1;
    }
    if (power) on.files.losePower();
    const said = `killed ${death} operation ${point} (${
      world.names.at(-1)
    }), ${want}, write ${fails} fails, ${power ? "power lost" : "power kept"}`;
    on.device.failures.clear();
    const disk = new MemoryDisk(on.files);
    const left = unfinishedOn(disk, STATE, new Set(["toy"]));
    if (left.length === 0) {
      const now = values(on).join();
      assert(now === BEFORE.join() || now === AFTER.join(), `${said}: ${now}`);
      continue;
    }
    const mended = recoverIn(new World(), on, want);
    assertEquals(values(on), want === "resume" ? AFTER : BEFORE, said);
    const group = groupOf(disk, STATE, left[0] ?? "");
    assertEquals(group.unfinished, false, said);
    assertEquals(group.all.at(-1)?.outcome, mended?.outcome, said);
    assert(
      want === "resume"
        ? mended?.outcome === "applied"
        : mended?.outcome === "undone" || mended?.outcome === "nothing",
      `${said}: ${mended?.outcome}`,
    );
  }
}

Deno.test("a recovery that is killed too is recovered by the next", () => {
  let points = 0;
  for (const first of ["resume", "undo"] as const) {
    for (const second of ["resume", "undo"] as const) {
      for (let kill = 8; kill < 40; kill += 3) {
        for (let again = 1; again < 60; again++) {
          const on = bench();
          const world = new World(kill, "after");
          applyIn(world, on);
          if (!world.dead) break;
          const next = new World(again, "after");
          recoverIn(next, on, first);
          if (!next.dead) break;
          points++;
          const disk = new MemoryDisk(on.files);
          const left = unfinishedOn(disk, STATE, new Set(["toy"]));
          recoverIn(new World(), on, second);
          const now = values(on).join();
          const wanted = left.length === 0
            ? [BEFORE.join(), AFTER.join()]
            : [(second === "resume" ? AFTER : BEFORE).join()];
          assert(wanted.includes(now), `${kill}, ${again}: ${now}`);
          assertEquals(unfinishedOn(disk, STATE, new Set(["toy"])), []);
        }
      }
    }
  }
  assert(points > 300, `${points}`);
});

/** A run killed when its second write had arrived. */
function killed(pairs = PAIRS): Bench & { readonly run: string } {
  const probe = bench(pairs);
  const whole = new World();
  applyIn(whole, probe);
  const at = whole.names.flatMap((name, index) =>
    name === "rpc" ? [index + 1] : []
  );
  // Reads before the run: one a step; then read, write, read for each.
  const point = at[pairs.length + 4];
  assert(point);
  const on = bench(pairs);
  applyIn(new World(point, "after"), on);
  const [run] = listRuns(new MemoryDisk(on.files), STATE);
  assert(run);
  return { ...on, run };
}

Deno.test("a run that was killed blocks nothing but its own device", () => {
  const on = killed();
  const disk = new MemoryDisk(on.files);
  assertEquals(values(on), [5, 6, 3]);
  assertEquals(unfinishedOn(disk, STATE, new Set(["toy"])), [on.run]);
  assertEquals(unfinishedOn(disk, STATE, new Set(["other"])), []);
});

Deno.test("values that are neither before nor after are refused field by field, and forced over when told so", () => {
  for (const want of ["resume", "undo"] as const) {
    const on = killed();
    on.device.unit(2)[3] = 77;
    const error = assertThrows(
      () => recoverIn(new World(), on, want),
      PlanError,
    );
    assertEquals(error.reason, "stale");
    assertEquals(error.findings, [
      "toy0 Unit 2: value was 2, was to be 6, is 77",
    ]);
    assertEquals(values(on), [5, 77, 3]);
    recoverIn(new World(), on, want, { force: true });
    assertEquals(values(on), want === "resume" ? AFTER : BEFORE);
  }
});

Deno.test("a unit the run never reached is left alone by an undo, whatever it holds", () => {
  const on = killed();
  on.device.unit(3)[3] = 77;
  assertEquals(recoverIn(new World(), on, "undo")?.outcome, "undone");
  assertEquals(values(on), [1, 2, 77]);
});

Deno.test("after a reboot runtime values are gone: undo says so and writes nothing, resume is refused", () => {
  const on = killed();
  const inventory = { ...TOY_INVENTORY, bootId: "boot-2" };
  const error = assertThrows(
    () => recoverIn(new World(), on, "resume", { inventory }),
    PlanError,
  );
  assertEquals(error.reason, "stale");
  const writes = on.device.writes.length;
  assertEquals(
    recoverIn(new World(), on, "undo", { inventory })?.outcome,
    "nothing",
  );
  assertEquals(on.device.writes.length, writes);
  assertEquals(
    unfinishedOn(new MemoryDisk(on.files), STATE, new Set(["toy"])),
    [],
  );
});

Deno.test("an apply that ended well can still be taken back, once", () => {
  const on = bench();
  applyIn(new World(), on);
  const [run = ""] = listRuns(new MemoryDisk(on.files), STATE);
  assertEquals(
    recoverIn(new World(), on, "undo", { run })?.outcome,
    "undone",
  );
  assertEquals(values(on), BEFORE);
  assertEquals(
    recoverIn(new World(), on, "undo", { run })?.outcome,
    "nothing",
  );
});

Deno.test("another device in the place of the one that was written to is refused", () => {
  const on = killed();
  const [entry] = TOY_INVENTORY.devices;
  assert(entry);
  const elsewhere = {
    ...TOY_INVENTORY,
    devices: [{ ...entry, parent: "other" }],
  };
  const error = assertThrows(
    () =>
      recoverIn(new World(), on, "undo", { inventory: elsewhere, force: true }),
    PlanError,
  );
  assertEquals(error.findings, ["toy0: toy is not there"]);
});

Deno.test("an action whose answer never came is not sent again: resume stops at it, undo takes back the rest and says so", () => {
  for (const want of ["resume", "undo"] as const) {
    const device = new ToyDevice();
    const plan = makePlan(toyInput(device, [
      ...toyUnits([1, 5]),
      { kind: "toy.poke", body: { unit: 9, value: 4 }, action: true },
      ...toyUnits([2, 6]),
    ]));
    const on: Bench = { device, files: new MemoryFiles(), plan };
    // Killed when the action has been carried out and its answer is on the way.
    const whole = new World();
    applyIn(whole, {
      ...on,
      files: new MemoryFiles(),
      device: new ToyDevice(),
    });
    const rpcs = whole.names.flatMap((name, index) =>
      name === "rpc" ? [index + 1] : []
    );
    // Two reads of all, then read, write, read; the next is the action.
    applyIn(new World(rpcs[5], "after"), on);
    assertEquals(device.writes.map(([op]) => op), [2, 4]);
    const run = unfinishedOn(new MemoryDisk(on.files), STATE, new Set(["toy"]));
    assertEquals(run.length, 1);
    if (want === "resume") {
      const error = assertThrows(
        () => recoverIn(new World(), on, "resume"),
        PlanError,
      );
      assertEquals(error.findings, [
        "toy0 Unit 9: POKE was sent and no answer came; it is never sent again",
      ]);
      const forced = recoverIn(new World(), on, "resume", { force: true });
      assertEquals(forced?.outcome, "not-undone");
      assertEquals(device.unit(2)[3], 6);
    } else {
      const undone = recoverIn(new World(), on, "undo");
      assertEquals(undone?.outcome, "not-undone");
      assertEquals(undone?.steps.map(({ status }) => status), [
        "undone",
        "unknown",
        "not-reached",
      ]);
      assertEquals(device.unit(1)[3], 1);
    }
    assertEquals(device.writes.filter(([op]) => op === 4).length, 1);
  }
});
