/** The same on a modelled ConnectX: killed at every journal write, sync and ioctl, a run is recovered from its files. */
import { assert, assertEquals } from "@std/assert";
import { loadDrivers } from "../../drivers/load.ts";
import type { Driver } from "../../drivers/driver.ts";
import { readCapImage } from "../../drivers/mlx5/caps.ts";
import { applyPlan } from "../../lib/apply/apply.ts";
import { Journal } from "../../lib/apply/journal.ts";
import { planRecovery, recover } from "../../lib/apply/recover.ts";
import { groupOf, unfinishedOn } from "../../lib/apply/runs.ts";
import { toHex } from "../../lib/bytes.ts";
import { discover } from "../../lib/device/discovery.ts";
import { Sessions } from "../../lib/device/sessions.ts";
import type { Host } from "../../lib/host/host.ts";
import { ModelHost } from "../../lib/model/host.ts";
import { parseScenario } from "../../lib/model/scenario.ts";
import { makePlan } from "../../lib/plan/make.ts";
import { DEFAULT_POLICY } from "../../lib/plan/policy.ts";
import type { Plan } from "../../lib/plan/types.ts";
import { type Death, MemoryDisk, MemoryFiles, World } from "./world.ts";

const DRIVERS: readonly Driver[] = await loadDrivers();
const STATE = "/state";
const ADDRESS = "0000:3b:00.0";
const VFS = 3;

const SCENARIO = {
  format: "fwctl-scenario/1",
  name: "kill",
  description: "One card, three idle virtual functions",
  host: {},
  devices: [{
    driver: "mlx5",
    pci: ADDRESS,
    totalVfs: 8,
    vfs: VFS,
    firmware: { type: "connectx-6-dx" },
  }],
};

/** A host of which no ioctl reaches the machine once the world has stopped. */
function mortal(host: Host, world: World): Host {
  return {
    kind: host.kind,
    open: (path) => {
      const node = host.open(path);
      return {
        path,
        ioctl: (cmd, arg, pointers) =>
          world.op("ioctl", () => node.ioctl(cmd, arg, pointers), () => {}),
        close: () => node.close(),
        [Symbol.dispose]: () => node.close(),
      };
    },
    readFile: (path, limit) => host.readFile(path, limit),
    list: (path) => host.list(path),
    readLink: (path) => host.readLink(path),
    exists: (path) => host.exists(path),
    [Symbol.dispose]: () => {},
  };
}

function sessionsOn(host: Host): Sessions {
  return new Sessions({
    host,
    inventory: discover(host, DRIVERS),
    drivers: DRIVERS,
    policy: DEFAULT_POLICY,
  });
}

function planOn(host: Host): Plan {
  using sessions = sessionsOn(host);
  return makePlan({
    recipe: { name: "p", url: "file:///p.ts", digest: "", params: {} },
    declarations: [1, 2, 3].map((id) => ({
      kind: "mlx5.hca_cap",
      body: {
        device: "fwctl0",
        function_id: id,
        set: { log_max_qp: 10 + id, roce: 0 },
      },
    })),
    inventory: sessions.inventory,
    drivers: DRIVERS,
    session: (name) => sessions.get(name),
  });
}

function images(host: Host): string[] {
  using sessions = sessionsOn(host);
  const { channel } = sessions.get("fwctl0");
  return [1, 2, 3].map((id) => toHex(readCapImage(channel, 0, "maximum", id)));
}

function journalOn(
  files: MemoryFiles,
  world: World,
  bootId: string,
  kind: "apply" | "resume" | "undo" = "apply",
  of: string | null = null,
): Journal {
  return new Journal({
    disk: new MemoryDisk(files, world),
    stateDir: STATE,
    kind,
    of,
    owner: { pid: 1, uid: 0, program: "test" },
    bootId,
  });
}

/** Applies in a world that may stop; whether it lived. */
function applyOn(
  host: Host,
  files: MemoryFiles,
  plan: Plan,
  world: World,
): boolean {
  try {
    using sessions = sessionsOn(mortal(host, world));
    using journal = journalOn(files, world, plan.bootId);
    applyPlan({
      plan,
      policy: DEFAULT_POLICY,
      inventory: sessions.inventory,
      session: (name) => sessions.get(name),
      hooks: journal.hooks(plan),
    });
  } catch (error) {
    if (!world.dead) throw error;
  }
  return !world.dead;
}

function recoverOn(
  host: Host,
  files: MemoryFiles,
  run: string,
  want: "resume" | "undo",
): string {
  using sessions = sessionsOn(host);
  const group = groupOf(new MemoryDisk(files), STATE, run);
  const session = (name: string) => sessions.get(name);
  const recovery = planRecovery({
    group,
    want,
    force: false,
    policy: DEFAULT_POLICY,
    inventory: sessions.inventory,
    session,
  });
  const { bootId } = sessions.inventory;
  using journal = journalOn(files, new World(), bootId, want, run);
  return recover(recovery, session, journal.hooks(recovery.plan)).outcome;
}

async function everyPoint(
  death: Death,
  want: "resume" | "undo",
): Promise<number> {
  for (let point = 1;; point++) {
    using host = await ModelHost.create(parseScenario(SCENARIO), DRIVERS);
    const before = images(host);
    const plan = planOn(host);
    const files = new MemoryFiles();
    const world = new World(point, death);
    if (applyOn(host, files, plan, world)) return point - 1;
    const said = `killed ${death} ${point} (${world.names.at(-1)}), ${want}`;
    const disk = new MemoryDisk(files);
    const [run] = unfinishedOn(disk, STATE, new Set([ADDRESS]));
    const now = images(host);
    const isDone = planOn(host).steps.length === 0;
    if (run === undefined) {
      // It was killed before its first write, or after its end.
      assert(isDone || now.join() === before.join(), said);
      continue;
    }
    const outcome = recoverOn(host, files, run, want);
    if (want === "resume") {
      assertEquals(planOn(host).steps, [], said);
      assertEquals(outcome, "applied", said);
    } else {
      assertEquals(images(host), before, said);
      assert(outcome === "undone" || outcome === "nothing", said);
    }
    assertEquals(unfinishedOn(disk, STATE, new Set([ADDRESS])), [], said);
    assertEquals(
      groupOf(disk, STATE, run).all.at(-1)?.outcome,
      outcome,
      said,
    );
  }
}

Deno.test("killed at any operation on a modelled ConnectX, a run is finished or taken back from its files", async () => {
  let points = 0;
  for (const death of ["before", "after", "torn"] as const) {
    for (const want of ["resume", "undo"] as const) {
      points += await everyPoint(death, want);
    }
  }
  // deno-lint-ignore no-console -- the figure is the claim
  console.log(`    ${points} kill points, each recovered`);
  assert(points > 100);
});
