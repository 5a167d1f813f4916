"""The calls of the network services: VPC v1 and v3 with the ports of Neutron v2.0, ECS, ELB and DNS.

The login is the same as for VPCEP. A caller without the right to list objects gets an empty list, not an error.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, TypeVar

from .._auth.session import ApiPath, Service, Session
from .._core.errors import ApiError, NotFound
from .._core.types import Object, object_in, objects_in
from .._http.retry import Deadline, Kind
from .._schema.fields import HUAWEI

PAGE_SIZE = 2000  # as many as VPC and ELB list at once
SERVERS_PAGE = 1000  # as many as ECS lists at once
PAGES = 100  # far more than a project has
NOT_PUBLISHED = ("APIGW.0101", "APIG.0101")
"""The gateway's codes, new and old, with 404, for an operation that a region does not have."""
RIGHTS = {
    "get VPC": "vpc:vpcs:get",
    "list VPCs": "vpc:vpcs:list",
    "get subnet": "vpc:subnets:get",
    "list subnets": "vpc:subnets:get",
    "list route tables": "vpc:routeTables:list",
    "get port": "vpc:ports:get",
    "list ports": "vpc:ports:get",
    "list security group rules": "vpc:securityGroupRules:get",
    "add a rule": "vpc:securityGroupRules:create",
    "delete security group rule": "vpc:securityGroupRules:delete",
    "list security groups": "vpc:securityGroups:get",
    "get security group": "vpc:securityGroups:get",
    "list servers": "ecs:cloudServers:list",
    "get server": "ecs:cloudServers:showServer",
    "list load balancers": "elb:loadbalancers:list",
    "list listeners": "elb:listeners:list",
    "get IP address group": "elb:ipgroups:get",
    "list private zones": "dns:zone:list",
    "create private zone": "dns:zone:create",
    "associate private zone": "dns:zone:associaterouter",
    "list record sets": "dns:recordset:list",
    "create record set": "dns:recordset:create",
    "change record set": "dns:recordset:update",
    "delete record set": "dns:recordset:delete",
}
"""The beginning of an operation -> the right that it needs. The rights for network ACLs in v3 are not documented."""

RULES = "security-group-rules"
RULE = "security_group_rule"
LIST_V3, CREATE_V3 = "listSecurityGroupRulesV3", "createSecurityGroupRuleV3"

T = TypeVar("T")
LACKING: set[tuple[str, str, str]] = set()
"""The operations that a region lacks, as this process found out: address of VPCEP, project, operation."""


def is_not_published(error: ApiError) -> bool:
    """Whether the region lacks an operation, rather than the object that was asked for."""
    return error.status == 404 and (error.code or "").upper() in NOT_PUBLISHED


class NetworkService:
    """The base of the clients: sends requests to one service and reads its lists.

    deadline: for all calls together; seconds: for each call, if there is no deadline. Without both, a call takes as
    long as the session's requests. Every method raises what :meth:`Session.request` raises.
    """

    service: Service = "vpc"
    version: str | None = "v1"
    """None if the paths carry no project."""
    page_size = PAGE_SIZE

    def __init__(self, session: Session, deadline: Deadline | None = None, seconds: float | None = None) -> None:
        self.session = session
        self.deadline = deadline
        self.seconds = seconds

    def call(self, method: str, path: ApiPath, operation: str, *, kind: Kind = "read", **extra: Any) -> Any:
        """Sends one request. A refusal says which right is needed. extra: more arguments of Session.request."""
        deadline = self.deadline or (Deadline(self.seconds) if self.seconds else None)
        try:
            extra = {"api": self.service, "version": self.version, **extra}
            return self.session.request(method, path, operation=operation, kind=kind, deadline=deadline, **extra)
        except ApiError as error:
            right = next((right for words, right in RIGHTS.items() if operation.startswith(words)), None)
            if error.status == 403 and right:
                error.operation += f" (right {right})"
            raise

    def with_fallback(
        self,
        operation: str,
        first: Callable[[], T],
        second: Callable[[], T],
        is_lacking: Callable[[ApiError], bool] = is_not_published,
    ) -> T:
        """Calls *first*, or *second* if the region lacks the operation of *first*. A process finds that out once."""
        if not self.lacks(operation):
            try:
                return first()
            except ApiError as error:
                if not is_lacking(error):
                    raise
                LACKING.add(self.key(operation))
        return second()

    def lacks(self, operation: str) -> bool:
        """Whether this process found out that the region lacks an operation."""
        return self.key(operation) in LACKING

    def key(self, operation: str) -> tuple[str, str, str]:
        return (self.session.api_url, self.session.project_id, operation)

    def one(self, path: ApiPath, operation: str, member: str, **extra: Any) -> Object:
        """Reads an object; {} if the answer has none."""
        return object_in(self.call("GET", path, operation, **extra), member)

    def all_pages(self, path: ApiPath, operation: str, member: str, filters: Object, **extra: Any) -> list[Object]:
        """Lists objects by marker, which is the last object's ID.

        A list ends with a page that is not full, unless that says that more follow: v1 lists have no link to the next
        page.
        """
        found: list[Object] = []
        page: Object = {"limit": self.page_size}
        markers: set[str] = set()
        for _unused in range(PAGES):
            answer = self.call("GET", path, operation, params={**filters, **page}, **extra)
            items = objects_in(answer, member)
            known = {str(item.get("id")) for item in found}
            found += [item for item in items if str(item.get("id")) not in known]
            is_full = len(items) >= self.page_size or has_more(answer, member, len(found))
            # Lists of v3 show the next marker.
            next_marker = object_in(answer, "page_info").get("next_marker")
            marker = next_marker or (items[-1].get("id") if items and is_full else None)
            if not marker or marker in markers:  # the same one again: the server ignores it
                break
            markers.add(marker)
            page["marker"] = marker
        return found


