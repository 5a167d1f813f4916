"""What the role connect_vpcs makes of its variables and of what its tasks have registered."""

import re
from typing import Any

import pytest

from ansible_collections.crossvpc.vpcep.plugins.plugin_utils.role.given import role_steps
from ansible_collections.crossvpc.vpcep.plugins.plugin_utils.role.plan import role_plan
from ansible_collections.crossvpc.vpcep.plugins.plugin_utils.role.result import role_result
from tests.support.role_plans import (
    ACCEPTED,
    ENDPOINT,
    LOGINS,
    POLICY,
    SECRET,
    SERVICE,
    TWO_LOGINS,
    WEB,
    given,
    plan_of,
    planned,
    steps,
)


@pytest.mark.parametrize(
    ("entry", "options", "mistake"),
    [
        ("main", {}, "Given: none of them."),
        ("main", {"service": WEB, "service_id": "x"}, "Given: connect_vpcs_service and connect_vpcs_service_id."),
        ("main", {"service_id": "x", "verify_from": "a, frontend"}, "not in the inventory: a."),
        ("consume", {"service": WEB}, "give one of connect_vpcs_service_id and"),
        ("approve", {}, "Say whose endpoints are to be accepted"),
        ("approve", {"service": WEB, "accept_from": ["a"], "accept_policy": POLICY}, "accept_policy says"),
        ("main", {"service": WEB, "accept": False, "accept_policy": POLICY}, "accept_policy says"),
        ("main", {"service": WEB, "accept_policy": {"accept": [{"limit": 1}]}}, "accept[0].domain_id is missing"),
        ("main", {"service": WEB, "accept_policy": [SECRET]}, "connect_vpcs_accept_policy must be a dictionary"),
        ("provide", {"service": WEB, "state": "absent"}, "tasks_from provide only connects."),
        ("main", {"service_id": "x", "admit_traffic": "ensure"}, "need connect_vpcs_service"),
        ("main", {"service_id": "x", "admit_traffic": "yes"}, "must be ignore or report or ensure."),
        ("main", {"service": WEB, "endpoints": [{"subnet": "a"}]}, "connect_vpcs_endpoints[0].vpc_id or vpc or id is"),
        ("main", {"service": {"password": SECRET}}, "connect_vpcs_service.password is no option."),
        ("main", {"endpoints": SECRET}, "connect_vpcs_endpoints must be a list"),
        # What only the last tasks need is refused before the first one changes something.
        ("main", {"service": WEB, "wait_timeout": 0}, "connect_vpcs_wait_timeout: 0 is not a positive number"),
        ("main", {"service": WEB, "verify_timeout": "-1"}, "connect_vpcs_verify_timeout: -1 is negative."),
        ("main", {"service": WEB, "verify_ports": [443, 70000]}, "connect_vpcs_verify_ports: 70000 is not a port"),
        ("main", {"service": WEB, "accept_policy": {"otherwise": "keep"}}, "policy.otherwise must be wait or reject."),
        ("main", {"service": WEB, "accept_policy": {"reject": [{"domain_id": "a b"}]}}, "policy.reject[0].domain_id: "),
        (
            "main",
            {"service": WEB, "accept_policy": {"accept": [{"domain_id": "*", "limit": "-1"}]}},
            "connect_vpcs_accept_policy.accept[0].limit: -1 is negative.",
        ),
    ],
)
def test_mistakes(entry: str, options: dict[str, Any], mistake: str) -> None:
    found = given(entry, **options)
    assert len(found["mistakes"]) == 1 and mistake in found["mistakes"][0]
    assert SECRET not in str(found)


def test_an_entry_point_takes_its_options_and_nothing_else() -> None:
    options: dict[str, Any] = {"service": WEB, "service_id": "x", "endpoints": [ENDPOINT], "accept": "yes"}
    assert given("provide", **options)["service"] == WEB
    assert given("provide", **options)["endpoints"] == []
    consumed = given("consume", **options)
    assert (consumed["service"], consumed["service_id"], consumed["accept"]) == ({}, "x", False)


def files(entry: str = "main", check_mode: bool = False, **options: Any) -> list[str]:
    return [step["task_file"] for step in steps(entry, check_mode, **options)]


def test_the_task_files_of_a_run() -> None:
    assert files(service=WEB) == ["present"]
    assert files(service_name="web", verify_from="frontend") == ["find", "present", "verify"]
    assert steps(service_name="web", verify_from="frontend")[-1]["host"] == "frontend"
    assert files(service_name="web", verify_from="frontend", check_mode=True) == ["find", "present"]
    assert files(service=WEB, state="absent") == ["find", "absent"]
    assert files(service_id="x", state="absent", verify_from="frontend") == ["absent"]
    assert files("approve", service_name="web") == ["find", "accept"]
    assert files() == ["refuse"]


