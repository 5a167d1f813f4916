"""Requests that the simulator refuses, with the status and text of errors.yaml.

The refusals that a module can meet are provoked by the tests of modules: objects in use, rights, quotas, statuses.
Of those for bad input, whose codes are in the OpenAPI files, there is one here for each way in which a code is found.
"""

import re
from pathlib import Path
from typing import Any

import pytest

import tests.simulator
from tests.simulator.contract import load
from tests.simulator.errors import catalogue

SERVICES, ENDPOINTS = "/vpc-endpoint-services", "/vpc-endpoints"
NOWHERE = "11111111-2222-4333-8444-555555555555"
DNS, OBS = "2da0fe8f-5cb7-4d93-bb35-dc05334da1be", "e4a21a61-f09e-41bc-b487-23d6204ae27b"
FOREIGN_PORT = "4189d3c2-8882-4871-a3c2-d380272eed88"
MAPPING = {"client_port": 1, "server_port": 2}

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("member", "value", "code"),  # None: the member is left out
    [
        ("port_id", None, "EndPoint.0002"),
        ("port_id", "no-uuid", "EndPoint.3003"),
        ("description", "<b>", "EndPoint.0002"),
        ("server_type", "TOASTER", "EndPoint.3021"),
        ("ports", [MAPPING, MAPPING], "EndPoint.0002"),
        ("ports", [{"client_port": 80}], "EndPoint.2028"),
        ("ports", [{"client_port": 0, "server_port": 80}], "EndPoint.3043"),
        ("tags", [{"key": "a"}, {"key": "a"}], "EndPoint.3067"),
    ],
)
def test_creation_of_a_service(otc: Any, member: str, value: Any, code: str) -> None:
    changes = {member: otc.absent if value is None else value}
    otc.provider.refused(code, "POST", SERVICES, otc.provider.service_body(**changes))


@pytest.mark.parametrize(
    ("member", "value", "code"),
    [
        ("enable_dns", "yes", "EndPoint.2033"),
        ("port_ip", "192.0.2.1", "EndPoint.2043"),
        ("whitelist", ["10.0.0.300"], "EndPoint.2044"),
    ],
)
def test_creation_of_an_endpoint(otc: Any, member: str, value: Any, code: str) -> None:
    changes = {member: otc.absent if value is None else value}
    otc.provider.refused(code, "POST", ENDPOINTS, otc.provider.endpoint_body(DNS, **changes))


@pytest.mark.parametrize(
    ("path", "name", "value", "code"),
    [
        (ENDPOINTS, "limit", "many", "EndPoint.0006"),
        (ENDPOINTS, "offset", "-1", "EndPoint.0010"),
        ("/quotas", "type", "bandwidth", "EndPoint.3070"),
    ],
)
def test_queries(otc: Any, path: str, name: str, value: str, code: str) -> None:
    otc.provider.refused(code, "GET", path, **{name: value})


@pytest.mark.parametrize(
    ("profile", "method", "path", "body", "code"),
    [
        ("otc", "POST", "/connections/action", {"action": "receive", "endpoints": [NOWHERE]}, "Endpoint.2013"),
        ("otc", "POST", "/connections/action", {"action": "receive", "endpoints": [1]}, "EndPoint.2017"),
        ("otc", "PUT", "", {"port_id": "no-uuid"}, "EndPoint.3063"),
        ("otc", "PUT", "/name", {"endpoint_service_name": "new"}, "APIGW.0101"),
        ("huawei", "PUT", "", {"port_id": FOREIGN_PORT, "ip": "10.0.0.1"}, "EndPoint.3052"),
        ("huawei", "PUT", f"/permissions/{NOWHERE}", {"permission": {"description": "x"}}, "EndPoint.0005"),
    ],
)
def test_calls_about_a_service(lab_of: Any, profile: str, method: str, path: str, body: Any, code: str) -> None:
    lab = lab_of(profile)
    service = lab.provider.service()["id"]
    lab.provider.refused(code, method, f"{SERVICES}/{service}{path}", body)


