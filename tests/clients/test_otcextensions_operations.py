"""Each method of the VPCEP proxy of the installed otcextensions, and what the simulator holds before and after it."""

import inspect
from typing import Any

import pytest
from openstack.resource import Resource
from otcextensions.sdk.vpcep.v1._proxy import Proxy

from tests.clients.held import Held
from tests.clients.otc import service_arguments
from tests.simulator import Simulator

DNS, OBS = "2da0fe8f-5cb7-4d93-bb35-dc05334da1be", "e4a21a61-f09e-41bc-b487-23d6204ae27b"


def methods_of_the_proxy() -> list[str]:
    """What the installed library adds to every OpenStack proxy."""
    return sorted(name for name, value in vars(Proxy).items() if callable(value) and not name.startswith("_"))


# Which operations of the API the methods stand for.
SENDS = {
    "create_endpoint": {"createEndpoint"},
    "create_service": {"createEndpointService"},
    "delete_endpoint": {"deleteEndpoint"},
    "delete_service": {"deleteEndpointService"},
    "endpoints": {"listEndpoints"},
    "find_service": {"getEndpointService", "listEndpointServices"},
    "get_endpoint": {"getEndpoint"},
    "get_service": {"getEndpointService"},
    "get_target_service": {"describeEndpointService"},
    "manage_service_connections": {"acceptOrRejectConnection"},
    "manage_service_whitelist": {"addOrRemovePermissions"},
    "public_services": {"listPublicEndpointServices"},
    "resource_quota": {"listQuotas"},
    "service_connections": {"listConnections"},
    "service_whitelist": {"listPermissions"},
    "services": {"listEndpointServices"},
    "update_service": {"updateEndpointService"},
}


def in_words_of_the_api(shown: Resource) -> dict[str, Any]:
    """A client's object with the members that its answer has, under the API's names for them."""
    members = {name: getattr(shown, attribute) for name, attribute in shown._body_mapping().items()}
    return {name: list(map(plain, value)) if isinstance(value, list) else value for name, value in members.items()}


def plain(value: Any) -> Any:
    """An item of a list; those that are objects have no name and ID of their own."""
    if not isinstance(value, Resource):
        return value
    members = in_words_of_the_api(value)
    return {name: members[name] for name in members if name not in ("id", "name", "location")}


