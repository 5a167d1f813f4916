"""The VPCEP operations: one short function for each operationId."""

from collections.abc import Callable, Iterable
from typing import Any

from . import endpoints, services, tags, views
from .calls import Call, registering
from .errors import ApiError
from .models import Permission, Resource

Answer = Any
OPERATIONS: dict[str, Callable[[Call], Answer]] = {}


operation = registering(OPERATIONS)


def page(call: Call, found: Iterable[Any]) -> tuple[list[Any], int]:
    """Sort as asked (newest first by default) and cut out the page; also the number of all."""
    key = "updated" if call.query["sort_key"].startswith("update") else "created"
    newest_first = call.query["sort_dir"] == "desc"
    everything = sorted(found, key=lambda one: (getattr(one, key, one.created), one.number), reverse=newest_first)
    offset, limit = call.query["offset"], call.query["limit"]
    return everything[offset : offset + limit], len(everything)


def is_listed(call: Call, one: Resource) -> bool:
    """Whether lists of its project's objects show it by now."""
    return one.project is call.project and one.created <= call.cloud.clock.now() - call.cloud.settings.list_lag


def fits(value: str, wanted: str | None) -> bool:
    return wanted is None or wanted.lower() in value.lower()


def equal(call: Call, **values: str) -> bool:
    """Whether an object with these values is what the query asks for."""
    return all(call.query.get(name) in (None, value) for name, value in values.items())


def listed(call: Call, member: str, found: Iterable[Any], view: Callable[..., Any]) -> Answer:
    shown, total = page(call, found)
    answer = [view(call.cloud, call.id, one) for one in shown]
    for one in shown:
        one.read()
    return {member: answer, "total_count": total}


# Versions


def version(call: Call, number: int) -> dict[str, Any]:
    updated = {1: "2018-09-30T00:00:00Z", 2: "2020-03-30T00:00:00Z"}[number]
    link = {"rel": "self", "href": f"{call.base_url}/v{number}", "type": "application/json"}
    about = {"id": f"v{number}", "status": "CURRENT", "version": str(number), "min_version": ""}
    return {**about, "updated": updated, "links": [link]}


@operation
def list_versions(call: Call) -> Answer:
    return {"versions": [version(call, 1), version(call, 2)]}


@operation
def get_version(call: Call) -> Answer:
    if call.path["version"] not in ("v1", "v2"):
        raise ApiError("APIGW.0101")
    return {"version": version(call, int(call.path["version"][1:]))}


# Services


@operation
def create_endpoint_service(call: Call) -> Answer:
    return views.service(call.cloud, call.id, services.create(call.cloud, call.own, call.filled()))


@operation
def list_endpoint_services(call: Call) -> Answer:
    found = (
        one
        for one in call.cloud.services.values()
        if is_listed(call, one)
        and fits(one.full_name, call.query.get("endpoint_service_name"))
        and equal(call, id=one.id, status=one.shown_status, server_type=one.server_type)
    )
    counts = views.connection_counts(call.cloud)
    return listed(call, "endpoint_services", found, lambda *words: views.service(*words, counts[words[-1].id]))


@operation
def list_public_endpoint_services(call: Call) -> Answer:
    name = call.query.get("endpoint_service_name")
    found = (
        one
        for one in call.cloud.services.values()
        if one.public_name and fits(one.full_name, name) and equal(call, id=one.id)
    )
    return listed(call, "endpoint_services", found, views.summary)


@operation
def describe_endpoint_service(call: Call) -> Answer:
    one = services.find_described(call.cloud, call.query.get("id"), call.query.get("endpoint_service_name"))
    return views.summary(call.cloud, call.id, one)


@operation
def get_endpoint_service(call: Call) -> Answer:
    one = call.service()
    answer = views.service(call.cloud, call.id, one)
    one.read()
    return answer


@operation
def update_endpoint_service(call: Call) -> Answer:
    return views.service(call.cloud, call.id, services.update(call.cloud, call.service(), call.body))


@operation
def delete_endpoint_service(call: Call) -> Answer:
    services.delete(call.cloud, call.service())


@operation
def rename_endpoint_service(call: Call) -> Answer:
    one = services.rename(call.cloud, call.service(), call.body.get("endpoint_service_name", ""))
    return {"endpoint_service_name": one.full_name}


@operation
def upgrade_endpoint_service(call: Call) -> Answer:
    one = call.service()
    services.check_changeable(one)
    one.editions = ["basic", "profession"]


@operation
def add_server_resources(call: Call) -> Answer:
    one = call.service()
    services.check_changeable(one)
    if "profession" not in one.editions:
        raise ApiError("EndPoint.0002", "only for the professional edition")


# Connections


@operation
def list_connections(call: Call) -> Answer:
    visible_from = call.cloud.clock.now() - call.cloud.settings.connection_lag
    found = (
        one
        for one in call.cloud.connections(call.service())
        if one.created <= visible_from and equal(call, id=one.id, marker_id=str(one.marker_id), status=one.shown_status)
    )
    return listed(call, "connections", found, views.connection)


@operation
def accept_or_reject_connection(call: Call) -> Answer:
    one = services.connection_of(call.cloud, call.service(), call.body["endpoints"][0])
    endpoints.act(call.cloud, one, call.body["action"])
    return {"connections": [views.connection(call.cloud, call.id, one)]}


@operation
def update_connection_descriptions(call: Call) -> Answer:
    service = call.service()
    wanted = {entry["id"]: entry["description"] for entry in call.body["connections"]}
    touched = [services.connection_of(call.cloud, service, id) for id in wanted]
    for one in touched:
        one.connection_description = wanted[one.id]
    return {"connections": [views.connection(call.cloud, call.id, one) for one in touched]}


