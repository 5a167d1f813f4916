"""Checks the variables of the role connect_vpcs, and prepares them for its tasks."""

from __future__ import annotations

import typing as t
from collections.abc import Iterator, Mapping
from pathlib import Path

from ansible.module_utils.common.yaml import yaml_load

from ...module_utils._core.errors import InputError
from ...module_utils._core.option_types import FLAG, TEXT, WHOLE, as_list
from ...module_utils._schema.accept_policy import check_policy
from ...module_utils._schema.dns import check_dns_options
from ...module_utils._schema.fields import ENSURE, IGNORE, OTC, TRAFFIC
from ...module_utils._schema.names import EXCLUSIVE, check_names
from ...module_utils._schema.validation import check_counts, port_problems, wait_timeout
from .variables import ENDPOINTS, SERVICE, VARIABLES, misspelt_variables, mistyped_variables, without_omitted

DEFAULTS = Path(__file__).parents[3] / "roles" / "connect_vpcs" / "defaults" / "main.yml"
PREFIX = "connect_vpcs_"
RESULT = "connect_vpcs_result"
FLEET = FLEET_PLAN, FLEET_SERVICE = "fleet_plan", "fleet_service"
"""Entry points of the playbook connect_fleet: it plans the service with the first, and changes it with the second."""
TAKES = {
    "main": (
        *("service", "service_id", "service_name", "endpoints", "cloud_services"),
        *("admit", "accept", "accept_policy", "verify_from", *TRAFFIC),
    ),
    "provide": ("service", *TRAFFIC),
    "consume": ("service_id", "service_name", "endpoints", "verify_from"),
    "approve": ("service", "service_id", "service_name", "accept_policy"),
    **dict.fromkeys(FLEET, ("service", "service_id", "service_name", "accept")),
}
"""The options that only some entry points take, by entry point. An entry point gets NOT_TAKEN for the others."""
NOT_TAKEN: dict[str, t.Any] = {
    "service": {},
    "service_id": None,
    "service_name": None,
    "endpoints": [],
    "cloud_services": [],
    "admit": False,
    "accept": False,
    "accept_policy": {},
    "verify_from": [],
    "admit_traffic": IGNORE,
    "security_group": None,
}
"""The values of options that an entry point does not take."""
LOGINS = ("provider_auth", "consumer_auth")
OTHER_LOGIN = {"main": "", "consume": "provider_auth"}
"""The login that an entry point does not take (not listed: the consumer's). Its tasks use the other login instead."""
NAMING = ("service", "service_id", "service_name")
OPTIONS = {**ENDPOINTS["options"], **SERVICE["options"]}
NAMES = (*(name for pair in EXCLUSIVE for name in pair), "server_type", "routetables", "dns_name", "dns_zone")
"""The options by which definitions name network objects and records."""

_WANTED = {
    "main": (
        "Say which service is meant: give one of connect_vpcs_service (a service to create), connect_vpcs_service_id "
        "and connect_vpcs_service_name (an existing one), or connect_vpcs_cloud_services alone. Given: {given}."
    ),
    "consume": (
        "Say which service is meant: give one of connect_vpcs_service_id and connect_vpcs_service_name. The "
        "provider's part of the role (tasks_from provide) shows both; for a service of another account it has to be "
        "the ID or the full name (region.name.id)."
    ),
    "approve": (
        "Say whose endpoints are to be accepted: give one of connect_vpcs_service (its definition), "
        "connect_vpcs_service_id and connect_vpcs_service_name."
    ),
    **dict.fromkeys(
        FLEET,
        "Give one of connect_vpcs_service_id, connect_vpcs_service_name and connect_vpcs_service. Given: {given}.",
    ),
}


def role_steps(
    values: Mapping[str, t.Any], entry: str, facts: Mapping[str, t.Any], omit: t.Any = None
) -> list[dict[str, t.Any]]:
    """See the filter connect_vpcs_steps.

    If an earlier use has set a result, the first step replaces it, also after a mistake: a rescue must not see it.
    """
    steps = _checked_steps(values, entry, facts, omit)
    replaces = RESULT in facts["names"] and entry != FLEET_SERVICE  # which needs the result of fleet_plan
    return [{**steps[0], "task_file": "begin"}, *steps] if replaces else steps


