"""A check stays within its limits, deletes what it made, touches nothing else, and reports nothing private."""

import json
import os
import random
import signal
from typing import Any

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._check import leftovers
from ansible_collections.crossvpc.vpcep.plugins.module_utils._check.check import check_cloud
from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.errors import ApiError, InputError, VpcepError
from ansible_collections.crossvpc.vpcep.plugins.module_utils._runner.runner import Mode, execute
from tests.support.programs import DEFAULTS, POOLS
from tests.unit._check.conftest import only_create

READS_BY_POST = {"listResourcesByTags"}


def log_of(cloud: Any) -> list[dict[str, Any]]:
    return [entry for entry in cloud.log() if entry["service"] != "iam"]


def mine(cloud: Any) -> list[Any]:
    """What exists, without the times that say when it last changed."""
    state = cloud.state()
    return [{**one, "updated_at": ""} for one in state["services"] + state["endpoints"]]


# Limits


@pytest.mark.slow
def test_the_reading_part_only_reads(checker: Any, cloud: Any) -> None:
    checker(create=False)
    sent = {entry["operation"] for entry in log_of(cloud) if entry["method"] != "GET"}
    assert sent <= READS_BY_POST
    assert len(log_of(cloud)) <= 60


@pytest.mark.slow
def test_check_mode_is_a_plan(checker: Any, cloud: Any) -> None:
    result = checker(check=True)
    assert {entry["operation"] for entry in log_of(cloud) if entry["method"] != "GET"} <= READS_BY_POST
    assert any("Two endpoints" in line for line in result["plan"]) and not result["changed"]
    rows = {row["id"]: row for row in result["report"]["assumptions"]}
    assert rows["service-name"]["observed"] == "not observed"
    assert rows["service-name"]["form"] == "needs create: true"


@pytest.mark.slow
@pytest.mark.parametrize("method, path", [("POST", "vpc-endpoint-services"), ("GET", "vpc-endpoints")])
def test_why_nothing_was_created(checker: Any, cloud: Any, method: str, path: str) -> None:
    def around(real: Any, sent: str, where: str, **more: Any) -> Any:
        if (sent, where) == (method, path):
            raise ApiError("no", status=403, code="EndPoint.0004")
        return real(sent, where, **more)

    checker.around = around
    result = checker()
    assert result["stopped"] == "Nothing was created: HTTP 403, EndPoint.0004."
    assert result["stopped"] in checker.task.warnings
    assert mine(cloud) == [] and result["left"] == 0


@pytest.mark.slow
@pytest.mark.parametrize("delay", [0, 60])
def test_a_slow_cloud_is_checked_within_limits(checker: Any, cloud: Any, delay: int) -> None:
    cloud.settings(delay=delay)
    report = checker()["report"]
    assert checker.task.now <= 300
    assert report["parts"]["creating"]["requests"] <= 60
    assert len(cloud.log()) == sum(part["requests"] for part in report["parts"].values())
    assert mine(cloud) == []


@pytest.mark.slow
@pytest.mark.parametrize("delay", [120, 900])
def test_a_cloud_that_is_too_slow(checker: Any, cloud: Any, delay: int) -> None:
    """900 s: the objects cannot be deleted before they are made. They are counted, and a rerun deletes them."""
    cloud.settings(create_delay=delay, delete_creating_endpoints_fails=True)
    result = checker()
    assert result["report"]["parts"]["creating"]["requests"] <= 60
    assert result["left"] == len(mine(cloud)) == (1 if delay == 900 else 0)
    cloud.advance(delay)
    assert checker()["changed"] == (delay == 900) or delay == 120


@pytest.mark.parametrize("missing", ["vpc_id", "subnet_id", "port_id"])
def test_create_needs_a_network(checker: Any, cloud: Any, missing: str) -> None:
    with pytest.raises(InputError, match=f"create needs {missing}"):
        checker(**{missing: None})
    assert log_of(cloud) == []


# What is made is deleted, and nothing else


def service_body(checker: Any) -> dict[str, Any]:
    network = {name: checker.network[name] for name in ("vpc_id", "port_id")}
    return {
        **network,
        "server_type": "VM",
        "approval_enabled": False,
        "ports": [{"client_port": 80, "server_port": 80}],
    }


