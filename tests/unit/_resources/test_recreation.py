"""recreate: the new object has what the old one had, and nothing is deleted that cannot be created again."""

import json
from typing import Any

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._bulk.bulk import BulkFailed, converge_endpoints
from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.errors import ApiError, InputError, VpcepError
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.connections import decide_connections
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.endpoint import converge_endpoint
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.service import converge_service

OBS = "e4a21a61-f09e-41bc-b487-23d6204ae27b"
UNKNOWN_ID = "4189d3c2-8882-4871-a3c2-000000000000"
DENY = {"Effect": "Deny", "Action": ["obs:object:*"], "Resource": ["obs:*:*:*:secret/*"]}
LOCKED = {"whitelist": ["10.0.0.1"], "enable_whitelist": True}


@pytest.fixture
def service_id(task: Any, backend: Any) -> Any:
    return task(converge_service, name="web", **backend)["service"]["id"]


@pytest.fixture
def approving(task: Any, backend: Any) -> Any:
    return task(converge_service, name="web", **{**backend, "approval_enabled": True})["service"]["id"]


@pytest.fixture
def wanted(service_id: str, subnet: Any) -> Any:
    return {"endpoint_service_id": service_id, **subnet}


@pytest.fixture
def gateway(cloud: Any) -> Any:
    network = cloud.spare("provider")[2]
    return {"endpoint_service_id": OBS, "vpc_id": network["vpc_id"], "routetables": [network["routetable_id"]]}


def only(cloud: Any, kind: str = "endpoints") -> Any:
    (one,) = cloud.state()[kind]
    return one


# What is taken over


@pytest.mark.slow
def test_an_interface_endpoint(task: Any, cloud: Any, wanted: Any) -> None:
    old = task(converge_endpoint, tags={"a": "1"}, description="old", **LOCKED, **wanted)["endpoint"]
    predicted = task(converge_endpoint, check=True, enable_dns=True, recreate=True, **wanted)
    assert task.writes == []
    made = task(converge_endpoint, enable_dns=True, recreate=True, **wanted)
    new = made["endpoint"]
    assert new["id"] != old["id"] and task.writes == ["deleteEndpoint", "createEndpoint"]
    for name in ("ip", "tags", "description", "whitelist", "enable_whitelist", "subnet_id"):
        assert new[name] == old[name], name
    for report in (made, predicted):
        assert report["diff"]["before"]["enable_dns"] is False and report["diff"]["after"]["enable_dns"] is True
        for side in report["diff"].values():
            assert (side["whitelist"], side["tags"], side["port_ip"]) == (["10.0.0.1"], {"a": "1"}, old["ip"])
    assert predicted["endpoint"]["whitelist"] == ["10.0.0.1"] and predicted["endpoint"]["enable_whitelist"] is True
    assert predicted["diff"] == made["diff"]
    assert not task(converge_endpoint, enable_dns=True, recreate=True, **wanted)["changed"]


@pytest.mark.slow
def test_a_gateway_endpoint(task: Any, cloud: Any, gateway: Any) -> None:
    task(converge_endpoint, policy_statement=[DENY], tags={"a": "1"}, description="old", **gateway)
    more = {**gateway, "description": "new"}
    task(converge_endpoint, recreate=True, **more)
    one = only(cloud)
    assert one["policy_statement"] == [DENY] and one["tags"] == {"a": "1"}
    assert one["routetables"] == gateway["routetables"] and one["description"] == "new"


@pytest.mark.slow
def test_a_list_that_was_switched_off_stays_so(task: Any, cloud: Any, wanted: Any) -> None:
    """The task does not name it, so that it is no mistake of the task's."""
    body = {**wanted, "whitelist": ["10.0.0.1"]}
    task(lambda _options, runtime: runtime.api.create_endpoint(body))
    cloud.advance(5)
    task(converge_endpoint, enable_dns=True, recreate=True, **wanted)
    assert only(cloud)["whitelist"] == ["10.0.0.1"] and not only(cloud)["enable_whitelist"]
    with pytest.raises(InputError, match="whitelist has an effect only with enable_whitelist=true"):
        task(converge_endpoint, description="new", whitelist=["10.0.0.1"], recreate=True, **wanted)
    assert task.writes == []


