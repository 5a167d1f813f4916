"""Names in DNS, and the options of an endpoint's own name. No I/O."""

from __future__ import annotations

import re
from typing import Any

from .._core.errors import InputError
from .._core.types import Object
from .fields import DNS_NAME, DNS_OPTIONS, DNS_ZONE
from .validation import check_one, refuse

MARK = "Made by crossvpc.vpcep for endpoint "
"""How the description of a record begins that was made for an endpoint."""


def fqdn(name: Any) -> str:
    """A name as DNS shows it: lower case, with a period at the end."""
    return str(name or "").lower().rstrip(".") + "."


def shown(name: Any) -> str:
    """A name as people write it."""
    return fqdn(name)[:-1]


def holds(zone: Object, name: str) -> bool:
    return name == fqdn(zone.get("name")) or name.endswith("." + fqdn(zone.get("name")))


def check_dns_options(options: Object, cloud: str) -> None:
    """Raises InputError for names that cannot exist, and for options that have no effect."""
    name, zone = options.get("dns_name"), options.get("dns_zone")
    if name is None:
        refuse([f"{one} has an effect only with dns_name." for one in DNS_OPTIONS if options.get(one)])
        return
    check_one("dns_name", DNS_NAME, cloud, name)
    check_one("dns_zone", DNS_ZONE, cloud, zone)
    if zone is not None and not holds({"name": zone}, fqdn(name)):
        raise InputError(f"dns_name: {name} is not in dns_zone {zone}.")
    if options.get("routetables") or options.get("policy_statement"):
        refuse_gateway("gateway")


def refuse_gateway(service_type: str | None) -> None:
    """Raises InputError for a gateway endpoint, which has no address."""
    if service_type == "gateway":
        raise InputError("dns_name has an effect only on an interface endpoint, and this is a gateway endpoint.")


def owner(record: Object) -> str | None:
    """The endpoint for which a record was made; None if this collection did not make it."""
    found = re.fullmatch(re.escape(MARK) + "([0-9A-Za-z-]{1,64})", str(record.get("description") or ""))
    return found.group(1) if found and record.get("type") == "A" and record.get("id") else None


def values(record: Object) -> list[str]:
    found = record.get("records")
    return [str(one) for one in found] if isinstance(found, list) else []
