# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The reconcilers against the simulator, without Ansible and without waiting: sleeping moves the cloud's clock."""

from __future__ import annotations

from typing import Any

import pytest

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
    with Simulator(profile=request.param, delay=3) as simulator:
        yield simulator
        assert simulator.defects() == []


@pytest.fixture
def task(cloud: Simulator, tmp_path: Any) -> Task:
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
