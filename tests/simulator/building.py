"""Creates, changes and removes network objects, for seed.yaml and for the control API.

Each kind is an entry of KINDS. An object refers to another one by its ID or its unique name.
"""

import dataclasses
import ipaddress
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .networks import Port, Project, Server, Subnet, Vpc, address, generated, network

Data = Mapping[str, Any]
NewId = Callable[[], str]


@dataclass
class Kind:
    """make: from data. store: the project's objects by ID. shown: as the control API shows one.

    remove: what has to go with an object, beside its entry in the store.
    """

    make: Callable[[Project, Data, NewId], Any]
    store: Callable[[Project], dict[str, Any]]
    shown: Callable[[Any], dict[str, Any]]
    remove: Callable[[Project, Any], None] = lambda project, one: None
    change: Callable[[Project, Any, Data], None] | None = None  # None: change()


KINDS: dict[str, Kind] = {}


def find(project: Project, kind: str, wanted: str) -> Any:
    """The object with this ID or name. Raises ValueError for none and for several."""
    store = KINDS[kind].store(project)
    if wanted in store:
        return store[wanted]
    found = [one for one in store.values() if name_of(one) == wanted]
    if not found:
        raise ValueError(f"no {kind} {wanted}")
    if len(found) > 1:
        raise ValueError(f"several {kind} {wanted}")
    return found[0]


def name_of(one: Any) -> Any:
    return one.get("name") if isinstance(one, dict) else one.name


def build(project: Project, objects: Mapping[str, Iterable[Data]], new_id: NewId) -> None:
    """Make the objects of each kind, in the order of KINDS."""
    for kind, about in KINDS.items():
        for data in objects.get(kind, ()):
            about.make(project, data, new_id)


def remove(project: Project, kind: str, id: str) -> None:
    """Remove an object and the objects that depend on it. Raises KeyError for an unknown one."""
    store = KINDS[kind].store(project)
    KINDS[kind].remove(project, store[id])
    store.pop(id)


def change(project: Project, one: Any, values: Data) -> None:
    """Set members of an object. Raises ValueError for one that it does not have, or that refers to other objects."""
    known = set(one) if isinstance(one, dict) else {field.name for field in dataclasses.fields(one)}
    known -= {"id", "project", "vpc", "subnet", "ip", "kind", "subnets", "ports", "cards", "routetables", "used"}
    if set(values) - known:
        raise ValueError(f"can change only {', '.join(sorted(known))}")
    for name, value in values.items():
        if isinstance(one, dict):
            one[name] = value
        else:
            setattr(one, name, network(value) if name == "cidr" else value)


def plain(one: Any, *names: str) -> dict[str, Any]:
    """These members of a model object."""
    return {name: getattr(one, name) for name in ("id", "name", *names)}


# VPCs, subnets and route tables


def make_vpc(project: Project, data: Data, new_id: NewId) -> Vpc:
    """Members: name, id, cidr, extend_cidrs, status, spare, subnets; routetables: IDs, or dicts with a name."""
    cidr = network(data.get("cidr", "10.0.0.0/16"))
    vpc = Vpc(data.get("id") or new_id(), data["name"], cidr, project, data.get("spare", False))
    vpc.extend_cidrs, vpc.status = list(data.get("extend_cidrs", [])), data.get("status", "ACTIVE")
    project.vpcs[vpc.id] = vpc
    for table in data.get("routetables", [{}]):
        make_routetable(project, {"id": table} if isinstance(table, str) else table, new_id, vpc)
    for subnet in data.get("subnets", []):
        make_subnet(project, subnet, new_id, vpc)
    return vpc


def remove_vpc(project: Project, vpc: Vpc) -> None:
    for subnet in list(vpc.subnets):
        remove(project, "subnets", subnet.id)


