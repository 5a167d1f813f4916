"""Reports of a drift check. Text from the cloud stays text."""

from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.crossvpc.vpcep.plugins.plugin_utils.estate.drift import (
    distinct,
    drift_findings,
    drift_plan,
    drift_report,
)
from tests.support.situations import examples

UUID = "4189d3c2-8882-4871-a3c2-d380272eed88"
BAD = "<b>|`x`]]>&{{ 7 * 7 }} \x1b[31m\u202e\n| [a](http://b) "


def finding(file: str = "a.yml", **more: Any) -> dict[str, Any]:
    about = {"file": file, "kind": "service", "id": "s1", "name": "web", "option": "tags", "message": ""}
    return {**about, "in_file": {"a": "1"}, "in_cloud": {}, **more}


@given(text=st.one_of(st.just(BAD), st.text()))
@examples(60)
def test_reports_stay_reports(text: str) -> None:
    given = [
        finding(),
        finding("b.yml", name=text, option="description", in_file=text, in_cloud=None),
        finding("c.yml", id="s2", message=text),
    ]
    files = ["a.yml", "b.yml", "c.yml", "d.yml"]
    found = drift_report(given, files)
    assert found.count("\n") == 3 and found.replace("\n", "").isprintable()
    table = drift_report(given, files, "markdown")
    assert table.replace("\n", "").isprintable()
    rows = [line for line in table.splitlines() if line.startswith("|")]
    assert len(rows) == 5 and {row.count("|") for row in rows} == {6}
    suite = ElementTree.fromstring(drift_report(given, files, "junit"))[0]
    assert [case.get("classname") for case in suite] == files
    assert [len(case) for case in suite] == [1, 1, 1, 0]
    assert suite.get("failures") == "3"


def test_no_findings() -> None:
    assert drift_report([], ["a.yml"]) == "No drift in 1 file.\n"
    assert "0 differences in 1 file." in drift_report([], ["a.yml"], "markdown")


def test_a_service_in_several_files_is_reported_once() -> None:
    assert distinct([finding(), finding("b.yml"), finding("b.yml", option="name")]) == [
        finding(),
        finding("b.yml", option="name"),
    ]


def test_a_file_whose_findings_another_file_has_did_not_pass() -> None:
    text = drift_report([finding(), finding("b.yml")], ["a.yml", "b.yml", "c.yml"], "junit")
    passed = [case.get("classname") for case in ElementTree.fromstring(text)[0] if len(case) == 0]
    assert passed == ["c.yml"]


def test_deleted_objects_are_reported_one_by_one() -> None:
    """They have no ID: endpoints of two services in one subnet look the same, and so do services without a name."""
    deleted = finding(id="", name="front, front-a", option="state", in_file="present", in_cloud="absent")
    endpoints = [{**deleted, "kind": "endpoint", "file": name} for name in ("a.yml", "a.yml", "b.yml")]
    unnamed = [{**deleted, "name": "", "file": name} for name in ("a.yml", "b.yml")]
    assert distinct([*endpoints, *unnamed, deleted, {**deleted, "file": "b.yml"}]) == [*endpoints, *unnamed, deleted]


def test_each_file_that_was_not_compared_is_reported() -> None:
    unread = [finding(name, kind="file", id="", message="no login") for name in ("a.yml", "b.yml")]
    assert distinct(unread) == unread


def test_defaults_are_compared_unless_told_otherwise() -> None:
    given = {"connect_vpcs_service": {"name": "web"}}
    shown = {"id": "s", "name": "web", "service_name": "eu-de.web.s", "tags": {"a": "b"}, "approval_enabled": False}
    shown |= {"port_id": UUID, "vpc_id": UUID, "server_type": "VM", "ports": [{"client_port": 1, "server_port": 1}]}
    plan, other = drift_plan(given, services=[shown]), drift_plan(given, defaults=False, services=[shown])
    assert plan["service"] == {"id": "s", "name": "web", "permissions": []}
    found = drift_findings("a.yml", plan, {"service": shown}, {})
    assert {one["option"]: (one["in_file"], one["in_cloud"]) for one in found} == {
        "tags": ({}, {"a": "b"}),
        "approval_enabled": (True, False),
    }
    assert "approval_enabled: in the file true by default, in the cloud false" in drift_report(found, ["a.yml"])
    for odd in ({**shown, "tags": [5]}, {**shown, "tags": "x"}, {**shown, "ports": 5}, {"id": "s"}):
        assert drift_findings("a.yml", plan, {"service": odd}, {}) == []
    assert "permissions" not in other["service"] and drift_findings("a.yml", other, {"service": shown}, {}) == []