@pytest.mark.slow
def test_by_id_alone(task: Any, cloud: Any, wanted: Any) -> None:
    """The ID is that of the old one: after the deletion it must not be looked for."""
    old = task(converge_endpoint, **LOCKED, **wanted)["endpoint"]["id"]
    cloud.fault(kind="reset", operation="createEndpoint", carried_out=True)
    made = task(converge_endpoint, id=old, description="new", recreate=True)
    assert made["changed"] and only(cloud)["id"] == made["endpoint"]["id"] != old
    assert only(cloud)["whitelist"] == ["10.0.0.1"]


@pytest.mark.slow
def test_tags_are_added_to_without_purge(task: Any, cloud: Any, wanted: Any) -> None:
    task(converge_endpoint, tags={"a": "1", "b": "1"}, **wanted)
    again = {"description": "new", "recreate": True, "purge_tags": False, **wanted}
    assert task(converge_endpoint, tags={"b": "2"}, **again)["endpoint"]["tags"] == {"a": "1", "b": "2"}
    many = {f"key{number}": "" for number in range(19)}
    with pytest.raises(InputError, match="the limit is 20"):
        task(converge_endpoint, tags=many, **{**again, "description": "newer"})
    assert task.writes == []


@pytest.mark.slow
def test_what_lies_in_another_place_is_not_taken_over(task: Any, cloud: Any, wanted: Any) -> None:
    old = task(converge_endpoint, **LOCKED, **wanted)["endpoint"]
    elsewhere = cloud.spare("provider")[5]
    with pytest.raises(InputError, match=r"To replace endpoint .* options are missing: subnet_id"):
        task(converge_endpoint, id=old["id"], vpc_id=elsewhere["vpc_id"], recreate=True)
    assert task.writes == []
    moved = {"vpc_id": elsewhere["vpc_id"], "subnet_id": elsewhere["subnet_id"]}
    new = task(converge_endpoint, id=old["id"], recreate=True, **moved)["endpoint"]
    assert new["ip"] != old["ip"] and new["whitelist"] == old["whitelist"]


@pytest.mark.slow
def test_a_failed_endpoint(task: Any, cloud: Any, wanted: Any) -> None:
    cloud.settings(fail_next_endpoints=1)
    with pytest.raises(VpcepError, match="failed"):
        task(converge_endpoint, tags={"a": "1"}, **LOCKED, **wanted)
    task(converge_endpoint, recreate=True, **wanted)
    assert only(cloud)["whitelist"] == ["10.0.0.1"] and only(cloud)["tags"]


@pytest.mark.slow
def test_what_the_cloud_does_not_show_yet_is_asked_for(task: Any, cloud: Any, approving: Any, subnet: Any) -> None:
    wanted = {"endpoint_service_id": approving, **subnet}
    task(converge_endpoint, enable_dns=True, **LOCKED, **wanted)
    change = {"description": "new", "recreate": True, **wanted}
    for check in (True, False):
        with pytest.raises(InputError, match=r"in status pendingAcceptance .*: enable_dns"):
            task(converge_endpoint, check=check, **change)
        assert task.writes == []
    task(converge_endpoint, enable_dns=True, **change)
    assert only(cloud)["whitelist"] == ["10.0.0.1"]
    assert any("port_ip" in text for text in task.warnings)
    task(decide_connections, endpoint_service_id=approving, pending=True, state="accepted")
    for state in ("accepted", "rejected"):
        task(decide_connections, endpoint_service_id=approving, endpoints=[only(cloud)["id"]], state=state)
        task(converge_endpoint, **{**change, "description": state}, wait_timeout=30)
        task(decide_connections, endpoint_service_id=approving, pending=True, state="accepted")
        assert only(cloud)["enable_dns"] is True, "it is shown, although it is not accepted any more"


