/**
 * The role: the offline bundle on the hosts, another version, and back.
 *
 * @module
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { offlineBundle, smallBundle } from "./bundle.ts";
import { recap } from "./playbooks.ts";
import { files, given, type Step, type World } from "./site.ts";
import { ROOT } from "../../paths.ts";

/** The steps, in order, by what they promise. */
export const STEPS: Readonly<Record<string, Step>> = {
  "a host gets the bundle: check mode first, and it writes nothing": async (
    world,
  ) => {
    const { fleet, controller } = world;
    const before = written(fleet.host("alpha"));
    const check = await controller.play("fwctl.fwctl.install", {
      ...given(await install(world)),
      args: ["--check", "--limit", "alpha"],
    });
    assertEquals(check.code, 0, check.out + check.err);
    assertEquals(written(fleet.host("alpha")), before);
    assert((recap(check.out).alpha?.changed ?? 0) > 0, check.out);
  },
  "the role installs it, and the second time changes nothing": async (
    world,
  ) => {
    const { fleet, controller } = world;
    const first = await controller.play(
      "fwctl.fwctl.install",
      given(await install(world)),
    );
    assertEquals(first.code, 0, first.out + first.err);
    for (const host of fleet.hosts) {
      const { out } = await fleet.ssh(
        host,
        "fwctl --version; readlink /opt/fwctl/current",
      );
      assertMatch(out, /0\.1\.0[^]*\nfwctl-0\.1\.0\n$/);
    }
    const second = await controller.play("fwctl.fwctl.install", {
      ...given(await install(world)),
      args: ["--limit", "delta"],
    });
    assertEquals(second.code, 0, second.out + second.err);
    assertEquals(recap(second.out).delta?.changed, 0, second.out);
  },
  "another version is switched to and back; a wrong sum, or a bundle that is not what it says, changes nothing":
    async (world) => {
      const { fleet, controller } = world;
      const on = ["--limit", "alpha"];
      const host = fleet.host("alpha");
      const current = async () =>
        (await fleet.ssh(
          host,
          "cd /opt/fwctl; readlink current previous; ls -A",
        )).out;
      const start = await current();
      const other = await smallBundle(controller.path, "9.9.9");
      const wrong = await controller.play("fwctl.fwctl.install", {
        ...given({
          fwctl_install_bundle: other,
          fwctl_install_sha256: "0".repeat(64),
        }),
        args: on,
      });
      assertEquals(wrong.code, 2);
      assertMatch(wrong.out, /9\.9\.9-linux-x86_64\.tar\.gz has sha256/);
      const liar = await smallBundle(controller.path, "9.9.8", "1.2.3");
      const lied = await controller.play("fwctl.fwctl.install", {
        ...given({ fwctl_install_bundle: liar }),
        args: on,
      });
      assertEquals(lied.code, 2);
      assertMatch(lied.out, /says 1\.2\.3\s+where 9\.9\.8 was to be/);
      assertEquals(await current(), start);
      const good = await controller.play("fwctl.fwctl.install", {
        ...given({ fwctl_install_bundle: other }),
        args: on,
      });
      assertEquals(good.code, 0, good.out + good.err);
      assertMatch(await current(), /^fwctl-9\.9\.9\nfwctl-0\.1\.0\n/);
      const back = await controller.play("fwctl.fwctl.rollback", {
        args: on,
      });
      assertEquals(back.code, 0, back.out + back.err);
      assertMatch(await current(), /^fwctl-0\.1\.0\nfwctl-9\.9\.9\n/);
    },
};

/** Every file that a host has of its own. */
function written({ room }: { readonly room: string }): string[] {
  return files(`${room}/up`).filter((path) => !path.includes("/.ansible/"));
}

/** The role's variables; the bundle of this checkout, by a path from where Ansible runs. */
async function install(
  { controller }: World,
): Promise<Record<string, unknown>> {
  const folder = `${controller.path}/dist`;
  bundle ??= await offlineBundle(folder);
  return {
    fwctl_install_bundle: bundle.slice(controller.path.length + 1),
    fwctl_install_recipes: [`${ROOT}recipes/vf_caps.ts`],
  };
}

/** It takes a while to make. */
let bundle: string | undefined;
