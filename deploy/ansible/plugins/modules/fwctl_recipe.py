#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright (c) 2026 the fwctl-deno authors
# SPDX-License-Identifier: MIT

from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r"""
module: fwctl_recipe
short_description: Bring device firmware to what a recipe declares
version_added: 0.1.0
description:
  - Plans a recipe on the host, and applies exactly that plan.
  - What is read when the plan is made is read again before the first write. When anything moved
    in between, the task fails as I(stale) and nothing is written.
  - Everything that is written is read back. When a step fails, all that was written is taken back,
    and the task fails as I(undone); as I(not_undone), with what is left, where that was not possible.
  - In check mode the same plan is made and nothing is written; I(changed) and the diff are those of the real run.
  - No write is ever repeated. A task with C(retries) repeats the whole task, which plans anew.
options:
  recipe:
    description: The recipe, a path or a URL that the host can read.
    type: str
  content:
    description:
      - The recipe's text, for instance from the lookup C(file). It imports nothing but types.
      - With it no signature can be required.
    type: str
  seal:
    description: Close a device to writes, once it was changed, until the next boot.
    type: bool
    default: false
  break_seal:
    description: Write also to a device that was sealed in this boot.
    type: bool
    default: false
  lock_timeout:
    description: Seconds to wait for a device that another run has.
    type: int
    default: 0
extends_documentation_fragment:
  - fwctl.fwctl.fwctl
  - fwctl.fwctl.fwctl.recipe
attributes:
  check_mode:
    description: Predicts whether it changes something, and how.
    support: full
  diff_mode:
    description: Shows every field before and after.
    support: full
seealso:
  - module: fwctl.fwctl.fwctl_drift
  - module: fwctl.fwctl.fwctl_facts
"""

EXAMPLES = r"""
- name: At most 4,096 queue pairs and no RoCE for two virtual functions
  fwctl.fwctl.fwctl_recipe:
    recipe: /etc/fwctl/recipes/vf_caps.ts
    params:
      vf: ["0000:3b:00.2", "0000:3b:00.3"]
      set: {log_max_qp: 12, roce: 0}
    policy: /etc/fwctl/policy.json
  become: true

- name: A recipe that is kept beside the playbook
  fwctl.fwctl.fwctl_recipe:
    content: "{{ lookup('file', 'recipes/sriov_baseline.ts') }}"
    params: "{{ baseline }}"
  become: true

- name: A value that nobody may see
  fwctl.fwctl.fwctl_recipe:
    recipe: /etc/fwctl/recipes/vendor_key.ts
    params: {device: fwctl0}
    params_secret: {key: "{{ vault_vendor_key }}"}
  become: true

- name: Configuration that the next reset loads, signed by the firmware team
  fwctl.fwctl.fwctl_recipe:
    recipe: /etc/fwctl/recipes/nvconfig_profile.ts
    params: {device: fwctl0, set: "NUM_OF_VFS=8"}
    max_effect: next-reset
    require_signed: true
    trust: /etc/fwctl/trust
  become: true
  register: profile

- name: Say what became of it, and go on only where nothing is left half done
  block:
    - name: Apply
      fwctl.fwctl.fwctl_recipe:
        recipe: /etc/fwctl/recipes/vf_caps.ts
        params: "{{ caps }}"
      become: true
      register: applied
  rescue:
    - name: Stop where something is left on a device
      ansible.builtin.fail:
        msg: "{{ applied.msg }}"
      when: not applied.undone and not applied.stale and not applied.refused
"""

