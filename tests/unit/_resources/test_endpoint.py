"""What a task of vpcep_endpoint does to the cloud, and with how many requests."""

import json
from typing import Any

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.errors import (
    ApiError,
    InputError,
    VpcepError,
    WaitTimeout,
)
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.endpoint import converge_endpoint
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.service import converge_service

GET_LIST = ("GET", "listEndpoints")
OBS = "e4a21a61-f09e-41bc-b487-23d6204ae27b"
UUID = "4189d3c2-8882-4871-a3c2-d380272eed88"
STATEMENT = {"Effect": "Allow", "Action": ["obs:bucket:*", "obs:object:*"], "Resource": ["obs:*:*:*:a", "obs:*:*:*:b"]}


@pytest.fixture
def service(task: Any, backend: Any) -> Any:
    return task(converge_service, name="web", **backend)["service"]


@pytest.fixture
def approving(task: Any, backend: Any) -> Any:
    return task(converge_service, name="web", **{**backend, "approval_enabled": True})["service"]


@pytest.fixture
def wanted(service: Any, subnet: Any) -> Any:
    return {"endpoint_service_id": service["id"], **subnet}


@pytest.fixture
def gateway(cloud: Any) -> Any:
    network = cloud.spare("provider")[2]
    return {"endpoint_service_id": OBS, "vpc_id": network["vpc_id"], "routetables": [network["routetable_id"]]}


@pytest.mark.slow
def test_creates_once_and_then_sends_one_get(task: Any, wanted: Any) -> None:
    created = task(converge_endpoint, enable_dns=True, tags={"env": "dev"}, **wanted)
    assert created["changed"] and task.writes == ["createEndpoint"]
    endpoint = created["endpoint"]
    assert endpoint["status"] == "accepted" and endpoint["ip"] and len(endpoint["dns_names"]) == 1
    again = task(converge_endpoint, enable_dns=True, tags={"env": "dev"}, **wanted)
    assert not again["changed"] and again["endpoint"]["id"] == endpoint["id"]
    assert task.sent == [GET_LIST]
    assert not task(converge_endpoint, id=endpoint["id"], enable_dns=True)["changed"]
    assert task.sent == [("GET", "getEndpoint")]


@pytest.mark.slow
def test_check_mode_predicts_and_sends_gets_only(task: Any, cloud: Any, wanted: Any) -> None:
    predicted = task(converge_endpoint, check=True, enable_dns=True, **wanted)
    assert predicted["changed"] and predicted["endpoint"]["id"] == "" and predicted["endpoint"]["dns_names"] == []
    assert (
        task.sent == [GET_LIST, ("GET", "getEndpointService"), ("GET", "listQuotas")]
        and cloud.state()["endpoints"] == []
    )
    assert task(converge_endpoint, enable_dns=True, **wanted)["diff"] == predicted["diff"]


def test_check_mode_before_the_service_exists(task: Any, subnet: Any) -> None:
    predicted = task(converge_endpoint, check=True, endpoint_service_id="", **subnet)
    assert predicted["changed"] and task.sent == [("GET", "listQuotas")]
    assert not task(converge_endpoint, check=True, endpoint_service_id="", state="absent", **subnet)["changed"]
    with pytest.raises(InputError, match="endpoint_service_id"):
        task(converge_endpoint, endpoint_service_id="", **subnet)


@pytest.mark.slow
def test_an_endpoint_in_another_subnet_is_another_one(task: Any, cloud: Any, service: Any, subnet: Any) -> None:
    first = task(converge_endpoint, endpoint_service_id=service["id"], **subnet)["endpoint"]["id"]
    network = cloud.spare("provider")[3]
    other = {"vpc_id": network["vpc_id"], "subnet_id": network["subnet_id"]}
    assert task(converge_endpoint, endpoint_service_id=service["id"], **other)["endpoint"]["id"] != first


