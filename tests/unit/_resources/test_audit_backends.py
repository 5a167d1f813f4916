"""The audit of backends: ports, servers and security groups."""

from typing import Any

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources import audit_checks
from tests.support.audited import RANGE, Estate


def test_backend_missing(estate: Estate) -> None:
    assert estate.found("backend-missing", "provider") == [] and estate.sent_elsewhere() == ["listPorts"]
    estate.cloud.remove("ports", estate.port_id)
    assert estate.found("backend-missing", "provider") == [("endpoint_service", estate.service)]
    assert estate.sent_elsewhere() == ["listPorts", "getPort"]


def test_an_empty_list_does_not_prove_that_a_port_is_gone(estate: Estate) -> None:
    estate.cloud.fault(service="vpc", operation="listPorts", status=200, body='{"ports": []}', count=None)
    assert estate.found("backend-missing", "provider") == []


def test_a_caller_who_sees_no_port_at_all(estate: Estate) -> None:
    """The rule is not checked: the list is empty, and a single port is not found."""
    estate.cloud.fault(service="vpc", operation="listPorts", status=200, body='{"ports": []}', count=None)
    estate.cloud.fault(service="vpc", operation="getPort", status=404, body="{}", count=None)
    result = estate.audit()
    rules = ["backend-missing", "backend-stopped", "security-group-closed", "security-group-open"]
    assert result["findings"] == [] and [one["rule"] for one in result["not_applied"]] == rules


@pytest.mark.parametrize("status, stopped", [("SHUTOFF", True), ("ERROR", True), ("ACTIVE", False), ("REBOOT", False)])
def test_backend_stopped(estate: Estate, status: str, stopped: bool) -> None:
    (port,) = [one for one in estate.cloud.objects("ports") if one["id"] == estate.port_id]
    others = [one for one in estate.cloud.objects("servers") if one["id"] != port["device_id"]]
    estate.cloud.change("servers", others[0]["id"], status="SHUTOFF")
    estate.cloud.change("servers", port["device_id"], status=status)
    assert estate.found("backend-stopped", "provider") == [("endpoint_service", estate.service)] * stopped
    assert estate.sent_elsewhere() == ["listPorts", "listServers"]


@pytest.mark.parametrize(
    "rules, is_closed",
    [
        ([], True),
        ([{"remote_ip_prefix": RANGE, "multiport": "80"}], False),
        ([{"remote_ip_prefix": "0.0.0.0/0", "protocol": None}], False),
        ([{"remote_ip_prefix": "198.19.128.0/18", "multiport": "80"}], True),
        ([{"remote_ip_prefix": RANGE, "multiport": "81"}], True),
        ([{"remote_ip_prefix": RANGE, "protocol": "udp"}], True),
        ([{"remote_ip_prefix": RANGE}, {"remote_ip_prefix": RANGE, "action": "deny"}], True),
        ([{"remote_address_group_id": "x"}], False),  # cannot tell
    ],
)
def test_security_group_closed(estate: Estate, rules: Any, is_closed: bool) -> None:
    estate.admit(*rules)
    assert estate.found("security-group-closed", "provider") == [("endpoint_service", estate.service)] * is_closed
    assert estate.sent_elsewhere() == ["listPorts", "listSecurityGroupRulesV3"]


@pytest.mark.parametrize(
    "rules, is_open",
    [
        ([{"remote_ip_prefix": "0.0.0.0/0", "protocol": None}], True),
        ([{"remote_ip_prefix": None, "protocol": "tcp", "multiport": "1-65535"}], True),
        ([{"protocol": None}, {"action": "deny", "multiport": "22"}], True),
        ([{"protocol": None, "priority": 5}, {"action": "deny", "protocol": None}], False),
        ([{"remote_ip_prefix": "0.0.0.0/0", "multiport": "443"}], False),
        ([{"remote_ip_prefix": "10.0.0.0/8", "protocol": None}], False),
        ([{"protocol": "icmp"}], False),
        ([{"protocol": None, "direction": "egress"}], False),
    ],
)
def test_security_group_open(estate: Estate, rules: Any, is_open: bool) -> None:
    group = estate.admit(*rules)
    assert estate.found("security-group-open", "provider") == [("endpoint_service", estate.service)] * is_open
    if is_open:
        assert estate.found_last["values"] == [group]


def test_groups_that_do_not_decide(estate: Estate) -> None:
    """Those of a load balancer, and of a port without port security."""
    estate.admit()
    estate.cloud.change("ports", estate.port_id, port_security_enabled=False)
    balancer = estate.cloud.spare("provider")[0]["lb_port_id"]
    estate.publish("balanced", port_id=balancer, server_type="LB")
    assert estate.found("security-group-closed", "provider") == []


@pytest.mark.parametrize("lists", ["", "listServers,listSecurityGroupRulesV3"])
def test_without_the_network_services_the_rest_goes_on(estate: Estate, lists: str) -> None:
    """They refuse, or answer a caller without rights with empty lists."""
    estate.join(estate.service, status="rejected")
    reads = [("vpc", "listPorts"), ("vpc", "listPortsV3"), ("ecs", "listServers"), ("vpc", "listSecurityGroupRulesV3")]
    for service, operation in reads:
        body = '{"servers": [], "count": 0, "security_group_rules": []}'
        if not lists:
            estate.cloud.fault(service=service, operation=operation, status=403, body="{}", count=None)
        elif operation in lists:
            estate.cloud.fault(service=service, operation=operation, status=200, body=body, count=None)
    result = estate.audit()
    assert [one["id"] for one in result["findings"]] == ["endpoint-rejected"]
    rules = ["backend-stopped", "security-group-closed", "security-group-open"]
    assert [one["rule"] for one in result["not_applied"]] == (["backend-missing"] if not lists else []) + rules


def test_groups_are_read_in_parts(estate: Estate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_checks, "GROUPS_A_REQUEST", 2)
    for number, network in enumerate(estate.cloud.spare("provider")[2:4]):
        group = estate.cloud.add("security_groups", name=f"g{number}", rules=[{"remote_ip_prefix": RANGE}])
        estate.cloud.change("ports", network["port_id"], groups=[group["id"]])
        estate.publish(f"s{number}", port_id=network["port_id"], vpc_id=network["vpc_id"])
    assert estate.found("security-group-closed", "provider") == []
    assert estate.sent_elsewhere() == ["listPorts", *["listSecurityGroupRulesV3"] * 2]