@pytest.mark.parametrize(
    ("options", "file"), [({"service": WEB}, "present"), ({}, "refuse"), ({"endpoints": "wrong"}, "refuse")]
)
def test_the_result_of_an_earlier_use_is_replaced_first(options: dict[str, Any], file: str) -> None:
    """A rescue must not take it for the result of this use."""
    first, second = steps(known=("connect_vpcs_result",), **options)
    assert (first["task_file"], second["task_file"]) == ("begin", file)
    assert role_result(first)["state"] == "present"


def test_the_service_of_a_fleet_is_planned_first_and_then_changed() -> None:
    """The result of the plan is the condition of the change, so the change begins without an empty result."""
    earlier = ("connect_vpcs_result",)
    assert files("fleet_plan", service=WEB, known=earlier) == ["begin", "present"]
    assert files("fleet_service", service=WEB, known=earlier) == ["present"]
    assert [given(entry, service=WEB)["obstacles_later"] for entry in ("main", "fleet_plan")] == [True, False]
    assert given("fleet_plan", service=WEB, preflight="no")["obstacles_later"]
    new = {"service": {**SERVICE, "id": ""}, "diff": {"before": {}, "after": WEB}}
    options = given("fleet_plan", service=WEB, endpoints=[ENDPOINT])
    plan = plan_of(options, service_plan=new)
    result = role_result(options, plan)
    assert (plan["has_changes"], plan["is_applied"]) == (True, False)
    assert (result["has_changes"], result["is_own"], result["accepts"]) == (True, True, True)
    for accept, accepts in ((None, True), ("no", False)):
        options = given("fleet_plan", service=WEB, accept=accept)
        assert role_result(options, plan_of(options, service_plan=new))["accepts"] is accepts
    changed = given("fleet_service", service=WEB)
    plan = plan_of(changed, service_plan=new)
    assert plan["is_applied"] and plan["provider_check"] == {}
    assert role_result(changed, plan, {"service": [{"service": SERVICE}]})["service"] == SERVICE


def test_the_service_of_a_fleet_may_belong_to_another_account() -> None:
    for name, value, known in (("id", "x", True), ("name", "a.b.c", True), ("name", "b", False)):
        options = given("fleet_plan", **{f"service_{name}": value})
        plan = role_plan(options, {"own": {"services": []}}, service_plan={}, endpoint_plans={"results": []})
        assert (plan["search_mistakes"] == []) is known
        assert (plan["service"], plan["is_own"], plan["has_changes"]) == ({}, False, False)
    assert "Give one of connect_vpcs_service_id" in given("fleet_plan", service=WEB, service_id="x")["mistakes"][0]


def test_logins_are_compared_and_not_kept() -> None:
    logins = {"provider_auth": {"password": SECRET}, "consumer_auth": {"password": SECRET + "2"}}
    found = given(service=WEB, **logins)
    assert found["needs_accounts"] and SECRET not in str(found)
    assert not given(service=WEB, **{**logins, "consumer_auth": {"password": SECRET}})["needs_accounts"]
    assert not given("provide", service=WEB, **logins)["needs_accounts"]


def test_empty_values_and_texts_with_commas() -> None:
    found = given(service_id="x", verify_ports="80, 443", verify_from=None, endpoints=None)
    assert (found["verify_ports"], found["verify_from"], found["endpoints"]) == ([80, 443], [], [])
    assert given(service_id="x", verify_ports=[80, "443"])["verify_ports"] == [80, 443]
    assert given(service_id="x", verify_ports=443, accept_from=17)["verify_ports"] == [443]
    unanswered = given(service_id="x", verify_from="", accept_from="")
    assert (unanswered["verify_from"], unanswered["accept_from"]) == ([], [])


def test_values_have_the_types_of_their_variables() -> None:
    found = given(service_name=17, wait_timeout="60", verify_timeout=None, admit="no", preflight=None)
    assert [found[name] for name in ("service_name", "wait_timeout", "verify_timeout", "admit", "preflight")] == (
        ["17", 60, 120, False, True]
    )
    assert given(service=WEB, wait_timeout=None)["wait_timeout"] == 600


def test_what_is_null_or_omitted_is_not_given() -> None:
    ports, tags = [{"client_port": 1, "server_port": 2}], {"owner": None}
    service = {
        **WEB,
        "ports": [{**ports[0], "protocol": None}],
        "tags": tags,
        "backend": None,
        "description": "omitted",
    }
    endpoint = {**ENDPOINT, "routetables": ["one", "omitted"], "dns_name": "omitted", "description": None}
    options = {"service": service, "endpoints": [endpoint], "service_id": "omitted", "wait_timeout": "omitted"}
    variables = {f"connect_vpcs_{name}": value for name, value in options.items()}
    found = role_steps(variables, "main", {"names": [], "hosts": [], "check_mode": False}, "omitted")[0]
    assert found["service"] == {**WEB, "ports": ports, "tags": tags}
    assert found["endpoints"] == [{**ENDPOINT, "routetables": ["one"]}]
    assert (found["service_id"], found["wait_timeout"]) == ("", 600)