@pytest.mark.slow
def test_an_address_tells_two_in_one_subnet_apart(task: Any, cloud: Any, wanted: Any) -> None:
    first = task(converge_endpoint, **wanted)["endpoint"]
    free = first["ip"].rsplit(".", 1)[0] + ".77"
    cloud.advance(3600)  # two that were made within the same minutes may be doubles: see test_doubles.py
    second = task(converge_endpoint, port_ip=free, **wanted)
    assert second["changed"] and second["endpoint"]["ip"] == free
    assert not task(converge_endpoint, port_ip=free, **wanted)["changed"]
    with pytest.raises(VpcepError, match="2 endpoints match"):
        task(converge_endpoint, **wanted)


@pytest.mark.slow
def test_while_waiting_for_acceptance_address_and_dns_are_not_compared(
    task: Any, cloud: Any, approving: Any, subnet: Any
) -> None:
    wanted = {"endpoint_service_id": approving["id"], "enable_dns": True, **subnet}
    free = str(cloud.spare("provider")[1]["cidr"]).rsplit(".", 1)[0] + ".88"
    created = task(converge_endpoint, port_ip=free, **wanted)
    assert created["endpoint"]["status"] == "pendingAcceptance" and "ip" not in created["endpoint"]
    assert not task(converge_endpoint, port_ip=free, recreate=True, **wanted)["changed"]
    assert not any("compared" in text for text in task.warnings)
    cloud.change("endpoints", created["endpoint"]["id"], status="accepted")
    again = task(converge_endpoint, port_ip=free, **wanted)
    assert not again["changed"] and again["endpoint"]["ip"] == free
    cloud.change("endpoints", created["endpoint"]["id"], status="rejected")
    assert not task(converge_endpoint, port_ip=free, recreate=True, **wanted)["changed"]


@pytest.mark.slow
def test_waiting_for_acceptance(task: Any, cloud: Any, approving: Any, subnet: Any) -> None:
    wanted = {"endpoint_service_id": approving["id"], "wait_for_acceptance": True, **subnet}
    cloud.fault(operation="getEndpoint", kind="answer", status=403, code="EndPoint.0004", nth=12)
    with pytest.raises(ApiError, match=r"Endpoint [0-9a-f-]{36} was created; run the task again to complete it"):
        task(converge_endpoint, **wanted)
    task(converge_endpoint, state="absent", **wanted)
    with pytest.raises(WaitTimeout, match="pendingAcceptance"):
        task(converge_endpoint, wait_timeout=30, **wanted)
    (endpoint,) = cloud.state()["endpoints"]
    cloud.change("endpoints", endpoint["id"], status="accepted")
    assert not task(converge_endpoint, **wanted)["changed"]
    cloud.change("endpoints", endpoint["id"], status="rejected")
    with pytest.raises(VpcepError, match="rejected endpoint"):
        task(converge_endpoint, **wanted)
    assert not task(converge_endpoint, **{**wanted, "wait_for_acceptance": False})["changed"]
    assert "rejected endpoint" in task.warnings[0]


@pytest.mark.slow
@pytest.mark.parametrize("form", ["short", "full"])
def test_the_service_by_name(task: Any, cloud: Any, service: Any, subnet: Any, form: str) -> None:
    name = "web" if form == "short" else service["service_name"]
    created = task(converge_endpoint, endpoint_service_name=name, **subnet)
    assert created["changed"] and created["endpoint"]["endpoint_service_id"] == service["id"]
    assert not task(converge_endpoint, endpoint_service_name=name, **subnet)["changed"]
    assert task.sent == ([GET_LIST] if form == "full" else [("GET", "listEndpointServices"), GET_LIST])


@pytest.mark.slow
def test_a_short_name_is_that_of_an_own_service(task: Any, cloud: Any, service: Any, backend: Any, subnet: Any) -> None:
    """Another account has a service of the same name, and our endpoint to that one is not to be touched."""
    network = cloud.spare("consumer")[0]
    theirs = {**backend, "port_id": network["port_id"], "vpc_id": network["vpc_id"]}
    other = task(converge_service, account="consumer", name="web", permissions=[cloud.domain_id("provider")], **theirs)[
        "service"
    ]
    task(converge_endpoint, endpoint_service_id=other["id"], **subnet)
    assert not task(converge_endpoint, endpoint_service_name="web", state="absent", **subnet)["changed"]
    created = task(converge_endpoint, endpoint_service_name="web", **subnet)
    assert created["changed"] and created["endpoint"]["endpoint_service_id"] == service["id"]


