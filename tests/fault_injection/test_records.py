"""The domain names of endpoints: killed at every change, faults at every request to DNS, rights that are lost.

At no time is there a record whose endpoint is gone, and the next run converges.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._bulk.bulk import converge_endpoints
from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.errors import VpcepError
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.endpoint import converge_endpoint
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.service import converge_service
from ansible_collections.crossvpc.vpcep.plugins.module_utils._schema.dns import owner

from .expected_state import Findings
from .fleets import SERVICE, networks
from .scenario import WAIT_TIMEOUT, Begin, Scenario, ends_well, heal, judge, numbers
from .test_faults import FAULTS, strike
from .traps import Killed, killed, meanwhile

NAME, OTHER_NAME = "shop.internal.example.com", "web.internal.example.com"
SIZE = 2
READS = 4  # one of so many reads is tried
EACH = 6  # one of so many faults is tried at each request
RIGHTS = ({"empty_lists": "dns"}, {"forbidden": "dns"})


class RecordScenario(Scenario):
    """An endpoint with a name, and a fleet of which each VPC has the same name."""

    scenarios = ("create", "rename", "recreate", "delete", "fleet", "purge")

    def endpoint(self, **options: Any) -> bool:
        by_name = {"endpoint_service_name": SERVICE["name"], "dns_name": NAME, "create_dns_zone": True}
        place = networks(self.cloud, 1, 1)[0]
        return bool(self.tell(converge_endpoint, "provider", **{**by_name, **place, **options})["changed"])

    def converge_fleet(self, size: int, **options: Any) -> bool:
        places = networks(self.cloud, 1, size)
        asked = [{**place, "dns_name": NAME, "create_dns_zone": True} for place in places]
        options = {"endpoint_service_name": SERVICE["name"], "concurrency": 1, **options}
        return bool(self.tell(converge_endpoints, "provider", endpoints=asked, **options)["changed"])

    def prepared(self, scenario: str) -> RecordScenario:
        self.tell(converge_service, "provider", **SERVICE)
        if scenario == "purge":
            self.converge_fleet(SIZE)
        elif scenario not in ("create", "fleet"):
            self.endpoint()
        self.cloud.clear_log()
        return self

    def play(self, scenario: str) -> bool:
        if scenario in ("fleet", "purge"):
            return self.converge_fleet(*((SIZE,) if scenario == "fleet" else (1,)), purge=True)
        options = {"rename": {"dns_name": OTHER_NAME}, "recreate": {"enable_dns": True, "recreate": True}}
        return self.endpoint(**options.get(scenario, {}), **({"state": "absent"} if scenario == "delete" else {}))

    def findings(self, scenario: str) -> Findings:
        return lost(self, scenario), doubled(self)


SCENARIOS = pytest.mark.parametrize("scenario", RecordScenario.scenarios)


@pytest.fixture
def scenario_type() -> type[RecordScenario]:
    return RecordScenario


def records(life: RecordScenario) -> list[dict[str, Any]]:
    """Those that are not about to go."""
    found = [one for one in life.cloud.objects("recordsets") if one["type"] == "A"]
    return [one for one in found if one["status"] != "PENDING_DELETE"]


def orphans(life: RecordScenario) -> list[str]:
    """Records whose endpoint is gone, or going."""
    alive = {one["id"] for one in life.cloud.state()["endpoints"] if one["status"] != "deleting"}
    return [f"orphaned: {one['name']} {one['records']}" for one in records(life) if owner(one) not in alive]


def lost(life: RecordScenario, scenario: str) -> list[str]:
    """What is not as it should be at the end of a scenario."""
    name = OTHER_NAME if scenario == "rename" else NAME
    size = {"delete": 0, "fleet": SIZE}.get(scenario, 1)
    addresses = sorted(one["ip"] for one in life.cloud.state()["endpoints"])
    found = sorted(value for one in records(life) for value in one["records"] if one["name"] == name + ".")
    unlike = [f"{len(addresses)} endpoints, records {found}"] * (len(addresses) != size or found != addresses)
    return unlike + orphans(life) + [f"{one['name']} is too many" for one in records(life) if one["name"] != name + "."]


def doubled(life: RecordScenario) -> list[str]:
    zones = Counter(
        (one["name"], router["router_id"]) for one in life.cloud.objects("zones") for router in one["routers"]
    )
    return [f"{number} zones {name} of a VPC" for (name, _vpc), number in zones.items() if number > 1]


def judge_next(life: RecordScenario, scenario: str, row: Any, what: str) -> None:
    """At no time is there an orphan. The next run converges, and the one after it changes nothing."""
    heal(life)
    row.lost += [f"{what}: {text}" for text in orphans(life)]
    ends_well(life, scenario, row, f"{what}: the next run failed")
    judge(life, scenario, row, what)


def chosen(begin: Begin, row: Any, scenario: str, short: bool) -> Iterator[tuple[int, bool]]:
    """Requests by number, and whether they are carried out: each change in both ways, and some of the reads."""
    life = begin().prepared(scenario)
    row.tried -= 1  # this one is no try
    life.play(scenario)
    for number, entry in enumerate(life.cloud.log(), 1):
        if entry["method"] != "GET":
            yield from ((number, False), (number, True))
        elif number % READS == 0 and not short:
            yield number, False


@pytest.mark.fault_injection("records of endpoints: killed at every change, before and after it")
@SCENARIOS
def test_killed(begin: Begin, row: Any, short: bool, scenario: str) -> None:
    for number, carried_out in list(chosen(begin, row, scenario, short)):
        what = f"{scenario}, killed {'after' if carried_out else 'before'} request {number}"
        life = begin().prepared(scenario)
        life.trap = killed(number, carried_out)
        with pytest.raises(Killed):
            life.play(scenario)
        judge_next(life, scenario, row, what)


@pytest.mark.fault_injection("records of endpoints: a fault once, at every request to DNS")
@SCENARIOS
def test_faults(begin: Begin, row: Any, short: bool, scenario: str) -> None:
    faults = [name for name in FAULTS if name not in ("400 EndPoint.0022", "connection refused")]
    for number in numbers(begin, row, scenario, range(1, 100, 1 + short), api="dns"):
        for name in faults[number % EACH :: len(faults) if short else EACH]:
            what = f"{scenario}, {name} at request {number} to DNS"
            life = begin(wait_timeout=WAIT_TIMEOUT).prepared(scenario)
            strike(life, {**FAULTS[name], "service": "dns"}, number, forever=False)
            ends_well(life, scenario, row, f"{what}: not recovered")
            judge_next(life, scenario, row, what)


@pytest.mark.fault_injection("records of endpoints: rights are lost at a request, and come back")
@SCENARIOS
@pytest.mark.parametrize("right", RIGHTS, ids=lambda right: next(iter(right)))
def test_rights(begin: Begin, row: Any, short: bool, scenario: str, right: dict[str, str]) -> None:
    for number in numbers(begin, row, scenario, range(1, 100, READS * (1 + 2 * short))):
        what = f"{scenario}, {right} from request {number} on"
        life = begin(wait_timeout=WAIT_TIMEOUT).prepared(scenario)
        life.trap = meanwhile(number, lambda life=life: life.cloud.settings(**right))
        try:
            life.play(scenario)
        except VpcepError as error:
            if not str(error):
                row.lost.append(f"{what}: no clear error")
        judge_next(life, scenario, row, what)
