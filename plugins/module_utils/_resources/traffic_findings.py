# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the traffic of endpoints arrives at a backend, as far as GETs show it.

For a server the security groups of its port decide (2 GETs), for a load balancer its listeners and their access lists
(2 GETs, and 1 for each list). For both, the network ACL of the backend's subnet is checked as well (2 GETs).
"""

from __future__ import annotations

from typing import NamedTuple

from .._api.backends import LoadBalancersApi
from .._api.network_service import is_not_published
from .._api.security_groups import SecurityGroupsApi
from .._core.errors import ApiError, VpcepError
from .._core.types import Object, objects_in
from .._schema.fields import RESERVED_RANGE
from .._schema.traffic import (
    ADMITTED,
    CANNOT_TELL,
    NOT_ADMITTED,
    Target,
    acl_rules,
    denying,
    group_rules,
    judge,
    list_state,
    parse_ranges,
    port_text,
    runs_of,
    worst,
)
from .networks import networks
from .runtime import Runtime

UDP_PROTOCOLS = ("udp", "quic")  # of listeners; all others take TCP connections


class Finding(NamedTuple):
    """Whether the traffic is admitted, one of STATES, and sentences that say why not.

    groups: the IDs of the port's security groups; rules: all of their rules, as the cloud shows them; refused: the
    targets that are not certainly admitted.
    """

    state: str
    reasons: list[str]
    groups: list[str] = []
    rules: list[Object] = []
    refused: list[Target] = []


def shown_targets(targets: list[Target]) -> str:
    """Protocols and ports for messages, such as TCP 443,8080-8090."""
    return ", ".join(
        f"{protocol.upper()} {port_text(runs_of(targets, protocol))}"
        for protocol in dict.fromkeys(protocol for protocol, _port in targets)
    )


# Servers


def port_finding(runtime: Runtime, port_id: str, targets: list[Target]) -> Finding:
    """The finding for a port by its security groups: all of their rules count together. Raises VpcepError."""
    port = networks(runtime).port(port_id)
    if isinstance(port, VpcepError):
        raise port
    if not port:
        return Finding(
            CANNOT_TELL, [f"There is no port {port_id} in this project, or the credentials may not read it."]
        )
    if has_no_security(port):
        return Finding(ADMITTED, [])
    shown = port.get("security_groups")
    groups = [str(one) for one in shown if one] if isinstance(shown, list) else []
    if not groups:
        return Finding(CANNOT_TELL, [f"The cloud shows no security group of port {port_id}."])
    rules = SecurityGroupsApi(runtime.session, runtime.deadline).list_rules(groups)
    return groups_finding(port_id, groups, rules, targets)


def has_no_security(port: Object) -> bool:
    """Whether no security group applies to a port."""
    profile = port.get("binding:profile")
    disabled = isinstance(profile, dict) and profile.get("disable_security_groups")
    return port.get("port_security_enabled") is False or str(disabled).lower() == "true"


def groups_finding(port_id: str, groups: list[str], rules: list[Object], targets: list[Target]) -> Finding:
    """The finding for the rules of a port's groups. A caller without the right to list rules gets an empty list."""
    state, refused = judge(group_rules(rules), targets)
    names = ", ".join(groups)
    if not rules:
        reason = (
            f"The cloud shows no rule of security group {names} of port {port_id}: it has none, or the credentials may "
            "not list them (vpc:securityGroupRules:get)."
        )
        return Finding(CANNOT_TELL, [reason], groups, rules, refused)
    if state == ADMITTED:
        return Finding(state, [], groups, rules, refused)
    verb = "does not admit" if state == NOT_ADMITTED else "may not admit"
    reasons = [
        f"Security group {names} of port {port_id} {verb} {RESERVED_RANGE}, from which endpoints connect, to "
        f"{shown_targets(refused)}."
    ]
    denied = denying(group_rules(rules), refused)
    if denied:
        reasons.append(f"These rules deny at least some of it: {', '.join(denied)}.")
    return Finding(state, reasons, groups, rules, refused)


# Load balancers


def balancer_finding(runtime: Runtime, port_id: str, targets: list[Target]) -> Finding:
    """The finding for a load balancer by its listeners and their access lists. Raises VpcepError."""
    api = LoadBalancersApi(runtime.session, runtime.deadline)
    listed = api.list_load_balancers(vip_port_id=port_id)
    balancer = next((one for one in listed if one.get("vip_port_id") == port_id), {})
    if not balancer.get("id"):
        reason = (
            f"The cloud shows no load balancer whose private address has port {port_id}: there is none, it is in "
            "another enterprise project, or the credentials may not list it (elb:loadbalancers:list)."
        )
        return Finding(CANNOT_TELL, [reason])
    balancer_id = str(balancer["id"])
    listeners = [one for one in api.list_listeners(balancer_id) if balancer_id in owners(one, balancer_id)]
    place = f"Load balancer {balancer_id}"
    found = [target_finding(api, place, listeners, target) for target in targets]
    return Finding(worst(one.state for one in found), [reason for one in found for reason in one.reasons])


