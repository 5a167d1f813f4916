"""The clients of VPC, ECS and ELB: pages, and what they do where a region lacks an operation."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.crossvpc.vpcep.plugins.module_utils._api import network
from ansible_collections.crossvpc.vpcep.plugins.module_utils._api.network import SERVERS_PAGE, NetworkApi
from ansible_collections.crossvpc.vpcep.plugins.module_utils._auth.session import encoded
from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.errors import ApiError, NotFound
from tools.permissions import LOADER

DESCRIPTION = Path(__file__).parents[2] / "simulator" / "openapi" / "network.yaml"
NOT_PUBLISHED = NotFound("The API does not exist", status=404, code="APIGW.0101")


class StubSession:
    """Answers requests by a function of path and query; keeps them."""

    api_url, project_id, region = "https://vpcep.example", "p", "eu-de"

    def __init__(self, answer: Callable[[str, dict[str, Any]], Any], cloud: str = "otc") -> None:
        self.answer = answer
        self.cloud = cloud
        self.sent: list[tuple[str, dict[str, Any]]] = []

    def request(self, method: str, path: Any, *, version: str | None = "v1", **more: Any) -> Any:
        assert method in ("GET", "DELETE") and more["api"] in ("vpc", "ecs", "elb")
        place, query = "/".join(filter(None, [version, encoded(path)])), dict(more.get("params") or {})
        self.sent.append((place, query))
        found = self.answer(place, query)
        if isinstance(found, Exception):
            raise found
        return found

    @property
    def paths(self) -> list[str]:
        return [path for path, _query in self.sent]


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    network.LACKING.clear()
    yield
    network.LACKING.clear()


def paged(member: str, objects: list[dict[str, Any]], most: int = 2000) -> Any:
    """Pages by marker without links."""

    def answer(_path: str, query: dict[str, Any]) -> Any:
        ids = [one["id"] for one in objects]
        first = ids.index(query["marker"]) + 1 if "marker" in query else 0
        return {member: objects[first : first + min(query["limit"], most)]}

    return answer


@pytest.mark.parametrize(("number", "pages"), [(0, 1), (1999, 1), (2000, 2), (2001, 2), (4000, 3)])
def test_a_list_ends_with_a_page_that_is_not_full(number: int, pages: int) -> None:
    session = StubSession(paged("vpcs", [{"id": str(one)} for one in range(number)]))
    assert len(NetworkApi(session).list_vpcs()) == number and len(session.sent) == pages  # type: ignore[arg-type]


@pytest.mark.parametrize("version", ["v3", "v2.0"])
def test_a_page_that_is_not_full_may_name_the_next_one(version: str) -> None:
    """A cloud may list fewer at once than it is asked for."""
    ports = [{"id": str(one)} for one in range(7)]

    def answer(_path: str, query: dict[str, Any]) -> Any:
        first = int(query.get("marker", -1)) + 1
        there, more = ports[first : first + 3], first + 3 < len(ports)
        link = {"ports_links": [{"rel": "previous"}, *[{"rel": "next"}] * more]}
        info: Any = {"page_info": {"current_count": 3, "next_marker": there[-1]["id"] if more else None}}
        return {"ports": there, **(info if version == "v3" else link)}

    session = StubSession(answer, cloud="huawei")
    if version == "v3":
        network.LACKING.add((session.api_url, session.project_id, "listPorts"))
    assert [one["id"] for one in NetworkApi(session).list_ports()] == [one["id"] for one in ports]  # type: ignore[arg-type]
    assert session.paths == [f"{version}/ports"] * 3


def test_a_server_that_heeds_no_marker_ends_the_list() -> None:
    session = StubSession(lambda _path, _query: {"subnets": [{"id": str(one)} for one in range(2000)]})
    assert len(NetworkApi(session).list_subnets("v")) == 2000  # type: ignore[arg-type]
    assert session.sent[0] == ("v1/subnets", {"vpc_id": "v", "limit": 2000}) and len(session.sent) <= 100


@pytest.mark.parametrize("code", ["APIGW.0101", "APIG.0101", "apigw.0101"])
def test_a_missing_operation_is_asked_for_once(code: str) -> None:
    lacking = NotFound("The API does not exist", status=404, code=code)
    session = StubSession(lambda path, _query: lacking if "v3" in path else {"vpcs": [{"id": "1", "name": "a"}]})
    for _time in range(2):
        assert [one["id"] for one in NetworkApi(session).find_vpcs()] == ["1"]  # type: ignore[arg-type]
    assert session.paths == ["v3/vpc/vpcs", "v1/vpcs", "v1/vpcs"]
    other = StubSession(session.answer)
    other.project_id = "q"
    NetworkApi(other).find_vpcs()  # type: ignore[arg-type]
    assert other.paths == ["v3/vpc/vpcs", "v1/vpcs"]


@pytest.mark.parametrize(
    "error", [NotFound("x", status=404, code="VPC.9904"), NotFound("x", status=404), ApiError("x", status=403)]
)
def test_other_errors_do_not_lead_to_the_older_operation(error: ApiError) -> None:
    session = StubSession(lambda _path, _query: error)
    for client in (NetworkApi(session).find_vpcs, NetworkApi(session).list_load_balancers):  # type: ignore[arg-type]
        with pytest.raises(ApiError):
            client()
    assert session.paths == ["v3/vpc/vpcs", "v3/elb/loadbalancers"] and not network.LACKING


def test_a_refusal_names_the_right() -> None:
    """Rights and operations are those of the API's description."""
    paths = yaml.load(DESCRIPTION.read_text(), LOADER)["paths"].values()
    known = {one.get("x-iam-action") for path in paths for one in path.values() if isinstance(one, dict)}
    assert set(network.RIGHTS.values()) <= known
    session: Any = StubSession(lambda _path, _query: ApiError("x", status=403))
    calls = {
        "vpc:vpcs:get": lambda: NetworkApi(session).get_vpc("v"),
        "vpc:ports:get": lambda: NetworkApi(session).list_ports(),
        "vpc:securityGroupRules:get": lambda: NetworkApi(session).list_rules(["g"]),
        "ecs:cloudServers:showServer": lambda: NetworkApi(session).get_server("s"),
        "elb:listeners:list": lambda: NetworkApi(session).list_listeners("b"),
    }
    for right, call in calls.items():
        session.answer = lambda _path, _query: ApiError("x", operation="look", status=403)
        with pytest.raises(ApiError, match=rf"look \(right {right}\)"):
            call()