def shown_vpc(vpc: Vpc) -> dict[str, Any]:
    subnets = [shown_subnet(subnet) for subnet in vpc.subnets]
    about = {"cidr": str(vpc.cidr), "routetables": vpc.routetables, "subnets": subnets}
    return {**plain(vpc, "spare", "status", "extend_cidrs", "routetable_names"), **about}


def make_routetable(project: Project, data: Data, new_id: NewId, vpc: Vpc | None = None) -> dict[str, Any]:
    """Members: vpc, name, id. The first of a VPC is its default."""
    vpc = vpc or find(project, "vpcs", data["vpc"])
    id = data.get("id") or new_id()
    vpc.routetables.append(id)
    if data.get("name") is not None:
        vpc.routetable_names[id] = data["name"]
    return routetable(vpc, id)


def routetable(vpc: Vpc, id: str) -> dict[str, Any]:
    return {"id": id, "name": vpc.routetable_name(id), "vpc_id": vpc.id, "default": id == vpc.routetables[0]}


def routetables(project: Project) -> dict[str, Any]:
    return {id: routetable(vpc, id) for vpc in project.vpcs.values() for id in vpc.routetables}


def rename_routetable(project: Project, table: dict[str, Any], values: Data) -> None:
    project.vpcs[table["vpc_id"]].routetable_names[table["id"]] = values["name"]


def remove_routetable(project: Project, table: dict[str, Any]) -> None:
    project.vpcs[table["vpc_id"]].routetables.remove(table["id"])


def make_subnet(project: Project, data: Data, new_id: NewId, vpc: Vpc | None = None) -> Subnet:
    """Members: vpc, name, id, cidr (the next /24 by default), dns (addresses of name servers), ports."""
    vpc = vpc or find(project, "vpcs", data["vpc"])
    cidr = network(data["cidr"]) if "cidr" in data else free_range(vpc)
    subnet = Subnet(data.get("id") or new_id(), data["name"], cidr, vpc)
    subnet.dns = list(data.get("dns", subnet.dns))
    subnet.used.add(subnet.gateway)
    project.add(subnet)
    for number, port in enumerate(data.get("ports", [])):
        make_port(project, {"ip": address(cidr, 10 + number), **port}, new_id, subnet)
    return subnet


def free_range(vpc: Vpc) -> ipaddress.IPv4Network:
    """The first /24 of the VPC (or all of a smaller one) that no subnet overlaps."""
    ranges = vpc.cidr.subnets(new_prefix=max(24, vpc.cidr.prefixlen))
    return next(one for one in ranges if not any(one.overlaps(subnet.cidr) for subnet in vpc.subnets))


def remove_subnet(project: Project, subnet: Subnet) -> None:
    """Removes its ports as well, with their servers and load balancers."""
    subnet.vpc.subnets.remove(subnet)
    for port in list(subnet.ports):
        owner = next((kind for kind in ("servers", "loadbalancers") if port.device_id in project.others[kind]), None)
        if owner:
            remove(project, owner, port.device_id)
        elif port.id in project.ports_by_id:
            remove(project, "ports", port.id)


def shown_subnet(subnet: Subnet) -> dict[str, Any]:
    about = {"cidr": str(subnet.cidr), "vpc_id": subnet.vpc.id, "neutron_subnet_id": subnet.neutron_subnet_id}
    return {**plain(subnet, "dns"), **about, "ports": [shown_port(port) for port in subnet.ports]}


# Ports and servers


def make_port(project: Project, data: Data, new_id: NewId, subnet: Subnet | None = None) -> Port:
    """Members: subnet, name, id, kind (VM, LB, VIP), ip, and any other of Port.

    The port of a VM gets a server, that of an LB a load balancer, both of the port's name, unless device_id is given.
    """
    subnet = subnet or find(project, "subnets", data["subnet"])
    ip = data.get("ip") or subnet.free_address()
    if ip is None:
        raise ValueError(f"no free address in {subnet.id}")
    members = {name: value for name, value in data.items() if name not in ("subnet", "ip")}
    port = Port(**{"id": new_id(), "name": "", "kind": "VM", **members}, subnet=subnet, ip=ip)
    # The VPC's default group.
    port.groups = port.groups or [generated(subnet.vpc.id, "security group")]
    subnet.ports.append(port)
    subnet.used.add(ip)
    project.ports_by_id[port.id] = port
    if not port.device_id and port.kind in ("VM", "LB"):
        port.device_id = generated(port.id, "device")
        add_device(project, port)
    return port