@pytest.mark.slow
def test_a_fleet(task: Any, cloud: Any, service_id: str) -> None:
    places = [{"vpc_id": one["vpc_id"], "subnet_id": one["subnet_id"]} for one in cloud.spare("provider")[3:6]]
    made = task(
        converge_endpoints,
        endpoints=[{**place, **LOCKED, "tags": {"n": str(n)}} for n, place in enumerate(places)],
        endpoint_service_id=service_id,
    )["endpoints"]
    again = task(
        converge_endpoints,
        endpoints=[{**place, "enable_dns": True} for place in places],
        endpoint_service_id=service_id,
        recreate=True,
    )["endpoints"]
    assert [(one["ip"], one["tags"], one["whitelist"]) for one in again] == [
        (one["ip"], one["tags"], one["whitelist"]) for one in made
    ]
    assert all(one["enable_whitelist"] and one["dns_names"] for one in again)


@pytest.mark.slow
def test_a_service(task: Any, cloud: Any, backend: Any) -> None:
    given = {"permissions": ["a1", "*"], "tags": {"a": "1"}, "description": "old", "tcp_proxy": "proxy_open"}
    old = task(converge_service, name="web", **{**backend, **given, "approval_enabled": True})["service"]
    elsewhere = cloud.spare("provider")[1]
    moved = {"name": "web", "vpc_id": elsewhere["vpc_id"], "port_id": elsewhere["port_id"], "recreate": True}
    predicted = task(converge_service, check=True, **moved)
    assert task.writes == []
    made = task(converge_service, **moved)
    new = made["service"]
    assert new["id"] != old["id"] and new["vpc_id"] == elsewhere["vpc_id"]
    for name in ("name", "approval_enabled", "server_type", "ports", "tcp_proxy", "tags", "description", "permissions"):
        assert new[name] == old[name], name
    assert predicted["service"]["permissions"] == old["permissions"]
    assert predicted["diff"] == made["diff"]
    assert made["diff"]["before"]["permissions"] == made["diff"]["after"]["permissions"] == old["permissions"]
    assert any("descriptions of whitelist records" in text for text in task.warnings) == (cloud.profile == "huawei")
    again = task(converge_service, permissions=["a2"], purge_permissions=False, **{**moved, **place_of(backend)})
    assert again["service"]["permissions"] == ["iam:domain::*", "iam:domain::a1", "iam:domain::a2"]


def place_of(backend: Any) -> Any:
    return {name: backend[name] for name in ("vpc_id", "port_id")}


@pytest.mark.slow
def test_a_failed_service(task: Any, cloud: Any, backend: Any, allow: Any) -> None:
    cloud.settings(fail_next_services=1)
    with pytest.raises(VpcepError, match="failed"):
        task(converge_service, name="web", **backend)
    allow(only(cloud, "services")["id"], "iam:domain::a1")
    made = task(converge_service, name="web", description="new", recreate=True)["service"]
    assert made["permissions"] == ["iam:domain::a1"] and made["port_id"] == backend["port_id"]
    assert made["approval_enabled"] is False


def test_the_professional_edition(task: Any, cloud: Any, backend: Any) -> None:
    if cloud.profile == "otc":
        return
    task(converge_service, name="web", upgrade=True, **backend)
    task(converge_service, name="web", ip_version="ipv4", service_type="interface", recreate=True, **backend)
    elsewhere = cloud.spare("provider")[1]
    moved = {"name": "web", "vpc_id": elsewhere["vpc_id"], "port_id": elsewhere["port_id"], "recreate": True}
    assert "upgradeEndpointService" in (task(converge_service, **moved) and task.writes)
    assert any("server_resources" in text for text in task.warnings)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["endpoint", "service"])
