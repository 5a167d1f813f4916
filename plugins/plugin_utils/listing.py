"""The data of an inventory: endpoints and the ports of their services, from the cloud or from a cache."""

from __future__ import annotations

import hashlib
import json
import re
import typing as t

from ..module_utils._auth.credentials import IDENTITY
from ..module_utils._auth.session import Session
from ..module_utils._core.types import Object
from ..module_utils._core.version import COLLECTION_VERSION
from ..module_utils._resources.info import find_endpoints
from ..module_utils._resources.names import names_of_networks
from ..module_utils._resources.runtime import Runtime
from ..module_utils._schema.fields import ID_PATTERN, SERVICE
from ..module_utils._schema.normalize import UnusableAnswer, observed, require_members


class Listing(t.NamedTuple):
    """endpoints: as in vpcep_endpoint_info; ports: ID of an own service -> its port mappings."""

    endpoints: list[Object]
    ports: dict[str, list[Object]]


def read(filters: Object, service_ports: bool, runtime: Runtime) -> Listing:
    """The endpoints that match all filters (options of vpcep_endpoint_info). Raises VpcepError.

    Sends one GET for each 1000 endpoints, two for the names of VPCs and subnets, and with *service_ports* one for each
    1000 own services.
    """
    found = {one["id"]: one for one in require_members(find_endpoints(filters, runtime)["endpoints"], "id")}
    for one in found:
        if not re.fullmatch(ID_PATTERN, one):
            raise UnusableAnswer(f"The cloud's list has an endpoint with the ID {one!r}, which is not valid.")
    names = names_of_networks(runtime.session) if found else {}
    services = runtime.api.list_services() if service_ports and found else []
    return Listing(
        [with_names(one, names) for one in found.values()],
        {str(one.get("id")): one["ports"] for one in services if has_ports(one)},
    )


def with_names(endpoint: Object, names: dict[str, str]) -> Object:
    """The endpoint with ``vpc_name`` and ``subnet_name``, if they are known."""
    found = {f"{kind}_name": names.get(str(endpoint.get(f"{kind}_id"))) for kind in ("vpc", "subnet")}
    return {**endpoint, **{member: name for member, name in found.items() if name}}


def has_ports(service: Object) -> bool:
    """Whether a service shows valid port mappings, which users may use as ansible_port."""
    try:
        return isinstance(observed("ports", SERVICE["ports"], service), list)
    except UnusableAnswer:
        return False


def key_of(session: Session, filters: Object, service_ports: bool) -> str:
    """A hash of all that a cached listing depends on. Raises VpcepError.

    The project of a ready token is read from IAM, and cached as long as tokens are.
    """
    given = session.credentials
    who = [getattr(given, name) for name in (*IDENTITY, "access_key")]
    if given.method == "token" and not given.project_id:
        who.append(session.project_id)
    parts = [COLLECTION_VERSION, given.method, who, filters, service_ports]
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()[:32]