@pytest.mark.parametrize("check_mode", [True, False])
def test_a_service_that_another_task_would_create(check_mode: bool) -> None:
    assert (given(service_id="", check_mode=check_mode)["task_file"] == "refuse") is not check_mode


def test_the_consumer_is_admitted() -> None:
    options = given(service=WEB, **TWO_LOGINS)
    plan = role_plan(options, {"accounts": LOGINS})
    web = {**WEB, "admit_traffic": "report"}
    assert (
        plan["definition"] == {**web, "permissions": ["consumer"], "purge_permissions": False}
        and plan["adds_to_whitelist"]
    )
    listing = given(service={**WEB, "permissions": ["other"]}, **TWO_LOGINS)
    definition = role_plan(listing, {"accounts": LOGINS})["definition"]
    assert (definition["permissions"], definition["purge_permissions"]) == (["other", "consumer"], True)
    provider = LOGINS["results"][0]
    same = role_plan(options, {"accounts": {"results": [provider, provider]}})
    assert same["definition"] == web and not same["adds_to_whitelist"]
    assert plan["search_mistakes"] == []
    alone = given(service=WEB, admit=False, **TWO_LOGINS)
    assert role_plan(alone, {"accounts": LOGINS})["definition"] == web
    unknown = role_plan(options, {"accounts": {"results": [provider, {"token": {"domain_id": None}}]}})
    assert "The account of these credentials" in unknown["search_mistakes"][0]


@pytest.mark.parametrize(("regions", "apart"), [
    (("eu-de", "eu-nl"), True),
    (("eu-de", "EU-DE"), False),
    (("eu-de", None), False),
])  # fmt: skip
def test_logins_of_two_regions(regions: tuple[Any, Any], apart: bool) -> None:
    tokens = zip(("provider", "consumer"), regions, strict=True)
    logins = {"results": [{"token": {"domain_id": account, "region": region}} for account, region in tokens]}
    mistakes = role_plan(given(service=WEB, endpoints=[ENDPOINT], **TWO_LOGINS), {"accounts": logins})[
        "search_mistakes"
    ]
    assert bool(mistakes) == apart and all("of region eu-de, and" in text and "eu-nl" in text for text in mistakes)
    assert role_plan(given(service=WEB, **TWO_LOGINS), {"accounts": logins})["search_mistakes"] == []


def test_nothing_is_done_when_all_is_as_described() -> None:
    plan = plan_of(given(service=WEB, endpoints=[ENDPOINT]), planned("accepted"))
    assert (plan["has_changes"], plan["provider_check"], plan["new_endpoints"]) == (False, {}, 0)
    result = role_result(given(service=WEB, endpoints=[ENDPOINT]), plan)
    assert result["endpoints"][0]["ports"] == ["10.0.0.1:443", "e1.example:443"]
    assert (result["created"], result["next"]) == ([], [])


@pytest.mark.parametrize(
    ("options", "group", "has_changes"),
    [
        ({}, planned("accepted", action="change"), True),
        ({}, planned("accepted", action="replace"), True),
        ({}, planned("creating"), True),
        ({}, planned("pendingAcceptance"), False),
        ({"accept": False}, planned("pendingAcceptance"), False),
        ({"accept": False, "wait": True}, planned("pendingAcceptance"), True),
        ({"accept": False, "wait": True}, planned("accepted"), False),
        ({"wait": True}, planned("accepted"), False),
        ({"wait": False}, planned("rejected"), False),
        ({"wait": True}, planned("rejected"), True),
    ],
)
def test_endpoints_that_a_task_is_needed_for(options: dict[str, Any], group: dict[str, Any], has_changes: bool) -> None:
    endpoint = {**ENDPOINT, "wait_for_acceptance": options["wait"]} if "wait" in options else ENDPOINT
    plan = plan_of(given(service=WEB, endpoints=[endpoint], accept=options.get("accept", True)), group)
    assert plan["groups"][0]["has_changes"] is has_changes
    assert plan["new_endpoints"] == 0
    if group["endpoints"][0]["status"] == "rejected":
        assert plan["groups"][0]["endpoints"] == [endpoint]  # not without the wish to wait


@pytest.mark.parametrize(
    ("options", "registered", "at_once"),
    [
        ({}, {"endpoint_plans": {"results": [planned("accepted")]}}, True),
        ({"accept": False}, {"endpoint_plans": {"results": [planned("accepted")]}}, False),
        ({"accept": False}, {}, True),  # the plan
        ({"state": "absent"}, {}, False),
    ],
)
def test_no_task_waits_for_an_acceptance_that_comes_later(
    options: dict[str, Any], registered: dict[str, Any], at_once: bool
) -> None:
    provided = {"service": SERVICE, "diff": {"before": {"id": "one"}, "after": {"id": "one"}}}
    plan = role_plan(given(service=WEB, endpoints=[ENDPOINT], **options), {"service_plan": provided, **registered})
    (group,) = plan["groups"]
    assert group["endpoints"] == [{**ENDPOINT, "wait_for_acceptance": False} if at_once else ENDPOINT]
    assert (group["label"], group["service_id"], group["name"]) == ("1 of the service", "one", "")


