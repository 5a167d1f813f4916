"""Options without effect on the object at hand: restrictions are refused, other options are warned about each time."""

from typing import Any

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._bulk.bulk import BulkFailed, converge_endpoints
from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.errors import ApiError, InputError, VpcepError
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.endpoint import converge_endpoint
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.info import find_services
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.permissions import converge_permissions
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.service import converge_service

OBS = "e4a21a61-f09e-41bc-b487-23d6204ae27b"
STATEMENT = {"Effect": "Allow", "Action": ["obs:object:GetObject"], "Resource": ["obs:*:*:*:backup/*"]}
WHITELIST = {"whitelist": ["192.168.1.10", "192.168.1.11"]}
SWITCHED = {**WHITELIST, "enable_whitelist": True}


@pytest.fixture
def wanted(task: Any, backend: Any, subnet: Any) -> Any:
    service = task(converge_service, name="web", **backend)["service"]
    return {"endpoint_service_id": service["id"], **subnet}


@pytest.fixture
def gateway(cloud: Any) -> Any:
    network = cloud.spare("provider")[2]
    return {"endpoint_service_id": OBS, "vpc_id": network["vpc_id"]}


@pytest.mark.slow
@pytest.mark.parametrize("check", [False, True])
@pytest.mark.parametrize("switch", [{}, {"enable_whitelist": False}], ids=["left out", "off"])
def test_an_access_list_without_its_switch(task: Any, cloud: Any, wanted: Any, switch: Any, check: bool) -> None:
    for _run in range(2):
        with pytest.raises(InputError, match="whitelist has an effect only with enable_whitelist=true") as caught:
            task(converge_endpoint, check=check, **WHITELIST, **switch, **wanted)
        assert ("and it is false by default" in str(caught.value)) == (switch == {})
    assert task.writes == [] and cloud.state()["endpoints"] == []
    assert task.sent == ([("GET", "listEndpoints")] if switch == {} else [])


@pytest.mark.slow
def test_an_access_list_of_an_endpoint_whose_switch_is_off(task: Any, cloud: Any, wanted: Any) -> None:
    endpoint = task(converge_endpoint, **wanted)["endpoint"]
    for identity in (wanted, {"id": endpoint["id"]}):
        with pytest.raises(InputError, match="only with enable_whitelist=true, and it is false") as caught:
            task(converge_endpoint, **WHITELIST, **identity)
        assert ("cannot change in place" in str(caught.value)) == (cloud.profile == "otc")
        assert task.writes == [] and len(task.sent) == 1
    with pytest.raises(InputError, match="only with enable_whitelist=true"):
        task(converge_endpoint, recreate=True, **WHITELIST, **wanted)
    assert task.writes == []
    changed = task(converge_endpoint, recreate=True, **SWITCHED, **wanted)["endpoint"]
    assert (changed["whitelist"], changed["enable_whitelist"]) == (WHITELIST["whitelist"], True)
    assert not task(converge_endpoint, **WHITELIST, **wanted)["changed"] and task.warnings == []


@pytest.mark.slow
def test_what_asks_for_nothing_is_no_mistake(task: Any, wanted: Any, gateway: Any) -> None:
    for identity in (gateway, wanted):
        for _run in range(2):
            task(converge_endpoint, whitelist=[], enable_whitelist=False, enable_dns=False, **identity)
            assert task.warnings == []


@pytest.mark.parametrize("check", [False, True])
@pytest.mark.parametrize("restriction", [SWITCHED, {"enable_whitelist": True}], ids=["list", "switch"])
def test_an_access_list_on_a_gateway(task: Any, cloud: Any, gateway: Any, restriction: Any, check: bool) -> None:
    named = [one["service_name"] for one in task(find_services, scope="public")["services"] if one["id"] == OBS]
    by_name = {**gateway, "endpoint_service_id": None, "endpoint_service_name": named[0]}
    for identity in (gateway, by_name):
        with pytest.raises(InputError, match=r"No endpoint was created: .*no effect on a gateway endpoint"):
            task(converge_endpoint, check=check, **restriction, **identity)
        assert task.writes == [] and cloud.state()["endpoints"] == []
    assert len(task.sent) <= 3