def foreign(checker: Any) -> list[Any]:
    """Objects of others that look like a check's: each lacks one of its marks."""
    api_body = service_body(checker)
    names_and_tags = [
        ("check-12345678", []),
        ("check-12345678", [{"key": leftovers.TAG, "value": "12345679"}]),
        ("check-1234567g", [{"key": leftovers.TAG, "value": "1234567g"}]),
        ("xcheck-12345678", [{"key": leftovers.TAG, "value": "12345678"}]),
        ("CHECK-12345678", [{"key": leftovers.TAG, "value": "12345678"}]),
        ("check-12345678", [{"key": leftovers.TAG + "s", "value": "12345678"}]),
    ]

    def make(_options: Any, runtime: Any) -> None:
        for place, (name, tags) in enumerate(names_and_tags):
            ports = [{"client_port": 80, "server_port": 80 + place}]
            service = runtime.api.create_service({**api_body, "service_name": name, "tags": tags, "ports": ports})
        checker.simulator.advance(3)
        body = {name: checker.network[name] for name in ("vpc_id", "subnet_id")}
        for text, tag in (("check-12345678-1", "12345679"), ("check-12345678-3", "12345678"), ("", "12345678")):
            tags = [{"key": leftovers.TAG, "value": tag}]
            more = {"endpoint_service_id": service["id"], "description": text, "tags": tags}
            runtime.api.create_endpoint({**body, **more})
        checker.simulator.advance(3)

    checker.task(make)
    return mine(checker.simulator)


@pytest.mark.slow
def test_objects_of_others_stay(checker: Any, cloud: Any) -> None:
    others = foreign(checker)
    assert len(others) == 9
    assert not checker()["changed"]
    assert mine(cloud) == others
    assert checker.killed_at(30)
    assert len(mine(cloud)) > 9
    assert checker()["changed"]
    assert mine(cloud) == others


@pytest.mark.slow
def test_objects_of_a_run_that_begins_later_stay(checker: Any, cloud: Any) -> None:
    """A run whose parent was killed still deletes its objects, while the next one makes others."""

    def around(real: Any, method: str, path: str, **more: Any) -> Any:
        if path.endswith("permissions/action"):
            checker.around = None
            create = checker.task.runtime.api.create_service
            create({**service_body(checker), "service_name": "check-abcdef01", "tags": leftovers.tags("abcdef01")})
        return real(method, path, **more)

    checker.around = around
    assert checker()["left"] == 0
    assert [one["tags"] for one in mine(cloud)] == [{leftovers.TAG: "abcdef01"}]
    assert checker()["changed"] and mine(cloud) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "step, settings",
    [
        (1, {}),
        (7, {"delete_creating_endpoints_fails": True, "stale_reads_after_delete": 1, "list_lag": 5.0}),
        (6, {"delete_creating_services_fails": False, "connection_lag": 5.0, "existing_tags": "refuse"}),
    ],
)
def test_killed_at_any_request(checker: Any, cloud: Any, step: int, settings: dict[str, Any]) -> None:
    """The last request of a killed run was carried out: otherwise it is as if it was killed one request earlier."""
    left = found = 0
    for number in range(1, 100, step):
        cloud.reset(keep_tokens=True)
        cloud.settings(**settings)
        if not checker.killed_at(number):
            break
        leftover = len(mine(cloud))
        left += bool(leftover)
        if leftover:
            result = checker(program=only_create)
            assert mine(cloud) == [], f"killed at request {number}"
            assert result["left"] == 0
            found += result["changed"]
            assert result["report"]["parts"]["creating"]["requests"] <= 60
    assert left > 30 / step and found > 20 / step  # some are listed late, or gone before the rerun looks


@pytest.mark.slow
@pytest.mark.parametrize("number", [3, 8, 40])  # the third one creates the first object
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_a_signal_deletes_what_was_made(checker: Any, cloud: Any, number: int, name: str) -> None:
    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)

    def around(real: Any, method: str, path: str, **more: Any) -> Any:
        answer = real(method, path, **more)
        if checker.requests in (number, number + 2):  # the second one comes during the deletion
            os.kill(os.getpid(), getattr(signal, name))
        return answer

    checker.around = around
    with pytest.raises(VpcepError, match=r"interrupted\. Its objects are deleted"):
        checker(program=only_create)
    assert mine(cloud) == []
    assert (signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)) == before


@pytest.mark.slow
@pytest.mark.parametrize("operation", ["createEndpointService", "createEndpoint"])
@pytest.mark.parametrize("kind", ["reset", "not_json"])
def test_a_creation_without_an_answer(checker: Any, cloud: Any, operation: str, kind: str) -> None:
    cloud.settings(list_lag=4.0)
    cloud.fault(operation=operation, kind=kind, carried_out=True, nth=2 if operation == "createEndpoint" else 1)
    assert checker(program=only_create)["left"] == 0
    cloud.advance(10)
    assert mine(cloud) == []