@pytest.mark.parametrize(
    ("service", "status", "after", "changes"),
    [
        ({}, "available", {"id": "one"}, False),
        ({}, "available", {"id": "two"}, True),
        ({}, "creating", {"id": "one"}, True),
        ({"server_resources": []}, "available", {"id": "one"}, True),
        ({"upgrade": "yes"}, "available", {"id": "one"}, True),
        ({"reject_revoked": False}, "available", {"id": "one"}, False),
    ],
)
def test_a_service_that_a_task_is_needed_for(
    service: dict[str, Any], status: str, after: dict[str, Any], changes: bool
) -> None:
    provided = {"service": {**SERVICE, "status": status}, "diff": {"before": {"id": "one"}, "after": after}}
    plan = plan_of(given(service={**WEB, **service}), service_plan=provided)
    assert (plan["changes_service"], plan["has_changes"], plan["groups"]) == (changes, changes, [])


@pytest.mark.parametrize(("status", "waits"), [("creating", True), ("available", False), ("failed", False)])
def test_an_own_service_that_is_being_created_is_waited_for(status: str, waits: bool) -> None:
    own = {"services": [{**SERVICE, "status": status}]}
    plan = plan_of(given(service_id="one", endpoints=[ENDPOINT]), planned("accepted"), own=own, service_plan={})
    assert (plan["service_is_creating"], plan["has_changes"]) == (waits, waits)


def test_what_is_in_the_way_and_a_policy_are_reasons_for_a_change() -> None:
    options = given(service=WEB, endpoints=[ENDPOINT])
    stopped = plan_of(options, planned("accepted", obstacles=["No VPC."]))
    assert stopped["has_changes"] and stopped["obstacles"] == ["No VPC."] and not stopped["groups"][0]["has_changes"]
    unchecked = plan_of({**options, "preflight": False}, planned("accepted", obstacles=["No VPC."]))
    assert unchecked["has_changes"] and unchecked["obstacles"] == []
    governed = plan_of(given(service=WEB, endpoints=[ENDPOINT], accept_policy=POLICY), planned("accepted"))
    assert governed["has_changes"] and governed["provider_check"] == {}
    due = plan_of(options, planned("creating"))
    assert due["has_changes"] and due["waiting"] == plan_of(options, planned("rejected"))["waiting"] == []


def test_what_is_new_and_what_is_in_the_way() -> None:
    options = given(service=WEB, endpoints=[ENDPOINT, ENDPOINT])
    new = {"service": {"id": ""}, "diff": {"before": {}, "after": WEB}, "obstacles": ["No port."]}
    quota = {"check": "quota", "value": "1 of 1"}
    checks = [
        {"checks": [{**quota, "ok": ok, "advice": advice} for ok, advice in ((False, "Ask."), (True, ""), (None, ""))]},
        {},
    ]
    group = planned("accepted", "accepted", action="create", obstacles=["No VPC."])
    plan = plan_of(options, group, service_plan=new, checks=checks)
    assert plan["obstacles"] == ["No port.", "No VPC.", "quota: 1 of 1: Ask."]
    assert (plan["new_endpoints"], plan["provider_check"]) == (0, {})
    groups = [planned("accepted", action="create"), planned("accepted", "accepted", action="create")]
    counted = [plan_of(options, *several)["new_endpoints"] for several in (groups, groups[1:], [*groups, group])]
    assert counted == [3, 0, 0]  # the plan of one service has the quota, too
    unchecked = plan_of({**options, "preflight": False}, group, service_plan=new)
    assert (unchecked["new_endpoints"], unchecked["provider_check"], unchecked["obstacles"]) == (0, {}, [])


def test_the_traffic_is_reported_on_once_and_admitted_when_applied() -> None:
    """A removal gets the same options, to remove the rule."""
    assert "admit_traffic" not in plan_of(given(service=WEB), planned("accepted"))["definition"]
    ensure = {"admit_traffic": "".join(["en", "sure"]), "security_group": "web"}
    assert plan_of(given(service=WEB, **ensure), planned("accepted"))["definition"] == {**WEB, **ensure}
    assert role_plan(given(service=WEB, state="absent", **ensure))["definition"] == {**WEB, **ensure}
    own = {**WEB, "admit_traffic": "ignore"}
    assert role_plan(given(service=own))["definition"] == own
    missing = {"service": SERVICE, "diff": {"before": {}, "after": {}}, "traffic": {"state": "not admitted"}}
    options = given(service=WEB, endpoints=[ENDPOINT])
    plan = plan_of(options, planned("accepted"), service_plan=missing)
    assert role_result(options, plan)["traffic"] == {"state": "not admitted"}
    added = {"service": SERVICE, "traffic": {"state": "admitted"}}
    assert role_result(options, plan, {"service": [{"skipped": True}, added]})["traffic"] == {"state": "admitted"}


