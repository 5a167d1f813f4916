"""Endpoints that are not wanted any more: after an account left the whitelist, and when a service is deleted.

What follows a change of the whitelist is the same for vpcep_permission and vpcep_service, so that both are asked.
"""

from typing import Any

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._auth.session import Session
from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.errors import ApiError, VpcepError
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.permissions import converge_permissions
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.service import converge_service

DECIDE = "acceptOrRejectConnection"
CONNECTIONS = ("GET", "listConnections")
WAITS, ACCEPTED, REJECTED = "pendingAcceptance", "accepted", "rejected"
PATH = "organizations:orgPath::o-1/*"


@pytest.fixture(params=["vpcep_permission", "vpcep_service"])
def whitelist(request: Any, task: Any, service: str) -> Any:
    """Makes the records given all of the whitelist, with either module."""

    def change(*records: str, **options: Any) -> Any:
        if request.param == "vpcep_service":
            return task(converge_service, id=service, permissions=list(records), **options)
        named = {"endpoint_service_id": service, "permissions": list(records), "state": "exact"}
        return task(converge_permissions, **{**named, **options})

    return change


# The whitelist


def test_a_warning_names_who_stays_connected(
    whitelist: Any, task: Any, cloud: Any, join: Any, statuses: Any, service: str
) -> None:
    (own,), (waiting, refused) = join(account="provider"), join(2)
    cloud.change("endpoints", refused, status=REJECTED)
    assert whitelist()["changed"]
    (text,) = task.warnings
    assert f"{waiting} of account {cloud.domain_id('consumer')} ({WAITS})" in text and service in text
    assert own not in text and refused not in text and "reject_revoked" in text
    assert statuses() == {own: WAITS, waiting: WAITS, refused: REJECTED} and DECIDE not in task.writes
    assert not whitelist()["changed"]
    assert task.warnings == [] and CONNECTIONS not in task.sent  # only a removal causes a warning


@pytest.mark.slow
def test_revoked_ones_are_rejected_and_own_ones_never(
    whitelist: Any, task: Any, cloud: Any, join: Any, statuses: Any
) -> None:
    (own,), (waiting, done) = join(account="provider"), join(2)
    for key in (own, done):
        cloud.change("endpoints", key, status=ACCEPTED)
    assert whitelist("aaa", reject_revoked=True)["changed"]
    assert statuses() == {own: ACCEPTED, waiting: REJECTED, done: REJECTED}
    assert (
        task.writes[-2:] == [DECIDE, DECIDE] and task.warnings == []
    )  # after the whitelist, so no endpoint is created in between
    assert not whitelist("aaa", reject_revoked=True)["changed"] and task.writes == []


@pytest.mark.slow
def test_those_who_are_still_admitted_stay(whitelist: Any, task: Any, cloud: Any, join: Any, statuses: Any) -> None:
    (one,) = join()
    for record in (cloud.domain_id("consumer"), "*"):
        assert whitelist(record, reject_revoked=True)["changed"]
        assert statuses() == {one: WAITS} and task.warnings == [] and DECIDE not in task.writes


@pytest.mark.slow
def test_what_an_interrupted_run_left_is_rejected_as_well(
    whitelist: Any, task: Any, allow: Any, join: Any, statuses: Any, service: str
) -> None:
    (one,) = join()
    allow(service, remove=("*",))
    assert not whitelist()["changed"]
    assert not task.warnings and statuses() == {one: WAITS}
    predicted = whitelist(reject_revoked=True, check=True)
    assert predicted["changed"] and task.writes == [] and statuses() == {one: WAITS}
    assert whitelist(reject_revoked=True)["changed"]
    assert task.writes == [DECIDE] and statuses() == {one: REJECTED}


@pytest.mark.slow
def test_one_that_is_being_created_is_rejected_when_it_is_there(
    whitelist: Any, task: Any, join: Any, statuses: Any
) -> None:
    (one,) = join(ready=False)
    assert whitelist(reject_revoked=True)["changed"] and statuses() == {one: REJECTED} and task.now >= 3


@pytest.mark.slow
def test_check_mode_predicts(whitelist: Any, task: Any, cloud: Any, join: Any, statuses: Any) -> None:
    (one,) = join()
    predicted = whitelist("aaa", reject_revoked=True, check=True)
    assert predicted["changed"] and task.writes == [] and statuses() == {one: WAITS}
    assert whitelist("aaa", check=True)["changed"] and one in task.warnings[0]
    assert whitelist("aaa", reject_revoked=True)["diff"] == predicted["diff"]


def test_nothing_is_rejected_while_organisation_paths_admit_somebody(
    whitelist: Any, task: Any, cloud: Any, join: Any, statuses: Any
) -> None:
    """The accounts of a path are not known, so no endpoint is rejected."""
    if cloud.profile == "otc":
        return
    (one,) = join()
    assert whitelist(PATH, reject_revoked=True)["changed"]
    (text,) = task.warnings
    assert "Nothing was rejected: organisation paths" in text and one in text and statuses() == {one: WAITS}
    assert not whitelist(PATH, reject_revoked=True)["changed"] and len(task.warnings) == 1
    assert whitelist("aaa", reject_revoked=True)["changed"] and statuses() == {one: REJECTED}


