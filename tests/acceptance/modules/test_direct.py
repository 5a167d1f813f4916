"""Modules in the controller's own process: the results are the same as in a module process."""

import json
import os
import re
import shutil
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.modules.conftest import BOTH_WAYS, WAYS
from tests.support.seed import BACKEND

PLAYS = Path(__file__).parent / "plays"
QUOTA: dict[str, Any] = {"crossvpc.vpcep.vpcep_quota_info": {}}
A_PROCESS = "EXEC /bin/sh"  # what the connection says at -vvv when it starts one
A_FILE = "AnsiballZ_vpcep_quota_info.py"  # and this when the module is put into a file first
IDS = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
# Values that differ from run to run, in both modes.
ACCIDENTS = (
    (r'"(\w+_at|request_id)": "[^"]*"', r'"\1": "..."'),
    (r'"ms": \d+', '"ms": 0'),
    (r"request ID \w+", "request ID"),
    # Before 2.19 tracebacks are shown at -vvv, with the folder into which a module is unpacked.
    (r'[^" ]*/ansible_collections/', ".../ansible_collections/"),
    # Since 2.19 the error's line names the kind of plugin that returned it.
    (r"Task failed: (Action|Module) failed: ", "Task failed: "),
    (r'"(failed_when_suppressed_)?exception": "\(traceback unavailable\)",?\s*', ""),
)


def comparable(output: str) -> list[str]:
    """The lines of an output, in order of the alphabet, as workers finish in any, with IDs numbered."""
    for pattern, text in ACCIDENTS:
        output = re.sub(pattern, text, output)
    known: dict[str, str] = {}
    numbered = IDS.sub(lambda found: known.setdefault(found[0], f"ID-{len(known)}"), output)
    lines = [line for line in numbered.splitlines() if "EXEC" not in line and "Using module file" not in line]
    return sorted(line for line in lines if not line.startswith(("<", "Pipelining")))


@pytest.mark.parametrize(("strategy", "verbosity"), [("linear", "-vvv"), ("free", "-v")])
def test_all_keywords_of_a_task(controller: Any, simulator: Any, strategy: str, verbosity: str) -> None:
    shutil.copy(PLAYS / "keywords.yml", controller.folder)
    # One host where the order of hosts would decide about the numbers of IDs.
    hosts = "one,two,three," if strategy == "linear" else "one,"
    facts = {"wanted_strategy": strategy, "api": simulator.api_url, "networks": simulator.spare()[:2]}
    options = ["-i", hosts, *ON_THIS_MACHINE, "-e", json.dumps(facts), verbosity]
    said = {}
    for way, setting in WAYS.items():
        simulator.reset()
        shutil.rmtree(controller.folder / "cache", ignore_errors=True)
        done = controller.run("ansible-playbook", "keywords.yml", *options, VPCEP_DIRECT=setting)
        assert done.code == 0, done.output
        assert (A_PROCESS in done.output) == (way == "process" and verbosity == "-vvv")
        assert "of-nobodys-business" not in done.output.replace("of-nobodys-business-4711 }}", "")
        said[way] = comparable(done.output)
    assert said["direct"] == said["process"]


@BOTH_WAYS
@pytest.mark.parametrize("strategy", ["linear", "free"])
def test_several_hosts(controller: Any, simulator: Any, strategy: str, way: str) -> None:
    """Side by side, unless throttle is there; every host gets its result."""
    simulator.settings(latency_ms=300)
    result = {"register": "found", "failed_when": "found.quotas | length != 2"}
    hosts = ("-i", "one,two,three,four,", "-f", "4", *ON_THIS_MACHINE)
    run_quota(controller, QUOTA, *LOCAL)  # logs in
    for throttle, side_by_side in ((1, False), (0, True)):
        task = {**QUOTA, **result, "throttle": throttle}
        simulator.clear_log()
        said = run_quota(controller, task, *hosts, play={"strategy": strategy})
        assert len(re.findall(r"^\w+ +: ok=1 .* failed=0", said, re.MULTILINE)) == 4
        log = sorted(simulator.log(service="vpcep"), key=lambda entry: entry["time"])
        assert [entry["operation"] for entry in log] == ["listQuotas"] * 4
        overlaps = [one["time"] + one["ms"] / 1000 > other["time"] for one, other in pairwise(log)]
        assert any(overlaps) == side_by_side