SEARCH, CHANGE = "/resource_instances/action", "/{id}/tags/action"


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        (CHANGE, {"action": "create", "tags": [{"key": "a"}] * 2}, "EndPoint.3067"),
        (f"/{NOWHERE}/tags/action", {"action": "create", "tags": [{"key": "a"}]}, "EndPoint.0005"),
        (SEARCH, {"action": "count", "limit": "1"}, "EndPoint.0006"),
        (SEARCH, {"action": "count", "offset": "1"}, "EndPoint.0010"),
        (SEARCH, {"action": "filter", "tags": [{"key": "a", "values": []}] * 2}, "EndPoint.3067"),
        (SEARCH, {"action": "filter", "not_tags": [{"key": "a", "values": ["v", "v"]}]}, "EndPoint.3071"),
    ],
)
def test_calls_about_tags(otc: Any, path: str, body: Any, code: str) -> None:
    service = otc.provider.service()["id"]
    otc.provider.refused(code, "POST", "/endpoint_service" + path.format(id=service), body)


def test_requests_that_cannot_be_read(otc: Any) -> None:
    otc.provider.refused("EndPoint.0011", "POST", SERVICES)
    headers = {"X-Auth-Token": otc.provider.token, "Content-Type": "application/json"}
    deep = b'{"port_id":' + b"[" * 300 + b"]" * 300 + b"}"
    for data in (b"{", b"[]", b"\xff", b"null", b'{"a": NaN}', b'{"description": "\\ud800"}', b"[" * 99999, deep):
        reply = otc.provider.raw("POST", otc.provider.url(SERVICES), headers=headers, data=data)
        assert (reply.status, reply.body["error_code"]) == (400, "EndPoint.1004")
    del headers["Content-Type"]
    reply = otc.provider.raw("POST", otc.provider.url(SERVICES), headers=headers, data=b"{}")
    assert (reply.status, reply.body["error_code"]) == (504, "EndPoint.0012")


def test_operations_that_do_not_exist(otc: Any) -> None:
    otc.provider.refused("APIGW.0101", "GET", "/vpc-endpoint-ideas")
    otc.provider.refused("APIGW.0101", "PATCH", SERVICES)
    otc.provider.refused("APIGW.0101", "POST", f"v2:{SERVICES}/{NOWHERE}/upgrade")
    assert otc.provider.raw("GET", otc.sim.api_url + "/v9").status == 404


def test_gateway_endpoints(otc: Any, huawei: Any) -> None:
    body = otc.provider.endpoint_body(OBS, subnet_id=otc.absent)
    otc.provider.refused("EndPoint.1019", "POST", ENDPOINTS, {**body, "routetables": ["no-uuid"]})
    otc.provider.refused("EndPoint.2048", "POST", ENDPOINTS, {**body, "policy_statement": [{"Effect": "Maybe"}]})
    otc.provider.ok("POST", ENDPOINTS, body)
    otc.provider.refused("EndPoint.2039", "POST", ENDPOINTS, body)
    interface, gateway = huawei.provider.endpoint(DNS)["id"], huawei.provider.endpoint(OBS)["id"]
    table = {"routetables": [huawei.network("provider")["routetable_id"]]}
    huawei.provider.refused("EndPoint.2040", "PUT", f"{ENDPOINTS}/{interface}/routetables", table)
    huawei.provider.refused("EndPoint.2049", "DELETE", f"{ENDPOINTS}/{gateway}/policy")
    huawei.provider.refused("EndPoint.0002", "PUT", f"{ENDPOINTS}/{gateway}", {"enable_whitelist": True})


def test_a_subnet_without_a_free_address(otc: Any) -> None:
    body = otc.provider.endpoint_body(DNS)
    subnets = otc.sim.simulation.world.accounts["provider"].main.subnets()
    subnet = next(one for one in subnets if one.id == body["subnet_id"])
    subnet.used.update(map(str, subnet.cidr.hosts()))
    otc.provider.refused("EndPoint.2016", "POST", ENDPOINTS, body)


def test_every_code_is_in_the_catalogue() -> None:
    """Codes that the simulator's rules name, in Python or as x-error in the OpenAPI files."""
    folder = Path(tests.simulator.__file__).parent
    # The control API and the faults can produce anything; what they name are examples.
    texts = [f.read_text() for f in folder.glob("*.py") if f.name not in ("faults.py", "settings.py", "handle.py")]

    def errors_of(node: Any) -> Any:
        if isinstance(node, dict):
            found = node.get("x-error", {})
            yield from [found] if isinstance(found, str) else found.values()
            for value in node.values():
                yield from errors_of(value)
        elif isinstance(node, list):
            for value in node:
                yield from errors_of(value)

    in_programs = {code for text in texts for code in re.findall(r'"((?:End[pP]oint|APIGW)\.\d{4})"', text)}
    assert {*in_programs, *errors_of(load("vpcep.yaml"))} <= set(catalogue())
