/**
 * Plays that hold the modules against a fwctl that does not behave, and against
 * options that do not go together.
 *
 * @module
 */
import type { Controller, TaskEnd } from "./playbooks.ts";
import { FIRST, VARS } from "./site.ts";

/** A recipe that says its parameters wherever it can. */
export const TALKATIVE = `export default {
  name: "talkative",
  description: "Says its parameters wherever it can",
  params: {
    vf: { type: "pci-list", required: true, help: "Functions" },
    token: { type: "string", required: true, pattern: "[a-z0-9-]+", help: "A secret" },
    pin: { type: "integer", required: true, max: 90000000, help: "Another" },
  },
  desired({ params, resource }) {
    return params.vf.map((vf) =>
      resource("mlx5.hca_cap", { vf, cap_type: "GENERAL", set: { log_max_qp: 13 } })
    );
  },
  report({ params }) {
    return { said: "the token is " + params.token, pin: params.pin, hex: "0x" + params.pin.toString(16) };
  },
};
`;

/** A play of one task on alpha, with what fwctl_recipe has in all of them. */
export function recipeTask(
  options: Readonly<Record<string, unknown>>,
  name = "Apply",
): Record<string, unknown> {
  return {
    name,
    "fwctl.fwctl.fwctl_recipe": {
      model: VARS.fwctl_model,
      model_state: VARS.fwctl_model_state,
      state_dir: VARS.fwctl_state_dir,
      ...options,
    },
    ignore_errors: true,
  };
}

const RECIPE = {
  recipe: VARS.fwctl_recipe,
  params: { vf: [FIRST], set: { log_max_qp: 13 } },
};

const UNDONE = {
  schema: "fwctl/apply",
  // A later minor version is read.
  version: "1.7",
  plan: {},
  result: {
    outcome: "undone",
    steps: [],
    error: {
      code: "PlanError",
      message: "The run was interrupted",
      reason: "interrupted",
      findings: [],
      hint: "Run it again",
    },
  },
  run: null,
};

/** Every misbehaviour, each a task of its name. */
export async function misbehaviours(
  controller: Controller,
): Promise<Record<string, TaskEnd>> {
  const script = (name: string, text: string): string => {
    const path = `${controller.path}/${name}`;
    Deno.writeTextFileSync(path, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    return path;
  };
  Deno.writeTextFileSync(`${controller.path}/undone`, JSON.stringify(UNDONE));
  const onlyPlans = (apply: string) =>
    `[ "$1" = apply ] || exec /usr/local/bin/fwctl "$@"\n${apply}`;
  const tasks = [
    recipeTask({ ...RECIPE, executable: "/nowhere/fwctl" }, "absent"),
    recipeTask({
      ...RECIPE,
      executable: script(
        "future",
        `echo '{"schema":"fwctl/plan","version":"2.0"}'`,
      ),
    }, "future"),
    recipeTask({
      ...RECIPE,
      executable: script("mute", "echo Killed >&2; exit 137"),
    }, "mute"),
    recipeTask({
      ...RECIPE,
      executable: script(
        "other",
        `echo '{"schema":"fwctl/list","version":"1.0"}'`,
      ),
    }, "other"),
    recipeTask({
      ...RECIPE,
      timeout: 1,
      executable: script("slow", "exec sleep 30"),
    }, "slow"),
    recipeTask({
      ...RECIPE,
      timeout: 10,
      executable: script(
        "told",
        onlyPlans(
          `trap 'cat ${controller.path}/undone; exit 5' INT\nwhile :; do sleep 0.1; done`,
        ),
      ),
    }, "told"),
    recipeTask({
      ...RECIPE,
      timeout: 10,
      executable: script(
        "deaf",
        onlyPlans(
          `trap '' INT TERM\nsleep 25; echo >${controller.path}/deaf.ended`,
        ),
      ),
    }, "deaf"),
    recipeTask({
      ...RECIPE,
      executable: script("killed", onlyPlans("kill -KILL $$")),
    }, "killed"),
    recipeTask({ ...RECIPE, params_secret: { token: "abc" } }, "short"),
    recipeTask({ content: TALKATIVE, require_signed: true }, "unsigned"),
    recipeTask({ ...RECIPE, max_effect: "read" }, "refused"),
  ];
  const play = await controller.play(
    controller.playbook("misbehaviours", [{
      name: "Misbehaviours",
      hosts: "alpha",
      gather_facts: false,
      tasks,
    }]),
  );
  return Object.fromEntries(play.tasks.map((each) => [each.task, each]));
}
