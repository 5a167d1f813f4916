# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the traffic of endpoints arrives at a backend, as far as GETs show it.

For a server the security groups of its port decide (2 GETs), for a load balancer its listeners and their access lists
(2 GETs, and 1 for each list). For both, the network ACL of the backend's subnet is checked as well (2 GETs).
"""

from __future__ import annotations

from typing import NamedTuple

from .._api.network import NetworkApi, is_not_published
from .._core.errors import ApiError, VpcepError
from .._core.types import Object, objects_in
from .._schema import traffic
from .._schema.fields import RESERVED_RANGE
from .networks import networks
from .runtime import Runtime

UDP_PROTOCOLS = ("udp", "quic")  # of listeners; all others take TCP connections


class Finding(NamedTuple):
    """Whether the traffic is admitted."""

    state: str  # one of STATES
    reasons: list[str]  # sentences that say why not
    groups: list[str] = []  # IDs of the port's security groups
    rules: list[Object] = []  # all of their rules, as the cloud shows them
    refused: list[traffic.Target] = []  # the targets that are not certainly admitted


def shown_targets(targets: list[traffic.Target]) -> str:
    """Protocols and ports for messages, such as TCP 443,8080-8090."""
    return ", ".join(
        f"{protocol.upper()} {traffic.port_text(traffic.runs_of(targets, protocol))}"
        for protocol in dict.fromkeys(protocol for protocol, _port in targets)
    )


def port_finding(runtime: Runtime, port_id: str, targets: list[traffic.Target]) -> Finding:
    """The finding for a port by its security groups: all of their rules count together. Raises VpcepError."""
    port = networks(runtime).port(port_id)
    if isinstance(port, VpcepError):
        raise port
    if not port:
        reason = f"There is no port {port_id} in this project, or the credentials may not read it."
        return Finding(traffic.CANNOT_TELL, [reason])
    if has_no_security(port):
        return Finding(traffic.ADMITTED, [])
    shown = port.get("security_groups")
    groups = [str(one) for one in shown if one] if isinstance(shown, list) else []
    if not groups:
        return Finding(traffic.CANNOT_TELL, [f"The cloud shows no security group of port {port_id}."])
    return groups_finding(port_id, groups, runtime.network.list_rules(groups), targets)


def has_no_security(port: Object) -> bool:
    profile = port.get("binding:profile")
    disabled = isinstance(profile, dict) and profile.get("disable_security_groups")
    return port.get("port_security_enabled") is False or str(disabled).lower() == "true"


def groups_finding(port_id: str, groups: list[str], rules: list[Object], targets: list[traffic.Target]) -> Finding:
    """The finding for the rules of a port's groups. A caller without the right to list rules gets an empty list."""
    state, refused = traffic.judge(traffic.group_rules(rules), targets)
    names = ", ".join(groups)
    if not rules:
        reason = (
            f"The cloud shows no rule of security group {names} of port {port_id}: it has none, or the credentials may "
            "not list them (vpc:securityGroupRules:get)."
        )
        return Finding(traffic.CANNOT_TELL, [reason], groups, rules, refused)
    if state == traffic.ADMITTED:
        return Finding(state, [], groups, rules, refused)
    reasons = [refusal(f"Security group {names} of port {port_id}", state, refused)]
    denied = traffic.denying(traffic.group_rules(rules), refused)
    if denied:
        reasons.append(f"These rules deny at least some of it: {', '.join(denied)}.")
    return Finding(state, reasons, groups, rules, refused)


def refusal(what: str, state: str, refused: list[traffic.Target]) -> str:
    verb = "does not admit" if state == traffic.NOT_ADMITTED else "may not admit"
    return f"{what} {verb} {RESERVED_RANGE}, from which endpoints connect, to {shown_targets(refused)}."


