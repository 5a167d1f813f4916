"""Objects that two runs created although one was asked for: which one stays, who deletes the other, and what stays an
error. Runs that go on at the same time are in tests/fault_injection/test_creators.py."""

from ipaddress import ip_network
from typing import Any

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._bulk.bulk import BulkFailed, converge_endpoints
from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.errors import ApiError, VpcepError
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.endpoint import converge_endpoint
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.service import converge_service
from tests.support.stage import Kill, Stage


@pytest.fixture
def asked(publish: Any, subnet: Any) -> dict[str, Any]:
    """An endpoint at a service that approves nothing."""
    return {"endpoint_service_id": publish(approval_enabled=False), **subnet}


@pytest.fixture
def create(task: Any, cloud: Any) -> Any:
    """Makes an endpoint as a run does that is killed then; returns the ID."""

    def make(body: dict[str, Any], wait: float = 3) -> str:
        made = task(lambda _, runtime: runtime.api.create_endpoint(body))["id"]
        cloud.advance(wait)
        return str(made)

    return make


def before(program: Any, call: str, act: Any) -> Any:
    """*program*, with *act* carried out before the first call of the API's method *call*."""

    def run(options: Any, runtime: Any) -> Any:
        original = getattr(runtime.api, call)

        def first(*args: Any, **more: Any) -> Any:
            runtime.api.__dict__[call] = original
            act(runtime)
            return original(*args, **more)

        runtime.api.__dict__[call] = first
        return program(options, runtime)

    return run


def listed_then(runtime: Any, act: Any) -> None:
    """Carries out *act* before the next list."""
    original = runtime.api.list_endpoints

    def first(*args: Any, **more: Any) -> Any:
        runtime.api.__dict__["list_endpoints"] = original
        act(runtime)
        return original(*args, **more)

    runtime.api.__dict__["list_endpoints"] = first


def rival(body: dict[str, Any]) -> Any:
    """Another run's creation."""
    return lambda runtime: runtime.api.create_endpoint(body)


def ids(cloud: Any) -> list[str]:
    return [one["id"] for one in cloud.state()["endpoints"] if one["status"] != "deleting"]


# Doubles that a killed run left


@pytest.mark.slow
def test_the_oldest_of_two_stays(task: Any, cloud: Any, create: Any, asked: Any) -> None:
    oldest, younger = create(asked), create(asked)
    predicted = task(converge_endpoint, True, **asked)
    assert predicted["changed"] and predicted["endpoint"]["id"] == oldest and task.writes == []
    result = task(converge_endpoint, **asked)
    assert result["changed"] and result["endpoint"]["id"] == oldest and ids(cloud) == [oldest]
    assert any(younger in text and oldest in text for text in task.warnings)
    assert not task(converge_endpoint, **asked)["changed"]


@pytest.mark.slow
def test_they_are_all_removed(task: Any, cloud: Any, create: Any, asked: Any) -> None:
    create(asked), create(asked), create(asked)
    assert task(converge_endpoint, True, state="absent", **asked)["changed"] and task.writes == []
    assert task(converge_endpoint, state="absent", **asked)["changed"] and ids(cloud) == []


def test_a_fleet_keeps_the_oldest_and_may_purge(task: Any, cloud: Any, create: Any, asked: Any) -> None:
    oldest, _younger = create(asked), create(asked)
    network = cloud.spare("provider")[2]
    stray = create({**asked, "vpc_id": network["vpc_id"], "subnet_id": network["subnet_id"]})
    result = task(converge_endpoints, endpoints=[asked], purge=True)
    assert [one["id"] for one in result["endpoints"]] == [oldest] and ids(cloud) == [oldest]
    assert [one["id"] for one in result["purged"]] == [stray]


@pytest.mark.slow
def test_one_that_is_being_created_is_waited_for(task: Any, cloud: Any, create: Any, asked: Any) -> None:
    oldest, _younger = create(asked, wait=1), create(asked, wait=0)
    result = task(converge_endpoint, **asked)
    assert result["endpoint"]["id"] == oldest and result["endpoint"]["status"] == "accepted" and ids(cloud) == [oldest]


@pytest.mark.slow
def test_one_that_failed_is_not_the_one_that_stays(task: Any, cloud: Any, create: Any, asked: Any) -> None:
    cloud.settings(fail_next_endpoints=1)
    create(asked)
    good = create(asked)
    assert task(converge_endpoint, **asked)["endpoint"]["id"] == good and ids(cloud) == [good]


