# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Exports of arbitrary estates: a run of them changes nothing, and builds the same estate again where it is gone."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import Phase, example, given, settings

from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.errors import ApiError, InputError
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.export import FLEET, export_project
from ansible_collections.crossvpc.vpcep.plugins.plugin_utils.estate.drift import distinct
from ansible_collections.crossvpc.vpcep.plugins.plugin_utils.estate.files import NOT_EXPORTED, export_files
from tests.support import estates
from tests.support.programs import Task
from tests.support.situations import examples, mapping

ACCOUNTS = ["provider", "consumer"]


def export(task: Task) -> list[dict[str, Any]]:
    """The results of both logins, as the playbook gets them."""
    known = [one["id"] for one in task.simulator.state()["services"]]
    return [task(export_project, account=name, known_services=known) for name in ACCOUNTS]


def files_of(task: Task) -> dict[str, str]:
    made = export_files(export(task), ACCOUNTS)["files"]
    return {one["name"]: one["content"] for one in made}


BIG = {"services": [{"name": "web", "approval_enabled": False}], "endpoints": []}
BIG["endpoints"] = [
    {"account": ACCOUNTS[number % 2], "service": 0, "place": 1 + number % 3, "tags": {"n": str(number)}}
    for number in range(300)
]


@pytest.fixture(scope="session")
def tokens(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return tmp_path_factory.mktemp("tokens")


@example(plan=BIG)
@given(plan=estates.plans())
@settings(parent=examples(40), phases=[Phase.explicit, Phase.generate], report_multiple_bugs=False)
def test_a_run_of_the_files_changes_nothing_and_builds_the_estate_again(cloud: Any, tokens: Any, plan: Any) -> None:
    task = Task(cloud, tokens)
    estates.wipe(cloud)
    estates.build(task, plan)
    before = estates.managed(cloud)
    files = files_of(task)
    assert files_of(task) == files
    variables = [estates.parsed(text) for name, text in sorted(files.items()) if name != NOT_EXPORTED]
    for one in variables:
        assert not estates.apply(task, one, ACCOUNTS), one
    assert estates.managed(cloud) == before
    estates.wipe(cloud)
    for one in variables:
        estates.apply(task, one, ACCOUNTS)
    assert estates.managed(cloud) == before


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
    found = {(one["kind"], one["id"]): one["reason"] for one in result["skipped"]}
    assert found == {
        ("service", db): "it is in status creating",
        ("endpoint", failed): "it is in status failed",
        ("endpoint", deleting): "it is being deleted",
        ("endpoint", orphan): f"its endpoint service {gone} does not exist any more",
        ("connections", web): "2 connected endpoints are of other projects",
    }
    listed = export_files(export(task), ACCOUNTS)["skipped"]
    assert ("connections", web) not in {(one["kind"], one["id"]) for one in listed}


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
    assert len(waiting["remarks"]) == 3
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
    assert [one["kind"] for one in result["skipped"]] == ["whitelist"]
    assert "permissions" not in result["connections"][0]["variables"]["connect_vpcs_service"]
    cloud.clear_faults()
    cloud.fault(operation="listPermissions", status=400, count=None)
    with pytest.raises(ApiError):
        task(export_project)


SERVICE_CHANGES: dict[str, Any] = {
    "name": "other",
    "description": "changed",
    "approval_enabled": False,
    "tcp_proxy": "toa_open",
    "tags": {"env": "other"},
    "ports": [{"client_port": 80, "server_port": 1000, "protocol": "TCP"}, mapping(99, 99)],
}
ENDPOINT_CHANGES: dict[str, Any] = {
    "description": "changed",
    "enable_dns": True,
    "tags": {"env": "other"},
    "whitelist": ["10.1.0.0/16"],
    "enable_whitelist": False,
    "routetables": ["10b48067-154e-546d-8fc6-95a2a71ad286"],
    "status": "rejected",
}
DRIFTING = {
    "services": [{"name": ""}],
    "endpoints": [
        {"account": "consumer", "service": 0, "place": 1, "status": "accepted", "whitelist": ["10.0.0.0/8"]},
        {"account": "consumer", "service": 0, "place": 2, "status": "accepted"},
        {"account": "provider", "service": "obs", "place": 1},
    ],
}


def compared(task: Task, files: dict[str, str]) -> list[dict[str, Any]]:
    texts = {name: text for name, text in files.items() if name != NOT_EXPORTED}
    return distinct(
        one for name, text in texts.items() for one in estates.compare(task, name, estates.parsed(text), ACCOUNTS)
    )


@pytest.mark.parametrize("option", [*SERVICE_CHANGES, "permissions"])
def test_drift_of_a_service(task: Task, cloud: Any, option: str) -> None:
    made = estates.build(task, DRIFTING)
    files = files_of(task)
    assert compared(task, files) == []
    (service_id,) = made["services"]
    (before,) = cloud.state()["services"]
    if option == "permissions":
        cloud.control("POST", f"/state/services/{service_id}/permissions", {"add": ["*"]})
        (one,) = compared(task, files)
        assert one["in_cloud"] == sorted([*one["in_file"], "iam:domain::*"])
    else:
        cloud.change("services", service_id, **{option: SERVICE_CHANGES[option]})
        (one,) = compared(task, files)
        assert (one["in_file"], one["in_cloud"]) == (before[option], SERVICE_CHANGES[option])
    assert (one["kind"], one["id"], one["option"], one["message"]) == ("service", service_id, option, "")


@pytest.mark.parametrize("option", ENDPOINT_CHANGES)
def test_drift_of_an_endpoint(task: Task, cloud: Any, option: str) -> None:
    made = estates.build(task, DRIFTING)
    files = files_of(task)
    changed = made["endpoints"][{"routetables": 2, "enable_whitelist": 0, "whitelist": 0}.get(option, 1)]
    (before,) = [one for one in cloud.state()["endpoints"] if one["id"] == changed]
    cloud.change("endpoints", changed, **{option: ENDPOINT_CHANGES[option]})
    (one,) = compared(task, files)
    assert (one["kind"], one["id"], one["option"], one["message"]) == ("endpoint", changed, option, "")
    assert (one["in_file"], one["in_cloud"]) == (before[option], ENDPOINT_CHANGES[option])


def test_drift_of_what_is_gone(task: Task, cloud: Any) -> None:
    made = estates.build(task, DRIFTING)
    files = files_of(task)
    cloud.remove("endpoints", made["endpoints"][0])
    (one,) = compared(task, files)
    assert (one["kind"], one["option"], one["in_file"], one["in_cloud"]) == ("endpoint", "state", "present", "absent")
    cloud.remove("endpoints", made["endpoints"][1])
    cloud.remove("services", made["services"][0])
    found = compared(task, files)
    assert {(one["kind"], one["option"], one["in_cloud"]) for one in found} == {
        ("service", "state", "absent"),
        ("endpoint", "state", "absent"),
    }