def test_a_public_service_by_name(task: Any, cloud: Any, subnet: Any) -> None:
    cloud_name = "t-systems.otc" if cloud.profile == "otc" else "myhuaweicloud"
    name = f"com.{cloud_name}.{cloud.region}.dns"
    assert task(converge_endpoint, endpoint_service_name=name, **subnet)["endpoint"]["endpoint_service_name"] == name
    assert not task(converge_endpoint, endpoint_service_name=name, **subnet)["changed"]


def test_a_name_that_nobody_has(task: Any, subnet: Any) -> None:
    for name in ("nobody", "eu-de.nobody.4711"):
        with pytest.raises(VpcepError, match="no endpoint service named"):
            task(converge_endpoint, endpoint_service_name=name, **subnet)
        assert not task(converge_endpoint, endpoint_service_name=name, state="absent", **subnet)["changed"]


@pytest.mark.slow
def test_a_short_name_of_two_services_is_refused(task: Any, backend: Any, service: Any, subnet: Any) -> None:
    other = task(converge_service, **{**backend, "ports": [{"client_port": 1, "server_port": 1}]})["service"]
    task(converge_service, id=other["id"], name="web")
    with pytest.raises(VpcepError, match="2 endpoint services are named 'web'") as caught:
        task(converge_endpoint, endpoint_service_name="web", **subnet)
    assert service["id"] in str(caught.value) and other["id"] in str(caught.value) and task.writes == []


def test_a_name_that_leads_to_a_known_endpoint_is_not_created_again(task: Any, cloud: Any, wanted: Any) -> None:
    """The list may show the endpoint under an earlier name of its service: then only the service's ID tells."""
    made = task(converge_endpoint, **wanted)["endpoint"]
    (known,) = cloud.state()["endpoints"]
    listed = {"endpoints": [{**known, "endpoint_service_name": "named.otherwise.before"}], "total_count": 1}
    cloud.fault(operation="listEndpoints", status=200, body=json.dumps(listed))
    named = {**wanted, "endpoint_service_id": None, "endpoint_service_name": made["endpoint_service_name"]}
    again = task(converge_endpoint, **named)
    assert not again["changed"] and again["endpoint"]["id"] == made["id"] and task.writes == []


def test_a_refused_deletion_is_an_error(task: Any, cloud: Any, wanted: Any) -> None:
    task(converge_endpoint, **wanted)
    cloud.fault(operation="deleteEndpoint", code="EndPoint.0004", status=403)
    with pytest.raises(ApiError, match=r"EndPoint\.0004"):
        task(converge_endpoint, state="absent", **wanted)
    assert len(cloud.state()["endpoints"]) == 1


def test_gateway(task: Any, cloud: Any, gateway: Any) -> None:
    created = task(converge_endpoint, policy_statement=[STATEMENT], enable_dns=True, **gateway)["endpoint"]
    assert created["service_type"] == "gateway" and created["routetables"] == gateway["routetables"]
    other_words = {"Effect": "Allow", "Action": STATEMENT["Action"][::-1], "Resource": STATEMENT["Resource"][::-1]}
    again = task(converge_endpoint, policy_statement=[other_words], enable_dns=True, **gateway)
    assert not again["changed"] and task.sent == [GET_LIST]
    assert task.warnings == ["enable_dns has no effect on a gateway endpoint, only on an interface one."]


def test_a_policy_is_sent_with_capitals_however_it_is_written(task: Any, cloud: Any, gateway: Any) -> None:
    small = {key.lower(): value for key, value in STATEMENT.items()}
    task(converge_endpoint, policy_statement=[small], **gateway)
    assert cloud.log(operation="createEndpoint")[0]["body"]["policy_statement"] == [STATEMENT]
    assert not task(converge_endpoint, policy_statement=[STATEMENT], **gateway)["changed"]


def test_the_default_policy_is_the_empty_one(task: Any, gateway: Any) -> None:
    task(converge_endpoint, **gateway)
    assert not task(converge_endpoint, policy_statement=[], **gateway)["changed"]


