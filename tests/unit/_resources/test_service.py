"""What a task of vpcep_service does to the cloud, and with how many requests."""

import json
from typing import Any

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._api.vpcep import VpcepApi
from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.errors import (
    ApiError,
    InputError,
    VpcepError,
    WaitTimeout,
)
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.endpoint import Endpoint, converge_endpoint
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.service import Service, converge_service
from ansible_collections.crossvpc.vpcep.plugins.module_utils._schema.plan import Step

GET_LIST = ("GET", "listEndpointServices")
GET_ONE = ("GET", "getEndpointService")
GET_PERMISSIONS = ("GET", "listPermissions")


def test_creates_once_and_then_sends_one_get(task: Any, backend: Any) -> None:
    created = task(converge_service, name="web", tags={"env": "dev"}, **backend)
    assert created["changed"]
    assert task.writes == ["createEndpointService"]
    assert created["service"]["status"] == "available"
    assert created["service"]["name"] == "web"
    assert created["service"]["tags"] == {"env": "dev"}
    again = task(converge_service, name="web", tags={"env": "dev"}, **backend)
    assert not again["changed"]
    assert again["service"]["id"] == created["service"]["id"]
    assert task.sent == [GET_LIST]


def test_check_mode_predicts_and_sends_gets_only(task: Any, cloud: Any, backend: Any) -> None:
    predicted = task(converge_service, check=True, name="web", permissions=["*"], **backend)
    assert predicted["changed"] and predicted["service"]["id"] == "" and predicted["service"]["name"] == "web"
    assert task.sent == [GET_LIST, GET_LIST, ("GET", "listQuotas")]  # of this name, and at the same backend
    assert cloud.state()["services"] == []
    created = task(converge_service, name="web", permissions=["*"], **backend)
    assert created["diff"] == predicted["diff"]
    assert created["service"]["permissions"] == predicted["service"]["permissions"] == ["iam:domain::*"]


def test_by_id_one_get_and_one_more_for_permissions(task: Any, backend: Any) -> None:
    service = task(converge_service, **backend)["service"]
    assert not task(converge_service, id=service["id"], **backend)["changed"]
    assert task.sent == [GET_ONE]
    assert not task(converge_service, id=service["id"], permissions=[])["changed"]
    assert task.sent == [GET_ONE, GET_PERMISSIONS]


def test_without_name_the_backend_tells_which_one(task: Any, backend: Any) -> None:
    service = task(converge_service, name="web", **backend)["service"]
    more = [{"client_port": 8080, "server_port": 80}, {"client_port": 443, "server_port": 443}]
    changed = task(converge_service, **{**backend, "ports": more})
    assert changed["changed"] and changed["service"]["id"] == service["id"]
    assert task.writes == ["updateEndpointService"]
    assert [port["client_port"] for port in changed["diff"]["after"]["ports"]] == [443, 8080]


def test_rejecting_needs_a_whitelist_to_go_by(task: Any) -> None:
    with pytest.raises(InputError, match="reject_revoked"):
        task(converge_service, name="web", reject_revoked=True)
    assert task.sent == []
    assert not task(converge_service, name="web", reject_revoked=True, state="absent")["changed"]


def test_a_setting_that_the_cloud_does_not_show_is_left_alone_with_a_warning(
    task: Any, cloud: Any, backend: Any
) -> None:
    made = task(converge_service, name="web", **backend)["service"]
    (known,) = cloud.state()["services"]
    listed = {"endpoint_services": [{key: value for key, value in known.items() if key != "server_type"}]}
    cloud.fault(operation="listEndpointServices", status=200, body=json.dumps({**listed, "total_count": 1}))
    assert not task(converge_service, name="web", server_type="LB")["changed"] and task.writes == []
    (text,) = task.warnings
    assert "server_type: the cloud does not show" in text and made["id"] in text


def test_a_name_is_matched_exactly(task: Any, cloud: Any, backend: Any) -> None:
    longer = task(converge_service, name="web-2", **backend)["service"]
    other = {**backend, "ports": [{"client_port": 1, "server_port": 1}]}
    assert task(converge_service, name="web", **other)["service"]["id"] != longer["id"]
    assert not task(converge_service, name="WEB", state="absent")["changed"]
    assert len(cloud.state()["services"]) == 2


def test_two_of_a_name_are_listed_and_none_is_chosen(task: Any, cloud: Any, backend: Any) -> None:
    first = task(converge_service, name="web", **backend)["service"]["id"]
    second = task(converge_service, **{**backend, "ports": [{"client_port": 1, "server_port": 1}]})["service"]["id"]
    task(converge_service, id=second, name="web")
    with pytest.raises(VpcepError, match="2 endpoint services match") as caught:
        task(converge_service, name="web", state="absent")
    assert first in str(caught.value) and second in str(caught.value)
    assert task.writes == []


