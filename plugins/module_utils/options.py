# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The argument specs that modules share, made from fields.py where the API sets the facts."""

from __future__ import annotations

from typing import Any

from .fields import ENDPOINT, POLICY_EFFECTS, PROTOCOLS, WORKERS, Field, all_choices
from .validation import OPTION_NAMES

Spec = dict[str, Any]
ALIASES = {"service_name": ["service_name"]}  # the API's name of an option that the design renames

_PORT: Spec = {
    "client_port": {"type": "int", "required": True},
    "server_port": {"type": "int", "required": True},
    "protocol": {"type": "str", "default": PROTOCOLS[0], "choices": list(PROTOCOLS)},
}
_STATEMENT: Spec = {
    "Effect": {"type": "str", "required": True, "choices": list(POLICY_EFFECTS), "aliases": ["effect"]},
    "Action": {"type": "list", "elements": "str", "required": True, "aliases": ["action"]},
    "Resource": {"type": "list", "elements": "str", "required": True, "aliases": ["resource"]},
    "Condition": {"type": "dict", "aliases": ["condition"]},
    "Sid": {"type": "str", "aliases": ["sid"]},
}
_KINDS: dict[str, Spec] = {
    "text": {"type": "str"},
    "name": {"type": "str"},
    "choice": {"type": "str"},
    "flag": {"type": "bool"},
    "ports": {"type": "list", "elements": "dict", "options": _PORT},
    "tags": {"type": "dict"},
    "ids": {"type": "list", "elements": "str"},
    "words": {"type": "list", "elements": "str"},
    "ipv4": {"type": "str"},
    "ipv6": {"type": "str"},
    "ranges": {"type": "list", "elements": "str"},
    "policy": {"type": "list", "elements": "dict", "options": _STATEMENT},
    "document": {"type": "dict"},
}


def auth_options() -> Spec:
    """The options of every module. Environment variables are read by credentials.py, for the right precedence."""
    return {
        "cloud": {"type": "str"},
        "auth_url": {"type": "str"},
        "username": {"type": "str"},
        "user_id": {"type": "str"},
        "password": {"type": "str", "no_log": True},
        "passcode": {"type": "str", "no_log": True},
        "user_domain_name": {"type": "str"},
        "user_domain_id": {"type": "str"},
        "project_name": {"type": "str"},
        "project_id": {"type": "str"},
        "agency_name": {"type": "str"},
        "agency_domain_name": {"type": "str"},
        "agency_domain_id": {"type": "str"},
        "region": {"type": "str"},
        "token": {"type": "str", "no_log": True},
        "access_key": {"type": "str", "no_log": False},
        "secret_key": {"type": "str", "no_log": True},
        "security_token": {"type": "str", "no_log": True},
        "api_url": {"type": "str"},
        "validate_certs": {"type": "bool"},
        "ca_path": {"type": "path"},
        "timeout": {"type": "float", "default": 30.0},
        "retries": {"type": "int", "default": 5},
        "token_cache": {"type": "bool", "default": True, "no_log": False},
        "token_cache_dir": {"type": "path", "no_log": False},
    }


SERVICE_ACTION_OPTIONS: Spec = {
    "upgrade": {"type": "bool", "default": False},
    "server_resources": {
        "type": "list",
        "elements": "dict",
        "options": {"resource_id": {"type": "str", "required": True}, "availability_zone_id": {"type": "str"}},
    },
}
SERVICE_NAMES = ("endpoint_service_id", "endpoint_service_name")
SHARED = ("state", "purge_tags", "recreate", "wait", "wait_timeout", "wait_for_acceptance")
"""Options of a fleet that hold for each of its endpoints."""
OWN_TOO = ("purge_tags", "recreate", "wait_for_acceptance")
"""Those of them that an endpoint may have for itself."""


def service_options() -> Spec:
    """The options that name the service which a task looks after a part of; one of :data:`SERVICE_NAMES`."""
    return {name: {"type": "str"} for name in SERVICE_NAMES}


def object_options(table: dict[str, Field]) -> Spec:
    """The options of a module that makes objects: one for each field of *table*, and what all such modules share."""
    spec = {OPTION_NAMES.get(name, name): field_option(name, field) for name, field in table.items()}
    spec.update(
        id={"type": "str"},
        state={"type": "str", "default": "present", "choices": ["present", "absent"]},
        purge_tags={"type": "bool", "default": True},
        recreate={"type": "bool", "default": False},
        wait={"type": "bool", "default": True},
        wait_timeout={"type": "int", "default": 600},
    )
    return spec


def field_option(name: str, field: Field) -> Spec:
    """One option of a module, from what the API says about the field."""
    spec = dict(_KINDS[field.kind])
    if field.choices:
        spec["choices"] = list(all_choices(field))
    if name in ALIASES:
        spec["aliases"] = ALIASES[name]
    return spec


def fleet_options() -> Spec:
    """The options of the module that makes many endpoints: what holds for all of them, and a list of their own."""
    shared = {name: it for name, it in object_options(ENDPOINT).items() if name in SHARED}
    shared["wait_for_acceptance"] = {"type": "bool", "default": False}
    own = {OPTION_NAMES.get(name, name): field_option(name, field) for name, field in ENDPOINT.items()}
    one = {name: {"type": shared[name]["type"]} for name in OWN_TOO if name in shared}
    one.update(id={"type": "str"}, endpoint_service_name={"type": "str"}, upgrade={"type": "bool"}, **own)
    return {
        "endpoints": {
            "type": "list",
            "elements": "dict",
            "required": True,
            "options": one,
            "mutually_exclusive": [SERVICE_NAMES],
        },
        **service_options(),
        **shared,
        "purge": {"type": "bool", "default": False},
        "concurrency": {"type": "int", "default": WORKERS},
    }
