# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The reconcilers against the simulator, without Ansible and without waiting: sleeping moves the cloud's clock."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils import token_cache
from ansible_collections.crossvpc.vpcep.plugins.module_utils.connection import connect
from ansible_collections.crossvpc.vpcep.plugins.module_utils.runtime import Runtime
from tests.simulator.handle import Simulator

DEFAULTS = {
    "state": "present",
    "wait": True,
    "wait_timeout": 600,
    "purge_tags": True,
    "purge_permissions": True,
    "recreate": False,
    "timeout": 5.0,
    "retries": 2,
    "token_cache": True,
}


class Cloud(Simulator):
    """Takes control calls without HTTP: these tests make thousands of them, while nothing else is under way."""

    def control(self, method: str, path: str, body: Any = None) -> Any:
        place, _mark, query = path.partition("?")
        raw = b"" if body is None else json.dumps(body).encode()
        response = finished(self.server.control.handle(method, "/_control" + place, query, raw))
        answer = json.loads(response.body)
        assert response.status == 200, f"control {method} {path}: {answer}"
        return answer


def finished(call: Any) -> Any:
    """The result of a coroutine that waits for nothing."""
    try:
        call.send(None)
    except StopIteration as done:
        return done.value
    raise AssertionError("it waits")


class Task:
    """Runs programs as modules would, and keeps what they sent and said."""

    def __init__(self, simulator: Simulator, folder: Any) -> None:
        self.simulator = simulator
        self.folder = str(folder)
        self.now = 0.0
        self.warnings: list[str] = []
        self.sent: list[tuple[str, str]] = []

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.simulator.advance(seconds)

    def __call__(self, program: Any, check: bool = False, account: str = "provider", **options: Any) -> Any:
        auth = {**self.simulator.account(account), "token_cache_dir": self.folder}
        parameters = {**DEFAULTS, **auth, **options}
        runtime = Runtime(
            connect(parameters, environ={}, sleep=self.sleep), check, clock=lambda: self.now, sleep=self.sleep
        )
        self.simulator.clear_log()
        try:
            return program(parameters, runtime)
        finally:
            self.warnings = runtime.warnings
            self.sent = [
                (entry["method"], entry["operation"]) for entry in self.simulator.log() if entry["service"] == "vpcep"
            ]

    @property
    def writes(self) -> list[str]:
        """The operations of the last task that were not GETs."""
        return [operation for method, operation in self.sent if method != "GET"]


@pytest.fixture(scope="session", params=["otc", "huawei"])
def cloud(request: pytest.FixtureRequest) -> Any:
    with Cloud(profile=request.param, delay=3) as simulator:
        yield simulator
        assert simulator.defects() == []


@pytest.fixture
def task(cloud: Simulator, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Task:
    monkeypatch.setattr(token_cache, "_ROUNDS", 1)  # a slow hash is slow, and not what these tests are about
    cloud.reset(keep_tokens=True)
    return Task(cloud, tmp_path / "cache")


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
    """Changes a whitelist as if somebody else did."""

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
