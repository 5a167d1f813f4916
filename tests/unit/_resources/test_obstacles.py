"""Check mode tells what a run would do: where the run fails, check mode fails, and for the same reason."""

import contextlib
import json
from typing import Any

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._bulk.bulk import BulkFailed, converge_endpoints
from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.errors import VpcepError
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.endpoint import converge_endpoint
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.obstacles import Foreseen, creation_obstacles
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.service import converge_service

UUID = "4189d3c2-8882-4871-a3c2-d380272eed99"
OBS = "e4a21a61-f09e-41bc-b487-23d6204ae27b"


@pytest.fixture
def refused(task: Any, cloud: Any) -> Any:
    """Runs a program that fails, and before that in check mode; returns what check mode says."""

    def run(program: Any, account: str = "provider", **options: Any) -> Foreseen:
        before = {**cloud.state(), "tokens": 0}
        with pytest.raises(Foreseen) as foreseen:
            task(program, check=True, account=account, **options)
        assert task.writes == [] and len(cloud.log()) <= 14
        assert before == {**cloud.state(), "tokens": 0}
        with pytest.raises(VpcepError):
            task(program, account=account, **options)
        return foreseen.value

    return run


def looks(cloud: Any) -> list[str]:
    """What the last task asked the network service for."""
    return [entry["operation"] for entry in cloud.log(service="network")]


# Services


@pytest.mark.parametrize("option", ["port_id", "vpc_id"])
def test_a_backend_that_does_not_exist(refused: Any, backend: Any, option: str) -> None:
    kind = {"port_id": "port", "vpc_id": "VPC"}[option]
    error = refused(converge_service, name="web", **{**backend, option: UUID})
    assert f"There is no {kind} {UUID} in project" in str(error)
    assert error.result()["changed"] is False and error.result()["service"]["name"] == "web"


def test_a_backend_in_another_vpc(refused: Any, cloud: Any, backend: Any) -> None:
    other = cloud.spare("provider")[1]["vpc_id"]
    error = refused(converge_service, name="web", **{**backend, "vpc_id": other})
    assert f"is in VPC {backend['vpc_id']}, not in {other}" in str(error)


@pytest.mark.slow
def test_a_name_that_was_changed_in_the_file(refused: Any, task: Any, backend: Any) -> None:
    """It would make a second service, which the API does not allow at the same backend."""
    made = task(converge_service, name="web", **backend)["service"]["id"]
    error = refused(converge_service, name="shop", **backend)
    assert f"Endpoint service web ({made}) leads to port 80" in str(error) and f"set id to {made}" in str(error)
    renamed = task(converge_service, check=True, id=made, name="shop", **backend)
    assert renamed["changed"] and renamed["service"]["name"] == "shop"


@pytest.mark.slow
def test_a_backend_that_is_changed(refused: Any, task: Any, cloud: Any, backend: Any) -> None:
    made = task(converge_service, name="web", **backend)["service"]["id"]
    assert "There is no port" in str(refused(converge_service, name="web", port_id=UUID))
    task(converge_service, name="other", **{**backend, "ports": [{"client_port": 1, "server_port": 443}]})
    both = [*backend["ports"], {"client_port": 443, "server_port": 443}]
    assert "Endpoint service other" in str(refused(converge_service, id=made, ports=both)) and looks(cloud) == []
    assert task(converge_service, check=True, id=made, ports=[{"client_port": 81, "server_port": 81}])["changed"]
    assert task(converge_service, check=True, id=made, description="x")["changed"] and looks(cloud) == []


@pytest.mark.slow
def test_a_service_that_is_going_is_no_obstacle(task: Any, cloud: Any, backend: Any) -> None:
    made = task(converge_service, name="web", **backend)["service"]["id"]
    cloud.change("services", made, status="deleting")
    assert task(converge_service, check=True, name="shop", **backend)["changed"]


@pytest.mark.parametrize("status", ["creating", "accepted"])
def test_a_service_in_use(refused: Any, task: Any, cloud: Any, service: str, join: Any, status: str) -> None:
    (one,) = join()
    cloud.change("endpoints", one, status=status)
    error = refused(converge_service, id=service, state="absent", wait_timeout=10)
    assert "is in use and cannot be deleted (EndPoint.3006)" in str(error) and one in str(error)
    assert [item["id"] for item in error.result()["connections"]] == [one]
    assert error.result()["service"]["id"] == service
    assert task(converge_service, check=True, id=service, state="absent", force=True)["changed"]


