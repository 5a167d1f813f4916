"""Each operation of the installed huaweicloudsdkvpcep, and what the simulator holds before and after it."""

from typing import Any

import huaweicloudsdkvpcep.v1 as api
import pytest
from huaweicloudsdkcore.utils.http_utils import sanitize_for_serialization

from tests.clients.held import Held
from tests.clients.huawei import call, service_body, signing, with_invokers, with_token
from tests.simulator import Simulator
from tests.simulator.contract import load

DNS, OBS = "2da0fe8f-5cb7-4d93-bb35-dc05334da1be", "e4a21a61-f09e-41bc-b487-23d6204ae27b"


def operations_of_the_sdk() -> list[str]:
    """The operations that the installed SDK has: each has a method of its own that builds the HTTP request."""
    methods = vars(api.VpcepClient)
    return sorted(name for name in methods if f"_{name}_http_info" in methods)


OPERATION_IDS = {
    raw["x-sdk-operation"]: raw["operationId"]
    for item in load("vpcep.yaml")["paths"].values()
    for raw in item.values()
    if isinstance(raw, dict) and "x-sdk-operation" in raw
}
EXAMPLES = "d7b2bf07-1b4c-43fa-bd88-d80c6ebea140"
TABLES = [f"cd7fdf2b-d964-4a4a-a169-2af1112e7d0{number}" for number in (2, 3)]
STATEMENTS = [{"Effect": "Deny", "Action": ["obs:*:*"], "Resource": ["obs:*:*:*:a"]}]


class Scene:
    """A client, a simulator, and what was compared."""

    def __init__(self, client: Any, simulator: Simulator) -> None:
        self.client = client
        self.simulator = simulator
        self.held = Held(simulator)
        self.networks = simulator.spare()
        self.answers: dict[str, list[Any]] = {}
        self.compared: set[str] = set()

    def call(self, operation: str, **arguments: Any) -> Any:
        answer = call(self.client, operation, **arguments)
        self.answers.setdefault(operation, []).append(answer)
        return answer

    def same(self, operation: str, shown: Any, held: Any) -> None:
        """Compare a value: out of the answer, or (of answers without a body) what was to become of the objects."""
        assert self.answers[operation]
        assert shown == held
        self.compared.add(operation)

    def agrees(self, operation: str, shown: Any, held: dict[str, Any]) -> None:
        """Compare an object with all its members. shown: the answer, or an object in it."""
        assert self.answers[operation]
        known = set(shown.attribute_map.values())
        self.held.agrees(OPERATION_IDS[operation], sanitize_for_serialization(shown), known, held)
        self.compared.add(operation)

    def service(self, number: int = 0, **changes: Any) -> str:
        made = self.call("create_endpoint_service", body=service_body(self.networks[number], **changes))
        return str(made.id)

    def endpoint(self, service: str = DNS, number: int = 1, **changes: Any) -> str:
        network = self.networks[number]
        place = {"vpc_id": network["vpc_id"], "subnet_id": network["subnet_id"]}
        made = self.call("create_endpoint", body={"endpoint_service_id": service, **place, **changes})
        return str(made.id)

    def gateway(self, **changes: Any) -> str:
        body = {"endpoint_service_id": OBS, "vpc_id": EXAMPLES, "routetables": TABLES[:1], **changes}
        return str(self.call("create_endpoint", body=body).id)

    def permissions(self, service: str, *records: str) -> None:
        body = {"permissions": list(records), "action": "add"}
        self.call("add_or_remove_service_permissions", vpc_endpoint_service_id=service, body=body)


