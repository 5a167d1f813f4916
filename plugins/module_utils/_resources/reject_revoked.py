# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rejects endpoints of accounts that the whitelist of a service no longer admits.

The removal of an account from the whitelist does not disconnect its endpoints, and a service with connected endpoints
cannot be deleted. Both need a rejection.
"""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

from .._core.types import Object
from .._schema.fields import CONNECTED, ORG_PATH_PREFIX, PERMISSION_PREFIX
from .._schema.normalize import require_members
from .connection_requests import ConnectionRequests
from .runtime import Runtime

ALL_ACCOUNTS = PERMISSION_PREFIX + "*"  # the normalized form of *


def settle_revocations(
    runtime: Runtime, service_id: str, before: Iterable[str], after: Iterable[str], reject: bool
) -> list[str]:
    """Warns about endpoints of accounts that the whitelist no longer admits, or rejects them.

    before, after: the normalized permissions. With *reject*, also rejects endpoints that an interrupted run left.
    Returns the IDs of the rejected endpoints, in check mode the predicted ones. Raises VpcepError.
    """
    removed = set(before) - set(after)
    if not service_id or not (removed or reject):
        return []
    listed = require_members(runtime.api.list_connections(service_id), "status")
    connected = require_members([item for item in listed if item["status"] in CONNECTED], "id", "domain_id")
    outside = [item for item in connected if not admits(after, str(item.get("domain_id")))]
    own = runtime.session.domain_id if outside else None
    outside = [item for item in outside if item.get("domain_id") != own]
    by_path = any(record.startswith(ORG_PATH_PREFIX) for record in after)
    if not outside:
        return []
    if reject and own is not None and not by_path:
        return [str(item["id"]) for item in reject_all(runtime, service_id, outside)]
    if reject:
        reason = "the account of the service is not known"
        if by_path:
            reason = "organisation paths are on the whitelist, and the API does not show which accounts these contain"
        runtime.warn(f"Nothing was rejected: {reason}. Reject them by ID with vpcep_connection: {list_of(outside)}.")
    else:
        unless = ", if no organisation path admits them" if by_path else ""
        runtime.warn(
            f"Endpoints of accounts that the whitelist of endpoint service {service_id} no longer names stay "
            f"connected: {list_of(outside)}. Set reject_revoked to true to reject them{unless}."
        )
    return []


def warn_open(runtime: Runtime, service_id: str, named: Iterable[str], after: Iterable[str]) -> None:
    """Warns if the task names only accounts, and a record that it keeps admits all accounts."""
    if ALL_ACCOUNTS in after and named and ALL_ACCOUNTS not in named:
        runtime.warn(
            f"The whitelist of endpoint service {service_id} also holds *, so that every account may connect. Remove "
            "that record if only the accounts in permissions may connect."
        )


def admits(whitelist: Iterable[str], domain_id: str) -> bool:
    """Whether a whitelist names an account. Organisation paths are ignored."""
    return any(fnmatchcase(PERMISSION_PREFIX + domain_id, record) for record in whitelist)


def reject_all(runtime: Runtime, service_id: str, connections: list[Object]) -> list[Object]:
    """Rejects endpoints and waits for the new status. Returns those that still exist."""
    ids = [str(item["id"]) for item in connections]
    options = {"endpoint_service_id": service_id, "endpoints": ids, "state": "rejected"}
    return list(ConnectionRequests(options, runtime, lenient=True).carry_out()["connections"])


def list_of(connections: Iterable[Object]) -> str:
    """Connections as text for messages."""
    return ", ".join(
        f"{item.get('id')} of account {item.get('domain_id')} ({item.get('status')})" for item in connections
    )
