/**
 * The modules against a fwctl that does not behave, with secrets, and as
 * documents and Python.
 *
 * @module
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { ROOT } from "../../paths.ts";
import { run } from "./fleet.ts";
import { filesWith, Watch } from "./leaks.ts";
import { misbehaviours, recipeTask, TALKATIVE } from "./modules.ts";
import { files, FIRST, fresh, held, journals, type Step } from "./site.ts";

/** What each misbehaviour is answered with. */
const SAYS: Readonly<Record<string, RegExp>> = {
  absent: /^\/nowhere\/fwctl cannot be run: .*role fwctl\.fwctl\.install/,
  future: /answers in version 2\.0 of fwctl\/plan, and these modules read 1\.x/,
  mute: /fwctl plan ended with 137 and did not answer in JSON: Killed/,
  other: /answered fwctl\/list where fwctl\/params was to be/,
  slow: /did not end in 1 seconds; it only reads, and was stopped/,
  told:
    /The run was interrupted \(PlanError, exit code 5: .*Next: Run it again/,
  deaf:
    /did not end in 10 seconds, nor in as many .* still runs as process \d+/,
  killed:
    /fwctl apply ended with -9 and did not answer in JSON.*Next: Look at fwctl journal list/,
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

/** The steps, in order, by what they promise. */
export const STEPS: Readonly<Record<string, Step>> = {
  "a fwctl that does not behave, and options that do not fit, fail with words; a write is never killed":
    async (world) => {
      const { fleet, controller } = world;
      fresh(fleet);
      const ends = await misbehaviours(controller);
      for (const [name, { end, result }] of Object.entries(ends)) {
        assertEquals(end, "failed", name);
        assertMatch(result.msg, SAYS[name] ?? /^$/, name);
        // What nobody knows may be a change.
        assertEquals(result.changed, ["deaf", "killed"].includes(name), name);
      }
      assertEquals(Object.keys(ends).sort(), Object.keys(SAYS).sort());
      assertEquals(ends.told?.result.undone, true);
      assertEquals(ends.refused?.result.refused, true);
      assertEquals(ends.deaf?.result.outcome, "unknown");
      assertEquals(ends.killed?.result.outcome, "unknown");
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
  "secrets: in no output of -vvv, on no command line, in no result, in no file but the journal":
    async (world) => {
      const { fleet, controller } = world;
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
  "ansible-doc shows every module and the role, and every playbook passes the syntax check":
    async (world) => {
      const { controller } = world;
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
        ...[...Deno.readDirSync(folder)].map(({ name }) => `${folder}/${name}`),
      ], { env: { ...env, FWCTL_TEST_RECORD: "/dev/null" } });
      assertEquals(checks.code, 0, checks.err);
    },
  "the modules are Python 3.6, and import the standard library and Ansible alone":
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
};
