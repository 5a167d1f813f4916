"""The evaluation of rules, compared with a model that looks at single addresses."""

from ipaddress import IPv4Address, IPv4Network
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.crossvpc.vpcep.plugins.module_utils._schema import traffic
from ansible_collections.crossvpc.vpcep.plugins.module_utils._schema.traffic import (
    ADMITTED,
    CANNOT_TELL,
    NOT_ADMITTED,
    acl_rules,
    group_rules,
    is_own,
    judge,
    list_state,
    targets_of,
    wanted_rules,
)

GROUP = "c4e5d6f7-0a1b-4c2d-8e3f-5a6b7c8d9e01"
OTHER = "85cc3048-abc3-43cc-89b3-377341426ac5"
HTTPS = [("tcp", 443)]


def rule(**members: Any) -> dict[str, Any]:
    return {
        "id": "r",
        "security_group_id": GROUP,
        "direction": "ingress",
        "ethertype": "IPv4",
        "protocol": "tcp",
        "multiport": "443",
        "remote_ip_prefix": "198.19.128.0/17",
        "remote_group_id": None,
        "remote_address_group_id": None,
        "action": "allow",
        "priority": 1,
        **members,
    }


def state(*rules: dict[str, Any], targets: Any = None) -> str:
    return judge(group_rules(rules), targets or HTTPS)[0]


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({}, ADMITTED),
        ({"protocol": "6"}, ADMITTED),
        ({"protocol": 6, "multiport": 443}, ADMITTED),
        ({"protocol": "TCP", "multiport": " 22, 443 "}, ADMITTED),
        ({"multiport": [22, "400-443"]}, ADMITTED),
        ({"multiport": [22, "444-450"]}, NOT_ADMITTED),
        ({"multiport": []}, ADMITTED),
        ({"direction": "INGRESS", "multiport": 443}, ADMITTED),
        ({"protocol": None, "multiport": None, "remote_ip_prefix": None}, ADMITTED),
        ({"protocol": "", "multiport": "", "remote_ip_prefix": ""}, ADMITTED),
        ({"multiport": "22,80,400-500"}, ADMITTED),
        ({"remote_ip_prefix": "0.0.0.0/0"}, ADMITTED),
        ({"remote_ip_prefix": "198.19.200.7/17"}, ADMITTED),
        ({"ethertype": "ipv4"}, ADMITTED),
        ({"ethertype": None, "action": None, "priority": None}, ADMITTED),
        ({"priority": "100"}, ADMITTED),
        ({"protocol": "udp"}, NOT_ADMITTED),
        ({"protocol": "17"}, NOT_ADMITTED),
        ({"protocol": 0}, NOT_ADMITTED),
        ({"multiport": "80-442,444"}, NOT_ADMITTED),
        ({"remote_ip_prefix": "198.19.128.0/18"}, NOT_ADMITTED),
        ({"remote_ip_prefix": "198.19.128.0"}, NOT_ADMITTED),
        ({"remote_ip_prefix": "::/0"}, NOT_ADMITTED),
        ({"remote_ip_prefix": "::/0", "ethertype": None}, NOT_ADMITTED),
        ({"ethertype": "IPv6"}, NOT_ADMITTED),
        ({"direction": "egress"}, NOT_ADMITTED),
        ({"enabled": False}, NOT_ADMITTED),
        ({"action": "deny"}, NOT_ADMITTED),
        ({"remote_ip_prefix": None, "remote_group_id": OTHER}, NOT_ADMITTED),
        ({"remote_ip_prefix": None, "remote_address_group_id": OTHER}, CANNOT_TELL),
        ({"remote_ip_prefix": "198.19.128.0/33"}, CANNOT_TELL),
        ({"multiport": "https"}, CANNOT_TELL),
        ({"multiport": "443-22"}, CANNOT_TELL),
        ({"multiport": None, "port_range_min": 440, "port_range_max": "450"}, ADMITTED),
        ({"multiport": None, "port_range_min": 80, "port_range_max": 80}, NOT_ADMITTED),
        ({"multiport": None, "port_range_min": 443, "port_range_max": None}, CANNOT_TELL),
    ],
)
def test_one_rule(members: dict[str, Any], expected: str) -> None:
    assert state(rule(**members)) == expected


def test_rules_are_judged_by_priority_with_those_that_deny_first() -> None:
    allow, deny = rule(), rule(action="deny", remote_ip_prefix="198.19.255.0/24")
    assert state(allow, deny) == NOT_ADMITTED
    assert state({**allow, "priority": 2}, deny) == NOT_ADMITTED
    assert state(allow, {**deny, "priority": 2}) == ADMITTED
    assert state({**allow, "priority": "9"}, {**deny, "priority": "10"}) == ADMITTED
    assert state(allow, {**deny, "multiport": 80}) == ADMITTED
    assert state(allow, {**deny, "remote_ip_prefix": None, "remote_group_id": OTHER}) == ADMITTED


