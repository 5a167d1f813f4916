"""Which readings a check reports, with each setting of the simulator and with answers that no document describes."""

from typing import Any

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._check.assumptions import ASSUMPTIONS
from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.errors import ApiError
from tests.support.programs import Cloud, Task
from tests.unit._check.conftest import Checker

pytestmark = pytest.mark.slow

UNSEEN = "not observed"
OBSERVED = """
catalog-entry named
api-versions v1 and v2
quota-values 20 and 50
sort-keys created_at and create_at
offset-zero allowed
offset-beyond-end an empty page
limit-zero an empty page
limit-above-maximum refused
name-filter-public a part of the name, any case
missing-service 404 EndPoint.0005
missing-endpoint 404 EndPoint.2006
name-as-id 404
describe-missing 404 EndPoint.0005
unknown-path 404 of the gateway
charge-type boolean
time-form seconds with Z
tag-search-limit text or number
tag-search-limit-zero refused
network-addresses yes
neutron-ports offered
ports-v3 missing
subnets-v3 missing
groups-v3 offered
acls-v3 offered
routetables offered
rule-action yes
enterprise-project-type text
vpc-name-filter the whole name only
network-limit refused
last-page-marker no marker
server-primary not shown
default-routetable shown
internal-route 198.19.128.0/20
balancer-port vip_port_id
service-status creating
service-name region.name.id
port-type number
enterprise-project not shown
policy-switch not shown
tags-at-creation stored
delete-creating-service refused
list-delay at once
name-filter a part of the name, any case
tag-existing-key the new value
tag-characters more than 36 characters, with . : =
tags-of-one-object more than 10
tag-delete-value nothing
permission-answer the added records
permission-star allowed
mappings more than 50
ports-update replaces the list
same-server-port allowed
udp refused
unknown-service 400 EndPoint.2003
port-ip no
access-list-size 20
endpoint-status creating
dns-names-at-creation not shown
active-status list
endpoint-ip-version not shown
delete-creating-endpoint allowed
connection-delay at once
own-approval they wait
pending-members hidden
dns-zone no
receive-accepted 200
delete-used-service refused with EndPoint.3006
put-without-approval nothing
empty-description deleted
reject-without-approval allowed
accept-rejected allowed
endpoint-update missing
delete-service-rejected allowed
delete-service-answer 204
service-after-delete deleting
orphan-members no endpoint_service_name
delete-endpoint-answer 204
endpoint-after-delete deleting
"""
USUAL = dict.fromkeys(ASSUMPTIONS, UNSEEN) | dict(line.split(" ", 1) for line in OBSERVED.strip().splitlines())
"""What is observed on the simulator for T Cloud Public without settings."""

