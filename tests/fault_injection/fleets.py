"""A fleet's life in the program of vpcep_endpoints, in virtual time, and what of it is lost or doubled in a cloud."""

import asyncio
import threading
import time
from typing import Any

from ansible_collections.crossvpc.vpcep.plugins.module_utils._bulk.bulk import converge_endpoints
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.service import converge_service
from tests.simulator.handle import Handle
from tests.support.programs import Cloud

from . import expected_state
from .scenario import Scenario

SIZE = 4
STRAYS = 2  # unlisted endpoints of the fleet's service
CONCURRENCY = 3
SERVICE = {**expected_state.SERVICE, "name": "fleet", "approval_enabled": False}
TAGS, CHANGED_TAGS = {"env": "test"}, {"env": "live"}
PATIENCE = 60  # seconds of real time that a control call may take


class BusyCloud(Cloud):
    """Takes control calls while requests are under way: in the server's own thread."""

    def carry_out(self, call: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(call, self.loop).result(PATIENCE)


def networks(cloud: Handle, first: int, number: int) -> list[dict[str, str]]:
    """VPC and subnet of unused networks."""
    return [{name: one[name] for name in ("vpc_id", "subnet_id")} for one in cloud.spare()[first : first + number]]


def definitions(cloud: Handle, tags: dict[str, str]) -> list[dict[str, Any]]:
    """The endpoints of the fleet, as tasks describe them."""
    return [{**place, "tags": tags} for place in networks(cloud, 1, SIZE)]


class FleetScenario(Scenario):
    """One controller's tasks with a fleet. Threads that pause at the same time pause together, as in real time."""

    scenarios = ("create", "change", "purge", "delete")
    creations = {"createEndpoint": SIZE}
    few = range(3, 100, 4)  # not the first two, which log in and list
    delay = 1

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.own = threading.local()
        self.main = threading.get_ident()
        self.changing = threading.Lock()
        self.neighbours: set[str] = set()  # endpoints of another service
        self.before: set[str] = set()  # endpoints of the fleet that were there already

    def clock(self) -> float:
        """The time of this thread: a worker's begins when it first looks."""
        if threading.get_ident() == self.main:
            return self.now
        now: float = self.own.__dict__.setdefault("now", self.now)
        return now

    def sleep(self, seconds: float) -> None:
        awake = self.clock() + seconds
        self.own.now = awake
        with self.changing:
            if awake > self.now:
                self.simulator.advance(awake - self.now)
                self.now = awake
        time.sleep(seconds * self.pace)

    def prepare(self, check: bool = False, account: str = "provider", **options: Any) -> dict[str, Any]:
        parameters = super().prepare(check, account, **options)
        self.runtime.clock = self.clock
        return parameters

    def prepared(self, scenario: str) -> Any:
        if scenario == "create":
            self.publish()
        else:
            self.established()
        self.cloud.clear_log()
        return self

    def findings(self, scenario: str) -> expected_state.Findings:
        """Of others, at any time."""
        state = self.cloud.state()
        asked = [] if scenario == "delete" else definitions(self.cloud, CHANGED_TAGS if scenario == "change" else TAGS)
        strays = 0 if scenario in ("create", "purge") else STRAYS
        lost, doubled = compare(state, asked, strays)
        stay = self.neighbours if scenario == "delete" else self.neighbours | self.before
        return lost + missing(state, stay), doubled

    def twice(self) -> list[str]:
        """Doubles, and missing objects of others."""
        state = self.cloud.state()
        return compare(state, [])[1] + missing(state, self.neighbours)

    def publish(self) -> None:
        """The fleet's service, and a service of another account with an endpoint."""
        spare = self.cloud.spare()
        theirs = {**SERVICE, "name": "other", "port_id": spare[0]["port_id"], "vpc_id": spare[0]["vpc_id"]}
        place = networks(self.cloud, SIZE + STRAYS + 1, 1)

        def both(options: dict[str, Any], runtime: Any) -> dict[str, Any]:
            converge_service({**options, **SERVICE}, runtime)
            made = converge_service({**options, **theirs}, runtime)["service"]
            fleet = {"endpoints": place, "endpoint_service_id": made["id"]}
            return converge_endpoints({**options, **fleet}, runtime)

        self.neighbours = {one["id"] for one in self.tell(both, "provider")["endpoints"]}

    def established(self) -> None:
        """All endpoints of the fleet, and some unlisted ones."""
        self.publish()
        strays = networks(self.cloud, SIZE + 1, STRAYS)
        made = self.converge_fleet(definitions(self.cloud, TAGS) + strays)["endpoints"]
        self.before = {one["id"] for one in made[:SIZE]}

    def converge_fleet(self, endpoints: list[dict[str, Any]], **options: Any) -> Any:
        shared = {"endpoint_service_name": SERVICE["name"], "concurrency": CONCURRENCY}
        return self.tell(converge_endpoints, "provider", endpoints=endpoints, **shared, **options)

    def create(self) -> bool:
        return bool(self.converge_fleet(definitions(self.cloud, TAGS))["changed"])

    def change(self) -> bool:
        return bool(self.converge_fleet(definitions(self.cloud, CHANGED_TAGS))["changed"])

    def purge(self) -> bool:
        return bool(self.converge_fleet(definitions(self.cloud, TAGS), purge=True)["changed"])

    def delete(self) -> bool:
        return bool(self.converge_fleet(definitions(self.cloud, TAGS), state="absent")["changed"])


def compare(state: dict[str, Any], asked: list[dict[str, Any]], strays: int = 0) -> expected_state.Findings:
    """A cloud's state with what is asked of the fleet. strays: how many others its service has to have."""
    ids = [one["id"] for one in state["services"] if one["name"] == SERVICE["name"]]
    own = [one for one in state["endpoints"] if one["endpoint_service_id"] in ids]
    places = [where(one) for one in own if one["status"] != "deleting"]
    lost = [f"the endpoint in {where(one)} is {one['status']}" for one in own if one["status"] != "accepted"]
    lost += [f"{len(ids)} services"] * (len(ids) < 1)
    for one in asked:
        place = where(one)
        lost += [f"no endpoint in {place}"] * (place not in places)
        lost += [f"tags in {place}: {it['tags']}" for it in own if where(it) == place and it["tags"] != one["tags"]]
    others = set(places) - {where(one) for one in asked}
    lost += [f"{len(others)} endpoints besides, instead of {strays}"] * (len(others) != strays)
    counts = {place: places.count(place) for place in sorted(places)}
    doubled = [f"{count} endpoints in {place}" for place, count in counts.items() if count > 1]
    return lost, doubled + [f"{len(ids)} services"] * (len(ids) > 1)


def where(endpoint: dict[str, Any]) -> str:
    return f"subnet {endpoint['subnet_id']}"


def missing(state: dict[str, Any], ids: set[str]) -> list[str]:
    """Endpoints that should have stayed and are gone."""
    return [f"endpoint {one} is gone" for one in sorted(ids - {one["id"] for one in state["endpoints"]})]