def made_an_hour_apart(cloud: Any, create: Any, asked: Any) -> list[str]:
    return [create(asked, wait=3600), create(asked)]


def made_with_other_tags(cloud: Any, create: Any, asked: Any) -> list[str]:
    return [create(asked), create({**asked, "tags": [{"key": "a", "value": "b"}]})]


def made_nobody_knows_when(cloud: Any, create: Any, asked: Any) -> list[str]:
    both = [create(asked), create(asked)]
    cloud.change("endpoints", both[0], hidden=["created_at"])
    return both


def made_with_a_domain_name(cloud: Any, create: Any, asked: Any) -> list[str]:
    return [create(asked), create({**asked, "enable_dns": True})]


MADE = [made_an_hour_apart, made_with_other_tags, made_nobody_knows_when, made_with_a_domain_name]


@pytest.mark.parametrize("make", MADE)
@pytest.mark.parametrize("state", ["present", "absent"])
def test_two_that_are_no_doubles(task: Any, cloud: Any, create: Any, asked: Any, make: Any, state: str) -> None:
    both = make(cloud, create, asked)
    for program, options, kind in (
        (converge_endpoint, asked, VpcepError),
        (converge_endpoints, {"endpoints": [asked]}, BulkFailed),
    ):
        with pytest.raises(kind, match="2 endpoints match") as caught:
            task(program, state=state, **options)
        assert all(one in str(caught.value) for one in both) and task.writes == []


@pytest.mark.slow
def test_addresses_that_are_not_shown_yet_tell_two_apart(
    task: Any, cloud: Any, create: Any, service: str, subnet: Any
) -> None:
    """While both wait for acceptance, it is not clear which is the duplicate: neither is deleted."""
    free = str(cloud.spare("provider")[1]["cidr"]).rsplit(".", 1)[0]
    wanted = [{"endpoint_service_id": service, **subnet, "port_ip": f"{free}.{last}"} for last in (77, 78)]
    made = task(converge_endpoints, endpoints=wanted)
    assert len(ids(cloud)) == 2 and [one["changed"] for one in made["outcomes"]] == [True, True]
    with pytest.raises(VpcepError, match="2 endpoints match"):
        task(converge_endpoint, **wanted[0])
    assert len(ids(cloud)) == 2


@pytest.mark.parametrize("ascending", [True, False])
@pytest.mark.parametrize("is_bulk", [False, True])
def test_a_rerun_in_the_same_second(
    task: Any, cloud: Any, create: Any, asked: Any, ascending: bool, is_bulk: bool
) -> None:
    """No list shows yet what the killed run created: the rerun creates another one, and one of the two stays."""
    cloud.settings(list_lag=3)
    cloud.start_second(ascending)
    lost = create(asked, wait=0)
    result = task(converge_endpoints, endpoints=[asked]) if is_bulk else task(converge_endpoint, **asked)
    (kept,) = ids(cloud)
    assert kept == (result["endpoints"][0] if is_bulk else result["endpoint"])["id"]
    assert (kept == lost) == ascending != any(lost in text for text in task.warnings)
    assert not task(converge_endpoint, **asked)["changed"]


@pytest.mark.parametrize("is_bulk", [False, True])
def test_lists_that_show_a_new_object_late(task: Any, cloud: Any, asked: Any, is_bulk: bool) -> None:
    """The run ends when lists show what it created: the next run does not create it again."""
    cloud.settings(list_lag=9)
    program, options = (converge_endpoints, {"endpoints": [asked]}) if is_bulk else (converge_endpoint, asked)
    assert task(program, **options)["changed"]
    assert not task(program, **options)["changed"] and task.writes == []


def test_lists_that_do_not_show_a_new_object(task: Any, cloud: Any, asked: Any) -> None:
    cloud.settings(list_lag=900)
    assert task(converge_endpoint, wait_timeout=60, **asked)["changed"] and task.writes == ["createEndpoint"]
    assert task(converge_endpoint, wait=False, **{**asked, "port_ip": None})["changed"]


def test_an_object_that_is_deleted_before_lists_show_it(task: Any, cloud: Any, asked: Any) -> None:
    cloud.settings(list_lag=9)

    def remove(runtime: Any) -> None:
        (made,) = ids(cloud)
        runtime.api.change("deleteEndpoint", made)
        cloud.advance(4)

    with pytest.raises(VpcepError, match="was deleted by another run or user"):
        task(before(converge_endpoint, "create_endpoint", lambda runtime: listed_then(runtime, remove)), **asked)


