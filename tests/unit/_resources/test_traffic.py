"""The option admit_traffic against the simulator: what is judged and added, and with which requests."""

from typing import Any

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._api.network import NetworkApi
from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.errors import ApiError, NotFound, VpcepError
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.endpoint import converge_endpoint
from tests.support.traffic import PORTS, RANGE, READS, V3, Lab


def test_ensure_adds_one_rule_for_all_ports_and_then_nothing(lab: Lab) -> None:
    predicted = lab.run(check=True)
    assert lab.rules() == []
    made = lab.run()
    assert lab.network() == [*READS, "createSecurityGroupRuleV3"]
    [rule] = lab.rules()
    expected = {
        "multiport": "8080,8443",
        "protocol": "tcp",
        "action": "allow",
        "priority": 1,
        "remote_ip_prefix": RANGE,
    }
    assert {name: rule[name] for name in expected} == expected
    assert rule["description"] == "crossvpc.vpcep: VPC endpoint traffic to TCP 8080,8443"
    assert made["traffic"]["state"] == predicted["traffic"]["state"] == "admitted"
    assert [one["id"] for one in made["traffic"]["added_rules"]] == [rule["id"]]
    assert made["diff"] == predicted["diff"]
    text = f"inbound TCP 8080,8443 from {RANGE} in security group {lab.group}"
    assert made["diff"]["after"]["security_group_rules"] == [text]

    for mode in ("ensure", "report"):
        again = lab.run(admit_traffic=mode)
        assert (again["changed"], again["traffic"]["state"], lab.network()) == (False, "admitted", READS)
        assert lab.task.warnings == []
    assert "traffic" not in lab.run(admit_traffic="ignore")
    assert lab.network() == []


def test_ensure_admits_an_existing_service(lab: Lab) -> None:
    made = lab.run(admit_traffic="ignore")
    only_id = {"id": made["service"]["id"], "name": None, "port_id": None, "vpc_id": None, "ports": None}
    only_id.update(server_type=None, approval_enabled=None)
    predicted = lab.run(check=True, **only_id)
    assert (predicted["changed"], predicted["action"]) == (True, "change")
    assert lab.network("POST") == []
    result = lab.run(**only_id)
    assert (result["changed"], result["action"], len(lab.rules())) == (True, "change", 1)
    assert lab.task.writes == []
    assert lab.run(**only_id)["changed"] is False


def test_report_names_the_missing_rule(lab: Lab) -> None:
    result = lab.run(admit_traffic="report")
    assert lab.network() == READS
    assert (result["traffic"]["state"], lab.rules()) == ("not_admitted", [])
    assert [one["multiport"] for one in result["traffic"]["missing_rules"]] == ["8080,8443"]
    [warning] = lab.task.warnings
    for part in (lab.group, RANGE, "TCP 8080,8443", "Set admit_traffic to ensure"):
        assert part in warning
    assert lab.run(admit_traffic="report")["changed"] is False


def test_new_ports_are_judged(lab: Lab) -> None:
    lab.run()
    more = [*PORTS, {"client_port": 81, "server_port": 8081}]
    result = lab.run(ports=more)
    assert [one["multiport"] for one in result["traffic"]["added_rules"]] == ["8080-8081,8443"]
    assert lab.run(ports=more)["changed"] is False


def test_a_wide_rule_is_enough(lab: Lab) -> None:
    lab.add_rule(remote_ip_prefix="198.18.0.0/15", multiport="1-10000", priority=50)
    result = lab.run()
    assert (result["traffic"]["state"], result["traffic"]["added_rules"], lab.network()) == ("admitted", [], READS)


def test_a_rule_that_denies(lab: Lab) -> None:
    lab.add_rule()
    denies = lab.add_rule(action="deny", remote_ip_prefix="198.19.200.0/24", priority=2)
    assert lab.run(admit_traffic="report")["traffic"]["state"] == "admitted"
    first = lab.add_rule(action="deny", remote_ip_prefix="198.19.200.0/24", multiport="8080")
    reported = lab.run(admit_traffic="report")["traffic"]
    assert (reported["state"], reported["missing_rules"]) == ("not_admitted", [])
    (warning,) = lab.task.warnings
    assert f"These rules deny at least some of it: {first}." in warning, (
        "the other one comes after the rule that allows"
    )
    assert "Another rule would not help" in warning and "Set admit_traffic to ensure" not in warning
    with pytest.raises(VpcepError, match=f"no rule was added.*{first}.* would not help"):
        lab.run()
    lab.cloud.remove("security_group_rules", first)
    lab.cloud.change("security_group_rules", denies, priority=1)
    with pytest.raises(VpcepError, match=denies):
        lab.run(name="other", ports=[{"client_port": 1, "server_port": 1}])
    assert lab.services() == 1