def _checked_steps(
    values: Mapping[str, t.Any], entry: str, facts: Mapping[str, t.Any], omit: t.Any
) -> list[dict[str, t.Any]]:
    """The other steps. Values with mistakes are not part of the result, so nothing shows them."""
    defaults = yaml_load(DEFAULTS.read_text(encoding="utf-8"))
    other_login = PREFIX + OTHER_LOGIN.get(entry, "consumer_auth")
    values = without_omitted({name: value for name, value in values.items() if name != other_login}, omit)
    known = {**defaults, other_login: None, **values}  # the other login was not read, so it counts as given
    spelling = [] if entry in FLEET else misspelt_variables(facts["names"], defaults, known)
    mistakes = spelling or mistyped_variables(dict(values))
    if mistakes:
        state = "absent" if values.get("connect_vpcs_state") == "absent" else "present"
        return [{"task_file": "refuse", "state": state, "mistakes": mistakes}]
    values = {**defaults, **{name: value for name, value in values.items() if value is not None}}
    options = {name[len(PREFIX) :]: _converted(name, value) for name, value in values.items()}
    given = _taken(options, entry, facts["check_mode"])
    mistakes = list(_contradictions(given, facts["hosts"]))
    if mistakes:
        return [{"task_file": "refuse", "state": given["state"], "mistakes": mistakes}]
    return [{**given, **step} for step in _steps(given)]


def _without_nulls(value: t.Any) -> t.Any:
    """Definitions without null options: in mutually_exclusive, Ansible counts a null option as given."""
    if isinstance(value, Mapping):  # nested dictionaries, such as tags, stay as they are
        return {
            name: _without_nulls(one) if isinstance(one, list) else one
            for name, one in value.items()
            if one is not None
        }
    return [_without_nulls(one) for one in value] if isinstance(value, list) else value


def _converted(name: str, value: t.Any) -> t.Any:
    """The value converted to its variable's type: templates make numbers text, and YAML makes a name 123 a number."""
    kind = VARIABLES[name]["type"]
    return kind(value) if value is not None and kind in (TEXT, FLAG, WHOLE) else value


def _steps(given: dict[str, t.Any]) -> Iterator[dict[str, t.Any]]:
    """The task files to include, each with the options that only this file gets."""
    if given["needs_find"]:
        yield {"task_file": "find"}
    yield {"task_file": "accept" if given["entry"] == "approve" else given["state"]}
    if given["state"] == "present" and not given["check_mode"]:
        yield from ({"task_file": "verify", "host": host, "verify_from": [host]} for host in given["verify_from"])


def _taken(options: dict[str, t.Any], entry: str, check_mode: bool) -> dict[str, t.Any]:
    """The options that the entry point takes, and the flags that follow from them."""
    given = {name: value for name, value in options.items() if name not in LOGINS}
    given |= {name: value for name, value in NOT_TAKEN.items() if name not in TAKES[entry]}
    given |= {name: _without_nulls(given[name]) for name in ("service", "endpoints", "cloud_services")}
    # In check mode the ID of a service that another task would create is empty.
    to_come = check_mode and given["service_id"] is not None and not given["service_id"] and not given["service_name"]
    named = bool(given["service_id"] or given["service_name"])
    short_name = bool(given["service_name"]) and "." not in given["service_name"] and not given["service_id"]
    two_logins = entry == "main" and options["provider_auth"] != options["consumer_auth"]
    present = given["state"] == "present"
    # To remove endpoints, the ID or the full name is enough: they are removed when the service is gone, too.
    searches_service = named and (present or short_name)
    finds_defined_service = bool(given["service"] and (entry == "approve" or not present))
    checks_endpoints = given["preflight"] and given["endpoints"]  # this check needs their account, for the whitelist
    needs_accounts = bool(two_logins and present and given["service"] and (given["admit"] or checks_endpoints))
    needs_accounts_if_own = bool(two_logins and present and named and checks_endpoints)
    return {
        **given,
        "entry": entry,
        "is_fleet": entry in FLEET,
        "plans_only": entry == FLEET_PLAN,
        # apply.yml reports the obstacles of service and endpoints together. A fleet plans its endpoints later.
        "obstacles_later": entry != FLEET_PLAN or not given["preflight"],
        "check_mode": check_mode,
        "service_id": given["service_id"] or "",
        "service_name": given["service_name"] or "",
        "to_come": to_come and "service_id" in TAKES[entry],
        "named": {name: given[f"service_{name}"] for name in ("id", "name") if given[f"service_{name}"]},
        "searches_service": searches_service,
        "searches_other_projects": searches_service and entry in ("main", "consume") and not short_name,
        "finds_defined_service": finds_defined_service,
        # A service of another account; or, in check mode, one that an earlier play creates: the result says so.
        "may_be_missing": (entry in FLEET and not short_name) or (entry == "approve" and check_mode),
        "needs_accounts": needs_accounts,
        "needs_accounts_if_own": needs_accounts_if_own,
        "needs_find": bool(searches_service or finds_defined_service or needs_accounts or given["cloud_services"]),
        **{name: [str(one) for one in as_list(given[name])] for name in ("accept_from", "verify_from")},
        "verify_ports": [int(port) for port in as_list(given["verify_ports"])],
    }


