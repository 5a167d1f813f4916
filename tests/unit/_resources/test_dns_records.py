"""The domain name of an endpoint: when its record is made, changed and deleted, and whose records stay."""

import json
from collections import Counter
from typing import Any

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._bulk.bulk import BulkFailed, converge_endpoints
from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.errors import (
    ApiError,
    InputError,
    VpcepError,
    WaitTimeout,
)
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.endpoint import converge_endpoint
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.preflight import check_project

NAME = "shop.internal.example.com"
LISTS = {"listPrivateZones": 1, "listRecordSets": 1}
OBS = "e4a21a61-f09e-41bc-b487-23d6204ae27b"


@pytest.fixture
def wanted(publish: Any, subnet: Any) -> dict[str, Any]:
    """The options of an endpoint with a name."""
    return {"endpoint_service_id": publish(approval_enabled=False), **subnet, "dns_name": NAME}


@pytest.fixture
def zone(cloud: Any, subnet: Any) -> str:
    """A private zone of the endpoint's VPC; the ID."""
    return str(cloud.add("zones", name="internal.example.com", vpcs=[subnet["vpc_id"]])["id"])


@pytest.fixture
def records(cloud: Any) -> Any:
    """The A records of the project by name, as they are once all changes are carried out."""

    def shown() -> dict[str, list[str]]:
        cloud.advance(9)
        return {one["name"]: one["records"] for one in cloud.objects("recordsets") if one["type"] == "A"}

    return shown


def sent(cloud: Any) -> dict[str, int]:
    """How often the last task sent each DNS operation."""
    log = [entry["operation"] for entry in cloud.log() if entry["path"].startswith("/v2/zones")]
    return dict(Counter(log))


def endpoints(cloud: Any) -> list[str]:
    return [one["ip"] for one in cloud.state()["endpoints"]]


# The life of a record


def test_from_creation_to_deletion(task: Any, cloud: Any, wanted: Any, zone: str, records: Any) -> None:
    made = task(converge_endpoint, **wanted)
    assert made["action"] == "create" and made["dns_record"]["value"] == made["endpoint"]["ip"]
    assert made["dns_record"]["name"] == NAME and made["dns_record"]["zone_id"] == zone
    assert made["dns_record"]["zone_name"] == "internal.example.com" and len(made["dns_record"]["id"]) == 32
    assert made["diff"]["after"]["dns_record"]["value"] == made["endpoint"]["ip"]
    assert [entry["operation"] for entry in cloud.log() if entry["method"] != "GET"][-2:] == [
        "createEndpoint",
        "createRecordSet",
    ]
    (record,) = [one for one in cloud.objects("recordsets") if one["type"] == "A"]
    assert record["status"] == "ACTIVE" and made["endpoint"]["id"] in record["description"] and record["ttl"] == 300

    again = task(converge_endpoint, **{**wanted, "dns_name": "Shop.Internal.Example.COM."})
    assert not again["changed"] and again["dns_record"] == made["dns_record"]
    assert sent(cloud) == LISTS and len(cloud.log()) == 3
    assert not task(converge_endpoint, id=made["endpoint"]["id"], dns_name=NAME)["changed"] and len(cloud.log()) == 3

    foreseen = task(converge_endpoint, check=True, state="absent", **wanted)
    assert sent(cloud) == LISTS and len(cloud.log()) == 3
    gone = task(converge_endpoint, state="absent", **wanted)
    assert gone["dns_record"] == foreseen["dns_record"] == made["dns_record"]
    assert gone["diff"]["before"]["dns_record"] == foreseen["diff"]["before"]["dns_record"]
    changes = [entry["operation"] for entry in cloud.log() if entry["method"] != "GET"]
    assert changes == ["deleteRecordSet", "deleteEndpoint"]
    assert records() == {} and endpoints(cloud) == []
    assert not task(converge_endpoint, state="absent", **wanted)["changed"]


