"""Predicts with GETs why the cloud would refuse a creation.

Obstacles are only certain refusals. An object that cannot be read, or is in a transient status (``creating``,
``deleting``), is none. Without the right to read networks there are no obstacles about networks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from ipaddress import IPv4Address, IPv4Network
from itertools import count
from typing import Any

from .._core.errors import ApiError, VpcepError
from .._core.types import Object, objects_in
from .._schema.fields import DELETING, FAILED, UUID_PATTERN
from .._schema.normalize import name_of, same
from . import diagnosis_objects as diagnosis
from .diagnosis_objects import Finder, Looks, holder_of_port, in_other_vpc, in_reserved_range
from .networks import networks
from .runtime import Runtime, once_per_task
from .service_lookup import endpoint_service


class Foreseen(VpcepError):
    """The cloud would refuse a change (check mode). report: the prediction, with ``obstacles``."""

    def __init__(self, report: Object) -> None:
        text = "The cloud would refuse this: " + " ".join(report["obstacles"])
        super().__init__(text, facts={**report, "changed": False})


def with_obstacles(report: Object, obstacles: list[str]) -> Object:
    """A report of check mode with *obstacles* added, if there are any."""
    return {**report, "obstacles": [*report.get("obstacles", ()), *obstacles]} if obstacles else report


def creation_obstacles(runtime: Runtime, kind: str, desired: Object, replaced: Collection[str] = ()) -> list[str]:
    """Sentences that say why an object cannot be created; [] if there are none. Raises nothing.

    kind: 'endpoint_service' or 'endpoint'; desired: normalized values by field, as in ``Resource.desired`` (missing
    values are not checked, a port only with its VPC); replaced: IDs of objects that are deleted before.
    A service needs up to 4 GETs, an endpoint up to 6, each object one GET per task. Explanations of obstacles need up
    to ``diagnosis_objects.LOOKS`` more.
    """
    if kind == "endpoint":
        return list(endpoint_obstacles(runtime, desired))
    return list(service_obstacles(runtime, desired, replaced))


def service_obstacles(runtime: Runtime, desired: Object, replaced: Collection[str]) -> Iterator[str]:
    yield from vpc_obstacles(runtime, desired, backend=True)
    yield from port_obstacles(runtime, desired)
    if desired.get("port_id") and desired.get("ports"):
        others = [
            one
            for one in listed_once(runtime, "services", runtime.api.list_services)
            if one.get("id") not in replaced and one.get("status") != DELETING
            if not name_of(one) or name_of(one) != desired.get("service_name")  # else another run has just created it
        ]
        yield from filter(None, [holder_of_port(others, desired["port_id"], desired["ports"])])


def endpoint_obstacles(runtime: Runtime, desired: Object) -> Iterator[str]:
    yield from endpoint_service_obstacles(runtime, desired)
    vpc = list(vpc_obstacles(runtime, desired))
    yield from vpc or subnet_obstacles(runtime, desired)
    if not vpc and desired.get("routetables"):
        yield from route_table_obstacles(runtime, desired)


def vpc_obstacles(runtime: Runtime, desired: Object, backend: bool = False) -> Iterator[str]:
    """backend: whether it is the VPC of a service, which must not overlap with the cloud's reserved range."""
    if not desired.get("vpc_id"):
        return
    found = networks(runtime).vpc(desired["vpc_id"])
    if found is None:
        yield explained(runtime, diagnosis.vpc, desired, f"There is no VPC {desired['vpc_id']} in this project.")
    elif backend:
        yield from range_obstacles("VPC", found)


def subnet_obstacles(runtime: Runtime, desired: Object) -> Iterator[str]:
    if not desired.get("subnet_id"):
        return
    found = networks(runtime).subnet(desired["subnet_id"])
    if found is None:
        absent = f"There is no subnet {desired['subnet_id']} in this project."
        yield explained(runtime, diagnosis.subnet, desired, absent)
    elif isinstance(found, dict):
        actual = vpc_of(found)
        if actual and desired.get("vpc_id") and not same(actual, desired["vpc_id"]):
            elsewhere = f"Subnet {desired['subnet_id']} is in VPC {actual}, not in {desired['vpc_id']}."
            yield explained(runtime, diagnosis.subnet, desired, elsewhere)
        yield from range_obstacles("subnet", found)
        address, cidr = desired.get("port_ip"), str(found.get("cidr"))
        with suppress(ValueError):  # it shows no range
            if address is not None and IPv4Address(address) not in IPv4Network(cidr, strict=False):
                yield f"{address} is not in the range of subnet {found.get('id')}, {cidr}: set another port_ip."


def vpc_of(subnet: Any) -> str | None:
    """The VPC ID of a subnet; None if the subnet cannot be read or the ID is invalid."""
    shown = subnet.get("vpc_id") if isinstance(subnet, dict) else None
    return shown if isinstance(shown, str) and re.fullmatch(UUID_PATTERN, shown) else None


def range_obstacles(what: str, found: Any) -> Iterator[str]:
    """found: the VPC or subnet, or the error of its GET."""
    with suppress(KeyError, TypeError, ValueError):  # it shows no range
        yield from filter(None, [in_reserved_range(what, found)])


