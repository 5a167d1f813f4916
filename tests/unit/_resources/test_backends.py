"""The backend of a service by name: which port is meant, what it costs, and what is said of a wrong name."""

from typing import Any

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._api.network import NetworkApi
from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.errors import InputError, VpcepError
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.service import converge_service

SHOP = "5a0b0000-0000-4000-8000-000000000001"  # the VPC
SHOP_1, SHOP_1_PORT = "5a0b0000-0000-4000-8000-000000000101", "5a0b0000-0000-4000-8000-000000000201"
DATABASE_A, DATABASE_B = "5a0b0000-0000-4000-8000-000000000204", "5a0b0000-0000-4000-8000-000000000205"
SHOP_LB, SHOP_LB_PORT = "5a0b0000-0000-4000-8000-000000000301", "5a0b0000-0000-4000-8000-000000000302"
PORTS = [{"client_port": 443, "server_port": 8443}]


@pytest.fixture
def publish_backend(task: Any) -> Any:
    """Runs vpcep_service for a backend."""

    def run(backend: dict[str, Any], **options: Any) -> Any:
        return task(converge_service, **{"name": "shop", "ports": PORTS, "backend": backend, **options})

    return run


@pytest.mark.parametrize(
    ("backend", "port", "server_type", "looks"),
    [
        ({"server": "shop-1"}, SHOP_1_PORT, "VM", {"listServers": 1}),
        ({"server": "shop.1"}, "5a0b0000-0000-4000-8000-000000000203", "VM", {"listServers": 1}),
        ({"server": SHOP_1}, SHOP_1_PORT, "VM", {"getServer": 1}),
        ({"server": "shop-database"}, DATABASE_A, "VM", {"listServers": 1, "listPorts": 1}),
        ({"server": "shop-database", "subnet": "shop-b"}, DATABASE_B, "VM", {"listServers": 1, "listSubnets": 1}),
        ({"server": "shop-database", "subnet": "10.30.2.0/24"}, DATABASE_B, "VM", {"listServers": 1}),
        ({"server": "shop-database", "address": "10.30.2.14"}, DATABASE_B, "VM", {"listServers": 1}),
        ({"load_balancer": "shop-lb"}, SHOP_LB_PORT, "LB", {"listLoadBalancersV3": 1}),
        ({"load_balancer": SHOP_LB}, SHOP_LB_PORT, "LB", {"listLoadBalancersV3": 1}),
        ({"address": "10.30.1.11"}, SHOP_1_PORT, "VM", {"listPorts": 1, "listSubnets": 1}),
        ({"address": "10.30.1.20"}, SHOP_LB_PORT, "LB", {"listPorts": 1, "listSubnets": 1}),
    ],
)
def test_a_backend_by_name(
    publish_backend: Any, task: Any, backend: Any, port: str, server_type: str, looks: dict[str, int]
) -> None:
    made = publish_backend(backend)
    service = made["service"]
    assert (service["port_id"], service["vpc_id"], service["server_type"]) == (port, SHOP, server_type)
    (about,) = [one for one in made["resolved"] if one["kind"] != "subnet"]
    assert (about["port_id"], about["address"].startswith("10.30.")) == (port, True)
    again = publish_backend(backend)
    assert not again["changed"] and task.sent == [("GET", "listEndpointServices")] and task.looks == looks
    same = publish_backend(backend, vpc="shop", server_type=server_type, name=None)
    assert not same["changed"] and task.looks == {**looks, "listVpcsV3": 1}, "without name it is found by its backend"


def test_a_card_that_the_list_marks_as_primary(publish_backend: Any, task: Any, cloud: Any) -> None:
    cloud.settings(primary_in_lists=True)
    assert publish_backend({"server": "shop-database"})["service"]["port_id"] == DATABASE_A
    assert task.looks == {"listServers": 1}


@pytest.mark.parametrize("setting", [{"forbidden": "listPorts"}, {"empty_lists": "listPorts"}])
def test_a_card_that_only_the_server_itself_marks_as_primary(
    publish_backend: Any, task: Any, cloud: Any, setting: Any
) -> None:
    cloud.settings(**setting)
    assert publish_backend({"server": "shop-database"})["service"]["port_id"] == DATABASE_A
    assert task.looks["listServers"] == task.looks["getServer"] == 1


