#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright (c) 2026 the fwctl-deno authors
# SPDX-License-Identifier: MIT

from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r"""
module: fwctl_drift
short_description: Whether devices still are what recipes declare
version_added: 0.1.0
description:
  - Compares what is with what recipes declare, and writes nothing to a device.
  - All recipes of a task get the same parameters; where they differ, write a task for each.
options:
  recipes:
    description: The recipes, paths or URLs that the host can read.
    type: list
    elements: str
    required: true
  fail_on_drift:
    description: Fail when something differs, or waits for a reset.
    type: bool
    default: false
  prometheus:
    description: A file on the host that gets the figures, for the textfile collector. Not written in check mode.
    type: path
extends_documentation_fragment:
  - fwctl.fwctl.fwctl
  - fwctl.fwctl.fwctl.recipe
attributes:
  check_mode:
    description: It compares all the same.
    support: full
  diff_mode:
    description: The fields that differ are in the result.
    support: none
seealso:
  - module: fwctl.fwctl.fwctl_recipe
"""

EXAMPLES = r"""
- name: Has anything moved?
  fwctl.fwctl.fwctl_drift:
    recipes: [/etc/fwctl/recipes/vf_caps.ts]
    params: "{{ caps }}"
  become: true
  register: looked

- name: Say so
  ansible.builtin.debug:
    msg: "{{ looked.msg }}"
  when: looked.drift

- name: After an apply nothing may differ
  fwctl.fwctl.fwctl_drift:
    recipes: [/etc/fwctl/recipes/vf_caps.ts]
    params: "{{ caps }}"
    fail_on_drift: true
  become: true
"""

RETURN = r"""
changed:
  description: Always C(false).
  returned: always
  type: bool
drift:
  description: Whether anything differs, or holds what is declared and waits for a reset.
  returned: when all recipes were compared
  type: bool
count:
  description: How many resources are in which state.
  returned: always
  type: dict
  sample: {as-declared: 1, pending: 0, drifted: 1}
recipes:
  description: What came of each recipe.
  returned: always
  type: list
  elements: dict
  contains:
    source:
      description: As it was named.
      type: str
    recipe:
      description: The recipe's own name.
      type: str
    error:
      description: Why it could not be compared, or null.
      type: dict
    resources:
      description: Every resource, with I(state) C(as-declared), C(pending) or C(drifted), and I(fields) that make it so.
      type: list
      elements: dict
exit_code:
  description: The exit code of C(fwctl drift). 0 as declared, 2 drift, 1 when a recipe could not be compared.
  returned: always
  type: int
error:
  description: The first error as C(fwctl --json) has it.
  returned: failure
  type: dict
msg:
  description: One line.
  returned: always
  type: str
"""

from ansible_collections.fwctl.fwctl.plugins.module_utils.fwctl import (
    ERROR,
    PENDING,
    RECIPE_ARGS,
    Trouble,
    new_module,
    run_module,
    sentence,
)
from ansible_collections.fwctl.fwctl.plugins.module_utils.plan import change_of, counted

STATES = ("as-declared", "pending", "drifted")


def recipe_of(compared):
    """A recipe's resources and how each stands."""
    return dict(
        source=compared["source"],
        recipe=compared["recipe"],
        error=compared["error"],
        resources=[
            dict(
                (name, each["resource"][name])
                for name in ("kind", "device", "unit", "title", "address", "notes")
            )
            for each in compared.get("resources", [])
        ],
    )


def with_states(found, compared):
    for resource, each in zip(found["resources"], compared.get("resources", [])):
        resource["state"] = each["state"]
        resource["fields"] = [change_of(field) for field in each["fields"]]
    return found


def body(fwctl):
    recipes = fwctl.params["recipes"]
    if not recipes:
        raise Trouble(dict(code="UsageError", message="No recipe is named", hint="Name one in recipes"))
    words = ["drift"] + recipes + fwctl.given(recipes) + fwctl.ceilings()
    if fwctl.params["prometheus"] is not None and not fwctl.module.check_mode:
        words += ["--prometheus", fwctl.params["prometheus"]]
    ended = fwctl.run("drift", words)
    compared = ended.body["recipes"]
    found = [with_states(recipe_of(each), each) for each in compared]
    count = dict(
        (state, sum(each.get("count", {}).get(state, 0) for each in compared)) for state in STATES
    )
    errors = [each["error"] for each in found if each["error"]]
    drift = count["drifted"] + count["pending"] > 0
    result = dict(changed=False, recipes=found, count=count, exit_code=ended.code)
    if errors:
        result.update(failed=True, error=errors[0], msg=sentence(errors[0], ERROR))
        return result
    result.update(drift=drift, msg=words_of(found, count))
    if drift and fwctl.params["fail_on_drift"]:
        error = dict(
            code="Drift",
            message=result["msg"],
            hint="See recipes in the result; fwctl_recipe brings back what is declared",
        )
        result.update(failed=True, error=error, msg=sentence(error, PENDING))
    return result


def words_of(found, count):
    """The first fields that differ, or that none does."""
    if not count["drifted"] + count["pending"]:
        return "%s as declared" % counted(count["as-declared"], "resource")
    fields = [
        " ".join(
            part for part in (resource["device"], resource["title"], resource["address"]) if part
        ) + " " + field_words(field)
        for each in found
        for resource in each["resources"]
        for field in resource["fields"]
    ]
    more = len(fields) - 3
    return "%d drifted, %d pending: %s%s" % (
        count["drifted"], count["pending"], "; ".join(fields[:3]),
        "; and %d more" % more if more > 0 else "",
    )


def field_words(field):
    """What is and what was declared; a value that is written may wait for a reset."""
    if field["before"] == field["after"] and "inForce" in field:
        return "%s is %s until a reset, declared %s" % (
            field["field"], field["inForce"], field["after"],
        )
    return "%s is %s, declared %s" % (field["field"], field["before"], field["after"])


def main():
    arguments = dict(
        RECIPE_ARGS,
        recipes=dict(type="list", elements="str", required=True),
        fail_on_drift=dict(type="bool", default=False),
        prometheus=dict(type="path"),
    )
    run_module(new_module(arguments), body)


if __name__ == "__main__":
    main()