class Operations(Scene):
    """A method for each operation, of the same name: what is done with it."""

    def list_version_details(self) -> None:
        versions = self.call("list_version_details").versions
        self.same(
            "list_version_details", [(one.id, one.status) for one in versions], [("v1", "CURRENT"), ("v2", "CURRENT")]
        )
        assert [one.links[0].href for one in versions] == [f"{self.simulator.api_url}/{name}" for name in ("v1", "v2")]

    def list_specified_version_details(self) -> None:
        for one in self.call("list_version_details").versions:
            found = self.call("list_specified_version_details", version=one.id).version
            self.same("list_specified_version_details", found.to_dict(), one.to_dict())

    def create_endpoint_service(self) -> None:
        id = self.service(description="for all", tcp_proxy="toa_open")
        self.agrees("create_endpoint_service", self.answers["create_endpoint_service"][0], self.held.service(id))
        held = self.held.service(id)
        assert (held["description"], held["tcp_proxy"], held["approval_enabled"]) == ("for all", "toa_open", True)
        assert held["tags"] == [{"key": "env", "value": "dev"}]
        assert held["ports"] == [{"client_port": 80, "server_port": 8080, "protocol": "TCP"}]

    def list_service_details(self) -> None:
        id = self.service()
        found = self.call("list_service_details", vpc_endpoint_service_id=id)
        self.agrees("list_service_details", found, self.held.service(id))

    def list_endpoint_service(self) -> None:
        ids = [self.service(number, approval_enabled=False) for number in range(3)]
        self.endpoint(ids[1], 5)
        listed = self.call("list_endpoint_service", sort_key="create_at", sort_dir="asc", limit=2, offset=1)
        self.same("list_endpoint_service", [one.id for one in listed.endpoint_services], ids[1:])
        self.same("list_endpoint_service", listed.total_count, len(self.held.own_services()))
        for one in listed.endpoint_services:
            self.agrees("list_endpoint_service", one, self.held.service(one.id))

    def update_endpoint_service(self) -> None:
        id = self.service()
        body = {
            "approval_enabled": False,
            "service_name": "store",
            "ports": [api.PortList(client_port=81, server_port=8081, protocol="TCP")],
            "port_id": self.networks[0]["lb_port_id"],
            "description": "new",
            "tcp_proxy": "proxy_open",
        }
        changed = self.call("update_endpoint_service", vpc_endpoint_service_id=id, body=body)
        held = self.held.service(id)
        self.agrees("update_endpoint_service", changed, held)
        assert held["service_name"] == f"cn-north-4.store.{id}"
        assert held["ports"] == [{"client_port": 81, "server_port": 8081, "protocol": "TCP"}]
        for name in ("approval_enabled", "port_id", "description", "tcp_proxy"):
            assert held[name] == body[name]

    def update_endpoint_service_name(self) -> None:
        id = self.service()
        body = {"endpoint_service_name": "third"}
        renamed = self.call("update_endpoint_service_name", vpc_endpoint_service_id=id, body=body)
        name = self.held.service(id)["service_name"]
        assert name == f"cn-north-4.third.{id}"
        self.same("update_endpoint_service_name", renamed.endpoint_service_name, name)

    def delete_endpoint_service(self) -> None:
        kept, gone = self.service(0), self.service(1)
        self.call("delete_endpoint_service", vpc_endpoint_service_id=gone)
        self.same("delete_endpoint_service", [kept], self.held.own_services())

    def upgrade_endpoint_service(self) -> None:
        id = self.service()
        assert self.held.service(id)["supported_editions"] == ["basic"]
        self.call("upgrade_endpoint_service", vpc_endpoint_service_id=id)
        self.same("upgrade_endpoint_service", ["basic", "profession"], self.held.service(id)["supported_editions"])

    def add_endpoint_service_server_resource(self) -> None:
        id = self.service()
        self.call("upgrade_endpoint_service", vpc_endpoint_service_id=id)
        backends = [
            api.ServerResource(resource_id=network["lb_port_id"], availability_zone_id="cn-north-4a")
            for network in self.networks[:2]
        ]
        body = {"server_resources": backends}
        self.call("add_endpoint_service_server_resource", vpc_endpoint_service_id=id, body=body)
        held = self.held.cloud.services[id].extra_backends
        self.same("add_endpoint_service_server_resource", [one.resource_id for one in backends], held)

    def list_service_connections(self) -> None:
        service = self.service()
        ids = [self.endpoint(service, number) for number in range(1, 4)]
        named = {"vpc_endpoint_service_id": service}
        listed = self.call("list_service_connections", **named, sort_key="create_at", sort_dir="asc")
        self.same("list_service_connections", [one.id for one in listed.connections], ids)
        self.same("list_service_connections", listed.total_count, len(self.held.cloud.endpoints))
        for one in listed.connections:
            self.agrees("list_service_connections", one, self.held.connection(one.id))
        (found,) = self.call("list_service_connections", **named, id=ids[1]).connections
        self.agrees("list_service_connections", found, self.held.connection(ids[1]))

    def accept_or_reject_endpoint(self) -> None:
        service = self.service()
        id = self.endpoint(service)
        for action, status in (("receive", "accepted"), ("reject", "rejected")):
            body = {"endpoints": [id], "action": action}
            (one,) = self.call("accept_or_reject_endpoint", vpc_endpoint_service_id=service, body=body).connections
            self.agrees("accept_or_reject_endpoint", one, self.held.connection(id))
            assert self.held.connection(id)["status"] == status

    def update_endpoint_connections_desc(self) -> None:
        service = self.service()
        words = {self.endpoint(service, number): f"team {number}" for number in (1, 2)}
        entries = [api.ConnectionsDesc(id=id, description=text) for id, text in words.items()]
        named = {"vpc_endpoint_service_id": service, "body": {"connections": entries}}
        described = self.call("update_endpoint_connections_desc", **named).connections
        assert {id: self.held.connection(id)["description"] for id in words} == words
        self.same("update_endpoint_connections_desc", {one.id: one.description for one in described}, words)
        for one in described:
            self.agrees("update_endpoint_connections_desc", one, self.held.connection(one.id))

    def list_service_permissions_details(self) -> None:
        service = self.service()
        self.permissions(service, "iam:domain::blue", "*", "iam:domain::green")
        named = {"vpc_endpoint_service_id": service}
        listed = self.call("list_service_permissions_details", **named, sort_key="create_at", sort_dir="asc")
        held = self.held.permissions(service)
        self.same("list_service_permissions_details", [one.id for one in listed.permissions], list(held))
        self.same("list_service_permissions_details", listed.total_count, 3)
        for one in listed.permissions:
            self.agrees("list_service_permissions_details", one, held[one.id])

    def add_or_remove_service_permissions(self) -> None:
        service = self.service()
        records = ["iam:domain::blue", "iam:domain::green"]
        for action, sent, left in (("add", records, records), ("remove", records[:1], records[1:])):
            body = {"permissions": sent, "action": action}
            named = {"vpc_endpoint_service_id": service, "body": body}
            answer = self.call("add_or_remove_service_permissions", **named)
            held = [one["permission"] for one in self.held.permissions(service).values()]
            self.same("add_or_remove_service_permissions", (answer.permissions, held), (sent, left))

    def batch_add_endpoint_service_permissions(self) -> None:
        service = self.service()
        words = {"iam:domain::blue": "team blue", "*": "everybody"}
        entries = [api.EpsAddPermissionRequest(permission=record, description=text) for record, text in words.items()]
        named = {"vpc_endpoint_service_id": service, "body": {"permissions": entries}}
        added = self.call("batch_add_endpoint_service_permissions", **named).permissions
        held = self.held.permissions(service)
        assert {one["permission"]: one["description"] for one in held.values()} == words
        self.same("batch_add_endpoint_service_permissions", [one.id for one in added], list(held))
        for one in added:
            self.agrees("batch_add_endpoint_service_permissions", one, held[one.id])

    def batch_remove_endpoint_service_permissions(self) -> None:
        service = self.service()
        self.permissions(service, "iam:domain::blue", "iam:domain::green")
        before = self.held.permissions(service)
        gone, kept = before
        entries = [api.EpsRemovePermissionRequest(id=gone)]
        named = {"vpc_endpoint_service_id": service, "body": {"permissions": entries}}
        (removed,) = self.call("batch_remove_endpoint_service_permissions", **named).permissions
        self.agrees("batch_remove_endpoint_service_permissions", removed, before[gone])
        self.same("batch_remove_endpoint_service_permissions", [kept], list(self.held.permissions(service)))

    def update_endpoint_service_permission_desc(self) -> None:
        service = self.service()
        self.permissions(service, "iam:domain::blue", "iam:domain::green")
        first, second = self.held.permissions(service)
        body = {"permission": api.EpsUpdatePermissionDesc(description="team green")}
        named = {"vpc_endpoint_service_id": service, "permission_id": second, "body": body}
        (changed,) = self.call("update_endpoint_service_permission_desc", **named).permissions
        held = self.held.permissions(service)
        self.agrees("update_endpoint_service_permission_desc", changed, held[second])
        assert (held[first]["description"], held[second]["description"]) == ("", "team green")

    def create_endpoint(self) -> None:
        network = self.networks[1]
        wanted = network["cidr"].rsplit(".", 1)[0] + ".99"
        options = {"description": "mine", "whitelist": ["10.0.0.0/8"], "enable_whitelist": True, "port_ip": wanted}
        id = self.endpoint(**options, enable_dns=True, tags=[api.TagList(key="a", value="b")])
        held = self.held.endpoint(id)
        # The answer is older than the name: that is shown later.
        self.agrees("create_endpoint", self.answers["create_endpoint"][0], {**held, "dns_names": None})
        assert {name: held[name] for name in ("description", "whitelist", "enable_whitelist", "ip")} == {
            **{name: value for name, value in options.items() if name != "port_ip"},
            "ip": wanted,
        }
        assert (held["enable_dns"], held["tags"]) == (True, [{"key": "a", "value": "b"}])
        gateway = self.gateway(policy_statement=[statement(**one) for one in STATEMENTS])
        held = self.held.endpoint(gateway)
        self.agrees("create_endpoint", self.answers["create_endpoint"][1], held)
        assert (held["routetables"], held["policy_statement"]) == (TABLES[:1], STATEMENTS)

    def list_endpoints(self) -> None:
        ids = [self.endpoint(number=1, enable_dns=True), self.endpoint(number=2), self.gateway()]
        listed = self.call("list_endpoints", sort_key="create_at", sort_dir="asc")
        self.same("list_endpoints", [one.id for one in listed.endpoints], ids)
        self.same("list_endpoints", listed.total_count, len(self.held.cloud.endpoints))
        for one in listed.endpoints:
            self.agrees("list_endpoints", one, self.held.endpoint(one.id))
        (found,) = self.call("list_endpoints", vpc_id=self.networks[2]["vpc_id"]).endpoints
        self.agrees("list_endpoints", found, self.held.endpoint(ids[1]))

    def list_endpoint_info_details(self) -> None:
        for id in (self.endpoint(enable_dns=True, whitelist=["10.0.0.1"]), self.gateway()):
            found = self.call("list_endpoint_info_details", vpc_endpoint_id=id)
            self.agrees("list_endpoint_info_details", found, self.held.endpoint(id))

    def update_endpoint_white(self) -> None:
        id = self.endpoint()
        body = {"whitelist": ["10.0.0.0/8", "192.168.1.1"], "enable_whitelist": True}
        changed = self.call("update_endpoint_white", vpc_endpoint_id=id, body=body)
        held = self.held.endpoint(id)
        self.agrees("update_endpoint_white", changed, held)
        assert {name: held[name] for name in body} == body

    def delete_endpoint(self) -> None:
        kept, gone = self.endpoint(number=1), self.endpoint(number=2)
        self.call("delete_endpoint", vpc_endpoint_id=gone)
        self.same("delete_endpoint", [kept], list(self.held.cloud.endpoints))

    def update_endpoint_policy(self) -> None:
        id = self.gateway()
        assert self.held.endpoint(id)["policy_statement"] != STATEMENTS
        body = {"policy_statement": [statement(**one) for one in STATEMENTS]}
        changed = self.call("update_endpoint_policy", vpc_endpoint_id=id, body=body)
        self.agrees("update_endpoint_policy", changed, self.held.endpoint(id))
        assert self.held.endpoint(id)["policy_statement"] == STATEMENTS

    def delete_endpoint_policy(self) -> None:
        default = self.held.endpoint(self.gateway())["policy_statement"]
        other = {"routetables": TABLES[1:], "policy_statement": [statement(**one) for one in STATEMENTS]}
        id = self.gateway(**other)
        assert self.held.endpoint(id)["policy_statement"] == STATEMENTS
        dropped = self.call("delete_endpoint_policy", vpc_endpoint_id=id)
        self.agrees("delete_endpoint_policy", dropped, self.held.endpoint(id))
        assert self.held.endpoint(id)["policy_statement"] == default

    def update_endpoint_routetable(self) -> None:
        id = self.gateway()
        bound = self.call("update_endpoint_routetable", vpc_endpoint_id=id, body={"routetables": TABLES[::-1]})
        assert self.held.endpoint(id)["routetables"] == TABLES[::-1]
        self.same("update_endpoint_routetable", bound.routetables, self.held.endpoint(id)["routetables"])
        assert bound.error == []
        self.call("update_endpoint_routetable", vpc_endpoint_id=id, body={"routetables": TABLES[:1]})
        other = self.gateway(routetables=TABLES[1:])
        partly = self.call("update_endpoint_routetable", vpc_endpoint_id=other, body={"routetables": TABLES})
        self.same("update_endpoint_routetable", partly.routetables, self.held.endpoint(other)["routetables"])
        refused_ones = [item.id for part in partly.error for item in part.bind_failed]
        assert (partly.routetables, refused_ones) == (TABLES[1:], TABLES[:1])

    def upgrade_endpoint(self) -> None:
        """The answer is empty and nothing shows the edition of an endpoint: it must be as before."""
        id = self.endpoint()
        before = self.held.endpoint(id)
        self.call("upgrade_endpoint", vpc_endpoint_id=id, body={"action": "start"})
        self.same("upgrade_endpoint", before, self.held.endpoint(id))

    def list_quota_details(self) -> None:
        self.simulator.settings(quota_services=7, quota_endpoints=9)
        self.service()
        for number in (1, 2):
            self.endpoint(number=number)
        quotas = self.call("list_quota_details").quotas.resources
        shown = {one.type: (one.used, one.quota) for one in quotas}
        held = {"endpoint": (len(self.held.cloud.endpoints), 9), "endpoint_service": (len(self.held.own_services()), 7)}
        self.same("list_quota_details", shown, held)
        (one,) = self.call("list_quota_details", type="endpoint").quotas.resources
        self.same("list_quota_details", (one.type, one.used), ("endpoint", 2))

    def list_service_public_details(self) -> None:
        self.service()  # an own one is not public
        held = self.held.public_services()
        listed = self.call("list_service_public_details")
        self.same("list_service_public_details", {one.id for one in listed.endpoint_services}, set(held))
        self.same("list_service_public_details", listed.total_count, len(held))
        for one in listed.endpoint_services:
            self.agrees("list_service_public_details", one, held[one.id])

    def list_service_describe_details(self) -> None:
        id = self.service()
        held = self.held.service(id)
        for by in ({"id": id}, {"endpoint_service_name": held["service_name"]}):
            self.agrees("list_service_describe_details", self.call("list_service_describe_details", **by), held)

    def batch_add_or_remove_resource_instance(self) -> None:
        named = {"resource_type": "endpoint_service", "resource_id": self.service()}
        find = self.held.service
        for kind, id in (("endpoint_service", named["resource_id"]), ("endpoint", self.endpoint())):
            named = {"resource_type": kind, "resource_id": id}
            find = self.held.service if kind == "endpoint_service" else self.held.endpoint
            before = find(id)["tags"]
            for action, after in (("create", [*before, {"key": "team", "value": "blue"}]), ("delete", before)):
                body = {"action": action, "tags": [api.ResourceTag(key="team", value="blue")]}
                self.call("batch_add_or_remove_resource_instance", **named, body=body)
                self.same("batch_add_or_remove_resource_instance", after, find(id)["tags"])

    def list_query_project_resource_tags(self) -> None:
        for number, colour in enumerate(("red", "blue")):
            self.service(number, tags=[api.TagList(key="team", value=colour)])
        self.endpoint(number=3, tags=[api.TagList(key="team", value="green")])
        for kind in ("endpoint_service", "endpoint"):
            ids = self.held.own_services() if kind == "endpoint_service" else list(self.held.cloud.endpoints)
            find = self.held.service if kind == "endpoint_service" else self.held.endpoint
            held = sorted(tag["value"] for id in ids for tag in find(id)["tags"])
            listed = self.call("list_query_project_resource_tags", resource_type=kind).tags
            shown = [(one.key, one.values) for one in listed]
            self.same("list_query_project_resource_tags", shown, [("team", held)])

    def list_resource_instances(self) -> None:
        blue, _red = (
            self.service(number, tags=[api.TagList(key="team", value=colour)])
            for number, colour in enumerate(("blue", "red"))
        )
        wanted = [api.TagValuesList(key="team", values=["blue"])]
        for action in ("filter", "count"):
            paging = {"limit": "10", "offset": "0"} if action == "filter" else {}
            body = {"action": action, "tags": wanted, **paging}
            found = self.call("list_resource_instances", resource_type="endpoint_service", body=body)
            self.same("list_resource_instances", found.total_count, 1)
            if action == "filter":
                (one,) = found.resources
                tags = [{"key": tag.key, "value": tag.value} for tag in one.tags]
                held = self.held.service(blue)
                name = held["service_name"].split(".")[1]
                shown = (one.resource_id, one.resource_name, tags)
                self.same("list_resource_instances", shown, (blue, name, held["tags"]))


