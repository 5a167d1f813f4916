"""Private zones of DNS and their record sets: rules, and changes that take time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from ..building import KINDS, Data, Kind, NewId, find, plain
from ..cloud import Cloud
from ..models import Resource
from ..networks import Project
from ..operations import Call
from .base import missing, named_in_path, network_operation, refusal

SETTLED = ("ACTIVE", "ERROR")


@dataclass(eq=False)
class RecordSet(Resource):
    """A record set. default: one that each zone has."""

    zone: Zone = None  # type: ignore[assignment]
    name: str = ""
    type: str = "A"
    ttl: int = 300
    records: list[str] = field(default_factory=list)
    default: bool = False


@dataclass(eq=False)
class Zone(Resource):
    """A private zone. routers: its VPCs."""

    name: str = ""
    ttl: int = 300
    routers: list[dict[str, str]] = field(default_factory=list)

    def sees(self, vpc_id: str) -> bool:
        return any(router["router_id"] == vpc_id for router in self.routers)


def full(name: str) -> str:
    """A name as DNS stores it."""
    return name.lower().rstrip(".") + "."


def zones(project: Project) -> dict[str, Zone]:
    return project.others["zones"]


def recordsets(project: Project) -> dict[str, RecordSet]:
    return project.others["recordsets"]


def new_zone(project: Project, data: Data, new_id: NewId) -> Zone:
    """data: name, id, routers (as the API), description, ttl. Comes with its default record sets."""
    about = {"name": full(data["name"]), "routers": list(data["routers"]), "description": data.get("description", "")}
    zone = Zone(data.get("id") or plain_id(new_id), project, 0, 0.0, status="ACTIVE", ttl=data.get("ttl", 300), **about)
    zones(project)[zone.id] = zone
    for kind, value in (
        ("SOA", f"ns1.example.com. admin.{zone.name} (1 7200 900 1209600 300)"),
        ("NS", "ns1.example.com."),
    ):
        default = {"zone": zone.id, "name": zone.name, "type": kind, "records": [value], "default": True}
        new_recordset(project, default, new_id)
    return zone


def make_zone(project: Project, data: Data, new_id: NewId) -> Zone:
    """Members: name, vpcs (IDs or names), id, description, ttl, status."""
    ids = [find(project, "vpcs", one).id for one in data.get("vpcs", [])]
    zone = new_zone(project, {**data, "routers": [{"router_id": id, "status": "ACTIVE"} for id in ids]}, new_id)
    zone.status = data.get("status", "ACTIVE")
    return zone


def new_recordset(project: Project, data: Data, new_id: NewId) -> RecordSet:
    """Members: zone (ID or name), name, records, type (A), id, ttl, description, status."""
    known = {name: data[name] for name in ("type", "ttl", "records", "description", "default") if data.get(name)}
    zone = find(project, "zones", data["zone"])
    made = RecordSet(data.get("id") or plain_id(new_id), project, 0, 0.0, zone=zone, name=full(data["name"]), **known)
    made.status = data.get("status", "ACTIVE")
    recordsets(project)[made.id] = made
    return made


def plain_id(new_id: NewId) -> str:
    """DNS writes its IDs without hyphens."""
    return new_id().replace("-", "")


def remove_zone(project: Project, zone: Zone) -> None:
    for record in [one for one in recordsets(project).values() if one.zone is zone]:
        recordsets(project).pop(record.id)


def zone_view(zone: Zone) -> dict[str, Any]:
    count = sum(one.zone is zone for one in recordsets(zone.project).values())
    about = plain(zone, "status", "ttl", "routers")
    return {**about, "zone_type": "private", "record_num": count, "project_id": zone.project.id}


def recordset_view(record: RecordSet) -> dict[str, Any]:
    about = plain(record, "type", "ttl", "records", "status", "default")
    return {
        **about,
        "description": record.description or None,
        "zone_id": record.zone.id,
        "zone_name": record.zone.name,
    }


KINDS.update(
    zones=Kind(make_zone, zones, zone_view, remove_zone), recordsets=Kind(new_recordset, recordsets, recordset_view)
)


def begin(cloud: Cloud, one: Zone | RecordSet, status: str, end: Callable[[], None]) -> None:
    """Starts a change: *status* until it ends."""
    one.status = status
    cloud.begin(one, cloud.settings.dns_delay, end)


def become_active(one: Zone | RecordSet) -> None:
    one.status = "ACTIVE"
    for router in one.routers if isinstance(one, Zone) else []:
        router["status"] = "ACTIVE"


def check_lock(call: Call) -> None:
    """Refuses the next changes, as many as a setting says, because another change holds the lock."""
    if call.cloud.settings.dns_locked > 0:
        call.cloud.settings.dns_locked -= 1
        raise refusal(call, "DNS.0021")


def page(
    call: Call, member: str, found: Iterable[Any], view: Callable[[Any], dict[str, Any]], path: str
) -> dict[str, Any]:
    """A page by marker or offset, of objects whose name contains the wanted one."""
    wanted, exact = call.query.get("name", "").lower(), call.query.get("search_mode") == "equal"
    visible = [] if call.lists_nothing else [one for one in found if wanted in one.name]
    if exact and wanted:
        visible = [one for one in visible if one.name == full(wanted)]
    ids = [one.id for one in visible]
    marker = call.query.get("marker")
    first = ids.index(marker) + 1 if marker in ids else call.query.get("offset", 0)
    shown = visible[first : first + call.query["limit"]]
    for one in shown:
        one.read()
    links = {"self": f"{call.base_url}{path}"}
    if first + len(shown) < len(visible) and shown:
        links["next"] = f"{call.base_url}{path}?{urlencode({**call.query, 'marker': shown[-1].id})}"
    return {"links": links, member: [view(one) for one in shown], "metadata": {"total_count": len(visible)}}


def own_zone(call: Call, settled: bool = False) -> Zone:
    zone: Zone = named_in_path(call, zones(call.own), "zone_id", "DNS.0101", "zone")
    if settled and zone.status not in SETTLED:
        raise refusal(call, "DNS.0209")
    return zone


def own_recordset(call: Call) -> RecordSet:
    record = recordsets(call.own).get(call.path["recordset_id"])
    if record is None or record.zone.id != call.path["zone_id"]:
        raise missing(call, "DNS.0313", "record set", call.path["recordset_id"])
    if record.status not in SETTLED:
        raise refusal(call, "DNS.0314")
    return record


def check_router(call: Call, name: str, router: dict[str, str]) -> dict[str, str]:
    """The VPC as the zone will show it."""
    vpc_id = router["router_id"]
    if vpc_id not in call.own.vpcs and not call.cloud.settings.accept_any_id:
        raise refusal(call, call.operation.refusals["invalid"], member="router_id")
    if any(zone.name == name and zone.sees(vpc_id) for zone in zones(call.own).values()):
        raise refusal(call, "DNS.0212")
    return {"router_id": vpc_id, "router_region": call.cloud.world.region, "status": "PENDING_CREATE"}


@network_operation
def list_private_zones(call: Call) -> Any:
    wanted = call.query.get("router_id")
    found = [zone for zone in zones(call.own).values() if wanted is None or zone.sees(wanted)]
    return page(call, "zones", found if call.query["type"] == "private" else [], zone_view, "/v2/zones")


@network_operation
def create_private_zone(call: Call) -> Any:
    check_lock(call)
    name = full(call.body["name"])
    router = check_router(call, name, call.body["router"])
    if call.cloud.settings.dns_zone_names == "unique" and any(zone.name == name for zone in zones(call.own).values()):
        raise refusal(call, "DNS.0208")
    zone = new_zone(call.own, {**call.body, "routers": [router]}, call.cloud.new_id)
    begin(call.cloud, zone, "PENDING_CREATE", lambda: become_active(zone))
    view = zone_view(zone)
    view["router"] = view.pop("routers")[0]
    return view


@network_operation
def associate_router(call: Call) -> Any:
    check_lock(call)
    zone = own_zone(call, settled=True)
    router = check_router(call, zone.name, call.body["router"])
    zone.routers.append(router)
    begin(call.cloud, zone, "PENDING_UPDATE", lambda: become_active(zone))
    return dict(router)


@network_operation
def list_record_sets(call: Call) -> Any:
    zone, kind = own_zone(call), call.query.get("type")
    found = [one for one in recordsets(call.own).values() if one.zone is zone and kind in (None, one.type)]
    return page(call, "recordsets", found, recordset_view, f"/v2/zones/{zone.id}/recordsets")


@network_operation
def create_record_set(call: Call) -> Any:
    check_lock(call)
    zone, body = own_zone(call, settled=True), call.filled()
    name = full(body["name"])
    if not (name == zone.name or name.endswith("." + zone.name)):
        raise refusal(call, call.operation.refusals["invalid"], member="name")
    if any(one.zone is zone and (one.name, one.type) == (name, body["type"]) for one in recordsets(call.own).values()):
        raise refusal(call, "DNS.0312")
    record = new_recordset(call.own, {**body, "zone": zone.id}, call.cloud.new_id)
    begin(call.cloud, record, "PENDING_CREATE", lambda: become_active(record))
    return recordset_view(record)


@network_operation
def update_record_set(call: Call) -> Any:
    check_lock(call)
    own_zone(call, settled=True)
    record = own_recordset(call)
    for name in ("ttl", "records", "description"):
        if name in call.body:
            setattr(record, name, call.body[name])
    begin(call.cloud, record, "PENDING_UPDATE", lambda: become_active(record))
    return recordset_view(record)


@network_operation
def delete_record_set(call: Call) -> Any:
    check_lock(call)
    own_zone(call, settled=True)
    record = own_recordset(call)
    begin(call.cloud, record, "PENDING_DELETE", lambda: recordsets(call.own).pop(record.id, None) and None)
    return {**recordset_view(record), "status": "PENDING_DELETE"}
