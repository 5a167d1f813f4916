"""Looks up a service by its ID or name, which may belong to another account, and what belongs to own services."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from typing import Any

from .._api.vpcep import VpcepApi
from .._core.errors import ApiError, NotFound, VpcepError, unless_refused
from .._core.parallel import run_parallel
from .._core.types import Object
from .._schema.fields import UUID_PATTERN
from .._schema.normalize import detailed, name_of, require_members
from .runtime import Runtime, once_per_task


@once_per_task
def service_id(runtime: Runtime, name: str) -> str | None:
    """The ID of the service with this full name, public name, or short name of an own service; None if there is none.

    Raises VpcepError if several own services have this short name.
    """
    api = runtime.api
    if "." in name:
        try:
            return str(api.describe_service(endpoint_service_name=name)["id"])
        except NotFound:
            listed = api.list_public_services(endpoint_service_name=name)
        except ApiError as error:  # the user may not read services of other accounts
            if not error.is_refusal:
                raise
            listed = [
                *api.list_public_services(endpoint_service_name=name),
                *api.list_services(endpoint_service_name=name),
            ]
            if name not in [item.get("service_name") for item in listed]:
                raise
        named = [item for item in listed if item.get("service_name") == name]
    else:
        listed = api.list_services(endpoint_service_name=name)
        named = [item for item in listed if name_of(detailed(api.get_service, item, "service_name")) == name]
    ids = [str(item["id"]) for item in require_members(named, "id")]
    if len(ids) > 1:
        raise VpcepError(f"{len(ids)} endpoint services are named {name!r}: {', '.join(sorted(ids))}. Give the ID.")
    return ids[0] if ids else None


@once_per_task
def suggestion(runtime: Runtime, name: str) -> str:
    """A hint about a name that no service has: it is of another region, or the most similar one; maybe empty. 1 GET."""
    from difflib import get_close_matches  # few tasks need it

    region, parts = runtime.session.region, name.split(".")
    if region and re.fullmatch(UUID_PATTERN, parts[-1]) and parts[0] != region:
        return (
            f"It is a name of region {parts[0]}, and this is {region}: endpoints reach services of their region only."
        )
    try:
        listed = [one for one in runtime.api.list_services() if one.get("service_name")]
    except VpcepError:
        return ""
    own = {text.lower(): text for one in listed for text in (str(one["service_name"]), name_of(one))}
    near = get_close_matches(name.lower(), own, 1)
    return f"Is {own[near[0]]!r} meant?" if near else ""


@once_per_task
def summary(runtime: Runtime, service_id: str) -> Object | None:
    """The properties of a service that every account may read, such as its type.

    None if the service does not exist, empty if the user may not read it. Without the right to read services of other
    accounts, public and own services are tried.
    """
    api = runtime.api
    try:
        return api.describe_service(id=service_id)
    except ApiError as error:
        if not error.is_refusal:
            raise
        is_gone = isinstance(error, NotFound)
    listed = unless_refused(lambda: api.list_public_services(id=service_id))
    public = next((item for item in listed or [] if item.get("id") == service_id), None)
    if public or is_gone:
        return {} if listed is None else public
    return unless_refused(lambda: api.get_service(service_id)) or {}


@once_per_task
def endpoint_service(runtime: Runtime, service_id: str) -> Object | None:
    """A service with all members if it is an own one, otherwise with those of summary(). {} if it cannot be read.

    None if it does not exist. 1 GET for an own service, 2 or 3 for others.
    """
    for read in (runtime.api.get_service, partial(summary, runtime)):
        with suppress(VpcepError):  # of another account, most often
            return read(service_id)
    return {}


INCLUDED: dict[str, Callable[[VpcepApi, str], list[Any]]] = {
    "connections": lambda api, service_id: list(api.list_connections(service_id)),
    "permissions": lambda api, service_id: [
        str(record["permission"]) for record in api.list_permissions(service_id) if record.get("permission")
    ],
}
"""What belongs to a service -> the list of it, read with one request."""


def read_each(
    runtime: Runtime, kind: str, service_ids: Iterable[str]
) -> tuple[dict[str, list[Any]], dict[str, VpcepError]]:
    """Reads INCLUDED[kind] of services, once for a task, with one request for each, in parallel.

    Returns what was read, and the errors. A service that has been deleted is in neither.
    """
    found: dict[str, list[Any]] = {}

    def read(service_id: str) -> None:
        found[service_id] = runtime.once((kind, service_id), lambda: INCLUDED[kind](runtime.api, service_id))

    failed = run_parallel(service_ids, read, runtime.interrupt)
    return found, {key: error for key, error in failed.items() if not isinstance(error, NotFound)}
