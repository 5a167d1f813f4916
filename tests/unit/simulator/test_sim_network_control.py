"""Tests make, change and remove networks over the control API."""

from typing import Any

import pytest


def names(found: list[dict[str, Any]]) -> list[str]:
    return [one["name"] for one in found]


def test_a_vpc_made_anew_under_its_name_is_another_one(otc: Any) -> None:
    first = otc.sim.add("vpcs", name="blue", cidr="10.1.0.0/16", subnets=[{"name": "blue-a"}])
    assert first["subnets"][0]["cidr"] == "10.1.0.0/24"
    otc.sim.remove("vpcs", first["id"])
    assert otc.provider("GET", f"/vpcs/{first['id']}").status == 404
    assert otc.provider("GET", f"/subnets/{first['subnets'][0]['id']}").status == 404
    second = otc.sim.add("vpcs", name="blue", routetables=[{"name": "main"}, {"name": "other"}])
    assert second["id"] != first["id"]
    tables = otc.provider.ok("GET", "/routetables", vpc_id=second["id"])["routetables"]
    assert [(table["name"], table["default"]) for table in tables] == [("main", True), ("other", False)]


def test_networks_of_the_other_account(otc: Any) -> None:
    made = otc.sim.add("vpcs", "consumer", name="red")
    assert otc.provider("GET", f"/vpcs/{made['id']}").status == 404
    assert otc.consumer.ok("GET", f"/vpcs/{made['id']}")["vpc"]["name"] == "red"
    assert "red" in names(otc.sim.objects("vpcs", "consumer"))
    assert "red" not in names(otc.sim.objects("vpcs", "provider"))


def test_a_reset_brings_the_seed_back(otc: Any) -> None:
    before = otc.sim.info()["accounts"]
    otc.sim.add("vpcs", name="green")
    otc.sim.remove("vpcs", before["provider"]["projects"]["main"]["vpcs"][0]["id"])
    otc.sim.reset()
    assert otc.sim.info()["accounts"] == before


def test_a_port_of_the_seed_belongs_to_a_device(otc: Any) -> None:
    devices = {one["id"]: one for kind in ("servers", "loadbalancers") for one in otc.sim.objects(kind)}
    for port in otc.sim.objects("ports"):
        assert port["kind"] == "VIP" or port["device_id"] in devices
        assert port["kind"] != "VIP" or port["device_id"] == ""


def test_devices_go_with_their_subnet(otc: Any) -> None:
    otc.sim.add("vpcs", name="blue", subnets=[{"name": "blue-a"}])
    server = otc.sim.add("servers", name="s", cards=[{"subnet": "blue-a"}, {"subnet": "blue-a", "ip": "10.0.0.99"}])
    balancer = otc.sim.add("loadbalancers", name="lb", subnet="blue-a", listeners=[{"protocol_port": 80}])
    otc.sim.remove("subnets", server["cards"][0]["subnet_id"])
    for kind in ("servers", "loadbalancers", "ports", "listeners"):
        left = otc.sim.objects(kind)
        assert not {server["id"], balancer["id"], *(card["id"] for card in server["cards"])} & {x["id"] for x in left}
    assert "blue-a" not in names(otc.sim.objects("subnets"))


def test_changes(otc: Any) -> None:
    vpc = otc.sim.add("vpcs", name="blue")
    otc.sim.change("vpcs", vpc["id"], name="navy", status="PENDING")
    assert otc.provider.ok("GET", f"/vpcs/{vpc['id']}")["vpc"]["status"] == "CREATING"
    balancer = otc.sim.add("loadbalancers", name="lb", vpc="navy")
    assert otc.sim.change("loadbalancers", balancer["id"], name="other")["name"] == "other"
    (table,) = otc.provider.ok("GET", "/routetables", vpc_id=vpc["id"])["routetables"]
    assert otc.sim.change("routetables", table["id"], name="blue-routes")["name"] == "blue-routes"
    (table,) = otc.provider.ok("GET", "/routetables", vpc_id=vpc["id"])["routetables"]
    assert table["name"] == "blue-routes"
    for kind, one in (("vpcs", vpc), ("loadbalancers", balancer)):
        with pytest.raises(RuntimeError, match="can change only"):
            otc.sim.change(kind, one["id"], colour="blue")


@pytest.mark.parametrize(
    ("kind", "values", "text"),
    [
        ("subnets", {"name": "x", "vpc": "nowhere"}, "no vpcs nowhere"),
        ("subnets", {"name": "x", "vpc": "twice"}, "several vpcs twice"),
        ("vpcs", {"cidr": "10.0.0.0/16"}, "vpcs need 'name'"),
        ("ports", {"subnet": "backend-a", "colour": "red"}, "unexpected keyword argument 'colour'"),
        ("nets", {}, "unknown: 'nets'"),
    ],
)
def test_what_cannot_be_made(otc: Any, kind: str, values: dict[str, Any], text: str) -> None:
    otc.sim.add_all("vpcs", [{"name": "twice"}, {"name": "twice"}])
    with pytest.raises(RuntimeError, match="account or project"):
        otc.sim.add("vpcs", "nobody", name="x")
    with pytest.raises(RuntimeError, match=text):
        otc.sim.add(kind, **values)