def test_what_is_not_known_counts_only_where_it_decides() -> None:
    by_address_group = {"remote_ip_prefix": None, "remote_address_group_id": OTHER}
    assert state(rule(), rule(action="deny", **by_address_group)) == CANNOT_TELL
    assert state(rule(), rule(action="deny", priority=2, **by_address_group)) == ADMITTED
    assert state(rule(action="deny"), rule(**by_address_group)) == NOT_ADMITTED
    assert state(rule(action="deny", multiport="?"), rule(priority=2)) == CANNOT_TELL


def test_every_server_port_has_to_be_admitted() -> None:
    ports = [{"client_port": 1, "server_port": port, "protocol": "TCP"} for port in (443, 8443, 443)]
    targets = targets_of([*ports, {"server_port": 53, "protocol": "UDP"}])
    assert targets == [("tcp", 443), ("tcp", 8443), ("udp", 53)]
    admitted = [rule(multiport="8443"), rule(), rule(protocol="udp", multiport=53)]
    assert judge(group_rules(admitted), targets) == (ADMITTED, [])
    assert judge(group_rules(admitted[1:]), targets) == (NOT_ADMITTED, [("tcp", 8443)])


# Against a model of single addresses

PREFIXES = ["0.0.0.0/0", "198.19.128.0/17", "198.19.128.0/18", "198.19.192.0/18", "198.19.255.255", "198.18.0.0/15"]
PREFIXES += ["198.19.0.0/17", "10.0.0.0/8", "198.19.128.0/32"]
CORNERS = [int(IPv4Address(text)) for text in ("198.19.128.0", "198.19.128.1", "198.19.191.255", "198.19.192.0")]
CORNERS += [int(IPv4Address(text)) for text in ("198.19.255.254", "198.19.255.255")]
PORTS = (80, 443)
RULES = st.builds(
    rule,
    protocol=st.sampled_from([None, "tcp", "udp", "6"]),
    multiport=st.sampled_from([None, "80", 443, "80,443", "1-100", "81-442"]),
    remote_ip_prefix=st.sampled_from(PREFIXES),
    action=st.sampled_from(["allow", "deny"]),
    priority=st.integers(1, 3),
)


def packet_arrives(rules: list[dict[str, Any]], port: int, address: int) -> bool:
    for one in sorted(rules, key=lambda one: (one["priority"], one["action"] == "allow")):
        ports = {80: (None, "80", "80,443", "1-100"), 443: (None, 443, "80,443")}[port]
        if one["protocol"] == "udp" or one["multiport"] not in ports:
            continue
        if IPv4Address(address) in IPv4Network(one["remote_ip_prefix"]):
            return bool(one["action"] == "allow")
    return False


@pytest.mark.slow
@given(st.lists(RULES, max_size=6))
def test_judge_is_right_about_each_address(rules: list[dict[str, Any]]) -> None:
    for port in PORTS:
        expected = all(packet_arrives(rules, port, address) for address in CORNERS)
        assert (state(*rules, targets=[("tcp", port)]) == ADMITTED) == expected


@pytest.mark.slow
@given(st.lists(RULES, max_size=4), st.integers(0, 3), st.sampled_from(["allow", "deny"]), st.sampled_from(PREFIXES))
def test_an_address_group_never_makes_a_wrong_promise(
    rules: list[dict[str, Any]], priority: int, action: str, prefix: str
) -> None:
    """The state is the same for each content of the address group, unless it is unknown."""
    unclear = rule(action=action, priority=priority, remote_ip_prefix=None, remote_address_group_id=OTHER)
    known = {**unclear, "remote_ip_prefix": prefix, "remote_address_group_id": None}
    assert state(*rules, unclear) in (CANNOT_TELL, state(*rules, known))


# Rules to add


def test_one_rule_admits_all_ports_of_a_protocol() -> None:
    targets = [("tcp", port) for port in (443, 8080, 8081, 8082)]
    [made] = wanted_rules(GROUP, targets, multiport=True)
    assert made == {
        "security_group_id": GROUP,
        "direction": "ingress",
        "ethertype": "IPv4",
        "protocol": "tcp",
        "multiport": "443,8080-8082",
        "remote_ip_prefix": "198.19.128.0/17",
        "action": "allow",
        "priority": 1,
        "description": "crossvpc.vpcep: VPC endpoint traffic to TCP 443,8080-8082",
    }
    assert [one["protocol"] for one in wanted_rules(GROUP, [*targets, ("udp", 53)], multiport=True)] == ["tcp", "udp"]