@pytest.mark.parametrize("status", ["pendingAcceptance", "rejected", "failed", "deleting"])
def test_what_does_not_keep_a_service(task: Any, cloud: Any, service: str, join: Any, status: str) -> None:
    (one,) = join()
    cloud.change("endpoints", one, status=status)
    assert task(converge_service, check=True, id=service, state="absent")["changed"]
    assert task.sent == [("GET", "getEndpointService"), ("GET", "listConnections")]


def test_connections_that_cannot_be_seen_are_no_obstacle(task: Any, cloud: Any, service: str, join: Any) -> None:
    join()
    cloud.fault(operation="listConnections", status=403, code="EndPoint.0004")
    assert task(converge_service, check=True, id=service, state="absent")["changed"]


@pytest.mark.slow
def test_a_replacement_of_a_service_in_use(refused: Any, service: str, join: Any, cloud: Any, backend: Any) -> None:
    (one,) = join()
    cloud.change("endpoints", one, status="accepted")
    other = {**backend, "server_type": "LB", "port_id": cloud.spare("provider")[0]["lb_port_id"]}
    assert "is in use" in str(refused(converge_service, id=service, recreate=True, wait_timeout=10, **other))


# Endpoints


@pytest.mark.slow
def test_a_vpc_or_subnet_that_does_not_exist(refused: Any, service: str, subnet: Any) -> None:
    wanted = {"endpoint_service_id": service, **subnet}
    assert f"There is no VPC {UUID} in project" in str(refused(converge_endpoint, **{**wanted, "vpc_id": UUID}))
    assert f"There is no subnet {UUID}" in str(refused(converge_endpoint, **{**wanted, "subnet_id": UUID}))


def test_a_subnet_of_another_vpc(refused: Any, cloud: Any, service: str, subnet: Any) -> None:
    other = cloud.spare("provider")[2]["subnet_id"]
    error = refused(converge_endpoint, endpoint_service_id=service, **{**subnet, "subnet_id": other})
    assert f"is in VPC {cloud.spare('provider')[2]['vpc_id']}" in str(error)


def test_a_subnet_in_the_range_of_the_cloud(refused: Any, service: str) -> None:
    subnet = {"vpc_id": "0e198a00-0000-4000-8000-000000000001", "subnet_id": "0e198a00-0000-4000-8000-000000000002"}
    error = refused(converge_endpoint, endpoint_service_id=service, **subnet)
    assert "198.19.200.0/24, overlaps with 198.19.128.0/17" in str(error)


@pytest.mark.slow
def test_an_address_that_cannot_be_had(refused: Any, task: Any, cloud: Any, publish: Any, subnet: Any) -> None:
    first, second = publish("a", approval_enabled=False), publish("b", approval_enabled=False)
    taken = task(converge_endpoint, endpoint_service_id=first, **subnet)["endpoint"]
    error = refused(converge_endpoint, endpoint_service_id=second, port_ip=taken["ip"], **subnet)
    assert f"{taken['ip']} is the address of endpoint {taken['id']}" in str(error)
    error = refused(converge_endpoint, endpoint_service_id=second, port_ip="203.0.113.1", **subnet)
    assert "203.0.113.1 is not in the range of subnet" in str(error)


@pytest.mark.slow
def test_an_address_that_a_machine_has(refused: Any, task: Any, cloud: Any, publish: Any) -> None:
    network = cloud.spare("provider")[0]
    port = task(lambda _, runtime: runtime.network.get_port(network["port_id"]))
    taken = port["fixed_ips"][-1]["ip_address"]
    place = {name: network[name] for name in ("vpc_id", "subnet_id")}
    service = publish(approval_enabled=False)
    wanted = {"endpoint_service_id": service, **place}
    error = refused(converge_endpoint, port_ip=taken, **wanted)
    assert f"{taken} is the address of port {network['port_id']} (compute:" in str(error)
    several = [{**place, "port_ip": taken}, {**place, "port_ip": f"{taken}5"}]
    with pytest.raises(VpcepError, match=f"1 of 2 .*\n.*{taken} is the address of port"):
        task(converge_endpoints, check=True, endpoint_service_id=service, endpoints=several)
    assert looks(cloud).count("listPorts") == 1
    made = task(converge_endpoint, **wanted)["endpoint"]
    with pytest.raises(VpcepError, match=f"not deleted, since .* {taken} is the address of port"):
        task(converge_endpoint, id=made["id"], port_ip=taken, recreate=True)
    # The old endpoint's own port is no obstacle. An existing endpoint needs no GET.
    changes = {"port_ip": made["ip"], "enable_dns": True, "recreate": True}
    assert task(converge_endpoint, check=True, **changes, **wanted)["changed"]
    task(converge_endpoint, port_ip=made["ip"], **wanted)
    assert looks(cloud) == []
    for answer in ({"status": 403}, {"status": 200, "body": '{"ports": []}'}):
        for operation in ("listPorts", "listPortsV3"):
            cloud.fault(service="network", operation=operation, count=None, **answer)
        assert task(converge_endpoint, check=True, port_ip=taken, **wanted)["changed"]