def test_an_address_group_cannot_be_told(lab: Lab) -> None:
    lab.add_rule(remote_ip_prefix=None, remote_address_group_id=lab.port_id)
    assert lab.run(admit_traffic="report")["traffic"]["state"] == "unknown"
    assert "may not admit" in lab.task.warnings[0]
    assert lab.run()["traffic"]["state"] == "admitted"
    assert lab.network("POST") == ["createSecurityGroupRuleV3"]
    lab.add_rule(remote_ip_prefix=None, remote_address_group_id=lab.port_id, action="deny", priority=1)
    assert lab.run(admit_traffic="report")["traffic"]["state"] == "unknown"
    assert "Another rule would not help" in lab.task.warnings[0]


def test_a_port_without_security_needs_no_rule(lab: Lab) -> None:
    lab.cloud.change("ports", lab.port_id, port_security_enabled=False)
    assert lab.run()["traffic"]["state"] == "admitted"
    assert lab.network() == ["getPort"]


def test_a_refused_rule_comes_after_rejections(lab: Lab, subnet: dict[str, str]) -> None:
    made = lab.run(admit_traffic="ignore", permissions=["*"])
    by_service = {"endpoint_service_id": made["service"]["id"]}
    network = lab.cloud.spare("consumer")[1]
    place = {name: network[name] for name in ("vpc_id", "subnet_id")}
    lab.task(converge_endpoint, account="consumer", **by_service, **place)
    lab.cloud.settings(forbidden="createSecurityGroupRuleV3")
    with pytest.raises(ApiError, match="add a rule"):
        lab.run(permissions=[], reject_revoked=True)
    assert [one["status"] for one in lab.cloud.state()["endpoints"]] == ["rejected"]


# Several groups


def test_several_groups_need_a_choice_before_anything_is_made(lab: Lab) -> None:
    other = lab.new_group("db")
    lab.place([lab.group, other])
    for check in (True, False):
        with pytest.raises(VpcepError, match=rf"web \({lab.group}\), db \({other}\)"):
            lab.run(check)
    with pytest.raises(VpcepError, match="none of them have the name or ID 'dbs'"):
        lab.run(security_group="dbs")
    assert (lab.services(), lab.rules()) == (0, [])
    result = lab.run(security_group="db")
    assert [one["security_group_id"] for one in lab.rules()] == [other]
    assert result["traffic"]["security_groups"] == [lab.group, other]
    assert lab.run(security_group="db")["changed"] is False
    assert lab.network() == READS


def test_rules_of_all_groups_count(lab: Lab) -> None:
    other = lab.new_group("db")
    lab.place([lab.group, other])
    lab.add_rule(multiport="8080")
    lab.add_rule(other, multiport="8443")
    assert lab.run()["traffic"]["state"] == "admitted"


def test_a_group_by_id_needs_no_look_up(lab: Lab) -> None:
    other = lab.new_group("web")
    lab.place([lab.group, other])
    with pytest.raises(VpcepError, match="2 of them"):
        lab.run(security_group="web")
    lab.run(security_group=other.upper())
    assert lab.network() == [*READS, "createSecurityGroupRuleV3"]
    assert [one["security_group_id"] for one in lab.rules()] == [other]


def test_the_choice_has_no_effect_where_nothing_is_changed(lab: Lab) -> None:
    lab.run(admit_traffic="ignore", security_group="web")
    assert "security_group has no effect" in lab.task.warnings[0]


# Rights and refusals


def test_an_empty_list_may_be_a_missing_right(lab: Lab) -> None:
    lab.cloud.settings(empty_lists="listSecurityGroupRulesV3")
    assert lab.run(admit_traffic="report")["traffic"]["state"] == "unknown"
    assert "vpc:securityGroupRules:get" in lab.task.warnings[0]
    lab.add_rule(multiport="8080,8443")
    result = lab.run()
    assert (result["changed"], lab.network()[-1]) == (False, "getSecurityGroupV3")
    lab.cloud.settings(forbidden="getSecurityGroupV3")
    with pytest.raises(ApiError, match="get security group"):
        lab.run()


