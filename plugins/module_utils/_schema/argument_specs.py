# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The argument specs that modules share, made from fields.py where the API sets the facts."""

from __future__ import annotations

from typing import Any

from .._core.option_types import CLOUD, DICT, FLAG, FREE_TEXT, LIST, NUMBER, PATH, TEXT, WHOLE, WORD
from .._core.parallel import WORKERS
from .fields import ENDPOINT, POLICY_EFFECTS, PROTOCOLS, SERVICE, Field, all_choices
from .validation import OPTION_NAMES

Spec = dict[str, Any]
ALIASES = {"service_name": ["service_name"]}  # the API's name of an option that the design renames

_PORT: Spec = {
    "client_port": {"type": WHOLE, "required": True},
    "server_port": {"type": WHOLE, "required": True},
    "protocol": {"type": TEXT, "default": PROTOCOLS[0], "choices": list(PROTOCOLS)},
}
_STATEMENT: Spec = {
    "Effect": {"type": TEXT, "required": True, "choices": list(POLICY_EFFECTS), "aliases": ["effect"]},
    "Action": {"type": LIST, "elements": WORD, "required": True, "aliases": ["action"]},
    "Resource": {"type": LIST, "elements": WORD, "required": True, "aliases": ["resource"]},
    "Condition": {"type": DICT, "aliases": ["condition"]},
    "Sid": {"type": TEXT, "aliases": ["sid"]},
}
_KINDS: dict[str, Spec] = {
    "text": {"type": TEXT},
    "name": {"type": TEXT},
    "choice": {"type": TEXT},
    "flag": {"type": FLAG},
    "ports": {"type": LIST, "elements": "dict", "options": _PORT},
    "tags": {"type": DICT},
    "ids": {"type": LIST, "elements": WORD},
    "words": {"type": LIST, "elements": WORD},
    "ipv4": {"type": TEXT},
    "ipv6": {"type": TEXT},
    "ranges": {"type": LIST, "elements": WORD},
    "policy": {"type": LIST, "elements": "dict", "options": _STATEMENT},
    "document": {"type": DICT},
}


def auth_options() -> Spec:
    """The options of every module. Environment variables are read by credentials.py, for the right precedence."""
    return {
        "cloud": {"type": CLOUD},
        "auth_url": {"type": TEXT},
        "username": {"type": TEXT},
        "user_id": {"type": TEXT},
        "password": {"type": FREE_TEXT, "no_log": True},
        "passcode": {"type": FREE_TEXT, "no_log": True},
        "user_domain_name": {"type": TEXT},
        "user_domain_id": {"type": TEXT},
        "project_name": {"type": TEXT},
        "project_id": {"type": TEXT},
        "agency_name": {"type": TEXT},
        "agency_domain_name": {"type": TEXT},
        "agency_domain_id": {"type": TEXT},
        "region": {"type": TEXT},
        "token": {"type": FREE_TEXT, "no_log": True},
        "access_key": {"type": TEXT, "no_log": False},
        "secret_key": {"type": FREE_TEXT, "no_log": True},
        "security_token": {"type": FREE_TEXT, "no_log": True},
        "api_url": {"type": TEXT},
        "allow_http": {"type": FLAG},
        "validate_certs": {"type": FLAG},
        "ca_path": {"type": PATH},
        "timeout": {"type": NUMBER, "default": 30.0},
        "retries": {"type": WHOLE, "default": 5},
        "token_cache": {"type": FLAG, "default": True, "no_log": False},
        "token_cache_dir": {"type": PATH, "no_log": False},
    }


SERVICE_ACTION_OPTIONS: Spec = {
    "upgrade": {"type": FLAG, "default": False},
    "server_resources": {
        "type": LIST,
        "elements": "dict",
        "options": {"resource_id": {"type": TEXT, "required": True}, "availability_zone_id": {"type": TEXT}},
    },
}
SERVICE_NAMES = ("endpoint_service_id", "endpoint_service_name")
SHARED = ("state", "purge_tags", "recreate", "wait", "wait_timeout", "wait_for_acceptance")
"""Options of a fleet that hold for each of its endpoints."""
OWN_TOO = ("purge_tags", "recreate", "wait_for_acceptance")
"""Those of them that an endpoint may have for itself."""


def service_options() -> Spec:
    """The options that name the service which a task looks after a part of; one of :data:`SERVICE_NAMES`."""
    return {name: {"type": TEXT} for name in SERVICE_NAMES}


def object_options(table: dict[str, Field]) -> Spec:
    """The options of a module that makes objects: one for each field of *table*, and what all such modules share."""
    spec = {OPTION_NAMES.get(name, name): field_option(name, field) for name, field in table.items()}
    spec.update(
        id={"type": TEXT},
        state={"type": TEXT, "default": "present", "choices": ["present", "absent"]},
        purge_tags={"type": FLAG, "default": True},
        recreate={"type": FLAG, "default": False},
        wait={"type": FLAG, "default": True},
        wait_timeout={"type": WHOLE, "default": 600},
    )
    return spec


def field_option(name: str, field: Field) -> Spec:
    """One option of a module, from what the API says about the field."""
    spec = dict(_KINDS[field.kind])
    if field.choices:
        spec["choices"] = list(all_choices(field))
    if name == "description":
        spec["type"] = FREE_TEXT
    if name in ALIASES:
        spec["aliases"] = ALIASES[name]
    return spec


def service_spec() -> Spec:
    """The options of the module that makes a service."""
    return {
        **auth_options(),
        **object_options(SERVICE),
        "permissions": {"type": LIST, "elements": WORD},
        "purge_permissions": {"type": FLAG, "default": True},
        "reject_revoked": {"type": FLAG, "default": False},
        "force": {"type": FLAG, "default": False},
        **SERVICE_ACTION_OPTIONS,
    }


def endpoint_spec() -> Spec:
    """The options of the module that makes an endpoint."""
    return {
        **auth_options(),
        **object_options(ENDPOINT),
        "endpoint_service_name": {"type": TEXT},
        "wait_for_acceptance": {"type": FLAG, "default": False},
        "upgrade": {"type": FLAG, "default": False},
    }


def fleet_options() -> Spec:
    """The options of the module that makes many endpoints: what holds for all of them, and a list of their own."""
    shared = {name: it for name, it in object_options(ENDPOINT).items() if name in SHARED}
    shared["wait_for_acceptance"] = {"type": FLAG, "default": False}
    own = {OPTION_NAMES.get(name, name): field_option(name, field) for name, field in ENDPOINT.items()}
    one = {name: {"type": shared[name]["type"]} for name in OWN_TOO if name in shared}
    one.update(id={"type": TEXT}, endpoint_service_name={"type": TEXT}, upgrade={"type": FLAG}, **own)
    return {
        "endpoints": {
            "type": LIST,
            "elements": "dict",
            "required": True,
            "options": one,
            "mutually_exclusive": [SERVICE_NAMES],
        },
        **service_options(),
        **shared,
        "purge": {"type": FLAG, "default": False},
        "concurrency": {"type": WHOLE, "default": WORKERS},
    }
