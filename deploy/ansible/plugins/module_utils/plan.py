# -*- coding: utf-8 -*-
# Copyright (c) 2026 the fwctl-deno authors
# SPDX-License-Identifier: MIT
"""A plan as a task's result: figures, resources, requests, and the difference.

The images and requests themselves, which may be megabytes, are left out, and so
are the parameters.
"""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

from ansible_collections.fwctl.fwctl.plugins.module_utils.fwctl import EFFECTS, SCOPES


def summary_of(plan):
    """The plan in figures."""
    steps = plan["steps"]
    labels = [step["label"] for step in steps]
    return dict(
        recipe=plan["recipe"]["name"],
        url=plan["recipe"]["url"],
        recipe_digest=plan["recipe"]["digest"],
        devices=[device["name"] for device in plan["devices"]],
        resources=len(plan["resources"]),
        to_change=len([each for each in plan["resources"] if moves(each)]),
        fields=sum(len(each["changes"]) for each in plan["resources"]),
        requests=len(steps),
        scope=highest(SCOPES, [label["scope"] for label in labels]),
        effect=highest(EFFECTS, [label["effect"] for label in labels]),
        taints=any(step["taints"] for step in steps),
        resets=sorted(set(step["reset"] for step in steps if step.get("reset"))),
    )


def moves(resource):
    """Whether it is to change, or to be asked for."""
    return bool(resource["changes"]) or resource["arguments"] is not None


def highest(order, names):
    """The last of the order that is among the names; None when there are none."""
    found = [name for name in order if name in names]
    return found[-1] if found else None


def words_of(plan):
    """The plan as a line."""
    summary = summary_of(plan)
    if not summary["requests"]:
        return "Nothing to do: %s as declared" % counted(summary["resources"], "resource")
    line = "%d of %s to change: %s, %s. Scope %s, effect %s" % (
        summary["to_change"],
        counted(summary["resources"], "resource"),
        counted(summary["fields"], "field"),
        counted(summary["requests"], "request"),
        summary["scope"],
        summary["effect"],
    )
    return line + (", taints the kernel" if summary["taints"] else "")


def counted(number, noun):
    return "%d %s%s" % (number, noun, "" if number == 1 else "s")


def resources_of(plan):
    """Every resource and action, without what only a plan file needs."""
    return [resource_of(resource) for resource in plan["resources"]]


def resource_of(resource):
    found = dict(
        (name, resource[name]) for name in ("kind", "device", "unit", "title", "address", "notes")
    )
    found["action"] = resource["arguments"] is not None
    found["changes"] = [change_of(change) for change in resource["changes"]]
    if found["action"]:
        found["arguments"] = resource["arguments"]
    return found


def change_of(change):
    """A field before and after; what is in force until a reset, where it is something else."""
    names = ("field", "before", "after", "inForce", "default")
    return dict((name, change[name]) for name in names if name in change)


def steps_of(plan):
    """Every request, not begun yet."""
    return [
        dict(
            device=step["device"],
            resource=step["resource"],
            request=" ".join(
                part for part in (step["label"]["name"], step["label"].get("detail")) if part
            ),
            scope=step["label"]["scope"],
            effect=step["label"]["effect"],
            taints=step["taints"],
            status="not-reached",
            errors=[],
        )
        for step in plan["steps"]
    ]


def diff_of(plan):
    """Every field that changes, before and after, a line each below what it belongs to."""
    addresses = dict((device["name"], device["address"]) for device in plan["devices"])
    before, after = [], []
    for resource in plan["resources"]:
        if not moves(resource):
            continue
        head = heading(resource, addresses)
        after.append(head)
        if resource["arguments"] is not None:
            # An action is sent whatever the device holds: before it there is nothing.
            after += ["  %s: %s" % (each["name"], each["value"]) for each in resource["arguments"]]
            continue
        before.append(head)
        for change in resource["changes"]:
            before.append("  %s: %s" % (change["field"], change["before"]))
            after.append("  %s: %s" % (change["field"], change["after"]))
    return dict(
        before_header="the devices",
        after_header="recipe %s" % plan["recipe"]["name"],
        before=lines(before),
        after=lines(after),
    )


def heading(resource, addresses):
    device = resource["device"]
    parts = [device, addresses.get(device, ""), resource["title"], resource["address"]]
    what = "asked for once" if resource["arguments"] is not None else resource["unit"]
    return "%s  %s, %s" % (
        "  ".join(part for part in parts if part), resource["kind"], what,
    )


def lines(each):
    return "".join(line + "\n" for line in each)
