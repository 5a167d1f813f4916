# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finding endpoints: what the module vpcep_endpoint_info does."""

from __future__ import annotations

from typing import Any

from .._api.vpcep import ENDPOINT_KIND
from .._core.types import Object
from .._schema.normalize import short_name
from .._schema.validation import check_ids, check_uuids
from .filters import has_tags, listed, tag_filter, tagged_ones
from .results import endpoint_result


def find_endpoints(options: Object, runtime: Any) -> Object:
    """The endpoints of this project that match every option given. Raises VpcepError."""
    check_ids(options, ("id", "endpoint_service_id", "subnet_id"))
    check_uuids(options, ("vpc_id",))
    tags = tag_filter(options.get("tags"))
    shortcut = tagged_ones(runtime.api, ENDPOINT_KIND, tags)
    found = runtime.api.list_endpoints(shortcut, id=options.get("id"), vpc_id=options.get("vpc_id"))
    chosen = [item for item in found if matches(options, item) and has_tags(tags, item)]
    return {"changed": False, "endpoints": [endpoint_result(item) for item in chosen]}


def matches(options: Object, item: Object) -> bool:
    """Whether one endpoint has everything that the options ask, tags aside. The API filters by ID and VPC only."""
    full_name, service_id = item.get("endpoint_service_name"), item.get("endpoint_service_id")
    if options.get("endpoint_service_id") not in (None, service_id):
        return False
    if options.get("endpoint_service_name") not in (None, full_name, short_name(full_name, service_id)):
        return False
    return options.get("subnet_id") in (None, item.get("subnet_id")) and listed(
        options.get("status"), item.get("status")
    )