def test_check_mode_sends_gets_only(task: Any, cloud: Any, wanted: Any, zone: str) -> None:
    foreseen = task(converge_endpoint, check=True, **wanted)
    assert {entry["method"] for entry in cloud.log()} == {"GET"} and sent(cloud) == LISTS
    assert foreseen["dns_record"] == {"name": NAME, "value": "", "zone_name": zone_name(), "zone_id": zone, "id": ""}
    assert "dns_record" not in foreseen["diff"]["before"] and foreseen["diff"]["after"]["dns_record"]["name"] == NAME


def zone_name() -> str:
    return NAME.partition(".")[2]


def test_it_follows_the_address(task: Any, cloud: Any, wanted: Any, zone: str, records: Any) -> None:
    task(converge_endpoint, **wanted)
    (record,) = [one for one in cloud.objects("recordsets") if one["type"] == "A"]
    cloud.change("recordsets", record["id"], records=["10.0.0.99"], ttl=77)
    foreseen = task(converge_endpoint, check=True, **wanted)
    assert foreseen["action"] == "change" and foreseen["diff"]["before"]["dns_record"]["value"] == "10.0.0.99"
    changed = task(converge_endpoint, **wanted)
    assert changed["action"] == "change" and changed["diff"] == foreseen["diff"]
    assert records() == {NAME + ".": endpoints(cloud)} and sent(cloud)["updateRecordSet"] == 1
    assert [one["ttl"] for one in cloud.objects("recordsets") if one["type"] == "A"] == [77]
    assert not task(converge_endpoint, **wanted)["changed"]


@pytest.mark.parametrize("check", [False, True])
def test_a_recreated_endpoint_changes_it(
    task: Any, cloud: Any, wanted: Any, zone: str, records: Any, check: bool
) -> None:
    task(converge_endpoint, **wanted)
    changed = task(converge_endpoint, check=check, **wanted, enable_dns=True, recreate=True)
    assert changed["action"] == "replace" and changed["dns_record"]["name"] == NAME
    assert changed["diff"]["before"]["dns_record"]["value"]
    if not check:
        assert records() == {NAME + ".": endpoints(cloud)}
        order = [entry["operation"] for entry in cloud.log() if entry["method"] != "GET"]
        assert order == ["deleteRecordSet", "deleteEndpoint", "createEndpoint", "createRecordSet"]
        assert not task(converge_endpoint, **wanted, enable_dns=True)["changed"]


def test_an_endpoint_that_was_made_anew_elsewhere_takes_it_over(
    task: Any, cloud: Any, wanted: Any, zone: str, records: Any
) -> None:
    made = task(converge_endpoint, **wanted)
    cloud.remove("endpoints", made["endpoint"]["id"])
    again = task(converge_endpoint, **wanted)
    (record,) = [one for one in cloud.objects("recordsets") if one["type"] == "A"]
    assert again["action"] == "create" and again["endpoint"]["id"] in record["description"]
    assert records() == {NAME + ".": endpoints(cloud)} and again["dns_record"]["id"] == made["dns_record"]["id"]


def test_another_name(task: Any, cloud: Any, wanted: Any, zone: str, records: Any) -> None:
    """The old record goes first, also from another zone: there never is one without a task."""
    task(converge_endpoint, **wanted)
    task(converge_endpoint, **{**wanted, "dns_name": "web.internal.example.com"})
    assert list(records()) == ["web.internal.example.com."]
    cloud.add("zones", name="example.net", vpcs=[wanted["vpc_id"]])
    foreseen = task(converge_endpoint, check=True, **{**wanted, "dns_name": "web.example.net"})
    changed = task(converge_endpoint, **{**wanted, "dns_name": "web.example.net"})
    assert foreseen["diff"] == changed["diff"] and foreseen["diff"]["before"]["dns_record"]["zone_name"] == zone_name()
    assert changed["action"] == "change" and list(records()) == ["web.example.net."]
    changes = [entry["operation"] for entry in cloud.log() if entry["method"] != "GET"]
    assert changes == ["deleteRecordSet", "createRecordSet"]
    cloud.add("zones", name="web.example.net", vpcs=[wanted["vpc_id"]])  # a longer suffix from now on
    assert task(converge_endpoint, **{**wanted, "dns_name": "web.example.net"})["changed"]
    assert list(records()) == ["web.example.net."]
    anew = {**wanted, "dns_name": "db.example.net", "description": "new", "recreate": True}
    foreseen = task(converge_endpoint, check=True, **anew)
    before = task(converge_endpoint, **anew)["diff"]["before"]
    assert foreseen["diff"]["before"] == before and before["dns_record"]["name"] == "web.example.net"
    assert list(records()) == ["db.example.net."]
    task(converge_endpoint, state="absent", **{**wanted, "dns_name": "web.example.net"})
    assert records() == {}