def test_names_that_nothing_has_are_in_the_way_of_a_run_only() -> None:
    """The plans are made in check mode, in which such a name is a warning."""
    vpc = {"kind": "vpc", "name": "frontend", "id": "v"}
    group = planned("accepted", action="create", not_named=["No VPC x."], resolved=[vpc])
    options = given(service=WEB, endpoints=[{"vpc": "x"}])
    plan = plan_of(options, group, dict(group))
    assert (plan["obstacles"], plan["has_changes"]) == (["No VPC x."], True)
    checked = {**options, "check_mode": True}
    assert plan_of(checked, group)["obstacles"] == []
    assert role_result(checked, plan)["resolved"] == [vpc]


def test_a_name_of_its_own_comes_first_once_there_is_a_record() -> None:
    endpoint = {**ENDPOINT, "dns_name": "shop.example", "create_dns_zone": True}
    options = given(service=WEB, endpoints=[endpoint])
    waiting, done = planned("pendingAcceptance"), planned("accepted")
    waiting["outcomes"][0]["dns_record"] = {"name": "shop.example", "note": "Not accepted."}
    done["outcomes"][0]["dns_record"] = {"name": "shop.example", "value": "10.0.0.1"}
    plan = plan_of(options, waiting)
    assert plan["accepted"] == [{"id": "e0", "dns_name": "shop.example", "create_dns_zone": True}]
    assert role_result(options, plan)["endpoints"][0]["dns_names"] == ["e1.example"]
    result = role_result(options, plan, {"reached": done})
    assert result["endpoints"][0]["dns_names"] == ["shop.example", "e1.example"]
    assert result["endpoints"][0]["ports"] == ["10.0.0.1:443", "shop.example:443", "e1.example:443"]


def test_new_endpoints_are_those_that_a_task_has_created() -> None:
    """Not those that a listing did not show a moment before."""
    options = given(service=WEB, endpoints=[ENDPOINT] * 3)
    done = planned("accepted", "accepted", "accepted")
    for outcome, action in zip(done["outcomes"], ("none", "create", "replace"), strict=True):
        outcome["action"] = action
    before = planned("accepted", "accepted", "accepted", action="create")
    plan = plan_of(options, before, endpoint_results={"results": [done]})
    assert role_result(options, plan)["created"] == ["e1", "e2"]
    done["endpoints"] = [{**endpoint, "id": ""} for endpoint in done["endpoints"]]  # in check mode
    assert role_result(options, plan_of(options, before, endpoint_results={"results": [done]}))["created"] == []


def test_an_own_service_admits_the_consumer_or_the_preflight_says_no() -> None:
    options = given(service_id="one", endpoints=[ENDPOINT], **TWO_LOGINS)
    own = {"services": [SERVICE]}
    plan = plan_of(options, planned("creating", action="create"), own=own, accounts=LOGINS, service_plan={})
    assert plan["provider_check"] == {"endpoint_service_id": "one", "domain_ids": ["consumer"]}
    assert plan["accepts"] and plan["service"] == SERVICE
    unknown = {"results": [LOGINS["results"][0], {"token": {"domain_id": None}}]}
    plan = plan_of(options, planned("creating", action="create"), own=own, accounts=unknown, service_plan={})
    assert plan["provider_check"] == {"endpoint_service_id": "one"}
    described = given(service=WEB, endpoints=[ENDPOINT], **TWO_LOGINS)
    plan = plan_of(described, planned("creating", action="create"), accounts=LOGINS)
    assert plan["provider_check"] == {"endpoint_service_id": "one"}
    unmanaged = given(service=WEB, endpoints=[ENDPOINT], admit="no", **TWO_LOGINS)
    plan = plan_of(unmanaged, planned("creating", action="create"), accounts=LOGINS)
    assert plan["provider_check"] == {"endpoint_service_id": "one", "domain_ids": ["consumer"]}
    assert unmanaged["needs_accounts"] and plan["obstacles"] == []
    unknown = {"results": [LOGINS["results"][0], {"token": {"domain_id": None}}]}
    assert role_plan(unmanaged, {"accounts": unknown})["search_mistakes"] == []
    assert not given(service=WEB, admit=False, **TWO_LOGINS)["needs_accounts"]
    unchecked = given(service=WEB, endpoints=[ENDPOINT], admit=False, preflight=False, **TWO_LOGINS)
    assert not unchecked["needs_accounts"]
    assert not given(service_id="one", endpoints=[ENDPOINT], preflight=False, **TWO_LOGINS)["needs_accounts_if_own"]