def test_an_access_list_on_a_gateway_that_exists(task: Any, gateway: Any) -> None:
    task(converge_endpoint, **gateway)
    for more in ({}, {"recreate": True}, {"check": True}):
        with pytest.raises(
            InputError, match=r"whitelist has no effect on a gateway endpoint, only on an interface one"
        ):
            task(converge_endpoint, **SWITCHED, **more, **gateway)
        assert task.sent == [("GET", "listEndpoints")]


@pytest.mark.slow
@pytest.mark.parametrize("check", [False, True])
def test_a_policy_on_an_interface_endpoint(task: Any, cloud: Any, wanted: Any, check: bool) -> None:
    with pytest.raises(InputError, match="policy_statement has no effect on an interface endpoint, only on a gateway"):
        task(converge_endpoint, check=check, policy_statement=[STATEMENT], **wanted)
    assert task.sent == [("GET", "listEndpoints"), ("GET", "describeEndpointService")]
    task(converge_endpoint, **wanted)
    with pytest.raises(InputError, match="policy_statement has no effect on an interface endpoint"):
        task(converge_endpoint, check=check, policy_statement=[STATEMENT], **wanted)
    assert task.sent == [("GET", "listEndpoints")]
    assert len(cloud.state()["endpoints"]) == 1


def test_in_check_mode_before_the_own_service_exists(task: Any, subnet: Any) -> None:
    with pytest.raises(InputError, match="policy_statement has no effect on an interface endpoint"):
        task(converge_endpoint, check=True, endpoint_service_id="", policy_statement=[STATEMENT], **subnet)


def test_two_types_in_one_task(task: Any, gateway: Any) -> None:
    for other in ({"policy_statement": [STATEMENT]}, {"routetables": ["4189d3c2-8882-4871-a3c2-d380272eed88"]}):
        with pytest.raises(InputError, match=f"whitelist.*{next(iter(other))}|{next(iter(other))}.*whitelist"):
            task(converge_endpoint, **SWITCHED, **other, **gateway)
        assert task.sent == []


@pytest.mark.slow
def test_nothing_is_said_about_an_endpoint_that_is_to_go(task: Any, wanted: Any) -> None:
    task(converge_endpoint, **wanted)
    assert task(converge_endpoint, state="absent", **WHITELIST, policy_statement=[STATEMENT], **wanted)["changed"]


@pytest.mark.slow
def test_other_options_are_warned_about_on_every_run(task: Any, cloud: Any, gateway: Any) -> None:
    """They do not identify an endpoint: the second run finds the gateway."""
    subnet_id = cloud.spare("provider")[2]["subnet_id"]
    wanted = {**gateway, "enable_dns": True, "subnet_id": subnet_id, "port_ip": "192.168.14.77"}
    for check in (True, False, True, False):
        task(converge_endpoint, check=check, **wanted)
        if check and not cloud.state()["endpoints"]:
            continue  # the type is not known before, and such options are not worth a request
        assert sorted(task.warnings) == [
            f"{option} has no effect on a gateway endpoint, only on an interface one."
            for option in ("enable_dns", "port_ip", "subnet_id")
        ]
    assert task.writes == [] and task(converge_endpoint, state="absent", **wanted)["changed"]


