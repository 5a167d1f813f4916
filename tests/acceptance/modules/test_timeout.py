"""Ansible's timeout keyword: it ends the task. A module that is a process of its own outlives that, so that each test
has a cloud that no other test sees."""

import re
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.acceptance.modules.conftest import BOTH_WAYS
from tests.acceptance.modules.test_direct import QUOTA, slow_service
from tests.simulator import SimulatorProcess
from tests.support.slow_server import ANSWERS, serving

pytestmark = BOTH_WAYS


@pytest.fixture
def simulator() -> Iterator[SimulatorProcess]:
    with SimulatorProcess(delay=0.2) as own:
        yield own


def test_the_timeout_of_a_task(controller: Any, simulator: Any) -> None:
    """It ends the wait, not the run; nothing of the interrupted task disturbs the next one."""
    simulator.settings(delay=60)
    # On a busy machine, a process of its own takes seconds to start.
    make = {**slow_service(), "timeout": 12, "register": "slow", "ignore_errors": True}
    show = {"ansible.builtin.debug": {"msg": "<<{{ slow.msg }}>>"}}
    done = controller.play(make, {**QUOTA, "register": "quota"}, show)
    assert done.code == 0, done.output
    assert done.count("ignored") == 1 and done.count("ok") == 3, done.output
    assert re.search("<<.*(timed out|timeout|expected time frame)", done.output, re.IGNORECASE)
    assert len(simulator.state()["services"]) == creations(simulator) == 1


@pytest.mark.fault_injection("answers that come too slowly")
@pytest.mark.parametrize("name", ["a header's value", "a chunk's size"])
def test_the_timeout_of_a_fleet_whose_requests_hang(controller: Any, simulator: Any, name: str) -> None:
    """The list is answered, and each creation drips. In a process of its own, the fleet ends with wait_timeout."""
    made = controller.play(slow_service())
    assert made.code == 0, made.output
    with serving(ANSWERS[name], behind=urlsplit(simulator.api_url).port) as port:
        places = [{part: one[part] for part in ("vpc_id", "subnet_id")} for one in simulator.spare()]
        options = {
            "endpoints": places,
            "endpoint_service_id": simulator.state()["services"][0]["id"],
            "api_url": f"http://127.0.0.1:{port}",
            "timeout": 8,
            "retries": 0,
            "wait_timeout": 120,
        }
        began = time.monotonic()
        done = controller.play({"crossvpc.vpcep.vpcep_endpoints": options, "timeout": 4, "ignore_errors": True})
    assert done.count("ignored") == 1, done.output
    assert re.search("timed out after|expected time frame", done.output, re.IGNORECASE), done.output
    assert time.monotonic() - began < options["wait_timeout"]


def test_the_timeout_of_a_fleet(controller: Any, simulator: Any) -> None:
    """Its threads do not go on trying while the task is over."""
    places = [{name: one[name] for name in ("vpc_id", "subnet_id")} for one in simulator.spare()]
    service = slow_service()["crossvpc.vpcep.vpcep_service"]
    fleet = {"endpoints": places, "endpoint_service_id": "{{ made.service.id }}"}
    tasks = [
        {"crossvpc.vpcep.vpcep_service": {**service, "approval_enabled": False}, "register": "made"},
        {"crossvpc.vpcep.vpcep_endpoints": fleet, "timeout": 3, "ignore_errors": True, "register": "late"},
    ]
    simulator.fault("throttle", operation="createEndpoint", count=None)
    began = time.monotonic()
    done = controller.play(*tasks)
    assert done.count("ignored") == 1, done.output
    assert time.monotonic() - began < 120, "the fleet alone would go on for 10 minutes"


def test_a_worker_whose_playbook_was_killed_sends_nothing_more(controller: Any, simulator: Any, way: str) -> None:
    """A module in a process of its own has the worker for a parent, which outlives the playbook."""
    if way != "direct":
        pytest.skip("the worker lives")
    simulator.fault("throttle", operation="createEndpointService", count=None)
    process = controller.start("ansible-playbook", controller.write(slow_service()))
    deadline = time.monotonic() + 60
    while not creations(simulator) and time.monotonic() < deadline:
        time.sleep(0.05)
    process.kill()
    process.wait()
    before = creations(simulator)
    time.sleep(8)
    assert 1 <= before == creations(simulator)


def creations(simulator: Any) -> int:
    return sum(entry["operation"] == "createEndpointService" for entry in simulator.log())