@pytest.mark.slow
def test_a_service_that_endpoints_cannot_have(refused: Any, cloud: Any, service: str, subnet: Any) -> None:
    unknown = refused(converge_endpoint, endpoint_service_id=UUID, **subnet)
    assert f"no endpoint service {UUID}" in str(unknown)
    without = refused(converge_endpoint, endpoint_service_id=service, vpc_id=subnet["vpc_id"])
    assert "Set subnet_id" in str(without)
    cloud.change("services", service, status="failed")
    assert "is in status failed" in str(refused(converge_endpoint, endpoint_service_id=service, **subnet))


def test_a_service_by_a_full_name_that_nobody_has(task: Any, subnet: Any) -> None:
    """A short name may be that of a service which another task of the play would create; a full name holds an ID."""
    for check in (True, False):
        with pytest.raises(VpcepError, match=r"There is no endpoint service named 'eu-de\.web\.4711'"):
            task(converge_endpoint, check=check, endpoint_service_name="eu-de.web.4711", **subnet)
    assert task(converge_endpoint, check=True, endpoint_service_name="web", **subnet)["changed"]
    assert task.warnings == ["There is no endpoint service named 'web' yet."]


@pytest.mark.slow
def test_a_route_table_that_the_vpc_does_not_have(refused: Any, task: Any, cloud: Any) -> None:
    network = cloud.spare("provider")[2]
    wanted = {"endpoint_service_id": OBS, "vpc_id": network["vpc_id"]}
    assert f"has no route table {UUID}" in str(refused(converge_endpoint, routetables=[UUID], **wanted))
    predicted = task(converge_endpoint, check=True, routetables=[network["routetable_id"]], **wanted)["endpoint"]
    assert predicted["service_type"] == "gateway" and predicted["policy_statement"]
    port = task(lambda _, runtime: runtime.network.get_port(network["port_id"]))
    ignored = {"subnet_id": network["subnet_id"], "port_ip": port["fixed_ips"][0]["ip_address"]}  # by the cloud
    assert task(converge_endpoint, check=True, **ignored, **wanted)["changed"] and "listPorts" not in looks(cloud)
    cloud.fault(service="network", operation="listRouteTables", status=200, body='{"routetables": []}')
    assert task(converge_endpoint, check=True, routetables=[UUID], **wanted)["changed"]  # it may not list them


@pytest.mark.parametrize("service_status", ["creating", "available"])
def test_a_service_on_its_way_is_no_obstacle(
    task: Any, cloud: Any, service: str, subnet: Any, service_status: str
) -> None:
    cloud.change("services", service, status=service_status)
    assert task(converge_endpoint, check=True, endpoint_service_id=service, **subnet)["changed"]


# Quotas


@pytest.mark.slow
def test_no_room(refused: Any, task: Any, cloud: Any, backend: Any, service: str, subnet: Any) -> None:
    cloud.settings(quota_services=1, quota_endpoints=0)
    wanted = {**backend, "ports": [{"client_port": 1, "server_port": 9}]}
    assert "1 of 1 endpoint services are used" in str(refused(converge_service, name="shop", **wanted))
    assert "0 of 0 endpoints are used" in str(refused(converge_endpoint, endpoint_service_id=service, **subnet))
    cloud.fault(operation="listQuotas", status=403, code="EndPoint.0004")
    assert task(converge_endpoint, check=True, endpoint_service_id=service, **subnet)["changed"]


