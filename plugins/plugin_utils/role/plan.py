"""Decides what the role connect_vpcs has to do, from its input and from the results that its tasks have registered."""

from __future__ import annotations

import re
import typing as t
from collections.abc import Mapping
from itertools import zip_longest

from ansible.module_utils.parsing.convert_bool import boolean

from ...module_utils._core.option_types import as_list
from ...module_utils._core.types import Object, objects_in
from ...module_utils._schema.fields import DNS_OPTIONS, ENSURE, PERMISSION_PREFIX, TRAFFIC

SETTLED = {"accepted", "pendingAcceptance", "rejected"}
ALWAYS_APPLIED = ("upgrade", "reject_revoked")
"""Flags of a definition that do more than the plan of the service shows."""


def role_plan(given: Mapping[str, t.Any], searches: Mapping[str, t.Any] | None = None, **registered: t.Any) -> Object:
    """See the filter connect_vpcs_plan."""
    known = {**(searches or {}), **registered}
    tokens = [one["token"] for one in objects_in(known.get("accounts"), "results") if "token" in one]
    accounts = [one["domain_id"] or "" for one in tokens]
    definition = _definition(given, accounts)
    own, described, public = (objects_in(known.get(name), "services") for name in ("own", "described", "public"))
    found = [*own, *described] or _named(given, public)
    service = _service(given, found, known.get("service_plan") or {})
    cloud, cloud_mistakes = _cloud_services(given, public)
    is_own = bool(given["service"] or own)
    accepts = bool(given.get("accept") and is_own)
    plan = {
        "definition": definition,
        "adds_to_whitelist": definition.get("permissions") != given["service"].get("permissions"),
        "search_mistakes": [
            *_search_mistakes(given, found, accounts),
            *_distant_regions(given, tokens),
            *cloud_mistakes,
        ],
        "service": service,
        "is_own": is_own,
        "accepts": accepts,
        "groups": _groups(given, service, cloud, accepts or known.get("endpoint_plans") is None),
    }
    return (
        {**plan, **_work(given, plan, own, {**known, "accounts": accounts})}
        if known.get("endpoint_plans") is not None
        else plan
    )


def _definition(given: Mapping[str, t.Any], accounts: t.Sequence[str]) -> Object:
    """The service as it is sent. Other records of the whitelist stay unless the definition lists all."""
    if not given["service"]:
        return {}
    traffic = {name: given[name] for name in TRAFFIC if given.get(name)}
    service: Object = {**traffic, **given["service"]}
    if not given.get("admit") or len({*accounts}) < 2:
        return service
    return admitting(service, accounts[-1])


def admitting(service: Object, account: str) -> Object:
    """The definition with the account in its whitelist."""
    listing = service.get("permissions")
    purge = listing is not None and boolean(service.get("purge_permissions", True))
    return {**service, "permissions": [*as_list(listing), account], "purge_permissions": purge}


def _service(given: Mapping[str, t.Any], found: list[Object], provided: Mapping[str, t.Any]) -> Object:
    """The service as it was found or planned. To remove endpoints, the ID or the full name is enough."""
    named = given["service_id"] or (given["service"].get("id") if not provided.get("service") else "")
    if given["state"] == "absent" and named:
        return {"id": named}
    if given["service"]:
        return provided.get("service") or {}
    if given["state"] == "absent" and "." in given["service_name"]:
        return {"service_name": given["service_name"]}
    return found[0] if found else {}


def _named(given: Mapping[str, t.Any], public: list[Object]) -> list[Object]:
    """The service of the cloud that has the ID or the full name."""
    if not given.get("searches_other_projects"):
        return []
    meant = {given["service_id"], given["service_name"]} - {""}
    return [one for one in public if {one["id"], one["service_name"]} & meant]


