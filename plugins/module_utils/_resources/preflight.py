"""The checks of the module vpcep_preflight_info.

Each check has a name, a value, and ``ok``: true, false, or null if it is not known.
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network
from typing import Any

from .._core.errors import ApiError, InputError, VpcepError
from .._core.types import Object
from .._schema.fields import DELETING, FAILED, ORG_PATH_PREFIX, RESERVED_RANGE, RESOURCE_KINDS
from .._schema.kinds import admits, permission_key
from .._schema.names import ABOUT_SERVERS, BACKENDS, check_names, foreign_servers
from .._schema.normalize import require_members
from .._schema.traffic import ADMITTED, CANNOT_TELL, targets_of
from .._schema.validation import check_counts, check_ids, check_uuids, port_problems, refuse
from .diagnosis_objects import addresses
from .names import look_up_all
from .networks import NotNamed, networks
from .obstacles import has_room
from .runtime import Runtime
from .traffic_findings import Finding, acl_finding, balancer_finding, port_finding, shown_targets

ADVICE_ON_IDS = {
    "VPC": "Check region and project.",
    "subnet": "Check region and project, and that it is the ID of the VPC's subnet (Neutron's network), not Neutron's.",
}
VPC_OPTIONS = ("vpc", "vpc_id")
ID_OPTION = {"backend": "port_id", "subnet": "subnet_id", "vpc": "vpc_id"}  # a subnet or backend may have a VPC, too
COUNTED = {f"{kind}s": kind for kind in RESOURCE_KINDS}  # option -> the API's word


def check_project(options: Object, runtime: Runtime) -> Object:
    """Runs the checks that the options select. Raises VpcepError if the API cannot be used."""
    if runtime.check_mode and options.get("endpoint_service_id") == "":  # the service does not exist yet
        options = dict(options, endpoint_service_id=None)
    check_ids(options, ("endpoint_service_id", "domain_ids"))
    check_uuids(options, ("vpc_ids", "subnet_ids", "port_ids"))
    check_counts(options, COUNTED)
    check_server_ports(options)
    named = [*named_objects(options)]
    for one in named:
        check_names(one)
    options, resolved, names = with_ids_of(named, options, runtime)
    checks = [*names, *quota_checks(options, runtime), *range_checks(options, runtime)]
    checks += [*service_checks(options, runtime), *port_checks(options, runtime)]
    passed = all(check["ok"] is not False for check in checks)
    return {"changed": False, "checks": checks, "passed": passed, **({"resolved": resolved} if named else {})}


def result(name: str, ok: bool | None, value: str, advice: str = "") -> Object:
    return {"check": name, "ok": ok, "value": value, "advice": "" if ok else advice}


def named_objects(options: Object) -> Iterator[Object]:
    """A definition for each VPC, subnet and backend that the options name."""
    yield from ({"vpc": name} for name in options.get("vpcs") or ())
    yield from options.get("subnets") or ()
    for one in options.get("backends") or ():
        backend = {name: value for name, value in one.items() if name not in VPC_OPTIONS}
        yield {**{name: one.get(name) for name in VPC_OPTIONS}, "backend": backend}


def with_ids_of(named: list[Object], options: Object, runtime: Runtime) -> tuple[Object, list[Object], list[Object]]:
    """The options with IDs for names, the objects that were looked up, and a check for each name that failed."""
    if not named:
        return options, [], []
    found, failed = look_up_all(named, runtime)
    checks = []
    for index, error in failed.items():
        if isinstance(error, ApiError):
            checks.append(result(title(named[index]), None, f"unknown: {error}", "Make sure that it exists."))
        else:
            value = "not found" if isinstance(error, NotNamed) else "not usable"
            checks.append(result(title(named[index]), False, value, str(error)))
    lists = {f"{option}s": [*(options.get(f"{option}s") or [])] for option in ID_OPTION.values()}
    for index, one in enumerate(found):
        option = next(option for name, option in ID_OPTION.items() if one.get(name) is not None)
        if one.get(option):
            lists[f"{option}s"].append(one[option])
        elif index not in failed:
            checks.append(result(title(one), None, "does not exist yet", "An earlier task has to create it."))
    return {**options, **lists}, [entry for one in found for entry in one.get("resolved") or ()], checks


def title(named: Object) -> str:
    given = {**named, **(named.get("backend") or {})}
    words = [f"{name} {given[name]}" for name in ("vpc", *BACKENDS, "subnet") if given.get(name)]
    return ", ".join(words).replace("_", " ").replace("vpc ", "VPC ")


def quota_checks(options: Object, runtime: Runtime) -> Iterator[Object]:
    """Whether the quotas allow the wanted numbers of services and endpoints. API: Querying the Quota."""
    wanted = {kind: options[name] for name, kind in COUNTED.items() if options.get(name)}
    if not wanted:
        return
    quotas = {str(quota.get("type")): quota for quota in runtime.api.list_quotas()}
    for kind, number in wanted.items():
        shown = quotas.get(kind, {})
        room = has_room(runtime, kind, number, shown)
        value = f"{shown.get('used')} of {shown.get('quota')} used, {number} more wanted"
        advice = "Delete what is not used (rejected and failed endpoints count, too), or ask for a larger quota."
        yield result(f"quota of type {kind}", room, "the cloud does not show it" if room is None else value, advice)


def range_checks(options: Object, runtime: Runtime) -> Iterator[Object]:
    """Whether VPCs and subnets overlap with the reserved range of the cloud."""
    for vpc_id in dict.fromkeys(options.get("vpc_ids") or []):
        yield range_check("VPC", vpc_id, networks(runtime).vpc(vpc_id))
    for subnet_id in dict.fromkeys(options.get("subnet_ids") or []):
        found = networks(runtime).subnet(subnet_id)
        yield range_check("subnet", subnet_id, found)
        if isinstance(found, dict) and foreign_servers(found):
            servers = ", ".join(foreign_servers(found))
            yield result(f"name servers of subnet {subnet_id}", None, servers, ABOUT_SERVERS)


def range_check(kind: str, object_id: str, found: Any) -> Object:
    """found: the VPC or subnet, None if it does not exist, or the error of its GET."""
    name = f"range of {kind} {object_id}"
    if found is None:
        return result(name, False, "not found", f"There is no such {kind} in this project. {ADVICE_ON_IDS[kind]}")
    try:
        cidr = str(found["cidr"])
        overlaps = IPv4Network(cidr, strict=False).overlaps(IPv4Network(RESERVED_RANGE))
    except (TypeError, KeyError, ValueError) as error:
        reason = found if isinstance(found, VpcepError) else error
        return result(name, None, f"unknown: {reason}", f"Make sure that it does not overlap with {RESERVED_RANGE}.")
    advice = f"It overlaps with {RESERVED_RANGE}, which the cloud uses internally. Use another {kind}."
    return result(name, not overlaps, cidr, advice)


def service_checks(options: Object, runtime: Runtime) -> Iterator[Object]:
    """Whether an own service is available or being created, and its whitelist admits the accounts."""
    service_id = options.get("endpoint_service_id")
    if not service_id:
        return
    status = str(runtime.api.get_service(service_id).get("status"))
    advice = "Look at its error with vpcep_service_info, and replace it (recreate)."
    # All other statuses are available or transient.
    yield result(f"status of endpoint service {service_id}", status not in (FAILED, DELETING), status, advice)
    accounts = options.get("domain_ids") or []
    foreign = [account for account in accounts if account != runtime.session.domain_id]
    if foreign:
        records = require_members(runtime.api.list_permissions(service_id), "permission")
        whitelist = sorted(permission_key(one["permission"]) for one in records)
        otherwise = None if any(record.startswith(ORG_PATH_PREFIX) for record in whitelist) else False
        for account in foreign:
            yield result(
                f"whitelist of endpoint service {service_id}",
                True if admits(whitelist, account) else otherwise,
                ", ".join(whitelist) or "empty",
                f"Account {account} is not on it: add it to permissions of vpcep_service, or with vpcep_permission.",
            )


def port_checks(options: Object, runtime: Runtime) -> Iterator[Object]:
    """Whether the ports of backends are up, and whether they admit traffic."""
    for port_id in dict.fromkeys(options.get("port_ids") or []):
        name, port = f"port {port_id}", networks(runtime).port(port_id)
        if port is None:
            yield result(name, False, "not found", "There is no such port in this project. Check region and project.")
        elif isinstance(port, VpcepError) or not port:
            value = f"unknown: {port or 'the cloud does not show it'}"
            yield result(name, None, value, f"Make sure that it is up and admits {RESERVED_RANGE}.")
        else:
            advice = "The port is down: start the server or load balancer that it belongs to."
            yield result(name, port.get("status") == "ACTIVE", described(port), advice)
            yield from traffic_checks(runtime, {**port, "id": port_id}, options.get("server_ports") or [])


def check_server_ports(options: Object) -> None:
    """Raises InputError for invalid port numbers, and for ports without a backend."""
    given = options.get("server_ports") or []
    refuse(port_problems("server_ports", given))
    if given and not options.get("port_ids") and not options.get("backends"):
        raise InputError("server_ports: there is no backend to check; give port_ids or backends.")


def traffic_checks(runtime: Runtime, port: Object, server_ports: list[int]) -> Iterator[Object]:
    """Whether security groups or listeners, and the network ACL, admit the traffic of endpoints to these TCP ports."""
    targets = targets_of([{"server_port": number} for number in server_ports])
    if not targets:
        return
    is_balancer = str(port.get("device_owner")).startswith("neutron:LOADBALANCER")
    try:
        traffic = (balancer_finding if is_balancer else port_finding)(runtime, port["id"], targets)
    except VpcepError as error:
        traffic = Finding(CANNOT_TELL, [str(error)])
    found = {"traffic": traffic, "network ACL": acl_finding(runtime, port, targets)}
    for what, finding in found.items():
        ok = None if finding.state == CANNOT_TELL else finding.state == ADMITTED
        advice = f"Let it admit {RESERVED_RANGE} to {shown_targets(targets)}."
        yield result(f"{what} of port {port['id']}", ok, " ".join(finding.reasons) or finding.state, advice)


def described(port: Object) -> str:
    groups = port.get("security_groups")
    shown = ", ".join(map(str, groups)) if isinstance(groups, list) else ""
    return f"status {port.get('status')}, address {addresses(port)}, security groups {shown or 'none'}"
