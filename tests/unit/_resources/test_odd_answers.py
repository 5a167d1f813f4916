"""Answers that are not as they should be must not make, change or reject anything: found by fault injection."""

from typing import Any

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._bulk.bulk import converge_endpoints
from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.errors import CredentialsError, VpcepError
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.connections import decide_connections
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.endpoint import (
    converge_endpoint,
    refuse_partial,
)
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.permissions import converge_permissions
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.preflight import described
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.project import find_tags
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.service import converge_service
from ansible_collections.crossvpc.vpcep.plugins.module_utils._schema.normalize import UnusableAnswer

OBS = "e4a21a61-f09e-41bc-b487-23d6204ae27b"


def lying(program: Any, call: str, **members: Any) -> Any:
    """*program*, with these members in every object of the lists that *call* returns."""

    def run(parameters: Any, runtime: Any) -> Any:
        truth = getattr(runtime.api, call)
        runtime.api.__dict__[call] = lambda *args, **more: [{**one, **members} for one in truth(*args, **more)]
        return program(parameters, runtime)

    return run


@pytest.mark.parametrize("domain_id", [None, 5, ""])
def test_nobody_is_rejected_who_is_not_known(task: Any, service: Any, join: Any, allow: Any, domain_id: Any) -> None:
    join()
    options = {"endpoint_service_id": service, "permissions": ["*"], "state": "exact", "reject_revoked": True}
    with pytest.raises(UnusableAnswer, match="domain_id"):
        task(lying(converge_permissions, "list_connections", domain_id=domain_id), **options)
    assert task.writes == []


@pytest.mark.parametrize("permission", [None, 5, ["a"]])
def test_records_that_are_none_change_nothing(task: Any, service: Any, permission: Any) -> None:
    program = lying(converge_permissions, "list_permissions", permission=permission)
    with pytest.raises(UnusableAnswer, match="permission"):
        task(program, endpoint_service_id=service, permissions=["*"], state="exact")
    program = lying(converge_service, "list_permissions", permission=permission)
    with pytest.raises(UnusableAnswer, match="permission"):
        task(program, id=service, permissions=["*"])
    assert task.writes == []


def test_no_decision_without_a_status(task: Any, service: Any, join: Any) -> None:
    (one,) = join()
    program = lying(decide_connections, "list_connections", status=None)
    with pytest.raises(UnusableAnswer, match="status"):
        task(program, endpoint_service_id=service, endpoints=[one], state="rejected")
    assert task.writes == []


@pytest.mark.parametrize("lie", [{"service_name": None, "id": 5}, {"id": 5}, {"status": ""}])
def test_a_list_that_does_not_name_services_creates_none(task: Any, publish: Any, backend: Any, lie: Any) -> None:
    publish("web")
    with pytest.raises(UnusableAnswer):
        task(lying(converge_service, "list_services", **lie), **backend, name="web")
    assert task.writes == []


@pytest.mark.parametrize("lie", [{"port_id": None, "id": None}, {"ports": None}, {"ports": [5]}])
def test_a_list_that_does_not_show_backends_creates_none(task: Any, publish: Any, backend: Any, lie: Any) -> None:
    publish("web")
    with pytest.raises(UnusableAnswer):
        task(lying(converge_service, "list_services", **lie), **backend)
    assert task.writes == []


@pytest.mark.parametrize("lie", [{"service_name": None}, {"port_id": None}])
def test_what_a_list_leaves_out_is_read_from_the_details(task: Any, publish: Any, backend: Any, lie: Any) -> None:
    made = publish("web", approval_enabled=False)
    by_name = {} if "port_id" in lie else {"name": "web"}
    result = task(lying(converge_service, "list_services", **lie), **backend, **by_name)
    assert not result["changed"] and result["service"]["id"] == made and task.writes == []


@pytest.mark.slow
@pytest.mark.parametrize("lie", [{"subnet_id": None}, {"ip": None}, {"ip": 5}, {"status": None}])
def test_a_list_that_does_not_show_places_creates_no_endpoint(
    task: Any, cloud: Any, publish: Any, subnet: Any, lie: Any
) -> None:
    options = {**subnet, "endpoint_service_id": publish(approval_enabled=False)}
    options["port_ip"] = task(converge_endpoint, **options)["endpoint"]["ip"]
    assert not task(converge_endpoint, **options)["changed"]
    with pytest.raises(UnusableAnswer):
        task(lying(converge_endpoint, "list_endpoints", **lie), **options)
    assert task.writes == []