class NetworkApi(NetworkService):
    """VPC with the ports of Neutron, ECS and ELB. Only rules of security groups are changed.

    VPC is used in v3, and in v1 where a region lacks an operation of v3.
    """

    # VPCs, subnets, route tables and ports

    def get_vpc(self, vpc_id: str) -> Object:
        """VPC: Querying VPC Details."""
        return self.one(("vpcs/{}", vpc_id), "get VPC", "vpc")

    def list_vpcs(self) -> list[Object]:
        """VPC: Querying VPCs."""
        return self.all_pages("vpcs", "list VPCs", "vpcs", {})

    def find_vpcs(self) -> list[Object]:
        """VPC v3: Querying VPCs, all of the project; v1 where the region lacks v3."""
        newer = partial(self.all_pages, "vpc/vpcs", "list VPCs", "vpcs", {}, version="v3")
        return self.with_fallback("listVpcsV3", newer, self.list_vpcs)

    def get_subnet(self, subnet_id: str) -> Object:
        """VPC: Querying Subnet Details. By the ID of the VPC's subnet, which is that of Neutron's network."""
        return self.one(("subnets/{}", subnet_id), "get subnet", "subnet")

    def list_subnets(self, vpc_id: str | None = None) -> list[Object]:
        """VPC: Querying Subnets, of one VPC or all. They show Neutron's IDs of both, network and subnet."""
        return self.all_pages("subnets", "list subnets", "subnets", {"vpc_id": vpc_id} if vpc_id else {})

    def list_route_tables(self, vpc_id: str | None = None) -> list[Object]:
        """VPC: Querying Route Tables, of one VPC or all."""
        return self.all_pages("routetables", "list route tables", "routetables", {"vpc_id": vpc_id} if vpc_id else {})

    def get_port(self, port_id: str) -> Object:
        """Neutron: Querying a Port. Raises NotFound, or returns {} where v3 is used instead (see _neutron)."""
        usual = partial(self.one, ("v2.0/ports/{}", port_id), "get port", "port", version=None)
        return self._neutron("getPort", usual, lambda: next(iter(self._ports_v3({"id": port_id})), {}))

    def list_ports(self, **filters: str) -> list[Object]:
        """Neutron: Querying Ports: all, or by ``network_id`` (of a subnet), ``device_id``, ``security_groups`` or
        ``fixed_ips`` (ip_address=ADDRESS). VPCs may have the same addresses.
        """
        usual = partial(self.all_pages, "v2.0/ports", "list ports", "ports", filters, version=None)
        return self._neutron("listPorts", usual, partial(self._ports_v3, filters))

    def _neutron(self, operation: str, usual: Callable[[], T], v3: Callable[[], T]) -> T:
        """Calls *usual*; on Huawei Cloud *v3*, if the caller may not use Neutron or the region lacks it."""
        return self.with_fallback(operation, usual, v3, is_no_neutron) if self.session.cloud == HUAWEI else usual()

    def _ports_v3(self, filters: Object) -> list[Object]:
        """Ports of VPC v3 with the names that Neutron has for their members."""
        names = {"fixed_ips": "private_ips", "network_id": "virsubnet_id"}
        filters = {names.get(name, name): value for name, value in filters.items()}
        found = self.all_pages("ports", "list ports", "ports", filters, version="v3")
        for port in found:
            addresses = [{"ip_address": one.get("ip_address")} for one in objects_in(port, "private_ips")]
            port.update(network_id=port.get("virsubnet_id"), fixed_ips=addresses)
        return found

    # Servers

    def get_server(self, server_id: str) -> Object:
        """ECS: Querying Details About an ECS. Raises NotFound."""
        return self.one(("cloudservers/{}", server_id), "get server", "server", api="ecs")

    def list_servers(self, name: str | None = None) -> list[Object]:
        """ECS: Querying Details About ECSs, all pages. name: a part of the names; a period matches any character.

        The API's offset is the number of the page, from 1.
        """
        found: dict[str, Object] = {}
        filters = {"name": name} if name else {}
        for page in range(1, PAGES + 1):
            params = {**filters, "limit": SERVERS_PAGE, "offset": page}
            answer = self.call("GET", "cloudservers/detail", "list servers", params=params, api="ecs")
            items = objects_in(answer, "servers")
            known = len(found)
            found.update((str(item.get("id")), item) for item in items)
            count = answer.get("count") if isinstance(answer, dict) else None
            is_usable = isinstance(count, int) and count >= len(found)
            if len(found) == known or (len(found) == count if is_usable else len(items) < SERVERS_PAGE):
                break
        return list(found.values())

    # Load balancers, their listeners, and the access lists of these

    def list_load_balancers(self, vpc_id: str | None = None, **filters: Any) -> list[Object]:
        """ELB v3: Querying Load Balancers, shared and dedicated ones. v2.0, only shared ones, if the region lacks v3.

        filters: members of the answer, such as id or name. vpc_id: used with v2.0 only, which does not show the VPC.
        """
        in_vpc = {"vpc_id": vpc_id} if vpc_id else {}

        def read(path: str, version: str | None, by: Object) -> list[Object]:
            return self.all_pages(path, "list load balancers", "loadbalancers", by, version=version, api="elb")

        def older() -> list[Object]:
            return [{**in_vpc, **one} for one in read("v2.0/lbaas/loadbalancers", None, {**filters, **in_vpc})]

        return self.with_fallback("listLoadBalancersV3", lambda: read("elb/loadbalancers", "v3", filters), older)

    def list_listeners(self, balancer_id: str) -> list[Object]:
        """The listeners of a load balancer, in v3 only."""
        filters = {"loadbalancer_id": balancer_id}
        return self.all_pages("elb/listeners", "list listeners", "listeners", filters, version="v3", api="elb")

    def get_ip_group(self, group_id: str) -> Object:
        """An IP address group of ELB, in v3 only: the addresses of an access list."""
        return self.one(("elb/ipgroups/{}", group_id), "get IP address group", "ipgroup", version="v3", api="elb")

    # Security groups, and network ACLs

    def list_rules(self, group_ids: Sequence[str]) -> list[Object]:
        """The inbound and outbound rules of some groups.

        Nearly all groups have rules, so an empty list usually means that the caller may not list them.
        """
        operation, member = "list security group rules", f"{RULE}s"
        by_groups = {"security_group_id": list(group_ids)}

        def older() -> list[Object]:
            by_group = [{"security_group_id": group_id} for group_id in group_ids]
            return [rule for one in by_group for rule in self.all_pages(RULES, operation, member, one)]

        newer = partial(self.all_pages, f"vpc/{RULES}", operation, member, by_groups, version="v3")
        found = self.with_fallback(LIST_V3, newer, older)
        return [rule for rule in found if rule.get("security_group_id") in group_ids]

    def has_v3(self) -> bool:
        """Whether the region can create rules in v3, as far as this process knows."""
        return not any(map(self.lacks, (LIST_V3, CREATE_V3)))

    def create_rules(self, create: Callable[[bool], T]) -> T:
        """Calls create(True) to create rules in v3, or create(False) in v1 if the region lacks v3."""
        return self.with_fallback(CREATE_V3, lambda: create(True), lambda: create(False))

    def create_rule(self, rule: Object, v3: bool) -> Object:
        """Adds one rule. The cloud then clears the inbound connections of all instances in the group."""
        path, version = (f"vpc/{RULES}", "v3") if v3 else (RULES, "v1")
        operation = f"add a rule to security group {rule['security_group_id']}"
        answer = self.call("POST", path, operation, kind="create", version=version, json={RULE: rule}, addressed=False)
        return object_in(answer, RULE)

    def delete_rule(self, rule_id: str) -> None:
        """Removes one rule, with the same effect on connections. A rule that does not exist is no error."""

        def delete(path: str, version: str) -> None:
            operation = f"delete security group rule {rule_id}"
            with suppress(NotFound):
                self.call("DELETE", (path + "/{}", rule_id), operation, kind="repeat", version=version)

        self.with_fallback(
            "deleteSecurityGroupRuleV3", lambda: delete(f"vpc/{RULES}", "v3"), lambda: delete(RULES, "v1")
        )

    def list_groups(self, group_ids: Sequence[str]) -> list[Object]:
        """Some groups with their names, in v3 only."""
        filters = {"id": list(group_ids)}
        return self.all_pages("vpc/security-groups", "list security groups", "security_groups", filters, version="v3")

    def get_group(self, group_id: str) -> Object:
        """One group with its rules, in v3 only."""
        return self.one(("vpc/security-groups/{}", group_id), "get security group", "security_group", version="v3")

    def list_acls(self) -> list[Object]:
        """The network ACLs of the project with their subnets, but without rules."""
        return self.all_pages("vpc/firewalls", "list network ACLs", "firewalls", {}, version="v3")

    def get_acl(self, acl_id: str) -> Object:
        """One network ACL with its rules."""
        return self.one(("vpc/firewalls/{}", acl_id), "get network ACL", "firewall", version="v3")


