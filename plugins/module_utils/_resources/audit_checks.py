"""The rules of an audit as functions: each returns its findings about one login. audit.py has their data.

A caller without the right to list network objects gets an empty list. Therefore a rule about backends raises an error
if a list is unexpectedly empty, and the audit reports the rule as not checked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from .._core.errors import VpcepError
from .._core.texts import first_few
from .._core.types import Object
from .._schema.fields import (
    ENDPOINT,
    FAILED,
    ORG_PATH_PREFIX,
    PENDING,
    PERMISSION_PREFIX,
    PORT_RANGE,
    REJECTED,
    RESERVED_RANGE,
    SERVICE,
    SERVICE_READY,
    UNKNOWN,
    Field,
)
from .._schema.kinds import permission_key
from .._schema.normalize import UnusableAnswer, created_at, error_text, has, is_gateway, name_of, observed
from .._schema.traffic import ANY_ADDRESS, NOT_ADMITTED, Target, group_rules, judge, targets_of, without
from .audit_estate import UNUSED, Seen, Side, is_any_address, is_live, of_endpoint, of_service, service_id_of
from .networks import networks
from .traffic_findings import has_no_security, shown_targets

GROUPS_A_REQUEST = 20
BALANCER = "LB"  # groups of load balancers do not decide about traffic
STOPPED = ("SHUTOFF", "ERROR", "PAUSED", "SUSPENDED", "SHELVED", "SHELVED_OFFLOADED", "DELETED", "SOFT_DELETED")
DAY = 86400.0


# Whitelists and approval


def whitelist_open(side: Side, _settings: Object) -> Iterator[Seen]:
    for service, records in side.permissions():
        found = sorted(filter(is_for_all, records))
        if found:
            needed = seen_as(SERVICE, "approval_enabled", service) is not False
            approval = f"a connection {'needs' if needed else 'does not need'} approval"
            yield of_service(service, f"The whitelist holds {first_few(found)}; {approval}.", found)


def is_for_all(record: str) -> bool:
    """Whether a whitelist record admits every account or organisation."""
    key = permission_key(record)
    return bool(key) and not key.removeprefix(PERMISSION_PREFIX).removeprefix(ORG_PATH_PREFIX).strip("*/?")


def whitelist_unused(side: Side, _settings: Object) -> Iterator[Seen]:
    """Accounts without a live connection. Organisation paths do not tell which accounts they admit."""
    named = {service["id"]: accounts_in(records) for service, records in side.permissions()}
    services = [service for service in side.services() if named.get(service["id"])]
    for service, connections in side.connections(services):
        users = {str(one.get("domain_id")) for one in connections if is_live(one)}
        accounts = named[service["id"]]
        unused = [account for account in accounts if not any(fnmatchcase(user, account) for user in users)]
        if unused:
            text = f"{len(unused)} of {len(accounts)} accounts have no connection: {first_few(unused)}."
            yield of_service(service, text, unused)


def accounts_in(records: Iterable[str]) -> list[str]:
    """The accounts that records name, or patterns of them."""
    named = [record for record in records if not is_for_all(record)]
    keys = {permission_key(record) for record in named}
    return sorted(key.removeprefix(PERMISSION_PREFIX) for key in keys if key.startswith(PERMISSION_PREFIX))


def approval_off(side: Side, _settings: Object) -> Iterator[Seen]:
    for service, records in side.permissions():
        if seen_as(SERVICE, "approval_enabled", service) is False:
            own = PERMISSION_PREFIX + str(service.get("domain_id") or side.runtime.session.domain_id)  # admitted anyway
            others = sorted({permission_key(one) for one in records} - {own})
            bare = [one.removeprefix(PERMISSION_PREFIX) for one in others]
            if bare:
                text = f"approval_enabled is false, and the whitelist admits {first_few(bare)}."
                yield of_service(service, text, bare)


# Limits of endpoints


def gateway_policy_open(side: Side, _settings: Object) -> Iterator[Seen]:
    for endpoint in side.endpoints():
        statements = statements_of(endpoint) if is_live(endpoint) else []
        effects = [str(one.get("effect")).lower() for one in statements]
        if any(map(allows_all, statements)) and "deny" not in effects:
            yield of_endpoint(endpoint, f"A statement allows every action on every resource ({of_whom(endpoint)}).")


def statements_of(endpoint: Object) -> list[Object]:
    """The policy of a gateway endpoint. One that the answer does not show is not known."""
    if not is_gateway(endpoint):
        return []
    document = endpoint.get("policy_document")
    inside = document.get("Statement") if isinstance(document, dict) else None
    found = [*all_of(endpoint.get("policy_statement")), *all_of(inside)]
    return [{str(key).lower(): value for key, value in one.items()} for one in found if isinstance(one, dict)]


def allows_all(statement: Object) -> bool:
    allows = str(statement.get("effect")).lower() == "allow" and not statement.get("condition")
    return allows and all(any(map(is_everything, all_of(statement.get(part)))) for part in ("action", "resource"))


def is_everything(pattern: Any) -> bool:
    """Whether a pattern such as ``*``, ``obs:*:*`` or ``obs:*:*:*:*/*`` names all that a service has."""
    first, colon, rest = str(pattern).partition(":")
    return "*" in str(pattern) and not (rest if colon else first).strip("*:/")


def access_list_off(side: Side, _settings: Object) -> Iterator[Seen]:
    for endpoint, ranges, enabled in access_lists(side):
        if not enabled and not ranges:
            yield of_endpoint(endpoint, f"There is no access list ({of_whom(endpoint)}).")


def access_list_ineffective(side: Side, _settings: Object) -> Iterator[Seen]:
    for endpoint, ranges, enabled in access_lists(side):
        if not enabled and ranges:
            text = f"whitelist names {first_few(ranges)}, but enable_whitelist is false ({of_whom(endpoint)})."
            yield of_endpoint(endpoint, text)
        wide = [one for one in ranges if enabled and is_any_address(one)]
        if wide:
            yield of_endpoint(endpoint, f"whitelist admits every address: {first_few(wide)} ({of_whom(endpoint)}).")


def access_lists(side: Side) -> Iterator[tuple[Object, list[str], bool]]:
    """Live interface endpoints with their access list and its switch, which both clouds leave out if they are empty."""
    for endpoint in side.endpoints():
        if endpoint.get("service_type") == "interface" and is_live(endpoint):
            ranges, enabled = (seen_as(ENDPOINT, name, endpoint) for name in ("whitelist", "enable_whitelist"))
            if ranges is not UNKNOWN and enabled is not UNKNOWN:
                yield endpoint, ranges, enabled


# Objects that are of no use


def endpoint_rejected(side: Side, _settings: Object) -> Iterator[Seen]:
    for one in side.endpoints():
        if one.get("status") == REJECTED:
            yield of_endpoint(one, f"Status rejected ({of_whom(one)}).")


def endpoint_failed(side: Side, _settings: Object) -> Iterator[Seen]:
    for one in side.endpoints():
        if one.get("status") == FAILED:
            yield of_endpoint(one, f"Status failed: {error_text(one)} ({of_whom(one)}).")


def service_failed(side: Side, _settings: Object) -> Iterator[Seen]:
    for one in side.services():
        if one.get("status") == FAILED:
            yield of_service(one, f"Status failed: {error_text(one)}.")


def endpoint_orphaned(side: Side, _settings: Object) -> Iterator[Seen]:
    lost = side.missing_services()
    for endpoint in side.endpoints():
        if service_id_of(endpoint) in lost:
            text = f"The cloud does not find its service {service_id_of(endpoint)}; status {endpoint.get('status')}."
            yield of_endpoint(endpoint, text)


def endpoint_waiting(side: Side, settings: Object) -> Iterator[Seen]:
    """Endpoints of the login, and those of other accounts at its services."""
    found = [("endpoint", one, of_whom(one)) for one in side.endpoints()]
    known = {one["id"] for each in side.sides for one in each.or_empty(each.endpoints)}
    for service, connections in side.connections(side.services()):
        others = [one for one in connections if str(one.get("id")) not in known]
        name = name_of(service) or service["id"]
        found += [("connection", one, f"account {one.get('domain_id')}, service {name}") for one in others]
    for kind, one, about in found:
        days = age(side, one) if one.get("status") == PENDING else None
        if days is not None and days > settings["days"]:
            yield Seen(kind, one, f"It has waited for {days:.0f} days ({about}).")


def age(side: Side, item: Object) -> float | None:
    """Days since an object was created; None if the cloud does not say when."""
    moment = created_at(item)
    return None if moment is None else (side.now - moment) / DAY


def service_unused(side: Side, settings: Object) -> Iterator[Seen]:
    """The connection count leaves out endpoints that wait for approval."""
    used = {service_id_of(one) for each in side.sides for one in each.or_empty(each.endpoints) if is_live(one)}
    ready = [one for one in side.services() if one.get("status") in SERVICE_READY]
    idle = [one for one in ready if str(one.get("connection_count") or 0) == "0"]
    for service, connections in side.connections(one for one in idle if one["id"] not in used):
        days = age(side, service)
        if any(map(is_live, connections)) or (settings["days"] and (days is None or days <= settings["days"])):
            continue
        dead = Counter(str(one.get("status")) for one in connections)
        others = ", ".join(f"{dead[status]} {status}" for status in UNUSED if dead[status])
        yield of_service(service, f"No endpoint uses it ({others})." if others else "It has no endpoints.")


# Tags and quotas


def tags_missing(side: Side, settings: Object) -> Iterator[Seen]:
    for of_kind, found in ((of_service, side.services()), (of_endpoint, side.endpoints())):
        for item in found:
            tags = seen_as(SERVICE, "tags", item)
            missing = [] if tags is UNKNOWN else [key for key in settings["keys"] if key not in tags]
            if missing:
                yield of_kind(item, f"Missing tags: {first_few(missing)}.", missing)


def quota_near(side: Side, settings: Object) -> Iterator[Seen]:
    for found in side.quotas():
        quota, used = found.get("quota"), found.get("used")
        if isinstance(quota, int) and isinstance(used, int) and quota >= 0 and used * 100 > quota * settings["percent"]:
            yield Seen("quota", {"id": found.get("type")}, f"{used} of {quota} are used.")


# Values and texts


def seen_as(table: Mapping[str, Field], name: str, item: Object) -> Any:
    """The normalized value of a field in an answer, UNKNOWN if it is not of the field's kind."""
    try:
        return observed(name, table[name], item)
    except UnusableAnswer:
        return UNKNOWN


def of_whom(endpoint: Object) -> str:
    service = endpoint.get("endpoint_service_name") or endpoint.get("endpoint_service_id")
    return f"VPC {endpoint.get('vpc_id')}, service {service}"


def all_of(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


# Backends: ports, servers and security groups


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
    """The rule that admits every address to all ports; empty if there is none, or a rule with precedence denies it."""
    by_id = {str(one.get("id")): one for one in answers}
    for rule in group_rules(answers):
        source = str(by_id[rule.id].get("remote_ip_prefix") or ANY_ADDRESS)
        is_from_all = rule.is_clear and rule.sources and is_any_address(source)
        if is_from_all and rule.protocol in ("", "tcp") and not without([PORT_RANGE], rule.ports):
            return by_id[rule.id] if rule.allows else {}
    return {}


# What the rules about backends read. A few lists serve all services.


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
        if port is None and not listed:  # without the right, it may hide the port by ID, too
            raise VpcepError("The cloud shows no ports, although a service has one (right vpc:ports:get).")
        if port != {}:  # an empty answer is neither
            found.append((service, port))
    return found


def servers_of(side: Side) -> list[Object]:
    """The servers of the project. Raises VpcepError."""
    found = side.runtime.once("servers", networks(side.runtime).api.list_servers)
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
    api, ordered, found = networks(side.runtime).api, sorted(groups), list[Object]()
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
