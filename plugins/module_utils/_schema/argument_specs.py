# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Argument specs of modules. Options for fields of the API are derived from fields.py."""

from __future__ import annotations

from collections.abc import Iterable

from .._core import option_types as types
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
        "cloud": {"type": types.CLOUD},
        "auth_url": {"type": types.ADDRESS},
        **name_options("username", "user_id", "user_domain_name", "user_domain_id", "region"),
        **name_options("project_name", "project_id", "agency_name", "agency_domain_name", "agency_domain_id"),
        "password": {"type": types.FREE_TEXT, "no_log": True},
        "passcode": {"type": types.FREE_TEXT, "no_log": True},
        "token": {"type": types.FREE_TEXT, "no_log": True},
        "access_key": {"type": types.TEXT, "no_log": False},
        "secret_key": {"type": types.FREE_TEXT, "no_log": True},
        "security_token": {"type": types.FREE_TEXT, "no_log": True},
        "api_url": {"type": types.ADDRESS},
        "network_url": {"type": types.ADDRESSES},
        "allow_http": {"type": types.FLAG},
        "validate_certs": {"type": types.FLAG},
        "ca_path": {"type": types.PATH},
        "timeout": {"type": types.NUMBER, "default": 30.0},
        "retries": {"type": types.WHOLE, "default": 5},
        "token_cache": {"type": types.FLAG, "default": True, "no_log": False},
        "token_cache_dir": {"type": types.PATH, "no_log": False},
    }


EXCLUSIVE_NAMES = EXCLUSIVE[:2]  # a VPC and a subnet, each by name or by ID
SERVICE_NAMES = ("endpoint_service_id", "endpoint_service_name")


def service_options() -> Object:
    """The options for the service whose connections or permissions a module manages."""
    return name_options(*SERVICE_NAMES)


def policy_option() -> Object:
    rule = {"domain_id": {"type": types.TEXT, "required": True}, "tags": {"type": types.DICT}}
    return {
        "type": types.DICT,
        "options": {
            "accept": {"type": types.LIST, "elements": "dict", "options": {**rule, "limit": {"type": types.WHOLE}}},
            "reject": {"type": types.LIST, "elements": "dict", "options": rule},
            "otherwise": {"type": types.TEXT, "default": "wait", "choices": ["wait", "reject"]},
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
    "state": {"type": types.TEXT, "default": "present", "choices": ["present", "absent"]},
    "purge_tags": {"type": types.FLAG, "default": True},
    "recreate": {"type": types.FLAG, "default": False},
    "wait": {"type": types.FLAG, "default": True},
    "wait_timeout": {"type": types.WHOLE, "default": 600},
}
"""Options of the modules that create objects, beside those of the object."""
ENDPOINT_TASK_OPTIONS: Object = {**TASK_OPTIONS, "wait_for_acceptance": {"type": types.FLAG, "default": False}}
OVERRIDES = ("purge_tags", "recreate", "wait_for_acceptance")
"""Options of a task that an entry of ``endpoints`` can override."""


def filter_options(table: dict[str, Field], names: Iterable[str], statuses: Iterable[str]) -> Object:
    """The filters of a module: ID, status, tags, and the fields *names* of *table*."""
    return {
        "id": {"type": types.TEXT},
        "status": {"type": types.LIST, "elements": types.WORD, "choices": list(statuses)},
        **{name: {"type": types.DICT} for name in ("tags", "tags_any", "not_tags", "matches")},
        "without_any_tag": {"type": types.FLAG},
        **{name: field_option(name, table[name]) for name in names},
    }


def service_spec() -> Object:
    return {
        **auth_options(),
        **TASK_OPTIONS,
        "id": {"type": types.TEXT},
        **field_options(SERVICE),
        **name_options("vpc"),
        "backend": backend_option(),
        "permissions": {"type": types.LIST, "elements": types.WORD},
        "purge_permissions": {"type": types.FLAG, "default": True},
        "reject_revoked": {"type": types.FLAG, "default": False},
        "force": {"type": types.FLAG, "default": False},
        "admit_traffic": {"type": types.TEXT, "default": IGNORE, "choices": list(ADMIT_TRAFFIC)},
        "security_group": {"type": types.TEXT},
        "upgrade": {"type": types.FLAG, "default": False},
        "server_resources": {
            "type": types.LIST,
            "elements": "dict",
            "options": {"resource_id": {"type": types.TEXT, "required": True}, **name_options("availability_zone_id")},
        },
    }


def endpoint_options() -> Object:
    """The options of one endpoint: of vpcep_endpoint, and of each entry of vpcep_endpoints."""
    return {
        "id": {"type": types.TEXT},
        **field_options(ENDPOINT),
        **name_options("vpc", "subnet"),
        "endpoint_service_name": {"type": types.TEXT},
        "upgrade": {"type": types.FLAG, "default": False},
        "dns_name": {"type": types.TEXT},
        "dns_zone": {"type": types.TEXT},
        "create_dns_zone": {"type": types.FLAG, "default": False},
        "replace_dns_record": {"type": types.FLAG, "default": False},
    }


def endpoint_spec() -> Object:
    return {**auth_options(), **ENDPOINT_TASK_OPTIONS, **endpoint_options()}


def preflight_names() -> Object:
    """The options of vpcep_preflight_info that name objects."""
    place = name_options("vpc", "vpc_id")
    dicts: Object = {"type": types.LIST, "elements": "dict", "mutually_exclusive": [("vpc", "vpc_id")]}
    return {
        "vpcs": {"type": types.LIST, "elements": types.WORD},
        "subnets": {**dicts, "options": {**place, "subnet": {"type": types.TEXT, "required": True}}},
        "backends": {**dicts, "options": {**place, **backend_option()["options"]}},
    }


def bulk_spec() -> Object:
    return {
        **auth_options(),
        **ENDPOINT_TASK_OPTIONS,
        "endpoints": {
            "type": types.LIST,
            "elements": "dict",
            "required": True,
            "options": {**endpoint_options(), **{name: {"type": types.FLAG} for name in OVERRIDES}},
            "mutually_exclusive": [SERVICE_NAMES, *EXCLUSIVE_NAMES],
        },
        **service_options(),
        "purge": {"type": types.FLAG, "default": False},
        "concurrency": {"type": types.WHOLE, "default": WORKERS},
    }