def test_v1_rules_have_one_range_each_and_no_action() -> None:
    made = wanted_rules(GROUP, [("tcp", 443), ("tcp", 8080), ("tcp", 8081)], multiport=False)
    assert [(one["port_range_min"], one["port_range_max"]) for one in made] == [(443, 443), (8080, 8081)]
    assert not {"multiport", "action", "priority"} & {*made[0], *made[1]}


@pytest.mark.slow
@given(st.sets(st.integers(1, 65535), min_size=1, max_size=80), st.booleans())
def test_rules_to_add_admit_their_ports_and_are_recognized(ports: set[int], multiport: bool) -> None:
    targets = [("tcp", port) for port in sorted(ports)]
    made = wanted_rules(GROUP, targets, multiport)
    assert state(*made, targets=targets) == ADMITTED
    assert all(is_own({**one, "id": "1", "remote_group_id": None}) for one in made)
    assert all(len(one["description"]) <= traffic.DESCRIPTION_LENGTH for one in made)
    assert state(*made, targets=[("tcp", max(ports) % 65535 + 1)]) == (
        ADMITTED if max(ports) % 65535 + 1 in ports else NOT_ADMITTED
    )


@pytest.mark.parametrize(
    "change",
    [
        {"multiport": "443,8443"},
        {"multiport": None},
        {"protocol": "udp"},
        {"remote_ip_prefix": "0.0.0.0/0"},
        {"description": "admits endpoints"},
        {"description": None},
        {"action": "deny"},
        {"priority": 2},
        {"direction": "egress"},
        {"ethertype": "IPv6"},
        {"remote_group_id": OTHER},
        {"remote_address_group_id": OTHER},
    ],
)
def test_a_rule_that_was_changed_is_not_our_own(change: dict[str, Any]) -> None:
    [made] = wanted_rules(GROUP, HTTPS, multiport=True)
    shown = {**made, "id": "1", "multiport": 443, "priority": "1", "remote_group_id": None}
    assert is_own(shown)
    assert not is_own({**shown, **change})


# Network ACLs and access lists


def acl_state(*rules: dict[str, Any], address: str = "10.0.0.9") -> str:
    made = [{"id": "a", "action": "allow", "protocol": "tcp", "ip_version": 4, **one} for one in rules]
    return judge(acl_rules(made, address), HTTPS)[0]


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ([{}], ADMITTED),
        ([], NOT_ADMITTED),
        ([{"action": "deny"}, {}], NOT_ADMITTED),
        ([{}, {"action": "deny"}], ADMITTED),
        ([{"protocol": "any", "source_ip_address": "0.0.0.0/0", "source_port": "1-65535"}], ADMITTED),
        ([{"source_ip_address": "192.168.3.0/24"}], NOT_ADMITTED),
        ([{"destination_ip_address": "10.0.0.0/24"}], ADMITTED),
        ([{"destination_ip_address": "10.0.1.0/24"}], NOT_ADMITTED),
        ([{"action": "deny", "destination_ip_address": "10.0.1.0/24"}, {}], ADMITTED),
        ([{"destination_port": "40-60,443"}], ADMITTED),
        ([{"destination_port": "40-60,70-90"}], NOT_ADMITTED),
        ([{"source_port": "30-40"}], CANNOT_TELL),
        ([{"source_address_group_id": OTHER}], CANNOT_TELL),
        ([{"destination_address_group_id": OTHER}], CANNOT_TELL),
        ([{"ip_version": 6}], NOT_ADMITTED),
        ([{"enabled": False}], NOT_ADMITTED),
    ],
)
def test_network_acls(rules: list[dict[str, Any]], expected: str) -> None:
    assert acl_state(*rules) == expected


@pytest.mark.parametrize(
    ("addresses", "white", "black"),
    [
        (["198.19.128.0/17"], ADMITTED, NOT_ADMITTED),
        (["198.19.128.0/18", "198.19.192.0-198.19.255.255"], ADMITTED, NOT_ADMITTED),
        (["198.19.128.0/18", "2001:db8::/32"], NOT_ADMITTED, NOT_ADMITTED),
        (["192.168.1.123"], NOT_ADMITTED, ADMITTED),
        ([], NOT_ADMITTED, ADMITTED),
        (["everything"], CANNOT_TELL, CANNOT_TELL),
    ],
)
def test_access_lists(addresses: list[str], white: str, black: str) -> None:
    assert (list_state(addresses, is_whitelist=True), list_state(addresses, is_whitelist=False)) == (white, black)
