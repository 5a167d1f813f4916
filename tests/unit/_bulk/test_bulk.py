"""Many endpoints by one task: what is shared, what is not, and what happens to the others when one goes wrong."""

from collections import Counter
from typing import Any

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._api.vpcep import VpcepApi
from ansible_collections.crossvpc.vpcep.plugins.module_utils._bulk.bulk import (
    REASONS,
    BulkFailed,
    converge_endpoints,
    failure_summary,
)
from ansible_collections.crossvpc.vpcep.plugins.module_utils._bulk.endpoint import Snapshot
from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.errors import ApiError, InputError, VpcepError
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.endpoint import converge_endpoint

MANY = 12
NOWHERE = "4189d3c2-8882-4871-a3c2-d380272eed01"


@pytest.fixture
def open_service(publish: Any) -> str:
    """A service that accepts everybody of its own account."""
    return str(publish(approval_enabled=False))


@pytest.fixture
def places(cloud: Any) -> list[dict[str, str]]:
    """VPC and subnet for each of many endpoints."""
    return [{name: one[name] for name in ("vpc_id", "subnet_id")} for one in cloud.spare()[1 : MANY + 1]]


@pytest.fixture
def fleet(task: Any, open_service: str) -> Any:
    """Runs the fleet's program at the open service."""

    def run(endpoints: list[dict[str, Any]], **options: Any) -> Any:
        options = {"endpoint_service_id": open_service, "concurrency": 4, **options}
        return task(converge_endpoints, endpoints=endpoints, **options)

    return run


@pytest.fixture
def made(fleet: Any, places: Any) -> list[str]:
    """The IDs of many endpoints that are there already."""
    return [endpoint["id"] for endpoint in fleet(places)["endpoints"]]


def counts(task: Any) -> dict[str, int]:
    return dict(Counter(operation for _method, operation in task.sent))


# What is shared


@pytest.mark.slow
def test_created_over_a_pool_and_seen_by_one_list(fleet: Any, task: Any, cloud: Any, places: Any) -> None:
    result = fleet([{**place, "tags": {"number": str(number)}} for number, place in enumerate(places)])
    assert result["changed"] and len(cloud.state()["endpoints"]) == MANY
    for number, (endpoint, place) in enumerate(zip(result["endpoints"], places, strict=True)):
        assert endpoint["vpc_id"] == place["vpc_id"] and endpoint["status"] == "accepted" and endpoint["ip"]
        assert endpoint["tags"] == {"number": str(number)}
    ids = [endpoint["id"] for endpoint in result["endpoints"]]
    assert result["outcomes"] == [{"changed": True, "failed": False, "action": "create", "id": one} for one in ids]
    sent = counts(task)
    assert sent.pop("createEndpoint") == MANY
    assert set(sent) == {"listEndpoints"} and 3 <= sent["listEndpoints"] <= 7


@pytest.mark.slow
def test_unchanged_costs_one_request(fleet: Any, task: Any, places: Any, made: list[str]) -> None:
    result = fleet([{**place, "enable_dns": False} for place in places])
    assert not result["changed"] and [endpoint["id"] for endpoint in result["endpoints"]] == made
    assert result["diff"] == [] and result["purged"] == []
    assert task.sent == [("GET", "listEndpoints")]


@pytest.mark.slow
def test_changed_with_one_request_each_and_a_list(fleet: Any, task: Any, places: Any, made: list[str]) -> None:
    wanted = [{**place, "tags": {"env": "dev"}} for place in places]
    predicted = fleet(wanted, check=True)
    assert task.sent == [("GET", "listEndpoints")]
    result = fleet(wanted)
    assert result["changed"] and [endpoint["tags"] for endpoint in result["endpoints"]] == [{"env": "dev"}] * MANY
    assert counts(task) == {"listEndpoints": 2, "changeResourceTags": MANY}
    assert predicted["diff"] == result["diff"]
    one = result["diff"][3]
    assert (one["before"]["tags"], one["after"]["tags"]) == ({}, {"env": "dev"})
    place = f"VPC {places[3]['vpc_id']}, subnet {places[3]['subnet_id']}"
    assert one["before_header"] == one["after_header"] == f"endpoints[3] ({place})"


