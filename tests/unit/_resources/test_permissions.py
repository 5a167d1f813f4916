"""What a task of vpcep_permission does to a whitelist, and what vpcep_permission_info finds."""

from typing import Any

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._api.vpcep import VpcepApi
from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.errors import InputError, VpcepError
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.permissions import (
    converge_permissions,
    find_permissions,
)
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.service import converge_service

LIST = ("GET", "listPermissions")
CHANGE, CREATE, DELETE = "addOrRemovePermissions", "batchCreatePermissions", "batchDeletePermissions"
DESCRIBE = "updatePermissionDescription"
A, B = "iam:domain::aaa", "iam:domain::bbb"
EVERYBODY = "iam:domain::*"
PATH = "organizations:orgPath::o-1/r-1/*"


@pytest.fixture
def service(publish: Any) -> str:
    return str(publish())


@pytest.fixture
def permit(task: Any, service: str) -> Any:
    """Runs the module about the service."""
    return lambda *records, **options: task(
        converge_permissions, **{"endpoint_service_id": service, "permissions": list(records), **options}
    )


def records(cloud: Any) -> dict[str, Any]:
    """What is on the whitelist, as it is stored."""
    (service,) = (one for one in cloud.state()["services"] if one["permissions"] or one["name"] == "web")
    return {one["permission"]: one for one in service["permissions"]}


def bodies(cloud: Any) -> list[Any]:
    return [entry["body"] for entry in cloud.log(service="vpcep") if entry["method"] != "GET"]


def shown_late(program: Any, seconds: float) -> Any:
    """*program*, with lists that show each change after *seconds*."""
    old: dict[str, Any] = {"until": 0.0}

    def run(options: Any, runtime: Any) -> Any:
        listed = runtime.api.list_permissions

        def late(service_id: str) -> Any:
            return old["records"] if runtime.clock() < old["until"] else listed(service_id)

        change = runtime.api.change

        def noted(operation: str, service_id: str, *more: str, body: Any) -> Any:
            if runtime.clock() >= old["until"]:
                old["records"] = listed(service_id)
            old["until"] = runtime.clock() + seconds
            return change(operation, service_id, *more, body=body)

        runtime.api.__dict__.update(list_permissions=late, change=noted)
        return program(options, runtime)

    return run


def removal(cloud: Any, there: dict[str, Any], *gone: str) -> Any:
    """Operation and body of a removal: by the records' IDs on one cloud, as they were stored on the other."""
    if cloud.profile == "huawei":
        return DELETE, {"permissions": [{"id": there[one]["id"]} for one in gone]}
    return CHANGE, {"action": "remove", "permissions": list(gone)}


# Lists that show a change late


def test_the_next_task_sees_the_change(task: Any, cloud: Any, service: str) -> None:
    program = shown_late(converge_permissions, 5)
    for records_, state in ((["aaa"], "present"), (["bbb"], "exact"), (["bbb"], "absent")):
        options = {"endpoint_service_id": service, "permissions": records_, "state": state}
        assert task(program, **options)["changed"] and task.warnings == []
        assert not task(program, **options)["changed"] and task.writes == []
    assert records(cloud) == {}


def test_the_next_task_sees_the_whitelist_of_a_service(task: Any, cloud: Any, backend: Any) -> None:
    program = shown_late(converge_service, 5)
    for whitelist in (["aaa", "bbb"], ["bbb", "ccc"], []):
        options = {"name": "web", "permissions": whitelist, **backend}
        assert task(program, **options)["changed"] and task.warnings == []
        assert not task(program, **options)["changed"] and task.writes == []
    assert task(program, True, **{**options, "permissions": ["aaa"]})["changed"] and task.writes == []


def test_a_change_that_lists_do_not_show(task: Any, service: str) -> None:
    options = {"endpoint_service_id": service, "permissions": ["aaa"]}
    assert task(shown_late(converge_permissions, 60), **options)["changed"]
    (warning,) = task.warnings
    assert "was changed, but lists do not show it yet" in warning and service in warning


def test_a_user_who_may_not_list_the_new_whitelist(task: Any, cloud: Any, backend: Any) -> None:
    cloud.fault(operation="listPermissions", kind="answer", status=403, code="EndPoint.0004", count=None)
    assert task(converge_service, name="web", permissions=["aaa"], **backend)["changed"]


def test_an_error_says_what_was_done_before(permit: Any, cloud: Any) -> None:
    """The record is added first. Then its removal, or the list of the records, is refused."""
    permit("aaa")
    removal = DELETE if cloud.profile == "huawei" else CHANGE
    for operation, nth, changed in ((CHANGE, 1, False), ("listPermissions", 2, True), (removal, 2, True)):
        nth = 1 if operation == DELETE else nth
        cloud.fault(operation=operation, kind="answer", status=403, code="EndPoint.0004", nth=nth)
        with pytest.raises(VpcepError) as caught:
            permit(f"new{operation}", state="exact")
        assert (" was changed before: run the task again." in str(caught.value)) == changed, str(caught.value)