RETURN = r"""
changed:
  description: Whether something on a device is, or in check mode would be, other than before. C(false) when all was taken back.
  returned: always
  type: bool
outcome:
  description:
    - C(nothing) to do, C(planned) in check mode, or C(applied).
    - When failed, C(failed) and nothing is changed, C(stale), C(refused), C(undone), C(not-undone), C(stopped),
      or C(unknown) where the command did not end, or not with an answer.
  returned: when there is a plan
  type: str
  sample: applied
exit_code:
  description:
    - The exit code of C(fwctl). 0 done; 1 an error, nothing is changed; 3 stale; 4 refused by policy;
      5 applied partly and taken back; 6 applied partly and not taken back.
  returned: when the command ended
  type: int
  sample: 0
stale:
  description: The device moved after it was planned for, and nothing was written. Run the play again.
  returned: always
  type: bool
refused:
  description: The policy refuses it, and nothing was sent.
  returned: always
  type: bool
undone:
  description: A step failed, and all that was written was taken back and read back as before.
  returned: always
  type: bool
not_undone:
  description: Something is left on a device. I(steps) say what.
  returned: always
  type: bool
run:
  description: The name of the run's journal on the host, for C(fwctl journal show) and C(fwctl undo).
  returned: when one was written
  type: str
  sample: 20261129T122147858Z-ca9cf34e
plan:
  description: What was planned, in figures.
  returned: when there is a plan
  type: dict
  sample:
    recipe: vf-caps
    url: file:///etc/fwctl/recipes/vf_caps.ts
    recipe_digest: 455dc13ff8bbc0ed1870f36fbc6c4b1468e59c09dc7a68846aadf81a257d9519
    devices: [fwctl0]
    resources: 2
    to_change: 2
    fields: 4
    requests: 2
    scope: configuration
    effect: runtime
    taints: false
    resets: []
resources:
  description: Every resource that the recipe declares, and every action it asks for.
  returned: when there is a plan
  type: list
  elements: dict
  sample:
    - kind: mlx5.hca_cap
      device: fwctl0
      unit: function 1 GENERAL
      title: VF 0
      address: "0000:3b:00.2"
      action: false
      changes: [{field: roce, before: 1, after: 0}]
      notes: []
steps:
  description: Every request of the plan, and what became of it.
  returned: when there is a plan
  type: list
  elements: dict
  sample:
    - device: fwctl0
      resource: 0
      request: SET_HCA_CAP GENERAL, function 1
      scope: configuration
      effect: runtime
      taints: false
      status: applied
      errors: []
refusals:
  description: What the policy refuses, each with its rule.
  returned: when there is a plan
  type: list
  elements: str
report:
  description: What the recipe reports.
  returned: when it does
  type: raw
error:
  description: The error as C(fwctl --json) has it, with I(code), I(message) and I(hint).
  returned: failure
  type: dict
  sample:
    code: DeviceError
    message: "SET_HCA_CAP GENERAL, function 2: the firmware answered BAD_PARAM"
    hint: Look at the values that the plan sets
msg:
  description: One line. When failed, the error, its code, what the exit code means, and what to do next.
  returned: always
  type: str
"""

from ansible_collections.fwctl.fwctl.plugins.module_utils.fwctl import (
    DONE,
    RECIPE_ARGS,
    REFUSED,
    STALE,
    UNDONE,
    NOT_UNDONE,
    Trouble,
    new_module,
    run_module,
    sentence,
)
from ansible_collections.fwctl.fwctl.plugins.module_utils.plan import (
    diff_of,
    resources_of,
    steps_of,
    summary_of,
    words_of,
)

LOOK = (
    "Look at fwctl journal list on the host; when no fwctl runs there any more, "
    "fwctl undo or fwctl resume of the run, if it has not ended"
)


def recipe_of(fwctl):
    """The recipe as a command names it."""
    params = fwctl.params
    if params["content"] is None:
        return params["recipe"]
    if params["require_signed"]:
        raise Trouble(dict(
            code="UsageError",
            message="A recipe given as content has no signature",
            hint="Put it and its signature on the host, and name it with recipe",
        ))
    return fwctl.temporary(".ts", params["content"])


def options_of(fwctl, plan_file=False):
    """What plan and apply have in common; a plan file's recipe had its signature checked."""
    words = fwctl.ceilings(signed=not plan_file)
    if fwctl.params["seal"]:
        words.append("--seal")
    if fwctl.params["break_seal"]:
        words.append("--break-seal")
    return words


def make_plan(fwctl, keep):
    """Plans; with keep also into a file, which is the very thing that is applied."""
    recipe = recipe_of(fwctl)
    words = ["plan", recipe] + fwctl.given([recipe]) + options_of(fwctl)
    file = None
    if keep:
        # It is not signed: its folder and its digest keep it as it was written.
        file = fwctl.temporary(".json")
        words += ["-o", file, "--force"]
    return fwctl.run("plan", words), file


