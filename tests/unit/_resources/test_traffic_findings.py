"""What the cloud shows of the traffic to a backend: filters, odd answers, load balancers, and the preflight."""

import json
from typing import Any

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.errors import InputError
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.preflight import check_project
from tests.support.traffic import READS, Lab


def test_filters_that_the_cloud_ignores(lab: Lab) -> None:
    """Rules of other groups, and ports without the group, do not count."""
    other = lab.new_group("other")
    lab.add_rule(other)
    rules = lab.cloud.objects("security_group_rules")
    body = json.dumps({"security_group_rules": [one for one in rules if one["security_group_id"] != lab.group]})
    lab.cloud.fault(service="vpc", operation="listSecurityGroupRulesV3", status=200, body=body)
    assert lab.run(admit_traffic="report", check=True)["traffic"]["state"] == "unknown"

    lab.run()
    ports = [{"id": lab.port_id, "security_groups": [lab.group]}, {"id": "p", "security_groups": [other]}]
    lab.cloud.fault(service="vpc", operation="listPorts", status=200, body=json.dumps({"ports": ports}))
    listed = {"endpoint_services": [{"id": "s", "port_id": "p", "status": "available"}], "total_count": 1}
    lab.cloud.fault(operation="listEndpointServices", nth=2, status=200, body=json.dumps(listed))
    assert len(lab.run(state="absent")["traffic"]["removed_rules"]) == 1


ODD = [None, 5, "x", [], {}, [5], {"a": 1}]


@pytest.mark.parametrize("value", ODD, ids=str)
def test_odd_answers(lab: Lab, value: Any) -> None:
    """A report never ends in a traceback, and an odd answer is not proof that the traffic is admitted."""
    odd = dict.fromkeys(["multiport", "remote_ip_prefix", "priority", "action", "protocol", "description"], value)
    rules = [{"id": value, "security_group_id": lab.group, "direction": "ingress", **odd}]
    port = {"id": lab.port_id, "security_groups": value, "binding:profile": value, "fixed_ips": value}
    for operation, body in (
        ("listSecurityGroupRulesV3", {"security_group_rules": value}),
        ("listSecurityGroupRulesV3", {"security_group_rules": rules}),
        ("listSecurityGroupRulesV3", value),
        ("getPort", {"port": value}),
        ("getPort", {"port": port}),
    ):
        lab.cloud.fault(service="vpc", operation=operation, status=200, body=json.dumps(body))
        state = lab.run(admit_traffic="report", check=True)["traffic"]["state"]
        assert state != "admitted" or (body == {"security_group_rules": rules} and value in (None, [], {})), body


@pytest.mark.parametrize("shown", [{}, {"firewall": {}}, {"firewall": {"id": "acl", "ingress_rules": None}}], ids=str)
def test_an_acl_whose_rules_are_not_shown(lab: Lab, shown: Any) -> None:
    """It says neither that the traffic is admitted nor that it is not."""
    subnet = next(one["subnet_id"] for one in lab.cloud.objects("ports") if one["id"] == lab.port_id)
    lab.cloud.add("firewalls", name="acl", subnets=[subnet], ingress_rules=[{"destination_port": "80"}])
    lab.cloud.fault(service="vpc", operation="getNetworkAcl", status=200, body=json.dumps(shown))
    found = [(ok, value) for what, ok, value in preflight(lab) if what == "network ACL"]
    assert found[0][0] is None and "does not show the rules of network ACL" in found[0][1]


def test_a_port_with_a_group_of_null(lab: Lab) -> None:
    port = {"id": lab.port_id, "security_groups": [None]}
    lab.cloud.fault(service="vpc", operation="getPort", status=200, body=json.dumps({"port": port}))
    assert lab.run(admit_traffic="report", check=True)["traffic"]["security_groups"] == []
    assert "shows no security group of port" in lab.task.warnings[0]


# Load balancers


