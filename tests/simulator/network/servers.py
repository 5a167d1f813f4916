"""Servers (ECS): a fuzzy list by page numbers, and one server."""

import re
from typing import Any

from ..building_groups import groups
from ..calls import Call
from ..networks import Port, Server
from .base import named_in_path, network_operation
from .ports import mac_address


def server_view(server: Server, primary: bool = True) -> dict[str, Any]:
    """primary: whether the primary card is marked."""
    addresses: dict[str, list[dict[str, Any]]] = {}
    for card in server.cards:
        addresses.setdefault(card.subnet.vpc.id, []).extend(card_addresses(card, primary))
    known = groups(server.cards[0].project) if server.cards else {}
    shown = {id: {"id": id, "name": known.get(id, {}).get("name", "")} for card in server.cards for id in card.groups}
    view = {"id": server.id, "name": server.name, "status": server.status, "addresses": addresses}
    if server.cards:
        view["tenant_id"] = server.cards[0].project.id
    vpc = next(iter(addresses), "")
    return {**view, "metadata": {"vpc_id": vpc}, "security_groups": list(shown.values()), "enterprise_project_id": "0"}


def card_addresses(card: Port, primary: bool) -> list[dict[str, Any]]:
    """The fixed addresses of a card, and its floating one, which has the same port."""
    kinds = (("6", "fixed", card.ipv6), ("4", "fixed", card.ip), ("4", "floating", card.floating_ip))
    common = {"OS-EXT-IPS-MAC:mac_addr": mac_address(card), "OS-EXT-IPS:port_id": card.id}
    mark = {"primary": True} if primary and card.primary else {}
    return [
        {**common, "version": version, "addr": address, "OS-EXT-IPS:type": kind, **(mark if kind == "fixed" else {})}
        for version, kind, address in kinds
        if address
    ]


def fuzzy(wanted: str, text: str) -> bool:
    """How ECS compares names and addresses: a part is enough, in any case, and a period is any character."""
    return re.search(re.escape(wanted).replace(r"\.", "."), text, re.IGNORECASE) is not None


def fits(call: Call, server: Server) -> bool:
    query, ips = call.query, [card.ip for card in server.cards]
    if "server_id" in query:
        return server.id in query["server_id"].split(",")
    return (
        fuzzy(query.get("name", ""), server.name)
        and ("ip" not in query or any(fuzzy(query["ip"], ip) for ip in ips))
        and ("ip_eq" not in query or query["ip_eq"] in ips)
        and query.get("status", server.status) == server.status
    )


@network_operation
def list_servers(call: Call) -> Any:
    found = [one for one in call.own.others["servers"].values() if fits(call, one)]
    found = [] if call.lists_nothing else found
    limit, first = call.query["limit"], (max(call.query.get("offset", 1), 1) - 1) * call.query["limit"]
    if "marker" in call.query:
        first = next((n for n, one in enumerate(found, start=1) if one.id == call.query["marker"]), 0)
    marked = call.cloud.settings.primary_in_lists
    return {"count": len(found), "servers": [server_view(one, marked) for one in found[first : first + limit]]}


@network_operation
def get_server(call: Call) -> Any:
    found = named_in_path(call, call.own.others["servers"], "server_id", "Ecs.0114", "server")
    return {"server": server_view(found)}