def add_device(project: Project, port: Port) -> None:
    if port.kind == "VM":
        port.primary = True
        project.others["servers"][port.device_id] = Server(port.device_id, port.name, cards=[port])
    else:
        project.others["loadbalancers"][port.device_id] = balancer(project, port.device_id, port.name, port)


def remove_port(project: Project, port: Port) -> None:
    port.subnet.ports.remove(port)
    port.subnet.used.discard(port.ip)
    server = project.others["servers"].get(port.device_id)
    if server is not None:
        server.cards.remove(port)


def shown_port(port: Port) -> dict[str, Any]:
    about = {"subnet_id": port.subnet.id, "vpc_id": port.subnet.vpc.id}
    return {**plain(port, "kind", "ip", "device_id", "groups", "primary", "port_security_enabled"), **about}


def make_server(project: Project, data: Data, new_id: NewId) -> Server:
    """Members: name, id, status, cards (of each: subnet, id, ip, floating_ip, groups, primary), primary.

    The first card is marked primary; with ``primary: false`` none is, unless it says so itself.
    """
    server = Server(data.get("id") or new_id(), data["name"], data.get("status", "ACTIVE"))
    for number, card in enumerate(data.get("cards", [])):
        first = number == 0 and data.get("primary", True)
        about = {"kind": "VM", "device_id": server.id, "primary": first, **card}
        server.cards.append(make_port(project, about, new_id))
    project.others["servers"][server.id] = server
    return server


def remove_server(project: Project, server: Server) -> None:
    for card in list(server.cards):
        remove(project, "ports", card.id)


def shown_server(server: Server) -> dict[str, Any]:
    return {**plain(server, "status"), "cards": [shown_port(card) for card in server.cards]}


# Load balancers, and what is kept as the API shows it


def balancer(project: Project, id: str, name: str, port: Port | None, guaranteed: bool = True) -> dict[str, Any]:
    return {
        "id": id,
        "name": name,
        "vpc_id": port.subnet.vpc.id if port else "",
        "vip_port_id": port.id if port else None,
        "vip_address": port.ip if port else None,
        "vip_subnet_cidr_id": port.subnet.neutron_subnet_id if port else None,
        "ipv6_vip_port_id": None,
        "guaranteed": guaranteed,
        "provisioning_status": "ACTIVE",
        "operating_status": "ONLINE",
        "elb_virsubnet_ids": [port.subnet.id] if port else [],
        "availability_zone_list": ["az1"],
        "project_id": project.id,
        "enterprise_project_id": "0",
        "description": "",
    }


def make_balancer(project: Project, data: Data, new_id: NewId) -> dict[str, Any]:
    """Members: name, id, guaranteed (true: dedicated), listeners; subnet, ip and port_id, or vpc.

    Without a subnet it has no private address: vip_port_id is null.
    """
    id, guaranteed = data.get("id") or new_id(), data.get("guaranteed", True)
    port = None
    if data.get("subnet"):
        about = {"subnet": data["subnet"], "kind": "LB" if guaranteed else "shared LB", "name": data["name"]}
        more = {"id": data.get("port_id") or new_id(), "ip": data.get("ip"), "device_id": id}
        port = make_port(project, {**about, **more}, new_id)
    made = balancer(project, id, data["name"], port, guaranteed)
    made["vpc_id"] = made["vpc_id"] or find(project, "vpcs", data["vpc"]).id
    project.others["loadbalancers"][id] = made
    for listener in data.get("listeners", []):
        make_listener(project, {"loadbalancer": id, **listener}, new_id)
    return made