def test_load_balancers_are_only_reported(lab: Lab) -> None:
    vpc = lab.options["vpc_id"]
    subnet = next(one["id"] for one in lab.cloud.objects("subnets") if one["vpc_id"] == vpc)
    addresses = lab.cloud.add("ipgroups", name="some", ips=["10.0.0.0/8"])
    listeners = [
        {"protocol_port": 8080, "ipgroup": addresses["id"], "type": "black"},
        {"protocol_port": 8443, "protocol": "UDP"},
    ]
    balancer = lab.cloud.add("loadbalancers", name="lb", subnet=subnet, listeners=listeners)
    options = {"server_type": "LB", "port_id": balancer["vip_port_id"]}
    result = lab.run(**options)
    assert lab.network() == ["listLoadBalancersV3", "listListeners", "getIpGroup"]
    assert result["traffic"]["state"] == "not_admitted"
    [warning] = lab.task.warnings
    assert "no listener for TCP 8443" in warning and "never changed" in warning

    lab.cloud.add("listeners", loadbalancer=balancer["id"], protocol_port=8443, protocol="TCP")
    assert lab.run(**options)["traffic"]["state"] == "admitted"
    lab.cloud.change("ipgroups", addresses["id"], ip_list=[{"ip": "198.19.200.0/24"}])
    assert lab.run(**options)["traffic"]["state"] == "not_admitted"
    assert f"IP address group {addresses['id']}" in lab.task.warnings[0]
    lab.cloud.settings(empty_lists="listListeners")
    assert lab.run(**options)["traffic"]["state"] == "unknown"
    assert "elb:listeners:list" in lab.task.warnings[0]
    assert lab.run(**options, state="absent")["changed"] is True
    assert lab.network() == []


# The preflight


def preflight(lab: Lab, port_id: str = "") -> list[tuple[str, Any, str]]:
    """What, whether it passed, and the value, of the checks about traffic."""
    options = {"port_ids": [port_id or lab.port_id], "server_ports": [8443]}
    checks = lab.task(check_project, **options)["checks"]
    return [(one["check"].split(" of ")[0], one["ok"], one["value"]) for one in checks[1:]]


def test_the_preflight_looks_at_groups_and_acl(lab: Lab) -> None:
    assert [(what, ok) for what, ok, _value in preflight(lab)] == [("traffic", False), ("network ACL", True)]
    assert lab.network() == [*READS, "listNetworkAcls"]
    lab.add_rule()
    subnet = next(one["subnet_id"] for one in lab.cloud.objects("ports") if one["id"] == lab.port_id)
    acl = lab.cloud.add("firewalls", name="acl", subnets=[subnet], ingress_rules=[{"destination_port": "80"}])
    [(_traffic, ok, _value), (_acl, passes, value)] = preflight(lab)
    assert (ok, passes, lab.network()) == (True, False, [*READS, "listNetworkAcls", "getNetworkAcl"])
    assert f"Network ACL {acl['id']} of subnet {subnet} does not admit" in value
    lab.cloud.change("firewalls", acl["id"], admin_state_up=False)
    assert [ok for _what, ok, _value in preflight(lab)] == [True, True]
    lab.cloud.settings(unpublished="listNetworkAcls", forbidden="listSecurityGroupRulesV3")
    assert [ok for _what, ok, _value in preflight(lab)] == [None, None]


def test_the_preflight_of_a_port_with_an_odd_id(lab: Lab) -> None:
    """It is the one that was asked for."""
    port = {"id": 5, "security_groups": [lab.group], "status": "ACTIVE"}
    lab.cloud.fault(service="vpc", operation="getPort", status=200, body=json.dumps({"port": port}), count=None)
    assert next(ok for _what, ok, _value in preflight(lab)) is False


def test_the_preflight_of_a_backend_by_name(lab: Lab) -> None:
    options = {"backends": [{"server": "shop-1"}], "server_ports": [8443]}
    assert [one["ok"] for one in lab.task(check_project, **options)["checks"]] == [True, False, True]


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"server_ports": [80]}, "there is no backend"),
        ({"server_ports": [0, 65536], "backends": [{"server": "shop-1"}]}, "0 is not a port .*65536 is not"),
    ],
)
def test_the_preflight_refuses_ports(lab: Lab, options: dict[str, Any], text: str) -> None:
    with pytest.raises(InputError, match=f"server_ports: {text}"):
        lab.task(check_project, **options)
    assert lab.network() == []


def test_the_preflight_of_a_load_balancer(lab: Lab) -> None:
    subnet = next(one["subnet_id"] for one in lab.cloud.objects("ports") if one["id"] == lab.port_id)
    balancer = lab.cloud.add("loadbalancers", name="lb", subnet=subnet, listeners=[{"protocol_port": 8443}])
    assert [ok for _what, ok, _value in preflight(lab, balancer["vip_port_id"])] == [True, True]
    assert lab.network() == ["getPort", "listLoadBalancersV3", "listListeners", "listNetworkAcls"]