@pytest.mark.slow
def test_no_room_for_all(task: Any, cloud: Any, service: str, subnet: Any) -> None:
    cloud.settings(quota_endpoints=3)
    base = cloud.spare("provider")[1]["cidr"].rsplit(".", 1)[0]
    wanted = {
        "endpoint_service_id": service,
        "endpoints": [{**subnet, "port_ip": f"{base}.{n}"} for n in range(50, 55)],
    }
    for check in (True, False):
        with pytest.raises(BulkFailed, match="2 of 5 endpoints failed"):
            task(converge_endpoints, check=check, **wanted)


def test_a_replacement_needs_no_room(task: Any, cloud: Any, service: str, subnet: Any) -> None:
    wanted = {"endpoint_service_id": service, **subnet}
    task(converge_endpoint, **wanted)
    cloud.settings(quota_endpoints=1)
    changes = {"description": "other", "enable_dns": False, "recreate": True}
    assert task(converge_endpoint, check=True, **changes, **wanted)["changed"]
    several = [{**subnet, **changes}, {name: cloud.spare("provider")[2][name] for name in subnet}]
    with pytest.raises(BulkFailed, match="1 of 2 endpoints failed"):
        task(converge_endpoints, check=True, endpoint_service_id=service, endpoints=several)


# What is predicted


@pytest.mark.parametrize(("approval", "status"), [(True, "pendingAcceptance"), (False, "accepted")])
def test_the_predicted_endpoint_is_the_one_that_comes(
    task: Any, publish: Any, subnet: Any, approval: bool, status: str
) -> None:
    wanted = {"endpoint_service_id": publish(approval_enabled=approval), "enable_dns": True, **subnet}
    predicted = task(converge_endpoint, check=True, **wanted)["endpoint"]
    assert len(task.sent) == 3
    made = task(converge_endpoint, **wanted)["endpoint"]
    assert predicted["status"] == made["status"] == status
    unknown = {"id", "ip", "dns_names"}
    assert {
        name: value for name, value in predicted.items() if name not in unknown and made.get(name, value) != value
    } == {}
    for name in ("endpoint_service_name", "endpoint_service_id", "service_type", "project_id"):
        assert predicted[name] == made[name] != ""


def test_acceptance_that_is_waited_for(task: Any, service: str, subnet: Any) -> None:
    wanted = {"endpoint_service_id": service, "wait_for_acceptance": True, **subnet}
    assert task(converge_endpoint, check=True, **wanted)["endpoint"]["status"] == "accepted"


def test_the_predicted_service_is_the_one_that_comes(task: Any, backend: Any) -> None:
    predicted = task(converge_service, check=True, name="web", **backend)["service"]
    made = task(converge_service, name="web", **backend)["service"]
    unknown = {"id", "service_name"}
    assert {
        name: value for name, value in predicted.items() if name not in unknown and made.get(name, value) != value
    } == {}
    assert predicted["project_id"] and predicted["service_type"] == "interface"


def test_a_service_of_another_account(task: Any, cloud: Any, publish: Any, allow: Any) -> None:
    made = publish(approval_enabled=False)
    allow(made, "*")
    network = cloud.spare("consumer")[1]
    wanted = {"endpoint_service_id": made, "vpc_id": network["vpc_id"], "subnet_id": network["subnet_id"]}
    predicted = task(converge_endpoint, check=True, account="consumer", **wanted)["endpoint"]
    assert predicted["service_type"] == "interface" and predicted["endpoint_service_name"].endswith(made)
    asked = ["getEndpointService", "describeEndpointService", "listQuotas"]
    assert task.sent[1:] == [("GET", operation) for operation in asked]


# A caller who may not see networks


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 403, "body": '{"code": "VPC.0010", "message": "no"}'},
        {"status": 404, "body": '{"error_code": "APIGW.0101", "error_msg": "The API does not exist"}'},
        {"status": 404, "body": '{"error_code": "EndPoint.0005", "error_msg": "no such thing"}'},
        {"status": 404, "body": "<html>not here</html>"},
        {"status": 404, "body": f"<pre>Cannot GET /v1/p/vpcs/{UUID}</pre>"},
        {"status": 404, "body": json.dumps({"message": f"no Route matched with /v1/p/vpcs/{UUID}"})},
        {"status": 404, "body": json.dumps({"code": "NotFound", "message": f"no route for /v2.0/ports/{UUID}"})},
        {"status": 404, "body": json.dumps({"NeutronError": {"type": "HTTPNotFound", "message": "no resource"}})},
        {"status": 200, "body": "{}"},
        {"preset": "unavailable"},
        {"kind": "reset"},
    ],
)
def test_what_cannot_be_seen_is_no_obstacle(
    task: Any, cloud: Any, backend: Any, service: str, subnet: Any, fault: Any
) -> None:
    cloud.fault(service="network", count=None, **fault)
    wanted = {**backend, "port_id": UUID, "vpc_id": UUID}
    assert task(converge_service, check=True, name="shop", **wanted)["changed"]
    assert task(converge_endpoint, check=True, endpoint_service_id=service, **{**subnet, "subnet_id": UUID})["changed"]


