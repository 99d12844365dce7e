# What every task of a play came to, a JSON line each, for the tests to read.
from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = """
name: record
type: notification
short_description: Writes the results of tasks to a file
description: Writes the results of tasks to the file that FWCTL_TEST_RECORD names.
requirements:
  - enable in configuration
"""

import json
import os

from ansible.plugins.callback import CallbackBase


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "record"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self):
        super(CallbackModule, self).__init__()
        self.path = os.environ["FWCTL_TEST_RECORD"]

    def write(self, end, result):
        line = dict(
            end=end,
            host=result._host.name,
            task=result._task.name,
            action=result._task.action,
            result=json.loads(json.dumps(result._result, default=str)),
        )
        with open(self.path, "a") as file:
            file.write(json.dumps(line) + "\n")

    def v2_runner_on_ok(self, result):
        self.write("ok", result)

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self.write("failed", result)

    def v2_runner_on_skipped(self, result):
        self.write("skipped", result)

    def v2_runner_on_unreachable(self, result):
        self.write("unreachable", result)
