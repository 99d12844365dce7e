/** A machine in one piece: what openMachine gives a program. */
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { assertThrows } from "@std/assert";
import {
  type ApplyHooks,
  discover,
  type Host,
  isFwctlError,
  loadDrivers,
  loadScenario,
  type MachineOptions,
  ModelHost,
  openMachine,
} from "../../mod.ts";
import { Folder, fwctl, scenario } from "../cli/fwctl.ts";
import { ROOT } from "../paths.ts";

const RECIPE = `${ROOT}recipes/vf_caps.ts`;
const PARAMS = { vf: ["0000:3b:00.2"], set: { log_max_qp: 12, roce: 0 } };

/** Tells the code of what a promise is rejected with. */
async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    if (isFwctlError(error)) return error.code;
    throw error;
  }
  return "nothing was thrown";
}

Deno.test("a machine lists, asks, plans, applies, and takes back", async () => {
  using machine = await openMachine({ model: "connectx" });
  assertEquals(
    machine.inventory.devices.map(({ name, driver }) => [name, driver]),
    // The PF's, and that of the function at mlx5_core.
    [["fwctl0", "mlx5"], ["fwctl1", "mlx5"]],
  );
  const identity = machine.query("ens1f0np0", "identity");
  assertMatch(JSON.stringify(identity), /ConnectX-6 Dx/);
  const { plan } = await machine.plan(RECIPE, PARAMS);
  assertEquals(machine.refusals(plan), []);
  const applied = await machine.apply(plan);
  assertEquals(applied.result.outcome, "applied");
  assertEquals(machine.runs(), [applied.run]);
  assertEquals((await machine.plan(RECIPE, PARAMS)).plan.steps, []);
  assertEquals(machine.run("last")?.outcome, "applied");
  const undone = await machine.undo("last");
  assertEquals(undone.result.outcome, "undone");
  const again = await machine.plan(RECIPE, PARAMS);
  assertEquals(again.plan.resources[0]?.changes, plan.resources[0]?.changes);
  assertEquals(machine.runs().length, 2);
});

Deno.test("nothing to do is no run, and asks for no lock", async () => {
  using machine = await openMachine({
    model: "connectx",
    stateDir: "/proc/nowhere",
  });
  const { plan } = await machine.plan(RECIPE, {
    vf: ["0000:3b:00.2"],
    set: { roce: 1 },
  });
  assertEquals(await machine.apply(plan), {
    result: { outcome: "nothing", steps: [] },
    run: null,
  });
});

Deno.test("hooks are told in order; one that throws before a write stops it, and nothing is changed", async () => {
  using machine = await openMachine({ model: "connectx" });
  const { plan } = await machine.plan(RECIPE, PARAMS);
  const told: string[] = [];
  const hooks: ApplyHooks = {
    begin: () => void told.push("begin"),
    beforeWrite: (step, index) => {
      told.push(`before ${index} ${step.label.name}`);
      throw new Error("the operator said no");
    },
    end: ({ outcome }) => void told.push(outcome),
  };
  const { result, run } = await machine.apply(plan, { hooks });
  assertEquals(told, ["begin", "before 0 SET_HCA_CAP", "failed"]);
  assertEquals(result.outcome, "failed");
  // The journal was first: what stopped it is on record.
  assertEquals(machine.run(run ?? "")?.outcome, "failed");
  assertEquals((await machine.plan(RECIPE, PARAMS)).plan.steps.length, 1);
});

Deno.test("the policy holds for plan files, applies and single requests", async () => {
  using machine = await openMachine({
    model: "connectx",
    policy: { effect: "read" },
  });
  const { plan } = await machine.plan(RECIPE, PARAMS);
  assertEquals(machine.refusals(plan).length, 1);
  assertEquals(await codeOf(machine.apply(plan)), "PolicyError");
  assertEquals(machine.runs(), []);
  // SET_HCA_CAP, as it would be written.
  const [step] = plan.steps;
  assert(step?.type === "write");
  assertThrows(() =>
    machine.session("fwctl0").channel.send(step.writeHeader, 16)
  );
});

Deno.test("a plan of before is stale, and a device that is locked is said to be", async () => {
  using folder = new Folder();
  const options = { model: "connectx", stateDir: folder.path } as const;
  using first = await openMachine(options);
  const { plan } = await first.plan(RECIPE, PARAMS);
  using other = await openMachine({ host: first.host, stateDir: folder.path });
  let inside = "";
  await first.apply(plan, {
    hooks: {
      // The lock is held from before the last look to the end.
      begin: () => {
        other.apply(plan).catch((error) =>
          inside = `${error.code} ${error.reason}`
        );
      },
    },
  });
  await new Promise((done) => setTimeout(done, 10));
  assertEquals(inside, "PlanError locked");
  await assertRejects(async () => await other.apply(plan), Error, "stale");
});

