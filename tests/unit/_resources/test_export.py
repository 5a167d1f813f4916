"""Exports of arbitrary estates: a run of them changes nothing, and builds the same estate again where it is gone."""

import copy
import json
import tracemalloc
from itertools import product
from typing import Any

import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from ansible_collections.crossvpc.vpcep.plugins.module_utils._auth.session import Session, encoded
from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.errors import ApiError, InputError, VpcepError
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.export import FLEET, export_project
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.networks import with_marks
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.runtime import Runtime
from ansible_collections.crossvpc.vpcep.plugins.plugin_utils.estate.files import NOT_EXPORTED, export_files
from tests.support import estates
from tests.support.programs import Task
from tests.support.situations import DENY, examples, mapping
from tests.unit._resources import test_audit_odd_answers as odd

ACCOUNTS = ["provider", "consumer"]


def export(task: Task, names: bool = False) -> list[dict[str, Any]]:
    """The results of both logins, as the playbook gets them."""
    known = [one["id"] for one in task.simulator.state()["services"]]
    return [task(export_project, account=name, known_services=known, names=names) for name in ACCOUNTS]


def files_of(task: Task, names: bool = False) -> dict[str, str]:
    made = export_files(export(task, names), ACCOUNTS)["files"]
    return {one["name"]: one["content"] for one in made}


BIG = {"services": [{"name": "web", "approval_enabled": False}], "endpoints": []}
BIG["endpoints"] = [
    {"account": ACCOUNTS[number % 2], "service": 0, "place": 1 + number % 3, "tags": {"n": str(number)}}
    for number in range(300)
]


@pytest.mark.slow
@example(plan=BIG, names=False)
@given(plan=estates.plans(), names=st.booleans())
@settings(parent=examples(40), phases=[Phase.explicit, Phase.generate], report_multiple_bugs=False)
def test_a_run_of_the_files_changes_nothing_and_builds_the_estate_again(
    cloud: Any, tmp_path_factory: pytest.TempPathFactory, plan: Any, names: bool
) -> None:
    task = Task(cloud, tmp_path_factory.getbasetemp() / "tokens")
    estates.wipe(cloud)
    estates.build(task, plan)
    before = estates.managed(cloud)
    files = files_of(task, names)
    assert files_of(task, names) == files
    variables = [estates.parsed(text) for name, text in sorted(files.items()) if name != NOT_EXPORTED]
    for one in variables:
        assert not estates.apply(task, one, ACCOUNTS), one
    assert estates.managed(cloud) == before
    estates.wipe(cloud)
    for one in variables:
        estates.apply(task, one, ACCOUNTS)
    assert estates.managed(cloud) == before


def turned(value: Any) -> Any:
    """An answer with every list and every object in another order."""
    if isinstance(value, dict):
        return {name: turned(value[name]) for name in reversed(value)}
    return [turned(one) for one in reversed(value)] if isinstance(value, list) else value