VPC_LISTS = (
    *("rule-action", "enterprise-project-type", "vpc-name-filter", "last-page-marker"),
    *("server-primary", "default-routetable", "internal-route", "balancer-port"),
)
SETTINGS: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "none": ({}, {}),
    "strict_tags": ({"strict_tags": True}, {"tag-characters": "36 and 43 characters, with - _ @"}),
    "receive": ({"receive_accepted_fails": True}, {"receive-accepted": "400 EndPoint.2014"}),
    "service": ({"delete_creating_services_fails": False}, {"delete-creating-service": "allowed"}),
    "endpoint": ({"delete_creating_endpoints_fails": True}, {"delete-creating-endpoint": "refused"}),
    "keep": ({"existing_tags": "keep"}, {"tag-existing-key": "the old value stays"}),
    "refuse": ({"existing_tags": "refuse"}, {"tag-existing-key": "refused"}),
    "list_lag": ({"list_lag": 5.0}, {"list-delay": "later"}),
    "connection_lag": ({"connection_lag": 5.0}, {"connection-delay": "later"}),
    "stale": (
        {"stale_reads_after_delete": 1},
        {"service-after-delete": "the status before", "endpoint-after-delete": "the status before"},
    ),
    "orphans_show": ({"orphans_hide": ""}, {"orphan-members": "all members"}),
    "orphans_id": ({"orphans_hide": "endpoint_service_id"}, {"orphan-members": "no endpoint_service_id"}),
    "orphans_both": (
        {"orphans_hide": "endpoint_service_id,endpoint_service_name"},
        {"orphan-members": "neither name nor ID of the service"},
    ),
    "quotas": ({"quota_services": 7}, {"quota-values": "other numbers"}),
    "catalog": ({"catalog_without_vpcep": True}, {"catalog-entry": "missing"}),
    "fuzzy": ({"vpc_name_filter": "fuzzy"}, {"vpc-name-filter": "a part of the name, any case"}),
    "cut": ({"limit_above_maximum": "cut"}, {"network-limit": "allowed"}),
    "marker": ({"next_marker_on_last_page": True}, {"last-page-marker": "a marker"}),
    "primary": ({"primary_in_lists": True}, {"server-primary": "shown"}),
    "default": ({"routetables_show_default": False}, {"default-routetable": "not shown"}),
    "unpublished": (
        {"unpublished": "listPorts,getPort,listSecurityGroupRulesV3,listNetworkAcls,listRouteTables"},
        dict.fromkeys(("neutron-ports", "groups-v3", "acls-v3", "routetables"), "missing")
        | dict.fromkeys(("rule-action", "default-routetable", "internal-route"), UNSEEN),
    ),
    "route": ({"internal_route": "198.19.128.0/17"}, {"internal-route": "198.19.128.0/17"}),
    "no_route": ({"internal_route": ""}, {"internal-route": "none is shown"}),
    "forbidden": ({"forbidden": "ecs"}, {"server-primary": UNSEEN}),
    "enterprise": ({"enterprise_users": "provider"}, {"neutron-ports": UNSEEN}),
    "empty": ({"empty_lists": "vpc,elb,ecs"}, dict.fromkeys(VPC_LISTS, UNSEEN)),
    "gone": ({"delete_delay": 0}, {"service-after-delete": "404", "endpoint-after-delete": "404"}),
}
PROFILES = {
    "otc-2025-11": {
        "enterprise-project": "shown",
        "policy-switch": "shown",
        "policy-update": "changed",
        "endpoint-ip-version": "not shown",
    },
    "huawei": {
        "access-list-size": "32",
        "endpoint-update": "offered",
        "policy-update": "ignored",
        "ports-v3": "offered",
        "subnets-v3": "offered",
        "internal-route": "none is shown",
    },
}
TOGETHER = (
    *("strict_tags", "receive", "service", "endpoint", "keep"),
    *("list_lag", "connection_lag", "stale", "orphans_both"),
)


def expected_on(cloud: Any, *names: str) -> dict[str, str]:
    expected = dict(USUAL)
    for name in names:
        settings, readings = SETTINGS[name]
        cloud.settings(**settings)
        expected.update(readings)
    return expected


@pytest.mark.parametrize("name", SETTINGS)
def test_the_report_names_the_reading_that_is_set(checker: Any, cloud: Any, name: str) -> None:
    expected = expected_on(cloud, name)
    checker.network["api_url"] = cloud.api_url  # the region's usual address is not the simulator's
    report = checker(token_cache="catalog_without_vpcep" not in SETTINGS[name][0])["report"]
    observed = {row["id"]: row["observed"] for row in report["assumptions"]}
    assert list(observed) == list(USUAL) and observed == expected
    assert report["surprises"] == []
    assert cloud.state()["services"] == cloud.state()["endpoints"] == []


def test_a_failed_service(checker: Any, cloud: Any) -> None:
    cloud.settings(fail_next_services=1)
    assert checker.observed()["failed-service-error"] == "error_code and error_message"
    assert cloud.state()["services"] == []


@pytest.mark.parametrize("delay", [3, 60])
def test_all_settings_together(checker: Any, cloud: Any, delay: int) -> None:
    cloud.settings(create_delay=delay)
    expected = expected_on(cloud, *TOGETHER)
    result = checker()
    observed = {row["id"]: row["observed"] for row in result["report"]["assumptions"]}
    assert {key: observed[key] for key in expected} == expected
    assert result["report"]["surprises"] == [] and result["left"] == 0
    assert result["report"]["parts"]["creating"]["requests"] <= 60 and checker.task.now <= 300
    assert cloud.state()["services"] == cloud.state()["endpoints"] == []


# Readings that the simulator has no setting for, and answers that no document describes


