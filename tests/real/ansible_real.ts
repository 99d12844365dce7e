/**
 * The Ansible collection with the real ansible-core, against hosts with a real
 * sshd in network namespaces, each with files and a modelled host of its own.
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { offlineBundle, smallBundle } from "./ansible/bundle.ts";
import { Fleet, run, whyNot } from "./ansible/fleet.ts";
import { filesWith, Watch } from "./ansible/leaks.ts";
import { misbehaviours, recipeTask, TALKATIVE } from "./ansible/modules.ts";
import { byHost, Controller, recap } from "./ansible/playbooks.ts";
import { digest, files, FIRST, fresh, held, journals } from "./ansible/site.ts";
import { OVERTAKEN, SECOND, SECOND_REFUSED, VARS } from "./ansible/site.ts";
import { ROOT } from "../paths.ts";

const NAMES = ["alpha", "beta", "gamma", "delta"] as const;
const ROLLOUT = "fwctl.fwctl.rollout";
const RECIPES = [`${ROOT}recipes/vf_caps.ts`];

/** What each misbehaviour is answered with. */
const SAYS: Readonly<Record<string, RegExp>> = {
  absent: /^\/nowhere\/fwctl cannot be run: .*role fwctl\.fwctl\.install/,
  future: /answers in version 2\.0 of fwctl\/plan, and these modules read 1\.x/,
  mute: /fwctl plan ended with 137 and did not answer in JSON: Killed/,
  other: /answered fwctl\/list where fwctl\/plan was to be/,
  slow: /did not end in 1 seconds; it only reads, and was stopped/,
  told:
    /The run was interrupted \(PlanError, exit code 5: .*Next: Run it again/,
  deaf:
    /did not end in 10 seconds, nor in as many .* still runs as process \d+/,
  short: /A value in params_secret has fewer than 4 characters/,
  unsigned: /A recipe given as content has no signature/,
  refused:
    /The policy refuses this plan \(PolicyError, exit code 4.*rule: effect/,
};

/** Reads files as Python 3.6 would, and prints what they import. */
const OLD_PYTHON = `
import ast, sys
found = set()
for path in sys.argv[1:]:
    for node in ast.walk(ast.parse(open(path).read(), path, feature_version=(3, 6))):
        if isinstance(node, ast.Import):
            found.update(each.name.split(".")[0] for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module.split(".")[0])
print("\\n".join(sorted(found)))
`;

const why = await whyNot();
if (why !== undefined) console.log(`ansible_real.ts is ignored: ${why}`);

Deno.test({
  name: "Ansible: the collection on a fleet of real sshds",
  ignore: why !== undefined,
  // ssh keeps connections open behind the tests.
  sanitizeResources: false,
  async fn(t) {
    await using fleet = await Fleet.start(NAMES);
    const controller = new Controller(fleet);
    const site = (given: Readonly<Record<string, unknown>> = {}) => ({
      vars: { ...VARS, ...given },
    });
    const changed = (out: string) =>
      NAMES.map((name) => recap(out)[name]?.changed);

    const built = await t.step(
      "the collection builds, and installs from its archive",
      async () => {
        assertMatch(
          await controller.installCollection(),
          /fwctl\.fwctl:0\.1\.0 was installed successfully/,
        );
      },
    );
    // Without it nothing after it says anything.
    if (!built) return;

    const install = {
      fwctl_install_bundle: await offlineBundle(`${controller.path}/dist`),
      fwctl_install_recipes: RECIPES,
    };

    await t.step(
      "a host gets the bundle: check mode first, and it writes nothing",
      async () => {
        const before = written(fleet.host("alpha"));
        const check = await controller.play("fwctl.fwctl.install", {
          ...site(install),
          args: ["--check", "--limit", "alpha"],
        });
        assertEquals(check.code, 0, check.out + check.err);
        assertEquals(written(fleet.host("alpha")), before);
        assert((recap(check.out).alpha?.changed ?? 0) > 0, check.out);
      },
    );

    const installed = await t.step(
      "the role installs it, and the second time changes nothing",
      async () => {
        const first = await controller.play(
          "fwctl.fwctl.install",
          site(install),
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
          ...site(install),
          args: ["--limit", "delta"],
        });
        assertEquals(second.code, 0, second.out + second.err);
        assertEquals(recap(second.out).delta?.changed, 0, second.out);
      },
    );
    // Without it nothing after it says anything.
    if (!installed) return;

    await t.step(
      "another version is switched to and back; a wrong sum, or a bundle that is not what it says, changes nothing",
      async () => {
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
          ...site({
            fwctl_install_bundle: other,
            fwctl_install_sha256: "0".repeat(64),
          }),
          args: on,
        });
        assertEquals(wrong.code, 2);
        assertMatch(wrong.out, /9\.9\.9-linux-x86_64\.tar\.gz has sha256/);
        const liar = await smallBundle(controller.path, "9.9.8", "1.2.3");
        const lied = await controller.play("fwctl.fwctl.install", {
          ...site({ fwctl_install_bundle: liar }),
          args: on,
        });
        assertEquals(lied.code, 2);
        assertMatch(lied.out, /says 1\.2\.3\s+where 9\.9\.8 was to be/);
        assertEquals(await current(), start);
        const good = await controller.play("fwctl.fwctl.install", {
          ...site({ fwctl_install_bundle: other }),
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
    );

    await t.step(
      "check mode and diff say what the real run does; the second run changes nothing",
      async () => {
        fresh(fleet);
        const before = await Promise.all(fleet.hosts.map(digest));
        const check = await controller.play(ROLLOUT, {
          ...site(),
          args: ["--check", "--diff"],
        });
        assertEquals(check.code, 0, check.out + check.err);
        // Reading leaves a count of requests in the model; no value, and no journal.
        assertEquals(fleet.hosts.flatMap(journals), []);
        assertEquals(await values(), [17, 17, 17, 17]);
        assertEquals(before.length, 4);
        const real = await controller.play(ROLLOUT, {
          ...site(),
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
          /-  log_max_qp: 17\n-  roce: 1\n\+  log_max_qp: 12\n/,
        );
        assertEquals(await values(), [12, 12, 12, 12]);
        const again = await controller.play(ROLLOUT, site());
        assertEquals(again.code, 0, again.out + again.err);
        assertEquals(changed(again.out), [0, 0, 0, 0], again.out);
        for (const { result } of Object.values(byHost(again, "fwctl_recipe"))) {
          assertEquals([result.outcome, result.steps], ["nothing", []]);
        }
      },
    );

    await t.step(
      "facts: every host's own devices, and check mode is no different",
      async () => {
        const play = await controller.play("fwctl.fwctl.facts", {
          ...site(),
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
    );

    await t.step(
      "drift: only the host that moved fails, and nothing is written",
      async () => {
        const moved = fleet.host("beta");
        await fleet.ssh(
          moved,
          `fwctl apply ${VARS.fwctl_recipe} -p vf=${FIRST} -p set=log_max_qp=10 --yes ` +
            `--model ${VARS.fwctl_model} --model-state ${VARS.fwctl_model_state}`,
        );
        const play = await controller.play("fwctl.fwctl.drift", site());
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
    );

    await t.step(
      "one host fails half way and one is stale: each says so, the others are complete",
      async () => {
        fresh(fleet, { gamma: [SECOND_REFUSED], delta: [OVERTAKEN] });
        const play = await controller.play(ROLLOUT, site());
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
    );

    await t.step(
      "a rollout stops after the batch that fails: it is complete, later hosts are untouched, byte for byte",
      async () => {
        fresh(fleet, { beta: [SECOND_REFUSED] });
        const before = await Promise.all(fleet.hosts.map(digest));
        const log = `${controller.path}/drain.log`;
        const play = await controller.play(ROLLOUT, {
          ...site({
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
        assertEquals(await values(), [12, 17, 12, 17]);
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
    );

    await t.step(
      "a host that cannot be reached ends the rollout too",
      async () => {
        fresh(fleet);
        const before = await Promise.all(fleet.hosts.map(digest));
        const play = await controller.play(ROLLOUT, {
          ...site(),
          serial: [1],
          absent: { aaron: "10.77.0.200" },
          args: ["--limit", "aaron,delta", "-e", "ansible_ssh_timeout=2"],
        });
        assertEquals(play.code, 2, play.out);
        assertEquals(byHost(play, "fwctl_recipe").aaron?.end, "unreachable");
        assertEquals(byHost(play, "fwctl_recipe").delta, undefined);
        assertEquals(await Promise.all(fleet.hosts.map(digest)), before);
      },
    );

    await t.step(
      "a fwctl that does not behave, and options that do not fit, fail with words; a write is never killed",
      async () => {
        fresh(fleet);
        const ends = await misbehaviours(controller);
        for (const [name, { end, result }] of Object.entries(ends)) {
          assertEquals(end, "failed", name);
          assertMatch(result.msg, SAYS[name] ?? /^$/, name);
          assertEquals(result.changed, name === "deaf", name);
        }
        assertEquals(Object.keys(ends).sort(), Object.keys(SAYS).sort());
        assertEquals(ends.told?.result.undone, true);
        assertEquals(ends.refused?.result.refused, true);
        assertEquals(ends.deaf?.result.outcome, "unknown");
        // It came to its own end, long after the task.
        for (let wait = 0; wait < 300; wait++) {
          if (
            files(controller.path).some((path) => path.endsWith("/deaf.ended"))
          ) break;
          await new Promise((done) => setTimeout(done, 100));
        }
        assertEquals(
          Deno.readTextFileSync(`${controller.path}/deaf.ended`),
          "\n",
        );
        assertEquals(await held(fleet.host("alpha"), FIRST), 17);
      },
    );

    await t.step(
      "secrets: in no output of -vvv, on no command line, in no result, in no file but the journal",
      async () => {
        fresh(fleet);
        const token =
          "correct-horse-battery-staple-correct-horse-battery-staple-correct";
        const pin = 73519246;
        const secrets = [
          token,
          token.slice(0, 20),
          String(pin),
          pin.toString(16),
        ];
        const task = (name: string, bad: string) =>
          recipeTask({
            content: TALKATIVE,
            params: { vf: [FIRST] },
            params_secret: { token: `{{ token }}${bad}`, pin: "{{ pin }}" },
          }, name);
        const watch = new Watch(secrets);
        const play = await controller.play(
          controller.playbook("secrets", [{
            name: "Secrets",
            hosts: "alpha",
            gather_facts: false,
            tasks: [task("Apply", ""), task("Wrong", "_UPPER")],
          }]),
          {
            vars: { token, pin },
            args: ["-vvv", "--diff"],
            // Modules as files: what could be left behind, and seen, is most.
            pipelining: false,
          },
        );
        await watch.end();
        const [good, wrong] = play.tasks.map(({ result }) => result);
        assertEquals(good.outcome, "applied", play.out);
        assertEquals(good.report, {
          said: "the token is ********",
          pin: "********",
          hex: "********",
        });
        assertMatch(wrong.msg, /parameter token must match .*; given: "\*{8}/);
        assertEquals(
          secrets.filter((secret) =>
            `${play.out}${play.err}${JSON.stringify(play.tasks)}`.includes(
              secret,
            )
          ),
          [],
        );
        assertEquals([...watch.leaks], []);
        // It did look.
        assert(
          [...watch.seen].some((line) => /^plan\0.*--params\0/s.test(line)),
          [...watch.seen].join("\n"),
        );
        const alpha = fleet.host("alpha");
        const left = filesWith(secrets, files(alpha.room));
        assertEquals(left, journals(alpha));
        for (const path of left) {
          assertEquals((Deno.statSync(path).mode ?? 0) & 0o777, 0o600);
        }
      },
    );

    await t.step(
      "ansible-doc shows every module and the role, and every playbook passes the syntax check",
      async () => {
        const { environment: env } = controller;
        const modules = ["recipe", "facts", "drift"].map((name) =>
          `fwctl.fwctl.fwctl_${name}`
        );
        const docs = await run(["ansible-doc", "--json", ...modules], { env });
        const shown = JSON.parse(docs.out);
        for (const name of modules) {
          const { doc, examples, return: returned } = shown[name];
          assertEquals(doc.options.executable.default, "/usr/local/bin/fwctl");
          assert(examples.length > 0 && Object.keys(returned).length > 0, name);
        }
        assertEquals(
          shown["fwctl.fwctl.fwctl_recipe"].doc.attributes.check_mode.support,
          "full",
        );
        const role = await run([
          "ansible-doc",
          "-t",
          "role",
          "--json",
          "fwctl.fwctl.install",
        ], { env });
        assert(
          "fwctl_install_bundle" in
            JSON.parse(role.out)["fwctl.fwctl.install"].entry_points.main
              .options,
        );
        const folder = `${ROOT}deploy/ansible/playbooks`;
        const inventory = controller.inventory({}, "syntax");
        const checks = await run([
          ...["ansible-playbook", "--syntax-check", "-i", inventory],
          ...[...Deno.readDirSync(folder)].map(({ name }) =>
            `${folder}/${name}`
          ),
        ], { env: { ...env, FWCTL_TEST_RECORD: "/dev/null" } });
        assertEquals(checks.code, 0, checks.err);
      },
    );

    await t.step(
      "the modules are Python 3.6, and import the standard library and Ansible alone",
      async () => {
        const paths = files(`${ROOT}deploy/ansible/plugins`).filter((path) =>
          path.endsWith(".py")
        );
        assertEquals(paths.length, 6);
        const { code, out, err } = await run([
          "python3",
          "-c",
          OLD_PYTHON,
          ...paths,
        ]);
        assertEquals({ code, err }, { code: 0, err: "" });
        assertEquals(out.trim().split("\n"), [
          ...[
            "__future__",
            "ansible",
            "ansible_collections",
            "json",
            "os",
            "re",
          ],
          ...["signal", "subprocess", "tempfile"],
        ]);
      },
    );

    async function values(): Promise<number[]> {
      return await Promise.all(fleet.hosts.map((host) => held(host, FIRST)));
    }
  },
});

/** A file of tasks that notes the host; says its path. */
function drain(controller: Controller, word: string, log: string): string {
  return controller.playbook(word, [{
    name: word,
    "ansible.builtin.shell": `echo ${word} {{ inventory_hostname }} >>${log}`,
    delegate_to: "localhost",
    vars: { ansible_connection: "local" },
  }]);
}

/** Every file that a host has of its own. */
function written({ room }: { readonly room: string }): string[] {
  return files(`${room}/up`).filter((path) => !path.includes("/.ansible/"));
}