@pytest.mark.slow
def test_deleted_together(fleet: Any, task: Any, cloud: Any, made: list[str]) -> None:
    result = fleet([{"id": one} for one in made], state="absent")
    assert result["changed"] and [endpoint["id"] for endpoint in result["endpoints"]] == made
    assert cloud.state()["endpoints"] == []
    sent = counts(task)
    assert sent.pop("deleteEndpoint") == MANY and set(sent) == {"listEndpoints"}
    again = fleet([{"vpc_id": cloud.spare()[1]["vpc_id"]}], state="absent")
    assert not again["changed"] and again["endpoints"] == [{}]


@pytest.mark.slow
def test_one_by_one_and_together_come_to_the_same(task: Any, fleet: Any, open_service: str, places: Any) -> None:
    wanted = [{**place, "tags": {"a": "b"}, "description": "x"} for place in places[:3]]
    alone = [task(converge_endpoint, endpoint_service_id=open_service, **one) for one in wanted * 2][3:]
    together = fleet(wanted)
    assert together["endpoints"] == [one["endpoint"] for one in alone] and not together["changed"]
    changed = [{**one, "tags": {"c": "d"}} for one in wanted]
    predicted = [task(converge_endpoint, True, endpoint_service_id=open_service, **one) for one in changed]
    together = fleet(changed, check=True)
    assert together["endpoints"] == [one["endpoint"] for one in predicted]
    assert [{"before": it["before"], "after": it["after"]} for it in together["diff"]] == [
        one["diff"] for one in predicted
    ]


@pytest.mark.slow
def test_what_is_few_is_looked_at_by_itself(fleet: Any, task: Any, cloud: Any, places: Any, made: list[str]) -> None:
    cloud.remove("endpoints", made[0])
    fleet(places)
    sent = counts(task)
    assert sent["createEndpoint"] == 1 and sent["listEndpoints"] == 2 and sent["getEndpoint"] >= 2


@pytest.mark.slow
@pytest.mark.parametrize(("seconds", "latest", "most"), [(1, 1.5, 4), (120, 125, 40)])
def test_looks_follow_what_the_cloud_does(
    fleet: Any, task: Any, cloud: Any, places: Any, seconds: int, latest: float, most: int
) -> None:
    cloud.settings(delay=seconds)
    before = task.now
    fleet(places)
    assert seconds <= task.now - before <= latest
    assert counts(task)["listEndpoints"] <= most + 1  # and the first one


@pytest.mark.slow
def test_who_watches_is_told_how_many_are_done(task: Any, cloud: Any, open_service: str, places: Any) -> None:
    told: list[Any] = []

    def run(options: Any, runtime: Any) -> Any:
        runtime.notify = lambda *words: told.append(words)
        return converge_endpoints(options, runtime)

    task(run, endpoints=places, endpoint_service_id=open_service, concurrency=4)
    assert told[0][:2] == ("12 endpoints", "0 of 12 are done") and told[-1][1] == "12 of 12 are done"
    assert max(words[2] for words in told) >= 3


# Which one is meant


@pytest.mark.slow
def test_each_may_have_a_service_of_its_own(task: Any, publish: Any, places: Any) -> None:
    names = ["one", "two"]
    ids = [publish(name, approval_enabled=False) for name in names]
    by_name = task(
        converge_endpoints,
        endpoints=[{**places[0], "endpoint_service_name": "one"}, {**places[0], "endpoint_service_id": ids[1]}],
    )
    assert [endpoint["endpoint_service_id"] for endpoint in by_name["endpoints"]] == ids
    again = task(
        converge_endpoints,
        endpoint_service_name="one",
        endpoints=[places[0], {**places[0], "endpoint_service_id": ids[1]}],
    )
    assert not again["changed"] and again["endpoints"] == by_name["endpoints"]
    assert counts(task) == {"listEndpoints": 1, "listEndpointServices": 1}


