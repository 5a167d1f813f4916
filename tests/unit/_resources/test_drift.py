"""Drift: a change of any one field in the cloud is one finding, with the object, the option and both values."""

import copy
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.export import export_project
from ansible_collections.crossvpc.vpcep.plugins.module_utils._schema.fields import (
    ENDPOINT,
    OPTION_NAMES,
    SERVICE,
    Field,
    fields_of,
)
from ansible_collections.crossvpc.vpcep.plugins.module_utils._schema.normalize import normalize
from ansible_collections.crossvpc.vpcep.plugins.plugin_utils.estate.drift import distinct
from ansible_collections.crossvpc.vpcep.plugins.plugin_utils.estate.files import export_files
from tests.support import estates
from tests.support.programs import Cloud, Task
from tests.support.situations import DENY, examples, mapping
from tests.unit._resources.test_export import ACCOUNTS, NOT_EXPORTED, files_of

UUID = "4189d3c2-8882-4871-a3c2-d380272eed88"
TABLES = {"service": SERVICE, "endpoint": ENDPOINT}
OPERATIONS = {"service": ("EndpointService", "getEndpointService"), "endpoint": ("Endpoint", "listEndpoints")}
DOCUMENT = {"Version": "5.0", "Statement": [{"Effect": "Allow", "Action": ["obs:*:*"], "Resource": ["*"]}]}
CHANGES: dict[str, dict[str, Any]] = {
    "service": {
        "service_name": "other",
        "approval_enabled": False,
        "port_id": UUID,
        "vpc_id": UUID,
        "server_type": "VIP",
        "ports": [mapping(1, 2)],
        "tcp_proxy": "proxy_open",
        "tags": {"changed": "x"},
        "description": "changed",
        "ip_version": "ipv6",
        "enable_policy": True,
        "supported_editions": ["profession"],
        "enterprise_project_id": UUID,
    },
    "endpoint": {
        "vpc_id": UUID,
        "subnet_id": UUID,
        "enable_dns": True,
        "tags": {"changed": "x"},
        "routetables": [UUID],
        "port_ip": "10.129.0.200",
        "whitelist": ["10.1.0.0/16"],
        "enable_whitelist": False,
        "specification_name": "other",
        "policy_statement": [{**DENY, "Resource": ["obs:*:*:*:other"]}],
        "description": "changed",
        "policy_document": DOCUMENT,
        "ip_version": "ipv6",
        "edition": "profession",
        "enterprise_project_id": UUID,
    },
}
"""Field -> another value than estates.plans() has. The switch of an access list goes off only."""
NOT_COMPARED = {
    "service": {"pool_id", "service_type", "ip", "snat_network_id", "payer", "vip_port_id"},
    "endpoint": {"endpoint_service_id", "ipv6_address"},
}
"""Fields without another value, or without a known value if a file leaves them out."""
MEMBERS = {"service_name": "name", "supported_editions": "editions", "port_ip": "ip", "policy_statement": "policy"}
"""Field -> the simulator's attribute, if it has another name."""


@pytest.fixture(
    scope="module", params=["otc", *(pytest.param(it, marks=pytest.mark.slow) for it in ("huawei", "otc-2025-11"))]
)
def cloud(request: pytest.FixtureRequest) -> Iterator[Any]:
    with Cloud(profile=request.param, delay=3, direct=True) as simulator:
        yield simulator


class Change(NamedTuple):
    """A field of an object that can be changed."""

    kind: str
    object_id: str
    name: str