def test_interrupted_while_the_old_one_goes(task: Any, cloud: Any, backend: Any, subnet: Any, kind: str) -> None:
    """What is being deleted can still be read; what is gone cannot."""
    service = task(converge_service, name="web", permissions=["a1"], **backend)["service"]["id"]
    elsewhere = cloud.spare("provider")[1]
    program, wish = converge_service, {"name": "web", "vpc_id": elsewhere["vpc_id"], "port_id": elsewhere["port_id"]}
    if kind == "endpoint":
        program, wish = converge_endpoint, {"endpoint_service_id": service, **subnet, "enable_dns": True}
        task(program, **LOCKED, **{**wish, "enable_dns": False})

    def killed(options: Any, runtime: Any) -> Any:
        def stop(_seconds: float) -> None:
            raise KeyboardInterrupt

        runtime.sleep = stop
        return program(options, runtime)

    with pytest.raises(KeyboardInterrupt):
        task(killed, recreate=True, **wish)
    assert len(task.writes) == 1 and task.writes[0].startswith("delete")
    task(program, recreate=True, **wish)
    if kind == "endpoint":
        assert only(cloud)["whitelist"] == ["10.0.0.1"]
    else:
        assert [one["permission"] for one in only(cloud, "services")["permissions"]] == ["iam:domain::a1"]


# What is checked before the deletion


@pytest.mark.slow
def test_the_subnet_is_that_of_the_old_one(task: Any, cloud: Any, service_id: str, subnet: Any) -> None:
    """The service by its name and the VPC tell which endpoint is meant, but do not make one (EndPoint.2010)."""
    name = only(cloud, "services")["service_name"]
    wish = {"endpoint_service_name": name, "vpc_id": subnet["vpc_id"]}
    task(converge_endpoint, subnet_id=subnet["subnet_id"], **wish)
    made = task(converge_endpoint, enable_dns=True, recreate=True, **wish)["endpoint"]
    assert made["subnet_id"] == subnet["subnet_id"] and made["dns_names"]


@pytest.mark.slow
def test_a_kind_of_backend_needs_another_port(task: Any, cloud: Any, backend: Any) -> None:
    task(converge_service, name="web", **backend)
    for check in (True, False):
        with pytest.raises(
            InputError, match=r"To replace endpoint service .* options are missing: port_id\. "
        ) as caught:
            task(converge_service, check=check, name="web", server_type="LB", recreate=True)
        assert "no such" not in str(caught.value).lower() and task.writes == []
    made = task(converge_service, name="web", server_type="LB", port_id=backend["port_id"], recreate=True)["service"]
    assert (made["server_type"], made["vpc_id"], len(made["ports"])) == ("LB", backend["vpc_id"], 1)


@pytest.mark.slow
@pytest.mark.parametrize("check", [False, True])
def test_a_service_that_is_gone(task: Any, cloud: Any, wanted: Any, check: bool) -> None:
    task(converge_endpoint, **wanted)

    def program(options: Any, runtime: Any) -> Any:
        runtime.api.get_service = runtime.api.describe_service = lambda *_id, **_by: runtime.api._one(
            "GET", ("vpc-endpoint-services/{}", UNKNOWN_ID), "get endpoint service"
        )
        return converge_endpoint(options, runtime)

    with pytest.raises(
        VpcepError, match=r"was not deleted, .*could not be created again. Region .* has no endpoint service"
    ):
        task(program, check=check, enable_dns=True, recreate=True, **wanted)
    assert task.writes == []


@pytest.mark.slow
def test_a_service_that_is_gone_and_may_not_be_asked_for(task: Any, cloud: Any, wanted: Any) -> None:
    made = task(converge_endpoint, **wanted)["endpoint"]["id"]
    cloud.remove("services", wanted["endpoint_service_id"])
    for operation in ("describeEndpointService", "listPublicEndpointServices"):
        cloud.fault(operation=operation, code="EndPoint.0004", count=None)
    with pytest.raises(VpcepError, match=r"was not deleted.* cannot be seen"):
        task(converge_endpoint, enable_dns=True, recreate=True, **wanted)
    assert only(cloud)["id"] == made and task.writes == []


