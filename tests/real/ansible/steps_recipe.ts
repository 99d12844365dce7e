/**
 * The modules where all goes well: check mode and diff, the real run, the
 * second run, facts, drift.
 *
 * @module
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { byHost, recap } from "./playbooks.ts";
import { changed, digest, FIRST, fresh, given, held } from "./site.ts";
import { journals, NAMES, type Step, values, VARS } from "./site.ts";

const ROLLOUT = "fwctl.fwctl.rollout";

/** The steps, in order, by what they promise. */
export const STEPS: Readonly<Record<string, Step>> = {
  "check mode and diff say what the real run does; the second run changes nothing":
    async (world) => {
      const { fleet, controller } = world;
      fresh(fleet);
      const before = await Promise.all(fleet.hosts.map(digest));
      const check = await controller.play(ROLLOUT, {
        ...given(),
        args: ["--check", "--diff"],
      });
      assertEquals(check.code, 0, check.out + check.err);
      // Reading leaves a count of requests in the model; no value, and no journal.
      assertEquals(fleet.hosts.flatMap(journals), []);
      assertEquals(await values(world), [17, 17, 17, 17]);
      assertEquals(before.length, 4);
      const real = await controller.play(ROLLOUT, {
        ...given(),
        args: ["--diff"],
      });
      assertEquals(real.code, 0, real.out + real.err);
      const planned = byHost(check, "fwctl_recipe");
      const applied = byHost(real, "fwctl_recipe");
      assertEquals(Object.keys(applied).sort(), [...NAMES].sort());
      for (const name of NAMES) {
        const [was, is] = [planned[name]?.result, applied[name]?.result];
        assertEquals(was.changed, true);
        assertEquals(is.changed, true);
        assertEquals([was.outcome, is.outcome], ["planned", "applied"]);
        assertEquals(is.diff, was.diff);
        assertMatch(
          is.diff.before,
          /VF 0 {2}0000:3b:00\.2 .*\n {2}log_max_qp: 17\n {2}roce: 1\n/,
        );
        assertMatch(is.diff.after, /\n {2}log_max_qp: 12\n {2}roce: 0\n/);
        assertEquals(is.plan, was.plan);
        assertEquals(
          is.steps.map((step: { status: string }) => step.status),
          ["applied", "applied"],
        );
        assert(
          journals(fleet.host(name)).some((path) => path.includes(is.run)),
        );
      }
      assertMatch(
        real.out,
        /- {2}log_max_qp: 17\n- {2}roce: 1\n\+ {2}log_max_qp: 12\n/,
      );
      assertEquals(await values(world), [12, 12, 12, 12]);
      const again = await controller.play(ROLLOUT, given());
      assertEquals(again.code, 0, again.out + again.err);
      assertEquals(changed(again.out), [0, 0, 0, 0], again.out);
      for (const { result } of Object.values(byHost(again, "fwctl_recipe"))) {
        assertEquals([result.outcome, result.steps], ["nothing", []]);
      }
    },
  "facts: every host's own devices, and check mode is no different": async (
    world,
  ) => {
    const { controller } = world;
    const play = await controller.play("fwctl.fwctl.facts", {
      ...given(),
      args: ["--check"],
    });
    assertEquals(play.code, 0, play.out + play.err);
    assertEquals(changed(play.out), [0, 0, 0, 0]);
    const facts = byHost(play, "fwctl_facts");
    const devices = NAMES.map((name) =>
      facts[name]?.result.ansible_facts.fwctl.devices.length
    );
    assertEquals(devices, [2, 2, 1, 1]);
    const { fwctl } = facts.delta?.result.ansible_facts ?? {};
    assertEquals(fwctl.lockdown, "integrity");
    assertEquals(fwctl.version, "0.1.0");
    assertEquals(fwctl.devices[0].identity.model, "ConnectX-6 Dx");
  },
  "drift: only the host that moved fails, and nothing is written": async (
    world,
  ) => {
    const { fleet, controller } = world;
    const moved = fleet.host("beta");
    await fleet.ssh(
      moved,
      `fwctl apply ${VARS.fwctl_recipe} -p vf=${FIRST} -p set=log_max_qp=10 --yes ` +
        `--model ${VARS.fwctl_model} --model-state ${VARS.fwctl_model_state}`,
    );
    const play = await controller.play("fwctl.fwctl.drift", given());
    assertEquals(play.code, 2);
    assertEquals(changed(play.out), [0, 0, 0, 0]);
    assertEquals(NAMES.map((name) => recap(play.out)[name]?.failed), [
      0,
      1,
      0,
      0,
    ]);
    const { result } = byHost(play, "fwctl_drift").beta ?? {};
    assertEquals(result.drift, true);
    assertEquals(result.count, {
      "as-declared": 1,
      pending: 0,
      drifted: 1,
    });
    assertMatch(
      result.msg,
      /VF 0 0000:3b:00\.2 log_max_qp is 10, declared 12/,
    );
    assertEquals(await held(moved, FIRST), 10);
  },
};