Deno.test("the command and a program share what is on record", async () => {
  using folder = new Folder();
  const model = folder.file("machine.json", scenario());
  const state = `${folder.path}/state.json`;
  const stateDir = `${folder.path}/state`;
  using machine = await openMachine({ model, stateDir, program: "mine 1.0" });
  const { plan } = await machine.plan(RECIPE, PARAMS);
  const { run } = await machine.apply(plan);
  Deno.writeTextFileSync(state, JSON.stringify(machine.save()));
  const global = [
    "--model",
    model,
    "--model-state",
    state,
    "--state-dir",
    stateDir,
  ];
  const shown = await fwctl([...global, "journal", "show", "last"]);
  assertEquals(shown.code, 0, shown.err);
  assert(
    shown.out.includes(run ?? "?") && shown.out.includes("mine 1.0"),
    shown.out,
  );
  const undone = await fwctl([...global, "undo", "last", "--yes"]);
  assertEquals(undone.code, 0, undone.out + undone.err);
  // And back: the program goes on from what the command left.
  const modelState = JSON.parse(Deno.readTextFileSync(state));
  using after = await openMachine({ model, stateDir, modelState });
  assertEquals((await after.plan(RECIPE, PARAMS)).plan.steps.length, 1);
  assertEquals(after.runs().length, 2);
});

Deno.test("a run that was killed is finished by the next program", async () => {
  using folder = new Folder();
  const two = { ...PARAMS, vf: ["0000:3b:00.2", "0000:3b:00.3"] };
  using machine = await openMachine({
    model: "connectx",
    stateDir: folder.path,
  });
  const { plan } = await machine.plan(RECIPE, two);
  await machine.apply(plan);
  const [name = ""] = machine.runs();
  const path = `${folder.path}/journal/${name}.jsonl`;
  // As if it had died right after its first write.
  const lines = Deno.readTextFileSync(path).split("\n");
  Deno.writeTextFileSync(path, `${lines.slice(0, 3).join("\n")}\n`);
  assertEquals(await codeOf(machine.apply(plan)), "PlanError");
  const { result } = await machine.resume("last");
  assertEquals(result.outcome, "applied");
});

Deno.test("a host of one's own that may be a replay must say where its runs go before it is written to", async () => {
  using model = await ModelHost.create(
    await loadScenario("connectx"),
    await loadDrivers(),
  );
  const host: Host = {
    kind: "linux",
    open: (path) => model.open(path),
    readFile: (path, limit) => model.readFile(path, limit),
    list: (path) => model.list(path),
    readLink: (path) => model.readLink(path),
    exists: (path) => model.exists(path),
    [Symbol.dispose]: () => {},
  };
  using unsaid = await openMachine({ host });
  const { plan } = await unsaid.plan(RECIPE, PARAMS);
  assertEquals(await codeOf(unsaid.apply(plan)), "UsageError");
  assertThrows(() => unsaid.runs(), Error, "where runs of this host are kept");
  using machine = await openMachine({ host, stateDir: null });
  assertEquals((await machine.apply(plan)).result.outcome, "applied");
});

Deno.test("options that are wrong are typed errors, and nothing stays open", async () => {
  const host = await ModelHost.create(
    await loadScenario("connectx"),
    await loadDrivers(),
  );
  const wrong: readonly [MachineOptions, string][] = [
    [{ model: "conectx" }, "ModelError"],
    [{ model: "./nowhere.json" }, "ModelError"],
    [{ model: new URL("nowhere.json", import.meta.url) }, "ModelError"],
    [{ model: { format: "fwctl-scenario/1" } }, "ModelError"],
    [{ model: "connectx", host }, "UsageError"],
    [{ modelState: {} }, "UsageError"],
    [{ model: "connectx", modelState: {} }, "ModelError"],
    [{ model: "connectx", definitions: [{}] }, "UsageError"],
    [{ model: "unix:/nowhere.sock" }, "UsageError"],
  ];
  for (const [options, code] of wrong) {
    assertEquals(
      await codeOf(openMachine(options)),
      code,
      JSON.stringify(options),
    );
  }
  using machine = await openMachine({ host });
  assertThrows(() => machine.save(), Error, "state");
  assertThrows(() => machine.query("fwctl9", "identity"), Error, "fwctl9");
  assertThrows(() => machine.query("fwctl0", "identiy"), Error, "identiy");
  machine[Symbol.dispose]();
  assertEquals(
    discover(host).devices.length,
    2,
    "a host of one's own stays open",
  );
  host[Symbol.dispose]();
});
