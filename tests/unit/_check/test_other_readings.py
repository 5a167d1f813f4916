"""Readings that the simulator has no setting for: other answers than its own. Each reading is observed in a test."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._auth.session import connect
from ansible_collections.crossvpc.vpcep.plugins.module_utils._check.assumptions import ASSUMPTIONS, CREATING, NEVER
from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.errors import ApiError, NotFound
from tests.support.programs import POOLS
from tests.unit._check.test_readings import PROFILES, SETTINGS, USUAL

pytestmark = pytest.mark.slow

Rule = Callable[..., Any]
SERVICES, ENDPOINTS, PUBLIC = "vpc-endpoint-services", "vpc-endpoints", "vpc-endpoint-services/public"


def fits(where: str, method: str, path: str, more: Any) -> bool:
    """Whether a request is meant. where: 'METHOD path', with * for an ID, and members that its query or body has."""
    wanted_method, wanted_path, *members = where.split(" ")
    parts, wanted = path.split("/"), wanted_path.split("/")
    same = len(parts) == len(wanted) and all(a in ("*", b) for a, b in zip(wanted, parts, strict=True))
    sent = json.dumps({**(more.get("params") or {}), **(more.get("json") or {})}, separators=(",", ":"))
    return method == wanted_method and same and all(member in sent for member in members)


def refused(where: str, status: int = 400, code: str | None = "EndPoint.0002") -> Rule:
    """Requests are refused instead of carried out."""

    def rule(_checker: Any, real: Any, method: str, path: str, **more: Any) -> Any:
        if fits(where, method, path, more):
            raise (NotFound if status == 404 else ApiError)("no", status=status, code=code)
        return real(method, path, **more)

    return rule


def answered(where: str, change: Callable[[Any], Any], status: int = 0) -> Rule:
    """Answers are changed."""

    def rule(checker: Any, real: Any, method: str, path: str, **more: Any) -> Any:
        answer = real(method, path, **more)
        if not fits(where, method, path, more):
            return answer
        if status:
            checker.task.runtime.session.http[-1]["status"] = status
        return change(answer)

    return rule


def done(where: str) -> Rule:
    """What the simulator refuses is answered with success."""

    def rule(checker: Any, real: Any, method: str, path: str, **more: Any) -> Any:
        try:
            return real(method, path, **more)
        except ApiError:
            if not fits(where, method, path, more):
                raise
            checker.task.runtime.session.http[-1]["status"] = 200
            return {}

    return rule


def once_gone(after: str, where: str) -> Rule:
    """After one request another one finds nothing, once."""
    seen = [False, False]

    def rule(_checker: Any, real: Any, method: str, path: str, **more: Any) -> Any:
        if seen == [True, False] and fits(where, method, path, more):
            seen[1] = True
            raise NotFound("no", status=404)
        answer = real(method, path, **more)
        seen[0] = seen[0] or fits(after, method, path, more)
        return answer

    return rule


def without(where: str, member: str) -> Rule:
    """A member of the request gets lost."""

    def rule(_checker: Any, real: Any, method: str, path: str, **more: Any) -> Any:
        if fits(where, method, path, more):
            more["json"] = {name: value for name, value in more["json"].items() if name != member}
        return real(method, path, **more)

    return rule


def in_part(full: str, text: str) -> bool:
    return text in full


def in_short(full: str, text: str) -> bool:
    return text in full.split(".")[1:2]


def in_whole(full: str, text: str) -> bool:
    return text == full


def exact(where: str, option: str, keeps: Callable[[str, str], bool]) -> Rule:
    """A filter compares case, and what *keeps* says of the full name and the text of the filter."""

    def rule(_checker: Any, real: Any, method: str, path: str, **more: Any) -> Any:
        answer = real(method, path, **more)
        text = (more.get("params") or {}).get(option)
        if not fits(where, method, path, more) or text is None:
            return answer
        name = next(name for name in answer if isinstance(answer[name], list))
        names = [str(one.get("service_name") or one.get("name")) for one in answer[name]]
        kept = [one for one, full in zip(answer[name], names, strict=True) if keeps(full, text)]
        return {**answer, name: kept}

    return rule


def both(outer: Rule, inner: Rule) -> Rule:
    def rule(checker: Any, real: Any, *sent: Any, **more: Any) -> Any:
        return outer(checker, lambda *again, **rest: inner(checker, real, *again, **rest), *sent, **more)

    return rule


def members(**values: Any) -> Callable[[Any], Any]:
    return lambda answer: {**answer, **values}


def first(name: str, **values: Any) -> Callable[[Any], Any]:
    """Other members of the first object in a list."""
    return lambda answer: {**answer, name: [{**answer[name][0], **values}, *answer[name][1:]]}


def more_of(name: str, **values: Any) -> Callable[[Any], Any]:
    """One more object in a list."""
    return lambda answer: {**answer, name: [*answer[name], {**answer[name][0], "id": "another", **values}]}


def limits(*numbers: int) -> Callable[[Any], Any]:
    kinds = ("endpoint_service", "endpoint")
    resources = [{"type": kind, "used": 0, "quota": quota} for kind, quota in zip(kinds, numbers, strict=True)]
    return lambda _answer: {"quotas": {"resources": resources}}


MISSING = {"404 EndPoint.0005": (404, "EndPoint.0005"), "404 EndPoint.2006": (404, "EndPoint.2006")}
MISSING |= {"404 with another code": (404, "EndPoint.9"), "400 EndPoint.2003": (400, "EndPoint.2003")}
MISSING |= {"400 with the code of a 404": (400, "EndPoint.2006")}
ABSENT = {
    "missing-service": f"GET {SERVICES}/*",
    "missing-endpoint": f"GET {ENDPOINTS}/*",
    "describe-missing": f"GET {SERVICES}/describe",
}
ANSWERS: list[tuple[str, str, Rule]] = [
    *((name, reading, refused(where, *how)) for name, where in ABSENT.items() for reading, how in MISSING.items()),
    ("api-versions", "v1 only", answered("GET ", members(versions=[{"id": "v1"}]))),
    ("quota-values", "100 and 150", answered("GET quotas", limits(100, 150))),
    ("sort-keys", "created_at only", refused(f'GET {SERVICES} "create_at"')),
    ("sort-keys", "create_at only", refused(f'GET {SERVICES} "created_at"')),
    ("offset-zero", "refused", refused(f'GET {PUBLIC} "offset":')),
    ("offset-beyond-end", "refused", refused(f"GET {PUBLIC} 1000000")),
    ("limit-zero", "refused", refused(f'GET {PUBLIC} "limit":0}}')),
    ("limit-zero", "a page with objects", answered(f"GET {PUBLIC}", members(endpoint_services=[{"id": "x"}]))),
    ("limit-above-maximum", "allowed", done(f"GET {PUBLIC} 1001")),
    ("name-filter-public", "a part of the name, same case", exact(f"GET {PUBLIC}", "endpoint_service_name", in_part)),
    ("name-filter-public", "the whole name only", exact(f"GET {PUBLIC}", "endpoint_service_name", in_whole)),
    ("name-as-id", "400", refused(f"GET {SERVICES}/*")),
    ("unknown-path", "404 of the API", refused("GET *", 404, "EndPoint.0005")),
    ("charge-type", "text", answered(f"GET {PUBLIC}", first("endpoint_services", is_charge="true"))),
    (
        "time-form",
        "another form",
        answered(f"GET {PUBLIC}", first("endpoint_services", created_at="2018-01-30T07:42:01.1")),
    ),
    ("tag-search-limit", "text only", refused('POST endpoint_service/*/action "limit":1,')),
    ("tag-search-limit", "number only", refused('POST endpoint_service/*/action "limit":"1"')),
    ("tag-search-limit-zero", "allowed", done("POST endpoint_service/*/action")),
    (
        "failed-service-error",
        "code and message",
        answered(
            f"GET {SERVICES} failed",
            members(endpoint_services=[{"status": "failed", "error": [{"code": "1", "message": "x"}]}]),
        ),
    ),
    ("rule-action", "no", answered("GET vpc/security-group-rules", first("security_group_rules", action=None))),
    (
        "enterprise-project-type",
        "number",
        answered("GET vpc/security-groups", first("security_groups", enterprise_project_id=0)),
    ),
    ("vpc-names", "yes", answered("GET vpc/vpcs", more_of("vpcs"))),
    ("shared-vpcs", "yes", answered("GET vpc/vpcs", more_of("vpcs", project_id="another"))),
    ("vpc-projects", "no", answered("GET vpc/vpcs", more_of("vpcs"))),
    ("vpc-projects", "yes", answered("GET vpcs", first("vpcs", enterprise_project_id="4711"))),
    ("balancer-projects", "no", answered("GET elb/loadbalancers all_granted", more_of("loadbalancers"))),
    (
        "balancer-projects",
        "yes",
        answered("GET elb/loadbalancers", first("loadbalancers", enterprise_project_id="4711")),
    ),
    ("vpc-name-filter", "a part of the name, same case", exact("GET vpc/vpcs", "name", in_part)),
    (
        "balancer-port",
        "port_id",
        answered("GET elb/loadbalancers", members(loadbalancers=[{"id": "1", "port_id": "x"}])),
    ),
    ("service-status", "available", answered(f"POST {SERVICES}", members(status="available"))),
    ("service-name", "the bare name", lambda _c, real, method, path, **more: bare(real, method, path, more)),
    ("port-type", "text", answered(f"POST {SERVICES}", first("ports", client_port="1"))),
    ("enterprise-project", "shown", answered(f"POST {SERVICES}", members(enterprise_project_id="0"))),
    ("policy-switch", "shown", answered(f"POST {SERVICES}", members(enable_policy=False))),
    ("tags-at-creation", "ignored", without(f"POST {SERVICES}", "tags")),
    ("name-filter", "a part of the name, same case", exact(f"GET {SERVICES}", "endpoint_service_name", in_part)),
    ("name-filter", "the short name only", exact(f"GET {SERVICES}", "endpoint_service_name", in_short)),
    ("name-filter", "the whole name only", exact(f"GET {SERVICES}", "endpoint_service_name", in_whole)),
    ("tags-of-one-object", "10", refused("POST */*/tags/action check-9", 400, "EndPoint.3069")),
    ("tag-delete-value", "deletes the tag", lambda _c, real, method, path, **more: by_key(real, method, path, more)),
    (
        "permission-answer",
        "all records",
        answered(f"POST {SERVICES}/*/permissions/action", members(permissions=[1, 2])),
    ),
    ("permission-star", "refused", refused(f'POST {SERVICES}/*/permissions/action "*"')),
    ("mappings", "50", refused(f"PUT {SERVICES}/* }},{{", 400, "EndPoint.3074")),
    ("ports-update", "refused", refused(f'PUT {SERVICES}/* "ports"')),
    ("same-server-port", "refused", refused(f"PUT {SERVICES}/* }},{{", 400, "EndPoint.3044")),
    ("udp", "allowed", done(f'PUT {SERVICES}/* "UDP"')),
    (
        "unknown-service",
        "404 EndPoint.0005",
        lambda c, real, method, path, **more: unknown(c, real, method, path, more),
    ),
    ("port-ip", "yes", refused(f"POST {ENDPOINTS}", 400, "EndPoint.2041")),
    ("access-list-size", "32", lambda _c, real, method, path, **more: short_list(real, method, path, more)),
    ("endpoint-status", "pendingAcceptance", answered(f"POST {ENDPOINTS}", members(status="pendingAcceptance"))),
    ("endpoint-status", "accepted", answered(f"POST {ENDPOINTS}", members(status="accepted"))),
    ("dns-names-at-creation", "shown", answered(f"POST {ENDPOINTS}", members(dns_names=["a.b"]))),
    ("active-status", "text", answered(f"POST {ENDPOINTS}", members(active_status="active"))),
    ("endpoint-ip-version", "shown", answered(f"POST {ENDPOINTS}", members(ip_version="ipv4"))),
    ("own-approval", "they are accepted", lambda _c, real, method, path, **more: accepted(real, method, path, more)),
    ("pending-members", "shown", answered(f"GET {ENDPOINTS}/*", members(ip="10.0.0.4"))),
    ("dns-zone", "the endpoint's name", answered(f"GET {ENDPOINTS}/*", members(dns_names=["a.b.c."]))),
    ("dns-zone", "a domain above the endpoint's name", answered(f"GET {ENDPOINTS}/*", members(dns_names=["x.a.b.c"]))),
    (
        "policy-update",
        "refused",
        both(answered(f"POST {SERVICES}", members(enable_policy=False)), refused(f'PUT {SERVICES}/* "enable_policy"')),
    ),
    ("delete-used-service", "refused with EndPoint.3005", refused(f"DELETE {SERVICES}/*", 400, "EndPoint.3005")),
    ("delete-used-service", "allowed", done(f"DELETE {SERVICES}/*")),
    (
        "put-without-approval",
        "resets it to true",
        answered(f'PUT {SERVICES}/* "description"', members(approval_enabled=True)),
    ),
    ("empty-description", "kept", answered(f'PUT {SERVICES}/* "description"', members(description="still"))),
    ("reject-without-approval", "refused", refused(f"POST {SERVICES}/*/connections/action reject")),
    ("accept-rejected", "refused", lambda c, real, method, path, **more: third(c, real, method, path, more)),
    ("delete-service-rejected", "refused", refused(f"DELETE {SERVICES}/*", 400, "EndPoint.3006")),
    ("delete-service-answer", "200", answered(f"DELETE {SERVICES}/*", lambda _: None, 200)),
    ("delete-service-answer", "202", answered(f"DELETE {SERVICES}/*", lambda _: None, 202)),
    ("delete-endpoint-answer", "200", answered(f"DELETE {ENDPOINTS}/*", lambda _: None, 200)),
    ("delete-endpoint-answer", "202", answered(f"DELETE {ENDPOINTS}/*", lambda _: None, 202)),
    ("delete-creating-service", "refused", refused(f"DELETE {SERVICES}/*", 400, "EndPoint.3045")),
    ("delete-creating-endpoint", "refused", refused(f"DELETE {ENDPOINTS}/*", 400, "EndPoint.3045")),
    ("orphan-members", "404", once_gone(f"DELETE {SERVICES}/*", f"GET {ENDPOINTS}/*")),
]


def bare(real: Any, method: str, path: str, more: Any) -> Any:
    """A service is shown with its bare name."""
    answer = real(method, path, **more)
    is_new = method == "POST" and path == SERVICES
    return {**answer, "service_name": more["json"]["service_name"]} if is_new else answer


def by_key(real: Any, method: str, path: str, more: Any) -> Any:
    """The values of tags to delete do not count."""
    if path.endswith("tags/action") and more["json"]["action"] == "delete":
        more["json"] = {"action": "delete", "tags": [{"key": one["key"]} for one in more["json"]["tags"]]}
    return real(method, path, **more)


def unknown(checker: Any, real: Any, method: str, path: str, more: Any) -> Any:
    """The first endpoint, which is for an unknown service, is answered in another way."""
    if method == "POST" and path == ENDPOINTS and not hasattr(checker, "asked"):
        checker.asked = True
        raise ApiError("no", status=404, code="EndPoint.0005")
    return real(method, path, **more)


def short_list(real: Any, method: str, path: str, more: Any) -> Any:
    """A whitelist of any length is taken."""
    if method == "POST" and "whitelist" in (more.get("json") or {}):
        more["json"] = {**more["json"], "whitelist": []}
    return real(method, path, **more)


def accepted(real: Any, method: str, path: str, more: Any) -> Any:
    """An endpoint that waits looks accepted."""
    answer = real(method, path, **more)
    waits = path.startswith(ENDPOINTS) and isinstance(answer, dict) and answer.get("status") == "pendingAcceptance"
    return {**answer, "status": "accepted"} if waits else answer


def third(checker: Any, real: Any, method: str, path: str, more: Any) -> Any:
    """The third acceptance is refused: that of the rejected endpoint."""
    if path.endswith("connections/action") and more["json"]["action"] == "receive":
        checker.accepted = getattr(checker, "accepted", 0) + 1
        if checker.accepted == 3:
            raise ApiError("no", status=400, code="EndPoint.2047")
    return real(method, path, **more)


@pytest.mark.parametrize("name, reading, rule", ANSWERS, ids=[f"{name}: {reading}" for name, reading, _rule in ANSWERS])
def test_a_reading_without_a_setting(checker: Any, cloud: Any, name: str, reading: str, rule: Rule) -> None:
    def around(real: Any, method: str, path: str, **more: Any) -> Any:
        return rule(checker, real, method, path, **more)

    cloud.settings(vpc_name_filter="fuzzy")
    if name == "dns-zone":
        cloud.add("zones", "provider", name="a.b.c.", vpcs=[checker.network["vpc_id"]])
    checker.around = around
    creates = ASSUMPTIONS[name].part == CREATING
    rows = {row["id"]: row for row in checker(create=creates)["report"]["assumptions"]}
    assert rows[name]["observed"] == reading, rows[name]["form"]
    checker.around = None
    if creates:
        checker()
    assert cloud.state()["services"] == cloud.state()["endpoints"] == []


# With other options


@pytest.mark.parametrize("is_refused", [False, True])
def test_a_dedicated_load_balancer(checker: Any, cloud: Any, is_refused: bool) -> None:
    port = next(one for one in cloud.objects("ports", "provider") if one["name"] == "spare-1-lb")
    rule = refused(f"POST {SERVICES}")
    checker.around = lambda *sent, **more: rule(checker, *sent, **more) if is_refused else sent[0](*sent[1:], **more)
    observed = checker.observed(port_id=port["id"], server_type="LB")
    assert observed["balancer-kind"] == BALANCER_KINDS[is_refused]


BALANCER_KINDS = ("shared and dedicated ones", "shared ones only")


def test_a_network_service_that_does_not_answer(checker: Any, cloud: Any) -> None:
    report = checker(create=False, network_url={"dns": "http://127.0.0.1:9"})["report"]
    row = next(row for row in report["assumptions"] if row["id"] == "network-addresses")
    assert row["observed"] == "no" and row["form"].startswith("dns does not answer") and row["handled"] is False


@pytest.fixture
def second(checker: Any, cloud: Any, tmp_path: Any) -> Callable[..., Any]:
    """Checks with a second login, an entry of clouds.yaml with this account and other members of ``auth``."""

    def run(account: str, **more: Any) -> Any:
        auth = {**cloud.account(account), **more}
        entry = {"region_name": auth.pop("region"), "vpcep_endpoint_override": cloud.api_url, "auth": auth}
        file = tmp_path / "clouds.yaml"
        file.write_text(json.dumps({"clouds": {"other": entry}}))
        environ = {"OS_CLIENT_CONFIG_FILE": str(file)}
        task = checker.task
        task.session_for = lambda parameters: connect(parameters, environ=environ, sleep=task.sleep, pools=POOLS)
        report = checker(second_cloud="other", token_cache=False)["report"]
        fact = next(one for one in report["facts"] if one["fact"] == "second login")
        return {row["id"]: row["observed"] for row in report["assumptions"]}, fact

    return run


def test_a_second_login(second: Any) -> None:
    observed, fact = second("consumer")
    assert fact["ok"] and observed["describe-across-accounts"] == "allowed"
    assert observed["read-across-accounts"] == "404 EndPoint.0005"


@pytest.mark.parametrize("reading", MISSING)
def test_a_service_of_another_account(checker: Any, second: Any, reading: str) -> None:
    status, code = MISSING[reading]

    def around(real: Any, method: str, path: str, **more: Any) -> Any:
        if checker.session is not checker.task.runtime.session:
            raise ApiError("no", status=status, code=code)
        return real(method, path, **more)

    checker.around = around
    observed, _fact = second("consumer")
    assert observed["describe-across-accounts"] == "refused" and observed["read-across-accounts"] == reading


@pytest.mark.parametrize("account, more", [("provider", {}), ("consumer", {"password": "wrong-wrong"})])
def test_a_second_login_that_does_not_help(second: Any, account: str, more: Any) -> None:
    observed, fact = second(account, **more)
    assert fact["ok"] is False and observed["describe-across-accounts"] == "not observed"
    assert observed["delete-service-answer"] == "204"


# All readings


def test_each_reading_is_observed_in_a_test() -> None:
    tables = [USUAL, *(readings for _settings, readings in SETTINGS.values()), *PROFILES.values()]
    seen = {pair for readings in tables for pair in readings.items()} | {
        (name, reading) for name, reading, _rule in ANSWERS
    }
    seen |= {("balancer-kind", reading) for reading in BALANCER_KINDS} | {("network-addresses", "no")}
    seen |= {("failed-service-error", "error_code and error_message")}
    seen |= {("describe-across-accounts", reading) for reading in ("allowed", "refused")}
    seen |= {("read-across-accounts", reading) for reading in MISSING}
    wanted = {(one.id, reading) for one in ASSUMPTIONS.values() if one.part != NEVER for reading in one.readings}
    never = {("vpc-names", "no"), ("shared-vpcs", "no")}  # that no object shows it proves nothing
    assert wanted - seen == never