def test_one_put_with_what_changed_then_tags_then_permissions(task: Any, cloud: Any, backend: Any) -> None:
    account = cloud.domain_id("consumer")
    task(converge_service, name="web", tags={"a": "1", "b": "2"}, permissions=["*"], **backend)
    task(converge_service, name="web", description="new", tags={"a": "2"}, permissions=[account])
    assert task.writes == [
        "updateEndpointService",
        "changeResourceTags",
        "changeResourceTags",
        "addOrRemovePermissions",
        "addOrRemovePermissions",
    ]
    body = cloud.log(operation="updateEndpointService")[0]["body"]
    assert body == {"description": "new", "approval_enabled": False}  # the cloud would take true if it were left out
    (service,) = cloud.state()["services"]
    assert service["approval_enabled"] is False
    assert not task(converge_service, name="web", description="new", tags={"a": "2"}, permissions=[account])["changed"]


def test_what_is_left_out_is_not_touched(task: Any, cloud: Any, backend: Any) -> None:
    task(converge_service, name="web", description="old", tags={"a": "1"}, permissions=["*"], **backend)
    task(converge_service, name="web", tcp_proxy="proxy_open")
    assert task.writes == ["updateEndpointService"]
    (service,) = cloud.state()["services"]
    assert (service["description"], service["approval_enabled"]) == ("old", False)
    task(converge_service, name="web", tags={"b": "2"}, purge_tags=False)
    shown = task(converge_service, name="web", permissions=["abc"], purge_permissions=False)["service"]
    assert shown["tags"] == {"a": "1", "b": "2"}
    assert shown["permissions"] == ["iam:domain::*", "iam:domain::abc"]


def test_empty_values_clear(task: Any, backend: Any) -> None:
    task(converge_service, name="web", description="old", tags={"a": "1"}, permissions=["abc"], **backend)
    cleared = task(converge_service, name="web", description="", tags={}, permissions=[])["service"]
    assert (cleared["description"], cleared["tags"], cleared["permissions"]) == ("", {}, [])


def test_a_bare_star_and_the_long_form_are_one_record(task: Any, cloud: Any, backend: Any) -> None:
    service = task(converge_service, name="web", **backend)["service"]
    task(
        lambda _, runtime: runtime.api.change(
            "addOrRemovePermissions", service["id"], body={"action": "add", "permissions": ["*"]}
        )
    )
    assert not task(converge_service, name="web", permissions=["iam:domain::*"])["changed"]
    assert task(converge_service, name="web", permissions=[])["changed"]
    assert cloud.state()["services"][0]["permissions"] == []


@pytest.mark.slow
def test_immutable_fields_name_both_values(task: Any, cloud: Any, backend: Any) -> None:
    service = task(converge_service, name="web", **backend)["service"]
    elsewhere = cloud.spare("provider")[1]
    with pytest.raises(InputError, match="recreate") as caught:
        task(converge_service, name="web", vpc_id=elsewhere["vpc_id"], description="not this either")
    for text in ("vpc_id", backend["vpc_id"], elsewhere["vpc_id"]):
        assert text in str(caught.value)
    assert task.writes == []
    moved = {**backend, "vpc_id": elsewhere["vpc_id"], "port_id": elsewhere["port_id"]}
    predicted = task(converge_service, check=True, name="web", recreate=True, **moved)
    assert predicted["changed"] and task.writes == []
    replaced = task(converge_service, name="web", recreate=True, **moved)
    assert task.writes == ["deleteEndpointService", "createEndpointService"]
    assert replaced["service"]["id"] != service["id"]
    assert replaced["diff"]["before"]["vpc_id"] == backend["vpc_id"]
    assert replaced["diff"]["after"]["vpc_id"] == elsewhere["vpc_id"]


def test_recreate_without_what_a_creation_needs_deletes_nothing(task: Any, cloud: Any, backend: Any) -> None:
    task(converge_service, name="web", **backend)
    with pytest.raises(InputError, match="missing: port_id"):
        task(converge_service, name="web", vpc_id=cloud.spare("provider")[1]["vpc_id"], recreate=True)
    assert task.writes == []


def test_an_unknown_id(task: Any) -> None:
    with pytest.raises(VpcepError, match="no endpoint service with id nobody"):
        task(converge_service, id="nobody", description="x")
    assert not task(converge_service, id="nobody", state="absent")["changed"]
    assert task.sent == [GET_ONE]


