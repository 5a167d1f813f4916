"""Tasks that name their networks and backend, while rights go and objects are made anew under the same names."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.errors import VpcepError
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.endpoint import converge_endpoint
from tests.support.programs import Cloud

from . import expected_state
from .scenario import Scenario
from .test_faults import judge
from .traps import meanwhile

ENDPOINT = {"vpc": "consumer", "subnet": "consumer-a"}
BACKEND = {"vpc": "backend", "backend": {"server": "web-1"}}
IDS = ("port_id", "vpc_id", "subnet_id", "server_type")


def by_name(options: dict[str, Any], names: dict[str, Any]) -> dict[str, Any]:
    return {**{name: value for name, value in options.items() if name not in IDS}, **names}


class NamedScenario(Scenario):
    """The same life with names instead of IDs."""

    def converge(self, service: dict[str, Any], endpoint: dict[str, Any]) -> bool:
        return super().converge(by_name(service, BACKEND), by_name(endpoint, ENDPOINT))

    def disconnect(self) -> bool:
        """The endpoint by names first: without the right to look them up it is not taken for gone."""
        found = self.cloud.state()["services"]
        gone = [
            self.tell(converge_endpoint, "consumer", state="absent", endpoint_service_id=one["id"], **ENDPOINT)
            for one in found
        ]
        return any([*(one["changed"] for one in gone), super().disconnect()])


@pytest.fixture
def scenario_type() -> type[Scenario]:
    return NamedScenario


def lose_rights(cloud: Cloud) -> None:
    cloud.settings(empty_lists="vpc,ecs")


def rebuild(cloud: Cloud) -> None:
    """The server gets another port."""
    (old,) = [one for one in cloud.objects("servers") if one["name"] == "web-1"]
    cloud.remove("servers", old["id"])
    cloud.add("servers", name="web-1", cards=[{"subnet": "backend-a"}])


EVENTS = {"rights to list networks revoked": lose_rights, "a server made anew under its name": rebuild}


@pytest.mark.fault_injection("names: rights revoked, or objects made anew, before every request")
@pytest.mark.parametrize("scenario", ["connect", "change", "disconnect"])
@pytest.mark.parametrize("event", EVENTS)
def test_names(begin: Callable[..., Scenario], row: Any, event: str, scenario: str, short: bool) -> None:
    """An error or success, and the next run converges."""
    step, number, reached = 5 if short else 1, 0, True
    while reached:
        number += step
        reached = happens_at(begin, row, event, scenario, number)
    assert number > 5


def happens_at(begin: Callable[..., Scenario], row: Any, event: str, scenario: str, number: int) -> bool:
    """One life with an event before request *number*; False when the scenario was over by then."""
    life = begin()
    if scenario != "connect":
        life.connect()
    what, struck = f"{event} before request {number} of {scenario}", []

    def happens() -> None:
        struck.append(number)
        EVENTS[event](life.cloud)

    life.trap = meanwhile(number, happens)
    with suppress(VpcepError):
        getattr(life, scenario)()
    row.doubled += expected_state.twice(life.cloud.state())
    life.trap = None
    life.cloud.settings(empty_lists="")
    getattr(life, scenario)()
    judge(life, scenario, row, what)
    ports = {card["id"] for one in life.cloud.objects("servers") if one["name"] == "web-1" for card in one["cards"]}
    row.lost += [f"{what}: port" for one in life.cloud.state()["services"] if one["port_id"] not in ports]
    return bool(struck)