@pytest.mark.parametrize("error", [NOT_PUBLISHED, ApiError("x", status=403, code="PolicyNotAuthorized")])
def test_ports_without_neutron(error: ApiError) -> None:
    port = {"id": "1", "virsubnet_id": "n", "private_ips": [{"ip_address": "10.0.0.9"}], "vpc_id": "v"}
    session = StubSession(lambda path, _query: error if "v2.0" in path else {"ports": [port]}, cloud="huawei")
    api = NetworkApi(session)  # type: ignore[arg-type]
    (found,) = api.list_ports(fixed_ips="ip_address=10.0.0.9")
    assert (found["network_id"], found["fixed_ips"]) == ("n", [{"ip_address": "10.0.0.9"}])
    api.list_ports(device_id="d")
    assert session.paths == ["v2.0/ports", "v3/ports", "v3/ports"]
    assert session.sent[0][1]["fixed_ips"] == session.sent[1][1]["private_ips"] == "ip_address=10.0.0.9"
    with pytest.raises(ApiError):
        NetworkApi(StubSession(session.answer)).list_ports(device_id="d")  # type: ignore[arg-type]


@pytest.mark.parametrize("count", [None, 2 * SERVERS_PAGE + 1, 0, "2001", 25])
def test_pages_of_servers_have_numbers(count: Any) -> None:
    """A count below what was found is none."""
    servers = [{"id": str(one)} for one in range(2 * SERVERS_PAGE + 1)]

    def answer(_path: str, query: dict[str, Any]) -> Any:
        first = (query["offset"] - 1) * query["limit"]
        return {"servers": servers[first : first + query["limit"]], **({} if count is None else {"count": count})}

    session = StubSession(answer)
    assert NetworkApi(session).list_servers("web") == servers  # type: ignore[arg-type]
    assert [query["offset"] for _path, query in session.sent] == [1, 2, 3] and session.sent[0][1]["name"] == "web"


def test_servers_of_a_cloud_that_counts_wrong() -> None:
    session = StubSession(lambda _path, _query: {"servers": [{"id": "1"}], "count": 7})
    assert NetworkApi(session).list_servers() == [{"id": "1"}] and len(session.sent) == 2  # type: ignore[arg-type]


def test_load_balancers_of_the_older_operation_show_the_vpc_that_was_asked_for() -> None:
    session = StubSession(lambda path, _query: NOT_PUBLISHED if "v3" in path else {"loadbalancers": [{"id": "1"}]})
    api = NetworkApi(session)  # type: ignore[arg-type]
    assert api.list_load_balancers(vpc_id="v", name="lb") == [{"id": "1", "vpc_id": "v"}]
    assert session.sent[1] == ("v2.0/lbaas/loadbalancers", {"name": "lb", "vpc_id": "v", "limit": 2000})
    assert api.list_load_balancers(name="lb") == [{"id": "1"}]


@pytest.mark.parametrize("answer", [None, {}, [], {"vpcs": None}, {"vpcs": "x"}, {"vpcs": [1, None]}])
def test_an_answer_without_a_list(answer: Any) -> None:
    assert NetworkApi(StubSession(lambda *_: answer)).find_vpcs() == []  # type: ignore[arg-type]


def test_an_id_is_one_part_of_a_path() -> None:
    """Also one with a slash, from an answer."""
    session = StubSession(lambda path, query: {})
    api = NetworkApi(session)  # type: ignore[arg-type]
    for read in (
        api.get_vpc,
        api.get_subnet,
        api.get_port,
        api.get_server,
        api.get_ip_group,
        api.get_group,
        api.get_acl,
        api.delete_rule,
    ):
        read("a/b")
    assert len(session.paths) == 8 and all(path.endswith("/a%2Fb") for path in session.paths)