def target_finding(api: LoadBalancersApi, place: str, listeners: list[Object], target: Target) -> Finding:
    """The finding for one port of a load balancer."""
    listener = next((one for one in listeners if serves(one, target)), None)
    where = f"{place} has no listener for {shown_targets([target])}"
    if listener is None and not listeners:
        return Finding(CANNOT_TELL, [f"{where}, or the credentials may not list any (elb:listeners:list)."])
    if listener is None:
        return Finding(NOT_ADMITTED, [f"{where}. Add one, or set server_port to the port of a listener."])
    access = listener.get("ipgroup")
    if not isinstance(access, dict) or not access.get("ipgroup_id") or access.get("enable_ipgroup") is False:
        return Finding(ADMITTED, [])
    is_white = access.get("type") != "black"
    state = list_state(addresses_of(api.get_ip_group(str(access["ipgroup_id"]))), is_white)
    verb = "refuses" if state == NOT_ADMITTED else "may refuse"
    reason = (
        f"The {'whitelist' if is_white else 'blacklist'} of listener {listener.get('id')} ({shown_targets([target])}) "
        f"{verb} at least some of {RESERVED_RANGE}, from which endpoints connect: see that IP address group "
        f"{access['ipgroup_id']} {'holds it' if is_white else 'does not hold it'}."
    )
    return Finding(state, [] if state == ADMITTED else [reason])


def owners(listener: Object, otherwise: str) -> list[str]:
    """The IDs of the load balancers that have a listener, as far as it shows them."""
    return [str(one.get("id")) for one in objects_in(listener, "loadbalancers")] or [otherwise]


def serves(listener: Object, target: Target) -> bool:
    """Whether a listener takes connections of this protocol at this port."""
    is_udp = str(listener.get("protocol")).lower() in UDP_PROTOCOLS
    is_on = listener.get("admin_state_up") is not False
    return is_on and str(listener.get("protocol_port")) == str(target[1]) and is_udp == (target[0] == "udp")


def addresses_of(ip_group: Object) -> list[str]:
    return [str(one.get("ip")) for one in objects_in(ip_group, "ip_list")]


# Network ACLs


def acl_finding(runtime: Runtime, port: Object, targets: list[Target]) -> Finding:
    """The finding for the network ACL of a port's subnet. Raises nothing."""
    try:
        acl = acl_of(runtime, str(port.get("network_id")))
    except VpcepError as error:
        lacks = isinstance(error, ApiError) and is_not_published(error)
        return Finding(CANNOT_TELL, ["This region does not show network ACLs." if lacks else str(error)])
    if not acl:
        return Finding(ADMITTED, [])
    shown = [str(one.get("ip_address")) for one in objects_in(port, "fixed_ips")]
    addresses = [address for address in shown if parse_ranges([address])]
    if not addresses:
        return Finding(CANNOT_TELL, [f"The cloud shows no IPv4 address of port {port.get('id')}."])
    if not isinstance(acl.get("ingress_rules"), list):
        return Finding(CANNOT_TELL, [f"The cloud does not show the rules of network ACL {acl.get('id')}."])
    state, refused = judge(acl_rules(objects_in(acl, "ingress_rules"), addresses[0]), targets)
    verb = "does not admit" if state == NOT_ADMITTED else "may not admit"
    reason = (
        f"Network ACL {acl.get('id')} of subnet {port.get('network_id')} {verb} {RESERVED_RANGE}, from which endpoints "
        f"connect, to {shown_targets(refused)}."
    )
    return Finding(state, [reason] if refused else [])


def acl_of(runtime: Runtime, network_id: str) -> Object:
    """The active network ACL of a subnet with its rules; empty if there is none. The list is read once per task."""
    api = SecurityGroupsApi(runtime.session, runtime.deadline)
    for acl in runtime.once("network ACLs", api.list_acls):
        subnets = [one.get("virsubnet_id") for one in objects_in(acl, "associations")]
        if network_id in subnets and acl.get("admin_state_up") is not False and acl.get("status") != "INACTIVE":
            return {"id": acl.get("id"), **api.get_acl(str(acl.get("id")))}
    return {}