@pytest.mark.slow
@pytest.mark.parametrize("settings", [{"fail_next_services": 1}, {"fail_next_endpoints": 2}, {"quota_endpoints": 0}])
def test_a_creation_that_fails(checker: Any, cloud: Any, settings: dict[str, Any]) -> None:
    cloud.settings(**settings)
    facts = {one["fact"]: one for one in checker()["report"]["facts"]}
    failed = facts["creation of a service" if "fail_next_services" in settings else "creation of an endpoint"]
    assert failed["ok"] is False
    assert mine(cloud) == []


@pytest.mark.slow
def test_an_error_deletes_what_was_made(checker: Any, cloud: Any) -> None:
    def around(real: Any, method: str, path: str, **more: Any) -> Any:
        if path.endswith("/permissions") and method == "GET":
            raise RuntimeError("a mistake")
        return real(method, path, **more)

    checker.around = around
    facts = {one["fact"]: one for one in checker(program=only_create)["report"]["facts"]}
    fact = facts["steps of the creating part"]
    assert fact["value"].startswith("a mistake of the check: RuntimeError in ") and fact["ok"] is False
    assert mine(cloud) == []


# Nothing private


def private_words(cloud: Any) -> set[str]:
    """Everything that the simulator knows of its accounts and networks, but the region."""
    words: set[str] = set()

    def collect(value: Any) -> None:
        if isinstance(value, dict):
            for one in value.values():
                collect(one)
        elif isinstance(value, list):
            for one in value:
                collect(one)
        elif isinstance(value, str) and len(value) > 5:
            words.add(value)

    info = cloud.info()
    collect(info["accounts"])
    collect(info["public_services"])
    account = cloud.account()
    words.update((info["api_url"], info["iam_url"], account["password"], account["username"]))
    return words - {cloud.region, "interface", "gateway", "ACTIVE", "backend"}


@pytest.mark.slow
def test_the_requests_in_a_result_show_nothing_private(cloud: Any, tmp_path: Any, quick_hash: None) -> None:
    options = {**DEFAULTS, **cloud.account("provider"), "token_cache_dir": str(tmp_path), "subnet": "nope"}
    options["vpc_id"] = cloud.spare("provider")[0]["vpc_id"]
    result, _warnings = execute(check_cloud, options, Mode(check=True, verbosity=3), pools=POOLS)
    assert len(result["http"]) > 40 and set(result["http"][0]) == {"method", "path", "status", "ms"}
    text = json.dumps([result["http"], result["report"], result["table"], result["markdown"]])
    assert [word for word in private_words(cloud) if word in text] == []


CANARY = "4711canary"


def poisoned(value: Any, chance: random.Random, depth: int = 0) -> Any:
    """A copy with canaries as members, and in place of some values."""
    if isinstance(value, dict):
        copy = {name: poisoned(one, chance, depth + 1) for name, one in value.items()}
        return {**copy, f"{CANARY}-member": CANARY, "message": CANARY, "name": CANARY, "error": [{CANARY: CANARY}]}
    if isinstance(value, list):
        return [poisoned(one, chance, depth + 1) for one in value] + [CANARY] * (chance.random() < 0.05)
    if chance.random() < 0.1:
        return chance.choice([CANARY, 471147114711, [CANARY], {CANARY: CANARY}, None, True, 4711.47114711])
    return value


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_no_answer_gets_into_the_report(checker: Any, cloud: Any, seed: int) -> None:
    chance = random.Random(seed)

    def around(real: Any, method: str, path: str, **more: Any) -> Any:
        spared = method == "POST" and seed % 2 == 0 and path in ("vpc-endpoint-services", "vpc-endpoints")
        try:
            answer = real(method, path, **more)
        except ApiError as error:
            if chance.random() < 0.5:
                raise
            code = chance.choice([CANARY, f"EndPoint.{CANARY}", "4711", f"{error.code}"])
            raise ApiError(CANARY, operation=CANARY, status=error.status, code=code, request_id=CANARY) from None
        return answer if spared else poisoned(answer, chance)

    checker.around = around
    try:
        text = json.dumps(checker())
    except VpcepError:  # the list of what exists cannot be used, so nothing was made
        text = ""
    checker.around = None
    assert "4711" not in text
    checker(program=only_create)
    assert mine(cloud) == []