@pytest.mark.slow
def test_policy_and_routetables_in_place_where_the_cloud_can(task: Any, cloud: Any, gateway: Any) -> None:
    created = task(converge_endpoint, **gateway)["endpoint"]["id"]
    if cloud.profile == "otc":
        with pytest.raises(InputError, match="policy_statement"):
            task(converge_endpoint, policy_statement=[STATEMENT], **gateway)
        replaced = task(converge_endpoint, policy_statement=[STATEMENT], recreate=True, **gateway)
        assert replaced["endpoint"]["id"] != created and task.writes == ["deleteEndpoint", "createEndpoint"]
    else:
        changed = task(converge_endpoint, policy_statement=[STATEMENT], **gateway)
        assert changed["endpoint"]["id"] == created and task.writes == ["updateEndpointPolicy"]
    assert not task(converge_endpoint, policy_statement=[STATEMENT], **gateway)["changed"]


@pytest.mark.slow
def test_whitelist_in_place_where_the_cloud_can(task: Any, cloud: Any, wanted: Any) -> None:
    task(converge_endpoint, whitelist=["10.0.0.1", "10.1.0.0/16"], enable_whitelist=True, **wanted)
    assert not task(converge_endpoint, whitelist=["10.1.0.0/16", "10.0.0.1/32"], **wanted)["changed"]
    if cloud.profile == "otc":
        with pytest.raises(InputError, match="whitelist"):
            task(converge_endpoint, whitelist=["10.0.0.2"], **wanted)
        return
    changed = task(converge_endpoint, whitelist=["10.0.0.2"], **wanted)["endpoint"]
    assert task.writes == ["updateEndpointWhitelist"]
    assert (changed["whitelist"], changed["enable_whitelist"]) == (["10.0.0.2"], True)


@pytest.mark.slow
def test_a_whitelist_survives_its_switch(task: Any, cloud: Any, wanted: Any) -> None:
    task(converge_endpoint, whitelist=["10.0.0.1", "10.1.0.0/16"], enable_whitelist=True, **wanted)
    if cloud.profile == "otc":
        with pytest.raises(InputError, match="enable_whitelist"):
            task(converge_endpoint, enable_whitelist=False, **wanted)
        return
    for options in ({"whitelist": ["10.0.0.1"]}, {"enable_whitelist": False}, {"enable_whitelist": True}):
        before = cloud.state()["endpoints"][0]
        assert task(converge_endpoint, **options, **wanted)["changed"]
        # Whether the list stays when it is left out no document says; the switch is documented not to.
        (sent,) = cloud.log(operation="updateEndpointWhitelist")
        assert sorted(sent["body"]) == ["enable_whitelist", "whitelist"]
        (after,) = cloud.state()["endpoints"]
        for name in ("whitelist", "enable_whitelist"):
            assert after[name] == options.get(name, before[name])


@pytest.mark.slow
def test_tags_with_and_without_purge(task: Any, wanted: Any) -> None:
    task(converge_endpoint, tags={"a": "1", "b": "2"}, **wanted)
    kept = task(converge_endpoint, tags={"a": "3"}, purge_tags=False, **wanted)["endpoint"]
    assert kept["tags"] == {"a": "3", "b": "2"}
    assert task(converge_endpoint, tags={}, **wanted)["endpoint"]["tags"] == {}
    assert task.writes == ["changeResourceTags"]


@pytest.mark.slow
def test_immutable_fields(task: Any, wanted: Any) -> None:
    endpoint = task(converge_endpoint, **wanted)["endpoint"]
    with pytest.raises(InputError, match=r"enable_dns \(is False, asked True\)") as caught:
        task(converge_endpoint, enable_dns=True, description="new", **wanted)
    assert "description (is '', asked 'new')" in str(caught.value) and task.writes == []
    replaced = task(converge_endpoint, enable_dns=True, recreate=True, **wanted)["endpoint"]
    assert replaced["id"] != endpoint["id"] and replaced["dns_names"]