@pytest.mark.parametrize(
    "options",
    [{}, {"port_id": "4189d3c2-8882-4871-a3c2-d380272eed88"}, {"ports": [{"client_port": 1, "server_port": 1}]}],
)
def test_nothing_is_sent_when_it_is_unclear_what_is_meant(task: Any, options: Any) -> None:
    with pytest.raises(InputError, match="Say which service is meant"):
        task(converge_service, **options)
    assert task.sent == []


def test_a_creation_needs_its_options(task: Any, backend: Any) -> None:
    with pytest.raises(InputError, match=r"missing: port_id, vpc_id, server_type, ports\."):
        task(converge_service, name="web", description="x")
    with pytest.raises(InputError, match=r"missing: vpc_id\."):
        task(converge_service, check=True, **{**backend, "vpc_id": None})


@pytest.mark.slow
def test_a_failed_service_says_why_and_is_replaced_on_demand(task: Any, cloud: Any, backend: Any) -> None:
    cloud.settings(fail_next_services=1)
    with pytest.raises(VpcepError, match=r"failed: EndPoint\.4010: Failed to create a port"):
        task(converge_service, name="web", **backend)
    with pytest.raises(VpcepError, match="Set recreate to true"):
        task(converge_service, name="web", **backend)
    assert task.writes == []
    replaced = task(converge_service, name="web", recreate=True, **backend)
    assert replaced["changed"] and replaced["service"]["status"] == "available"
    assert len(cloud.state()["services"]) == 1


@pytest.mark.slow
def test_a_failed_service_can_be_removed(task: Any, cloud: Any, backend: Any) -> None:
    cloud.settings(fail_next_services=1)
    with pytest.raises(VpcepError):
        task(converge_service, name="web", **backend)
    assert task(converge_service, name="web", state="absent")["changed"]
    assert cloud.state()["services"] == []


@pytest.mark.slow
@pytest.mark.fault_injection("objects in status deleting at the start")
def test_a_service_on_its_way_out_does_not_count(task: Any, cloud: Any, backend: Any) -> None:
    old = task(converge_service, name="web", **backend)["service"]
    task(converge_service, name="web", state="absent", wait=False)
    assert cloud.state()["services"][0]["status"] == "deleting"
    assert not task(converge_service, name="web", state="absent")["changed"]  # and waits until it is gone
    assert cloud.state()["services"] == []
    task(converge_service, name="web", **backend)
    task(converge_service, name="web", state="absent", wait=False)
    new = task(converge_service, name="web", **backend)
    assert new["changed"] and new["service"]["id"] != old["id"]
    task(converge_service, name="web", state="absent", wait=False)
    new = task(converge_service, name="shop", **backend)  # the old one still holds the backend
    assert new["changed"] and [one["id"] for one in cloud.state()["services"]] == [new["service"]["id"]]
    with pytest.raises(VpcepError, match="it is being deleted"):
        task(converge_service, name="shop", state="absent", wait=False) and task(
            converge_service, id=new["service"]["id"], description="x"
        )


def test_a_service_that_is_still_created_is_waited_for_before_a_change(task: Any, backend: Any) -> None:
    created = task(converge_service, name="web", wait=False, **backend)
    assert created["service"]["status"] == "creating"
    changed = task(converge_service, name="web", description="x", wait=False)
    assert changed["changed"] and changed["service"]["description"] == "x"


def test_permissions_are_set_on_a_service_that_is_not_waited_for(task: Any, cloud: Any, backend: Any) -> None:
    task(converge_service, name="web", wait=False, permissions=["abc"], **backend)
    assert [item["permission"] for item in cloud.state()["services"][0]["permissions"]] == ["iam:domain::abc"]


