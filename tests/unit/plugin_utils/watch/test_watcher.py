"""Which events a watch of services tells, over several lives and in spite of faults."""

import json
import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._api.vpcep import Listing, VpcepApi
from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.errors import ApiError, InputError
from ansible_collections.crossvpc.vpcep.plugins.plugin_utils.watch.changes import event_of, find_changes, harmless
from ansible_collections.crossvpc.vpcep.plugins.plugin_utils.watch.source import check_options
from tests.unit.plugin_utils.watch.conftest import Life, kinds

WAITS, ACCEPTED, REJECTED = "pendingAcceptance", "accepted", "rejected"


def test_each_change_is_told_once(live: Any, task: Any, cloud: Any, service: str, join: Any) -> None:
    life = live()
    assert life.run() == []
    (one,) = join(ready=False)
    events = life.run()
    assert kinds(events) == [("requested", one)]
    (event,) = events
    assert event["account"] == cloud.domain_id("consumer") and event["service"]["id"] == service
    assert event["service"]["name"] == "web" and event["service"]["ports"][0]["client_port"] == 8080
    assert event["service"]["tags"] == {} and event["since"] == event["connection"]["created_at"]
    assert event["uuid"] == event["meta"]["uuid"]
    seen = [event["uuid"]]
    for status, kind in ((ACCEPTED, "accepted"), (REJECTED, "rejected"), (ACCEPTED, "accepted"), ("failed", "failed")):
        cloud.change("endpoints", one, status=status)
        task.sleep(1)
        (event,) = life.run()
        assert (event["kind"], event["connection"]["status"]) == (kind, status)
        seen.append(event["uuid"])
    cloud.remove("endpoints", one)
    (event,) = life.run()
    assert event["kind"] == "removed" and event["account"] == cloud.domain_id("consumer")
    assert len({*seen, event["uuid"]}) == 6 and life.run() == []


def test_a_deletion_is_a_removal_and_statuses_that_pass_are_none(live: Any, cloud: Any, join: Any) -> None:
    (one,) = join()
    life = live()
    assert kinds(life.run()) == [("requested", one)]
    cloud.change("endpoints", one, status="creating")
    assert life.run() == []
    cloud.change("endpoints", one, status=WAITS)
    assert life.run() == []
    cloud.change("endpoints", one, status="deleting")
    assert kinds(life.run()) == [("removed", one)]
    assert life.run() == []


@pytest.mark.parametrize(
    ("start", "told"), [("now", []), ("pending", ["requested"]), ("all", ["accepted", "rejected", "requested"])]
)
def test_what_the_first_life_tells_at_its_start(
    live: Any, task: Any, cloud: Any, join: Any, start: str, told: list[str]
) -> None:
    waiting, accepted, rejected = join(3)
    cloud.change("endpoints", accepted, status=ACCEPTED)
    cloud.change("endpoints", rejected, status=REJECTED)
    life = live(start=start)
    assert sorted(event["kind"] for event in life.run()) == told
    cloud.change("endpoints", accepted, status=REJECTED)
    cloud.remove("endpoints", waiting)
    assert sorted(event["kind"] for event in life.run()) == ["rejected", "removed"]
    task.sleep(100)
    (later,) = join()
    again = live(start=start)
    assert kinds(again.run()) == [("requested", later)]
    assert kinds(live(start=start).run()) == [("requested", later)]


def test_the_next_life_tells_what_waits_and_what_was_told_last(live: Any, task: Any, cloud: Any, join: Any) -> None:
    waiting, other = join(2)
    first = {one["uuid"] for one in live().run()}
    cloud.change("endpoints", other, status=ACCEPTED)
    life = live()
    again = life.run()
    assert sorted(kinds(again)) == sorted([("requested", waiting), ("accepted", other)])
    (uuid,) = {one["uuid"] for one in again if one["kind"] == "requested"}
    assert uuid in first
    cloud.change("endpoints", other, status="failed")
    (failed,) = life.run(12)
    soon = live().run()
    assert [one["uuid"] for one in soon if one["kind"] == "failed"] == [failed["uuid"]]
    task.sleep(100)
    assert kinds(live().run()) == [("requested", waiting)]