class Estate:
    """An exported estate."""

    def __init__(self, task: Task, cloud: Any, plan: Any) -> None:
        self.task, self.cloud = task, cloud
        estates.wipe(cloud)
        self.made = estates.build(task, plan)
        self.files = files_of(task)
        assert self.compared() == []

    def compared(self) -> list[dict[str, Any]]:
        texts = [(name, text) for name, text in sorted(self.files.items()) if name != NOT_EXPORTED]
        return distinct(
            one for name, text in texts for one in estates.compare(self.task, name, estates.parsed(text), ACCOUNTS)
        )

    def held(self, change: Change) -> Any:
        return getattr(self.cloud.simulation.cloud, f"{change.kind}s")[change.object_id]

    def changes(self, kind: str, object_id: str) -> list[Change]:
        """The fields that the cloud shows of an object and that can have another value."""
        shown = self.cloud.simulation.cloud.contract.returned[OPERATIONS[kind]]
        one = self.held(Change(kind, object_id, ""))
        names = [
            name
            for name, field in fields_of(TABLES[kind], self.cloud.world.cloud).items()
            if name in CHANGES[kind] and (field.reads_back_as or name) in shown and can_differ(field, name, one)
        ]
        return [Change(kind, object_id, name) for name in names]

    def found_after(self, change: Change) -> None:
        """Makes a change, compares, and takes the change back."""
        held, value = self.held(change), copy.deepcopy(CHANGES[change.kind][change.name])
        before = dict(held.__dict__)
        member = MEMBERS.get(change.name, change.name)
        old = getattr(held, member, None) or held.extra.get(change.name)
        if hasattr(held, member):
            setattr(held, member, value)
        else:
            held.extra = {**held.extra, change.name: value}
        (one,) = self.compared()
        option = OPTION_NAMES.get(change.name, change.name)
        about = (one["kind"], one["id"], one["option"], one["message"])
        assert about == (change.kind, change.object_id, option, ""), change
        assert one["in_cloud"] == value and one["in_file"] != value
        kind = TABLES[change.kind][change.name].kind
        assert not old or normalize(kind, one["in_file"]) == normalize(kind, old), change
        held.__dict__.update(before)


def can_differ(field: Field, name: str, one: Any) -> bool:
    is_endpoint = hasattr(one, "interface")
    if is_endpoint and field.service_type not in (None, "interface" if one.interface else "gateway"):
        return False
    if field.once_accepted and one.status != "accepted":
        return False
    if name in ("whitelist", "enable_whitelist"):
        return bool(one.enable_whitelist)
    if is_endpoint and not one.interface and name in ("vpc_id", "ip_version", "specification_name"):
        return False  # nothing else tells where it was; only interface endpoints have extra members
    return bool(getattr(one, name, None) != CHANGES["endpoint" if is_endpoint else "service"][name])


PLAN = {
    "services": [
        {"name": "web", "tags": {"a": "b"}, "description": "x", "permissions": ["*"]},
        {"name": ""},
        {"name": "lonely"},
    ],
    "endpoints": [
        {"account": "consumer", "service": 0, "place": 1, "status": "accepted", "whitelist": ["10.0.0.0/8"]},
        {"account": "consumer", "service": 0, "place": 2, "status": "accepted"},
        {"account": "provider", "service": 1, "place": 2, "status": "accepted", "enable_dns": True},
        {"account": "consumer", "service": 0, "place": 3, "status": "pendingAcceptance"},
        {"account": "provider", "service": "obs", "place": 1, "policy": True},
        {"account": "provider", "service": "obs", "place": 2},
        {"account": "provider", "service": "dns", "place": 1},
    ],
}


@pytest.mark.parametrize("kind", TABLES)
def test_every_field_has_a_change(kind: str) -> None:
    assert CHANGES[kind].keys() | NOT_COMPARED[kind] == TABLES[kind].keys()
    assert not CHANGES[kind].keys() & NOT_COMPARED[kind]


@pytest.fixture
def estate(task: Task, cloud: Any) -> Estate:
    return Estate(task, cloud, PLAN)


@pytest.mark.slow
@pytest.mark.parametrize("kind", TABLES)
def test_a_change_of_any_field_of_any_object(estate: Estate, kind: str) -> None:
    done = set()
    for object_id in estate.made[f"{kind}s"]:
        for change in estate.changes(kind, object_id):
            estate.found_after(change)
            done.add(change.name)
    fields = {"service": {"port_id", "ports", "service_name"}, "endpoint": {"port_ip", "tags", "policy_statement"}}
    assert done >= fields[kind]


