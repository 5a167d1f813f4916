"""The job of the collection, from a tarball that is built and installed, with nothing but ansible-core and requests."""

import shutil
from typing import Any

import pytest

from tests.acceptance.modules.conftest import BOTH_WAYS
from tests.support import contract
from tests.support.controllers import copy_project


@pytest.fixture
def installed(runtime: Any, simulator: Any) -> Any:
    """A machine on which a user has installed the collection's tarball."""
    source = runtime.folder / "source"  # building leaves nothing in the checkout
    copy_project(source)
    built = runtime.run("ansible-galaxy", "collection", "build", "source", "--output-path", "build")
    assert built.code == 0, built.output
    (tarball,) = (runtime.folder / "build").glob("*.tar.gz")
    done = runtime.run("ansible-galaxy", "collection", "install", str(tarball), "--offline", "-p", "tree")
    assert done.code == 0, done.output
    shutil.rmtree(source)
    runtime.login(simulator.account())
    return runtime


@BOTH_WAYS
def test_the_job(installed: Any, simulator: Any, seed: list[dict[str, Any]]) -> None:
    show = {"ansible.builtin.debug": {"msg": "<{{ consumer.endpoint.ip }} {{ consumer.endpoint.dns_names[0] }}>"}}

    first = installed.play(*seed, show)
    assert first.code == 0, first.output
    assert first.count("changed") == 2
    state = simulator.state()
    (service,), (endpoint,) = state["services"], state["endpoints"]
    assert f"<{endpoint['ip']} vpcep-{endpoint['id']}." in first.output
    assert (service["status"], endpoint["status"]) == ("available", "accepted")
    assert [mapping["client_port"] for mapping in service["ports"]] == [8080, 8081]
    assert [entry["operation"] for entry in simulator.log(method="POST")] == [
        "createToken",
        "createEndpointService",
        "createEndpoint",
    ]
    installed.requests()

    second = installed.play(*seed, show)
    assert second.code == 0, second.output
    assert second.count("changed") == 0
    assert installed.requests() == ["GET listEndpointServices", "GET listEndpoints"]

    checked = installed.play(*seed, show, options=("--check", "--diff"))
    assert checked.code == 0, checked.output
    assert checked.count("changed") == 0
    assert installed.requests() == ["GET listEndpointServices", "GET listEndpoints"]


def body(name: str) -> dict[str, Any]:
    """A request body of the API's own examples."""
    (found,) = [
        operation["requestBody"]["content"]["application/json"]["examples"][name]["value"]
        for _method, _path, operation in contract.operations()
        if operation["operationId"] == name.partition(".")[0]
    ]
    return dict(found)


@pytest.mark.parametrize(
    ("module", "name", "expected"),
    [
        ("vpcep_service", "createEndpointService.request", "available"),
        ("vpcep_endpoint", "createEndpoint.request.interface", "accepted"),
        ("vpcep_endpoint", "createEndpoint.request.gateway", "accepted"),
    ],
)
def test_a_request_body_is_a_task(controller: Any, module: str, name: str, expected: str) -> None:
    """Pasted as they are, but for the tags, which are a dictionary here."""
    arguments = body(name)
    if "tags" in arguments:
        arguments["tags"] = {tag["key"]: tag["value"] for tag in arguments["tags"]}
    noun = module.removeprefix("vpcep_")
    task = {f"crossvpc.vpcep.{module}": arguments, "register": "made"}
    again = {f"crossvpc.vpcep.{module}": arguments, "register": "again"}
    wanted = [f"made.{noun}.status == '{expected}'", "made is changed", "again is not changed"]
    wanted += [f"made.{noun}.{member} == wanted.{member}" for member in set(arguments) - {"enable_dns"}]
    check = {"ansible.builtin.assert": {"that": wanted}, "vars": {"wanted": arguments}}
    done = controller.play(task, again, check)
    assert done.code == 0, done.output
    assert done.count("changed") == 1