@pytest.mark.parametrize("lie", ["silent", "wrong"])
def test_a_service_that_does_not_tell_its_type(task: Any, cloud: Any, gateway: Any, lie: str) -> None:
    """The endpoint itself shows it, when it is made, and from then on."""
    answer = {"id": OBS, **({"service_type": "interface"} if lie == "wrong" else {})}

    def program(options: Any, runtime: Any) -> Any:
        runtime.api.describe_service = lambda **by: answer
        return converge_endpoint(options, runtime)

    with pytest.raises(InputError, match=r"was created, but: .*no effect on a gateway endpoint"):
        task(program, **SWITCHED, **gateway)
    with pytest.raises(InputError, match=r"no effect on a gateway endpoint"):
        task(program, **SWITCHED, **gateway)
    assert len(cloud.state()["endpoints"]) == 1 and task.writes == []


@pytest.mark.slow
@pytest.mark.parametrize("code", ["EndPoint.0004", "APIGW.0101"])
def test_a_service_that_may_not_be_described(task: Any, cloud: Any, wanted: Any, code: str) -> None:
    for operation in ("describeEndpointService", "listPublicEndpointServices", "getEndpointService"):
        cloud.fault(operation=operation, code=code, count=None)
    assert task(converge_endpoint, **SWITCHED, **wanted)["endpoint"]["enable_whitelist"] is True
    assert task(converge_endpoint, enable_dns=True, recreate=True, **wanted)["endpoint"]["enable_whitelist"] is True


@pytest.mark.slow
@pytest.mark.parametrize("whose", ["public", "own"])
def test_who_may_not_describe_services_still_sees_some(
    task: Any, cloud: Any, gateway: Any, wanted: Any, whose: str
) -> None:
    """The cloud's own ones are listed, those of the caller's project can be read."""
    cloud.fault(operation="describeEndpointService", code="EndPoint.0004", count=None)
    asked = {**gateway, **SWITCHED} if whose == "public" else {**wanted, "policy_statement": [STATEMENT]}
    with pytest.raises(InputError, match=r"No endpoint was created: .*has no effect on"):
        task(converge_endpoint, **asked)
    assert cloud.state()["endpoints"] == []


@pytest.mark.slow
def test_names_of_services_that_may_not_be_described(task: Any, cloud: Any, wanted: Any) -> None:
    cloud.fault(operation="describeEndpointService", code="EndPoint.0004", count=None)
    service_id = wanted.pop("endpoint_service_id")
    full_name = next(one["service_name"] for one in cloud.state()["services"] if one["id"] == service_id)
    public = next(one["name"] for one in cloud.info()["public_services"] if one["type"] == "interface")
    for name in (full_name, public):
        assert task(converge_endpoint, endpoint_service_name=name, **wanted)["changed"]
    with pytest.raises(ApiError, match=r"EndPoint\.0004"):
        task(converge_endpoint, endpoint_service_name="com.t-systems.otc.eu-de.none", **wanted)


@pytest.mark.slow
def test_a_limit_that_the_cloud_forgets(task: Any, wanted: Any) -> None:
    def program(options: Any, runtime: Any) -> Any:
        send = runtime.api.create_endpoint
        runtime.api.create_endpoint = lambda body: send({**body, "whitelist": []})
        return converge_endpoint(options, runtime)

    made = task(program, **SWITCHED, **wanted)["endpoint"]
    assert f"whitelist of the new endpoint {made['id']} is [], although ['192.168.1.10'" in task.warnings[0]


def test_a_policy_document_needs_a_service_that_allows_it(task: Any, cloud: Any, wanted: Any) -> None:
    if cloud.profile == "otc":
        return
    document = {"Version": "5.0", "Statement": []}
    with pytest.raises(InputError, match="policy_document has no effect, since the service does not allow it"):
        task(converge_endpoint, policy_document=document, **wanted)
    assert task.writes == []