@pytest.mark.slow
@pytest.mark.parametrize("fault", [{"kind": "reset"}, {"preset": "bad_gateway"}], ids=["reset", "502"])
def test_a_deletion_that_was_not_answered_is_waited_for(task: Any, cloud: Any, wanted: Any, fault: Any) -> None:
    """The repeat of it is refused with EndPoint.2018: it is being deleted already."""
    task(converge_endpoint, **wanted)
    cloud.fault(operation="deleteEndpoint", carried_out=True, **fault)
    assert task(converge_endpoint, state="absent", **wanted)["changed"]
    assert task.writes == ["deleteEndpoint"] * 2 and cloud.state()["endpoints"] == []


@pytest.mark.slow
def test_absent_waits_and_is_done_once(task: Any, cloud: Any, wanted: Any) -> None:
    task(converge_endpoint, **wanted)
    assert task(converge_endpoint, check=True, state="absent", **wanted)["changed"] and task.writes == []
    assert task(converge_endpoint, state="absent", **wanted)["changed"] and task.writes == ["deleteEndpoint"]
    assert cloud.state()["endpoints"] == []
    assert not task(converge_endpoint, state="absent", **wanted)["changed"] and task.sent == [GET_LIST]


@pytest.mark.slow
def test_a_subnet_that_does_not_exist_is_not_an_absent_endpoint(task: Any, service: Any, subnet: Any) -> None:
    with pytest.raises(ApiError) as caught:
        task(converge_endpoint, endpoint_service_id=service["id"], vpc_id=subnet["vpc_id"], subnet_id=UUID)
    assert caught.value.status == 404 and caught.value.is_code("4004")
    assert task.writes == ["createEndpoint"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "Say which endpoint is meant"),
        ({"endpoint_service_id": "s"}, "vpc_id (or vpc) is missing"),
        ({"endpoint_service_id": "s", "vpc_id": UUID, "subnet_id": UUID, "routetables": [UUID]}, "give one of them"),
        ({"endpoint_service_id": "s", "vpc_id": UUID, "port_ip": "300.1.1.1"}, "port_ip: '300.1.1.1' is not an IPv4"),
        ({"endpoint_service_id": "s", "vpc_id": "my-vpc"}, "vpc_id: 'my-vpc' is not a UUID"),
        ({"endpoint_service_id": "s", "vpc_id": UUID, "routetables": ["r" * 65]}, "has 65 characters"),
        ({"id": "../services"}, "id: '../services' is not an identifier"),
        ({"id": "e", "wait_timeout": 0}, "wait_timeout: 0 is not a positive number"),
    ],
)
def test_bad_input_sends_nothing(task: Any, options: Any, message: str) -> None:
    with pytest.raises(InputError) as caught:
        task(converge_endpoint, **options)
    assert message in str(caught.value) and task.sent == []


def test_route_tables_are_changed_on_one_cloud_and_partly_refused_ones_are_an_error(
    task: Any, cloud: Any, gateway: Any
) -> None:
    endpoint = task(converge_endpoint, **gateway)["endpoint"]
    if cloud.profile == "otc":
        with pytest.raises(InputError, match="routetables"):
            task(converge_endpoint, id=endpoint["id"], routetables=[UUID])
        return
    body = '{"routetables": [], "error": [{"bind_failed": [{"id": "r9", "error_message": "in use"}]}]}'
    cloud.fault(operation="updateEndpointRouteTables", status=200, body=body)
    with pytest.raises(VpcepError, match="bind r9: in use"):
        task(converge_endpoint, id=endpoint["id"], routetables=[cloud.spare("provider")[4]["routetable_id"]])


def test_route_tables_in_place(task: Any, cloud: Any) -> None:
    if cloud.profile == "otc":
        return
    two = {
        "endpoint_service_id": OBS,
        "vpc_id": "d7b2bf07-1b4c-43fa-bd88-d80c6ebea140",  # of the seed: it has two
        "routetables": ["cd7fdf2b-d964-4a4a-a169-2af1112e7d02", "cd7fdf2b-d964-4a4a-a169-2af1112e7d03"],
    }
    first = task(converge_endpoint, **two)["endpoint"]
    assert not task(converge_endpoint, **{**two, "routetables": two["routetables"][::-1]})["changed"]
    changed = task(converge_endpoint, **{**two, "routetables": two["routetables"][:1]})
    assert changed["endpoint"]["id"] == first["id"] and task.writes == ["updateEndpointRouteTables"]
    assert changed["endpoint"]["routetables"] == two["routetables"][:1]
    assert cloud.log(operation="updateEndpointRouteTables")[0]["body"] == {"routetables": two["routetables"][:1]}


