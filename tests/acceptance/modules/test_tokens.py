"""Tokens across processes: fetched once, kept for all of a user's playbooks, renewed when they die."""

import time
from typing import Any

from tests.acceptance.modules.conftest import BOTH_WAYS

# Playbooks at once; each module in a process of its own takes a multiple of the time. `make bench` starts 50 of these.
PROCESSES = {"direct": 50, "process": 20}


def tokens(simulator: Any) -> int:
    """How many tokens were asked for since the log was cleared."""
    return len(simulator.log(service="iam"))


# Alone on two cores this takes a minute; the processes are real and all of them start at once.
@BOTH_WAYS
def test_many_playbooks_at_once_fetch_one_token(
    controller: Any, simulator: Any, seed: list[dict[str, Any]], way: str
) -> None:
    """They also end with one service and one endpoint, although all of them find nothing at first.

    Only those report a change that made what stayed, or deleted another run's double and warned of it.
    """
    playbook = controller.write(*seed)
    begin = time.monotonic()
    processes = [controller.start("ansible-playbook", playbook) for _unused in range(PROCESSES[way])]
    outputs = [process.communicate()[0] for process in processes]
    print(f"{len(processes)} processes took {time.monotonic() - begin:.0f} s")
    for process, output in zip(processes, outputs, strict=True):
        assert process.returncode == 0, output
    assert tokens(simulator) == 1
    state = simulator.state()
    assert [service["status"] for service in state["services"]] == ["available"]
    assert [endpoint["status"] for endpoint in state["endpoints"]] == ["accepted"]
    changed = [output.count("\nchanged:") for output in outputs]
    deleted = sum(output.count("a duplicate of") for output in outputs)
    assert 2 <= sum(changed) <= 2 + deleted


def test_later_tasks_do_not_need_iam(controller: Any, simulator: Any, seed: list[dict[str, Any]]) -> None:
    hang_up = {
        "ansible.builtin.uri": {
            "url": f"{simulator.api_url}/_control/iam",
            "method": "POST",
            "body_format": "json",
            "body": {"up": False},
        }
    }
    done = controller.play(seed[0], hang_up, seed[1])
    assert done.code == 0, done.output
    assert done.count("changed") == 2
    again = controller.play(*seed)
    assert again.code == 0, again.output
    assert again.count("changed") == 0
    assert tokens(simulator) == 1


@BOTH_WAYS
def test_a_revoked_token_costs_one_request(controller: Any, simulator: Any, seed: list[dict[str, Any]]) -> None:
    assert controller.play(*seed).code == 0
    assert simulator.revoke_tokens() == 1
    controller.requests()

    again = controller.play(*seed)
    assert again.code == 0, again.output
    assert again.count("changed") == 0
    assert controller.requests() == [
        "GET listEndpointServices",
        "POST createToken",
        "GET listEndpointServices",
        "GET listEndpoints",
    ]

    # In the middle of a creation: the request that was refused is repeated, once.
    absent = [{name: {**task[name], "state": "absent"} for name in task if "." in name} for task in reversed(seed)]
    absent[0]["crossvpc.vpcep.vpcep_endpoint"]["endpoint_service_id"] = simulator.state()["services"][0]["id"]
    assert controller.play(*absent).code == 0
    controller.requests()
    simulator.fault("token_revoked", operation="createEndpointService")
    done = controller.play(*seed)
    assert done.code == 0, done.output
    assert done.count("changed") == 2
    assert [entry["status"] for entry in simulator.log(operation="createEndpointService")] == [401, 200]
    assert tokens(simulator) == 1
    assert len(simulator.state()["services"]) == 1
