"""What shows a source that a connection is gone: not an empty list alone."""

import json
from typing import Any

import pytest

from tests.unit.plugin_utils.watch.conftest import kinds

WAITS, ACCEPTED = "pendingAcceptance", "accepted"
SERVICES = '{"endpoint_services": [], "total_count": 0}'
CONNECTIONS = '{"connections": [], "total_count": 0}'


@pytest.fixture
def blind(cloud: Any) -> Any:
    """Hides all objects of some kinds, as a cloud does from a login without the right to list them."""

    def hide(*bodies: str) -> None:
        for body in bodies:
            operation = "listEndpointServices" if body == SERVICES else "listConnections"
            cloud.fault(operation=operation, status=200, body=body, count=10**6)

    yield hide
    cloud.clear_faults()


@pytest.mark.slow
@pytest.mark.parametrize("hidden", [(CONNECTIONS,), (SERVICES, CONNECTIONS), (SERVICES,)])
@pytest.mark.parametrize("killed", [False, True])
def test_a_login_that_loses_its_right_sees_no_removal(
    live: Any, task: Any, cloud: Any, publish: Any, allow: Any, join: Any, blind: Any, hidden: Any, killed: bool
) -> None:
    """Three services: with an accepted connection, with one that waits, with none."""
    accepted, waiting = join(2)
    cloud.change("endpoints", accepted, status=ACCEPTED)
    other, idle = publish("other"), publish("idle")
    allow(other, "*"), allow(idle, "*")
    (alone,) = join(at=other)
    life = live(start="all")
    assert len(life.run()) == 3
    task.sleep(100)
    blind(*hidden)
    if SERVICES in hidden:  # then the service cannot be read, either
        cloud.fault(operation="getEndpointService", status=403, code="EndPoint.0004", count=10**6)
    if killed:
        life = live(start="all")
    seen = kinds(life.run(120))
    assert "removed" not in [kind for kind, _id in seen], seen
    assert any("lacks the right to list" in text for text in life.logged) and len(life.logged) < 9
    cloud.clear_faults()
    (late,) = join(at=idle)
    cloud.remove("endpoints", alone)
    seen += kinds(life.run(100))
    again = {("requested", waiting), ("requested", alone)} if killed else set()
    assert set(seen) - again == {("requested", late), ("removed", alone)} and len(seen) == len(set(seen))


@pytest.mark.slow
@pytest.mark.parametrize("shown", [0, 1])
def test_a_list_that_is_not_whole_shows_no_removal_but_what_is_new(
    live: Any, cloud: Any, join: Any, shown: int
) -> None:
    join(2)
    life = live()
    life.run()
    new = {"id": "new", "status": WAITS, "domain_id": "a", "created_at": "2026-01-01T00:00:00Z"}
    body = json.dumps({"connections": [new][:shown], "total_count": 3})
    cloud.fault(operation="listConnections", status=200, body=body, count=10**6)
    assert kinds(life.run()) == [("requested", "new")] * shown
    assert any("does not list all of its connections" in text for text in life.logged)
    cloud.clear_faults()
    assert kinds(life.run()) == [("removed", "new")] * shown


def test_one_empty_list_shows_nothing(live: Any, cloud: Any, publish: Any, allow: Any, join: Any) -> None:
    """Also if that of another service is not empty."""
    other = publish("other")
    allow(other, "*")
    join(), join(at=other)
    life = live()
    life.run()
    for _time in range(3):
        cloud.fault(operation="listConnections", status=200, body=CONNECTIONS)
        assert life.run() == []


def test_the_last_connection_of_a_service_is_removed(
    live: Any, cloud: Any, publish: Any, allow: Any, join: Any
) -> None:
    """The list is empty then; that of another service, or that no service has one, shows that it may be believed."""
    other = publish("other")
    allow(other, "*")
    (waiting,), (accepted,) = join(), join(at=other)
    cloud.change("endpoints", accepted, status=ACCEPTED)
    life = live()
    assert kinds(life.run()) == [("requested", waiting)]
    for one in (waiting, accepted):
        cloud.remove("endpoints", one)
        assert kinds(life.run()) == [("removed", one)]


def test_a_service_that_is_deleted_takes_its_connections_and_is_forgotten(
    live: Any, cloud: Any, publish: Any, service: str, join: Any
) -> None:
    (one,) = join()
    life = live()
    life.run()
    cloud.remove("endpoints", one)
    cloud.remove("services", service)  # the project has no service any more
    assert kinds(life.run(60)) == [("removed", one)]
    assert life.run(60) == [] and life.memory.services == {} and life.watcher.services == {}
    cloud.clear_log()
    life.run(60)
    assert {entry["operation"] for entry in cloud.log() if entry["service"] == "vpcep"} == {"listEndpointServices"}
