# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One module run in this process, as if it were one of its own: JSON in, text on its standard output out."""

from __future__ import annotations

import atexit
import gc
import io
import json
import os
import typing as t
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from importlib import import_module

from ansible.module_utils import basic
from ansible.module_utils.common import warnings

from ansible_collections.crossvpc.vpcep.plugins.module_utils.entry import run_module

from .compiled import OURS

# What modules load when they need it is loaded here once for all workers, which are copies of this process.
# What they need when something fails is not, but for errors of the cloud: one says that what was deleted is gone.
for _name in ("clouds_yaml", "creation", "error_bodies", "error_codes", "iam", "passcode", "signing"):
    import_module(f"{OURS}module_utils.{_name}")
for _name in (
    "_strptime",
    "ansible.module_utils.ansible_release",
    "concurrent.futures.thread",
    "email.utils",
    "ipaddress",
    "yaml",
):
    import_module(_name)

# What Python recommends to processes that fork: what is here by now stays till the end, and is shared by all workers
# as long as none of them looks through it for garbage. At the end all is looked through as ever, as somebody's file may
# be waiting to be closed.
gc.freeze()
atexit.register(gc.unfreeze)

try:  # ansible-core 2.19 and later name the ways to write JSON
    from ansible.module_utils.common.json import Direction, get_module_encoder

    PROFILE = "legacy"  # of all modules that do not ask for another one
    ENCODING: dict[str, t.Any] = {"cls": get_module_encoder(PROFILE, Direction.CONTROLLER_TO_MODULE)}
    get_module_encoder(PROFILE, Direction.MODULE_TO_CONTROLLER)  # loads it, as above
except ImportError:
    from ansible.module_utils.common.json import AnsibleJSONEncoder

    PROFILE = ""
    ENCODING = {"cls": AnsibleJSONEncoder, "vault_to_text": True}


class InProcessModule(basic.AnsibleModule):  # type: ignore[misc, unused-ignore]
    """An AnsibleModule whose result goes to *output*, whatever else is printed meanwhile."""

    def __init__(self, output: t.TextIO, **arguments: t.Any) -> None:
        self.output = output
        super().__init__(**arguments)

    def exit_json(self, **values: t.Any) -> None:
        with redirect_stdout(self.output):
            super().exit_json(**values)

    def fail_json(self, msg: str, **values: t.Any) -> None:
        with redirect_stdout(self.output):
            super().fail_json(msg, **values)


def run(file: t.Any, arguments: dict[str, t.Any], pools: t.Any, notify: t.Any) -> str:
    """What the module file *file* prints as its result; empty if something ended it before."""
    result, noise = io.StringIO(), io.StringIO()
    # SystemExit is how modules end.
    with given(arguments), redirect_stdout(noise), redirect_stderr(noise), suppress(SystemExit):
        run_module(InProcessModule(result, **file.ARGUMENTS), file.PROGRAM, pools, notify)
    return result.getvalue()


@contextmanager
def inside(folder: str) -> Iterator[None]:
    """Runs what is inside in another working directory; a worker does one task at a time."""
    before = os.getcwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


@contextmanager
def given(arguments: dict[str, t.Any]) -> Iterator[None]:
    """Puts arguments where AnsibleModule looks for them, in the form in which another process would get them."""
    text = json.dumps({"ANSIBLE_MODULE_ARGS": arguments}, **ENCODING)
    forget_warnings()
    before = {name: getattr(basic, name) for name in ("_ANSIBLE_ARGS", "_ANSIBLE_PROFILE") if hasattr(basic, name)}
    try:
        basic._ANSIBLE_ARGS = text.encode()
        basic._ANSIBLE_PROFILE = PROFILE
        yield
    finally:
        for name, value in before.items():
            setattr(basic, name, value)


def forget_warnings() -> None:
    """Warnings are collected per process; those of the loop's former items are not this one's."""
    for name in ("_global_warnings", "_global_deprecations"):
        collected = getattr(warnings, name, None)
        if collected:
            collected.clear()


def parse(action: t.Any, output: str) -> dict[str, t.Any]:
    """The result in *output*, read by Ansible's own code: so it decides what is trusted, and what is an error."""
    answer = {"stdout": output, "stdout_lines": output.splitlines(), "stderr": "", "stderr_lines": [], "rc": 0}
    if not PROFILE:
        from ansible.utils.unsafe_proxy import wrap_var

        return dict(wrap_var(action._parse_returned_data(answer)))
    parsed = action._parse_returned_data(answer, PROFILE)
    return parsed if isinstance(parsed, dict) else dict(parsed.as_result_dict(for_round_trip=True))
