"""What becomes of the answers of several accounts: one object each, in one order."""

import copy
from typing import Any

import pytest

from ansible_collections.crossvpc.vpcep.plugins.plugin_utils.drawing.model import (
    CLOUD,
    OTHER,
    OWN,
    UNKNOWN,
    Place,
    landscape,
)
from tests.support import landscapes
from tests.support.landscapes import ANALYTICS, NAMES, PLATFORM, SHOP


def test_both_sides_of_an_endpoint_are_one() -> None:
    platform, shop = landscapes.shop_and_platform()
    seen = landscape([platform, shop], NAMES)
    ids = [endpoint.id for endpoint in seen.endpoints]
    assert len(ids) == len(set(ids)) == len(shop["endpoints"]) + 3
    canary = next(endpoint for endpoint in seen.endpoints if endpoint.description == "canary")
    assert (canary.place.kind, canary.place.name, canary.ip[-2:]) == (OWN, "shop", ".7")
    assert canary.tags == ("env=prod",)


def test_what_a_provider_sees_alone() -> None:
    platform, _shop = landscapes.shop_and_platform()
    seen = landscape([platform], NAMES)
    places = {endpoint.place for endpoint in seen.endpoints}
    assert {(place.kind, place.domain_id, place.name) for place in places} == {
        (OTHER, SHOP, ""),
        (OTHER, ANALYTICS, "analytics"),
    }
    assert all(not endpoint.vpc_id for endpoint in seen.endpoints)
    web = seen.services[2]
    assert (web.name, web.whitelist, web.approval) == ("web", (SHOP,), True)
    assert web.ports == ("80 → 8080", "443 → 8443")


def test_names_of_networks_come_from_the_accounts() -> None:
    """What the user calls them has priority."""
    _platform, shop = landscapes.shop_and_platform()
    endpoint = next(one for one in shop["endpoints"] if one.get("subnet_id"))
    vpc_id, subnet_id = endpoint["vpc_id"], endpoint["subnet_id"]
    named = {**shop, "networks": {vpc_id: "frontend", subnet_id: "frontend-a"}}
    seen = landscape([named], {vpc_id: "web"})
    assert seen.names[vpc_id] == "web"
    (drawn,) = [one for one in seen.endpoints if one.id == endpoint["id"]]
    assert drawn.subnet == f"frontend-a {subnet_id}"
    with pytest.raises(ValueError, match="networks of an account is a dict, not list"):
        landscape([{**shop, "networks": ["x"]}])


def test_what_a_consumer_sees_alone() -> None:
    _platform, shop = landscapes.shop_and_platform()
    seen = landscape([shop])
    owners = {(service.place.kind, service.name) for service in seen.services}
    assert owners == {
        (UNKNOWN, "web"),
        (UNKNOWN, "orders"),
        (UNKNOWN, "logs"),
        (UNKNOWN, "payments"),
        (CLOUD, "dns"),
        (CLOUD, "obs"),
    }
    assert all(service.status == "" and service.ports == () for service in seen.services)


def test_connections_and_permissions_may_be_within_the_services() -> None:
    """As vpcep_service_info returns them with include."""
    accounts = landscapes.shop_and_platform()
    within = copy.deepcopy(accounts)
    for account in within:
        connections, permissions = account.pop("connections", {}), account.pop("permissions", {})
        for service in account["services"]:
            service["connections"] = connections.get(service["id"], [])
            if service["id"] in permissions:
                service["permissions"] = permissions[service["id"]]
    assert landscape(list(within)) == landscape(list(accounts))


def test_an_account_that_no_login_tells_is_found_out() -> None:
    platform, shop = landscapes.shop_and_platform()
    del platform["domain_id"], shop["domain_id"]
    seen = landscape([platform, shop])
    assert [place.domain_id for place in seen.places[:2]] == [PLATFORM, SHOP]
    assert [place.project_id for place in seen.places[:2]] == [PLATFORM[::-1], SHOP[::-1]]


def test_another_project_of_an_own_account() -> None:
    platform, shop = landscapes.shop_and_platform()
    shop["endpoints"] = [item for item in shop["endpoints"] if item["description"] == "canary"]
    seen = landscape([platform, shop])
    assert Place(OTHER, SHOP, name="shop, another project") in seen.places


def test_two_logins_to_one_project_are_one_place() -> None:
    platform, shop = landscapes.shop_and_platform()
    once, twice = landscape([platform, shop]), landscape([platform, shop, {**shop, "name": "again"}])
    assert once == twice


def test_a_connection_to_a_service_that_is_not_listed() -> None:
    account = {"connections": {"gone": [landscapes.connection("one", "accepted", SHOP)]}}
    seen = landscape([account])
    assert [(service.id, service.place.kind) for service in seen.services] == [("gone", UNKNOWN)]


def test_an_empty_account() -> None:
    seen = landscape([{}])
    assert (len(seen.places), seen.services, seen.endpoints) == (1, (), ())


def test_little_is_enough() -> None:
    """Answers lack members, or have null in their place."""
    nothing = dict.fromkeys(("status", "vpc_id", "ports", "tags", "service_name", "endpoint_service_id", "ip"))
    seen = landscape(
        [{"services": [{"id": "s", **nothing}], "endpoints": [{"id": "e", **nothing}], "connections": None}]
    )
    assert [service.id for service in seen.services] == ["s", ""]
    assert [endpoint.service_id for endpoint in seen.endpoints] == [""]


@pytest.mark.parametrize(
    ("account", "said"),
    [
        ("text", "an account is a dictionary, not str"),
        ({"services": {}}, "services of an account is a list, not dict"),
        ({"endpoints": ["text"]}, "endpoints: each entry is a dictionary with an id"),
        ({"endpoints": [{"status": "accepted"}]}, "endpoints: each entry is a dictionary with an id"),
        ({"connections": []}, "connections of an account is a dict, not list"),
        ({"connections": {"a": {}}}, "connections holds a list for each service, not dict"),
        ({"permissions": {"a": "*"}}, "permissions holds a list for each service, not str"),
    ],
)
def test_the_wrong_shape(account: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        landscape([account])