@pytest.mark.slow
def test_a_full_name_is_looked_up_once(task: Any, places: Any, cloud: Any, publish: Any) -> None:
    service_id = publish(approval_enabled=False)
    (name,) = (item["service_name"] for item in cloud.state()["services"] if item["id"] == service_id)
    full = task(lambda _, runtime: runtime.api.get_service(service_id))["service_name"]
    assert name and full
    made = task(converge_endpoints, endpoint_service_name=full, endpoints=places[:4])
    assert made["changed"] and len(cloud.state()["endpoints"]) == 4
    assert sum("describe" in operation.lower() for _method, operation in task.sent) == 1
    assert not task(converge_endpoints, endpoint_service_name=full, endpoints=places[:4])["changed"]
    assert task.sent == [("GET", "listEndpoints")]


@pytest.mark.slow
def test_by_id(fleet: Any, task: Any, made: list[str]) -> None:
    result = fleet([{"id": made[5].upper(), "tags": {"a": "b"}}])
    assert result["endpoints"][0]["id"] == made[5] and result["changed"]
    with pytest.raises(BulkFailed, match=rf"endpoints\[1\] \(ID {NOWHERE}\): There is no endpoint with id {NOWHERE}"):
        fleet([{"id": made[5]}, {"id": NOWHERE}])
    assert not fleet([{"id": NOWHERE}], state="absent")["changed"]


@pytest.mark.slow
def test_several_in_one_subnet_are_told_apart_by_their_addresses(fleet: Any, cloud: Any, task: Any) -> None:
    network = cloud.spare()[1]
    subnet = {name: network[name] for name in ("vpc_id", "subnet_id")}
    prefix = network["cidr"].rpartition(".")[0]
    wanted = [{**subnet, "port_ip": f"{prefix}.{number}"} for number in (101, 102, 103)]
    assert [endpoint["ip"] for endpoint in fleet(wanted)["endpoints"]] == [one["port_ip"] for one in wanted]
    assert not fleet(wanted)["changed"]


@pytest.mark.slow
def test_several_in_one_subnet_that_another_run_is_creating(fleet: Any, task: Any, cloud: Any, places: Any) -> None:
    """They show no addresses yet: the run waits until it is clear which one each definition means."""
    network = cloud.spare()[1]
    subnet = {name: network[name] for name in ("vpc_id", "subnet_id")}
    prefix = network["cidr"].rpartition(".")[0]
    wanted = [{**subnet, "port_ip": f"{prefix}.{number}"} for number in (101, 102, 103)]
    fleet(wanted, wait=False)
    with pytest.raises(BulkFailed, match="mean the same endpoint"):
        fleet(wanted, wait=False)
    result = fleet(wanted)
    assert not result["changed"] and task.writes == []
    assert [endpoint["ip"] for endpoint in result["endpoints"]] == [one["port_ip"] for one in wanted]
    # One that is never created leaves time for the others.
    cloud.change("endpoints", result["endpoints"][0]["id"], status="creating", hidden=["ip"])
    with pytest.raises(BulkFailed, match="2 of 3 endpoints failed") as caught:
        fleet([wanted[0], {**subnet, "port_ip": f"{prefix}.104"}, places[1]], wait_timeout=20)
    assert caught.value.result()["endpoints"][2]["status"] == "accepted"


@pytest.mark.slow
def test_two_that_turn_out_to_be_the_same(fleet: Any, task: Any, made: list[str], places: Any) -> None:
    """Known only when the cloud has been asked; nothing happens to it, and the others go on."""
    both = [{"id": made[0], "tags": {"a": "b"}}, {**places[0], "description": "x"}, {**places[1], "tags": {"e": "f"}}]
    with pytest.raises(BulkFailed) as caught:
        fleet(both)
    text = f"endpoints[0] (ID {made[0]}) and endpoints[1] (x) mean the same endpoint, {made[0]}."
    assert str(caught.value).count(text) == 1 and task.writes == ["changeResourceTags"]
    assert [one["changed"] for one in caught.value.result()["outcomes"]] == [False, False, True]


# Purge


@pytest.mark.slow
def test_purge_removes_the_services_others_and_nothing_else(
    fleet: Any, task: Any, cloud: Any, publish: Any, places: Any, made: list[str], statuses: Any
) -> None:
    other = publish("other", approval_enabled=False)
    kept = task(converge_endpoint, endpoint_service_id=other, **places[0])["endpoint"]["id"]
    predicted = fleet(places[:3], purge=True, check=True)
    assert len(statuses()) == MANY + 1
    result = fleet(places[:3], purge=True)
    assert set(statuses()) == {*made[:3], kept}
    assert sorted(one["id"] for one in result["purged"]) == sorted(made[3:])
    assert [one["id"] for one in predicted["purged"]] == [one["id"] for one in result["purged"]]
    assert result["changed"] and [one["action"] for one in result["outcomes"]] == ["none"] * 3
    assert not fleet(places[:3], purge=True)["changed"]