# States


@pytest.mark.slow
def test_present_adds_what_is_missing(permit: Any, task: Any, cloud: Any) -> None:
    added = permit("bbb", A)
    assert added["changed"] and sorted(records(cloud)) == [A, B]
    assert task.sent == [LIST, ("POST", CHANGE), LIST]
    assert bodies(cloud) == [{"action": "add", "permissions": [A, B]}]
    assert {one["permission"]: bool(one["id"]) for one in added["permissions"]} == {A: True, B: True}
    assert added["diff"] == {"before": {"permissions": []}, "after": {"permissions": [A, B]}}
    assert not permit("bbb")["changed"] and task.sent == [LIST]
    by_name = {"endpoint_service_id": None, "endpoint_service_name": "web"}
    assert not permit(A, **by_name)["changed"] and task.sent == [("GET", "listEndpointServices"), LIST]
    assert permit("ccc", B)["changed"]
    assert bodies(cloud) == [{"action": "add", "permissions": ["iam:domain::ccc"]}] and len(records(cloud)) == 3


def test_absent_removes_the_named_ones_only(permit: Any, task: Any, cloud: Any, allow: Any, service: str) -> None:
    allow(service, A, B)
    operation, body = removal(cloud, records(cloud), A)
    assert permit("aaa", "ccc", state="absent")["changed"]
    assert task.writes == [operation] and bodies(cloud) == [body] and list(records(cloud)) == [B]
    assert not permit("aaa", state="absent")["changed"] and task.sent == [LIST]


def test_exact_adds_before_it_removes(permit: Any, task: Any, cloud: Any, allow: Any, service: str) -> None:
    allow(service, "*", B)
    operation, body = removal(cloud, records(cloud), "*")
    assert permit("aaa", "bbb", state="exact")["changed"]
    assert task.writes == [CHANGE, operation]  # no account loses its access in between
    assert bodies(cloud) == [{"action": "add", "permissions": [A]}, body]
    assert not permit(B, A, state="exact")["changed"] and task.sent == [LIST]
    assert permit(state="exact")["permissions"] == [] and records(cloud) == {}


@pytest.mark.parametrize("stored", ["*", EVERYBODY])
@pytest.mark.parametrize("given", ["*", EVERYBODY])
def test_everybody_has_two_spellings(
    permit: Any, task: Any, cloud: Any, allow: Any, service: str, stored: str, given: str
) -> None:
    allow(service, stored)
    operation, body = removal(cloud, records(cloud), stored)
    for state in ("present", "exact"):
        assert not permit(given, state=state)["changed"]
    assert permit(given, state="absent")["changed"]
    assert task.writes == [operation] and bodies(cloud) == [body] and records(cloud) == {}


def test_both_spellings_at_once_are_removed(permit: Any, cloud: Any, allow: Any, service: str) -> None:
    """One that stays behind would leave the service open to everybody."""
    allow(service, "*", EVERYBODY, A)
    assert permit("*", state="absent")["changed"] and list(records(cloud)) == [A]


def test_organisation_paths(permit: Any, task: Any, cloud: Any) -> None:
    if cloud.profile == "otc":
        with pytest.raises(InputError, match="permissions: 'organizations:orgPath::"):
            permit(PATH)
        assert task.sent == []
        return
    assert permit(PATH, "aaa")["changed"]
    assert bodies(cloud) == [
        {"action": "add", "permissions": [A]},
        {"action": "add", "permissions": [PATH], "permission_type": "orgPath"},
    ]
    assert not permit(PATH)["changed"]
    body = removal(cloud, records(cloud), PATH)[1]
    assert permit(PATH, state="absent")["changed"] and bodies(cloud) == [body]
    assert permit(PATH, description="all of them")["changed"]
    words = {"permission": PATH, "description": "all of them"}
    assert bodies(cloud) == [{"permission_type": "orgPath", "permissions": [words]}]


# Descriptions