def balancer_finding(runtime: Runtime, port_id: str, targets: list[traffic.Target]) -> Finding:
    """The finding for a load balancer by its listeners and their access lists. Raises VpcepError."""
    api = runtime.network
    listed = api.list_load_balancers(vip_port_id=port_id)
    balancer = next((one for one in listed if one.get("vip_port_id") == port_id), {})
    if not balancer.get("id"):
        reason = (
            f"The cloud shows no load balancer whose private address has port {port_id}: there is none, it is in "
            "another enterprise project, or the credentials may not list it (elb:loadbalancers:list)."
        )
        return Finding(traffic.CANNOT_TELL, [reason])
    balancer_id = str(balancer["id"])
    listeners = []
    for one in api.list_listeners(balancer_id):
        owners = [str(owner.get("id")) for owner in objects_in(one, "loadbalancers")]
        listeners += [one] if balancer_id in (owners or [balancer_id]) else []
    place = f"Load balancer {balancer_id}"
    found = [target_finding(api, place, listeners, target) for target in targets]
    state = max((one.state for one in found), key=traffic.STATES.index, default=traffic.ADMITTED)
    return Finding(state, [reason for one in found for reason in one.reasons])


def target_finding(api: NetworkApi, place: str, listeners: list[Object], target: traffic.Target) -> Finding:
    listener = next((one for one in listeners if serves(one, target)), None)
    where = f"{place} has no listener for {shown_targets([target])}"
    if listener is None and not listeners:
        return Finding(traffic.CANNOT_TELL, [f"{where}, or the credentials may not list any (elb:listeners:list)."])
    if listener is None:
        return Finding(traffic.NOT_ADMITTED, [f"{where}. Add one, or set server_port to the port of a listener."])
    access = listener.get("ipgroup")
    if not isinstance(access, dict) or not access.get("ipgroup_id") or access.get("enable_ipgroup") is False:
        return Finding(traffic.ADMITTED, [])
    is_white = access.get("type") != "black"
    entries = objects_in(api.get_ip_group(str(access["ipgroup_id"])), "ip_list")
    state = traffic.list_state([str(one.get("ip")) for one in entries], is_white)
    verb = "refuses" if state == traffic.NOT_ADMITTED else "may refuse"
    reason = (
        f"The {'whitelist' if is_white else 'blacklist'} of listener {listener.get('id')} ({shown_targets([target])}) "
        f"{verb} at least some of {RESERVED_RANGE}, from which endpoints connect: see that IP address group "
        f"{access['ipgroup_id']} {'holds it' if is_white else 'does not hold it'}."
    )
    return Finding(state, [] if state == traffic.ADMITTED else [reason])


def serves(listener: Object, target: traffic.Target) -> bool:
    """Whether a listener takes connections of this protocol at this port."""
    is_udp = str(listener.get("protocol")).lower() in UDP_PROTOCOLS
    is_on = listener.get("admin_state_up") is not False
    return is_on and str(listener.get("protocol_port")) == str(target[1]) and is_udp == (target[0] == "udp")


def acl_finding(runtime: Runtime, port: Object, targets: list[traffic.Target]) -> Finding:
    """The finding for the network ACL of a port's subnet. Raises nothing."""
    try:
        acl = acl_of(runtime, str(port.get("network_id")))
    except VpcepError as error:
        lacks = isinstance(error, ApiError) and is_not_published(error)
        return Finding(traffic.CANNOT_TELL, ["This region does not show network ACLs." if lacks else str(error)])
    if not acl:
        return Finding(traffic.ADMITTED, [])
    shown = [str(one.get("ip_address")) for one in objects_in(port, "fixed_ips")]
    addresses = [address for address in shown if traffic.parse_ranges([address])]
    if not addresses:
        return Finding(traffic.CANNOT_TELL, [f"The cloud shows no IPv4 address of port {port.get('id')}."])
    if not isinstance(acl.get("ingress_rules"), list):
        return Finding(traffic.CANNOT_TELL, [f"The cloud does not show the rules of network ACL {acl.get('id')}."])
    state, refused = traffic.judge(traffic.acl_rules(objects_in(acl, "ingress_rules"), addresses[0]), targets)
    reason = refusal(f"Network ACL {acl.get('id')} of subnet {port.get('network_id')}", state, refused)
    return Finding(state, [reason] if refused else [])


def acl_of(runtime: Runtime, network_id: str) -> Object:
    """The active network ACL of a subnet with its rules; empty if there is none. The list is read once per task."""
    api = runtime.network
    for acl in runtime.once("network ACLs", api.list_acls):
        subnets = [one.get("virsubnet_id") for one in objects_in(acl, "associations")]
        if network_id in subnets and acl.get("admin_state_up") is not False and acl.get("status") != "INACTIVE":
            return {"id": acl.get("id"), **api.get_acl(str(acl.get("id")))}
    return {}