@pytest.mark.parametrize("setting", [{}, {"forbidden": "listPorts"}, {"empty_lists": "listPorts"}])
def test_several_cards_and_none_is_primary(publish_backend: Any, task: Any, cloud: Any, setting: Any) -> None:
    cards = [{"subnet": "shop-a", "ip": "10.30.1.50"}, {"subnet": "shop-b", "ip": "10.30.2.50"}]
    cloud.add("servers", name="twin", cards=cards, primary=False)
    cloud.settings(**setting)
    several = r"several network cards.*right vpc:ports:get\): 10.30.1.50 \(port .*10.30.2.50 .*subnet or address"
    with pytest.raises(VpcepError, match=several):
        publish_backend({"server": "twin"})
    with pytest.raises(VpcepError, match=r"no network card with address 10.30.1.51"):
        publish_backend({"server": "twin", "address": "10.30.1.51"})
    with pytest.raises(VpcepError, match=r"no network card with subnet 10.30.0.0/24"):
        publish_backend({"server": "twin", "subnet": "10.30.0.0/24"})
    assert publish_backend({"server": "twin", "subnet": "10.30.2.0/24"})["changed"]


@pytest.fixture
def lists(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Changes each address in lists of servers."""

    def change(**members: Any) -> None:
        truth = NetworkApi.list_servers

        def changed(self: NetworkApi, name: str | None = None) -> Any:
            found = truth(self, name)
            for addresses in [ones for server in found for ones in server["addresses"].values()]:
                addresses[0].update(members)
            return found

        monkeypatch.setattr(NetworkApi, "list_servers", changed)

    return change


def test_a_card_whose_port_is_not_shown(publish_backend: Any, task: Any, cloud: Any, lists: Any) -> None:
    """It must not make the other card the only one."""
    lists(**{"OS-EXT-IPS:port_id": None})
    assert publish_backend({"server": "shop-database"})["service"]["port_id"] == DATABASE_A
    assert task.looks == {"listServers": 1, "listPorts": 1}
    cloud.settings(empty_lists="listPorts")
    with pytest.raises(VpcepError, match=r"does not show which network ports of server .* have 10.30.1.14"):
        publish_backend({"server": "shop-database"})


@pytest.mark.parametrize("version", [None, 4, "4"])
def test_an_address_tells_its_version(publish_backend: Any, lists: Any, version: Any) -> None:
    lists(version=version)
    assert publish_backend({"server": "shop-1"})["service"]["port_id"] == SHOP_1_PORT


def test_a_deleted_server_is_not_suggested(publish_backend: Any, cloud: Any) -> None:
    cloud.add("servers", name="gone", cards=[{"subnet": "shop-a"}], status="DELETED")
    with pytest.raises(VpcepError, match="There is no server named 'gone'") as error:
        publish_backend({"server": "gone"})
    assert "meant" not in str(error.value)


def test_a_load_balancer_whose_vpc_is_not_shown(publish_backend: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    truth = NetworkApi.list_load_balancers
    monkeypatch.setattr(
        NetworkApi,
        "list_load_balancers",
        lambda self, **by: [{**one, "vpc_id": None, "vip_subnet_cidr_id": None} for one in truth(self, **by)],
    )
    with pytest.raises(VpcepError, match="the cloud does not show its VPC"):
        publish_backend({"load_balancer": "shop-lb"})
    assert publish_backend({"load_balancer": "shop-lb"}, vpc="shop")["service"]["vpc_id"] == SHOP


def test_servers_of_one_name(publish_backend: Any, task: Any, cloud: Any) -> None:
    cloud.add("servers", name="shop-1", cards=[{"subnet": "backend-b", "ip": "10.10.2.77"}])
    with pytest.raises(
        VpcepError, match=r"2 servers named 'shop-1'.*10.30.1.11, VPC .*10.10.2.77, VPC .*or vpc"
    ) as error:
        publish_backend({"server": "shop-1"})
    assert SHOP_1 in str(error.value) and task.writes == []
    assert publish_backend({"server": "shop-1"}, vpc="shop")["service"]["port_id"] == SHOP_1_PORT
    cloud.change("servers", SHOP_1, status="DELETED")
    with pytest.raises(VpcepError, match=r"in VPC .*, not|has no private IPv4 address in VPC"):
        publish_backend({"server": "shop-1"}, vpc="shop")


def test_more_servers_than_a_page(publish_backend: Any, task: Any, cloud: Any) -> None:
    cloud.add_all("servers", [{"name": f"shop-1{number}"} for number in range(1000)])
    cloud.add("servers", name="shop-1x", cards=[{"subnet": "shop-b", "ip": "10.30.2.99"}])
    assert publish_backend({"server": "shop-1"})["service"]["port_id"] == SHOP_1_PORT
    assert task.looks == {"listServers": 2}


def test_load_balancers(publish_backend: Any, task: Any, cloud: Any) -> None:
    with pytest.raises(VpcepError, match=r"shop-public-lb .* has no private IPv4 address, and cannot be the backend"):
        publish_backend({"load_balancer": "shop-public-lb"})
    with pytest.raises(VpcepError, match=f"is in VPC {SHOP}, not in"):
        publish_backend({"load_balancer": "shop-lb"}, vpc="backend")
    cloud.add("loadbalancers", name="shop-lb", subnet="backend-b", ip="10.10.2.78")
    with pytest.raises(VpcepError, match=r"2 load balancers named 'shop-lb'.*10.30.1.20, VPC .*10.10.2.78"):
        publish_backend({"load_balancer": "shop-lb"})
    assert publish_backend({"load_balancer": "shop-lb"}, vpc="shop")["service"]["port_id"] == SHOP_LB_PORT
    with pytest.raises(VpcepError, match=r"Is 'shop-lb' meant.*enterprise project.*elb:loadbalancers:list"):
        publish_backend({"load_balancer": "shop-lp"})


def test_a_region_without_the_newer_operation(publish_backend: Any, task: Any, cloud: Any) -> None:
    """v2.0 does not show the VPC."""
    cloud.settings(unpublished="listLoadBalancersV3")
    assert publish_backend({"load_balancer": "shop-lb"})["service"]["vpc_id"] == SHOP
    assert task.looks == {"listLoadBalancersV3": 1, "listLoadBalancersV2": 1, "listSubnets": 1}
    assert not publish_backend({"load_balancer": "shop-lb"}, vpc="shop")["changed"]
    assert task.looks == {"listVpcsV3": 1, "listLoadBalancersV2": 1}
    with pytest.raises(VpcepError, match="no load balancer named 'shop-lb'"):
        publish_backend({"load_balancer": "shop-lb"}, vpc="backend")


def test_addresses(publish_backend: Any, task: Any, cloud: Any) -> None:
    vpc = cloud.add("vpcs", name="copy", cidr="10.30.0.0/16", subnets=[{"name": "copy-a", "cidr": "10.30.1.0/24"}])
    cloud.add("servers", name="copy", cards=[{"subnet": "copy-a", "ip": "10.30.1.11"}])
    with pytest.raises(VpcepError, match=r"2 network ports with address 10.30.1.11 .*VPC .*VPC") as error:
        publish_backend({"address": "10.30.1.11"})
    assert SHOP in str(error.value) and vpc["id"] in str(error.value)
    assert publish_backend({"address": "10.30.1.11"}, vpc="shop")["service"]["port_id"] == SHOP_1_PORT
    with pytest.raises(VpcepError, match=r"no network port with address 10.30.1.99 in VPC .*vpc:ports:get"):
        publish_backend({"address": "10.30.1.99"}, vpc="shop")
    virtual = next(one for one in cloud.objects("ports") if one["kind"] == "VIP")
    with pytest.raises(VpcepError, match=r"virtual IP address\. Put a load balancer"):
        publish_backend({"address": virtual["ip"]}, vpc_id=virtual["vpc_id"])
    cloud.settings(empty_lists="listSubnets")
    with pytest.raises(VpcepError, match="vpc:subnets:get"):
        publish_backend({"address": "10.30.1.11"}, vpc="shop")


def test_a_caller_who_may_not_use_neutron(publish_backend: Any, task: Any, cloud: Any) -> None:
    cloud.settings(enterprise_users="provider")
    if cloud.profile != "huawei":
        with pytest.raises(VpcepError, match="vpc:ports:get"):
            publish_backend({"address": "10.30.1.11"}, vpc="shop")
        return
    assert publish_backend({"address": "10.30.1.11"}, vpc="shop")["service"]["port_id"] == SHOP_1_PORT
    assert task.looks == {"listVpcsV3": 1, "listPorts": 1, "listPortsV3": 1, "listSubnets": 1}
    assert not publish_backend({"address": "10.30.1.11"}, vpc="shop")["changed"]
    assert task.looks == {"listVpcsV3": 1, "listPortsV3": 1, "listSubnets": 1}


# Wrong names


@pytest.mark.parametrize(
    ("backend", "more", "words"),
    [
        ({}, {}, "give one of server, load_balancer and address"),
        ({"server": "a", "load_balancer": "b"}, {}, "give one of server"),
        ({"load_balancer": "a", "address": "10.0.0.1"}, {}, "give one of server"),
        ({"load_balancer": "a", "subnet": "b"}, {}, "backend.subnet: it chooses a network card"),
        ({"server": "a b"}, {}, "backend.server: 'a b' is not a server's name"),
        ({"server": "a" * 129}, {}, "backend.server .* has 129 characters"),
        ({"server": ""}, {}, "backend.server .* has 0 characters"),
        ({"load_balancer": "a" * 256}, {}, "backend.load_balancer .* has 256 characters"),
        ({"address": "10.0.0.300"}, {}, "backend.address: '10.0.0.300' is not an IPv4 address"),
        ({"server": "a", "subnet": "10.0.0.0/x"}, {}, "backend.subnet: .* is neither a name nor a range"),
        ({"server": "a"}, {"server_type": "LB"}, "server_type: LB does not fit backend.server"),
        ({"load_balancer": "a"}, {"server_type": "VM"}, "server_type: VM does not fit backend.load_balancer"),
        ({"server": "a"}, {"port_id": SHOP_1_PORT}, "backend and port_id are mutually exclusive"),
        ({"server": "a"}, {"ports": [{"client_port": 0, "server_port": 1}]}, "ports"),
        ({"server": "a"}, {"name": None, "ports": None}, r"port_id \(or backend\) and ports"),
    ],
)
def test_bad_input_sends_nothing(publish_backend: Any, cloud: Any, backend: Any, more: Any, words: str) -> None:
    with pytest.raises(InputError, match=words):
        publish_backend(backend, **more)
    assert cloud.log() == []


def test_the_nearest_server_is_suggested(publish_backend: Any, cloud: Any) -> None:
    with pytest.raises(VpcepError) as error:
        publish_backend({"server": "shop1"})
    text = str(error.value)
    assert "There is no server named 'shop1' in project" in text and "Is 'shop" in text
    assert "ecs:cloudServers:list" in text and "and 2" in text
    with pytest.raises(VpcepError, match=f"no server with ID {SHOP_LB}"):
        publish_backend({"server": SHOP_LB})
    cloud.settings(empty_lists="ecs")
    with pytest.raises(VpcepError, match="ecs:cloudServers:list"):
        publish_backend({"server": "shop-1"})


# Another object under the same name, deletions, check mode


def test_a_server_that_was_rebuilt_is_an_update(publish_backend: Any, task: Any, cloud: Any) -> None:
    made = publish_backend({"server": "shop-1"})
    cloud.remove("servers", SHOP_1)
    cloud.add("servers", name="shop-1", cards=[{"subnet": "shop-a", "ip": "10.30.1.60"}])
    changed = publish_backend({"server": "shop-1"})
    assert (changed["action"], changed["service"]["id"]) == ("change", made["service"]["id"])
    assert changed["service"]["port_id"] != SHOP_1_PORT and changed["diff"]["before"]["port_id"] == SHOP_1_PORT


def test_a_server_in_another_vpc_is_a_replacement(publish_backend: Any, task: Any, cloud: Any) -> None:
    publish_backend({"server": "shop-1"})
    cloud.remove("servers", SHOP_1)
    new = cloud.add("servers", name="shop-1", cards=[{"subnet": "backend-b", "ip": "10.10.2.60"}])
    with pytest.raises(InputError, match=f"vpc_id .*The name 'shop-1' now means server {new['id']}") as error:
        publish_backend({"server": "shop-1"})
    assert "recreate" in str(error.value) and task.writes == []
    assert publish_backend({"server": "shop-1"}, recreate=True)["action"] == "replace"


def test_an_empty_list_does_not_prove_that_a_service_is_gone(publish_backend: Any, task: Any, cloud: Any) -> None:
    gone = {"backend": {"server": "gone"}, "name": None, "state": "absent"}
    assert not publish_backend(**gone)["changed"]
    made = publish_backend({"server": "shop-1"})["service"]["id"]
    with pytest.raises(VpcepError, match=f"named 'gone' .*whether one of these endpoint services is meant: {made}"):
        publish_backend(**gone)
    assert not publish_backend(**{**gone, "ports": [{"client_port": 1, "server_port": 2}]})["changed"]
    assert task.writes == []
    assert publish_backend({"server": "gone"}, state="absent")["changed"] and task.looks == {}
    assert not publish_backend({"server": "shop-1"}, name=None, state="absent")["changed"]


def test_a_server_that_is_yet_to_come(publish_backend: Any, task: Any, cloud: Any) -> None:
    for more in ({}, {"vpc": "shop"}, {"vpc": "new"}, {"name": None}):
        found = publish_backend({"server": "shop-2"}, check=True, **more)
        assert found["changed"] and found["service"]["server_type"] == "VM" and found["service"]["port_id"] == ""
        assert any("There is no" in text for text in task.warnings)
    made = publish_backend({"server": "shop-1"})
    assert not publish_backend({"server": "shop-2"}, check=True)["changed"] and task.warnings
    assert made["service"]["id"]