def route_table_obstacles(runtime: Runtime, desired: Object) -> Iterator[str]:
    """An empty list means that the right to list them is missing: each VPC has a route table."""
    known = {str(one.get("id")).lower() for one in networks(runtime).route_tables(desired["vpc_id"])}
    unknown = [one for one in desired["routetables"] if known and one.lower() not in known]
    if unknown:
        absent = f"VPC {desired['vpc_id']} has no route table {' or '.join(unknown)}."
        yield explained(runtime, diagnosis.route_tables, {**desired, "routetables": unknown}, absent)


def port_obstacles(runtime: Runtime, desired: Object) -> Iterator[str]:
    """The status of the port is not checked, because ports of virtual addresses are never up."""
    if not desired.get("port_id") or not desired.get("vpc_id"):
        return
    port = networks(runtime).port(desired["port_id"])
    if port is None:
        yield explained(runtime, diagnosis.port, desired, f"There is no port {desired['port_id']} in this project.")
    elif isinstance(port, dict) and port.get("network_id"):
        actual = vpc_of(networks(runtime).subnet(str(port["network_id"])))
        if actual and not same(actual, desired["vpc_id"]):
            yield in_other_vpc({"id": desired["port_id"], **port}, actual, desired["vpc_id"])


def endpoint_service_obstacles(runtime: Runtime, desired: Object) -> Iterator[str]:
    service_id = desired.get("endpoint_service_id")
    if not service_id:
        return
    service = endpoint_service(runtime, service_id)
    if service is None:
        yield explained(runtime, diagnosis.service, desired, f"There is no endpoint service {service_id}.")
    elif service.get("status") in (FAILED, DELETING):
        yield f"Endpoint service {service_id} is in status {service['status']}: its owner has to replace it."
    elif service.get("service_type") == "interface" and desired.get("subnet_id") is None:
        needed = f"Endpoint service {service_id} is an interface service: set subnet_id."
        yield explained(runtime, diagnosis.no_subnet, desired, needed)


def taken_addresses(wanted: Object, others: list[Object]) -> list[str]:
    address, subnet = wanted.get("port_ip"), wanted.get("subnet_id")
    return [
        taken(address, f"endpoint {one.get('id')}")
        for one in others
        if address and one.get("ip") == address and one.get("subnet_id") == subnet
    ]


def taken(address: Any, holder: str) -> str:
    return f"{address} is the address of {holder}: set port_ip to a free one, or leave it out to get one."


def port_with_address(runtime: Runtime, wanted: Object) -> list[str]:
    """A sentence about a port of the subnet that already has the wanted address (EndPoint.2042)."""
    address, subnet = wanted.get("port_ip"), wanted.get("subnet_id")
    return [
        taken(address, f"port {one.get('id')} ({one.get('device_owner') or 'no device'})")
        for one in (networks(runtime).ports(subnet) if address and subnet else ())
        if same(one.get("network_id"), subnet)
        if address in [ip.get("ip_address") for ip in objects_in(one, "fixed_ips")]
    ]


def taken_tables(wanted: Object, others: list[Object]) -> list[str]:
    """Sentences about other gateway endpoints of the service in the same route tables (EndPoint.2039)."""
    same = [one for one in others if one.get("endpoint_service_id") == wanted.get("endpoint_service_id")]
    return [
        f"Route table {table} has endpoint {one.get('id')} of the same service already: leave it out of routetables."
        for one in same
        if isinstance(one.get("routetables"), list)
        for table in wanted.get("routetables") or []
        if table in one["routetables"]
    ]


def quota_obstacles(runtime: Runtime, kind: str) -> list[str]:
    """Why the quota does not allow another object, besides those of earlier calls. 1 or 2 GETs per task."""
    number = next(runtime.once(("wanted", kind), lambda: count(1)))
    quotas = listed_once(runtime, "quotas", runtime.api.list_quotas)
    found: Object = next((one for one in quotas if one.get("type") == kind), {})
    if has_room(runtime, kind, number, found) is not False:
        return []
    nouns = kind.replace("_", " ") + "s"
    return [
        f"{found['used']} of {found['quota']} {nouns} are used: delete what is not needed (rejected and failed ones "
        "count, too), or ask the cloud for a larger quota."
    ]


def has_room(runtime: Runtime, kind: str, number: int, shown: Object) -> bool | None:
    """Whether a quota allows *number* more objects, after those in status ``deleting`` are deleted; None: not shown."""
    used, quota = shown.get("used"), shown.get("quota")
    if not isinstance(used, int) or not isinstance(quota, int):
        return None
    return used + number <= quota or used + number - leaving(runtime, kind) <= quota


@once_per_task
def leaving(runtime: Runtime, kind: str) -> int:
    """The number of objects in status ``deleting``; 0 if they cannot be listed."""
    try:
        listed = runtime.api.list_services() if kind == "endpoint_service" else runtime.api.list_endpoints()
    except VpcepError:
        return 0
    return sum(one.get("status") == DELETING for one in listed)


def listed_once(runtime: Runtime, key: str, read: Callable[[], list[Object]]) -> list[Object]:
    """A list, read once per task; [] if it cannot be read."""
    try:
        return runtime.once(key, read)
    except VpcepError:
        return []


def explained(runtime: Runtime, find: Finder, desired: Object, otherwise: str) -> str:
    """The explanation by a diagnosis, which names likely or existing objects, or *otherwise*."""
    seen = runtime.once("diagnosis", lambda: Looks(runtime.session))
    return seen.explanation(find, desired, ApiError()) or otherwise
