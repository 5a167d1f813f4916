"""Answers that no cloud should give: no traceback, nothing made twice, nothing changed that was not asked for.

Every member of every answer is spoilt in every way, one at a time; and the odd forms that the clouds are known for
must change nothing.
"""

import copy
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.simulator.contract import Operation
from tests.simulator.simulation import Answer, Exchange
from tests.support.programs import Cloud

from .report import Row
from .support_input import Modules, Options, Outcome

SERVER_INPUT = "server input"
Change = Callable[[Operation, Any], Any]  # the body that is answered instead
Place = tuple[Any, ...]  # of a member in an answer: names and numbers
GONE = object()  # as a value: the member is left out
WAITING = ("vpcep_service", "vpcep_endpoint", "vpcep_endpoints", "vpcep_connection", "vpcep_permission")
PARTS = 10  # of a test that would take minutes: a slow machine needs less than the time limit for each
PROFILES = ["otc-2025-11", "huawei"]


class Scene(NamedTuple):
    """A task, and what it may do when the cloud tells the truth: nothing, unless it says so."""

    name: str
    module: str
    options: Options
    account: str = "provider"
    managed: tuple[str, ...] = ()  # members of answers that the task looks after
    cold: bool = False  # logs in


class World:
    """A cloud in which everything is as the scenes want it, and that lies when told to."""

    def __init__(self, cloud: Cloud, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.cloud, self.modules = cloud, Modules(cloud, folder, patch)
        self.change: Change | None = None
        self.answers: list[tuple[Operation, Any]] = []
        truth = cloud.simulation.answer

        def answer(exchange: Exchange) -> Answer:
            told = truth(exchange)
            if exchange.operation is None:
                return told
            self.answers.append((exchange.operation, copy.deepcopy(told.body)))
            if self.change is not None:
                told.body = self.change(exchange.operation, told.body)
            return told

        patch.setattr(cloud.simulation, "answer", answer)
        self.fresh()

    def fresh(self) -> None:
        """Everything as wanted; the same IDs are not kept."""
        self.change = None
        cloud = self.cloud
        cloud.reset(keep_tokens=True)
        spare = cloud.spare("provider")
        self.mine, self.network, self.routes = spare[0], spare[1], spare[2]
        self.theirs = cloud.spare("consumer")[0]
        self.ip = self.network["cidr"].rpartition(".")[0] + ".77"
        self.backend: Options = {
            "port_id": self.mine["port_id"],
            "vpc_id": self.mine["vpc_id"],
            "server_type": "VM",
            "ports": [{"client_port": 8080, "server_port": 80}, {"client_port": 8081, "server_port": 80}],
        }
        self.expected_state: Options = {
            **self.backend,
            "name": "web",
            "approval_enabled": True,
            "tcp_proxy": "toa_open",
            "description": "words",
            "tags": {"env": "test", "n": "8080"},
        }
        consumer = cloud.domain_id("consumer")
        self.service = self.made("vpcep_service", {**self.expected_state, "permissions": [consumer]})["service"]["id"]
        self.subnet = {"vpc_id": self.network["vpc_id"], "subnet_id": self.network["subnet_id"]}
        self.other_subnet = {"vpc_id": self.theirs["vpc_id"], "subnet_id": self.theirs["subnet_id"]}
        self.gateway = next(one.id for one in cloud.simulation.cloud.services.values() if one.type == "gateway")
        more = {"enable_dns": True, "tags": {"env": "test"}, "description": "words", "port_ip": self.ip}
        self.interface = {**self.subnet, **more, "enable_whitelist": True, "whitelist": ["10.0.0.0/8"]}
        here = {"endpoint_service_id": self.service}
        self.endpoint = self.made("vpcep_endpoint", {**here, **self.interface})["endpoint"]["id"]
        self.guest = self.made("vpcep_endpoint", {**here, **self.other_subnet}, "consumer")["endpoint"]["id"]
        self.tables = {
            "endpoint_service_id": self.gateway,
            "vpc_id": self.routes["vpc_id"],
            "routetables": [self.routes["routetable_id"]],
            "policy_statement": [{"Effect": "Deny", "Action": ["obs:bucket:Put"], "Resource": ["*"]}],
        }
        self.table_endpoint = self.made("vpcep_endpoint", self.tables)["endpoint"]["id"]
        described = {"description": "words"} if cloud.profile == "huawei" else {}
        self.all = {self.endpoint, self.guest, self.table_endpoint}
        self.decision = {**here, "endpoints": [self.endpoint, self.guest], **described}
        self.made("vpcep_connection", self.decision)
        self.records = {**here, "permissions": [consumer], **described}
        self.made("vpcep_permission", {**self.records, **({"update_description": True} if described else {})})
        self.counts = self.count()

    def made(self, module: str, options: Options, account: str = "provider") -> Options:
        outcome = self.modules(module, options, auth=self.modules.auth(account))
        assert outcome.error is None, outcome
        return outcome.result

    def count(self) -> tuple[int, int]:
        cloud = self.cloud.simulation.cloud
        cloud.settle()
        own = [one for one in cloud.services.values() if one.project is not None and not one.public_name]
        return len(own), len(cloud.endpoints)

    def is_whole(self) -> bool:
        """Whether the endpoints of the beginning are all there, and no others."""
        return {one["id"] for one in self.cloud.state()["endpoints"]} == self.all

    def scenes(self) -> Iterator[Scene]:
        """Tasks that find everything as they want it."""
        fields = ("service_name", "description", "tags", "tcp_proxy", "approval_enabled", "ports", "port_id")
        here = {"endpoint_service_id": self.service}
        by_id = {"id": self.service}
        consumer = self.cloud.domain_id("consumer")
        yield Scene("service by name", "vpcep_service", self.expected_state, managed=fields)
        yield Scene("service by backend", "vpcep_service", self.backend, managed=("ports",))
        whitelist = {"permissions": [consumer], "reject_revoked": True}
        yield Scene("service by ID", "vpcep_service", {**by_id, **self.expected_state, **whitelist}, managed=fields)
        yield Scene("replaceable service", "vpcep_service", {**self.expected_state, "recreate": True}, managed=fields)
        parts = ("tags", "whitelist", "enable_whitelist")
        yield Scene("interface", "vpcep_endpoint", {**here, **self.interface}, managed=parts)
        named = {"endpoint_service_name": "web", **self.subnet}
        yield Scene("interface by name", "vpcep_endpoint", named)
        recreate = {**here, **self.interface, "recreate": True}
        yield Scene("replaceable interface", "vpcep_endpoint", recreate, managed=parts)
        yield Scene("endpoint by ID", "vpcep_endpoint", {"id": self.endpoint, **self.interface}, managed=parts)
        yield Scene("gateway", "vpcep_endpoint", self.tables, managed=("routetables", "policy_statement"))
        fleet = {**here, "endpoints": [self.interface, self.tables]}
        all_parts = (*parts, "routetables", "policy_statement")
        yield Scene("fleet", "vpcep_endpoints", fleet, managed=all_parts)
        yield Scene("purged fleet", "vpcep_endpoints", {**fleet, "purge": True}, managed=all_parts)
        ids = {"endpoints": [{"id": self.endpoint, **self.interface}, {"id": self.table_endpoint, **self.tables}]}
        yield Scene("fleet by ID", "vpcep_endpoints", ids, managed=all_parts)
        yield Scene("decision", "vpcep_connection", self.decision, managed=("description",))
        yield Scene("decision by account", "vpcep_connection", {**here, "domain_ids": [consumer]})
        yield Scene("nothing pending", "vpcep_connection", {**here, "pending": True})
        yield Scene("records", "vpcep_permission", {**self.records, "reject_revoked": True}, managed=("description",))
        yield Scene("exact records", "vpcep_permission", {**self.records, "state": "exact"}, managed=("description",))
        yield Scene("nothing to delete", "vpcep_service", {"id": self.table_endpoint, "state": "absent"})
        yield Scene("no name to delete", "vpcep_service", {"name": "none", "state": "absent"})
        yield from self.questions(here)

    def questions(self, here: Options) -> Iterator[Scene]:
        """The modules that only look."""
        tags = {"tags": {"env": "test"}}
        yield Scene("services", "vpcep_service_info", tags)
        yield Scene("public services", "vpcep_service_info", {"scope": "public"})
        yield Scene("described service", "vpcep_service_info", {"scope": "describe", "id": self.service})
        yield Scene("endpoints", "vpcep_endpoint_info", {**tags, "endpoint_service_name": "web"})
        yield Scene("connections", "vpcep_connection_info", here)
        yield Scene("whitelist", "vpcep_permission_info", {**here, "permission_type": "domainId"})
        yield Scene("export", "vpcep_export_info", {})
        yield Scene("quotas", "vpcep_quota_info", {"type": "endpoint"})
        yield Scene("tags", "vpcep_tag_info", {"resource_type": "endpoint"})
        checks = {"endpoints": 1, "endpoint_services": 1, "domain_ids": [self.cloud.domain_id("consumer")]}
        places = {"vpc_ids": [self.mine["vpc_id"]], "subnet_ids": [self.mine["subnet_id"]]}
        ports = {"port_ids": [self.mine["port_id"]]}
        yield Scene("preflight", "vpcep_preflight_info", {**here, **checks, **places, **ports})
        yield Scene("login", "vpcep_token", {"check_api": True, "api_versions": True}, cold=True)

    def play(self, scene: Scene, change: Change | None = None) -> Outcome:
        self.change = change
        self.answers.clear()
        auth = self.modules.auth(scene.account)
        if scene.cold:
            auth["token_cache"] = False
        try:
            return self.modules(scene.module, {"wait_timeout": 20, **scene.options} if waits(scene) else scene.options,
                                auth=auth)  # fmt: skip
        finally:
            self.change = None


def waits(scene: Scene) -> bool:
    return scene.module in WAITING


# What an answer may be spoilt to

SPOILT: list[Any] = [GONE, None, "", [], {}, "odd", 5, -1, 2.5, True, False, 10**30, "5", "\x00 <b>", [None], ["odd"]]
SPOILT += [[[]], [5], [{}], {"a": 1}, {"id": None}, [{"id": 5}], "4189d3c2-8882-4871-a3c2-d380272eedff"]


def places(value: Any, above: Place = ()) -> Iterator[Place]:
    """Every member of an answer; of lists, the first item."""
    if above:
        yield above
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from places(inner, (*above, name))
    elif isinstance(value, list) and value:
        yield from places(value[0], (*above, 0))


def with_value(body: Any, place: Place, value: Any) -> Any:
    """A copy of an answer with another value in one place."""
    body = copy.deepcopy(body)
    inner = body
    for step in place[:-1]:
        inner = inner[step]
    if value is GONE:
        del inner[place[-1]]
    else:
        inner[place[-1]] = value
    return body


def reaches(body: Any, place: Place) -> bool:
    try:
        for step in place:
            body = body[step]
    except (LookupError, TypeError):
        return False
    return True


def spoiling(operation: Operation, place: Place, value: Any) -> Change:
    """Spoils this member in every answer to the operation."""

    def change(asked: Operation, body: Any) -> Any:
        if asked.id != operation.id:
            return body
        if not place:
            return value if value is not GONE else None
        return with_value(body, place, value) if reaches(body, place) else body

    return change


def well_formed(operation: Operation, body: Any) -> bool:
    return not operation.answer_faults(operation.success, body)


@pytest.fixture(params=PROFILES)
def world(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with Cloud(profile=request.param, delay=0) as simulator:
        yield World(simulator, tmp_path, monkeypatch)
        assert simulator.defects() == []


@pytest.mark.fault_injection(SERVER_INPUT)
@pytest.mark.parametrize("part", range(PARTS))
def test_one_member_is_spoilt(world: World, row: Row, short: bool, part: int) -> None:
    """Each member of each answer that a scene meets, in every way."""
    number = 0
    for index in range(part, len(list(world.scenes())), PARTS):
        for operation, place in members(world, index):
            for value in SPOILT:
                number += 1
                scene = list(world.scenes())[index]
                full = 4 if {"recreate", "purge"} & scene.options.keys() else 13  # where a lie could cost most
                if number % (53 if short else full):
                    continue  # all 33,971 take minutes; no step divides the number of values
                attempt(world, scene, operation, place, value, row)


def members(world: World, index: int) -> list[tuple[Operation, Place]]:
    """The members of the answers to a scene, when everything is true."""
    scene = list(world.scenes())[index]
    outcome = world.play(scene)
    assert (outcome.error is None and not outcome.writes and not outcome.result.get("changed")) or scene.cold, outcome
    found: dict[tuple[str, Place], Operation] = {}
    for operation, body in world.answers:
        found[operation.id, ()] = operation
        found.update({(operation.id, place): operation for place in places(body)})
    return [(operation, place) for (_id, place), operation in found.items()]


def attempt(world: World, scene: Scene, operation: Operation, place: Place, value: Any, row: Row) -> None:
    """One lie, and what it must not lead to."""
    row.tried += 1
    outcome = world.play(scene, spoiling(operation, place, value))
    lie = f"{operation.id} {'/'.join(map(str, place))}={'(left out)' if value is GONE else repr(value)[:60]}"
    shown = f"{world.cloud.profile}, {scene.name}: {lie}: {outcome}"
    if outcome.crashed:
        row.lost.append("traceback: " + shown)
    told = [body for asked, body in world.answers if asked.id == operation.id and (not place or reaches(body, place))]
    proper = bool(told) and bool(place) and well_formed(operation, with_value(told[0], place, value))
    creates = [name for name in outcome.writes if name.startswith("create")]
    deletes = [name for name in outcome.writes if name.startswith("deleteEndpoint")]
    if creates and not proper and not deletes:
        row.doubled.append("created because of a bad answer: " + shown)
    absent = bool(told and place) and value in (GONE, None, "", [], {}) and optional(operation, told[0], place)
    if deletes and not may_delete(scene, proper, absent) and not world.is_whole():
        row.lost.append("deleted: " + shown)  # an endpoint of its own a run may delete: it was a double
    others = [name for name in outcome.writes if name not in creates + deletes]
    if others and not (proper or absent or isinstance(value, str)):  # an undocumented word is another word
        row.lost.append("changed because of a bad answer: " + shown)
    if others and not set(map(str, place)) & {*scene.managed, "permission", "domain_id", "status", "permissions"}:
        row.lost.append("changed what the lie was not about: " + shown)
    if outcome.writes:
        world.fresh()


def may_delete(scene: Scene, proper: bool, absent: bool) -> bool:
    """Whether a scene deletes what looks wrong; purge only goes by proper lists."""
    return (bool(scene.options.get("recreate")) and (proper or absent)) or (bool(scene.options.get("purge")) and proper)


def optional(operation: Operation, body: Any, place: Place) -> bool:
    """Whether a member may be left out, which means the same as null and as empty."""
    return well_formed(operation, with_value(body, place, GONE))


# What the clouds are known for


def everywhere(change: Callable[[str, Any], Any]) -> Change:
    """Changes members wherever they are, by name and value; GONE leaves them out."""

    def walk(value: Any) -> Any:
        if isinstance(value, list):
            return [walk(item) for item in value]
        if not isinstance(value, dict):
            return value
        members = {name: change(name, walk(inner)) for name, inner in value.items()}
        return {name: inner for name, inner in members.items() if inner is not GONE}

    return lambda _operation, body: walk(body)


def renamed(names: dict[str, str]) -> Change:
    def walk(value: Any) -> Any:
        if isinstance(value, list):
            return [walk(item) for item in value]
        if isinstance(value, dict):
            return {names.get(name, name): walk(inner) for name, inner in value.items()}
        return value

    return lambda _operation, body: walk(body)


def empty_as(value: Any) -> Change:
    """Members that are empty and that say nothing of their own: a list that is the answer itself stays."""
    kept = ("permissions", "connections", "endpoints", "endpoint_services", "resources", "catalog", "roles", "methods")
    return everywhere(lambda name, inner: value if inner in ("", [], {}, None) and name not in kept else inner)


VARIANTS: dict[str, Change] = {
    "is_charge is a text": everywhere(lambda name, value: str(value).lower() if name == "is_charge" else value),
    "flags are texts": everywhere(
        lambda name, value: str(value).lower() if isinstance(value, bool) and name != "is_domain" else value
    ),
    "ports are texts": everywhere(lambda name, value: str(value) if name in ("client_port", "server_port") else value),
    "a word for a list of one": everywhere(lambda name, value: "active" if name == "active_status" else value),
    "older names": renamed({"updated_at": "update_at", "dns_names": "dns_name"}),
    "older timestamps": everywhere(
        lambda name, value: str(value)[:19] + ".174" if name in ("created_at", "updated_at") else value
    ),
    "error is empty": everywhere(lambda name, value: [] if name == "error" else value),
    "error is null": everywhere(lambda name, value: None if name == "error" and not value else value),
    "large numbers": everywhere(lambda name, value: 422321321312321321 if name == "marker_id" else value),
    "statements in lower case": renamed({"Effect": "effect", "Action": "action", "Resource": "resource"}),
    "one action is no list": everywhere(
        lambda name, value: value[0] if name in ("Action", "Resource") and len(value) == 1 else value
    ),
    "protocol in lower case": everywhere(lambda name, value: "tcp" if name == "protocol" else value),
    "protocol left out": everywhere(lambda name, value: GONE if name == "protocol" else value),
    "empty is null": empty_as(None),
    "empty is left out": empty_as(GONE),
    "null is an empty text": everywhere(lambda _name, value: "" if value is None else value),
    "routetables left out": everywhere(lambda name, value: GONE if name == "routetables" and not value else value),
    "more members": everywhere(lambda _name, value: {**value, "new": [None]} if isinstance(value, dict) else value),
    "lists in another order": everywhere(
        lambda name, value: value[::-1] if name in ("ports", "tags", "whitelist", "policy_statement") else value
    ),
    "no total": everywhere(lambda name, value: GONE if name == "total_count" else value),
    "ranges with and without mask": everywhere(
        lambda name, value: [one.replace("10.0.0.0/8", "10.1.2.3/8") for one in value] if name == "whitelist" else value
    ),
    "another prefix of codes": everywhere(
        lambda name, value: value.replace("EndPoint", "Endpoint") if name == "error_code" else value
    ),
}


@pytest.mark.fault_injection(SERVER_INPUT)
def test_forms_that_mean_the_same(world: World, row: Row) -> None:
    """The same decision as by the plain answer: nothing is changed, and nothing is wrong."""
    for scene in world.scenes():
        truth = world.play(scene)
        for name, change in VARIANTS.items():
            row.tried += 1
            outcome = world.play(scene, change)
            same = (outcome.error is None, outcome.writes) == (truth.error is None, truth.writes)
            if not same or outcome.result.get("changed") != truth.result.get("changed"):
                row.lost.append(f"{world.cloud.profile}, {scene.name}, {name}: {outcome}, instead of {truth}")