def test_with_names_of_networks(task: Any, cloud: Any, wanted: Any, records: Any) -> None:
    networks = [{"name": "green-a", "cidr": "10.77.1.0/24"}]
    by_name = {**wanted, "vpc": "green", "subnet": "green-a", "create_dns_zone": True}
    by_name.update(vpc_id=None, subnet_id=None)
    foreseen = task(converge_endpoint, check=True, **by_name)
    assert foreseen["dns_record"]["zone_name"] == "internal.example.com" and foreseen["dns_record"]["zone_id"] == ""
    cloud.add("vpcs", name="green", cidr="10.77.0.0/16", subnets=networks)
    assert task(converge_endpoint, **by_name)["dns_record"]["value"] in endpoints(cloud)
    assert not task(converge_endpoint, **by_name)["changed"]
    assert sent(cloud) == LISTS and len(cloud.log()) == 5  # VPCs, subnets, endpoints, zones, record sets
    task(converge_endpoint, state="absent", **by_name)
    assert records() == {} and endpoints(cloud) == []


def test_name_servers_that_do_not_know_private_zones(task: Any, cloud: Any, wanted: Any, zone: str) -> None:
    cloud.change("subnets", wanted["subnet_id"], dns=["100.125.4.25", "8.8.8.8"])
    (subnet,) = [one for one in cloud.objects("subnets") if one["id"] == wanted["subnet_id"]]
    checks = task(check_project, subnet_ids=[wanted["subnet_id"]])["checks"]
    assert [(one["ok"], one["value"]) for one in checks] == [(True, subnet["cidr"]), (None, "8.8.8.8")]
    task(converge_endpoint, **{**wanted, "subnet_id": None, "subnet": subnet["name"]})
    assert ["8.8.8.8" in text for text in task.warnings] == [True]
    shown = [{**subnet, "dnsList": [None, "", "100.125.4.25"]}]
    cloud.fault(service="vpc", operation="listSubnets", status=200, body=json.dumps({"subnets": shown}))
    task(converge_endpoint, **{**wanted, "subnet_id": None, "subnet": subnet["name"]})
    assert task.warnings == [], "a gap in the list is no name server"
    task(converge_endpoint, **{**wanted, "subnet_id": None, "subnet": subnet["name"], "dns_name": None})
    assert task.warnings == []


# Acceptance


def test_it_comes_after_acceptance(task: Any, cloud: Any, publish: Any, subnet: Any, zone: str, records: Any) -> None:
    wanted = {"endpoint_service_id": publish(), **subnet, "dns_name": NAME}
    made = task(converge_endpoint, **wanted)
    assert "pendingAcceptance" in made["dns_record"].pop("note") and made["dns_record"] == {"name": NAME}
    for check in (False, True):
        again = task(converge_endpoint, check=check, **wanted)
        assert not again["changed"] and again["dns_record"]["note"] and sent(cloud) == {} and records() == {}
    cloud.change("endpoints", made["endpoint"]["id"], status="accepted")
    accepted = task(converge_endpoint, **wanted)
    assert accepted["action"] == "change" and "note" not in accepted["dns_record"]
    assert records() == {NAME + ".": endpoints(cloud)}


def test_an_accepted_endpoint_without_an_address(task: Any, cloud: Any, wanted: Any, zone: str, records: Any) -> None:
    """Its record is not made, which the task says."""
    made = task(converge_endpoint, **{**wanted, "dns_name": None})["endpoint"]
    listed = {"endpoints": [{**made, "tags": [], "ip": None}], "total_count": 1}
    cloud.fault(operation="listEndpoints", status=200, body=json.dumps(listed))
    found = task(converge_endpoint, **wanted)
    assert not found["changed"] and "has an address" in found["dns_record"]["note"] and records() == {}
    assert any("once the endpoint has an address" in text for text in task.warnings)