def answering(method: str, path: str, answer: Any, carried_out: bool = True) -> Any:
    """Replaces the answers to requests: by a body, or by an error that is raised."""

    def around(real: Any, sent: str, where: str, **more: Any) -> Any:
        if sent != method or path not in where:
            return real(sent, where, **more)
        body = real(sent, where, **more) if carried_out else None
        if isinstance(answer, Exception):
            raise answer
        return answer(body)

    return around


def refusal(status: int, code: str | None = None) -> ApiError:
    return ApiError("Something with a name in it", status=status, code=code)


OTHER_ANSWERS: list[tuple[str, Any, str]] = [
    ("missing-service", answering("GET", "vpc-endpoint-services/", refusal(410), False), "HTTP 410, no code"),
    ("quota-values", answering("GET", "quotas", lambda _: {"quotas": "many"}), "HTTP 200, object (quotas: text of 4"),
    ("charge-type", answering("GET", "/public", lambda body: changed(body, is_charge=1)), "number of 1 digits"),
    ("time-form", answering("GET", "/public", lambda body: changed(body, created_at=17)), "number of 2 digits"),
    ("sort-keys", answering("GET", "vpc-endpoint-services", refusal(500, "EndPoint.0001"), False), "HTTP 500, EndP"),
    (
        "unknown-path",
        answering("GET", "check-", refusal(418, "Teapot 1"), False),
        "HTTP 418, code: text of 8 characters",
    ),
]


def changed(body: Any, **values: Any) -> Any:
    """A list of services with other values."""
    return {**body, "endpoint_services": [{**one, **values} for one in body["endpoint_services"]]}


@pytest.mark.parametrize("name, around, form", OTHER_ANSWERS, ids=lambda value: value if isinstance(value, str) else "")
def test_what_no_reading_describes(checker: Any, name: str, around: Any, form: str) -> None:
    checker.around = around
    report = checker(create=False)["report"]
    row = next(row for row in report["assumptions"] if row["id"] == name)
    assert row["observed"] == "something else" and row["form"].startswith(form) and row["handled"] is None
    assert name in report["surprises"]


CREATED = [
    ("service-status", "POST", "vpc-endpoint-services", lambda body: {**body, "status": "thinking"}, "text of 8"),
    ("service-name", "POST", "vpc-endpoint-services", lambda body: {**body, "service_name": "shop"}, "text of 4"),
    ("port-type", "POST", "vpc-endpoint-services", lambda body: {**body, "ports": []}, "null"),
    ("ports-update", "PUT", "vpc-endpoint-services", refusal(500, "EndPoint.9999"), "HTTP 500, EndPoint.9999"),
    ("permission-star", "POST", "permissions/action", refusal(500, "EndPoint.0001"), "HTTP 500, EndPoint.0001"),
    ("receive-accepted", "POST", "connections/action", refusal(409, "EndPoint.1234"), "HTTP 409, EndPoint.1234"),
    ("tag-existing-key", "POST", "tags/action", refusal(500, "EndPoint.0001"), "HTTP 500"),
]


@pytest.mark.parametrize("name, method, path, answer, form", CREATED, ids=[row[0] for row in CREATED])
def test_what_no_reading_describes_while_creating(
    checker: Any, cloud: Any, name: str, method: str, path: str, answer: Any, form: str
) -> None:
    checker.around = answering(method, path, answer)
    row = next(row for row in checker()["report"]["assumptions"] if row["id"] == name)
    assert row["observed"] == "something else" and row["form"].startswith(form)
    assert cloud.state()["services"] == cloud.state()["endpoints"] == []


# What differs between the clouds


@pytest.mark.parametrize("profile", PROFILES)
def test_profiles(profile: str, tmp_path: Any) -> None:
    with Cloud(profile=profile, create_delay=60, delete_delay=3) as simulator:
        result = Checker(Task(simulator, tmp_path / "cache"), simulator)()
        assert simulator.defects() == []
    observed = {row["id"]: row["observed"] for row in result["report"]["assumptions"]}
    assert {name: observed[name] for name in PROFILES[profile]} == PROFILES[profile]
    assert result["report"]["surprises"] == []
    assert result["report"]["cloud"] == profile.partition("-")[0]
