"""The VPC SDK against the simulator's security groups, in v3 and v2 (the paths of v1)."""

import pytest
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException

from tests.clients.huawei import network_call
from tests.simulator import Simulator

RULE = {"direction": "ingress", "protocol": "tcp", "remote_ip_prefix": "198.19.128.0/17", "ethertype": "IPv4"}


@pytest.fixture
def group(huawei: Simulator) -> str:
    return str(huawei.add("security_groups", name="web")["id"])


def test_v3(huawei: Simulator, group: str) -> None:
    (found,) = network_call(huawei, "vpc v3 list_security_groups", name=["web"]).security_groups
    assert found.id == group
    body = {"security_group_rule": {**RULE, "security_group_id": group, "multiport": "443,8443", "priority": "1"}}
    made = network_call(huawei, "vpc v3 create_security_group_rule", body=body).security_group_rule
    assert (made.multiport, made.action, made.priority) == ("443,8443", "allow", 1)
    with pytest.raises(ClientRequestException) as refusal:
        network_call(huawei, "vpc v3 create_security_group_rule", body=body)
    assert (refusal.value.status_code, refusal.value.error_code) == (409, "VPC.9902")
    listed = network_call(huawei, "vpc v3 list_security_group_rules", security_group_id=[group])
    assert [one.id for one in listed.security_group_rules] == [made.id]
    shown = network_call(huawei, "vpc v3 show_security_group", security_group_id=group).security_group
    assert [one.id for one in shown.security_group_rules] == [made.id]
    network_call(huawei, "vpc v3 delete_security_group_rule", security_group_rule_id=made.id)
    assert network_call(huawei, "vpc v3 list_security_group_rules", id=[made.id]).security_group_rules == []


def test_v1(huawei: Simulator, group: str) -> None:
    body = {"security_group_rule": {**RULE, "security_group_id": group, "port_range_min": 80, "port_range_max": 90}}
    made = network_call(huawei, "vpc v2 create_security_group_rule", body=body).security_group_rule
    (listed,) = network_call(huawei, "vpc v2 list_security_group_rules", security_group_id=group).security_group_rules
    assert (listed.id, listed.port_range_min, listed.port_range_max) == (made.id, 80, 90)
    with pytest.raises(ClientRequestException) as refusal:
        network_call(huawei, "vpc v2 create_security_group_rule", body=body)
    assert refusal.value.status_code == 409
    network_call(huawei, "vpc v2 delete_security_group_rule", security_group_rule_id=made.id)
    assert network_call(huawei, "vpc v2 list_security_group_rules", security_group_id=group).security_group_rules == []