def test_changes_while_no_source_runs(live: Any, task: Any, cloud: Any, publish: Any, allow: Any, join: Any) -> None:
    gone, decided, left = join(3)
    live().run()
    task.sleep(100)
    cloud.remove("endpoints", gone)
    cloud.change("endpoints", decided, status=REJECTED)
    allow(publish("new"), "*")
    (at_new,) = join(at=cloud.state()["services"][-1]["id"])
    events = kinds(live(start="now").run())
    assert sorted(events) == sorted(
        [("removed", gone), ("rejected", decided), ("requested", left), ("requested", at_new)]
    )


@pytest.mark.slow
def test_new_services_are_noticed_and_those_that_go_take_their_connections(
    live: Any, cloud: Any, publish: Any, allow: Any, join: Any
) -> None:
    life = live(start="now")
    life.run()
    new = publish("new")
    allow(new, "*")
    (one,) = join(at=new)
    cloud.change("endpoints", one, status=ACCEPTED)
    assert kinds(life.run(40)) == [("accepted", one)]
    cloud.remove("endpoints", one)
    cloud.remove("services", new)
    assert kinds(life.run(40)) == [("removed", one)]
    assert life.run(40) == [] and new not in life.memory.services


def test_only_the_services_asked_for(live: Any, cloud: Any, service: str, publish: Any, allow: Any, join: Any) -> None:
    other = publish("other")
    allow(other, "*")
    (wanted,), (_unwanted,) = join(), join(at=other)
    full_name = next(one for one in cloud.state()["services"] if one["id"] == service)["service_name"]
    for name in ("web", service, full_name):
        life = live(services=[name])
        assert kinds(life.run()) == [("requested", wanted)], name
    assert live(services=["absent"]).run() == []
    life = live(services=["absent"])
    life.run()
    assert [text for text in life.logged if "absent" in text] == life.logged and len(life.logged) == 1


@pytest.mark.slow
def test_nothing_is_concluded_from_an_answer_that_is_none(live: Any, cloud: Any, join: Any) -> None:
    join()
    life = live()
    assert len(life.run()) == 1
    for order in (
        {"preset": "server_error", "count": 6},
        {"kind": "not_json", "count": 6},
        {"kind": "reset", "count": 6},
        {"status": 200, "body": '{"connections": null}'},
        {"status": 200, "body": '{"connections": [{"id": "x"}], "total_count": 1}'},
        {"preset": "throttle", "count": 2},
        {"preset": "token_revoked"},
        {"status": 403, "code": "EndPoint.0004"},
    ):
        cloud.fault(operation="listConnections", **order)
        assert life.run(90) == [], order
    cloud.fault(operation="listEndpointServices", status=200, body='{"endpoint_services": null}')
    assert life.run(90) == [] and any("The source tries again" in text for text in life.logged)


@pytest.mark.slow
def test_the_same_endpoint_may_ask_again(live: Any, task: Any, cloud: Any, join: Any) -> None:
    """Each request has a UUID of its own, which stays over lives, and when something else of it is changed."""
    (one,) = join()
    life, seen = live(), []
    for status in (WAITS, REJECTED, WAITS, REJECTED, WAITS):
        cloud.change("endpoints", one, status=status)
        task.sleep(1)
        seen += life.run()
    assert [event["kind"] for event in seen] == ["requested", "rejected"] * 2 + ["requested"]
    assert len({event["uuid"] for event in seen}) == 5
    task.sleep(100)
    cloud.change("endpoints", one, description="changed")
    for _life in range(2):
        (event,) = live().run()
        assert event["uuid"] == seen[-1]["uuid"]


def test_what_changes_between_two_looks_is_told_as_it_ends(live: Any, cloud: Any, join: Any) -> None:
    one, gone = join(2)
    life = live(start="now")
    life.run()
    (short,) = join()
    for status in (ACCEPTED, REJECTED):
        cloud.change("endpoints", one, status=status)
    cloud.remove("endpoints", gone)
    cloud.remove("endpoints", short)  # came and went: the cloud has no trace of it
    assert sorted(kinds(life.run())) == sorted([("rejected", one), ("removed", gone)])