@pytest.mark.slow
def test_a_service_that_is_not_available(task: Any, cloud: Any, wanted: Any, backend: Any) -> None:
    old = task(converge_endpoint, **wanted)["endpoint"]["id"]
    cloud.settings(fail_next_services=1)
    with pytest.raises(VpcepError):
        task(converge_service, name="other", **{**backend, "ports": [{"client_port": 1, "server_port": 81}]})
    other = next(one["id"] for one in cloud.state()["services"] if one["status"] == "failed")
    for options in ({"id": old, "endpoint_service_id": other}, {"id": old, "endpoint_service_name": "other"}):
        with pytest.raises(VpcepError, match=f"Endpoint service {other} is in status failed"):
            task(converge_endpoint, recreate=True, **{"enable_dns": True, **options})
        assert task.writes == []
    with pytest.raises(VpcepError, match="no endpoint service named 'nobodys'"):
        task(converge_endpoint, id=old, endpoint_service_name="nobodys", enable_dns=True, recreate=True)
    assert task.writes == []


@pytest.mark.slow
def test_networks_that_do_not_exist(task: Any, cloud: Any, wanted: Any, backend: Any) -> None:
    old = task(converge_endpoint, **wanted)["endpoint"]["id"]
    for moved in ({"subnet_id": UNKNOWN_ID}, {"vpc_id": UNKNOWN_ID, "subnet_id": UNKNOWN_ID}):
        with pytest.raises(VpcepError, match=f"no (VPC|subnet|port) {UNKNOWN_ID}"):
            task(converge_endpoint, id=old, recreate=True, **moved)
        assert task.writes == []
    for moved in ({"vpc_id": UNKNOWN_ID, "port_id": backend["port_id"]}, {"server_type": "LB", "port_id": UNKNOWN_ID}):
        with pytest.raises(VpcepError, match=f"no (VPC|subnet|port) {UNKNOWN_ID}"):
            task(converge_service, name="web", recreate=True, **moved)
        assert task.writes == []


@pytest.mark.slow
def test_a_fleet_looks_at_the_service_once(task: Any, cloud: Any, service_id: str) -> None:
    places = [{"vpc_id": one["vpc_id"], "subnet_id": one["subnet_id"]} for one in cloud.spare("provider")[3:6]]
    fleet = {"endpoint_service_id": service_id, "recreate": True}
    task(converge_endpoints, endpoints=places, **fleet)
    cloud.fault(operation="getEndpointService", code="EndPoint.0005", count=None)
    cloud.fault(operation="describeEndpointService", code="EndPoint.0005", count=None)
    with pytest.raises(BulkFailed, match="has no endpoint service"):
        task(converge_endpoints, endpoints=[{**place, "enable_dns": True} for place in places], **fleet)
    assert task.writes == [] and task.sent.count(("GET", "getEndpointService")) == 1


@pytest.mark.slow
def test_an_address_that_another_endpoint_has(task: Any, wanted: Any) -> None:
    old = task(converge_endpoint, **wanted)["endpoint"]
    taken = old["ip"].rpartition(".")[0] + ".77"
    other = task(converge_endpoint, port_ip=taken, **wanted)["endpoint"]["id"]
    with pytest.raises(VpcepError, match=f"{taken} is the address of endpoint {other}"):
        task(converge_endpoint, id=old["id"], port_ip=taken, recreate=True)
    assert task.writes == []


@pytest.mark.slow
def test_route_tables_that_are_not_free(task: Any, cloud: Any) -> None:
    if cloud.profile == "huawei":  # changes them in place
        return
    place = {"endpoint_service_id": OBS, "vpc_id": "d7b2bf07-1b4c-43fa-bd88-d80c6ebea140"}  # of the seed: it has two
    first, second = "cd7fdf2b-d964-4a4a-a169-2af1112e7d02", "cd7fdf2b-d964-4a4a-a169-2af1112e7d03"
    old = task(converge_endpoint, routetables=[first], **place)["endpoint"]["id"]
    other = task(lambda _options, runtime: runtime.api.create_endpoint({**place, "routetables": [second]}))["id"]
    cloud.advance(5)
    with pytest.raises(VpcepError, match=f"Route table {second} has endpoint {other} of the same service already"):
        task(converge_endpoint, id=old, routetables=[first, second], recreate=True)
    with pytest.raises(VpcepError, match=f"has no route table {UNKNOWN_ID}"):
        task(converge_endpoint, id=old, routetables=[UNKNOWN_ID], recreate=True)
    assert task.writes == []
    task(converge_endpoint, id=other, state="absent")
    made = task(converge_endpoint, id=old, routetables=[first, second], recreate=True)["endpoint"]
    assert made["routetables"] == [first, second]