# Whose records


def test_a_foreign_record_is_neither_changed_nor_deleted(
    task: Any, cloud: Any, wanted: Any, zone: str, records: Any
) -> None:
    foreign = cloud.add("recordsets", zone=zone, name=NAME, records=["10.0.0.99"])
    for check in (True, False):
        with pytest.raises(VpcepError, match=r"with the value 10.0.0.99.*replace_dns_record"):
            task(converge_endpoint, check=check, **wanted)
        assert cloud.state()["endpoints"] == []  # found before anything was made
    task(converge_endpoint, **{**wanted, "dns_name": None})
    with pytest.raises(VpcepError, match="which was not made for this endpoint"):
        task(converge_endpoint, **wanted)
    gone = task(converge_endpoint, state="absent", **wanted)
    assert gone["dns_record"] == {"name": NAME} and records() == {NAME + ".": ["10.0.0.99"]}
    assert not task(converge_endpoint, state="absent", **wanted)["changed"]

    replaced = task(converge_endpoint, **wanted, replace_dns_record=True)
    assert replaced["dns_record"]["id"] == foreign["id"] and records() == {NAME + ".": endpoints(cloud)}
    assert not task(converge_endpoint, **wanted)["changed"]


def test_a_foreign_record_with_the_address_is_right_and_stays(
    task: Any, cloud: Any, wanted: Any, zone: str, records: Any
) -> None:
    made = task(converge_endpoint, **{**wanted, "dns_name": None})
    cloud.add("recordsets", zone=zone, name=NAME, records=[made["endpoint"]["ip"]])
    assert not task(converge_endpoint, **wanted)["changed"]
    task(converge_endpoint, state="absent", **wanted)
    assert list(records()) == [NAME + "."]


def test_names_are_compared_exactly_after_the_fuzzy_filter(
    task: Any, cloud: Any, wanted: Any, zone: str, records: Any
) -> None:
    cloud.add("recordsets", zone=zone, name=f"my{NAME}", records=["10.0.0.98"])
    cloud.add("recordsets", zone=zone, name=NAME, type="TXT", records=['"text"'])
    task(converge_endpoint, **wanted)
    assert records()[NAME + "."] == endpoints(cloud)
    task(converge_endpoint, state="absent", **wanted)
    assert list(records()) == [f"my{NAME}."]


def test_a_name_with_another_kind_of_record(task: Any, cloud: Any, wanted: Any, zone: str) -> None:
    cloud.add("recordsets", zone=zone, name=NAME, type="CNAME", records=["a.b."])
    with pytest.raises(VpcepError, match="has other records: CNAME"):
        task(converge_endpoint, **wanted, replace_dns_record=True)
    assert cloud.state()["endpoints"] == []


def test_one_zone_of_two_vpcs(task: Any, cloud: Any, wanted: Any, zone: str, records: Any) -> None:
    other = cloud.spare("provider")[2]
    router = {"router_id": other["vpc_id"], "status": "ACTIVE"}
    cloud.change("zones", zone, routers=[*cloud.objects("zones")[0]["routers"], router])
    task(converge_endpoint, **wanted)
    before = records()
    second = {**wanted, "vpc_id": other["vpc_id"], "subnet_id": other["subnet_id"]}
    with pytest.raises(VpcepError, match="One record cannot point to two endpoints"):
        task(converge_endpoint, **second)
    assert records() == before and len(endpoints(cloud)) == 1
    assert not task(converge_endpoint, state="absent", **second)["changed"] and records() == before


def test_gateways_have_no_record(task: Any, cloud: Any) -> None:
    network = cloud.spare("provider")[2]
    gateway = {"endpoint_service_id": OBS, "vpc_id": network["vpc_id"], "dns_name": NAME}
    with pytest.raises(InputError, match="interface endpoint"):
        task(converge_endpoint, **gateway, subnet_id=network["subnet_id"], create_dns_zone=True)
    assert cloud.state()["endpoints"] == []
    task(converge_endpoint, **{**gateway, "dns_name": None})
    with pytest.raises(InputError, match="interface endpoint"):
        task(converge_endpoint, **gateway, create_dns_zone=True)
    assert sent(cloud) == {}