def test_a_service_by_its_id_in_capitals(live: Any, service: str, join: Any) -> None:
    (one,) = join()
    assert kinds(live(services=[service.upper()]).run()) == [("requested", one)]


def test_a_token_that_is_refused_again_and_again_ends_no_watch(live: Any, cloud: Any, join: Any) -> None:
    life = live()
    life.run()
    cloud.fault("token_revoked", operation="listConnections", count=4)
    (one,) = join()
    assert kinds(life.run(90)) == [("requested", one)] and any("401" in text for text in life.logged)


def test_a_project_without_services_is_told_of(live: Any) -> None:
    life = live()
    assert life.run(60) == [] and len(life.logged) == 1
    assert "There is no endpoint service in this project yet, or the login lacks the right" in life.logged[0]


def test_a_login_that_is_refused_later_ends_the_watch(live: Any, cloud: Any) -> None:
    """As after a change of the password. It is tried once."""
    life = live()
    life.run()
    cloud.fault("token_revoked", operation="listEndpointServices")
    cloud.fault(service="iam", operation="createToken", status=401, code="401", count=10**6)
    cloud.clear_log()
    with pytest.raises(ApiError, match="log in to IAM"):
        life.run(60)
    cloud.clear_faults()
    assert len(cloud.log(operation="createToken")) == 1


@pytest.mark.parametrize("operation", ["listEndpointServices", "listConnections"])
def test_a_missing_right_ends_it_at_the_start_only(live: Any, cloud: Any, service: str, operation: str) -> None:
    cloud.fault(operation=operation, code="EndPoint.0004", status=403)
    life = live()
    with pytest.raises(ApiError, match=r"EndPoint\.0004"):
        life.run()
    life = live()
    life.run()
    cloud.fault(operation=operation, code="EndPoint.0004", status=403)
    life.run()
    assert any("EndPoint.0004" in text for text in life.logged)


@pytest.mark.slow
def test_a_hundred_services_with_sixty_requests_a_minute(
    live: Any, task: Any, cloud: Any, backend: Any, allow: Any, join: Any
) -> None:
    """A request at an idle service is seen within a sweep, and the next one there within ten seconds."""
    cloud.settings(quota_services=200, endpoint_create_delay=0)
    ports = [[{"client_port": 443, "server_port": 1000 + number}] for number in range(100)]
    bodies = [{**backend, "approval_enabled": True, "ports": mapping} for mapping in ports]
    services = task(lambda _, runtime: [runtime.api.create_service(body)["id"] for body in bodies])
    cloud.advance(3)
    allow(services[42], "*")
    life = live(requests_per_minute=60)
    assert life.run(120) == []
    cloud.clear_log()
    for within in (103, 10, 10):
        (one,) = join(at=services[42])
        asked = task.now
        events: list[Any] = []
        while not events:
            events = life.run(0.01)
        assert kinds(events) == [("requested", one)] and task.now - asked <= within
    sent = [entry for entry in cloud.log() if entry["service"] == "vpcep" and entry["method"] == "GET"]
    assert len(sent) <= task.now - 120 + 2
    assert life.watcher.runtime.session.http == []  # the log of requests does not grow


# Killed at any moment


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_killed_at_any_step_no_request_is_lost_and_none_is_told_twice_in_a_life(
    task: Any, cloud: Any, file: Path, join: Any, seed: int
) -> None:
    chance = random.Random(seed)
    made: list[str] = []
    told: Counter[str] = Counter()
    for _life in range(12):
        made += join(chance.randrange(3), ready=chance.random() < 0.5)
        life = Life(task, file)
        in_this_life: Counter[tuple[str, str]] = Counter()
        for _step in range(chance.randrange(12)):
            if chance.random() < 0.2:
                cloud.fault("server_error", operation="listConnections", count=chance.randrange(1, 8))
            for one in life.step():
                in_this_life[one.change.kind, one.change.connection["id"]] += 1
                told[one.change.connection["id"]] += one.change.kind == "requested"
                if chance.random() < 0.2:
                    break  # killed before it noted that this one was handed over
                life.memory.store_sent(one.service, one.change, one.event)
            else:
                continue
            break
        life.die()
        assert all(times == 1 for times in in_this_life.values())
    life = Life(task, file)
    for event in life.run(60):
        told[event["connection"]["id"]] += event["kind"] == "requested"
    life.die()
    assert set(made) == {key for key, times in told.items() if times}


