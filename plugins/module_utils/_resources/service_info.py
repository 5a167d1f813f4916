# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finding endpoint services: what the module vpcep_service_info does."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from .._api.vpcep import SERVICE_KIND
from .._core import parallel as pool
from .._core.errors import InputError, NotFound
from .._core.types import Object
from .._schema.fields import SERVICE_NAME
from .._schema.normalize import name_of
from .._schema.validation import check_ids, check_one
from .filters import has_tags, is_given, listed, tag_filter, tagged_ones
from .results import service_result

OWN_FILTERS = ("status", "vpc_id", "port_id", "tags", "include")  # public and described services do not show these


def find_services(options: Object, runtime: Any) -> Object:
    """The services that match every option given. Raises VpcepError."""
    scope = options.get("scope") or "own"
    check_ids(options, ("id", "vpc_id", "port_id"))
    check_one("name", SERVICE_NAME, runtime.cloud, options.get("name"))
    if scope != "own":
        refuse_own_filters(scope, options)
    found = _SCOPES[scope](options, runtime.api)
    included = read_included(found, options.get("include") or (), runtime)
    return {
        "changed": False,
        "services": [{**service_result(service), **more} for service, more in zip(found, included, strict=True)],
    }


def read_included(services: list[Object], kinds: Collection[str], runtime: Any) -> list[Object]:
    """What else is asked for of each service (see :data:`INCLUDED`): one request a service and kind, several at once.

    A service that has gone since it was listed has neither connections nor permissions. Raises the first VpcepError
    in the order of the list.
    """
    included: list[Object] = [{kind: [] for kind in kinds} for _service in services]
    if not kinds:
        return included

    def read(place: tuple[int, str]) -> None:
        number, kind = place
        included[number][kind] = INCLUDED[kind](runtime.api, services[number]["id"])

    places = [(number, kind) for number, service in enumerate(services) if service.get("id") for kind in kinds]
    for error in pool.run_parallel(places, read, interrupt=runtime.interrupt).values():
        if not isinstance(error, NotFound):
            raise error
    return included


def permissions_of(api: Any, service_id: str) -> list[str]:
    """The whitelist records as texts, as vpcep_service returns them."""
    return [str(record["permission"]) for record in api.list_permissions(service_id) if record.get("permission")]


INCLUDED: dict[str, Callable[[Any, str], list[Any]]] = {
    "connections": lambda api, service_id: list(api.list_connections(service_id)),
    "permissions": permissions_of,
}


def refuse_own_filters(scope: str, options: Object) -> None:
    """Raises InputError for filters that could never match anything in this scope."""
    useless = [name for name in OWN_FILTERS if is_given(options.get(name))]
    if useless:
        raise InputError(
            f"{', '.join(useless)}: services in scope {scope} do not show this; filter by id or name, or use scope own."
        )
    if scope == "describe" and bool(options.get("id")) == bool(options.get("name")):
        raise InputError("Scope describe needs either id, or name as the full name (region.name.id).")


def own_services(options: Object, api: Any) -> list[Object]:
    """Services of this project. The name filter of the API is fuzzy, so its answer is filtered again."""
    name, tags = options.get("name"), tag_filter(options.get("tags"))
    shortcut = tagged_ones(api, SERVICE_KIND, tags)
    return [
        service
        for service in api.list_services(shortcut, endpoint_service_name=name, id=options.get("id"))
        if (not name or name in (name_of(service), service.get("service_name")))
        if listed(options.get("status"), service.get("status"))
        if options.get("vpc_id") in (None, service.get("vpc_id"))
        if options.get("port_id") in (None, service.get("port_id"))
        if has_tags(tags, service)
    ]


def public_services(options: Object, api: Any) -> list[Object]:
    """The cloud's own services, such as OBS and DNS, by full name."""
    name = options.get("name")
    found = api.list_public_services(endpoint_service_name=name, id=options.get("id"))
    return [service for service in found if not name or service.get("service_name") == name]


def described_service(options: Object, api: Any) -> list[Object]:
    """One service of anybody, without its backend; nothing when there is none."""
    by = {"id": options["id"]} if options.get("id") else {"endpoint_service_name": options["name"]}
    try:
        return [api.describe_service(**by)]
    except NotFound:
        return []


_SCOPES = {"own": own_services, "public": public_services, "describe": described_service}
