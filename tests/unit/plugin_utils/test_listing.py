"""What an inventory is made of, and what tells one cached listing from another."""

from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._auth.credentials import IDENTITY, SECRETS
from ansible_collections.crossvpc.vpcep.plugins.module_utils._auth.session import connect
from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.errors import ApiError
from ansible_collections.crossvpc.vpcep.plugins.module_utils._schema.normalize import UnusableAnswer
from ansible_collections.crossvpc.vpcep.plugins.plugin_utils.listing import Listing, key_of, read, with_names

PORTS = [{"client_port": 8080, "server_port": 80, "protocol": "TCP"}]


class FakeApi:
    """Lists without requests. asked: which lists were read."""

    def __init__(self, endpoints: list[Any], services: list[Any]) -> None:
        self.endpoints, self.services, self.asked = endpoints, services, []

    def list_endpoints(self, _shortcut: Any, **_filters: Any) -> list[Any]:
        self.asked.append("endpoints")
        return self.endpoints

    def list_services(self) -> list[Any]:
        self.asked.append("services")
        return self.services


def reading(endpoints: list[Any], services: list[Any] = (), service_ports: bool = True, **filters: Any) -> Any:
    api = FakeApi(endpoints, list(services))
    session = SimpleNamespace(api_url="", project_id="", request=refused)
    return read(filters, service_ports, SimpleNamespace(api=api, session=session)), api.asked


def refused(*_arguments: Any, **_options: Any) -> Any:
    """The answer to a caller who may not list VPCs and subnets: their names are left out."""
    raise ApiError(status=403)


def test_endpoints_are_those_of_the_info_module() -> None:
    tags = [{"key": "env", "value": "dev"}]
    two = [{"id": "a", "status": "accepted", "tags": tags}, {"id": "b", "status": "failed"}]
    found, asked = reading(two, service_ports=False, status=["accepted"])
    assert found == Listing([{"id": "a", "status": "accepted", "tags": {"env": "dev"}}], {})
    assert asked == ["endpoints"]


def test_ports_of_own_services() -> None:
    services = [{"id": "s", "ports": PORTS}, {"id": "odd", "ports": None}]
    found, asked = reading([{"id": "a"}], services)
    assert found.ports == {"s": PORTS}
    assert asked == ["endpoints", "services"]


@pytest.mark.parametrize("port", ["-oProxyCommand=id", None, {"a": 1}, "443\n", "{{ 1 }}", True])
def test_ports_that_are_no_numbers_are_none(port: Any) -> None:
    """Users make ansible_port of them."""
    services = [{"id": "s", "ports": [*PORTS, {"client_port": port, "server_port": 80, "protocol": "TCP"}]}]
    found, _asked = reading([{"id": "a"}], services)
    assert found.ports == {}


def test_no_ports_are_asked_for_without_endpoints() -> None:
    assert reading([]) == (Listing([], {}), ["endpoints"])


def test_an_endpoint_that_is_listed_twice_is_one() -> None:
    found, _asked = reading([{"id": "a", "status": "creating"}, {"id": "a", "status": "accepted"}])
    assert [one["status"] for one in found.endpoints] == ["accepted"]


def test_names_are_left_out_where_they_are_not_known() -> None:
    endpoint = {"id": "a", "vpc_id": "v", "subnet_id": "s"}
    assert with_names(endpoint, {"v": "frontend"}) == {**endpoint, "vpc_name": "frontend"}
    assert with_names({"id": "gateway"}, {"v": "frontend"}) == {"id": "gateway"}


@pytest.mark.parametrize("odd", [{}, {"id": None}, {"id": 7}, {"id": "../etc"}, {"id": "a b"}])
def test_an_endpoint_without_a_usable_id_is_an_error(odd: Any) -> None:
    with pytest.raises(UnusableAnswer):
        reading([odd])


# What a cached listing depends on

LOGIN = {
    "auth_url": "https://iam.example/v3",
    "username": "somebody",
    "password": "a-long-password",
    "user_domain_name": "account",
    "project_name": "eu-de",
    "region": "eu-de",
}


def key(filters: Any = None, service_ports: bool = False, **changed: Any) -> str:
    options = {name: value for name, value in {**LOGIN, **changed}.items() if value is not None}
    return key_of(connect(options, environ={}), filters or {}, service_ports)


@pytest.mark.parametrize("changed", [
    {"auth_url": "https://iam.example.org/v3"},
    {"username": "else"},
    {"user_domain_name": "else"},
    {"user_domain_name": None, "user_domain_id": "account"},
    {"project_name": "eu-de_sub"},
    {"project_name": None, "project_id": "eu-de"},
    {"region": "eu-nl"},
    {"agency_name": "network-team", "agency_domain_name": "OTC002"},
    {"api_url": "https://vpcep.example"},
    {"filters": {"vpc_id": "a"}},
    {"service_ports": True},
    {"password": None, "access_key": "AK", "secret_key": "a-long-key", "project_id": "p"},
], ids=str)  # fmt: skip
def test_who_asks_where_for_what_makes_another_key(changed: Any) -> None:
    assert key(**changed) != key()


@pytest.mark.parametrize("changed", [
    {"agency_name": "else"},
    {"agency_domain_name": "else"},
    {"agency_domain_name": None, "agency_domain_id": "OTC002"},
], ids=str)  # fmt: skip
def test_agencies_are_told_apart(changed: Any) -> None:
    agency = {"agency_name": "network-team", "agency_domain_name": "OTC002"}
    assert key(**{**agency, **changed}) != key(**agency)


@pytest.mark.parametrize("changed", [
    {},
    {"password": "another-password"},
    {"timeout": 3.0},
    {"retries": 0},
    {"token_cache_dir": "/somewhere"},
], ids=str)  # fmt: skip
def test_the_rest_makes_none(changed: Any) -> None:
    assert key(**changed) == key()


def test_access_keys_are_told_apart() -> None:
    one, another = (
        key(password=None, access_key=name, secret_key="a-long-key", project_id="p") for name in ("AK1", "AK2")
    )
    assert one != another


def test_the_project_of_a_token_is_asked_for() -> None:
    def connection(project: str) -> Any:
        given = SimpleNamespace(**dict.fromkeys(IDENTITY), access_key=None, method="token")
        return SimpleNamespace(credentials=given, project_id=project)

    assert key_of(connection("a"), {}, False) != key_of(connection("b"), {}, False)


def test_no_secret_is_part_of_a_key() -> None:
    assert not set(IDENTITY) & set(SECRETS)