def _search_mistakes(given: Mapping[str, t.Any], found: list[Object], accounts: t.Sequence[str]) -> t.Iterator[str]:
    """The reasons why the service or the account is ambiguous or unknown."""
    if given.get("admit") and given.get("needs_accounts") and not all(accounts):
        yield (
            "The account of these credentials is not known, so it cannot be added to the whitelist. Give auth_url "
            "with them; or list the consumer's account in permissions of the service, and set connect_vpcs_admit to "
            "false."
        )
    name = given["service_id"] or given["service_name"]
    if not given.get("searches_service") or len(found) == 1 or (not found and given["state"] == "absent"):
        return
    if given["may_be_missing"] and not found:
        return
    if given["entry"] == "approve":
        yield (
            f"{len(found)} endpoint services of this project are called {name}. Only the owner of a service can accept "
            "its endpoints. Check region and project, or give connect_vpcs_service_id."
        )
    elif found:
        identifiers = ", ".join(sorted(service["id"] for service in found))
        yield f"{len(found)} endpoint services are named {name}: {identifiers}. Give connect_vpcs_service_id."
    else:
        yield (
            f"There is no endpoint service {name} that these credentials can see. Check region and project, ask the "
            "service's owner for its ID or full name (region.name.id), or describe it in connect_vpcs_service to have "
            "it created."
        )


def _distant_regions(given: Mapping[str, t.Any], tokens: t.Sequence[Object]) -> t.Iterator[str]:
    """Why the endpoints of one login cannot reach the service of the other one."""
    regions = [one["region"] for one in tokens if one.get("region")]
    if given["endpoints"] and len({region.lower() for region in regions}) > 1:
        of_service, of_endpoints = regions
        yield (
            f"The service's login is of region {of_service}, and that of the endpoints of region {of_endpoints}. "
            "Endpoints reach services of their own region only: check region in both logins."
        )


def _cloud_services(given: Mapping[str, t.Any], listing: list[Object]) -> tuple[list[Object], list[str]]:
    """The wanted services of the cloud, each with the service of that name, and a sentence for each ambiguous name.

    The entries of a service become one: its endpoints are compared with each other before the first one is created.
    """
    chosen: dict[str, Object] = {}
    mistakes = []
    for wanted in given["cloud_services"]:
        name = str(wanted["name"])
        meant = [one for one in listing if re.match(rf"(.*[.])?{re.escape(name)}$", one["service_name"])]
        if len(meant) != 1:
            existing = ", ".join(sorted(one["service_name"] for one in listing))
            mistakes.append(f"{len(meant)} services of the cloud are named {name}. There are: {existing}.")
            continue
        first = chosen.setdefault(meant[0]["service_name"], {**wanted, "service": meant[0], "endpoints": []})
        if str(first["name"]) != name:
            mistakes.append(f"{first['name']} and {name} are one service of the cloud: use one of the names.")
        else:
            first["endpoints"] = [*first["endpoints"], *wanted["endpoints"]]
    return [*chosen.values()], mistakes


def _groups(given: Mapping[str, t.Any], service: Object, cloud: list[Object], at_once: bool) -> list[Object]:
    """The services, each with its wanted endpoints.

    at_once: do not wait for acceptance: in plans, and if the role itself accepts the endpoints after the creation.
    Without the service, only endpoints with an ID can be removed.
    """
    absent = given["state"] == "absent"
    is_known = bool(service) or not absent
    main = {"service": service, "endpoints": [one for one in given["endpoints"] if is_known or one.get("id")]}
    waiting = {} if absent or not at_once else {"wait_for_acceptance": False}
    return [
        {
            "name": group.get("name") or "",
            "label": f"{len(group['endpoints'])} of {group.get('name') or 'the service'}",
            "service": group["service"],
            "service_id": group["service"].get("id") or "",
            "given": group["endpoints"],
            "endpoints": [{**endpoint, **waiting, **_of_service(endpoint, group)} for endpoint in group["endpoints"]],
        }
        for group in (main, *cloud)
        if group["endpoints"]
    ]


def _of_service(endpoint: Object, group: Object) -> Object:
    """For an endpoint with an ID, the option that the module compares with the endpoint's own service."""
    service_id = group["service"].get("id")
    return {"endpoint_service_id": service_id} if endpoint.get("id") and service_id else {}