DOCUMENT = {"Version": "5.0", "Statement": [{"Effect": "Allow", "Action": ["obs:*"], "Resource": ["*"]}]}


@pytest.fixture
def documented(task: Any, cloud: Any, backend: Any, subnet: Any) -> Any:
    """The options of an endpoint whose service takes policy documents; None where there are no such things."""
    if cloud.profile == "otc":
        return None
    made = task(converge_service, name="web", enable_policy=True, **backend)["service"]
    return {"endpoint_service_id": made["id"], **subnet}


def test_a_policy_document_is_changed_and_taken_away(task: Any, cloud: Any, documented: Any) -> None:
    if documented is None:
        return
    created = task(converge_endpoint, policy_document=DOCUMENT, **documented)["endpoint"]
    assert not task(converge_endpoint, policy_document=DOCUMENT, **documented)["changed"]
    other = {**DOCUMENT, "Statement": [{**DOCUMENT["Statement"][0], "Effect": "Deny"}]}
    assert task(converge_endpoint, policy_document=other, **documented)["changed"]
    assert task.writes == ["updateEndpointPolicy"]
    bare = task(converge_endpoint, policy_document={}, **documented)
    assert bare["endpoint"]["id"] == created["id"] and task.writes == ["deleteEndpointPolicy"]
    assert not task(converge_endpoint, policy_document={}, **documented)["changed"]
    assert task(converge_endpoint, policy_document=DOCUMENT, **documented)["changed"]
    assert task.writes == ["updateEndpointPolicy"]


def test_taking_the_document_away_keeps_the_statements(task: Any, cloud: Any, gateway: Any) -> None:
    """The call that takes it away sets the statements to the default, too."""
    if cloud.profile == "otc":
        return
    endpoint = task(converge_endpoint, policy_statement=[STATEMENT], **gateway)["endpoint"]["id"]
    task(lambda _, runtime: runtime.api.change("updateEndpointPolicy", endpoint, body={"policy_document": DOCUMENT}))
    wanted = {"policy_statement": [STATEMENT], "policy_document": {}, **gateway}
    assert task(converge_endpoint, **wanted)["changed"]
    assert task.writes == ["deleteEndpointPolicy", "updateEndpointPolicy"]
    (seen,) = cloud.state()["endpoints"]
    assert [set(statement["Resource"]) for statement in seen["policy_statement"]] == [set(STATEMENT["Resource"])]
    assert not task(converge_endpoint, **wanted)["changed"]


def test_an_upgrade_is_asked_for_each_time(task: Any, cloud: Any, wanted: Any) -> None:
    if cloud.profile == "otc":
        with pytest.raises(InputError, match="upgrade: T Cloud Public does not have this option"):
            task(converge_endpoint, upgrade=True, **wanted)
        assert task.sent == []
        return
    assert task(converge_endpoint, upgrade=True, **wanted)["changed"]
    assert task.writes == ["createEndpoint", "upgradeEndpoint"]
    assert cloud.log(operation="upgradeEndpoint")[0]["body"] == {"action": "start"}
    assert task(converge_endpoint, check=True, upgrade=True, **wanted)["changed"] and task.writes == []
    assert task(converge_endpoint, upgrade=True, **wanted)["changed"] and task.writes == ["upgradeEndpoint"]
    assert not task(converge_endpoint, upgrade=False, **wanted)["changed"]


def test_an_upgrade_of_an_endpoint_that_is_not_waited_for(task: Any, cloud: Any, wanted: Any) -> None:
    """The cloud refuses it while the endpoint is being created (EndPoint.2019)."""
    if cloud.profile == "huawei":
        assert task(converge_endpoint, upgrade=True, wait=False, **wanted)["changed"]
        assert task.writes == ["createEndpoint", "upgradeEndpoint"]
