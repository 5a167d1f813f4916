"""Creates security groups and their rules, for seed.yaml and the control API. Rules have the form of v3."""

from typing import Any

from .building import KINDS, Data, Kind, NewId, find
from .networks import Project, generated


def make_group(project: Project, data: Data, new_id: NewId) -> dict[str, Any]:
    """Members: name, id, description; rules (of each: the members of a rule). Without rules it admits nothing."""
    made = {
        "id": data.get("id") or new_id(),
        "name": data["name"],
        "description": data.get("description", ""),
        "project_id": project.id,
        "enterprise_project_id": "0",
        "tags": [],
    }
    project.others["security_groups"][made["id"]] = made
    for rule in data.get("rules", []):
        make_rule(project, {"security_group": made["id"], **rule}, new_id)
    return made


def make_rule(project: Project, data: Data, new_id: NewId) -> dict[str, Any]:
    """Members: security_group (ID or name), and those of the API. By default it allows TCP from everywhere."""
    members = {name: value for name, value in data.items() if name != "security_group"}
    group = find(project, "security_groups", data["security_group"])["id"]
    made = {
        "id": new_id(),
        "security_group_id": group,
        "project_id": project.id,
        "direction": "ingress",
        "ethertype": "IPv4",
        "protocol": "tcp",
        "multiport": None,
        "remote_ip_prefix": None,
        "remote_group_id": None,
        "remote_address_group_id": None,
        "action": "allow",
        "priority": 1,
        "description": "",
        **members,
    }
    project.others["security_group_rules"][made["id"]] = made
    return made


def remove_group(project: Project, group: dict[str, Any]) -> None:
    rules = project.others["security_group_rules"]
    for rule in [rule for rule in rules.values() if rule["security_group_id"] == group["id"]]:
        rules.pop(rule["id"])


def groups(project: Project) -> dict[str, Any]:
    """All groups of a project. Each VPC has a default one, which admits its own members, and lets everything out."""
    found = project.others["security_groups"]
    for vpc in project.vpcs.values():
        id = generated(vpc.id, "security group")
        if id not in found:
            about = {"protocol": None, "priority": 100}
            rules = [{**about, "remote_group_id": id}, {**about, "direction": "egress"}]
            numbered = [{"id": generated(id, "rule", number), **rule} for number, rule in enumerate(rules)]
            make_group(project, {"id": id, "name": "default", "rules": numbered}, str)
    return found


def rules(project: Project) -> dict[str, Any]:
    groups(project)
    return project.others["security_group_rules"]


KINDS.update(
    security_groups=Kind(make_group, groups, dict, remove_group), security_group_rules=Kind(make_rule, rules, dict)
)