class DnsApi(NetworkService):
    """Private zones and record sets of DNS v2.

    These are created, changed and deleted asynchronously: an answer shows a status PENDING_*.
    """

    service = "dns"
    version = None
    page_size = 500  # as many as DNS lists at once

    def list_zones(self) -> list[Object]:
        """DNS: Querying Private Zones, all of the project. Each has its VPCs in ``routers``."""
        return self.all_pages("v2/zones", "list private zones", "zones", {"type": "private"})

    def create_zone(self, body: Object) -> Object:
        """DNS: Creating a Private Zone, for one VPC."""
        return self._send("POST", "v2/zones", "create private zone", body)

    def associate_vpc(self, zone_id: str, body: Object) -> Object:
        """DNS: Associating a Private Zone with a VPC."""
        return self._send("POST", ("v2/zones/{}/associaterouter", zone_id), "associate private zone with VPC", body)

    def list_record_sets(self, zone_id: str, name: str | None = None) -> list[Object]:
        """DNS: Querying Record Sets in a Zone. name: a fuzzy filter."""
        filters = {"name": name} if name else {}
        return self.all_pages(("v2/zones/{}/recordsets", zone_id), "list record sets", "recordsets", filters)

    def create_record_set(self, zone_id: str, body: Object) -> Object:
        """DNS: Creating a Record Set."""
        return self._send("POST", ("v2/zones/{}/recordsets", zone_id), "create record set", body)

    def update_record_set(self, zone_id: str, record_id: str, body: Object) -> Object:
        """DNS: Modifying a Record Set."""
        path = ("v2/zones/{}/recordsets/{}", zone_id, record_id)
        return self._send("PUT", path, "change record set", body, kind="repeat")

    def delete_record_set(self, zone_id: str, record_id: str) -> None:
        """DNS: Deleting a Record Set. Raises NotFound."""
        path = ("v2/zones/{}/recordsets/{}", zone_id, record_id)
        self.call("DELETE", path, "delete record set", kind="repeat")

    def _send(self, method: str, path: ApiPath, operation: str, body: Object, kind: Any = "create") -> Object:
        answer = self.call(method, path, operation, kind=kind, json=body)
        return answer if isinstance(answer, dict) else {}


def has_more(answer: Any, member: str, number: int) -> bool:
    """Whether more objects follow than the *number* found: Neutron has a link, DNS a total."""
    total = object_in(answer, "metadata").get("total_count")
    is_linked = any(link.get("rel") == "next" for link in objects_in(answer, f"{member}_links"))
    return is_linked or (isinstance(total, int) and number < total)


def is_no_neutron(error: ApiError) -> bool:
    """Whether a caller may not use Neutron, or the region lacks it."""
    return error.status == 403 or is_not_published(error)


def says_gone(error: ApiError, object_id: str = "") -> bool:
    """Whether the network service says that an object does not exist. A list always exists, so it has no ID.

    A 404 of a gateway, of another service or of an unknown path does not say so, not even when it quotes the path.
    Neutron's errors name the object; what we read has no code for them.
    """
    code = (error.code or "").upper()
    named = re.search(rf"(?<![\w/-]){re.escape(object_id)}(?![\w/-])", error.message, re.IGNORECASE)
    by_neutron = bool(named) and (not code or code.endswith("NOTFOUND"))
    return bool(object_id) and error.status == 404 and (code.startswith("VPC.") or by_neutron)
