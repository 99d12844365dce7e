#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright (c) 2026 the fwctl-deno authors
# SPDX-License-Identifier: MIT

from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r"""
module: fwctl_facts
short_description: Which fwctl devices a host has, and what they say
version_added: 0.1.0
description:
  - Reads the inventory of the host, and on request what each device says of itself.
  - Sends reads only, so check mode is no different.
options:
  info:
    description: Also open each device and read who it is, its firmware version and its uid.
    type: bool
    default: false
  queries:
    description:
      - Queries by name that are sent to each device whose driver has them, such as C(identity) or C(health).
        C(fwctl describe DEVICE) lists them.
      - A device that does not answer has the error in its place; the task does not fail for it.
    type: list
    elements: str
    default: []
extends_documentation_fragment:
  - fwctl.fwctl.fwctl
attributes:
  check_mode:
    description: It writes nothing.
    support: full
  diff_mode:
    description: There is no difference to show.
    support: none
  facts:
    description: Returns C(ansible_facts).
    support: full
"""

EXAMPLES = r"""
- name: Which devices are there
  fwctl.fwctl.fwctl_facts:
  become: true

- name: With the firmware of each
  fwctl.fwctl.fwctl_facts:
    info: true
    queries: [identity]
  become: true

- name: Only hosts that have an mlx5 device go on
  ansible.builtin.meta: end_host
  when: ansible_facts.fwctl.devices | selectattr('driver', 'equalto', 'mlx5') | list | length == 0
"""

RETURN = r"""
ansible_facts:
  description: The facts, below C(ansible_facts.fwctl).
  returned: always
  type: dict
  contains:
    fwctl:
      description: The inventory.
      type: dict
      returned: always
      contains:
        version:
          description: The version of C(fwctl).
          type: str
          sample: 0.1.0
        kernel:
          description: The kernel's release.
          type: str
          sample: 7.2.13-amd64
        lockdown:
          description: C(none), C(integrity) or C(confidentiality).
          type: str
          sample: none
        tainted:
          description: Whether fwctl has tainted the kernel.
          type: bool
        bootId:
          description: The boot.
          type: str
        rawio:
          description: Whether the user may send scope C(debug-write-full).
          type: bool
        devices:
          description:
            - Every device as C(fwctl list --json) has it, with I(name), I(driver), I(pci), I(net), I(infiniband), I(virtfns).
            - With I(info) also I(identity), I(info) and I(deviceType); with I(queries) also I(queries), by name
              I(answer) or I(error). A device that cannot be opened has I(error).
          type: list
          elements: dict
"""

from ansible_collections.fwctl.fwctl.plugins.module_utils.fwctl import (
    DONE,
    Trouble,
    new_module,
    run_module,
)


def told(fwctl, device):
    """What `fwctl info` says of a device, or why not."""
    ended = fwctl.run("info", ["info", device["name"]], may_fail=True)
    if ended.code != DONE:
        return dict(error=ended.body["error"])
    return dict((name, ended.body[name]) for name in ("deviceType", "info", "identity"))


def asked(fwctl, device):
    """The answers to the queries that the device's driver has."""
    described = fwctl.run("describe", ["describe", device["name"]], may_fail=True)
    if described.code != DONE:
        return dict(error=described.body["error"])
    known = set(query["name"] for query in described.body["queries"])
    answers = dict()
    for name in fwctl.params["queries"]:
        if name in known:
            ended = fwctl.run("query", ["query", device["name"], name], may_fail=True)
            answers[name] = (
                dict(answer=ended.body["answer"])
                if ended.code == DONE
                else dict(error=ended.body["error"])
            )
    return dict(queries=answers)


def body(fwctl):
    inventory = fwctl.run("list", ["list"]).body["inventory"]
    for device in inventory["devices"]:
        if fwctl.params["info"]:
            device.update(told(fwctl, device))
        if fwctl.params["queries"]:
            device.update(asked(fwctl, device))
    inventory["version"] = version(fwctl)
    return dict(changed=False, ansible_facts=dict(fwctl=inventory))


def version(fwctl):
    code, out, _err = fwctl.execute(["--version"], writes=False)
    if code != DONE:
        raise Trouble(dict(code="ModuleError", message="fwctl --version ended with %s" % code))
    # The version, and in brackets what it is made of.
    return out.decode("utf-8").split()[0]


def main():
    module = new_module(dict(
        info=dict(type="bool", default=False),
        queries=dict(type="list", elements="str", default=[]),
    ))
    run_module(module, body)


if __name__ == "__main__":
    main()
