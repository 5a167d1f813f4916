"""Many endpoints by the names of their networks: what it costs, and what a wrong name does to the others."""

from typing import Any

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._bulk.bulk import BulkFailed, converge_endpoints
from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.errors import InputError
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.endpoint import converge_endpoint

MANY = 12


@pytest.fixture
def fleet(task: Any, publish: Any) -> Any:
    """Runs the fleet's program at an open service."""
    service = publish(approval_enabled=False)

    def run(endpoints: list[dict[str, Any]], **options: Any) -> Any:
        return task(converge_endpoints, endpoints=endpoints, **{"endpoint_service_id": service, **options})

    return run


@pytest.fixture
def places(cloud: Any) -> list[dict[str, str]]:
    """VPC and subnet by name for each of many endpoints. All subnets have the same name."""
    vpcs = [{"name": f"branch-{number}", "subnets": [{"name": "a"}, {"name": "b"}]} for number in range(MANY)]
    cloud.add_all("vpcs", vpcs)
    return [{"vpc": one["name"], "subnet": "a"} for one in vpcs]


def test_a_fleet_by_names(fleet: Any, task: Any, places: Any) -> None:
    made = fleet(places)
    assert made["changed"] and len({one["vpc_id"] for one in made["endpoints"]}) == MANY
    assert len(made["resolved"]) == 2 * MANY
    again = fleet(places)
    assert not again["changed"] and [one["id"] for one in again["endpoints"]] == [o["id"] for o in made["endpoints"]]
    assert task.sent == [("GET", "listEndpoints")] and task.looks == {"listVpcsV3": 1, "listSubnets": 1}
    mixed = [{name: one[name] for name in ("vpc_id", "subnet_id")} for one in made["endpoints"][:6]] + places[6:]
    assert not fleet(mixed)["changed"] and task.looks == {"listVpcsV3": 1, "listSubnets": 1}
    assert not fleet(mixed[:6])["changed"] and task.looks == {} and "resolved" not in fleet(mixed[:6])
    upper = [{name: text.upper() for name, text in one.items()} for one in mixed[:6]]
    assert not fleet(upper)["changed"], "letters of IDs have no case"
    assert not fleet([places[0], {**places[0], "subnet": "b", "vpc_id": None}][:1])["changed"]
    assert task.looks == {"listVpcsV3": 1, "listSubnets": 1}


@pytest.mark.slow
def test_a_thousand_vpcs(task: Any, publish: Any, cloud: Any) -> None:
    """Unchanged: one list of VPCs and one of subnets, beside the listing of endpoints."""
    vpcs = [{"name": f"b{number}", "subnets": [{"name": "a"}]} for number in range(1000)]
    cloud.add_all("vpcs", vpcs)
    cloud.settings(quota_endpoints=1000, delay=0)
    options = {"endpoint_service_id": publish(approval_enabled=False), "concurrency": 8, "wait_timeout": 3600}
    options["endpoints"] = [{"vpc": one["name"], "subnet": "a"} for one in vpcs]
    task(converge_endpoints, **options)
    assert len(cloud.state()["endpoints"]) == 1000
    assert not task(converge_endpoints, **options)["changed"]
    assert sum(task.looks.values()) <= 3 and task.looks.keys() == {"listVpcsV3", "listSubnets"}
    assert task.sent == [("GET", "listEndpoints")] * len(task.sent) and len(task.sent) <= 2


@pytest.mark.parametrize("how", ["forbidden", "empty"])
def test_a_caller_who_may_list_the_subnets_of_one_vpc_only(
    fleet: Any, task: Any, cloud: Any, places: Any, how: str
) -> None:
    made = fleet(places)
    if how == "forbidden":
        cloud.settings(enterprise_users="provider")
    else:
        cloud.fault(operation="listSubnets", service="network", status=200, body='{"subnets": []}')
    assert not fleet(places)["changed"] and made["changed"]
    assert task.looks == {"listVpcsV3": 1, "listSubnets": 1 + MANY}


def test_without_the_right_only_a_few_requests_are_refused(fleet: Any, task: Any, cloud: Any, places: Any) -> None:
    cloud.settings(forbidden="listSubnets")
    with pytest.raises(BulkFailed, match="vpc:subnets:get"):
        fleet(places, concurrency=4)
    assert task.looks["listSubnets"] <= 1 + 4 and task.writes == []