def run_quota(controller: Any, task: dict[str, Any], *options: str, play: Any = None, **environment: str) -> str:
    """What is said at -vvv about a task, which has to end well."""
    playbook = controller.write(task, hosts="all", **(play or {}))
    done = controller.run("ansible-playbook", playbook, "-vvv", *options, **environment)
    assert done.code == 0, done.output
    assert '"quotas"' in done.output
    return str(done.output)


def runs_here(controller: Any, task: dict[str, Any], *options: str, play: Any = None, **environment: str) -> bool:
    """Whether a task does without a process."""
    return A_PROCESS not in run_quota(controller, task, *options, play=play, **environment)


OUR_PYTHON = ("-e", "ansible_python_interpreter={{ansible_playbook_python}}")
ON_THIS_MACHINE = ("-c", "local", *OUR_PYTHON)
LOCAL = ("-i", "here,", *ON_THIS_MACHINE)
HOSTS = "[all]\nhere ansible_connection=local ansible_python_interpreter={}\n"


def test_what_leads_to_a_process(controller: Any) -> None:
    assert runs_here(controller, QUOTA, *LOCAL)
    assert runs_here(controller, {**QUOTA, "delegate_to": "localhost"}, "-i", "far.invalid,", "-c", "ssh")
    assert not runs_here(controller, QUOTA, *LOCAL, VPCEP_DIRECT="0")
    assert not runs_here(controller, QUOTA, *LOCAL, ANSIBLE_KEEP_REMOTE_FILES="1")
    assert not runs_here(controller, {**QUOTA, "environment": {"A": "b"}}, *LOCAL)
    assert not runs_here(controller, QUOTA, *LOCAL, play={"environment": {"A": "b"}})
    jobs = ("-e", f"ansible_async_dir={controller.folder}/jobs")
    assert not runs_here(controller, {**QUOTA, "async": 30, "poll": 1}, *LOCAL, *jobs)


def test_another_python_is_respected(controller: Any) -> None:
    inventory = controller.folder / "hosts"
    inventory.write_text(HOSTS.format("'{{ ansible_playbook_python }}'"))
    assert runs_here(controller, QUOTA, "-i", "hosts")
    wrapper = controller.folder / "another-python"
    wrapper.write_text(f'#!/bin/sh\nexec "{controller.programs}/python" "$@"\n')
    wrapper.chmod(0o755)
    inventory.write_text(HOSTS.format(wrapper))
    assert not runs_here(controller, QUOTA, "-i", "hosts")


@pytest.mark.parametrize("facts", [True, False])
def test_a_discovered_python_is_no_choice(controller: Any, facts: bool) -> None:
    """localhost in the inventory, and Ansible in an environment that is not on PATH."""
    (controller.folder / "hosts").write_text("localhost ansible_connection=local\n")
    path = {"PATH": "/usr/local/bin:/usr/bin:/bin"}
    play = {"gather_facts": facts}
    assert runs_here(controller, QUOTA, "-i", "hosts", play=play, **path) or facts
    for task in (QUOTA, {**QUOTA, "environment": {"A": "b"}}, {**QUOTA, "delegate_to": "localhost"}):
        said = run_quota(controller, task, "-i", "hosts", play=play, VPCEP_DIRECT="0", **path)
        assert re.search(rf"EXEC /bin/sh -c .*{os.path.realpath(controller.programs)}/python", said)
    task = {**QUOTA, "async": 30, "poll": 1}
    run_quota(controller, task, "-i", "hosts", "-e", f"ansible_async_dir={controller.folder}/jobs", play=play, **path)


def test_become_is_respected(controller: Any) -> None:
    """With a become plugin of our own, as there need not be a sudo."""
    plugins = controller.folder / "become_plugins"
    plugins.mkdir()
    (plugins / "as_we_are.py").write_text(BECOME)
    task = {**QUOTA, "become": True, "become_method": "as_we_are"}
    said = run_quota(controller, task, *LOCAL, ANSIBLE_BECOME_PLUGINS=str(plugins), ANSIBLE_PIPELINING="false")
    assert A_PROCESS in said and A_FILE in said


def test_the_pipelining_setting_is_respected(controller: Any) -> None:
    for setting in (True, False):
        said = run_quota(controller, QUOTA, *LOCAL, VPCEP_DIRECT="0", ANSIBLE_PIPELINING=str(setting))
        assert A_PROCESS in said and (A_FILE in said) != setting