@pytest.mark.slow
def test_purge_with_an_empty_list(fleet: Any, task: Any, cloud: Any, open_service: str, made: list[str]) -> None:
    assert len(fleet([], purge=True, endpoint_service_id=None, endpoint_service_name="web")["purged"]) == MANY
    assert cloud.state()["endpoints"] == []


@pytest.mark.slow
def test_nothing_is_purged_while_it_is_not_clear_what_is_meant(
    fleet: Any, task: Any, cloud: Any, open_service: str, places: Any, made: list[str]
) -> None:
    twin = {"endpoint_service_id": open_service, **places[0]}
    cloud.advance(3600)
    task(lambda _, runtime: runtime.api.create_endpoint(twin))
    cloud.advance(3)
    with pytest.raises(BulkFailed, match="2 endpoints match"):
        fleet([places[0]], purge=True)
    assert len(cloud.state()["endpoints"]) == MANY + 1 and "Nothing was purged" in task.warnings[0]
    with pytest.raises(BulkFailed, match="mean the same endpoint"):
        fleet([{"id": made[5]}, places[5]], purge=True)
    assert "Nothing was purged" in task.warnings[0] and len(cloud.state()["endpoints"]) == MANY + 1


@pytest.mark.slow
def test_what_is_on_its_way_out_was_not_purged(fleet: Any, task: Any, cloud: Any, places: Any, made: list[str]) -> None:
    fleet([{"id": made[0]}], state="absent", wait=False)
    result = fleet(places[1:], purge=True)
    assert not result["changed"] and result["purged"] == []


@pytest.mark.slow
def test_purge_of_a_service_that_nobody_knows(fleet: Any, task: Any, made: list[str]) -> None:
    """A slip of the pen is not "nothing to do"."""
    with pytest.raises(VpcepError, match="purge: there is no endpoint service named wbe"):
        fleet([], purge=True, endpoint_service_id=None, endpoint_service_name="wbe")
    assert fleet([], purge=True, check=True, endpoint_service_id=None, endpoint_service_name="wbe")["changed"] is False


@pytest.mark.slow
def test_purge_by_the_short_name_of_a_definition(fleet: Any, task: Any, cloud: Any, made: list[str]) -> None:
    kept = {"id": made[0], "endpoint_service_name": "web"}
    assert len(fleet([kept], purge=True, endpoint_service_id=None)["purged"]) == MANY - 1


# Failures


@pytest.mark.slow
def test_one_that_fails_does_not_stop_the_others(fleet: Any, cloud: Any, places: Any) -> None:
    wanted = [dict(place) for place in places]
    wanted[2].update(subnet_id=NOWHERE, description="the odd one")
    with pytest.raises(BulkFailed) as caught:
        fleet(wanted)
    assert str(caught.value).startswith(
        "1 of 12 endpoints failed.\nendpoints[2] (the odd one): Could not create endpoint"
    )
    facts = caught.value.result()
    assert facts["changed"] and [one["failed"] for one in facts["outcomes"]] == [it == 2 for it in range(MANY)]
    assert facts["endpoints"][2] == {} and facts["endpoints"][3]["status"] == "accepted"
    assert facts["outcomes"][2]["id"] == "" and facts["outcomes"][3]["action"] == "create"
    assert facts["outcomes"][2]["error"]["code"] and "Could not create" in facts["outcomes"][2]["msg"]
    assert len(cloud.state()["endpoints"]) == MANY - 1


