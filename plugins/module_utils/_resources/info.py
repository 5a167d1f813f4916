"""Finds services and endpoints, for the modules of these names that end with ``_info``.

The API has few filters. Other filters are applied to its answers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from .._api.vpcep import ENDPOINT_KIND, SERVICE_KIND, VpcepApi
from .._core.errors import ApiError, InputError, NotFound
from .._core.types import Object
from .._schema.fields import ENDPOINT, ENDPOINT_FILTERS, HUAWEI, SERVICE, SERVICE_FILTERS, SERVICE_NAME, Field
from .._schema.kinds import tag_value
from .._schema.names import TO_COME
from .._schema.normalize import (
    endpoint_result,
    fits,
    name_of,
    observed,
    service_result,
    short_name,
)
from .._schema.validation import check_ids, check_one, check_uuids
from .names import names_of_networks, with_ids
from .runtime import Runtime
from .service_lookup import INCLUDED, read_each

TagFilter = dict[str, list[str]]  # key -> values that match; [] for any value
Filters = dict[str, Any]  # a TagFilter for each of TAG_FILTERS, and without_any_tag and matches
WORTH_A_SEARCH = 2  # number of unread pages from which a search saves requests
MOST_KEYS, MOST_VALUES = 10, 10  # of a filter in a search
NETWORKS = "networks"  # besides INCLUDED, a choice of the option include
TAG_FILTERS = ("tags", "tags_any", "not_tags")
SEARCH_FILTERS = (*TAG_FILTERS, "without_any_tag", "matches")
OWN_FILTERS = ("status", *SERVICE_FILTERS, "vpc", *SEARCH_FILTERS, "include")  # valid in scope own only


def find_services(options: Object, runtime: Runtime) -> Object:
    """The services that match all filters. Raises VpcepError."""
    scope = options.get("scope") or "own"
    check_ids(options, ("id", *(name for name in SERVICE_FILTERS if name.endswith("_id"))))
    check_one("name", SERVICE_NAME, runtime.cloud, options.get("name"))
    if scope != "own":
        refuse_own_filters(scope, options)
    options = with_ids(options, runtime)
    if options.get("vpc_id") is TO_COME:
        return {"changed": False, "services": [], "resolved": options["resolved"]}
    found = _SCOPES[scope](options, runtime)
    group = options.get("public_border_group")
    found = [service for service in found if group in (None, service.get("public_border_group"))]
    kinds = options.get("include") or ()
    services = [service_result(service) for service in found]
    for kind in INCLUDED:
        if kind in kinds:
            records, failed = read_each(runtime, kind, [one["id"] for one in found if one.get("id")])
            for error in failed.values():
                raise error
            for service in services:
                service[kind] = records.get(service.get("id", ""), [])
    networks = {NETWORKS: names_of_networks(runtime.session)} if NETWORKS in kinds else {}
    return {"changed": False, "services": services, **networks, **looked_up(options)}


def refuse_own_filters(scope: str, options: Object) -> None:
    """Raises InputError for filters that the scope does not allow."""
    given = {**options, "without_any_tag": options.get("without_any_tag") or None}
    useless = [name for name in OWN_FILTERS if given.get(name) not in (None, [], {})]  # empty ones are no filters
    if useless:
        raise InputError(
            f"{', '.join(useless)}: services in scope {scope} do not show this; filter by id or name, or use scope own."
        )
    if scope == "describe" and bool(options.get("id")) == bool(options.get("name")):
        raise InputError("Scope describe needs either id, or name as the full name (region.name.id).")


def own_services(options: Object, runtime: Runtime) -> list[Object]:
    """Services of the project. The API also returns similar names, so its answer is filtered again."""
    name, filters = options.get("name"), search_filters(options)
    shortcut = tagged_ones(runtime.api, SERVICE_KIND, search_body(filters, runtime))
    return [
        service
        for service in runtime.api.list_services(shortcut, endpoint_service_name=name, id=options.get("id"))
        if (not name or name in (name_of(service), service.get("service_name")))
        if fits(options.get("status"), service.get("status"))
        if has_values(SERVICE, SERVICE_FILTERS, options, service)
        if passes(filters, service, name_of(service) or str(service.get("id")))
    ]


def public_services(options: Object, runtime: Runtime) -> list[Object]:
    name = options.get("name")
    found = runtime.api.list_public_services(endpoint_service_name=name, id=options.get("id"))
    return [service for service in found if not name or service.get("service_name") == name]


def described_service(options: Object, runtime: Runtime) -> list[Object]:
    """One service of any account, without its backend; [] if it does not exist."""
    by = {"id": options["id"]} if options.get("id") else {"endpoint_service_name": options["name"]}
    try:
        return [runtime.api.describe_service(**by)]
    except NotFound:
        return []


_SCOPES = {"own": own_services, "public": public_services, "describe": described_service}


def find_endpoints(options: Object, runtime: Runtime) -> Object:
    """The endpoints of the project that match all filters. Raises VpcepError."""
    check_ids(options, ("id", "endpoint_service_id", "subnet_id"))
    check_uuids(options, ("vpc_id",))
    filters = search_filters(options)
    options = with_ids(options, runtime)
    if TO_COME in (options.get("vpc_id"), options.get("subnet_id")):
        return {"changed": False, "endpoints": [], "resolved": options["resolved"]}
    shortcut = tagged_ones(runtime.api, ENDPOINT_KIND, search_body(filters, runtime))
    found = runtime.api.list_endpoints(shortcut, id=options.get("id"), vpc_id=options.get("vpc_id"))
    chosen = [item for item in found if matches_endpoint(options, item) and passes(filters, item, str(item.get("id")))]
    return {"changed": False, "endpoints": [endpoint_result(item) for item in chosen], **looked_up(options)}


def matches_endpoint(options: Object, item: Object) -> bool:
    """Whether an endpoint matches all filters except those of a search. The API filters by ID and VPC only."""
    full_name, service_id = item.get("endpoint_service_name"), item.get("endpoint_service_id")
    if options.get("endpoint_service_name") not in (None, full_name, short_name(full_name, service_id)):
        return False
    return has_values(ENDPOINT, ENDPOINT_FILTERS, options, item) and fits(options.get("status"), item.get("status"))


# Filters


def looked_up(options: Object) -> Object:
    return {"resolved": options["resolved"]} if "resolved" in options else {}


def tag_filter(wanted: Object | None, option: str = "tags") -> TagFilter:
    """The option as a TagFilter. A tag without value (null) matches any value. Raises InputError."""
    given = {str(key): [] if value is None else value for key, value in (wanted or {}).items()}
    try:
        return {
            key: [tag_value(one) for one in (value if isinstance(value, list) else [value])]
            for key, value in given.items()
        }
    except TypeError as error:
        raise InputError(f"{option}: {error}: {wanted!r} cannot be looked for.") from error


def search_filters(options: Object) -> Filters:
    """The filters that the search of the API also has. Raises InputError."""
    found: Filters = {name: tag_filter(options.get(name), name) for name in TAG_FILTERS}
    matches = options.get("matches") or {}
    if not isinstance(matches, dict) or set(matches) - {"resource_name"} or matches.get("resource_name") == "":
        raise InputError("matches: give resource_name, a part of the name, and nothing else.")
    if options.get("without_any_tag") and (found["tags"] or found["tags_any"]):
        raise InputError("without_any_tag: an object without tags has none of tags and tags_any; give one of them.")
    return {**found, "without_any_tag": bool(options.get("without_any_tag")), "matches": matches.get("resource_name")}


def passes(filters: Filters, answer: Object, name: str) -> bool:
    """Whether an object matches all filters of a search. name: the name that ``matches`` compares."""
    if filters["matches"] and filters["matches"].lower() not in name.lower():
        return False
    if filters["without_any_tag"] and observed("tags", SERVICE["tags"], answer):
        return False
    one_of = [{key: values} for key, values in filters["tags_any"].items()]
    return (
        has_tags(filters["tags"], answer)
        and (not one_of or any(has_tags(one, answer) for one in one_of))
        and not (filters["not_tags"] and has_tags(filters["not_tags"], answer))
    )


def has_values(table: dict[str, Field], names: Iterable[str], options: Object, answer: Object) -> bool:
    """Whether the fields *names* of an object have the values of the options with these names, if set."""
    return all(options.get(name) in (None, answer.get(table[name].reads_back_as or name)) for name in names)


def has_tags(wanted: TagFilter, answer: Object) -> bool:
    if not wanted:
        return True
    tags = observed("tags", SERVICE["tags"], answer)
    return all(key in tags and (not values or tags[key] in values) for key, values in wanted.items())


def search_body(filters: Filters, runtime: Runtime) -> Object:
    """The request body of a search, with the filters that the search can process."""
    body: Object = {
        name: [{"key": key, "values": values} for key, values in filters[name].items()]
        for name in TAG_FILTERS
        if 0 < len(filters[name]) <= MOST_KEYS
        if all(len(values) <= MOST_VALUES for values in filters[name].values())
    }
    if filters["matches"]:
        body["matches"] = [{"key": "resource_name", "value": filters["matches"]}]
    if filters["without_any_tag"] and runtime.cloud == HUAWEI:
        body["without_any_tag"] = True
    return body


def tagged_ones(api: VpcepApi, kind: str, wanted: Object) -> Callable[[int], list[str] | None] | None:
    """A shortcut for lists (see _api/vpcep.py): the search of the API, used if it saves requests.

    wanted: the request body. The search returns too many objects (a value that begins with ``*`` matches endings), so
    :func:`passes` filters again.
    """
    if not wanted:
        return None

    def shortcut(pages_left: int) -> list[str] | None:
        if pages_left < WORTH_A_SEARCH:
            return None
        try:
            found = api.find_by_tags(kind, {"action": "filter", "limit": str(pages_left), "offset": "0", **wanted})
        except ApiError as error:
            if error.status == 403:  # the user may list, but not search
                return None
            raise
        return [str(item.get("resource_id")) for item in found] if len(found) < pages_left - 1 else None

    return shortcut