@pytest.mark.parametrize(
    ("permissions", "is_new", "admitted"),
    [
        (None, True, False),
        (None, False, True),
        ("other", True, False),
        (["iam:domain::other"], False, False),
        (["other", "iam:domain::consumer"], True, True),
        ("other,consumer", True, True),
        ("*", True, True),
        (["iam:domain::con*"], True, True),
        (["organizations:orgPath::o/r"], True, True),
    ],
)
def test_a_whitelist_that_is_to_be_without_the_consumer_is_in_the_way(
    permissions: Any, is_new: bool, admitted: bool
) -> None:
    web = {**WEB, "permissions": permissions}
    options = given(service=web, endpoints=[ENDPOINT], admit=False, **TWO_LOGINS)
    planned_service = {"service": SERVICE, "diff": {"before": {} if is_new else WEB, "after": WEB}}

    def obstacles(**changed: Any) -> Any:
        known = {"accounts": LOGINS, "service_plan": planned_service, **changed}
        return plan_of(options, known.pop("plan", planned("creating", action="create")), **known)["obstacles"]

    assert [text.partition(":")[0][-8:] for text in obstacles()] == ([] if admitted else ["consumer"])
    provider = LOGINS["results"][0]
    assert not obstacles(accounts={"results": [provider, provider]})
    assert not obstacles(accounts={"results": [provider, {"token": {"domain_id": None}}]})
    assert not obstacles(plan=planned("accepted"))


def test_other_records_of_a_whitelist_that_is_only_added_to_may_admit_the_consumer() -> None:
    web = {**WEB, "permissions": ["other"], "purge_permissions": False}
    options = given(service=web, endpoints=[ENDPOINT], admit=False, **TWO_LOGINS)
    group = planned("creating", action="create")
    changed = {"service": SERVICE, "diff": {"before": WEB, "after": web}}
    assert not plan_of(options, group, accounts=LOGINS, service_plan=changed)["obstacles"]
    new = {"service": SERVICE, "diff": {"before": {}, "after": web}}
    assert plan_of(options, group, accounts=LOGINS, service_plan=new)["obstacles"]


def test_acceptance_and_its_prediction() -> None:
    options = given(service=WEB, endpoints=[ENDPOINT])
    plan = plan_of(options, planned("pendingAcceptance"))
    assert (plan["to_accept"], plan["accepted"], plan["has_changes"]) == (["e0"], [{"id": "e0"}], True)
    reached = {"endpoints": [{**ACCEPTED, "id": "e0", "ip": "10.0.0.9"}]}
    assert role_result(options, plan, {"reached": reached})["endpoints"][0]["ip"] == "10.0.0.9"
    in_check_mode = {"endpoints": [{**ACCEPTED, "id": "e0", "status": "pendingAcceptance"}]}
    assert role_result(options, plan, {"reached": in_check_mode})["endpoints"][0]["status"] == "accepted"
    later = given(service=WEB, endpoints=[ENDPOINT], accept=False)
    new = planned("accepted", action="create")
    new["endpoints"][0] |= {"id": "", "ip": "10.0.0.9", "endpoint_service_id": ""}  # of a service that is new as well
    for status, variables in {"accepted": options, "pendingAcceptance": later}.items():
        for approval, found in {True: status, False: "accepted"}.items():
            made = {**plan_of(variables, new), "service": {"id": "", "approval_enabled": approval}}
            (endpoint,) = role_result(variables, made)["endpoints"]
            assert (endpoint["status"], bool(endpoint["ip"])) == (found, found == "accepted")
    assert "Endpoint e0 waits" in role_result(later, plan_of(later, planned("pendingAcceptance")))["next"][0]


def test_the_role_accepts_no_endpoint_of_a_service_of_the_cloud() -> None:
    listing = [{"id": "dns", "service_name": "com.cloud.dns"}]
    options = given(service=WEB, endpoints=[ENDPOINT], cloud_services=[{"name": "dns", "endpoints": [ENDPOINT]}])
    plans = {"results": [planned("accepted"), planned("pendingAcceptance")]}
    settled = {"service": SERVICE, "diff": {"before": WEB, "after": WEB}}
    plan = role_plan(options, {"public": {"services": listing}}, service_plan=settled, endpoint_plans=plans)
    assert plan["accepts"] and plan["to_accept"] == []
    (endpoint,) = role_result(options, plan)["cloud_services"]["dns"]["endpoints"]
    assert endpoint["status"] == "pendingAcceptance"


def test_names_of_the_clouds_services() -> None:
    listing = [{"id": name, "service_name": f"com.cloud.{name}"} for name in ("dns", "obs", "obs.dns")]
    for name, found in {"obs": "obs", "com.cloud.dns": "dns", "nfs": None, "dns": None}.items():
        options = given(cloud_services=[{"name": name, "endpoints": [ENDPOINT]}])
        plan = role_plan(options, {"public": {"services": listing}})
        assert [group["service_id"] for group in plan["groups"]] == ([found] if found else [])
        assert [group["label"] for group in plan["groups"]] == ([f"1 of {name}"] if found else [])
        assert [group["name"] for group in plan["groups"]] == ([name] if found else [])
        assert bool(plan["search_mistakes"]) is not bool(found)


