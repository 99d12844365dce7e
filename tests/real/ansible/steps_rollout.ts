/**
 * Rollouts in which a host fails, is stale, or is not there.
 *
 * @module
 */
import { assertEquals, assertMatch } from "@std/assert";
import { byHost, type Controller } from "./playbooks.ts";
import { digest, FIRST, fresh, given, held, journals } from "./site.ts";
import { OVERTAKEN, SECOND, SECOND_REFUSED } from "./site.ts";
import { type Step, values } from "./site.ts";

const ROLLOUT = "fwctl.fwctl.rollout";

/** The steps, in order, by what they promise. */
export const STEPS: Readonly<Record<string, Step>> = {
  "one host fails half way and one is stale: each says so, the others are complete":
    async (world) => {
      const { fleet, controller } = world;
      fresh(fleet, { gamma: [SECOND_REFUSED], delta: [OVERTAKEN] });
      const play = await controller.play(ROLLOUT, given());
      assertEquals(play.code, 2);
      const ends = byHost(play, "fwctl_recipe");
      for (const name of ["alpha", "beta"]) {
        assertEquals(ends[name]?.result.outcome, "applied");
        assertEquals(await held(fleet.host(name), SECOND), 12);
      }
      const failed = ends.gamma?.result;
      assertEquals(ends.gamma?.end, "failed");
      assertEquals(
        [failed.exit_code, failed.outcome, failed.undone, failed.changed],
        [5, "undone", true, false],
      );
      assertEquals(failed.error.code, "DeviceError");
      assertMatch(
        failed.msg,
        /BAD_PARAM.*\(DeviceError, exit code 5: applied partly, then taken back completely\)\. Next: \S/,
      );
      assertEquals(
        failed.steps.map((step: { status: string }) => step.status),
        ["undone", "failed"],
      );
      assertEquals(await held(fleet.host("gamma"), FIRST), 17);
      const stale = ends.delta?.result;
      assertEquals(
        [stale.exit_code, stale.outcome, stale.stale, stale.changed],
        [3, "stale", true, false],
      );
      assertMatch(
        stale.msg,
        /log_max_qp was 17, is 15.*exit code 3: the device moved/,
      );
      // What somebody else wrote stays; of ours nothing came.
      assertEquals(await held(fleet.host("delta"), FIRST), 15);
      assertEquals(await held(fleet.host("delta"), SECOND), 17);
      // A refused write is sent once: the journal has one attempt, and its undo.
      assertEquals(journals(fleet.host("gamma")).length, 1);
      assertEquals(journals(fleet.host("delta")), []);
    },
  "a rollout stops after the batch that fails: it is complete, later hosts are untouched, byte for byte":
    async (world) => {
      const { fleet, controller } = world;
      fresh(fleet, { beta: [SECOND_REFUSED] });
      const before = await Promise.all(fleet.hosts.map(digest));
      const log = `${controller.path}/drain.log`;
      const play = await controller.play(ROLLOUT, {
        ...given({
          fwctl_drain_tasks: drain(controller, "drain", log),
          fwctl_undrain_tasks: drain(controller, "undrain", log),
        }),
        serial: [1, 2],
      });
      assertEquals(play.code, 2, play.out);
      const after = await Promise.all(fleet.hosts.map(digest));
      assertEquals(Object.keys(byHost(play, "fwctl_recipe")).sort(), [
        "alpha",
        "beta",
        "gamma",
      ]);
      assertEquals(after[3], before[3]);
      assertEquals(await values(world), [12, 17, 12, 17]);
      const steps = Deno.readTextFileSync(log).trimEnd().split("\n");
      assertEquals(steps.slice(0, 2), ["drain alpha", "undrain alpha"]);
      assertEquals(steps.slice(2).sort(), [
        "drain beta",
        "drain gamma",
        "undrain beta",
        "undrain gamma",
      ]);
      assertMatch(play.out, /A failure ends the rollout[^]*exit code 5/);
    },
  "a host that cannot be reached ends the rollout too; its batch comes to its end, and it gets no work":
    async (world) => {
      const { fleet, controller } = world;
      fresh(fleet);
      const before = await Promise.all(fleet.hosts.map(digest));
      const log = `${controller.path}/unreachable.log`;
      const play = await controller.play(ROLLOUT, {
        ...given({
          fwctl_drain_tasks: drain(controller, "drain", log),
          fwctl_undrain_tasks: drain(controller, "undrain", log),
        }),
        serial: [2],
        absent: { aaron: "10.77.0.200" },
        args: ["--limit", "aaron,alpha,delta", "-e", "ansible_ssh_timeout=2"],
      });
      assertEquals(play.code, 2, play.out);
      const ends = byHost(play, "fwctl_recipe");
      assertEquals(ends.aaron?.end, "unreachable");
      assertEquals(ends.alpha?.result.outcome, "applied");
      assertEquals(ends.delta, undefined);
      const after = await Promise.all(fleet.hosts.map(digest));
      assertEquals(after.slice(1), before.slice(1));
      assertEquals(
        Deno.readTextFileSync(log).trimEnd().split("\n").sort(),
        ["drain aaron", "drain alpha", "undrain alpha"],
      );
    },
};

/** A file of tasks that notes the host; says its path. */
function drain(controller: Controller, word: string, log: string): string {
  return controller.playbook(word, [{
    name: word,
    "ansible.builtin.shell": `echo ${word} {{ inventory_hostname }} >>${log}`,
    delegate_to: "localhost",
    vars: { ansible_connection: "local" },
  }]);
}