@pytest.mark.parametrize("is_bulk", [False, True])
@pytest.mark.parametrize("recreate", [False, True])
def test_an_endpoint_that_gets_another_address(
    task: Any, cloud: Any, create: Any, asked: Any, recreate: bool, is_bulk: bool
) -> None:
    """While it is created it may be the one that is meant. Then it shows another address, and nothing waits for it."""
    network = ip_network(next(one["cidr"] for one in cloud.spare("provider") if one["subnet_id"] == asked["subnet_id"]))
    other, mine = str(network[77]), {**asked, "port_ip": str(network[78])}
    first = create({**asked, "port_ip": other, "description": "other"}, wait=0)
    options = {"endpoints": [mine]} if is_bulk else mine
    result = task(converge_endpoints if is_bulk else converge_endpoint, wait_timeout=60, recreate=recreate, **options)
    made = result["endpoints"][0] if is_bulk else result["endpoint"]
    assert made["ip"] == mine["port_ip"] and sorted(ids(cloud)) == sorted([first, made["id"]])
    assert not made["description"] and "deleteEndpoint" not in task.writes


@pytest.mark.parametrize("is_bulk", [False, True])
def test_an_endpoint_with_another_address_is_not_deleted(
    task: Any, cloud: Any, create: Any, asked: Any, is_bulk: bool
) -> None:
    network = ip_network(next(one["cidr"] for one in cloud.spare("provider") if one["subnet_id"] == asked["subnet_id"]))
    mine, other = ({**asked, "port_ip": str(network[number])} for number in (77, 78))
    create(mine, wait=0)
    program = converge_endpoints if is_bulk else converge_endpoint
    assert not task(program, state="absent", **({"endpoints": [other]} if is_bulk else other))["changed"]
    assert task.writes == [] and len(ids(cloud)) == 1
    create({**asked, "port_ip": str(network[79])}, wait=0)
    assert task(program, state="absent", **({"endpoints": [mine]} if is_bulk else mine))["changed"]
    assert task.writes == ["deleteEndpoint"] and len(ids(cloud)) == 1


# While another run creates the same


@pytest.mark.slow
@pytest.mark.parametrize("lag", [0, 9])
def test_the_younger_one_is_deleted_by_its_own_run(task: Any, cloud: Any, asked: Any, lag: int) -> None:
    cloud.settings(list_lag=lag)
    others: list[str] = []

    def quicker(runtime: Any) -> None:
        others.append(runtime.api.create_endpoint(asked)["id"])
        cloud.advance(1)

    result = task(before(converge_endpoint, "create_endpoint", quicker), **asked)
    assert not result["changed"] and [result["endpoint"]["id"]] == others == ids(cloud)
    assert task.writes == ["createEndpoint", "createEndpoint", "deleteEndpoint"]


@pytest.mark.slow
@pytest.mark.parametrize("lag", [0, 2])
def test_a_double_that_a_request_without_an_answer_left(task: Any, cloud: Any, asked: Any, lag: int) -> None:
    """The other run does not know of it: whose request got no answer looks for it, and deletes it."""
    cloud.settings(list_lag=lag)
    others: list[str] = []

    def quicker(runtime: Any) -> None:
        others.append(runtime.api.create_endpoint(asked)["id"])
        cloud.advance(2)
        cloud.fault(operation="createEndpoint", kind="close", carried_out=True)

    result = task(before(converge_endpoint, "create_endpoint", quicker), **asked)
    assert [result["endpoint"]["id"]] == others == ids(cloud)


@pytest.mark.slow
def test_the_older_one_leaves_the_younger_one_to_its_run(task: Any, cloud: Any, asked: Any) -> None:
    def slower(runtime: Any) -> None:
        cloud.advance(1)
        runtime.api.create_endpoint(asked)

    result = task(before(converge_endpoint, "get_endpoint", slower), **asked)
    assert result["changed"] and task.writes == ["createEndpoint", "createEndpoint"]
    assert result["endpoint"]["id"] in ids(cloud) and len(ids(cloud)) == 2
    assert task(converge_endpoint, **asked)["endpoint"]["id"] == result["endpoint"]["id"] and len(ids(cloud)) == 1


@pytest.mark.slow
@pytest.mark.parametrize("wait", [True, False])
def test_a_deletion_that_is_refused_while_it_is_being_created(task: Any, cloud: Any, asked: Any, wait: bool) -> None:
    cloud.fault(operation="deleteEndpoint", status=400, code="EndPoint.2019")

    def quicker(runtime: Any) -> None:
        runtime.api.create_endpoint(asked)
        cloud.advance(1)

    task(before(converge_endpoint, "create_endpoint", quicker), wait=wait, **asked)
    assert len(ids(cloud)) == 1