def test_a_service_of_the_cloud_twice() -> None:
    """The module compares the endpoints of one list, so that nothing is created if two of them are one."""
    public = {"public": {"services": [{"id": "obs", "service_name": "com.cloud.obs"}]}}
    for names, found in {"obs obs": 2, "obs com.cloud.obs": 1, "com.cloud.obs obs": 1, "nfs obs": 1}.items():
        entries = [{"name": name, "endpoints": [ENDPOINT]} for name in names.split()]
        plan = role_plan(given(cloud_services=entries), public)
        assert [len(group["endpoints"]) for group in plan["groups"]] == [found]
        assert bool(plan["search_mistakes"]) is (found == 1)


@pytest.mark.parametrize("named", [{"service_id": "obs"}, {"service_name": "com.cloud.obs"}])
def test_a_service_of_the_cloud_by_id_or_full_name(named: dict[str, str]) -> None:
    listing = [{"id": name, "service_name": f"com.cloud.{name}"} for name in ("dns", "obs", "obs.dns")]
    listing.append({"id": "unnamed", "service_name": ""})
    public, nothing = {"public": {"services": listing}}, {"own": {"services": []}, "described": {"services": []}}
    plan = role_plan(given(endpoints=[ENDPOINT], **named), {**nothing, **public})
    assert (plan["service"]["id"], plan["search_mistakes"]) == ("obs", [])
    own = role_plan(given(endpoints=[ENDPOINT], **named), {**public, "own": {"services": [SERVICE]}})
    assert own["service"] == SERVICE
    short = role_plan(given(endpoints=[ENDPOINT], service_name="obs"), {**nothing, **public})
    assert short["service"] == {}
    assert short["search_mistakes"][0].startswith("There is no endpoint service obs that these credentials can see.")
    approval = role_plan(given("approve", accept_from=["a"], **named), {**public, **nothing})
    assert approval["service"] == {}
    assert approval["search_mistakes"][0].startswith("0 endpoint services of this project are called ")
    checked = given("approve", check_mode=True, accept_from=["a"], **named)
    approval = role_plan(checked, {**public, **nothing})
    assert approval["search_mistakes"] == []
    assert "does not exist yet" in role_result(checked, approval, {"connected": {}})["next"][0]
    assert role_plan(checked, {"own": {"services": [SERVICE, {**SERVICE, "id": "two"}]}})["search_mistakes"]
    assert role_plan(given("consume", check_mode=True, endpoints=[ENDPOINT], **named), nothing)["search_mistakes"]


@pytest.mark.parametrize("state", ["present", "absent"])
def test_several_services_of_one_name(state: str) -> None:
    found = {"services": [{**SERVICE, "id": "two"}, SERVICE]}
    plan = role_plan(given(service_name="web", endpoints=[ENDPOINT], state=state), {"own": found})
    assert plan["search_mistakes"] == ["2 endpoint services are named web: one, two. Give connect_vpcs_service_id."]


def test_a_removal_needs_no_service() -> None:
    by_name = given(state="absent", service_name="eu-de.web.one", endpoints=[ENDPOINT])
    assert not by_name["searches_service"]
    assert role_plan(by_name)["groups"][0]["service"] == {"service_name": "eu-de.web.one"}
    assert role_plan(given(state="absent", service_id="one", endpoints=[ENDPOINT]))["service"] == {"id": "one"}
    by_short_name = given(state="absent", service_name="web", endpoints=[ENDPOINT])
    assert role_plan(by_short_name, {"own": {"services": [SERVICE]}})["service"] == SERVICE
    nothing = role_plan(by_short_name, {"own": {"services": []}})
    assert (nothing["service"], nothing["groups"], nothing["search_mistakes"]) == ({}, [], [])
    gone = given(state="absent", service=WEB, endpoints=[ENDPOINT])
    assert role_plan(gone, service_plan={"service": {}})["groups"] == []
    by_id = given(state="absent", service=WEB, endpoints=[ENDPOINT, {"id": "e-2"}])
    (group,) = role_plan(by_id, service_plan={"service": {}})["groups"]
    assert (group["service"], group["endpoints"]) == ({}, [{"id": "e-2"}])
    pinned = given(state="absent", service={**WEB, "id": "one"}, endpoints=[ENDPOINT])
    (group,) = role_plan(pinned, service_plan={"service": {}})["groups"]
    assert (group["service_id"], group["endpoints"]) == ("one", [ENDPOINT])
    removed = {"results": [{"endpoints": [ACCEPTED, {}]}, {"skipped": True}]}
    assert role_result(by_name, role_plan(by_name), {"removed": removed})["endpoints"] == [ACCEPTED]


