"""Every error that the simulator can produce is produced here, with the status and text of errors.yaml."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import tests.simulator
from tests.simulator.contract import load
from tests.simulator.errors import catalogue

SERVICES, ENDPOINTS = "/vpc-endpoint-services", "/vpc-endpoints"
NOWHERE = "11111111-2222-4333-8444-555555555555"
DNS, OBS = "2da0fe8f-5cb7-4d93-bb35-dc05334da1be", "e4a21a61-f09e-41bc-b487-23d6204ae27b"
FOREIGN_VPC, FOREIGN_PORT = "4189d3c2-8882-4871-a3c2-d380272eed82", "4189d3c2-8882-4871-a3c2-d380272eed88"
OVERLAP_VPC, OVERLAP_SUBNET = "0e198a00-0000-4000-8000-000000000001", "0e198a00-0000-4000-8000-000000000002"
OVERLAP_PORT = "0e198a00-0000-4000-8000-000000000003"
MAPPING = {"client_port": 1, "server_port": 2}
# profile, code, what to do
Case = tuple[str, str, Callable[[Any], None]]
CASES: list[Case] = []


def case(code: str, profile: str = "otc") -> Callable[[Callable[[Any], None]], Callable[[Any], None]]:
    def register(function: Callable[[Any], None]) -> Callable[[Any], None]:
        CASES.append((profile, code, function))
        return function

    return register


# Refusals of a request to create a service: the member, its bad value (None: left out), the code.
for member, value, code in (
    ("port_id", None, "EndPoint.0002"),
    ("vpc_id", None, "EndPoint.2011"),
    ("server_type", None, "EndPoint.0002"),
    ("ports", None, "EndPoint.0002"),
    ("ports", [], "EndPoint.0002"),
    ("ports", [MAPPING, MAPPING], "EndPoint.0002"),
    ("approval_enabled", "yes", "EndPoint.0002"),
    ("service_type", "gateway", "EndPoint.0002"),
    ("tcp_proxy", "maybe", "EndPoint.0002"),
    ("description", "<b>", "EndPoint.0002"),
    ("description", "x" * 129, "EndPoint.0002"),
    ("port_id", "no-uuid", "EndPoint.3003"),
    ("port_id", NOWHERE, "EndPoint.3003"),
    ("port_id", FOREIGN_PORT, "EndPoint.3042"),
    ("vpc_id", "", "EndPoint.2011"),
    ("vpc_id", "no-uuid", "EndPoint.0020"),
    ("vpc_id", NOWHERE, "EndPoint.2001"),
    ("server_type", "TOASTER", "EndPoint.3021"),
    ("vip_port_id", "no-uuid", "EndPoint.3051"),
    ("ports", "80", "EndPoint.3004"),
    ("ports", [{"client_port": "80", "server_port": 80}], "EndPoint.3004"),
    ("ports", [{"client_port": 80}], "EndPoint.2028"),
    ("ports", [{"client_port": 0, "server_port": 80}], "EndPoint.3043"),
    ("ports", [{"client_port": 80, "server_port": 65536}], "EndPoint.3043"),
    ("ports", [{**MAPPING, "protocol": "UDP"}], "EndPoint.3075"),
    ("ports", [{"client_port": n, "server_port": n} for n in range(1, 202)], "EndPoint.3074"),
    ("service_name", "two words", "EndPoint.3076"),
    ("service_name", "x" * 17, "EndPoint.3076"),
    ("tags", [{"key": "a"}, {"key": "a"}], "EndPoint.3067"),
    ("tags", [{"key": "a!"}], "EndPoint.3068"),
    ("tags", [{"key": " a"}], "EndPoint.3068"),
    ("tags", [{"key": "_sys_a"}], "EndPoint.3068"),
    ("tags", [{"key": "a", "value": "!"}], "EndPoint.3068"),
    ("tags", [{"key": f"k{n}"} for n in range(21)], "EndPoint.3069"),
    ("tags", [{"value": "v"}], "EndPoint.3066"),
    ("tags", [{"key": ""}], "EndPoint.3072"),
    ("tags", [{"key": "k" * 129}], "EndPoint.3072"),
    ("tags", [{"key": "k", "value": "v" * 256}], "EndPoint.3073"),
):

    @case(code)
    def provoked_1(lab: Any, member: str = member, value: Any = value, code: str = code) -> None:
        changes = {member: lab.absent if value is None else value}
        lab.provider.refused(code, "POST", SERVICES, lab.provider.service_body(**changes))


for member, value, code in (
    ("vpc_id", None, "EndPoint.2011"),
    ("vpc_id", NOWHERE, "EndPoint.2001"),
    ("vpc_id", FOREIGN_VPC, "EndPoint.2037"),
    ("endpoint_service_id", None, "EndPoint.2029"),
    ("endpoint_service_id", "", "EndPoint.2029"),
    ("endpoint_service_id", "some-name", "EndPoint.3062"),
    ("endpoint_service_id", NOWHERE, "EndPoint.2003"),
    ("subnet_id", None, "EndPoint.2010"),
    ("subnet_id", "", "EndPoint.2010"),
    ("subnet_id", "no-uuid", "EndPoint.0023"),
    ("subnet_id", NOWHERE, "EndPoint.4004"),
    ("enable_dns", "yes", "EndPoint.2033"),
    ("port_ip", "10.300.1.1", "EndPoint.2041"),
    ("port_ip", "192.0.2.1", "EndPoint.2043"),
    ("whitelist", ["everybody"], "EndPoint.2044"),
    ("whitelist", ["10.0.0.300"], "EndPoint.2044"),
    ("whitelist", [f"10.0.0.{n}" for n in range(21)], "EndPoint.2045"),
    ("specification_name", "huge", "EndPoint.0015"),
    ("description", ">", "EndPoint.0002"),
    ("tags", [{"key": "a"}, {"key": "a"}], "EndPoint.3067"),
):

    @case(code)
    def provoked_2(lab: Any, member: str = member, value: Any = value, code: str = code) -> None:
        changes = {member: lab.absent if value is None else value}
        lab.provider.refused(code, "POST", ENDPOINTS, lab.provider.endpoint_body(DNS, **changes))


# Queries: path, parameter, value, code.
for path, name, value, code in (
    (SERVICES, "limit", "-1", "EndPoint.0006"),
    (SERVICES, "limit", "1001", "EndPoint.0006"),
    (ENDPOINTS, "limit", "many", "EndPoint.0006"),
    (ENDPOINTS, "offset", "x", "EndPoint.0010"),
    (ENDPOINTS, "offset", "-1", "EndPoint.0010"),
    (ENDPOINTS, "sort_key", "name", "EndPoint.0017"),
    (SERVICES, "sort_dir", "up", "EndPoint.0018"),
    (SERVICES, "status", "broken", "EndPoint.0019"),
    (ENDPOINTS, "vpc_id", "no-uuid", "EndPoint.0020"),
    ("/quotas", "type", "bandwidth", "EndPoint.3070"),
):

    @case(code)
    def provoked_3(lab: Any, path: str = path, name: str = name, value: str = value, code: str = code) -> None:
        lab.provider.refused(code, "GET", path, **{name: value})


# Sub-resources of a service: profile, method, path, body or query, code.
for profile, method, path, body, code in (
    ("otc", "GET", "/connections", {"marker_id": "x1"}, "EndPoint.0021"),
    ("otc", "GET", "/connections", {"status": "creating"}, "EndPoint.0019"),
    ("otc", "GET", "/permissions", {"limit": "501"}, "EndPoint.0006"),
    ("otc", "GET", "/permissions", {"sort_key": "updated_at"}, "EndPoint.0017"),
    ("otc", "GET", "/permissions", {"permission": "x" * 1089}, "EndPoint.3002"),
    ("otc", "POST", "/permissions/action", {"action": "add", "permissions": []}, "EndPoint.3036"),
    ("otc", "POST", "/permissions/action", {"action": "add"}, "EndPoint.3036"),
    ("otc", "POST", "/permissions/action", {"action": "set", "permissions": ["*"]}, "EndPoint.3035"),
    ("otc", "POST", "/permissions/action", {"permissions": ["*"]}, "EndPoint.0002"),
    ("otc", "POST", "/permissions/action", {"action": "add", "permissions": ["bob"]}, "EndPoint.3002"),
    ("otc", "POST", "/permissions/action", {"action": "add", "permissions": ["iam:domain::"]}, "EndPoint.3002"),
    ("otc", "POST", "/connections/action", {"action": "receive", "endpoints": [NOWHERE]}, "Endpoint.2013"),
    ("otc", "POST", "/connections/action", {"action": "receive", "endpoints": []}, "EndPoint.2031"),
    ("otc", "POST", "/connections/action", {"action": "receive", "endpoints": [NOWHERE] * 2}, "EndPoint.2031"),
    ("otc", "POST", "/connections/action", {"action": "accept", "endpoints": [NOWHERE]}, "EndPoint.2027"),
    ("otc", "POST", "/connections/action", {"action": "receive", "endpoints": [1]}, "EndPoint.2017"),
    ("otc", "PUT", "", {"port_id": "no-uuid"}, "EndPoint.3063"),
    ("otc", "PUT", "", {"port_id": NOWHERE}, "EndPoint.3003"),
    ("otc", "PUT", "", {"ports": []}, "EndPoint.0002"),
    ("otc", "PUT", "/name", {"endpoint_service_name": "new"}, "APIGW.0101"),
    ("huawei", "PUT", "", {"port_id": FOREIGN_PORT, "ip": "10.0.0.1"}, "EndPoint.3052"),
    ("huawei", "PUT", "/name", {"endpoint_service_name": "a b"}, "EndPoint.3076"),
    ("huawei", "POST", "/permissions/batch-create", {"permissions": []}, "EndPoint.3036"),
    ("huawei", "PUT", f"/permissions/{NOWHERE}", {"permission": {"description": "x"}}, "EndPoint.0005"),
):

    @case(code, profile)
    def provoked_4(lab: Any, method: str = method, path: str = path, body: Any = (body,), code: str = code) -> None:
        service = lab.provider.service()["id"]
        sent = body[0] if method == "GET" else {"body": body[0]}
        lab.provider.refused(code, method, f"{SERVICES}/{service}{path}", **sent)


@case("EndPoint.0004")
def provoked_5(lab: Any) -> None:
    lab.provider.login(domain={"name": lab.sim.account()["user_domain_name"]})
    lab.provider.refused("EndPoint.0004", "GET", SERVICES)


@case("EndPoint.0014")
def provoked_6(lab: Any) -> None:
    lab.provider.login()
    lab.provider.project_id = lab.consumer.project_id
    lab.provider.refused("EndPoint.0014", "GET", SERVICES)


@case("EndPoint.0005")
def provoked_7(lab: Any) -> None:
    for method, body in (("GET", None), ("PUT", {}), ("DELETE", None)):
        lab.provider.refused("EndPoint.0005", method, f"{SERVICES}/{NOWHERE}", body)
    lab.provider.refused("EndPoint.0005", "GET", f"{SERVICES}/a-name")
    lab.provider.refused("EndPoint.0005", "GET", f"{SERVICES}/describe", id=NOWHERE)
    lab.provider.refused("EndPoint.0005", "DELETE", f"{SERVICES}/{DNS}")


@case("EndPoint.0002")
def provoked_8(lab: Any) -> None:
    lab.provider.refused("EndPoint.0002", "GET", f"{SERVICES}/describe")


@case("EndPoint.2006")
def provoked_9(lab: Any) -> None:
    lab.provider.refused("EndPoint.2006", "GET", f"{ENDPOINTS}/{NOWHERE}")
    endpoint = lab.provider.endpoint(DNS)["id"]
    lab.provider.ok("DELETE", f"{ENDPOINTS}/{endpoint}")
    lab.provider.refused("EndPoint.2006", "DELETE", f"{ENDPOINTS}/{endpoint}")


@case("EndPoint.0011")
def provoked_10(lab: Any) -> None:
    lab.provider.refused("EndPoint.0011", "POST", SERVICES)


@case("EndPoint.0012")
def provoked_11(lab: Any) -> None:
    lab.provider.login()
    headers = {"X-Auth-Token": lab.provider.token}
    reply = lab.provider.raw("POST", lab.provider.url(SERVICES), headers=headers, data=b"{}")
    assert (reply.status, reply.body["error_code"]) == (504, "EndPoint.0012")


@case("EndPoint.1004")
def provoked_12(lab: Any) -> None:
    lab.provider.login()
    headers = {"X-Auth-Token": lab.provider.token, "Content-Type": "application/json"}
    deep = b'{"port_id":' + b"[" * 300 + b"]" * 300 + b"}"
    for data in (b"{", b"[]", b"\xff", b"null", b'{"a": NaN}', b'{"description": "\\ud800"}', b"[" * 99999, deep):
        reply = lab.provider.raw("POST", lab.provider.url(SERVICES), headers=headers, data=data)
        assert (reply.status, reply.body["error_code"]) == (400, "EndPoint.1004")


@case("APIGW.0101")
def provoked_13(lab: Any) -> None:
    lab.provider.refused("APIGW.0101", "GET", "/vpc-endpoint-ideas")
    lab.provider.refused("APIGW.0101", "PATCH", SERVICES)
    lab.provider.refused("APIGW.0101", "POST", f"v2:{SERVICES}/{NOWHERE}/upgrade")
    assert lab.provider.raw("GET", lab.sim.api_url + "/v9").status == 404


@case("APIGW.0301")
def provoked_14(lab: Any) -> None:
    lab.provider.token = "unknown"
    lab.provider.refused("APIGW.0301", "GET", SERVICES)
    assert lab.provider.raw("GET", lab.provider.url(SERVICES)).body["error_code"] == "APIGW.0301"


@case("Endpoint.1018")
def provoked_15(lab: Any) -> None:
    lab.sim.settings(quota_services=1, quota_endpoints=1)
    service = lab.provider.service()["id"]
    lab.provider.refused("Endpoint.1018", "POST", SERVICES, lab.provider.service_body())
    lab.provider.endpoint(service)
    lab.provider.refused("Endpoint.1018", "POST", ENDPOINTS, lab.provider.endpoint_body(service))


@case("EndPoint.1019")
def provoked_16(lab: Any) -> None:
    body = lab.provider.endpoint_body(OBS, subnet_id=lab.absent, routetables=["no-uuid"])
    lab.provider.refused("EndPoint.1019", "POST", ENDPOINTS, body)


@case("EndPoint.4030")
def provoked_17(lab: Any) -> None:
    body = lab.provider.endpoint_body(OBS, subnet_id=lab.absent, routetables=[NOWHERE])
    lab.provider.refused("EndPoint.4030", "POST", ENDPOINTS, body)


@case("EndPoint.2039")
def provoked_18(lab: Any) -> None:
    body = lab.provider.endpoint_body(OBS, subnet_id=lab.absent)
    lab.provider.ok("POST", ENDPOINTS, body)
    lab.provider.refused("EndPoint.2039", "POST", ENDPOINTS, body)


@case("EndPoint.2039", "huawei")
def provoked_19(lab: Any) -> None:
    first, second = lab.network("provider"), lab.network("provider")
    for network in (first, second):
        lab.provider.ok("POST", ENDPOINTS, {"endpoint_service_id": OBS, "vpc_id": network["vpc_id"]})
    bodies = [{"endpoint_service_id": OBS, "vpc_id": first["vpc_id"], "routetables": [first["routetable_id"]]}]
    lab.provider.refused("EndPoint.2039", "POST", ENDPOINTS, bodies[0])


@case("EndPoint.2048")
def provoked_20(lab: Any) -> None:
    for policy in ([{"effect": "Allow", "action": [], "resource": []}], [{"Effect": "Maybe"}], {}):
        body = lab.provider.endpoint_body(OBS, subnet_id=lab.absent, policy_statement=policy)
        lab.provider.refused("EndPoint.2048", "POST", ENDPOINTS, body)


@case("EndPoint.2048", "huawei")
def provoked_21(lab: Any) -> None:
    endpoint = lab.provider.endpoint(lab.provider.service()["id"])["id"]
    lab.provider.refused("EndPoint.2048", "PUT", f"{ENDPOINTS}/{endpoint}/policy", {"policy_document": {}})


@case("EndPoint.2004")
def provoked_22(lab: Any) -> None:
    lab.sim.settings(service_create_delay=5)
    service = lab.provider.service()["id"]
    lab.provider.refused("EndPoint.2004", "POST", ENDPOINTS, lab.provider.endpoint_body(service))


@case("EndPoint.2012")
def provoked_23(lab: Any) -> None:
    service = lab.provider.service()["id"]
    lab.consumer.refused("EndPoint.2012", "POST", ENDPOINTS, lab.consumer.endpoint_body(service))


@case("EndPoint.2016")
def provoked_24(lab: Any) -> None:
    network = lab.network("provider")
    subnet = next(
        s for s in lab.sim.simulation.world.accounts["provider"].main.subnets() if s.id == network["subnet_id"]
    )
    subnet.used.update(map(str, subnet.cidr.hosts()))
    body = {"endpoint_service_id": DNS, "vpc_id": network["vpc_id"], "subnet_id": network["subnet_id"]}
    lab.provider.refused("EndPoint.2016", "POST", ENDPOINTS, body)


@case("EndPoint.2042")
def provoked_25(lab: Any) -> None:
    body = {"vpc_id": FOREIGN_VPC, "subnet_id": "4189d3c2-8882-4871-a3c2-d380272eed81", "port_ip": "192.168.14.23"}
    endpoint = lab.provider.endpoint(DNS, **body)["id"]
    lab.provider.refused("EndPoint.2042", "POST", ENDPOINTS, {**body, "endpoint_service_id": DNS})
    lab.provider.ok("DELETE", f"{ENDPOINTS}/{endpoint}")
    lab.provider.endpoint(DNS, **body)


@case("EndPoint.3009")
def provoked_26(lab: Any) -> None:
    body = {"vpc_id": OVERLAP_VPC, "subnet_id": OVERLAP_SUBNET, "endpoint_service_id": DNS}
    lab.provider.refused("EndPoint.3009", "POST", ENDPOINTS, body)
    service = lab.provider.service_body(vpc_id=OVERLAP_VPC, port_id=OVERLAP_PORT)
    lab.provider.refused("EndPoint.3009", "POST", SERVICES, service)


@case("EndPoint.2014")
def provoked_27(lab: Any) -> None:
    service = lab.provider.service()["id"]
    body = {"action": "receive", "endpoints": [lab.provider.endpoint(service)["id"]]}
    lab.provider.ok("POST", f"{SERVICES}/{service}/connections/action", body)
    lab.sim.settings(receive_accepted_fails=True)
    lab.provider.refused("EndPoint.2014", "POST", f"{SERVICES}/{service}/connections/action", body)


@case("EndPoint.2018")
def provoked_28(lab: Any) -> None:
    lab.sim.settings(endpoint_delete_delay=5)
    service = lab.provider.service()["id"]
    endpoint = lab.provider.endpoint(service)["id"]
    lab.provider.ok("DELETE", f"{ENDPOINTS}/{endpoint}")
    lab.provider.refused("EndPoint.2018", "DELETE", f"{ENDPOINTS}/{endpoint}")
    body = {"action": "receive", "endpoints": [endpoint]}
    lab.provider.refused("EndPoint.2018", "POST", f"{SERVICES}/{service}/connections/action", body)


@case("EndPoint.2019")
def provoked_29(lab: Any) -> None:
    lab.sim.settings(endpoint_create_delay=5)
    service = lab.provider.service()["id"]
    body = {"action": "reject", "endpoints": [lab.provider.endpoint(service)["id"]]}
    lab.provider.refused("EndPoint.2019", "POST", f"{SERVICES}/{service}/connections/action", body)


@case("EndPoint.2047")
def provoked_30(lab: Any) -> None:
    lab.sim.settings(fail_next_endpoints=1)
    service = lab.provider.service()["id"]
    body = {"action": "receive", "endpoints": [lab.provider.endpoint(service)["id"]]}
    lab.provider.refused("EndPoint.2047", "POST", f"{SERVICES}/{service}/connections/action", body)


@case("EndPoint.2040", "huawei")
def provoked_31(lab: Any) -> None:
    endpoint = lab.provider.endpoint(DNS)["id"]
    table = {"routetables": [lab.network("provider")["routetable_id"]]}
    lab.provider.refused("EndPoint.2040", "PUT", f"{ENDPOINTS}/{endpoint}/routetables", table)


@case("EndPoint.2049", "huawei")
def provoked_32(lab: Any) -> None:
    endpoint = lab.provider.endpoint(OBS)["id"]
    lab.provider.refused("EndPoint.2049", "DELETE", f"{ENDPOINTS}/{endpoint}/policy")


@case("EndPoint.0002", "huawei")
def provoked_33(lab: Any) -> None:
    endpoint = lab.provider.endpoint(OBS)["id"]
    lab.provider.refused("EndPoint.0002", "PUT", f"{ENDPOINTS}/{endpoint}", {"enable_whitelist": True})
    backends = {"server_resources": [{"resource_id": "x"}]}
    path = f"v2:{SERVICES}/{lab.provider.service()['id']}/add-server-resources"
    lab.provider.refused("EndPoint.0002", "POST", path, backends)


@case("EndPoint.3005")
def provoked_34(lab: Any) -> None:
    lab.sim.settings(service_create_delay=5)
    lab.provider.refused("EndPoint.3005", "DELETE", f"{SERVICES}/{lab.provider.service()['id']}")


@case("EndPoint.3006")
def provoked_35(lab: Any) -> None:
    service = lab.provider.service()["id"]
    endpoint = lab.provider.endpoint(service)["id"]
    lab.provider.refused("EndPoint.3006", "DELETE", f"{SERVICES}/{service}")
    lab.sim.settings(endpoint_delete_delay=5)
    lab.provider.ok("DELETE", f"{ENDPOINTS}/{endpoint}")
    lab.provider.refused("EndPoint.3006", "DELETE", f"{SERVICES}/{service}")
    lab.sim.advance(5)
    lab.provider.ok("DELETE", f"{SERVICES}/{service}")


@case("EndPoint.3044")
def provoked_36(lab: Any) -> None:
    body = lab.provider.service_body()
    lab.provider.ok("POST", SERVICES, body)
    lab.provider.refused("EndPoint.3044", "POST", SERVICES, body)
    other = lab.provider.service(**{**body, "ports": [{"client_port": 8080, "server_port": 81}]})
    lab.provider.refused("EndPoint.3044", "PUT", f"{SERVICES}/{other['id']}", {"ports": body["ports"]})


@case("EndPoint.3045")
def provoked_37(lab: Any) -> None:
    lab.sim.settings(fail_next_services=1)
    lab.provider.refused("EndPoint.3045", "PUT", f"{SERVICES}/{lab.provider.service()['id']}", {})


@case("EndPoint.3049")
def provoked_38(lab: Any) -> None:
    lab.sim.settings(max_permissions=1)
    path = f"{SERVICES}/{lab.provider.service()['id']}/permissions/action"
    lab.provider.ok("POST", path, {"action": "add", "permissions": ["iam:domain::a"]})
    lab.provider.refused("EndPoint.3049", "POST", path, {"action": "add", "permissions": ["iam:domain::b"]})


@case("EndPoint.3056")
def provoked_39(lab: Any) -> None:
    lab.sim.settings(max_services_per_backend=1)
    body = lab.provider.service_body()
    lab.provider.ok("POST", SERVICES, body)
    lab.provider.refused("EndPoint.3056", "POST", SERVICES, {**body, "ports": [MAPPING]})


@case("EndPoint.3002", "huawei")
def provoked_40(lab: Any) -> None:
    path = f"{SERVICES}/{lab.provider.service()['id']}/permissions/action"
    body = {"action": "add", "permissions": ["organizations:orgPath::o-1/r-1"]}
    lab.provider.refused("EndPoint.3002", "POST", path, body)
    lab.provider.ok("POST", path, {**body, "permission_type": "orgPath"})


# Tag calls: path after /endpoint_service, body, code.
ONE = [{"key": "a", "values": []}]
for path, body, code in (
    ("/{id}/tags/action", {"action": "create", "tags": []}, "EndPoint.3066"),
    ("/{id}/tags/action", {"action": "create"}, "EndPoint.3066"),
    ("/{id}/tags/action", {"action": "set", "tags": [{"key": "a"}]}, "EndPoint.0007"),
    ("/{id}/tags/action", {"action": "create", "tags": [{"key": "a"}] * 2}, "EndPoint.3067"),
    ("/{id}/tags/action", {"action": "create", "tags": [{"key": "a#"}]}, "EndPoint.3068"),
    ("/{id}/tags/action", {"action": "create", "tags": [{"key": f"k{n}"} for n in range(21)]}, "EndPoint.3069"),
    (f"/{NOWHERE}/tags/action", {"action": "create", "tags": [{"key": "a"}]}, "EndPoint.0005"),
    ("/resource_instances/action", {"action": "find"}, "EndPoint.0007"),
    ("/resource_instances/action", {"action": "filter", "limit": "0"}, "EndPoint.0006"),
    ("/resource_instances/action", {"action": "filter", "limit": 1001}, "EndPoint.0006"),
    ("/resource_instances/action", {"action": "filter", "offset": "x"}, "EndPoint.0010"),
    ("/resource_instances/action", {"action": "count", "limit": "1"}, "EndPoint.0006"),
    ("/resource_instances/action", {"action": "count", "offset": "1"}, "EndPoint.0010"),
    ("/resource_instances/action", {"action": "filter", "tags": ONE * 2}, "EndPoint.3067"),
    ("/resource_instances/action", {"action": "filter", "tags": [{"key": "a" * 128, "values": []}]}, "EndPoint.3072"),
    (
        "/resource_instances/action",
        {"action": "filter", "tags": [{"key": "a", "values": ["v" * 256]}]},
        "EndPoint.3073",
    ),
    (
        "/resource_instances/action",
        {"action": "filter", "not_tags": [{"key": "a", "values": ["v", "v"]}]},
        "EndPoint.3071",
    ),
):

    @case(code)
    def provoked_41(lab: Any, path: str = path, body: Any = (body,), code: str = code) -> None:
        service = lab.provider.service()["id"]
        lab.provider.refused(code, "POST", "/endpoint_service" + path.format(id=service), body[0])


@case("EndPoint.3070")
def provoked_42(lab: Any) -> None:
    lab.provider.refused("EndPoint.3070", "GET", "/endpoints/tags")
    lab.provider.refused("EndPoint.3070", "POST", "/vpc/resource_instances/action", {"action": "filter"})


@case("EndPoint.0007", "huawei")
def provoked_43(lab: Any) -> None:
    endpoint = lab.provider.endpoint(DNS)["id"]
    lab.provider.refused("EndPoint.0007", "POST", f"v2:{ENDPOINTS}/{endpoint}/upgrade", {"action": "stop"})


@pytest.mark.slow
@pytest.mark.parametrize(
    ("profile", "code", "provoke"), CASES, ids=[f"{p}-{c}-{n}" for n, (p, c, _unused) in enumerate(CASES)]
)
def test_refusal(lab_of: Any, profile: str, code: str, provoke: Callable[[Any], None]) -> None:
    provoke(lab_of(profile))


def codes_in_use() -> set[str]:
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

    return {c for text in texts for c in re.findall(r'"((?:End[pP]oint|APIGW)\.\d{4})"', text)} | set(
        errors_of(load("vpcep.yaml"))
    )


def test_every_code_that_the_rules_name_is_provoked() -> None:
    # A crash of the simulator itself, see test_sim_contract.py.
    assert codes_in_use() - {"EndPoint.0001"} <= {code for _unused, code, _unused in CASES}


def test_every_code_is_in_the_catalogue() -> None:
    assert codes_in_use() <= set(catalogue())