# What is left of an interrupted run


def test_a_record_whose_endpoint_is_gone(task: Any, cloud: Any, wanted: Any, zone: str, records: Any) -> None:
    made = task(converge_endpoint, **wanted)["endpoint"]["id"]
    cloud.remove("endpoints", made)
    for check in (True, False):
        gone = task(converge_endpoint, check=check, state="absent", **wanted)
        assert gone["action"] == "change" and gone["dns_record"]["name"] == NAME and gone["endpoint"] == {}
        assert bool(records()) == check
    assert not task(converge_endpoint, state="absent", **wanted)["changed"]

    made = task(converge_endpoint, **wanted)["endpoint"]["id"]
    cloud.remove("endpoints", made)
    assert task(converge_endpoint, state="absent", id=made, dns_name=NAME)["changed"] and records() == {}


def test_a_change_under_way_is_waited_for(task: Any, cloud: Any, wanted: Any, zone: str, records: Any) -> None:
    task(converge_endpoint, **wanted, wait=False)
    cloud.advance(9)
    task(converge_endpoint, **wanted, wait=False)
    assert [one["status"] for one in cloud.objects("recordsets") if one["type"] == "A"] == ["PENDING_CREATE"]
    assert not task(converge_endpoint, **wanted)["changed"]
    assert [one["status"] for one in cloud.objects("recordsets") if one["type"] == "A"] == ["ACTIVE"]
    task(converge_endpoint, state="absent", **wanted, wait=False)
    assert task(converge_endpoint, **wanted)["changed"] and list(records()) == [NAME + "."]


# Zones


def test_no_zone_is_found_before_anything_is_made(task: Any, cloud: Any, wanted: Any) -> None:
    cloud.add("zones", name="internal.example.com", vpcs=[cloud.spare("provider")[3]["vpc_id"]])
    with pytest.raises(VpcepError, match=r"Zone internal.example.com \(\w+\) does not serve that VPC.*create_dns_zone"):
        task(converge_endpoint, **wanted)
    assert cloud.state()["endpoints"] == []


@pytest.mark.parametrize("check", [True, False])
def test_a_zone_that_hides_a_whole_domain_is_told(task: Any, cloud: Any, wanted: Any, check: bool) -> None:
    options = {**wanted, "dns_name": "shop.com", "create_dns_zone": True}
    task(converge_endpoint, check=check, **options)
    assert any("no other names that end with .com" in text for text in task.warnings)
    task(converge_endpoint, check=check, **options, dns_zone="shop.com")
    assert not any("no other names" in text for text in task.warnings)


@pytest.mark.parametrize("name", [None, "example.com"])
def test_a_zone_is_made_for_the_vpc(task: Any, cloud: Any, wanted: Any, records: Any, name: str | None) -> None:
    other = cloud.add("zones", name=name or "internal.example.com", vpcs=[cloud.spare("provider")[3]["vpc_id"]])
    options = {**wanted, "dns_zone": name, "create_dns_zone": True}
    foreseen = task(converge_endpoint, check=True, **options)
    assert foreseen["dns_record"]["zone_id"] == "" and len(cloud.objects("zones")) == 1
    made = task(converge_endpoint, **options)
    assert made["dns_record"]["zone_name"] == foreseen["dns_record"]["zone_name"] == (name or "internal.example.com")
    assert made["dns_record"]["zone_id"] != other["id"] and records() == {NAME + ".": endpoints(cloud)}
    (made_zone,) = [one for one in cloud.objects("zones") if one["id"] != other["id"]]
    assert [one["router_id"] for one in made_zone["routers"]] == [wanted["vpc_id"]] and made_zone["status"] == "ACTIVE"
    assert not task(converge_endpoint, **options)["changed"] and sent(cloud) == LISTS
    task(converge_endpoint, state="absent", **options)
    assert records() == {} and len(cloud.objects("zones")) == 2  # a zone stays