def _contradictions(given: dict[str, t.Any], hosts: t.Collection[str]) -> t.Iterator[str]:
    entry = given["entry"]
    if entry not in ("main", *FLEET) and given["state"] != "present":
        yield f"tasks_from {entry} only connects. To remove, use the role without tasks_from."
    changes_groups = given["admit_traffic"] == ENSURE or given["security_group"]
    if entry == "main" and given["state"] == "present" and changes_groups and not given["service"]:
        yield (
            "connect_vpcs_admit_traffic and connect_vpcs_security_group need connect_vpcs_service: the role does "
            "not change a service that is found by ID or name, nor the security groups of its backend."
        )
    if given["accept_policy"] and (given["accept_from"] or not (given["accept"] or entry == "approve")):
        yield (
            "connect_vpcs_accept_policy says whose endpoints are accepted: leave out connect_vpcs_accept_from and "
            "connect_vpcs_accept."
        )
    yield from _impossible_names(given)
    yield from _impossible_numbers(given)
    unknown = [host for host in given["verify_from"] if host not in hosts]
    if unknown:
        yield f"connect_vpcs_verify_from: not in the inventory: {', '.join(unknown)}."
    named = [PREFIX + name for name in NAMING if given[name]]
    only_cloud_services = given["cloud_services"] and not named and not given["endpoints"]
    if entry in _WANTED and len(named) != 1 and not given["to_come"] and not only_cloud_services:
        yield _WANTED[entry].format(given=" and ".join(named) or "none of them")


def _impossible_names(given: dict[str, t.Any]) -> t.Iterator[str]:
    """A sentence for each definition with impossible names. The modules would find these only after some requests."""
    for place, definition in _definitions(given):
        given_names = {name: definition[name] for name in NAMES if definition.get(name) is not None}
        names = {name: OPTIONS[name]["type"](value) for name, value in given_names.items()}
        try:
            check_names(names)
            check_dns_options(names, OTC)
        except InputError as error:
            yield f"{PREFIX}{place}.{error}"


def _impossible_numbers(given: dict[str, t.Any]) -> t.Iterator[str]:
    """A sentence for each number or policy that a task would refuse only after other tasks have changed something."""
    policy = {name: _with_limits(rules) for name, rules in given["accept_policy"].items()}
    checks: list[tuple[str, t.Callable[[], t.Any]]] = [
        ("", lambda: wait_timeout(given)),
        ("", lambda: check_counts(given, ("verify_timeout",))),
        ("accept_", lambda: check_policy(policy, OTC)),
    ]
    for place, check in checks:
        try:
            check()
        except InputError as error:
            yield f"{PREFIX}{place}{error}"
    yield from port_problems(f"{PREFIX}verify_ports", given["verify_ports"])


def _with_limits(rules: t.Any) -> t.Any:
    """The rules of a policy with their limits as numbers: templates turn numbers into text."""
    if not isinstance(rules, list):
        return rules
    return [{**rule, "limit": WHOLE(rule["limit"])} if rule.get("limit") is not None else rule for rule in rules]


def _definitions(given: dict[str, t.Any]) -> t.Iterator[tuple[str, dict[str, t.Any]]]:
    """Each definition of an object and where it is."""
    lists = {"endpoints": given["endpoints"]}
    for number, service in enumerate(given["cloud_services"]):
        lists[f"cloud_services[{number}].endpoints"] = service["endpoints"]
    yield "service", given["service"]
    for place, definitions in lists.items():
        yield from ((f"{place}[{index}]", one) for index, one in enumerate(definitions))