def test_nothing_is_rejected_while_the_own_account_is_unknown(
    whitelist: Any, task: Any, monkeypatch: Any, join: Any, statuses: Any
) -> None:
    """The service's own endpoints might be among those that no record admits."""
    (one,) = join()
    monkeypatch.setattr(Session, "domain_id", None)
    assert whitelist("aaa", reject_revoked=True)["changed"]
    (text,) = task.warnings
    assert "Nothing was rejected: the account of the service" in text and one in text and statuses() == {one: WAITS}


def test_one_that_goes_meanwhile_is_no_problem(whitelist: Any, task: Any, cloud: Any, join: Any, statuses: Any) -> None:
    made = join(2)
    cloud.fault(operation=DECIDE, code="EndPoint.2018")
    assert whitelist(reject_revoked=True)["changed"]
    assert sorted(statuses()[key] for key in made) == [WAITS, REJECTED]


def test_a_refused_rejection_is_an_error(whitelist: Any, cloud: Any, join: Any, statuses: Any) -> None:
    made = join(2)
    cloud.fault(operation=DECIDE, code="EndPoint.0004", status=403)
    with pytest.raises(VpcepError, match=r"EndPoint\.0004.* (was|were) changed before: run the task again") as caught:
        whitelist(reject_revoked=True)
    (left,) = [key for key, status in statuses().items() if status == WAITS]
    assert [key for key in made if key in str(caught.value)] == [left]


def test_without_a_change_nobody_is_looked_for(whitelist: Any, task: Any, join: Any) -> None:
    join()
    assert not whitelist("*")["changed"] and CONNECTIONS not in task.sent
    assert not whitelist("*", reject_revoked=True)["changed"] and task.sent.count(CONNECTIONS) == 1


# Deleting a service


@pytest.fixture
def remove(task: Any, service: str) -> Any:
    return lambda **options: task(converge_service, **{"id": service, "state": "absent", **options})


@pytest.mark.slow
def test_force_rejects_and_deletes(remove: Any, task: Any, cloud: Any, join: Any, statuses: Any, service: str) -> None:
    (own,), (done, making) = join(account="provider"), join(2)
    for key in (own, done):
        cloud.change("endpoints", key, status=ACCEPTED)
    cloud.change("endpoints", making, status=REJECTED)
    with pytest.raises(VpcepError, match="set force to true") as caught:
        remove()
    assert own in str(caught.value) and done in str(caught.value) and making not in str(caught.value)
    assert task.writes == ["deleteEndpointService"]
    assert remove(force=True, check=True)["changed"] and task.writes == []
    assert remove(force=True)["changed"]
    assert task.writes == ["deleteEndpointService", DECIDE, DECIDE, "deleteEndpointService"]
    assert set(statuses().values()) == {REJECTED} and cloud.state()["services"] == []
    (text,) = task.warnings
    assert own in text and done in text and "Only the accounts that they belong to can delete them" in text
    assert not remove(force=True)["changed"]


@pytest.mark.slow
def test_force_waits_for_those_that_are_being_created(remove: Any, task: Any, cloud: Any, join: Any) -> None:
    join(2, ready=False)
    assert remove(force=True, wait=False)["changed"]
    assert task.writes.count(DECIDE) == 2 and task.now >= 3
    (left,) = cloud.state()["services"]
    assert left["status"] == "deleting"


@pytest.mark.slow
def test_those_who_only_wait_keep_no_service(remove: Any, task: Any, cloud: Any, join: Any) -> None:
    join()
    assert remove()["changed"] and task.writes == ["deleteEndpointService"] and cloud.state()["services"] == []


@pytest.mark.slow
def test_a_cloud_that_does_not_delete_although_all_are_rejected(
    remove: Any, task: Any, cloud: Any, join: Any, statuses: Any
) -> None:
    (one,) = join()
    cloud.change("endpoints", one, status=ACCEPTED)
    cloud.fault(preset="in_use", count=None)
    with pytest.raises(VpcepError, match="Rejecting them is not enough here: only the accounts") as caught:
        remove(force=True, wait_timeout=10)
    assert f"{one} of account {cloud.domain_id('consumer')} (rejected)" in str(caught.value)
    assert task.now <= 10 and task.writes.count(DECIDE) == 1 and statuses() == {one: REJECTED}


def test_a_refusal_that_nobody_causes_is_passed_on(remove: Any, task: Any, cloud: Any) -> None:
    cloud.fault(operation="deleteEndpointService", code="EndPoint.3005")
    with pytest.raises(ApiError, match=r"EndPoint\.3005"):
        remove(force=True)
    assert task.writes == ["deleteEndpointService"] and len(cloud.state()["services"]) == 1


@pytest.mark.slow
def test_recreating_a_service_in_use(
    task: Any, cloud: Any, join: Any, statuses: Any, backend: Any, service: str
) -> None:
    (one,) = join()
    cloud.change("endpoints", one, status=ACCEPTED)
    elsewhere = cloud.spare("provider")[2]
    moved = {**backend, "vpc_id": elsewhere["vpc_id"], "port_id": elsewhere["port_id"]}
    with pytest.raises(VpcepError, match="is in use"):
        task(converge_service, name="web", recreate=True, **moved)
    replaced = task(converge_service, name="web", recreate=True, force=True, **moved)
    assert replaced["service"]["id"] != service and statuses() == {one: REJECTED}