@pytest.mark.parametrize("settings", [{"delay": 0}, {"delay": 0.5}, {"delay": 3, "list_lag": 3}], ids=str)
@pytest.mark.parametrize("ascending", [True, False])
@pytest.mark.parametrize("is_bulk", [False, True])
def test_two_of_one_second(
    cloud: Any, tmp_path: Any, asked: Any, settings: Any, ascending: bool, is_bulk: bool, quick_hash: None
) -> None:
    """The one with the lower ID stays. The other run says so, even if that one's run is killed after its creation."""
    cloud.settings(**settings)
    program, options = (converge_endpoints, {"endpoints": [asked]}) if is_bulk else (converge_endpoint, asked)
    for kill in (None, Kill(2, True)):
        stage = Stage(cloud, tmp_path, latency=0)
        cloud.start_second(ascending)
        stage.enter(program, options)
        stage.enter(before(program, "create_endpoint", lambda runtime: runtime.sleep(0.9)), options, kill)
        stage.play()
        first, second = (run.result and (run.result.get("endpoints") or [run.result["endpoint"]]) for run in stage.runs)
        assert [run.error for run in stage.runs] == [None, None]
        (kept,) = {one["id"] for one in [*first, *(second or [])]}
        again = stage.enter(converge_endpoint, asked)
        stage.play()
        assert again.result["endpoint"]["id"] == kept and ids(cloud) == [kept]
        cloud.remove("endpoints", kept)


@pytest.mark.parametrize("is_bulk", [False, True])
def test_a_creation_ends_a_second_after_the_object_was_shown(
    cloud: Any, tmp_path: Any, asked: Any, is_bulk: bool, quick_hash: None
) -> None:
    cloud.settings(delay=0.5)
    stage = Stage(cloud, tmp_path, latency=0)
    program, options = (converge_endpoints, {"endpoints": [asked]}) if is_bulk else (converge_endpoint, asked)
    run = stage.enter(program, options)
    stage.play()
    assert run.error is None and stage.now == pytest.approx(1.5)


def test_lists_with_an_old_status_are_read_at_the_usual_intervals(
    cloud: Any, tmp_path: Any, asked: Any, quick_hash: None
) -> None:
    """A GET has shown the objects as available. Lists show them later, and then as being created."""
    cloud.settings(delay=0, list_lag=0.7)

    def program(options: Any, runtime: Any) -> Any:
        original = runtime.api.list_endpoints

        def late(*args: Any, **more: Any) -> Any:
            status = {"status": "creating"} if runtime.clock() < 8 else {}
            return [{**one, **status} for one in original(*args, **more)]

        runtime.api.__dict__["list_endpoints"] = late
        return converge_endpoints(options, runtime)

    other = cloud.spare("provider")[2]
    stage = Stage(cloud, tmp_path, latency=0)
    run = stage.enter(
        program, {"endpoints": [asked, {**asked, "vpc_id": other["vpc_id"], "subnet_id": other["subnet_id"]}]}
    )
    stage.play()
    assert run.error is None and len(run.sent) < 30


@pytest.mark.parametrize("wait", [True, False])
def test_a_creation_costs_one_list_more(task: Any, asked: Any, wait: bool) -> None:
    task(converge_endpoint, wait=wait, **asked)
    lists = [place for place, sent in enumerate(task.sent) if sent == ("GET", "listEndpoints")]
    assert len(lists) == 2 and lists[1] == len(task.sent) - 1


@pytest.mark.slow
def test_one_that_is_found_while_it_is_created_may_be_deleted(task: Any, cloud: Any, create: Any, asked: Any) -> None:
    """It was a double, and its run deleted it: what is left counts, or it is created."""
    double = create(asked, wait=0)
    result = task(before(converge_endpoint, "get_endpoint", lambda _: cloud.remove("endpoints", double)), **asked)
    assert result["changed"] and ids(cloud) == [result["endpoint"]["id"]]