def apply_plan(fwctl, file):
    words = ["apply", file, "--yes"] + options_of(fwctl, plan_file=True)
    if fwctl.params["lock_timeout"]:
        words += ["--lock-timeout", str(fwctl.params["lock_timeout"])]
    # An error before the first write is a result too: the plan is shown with it.
    return fwctl.run("apply", words, may_fail=True, writes=True, plan_file=True)


def result_of(fwctl, body, code):
    """What is known when the plan is made."""
    plan = body["plan"]
    result = dict(
        changed=body["changes"],
        outcome="planned" if body["changes"] else "nothing",
        exit_code=code,
        plan=summary_of(plan),
        resources=resources_of(plan),
        steps=steps_of(plan),
        refusals=body.get("refusals", []),
        stale=False,
        refused=False,
        undone=False,
        not_undone=False,
        msg=words_of(plan),
    )
    if "report" in body:
        result["report"] = body["report"]
    if fwctl.module._diff:
        result["diff"] = diff_of(plan)
    return result


def refuse(result):
    """A plan that the policy refuses fails in check mode as it does in the real run."""
    error = dict(
        code="PolicyError",
        message="The policy refuses this plan",
        refusals=result["refusals"],
        hint="Each refusal says which rule it is and what would have to change",
    )
    result.update(
        failed=True,
        changed=False,
        outcome="refused",
        refused=True,
        exit_code=REFUSED,
        error=error,
        msg=sentence(error, REFUSED),
    )
    return result


def applied(result, ended):
    """The result with what an apply said."""
    code, body = ended.code, ended.body
    done = body.get("result", {})
    error = body.get("error") if body["schema"] == "fwctl/error" else done.get("error")
    outcome = done.get("outcome", "failed")
    for step, end in zip(result["steps"], done.get("steps", [])):
        step.update(status=end["status"], errors=end["errors"])
        if "answer" in end:
            step["answer"] = end["answer"]
    if code == STALE:
        outcome = "stale"
    elif code == REFUSED:
        outcome = "refused"
    result.update(
        exit_code=code,
        outcome=outcome,
        # What was taken back, and what was never written, is no change.
        changed=outcome in ("applied", "stopped", "not-undone"),
        stale=code == STALE,
        refused=code == REFUSED,
        undone=code == UNDONE,
        not_undone=code == NOT_UNDONE,
    )
    if body.get("run"):
        result["run"] = body["run"]
    if code != DONE:
        error = error or dict(code="ModuleError", message="fwctl apply ended as %s" % outcome)
        result.update(failed=True, error=error, msg=sentence(error, code, outcome))
        # Nothing of the plan holds, so there is no difference to show.
        if not result["changed"]:
            result.pop("diff", None)
    return result


def body(fwctl):
    check = fwctl.module.check_mode
    planned, file = make_plan(fwctl, keep=not check)
    result = result_of(fwctl, planned.body, planned.code)
    if result["refusals"]:
        return refuse(result)
    if check or not result["changed"]:
        return result
    try:
        return applied(result, apply_plan(fwctl, file))
    except Trouble as trouble:
        return unanswered(result, trouble)


def unanswered(result, trouble):
    """An apply that did not say how it ended: what is on the devices is not known."""
    error = trouble.error
    code = trouble.more.get("exit_code")
    result.pop("diff", None)
    result.update(
        failed=True,
        changed=True,
        outcome="unknown",
        exit_code=code,
        error=dict(error, hint=LOOK),
        msg=sentence(dict(error, hint=LOOK), code, "unknown"),
    )
    return result


def main():
    arguments = dict(
        RECIPE_ARGS,
        recipe=dict(type="str"),
        content=dict(type="str"),
        seal=dict(type="bool", default=False),
        break_seal=dict(type="bool", default=False),
        lock_timeout=dict(type="int", default=0),
    )
    module = new_module(
        arguments,
        mutually_exclusive=[("recipe", "content")],
        required_one_of=[("recipe", "content")],
    )
    run_module(module, body)


if __name__ == "__main__":
    main()
