"""Security groups and their rules. v1 shows the same rules as v3, but neither action nor priority."""

import ipaddress
import json
import re
from typing import Any

from .. import building_groups as building
from ..operations import Call
from ..settings import stamp
from .base import NETWORK_OPERATIONS, answer, chosen, listed, missing, network_operation, refusal

Rule = dict[str, Any]
PORTS = r"[0-9]{1,5}(-[0-9]{1,5})?(,[0-9]{1,5}(-[0-9]{1,5})?)*"
REMOTES = ("remote_ip_prefix", "remote_group_id", "remote_address_group_id")
ALIKE = ("security_group_id", "direction", "ethertype", "protocol", "multiport", "action", "priority", *REMOTES)
"""The members by which two rules are equal. Descriptions do not count."""


# What the cloud shows


def shown(rule: Rule) -> Rule:
    """In v3. One port is shown as a number."""
    ports = rule["multiport"]
    return {**rule, "multiport": int(ports) if str(ports).isdecimal() else ports}


def shown_in_v1(rule: Rule) -> Rule:
    """v1 has one range of ports, and neither action nor priority: a rule that denies looks like one that allows."""
    same = ("id", "security_group_id", "direction", "ethertype", "protocol", "remote_ip_prefix", "description")
    ends = [int(end) for end in str(rule["multiport"]).partition(",")[0].split("-")] if rule["multiport"] else [None]
    more = {name: rule[name] for name in ("remote_group_id", "remote_address_group_id")}
    about = {"port_range_min": ends[0], "port_range_max": ends[-1], "tenant_id": rule["project_id"]}
    return {**{name: rule[name] for name in same}, **more, **about}


def rules(call: Call) -> list[Rule]:
    return list(building.rules(call.own).values())


@network_operation
def list_security_groups_v3(call: Call) -> Any:
    return listed(call, "security_groups", chosen(call, building.groups(call.own).values(), "id", "name"))


@network_operation
def get_security_group_v3(call: Call) -> Any:
    group = group_of(call, call.path["security_group_id"])
    own = [shown(rule) for rule in rules(call) if rule["security_group_id"] == group["id"]]
    return answer(call, "security_group", {**group, "security_group_rules": own})


@network_operation
def list_security_group_rules_v3(call: Call) -> Any:
    simple = ("id", "security_group_id", "protocol", "direction", "action", "priority", "ethertype", "description")
    return listed(call, "security_group_rules", chosen(call, rules(call), *simple, *REMOTES), shown)


@network_operation
def list_security_group_rules(call: Call) -> Any:
    found = chosen(call, rules(call), "security_group_id", "remote_ip_prefix")
    return listed(call, "security_group_rules", found, shown_in_v1)


# New rules


def group_of(call: Call, id: str) -> dict[str, Any]:
    group: dict[str, Any] | None = building.groups(call.own).get(id)
    if group is None:
        raise unknown(call, "security group", id)
    return group


def unknown(call: Call, kind: str, id: str) -> Exception:
    code = {"v1": "VPC.0603", "v3": "VPC.9904"}[call.operation.form]
    return missing(call, code, kind, id)


def check(call: Call, rule: Rule) -> None:
    """Raise the error for an invalid rule, for an existing one, and for one above the quota."""
    ports, prefix = rule["multiport"], rule["remote_ip_prefix"]
    problem = "multiport" if ports is not None and not re.fullmatch(PORTS, ports) else ""
    try:
        ipaddress.ip_network(prefix or "0.0.0.0/0")
    except ValueError:
        problem = "remote_ip_prefix"
    if not 1 <= rule["priority"] <= 100:
        problem = "priority"
    if sum(rule[name] is not None for name in REMOTES) > 1:
        problem = "remote_group_id"
    if problem:
        raise refusal(call, call.operation.refusals["invalid"], member=problem)
    same = [one for one in rules(call) if all(one[name] == rule[name] for name in ALIKE)]
    if same:
        text = f"Security group rule already exists. Rule id is {same[0]['id']}."
        raise conflict(call, "SecurityGroupRuleExists", "VPC.9902", text)
    number = sum(one["security_group_id"] == rule["security_group_id"] for one in rules(call))
    if number >= call.cloud.settings.security_group_rules:
        raise conflict(call, "OverQuota", "VPC.9905", "Quota exceeded for resources: ['security_group_rule'].")


def conflict(call: Call, neutron: str, v3: str, text: str) -> Exception:
    """A 409. v1 has one code for all of them, and Neutron's error as a text in its message."""
    if call.operation.form == "v1":
        text = json.dumps({"NeutronError": {"message": text, "type": neutron, "detail": ""}})
    return refusal(call, {"v3": v3, "v1": "VPC.0602"}[call.operation.form], text=text)


def created(call: Call, given: Rule, ports: str | None) -> Rule:
    """The rule that a request makes. ports: in the words of v3."""
    rule = given_rule(call, given, ports)
    check(call, rule)
    now = stamp(call.cloud.clock.now())
    dates = {"created_at": now, "updated_at": now} if call.operation.form == "v3" else {}
    made = {**rule, "id": call.cloud.new_id(), **dates}
    building.rules(call.own)[made["id"]] = made
    return made


def given_rule(call: Call, given: Rule, ports: str | None) -> Rule:
    group = group_of(call, given["security_group_id"])
    v3 = call.operation.form == "v3"
    usual = 100 if v3 and call.cloud.contract.cloud == "huawei" else 1
    return {
        "security_group_id": group["id"],
        "project_id": call.own.id,
        "direction": given["direction"],
        "ethertype": {"ipv6": "IPv6"}.get(given.get("ethertype", "").lower(), "IPv4"),
        "protocol": given.get("protocol"),
        "multiport": ports,
        **{name: given.get(name) for name in REMOTES},
        "action": given.get("action", "allow") if v3 else "allow",
        "priority": int(given.get("priority", usual)) if v3 else usual,
        "description": given.get("description", ""),
    }


@network_operation
def create_security_group_rule_v3(call: Call) -> Any:
    given = call.body["security_group_rule"]
    if "security_group_id" not in given:
        raise refusal(call, call.operation.refusals["invalid"], member="security_group_id")
    if call.body.get("dry_run"):
        check(call, given_rule(call, given, given.get("multiport")))
        raise refusal(call, "SYS.0202")
    return answer(call, "security_group_rule", shown(created(call, given, given.get("multiport"))))


def in_one_range(given: Rule) -> str | None:
    ends = [str(given[name]) for name in ("port_range_min", "port_range_max") if given.get(name) is not None]
    return "-".join(dict.fromkeys(ends)) or None


@network_operation
def create_security_group_rule(call: Call) -> Any:
    given = call.body["security_group_rule"]
    return answer(call, "security_group_rule", shown_in_v1(created(call, given, in_one_range(given))))


# Removal


def delete(call: Call) -> None:
    if building.rules(call.own).pop(call.path["security_group_rule_id"], None) is None:
        raise unknown(call, "security group rule", call.path["security_group_rule_id"])


NETWORK_OPERATIONS.update(deleteSecurityGroupRule=delete, deleteSecurityGroupRuleV3=delete)
