"""The cloud as it is: creations that fail, objects that go meanwhile, undocumented statuses, IAM down."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.errors import ApiError, VpcepError, WaitTimeout
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.endpoint import converge_endpoint
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.service import converge_service
from tests.support.programs import Cloud

from . import expected_state
from .scenario import Scenario
from .test_faults import judge
from .traps import meanwhile

Begin = Callable[..., Scenario]
KINDS = ("services", "endpoints")
UNKNOWN = "migrating"


def ids(cloud: Cloud, kind: str) -> list[str]:
    return [item["id"] for item in cloud.state()[kind]]


def remove_all(cloud: Cloud, kind: str) -> None:
    """As another user would; endpoints are deleted with their service."""
    for gone in ("endpoints", kind):
        for one in ids(cloud, gone):
            cloud.remove(gone, one)


@pytest.mark.fault_injection("a creation that fails in the cloud")
@pytest.mark.parametrize("kind", KINDS)
def test_failed_creation(begin: Begin, row: Any, kind: str) -> None:
    """An error with the cloud's reason, again in the next run; with recreate the object is replaced."""
    life = begin()
    life.cloud.settings(**{f"fail_next_{kind}": 1})
    for _run in range(2):
        with pytest.raises(VpcepError, match=r"EndPoint\.4010"):
            life.connect()
        assert len(ids(life.cloud, kind)) == 1
    life.options["recreate"] = True
    life.connect()
    judge(life, "connect", row, f"failed creation of {kind}")


@pytest.mark.fault_injection("another user deletes objects, before every request")
@pytest.mark.parametrize("scenario", ["connect", "change", "disconnect"])
@pytest.mark.parametrize("kind", KINDS)
def test_deleted_meanwhile(begin: Begin, row: Any, kind: str, scenario: str) -> None:
    """Between list and get, while waiting, after a decision: an error or success, and the next run converges."""
    number, reached = 0, True
    while reached:
        number += 1
        reached = deleted_at(begin, row, kind, scenario, number)
    assert number > 5


def deleted_at(begin: Begin, row: Any, kind: str, scenario: str, number: int) -> bool:
    """One life with a deletion before request *number*; False when the scenario was over by then."""
    life = begin()
    if scenario != "connect":
        life.connect()
    struck = []

    def happens() -> None:
        struck.append(number)
        remove_all(life.cloud, kind)

    life.trap = meanwhile(number, happens)
    with suppress(VpcepError):
        getattr(life, scenario)()
    row.doubled += expected_state.twice(life.cloud.state())
    life.trap = None
    getattr(life, scenario)()
    judge(life, scenario, row, f"{kind} deleted before request {number} of {scenario}")
    return bool(struck)


@pytest.mark.fault_injection("objects in status deleting at the start")
@pytest.mark.parametrize("kind", KINDS)
def test_leaving(begin: Begin, row: Any, kind: str) -> None:
    """They are waited for, then made anew."""
    life = begin()
    life.connect()
    former = ids(life.cloud, kind)
    by_service = {"endpoint_service_id": ids(life.cloud, "services")[0]}
    waiting = {"state": "absent", "wait": kind == "services"}
    life.tell(converge_endpoint, "consumer", **waiting, **by_service, **expected_state.ENDPOINT)
    if kind == "services":
        life.tell(converge_service, "provider", state="absent", wait=False, **expected_state.SERVICE)
    assert [item["status"] for item in life.cloud.state()[kind]] == ["deleting"]
    life.connect()
    assert not set(former) & set(ids(life.cloud, kind))
    judge(life, "connect", row, f"{kind} deleting at the start")


@pytest.mark.fault_injection("undocumented statuses")
@pytest.mark.parametrize("kind", KINDS)
def test_unknown_status(begin: Begin, row: Any, kind: str) -> None:
    """Waited through until wait_timeout, with an error that names them; nothing is made or deleted."""
    life = begin(wait_timeout=30)
    life.cloud.settings(validate_answers=False)  # it knows no such status
    life.connect()
    before = life.cloud.state()
    for one in ids(life.cloud, kind):
        life.cloud.change(kind, one, status=UNKNOWN)
    with pytest.raises(WaitTimeout, match=UNKNOWN):
        life.change()
    assert life.seconds <= 30
    assert [ids(life.cloud, name) for name in KINDS] == [[item["id"] for item in before[name]] for name in KINDS]
    for one in ids(life.cloud, kind):
        life.cloud.change(kind, one, status="available" if kind == "services" else "accepted")
    life.change()
    judge(life, "change", row, f"{kind} in status {UNKNOWN}")


@pytest.mark.fault_injection("IAM down with a warm cache")
def test_iam_down(begin: Begin, row: Any) -> None:
    """Nothing is asked of it: a whole life goes on. With a cold cache there is an error that names it."""
    life = begin(retries=0)
    life.connect()
    life.disconnect()
    life.cloud.iam(False)
    for scenario in ("connect", "change", "disconnect"):
        getattr(life, scenario)()
        if scenario != "disconnect":
            judge(life, scenario, row, f"{scenario} while IAM is down")
    cold = begin(retries=0)
    cold.cloud.iam(False)
    with pytest.raises(VpcepError, match="log in to IAM"):
        cold.connect()
    cold.cloud.iam(True)
    cold.connect()
    judge(cold, "connect", row, "IAM up again")


@pytest.mark.fault_injection("a catalog without vpcep")
def test_catalog_without_vpcep(begin: Begin, row: Any) -> None:
    """An error that says what to give instead, and with that it works."""
    life = begin(region="nowhere-1")
    life.cloud.settings(catalog_without_vpcep=True)
    with pytest.raises(VpcepError, match="api_url"):
        life.connect()
    assert life.cloud.log(service="vpcep") == []
    life.options["api_url"] = life.cloud.api_url
    life.connect()
    judge(life, "connect", row, "with api_url")


@pytest.mark.fault_injection("a token that is revoked during a wait")
@pytest.mark.parametrize("operation", ["getEndpointService", "getEndpoint"])
def test_token_dies_while_waiting(begin: Begin, row: Any, operation: str) -> None:
    """One login more, and the wait goes on; one that is refused for ever ends with an error."""
    life = begin()
    life.cloud.fault("token_revoked", operation=operation, nth=2)
    life.connect()
    accounts = len({entry["account"] for entry in life.cloud.log(service="vpcep") if entry["account"]})
    assert len(life.cloud.log(service="iam")) == accounts + 1
    judge(life, "connect", row, f"token revoked at {operation}")
    refused = begin()
    refused.cloud.fault(code="APIGW.0301", operation=operation, count=None)
    with pytest.raises(ApiError, match="401"):
        refused.connect()
    refused.cloud.clear_faults()
    refused.connect()
    judge(refused, "connect", row, f"{operation} refused for ever")
