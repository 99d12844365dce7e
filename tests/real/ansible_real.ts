/**
 * The Ansible collection with the real ansible-core, against hosts with a real
 * sshd in network namespaces, each with files and a modelled host of its own.
 */
import { assertMatch } from "@std/assert";
import { Fleet, whyNot } from "./ansible/fleet.ts";
import { Controller } from "./ansible/playbooks.ts";
import { NAMES } from "./ansible/site.ts";
import { STEPS as INSTALL } from "./ansible/steps_install.ts";
import { STEPS as MODULES } from "./ansible/steps_modules.ts";
import { STEPS as RECIPE } from "./ansible/steps_recipe.ts";
import { STEPS as ROLLOUT } from "./ansible/steps_rollout.ts";

const why = await whyNot();
// deno-lint-ignore no-console -- why a test does not run is said
if (why !== undefined) console.log(`ansible_real.ts is ignored: ${why}`);

Deno.test({
  name: "Ansible: the collection on a fleet of real sshds",
  ignore: why !== undefined,
  // ssh keeps connections open behind the tests.
  sanitizeResources: false,
  async fn(t) {
    await using fleet = await Fleet.start(NAMES);
    const world = { fleet, controller: new Controller(fleet) };
    const built = await t.step(
      "the collection builds, and installs from its archive",
      async () =>
        assertMatch(
          await world.controller.installCollection(),
          /fwctl\.fwctl:0\.1\.0 was installed successfully/,
        ),
    );
    // Without the collection, or fwctl on the hosts, the rest says nothing.
    for (const [name, step] of built ? Object.entries(INSTALL) : []) {
      if (!await t.step(name, () => step(world))) return;
    }
    const rest = { ...RECIPE, ...ROLLOUT, ...MODULES };
    for (const [name, step] of built ? Object.entries(rest) : []) {
      await t.step(name, () => step(world));
    }
  },
});