@pytest.mark.slow
def test_a_line_for_each_reason_and_not_for_each_endpoint(fleet: Any, places: Any) -> None:
    """Hundreds fail for one reason; each answer has another request ID."""
    wanted = [dict(place) for place in places]
    for number in range(5):
        wanted[number]["endpoint_service_id"] = NOWHERE
    wanted[7].update(vpc_id=NOWHERE, description="the odd one")
    with pytest.raises(BulkFailed) as caught:
        fleet(wanted)
    head, first, second = str(caught.value).splitlines()
    assert head == "6 of 12 endpoints failed."
    assert first.startswith("endpoints[0] (VPC ") and "endpoints[2]" in first and "endpoints[3]" not in first
    assert " and 2 more: Could not create endpoint: HTTP 400, EndPoint.2003" in first and "request ID" in first
    assert second.startswith("endpoints[7] (the odd one): Could not create endpoint: HTTP 400, EndPoint.2001")
    outcomes = caught.value.result()["outcomes"]
    assert len({outcomes[number]["error"]["request_id"] for number in range(5)}) == 5


@pytest.mark.slow
def test_a_few_reasons_that_differ_in_ids_have_a_line_each_and_many_have_one(fleet: Any, places: Any) -> None:
    """A subnet that is not there is refused with what its VPC has instead."""
    for number, lines in ((2, 2), (MANY, 1)):
        wrong = [{**place, "subnet_id": NOWHERE} for place in places[:number]]
        with pytest.raises(BulkFailed) as caught:
            fleet(wrong)
        assert len(str(caught.value).splitlines()) == lines + 1
        for place, outcome in zip(wrong, caught.value.result()["outcomes"], strict=True):
            assert f"VPC {place['vpc_id']} has" in outcome["msg"]


def test_there_are_never_too_many_lines() -> None:
    failed = [(f"endpoints[{number}]", VpcepError(f"reason {number}")) for number in range(REASONS + 7)]
    lines = failure_summary(failed)
    assert len(lines) == REASONS + 1 and lines[-1].startswith("There are 7 more reasons")
    assert len(failure_summary(failed[:REASONS])) == REASONS


# Quota


@pytest.fixture
def refused(fleet: Any, cloud: Any, places: Any) -> Any:
    """Creates many, one after the other, with room for four."""

    def run(**options: Any) -> Any:
        cloud.settings(quota_endpoints=4)
        with pytest.raises(BulkFailed) as caught:
            fleet(places, concurrency=1, **options)
        return caught.value

    return run


@pytest.mark.slow
def test_nothing_more_is_created_once_the_quota_is_used_up(refused: Any, task: Any, cloud: Any) -> None:
    error = refused()
    assert task.writes == ["createEndpoint"] * 5 and len(cloud.state()["endpoints"]) == 4
    head, first, rest = str(error).splitlines()
    assert head == "8 of 12 endpoints failed."
    assert first.startswith("endpoints[4] ") and "Endpoint.1018" in first and "4 of 4 endpoints are used" in first
    assert rest.startswith("endpoints[5] ") and " and 4 more: Not created" in rest and "quota" in rest
    outcomes = error.result()["outcomes"]
    assert {one["error"]["code"] for one in outcomes[4:]} == {"Endpoint.1018"}
    assert [one["failed"] for one in outcomes] == [False] * 4 + [True] * 8
    assert [one["msg"].startswith("Not created") for one in outcomes[4:]] == [False] + [True] * 7


@pytest.mark.slow
def test_a_rerun_with_more_quota_creates_the_rest(refused: Any, fleet: Any, cloud: Any, places: Any) -> None:
    refused()
    cloud.settings(quota_endpoints=MANY)
    result = fleet(places)
    assert [one["action"] for one in result["outcomes"]] == ["none"] * 4 + ["create"] * 8


@pytest.mark.slow
def test_all_are_tried_while_others_may_go(refused: Any, task: Any) -> None:
    """With recreate a deletion may make room between two creations, and what was deleted must be created again."""
    error = refused(recreate=True)
    assert task.writes == ["createEndpoint"] * MANY
    assert " and 5 more: Could not create endpoint" in str(error)


@pytest.mark.slow
def test_a_creation_that_fails_in_the_cloud(fleet: Any, task: Any, cloud: Any, places: Any) -> None:
    cloud.settings(fail_next_endpoints=1)
    with pytest.raises(BulkFailed, match="is in status failed") as caught:
        fleet(places)
    assert all(one["changed"] for one in caught.value.result()["outcomes"]), "all were created"
    assert Counter(item["status"] for item in cloud.state()["endpoints"]) == {"accepted": MANY - 1, "failed": 1}
    with pytest.raises(BulkFailed, match="1 of 12"):
        fleet(places)
    assert task.writes == []
    actions = [one["action"] for one in fleet(places, recreate=True)["outcomes"]]
    assert sorted(actions) == ["none"] * (MANY - 1) + ["replace"]
    assert {item["status"] for item in cloud.state()["endpoints"]} == {"accepted"}