def remove_balancer(project: Project, one: dict[str, Any]) -> None:
    listeners = project.others["listeners"]
    for listener in [listener for listener in listeners.values() if {"id": one["id"]} in listener["loadbalancers"]]:
        listeners.pop(listener["id"])
    if one["vip_port_id"] in project.ports_by_id:
        remove(project, "ports", one["vip_port_id"])


def make_listener(project: Project, data: Data, new_id: NewId) -> dict[str, Any]:
    """Members: loadbalancer, protocol (TCP), protocol_port; ipgroup (ID or name), its type (white), enable_ipgroup."""
    group = data.get("ipgroup") and find(project, "ipgroups", data["ipgroup"])["id"]
    about = {"enable_ipgroup": data.get("enable_ipgroup", True), "type": data.get("type", "white")}
    made = {
        "id": data.get("id") or new_id(),
        "name": data.get("name", ""),
        "protocol": data.get("protocol", "TCP"),
        "protocol_port": data["protocol_port"],
        "loadbalancers": [{"id": find(project, "loadbalancers", data["loadbalancer"])["id"]}],
        "ipgroup": {"ipgroup_id": group, **about} if group else None,
        "transparent_client_ip_enable": data.get("transparent_client_ip_enable", False),
        "default_pool_id": None,
        "project_id": project.id,
    }
    project.others["listeners"][made["id"]] = made
    return made


def make_ipgroup(project: Project, data: Data, new_id: NewId) -> dict[str, Any]:
    """Members: name, id, ips (addresses, ranges or CIDRs)."""
    ips = [{"ip": ip, "description": ""} for ip in data.get("ips", [])]
    made = {"id": data.get("id") or new_id(), "name": data["name"], "ip_list": ips}
    project.others["ipgroups"][made["id"]] = made
    return made


def make_firewall(project: Project, data: Data, new_id: NewId) -> dict[str, Any]:
    """Members: name, id, admin_state_up, subnets; ingress_rules and egress_rules in the API's words, without IDs."""
    made = {
        "id": data.get("id") or new_id(),
        "name": data["name"],
        "status": "ACTIVE",
        "admin_state_up": data.get("admin_state_up", True),
        "associations": [{"virsubnet_id": find(project, "subnets", one).id} for one in data.get("subnets", [])],
        "project_id": project.id,
        "enterprise_project_id": "0",
        "description": "",
        "tags": [],
    }
    for side in ("ingress_rules", "egress_rules"):
        usual = {"name": "", "action": "allow", "protocol": "tcp", "ip_version": 4, "enabled": True}
        made[side] = [{"id": new_id(), **usual, **rule} for rule in data.get(side, [])]
    project.others["firewalls"][made["id"]] = made
    return made


def other(kind: str) -> Callable[[Project], dict[str, Any]]:
    return lambda project: project.others[kind]


# The order is that in which the seed makes them.
KINDS.update(
    vpcs=Kind(make_vpc, lambda project: project.vpcs, shown_vpc, remove_vpc),
    subnets=Kind(make_subnet, lambda project: project.by_id, shown_subnet, remove_subnet),
    routetables=Kind(make_routetable, routetables, dict, remove_routetable, rename_routetable),
    ports=Kind(make_port, lambda project: project.ports_by_id, shown_port, remove_port),
    servers=Kind(make_server, other("servers"), shown_server, remove_server),
    ipgroups=Kind(make_ipgroup, other("ipgroups"), dict),
    loadbalancers=Kind(make_balancer, other("loadbalancers"), dict, remove_balancer),
    listeners=Kind(make_listener, other("listeners"), dict),
    firewalls=Kind(make_firewall, other("firewalls"), dict),
)