def test_descriptions(permit: Any, task: Any, cloud: Any, allow: Any, service: str) -> None:
    if cloud.profile == "otc":
        with pytest.raises(InputError, match="description: T Cloud Public does not have this option"):
            permit(A, description="team")
        assert task.sent == []
        return
    allow(service, B)
    options = {"description": "team"}
    assert permit(A, B, **options)["changed"] and task.writes == [CREATE]
    assert bodies(cloud) == [{"permissions": [{"permission": A, "description": "team"}]}]
    # This cloud does not show descriptions, so that an existing record is left alone unless it is told otherwise.
    assert not permit(A, B, **options)["changed"] and task.sent == [LIST]
    for _again in range(2):
        assert permit(A, B, update_description=True, **options)["changed"] and task.writes == [DESCRIBE] * 2
        assert bodies(cloud) == [{"permission": {"description": "team"}}] * 2
    assert {one["description"] for one in records(cloud).values()} == {"team"}
    permit(A, state="absent", update_description=True, **options)
    assert task.writes == [DELETE]  # what goes is not described
    with pytest.raises(InputError, match="128"):
        permit(A, description="x" * 129)


def test_a_description_that_is_shown_is_compared(
    permit: Any, task: Any, cloud: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As answers of later editions may have it."""
    if cloud.profile == "otc":
        return
    permit(A, description="team")
    read = VpcepApi.list_permissions

    def shown(api: VpcepApi, service_id: str) -> Any:
        return [
            {**one, "description": records(cloud)[one["permission"]]["description"]} for one in read(api, service_id)
        ]

    monkeypatch.setattr(VpcepApi, "list_permissions", shown)
    assert not permit(A, description="team", update_description=True)["changed"]
    assert permit(A, description="others")["changed"] and task.writes == [DESCRIBE]
    assert permit(A, description="")["changed"] and not permit(A, description="")["changed"]


# Check mode


@pytest.mark.parametrize("state", ["present", "absent", "exact"])
@pytest.mark.parametrize("described", [False, True])
def test_check_mode_predicts_and_sends_gets_only(
    permit: Any, task: Any, cloud: Any, allow: Any, service: str, state: str, described: bool
) -> None:
    if described and cloud.profile == "otc":
        return
    allow(service, A, "iam:domain::ccc")
    options = {"state": state, **({"description": "team", "update_description": True} if described else {})}
    predicted = permit(A, B, check=True, **options)
    assert predicted["changed"] and task.writes == [] and len(records(cloud)) == 2
    real = permit(A, B, **options)
    assert real["diff"] == predicted["diff"]
    told, seen = [
        {one["permission"]: one["id"] for one in result["permissions"]} for result in (predicted, real)
    ]  # a record that is not there yet has no ID
    assert sorted(told) == sorted(seen) and all(key in ("", seen[record]) for record, key in told.items())
    if not described:
        assert not permit(A, B, check=True, **options)["changed"]


def test_check_mode_before_the_service_exists(task: Any) -> None:
    for named in ({"endpoint_service_id": ""}, {"endpoint_service_name": "nobody"}):
        predicted = task(converge_permissions, check=True, permissions=["aaa"], reject_revoked=True, **named)
        assert predicted["changed"] and predicted["permissions"] == [{"id": "", "permission": A}]
        with pytest.raises(VpcepError):
            task(converge_permissions, permissions=["aaa"], **named)


# Input


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"permissions": ["aaa"]}, "Say which service is meant"),
        ({"endpoint_service_id": "s", "permissions": ["a-b"]}, "permissions: 'a-b' is not an account ID"),
        ({"endpoint_service_id": "s", "permissions": ["x" * 65]}, "is not an account ID"),
        ({"endpoint_service_id": "s/", "permissions": ["aaa"]}, "endpoint_service_id: 's/' is not an identifier"),
        ({"endpoint_service_id": "s", "permissions": [], "wait_timeout": -1}, "wait_timeout: -1 is not a positive"),
        ({"endpoint_service_id": "s", "permissions": [], "update_description": True}, "no description to set"),
    ],
)
def test_bad_input_sends_nothing(task: Any, options: Any, message: str) -> None:
    with pytest.raises(InputError) as caught:
        task(converge_permissions, **options)
    assert message in str(caught.value) and task.sent == []


# vpcep_permission_info


def test_finding(task: Any, permit: Any, cloud: Any, allow: Any, service: str) -> None:
    allow(service, "*", A, B)
    paths = [PATH] * (cloud.profile == "huawei")
    if paths:
        permit(PATH)
    for options, found in (
        ({}, ["*", A, B, *paths]),
        ({"permissions": ["aaa", "ccc"]}, [A]),
        ({"permissions": [EVERYBODY]}, ["*"]),
        ({"permission_type": "domainId"}, ["*", A, B]),
        ({"permission_type": "orgPath"}, paths),
        ({"permissions": ["aaa"], "permission_type": "orgPath"}, []),
    ):
        result = task(find_permissions, endpoint_service_id=service, **options)
        assert sorted(one["permission"] for one in result["permissions"]) == sorted(found), options
        assert not result["changed"] and task.sent == [LIST]
    assert len(task(find_permissions, endpoint_service_name="web")["permissions"]) == 3 + len(paths)