@pytest.mark.slow
def test_what_cannot_be_changed_in_place(fleet: Any, task: Any, cloud: Any, places: Any, made: list[str]) -> None:
    wanted = [{**place, "enable_dns": True} for place in places]
    with pytest.raises(BulkFailed, match=r"12 of 12(.|\n)*enable_dns \(is False, asked True\)"):
        fleet(wanted)
    assert task.writes == []
    assert {one["action"] for one in fleet(wanted, recreate=True, check=True)["outcomes"]} == {"replace"}
    result = fleet(wanted, recreate=True)
    assert result["changed"] and all(endpoint["dns_names"] for endpoint in result["endpoints"])
    assert not set(made) & {item["id"] for item in cloud.state()["endpoints"]}


@pytest.mark.slow
@pytest.mark.parametrize("is_deleted", [False, True])
def test_an_outcome_is_changed_once_the_cloud_has_carried_out_something(
    fleet: Any, cloud: Any, places: Any, made: list[str], is_deleted: bool
) -> None:
    """The error can say anything about settings that may be lost."""
    if is_deleted:
        cloud.fault(operation="createEndpoint", kind="answer", status=403, code="EndPoint.0004")
    else:
        cloud.fault(operation="deleteEndpoint", kind="answer", status=500, count=None)
    with pytest.raises(BulkFailed, match="deleted") as caught:
        fleet([{"id": made[0], **places[0], "enable_dns": True, "recreate": True}])
    assert [one["changed"] for one in caught.value.result()["outcomes"]] == [is_deleted]


@pytest.mark.slow
def test_what_is_being_deleted_is_waited_for(fleet: Any, task: Any, cloud: Any, places: Any, made: list[str]) -> None:
    fleet([{"id": one} for one in made], state="absent", wait=False)
    assert {item["status"] for item in cloud.state()["endpoints"]} == {"deleting"}
    assert fleet(places)["changed"]
    assert len(cloud.state()["endpoints"]) == MANY and not set(made) & {it["id"] for it in cloud.state()["endpoints"]}


@pytest.mark.slow
def test_the_time_is_up(fleet: Any, cloud: Any, places: Any) -> None:
    cloud.settings(delay=60)
    with pytest.raises(BulkFailed) as caught:
        fleet(places, wait_timeout=10)
    assert str(caught.value).count("is still in status creating") == 1, "one line for all"
    assert all("is still in status creating" in one["msg"] for one in caught.value.result()["outcomes"])
    first = caught.value.result()["outcomes"][0]
    assert first["timeout"]["status"] == "creating" and first["id"] in {it["id"] for it in cloud.state()["endpoints"]}
    assert not fleet(places, wait_timeout=90)["changed"], "it went on in the cloud"


@pytest.mark.slow
def test_a_list_that_fails_while_all_wait(fleet: Any, cloud: Any, places: Any, monkeypatch: Any) -> None:
    near = Snapshot.near

    def listed(self: Any, *place: Any) -> Any:
        if not cloud.faults():
            cloud.fault(operation="listEndpoints", status=403, code="EndPoint.0004")
        return near(self, *place)

    monkeypatch.setattr(Snapshot, "near", listed)
    with pytest.raises(BulkFailed, match="12 of 12") as caught:
        fleet(places)
    assert len(cloud.state()["endpoints"]) == MANY
    for one in caught.value.result()["outcomes"]:
        assert one["changed"] and f"Endpoint {one['id']} was created; run the task again" in one["msg"]
    assert not fleet(places)["changed"]


