# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Accepts, rejects and finds connections of a service, for the modules vpcep_connection and vpcep_connection_info."""

from __future__ import annotations

from .._core.errors import InputError
from .._core.types import Object
from .._schema.accept_policy import check_policy
from .._schema.fields import CONNECTION_DESCRIPTION, REJECTED
from .._schema.validation import check_counts, check_ids, check_one, check_positive
from .accept_policy import PolicyRequests
from .connection_requests import ConnectionRequests, check_service, service_of
from .info import listed
from .runtime import Runtime

FILTERABLE = ("accepted", "pendingAcceptance", "rejected", "failed")  # statuses by which the API can filter


def decide_connections(options: Object, runtime: Runtime) -> Object:
    """Accepts or rejects endpoints of a service. Raises VpcepError, also if only some endpoints failed."""
    check_positive(options, ("wait_timeout",))
    check_service(options, runtime)
    check_one("description", CONNECTION_DESCRIPTION, runtime.cloud, options.get("description"))
    if options.get("policy") is not None:
        if options.get("state") == REJECTED:
            raise InputError("state: the policy decides which connections are rejected; leave state out.")
        check_policy(options["policy"], runtime.cloud)
        runtime.start(options.get("wait_timeout") or 600)
        return PolicyRequests(options, runtime).carry_out()
    if runtime.check_mode:  # endpoints that an earlier task would create have empty IDs
        options = dict(options, endpoints=options.get("endpoints") and [key for key in options["endpoints"] if key])
    check_ids(options, ("endpoints", "domain_ids"))
    if options.get("endpoints") is None and options.get("domain_ids") is None and not options.get("pending"):
        raise InputError("Say which connections are meant: give endpoints, domain_ids, or pending as true.")
    runtime.start(options.get("wait_timeout") or 600)
    return ConnectionRequests(options, runtime).carry_out()


def find_connections(options: Object, runtime: Runtime) -> Object:
    """The connections of a service that match all filters. Raises VpcepError."""
    check_service(options, runtime)
    check_ids(options, ("id",))
    check_counts(options, ("marker_id",))
    statuses = options.get("status") or []
    service_id = service_of(options, runtime)
    filters = {
        "id": options.get("id"),
        "marker_id": options.get("marker_id"),
        "status": statuses[0] if len(statuses) == 1 and statuses[0] in FILTERABLE else None,
    }
    found = runtime.api.list_connections(service_id, **filters) if service_id else []
    chosen = [
        item
        for item in found
        if listed(statuses, item.get("status")) and listed(options.get("domain_ids"), item.get("domain_id"))
    ]
    return {"changed": False, "connections": chosen}
