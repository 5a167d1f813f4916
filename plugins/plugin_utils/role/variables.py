"""Checks of the variables of the role and of the playbooks. The messages never quote a value."""

from __future__ import annotations

import difflib
import typing as t
from collections.abc import Mapping

from ...module_utils._core import option_types
from ...module_utils._core.option_types import DICT, FLAG, LIST, TEXT, WHOLE, WORD
from ...module_utils._schema.argument_specs import (
    REPORT_FORMATS,
    SEVERITIES,
    auth_options,
    bulk_spec,
    endpoint_spec,
    policy_option,
    service_spec,
)

ALIKE = 0.92
"""The similarity of a misspelt name, from 0 to 1 as in difflib: about two wrong letters in twenty."""
SURVEY = "__"
"""Part of the names of survey answers, such as connect_vpcs_service__name, which a playbook turns into options."""

STATE = {"type": TEXT, "choices": ["present", "absent"]}
AUTH = {"type": DICT, "options": auth_options()}
_ENDPOINTS = bulk_spec()["endpoints"]
_VPC_ID = {**_ENDPOINTS["options"]["vpc_id"], "required": True, "instead": ("vpc", "id")}
_ENDPOINT = {**_ENDPOINTS["options"], "vpc_id": _VPC_ID}
ENDPOINTS: dict[str, t.Any] = {**_ENDPOINTS, "options": _ENDPOINT}
CLOUD_SERVICE = {"name": {"type": TEXT, "required": True}, "endpoints": {**ENDPOINTS, "required": True}}


def definition(spec: dict[str, t.Any]) -> dict[str, t.Any]:
    """The options of a module by name and alias, without the login and those that the role sets."""
    own = {
        name: option for name, option in spec.items() if name not in (*AUTH["options"], "state", "wait", "wait_timeout")
    }
    return {**own, **{alias: option for option in own.values() for alias in option.get("aliases", ())}}


SERVICE: dict[str, t.Any] = {"type": DICT, "options": definition(service_spec())}

VARIABLES: dict[str, dict[str, t.Any]] = {
    "connect_vpcs_state": STATE,
    "connect_vpcs_service": SERVICE,
    "connect_vpcs_service_id": {"type": TEXT},
    "connect_vpcs_service_name": {"type": TEXT},
    "connect_vpcs_endpoints": ENDPOINTS,
    "connect_vpcs_endpoint": {"type": DICT, "options": endpoint_spec()},
    "connect_vpcs_cloud_services": {"type": LIST, "elements": DICT, "options": CLOUD_SERVICE},
    "connect_vpcs_admit": {"type": FLAG},
    "connect_vpcs_accept": {"type": FLAG},
    "connect_vpcs_accept_from": {"type": LIST, "elements": WORD},
    "connect_vpcs_accept_policy": policy_option(),
    "connect_vpcs_admit_traffic": {**service_spec()["admit_traffic"], "default": "report"},
    "connect_vpcs_security_group": {"type": TEXT},
    "connect_vpcs_preflight": {"type": FLAG},
    "connect_vpcs_verify_from": {"type": LIST, "elements": WORD},
    "connect_vpcs_verify_timeout": {"type": WHOLE},
    "connect_vpcs_verify_ports": {"type": LIST, "elements": WHOLE},
    "connect_vpcs_wait_timeout": {"type": WHOLE},
    "connect_vpcs_throttle": {"type": WHOLE},
    "connect_vpcs_provider_auth": AUTH,
    "connect_vpcs_consumer_auth": AUTH,
    "private_obs_state": STATE,
    "private_obs_vpc": {"type": TEXT},
    "private_obs_vpc_id": {"type": TEXT},
    "private_obs_subnet": {"type": TEXT},
    "private_obs_subnet_id": {"type": TEXT},
    "private_obs_auth": AUTH,
    "private_obs_tags": ENDPOINTS["options"]["tags"],
    "private_obs_routetables": ENDPOINTS["options"]["routetables"],
    "private_obs_policy_statement": ENDPOINTS["options"]["policy_statement"],
    "audit_vpcs_auth": AUTH,
    "audit_vpcs_other_auth": AUTH,
    "audit_vpcs_rules": {"type": DICT},
    "audit_vpcs_fail_on": {"type": TEXT, "choices": [*SEVERITIES, "never"], "default": "high"},
    **{f"audit_vpcs_{name}": {"type": TEXT} for name in REPORT_FORMATS if name != "text"},
    "map_vpcs_accounts": {"type": LIST, "elements": DICT, "options": AUTH["options"]},
    "export_vpcs_accounts": {"type": LIST, "elements": DICT, "options": AUTH["options"]},
}
"""Each variable as an option of a module."""


def without_omitted(value: t.Any, omit: t.Any) -> t.Any:
    """The value without the parts that are *omit*, Ansible's special variable. Ansible does the same for modules."""
    if isinstance(value, Mapping):
        return {name: without_omitted(one, omit) for name, one in value.items() if one is None or one != omit}
    if isinstance(value, (list, tuple)):
        return [without_omitted(one, omit) for one in value if one is None or one != omit]
    return value


def mistyped_variables(values: dict[str, t.Any], omit: t.Any = None) -> list[str]:
    """A sentence for each value of a wrong type; see the filter of this name."""
    values = {name: without_omitted(value, omit) for name, value in values.items()}
    given = {name: value for name, value in values.items() if name in VARIABLES}
    return option_types.wrong_types(VARIABLES, values) or list(misnamed(VARIABLES, given, ""))


def misnamed(spec: dict[str, t.Any], values: dict[str, t.Any], place: str) -> t.Iterator[str]:
    """A sentence for each value that is none of the choices, and for each nested option that is unknown or missing."""
    for name, value in values.items():
        option = spec.get(name, {})
        if "choices" in option and option["type"] == TEXT and value not in (None, *option["choices"]):
            yield f"{place}{name} must be {' or '.join(option['choices'])}."
    for name in (name for name in values if name not in spec):
        near = " or ".join(difflib.get_close_matches(str(name), spec, 2))
        yield f"{place}{name} is no option" + (f": did you mean {near}?" if near else ".")
    needed = [(name, *option.get("instead", ())) for name, option in spec.items() if place and option.get("required")]
    for names in needed:
        if all(values.get(name) is None for name in names):
            yield f"{place}{' or '.join(names)} is missing."
    for name in (name for name in values if values[name] and spec.get(name, {}).get("options")):
        value = values[name]
        items = [(f"{place}{name}.", value)]
        if not isinstance(value, dict):
            items = [(f"{place}{name}[{index}].", item) for index, item in enumerate(value)]
        for there, item in items:
            yield from misnamed(spec[name]["options"], item, there)


def misspelt_variables(names: t.Iterable[str], defaults: dict[str, t.Any], values: dict[str, t.Any]) -> list[str]:
    """A sentence for each name that looks like a misspelt option of the role. Ansible ignores such variables.

    names: of all variables of the play. values: of the options. If an option differs from its default, the user knows
    its name, and similar names are not reported.
    """
    found = []
    for name in sorted({*names} - {*defaults}):
        near = difflib.get_close_matches(name, defaults, 1, ALIKE)
        if near and SURVEY not in name and values[near[0]] == defaults[near[0]]:
            found.append(f"There is no variable {name}: did you mean {near[0]}?")
    return found