@pytest.mark.slow
def test_nothing_is_begun_when_the_time_is_up(fleet: Any, task: Any, cloud: Any, places: Any, monkeypatch: Any) -> None:
    """Creating takes longer than thought: what is created by then is waited for no longer, the rest is left alone."""
    create = VpcepApi.create_endpoint

    def slow(self: Any, body: Any) -> Any:
        task.now += 4
        return create(self, body)

    monkeypatch.setattr(VpcepApi, "create_endpoint", slow)
    with pytest.raises(BulkFailed) as caught:
        fleet(places, wait_timeout=10, concurrency=1)
    assert len(cloud.state()["endpoints"]) == task.writes.count("createEndpoint") == 3
    text = str(caught.value)
    assert text.count("was started") == 1 and text.count("still in status") == 3
    assert sum("was started" in one["msg"] for one in caught.value.result()["outcomes"]) == MANY - 3
    assert [bool(one["id"]) for one in caught.value.result()["outcomes"]] == [True] * 3 + [False] * (MANY - 3)
    monkeypatch.undo()
    fleet(places)
    assert len(cloud.state()["endpoints"]) == MANY


def test_an_interruption_ends_what_is_under_way(fleet: Any, task: Any, cloud: Any, places: Any) -> None:
    """A task's timeout is an exception in the main thread. The pool's threads give up with the next answer."""
    cloud.fault("throttle", operation="createEndpoint", count=None)
    pauses: list[float] = []

    def run(options: Any, runtime: Any) -> Any:
        transport = runtime.session.client

        def pause(seconds: float) -> None:
            pauses.append(seconds)
            if len(pauses) == 2:
                runtime.interrupt()

        transport._sleep = pause
        return converge_endpoints(options, runtime)

    with pytest.raises(BulkFailed):
        task(run, endpoints=places[:4], endpoint_service_name="web", concurrency=2, retries=50)
    assert len(pauses) <= 3 and counts(task)["createEndpoint"] <= 4


@pytest.mark.slow
@pytest.mark.parametrize("fault", [{"kind": "reset"}, {"preset": "timeout"}, {"kind": "not_json"}], ids=str)
@pytest.mark.parametrize("number", [1, MANY])
def test_unanswered_creations_are_adopted(
    fleet: Any, task: Any, cloud: Any, places: Any, fault: dict[str, Any], number: int
) -> None:
    cloud.fault(method="POST", operation="createEndpoint", carried_out=True, count=number, **fault)
    result = fleet(places)
    assert result["changed"] and len(cloud.state()["endpoints"]) == MANY
    assert task.writes == ["createEndpoint"] * MANY


@pytest.mark.slow
def test_somebody_else_created_one_meanwhile(
    fleet: Any, task: Any, cloud: Any, open_service: str, places: Any, monkeypatch: Any
) -> None:
    """Another run, between the listing and the creation: the younger one goes."""
    at_once = {"endpoint_service_id": open_service, **places[3]}
    near, created = Snapshot.near, []

    def meanwhile(self: Any, *place: Any) -> Any:
        found = near(self, *place)
        if not created:
            created.append(True)
            converge_endpoint({**task.prepare(), **at_once}, task.runtime)
        return found

    monkeypatch.setattr(Snapshot, "near", meanwhile)
    result = fleet(places)
    assert len(cloud.state()["endpoints"]) == MANY
    assert [one["changed"] for one in result["outcomes"]].count(False) == 1


@pytest.mark.slow
def test_throttling_slows_all_down(fleet: Any, task: Any, cloud: Any, places: Any) -> None:
    cloud.fault("throttle", operation="createEndpoint", count=5)
    assert fleet(places, retries=5)["changed"]
    assert len(cloud.state()["endpoints"]) == MANY
    assert counts(task)["createEndpoint"] == MANY + 5


@pytest.mark.slow
def test_approval(task: Any, cloud: Any, service: str, places: Any) -> None:
    """An endpoint that waits for acceptance is a success, unless the task waits for acceptance."""
    endpoints = [{"endpoint_service_id": service, **place} for place in places[:3]]
    made = task(converge_endpoints, endpoints=endpoints)
    assert [endpoint["status"] for endpoint in made["endpoints"]] == ["pendingAcceptance"] * 3
    with pytest.raises(BulkFailed, match="owner has to accept"):
        task(converge_endpoints, endpoints=endpoints, wait_for_acceptance=True, wait_timeout=10)
    for endpoint, action in zip(made["endpoints"], ["receive", "receive", "reject"], strict=True):
        body = {"endpoints": [endpoint["id"]], "action": action}
        task(lambda _, runtime, body=body: runtime.api.decide_connection(service, body))
    with pytest.raises(BulkFailed, match=r"1 of 3 endpoints failed.\nendpoints\[2\] \(.*\): The owner"):
        task(converge_endpoints, endpoints=endpoints, wait_for_acceptance=True)