@pytest.mark.slow
def test_a_fleet(task: Any, cloud: Any, wanted: Any, gateway: Any) -> None:
    with pytest.raises(InputError, match=r"endpoints\[0\]: whitelist has an effect only with enable_whitelist=true"):
        task(converge_endpoints, endpoints=[{**wanted, **WHITELIST, "enable_whitelist": False}])
    assert task.sent == []
    places = cloud.spare("provider")[3:6]
    closed = [{"vpc_id": one["vpc_id"], "subnet_id": one["subnet_id"], **SWITCHED} for one in places]
    open_ones = [{"vpc_id": one["vpc_id"], **WHITELIST} for one in places]
    for definitions in (closed, open_ones):
        with pytest.raises(BulkFailed, match="3 of 3 endpoints failed"):
            task(converge_endpoints, endpoints=definitions, endpoint_service_id=OBS)
        assert task.writes == [] and len(task.sent) <= 2, "the service is looked at once"
    task(converge_endpoints, endpoints=closed, endpoint_service_id=wanted["endpoint_service_id"])
    assert task.sent.count(("GET", "describeEndpointService")) == 1
    assert all(one["enable_whitelist"] for one in cloud.state()["endpoints"])


def test_a_service_warns_too(task: Any, cloud: Any, backend: Any) -> None:
    option = {"vip_port_id": backend["port_id"]} if cloud.profile == "otc" else {"snat_network_id": "net-1"}
    if cloud.profile == "huawei":
        backend["ip_version"] = "ipv4"
    for _run in range(2):
        task(converge_service, name="web", **option, **backend)
        assert any(f"{next(iter(option))} has an effect only with" in text for text in task.warnings)


@pytest.mark.slow
def test_the_error_names_the_object(task: Any, wanted: Any) -> None:
    endpoint = task(converge_endpoint, **wanted)["endpoint"]
    with pytest.raises(VpcepError, match=f"^Endpoint {endpoint['id']}: whitelist"):
        task(converge_endpoint, **WHITELIST, **wanted)


# Limits of a service, and of its whitelist


@pytest.mark.slow
@pytest.mark.parametrize("way", ["service", "permission"])
def test_a_whitelist_that_admits_everybody_beside_those_named(
    task: Any, cloud: Any, service: str, way: str, allow: Any
) -> None:
    for check in (True, False, False):
        if way == "service":
            task(converge_service, check=check, id=service, permissions=["a1"], purge_permissions=False)
        else:
            task(converge_permissions, check=check, endpoint_service_id=service, permissions=["a1"])
        assert any("also holds *" in text for text in task.warnings)
    task(converge_permissions, endpoint_service_id=service, permissions=["a1", "*"])
    assert task.warnings == []
    task(converge_service, id=service, permissions=["a1"])
    assert not any("also holds *" in text for text in task.warnings)


@pytest.mark.slow
def test_approval_holds_for_new_endpoints(task: Any, cloud: Any, wanted: Any) -> None:
    task(converge_service, name="web", approval_enabled=True)
    assert task.warnings == []  # there are no endpoints
    task(converge_service, name="web", approval_enabled=False)
    task(converge_endpoint, **wanted)
    task(converge_service, name="web", approval_enabled=True)
    assert any("Approval holds for new endpoints" in text for text in task.warnings)
    task(converge_service, name="web", approval_enabled=True)
    assert task.warnings == []


def test_options_about_how_to_go_about_it(task: Any, wanted: Any) -> None:
    task(converge_endpoint, wait_for_acceptance=True, wait=False, **wanted)
    assert "wait_for_acceptance has no effect with wait=false." in task.warnings


def test_descriptions_of_records_that_go(task: Any, cloud: Any, service: str) -> None:
    if cloud.profile == "huawei":
        wish = {"endpoint_service_id": service, "permissions": ["a1"], "state": "absent", "description": "Ann"}
        task(converge_permissions, **wish)
        assert task.warnings == ["description has no effect with state=absent."]


@pytest.mark.slow
def test_a_switch_without_a_list(task: Any, wanted: Any) -> None:
    for _run in range(2):
        task(converge_endpoint, enable_whitelist=True, **wanted)
        assert task.warnings == [
            "enable_whitelist is true and the whitelist is empty: the API does not say which addresses that admits."
        ]