def _work(given: Mapping[str, t.Any], plan: Object, own: list[Object], known: Mapping[str, t.Any]) -> Object:
    """What has to be created, changed and accepted, and the obstacles."""
    service_plan = known.get("service_plan") or {}
    plans = known["endpoint_plans"]["results"]
    groups = _with_results(given, plan, known)
    created = [len(_creates(planned)) for planned in plans if _creates(planned)]
    creates = any(not one["name"] and _creates(planned) for one, planned in zip(groups, plans, strict=False))
    obstacles = [
        *_obstacles(given, service_plan, plans, known.get("checks") or []),
        *(_not_admitted(plan["definition"], service_plan, known["accounts"]) if creates else []),
    ]
    checks = given["preflight"]
    work = {
        "service_is_creating": any(service.get("status") == "creating" for service in own),
        "changes_service": bool(given["service"]) and _changes_service(given["service"], service_plan),
        **_acceptance(given, plan, groups, known),
    }
    has_changes = bool(
        obstacles
        or any(work[name] for name in ("service_is_creating", "changes_service", "to_accept", "uses_policy"))
        or any(group["has_changes"] for group in groups)
    )
    return {
        **work,
        "definition": _to_apply(plan["definition"]),
        "resolved": _resolved([service_plan, *plans]),
        "traffic": service_plan.get("traffic") or {},
        "groups": groups,
        # The plan of each service counts only the endpoints of this service.
        "new_endpoints": sum(created) if checks and len(created) > 1 and not obstacles else 0,
        "provider_check": _provider_check(plan, known["accounts"]) if checks and created else {},
        "obstacles": obstacles if checks else [],
        "has_changes": has_changes,
        "is_applied": has_changes and not given["plans_only"],
    }


def _with_results(given: Mapping[str, t.Any], plan: Object, known: Mapping[str, t.Any]) -> list[Object]:
    """The groups with the plans of their endpoints, and with the results once there are any."""
    plans = known["endpoint_plans"]["results"]
    results = (known.get("endpoint_results") or {}).get("results") or [{}] * len(plans)
    return [
        {
            **group,
            "endpoints": _endpoints_to_apply(group, planned),
            "has_changes": _has_changes(group, planned, plan["accepts"]),
            "current": with_records(applied if "endpoints" in applied else planned),
            "created": _created(applied),
        }
        for group, planned, applied in zip(plan["groups"], plans, results, strict=False)
    ]


def _obstacles(
    given: Mapping[str, t.Any], service_plan: Mapping[str, t.Any], plans: list[Object], checks: list[Object]
) -> list[str]:
    """Why not everything can be created, as sentences."""
    # The plans run in check mode, where a name without an object is no error.
    unnamed = [text for one in (service_plan, *plans) for text in one.get("not_named") or []]
    return [
        *dict.fromkeys([] if given["check_mode"] else unnamed),
        *(text for one in (service_plan, *plans) for text in one.get("obstacles", [])),
        *_failed_checks(checks),
    ]


def _creates(planned: Mapping[str, t.Any]) -> list[Object]:
    return [outcome for outcome in planned["outcomes"] if outcome["action"] == "create"]


def _not_admitted(definition: Object, service_plan: Mapping[str, t.Any], accounts: t.Sequence[str]) -> t.Iterator[str]:
    """Why the consumer cannot create an endpoint: the whitelist is to be without its account.

    One that stays as it is in the cloud is checked there. A record may be a pattern.
    """
    whitelist = definition.get("permissions")
    is_new = bool(definition) and service_plan["diff"]["before"] == {}
    decides = is_new or (whitelist is not None and boolean(definition.get("purge_permissions", True)))
    records = [str(record).removeprefix(PERMISSION_PREFIX) for record in as_list(whitelist)]
    open_to_all = any("*" in record or ":" in record for record in records)
    *_others, consumer = accounts or [""]
    if decides and all(accounts) and len({*accounts}) > 1 and consumer not in records and not open_to_all:
        yield (
            f"The whitelist of the service is to be without the consumer's account, {consumer}: add it to "
            "permissions of connect_vpcs_service, or leave out connect_vpcs_admit."
        )


def _acceptance(
    given: Mapping[str, t.Any], plan: Object, groups: list[Object], known: Mapping[str, t.Any]
) -> dict[str, t.Any]:
    """The endpoints of the service that wait, those to accept, and those that were accepted."""
    pairs = [pair for one in groups if not one["name"] for pair in zip(one["given"], one["current"], strict=False)]
    wanted = {current["id"]: endpoint for endpoint, current in pairs}
    waiting = [one["id"] for _given, one in pairs if one.get("status") == "pendingAcceptance" and one["id"]]
    to_accept = waiting if plan["accepts"] else []
    uses_policy = bool(plan["accepts"] and given["accept_policy"])
    decided = {one["id"]: one for one in (known.get("decided") or {}).get("connections") or [] if uses_policy}
    accepted = [one for one in to_accept if not uses_policy or decided.get(one, {}).get("status") == "accepted"]
    return {
        "waiting": waiting,
        "to_accept": to_accept,
        "uses_policy": uses_policy,
        "decided": decided,
        # Only IDs and DNS options: the next run compares the settings that a waiting endpoint does not show.
        "accepted": [{"id": identifier, **_dns_options(wanted[identifier])} for identifier in accepted],
    }


