"""Fixtures of tests that run module programs against the simulator, without Ansible and without waiting.

Sleeping moves the cloud's clock. A conftest imports those that its tests use.
"""

from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._api import network
from tests.simulator.handle import Simulator
from tests.support.programs import Cloud, Task
from tools import permissions

MODULES = {
    import_module(f"ansible_collections.crossvpc.vpcep.plugins.modules.{name}").PROGRAM: name
    for name in permissions.data()["modules"]
}


@pytest.fixture(scope="session", params=["otc", pytest.param("huawei", marks=pytest.mark.slow)])
def cloud(request: pytest.FixtureRequest) -> Any:
    # `make coverage` runs each test on Huawei Cloud as well, and then over HTTP.
    with Cloud(profile=request.param, delay=3, direct=request.param == "otc") as simulator:
        yield simulator
        assert simulator.defects() == []


@pytest.fixture
def task(cloud: Simulator, tmp_path_factory: pytest.TempPathFactory, quick_hash: None) -> Iterator[Task]:
    """Runs modules' programs. At the end, docs/permissions.md has to name the rights for all that they sent.

    All tests share a token cache: a login takes as long as three other requests.
    """
    cloud.reset(keep_tokens=True)
    network.LACKING.clear()
    made = Task(cloud, tmp_path_factory.getbasetemp() / "tokens")
    yield made
    for program, sent in made.performed.items():
        if program in MODULES:
            missing = sent - permissions.allowed(MODULES[program])
            assert missing == set(), f"tools/permissions.yml lacks them for {MODULES[program]}; then run permissions.py"


@pytest.fixture
def backend(cloud: Simulator) -> dict[str, Any]:
    """The options of a service on an unused backend."""
    network = cloud.spare("provider")[0]
    return {
        "port_id": network["port_id"],
        "vpc_id": network["vpc_id"],
        "server_type": "VM",
        "approval_enabled": False,
        "ports": [{"client_port": 8080, "server_port": 80, "protocol": "TCP"}],
    }


@pytest.fixture
def subnet(cloud: Simulator) -> dict[str, str]:
    """VPC and subnet for an endpoint of the provider's own account."""
    network = cloud.spare("provider")[1]
    return {"vpc_id": network["vpc_id"], "subnet_id": network["subnet_id"]}


@pytest.fixture
def publish(task: Task, cloud: Simulator, backend: dict[str, Any]) -> Any:
    """Makes ready services on the unused backend; returns the ID."""
    server_ports = iter(range(80, 90))

    def make(name: str = "web", **more: Any) -> str:
        body = {**backend, "service_name": name, "approval_enabled": True, **more}
        body["ports"] = [{"client_port": 8080, "server_port": next(server_ports)}]
        made = task(lambda _, runtime: runtime.api.create_service(body))
        cloud.advance(3)
        return str(made["id"])

    return make


@pytest.fixture
def allow(cloud: Simulator) -> Any:
    """Changes a whitelist, as another user would."""

    def change(service_id: str, *records: str, remove: tuple[str, ...] = ()) -> None:
        cloud.control("POST", f"/state/services/{service_id}/permissions", {"add": records, "remove": remove})

    return change


@pytest.fixture
def service(publish: Any, allow: Any) -> str:
    """A service that approves its endpoints and lets everybody ask; the ID."""
    made = publish()
    allow(made, "*")
    return str(made)


@pytest.fixture
def join(task: Task, cloud: Simulator, service: str) -> Any:
    """Makes endpoints of an account at the service, or at another one; returns their IDs."""

    def make(number: int = 1, account: str = "consumer", at: str = "", ready: bool = True) -> list[str]:
        network = cloud.spare(account)[1]
        body = {"endpoint_service_id": at or service, "vpc_id": network["vpc_id"], "subnet_id": network["subnet_id"]}
        made = task(
            lambda _, runtime: [runtime.api.create_endpoint(body)["id"] for _number in range(number)], account=account
        )
        if ready:
            cloud.advance(3)
        return made

    return make


@pytest.fixture
def statuses(cloud: Simulator) -> Any:
    """The statuses of all endpoints by their IDs."""
    return lambda: {item["id"]: item["status"] for item in cloud.state()["endpoints"]}
