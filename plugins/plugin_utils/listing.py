# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an inventory is made of: endpoints and the ports of their services, from the cloud or as kept in a cache."""

from __future__ import annotations

import hashlib
import json
import re
import typing as t

from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.types import Object
from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.version import COLLECTION_VERSION
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.info import find_endpoints, network_names
from ansible_collections.crossvpc.vpcep.plugins.module_utils._schema.fields import ID_PATTERN, SERVICE
from ansible_collections.crossvpc.vpcep.plugins.module_utils._schema.normalize import (
    UnusableAnswer,
    observed,
    require_members,
)

WHO = (
    "auth_url",
    "username",
    "user_id",
    "user_domain_name",
    "user_domain_id",
    "project_name",
    "project_id",
    "agency_name",
    "agency_domain_name",
    "agency_domain_id",
    "region",
    "access_key",
    "api_url",
)
"""The parts of credentials that tell one account, project and cloud from another; no secret is among them."""


class Listing(t.NamedTuple):
    """Endpoints as users see them; by the service's ID the ports of own services, as far as they were asked for."""

    endpoints: list[Object]
    ports: dict[str, list[Object]]

    def to_text(self) -> str:
        """For a cache. A text, because Ansible's own JSON would make other things of some keys that a tag may have."""
        return json.dumps(self._asdict())

    @classmethod
    def from_text(cls, text: str) -> Listing:
        """What :meth:`to_text` made."""
        return cls(**json.loads(text))


def read(filters: Object, service_ports: bool, runtime: t.Any) -> Listing:
    """The endpoints that match all filters (options of vpcep_endpoint_info). Raises VpcepError.

    One request for a thousand endpoints, two for the names of VPCs and subnets; with *service_ports* as many for the
    own services as for endpoints.
    """
    found = {one["id"]: one for one in require_members(find_endpoints(filters, runtime)["endpoints"], "id")}
    for one in found:
        if not re.fullmatch(ID_PATTERN, one):
            raise UnusableAnswer(f"The cloud's list has an endpoint with the ID {one!r}, which cannot be one.")
    names = network_names(runtime) if found else {}
    services = runtime.api.list_services() if service_ports and found else []
    return Listing(
        [with_names(one, names) for one in found.values()],
        {str(one.get("id")): one["ports"] for one in services if has_ports(one)},
    )


def with_names(endpoint: Object, names: dict[str, str]) -> Object:
    """The endpoint with ``vpc_name`` and ``subnet_name``, as far as they are known."""
    found = {f"{kind}_name": names.get(str(endpoint.get(f"{kind}_id"))) for kind in ("vpc", "subnet")}
    return {**endpoint, **{member: name for member, name in found.items() if name}}


def has_ports(service: Object) -> bool:
    """Whether a service shows its ports, as numbers: users make other things of them, such as ansible_port."""
    try:
        return isinstance(observed("ports", SERVICE["ports"], service), list)
    except UnusableAnswer:
        return False


def key_of(session: t.Any, filters: Object, service_ports: bool) -> str:
    """What a cached listing depends on, as a short text: who asks where for what. Raises VpcepError.

    A ready token does not show whose it is. IAM tells its project, and that answer is kept as long as tokens are.
    """
    given = session.credentials
    who = [getattr(given, name) for name in WHO]
    if given.method == "token" and not given.project_id:
        who.append(session.project_id)
    parts = [COLLECTION_VERSION, given.method, who, filters, service_ports]
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()[:32]
