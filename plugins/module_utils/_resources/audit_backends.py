# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules of an audit about backends: ports, servers and security groups. A few lists serve all services.

A caller without the right to list network objects gets an empty list. It proves nothing, so that such a rule ends with
an error, which the audit reports as not checked.
"""

from __future__ import annotations

from collections.abc import Iterator

from .._api.network import SecurityGroupsApi, ServersApi
from .._core.errors import VpcepError
from .._core.types import Object
from .._schema.fields import PORT_RANGE, RESERVED_RANGE, SERVICE_READY
from .._schema.normalize import has
from .._schema.traffic import ANY_ADDRESS, NOT_ADMITTED, Target, group_rules, judge, targets_of, without
from .audit_estate import Seen, Side, is_any_address, of_service
from .networks import PATIENCE, networks
from .traffic_findings import has_no_security, shown_targets

GROUPS_A_REQUEST = 20
BALANCER = "LB"  # groups of load balancers do not decide about traffic
STOPPED = ("SHUTOFF", "ERROR", "PAUSED", "SUSPENDED", "SHELVED", "SHELVED_OFFLOADED", "DELETED", "SOFT_DELETED")


def backend_missing(side: Side, _settings: Object) -> Iterator[Seen]:
    for service, port in backends(side):
        if port is None:
            yield of_service(service, f"There is no port {service['port_id']} in the project.")


def backend_stopped(side: Side, _settings: Object) -> Iterator[Seen]:
    devices = [(service, port["device_id"]) for service, port in backends(side) if port and has(port, "device_id")]
    servers = {str(server.get("id")): server for server in servers_of(side)} if devices else {}
    for service, device_id in devices:
        server = servers.get(device_id, {})
        if str(server.get("status")).upper() in STOPPED:
            yield of_service(service, f"Server {server.get('name')} ({device_id}) has status {server.get('status')}.")


def security_group_closed(side: Side, _settings: Object) -> Iterator[Seen]:
    for service, groups, rules in protected(side):
        state, refused = judge(group_rules(rules), targets(service))
        if state == NOT_ADMITTED:
            text = f"Security group {', '.join(groups)} does not admit {RESERVED_RANGE} to {shown_targets(refused)}."
            yield of_service(service, text, groups)


def security_group_open(side: Side, _settings: Object) -> Iterator[Seen]:
    for service, _groups, rules in protected(side):
        rule = widest(rules)
        if rule:
            group = str(rule.get("security_group_id"))
            text = f"Rule {rule.get('id')} of security group {group} admits every address to all ports."
            yield of_service(service, text, [group])


def widest(answers: list[Object]) -> Object:
    """The rule that admits every address to all ports; empty if there is none, or another one prevails over it."""
    by_id = {str(one.get("id")): one for one in answers}
    for rule in group_rules(answers):
        source = str(by_id[rule.id].get("remote_ip_prefix") or ANY_ADDRESS)
        is_from_all = rule.is_clear and rule.sources and is_any_address(source)
        if is_from_all and rule.protocol in ("", "tcp") and not without([PORT_RANGE], rule.ports):
            return by_id[rule.id] if rule.allows else {}
    return {}


# What is read


def backends(side: Side) -> list[tuple[Object, Object | None]]:
    """Each ready service with the port of its backend, None if there is none. Raises VpcepError."""
    ready = [one for one in side.services() if one.get("status") in SERVICE_READY and has(one, "port_id")]
    if not ready:
        return []
    reader = networks(side.runtime)
    listed = {str(port.get("id")).lower(): port for port in side.runtime.once("ports", reader.api.list_ports)}
    found: list[tuple[Object, Object | None]] = []
    for service in ready:
        port = listed.get(service["port_id"].lower()) or reader.port(service["port_id"])
        if isinstance(port, VpcepError):
            raise port
        if port is None and not listed:  # without the right, the cloud may not find a single port either
            raise VpcepError("The cloud shows no ports, although a service has one (right vpc:ports:get).")
        if port != {}:  # an empty answer does not tell
            found.append((service, port))
    return found


def servers_of(side: Side) -> list[Object]:
    """The servers of the project. Raises VpcepError."""
    found = side.runtime.once("servers", ServersApi(side.runtime.session, seconds=PATIENCE).list_servers)
    if not found:
        raise VpcepError("The cloud shows no servers, although a port has one (right ecs:cloudServers:list).")
    return found


def protected(side: Side) -> list[tuple[Object, list[str], list[Object]]]:
    """Services with the security groups that decide about their traffic, and the rules of these. Raises VpcepError."""
    guarded = [
        (service, [str(group) for group in port["security_groups"]])
        for service, port in backends(side)
        if port and service.get("server_type") != BALANCER and targets(service)
        if isinstance(port.get("security_groups"), list) and not has_no_security(port)
    ]
    rules = rules_of(side, {group for _service, groups in guarded for group in groups})
    return [
        (service, groups, [rule for rule in rules if rule.get("security_group_id") in groups])
        for service, groups in guarded
        if groups
    ]


def rules_of(side: Side, groups: set[str]) -> list[Object]:
    """The rules of some security groups. Raises VpcepError."""
    api, ordered, found = SecurityGroupsApi(side.runtime.session, seconds=PATIENCE), sorted(groups), list[Object]()
    for start in range(0, len(ordered), GROUPS_A_REQUEST):
        part = ordered[start : start + GROUPS_A_REQUEST]
        found += side.runtime.once(("rules of groups", *part), lambda part=part: api.list_rules(part))  # type: ignore[misc]
    if groups and not found:
        raise VpcepError("The cloud shows no rule of any security group (right vpc:securityGroupRules:get).")
    return found


def targets(service: Object) -> list[Target]:
    """The server ports of a service; [] if the answer does not show them."""
    try:
        return targets_of(service.get("ports") or [])
    except (AttributeError, KeyError, TypeError, ValueError):
        return []
