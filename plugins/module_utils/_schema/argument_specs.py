# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Argument specs of modules. Options for fields of the API are derived from fields.py."""

from __future__ import annotations

from collections.abc import Iterable

from .._core.option_types import (
    ADDRESS,
    ADDRESSES,
    CLOUD,
    DICT,
    FLAG,
    FREE_TEXT,
    LIST,
    NUMBER,
    PATH,
    TEXT,
    WHOLE,
    WORD,
)
from .._core.parallel import WORKERS
from .._core.types import Object
from .fields import ADMIT_TRAFFIC, ENDPOINT, IGNORE, OPTION_NAMES, SERVICE, Field, all_choices
from .kinds import KINDS
from .names import EXCLUSIVE, backend_option, name_options

SEVERITIES = ("high", "medium", "low")
"""Of findings of an audit."""
REPORT_FORMATS = ("text", "markdown", "junit", "sarif")
"""Of an audit. audit_reports.py has a function for each."""


def auth_options() -> Object:
    """The authentication options of all modules. credentials.py reads their environment variables."""
    return {
        "cloud": {"type": CLOUD},
        "auth_url": {"type": ADDRESS},
        **name_options("username", "user_id", "user_domain_name", "user_domain_id", "region"),
        **name_options("project_name", "project_id", "agency_name", "agency_domain_name", "agency_domain_id"),
        "password": {"type": FREE_TEXT, "no_log": True},
        "passcode": {"type": FREE_TEXT, "no_log": True},
        "token": {"type": FREE_TEXT, "no_log": True},
        "access_key": {"type": TEXT, "no_log": False},
        "secret_key": {"type": FREE_TEXT, "no_log": True},
        "security_token": {"type": FREE_TEXT, "no_log": True},
        "api_url": {"type": ADDRESS},
        "network_url": {"type": ADDRESSES},
        "allow_http": {"type": FLAG},
        "validate_certs": {"type": FLAG},
        "ca_path": {"type": PATH},
        "timeout": {"type": NUMBER, "default": 30.0},
        "retries": {"type": WHOLE, "default": 5},
        "token_cache": {"type": FLAG, "default": True, "no_log": False},
        "token_cache_dir": {"type": PATH, "no_log": False},
    }


EXCLUSIVE_NAMES = EXCLUSIVE[:2]  # a VPC and a subnet, each by name or by ID
SERVICE_NAMES = ("endpoint_service_id", "endpoint_service_name")


def service_options() -> Object:
    """The options for the service whose connections or permissions a module manages."""
    return name_options(*SERVICE_NAMES)


def policy_option() -> Object:
    rule = {"domain_id": {"type": TEXT, "required": True}, "tags": {"type": DICT}}
    return {
        "type": DICT,
        "options": {
            "accept": {"type": LIST, "elements": "dict", "options": {**rule, "limit": {"type": WHOLE}}},
            "reject": {"type": LIST, "elements": "dict", "options": rule},
            "otherwise": {"type": TEXT, "default": "wait", "choices": ["wait", "reject"]},
        },
    }


def field_option(name: str, field: Field) -> Object:
    spec = dict(KINDS[field.kind].option)
    if field.choices:
        spec["choices"] = list(all_choices(field))
    if name in OPTION_NAMES:
        spec["aliases"] = [name]
    return spec


def field_options(table: dict[str, Field]) -> Object:
    return {OPTION_NAMES.get(name, name): field_option(name, field) for name, field in table.items()}


TASK_OPTIONS: Object = {
    "state": {"type": TEXT, "default": "present", "choices": ["present", "absent"]},
    "purge_tags": {"type": FLAG, "default": True},
    "recreate": {"type": FLAG, "default": False},
    "wait": {"type": FLAG, "default": True},
    "wait_timeout": {"type": WHOLE, "default": 600},
}
"""Options of the modules that create objects, beside those of the object."""
ENDPOINT_TASK_OPTIONS: Object = {**TASK_OPTIONS, "wait_for_acceptance": {"type": FLAG, "default": False}}
OVERRIDES = ("purge_tags", "recreate", "wait_for_acceptance")
"""Options of a task that an entry of ``endpoints`` can override."""


def filter_options(table: dict[str, Field], names: Iterable[str], statuses: Iterable[str]) -> Object:
    """The filters of a module: ID, status, tags, and the fields *names* of *table*."""
    return {
        "id": {"type": TEXT},
        "status": {"type": LIST, "elements": WORD, "choices": list(statuses)},
        **{name: {"type": DICT} for name in ("tags", "tags_any", "not_tags", "matches")},
        "without_any_tag": {"type": FLAG},
        **{name: field_option(name, table[name]) for name in names},
    }


def service_spec() -> Object:
    return {
        **auth_options(),
        **TASK_OPTIONS,
        "id": {"type": TEXT},
        **field_options(SERVICE),
        **name_options("vpc"),
        "backend": backend_option(),
        "permissions": {"type": LIST, "elements": WORD},
        "purge_permissions": {"type": FLAG, "default": True},
        "reject_revoked": {"type": FLAG, "default": False},
        "force": {"type": FLAG, "default": False},
        "admit_traffic": {"type": TEXT, "default": IGNORE, "choices": list(ADMIT_TRAFFIC)},
        "security_group": {"type": TEXT},
        "upgrade": {"type": FLAG, "default": False},
        "server_resources": {
            "type": LIST,
            "elements": "dict",
            "options": {"resource_id": {"type": TEXT, "required": True}, "availability_zone_id": {"type": TEXT}},
        },
    }


def endpoint_options() -> Object:
    """The options of one endpoint: of vpcep_endpoint, and of each entry of vpcep_endpoints."""
    return {
        "id": {"type": TEXT},
        **field_options(ENDPOINT),
        **name_options("vpc", "subnet"),
        "endpoint_service_name": {"type": TEXT},
        "upgrade": {"type": FLAG, "default": False},
        "dns_name": {"type": TEXT},
        "dns_zone": {"type": TEXT},
        "create_dns_zone": {"type": FLAG, "default": False},
        "replace_dns_record": {"type": FLAG, "default": False},
    }


def endpoint_spec() -> Object:
    return {**auth_options(), **ENDPOINT_TASK_OPTIONS, **endpoint_options()}


def preflight_names() -> Object:
    """The options of vpcep_preflight_info that name objects."""
    place = name_options("vpc", "vpc_id")
    dicts: Object = {"type": LIST, "elements": "dict", "mutually_exclusive": [("vpc", "vpc_id")]}
    return {
        "vpcs": {"type": LIST, "elements": WORD},
        "subnets": {**dicts, "options": {**place, "subnet": {"type": TEXT, "required": True}}},
        "backends": {**dicts, "options": {**place, **backend_option()["options"]}},
    }


def bulk_spec() -> Object:
    return {
        **auth_options(),
        **ENDPOINT_TASK_OPTIONS,
        "endpoints": {
            "type": LIST,
            "elements": "dict",
            "required": True,
            "options": {**endpoint_options(), **{name: {"type": FLAG} for name in OVERRIDES}},
            "mutually_exclusive": [SERVICE_NAMES, *EXCLUSIVE_NAMES],
        },
        **service_options(),
        "purge": {"type": FLAG, "default": False},
        "concurrency": {"type": WHOLE, "default": WORKERS},
    }
