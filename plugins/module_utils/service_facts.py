# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an endpoint's owner can find out about the service, which may belong to another account."""

from __future__ import annotations

from typing import Any

from .api import VpcepApi
from .errors import ApiError, NotFound

Object = dict[str, Any]
GONE = "gone"  # our word for a service that does not exist


def summary_of(api: VpcepApi, service_id: str) -> Object | None:
    """What every account may read of a service, such as its type; None if it does not exist, empty if refused."""
    try:
        try:
            return api.describe_service(id=service_id)
        except NotFound:
            found = [item for item in api.list_public_services(id=service_id) if item.get("id") == service_id]
            return found[0] if found else None
    except ApiError as error:
        if is_refusal(error):
            return {}
        raise


def status_of(api: VpcepApi, service_id: str) -> str | None:
    """The status of an own service, or GONE; None for a service of another account, which alone sees its status."""
    try:
        return str(api.get_service(service_id).get("status"))
    except NotFound:
        return GONE if summary_of(api, service_id) is None else None
    except ApiError as error:
        if is_refusal(error):
            return None
        raise


def is_refusal(error: ApiError) -> bool:
    """Whether the caller may not ask, or the installation does not know the call: that says nothing of the service."""
    return error.status is not None and 400 <= error.status < 500