@pytest.fixture(scope="session")
def tokens(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return tmp_path_factory.mktemp("tokens")


@pytest.mark.slow
@given(plan=estates.plans(), data=st.data())
@settings(parent=examples(40), phases=[Phase.generate], report_multiple_bugs=False)
def test_a_random_change_of_a_random_estate(cloud: Any, tokens: Any, plan: Any, data: Any) -> None:
    estate = Estate(Task(cloud, tokens), cloud, plan)
    objects = [(kind, one) for kind in TABLES for one in estate.made[f"{kind}s"]]
    if objects:
        estate.found_after(data.draw(st.sampled_from(estate.changes(*data.draw(st.sampled_from(objects))))))


@pytest.mark.parametrize("action", ["add", "remove"])
def test_a_change_of_a_whitelist(estate: Estate, action: str) -> None:
    service_id = estate.made["services"][0]
    estate.cloud.control(
        "POST",
        f"/state/services/{service_id}/permissions",
        {action: ["*" if action == "remove" else "iam:domain::abc"]},
    )
    (one,) = estate.compared()
    assert (one["kind"], one["id"], one["option"]) == ("service", service_id, "permissions")
    assert {*one["in_file"]} ^ {*one["in_cloud"]} == {"iam:domain::*" if action == "remove" else "iam:domain::abc"}


@pytest.mark.parametrize(
    "kind, number, status",
    [("service", 0, "failed"), ("endpoint", 0, "rejected"), *(pytest.param(*one, marks=pytest.mark.slow) for one in (
        ("endpoint", 0, "failed"), ("endpoint", 6, "rejected"), ("endpoint", 2, "pendingAcceptance"),
        ("endpoint", 3, "accepted"),
    ))],
)  # fmt: skip
def test_a_change_of_a_status(estate: Estate, kind: str, number: int, status: str) -> None:
    object_id = estate.made[f"{kind}s"][number]
    held = estate.held(Change(kind, object_id, ""))
    was, held.status = held.status, status
    (one,) = estate.compared()
    assert (one["kind"], one["id"], one["option"], one["message"]) == (kind, object_id, "status", "")
    assert (one["in_file"], one["in_cloud"]) == (was, status)


def test_the_owner_of_a_foreign_service_rejects_an_endpoint(estate: Estate) -> None:
    rejected = estate.made["endpoints"][1]
    (made, *_rest) = export_files([estate.task(export_project, account="consumer")])["files"]
    estate.held(Change("endpoint", rejected, "")).status = "rejected"
    (one,) = estates.compare(estate.task, made["name"], estates.parsed(made["content"]), ["consumer"])
    assert made["name"].startswith("foreign-") and (one["id"], one["option"]) == (rejected, "status")


def test_what_is_gone(estate: Estate) -> None:
    estate.cloud.remove("endpoints", estate.made["endpoints"][0])
    (one,) = estate.compared()
    assert (one["kind"], one["option"], one["in_file"], one["in_cloud"]) == ("endpoint", "state", "present", "absent")
    estate.cloud.remove("endpoints", estate.made["endpoints"][2])
    estate.cloud.remove("services", estate.made["services"][1])
    found = estate.compared()
    assert {(one["kind"], one["option"], one["in_cloud"]) for one in found} == {
        ("service", "state", "absent"),
        ("endpoint", "state", "absent"),
    }


def test_what_an_option_cannot_say_is_no_drift(task: Task, cloud: Any) -> None:
    made = estates.build(task, {"services": [{"name": "web"}], "endpoints": []})
    cloud.change("services", made["services"][0], tags={"_sys_owner": "cloud", "env": "dev"}, description="<b>")
    files = files_of(task)
    (text,) = [text for name, text in files.items() if name != NOT_EXPORTED]
    assert estates.compare(task, "web.yml", estates.parsed(text), ACCOUNTS) == []


def test_several_changes_of_one_object(estate: Estate) -> None:
    """Also beside one that the cloud cannot make in place."""
    one = estate.held(Change("endpoint", estate.made["endpoints"][1], ""))
    one.tags, one.enable_dns, one.description = {"a": "b"}, True, "changed"
    assert {found["option"] for found in estate.compared()} == {"tags", "enable_dns", "description"}
