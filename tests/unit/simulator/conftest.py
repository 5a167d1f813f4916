"""Simulators for the tests of their own rules: one per profile and session, reset for every test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import requests

from tests.simulator import Simulator
from tests.simulator.errors import catalogue


@dataclass
class Reply:
    """An answer: status, parsed body (None without one), headers."""

    status: int
    body: Any
    headers: dict[str, str]


class Caller:
    """One account's login to a simulator, with short cuts for what most tests need."""

    def __init__(self, lab: Lab, account: str, project: str = "main") -> None:
        self.lab, self.account, self.project = lab, account, project
        self.project_id = lab.sim.project_id(account, project)
        self.token = ""
        self.session = requests.Session()
        self.session.trust_env = False

    def auth(self, **scope: Any) -> dict[str, Any]:
        """An auth body; scope replaces the project scope."""
        options = self.lab.sim.account(self.account, self.project)
        domain = {"name": options["user_domain_name"]}
        user = {"name": options["username"], "password": options["password"], "domain": domain}
        scope = scope or {"project": {"name": options["project_name"]}}
        return {"auth": {"identity": {"methods": ["password"], "password": {"user": user}}, "scope": scope}}

    def login(self, **scope: Any) -> str:
        reply = self.raw("POST", self.lab.sim.iam_url + "/auth/tokens", json=self.auth(**scope))
        assert reply.status == 201, reply
        self.token = reply.headers["X-Subject-Token"]
        return self.token

    def slip_in(self) -> None:
        """A token without a login, which tests of other things need not wait for."""
        simulation = self.lab.sim.simulation
        account = simulation.world.accounts[self.account]
        self.token = simulation.identity.issue(account, account.projects[self.project], "project").text

    def raw(self, method: str, url: str, **options: Any) -> Reply:
        response = self.session.request(method, url, **options)
        return Reply(response.status_code, response.json() if response.content else None, dict(response.headers))

    def url(self, path: str) -> str:
        version, path = ("v2", path[3:]) if path.startswith("v2:") else ("v1", path)
        return f"{self.lab.sim.api_url}/{version}/{self.project_id}{path}"

    def __call__(self, method: str, path: str, body: Any = None, **query: Any) -> Reply:
        """A VPCEP call; path follows the project id, with ``v2:`` in front for the second version."""
        if not self.token:
            self.slip_in()
        headers = {"X-Auth-Token": self.token}
        options = {"json": body} if body is not None else {}
        return self.raw(method, self.url(path), headers=headers, params=query, **options)

    def ok(self, method: str, path: str, body: Any = None, **query: Any) -> Any:
        reply = self(method, path, body, **query)
        assert reply.status in (200, 204), reply
        return reply.body

    def refused(self, code: str, method: str, path: str, body: Any = None, **query: Any) -> None:
        """The call is refused with this code, and with the status and text that errors.yaml has for it."""
        reply = self(method, path, body, **query)
        entry = catalogue()[code]
        expected = (entry["status"], {"error_code": code, "error_msg": entry["message"]})
        body = {name: value for name, value in (reply.body or {}).items() if name != "request_id"}
        assert (reply.status, body) == expected

    def service_body(self, **changes: Any) -> dict[str, Any]:
        """A valid request for a service, on a network that no other call of this has used yet."""
        network = self.lab.network(self.account)
        body = {
            "port_id": network["port_id"],
            "vpc_id": network["vpc_id"],
            "server_type": "VM",
            "approval_enabled": False,
            "ports": [{"client_port": 8080, "server_port": 80}],
        }
        body.update(changes)
        return {name: value for name, value in body.items() if value is not Absent}

    def service(self, **changes: Any) -> dict[str, Any]:
        return self.ok("POST", "/vpc-endpoint-services", self.service_body(**changes))

    def endpoint_body(self, service: str, **changes: Any) -> dict[str, Any]:
        network = self.lab.network(self.account)
        body = {"endpoint_service_id": service, "vpc_id": network["vpc_id"], "subnet_id": network["subnet_id"]}
        body.update(changes)
        return {name: value for name, value in body.items() if value is not Absent}

    def endpoint(self, service: str, **changes: Any) -> dict[str, Any]:
        return self.ok("POST", "/vpc-endpoints", self.endpoint_body(service, **changes))


class Absent:
    """Stands for a member that a request leaves out."""


@dataclass
class Lab:
    """A simulator with its two callers."""

    sim: Simulator
    absent: Any = Absent
    used: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.provider = Caller(self, "provider")
        self.consumer = Caller(self, "consumer")

    def network(self, account: str) -> dict[str, str]:
        """The next spare network of an account."""
        self.used[account] = self.used.get(account, -1) + 1
        return self.sim.spare(account)[self.used[account]]

    def caller(self, account: str, project: str = "main") -> Caller:
        return Caller(self, account, project)


@pytest.fixture(scope="session")
def simulators() -> Iterator[Callable[[str], Simulator]]:
    started: dict[str, Simulator] = {}

    def get(profile: str) -> Simulator:
        if profile not in started:
            started[profile] = Simulator(profile).start()
        return started[profile]

    yield get
    for simulator in started.values():
        simulator.stop()


@pytest.fixture
def lab_of(simulators: Callable[[str], Simulator]) -> Iterator[Callable[[str], Lab]]:
    """A fresh lab of a profile. No test may make the simulator break its own contract."""
    labs: dict[str, Lab] = {}

    def get(profile: str) -> Lab:
        if profile not in labs:
            simulators(profile).reset()
            labs[profile] = Lab(simulators(profile))
        return labs[profile]

    yield get
    for lab in labs.values():
        defects, lab.sim.simulation.defects = lab.sim.simulation.defects, []
        assert defects == []


@pytest.fixture
def otc(lab_of: Callable[[str], Lab]) -> Lab:
    return lab_of("otc")


@pytest.fixture
def edition(lab_of: Callable[[str], Lab]) -> Lab:
    """The OTC of edition 2025-11."""
    return lab_of("otc-2025-11")


@pytest.fixture
def huawei(lab_of: Callable[[str], Lab]) -> Lab:
    return lab_of("huawei")
