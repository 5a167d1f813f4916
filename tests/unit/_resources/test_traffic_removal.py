"""Rules that admit_traffic removes, and runs that end too early: nothing is left or doubled."""

import contextlib
import json
from itertools import count
from typing import Any

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.errors import VpcepError
from ansible_collections.crossvpc.vpcep.plugins.module_utils._http.client import HttpClient
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.endpoint import converge_endpoint
from tests.support.traffic import READS, V3, Lab


def test_absent_removes_its_own_rule(lab: Lab) -> None:
    lab.run()
    foreign = lab.add_rule(multiport="8080,8443", description="by hand", priority=2)
    predicted = lab.run(check=True, state="absent")
    assert len(lab.rules()) == 2
    result = lab.run(state="absent")
    assert [one["id"] for one in lab.rules()] == [foreign]
    assert len(result["traffic"]["removed_rules"]) == 1
    assert result["traffic"]["removed_rules"] == predicted["traffic"]["removed_rules"]
    assert result["diff"] == predicted["diff"]
    assert result["diff"]["before"]["security_group_rules"][0].startswith("inbound TCP 8080,8443")
    order = [one["operation"] for one in lab.cloud.log() if one["method"] == "DELETE"]
    assert order == ["deleteSecurityGroupRuleV3", "deleteEndpointService"]
    assert lab.run(state="absent")["changed"] is False


def test_absent_removes_rules_for_former_ports_too(lab: Lab) -> None:
    lab.run()
    lab.run(ports=[{"client_port": 1, "server_port": 1}])
    assert len(lab.rules()) == 2
    lab.run(state="absent")
    assert lab.rules() == []


@pytest.mark.parametrize("mode", ["ignore", "report"])
def test_absent_leaves_rules_without_ensure(lab: Lab, mode: str) -> None:
    lab.run()
    lab.run(state="absent", admit_traffic=mode)
    assert (len(lab.rules()), lab.network("DELETE")) == (1, [])


@pytest.mark.parametrize("odd", [None, 5])
def test_a_rule_without_a_usable_id_stops_the_deletion(lab: Lab, odd: Any) -> None:
    lab.run()
    body = json.dumps({"security_group_rules": [{**one, "id": odd} for one in lab.rules()]})
    lab.cloud.fault(service="vpc", operation="listSecurityGroupRulesV3", status=200, body=body)
    with pytest.raises(VpcepError, match="has no usable id"):
        lab.run(state="absent")
    assert lab.services() == len(lab.rules()) == 1


def test_a_changed_rule_stays(lab: Lab) -> None:
    lab.run()
    lab.cloud.change("security_group_rules", lab.rules()[0]["id"], multiport="1-65535")
    lab.run(state="absent")
    assert len(lab.rules()) == 1


def test_the_rule_stays_for_another_service_in_the_group(lab: Lab, backend: dict[str, Any]) -> None:
    lab.run()
    other = lab.cloud.spare("provider")[2]
    lab.cloud.change("ports", other["port_id"], groups=[lab.group])
    lab.run(name="other", port_id=other["port_id"], vpc_id=other["vpc_id"])
    result = lab.run(state="absent")
    assert len(lab.rules()) == 1
    assert "also has the port of endpoint service" in result["traffic"]["reasons"][0]
    lab.run(state="absent", name="other", port_id=other["port_id"], vpc_id=other["vpc_id"])
    assert lab.rules() == []


def test_an_empty_list_of_ports_is_no_proof(lab: Lab) -> None:
    lab.run()
    lab.cloud.settings(empty_lists="listPorts")
    result = lab.run(state="absent")
    assert "does not show all ports" in result["traffic"]["reasons"][0]
    assert len(lab.rules()) == 1


def test_a_rule_that_cannot_be_seen_is_told(lab: Lab) -> None:
    lab.run()
    lab.cloud.settings(empty_lists="listSecurityGroupRulesV3")
    result = lab.run(state="absent")
    assert result["changed"] and len(lab.rules()) == 1
    assert "may be left" in result["traffic"]["reasons"][0] and "vpc:securityGroupRules:get" in str(result["traffic"])
    assert lab.task.warnings == result["traffic"]["reasons"]
    lab.cloud.settings(empty_lists="")
    lab.run()
    lab.cloud.change("ports", lab.port_id, port_security_enabled=False)
    assert lab.run(state="absent")["changed"] and lab.task.warnings == []


