"""Each method of the VPCEP proxy of the installed otcextensions reaches its operations, and the values arrive."""

import inspect
from typing import Any

import pytest
from otcextensions.sdk.vpcep.v1._proxy import Proxy

from tests.clients.otc import service_arguments
from tests.simulator import Simulator

OBS = "e4a21a61-f09e-41bc-b487-23d6204ae27b"
# Which operations of the API the methods stand for.
SENDS = {
    "create_endpoint": {"createEndpoint"},
    "create_service": {"createEndpointService"},
    "delete_endpoint": {"deleteEndpoint"},
    "delete_service": {"deleteEndpointService"},
    "endpoints": {"listEndpoints"},
    "find_service": {"getEndpointService", "listEndpointServices"},
    "get_endpoint": {"getEndpoint"},
    "get_service": {"getEndpointService"},
    "get_target_service": {"describeEndpointService"},
    "manage_service_connections": {"acceptOrRejectConnection"},
    "manage_service_whitelist": {"addOrRemovePermissions"},
    "public_services": {"listPublicEndpointServices"},
    "resource_quota": {"listQuotas"},
    "service_connections": {"listConnections"},
    "service_whitelist": {"listPermissions"},
    "services": {"listEndpointServices"},
    "update_service": {"updateEndpointService"},
}


class Recorded:
    """The proxy, and which operations were carried out for each of its methods."""

    def __init__(self, vpcep: Any, simulator: Simulator) -> None:
        self.vpcep, self.simulator = vpcep, simulator
        self.sent: dict[str, set[str]] = {}

    def __call__(self, method: str, *arguments: Any, **named: Any) -> Any:
        before = self.simulator.simulation.journal.count
        answer = getattr(self.vpcep, method)(*arguments, **named)
        answer = list(answer) if inspect.isgenerator(answer) else answer
        entries = self.simulator.log(since=before, service="vpcep")
        carried_out = {entry["operation"] for entry in entries if entry["status"] // 100 == 2}
        self.sent.setdefault(method, set()).update(carried_out - {"listVersions", "getVersion"})
        return answer


@pytest.fixture
def call(vpcep: Any, otc: Simulator) -> Recorded:
    return Recorded(vpcep, otc)


def test_all_methods(call: Recorded, otc: Simulator) -> None:
    backend, frontend = otc.spare()[:2]
    wanted = service_arguments(backend, description="for all", tcp_proxy="toa_open")
    made = call("create_service", **wanted)
    (listed,) = call("services")
    by_id, by_name = call("find_service", made.id), call("find_service", made.service_name)
    for shown in (made, listed, by_id, by_name, call("get_service", made.id)):
        for name in ("port_id", "router_id", "server_type", "is_approval_enabled", "description", "tcp_proxy"):
            assert getattr(shown, name) == wanted[name]
        assert [(one.client_port, one.server_port) for one in shown.ports] == [(80, 8080)]
        assert [(one.key, one.value) for one in shown.tags] == [("env", "dev")]
        assert shown.service_name == f"eu-de.shop.{made.id}"
    assert call("update_service", made.id, description="new").description == "new"
    for key in (made.id, made.service_name):
        assert call("get_target_service", key).id == made.id
    assert {one.id for one in call("public_services")} >= {OBS}
    call("manage_service_whitelist", made.id, "add", ["blue", "green"])
    assert {one.permission for one in call("service_whitelist", made.id)} == {"iam:domain::blue", "iam:domain::green"}

    place = {"router_id": frontend["vpc_id"], "network_id": frontend["subnet_id"]}
    switches = {"whitelist": ["10.0.0.0/8"], "is_whitelist_enabled": True, "description": "mine"}
    endpoint = call("create_endpoint", endpoint_service_id=made.id, **place, **switches)
    assert endpoint.status == "pendingAcceptance"
    (decided,) = call("manage_service_connections", made.id, "accept", [endpoint.id])
    (seen,) = call("service_connections", made.id)
    assert (decided.id, decided.status) == (seen.id, seen.status) == (endpoint.id, "accepted")
    (listed,) = call("endpoints")
    for shown in (listed, call("get_endpoint", endpoint.id)):
        assert {name: getattr(shown, name) for name in (*place, *switches)} == {**place, **switches}
        assert (shown.endpoint_service_id, shown.endpoint_service_name) == (made.id, made.service_name)
        assert shown.ip.startswith(frontend["cidr"].rsplit(".", 1)[0])
    assert {one.type: one.used for one in call("resource_quota")} == {"endpoint": 1, "endpoint_service": 1}
    call("delete_endpoint", endpoint.id, ignore_missing=False)
    call("delete_service", made.id, ignore_missing=False)
    assert (otc.state()["services"], otc.state()["endpoints"]) == ([], [])

    assert call.sent == SENDS
    assert {name for name, value in vars(Proxy).items() if callable(value) and not name.startswith("_")} == set(SENDS)


def test_a_gateway_endpoint(vpcep: Any, otc: Simulator) -> None:
    network = otc.spare()[0]
    place = {"router_id": network["vpc_id"], "route_tables": [network["routetable_id"]]}
    made = vpcep.create_endpoint(endpoint_service_id=OBS, **place)
    assert vpcep.get_endpoint(made).route_tables == place["route_tables"]
