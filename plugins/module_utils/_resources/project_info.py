# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a project has as a whole: what the modules vpcep_quota_info and vpcep_tag_info do."""

from __future__ import annotations

from .._core.types import Object
from .._schema.normalize import UnusableAnswer, normalize, require_members
from .runtime import Runtime


def find_quotas(options: Object, runtime: Runtime) -> Object:
    """Quota and use of services and endpoints. API: Querying the Quota. Raises VpcepError."""
    kind = options.get("type")
    quotas = [quota for quota in runtime.api.list_quotas() if kind in (None, quota.get("type"))]
    return {"changed": False, "quotas": quotas}


def find_tags(options: Object, runtime: Runtime) -> Object:
    """Tag keys in use with their values. API: Querying Tags of a Resource Type. Raises VpcepError."""
    found = runtime.api.list_project_tags(options["resource_type"])
    found = require_members(found, "key")
    try:
        tags = {tag["key"]: normalize("ids", tag.get("values") or []) for tag in found}
    except TypeError as error:
        raise UnusableAnswer("The cloud's answer about tags has values that are no texts.") from error
    return {"changed": False, "tags": tags}
