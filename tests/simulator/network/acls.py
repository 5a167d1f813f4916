"""Network ACLs (firewalls), to be read: the list has no rules."""

from typing import Any

from ..calls import Call
from .base import answer, chosen, listed, named_in_path, network_operation


def brief(acl: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in acl.items() if not name.endswith("_rules")}


@network_operation
def list_network_acls(call: Call) -> Any:
    found = chosen(call, call.own.others["firewalls"].values(), "id", "name", "status", "admin_state_up")
    return listed(call, "firewalls", found, brief)


@network_operation
def get_network_acl(call: Call) -> Any:
    found = named_in_path(call, call.own.others["firewalls"], "firewall_id", "VPC.9904", "firewall")
    return answer(call, "firewall", found)
