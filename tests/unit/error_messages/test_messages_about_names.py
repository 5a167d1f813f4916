"""The likeliest mistakes about IDs of networks and backends, made with names."""

from functools import partial
from typing import Any

import pytest

from tests.simulator.networks import generated

PORTS = [{"client_port": 443, "server_port": 8443, "protocol": "TCP"}]
CONSUMER = {"vpc": "consumer", "subnet": "consumer-a"}


@pytest.fixture
def join(run: Any, web: str) -> Any:
    """Runs vpcep_endpoint for the consumer."""
    return lambda **options: run("endpoint", account="consumer", **{"endpoint_service_id": web, **CONSUMER, **options})


@pytest.fixture
def publish(run: Any) -> Any:
    """Runs vpcep_service for a backend."""
    return lambda backend, **options: run("service", name="shop", ports=PORTS, backend=backend, **options)


def test_neutron_subnet_id(join: Any, cloud: Any, shown: Any) -> None:
    subnet = next(one for one in cloud.objects("subnets", "consumer") if one["name"] == "consumer-a")
    result = join(subnet=generated(subnet["id"], "neutron-subnet"))
    shown(result, "Neutron subnet ID of subnet consumer-a", subnet["id"], code="EndPoint.4004")


def test_route_table_of_an_interface_endpoint(join: Any, shown: Any) -> None:
    result = join(subnet=None, routetables=["rtb-consumer-0"])
    shown(result, "its endpoints get an address in a subnet", "consumer-a")


def test_id_of_a_server_or_of_its_port(publish: Any, cloud: Any, shown: Any) -> None:
    """The ID of the server is as good as its name."""
    server = next(one for one in cloud.objects("servers") if one["name"] == "shop-1")
    port = next(one for one in cloud.objects("ports") if one["device_id"] == server["id"])
    assert publish({"server": server["id"]}, approval_enabled=False)["service"]["port_id"] == port["id"]
    shown(publish({"server": port["id"]}), "There is no server with ID")


def test_a_name_in_the_form_of_an_id(publish: Any, cloud: Any, shown: Any) -> None:
    """It is taken for an ID; the message has the ID of the object with this name."""
    name = "11111111-2222-4333-8444-555555555555"
    server = cloud.add("servers", name=name, cards=[{"subnet": "backend-a"}])
    shown(
        publish({"server": name}), f"There is no server with ID {name}", f"Is server {server['id']} meant", "named so"
    )


def test_server_of_another_vpc(publish: Any, shown: Any) -> None:
    result = publish({"server": "shop-1"}, vpc="backend")
    shown(result, "Server shop-1 (", "no private IPv4 address in VPC", "10.30.1.11 (port", "VPC 5a0b0000")


@pytest.mark.parametrize(
    ("backend", "words"),
    [
        ({"server": "10.30.1.11"}, "Give an address as backend.address"),
        ({"server": "shop-lb"}, "A load balancer has this name: give it as backend.load_balancer"),
        ({"load_balancer": "shop-1"}, "A server has this name: give it as backend.server"),
        ({"server": "default"}, "There is no server named 'default'"),
        ({"server": "shop-2"}, "Is 'shop-1"),
    ],
)
def test_a_backend_of_another_kind(publish: Any, shown: Any, backend: Any, words: str) -> None:
    shown(publish(backend), words)


def test_names_of_services(run: Any, join: Any, web: str, shown: Any) -> None:
    """A typing error gets the nearest own name; a name of another region, what is wrong with it."""
    join = partial(join, endpoint_service_id=None)
    shown(
        join(endpoint_service_name=f"eu-nl.web.{web}"), "name of region eu-nl, and this is eu-de", "their region only"
    )
    shown(join(endpoint_service_name="web"), "Give its full name (region.name.id)", "ask its owner")
    provider = {"account": "provider", "vpc": "shop", "subnet": "shop-a", "endpoint_service_name": "wbe"}
    shown(run("endpoint", **provider), "no endpoint service named 'wbe'", "Is 'web' meant?")
    shown(run("connection", endpoint_service_name="Web", endpoints=[web]), "named 'Web'", "Is 'web' meant?")
    full = f"eu-de.wbe.{web}"
    shown(run("endpoint", **{**provider, "endpoint_service_name": full}), f"Is 'eu-de.web.{web}' meant?")


def test_a_failed_task_shows_what_its_names_mean(join: Any, run: Any, cloud: Any, web: str) -> None:
    """All of them if the cloud refuses something later; what was found so far if a name is wrong."""
    vpc, subnet = (
        next({"kind": kind, "name": one["name"], "id": one["id"]} for one in cloud.objects(f"{kind}s", "consumer"))
        for kind in ("vpc", "subnet")
    )
    names = {"vpc": vpc["name"], "subnet": subnet["name"]}
    refused = join(port_ip="10.99.0.1", **names)
    assert refused["failed"] and refused["error"]["code"] and refused["resolved"] == [vpc, subnet]
    wrong = join(**{**names, "subnet": "nowhere"})
    assert wrong["failed"] and wrong["resolved"] == [vpc]
    assert join(vpc="nowhere")["resolved"] == []
    assert "resolved" not in run("endpoint", account="consumer", endpoint_service_id=web, vpc_id=web, subnet_id=web)
    entries = [names, {**names, "subnet": "nowhere"}, {"vpc": "frontend", "subnet": "nowhere"}]
    many = run("endpoints", account="consumer", endpoint_service_id=web, endpoints=entries)
    assert many["failed"] and [one["name"] for one in many["resolved"]] == [*names.values(), "frontend"]