# Whitelist records


@operation
def list_permissions(call: Call) -> Answer:
    records = call.service().permissions.values()
    shown, total = page(call, (one for one in records if fits(one.permission, call.query.get("permission"))))
    return {**views.permissions(call.cloud, call.id, shown), "total_count": total}


@operation
def add_or_remove_permissions(call: Call) -> Answer:
    service, body = call.service(), call.filled()
    kind = body.get("permission_type", "domainId")
    if body["action"] == "add":
        services.add_permissions(call.cloud, service, dict.fromkeys(body["permissions"], ""), kind)
    else:
        services.remove_permissions(service, body["permissions"])
    answer = {"permissions": body["permissions"], "permission_type": kind}
    return answer if call.cloud.contract.cloud == "huawei" else {"permissions": body["permissions"]}


@operation
def batch_create_permissions(call: Call) -> Answer:
    wanted = {entry["permission"]: entry["description"] for entry in call.body["permissions"]}
    kind = call.body.get("permission_type", "domainId")
    records = services.add_permissions(call.cloud, call.service(), wanted, kind)
    return views.permissions(call.cloud, call.id, records)


@operation
def batch_delete_permissions(call: Call) -> Answer:
    service, ids = call.service(), {entry["id"] for entry in call.body["permissions"]}
    doomed: list[Permission] = [record for record in service.permissions.values() if record.id in ids]
    services.remove_permissions(service, [record.permission for record in doomed])
    return views.permissions(call.cloud, call.id, doomed)


@operation
def update_permission_description(call: Call) -> Answer:
    record = services.permission_by_id(call.service(), call.path["permission_id"])
    record.description = call.body["permission"]["description"]
    return views.permissions(call.cloud, call.id, [record])


# Endpoints


@operation
def create_endpoint(call: Call) -> Answer:
    return views.endpoint(call.cloud, call.id, endpoints.create(call.cloud, call.own, call.filled()))


@operation
def list_endpoints(call: Call) -> Answer:
    found = (
        one
        for one in call.cloud.endpoints.values()
        if is_listed(call, one)
        and fits(one.service.full_name, call.query.get("endpoint_service_name"))
        and equal(call, id=one.id, vpc_id=one.vpc_id)
    )
    return listed(call, "endpoints", found, views.endpoint)


@operation
def get_endpoint(call: Call) -> Answer:
    one = call.endpoint()
    answer = views.endpoint(call.cloud, call.id, one)
    one.read()
    return answer


@operation
def delete_endpoint(call: Call) -> Answer:
    endpoints.delete(call.cloud, call.endpoint())


@operation
def update_endpoint_whitelist(call: Call) -> Answer:
    one = endpoints.change_whitelist(call.cloud, call.endpoint(), call.filled())
    return views.endpoint(call.cloud, call.id, one)


@operation
def update_endpoint_policy(call: Call) -> Answer:
    return views.endpoint(call.cloud, call.id, endpoints.change_policy(call.cloud, call.endpoint(), call.body))


@operation
def delete_endpoint_policy(call: Call) -> Answer:
    path = ("schemas", "CreateEndpointRequest", "properties", "policy_statement", "default")
    one = endpoints.drop_policy(call.cloud, call.endpoint(), call.cloud.contract.limit(*path))
    return views.endpoint(call.cloud, call.id, one)


@operation
def update_endpoint_route_tables(call: Call) -> Answer:
    one = call.endpoint()
    failed = endpoints.change_routetables(call.cloud, one, call.body["routetables"])
    return {"routetables": one.routetables, "error": failed}


@operation
def upgrade_endpoint(call: Call) -> Answer:
    endpoints.check_changeable(call.endpoint())
    return {}


# Quotas and tags


def resources(call: Call, kind: str) -> list[Resource]:
    """The project's services or endpoints, newest first."""
    source: dict[str, Any] = call.cloud.services if kind == "endpoint_service" else call.cloud.endpoints
    return sorted((one for one in source.values() if one.project is call.project), key=lambda one: -one.number)


@operation
def list_quotas(call: Call) -> Answer:
    cloud, account = call.cloud, call.own.account
    shown = [
        {"type": kind, "used": cloud.used(kind, account), "quota": cloud.quota(kind)}
        for kind in ("endpoint", "endpoint_service")
        if call.query.get("type") in (None, kind)
    ]
    return {"quotas": {"resources": shown}}


@operation
def change_resource_tags(call: Call) -> Answer:
    find = call.cloud.own_service if call.path["resource_type"] == "endpoint_service" else call.cloud.own_endpoint
    one = find(call.own, call.path["resource_id"])
    existing = call.cloud.settings.existing_tags
    tags.change(call.cloud.contract, one, call.body["action"], call.body["tags"], existing)


@operation
def list_project_tags(call: Call) -> Answer:
    values: dict[str, set[str]] = {}
    for one in resources(call, call.path["resource_type"]):
        for key, value in one.tags.items():
            values.setdefault(key, set()).add(value)
    return {"tags": [{"key": key, "values": sorted(found)} for key, found in sorted(values.items())]}


@operation
def list_resources_by_tags(call: Call) -> Answer:
    tags.check_query(call.body)
    found = tags.search(resources(call, call.path["resource_type"]), call.body)
    if call.body["action"] == "count":
        return {"total_count": len(found)}
    offset, limit = int(call.filled()["offset"]), int(call.filled()["limit"])
    shown = [views.tagged(one) for one in found[offset : offset + limit]]
    return {"resources": shown, "total_count": len(found)}