class Scene:
    """A client, a simulator, and what was compared."""

    def __init__(self, vpcep: Any, simulator: Simulator) -> None:
        self.vpcep = vpcep
        self.simulator = simulator
        self.held = Held(simulator)
        self.networks = simulator.spare()
        self.sent: dict[str, set[str]] = {}
        self.compared: set[str] = set()

    def call(self, method: str, *arguments: Any, **named: Any) -> Any:
        """Call a method of the proxy, and note which operations were carried out for it."""
        before = self.simulator.simulation.journal.count
        answer = getattr(self.vpcep, method)(*arguments, **named)
        if inspect.isgenerator(answer):
            answer = list(answer)
        entries = self.simulator.log(since=before, service="vpcep")
        carried_out = {entry["operation"] for entry in entries if entry["status"] // 100 == 2}
        self.sent.setdefault(method, set()).update(carried_out - {"listVersions", "getVersion"})
        return answer

    def same(self, method: str, shown: Any, held: Any) -> None:
        """Compare a value: out of the answer, or (of answers without a body) what was to become of the objects."""
        assert method in self.sent
        assert shown == held
        self.compared.add(method)

    def agrees(self, method: str, operation: str, shown: Any, held: dict[str, Any]) -> None:
        """Compare an object with all its members."""
        assert operation in self.sent[method]
        members = in_words_of_the_api(shown)
        # What was sent, or another name for ip; no member of answers.
        assert members.pop("port_ip", None) in (None, held.get("ip"))
        # This client makes a boolean of it.
        held = {**held, **({"enable_status": held["enable_status"] == "enable"} if "enable_status" in held else {})}
        self.held.agrees(operation, members, set(members), held)
        self.compared.add(method)

    def new_service(self, number: int = 0, **changes: Any) -> str:
        return str(self.call("create_service", **service_arguments(self.networks[number], **changes)).id)

    def new_endpoint(self, service: str = DNS, number: int = 1, **changes: Any) -> str:
        network = self.networks[number]
        place = {"router_id": network["vpc_id"], "network_id": network["subnet_id"]}
        return str(self.call("create_endpoint", endpoint_service_id=service, **place, **changes).id)

    def new_gateway(self) -> str:
        network = self.networks[9]
        place = {"router_id": network["vpc_id"], "route_tables": [network["routetable_id"]]}
        return str(self.call("create_endpoint", endpoint_service_id=OBS, **place).id)


class Methods(Scene):
    """A method for each one of the proxy, of the same name: what is done with it."""

    def create_service(self) -> None:
        arguments = service_arguments(self.networks[0], description="for all", tcp_proxy="toa_open")
        created = self.call("create_service", **arguments)
        held = self.held.service(created.id)
        self.agrees("create_service", "createEndpointService", created, held)
        for name in ("description", "tcp_proxy", "port_id", "ports", "tags", "server_type"):
            assert held[name] == arguments[name]
        assert (held["approval_enabled"], held["vpc_id"]) == (True, arguments["router_id"])
        assert held["service_name"] == f"eu-de.shop.{created.id}"

    def get_service(self) -> None:
        id = self.new_service()
        self.agrees("get_service", "getEndpointService", self.call("get_service", id), self.held.service(id))

    def find_service(self) -> None:
        for number, id in enumerate([self.new_service(0), self.new_service(1)]):
            held = self.held.service(id)
            by_id = self.call("find_service", id)
            self.agrees("find_service", "getEndpointService", by_id, held)
            assert self.sent["find_service"] == ({"getEndpointService"} if number == 0 else SENDS["find_service"])
            by_name = self.call("find_service", held["service_name"])
            self.agrees("find_service", "listEndpointServices", by_name, held)

    def services(self) -> None:
        ids = [self.new_service(number, is_approval_enabled=False) for number in range(3)]
        self.new_endpoint(ids[1], 5)
        listed = self.call("services", sort_key="created_at", sort_dir="asc")
        self.same("services", [one.id for one in listed], self.held.own_services())
        for one in listed:
            self.agrees("services", "listEndpointServices", one, self.held.service(one.id))
        assert [one.connection_count for one in listed] == [0, 1, 0]
        self.same("services", [one.id for one in self.call("services", id=ids[2])], ids[2:])

    def update_service(self) -> None:
        id = self.new_service()
        changes = {
            "port_id": self.networks[0]["lb_port_id"],
            "ports": [{"client_port": 81, "server_port": 8081, "protocol": "TCP"}],
            "description": "new",
            "tcp_proxy": "proxy_open",
        }
        changed = self.call("update_service", id, service_name="store", is_approval_enabled=False, **changes)
        held = self.held.service(id)
        self.agrees("update_service", "updateEndpointService", changed, held)
        assert {name: held[name] for name in changes} == changes
        assert (held["service_name"], held["approval_enabled"]) == (f"eu-de.store.{id}", False)

    def delete_service(self) -> None:
        kept, gone = self.new_service(0), self.new_service(1)
        self.call("delete_service", gone, ignore_missing=False)
        self.same("delete_service", [kept], self.held.own_services())

    def create_endpoint(self) -> None:
        network = self.networks[1]
        wanted = network["cidr"].rsplit(".", 1)[0] + ".99"
        place = {"router_id": network["vpc_id"], "network_id": network["subnet_id"]}
        options = {"description": "mine", "whitelist": ["10.0.0.0/8"], "tags": [{"key": "a", "value": "b"}]}
        switches = {"is_dns_enabled": True, "is_whitelist_enabled": True}
        named = {"endpoint_service_id": DNS, "port_ip": wanted, **place, **options, **switches}
        created = self.call("create_endpoint", **named)
        held = self.held.endpoint(created.id)
        self.agrees("create_endpoint", "createEndpoint", created, held)
        assert {name: held[name] for name in options} == options
        assert (held["enable_dns"], held["enable_whitelist"], held["ip"]) == (True, True, wanted)
        assert (held["vpc_id"], held["subnet_id"]) == (network["vpc_id"], network["subnet_id"])
        gateway = self.networks[9]
        tables = [gateway["routetable_id"]]
        created = self.call(
            "create_endpoint", endpoint_service_id=OBS, router_id=gateway["vpc_id"], route_tables=tables
        )
        held = self.held.endpoint(created.id)
        self.agrees("create_endpoint", "createEndpoint", created, held)
        assert held["routetables"] == tables

    def get_endpoint(self) -> None:
        for id in (self.new_endpoint(is_dns_enabled=True, whitelist=["10.0.0.1"]), self.new_gateway()):
            self.agrees("get_endpoint", "getEndpoint", self.call("get_endpoint", id), self.held.endpoint(id))

    def endpoints(self) -> None:
        ids = [self.new_endpoint(number=1, is_dns_enabled=True), self.new_endpoint(number=2), self.new_gateway()]
        listed = self.call("endpoints", sort_key="created_at", sort_dir="asc")
        self.same("endpoints", [one.id for one in listed], ids)
        for one in listed:
            self.agrees("endpoints", "listEndpoints", one, self.held.endpoint(one.id))
        (found,) = self.call("endpoints", router_id=self.networks[2]["vpc_id"])
        self.agrees("endpoints", "listEndpoints", found, self.held.endpoint(ids[1]))

    def delete_endpoint(self) -> None:
        kept, gone = self.new_endpoint(number=1), self.new_endpoint(number=2)
        self.call("delete_endpoint", gone, ignore_missing=False)
        self.same("delete_endpoint", [kept], list(self.held.cloud.endpoints))

    def service_connections(self) -> None:
        service = self.new_service()
        ids = [self.new_endpoint(service, number) for number in range(1, 4)]
        listed = self.call("service_connections", service, sort_key="created_at", sort_dir="asc")
        self.same("service_connections", [one.id for one in listed], ids)
        for one in listed:
            self.agrees("service_connections", "listConnections", one, self.held.connection(one.id))
        (found,) = self.call("service_connections", service, id=ids[1])
        self.agrees("service_connections", "listConnections", found, self.held.connection(ids[1]))

    def manage_service_connections(self) -> None:
        service = self.new_service()
        id = self.new_endpoint(service)
        for action, status in (("accept", "accepted"), ("reject", "rejected"), ("receive", "accepted")):
            (one,) = self.call("manage_service_connections", service, action, [id])
            held = self.held.connection(id)
            self.agrees("manage_service_connections", "acceptOrRejectConnection", one, held)
            assert held["status"] == status

    def service_whitelist(self) -> None:
        service = self.new_service()
        self.call("manage_service_whitelist", service, "add", ["blue", "green"])
        listed = self.call("service_whitelist", service, sort_dir="asc")
        held = self.held.permissions(service)
        self.same("service_whitelist", [one.id for one in listed], list(held))
        for one in listed:
            self.agrees("service_whitelist", "listPermissions", one, held[one.id])

    def manage_service_whitelist(self) -> None:
        service = self.new_service()
        records = ["iam:domain::blue", "iam:domain::green"]
        for action, named, sent, left in (
            ("add", ["blue", "green"], records, records),
            ("remove", ["blue"], records[:1], records[1:]),
        ):
            answer = [one.permission for one in self.call("manage_service_whitelist", service, action, named)]
            held = [one["permission"] for one in self.held.permissions(service).values()]
            self.same("manage_service_whitelist", (answer, held), (sent, left))

    def public_services(self) -> None:
        self.new_service()  # an own one is not public
        held = self.held.public_services()
        listed = self.call("public_services")
        self.same("public_services", {one.id for one in listed}, set(held))
        for one in listed:
            self.agrees("public_services", "listPublicEndpointServices", one, held[one.id])

    def get_target_service(self) -> None:
        id = self.new_service()
        held = self.held.service(id)
        for key in (id, held["service_name"]):
            found = self.call("get_target_service", key)
            self.agrees("get_target_service", "describeEndpointService", found, held)

    def resource_quota(self) -> None:
        self.simulator.settings(quota_services=7, quota_endpoints=9)
        self.new_service()
        for number in (1, 2):
            self.new_endpoint(number=number)
        shown = {one.type: (one.used, one.quota) for one in self.call("resource_quota")}
        held = {"endpoint": (len(self.held.cloud.endpoints), 9), "endpoint_service": (len(self.held.own_services()), 7)}
        self.same("resource_quota", shown, held)
        (one,) = self.call("resource_quota", type="endpoint")
        self.same("resource_quota", (one.type, one.used), ("endpoint", 2))


@pytest.mark.parametrize("method", methods_of_the_proxy())
def test_each_method_and_what_the_simulator_holds(vpcep: Any, otc: Simulator, method: str) -> None:
    assert method in vars(Methods), "the client has a method that nothing here calls"
    scene = Methods(vpcep, otc)
    getattr(scene, method)()
    assert method in scene.compared, "it was called, but nothing was compared"
    assert scene.sent[method] == SENDS[method]


def test_the_list_of_methods_is_that_of_the_client() -> None:
    """Neither is the list empty because the client is built in another way, nor is anything here of no use."""
    own = {name for name in vars(Methods) if not name.startswith("_")}
    assert set(methods_of_the_proxy()) == set(SENDS) == own
    assert len(own) == 17