@pytest.mark.slow
def test_an_error_says_what_was_done_before(task: Any, cloud: Any, backend: Any) -> None:
    refused = {"operation": "changeResourceTags", "kind": "answer", "status": 403, "code": "EndPoint.0004"}
    whitelist = {**refused, "operation": "addOrRemovePermissions"}
    cloud.fault(**whitelist)
    with pytest.raises(ApiError, match=r"Endpoint service [0-9a-f-]{36} was created; run the task again"):
        task(converge_service, name="web", permissions=["abc"], **backend)
    assert task(converge_service, name="web", permissions=["abc"], **backend)["changed"]
    cloud.fault(**refused)
    with pytest.raises(ApiError, match=r"Other settings of endpoint service [0-9a-f-]{36} were changed before"):
        task(converge_service, name="web", description="new", tags={"a": "b"}, **backend)
    cloud.fault(**refused)
    with pytest.raises(ApiError) as caught:
        task(converge_service, name="web", tags={"a": "b"}, **backend)
    assert "before" not in str(caught.value)
    cloud.fault(operation="listConnections", kind="answer", status=403, code="EndPoint.0004")
    with pytest.raises(ApiError, match="were changed before"):
        task(converge_service, name="web", permissions=[], reject_revoked=True, **backend)
    cloud.fault(operation="getEndpointService", kind="answer", status=403, code="EndPoint.0004")
    with pytest.raises(ApiError, match="were changed before"):
        task(converge_service, name="web", description="newer", **backend)
    cloud.fault(operation="getEndpointService", kind="answer", status=403, code="EndPoint.0004")
    with pytest.raises(ApiError, match=r"The deletion of endpoint service [0-9a-f-]{36} was requested before"):
        task(converge_service, name="web", state="absent")
    assert not task(converge_service, name="web", state="absent")["changed"]
    for operation, nth in (("getEndpointService", 1), ("listEndpointServices", 2)):
        cloud.fault(operation=operation, kind="answer", status=403, code="EndPoint.0004", nth=nth)
        with pytest.raises(ApiError, match=r"Endpoint service [0-9a-f-]{36} was created; run the task again"):
            task(converge_service, name="web", **backend)
        assert task(converge_service, name="web", state="absent")["changed"]
    if cloud.profile == "huawei":
        cloud.fault(**whitelist, nth=2)
        with pytest.raises(ApiError, match=r"Endpoint service [0-9a-f-]{36} was created; run the task again"):
            task(converge_service, name="web", permissions=["abc", "organizations:orgPath::o-1/r-1/*"], **backend)


def test_a_change_that_the_cloud_ignores_is_told(task: Any, cloud: Any, backend: Any) -> None:
    """Clouds ignore unknown members, and perhaps an empty name. Otherwise each run would just report a change."""
    service = task(converge_service, name="web", **backend)["service"]
    cloud.fault(operation="updateEndpointService", status=200, body="{}")
    cloud.fault(operation="renameEndpointService", status=200, body="{}")
    task(converge_service, id=service["id"], name="")
    assert task.warnings == [
        f"name of the endpoint service {service['id']} is web, although an empty one was asked for."
    ]
    cloud.clear_faults()
    assert task(converge_service, id=service["id"], name="")["service"]["name"] == "" and task.warnings == []


def test_the_deadline(task: Any, cloud: Any, backend: Any) -> None:
    cloud.settings(service_create_delay=300)
    with pytest.raises(WaitTimeout, match="still in status creating") as caught:
        task(converge_service, name="web", wait_timeout=60, **backend)
    assert caught.value.status == "creating" and 50 < caught.value.seconds <= 60
    assert not task(converge_service, name="web", **backend)["changed"]  # goes on waiting, creates nothing
    assert len(cloud.state()["services"]) == 1


@pytest.mark.slow
def test_a_service_in_use_names_who_is_connected(task: Any, cloud: Any, backend: Any, subnet: Any) -> None:
    service = task(converge_service, name="web", **backend)["service"]
    endpoint = task(converge_endpoint, endpoint_service_id=service["id"], **subnet)["endpoint"]
    with pytest.raises(VpcepError, match="is in use") as caught:
        task(converge_service, name="web", state="absent")
    assert endpoint["id"] in str(caught.value) and cloud.domain_id("provider") in str(caught.value)
    task(converge_endpoint, id=endpoint["id"], state="absent", wait=False)
    assert task(converge_service, name="web", state="absent")["changed"]  # waits for the endpoint that goes
    assert cloud.state()["services"] == []


def test_the_full_name_is_predicted_on_a_rename(task: Any, cloud: Any, backend: Any) -> None:
    service = task(converge_service, **backend)["service"]
    predicted = task(converge_service, check=True, id=service["id"], name="web")["service"]
    renamed = task(converge_service, id=service["id"], name="web")["service"]
    assert predicted["service_name"] == renamed["service_name"] == f"{cloud.region}.web.{service['id']}"


def test_options_of_the_other_cloud(task: Any, cloud: Any, backend: Any) -> None:
    option = {"payer": "endpoint"} if cloud.profile == "huawei" else {"snat_network_id": "n"}
    name = "Huawei Cloud" if cloud.profile == "huawei" else "T Cloud Public"
    with pytest.raises(InputError, match=f"{next(iter(option))}: {name} does not have this option"):
        task(converge_service, **backend, **option)
    assert task.sent == []


# What only Huawei Cloud has