@pytest.mark.slow
def test_a_server_port_that_another_service_has(task: Any, backend: Any, service_id: str) -> None:
    used = [{"client_port": 1, "server_port": 81}]
    task(converge_service, name="other", **{**backend, "ports": used})
    with pytest.raises(VpcepError, match=r"leads to port 81 of .* already"):
        task(converge_service, name="web", **{**backend, "server_type": "VIP", "ports": used}, recreate=True)
    assert task.writes == []


class Killed(BaseException):
    """The process ends here."""


def killed_at(number: int, when: str) -> Any:
    """The program of the module, killed before or after its request of that number."""
    sent: list[Any] = []

    def program(options: Any, runtime: Any) -> Any:
        send = runtime.session.request

        def request(*arguments: Any, **more: Any) -> Any:
            sent.append(arguments)
            if len(sent) == number and when == "before":
                raise Killed
            answer = send(*arguments, **more)
            if len(sent) == number:
                raise Killed
            return answer

        runtime.session.request = request
        return converge_endpoint(options, runtime)

    return program


@pytest.mark.slow
@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_at_every_request(task: Any, cloud: Any, wanted: Any, when: str) -> None:
    """The rerun ends with one endpoint. What the task does not name is kept, unless the old one was gone already."""
    wish = {**wanted, "enable_dns": True, "recreate": True}
    lost = 0
    for number in range(1, 40):
        for one in cloud.state()["endpoints"]:
            task(converge_endpoint, id=one["id"], state="absent")
        task(converge_endpoint, **LOCKED, **wanted)
        killed = False
        try:
            task(killed_at(number, when), **wish)
        except Killed:
            killed = True
        if not killed:
            break
        gone = cloud.state()["endpoints"] == []
        made = task(converge_endpoint, **wish)["endpoint"]
        assert only(cloud)["id"] == made["id"] and made["dns_names"]
        assert made["enable_whitelist"] is not gone
        lost += gone
    assert number > 8 and lost <= 2


# Another type


@pytest.mark.slow
def test_from_interface_to_gateway_names_what_is_lost(task: Any, cloud: Any, wanted: Any) -> None:
    old = task(converge_endpoint, enable_dns=True, tags={"a": "1"}, **LOCKED, **wanted)["endpoint"]
    wish = {"id": old["id"], "endpoint_service_id": OBS, "recreate": True}
    for check in (True, False):
        made = task(converge_endpoint, check=check, **wish)["endpoint"]
        text = next(text for text in task.warnings if "has the type gateway" in text)
        assert text.endswith("limited: enable_dns, enable_whitelist, port_ip, subnet_id, whitelist."), text
    assert made["service_type"] == "gateway" and made["tags"] == {"a": "1"}
    assert made["vpc_id"] == old["vpc_id"]


@pytest.mark.slow
def test_from_gateway_to_interface_asks_for_the_subnet(
    task: Any, cloud: Any, gateway: Any, service_id: str, subnet: Any
) -> None:
    old = task(converge_endpoint, policy_statement=[DENY], tags={"a": "1"}, **gateway)["endpoint"]["id"]
    wish = {"id": old, "endpoint_service_id": service_id, "recreate": True}
    for check in (True, False):
        with pytest.raises(InputError, match=r"options are missing: subnet_id\. .*Nothing was deleted"):
            task(converge_endpoint, check=check, **wish)
        assert task.writes == []
    made = task(converge_endpoint, **subnet, **wish)["endpoint"]
    assert made["service_type"] == "interface" and made["tags"] == {"a": "1"}
    assert not any("take them over" in text and "subnet_id" in text for text in task.warnings), "a gateway has none"
    (text,) = [text for text in task.warnings if "has the type interface" in text]
    assert text.endswith("limited: policy_statement, routetables."), text