def test_the_order_of_answers_does_not_matter(task: Task, cloud: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    limits = {"whitelist": ["10.0.0.0/8", "192.168.1.1"], "tags": {"a": "1", "b": "2"}}
    plan = {
        "services": [{"name": "web", "mappings": 3, "permissions": ["iam:domain::abc", "*"], "tags": limits["tags"]}]
    }
    plan["services"] += [{"name": ""}, {"name": "db", "enable_policy": True}]
    plan["endpoints"] = [
        {"account": name, "service": service, "place": place, "status": "accepted", **limits}
        for name in ACCOUNTS
        for service in (0, 1, "dns")
        for place in (1, 2)
    ]
    plan["endpoints"] += [{"account": "provider", "service": "obs", "place": place} for place in (1, 2)]
    plan["endpoints"] += [{"account": "provider", "service": 2, "place": 3, "policy": True}] * (
        cloud.profile == "huawei"
    )
    made = estates.build(task, plan)
    held = cloud.simulation.cloud.endpoints[made["endpoints"][13]]
    held.policy = [{**DENY, "Action": [*DENY["Action"], "obs:object:*"]}, {**DENY, "Effect": "Allow"}]
    files = files_of(task)
    request = Session.request
    monkeypatch.setattr(Session, "request", lambda *given, **more: turned(request(*given, **more)))
    assert files_of(task) == files


def test_only_gets_and_one_for_each_service(task: Task, cloud: Any) -> None:
    plan = {"services": [{"name": f"s{number}"} for number in range(10)]}
    plan["endpoints"] = [{"account": "provider", "service": number % 10, "place": 1} for number in range(30)]
    estates.build(task, plan)
    result = task(export_project)
    assert {method for method, _operation in task.sent} == {"GET"}
    assert len(task.sent) == 12
    assert len(result["connections"]) == 10 and result["fleets"] == []
    foreign = task(export_project, account="consumer")
    assert len(task.sent) == 2 and foreign["connections"] == []


def test_a_service_with_many_endpoints_is_a_fleet(task: Task, cloud: Any) -> None:
    plan = {"services": [{"name": "web", "approval_enabled": False}]}
    plan["endpoints"] = [{"account": "provider", "service": 0, "place": 1} for _number in range(FLEET + 1)]
    estates.build(task, plan)
    (fleet,) = task(export_project)["fleets"]
    assert len(fleet["variables"]["connect_vpcs_endpoints"]) == len(fleet["endpoint_ids"]) == FLEET + 1
    (name,) = [name for name in files_of(task) if name != NOT_EXPORTED]
    assert name == "provider-fleet-web.yml"


def test_what_cannot_be_expressed_is_listed(task: Task, cloud: Any) -> None:
    plan = {
        "services": [{"name": "web", "permissions": ["*"], "approval_enabled": False}, {"name": "db"}, {"name": "x"}]
    }
    plan["endpoints"] = [{"account": name, "service": 0, "place": 1 + number} for number in (0, 1) for name in ACCOUNTS]
    plan["endpoints"].append({"account": "provider", "service": 2, "place": 2})
    made = estates.build(task, plan)
    web, db, gone = made["services"]
    failed, _theirs, deleting, _other, orphan = made["endpoints"]
    cloud.change("endpoints", failed, status="failed", error=["EndPoint.1", "no"])
    cloud.change("endpoints", deleting, status="deleting")
    cloud.change("services", db, status="creating")
    cloud.remove("services", gone)
    result = task(export_project)
    found = {(one["kind"], one["id"]): one["reason"] for one in result["not_exported"]}
    assert found == {
        ("service", db): "it is in status creating",
        ("endpoint", failed): "it is in status failed",
        ("endpoint", deleting): "it is being deleted",
        ("endpoint", orphan): f"its endpoint service {gone} does not exist any more",
        ("connections", web): "connected endpoints of other projects: 2",
    }
    listed = export_files(export(task), ACCOUNTS)["not_exported"]
    assert ("connections", web) not in {(one["kind"], one["id"]) for one in listed}


def test_texts_of_the_cloud_are_printable_lines(task: Task, cloud: Any) -> None:
    one = {"id": "a", "service_name": "eu-de.\x1b[31m\u202e\n../x.a", "status": "\x9bfailed\n"}
    body = json.dumps({"endpoint_services": [one], "total_count": 1})
    cloud.fault(operation="listEndpointServices", status=200, body=body, count=None)
    (one,) = task(export_project)["not_exported"]
    assert "[31m" in one["name"] and all(text.isprintable() for text in one.values())


def test_only_what_is_asked_for(task: Task, cloud: Any) -> None:
    plan = {"services": [{"name": "web", "approval_enabled": False}, {"name": "db"}]}
    plan["endpoints"] = [{"account": "provider", "service": 0, "place": place} for place in (1, 2)]
    made = estates.build(task, plan)
    (one,) = task(export_project, services=[], endpoints=made["endpoints"][:1])["connections"]
    assert one["variables"]["connect_vpcs_service_id"] == made["services"][0]
    assert one["endpoint_ids"] == made["endpoints"][:1]
    (one,) = task(export_project, services=made["services"][1:], endpoints=[])["connections"]
    assert (one["name"], one["endpoint_ids"]) == ("db", [])
    with pytest.raises(InputError, match="known_services"):
        task(export_project, known_services=["../x"])
    assert task.sent == []


def test_names_and_places_that_are_not_unique_get_ids(task: Task, cloud: Any) -> None:
    plan = {"services": [{"name": "web"}, {"name": "web"}], "endpoints": []}
    plan["endpoints"] = [{"account": "provider", "service": 0, "place": 1} for _number in range(2)]
    made = estates.build(task, plan)
    waiting, other = sorted(task(export_project)["connections"], key=lambda one: not one["waiting"])
    assert {one["variables"]["connect_vpcs_service"]["id"] for one in (waiting, other)} == set(made["services"])
    assert [one["id"] for one in waiting["variables"]["connect_vpcs_endpoints"]] == waiting["endpoint_ids"]
    assert waiting["variables"]["connect_vpcs_accept"] is False
    about_service, *about_endpoints = waiting["remarks"]
    assert "remove the ID, and give each of these services a name" in about_service and len(about_endpoints) == 2
    assert all("remove the ID, and tell interface endpoints apart" in text for text in about_endpoints)
    names = sorted(export_files(export(task), None)["files"], key=lambda one: one["name"])
    assert len({one["name"].lower() for one in names}) == 3
    for one in (waiting, other):
        assert not estates.apply(task, one["variables"], ACCOUNTS)


def test_what_options_cannot_say_is_left_out(task: Task, cloud: Any) -> None:
    made = estates.build(task, {"services": [{"name": "web"}], "endpoints": []})
    cloud.change("services", made["services"][0], tags={"_sys_owner": "cloud", "env": "dev"}, description="<b>")
    (one,) = task(export_project)["connections"]
    service = one["variables"]["connect_vpcs_service"]
    assert (service["tags"], service["purge_tags"]) == ({"env": "dev"}, False)
    assert "description" not in service
    assert len(one["remarks"]) == 2
    assert not estates.apply(task, one["variables"], ACCOUNTS)


def test_a_whitelist_that_may_not_be_read_is_left_alone(task: Task, cloud: Any) -> None:
    estates.build(task, {"services": [{"name": "web", "permissions": ["*"]}], "endpoints": []})
    cloud.fault(operation="listPermissions", status=403, count=None)
    result = task(export_project)
    assert [one["kind"] for one in result["not_exported"]] == ["whitelist"]
    assert "permissions" not in result["connections"][0]["variables"]["connect_vpcs_service"]
    cloud.clear_faults()
    cloud.fault(operation="listPermissions", status=400, count=None)
    with pytest.raises(ApiError):
        task(export_project)


def test_an_estate_of_terraform(task: Task, cloud: Any) -> None:
    """The resources of the providers' acceptance tests, with the members that the providers send."""
    estates.wipe(cloud)
    provider, consumer = (task.prepare(account=name) and task.runtime.api for name in ACCOUNTS)
    spare = cloud.spare("provider")
    vm = {"port_id": spare[0]["port_id"], "vpc_id": spare[0]["vpc_id"], "server_type": "VM"}
    balancer = {**vm, "port_id": spare[0]["lb_port_id"], "server_type": "LB"}
    huawei = {"approval_enabled": False, "service_type": "interface", "description": "test description"}
    tags = [{"key": "owner", "value": "tf-acc"}]
    services = [
        {**vm, **huawei, "service_name": "tf-hw", "ports": [mapping(80, 8080)], "tags": tags},
        {**vm, "service_name": "tf-hw-approval", "approval_enabled": True, "ports": [mapping(80, 8088)]},
        {
            **balancer,
            "service_name": "tf-test-otc",
            "approval_enabled": False,
            "tags": [{"key": "key", "value": "value"}],
        }
        | {"ports": [mapping(80, 8080), mapping(81, 8081)], "tcp_proxy": "close"},
        {**vm, "service_name": "by-hand", "ports": [mapping(80, 81)]},
    ]
    ids = [provider.create_service(body)["id"] for body in services]
    records = ["iam:domain::1234", "iam:domain::5678", "iam:domain::" + cloud.domain_id("consumer")]
    for one in ids[:3]:
        provider.change("addOrRemovePermissions", one, body={"action": "add", "permissions": records})
    listed = {one["service_name"].rpartition(".")[2]: one["id"] for one in provider.list_public_services()}
    places = [{name: one[name] for name in ("vpc_id", "subnet_id")} for one in spare[1:4]]
    limits = {"enable_whitelist": True, "whitelist": ["192.168.0.0/24", "10.10.10.10"]}
    address = {"port_ip": spare[1]["cidr"].rpartition(".")[0] + ".112"}
    endpoints = [
        {
            **places[0],
            "endpoint_service_id": ids[0],
            "enable_dns": True,
            "description": "test description",
            "tags": tags,
        },
        {**places[0], "endpoint_service_id": ids[1], "enable_dns": True},
        {
            **places[0],
            **address,
            "endpoint_service_id": ids[2],
            "enable_dns": True,
            "tags": [{"key": "fizz", "value": "buzz"}],
        },
        {**places[1], **limits, "endpoint_service_id": listed["dns"], "enable_dns": True},
        {"endpoint_service_id": listed["obs"], "vpc_id": spare[2]["vpc_id"], "routetables": [spare[2]["routetable_id"]]}
        | {"policy_statement": [DENY]},
        {**places[2], "endpoint_service_id": ids[0]},
    ]
    made = [provider.create_endpoint(body)["id"] for body in endpoints]
    theirs = consumer.create_endpoint({"endpoint_service_id": ids[1], **estates.place(cloud, "consumer")})["id"]
    provider.decide_connection(ids[1], {"action": "receive", "endpoints": [made[1]]})
    managed = {"services": ids[:3], "endpoints": [*made[:5], theirs]}
    results = [task(export_project, account=name, known_services=ids, **managed) for name in ACCOUNTS]
    exported = export_files(results, ACCOUNTS, managed)
    assert exported["not_exported"] == []
    texts = [one["content"] for one in exported["files"][:-1]]
    assert len(texts) == 5 and not [text for text in texts if ids[3] in text or "by-hand" in text]
    for text in texts:
        variables = estates.parsed(text)
        assert not estates.apply(task, variables, ACCOUNTS), text
        assert estates.compare(task, "a.yml", variables, ACCOUNTS) == []


def test_names_of_networks(task: Task, cloud: Any) -> None:
    """Names that are not unique stay IDs, and so do those in the form of an ID or a range."""
    plan = {"services": [{"name": "web", "approval_enabled": False}]}
    plan["endpoints"] = [{"account": "provider", "service": 0, "place": place} for place in (1, 2)]
    estates.build(task, plan)
    (one,) = task(export_project, names=True)["connections"]
    assert task.looks == {"listVpcsV3": 1, "listSubnets": 1}
    entries = one["variables"]["connect_vpcs_endpoints"]
    assert all({"vpc", "subnet"} <= {*entry} and not {"vpc_id", "subnet_id"} & {*entry} for entry in entries)
    assert "vpc" in one["variables"]["connect_vpcs_service"]
    assert not estates.apply(task, one["variables"], ACCOUNTS)
    assert estates.compare(task, "a.yml", one["variables"], ACCOUNTS) == []
    cloud.add("subnets", vpc=entries[0]["vpc"], name=entries[0]["subnet"], cidr="10.129.240.0/24")
    cloud.add("vpcs", name=entries[1]["vpc"], cidr="10.0.0.0/8")
    first, second = task(export_project, names=True)["connections"][0]["variables"]["connect_vpcs_endpoints"]
    assert {"vpc", "subnet_id"} <= {*first} and {"vpc_id", "subnet"} <= {*second}
    assert not estates.apply(task, task(export_project, names=True)["connections"][0]["variables"], ACCOUNTS)


def test_names_of_subnets_whose_vpc_is_no_text(task: Task, cloud: Any) -> None:
    estates.build(task, {"services": [{"name": "web"}], "endpoints": []})
    subnets = [{"id": f"s{number}", "name": f"n{number}", "vpc_id": spoilt} for number, spoilt in enumerate(([1], {}))]
    cloud.fault(service="network", operation="listSubnets", status=200, body=json.dumps({"subnets": subnets}))
    assert len(task(export_project, names=True)["connections"]) == 1
    assert [with_marks(one, "x") for one in subnets] == ["x (VPC [1])", "x"]


def test_names_that_may_not_be_listed(task: Task, cloud: Any) -> None:
    estates.build(task, {"services": [{"name": "web"}], "endpoints": []})
    cloud.fault(service="network", status=403, count=None)
    result = task(export_project, names=True)
    assert [one["kind"] for one in result["not_exported"]] == ["names"]
    assert "vpc_id" in result["connections"][0]["variables"]["connect_vpcs_service"]


@pytest.mark.parametrize(
    "path", [*(pytest.param(it, marks=pytest.mark.slow) for it in odd.LARGE[:2]), "permissions", "describe"]
)
@pytest.mark.parametrize(
    "first, service_id",
    [(0, "lost"), *(pytest.param(number, odd.OWN, marks=pytest.mark.slow) for number in range(odd.STEP))],
)
def test_a_spoilt_answer(path: str, first: int, service_id: str) -> None:
    """The export ends with files or with an error of ours, never with a traceback."""
    right = copy.deepcopy(odd.ANSWERS)
    for number, one in enumerate(right["vpc-endpoints"]["endpoints"]):
        one["endpoint_service_name"] = f"eu-de.web.{service_id}"
        one.update(endpoint_service_id=service_id, vpc_id=f"{odd.VPC[:-1]}{number}")
    for place, value in list(product(odd.places(right[path]), odd.SPOILT))[first :: odd.STEP]:
        answers = {**right, path: odd.spoilt(right[path], place, value)}
        try:
            export_files([export_project({}, Runtime(odd.Answers(answers)))])  # type: ignore[arg-type]
        except VpcepError:
            continue
        except Exception as error:
            raise AssertionError(f"{path} {place} = {value!r}: {error!r}") from error


class BigProject:
    """A session of a project with 100 services and 5,000 endpoints, which answers each page in new objects."""

    cloud = "otc"

    def __init__(self) -> None:
        ids = [f"4189d3c2-8882-4871-a3c2-{number:012}" for number in range(5000)]
        shown = {"vpc_id": ids[0], "service_type": "interface"}
        services = [
            {
                **shown,
                "id": one,
                "service_name": f"eu-de.s{number}.{one}",
                "status": "available",
                "port_id": ids[1],
                "server_type": "VM",
                "approval_enabled": True,
                "ports": [mapping(80, 1 + number)],
                "connection_count": 50,
            }
            for number, one in enumerate(ids[:100])
        ]
        endpoints = [
            {
                **shown,
                "id": one,
                "status": "accepted",
                "subnet_id": ids[2],
                "endpoint_service_id": ids[number % 100],
                "endpoint_service_name": services[number % 100]["service_name"],
                "ip": f"10.0.{number // 250}.{number % 250}",
                "tags": [{"key": "number", "value": str(number)}],
            }
            for number, one in enumerate(ids)
        ]
        self.lists = {
            "vpc-endpoint-services": ("endpoint_services", services),
            "vpc-endpoints": ("endpoints", endpoints),
            "permissions": ("permissions", [{"permission": "*"}]),
        }
        self.requests: list[str] = []

    def request(self, method: str, path: Any, params: Any = None, **_more: Any) -> Any:
        self.requests.append(method)
        member, held = self.lists[encoded(path).rpartition("/")[2]]
        page = held[params["offset"] :][: params["limit"]]
        return {member: copy.deepcopy(page), "total_count": len(held)}


@pytest.mark.slow
def test_what_a_large_estate_costs() -> None:
    project = BigProject()
    tracemalloc.start()
    result = export_project({}, Runtime(project))
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert set(project.requests) == {"GET"} and len(project.requests) <= 110
    assert peak < 60_000_000  # an interpreter with the modules takes 70 MB; together less than 150 MB
    assert len(result["fleets"]) == 100 and result["not_exported"] == []