@pytest.mark.slow
def test_a_new_name_alone_has_a_call_of_its_own(task: Any, cloud: Any, backend: Any) -> None:
    service = task(converge_service, name="web", tags={"a": "1"}, **backend)["service"]
    update = "updateEndpointService"
    call = "renameEndpointService" if cloud.profile == "huawei" else update
    assert task(converge_service, id=service["id"], name="new")["service"]["name"] == "new"
    assert task.writes == [call]
    assert not task(converge_service, id=service["id"], name="new")["changed"]
    task(converge_service, id=service["id"], name="newer", tags={"a": "2"})
    assert task.writes == [update, "changeResourceTags"]
    task(converge_service, id=service["id"], name="newest", description="x")
    assert task.writes == [update]
    (seen,) = cloud.state()["services"]
    assert (seen["name"], seen["description"], seen["tags"]) == ("newest", "x", {"a": "2"})
    assert seen["approval_enabled"] is False


def test_the_professional_edition(task: Any, cloud: Any, backend: Any) -> None:
    balancers = [{"resource_id": "4189d3c2-8882-4871-a3c2-d380272eed01"}]
    if cloud.profile == "otc":
        for option in ({"upgrade": True}, {"server_resources": balancers}):
            with pytest.raises(InputError, match=f"{next(iter(option))}: T Cloud Public does not have this option"):
                task(converge_service, **backend, **option)
            assert task.sent == []
        assert task(converge_service, **backend, upgrade=False, server_resources=[])["changed"]
        return
    created = task(converge_service, name="web", upgrade=True, **backend)
    assert task.writes == ["createEndpointService", "upgradeEndpointService"]
    assert "profession" in created["service"]["supported_editions"]
    assert not task(converge_service, name="web", upgrade=True, **backend)["changed"] and task.sent == [GET_LIST]
    for _again in range(2):  # the cloud does not show them
        options = {"name": "web", "upgrade": True, "server_resources": balancers}
        assert task(converge_service, check=True, **options)["changed"] and task.writes == []
        assert task(converge_service, **options)["changed"] and task.writes == ["addServerResources"]
    assert cloud.log(operation="addServerResources")[0]["body"] == {"server_resources": balancers}


def test_an_upgrade_comes_before_the_balancers_and_after_the_rest(task: Any, cloud: Any, backend: Any) -> None:
    if cloud.profile == "otc":
        return
    task(converge_service, name="web", **backend)
    options = {"upgrade": True, "server_resources": [{"resource_id": "4189d3c2-8882-4871-a3c2-d380272eed01"}]}
    task(converge_service, name="web", description="x", **options)
    assert task.writes == ["updateEndpointService", "upgradeEndpointService", "addServerResources"]


def test_an_upgrade_of_a_service_that_is_not_waited_for(task: Any, cloud: Any, backend: Any) -> None:
    """The cloud refuses it while the service is being created (EndPoint.3045)."""
    if cloud.profile == "otc":
        return
    assert task(converge_service, name="web", upgrade=True, wait=False, **backend)["changed"]
    assert "profession" in cloud.state()["services"][0]["editions"]


def test_balancers_are_never_added_twice(task: Any, cloud: Any, backend: Any) -> None:
    """Nothing shows whether a lost request arrived, so that it is not repeated."""
    if cloud.profile == "otc":
        return
    task(converge_service, name="web", upgrade=True, **backend)
    cloud.fault(kind="reset", operation="addServerResources", carried_out=True)
    with pytest.raises(VpcepError):
        task(converge_service, name="web", server_resources=[{"resource_id": "4189d3c2-8882-4871-a3c2-d380272eed01"}])
    assert task.writes == ["addServerResources"]


@pytest.mark.parametrize("kind", [Service, Endpoint])
def test_an_operation_that_nothing_sends_is_an_error(kind: type[Service | Endpoint]) -> None:
    """Else a new entry of fields.py would be reported as changed, and no request sent."""
    made = kind.__new__(kind)
    made.api = VpcepApi(None)  # type: ignore[arg-type]
    with pytest.raises(KeyError, match="aNewOperation"):
        made.carry_out("id", Step("aNewOperation", {}))


@pytest.mark.parametrize("recreate", [False, True])
def test_what_can_be_changed_in_place_is_not_replaced(task: Any, cloud: Any, backend: Any, recreate: bool) -> None:
    made = task(converge_service, name="web", **backend)["service"]
    changed = task(converge_service, name="web", tags={"a": "1"}, tcp_proxy="toa_open", recreate=recreate)
    assert sorted(task.writes) == ["changeResourceTags", "updateEndpointService"]
    assert changed["service"]["id"] == made["id"]
    (stored,) = cloud.state()["services"]
    assert (stored["tags"], stored["tcp_proxy"]) == ({"a": "1"}, "toa_open")
