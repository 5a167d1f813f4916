# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Notes the result of each task of this collection in a file, and says in which way modules are executed."""

from __future__ import annotations

import json
import os

from ansible.parsing.ajson import AnsibleJSONEncoder
from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: record
type: notification
short_description: Notes results
description: Notes the result of each task of this collection, for tools/compare_ways.py.
options:
  path:
    description: The file to write to, a line for each result.
    ini: [{section: record, key: path}]
    required: true
  direct:
    description: What VPCEP_DIRECT is set to; ansible-test keeps the environment to itself.
    ini: [{section: record, key: direct}]
    required: true
"""

COLLECTION = "crossvpc.vpcep."


class CallbackModule(CallbackBase):
    CALLBACK_NAME = "record"
    CALLBACK_NEEDS_ENABLED = False  # ansible-test enables another one, in the environment, which wins

    def set_options(self, *args, **options):
        super().set_options(*args, **options)
        os.environ["VPCEP_DIRECT"] = self.get_option("direct")

    def note(self, result, event):
        if result._task.action.startswith(COLLECTION):
            told = {"task": result._task.get_name(), "event": event, "result": result._result}
            with open(self.get_option("path"), "a", encoding="utf-8") as file:
                file.write(json.dumps(told, cls=AnsibleJSONEncoder, sort_keys=True) + "\n")

    def v2_runner_on_ok(self, result):
        self.note(result, "ok")

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self.note(result, "failed")

    def v2_runner_on_skipped(self, result):
        self.note(result, "skipped")

    def v2_runner_item_on_ok(self, result):
        self.note(result, "item ok")

    def v2_runner_item_on_failed(self, result):
        self.note(result, "item failed")