def test_a_cloud_with_one_zone_of_a_name(task: Any, cloud: Any, wanted: Any, records: Any) -> None:
    cloud.settings(dns_zone_names="unique")
    other = cloud.add("zones", name="internal.example.com", vpcs=[cloud.spare("provider")[3]["vpc_id"]])
    made = task(converge_endpoint, **wanted, create_dns_zone=True)
    assert made["dns_record"]["zone_id"] == other["id"] and sent(cloud)["associateRouter"] == 1
    assert any("now also serves VPC" in text for text in task.warnings)
    assert records() == {NAME + ".": endpoints(cloud)}


def test_a_vpc_is_not_led_to_the_endpoint_of_another_one(task: Any, cloud: Any, wanted: Any, records: Any) -> None:
    cloud.settings(dns_zone_names="unique")
    other = cloud.add("zones", name="internal.example.com", vpcs=[cloud.spare("provider")[3]["vpc_id"]])
    cloud.add("recordsets", zone=other["id"], name=NAME, type="A", records=["10.0.0.99"])
    with pytest.raises(VpcepError, match=r"has a record with the value 10.0.0.99.*replace_dns_record"):
        task(converge_endpoint, **wanted, create_dns_zone=True)
    assert "associateRouter" not in sent(cloud) and records() == {NAME + ".": ["10.0.0.99"]}


def test_a_zone_that_is_not_ready_and_locks(task: Any, cloud: Any, wanted: Any, records: Any) -> None:
    cloud.settings(dns_locked=3)
    task(converge_endpoint, **wanted, create_dns_zone=True)
    assert records() == {NAME + ".": endpoints(cloud)}
    cloud.settings(dns_locked=2)
    task(converge_endpoint, **wanted, state="absent")
    assert records() == {}


@pytest.mark.parametrize("odd", [None, 5, [None], {}], ids=str)
def test_a_zone_without_a_usable_id(task: Any, cloud: Any, wanted: Any, zone: str, records: Any, odd: Any) -> None:
    """Its records cannot be read, so nothing is changed or deleted."""
    task(converge_endpoint, **wanted)
    zones = [{**one, "id": odd} for one in cloud.objects("zones")]
    body = json.dumps({"zones": zones, "metadata": {"total_count": len(zones)}})
    for state in ("present", "absent"):
        cloud.fault(service="dns", operation="listPrivateZones", status=200, body=body)
        with pytest.raises(VpcepError, match="has no usable id"):
            task(converge_endpoint, **wanted, state=state)
        assert sent(cloud).keys() <= {"listPrivateZones", "listRecordSets"} and len(records()) == 1


# Rights


def test_an_empty_list_is_no_proof(task: Any, cloud: Any, wanted: Any, zone: str, records: Any) -> None:
    task(converge_endpoint, **wanted)
    cloud.settings(empty_lists="listPrivateZones")
    with pytest.raises(VpcepError, match="dns:zone:list"):
        task(converge_endpoint, **wanted)
    for check in (True, False):
        with pytest.raises(VpcepError, match=r"was not deleted.*dns:zone:list"):
            task(converge_endpoint, check=check, state="absent", **wanted)
    with pytest.raises(ApiError, match=r"DNS\.0212.* the right dns:zone:list"):  # there is such a zone
        task(converge_endpoint, **wanted, create_dns_zone=True, enable_dns=True, recreate=True)
    assert len(records()) == len(endpoints(cloud)) == 1
    cloud.remove("endpoints", cloud.state()["endpoints"][0]["id"])
    assert not task(converge_endpoint, state="absent", **wanted)["changed"]
    assert any("dns:zone:list" in text for text in task.warnings)
    cloud.settings(empty_lists="")
    assert task(converge_endpoint, state="absent", **wanted)["changed"] and records() == {}


def test_a_record_that_cannot_be_seen(task: Any, cloud: Any, wanted: Any, zone: str, records: Any) -> None:
    task(converge_endpoint, **wanted)
    cloud.settings(empty_lists="listRecordSets")
    for change in ({}, {"state": "absent"}, {"dns_name": f"my{NAME}"}, {"enable_dns": True, "recreate": True}):
        with pytest.raises(VpcepError, match=r"None of the 3 record sets .* can be seen.*dns:recordset:list"):
            task(converge_endpoint, **{**wanted, **change})
    cloud.settings(empty_lists="")
    assert len(records()) == len(endpoints(cloud)) == 1
    assert task(converge_endpoint, state="absent", **wanted)["changed"] and records() == {}


