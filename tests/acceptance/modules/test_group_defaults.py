"""Options for all modules at once, with module_defaults and the group crossvpc.vpcep.vpcep."""

from importlib import import_module
from typing import Any

from tests.acceptance.modules.conftest import defaults
from tests.support.controllers import ROOT


def test_every_module_takes_them(controller: Any) -> None:
    """A bad value for an option that all have reaches, and fails, each module: none is left out of the group."""
    tasks = []
    for file in sorted((ROOT / "plugins" / "modules").glob("vpcep_*.py")):
        arguments = import_module(f"ansible_collections.crossvpc.vpcep.plugins.modules.{file.stem}").ARGUMENTS
        required = {
            name: [] if option["type"] == "list" else option.get("choices", ["x"])[0]
            for name, option in arguments["argument_spec"].items()
            if option.get("required")
        }
        required.update((group[0], "x") for group in arguments.get("required_one_of", ()))
        tasks.append({f"crossvpc.vpcep.{file.stem}": required, "ignore_errors": True})
    assert len(tasks) >= 4
    done = controller.run("ansible-playbook", controller.write(*tasks, **defaults(timeout="of no use")))
    assert done.count("ignored") == len(tasks), done.output
    failures = [line for line in done.output.splitlines() if line.startswith("fatal:")]
    for task, line in zip(tasks, failures, strict=True):
        assert "timeout must be a number, not a text" in line, f"{next(iter(task))}: {line}"


def test_they_log_in(controller: Any, simulator: Any, seed: list[dict[str, Any]]) -> None:
    """The login in the defaults is all that is needed; a task's own options win over it."""
    controller.logout()
    others = simulator.account("consumer")
    listing = {"crossvpc.vpcep.vpcep_service_info": {**others}, "register": "others"}
    check = {"ansible.builtin.assert": {"that": ["others.services == []", "consumer.endpoint.ip != ''"]}}
    login = defaults(**simulator.account())
    done = controller.run("ansible-playbook", controller.write(*seed, listing, check, **login))
    assert done.code == 0, done.output
    assert done.count("changed") == 2
    assert [entry["account"] for entry in simulator.log(operation="listEndpointServices")] == [
        "provider",
        "provider",
        "consumer",
    ]


def test_a_cloud_by_name(controller: Any, simulator: Any) -> None:
    """The shortest form: one entry of clouds.yaml for all modules."""
    controller.logout()
    controller.clouds(prod=simulator.account())
    done = controller.run(
        "ansible-playbook",
        controller.write({"crossvpc.vpcep.vpcep_endpoint_info": {}}, **defaults(cloud="prod")),
        OS_USERNAME="somebody-else",
    )
    assert done.code == 0, done.output
    assert controller.requests() == ["POST createToken", "GET listEndpoints"]


def test_defaults_of_one_module_are_for_that_one(controller: Any) -> None:
    """All modules have one action, but by that none gets what is meant for another."""
    tasks = [{"crossvpc.vpcep.vpcep_service_info": {}}, {"crossvpc.vpcep.vpcep_endpoint_info": {}}]
    own = {"crossvpc.vpcep.vpcep_service_info": {"scope": "public"}}
    done = controller.run("ansible-playbook", controller.write(*tasks, module_defaults=own))
    assert done.code == 0, done.output
    assert controller.requests()[-2:] == ["GET listPublicEndpointServices", "GET listEndpoints"]