@pytest.mark.parametrize(
    "given, found",
    [
        ({"name": "web"}, "1"),
        ({"name": "WEB"}, ""),
        ({"name": "new", "port_id": "P", "ports": [{"server_port": "80"}]}, "1"),
        ({"name": "new", "port_id": "P", "ports": [{"server_port": 81}]}, ""),
        ({"port_id": "q", "ports": [{"client_port": 1, "server_port": 80}]}, "2"),
        ({"port_id": "q", "ports": [{"client_port": 1, "server_port": 9}]}, "2"),
        ({"port_id": "new", "vpc_id": "v", "ports": [{"client_port": 1, "server_port": 80}]}, "2"),
        ({"name": "two"}, ""),
        ({"id": "9", "name": "web"}, "9"),
    ],
)
def test_which_service_a_definition_means(given: Any, found: str) -> None:
    ports = {"vpc_id": "v", "ports": [{"client_port": 1, "server_port": 80}]}
    listed = [
        {"id": "0", "name": "web", "status": "deleting", "port_id": "p", **ports},
        {"id": "1", "name": "web", "status": "available", "port_id": "p", **ports},
        {"id": "2", "name": "", "status": "available", "port_id": "q", **ports},
        *({"id": one, "name": "two", "port_id": "r", **ports} for one in "34"),
    ]
    assert drift_plan({"connect_vpcs_service": given}, services=listed)["service"].get("id", "") == found


@pytest.mark.parametrize(
    "given, accounts, permissions, purge",
    [
        ({}, ["a", "b"], ["b"], True),
        ({"connect_vpcs_service": {"name": "web", "permissions": "c,d"}}, ["a", "b"], ["c", "d", "b"], True),
        ({"connect_vpcs_admit": None}, ["a", "b"], ["b"], True),
        ({"connect_vpcs_admit": "no"}, ["a", "b"], [], None),
        ({}, ["a", "a"], [], None),
        ({}, ["a", ""], [], None),
        ({}, [], [], None),
    ],
)
def test_the_account_that_the_role_admits_belongs_to_the_whitelist(
    given: Any, accounts: list[str], permissions: list[str], purge: Any
) -> None:
    service = drift_plan({"connect_vpcs_service": {"name": "web"}, **given}, accounts=accounts)["service"]
    assert (service["permissions"], service.get("purge_permissions")) == (permissions, purge)


def test_other_records_are_not_compared_without_defaults() -> None:
    given = {"connect_vpcs_service": {"name": "web"}, "connect_vpcs_accept": None}
    service = drift_plan(given, defaults=False, accounts=["a", "b"])["service"]
    assert (service["permissions"], service["purge_permissions"]) == (["b"], False)


@pytest.mark.parametrize("name, found", [("web", ("1", "")), ("two", ("", "two")), ("no", ("", "no"))])
def test_the_owner_finds_a_service_by_its_short_name(name: str, found: tuple[str, str]) -> None:
    listed = [{"id": "0", "name": "web", "status": "deleting"}, {"id": "1", "name": "web"}]
    listed += [{"id": one, "name": "two"} for one in "34"]
    given = {"connect_vpcs_service_name": name, "connect_vpcs_endpoints": [{"vpc_id": "v"}]}
    (group,) = drift_plan(given, services=listed)["groups"]
    assert (group["service_id"], group["service_name"]) == found


def test_names_of_cloud_services_are_completed() -> None:
    given = {"connect_vpcs_cloud_services": [{"name": "obs", "endpoints": [{"vpc_id": "v"}]}]}
    plan = drift_plan(given, public=[{"service_name": "com.x.obs"}, {"service_name": "com.x.dns"}])
    assert plan["groups"][0]["service_name"] == "com.x.obs"
    assert drift_plan(given)["groups"][0]["service_name"] == "obs"


def test_an_object_that_cannot_be_compared() -> None:
    plan = drift_plan({"connect_vpcs_service": {"name": "web"}, "connect_vpcs_endpoints": [{"vpc_id": "v"}]})
    (service, endpoints) = drift_findings("a.yml", plan, {"msg": "no\nlogin"}, {"results": [{"msg": "no login"}]})
    assert (service["kind"], service["message"]) == ("service", "no login")
    assert (endpoints["kind"], endpoints["message"]) == ("endpoint", "no login")
