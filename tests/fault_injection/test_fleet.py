"""A fleet of which an endpoint fails, and a purge while it is unclear which endpoint an entry means."""

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.errors import VpcepError

from .fleets import SIZE, TAGS, FleetScenario, definitions, missing, networks
from .scenario import Begin, judge


@pytest.fixture
def scenario_type() -> type[FleetScenario]:
    return FleetScenario


@pytest.mark.fault_injection("a creation that fails in the cloud")
def test_failed_creation(begin: Begin, row: Any) -> None:
    """One fails, also in the next run, and all others are made; with recreate it is replaced."""
    life = begin().prepared("create")
    life.cloud.settings(fail_next_endpoints=1)
    for _run in range(2):
        with pytest.raises(VpcepError, match=rf"1 of {SIZE} endpoints failed") as caught:
            life.create()
        assert "EndPoint.4010" in str(caught.value)
        statuses = [one["status"] for one in life.cloud.state()["endpoints"] if one["id"] not in life.neighbours]
        assert sorted(statuses) == ["accepted"] * (SIZE - 1) + ["failed"]
    life.options["recreate"] = True
    life.create()
    judge(life, "create", row, "failed creation")


def hidden_addresses(life: FleetScenario, own: list[dict[str, Any]], patch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Definitions with addresses, which the list does not show."""
    tell = life.cloud.simulation.answer

    def answer(exchange: Any) -> Any:
        told = tell(exchange)
        if exchange.operation is not None and exchange.operation.id == "listEndpoints":
            told.body = {**told.body, "endpoints": [{**one, "ip": ""} for one in told.body["endpoints"]]}
        return told

    patch.setattr(life.cloud.simulation, "answer", answer)
    asked = definitions(life.cloud, TAGS)
    ips = {one["subnet_id"]: one["ip"] for one in own}
    return [{**one, "port_ip": ips[one["subnet_id"]]} for one in asked]


def twins(life: FleetScenario, own: list[dict[str, Any]], _patch: Any) -> list[dict[str, Any]]:
    """Two endpoints in the place of one definition."""
    about = {"endpoint_service_id": own[0]["endpoint_service_id"], **networks(life.cloud, 1, 1)[0]}
    life.tell(lambda _options, runtime: runtime.api.create_endpoint(about), "provider")
    life.cloud.advance(1)
    return definitions(life.cloud, TAGS)


def one_for_two(life: FleetScenario, own: list[dict[str, Any]], _patch: Any) -> list[dict[str, Any]]:
    """Two definitions that mean one endpoint."""
    asked = definitions(life.cloud, TAGS)
    (meant,) = [one["id"] for one in own if one["subnet_id"] == asked[0]["subnet_id"]]
    return [*asked, {"id": meant}]


@pytest.mark.fault_injection("a list: purge while an entry is ambiguous")
@pytest.mark.parametrize("riddle", [hidden_addresses, twins, one_for_two])
def test_unclear(begin: Begin, row: Any, monkeypatch: pytest.MonkeyPatch, riddle: Callable[..., Any]) -> None:
    """An error, and nothing is purged, not even unlisted endpoints."""
    life = begin().prepared("purge")
    own = [one for one in life.cloud.state()["endpoints"] if one["id"] not in life.neighbours]
    asked = riddle(life, own, monkeypatch)
    there = {one["id"] for one in life.cloud.state()["endpoints"]}
    with pytest.raises(VpcepError):
        life.converge_fleet(asked, purge=True)
    state = life.cloud.state()
    row.lost += missing(state, there)
    row.doubled += [f"endpoint {one['id']} is new" for one in state["endpoints"] if one["id"] not in there]
