"""The SDK of DNS and openstacksdk against the simulator's zones and record sets."""

import importlib
from typing import Any

import pytest
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException

from tests.clients.huawei import network_call
from tests.clients.otc import connection
from tests.simulator import Simulator
from tests.simulator.contract import load

VPC, SHOP = "4189d3c2-8882-4871-a3c2-d380272eed80", "5a0b0000-0000-4000-8000-000000000001"
CALLS = {
    "list_private_zones",
    "create_private_zone",
    "associate_router",
    "list_record_sets_by_zone",
    "create_record_set",
    "update_record_set",
    "delete_record_set",
}


def ask(simulator: Simulator, operation: str, **arguments: Any) -> Any:
    return network_call(simulator, f"dns v2 {operation}", **arguments)


def router(vpc_id: str) -> Any:
    return importlib.import_module("huaweicloudsdkdns.v2").Router(router_id=vpc_id)


def test_no_operation_is_left_out() -> None:
    described = [one for item in load("network.yaml")["paths"].values() for one in item.values() if "x-service" in one]
    names = {one["x-sdk-operation"] for one in described if one["x-service"] == "dns"}
    assert names == {f"dns v2 {one}" for one in CALLS}


def test_zones_and_records_by_the_sdk(huawei: Simulator) -> None:
    body = {"name": "Example.com", "zone_type": "private", "router": router(VPC)}
    zone = ask(huawei, "create_private_zone", body=body)
    assert (zone.name, zone.status, zone.router.router_id) == ("example.com.", "ACTIVE", VPC)
    assert ask(huawei, "associate_router", zone_id=zone.id, body={"router": router(SHOP)}).router_id == SHOP
    (listed,) = ask(huawei, "list_private_zones", type="private", name="example", router_id=SHOP).zones
    assert [one.router_id for one in listed.routers] == [VPC, SHOP] and listed.record_num == 2
    record = {"name": "www.example.com.", "type": "A", "records": ["10.0.0.1"]}
    made = ask(huawei, "create_record_set", zone_id=zone.id, body=record)
    with pytest.raises(ClientRequestException) as refusal:
        ask(huawei, "create_record_set", zone_id=zone.id, body=record)
    assert refusal.value.error_code == "DNS.0312"
    where = {"zone_id": zone.id, "recordset_id": made.id}
    assert ask(huawei, "update_record_set", **where, body={"records": ["10.0.0.2"]}).records == ["10.0.0.2"]
    listed = ask(
        huawei, "list_record_sets_by_zone", zone_id=zone.id, type="A", search_mode="equal", name=record["name"]
    )
    assert [(one.id, one.records, one.ttl) for one in listed.recordsets] == [(made.id, ["10.0.0.2"], 300)]
    assert ask(huawei, "delete_record_set", **where).id == made.id
    with pytest.raises(ClientRequestException) as refusal:
        ask(huawei, "delete_record_set", **where)
    assert refusal.value.error_code == "DNS.0313"


def test_zones_and_records_by_otcextensions(otc: Simulator) -> None:
    otc.add("zones", name="example.com", vpcs=[VPC])
    dns = connection(otc).dns
    (zone,) = dns.zones(zone_type="private")
    made = dns.create_recordset(zone, name="www.example.com.", type="A", records=["10.0.0.1"])
    names = {one.name for one in dns.recordsets(zone)}
    assert (made.status, names) == ("ACTIVE", {"example.com.", "www.example.com."})
    dns.delete_recordset(made)
    assert {one["type"] for one in otc.objects("recordsets")} == {"SOA", "NS"}