def test_a_service_in_use_keeps_its_rule(lab: Lab, subnet: dict[str, str]) -> None:
    made = lab.run()
    lab.task(converge_endpoint, endpoint_service_id=made["service"]["id"], **subnet)
    with pytest.raises(VpcepError, match="in use"):
        lab.run(state="absent")
    assert len(lab.rules()) == 1
    lab.run(state="absent", force=True)
    assert (lab.rules(), lab.services()) == ([], 0)


def test_a_backend_that_is_gone_is_no_obstacle(lab: Lab) -> None:
    lab.run()
    lab.cloud.remove("ports", lab.port_id)
    assert lab.run(state="absent")["changed"] is True


def test_a_replacement_keeps_the_rule(lab: Lab) -> None:
    lab.run()
    other = lab.cloud.spare("provider")[3]
    place = {"port_id": other["port_id"], "vpc_id": other["vpc_id"]}
    lab.cloud.change("ports", other["port_id"], groups=[lab.group])
    result = lab.run(**place, recreate=True)
    assert (result["action"], len(lab.rules()), result["traffic"]["state"]) == ("replace", 1, "admitted")


def test_a_backend_by_name(lab: Lab) -> None:
    server = next(one for one in lab.cloud.objects("servers") if one["name"] == "shop-1")
    lab.port_id = server["cards"][0]["id"]
    lab.place([lab.group])
    named = {"backend": {"server": "shop-1"}, "port_id": None, "vpc_id": None, "server_type": None}
    assert lab.run(**named)["traffic"]["security_groups"] == [lab.group]
    assert lab.run(**named)["changed"] is False
    assert lab.network() == ["listServers", *READS]


# Killed at each request


class Killed(BaseException):
    """The process ends."""


def run_killed(lab: Lab, monkeypatch: pytest.MonkeyPatch, request: int, carried_out: bool, **options: Any) -> bool:
    """Ends a run before or after a request, from 1. Returns whether it sent so many."""
    sent, once = 0, HttpClient._once

    def last(client: HttpClient, *arguments: Any) -> Any:
        nonlocal sent
        sent += 1
        if sent == request and carried_out:
            once(client, *arguments)
        if sent == request:
            raise Killed
        return once(client, *arguments)

    with monkeypatch.context() as patch:
        patch.setattr(HttpClient, "_once", last)
        try:
            lab.run(**options)
        except Killed:
            return True
    return False


@pytest.mark.slow
@pytest.mark.parametrize("carried_out", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("state", ["present", "absent"])
@pytest.mark.parametrize("unpublished", ["", V3], ids=["v3", "v1"])
def test_killed_at_each_request(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, unpublished: str, state: str, carried_out: bool
) -> None:
    lab.cloud.settings(unpublished=unpublished)
    for request in count(1):
        lab.run(state="present" if state == "absent" else "absent")
        if not run_killed(lab, monkeypatch, request, carried_out, state=state):
            break
        lab.cloud.advance(10)
        lab.run(state=state)
        expected = 0 if state == "absent" else 2 if unpublished else 1
        assert (lab.services(), len(lab.rules())) == (min(1, expected), expected), request
        assert lab.run(state=state)["changed"] is False
    assert request > 4


FAULTS = [
    {"kind": "reset", "carried_out": True},
    {"kind": "reset", "carried_out": False},
    {"status": 500, "body": "{}"},
    {"preset": "unavailable", "carried_out": True},
    {"kind": "truncate"},
    {"status": 403, "body": '{"error_code": "VPC.0010", "error_msg": "no"}'},
]


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS, ids=str)
@pytest.mark.parametrize("state", ["present", "absent"])
def test_a_fault_at_each_request_of_the_network_services(lab: Lab, state: str, fault: dict[str, Any]) -> None:
    """The run or the next one ends with one service and one rule, or with neither."""
    for request in count(1):
        lab.run(state="present" if state == "absent" else "absent")
        number = lab.cloud.fault(service="network", nth=request, **fault)
        with contextlib.suppress(VpcepError):
            lab.run(state=state)
        hits = next(one["hits"] for one in lab.cloud.faults() if one["id"] == number)
        lab.cloud.clear_faults()
        lab.cloud.advance(10)
        lab.run(state=state)
        expected = int(state == "present")
        assert (lab.services(), len(lab.rules())) == (expected, expected), request
        assert lab.run(state=state)["changed"] is False
        if not hits:
            break
    assert request > 3