@pytest.mark.slow
@pytest.mark.parametrize("wait_for_acceptance", [True, False])
def test_with_approval(task: Any, cloud: Any, service: str, subnet: Any, wait_for_acceptance: bool) -> None:
    """The look comes when an endpoint waits for acceptance, and not when it is accepted."""
    asked = {"endpoint_service_id": service, **subnet}
    others: list[str] = []

    def quicker(runtime: Any) -> None:
        others.append(runtime.api.create_endpoint(asked)["id"])
        cloud.advance(1)

    def run(options: Any, runtime: Any) -> Any:
        send = runtime.api.change

        def accept_then(operation: str, object_id: str) -> None:
            send(operation, object_id)
            cloud.change("endpoints", others[0], status="accepted")

        runtime.api.change = accept_then
        return before(converge_endpoint, "create_endpoint", quicker)(options, runtime)

    result = task(run, wait_for_acceptance=wait_for_acceptance, **asked)
    assert [result["endpoint"]["id"]] == others == ids(cloud) and result["endpoint"]["status"] == "accepted"


@pytest.mark.slow
def test_re_creating_ends_with_one(task: Any, cloud: Any, asked: Any) -> None:
    old = task(converge_endpoint, **asked)["endpoint"]["id"]
    changed = {**asked, "description": "new"}

    def quicker(runtime: Any) -> None:
        runtime.api.create_endpoint(changed)
        cloud.advance(1)

    result = task(before(converge_endpoint, "create_endpoint", quicker), recreate=True, **changed)
    assert ids(cloud) == [result["endpoint"]["id"]] != [old]


# Refused because another run was quicker


@pytest.fixture
def gateway(cloud: Any, subnet: Any) -> dict[str, Any]:
    """A gateway endpoint."""
    service_id = next(one["id"] for one in cloud.info()["public_services"] if one["type"] == "gateway")
    return {"endpoint_service_id": service_id, "vpc_id": subnet["vpc_id"]}


@pytest.mark.parametrize("lag", [0, 3])
def test_a_gateway_that_another_run_just_created(task: Any, cloud: Any, gateway: Any, lag: int) -> None:
    cloud.settings(list_lag=lag)
    result = task(before(converge_endpoint, "create_endpoint", rival(gateway)), **gateway)
    assert not result["changed"] and ids(cloud) == [result["endpoint"]["id"]]


@pytest.mark.slow
@pytest.mark.parametrize("lag", [0, 3])
def test_a_service_that_another_run_just_created(task: Any, cloud: Any, backend: Any, lag: int) -> None:
    cloud.settings(list_lag=lag)
    body = {**backend, "service_name": "web"}
    other = before(converge_service, "create_service", lambda runtime: runtime.api.create_service(body))
    result = task(other, name="web", **backend)
    assert not result["changed"] and result["service"]["status"] == "available" and len(cloud.state()["services"]) == 1


def test_a_service_without_a_name_that_shows_up_during_the_looks(task: Any, cloud: Any, backend: Any) -> None:
    """Its backend tells which one is meant: it is never another service that is in the way."""
    task(lambda _, runtime: runtime.api.create_service(backend))

    def run(options: Any, runtime: Any) -> Any:
        listed, shown = runtime.api.list_services, [[], []]
        runtime.api.list_services = lambda **filters: shown.pop() if shown else listed(**filters)
        return converge_service(options, runtime)

    result = task(run, **backend)
    assert not result["changed"] and result["service"]["status"] == "available" and len(cloud.state()["services"]) == 1


def test_a_conflict_with_something_else_is_an_error_at_once(task: Any, cloud: Any, asked: Any, backend: Any) -> None:
    began = task.now
    taken = {**backend, "ports": [{"client_port": 1, "server_port": 80}]}  # the backend of the service called web
    with pytest.raises(ApiError) as caught:
        task(converge_service, name="other", **taken)
    assert caught.value.is_code("3044") and task.now == began


@pytest.mark.slow
def test_doubles_that_use_up_the_quota(task: Any, cloud: Any, asked: Any) -> None:
    cloud.settings(quota_endpoints=1)
    result = task(before(converge_endpoint, "create_endpoint", rival(asked)), **asked)
    assert not result["changed"] and ids(cloud) == [result["endpoint"]["id"]]


# A service that another run is creating


@pytest.mark.slow
def test_a_service_that_is_being_created_is_waited_for(task: Any, cloud: Any, backend: Any, subnet: Any) -> None:
    service_id = task(converge_service, name="web", wait=False, **backend)["service"]["id"]
    result = task(converge_endpoint, endpoint_service_id=service_id, **subnet)
    assert result["endpoint"]["status"] == "accepted"
    cloud.change("services", service_id, status="failed")
    network = cloud.spare("provider")[2]
    with pytest.raises(ApiError) as caught:
        task(
            converge_endpoint, endpoint_service_id=service_id, vpc_id=network["vpc_id"], subnet_id=network["subnet_id"]
        )
    assert caught.value.is_code("2004")