@pytest.mark.slow
@pytest.mark.parametrize("odd", [[], {}, "x", 1, [1], [{}], {"id": 1}])
def test_answers_that_make_no_sense_are_no_obstacle(
    task: Any, cloud: Any, backend: Any, service: str, subnet: Any, odd: Any
) -> None:
    things = dict.fromkeys(("vpc", "subnet", "port", "routetables", "subnets", "vpcs", "ports"), odd)
    inner = {"cidr": odd, "vpc_id": odd, "network_id": odd, "fixed_ips": odd}
    for body in (odd, things, {"vpc": inner, "subnet": inner, "port": inner}):
        cloud.clear_faults()
        cloud.fault(service="network", count=None, status=200, body=json.dumps(body))
        quotas = {"quotas": {"resources": [{"type": "endpoint", "used": odd, "quota": odd}]}}
        cloud.fault(operation="listQuotas", count=None, status=200, body=json.dumps(quotas))
        assert task(
            converge_service, check=True, name="shop", **{**backend, "ports": [{"client_port": 1, "server_port": 9}]}
        )
        with contextlib.suppress(Foreseen):  # a VPC whose ID is "x"
            task(converge_endpoint, check=True, endpoint_service_id=service, port_ip="10.0.0.9", **subnet)
            task(converge_endpoint, check=True, endpoint_service_id=OBS, routetables=[UUID], vpc_id=subnet["vpc_id"])


def test_neutron_says_so_without_a_code(task: Any, cloud: Any, backend: Any) -> None:
    text = f"Port {UUID} could not be found."
    body = json.dumps({"NeutronError": {"type": "PortNotFound", "message": text, "detail": ""}})
    cloud.fault(service="network", operation="getPort", count=None, status=404, body=body, headers={"X-Request-Id": ""})
    with pytest.raises(Foreseen, match=f"no port {UUID}"):
        task(converge_service, check=True, name="web", **{**backend, "port_id": UUID})


# Fleets


def test_a_fleet_looks_at_each_thing_once(task: Any, cloud: Any, service: str, subnet: Any) -> None:
    places = [
        {**subnet, "port_ip": f"{cloud.spare('provider')[1]['cidr'].rsplit('.', 1)[0]}.{n}"} for n in range(50, 62)
    ]
    result = task(converge_endpoints, check=True, endpoint_service_id=service, endpoints=places)
    assert {one["status"] for one in result["endpoints"]} == {"pendingAcceptance"}
    assert sorted(looks(cloud)) == ["getSubnet", "getVpc", "listPorts"]
    assert sorted(task.sent) == [("GET", "getEndpointService"), ("GET", "listEndpoints"), ("GET", "listQuotas")]


def test_a_fleet_names_those_that_would_fail(task: Any, cloud: Any, service: str, subnet: Any) -> None:
    places = [dict(subnet), {**subnet, "vpc_id": UUID}]
    with pytest.raises(BulkFailed, match="1 of 2 endpoints failed") as caught:
        task(converge_endpoints, check=True, endpoint_service_id=service, endpoints=places)
    facts = caught.value.result()
    assert [(one["failed"], one["changed"], one["action"]) for one in facts["outcomes"]] == [
        (False, True, "create"),
        (True, False, "create"),
    ]
    (text,) = facts["outcomes"][1]["obstacles"]
    assert facts["obstacles"] == [f"endpoints[1] (VPC {UUID}, subnet {subnet['subnet_id']}): {text}"]
    assert task.writes == []


# For those who are about to delete something in order to create it anew


@pytest.mark.slow
def test_obstacles_by_themselves(task: Any, backend: Any) -> None:
    made = task(converge_service, name="web", **backend)["service"]["id"]

    def ask(replaced: Any) -> Any:
        return task(lambda _options, runtime: creation_obstacles(runtime, "endpoint_service", backend, replaced))

    assert len(ask([])) == 1 and ask([made]) == []
