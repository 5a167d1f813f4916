"""Endpoints as hosts: variables, groups, names."""

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.crossvpc.vpcep.plugins.plugin_utils import hosts
from tests.support.cases import for_each

SERVICE_ID = "9d4c1f0e-0000-4000-8000-000000000001"
ACCEPTED: dict[str, Any] = {
    "id": "530d6f2f-d115-4df2-8c36-32d19f3c0bbc",
    "service_type": "interface",
    "status": "accepted",
    "vpc_id": "4189d3c2-8882-4871-a3c2-d380272eed82",
    "endpoint_service_id": SERVICE_ID,
    "endpoint_service_name": f"eu-de.web.{SERVICE_ID}",
    "ip": "192.168.14.23",
    "dns_names": ["vpcep-530d.eu-de.otc.t-systems.com"],
    "tags": {"env": "dev", "empty": ""},
}
GATEWAY = {**ACCEPTED, "service_type": "gateway", "ip": None, "dns_names": None}


@pytest.mark.parametrize("full, label", [
    (f"eu-de.web.{SERVICE_ID}", "web"),
    (f"eu-de.{SERVICE_ID}", SERVICE_ID),
    ("com.t-systems.otc.eu-de.dns", "com.t-systems.otc.eu-de.dns"),
    ("", SERVICE_ID),
    (None, SERVICE_ID),
])  # fmt: skip
def test_service_label(full: Any, label: str) -> None:
    assert hosts.service_label({**ACCEPTED, "endpoint_service_name": full}) == label


def test_variables_are_the_members_with_a_prefix() -> None:
    found = hosts.variables(ACCEPTED)
    assert found.pop("ansible_host") == "192.168.14.23"
    assert found.pop("vpcep_service_name") == "web"
    assert found == {f"vpcep_{name}": value for name, value in ACCEPTED.items()}


def test_ports_are_those_that_are_known() -> None:
    assert hosts.variables(ACCEPTED, [])["vpcep_ports"] == []
    assert hosts.variables(ACCEPTED, [{"client_port": 80}])["vpcep_ports"] == [{"client_port": 80}]
    assert "vpcep_ports" not in hosts.variables(ACCEPTED, None)


@pytest.mark.parametrize("endpoint, connect_with, address", [
    (ACCEPTED, "ip", "192.168.14.23"),
    (ACCEPTED, "dns_name", "vpcep-530d.eu-de.otc.t-systems.com"),
    ({**ACCEPTED, "dns_names": []}, "dns_name", "192.168.14.23"),
    (GATEWAY, "ip", None),
    (GATEWAY, "dns_name", None),
    ({}, "ip", None),
])  # fmt: skip
def test_address(endpoint: Any, connect_with: str, address: str | None) -> None:
    assert hosts.variables(endpoint, connect_with=connect_with).get("ansible_host") == address


@pytest.mark.parametrize("value", [
    "192.168.14.23",
    "2001:db8::1",
    "web",
    "vpcep-530d.eu-de.otc.t-systems.com",
    "xn--grsse-lva.example.",
    "3com.example",
    ".".join(["a" * 61] * 4 + ["abcde"]),
])  # fmt: skip
def test_what_is_an_address(value: str) -> None:
    assert hosts.is_address(value)
    assert hosts.variables({**ACCEPTED, "ip": value})["ansible_host"] == value


NO_ADDRESSES: list[Any] = [
    "-oProxyCommand=touch /tmp/x",
    "-web.example",
    "web-.example",
    "web.-example",
    "web\n",
    "web\n10.0.0.1",
    "10.0.0.1 ",
    " 10.0.0.1",
    "10.0.0.1\x00",
    "10.0.0.1;id",
    "$(id)",
    "`id`",
    "{{ lookup('pipe', 'id') }}",
    "{% raw %}",
    "gr\u00f6\u00dfe.example",
    "\u0661\u0660.0.0.1",
    "10.0.0.1:22",
    "web.example:22",
    "[2001:db8::1]",
    "[2001:db8::1]:22",
    "fe80::1%eth0",
    "fe80::1%-oProxyCommand=id",
    "10.0.0.0/8",
    "10.0.0",
    "256.0.0.1",
    "root@web.example",
    "web_1.example",
    "web..example",
    ".web",
    ".",
    "..",
    "../../etc/passwd",
    "a" * 64,
    ".".join(["a" * 61] * 4 + ["abcdefg"]),
    "",
    None,
    17,
    True,
    ["10.0.0.1"],
    {"ip": "10.0.0.1"},
]


@for_each(NO_ADDRESSES)
def test_what_is_none(value: Any) -> None:
    """Neither as the address, nor as the name, nor as something that was composed of the cloud's text."""
    assert not hosts.is_address(value)
    assert "ansible_host" not in hosts.variables({**ACCEPTED, "ip": value})
    assert "ansible_host" not in hosts.variables({**GATEWAY, "dns_names": [value]}, connect_with="dns_name")
    assert hosts.unusable({"ansible_host": value, "ansible_ssh_host": "web"}) == ["ansible_host"]