# A creation that is refused after the deletion


def no_networks(cloud: Any) -> None:
    """The caller may not look at networks."""
    cloud.fault(service="network", status=403, body='{"code": "VPC.0010", "message": "no"}', count=None)


@pytest.mark.slow
def test_what_stays_in_the_old_vpc_is_foreseen_without_networks(
    task: Any, cloud: Any, wanted: Any, backend: Any
) -> None:
    old = task(converge_endpoint, **wanted)["endpoint"]
    elsewhere = cloud.spare("provider")[5]
    no_networks(cloud)
    with pytest.raises(VpcepError, match=f"subnet_id: {old['subnet_id']} belongs to VPC {old['vpc_id']}, not to"):
        task(converge_endpoint, id=old["id"], vpc_id=elsewhere["vpc_id"], subnet_id=old["subnet_id"], recreate=True)
    assert task.writes == []
    with pytest.raises(VpcepError, match=f"port_id: {backend['port_id']} belongs to VPC {backend['vpc_id']}, not to"):
        task(converge_service, name="web", vpc_id=elsewhere["vpc_id"], port_id=backend["port_id"], recreate=True)
    assert task.writes == []


@pytest.mark.slow
def test_a_refusal_tells_that_the_old_one_is_gone_and_what_it_had(task: Any, cloud: Any, wanted: Any) -> None:
    old = task(converge_endpoint, tags={"a": "1"}, **LOCKED, **wanted)["endpoint"]
    no_networks(cloud)
    elsewhere = cloud.spare("provider")[5]
    with pytest.raises(ApiError) as caught:
        task(converge_endpoint, id=old["id"], subnet_id=elsewhere["subnet_id"], recreate=True)
    assert caught.value.is_code("2037") and task.writes == ["deleteEndpoint", "createEndpoint"]
    text = str(caught.value)
    assert f"The old endpoint {old['id']} was deleted before." in text
    values = json.loads(text[text.index("{") :])
    assert values["whitelist"] == ["10.0.0.1"] and values["enable_whitelist"] is True and values["tags"] == {"a": "1"}
    assert values["vpc_id"] == old["vpc_id"] and values["subnet_id"] == elsewhere["subnet_id"]
    again = task(converge_endpoint, **{**values, "subnet_id": old["subnet_id"]})["endpoint"]
    assert [again[name] for name in ("whitelist", "enable_whitelist", "tags", "subnet_id")] == [
        old[name] for name in ("whitelist", "enable_whitelist", "tags", "subnet_id")
    ]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ({"operation": "deleteEndpointService", "status": 500, "carried_out": True}, "may have been deleted"),
        ({"operation": "getEndpointService", "status": 403, "nth": 3}, "may have been deleted"),  # the look after it
        ({"operation": "createEndpointService", "status": 403}, "was deleted before"),
        ({"operation": "deleteEndpointService", "status": 403}, None),
    ],
)
def test_what_the_old_one_had_is_told_whenever_it_may_be_gone(
    task: Any, cloud: Any, backend: Any, fault: Any, told: str | None
) -> None:
    old = task(converge_service, name="web", permissions=["abc"], tags={"a": "1"}, **backend)["service"]
    cloud.fault(code="EndPoint.0004", **fault)
    with pytest.raises(ApiError) as caught:
        task(converge_service, id=old["id"], server_type="LB", port_id=backend["port_id"], recreate=True)
    text = str(caught.value)
    assert (f"The old endpoint service {old['id']} {told}." in text) if told else ("The old" not in text), text
    if told:
        values = json.loads(text[text.index("{") :])
        assert values["permissions"] == ["iam:domain::abc"] and values["tags"] == {"a": "1"}