@pytest.mark.parametrize(
    ("accounts", "connections", "words"),
    [
        ("", [], "No endpoint is connected"),
        ("", [{"status": "rejected"}], "All endpoints were rejected"),
        ("b, C", [{"status": "accepted", "domain_id": "a"}], "No endpoint of account b or C is connected"),
        ("B", [{"status": "accepted", "domain_id": "a"}, {"status": "rejected", "domain_id": "b"}], "were rejected"),
    ],
)
def test_what_the_owner_is_told(accounts: str, connections: list[dict[str, Any]], words: str) -> None:
    options = given("approve", service_id="one", accept_from=accounts)
    result = role_result(options, {"service": SERVICE}, {"connected": {"connections": connections}})
    assert words in result["next"][0] and result["connections"] == connections
    missing = role_result(options, {"service": {}}, {"connected": {}})
    assert "does not exist yet" in missing["next"][0]


def test_a_waiting_endpoint_gets_its_record_later() -> None:
    options = given("consume", service_id="one", endpoints=[ENDPOINT, ENDPOINT])
    waiting = planned("pendingAcceptance", "pendingAcceptance")
    waiting["outcomes"][0]["dns_record"] = {"name": "shop.example.com", "note": "The record is made later."}
    following = role_result(options, plan_of(options, waiting), {})["next"]
    assert ["Then run this again: it creates the record" in text for text in following] == [True, False]


def test_a_policy_says_which_of_the_waiting_endpoints_are_reached() -> None:
    options = given(service=WEB, endpoints=[ENDPOINT, ENDPOINT], accept_policy={"accept": [{"domain_id": "a"}]})
    connections = [
        {"id": "e0", "status": "accepted", "decided_by": "accept[0]"},
        {"id": "e1", "status": "pendingAcceptance", "decided_by": "accept[0].limit", "domain_id": "a"},
    ]
    waiting = planned("pendingAcceptance", "pendingAcceptance")
    before = plan_of(options, waiting)
    assert before["uses_policy"] and before["has_changes"] and before["accepted"] == []
    after = plan_of(options, waiting, decided={"connections": connections})
    assert after["accepted"] == [{"id": "e0"}]
    result = role_result(options, after, {})
    assert [one["status"] for one in result["endpoints"]] == ["accepted", "pendingAcceptance"]
    assert len(result["next"]) == 1 and "e1 of account a waits (rule accept[0].limit of" in result["next"][0]
    assert not plan_of(given(service=WEB, endpoints=[ENDPOINT]), planned("accepted"))["uses_policy"]


@pytest.mark.parametrize(
    "variables, mistake",
    [
        (
            {"endpoints": [{"vpc": "a"}, {"vpc_id": "4189d3c2-8882-4871-a3c2-d380272eed80", "dns_name": "shop"}]},
            r"endpoints\[1\].dns_name: 'shop' is not a",
        ),
        (
            {"endpoints": [{"vpc": "a", "dns_name": "a.b.c", "dns_zone": "d.e"}]},
            r"endpoints\[0\].dns_name: a.b.c is not in",
        ),
        (
            {"endpoints": [{"vpc": "a", "subnet": "10.0.0.0/99"}]},
            r"endpoints\[0\].subnet: .* neither a name nor a range",
        ),
        (
            {"endpoints": [{"vpc": "a", "vpc_id": "4189d3c2-8882-4871-a3c2-d380272eed80"}]},
            r"endpoints\[0\].vpc and vpc_id are mutually exclusive",
        ),
        (
            {"service": {"name": "web", "backend": {"server": "a b"}}},
            r"service.backend.server: 'a b' is not a server's",
        ),
        (
            {"cloud_services": [{"name": "dns", "endpoints": [{"vpc": "x" * 65}]}]},
            r"cloud_services\[0\].endpoints\[0\].vpc .* has 65 characters",
        ),
    ],
)
def test_names_that_cannot_exist_are_found_before_the_first_request(variables: dict[str, Any], mistake: str) -> None:
    found = given("main", **{"service": {"name": "web"}, **variables})
    assert found["task_file"] == "refuse" and len(found["mistakes"]) == 1
    assert re.match(f"connect_vpcs_{mistake}", found["mistakes"][0])


def test_names_of_the_right_form_are_no_mistake() -> None:
    names = {"vpc": 5, "subnet": "10.0.1.0/24", "dns_name": "A.example.com", "dns_zone": "example.com"}
    gateway = {"vpc_id": "4189d3c2-8882-4871-a3c2-d380272eed80", "routetables": "one,two"}
    service = {"name": "web", "backend": {"server": 5, "subnet": "a"}, "server_type": None}
    services = [{"name": "obs", "endpoints": [gateway]}]
    assert given("main", service=service, endpoints=[names], cloud_services=services)["task_file"] != "refuse"


def test_an_empty_text_is_an_empty_list() -> None:
    found = given("main", service=WEB, verify_ports="", verify_from="", accept_from=[""])
    assert (found["verify_ports"], found["verify_from"], found["accept_from"]) == ([], [], [])