def test_without_rights_nothing_is_lost(task: Any, cloud: Any, wanted: Any, zone: str, records: Any) -> None:
    cloud.settings(forbidden="createRecordSet,deleteRecordSet")
    with pytest.raises(ApiError, match=r"create record set \(right dns:recordset:create\).*was made or changed before"):
        task(converge_endpoint, **wanted)
    cloud.settings(forbidden="deleteRecordSet")
    task(converge_endpoint, **wanted)
    with pytest.raises(ApiError, match="delete record set"):
        task(converge_endpoint, state="absent", **wanted)
    assert len(records()) == len(endpoints(cloud)) == 1


@pytest.mark.parametrize("operation", ["createPrivateZone", "createRecordSet", "updateRecordSet", "deleteRecordSet"])
@pytest.mark.parametrize("carried_out", [True, False])
def test_an_answer_that_never_came(
    task: Any, cloud: Any, wanted: Any, records: Any, operation: str, carried_out: bool
) -> None:
    options = {**wanted, "create_dns_zone": True}
    if operation == "updateRecordSet":
        task(converge_endpoint, **options)
        (record,) = [one for one in cloud.objects("recordsets") if one["type"] == "A"]
        cloud.change("recordsets", record["id"], records=["10.0.0.99"])
    cloud.fault(service="any", operation=operation, kind="reset", carried_out=carried_out)
    assert task(converge_endpoint, **options)["changed"]
    assert records() == {NAME + ".": endpoints(cloud)} and len(cloud.objects("zones")) == 1
    task(converge_endpoint, state="absent", **options)
    assert records() == {} and endpoints(cloud) == []


# Fleets


@pytest.fixture
def fleet(task: Any, cloud: Any, publish: Any) -> Any:
    """Runs the fleet's program for endpoints with one name in several VPCs."""
    service = publish(approval_enabled=False)
    places = [{name: one[name] for name in ("vpc_id", "subnet_id")} for one in cloud.spare("provider")[1:7]]

    def run(number: int = 6, *, check: bool = False, more: Any = None, **options: Any) -> Any:
        given = [{**place, "dns_name": NAME, "create_dns_zone": True, **(more or {})} for place in places[:number]]
        options = {"endpoint_service_id": service, "concurrency": 4, **options}
        return task(converge_endpoints, check=check, endpoints=given, **options)

    return run


def values(cloud: Any) -> list[str]:
    return sorted(value for one in cloud.objects("recordsets") if one["type"] == "A" for value in one["records"])


def test_a_fleet_has_a_zone_for_each_vpc(cloud: Any, fleet: Any, records: Any) -> None:
    foreseen = fleet(check=True)
    assert {entry["method"] for entry in cloud.log()} == {"GET"} and sent(cloud) == {"listPrivateZones": 1}
    assert all(one["dns_record"]["name"] == NAME for one in foreseen["outcomes"])
    made = fleet()
    assert values(cloud) == sorted(endpoints(cloud)) and len(cloud.objects("zones")) == 6
    assert [one["dns_record"]["value"] for one in made["outcomes"]] == [one["ip"] for one in made["endpoints"]]
    again = fleet()
    assert not again["changed"] and sent(cloud) == {"listPrivateZones": 1, "listRecordSets": 6}
    assert fleet(2, purge=True)["changed"]
    assert values(cloud) == sorted(endpoints(cloud)) and len(endpoints(cloud)) == 2
    gone = fleet(state="absent")
    assert gone["changed"] and values(cloud) == endpoints(cloud) == []


def test_an_entry_that_fails_does_not_stop_others(cloud: Any, fleet: Any) -> None:
    fleet(3)
    record = [one for one in cloud.objects("recordsets") if one["type"] == "A"][1]
    cloud.change("recordsets", record["id"], records=["10.0.0.99"], description="")
    with pytest.raises(BulkFailed, match="1 of 4 endpoints failed") as caught:
        fleet(4)
    outcomes = caught.value.result()["outcomes"]
    assert [one["failed"] for one in outcomes].count(True) == 1 and outcomes[3]["dns_record"]["value"]
    assert "10.0.0.99" in str(caught.value) and len(endpoints(cloud)) == 4