def test_more_names_than_a_request_asks_for(fleet: Any, task: Any, cloud: Any) -> None:
    vpcs = [{"name": f"b{number}", "cidr": f"10.{number}.0.0/16", "subnets": [{"name": "a"}]} for number in range(30)]
    cloud.add_all("vpcs", vpcs)
    found = fleet([{"vpc": one["name"], "subnet": "a"} for one in vpcs], check=True)
    assert found["changed"] and task.looks["listVpcsV3"] == 1 and task.looks["listSubnets"] == 1


def test_a_wrong_name_does_not_stop_the_others(fleet: Any, task: Any, cloud: Any, places: Any) -> None:
    wrong = [places[0], {"vpc": "branch-x", "subnet": "a"}, places[1], {"vpc": "branch-2", "subnet": "c"}]
    with pytest.raises(BulkFailed) as error:
        fleet(wrong, purge=True)
    facts = error.value.result()
    assert [one["failed"] for one in facts["outcomes"]] == [False, True, False, True]
    assert [bool(one) for one in facts["endpoints"]] == [True, False, True, False]
    assert "There is no VPC named 'branch-x'" in facts["outcomes"][1]["msg"] and len(facts["resolved"]) == 5
    assert "endpoints[3] (VPC branch-2, subnet c)" in str(error.value)
    assert any("Nothing was purged" in text for text in task.warnings)


def test_wrong_definitions_send_nothing(fleet: Any, cloud: Any) -> None:
    with pytest.raises(InputError) as error:
        fleet([{"vpc": "x" * 65}, {"vpc": "a", "subnet": "10.0.0.0/40"}, {"vpc": "a", "port_ip": "x"}, {"subnet": "a"}])
    lines = str(error.value).splitlines()
    assert [line.split(":")[0] for line in lines] == [f"endpoints[{number}]" for number in range(4)]
    assert cloud.log() == []


def test_two_names_of_one_subnet(fleet: Any, task: Any, places: Any) -> None:
    made = fleet(places[:1])["endpoints"][0]
    for other in ({"vpc_id": made["vpc_id"], "subnet": "a"}, {"vpc": "branch-0", "subnet_id": made["subnet_id"]}):
        with pytest.raises(InputError, match="may mean the same endpoint"):
            fleet([places[0], other])
        assert task.writes == []
    with pytest.raises(InputError, match="may mean the same endpoint"):
        fleet([places[0], places[0]])
    assert task.sent == [] and task.looks == {}


def test_vpcs_that_are_yet_to_come(fleet: Any, task: Any, cloud: Any, places: Any) -> None:
    new = [{"vpc": "new-1", "subnet": "a"}, {"vpc": "new-1", "subnet": "b"}, {"vpc": "new-2", "subnet": "a"}]
    found = fleet([*new, places[0]], check=True)
    assert [one["action"] for one in found["outcomes"]] == ["create"] * 4
    assert [one["vpc_id"] == "" for one in found["endpoints"]] == [True] * 3 + [False]
    assert any("'new-1'" in text for text in task.warnings) and task.writes == []


def test_deletions_by_name(fleet: Any, task: Any, cloud: Any, places: Any) -> None:
    made = fleet(places[:3])["endpoints"]
    gone = {"vpc": "branch-x", "subnet": "a"}
    with pytest.raises(BulkFailed, match="whether one of these endpoints is meant"):
        fleet([places[0], gone], state="absent")
    assert {one["id"] for one in cloud.state()["endpoints"]} == {one["id"] for one in made[1:]}
    assert fleet(places[1:3], state="absent")["changed"] and cloud.state()["endpoints"] == []
    assert not fleet([gone], state="absent")["changed"]


def test_a_name_that_means_another_vpc_now(fleet: Any, task: Any, cloud: Any, places: Any) -> None:
    """Nothing ties the old endpoint to the new VPC; with its ID, the entry fails alone."""
    made = fleet(places[:2])["endpoints"]
    cloud.change("vpcs", made[0]["vpc_id"], name="branch-old")
    second = cloud.add("vpcs", name="branch-0", subnets=[{"name": "a"}])
    with pytest.raises(BulkFailed, match=f"The name 'branch-0' now means vpc {second['id']}"):
        fleet([{"id": made[0]["id"], **places[0]}, places[1]])
    assert task.writes == []
    assert [one["action"] for one in fleet(places[:2])["outcomes"]] == ["create", "none"]


def test_as_one_by_one(fleet: Any, task: Any, places: Any) -> None:
    made = fleet(places[:2])
    service = made["endpoints"][0]["endpoint_service_id"]
    for one in places[:2]:
        assert not task(converge_endpoint, endpoint_service_id=service, **one)["changed"]