def test_balancers_without_a_zone(task: Any, cloud: Any, publish: Any) -> None:
    if cloud.profile == "huawei":
        one = {"resource_id": "r", "availability_zone_id": None}
        assert task(converge_service, id=publish(), upgrade=True, server_resources=[one])["changed"]


@pytest.mark.parametrize("tag", [{"key": None}, {"key": "a", "values": 5}, {"key": "a", "values": [["b"]]}])
def test_tags_that_are_none(tag: Any) -> None:
    with pytest.raises(UnusableAnswer):
        find_tags({"resource_type": "endpoint"}, Tagged(tag))


class Tagged:
    """A runtime whose project has one tag."""

    def __init__(self, tag: Any) -> None:
        self.api = self
        self.tag = tag

    def list_project_tags(self, _kind: str) -> Any:
        return [self.tag]


@pytest.mark.parametrize(
    "answer", [None, 5, [], {"error": 5}, {"error": [5, {"bind_failed": 5, "unbind_failed": [5]}]}]
)
def test_errors_that_are_none(answer: Any) -> None:
    refuse_partial(answer, "e")


def test_a_port_that_says_little() -> None:
    for odd in (5, "a", None, [5, None]):
        assert described({"fixed_ips": odd, "status": odd}).endswith("security groups none")


@pytest.mark.parametrize("name", ["password", "username", "project_name"])
def test_half_a_character_in_a_login(task: Any, name: str) -> None:
    with pytest.raises(CredentialsError, match=f"{name} contains an incomplete character") as caught:
        task(find_tags, resource_type="endpoint", **{name: "secret\ud800"})
    assert "secret" not in str(caught.value) and isinstance(caught.value, VpcepError)


@pytest.mark.parametrize("shown", [None, "None"])
@pytest.mark.parametrize("option", ["endpoint_service_id", "endpoint_service_name"])
def test_purge_goes_by_the_id_of_a_service_and_not_by_its_short_name(
    task: Any, publish: Any, subnet: Any, statuses: Any, option: str, shown: Any
) -> None:
    """Services of several accounts may have one short name, and some answers show no more. None is a name as well."""
    services = [publish(name, approval_enabled=False) for name in ("None", "other")]
    made = [task(converge_endpoint, endpoint_service_id=one, **subnet)["endpoint"]["id"] for one in services]
    named = {"endpoint_service_id": services[0], "endpoint_service_name": "None"}[option]
    program = lying(converge_endpoints, "list_endpoints", endpoint_service_name=shown)
    purged = task(program, endpoints=[], purge=True, **{option: named})["purged"]
    assert [one["id"] for one in purged] == made[:1] and [*statuses()] == made[1:]


def test_an_endpoint_in_another_vpc_is_not_meant_when_the_list_is_not_filtered(task: Any, cloud: Any) -> None:
    networks = [{name: one[name] for name in ("vpc_id", "routetable_id")} for one in cloud.spare("provider")[2:4]]
    made = []
    for one in networks:
        program = unfiltered if made else converge_endpoint
        options = {"vpc_id": one["vpc_id"], "routetables": [one["routetable_id"]]}
        made.append(task(program, endpoint_service_id=OBS, **options)["endpoint"]["id"])
    assert made[0] != made[1]


def unfiltered(parameters: Any, runtime: Any) -> Any:
    """converge_endpoint at a cloud that ignores filters of lists."""
    truth = runtime.api.list_endpoints
    runtime.api.__dict__["list_endpoints"] = lambda **_filters: truth()
    return converge_endpoint(parameters, runtime)


def test_a_list_with_another_status_than_the_object_is_not_read_again_and_again(
    task: Any, service: Any, subnet: Any
) -> None:
    made = task(converge_endpoint, endpoint_service_id=service, **subnet)["endpoint"]["id"]
    program = lying(converge_endpoint, "list_endpoints", status="odd")
    assert task(program, endpoint_service_id=service, **subnet)["endpoint"]["id"] == made
    assert len(task.sent) < 6