def test_a_group_that_cannot_be_seen(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    def hidden(*_unused: Any) -> Any:
        raise NotFound("not here", status=404, code="VPC.0603")

    lab.cloud.settings(empty_lists="listSecurityGroupRulesV3")
    monkeypatch.setattr(NetworkApi, "get_group", hidden)
    with pytest.raises(VpcepError, match=r"no rule was added.*vpc:securityGroupRules:get"):
        lab.run()


def test_a_group_without_any_rule(lab: Lab) -> None:
    empty = str(lab.cloud.add("security_groups", name="empty")["id"])
    lab.place([empty])
    assert lab.run()["traffic"]["state"] == "admitted"
    assert [one["security_group_id"] for one in lab.rules()] == [empty]


def test_huawei_cloud_shows_ports_without_neutron(lab: Lab) -> None:
    lab.cloud.settings(forbidden="getPort")
    if lab.cloud.profile == "huawei":
        assert lab.run()["traffic"]["state"] == "admitted"
        assert "listPortsV3" in lab.network()


@pytest.mark.parametrize("operations", ["getPort,listPortsV3", "listSecurityGroupRulesV3"])
def test_what_cannot_be_read_stops_ensure_before_a_creation(lab: Lab, operations: str) -> None:
    lab.cloud.settings(forbidden=operations)
    assert lab.run(admit_traffic="report", check=True)["traffic"]["state"] == "unknown"
    with pytest.raises(VpcepError):
        lab.run()
    assert lab.services() == 0


def test_a_rule_that_is_refused_leaves_a_service_that_a_rerun_completes(lab: Lab) -> None:
    lab.cloud.settings(forbidden="createSecurityGroupRuleV3")
    with pytest.raises(ApiError, match=r"(?s)add a rule to security group.*run the task again"):
        lab.run()
    lab.cloud.settings(forbidden="")
    result = lab.run()
    assert (lab.services(), len(lab.rules()), result["action"]) == (1, 1, "change")


def test_no_room_for_another_rule(lab: Lab) -> None:
    lab.cloud.settings(security_group_rules=1)
    with pytest.raises(ApiError, match="Quota exceeded"):
        lab.run()
    assert lab.network("POST") == ["createSecurityGroupRuleV3"]
    assert lab.network()[-1] == "listSecurityGroupRulesV3"


def test_another_run_was_quicker(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    lab.run()
    [rule] = lab.rules()
    lab.cloud.remove("security_group_rules", rule["id"])

    def add_first(*_arguments: Any) -> Any:
        lab.add_rule(multiport="8080,8443")
        raise ApiError(status=409, code="VPC.9902")

    monkeypatch.setattr(NetworkApi, "create_rule", add_first)
    result = lab.run()
    assert (result["changed"], result["traffic"]["state"], result["traffic"]["added_rules"]) == (False, "admitted", [])


@pytest.mark.parametrize("carried_out", [True, False])
def test_a_request_without_an_answer_makes_one_rule(lab: Lab, carried_out: bool) -> None:
    lab.cloud.fault(kind="reset", service="vpc", operation="createSecurityGroupRuleV3", carried_out=carried_out)
    result = lab.run()
    [rule] = lab.rules()
    assert [one["id"] for one in result["traffic"]["added_rules"]] == [rule["id"]]


@pytest.mark.parametrize("mode", ["ensure", "report"])
def test_a_backend_that_is_yet_to_be_made(lab: Lab, mode: str) -> None:
    named = {"backend": {"server": "later"}, "port_id": None, "vpc_id": None, "server_type": None}
    result = lab.run(check=True, admit_traffic=mode, **named)
    assert (result["changed"], result["traffic"]["state"]) == (True, "unknown")
    (warning,) = lab.task.warnings
    assert "no server named 'later'" in warning, "nothing is said of rules that cannot be known yet"


# v1


def test_a_region_with_v1_only(lab: Lab) -> None:
    lab.cloud.settings(unpublished=V3)
    predicted = lab.run(check=True)
    assert (
        lab.run(admit_traffic="report", check=True)["traffic"]["missing_rules"] == predicted["traffic"]["added_rules"]
    )
    assert predicted["diff"] == lab.run()["diff"], "two rules, since one has one run of ports"
    assert lab.network()[-3:] == ["createSecurityGroupRuleV3", "createSecurityGroupRule", "createSecurityGroupRule"]
    assert sorted(one["multiport"] for one in lab.rules()) == ["8080", "8443"]
    assert lab.run()["changed"] is False
    assert lab.network() == ["getPort", "listSecurityGroupRules"]
    assert lab.run(state="absent")["changed"] is True
    assert lab.rules() == []

    other = lab.new_group("db")
    lab.place([lab.group, other])
    with pytest.raises(VpcepError, match=f"does not show the names.*{lab.group}, {other}"):
        lab.run(security_group="db")
    lab.run(security_group=other)
    assert {one["security_group_id"] for one in lab.rules()} == {other}


def test_v1_completes_what_an_earlier_run_began(lab: Lab) -> None:
    lab.cloud.settings(unpublished="listSecurityGroupRulesV3,createSecurityGroupRuleV3")
    lab.add_rule(multiport="8080")
    result = lab.run()
    assert [one["port_range_min"] for one in result["traffic"]["added_rules"]] == [8443]
