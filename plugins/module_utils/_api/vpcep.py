"""The VPCEP API: one method or one row of CHANGES per operation, named after it, and paging. No decisions.

Every method raises what :meth:`Session.request` raises. The docstrings begin with the names of operations in the API
reference of VPC Endpoint.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any, NamedTuple

from .._auth.session import ApiPath, Session
from .._core.errors import ApiError, OutcomeUnknown
from .._core.types import Object, object_in
from .._http.retry import Deadline, Kind
from .._schema.fields import PAGE_SIZE, PERMISSIONS_PAGE_SIZE

SERVICES = "vpc-endpoint-services"
ENDPOINTS = "vpc-endpoints"
SERVICE_KIND = "endpoint_service"  # what the calls about tags and quotas call a service
ENDPOINT_KIND = "endpoint"
LIST_RESTARTS = 3
LIST_LIMIT = 100_000  # objects of a list: far more than a project can have


class Change(NamedTuple):
    """The request of an operation that changes an object. Its answer is not used, except for partial failures."""

    method: str
    path: str  # {} stands for an ID
    words: str  # for messages
    version: str = "v1"
    kind: Kind = "repeat"  # sent twice, it has the same result


CHANGES = {
    "updateEndpointService": Change("PUT", SERVICES + "/{}", "update endpoint service"),  # only members that are sent
    # Asynchronous, as deleteEndpoint; refused with 3005 or 3006 while the service is in use.
    "deleteEndpointService": Change("DELETE", SERVICES + "/{}", "delete endpoint service"),
    "renameEndpointService": Change("PUT", SERVICES + "/{}/name", "rename endpoint service"),
    "upgradeEndpointService": Change("POST", SERVICES + "/{}/upgrade", "upgrade endpoint service", "v2"),
    # More load balancers. Nothing shows them, so it is never sent twice.
    "addServerResources": Change("POST", SERVICES + "/{}/add-server-resources", "add server resources", "v2", "create"),
    "addOrRemovePermissions": Change("POST", SERVICES + "/{}/permissions/action", "change whitelist records"),
    # With descriptions. A record that exists stays as it is.
    "batchCreatePermissions": Change("POST", SERVICES + "/{}/permissions/batch-create", "add whitelist records"),
    "batchDeletePermissions": Change("POST", SERVICES + "/{}/permissions/batch-delete", "remove whitelist records"),
    "updatePermissionDescription": Change("PUT", SERVICES + "/{}/permissions/{}", "describe whitelist record"),
    "updateConnectionDescriptions": Change("PUT", SERVICES + "/{}/connections/description", "describe connections"),
    "updateEndpointWhitelist": Change("PUT", ENDPOINTS + "/{}", "update endpoint whitelist"),  # and its switch
    # Partial failures come in ``error`` of a 200 answer.
    "updateEndpointRouteTables": Change("PUT", ENDPOINTS + "/{}/routetables", "update endpoint route tables"),
    "updateEndpointPolicy": Change("PUT", ENDPOINTS + "/{}/policy", "update endpoint policy"),
    # Restores the default policy. EndPoint.2049 if it already applies.
    "deleteEndpointPolicy": Change("DELETE", ENDPOINTS + "/{}/policy", "delete endpoint policy"),
    "deleteEndpoint": Change("DELETE", ENDPOINTS + "/{}", "delete endpoint"),
    "changeResourceTags": Change("POST", "{}/{}/tags/action", "change tags"),
    "upgradeEndpoint": Change("POST", ENDPOINTS + "/{}/upgrade", "upgrade endpoint", "v2"),
}
"""By the name of the operation in the API reference, which describes the body. docs/operations.md lists the clouds."""
Shortcut = Callable[[int], "list[str] | None"]
"""Called after the first page, with the number of pages left. Returns the IDs of the objects to read, with one request
each, or None to read the pages."""


class Listing(list[Object]):
    """The objects of a list. is_whole: no fewer than the cloud counts, and none came or went between two pages."""

    is_whole = True


class VpcepApi:
    """The operations of the API in one session (one project of one account)."""

    def __init__(self, session: Session, deadline: Deadline | None = None) -> None:
        self.session = session
        self.deadline = deadline  # of the whole task; bounds every retry

    # Services

    def create_service(self, body: Object) -> Object:
        """createEndpointService. Asynchronous: the answer is in status ``creating``."""
        return self._one("POST", SERVICES, "create endpoint service", kind="create", json=body)

    def get_service(self, service_id: str) -> Object:
        """getEndpointService. Raises NotFound."""
        return self._one("GET", (SERVICES + "/{}", service_id), "get endpoint service", object_id=service_id)

    def list_services(self, shortcut: Shortcut | None = None, **filters: Any) -> list[Object]:
        """listEndpointServices, all pages. The name filter is a substring of the full name, in any case."""
        return self._all(SERVICES, "endpoint_services", "list endpoint services", filters, shortcut=shortcut)

    def list_public_services(self, **filters: Any) -> list[Object]:
        """listPublicEndpointServices, all pages: the cloud's own services."""
        return self._all(f"{SERVICES}/public", "endpoint_services", "list public endpoint services", filters)

    def describe_service(self, **by: str) -> Object:
        """describeEndpointService by ``id`` or full ``endpoint_service_name``; works across accounts."""
        operation = "describe endpoint service"
        return self._one("GET", f"{SERVICES}/describe", operation, object_id=by.get("id"), params=by)

    # Whitelist records and connections of a service

    def list_permissions(self, service_id: str) -> list[Object]:
        """listPermissions, all pages."""
        path = (SERVICES + "/{}/permissions", service_id)
        operation = f"list whitelist records of endpoint service {service_id}"
        return self._all(path, "permissions", operation, {}, PERMISSIONS_PAGE_SIZE)

    def list_connections(self, service_id: str, **filters: Any) -> Listing:
        """listConnections, all pages."""
        path = (SERVICES + "/{}/connections", service_id)
        return self._all(path, "connections", f"list connections of endpoint service {service_id}", filters)

    def decide_connection(self, service_id: str, body: Object) -> Any:
        """acceptOrRejectConnection: ``action`` is receive or reject, ``endpoints`` holds one ID."""
        path = (SERVICES + "/{}/connections/action", service_id)
        word = "accept" if body.get("action") == "receive" else "reject"
        operation = f"{word} endpoint {', '.join(body.get('endpoints') or [])}"
        return self._call("POST", path, operation, "repeat", json=body)

    # Endpoints

    def create_endpoint(self, body: Object) -> Object:
        """createEndpoint. Asynchronous: the answer is in status ``creating``."""
        return self._one("POST", ENDPOINTS, "create endpoint", kind="create", json=body)

    def get_endpoint(self, endpoint_id: str) -> Object:
        """getEndpoint. Raises NotFound."""
        return self._one("GET", (ENDPOINTS + "/{}", endpoint_id), "get endpoint", object_id=endpoint_id)

    def list_endpoints(self, shortcut: Shortcut | None = None, **filters: Any) -> list[Object]:
        """listEndpoints, all pages."""
        return self._all(ENDPOINTS, "endpoints", "list endpoints", filters, shortcut=shortcut)

    # Tags, quotas, versions

    def list_project_tags(self, resource_kind: str) -> list[Object]:
        """listProjectTags: every key in use with its values."""
        return self._objects("GET", f"{resource_kind}/tags", "list tags", "tags")

    def find_by_tags(self, resource_kind: str, body: Object) -> list[Object]:
        """listResourcesByTags, one page: the IDs of those that have tags, 1000 at most. A POST that changes nothing."""
        path = f"{resource_kind}/resource_instances/action"
        return self._objects("POST", path, "find resources by tags", "resources", json=body)

    def list_quotas(self) -> list[Object]:
        """listQuotas: quota and use of services and of endpoints."""
        operation = "list quotas"
        return _page(object_in(self._call("GET", "quotas", operation), "quotas"), "resources", operation)[0]

    def list_versions(self) -> list[Object]:
        """listVersions: those that the API's address serves, in any project."""
        return self._objects("GET", "", "list versions", "versions", version=None)

    def get_version(self, api_version: str) -> Object:
        """getVersion, such as ``v1``. Raises NotFound."""
        return object_in(self._call("GET", ("{}", api_version), "get version", version=None), "version")

    # How it is done

    def change(self, operation: str, *ids: str, body: Object | None = None) -> Any:
        """Sends one of :data:`CHANGES`. ids: for the {} in its path, in this order."""
        made = CHANGES[operation]
        path = (made.path, *ids)
        return self._call(made.method, path, made.words, made.kind, version=made.version, json=body or None)

    def _call(self, method: str, path: ApiPath, operation: str, kind: Kind = "read", **extra: Any) -> Any:
        # On creation, a 400/2003 or a 404 is about an object that the body names.
        return self.session.request(
            method, path, operation=operation, kind=kind, deadline=self.deadline, addressed=kind != "create", **extra
        )

    def _objects(self, method: str, path: ApiPath, operation: str, member: str, **extra: Any) -> list[Object]:
        """The objects of a list with one page."""
        return _page(self._call(method, path, operation, **extra), member, operation)[0]

    def _one(
        self,
        method: str,
        path: ApiPath,
        operation: str,
        kind: Kind = "read",
        object_id: str | None = None,
        **extra: Any,
    ) -> Object:
        """One object. Anything that is not one is an error, and for a creation an unknown outcome.

        object_id: which one was asked for; another one must not be changed or deleted in its place.
        """
        answer = self._call(method, path, operation, kind, **extra)
        if isinstance(answer, dict) and isinstance(answer.get("id"), str) and answer["id"]:
            if object_id is None or answer["id"].lower() == object_id.lower():
                return answer
            message = f"The answer is about {answer['id']} instead of {object_id}."
            raise ApiError(operation=operation, status=200, message=message)
        failure = OutcomeUnknown if kind == "create" else ApiError
        raise failure(operation=operation, status=200, message="The answer holds no object with an ID.")

    def _all(
        self,
        path: ApiPath,
        member: str,
        operation: str,
        filters: Object,
        page_size: int = PAGE_SIZE,
        shortcut: Shortcut | None = None,
    ) -> Listing:
        """All objects of a list. Starts again when the list changed between two pages; the last try counts anyway.

        With a *shortcut*, the objects with its IDs are among them; others may be missing.
        """
        filters = {name: value for name, value in filters.items() if value is not None}
        found, steady = Listing(), False
        for _attempt in range(LIST_RESTARTS):
            found, steady = self._pages(path, member, operation, filters, page_size, shortcut)
            if steady:
                break
        found.is_whole = found.is_whole and steady
        return found

    def _pages(
        self, path: ApiPath, member: str, operation: str, filters: Object, page_size: int, shortcut: Shortcut | None
    ) -> tuple[Listing, bool]:
        """What all pages hold, and whether the list stayed the same meanwhile: no other length, nothing twice."""
        found: dict[str, Object] = {}
        seen: set[str] = set()
        totals: set[int | None] = set()
        offset = 0
        while True:
            answer = self._call("GET", path, operation, params=dict(filters, limit=page_size, offset=offset))
            page, count = _page(answer, member, operation)
            known = len(seen)
            seen.update(str(item["id"]) for item in page if "id" in item)
            found.update((str(item.get("id", f"{offset + place}.")), item) for place, item in enumerate(page))
            offset += len(page)
            if len(found) > LIST_LIMIT:
                message = f"The answer's list '{member}' has more than {LIST_LIMIT:,} objects."
                raise ApiError(operation=operation, status=200, message=message)
            if count is not None and count < offset:
                count = None  # fewer than came: the number is wrong, and says nothing about the rest
            totals.add(count)
            # A page without a new ID ends the list, too: the server may neither count objects nor support the offset.
            if len(seen) == known or (offset >= count if count is not None else len(page) < page_size):
                first_page = offset == len(page)
                listing = Listing(found.values())
                listing.is_whole = count is None or count <= len(found)
                return listing, len(totals) == 1 and (first_page or len(found) == offset)
            if shortcut and count and offset == len(page):
                ids = shortcut(-(-(count - offset) // page_size))
                if ids is not None:
                    queries = [dict(filters, id=one) for one in ids if one not in found]
                    # Those that went meanwhile are left out.
                    rest = (self._objects("GET", path, operation, member, params=query) for query in queries)
                    return Listing([*found.values(), *itertools.chain(*rest)]), True


def _page(answer: Any, member: str, operation: str) -> tuple[list[Object], int | None]:
    """The objects of one page and the total; anything that is not a page is an error, never an empty list."""
    page = answer.get(member) if isinstance(answer, dict) else None
    if isinstance(answer, dict) and answer.get("total_count") == 0 and answer.get(member, 0) is None:
        page = []  # some servers write an empty list as null
    if not isinstance(page, list) or not all(isinstance(item, dict) for item in page):
        message = f"The answer has no list '{member}', so it cannot be used."
        raise ApiError(operation=operation, status=200, message=message)
    count = answer.get("total_count")
    return page, count if isinstance(count, int) and not isinstance(count, bool) else None
