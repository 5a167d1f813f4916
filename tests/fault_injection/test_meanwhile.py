"""What others do during a run: they delete objects, take rights, or make a server anew under its name."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any, NamedTuple

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.errors import VpcepError
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.endpoint import converge_endpoint

from . import expected_state
from .fleets import TAGS, FleetScenario, definitions
from .scenario import Begin, Scenario, heal, judge, numbers
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

    def findings(self, scenario: str) -> expected_state.Findings:
        """The backend is the server that has the name now."""
        lost, doubled = super().findings(scenario)
        servers = [one for one in self.cloud.objects("servers") if one["name"] == "web-1"]
        ports = {card["id"] for one in servers for card in one["cards"]}
        return lost + ["port" for one in self.cloud.state()["services"] if one["port_id"] not in ports], doubled


def delete_services(life: Scenario) -> None:
    """Endpoints are deleted with their service."""
    for kind in ("endpoints", "services"):
        for one in life.cloud.state()[kind]:
            life.cloud.remove(kind, one["id"])


def delete_endpoints(life: Scenario) -> None:
    for one in life.cloud.state()["endpoints"]:
        life.cloud.remove("endpoints", one["id"])


def delete_first(life: FleetScenario) -> None:
    """One of the fleet, which is not expected to stay."""
    place = definitions(life.cloud, TAGS)[0]["subnet_id"]
    life.before = set()
    for one in life.cloud.state()["endpoints"]:
        if one["subnet_id"] == place:
            life.cloud.remove("endpoints", one["id"])


def lose_rights(life: Scenario) -> None:
    life.cloud.settings(empty_lists="vpc,ecs")


def rebuild(life: Scenario) -> None:
    """The server gets another port."""
    (old,) = [one for one in life.cloud.objects("servers") if one["name"] == "web-1"]
    life.cloud.remove("servers", old["id"])
    life.cloud.add("servers", name="web-1", cards=[{"subnet": "backend-a"}])


class Event(NamedTuple):
    """few: the requests before which it happens in a short run."""

    row: str
    life: type[Scenario]
    happens: Callable[[Any], None]
    few: range | None


DELETED = "another user deletes objects, before every request"
NAMES = "names: rights revoked, or objects made anew, before every request"
OF_A_LIST = "a list: another user deletes one endpoint, before every request"
EVENTS = {
    "services deleted": Event(DELETED, Scenario, delete_services, None),
    "endpoints deleted": Event(DELETED, Scenario, delete_endpoints, None),
    "rights to list networks revoked": Event(NAMES, NamedScenario, lose_rights, range(5, 100, 5)),
    "a server made anew under its name": Event(NAMES, NamedScenario, rebuild, range(5, 100, 5)),
    "an endpoint deleted": Event(OF_A_LIST, FleetScenario, delete_first, FleetScenario.few),
}


@pytest.mark.parametrize(
    ("scenario_type", "event", "scenario"),
    [
        pytest.param(event.life, name, scenario, marks=pytest.mark.fault_injection(event.row))
        for name, event in EVENTS.items()
        for scenario in event.life.scenarios
    ],
)
def test_meanwhile(begin: Begin, row: Any, short: bool, event: str, scenario: str) -> None:
    """Between list and get, while waiting, after a decision: an error or success, and the next run converges."""
    for number in numbers(begin, row, scenario, EVENTS[event].few if short else None):
        what = f"{event} before request {number} of {scenario}"
        life = begin().prepared(scenario)
        life.trap = meanwhile(number, lambda life=life: EVENTS[event].happens(life))
        with suppress(VpcepError):
            life.play(scenario)
        row.doubled += [f"{what}: {text}" for text in life.twice()]
        heal(life)
        life.play(scenario)
        judge(life, scenario, row, what)