# Bad input


def test_every_wrong_definition_is_named_before_the_first_request(fleet: Any, task: Any, places: Any) -> None:
    wrong = [places[0], {"vpc_id": "x", "subnet_id": NOWHERE}, places[1], {"subnet_id": NOWHERE}]
    with pytest.raises(InputError) as caught:
        fleet(wrong)
    first, second = str(caught.value).splitlines()
    assert first.startswith("endpoints[1]: vpc_id: 'x' is not a UUID")
    assert second.startswith("endpoints[3]: vpc_id (or vpc) is missing")
    assert task.sent == []


@pytest.mark.parametrize(
    ("same", "open_end"), [({}, {}), ({"port_ip": "10.0.0.7"}, {"port_ip": "10.0.0.7"}), ({"port_ip": "10.0.0.7"}, {})]
)
def test_two_that_may_mean_the_same(fleet: Any, task: Any, places: Any, same: Any, open_end: Any) -> None:
    with pytest.raises(InputError, match=r"endpoints\[0\] .* and endpoints\[2\] .* may mean the same endpoint"):
        fleet([{**places[0], **same}, places[1], {**places[0], **open_end}])
    assert task.sent == []


@pytest.mark.slow
def test_two_that_name_the_same_service_in_two_ways(
    fleet: Any, task: Any, cloud: Any, places: Any, open_service: str
) -> None:
    """The ID is in the full name; which service has the short name is known after a look-up."""
    full = {**places[0], "endpoint_service_name": f"eu-de.web.{open_service}"}
    with pytest.raises(InputError, match="may mean the same endpoint"):
        fleet([places[0], full])
    assert task.sent == []
    with pytest.raises(BulkFailed, match="may mean the same endpoint"):
        fleet([places[0], {**places[0], "endpoint_service_name": "web"}])
    assert task.writes == [] and cloud.state()["endpoints"] == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"concurrency": 0}, "from 1 to 16"),
        ({"concurrency": 17}, "from 1 to 16"),
        ({"wait_timeout": 0}, "wait_timeout"),
        ({"purge": True, "endpoint_service_id": None}, "purge: set endpoint_service_id to the service"),
        ({"purge": True, "state": "absent"}, "purge needs state present"),
    ],
)
def test_wrong_options_of_the_task(fleet: Any, task: Any, options: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        fleet([], **options)
    assert task.sent == []


def test_an_empty_list_is_no_mistake(fleet: Any) -> None:
    assert fleet([])["changed"] is False


@pytest.mark.slow
def test_check_mode_before_the_service_exists(task: Any, places: Any) -> None:
    result = task(converge_endpoints, True, endpoint_service_id="", endpoints=places)
    assert [endpoint["id"] for endpoint in result["endpoints"]] == [""] * MANY and result["changed"]


def test_a_service_that_nobody_knows(task: Any, places: Any) -> None:
    with pytest.raises(BulkFailed, match="There is no endpoint service named 'nobodys'"):
        task(converge_endpoints, endpoint_service_name="nobodys", endpoints=places[:2])
    by_name_and_to_suggest = 2
    assert counts(task) == {"listEndpoints": 1, "listEndpointServices": by_name_and_to_suggest}


def test_a_lookup_that_fails_is_not_repeated_for_each(task: Any, cloud: Any, publish: Any, places: Any) -> None:
    cloud.fault(operation="listEndpointServices", status=403, code="EndPoint.0004", count=None)
    with pytest.raises(BulkFailed, match="12 of 12"):
        task(converge_endpoints, endpoint_service_name="web", endpoints=places)
    assert counts(task) == {"listEndpoints": 1, "listEndpointServices": 1}


def test_no_list_no_change(fleet: Any, task: Any, cloud: Any, places: Any) -> None:
    cloud.fault(operation="listEndpoints", status=403, code="EndPoint.0004")
    with pytest.raises(ApiError):
        fleet(places)
    assert task.writes == []
    assert issubclass(BulkFailed, VpcepError)
