# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an endpoint's owner can find out about the service, which may belong to another account."""

from __future__ import annotations

from .._api.vpcep import VpcepApi
from .._core.errors import ApiError, NotFound, VpcepError
from .._core.types import Object
from .runtime import Runtime


def summary_of(api: VpcepApi, service_id: str) -> Object | None:
    """What every account may read of a service, such as its type; None if it does not exist, empty if refused.

    A caller who may not ask for other accounts' services may see the cloud's and the own ones.
    """
    try:
        return api.describe_service(id=service_id)
    except NotFound:
        return public_service(api, service_id)
    except ApiError as error:
        if not is_refusal(error):
            raise
        return public_service(api, service_id) or own_service(api, service_id) or {}


def public_service(api: VpcepApi, service_id: str) -> Object | None:
    """One of the cloud's own services; empty if they may not be listed."""
    try:
        found = [item for item in api.list_public_services(id=service_id) if item.get("id") == service_id]
    except ApiError as error:
        if not is_refusal(error):
            raise
        return {}
    return found[0] if found else None


def own_service(api: VpcepApi, service_id: str) -> Object | None:
    try:
        return api.get_service(service_id)
    except ApiError as error:
        if not is_refusal(error):
            raise
        return None


def endpoint_service(runtime: Runtime, service_id: str) -> Object | None:
    """What this caller may know of a service: all of an own one, a summary of others; {} if nothing can be seen.

    None if there is none. 1 GET for an own one, 2 or 3 for others, once per task.
    """
    found: Object | None = runtime.once(("service", service_id), lambda: read_service(runtime, service_id))
    return found


def read_service(runtime: Runtime, service_id: str) -> Object | None:
    try:
        return runtime.api.get_service(service_id)
    except VpcepError:  # of another account, most often
        pass
    try:
        seen: Object | None = runtime.once((summary_of, service_id), lambda: summary_of(runtime.api, service_id))
        return seen
    except VpcepError:
        return {}


def is_refusal(error: ApiError) -> bool:
    """Whether the caller may not ask, or the installation does not know the call: that says nothing of the service."""
    return error.status is not None and 400 <= error.status < 500