# Pure functions


def test_text_of_the_cloud_is_neither_template_nor_control() -> None:
    given = {"a{{b}}": ["{% x %}", {"c": "{#\x1b[2J\n{{{"}], "n": 1, "t": True, "none": None}
    text = json.dumps(harmless(given))
    assert not any(mark in text for mark in ("{{", "{%", "{#", "\\u001b", "\\n"))
    assert harmless({"n": 1, "t": True, "none": None, "x": "{a}"}) == {"n": 1, "t": True, "none": None, "x": "{a}"}


def test_an_event_about_little() -> None:
    (change,) = find_changes({}, [{"id": "e", "status": WAITS}], ())
    event = event_of(change, {"id": "s"})
    assert (event["kind"], event["account"], event["since"]) == ("requested", None, None)
    assert event["service"]["id"] == "s" and event_of(change, {"id": "t"})["uuid"] != event["uuid"]


def test_the_options_are_checked_and_not_shown() -> None:
    assert check_options({"cloud": "c", "feedback": True, "eda_feedback_queue": object()})["start"] == "pending"
    assert check_options({"services": "a, b"})["services"] == ["a", "b"]
    both = check_options({"start": "now", "cloud": "c", "options": {"start": "all", "services": None}})
    assert (both["start"], both["cloud"], both["services"]) == ("all", "c", None)
    for wrong, text in (
        ({"start": "later"}, "start"),
        ({"service": ["a"]}, "service"),
        ({"options": {"service": ["a"]}}, "service"),
        ({"options": ["Vaulted-S3cret"]}, "options"),
        ({"requests_per_minute": 0}, "requests_per_minute: 0.0 is not between 1 and 6000"),
        ({"requests_per_minute": float("nan")}, "requests_per_minute"),
        ({"services": [{"password": "Vaulted-S3cret"}]}, "services"),
        ({"password": ["Vaulted-S3cret"]}, "password must be a text"),
    ):
        with pytest.raises(InputError, match=text) as caught:
            check_options(wrong)
        assert "Vaulted" not in str(caught.value)


ODD = [None, "", 0, 1.5, True, [], {}, [1], {"a": 1}, "x", "a\nb", "\ud800", float("nan"), "9" * 400]
STATUSES = [WAITS, ACCEPTED, REJECTED, "failed", "deleting", "creating", "odd"]


@pytest.mark.slow
def test_odd_answers_are_no_reason_to_stop(live: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Members of services and connections are missing, or have values of any kind."""
    chance = random.Random(1)

    def objects(*names: str, **sound: Any) -> Listing:
        found = [{name: chance.choice(ODD) for name in names if chance.random() < 0.6} for _number in range(3)]
        for one, key in zip(found, "abc", strict=True):
            one.update({name: chance.choice(values) for name, values in sound.items() if chance.random() < 0.95})
            one.update({"id": key} if chance.random() < 0.95 else {})
        return Listing(chance.sample(found, chance.randrange(4)))

    of_service = ("service_name", "tags", "ports", "connection_count", "status")
    of_connection = ("domain_id", "marker_id", "created_at", "updated_at", "description", "error")
    monkeypatch.setattr(VpcepApi, "list_services", lambda _: objects(*of_service))
    monkeypatch.setattr(VpcepApi, "list_connections", lambda *_: objects(*of_connection, status=STATUSES))
    told = [event for _life in range(5) for event in live(start="all").run(200)]
    assert len(told) > 50 and {event["kind"] for event in told} >= {"requested", "accepted", "rejected", "removed"}