def statement(**members: Any) -> Any:
    return api.PolicyStatement(**{name.lower(): value for name, value in members.items()})


@pytest.fixture(params=[signing, with_token, with_invokers], ids=["aksk", "token", "invokers"])
def client(request: pytest.FixtureRequest, huawei: Simulator) -> Any:
    return request.param(huawei)


@pytest.mark.parametrize("operation", operations_of_the_sdk())
def test_each_operation_and_what_the_simulator_holds(client: Any, huawei: Simulator, operation: str) -> None:
    assert operation in vars(Operations), "the SDK has an operation that nothing here calls"
    scene = Operations(client, huawei)
    getattr(scene, operation)()
    assert operation in scene.compared, "it was called, but nothing was compared"
    served = huawei.log(service="vpcep", operation=OPERATION_IDS[operation])
    assert len(served) == len(scene.answers[operation])
    assert {entry["status"] // 100 for entry in served} == {2}


def test_the_list_of_operations_is_that_of_the_sdk() -> None:
    """Neither is the list empty because the SDK is built in another way, nor is anything here of no use."""
    own = {name for name in vars(Operations) if not name.startswith("_")}
    assert set(operations_of_the_sdk()) == set(OPERATION_IDS) == own
    assert len(own) == 33
    # Nor is there any other public method, but those that are for no operation in particular.
    public = {name for name in vars(api.VpcepClient) if not name.startswith("_")}
    assert public - {"new_builder", "call_api"} == own | {f"{name}_invoker" for name in own}