def _provider_check(plan: Object, accounts: list[str]) -> Object:
    """The options of vpcep_preflight_info for the provider's side; empty if nothing has to be checked."""
    own_service_id = plan["service"].get("id") if "port_id" in plan["service"] else ""
    if not own_service_id:
        return {}
    is_asked = accounts and accounts[-1] and plan["definition"].get("permissions") is None
    return {"endpoint_service_id": own_service_id, **({"domain_ids": [accounts[-1]]} if is_asked else {})}


def with_records(result: Mapping[str, t.Any]) -> list[Object]:
    """The endpoints of a result of vpcep_endpoints, each with the record of its dns_name."""
    endpoints, outcomes = result.get("endpoints") or [], result.get("outcomes") or []
    records = [outcome.get("dns_record") for outcome in outcomes]
    return [
        {**endpoint, "dns_record": record} if record else endpoint
        for endpoint, record in zip_longest(endpoints, records)
    ]


def _to_apply(definition: Object) -> Object:
    """The definition without admit_traffic=report: the plan has reported already."""
    if definition.get("admit_traffic") == ENSURE:
        return definition
    return {name: value for name, value in definition.items() if name not in TRAFFIC}


def _resolved(results: t.Iterable[Mapping[str, t.Any]]) -> list[Object]:
    """The objects that the names of a service and of its endpoints refer to."""
    found: list[Object] = []
    for one in (one for result in results for one in result.get("resolved") or []):
        found += [] if one in found else [one]
    return found


def _dns_options(endpoint: Object) -> Object:
    return {name: endpoint[name] for name in ("dns_name", *DNS_OPTIONS) if name in endpoint}


def _changes_service(service: Mapping[str, t.Any], provided: Mapping[str, t.Any]) -> bool:
    """Whether the service has to be created, changed or waited for."""
    return bool(
        provided["diff"]["before"] != provided["diff"]["after"]
        or provided["service"]["status"] != "available"
        or service.get("server_resources") is not None
        or any(boolean(service.get(name) or False) for name in ALWAYS_APPLIED)
    )


def _has_changes(group: Object, planned: Mapping[str, t.Any], accepts: bool) -> bool:
    """Whether the endpoints have to be created, changed or waited for."""
    statuses = {endpoint.get("status") for endpoint in planned["endpoints"]}
    waits = any("wait_for_acceptance" in endpoint for endpoint in group["given"])
    rejected = any(
        boolean(endpoint.get("wait_for_acceptance") or False) and seen.get("status") == "rejected"
        for endpoint, seen in zip(group["given"], planned["endpoints"], strict=False)
    )
    return bool(
        any(outcome["action"] != "none" for outcome in planned["outcomes"])
        or statuses - SETTLED
        or rejected
        or (waits and not accepts and statuses != {"accepted"})
    )


def _endpoints_to_apply(group: Object, planned: Mapping[str, t.Any]) -> list[Object]:
    """The endpoints to apply. One that was rejected fails at once if it has to wait for acceptance."""
    pairs = zip(group["given"], group["endpoints"], planned["endpoints"], strict=False)
    return [given if seen.get("status") == "rejected" else endpoint for given, endpoint, seen in pairs]


def _created(applied: Mapping[str, t.Any]) -> list[str]:
    """IDs of new endpoints, also of replacements: they have other addresses and domain names than deleted ones.

    In check mode, new endpoints have no ID. ansible_check_mode cannot be used here: it ignores the keyword check_mode.
    """
    pairs = zip(applied.get("endpoints") or [], applied.get("outcomes") or [], strict=False)
    made = [endpoint.get("id") for endpoint, outcome in pairs if outcome["action"] in ("create", "replace")]
    return [identifier for identifier in made if identifier]


def _failed_checks(results: t.Iterable[Mapping[str, t.Any]]) -> t.Iterator[str]:
    for check in (check for result in results for check in result.get("checks") or []):
        if check["ok"] is False:
            yield f"{check['check']}: {check['value']}: {check['advice']}"