def test_entries_that_need_one_record(cloud: Any, fleet: Any) -> None:
    cloud.add("zones", name="internal.example.com", vpcs=[one["vpc_id"] for one in cloud.spare("provider")[1:3]])
    with pytest.raises(BulkFailed, match="2 of 3 endpoints failed") as caught:
        fleet(3)
    assert "one record cannot point to two endpoints" in str(caught.value) and len(endpoints(cloud)) == 1


def test_a_fleet_without_the_right_to_list(cloud: Any, fleet: Any) -> None:
    fleet(2)
    cloud.settings(forbidden="listPrivateZones")
    with pytest.raises(BulkFailed, match="2 of 2 endpoints failed"):
        fleet(2)
    cloud.settings(forbidden="", empty_lists="listPrivateZones")
    with pytest.raises(BulkFailed, match="was not deleted"):
        fleet(1, purge=True)
    assert len(endpoints(cloud)) == 2


def test_the_record_of_an_earlier_endpoint_goes_along(
    task: Any, cloud: Any, wanted: Any, zone: str, records: Any
) -> None:
    """The endpoint was made anew without a name, by other means."""
    made = task(converge_endpoint, **wanted)
    cloud.remove("endpoints", made["endpoint"]["id"])
    task(converge_endpoint, **{**wanted, "dns_name": None})
    gone = task(converge_endpoint, state="absent", **wanted)
    assert gone["dns_record"] == made["dns_record"] and records() == {} and endpoints(cloud) == []


def test_another_vpc_of_the_zone_does_not_delay(task: Any, cloud: Any, wanted: Any, zone: str, records: Any) -> None:
    own = cloud.objects("zones")[0]["routers"][0]
    other = {"router_id": cloud.spare("provider")[3]["vpc_id"], "status": "PENDING_CREATE"}
    cloud.change("zones", zone, routers=[other, own])
    task(converge_endpoint, **wanted)
    assert records() == {NAME + ".": endpoints(cloud)} and sent(cloud)["listPrivateZones"] == 1


def test_a_change_that_fails(task: Any, cloud: Any, wanted: Any, zone: str) -> None:
    made = task(converge_endpoint, **wanted)["dns_record"]["id"]
    cloud.change("recordsets", made, status="ERROR")
    assert task(converge_endpoint, **wanted)["changed"]  # it is sent again
    task(converge_endpoint, state="absent", **wanted)
    task(converge_endpoint, **wanted, wait=False)
    cloud.advance(9)
    with pytest.raises(VpcepError, match=r"Record set \w+ is in status ERROR"):
        task(lambda options, runtime: fail_while_waiting(cloud, options, runtime), **wanted)


def test_a_zone_that_is_never_ready(task: Any, cloud: Any, wanted: Any, zone: str, records: Any) -> None:
    task(converge_endpoint, **wanted)
    cloud.settings(dns_delay=999)
    with pytest.raises(WaitTimeout, match=r"Private zone .* is still in status PENDING"):
        task(converge_endpoint, **{**wanted, "dns_name": "a.b.c"}, create_dns_zone=True, wait_timeout=9)
    assert list(records()) == [NAME + "."]  # the old name stays until then


def fail_while_waiting(cloud: Any, options: Any, runtime: Any) -> Any:
    """DNS gives up a record while the task waits for it."""
    sleep = runtime.sleep

    def fail(seconds: float) -> None:
        for one in cloud.objects("recordsets"):
            if one["status"].startswith("PENDING"):
                cloud.change("recordsets", one["id"], status="ERROR")
        sleep(seconds)

    runtime.sleep = fail
    return converge_endpoint(options, runtime)


def test_no_time_for_a_lock(task: Any, cloud: Any, wanted: Any, zone: str) -> None:
    cloud.settings(dns_locked=99)
    with pytest.raises(ApiError, match=r"DNS\.0021"):
        task(converge_endpoint, **wanted, wait_timeout=20)