BECOME = '''
DOCUMENTATION = """
name: as_we_are
short_description: Changes nothing
description: [Changes nothing.]
options:
  become_user: {description: Nobody., default: ""}
"""
from ansible.plugins.become import BecomeBase


class BecomeModule(BecomeBase):
    name = "as_we_are"

    def build_become_command(self, cmd, shell):
        return cmd
'''


def test_a_program_that_fails_or_leaves(controller: Any, simulator: Any) -> None:
    """The worker lives on, and so does the play."""
    (controller.folder / "lib").mkdir()
    (controller.folder / "lib" / "sitecustomize.py").write_text(PRANKS)
    tasks = [
        {"crossvpc.vpcep.vpcep_quota_info": {}, "register": "quota"},
        {"crossvpc.vpcep.vpcep_tag_info": {"resource_type": "endpoint"}, "register": "left", "ignore_errors": True},
        {"crossvpc.vpcep.vpcep_service_info": {}, "register": "stumbled", "ignore_errors": True},
        {"ansible.builtin.assert": {"that": ["quota.quotas | length == 2", "left is failed", "stumbled is failed"]}},
        {"ansible.builtin.debug": {"msg": "<<{{ stumbled.msg }}>>"}},
    ]
    done = controller.play(*tasks, PYTHONPATH=str(controller.folder / "lib"))
    assert done.code == 0, done.output
    assert done.count("ignored") == 2
    assert "<<This is a mistake in crossvpc.vpcep" in done.output


PRANKS = """
import http.client, sys

sent = http.client.HTTPConnection.putrequest


def putrequest(self, method, url, *args, **options):
    if "/vpc-endpoint-services" in url:
        raise KeyError("a mistake")
    if "/endpoint/tags" in url:
        sys.exit(0)
    return sent(self, method, url, *args, **options)


http.client.HTTPConnection.putrequest = putrequest
"""


def test_a_loop_keeps_its_connection(controller: Any, simulator: Any) -> None:
    """One for the API and one for IAM, for all items."""
    (controller.folder / "lib").mkdir()
    (controller.folder / "lib" / "sitecustomize.py").write_text(COUNT)
    counted = controller.folder / "connections"
    environment = {"PYTHONPATH": str(controller.folder / "lib"), "COUNT_IN": str(counted)}
    controller.requests()
    done = controller.play({**QUOTA, "loop": [1, 2, 3, 4, 5]}, **environment)
    assert done.code == 0, done.output
    assert controller.requests() == ["POST createToken"] + ["GET listQuotas"] * 5
    assert counted.read_text().count("opened") == 2


COUNT = """
import os, socket

connect = socket.socket.connect


def counted(self, address):
    if self.family == socket.AF_INET:
        with open(os.environ["COUNT_IN"], "a") as file:
            file.write("opened\\n")
    return connect(self, address)


socket.socket.connect = counted
"""


def slow_service() -> dict[str, Any]:
    return {"crossvpc.vpcep.vpcep_service": {**BACKEND, "ports": [{"client_port": 80, "server_port": 80}]}}


def test_long_waits_talk(controller: Any, simulator: Any) -> None:
    simulator.settings(delay=8)
    silent = controller.play({**slow_service()}, options=("--check",), VPCEP_PROGRESS="1")
    assert silent.code == 0 and "Waiting for" not in silent.output
    hidden = controller.play({**slow_service(), "no_log": True}, VPCEP_PROGRESS="1")
    assert hidden.code == 0 and "Waiting for" not in hidden.output
    simulator.reset()
    simulator.settings(delay=8)
    talking = controller.play(slow_service(), VPCEP_PROGRESS="1")
    assert talking.code == 0, talking.output
    (service,) = simulator.state()["services"]
    (line,) = [line for line in talking.output.splitlines() if "Waiting for" in line]
    assert re.fullmatch(rf"Waiting for endpoint service {service['id']}: creating, [5-7] s so far", line)


@pytest.mark.parametrize("setting", ["0", ""])
def test_they_can_be_silenced_and_are_when_nobody_watches(controller: Any, simulator: Any, setting: str) -> None:
    simulator.settings(delay=8)
    done = controller.play(slow_service(), VPCEP_PROGRESS=setting)
    assert done.code == 0 and "Waiting for" not in done.output
