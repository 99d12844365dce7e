# -*- coding: utf-8 -*-
# Copyright (c) 2026 the fwctl-deno authors
# SPDX-License-Identifier: MIT

from __future__ import absolute_import, division, print_function

__metaclass__ = type


class ModuleDocFragment(object):
    """Options that several modules have."""

    DOCUMENTATION = r"""
options:
  executable:
    description: Where C(fwctl) is on the host. The role C(fwctl.fwctl.install) puts it there.
    type: path
    default: /usr/local/bin/fwctl
  state_dir:
    description:
      - The folder of seals, journals and locks. C(/var/lib/fwctl) when absent.
      - A modelled host has none unless it is named.
    type: path
  policy:
    description:
      - A policy file on the host. What it does not allow reaches no device.
    type: path
  definitions:
    description: Files on the host with names for what a vendor keeps to itself.
    type: list
    elements: path
    default: []
  timeout:
    description:
      - Seconds that one C(fwctl) command may take.
      - A command that only reads is stopped then.
      - One that writes is told to end. It takes back what it has written, and the task fails as undone.
        It is never killed.
    type: int
    default: 600
  model:
    description:
      - Run on a modelled host instead of the real one, to rehearse a playbook.
        The name of a scenario, or a scenario file on the host.
    type: str
  model_state:
    description: The file on the host that carries the modelled host from one task to the next.
    type: path
requirements:
  - python >= 3.6 on the host
  - fwctl 0.1 or a later 0.x or 1.x on the host; its JSON must be of major version 1
author:
  - the fwctl-deno authors (@fwctl)
"""

    RECIPE = r"""
options:
  params:
    description:
      - The recipe's parameters. C(fwctl plan RECIPE --params-help) lists them.
      - Values that a template made text of are taken as the recipe's types say.
        With I(require_signed) nothing of a recipe runs before its signature is checked,
        so there values must have their types, for instance by the filter C(int).
    type: dict
    default: {}
  params_secret:
    description:
      - Parameters that must not be seen. They are in no log, no result and no command line,
        and where a message, a diff or a field would show one there are asterisks.
      - A value must have 4 characters or more; a shorter one would be found by chance in everything.
      - The journal of the run on the host holds them, as it holds all that was sent. Only root reads it.
    type: dict
    default: {}
  max_scope:
    description: Highest scope that may be sent. C(debug-read-only), which does not taint, unless the policy says otherwise.
    type: str
    choices: [configuration, debug-read-only, debug-write, debug-write-full]
  max_effect:
    description: Strongest effect that may be sent. C(runtime) unless the policy says otherwise.
    type: str
    choices: [read, runtime, next-reset, disruptive, destructive]
  allow_taint:
    description: Allow requests that taint the kernel.
    type: bool
    default: false
  parallel:
    description: Speak to so many devices of the host at a time.
    type: int
  require_signed:
    description: Refuse a recipe that no key in I(trust) has signed.
    type: bool
    default: false
  trust:
    description: Whose signatures count. A file or a folder on the host.
    type: path
"""