@pytest.mark.parametrize("value, usable", [
    (443, True),
    ("443", True),
    (65535, True),
    (0, False),
    (65536, False),
    (-1, False),
    (True, False),
    (443.0, False),
    (None, False),
    ("", False),
    ("22 -oProxyCommand=id", False),
    ("22\n", False),
    ("\u0664\u0664\u0663", False),
    ([443], False),
])  # fmt: skip
def test_ports(value: Any, usable: bool) -> None:
    assert hosts.is_port(value) is usable
    assert hosts.unusable({"ansible_port": value, "port": "-o"}) == ([] if usable else ["ansible_port"])


@pytest.mark.parametrize("member", ["a b", "a.b", "a-b", "{{ a }}", "a\nb"])
def test_members_that_cannot_be_variables(member: str) -> None:
    assert hosts.variables({**GATEWAY, member: 1}) == hosts.variables(GATEWAY)


def test_every_address_is_one() -> None:
    assert len({hosts.address_of(ACCEPTED, connect_with) for connect_with in hosts.ADDRESSES}) == len(hosts.ADDRESSES)


def test_groups() -> None:
    assert hosts.groups(ACCEPTED) == [
        "vpcep",
        "service_web",
        "vpc_4189d3c2-8882-4871-a3c2-d380272eed82",
        "status_accepted",
        "type_interface",
        "tag_env_dev",
        "tag_empty",
    ]
    named = hosts.groups({**ACCEPTED, "vpc_name": "frontend"}, ["vpc"])
    assert named == ["vpcep", "vpc_4189d3c2-8882-4871-a3c2-d380272eed82", "vpc_frontend"]


def test_groups_of_some_kinds() -> None:
    assert hosts.groups(ACCEPTED, ["status"]) == ["vpcep", "status_accepted"]
    assert hosts.groups(ACCEPTED, []) == ["vpcep"]


@pytest.mark.parametrize("odd", [{}, {"tags": "env"}, {"tags": None, "vpc_id": ""}])
def test_groups_of_an_odd_answer(odd: Any) -> None:
    assert hosts.groups(odd) == ["vpcep"]


@pytest.mark.parametrize("text, name", [
    ("web-1.example", "web-1.example"),
    (" Web 1 ", "Web_1"),
    ("web[1:3]", "web_1_3_"),
    ("!web,&db", "_web__db"),
    ("../../etc", "_.._etc"),
    ("..", ""),
    ("-i", "i"),
    ("{{ lookup('pipe', 'id') }}", "___lookup__pipe____id_____"),
    ("größe", "größe"),
    (17, "17"),
    (None, ""),
])  # fmt: skip
def test_clean_name(text: Any, name: str) -> None:
    assert hosts.clean_name(text) == name


@pytest.mark.parametrize("wanted, names", [
    ([("web", "a"), ("db", "b")], ["web", "db"]),
    ([("web", "a"), ("web", "b"), ("db", "c")], ["web_a", "web_b", "db"]),
    ([("web 1", "a"), ("web_1", "b")], ["web_1_a", "web_1_b"]),
    ([(None, "a"), ("", "b"), ("..", "c")], ["a", "b", "c"]),
    ([("web", "a"), ("web", "b"), ("web_a", "c")], ["web_a_a", "web_b", "web_a_c"]),
    ([("b", "a"), ("", "b")], ["b_a", "b_b"]),
    ([("localhost", "a"), ("all", "b")], ["localhost_a", "all_b"]),
    ([("service_web", "a")], ["service_web_a"]),
])  # fmt: skip
def test_unique_names(wanted: Any, names: list[str]) -> None:
    assert hosts.unique_names(wanted, {"service_web"}) == names


SHORT = st.text("ab_.", max_size=5)


@pytest.mark.slow
@given(st.lists(SHORT, max_size=8), st.sets(SHORT, max_size=8))
def test_names_are_unique_whatever_was_wanted(wanted: list[str], taken: set[str]) -> None:
    ids = [str(number) for number in range(len(wanted))]
    names = hosts.unique_names(zip(wanted, ids, strict=True), taken)
    assert len(set(names)) == len(names) == len(wanted)
    assert not {*taken, *hosts.RESERVED, ""} & set(names)
    turned = hosts.unique_names(reversed(list(zip(wanted, ids, strict=True))), taken)
    assert list(reversed(turned)) == names  # the order of the list decides nothing


def test_names_of_an_earlier_source() -> None:
    """Hosts that are no endpoints keep their names, and so do endpoints that an earlier source has added as well."""
    shown = {"other": {"vpcep_id": "1"}, "own": {"vpcep_id": "2"}, "machine": {}}
    present = [SimpleNamespace(name=name, vars=variables) for name, variables in shown.items()]
    known = hosts.known_endpoints(present)
    assert known == {"other": "1", "own": "2"}
    wanted = [("other", "3"), ("own", "2"), ("machine", "4")]
    assert hosts.unique_names(wanted, (), known) == ["other_3", "own", "machine"]
    renamed = [("another", "1"), ("other", "3")]  # this source has other hostnames
    assert hosts.unique_names(renamed, (), known) == ["another", "other_3"]
