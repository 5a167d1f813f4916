"""Playbooks with an inventory and an ansible.cfg that were written for other machines."""

import pytest
import yaml

from tests.acceptance.role.conftest import ROLE, SEED, Controller, include
from tests.simulator import SimulatorProcess
from tests.support.role_plans import DEFAULTS
from tests.support.seed import FRONTEND, SERVICE

# Neither can work: a play that takes one of them over fails.
BECOME = {"become": True, "become_user": "nobody", "become_method": "sudo"}
ELSEWHERE = {
    "ansible_connection": "ssh",
    "ansible_ssh_executable": "/nonexistent/ssh",
    "ansible_python_interpreter": "/nonexistent/python",
    "ansible_become": True,
    "ansible_become_user": "nobody",
    "ansible_become_exe": "/nonexistent/sudo",
}


@pytest.mark.parametrize(
    "playbook, host, variables",
    [
        ("connect_vpcs", "vpc-a", SEED),
        ("map_vpcs", "localhost", {}),
        ("connect_fleet", "vpc-a", {"connect_vpcs_service": {**SERVICE, "name": "web"}}),
    ],
)
def test_playbooks_run_here_and_as_the_user(
    controller: Controller, simulator: SimulatorProcess, playbook: str, host: str, variables: dict[str, object]
) -> None:
    """tests/unit/repository/test_collection_metadata.py looks at the plays of all playbooks."""
    simulator.settings(delay=0)
    machines = {"localhost": ELSEWHERE, "vpc-a": {"connect_vpcs_endpoint": FRONTEND, **ELSEWHERE}}
    inventory = {"all": {"vars": ELSEWHERE, "hosts": machines}}
    (controller.folder / "hosts.yml").write_text(yaml.safe_dump(inventory))
    settings = [f"{name} = {value}" for name, value in BECOME.items()]
    (controller.folder / "ansible.cfg").write_text("\n".join(["[privilege_escalation]", *settings, ""]))
    controller.environment["ANSIBLE_CONFIG"] = str(controller.folder / "ansible.cfg")
    pictures = {f"map_vpcs_{kind}": str(controller.folder / f"map.{kind}") for kind in ("html", "mermaid")}
    given = {"connect_vpcs_hosts": host, **pictures, **variables}
    done = controller.playbook(f"crossvpc.vpcep.{playbook}", "-i", "hosts.yml", variables=given)
    output, play, _kept = done.output.partition("PLAY [localhost]")  # the play that keeps the result
    assert play and "fatal:" not in output and controller.requests(), done.output


def test_null_and_omitted_variables_have_their_defaults(controller: Controller, simulator: SimulatorProcess) -> None:
    simulator.settings(delay=0)
    given = {name: value for name, value in DEFAULTS.items() if name not in SEED}
    assert controller.play(include(**{**SEED, **dict.fromkeys(given)})).changed == 2
    assert controller.play(include(**{**SEED, **dict.fromkeys(given, "{{ nothing | default(omit) }}")})).changed == 0


def test_logins_of_the_other_team_are_not_evaluated(controller: Controller, simulator: SimulatorProcess) -> None:
    """Its vault or lookup may be out of reach."""
    simulator.settings(delay=0)
    unreachable = {"password": "{{ lookup('ansible.builtin.file', '/nonexistent') }}"}
    run = controller.play(
        include(connect_vpcs_service=SERVICE, connect_vpcs_consumer_auth=unreachable, tasks_from="provide"),
        include(
            connect_vpcs_service_id="{{ connect_vpcs_result.service.id }}",
            connect_vpcs_endpoints=[FRONTEND],
            connect_vpcs_provider_auth=unreachable,
            tasks_from="consume",
        ),
        include(
            connect_vpcs_service_id="{{ connect_vpcs_result.service.id }}",
            connect_vpcs_consumer_auth=unreachable,
            tasks_from="approve",
        ),
    )
    assert run.code == 0 and len(run.result["connections"]) == 1, run.output


def test_a_play_that_ignores_errors_creates_nothing_after_a_check(
    controller: Controller, simulator: SimulatorProcess
) -> None:
    endpoints = [FRONTEND, {**FRONTEND, "vpc_id": "4189d3c2-0000-4871-a3c2-d380272eed82"}]
    role = {"name": ROLE, "apply": {"ignore_errors": True}}
    task = {"ansible.builtin.include_role": role, "vars": {**SEED, "connect_vpcs_endpoints": endpoints}}
    run = controller.play(task)
    assert "Nothing was created." in run.output and simulator.log(method="POST", service="vpcep") == []
