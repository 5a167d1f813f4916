"""IAM: logging in, scopes, catalog, life and death of tokens, projects and domains."""

import re
from typing import Any

import pytest

SECRETS = re.compile(r"pa55word|SecretKey")


def login(lab: Any, body: Any, **options: Any) -> Any:
    return lab.provider.raw("POST", lab.sim.iam_url + "/auth/tokens", json=body, **options)


def changed(lab: Any, account: str = "provider", user: Any = None, scope: Any = None) -> Any:
    """The auth body of an account with other members in user or another scope."""
    body = lab.caller(account).auth()
    body["auth"]["identity"]["password"]["user"].update(user or {})
    if scope is not None:
        body["auth"]["scope"] = scope
    return body


@pytest.mark.slow
def test_a_project_token(otc: Any) -> None:
    reply = login(otc, otc.provider.auth())
    token = reply.body["token"]
    assert reply.status == 201
    assert 1500 < len(reply.headers["X-Subject-Token"]) < 3000
    assert token["project"]["id"] == "6e9dfd51d1124e8d8498dce894923a0d"
    assert token["user"]["domain"] == {"id": "5fc973eea581490997e82ea11a1df31f", "name": "OTC00000000001000000000"}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", token["expires_at"])
    assert token["expires_at"][11:19] == token["issued_at"][11:19]
    catalog = {entry["type"]: entry["endpoints"][0] for entry in token["catalog"]}
    assert catalog["vpcep"]["url"] == f"{otc.sim.api_url}/v1/{token['project']['id']}"
    assert (catalog["vpcep"]["interface"], catalog["vpcep"]["region"]) == ("public", "eu-de")
    assert catalog["identity"]["url"] == otc.sim.iam_url
    assert set(catalog) == {"vpcep", "vpc", "network", "ecs", "elb", "elbv3", "dns", "identity"}


@pytest.mark.parametrize("account", ["provider", "consumer"])
def test_ways_to_name_user_and_project(otc: Any, account: str) -> None:
    about = otc.sim.info()["accounts"][account]
    domain, project = {"id": about["domain_id"]}, about["projects"]["main"]
    by_id = changed(otc, account)
    user = by_id["auth"]["identity"]["password"]["user"]
    by_id["auth"]["identity"]["password"]["user"] = {"id": about["user_id"], "password": user["password"]}
    for body in (
        by_id,
        changed(otc, account, user={"domain": domain}),
        changed(otc, account, scope={"project": {"id": project["id"]}}),
        changed(otc, account, scope={"project": {"name": project["name"], "domain": domain}}),
        changed(otc, account, scope={"project": {"id": project["id"]}, "domain": domain}),
    ):
        reply = login(otc, body)
        assert (reply.status, reply.body["token"]["project"]["id"]) == (201, project["id"])
    sub = changed(otc, account, scope={"project": {"name": "eu-de_sub"}})
    assert login(otc, sub).body["token"]["project"]["name"] == "eu-de_sub"


def test_tokens_without_project_are_of_no_use(otc: Any) -> None:
    domain = {"domain": {"name": "OTC00000000001000000000"}}
    for scope, member in (({}, None), (domain, "domain")):
        reply = login(otc, changed(otc, scope=scope))
        assert reply.status == 201
        assert "project" not in reply.body["token"]
        assert member is None or reply.body["token"][member]["name"] == "OTC00000000001000000000"
        assert [entry["type"] for entry in reply.body["token"]["catalog"]] == ["identity"]
        otc.provider.token = reply.headers["X-Subject-Token"]
        otc.provider.refused("EndPoint.0004", "GET", "/vpc-endpoints")


@pytest.mark.parametrize(
    ("user", "scope", "status", "message"),
    [
        ({"password": "wrong"}, None, 401, "The username or password is wrong."),
        ({"domain": {}}, None, 400, "'name' is a required property."),
        ({"password": 7}, None, 400, "Invalid input for field 'password'. The value is '***'."),
        ({}, {"project": {"name": "eu-xx"}}, 404, "Could not find project: eu-xx."),
        ({}, {"domain": {"name": "OTC00000000001000000002"}}, 404, None),
        ({}, {"project": {"name": "eu-de", "domain": {"name": "OTC00000000001000000002"}}}, 404, None),
    ],
)
def test_refusals(otc: Any, user: Any, scope: Any, status: int, message: str | None) -> None:
    reply = login(otc, changed(otc, user=user, scope=scope))
    assert (reply.status, reply.body["error"]["code"]) == (status, status)
    assert message in (None, reply.body["error"]["message"])
    assert "X-Request-Id" in reply.headers


def test_expiry(otc: Any) -> None:
    otc.provider.login()
    otc.sim.advance(86000)
    otc.provider.ok("GET", "/quotas")
    otc.sim.advance(401)
    otc.provider.refused("APIGW.0301", "GET", "/quotas")


def test_looking_at_and_revoking_tokens(otc: Any) -> None:
    token, url = otc.provider.login(), otc.sim.iam_url + "/auth/tokens"
    headers = {"X-Auth-Token": token, "X-Subject-Token": token}
    shown = otc.provider.raw("GET", url, headers=headers)
    assert (shown.status, shown.headers["X-Subject-Token"]) == (200, token)
    assert shown.body["token"]["project"]["name"] == "eu-de"
    assert otc.provider.raw("HEAD", url, headers=headers).status == 200
    assert otc.provider.raw("GET", url, headers={**headers, "X-Subject-Token": "x"}).status == 404
    assert otc.provider.raw("GET", url, headers={"X-Auth-Token": token}).status == 400
    assert otc.provider.raw("GET", url, headers={**headers, "X-Auth-Token": "x"}).status == 401
    assert otc.provider.raw("GET", url).status == 401
    foreign = {"X-Auth-Token": otc.consumer.login(), "X-Subject-Token": token}
    assert otc.provider.raw("GET", url, headers=foreign).status == 404
    assert otc.provider.raw("DELETE", url, headers=headers).status == 204
    otc.provider.refused("APIGW.0301", "GET", "/quotas")


def test_projects_and_domains(otc: Any) -> None:
    headers = {"X-Auth-Token": otc.provider.login()}

    def projects(path: str = "/projects", **query: str) -> list[str]:
        reply = otc.provider.raw("GET", otc.sim.iam_url + path, headers=headers, params=query)
        return [project["name"] for project in reply.body["projects"]]

    assert projects() == projects("/auth/projects") == ["eu-de", "eu-de_sub"]
    assert projects(name="eu-de") == ["eu-de"]
    assert projects(name="eu") == projects(enabled="false") == projects(is_domain="true") == []
    assert projects(parent_id="6e9dfd51d1124e8d8498dce894923a0d") == ["eu-de_sub"]
    assert projects(page="2", per_page="1") == ["eu-de_sub"]
    reply = otc.provider.raw("GET", otc.sim.iam_url + "/auth/domains", headers=headers)
    assert reply.body["domains"][0]["id"] == "5fc973eea581490997e82ea11a1df31f"
    assert otc.provider.raw("GET", otc.sim.iam_url + "/auth/domains").status == 401


def test_nothing_secret_is_logged(otc: Any) -> None:
    token = otc.provider.login()
    login(otc, changed(otc, user={"password": "consumer-Secret-pa55word-1147"}))
    headers = {"X-Auth-Token": token, "X-Subject-Token": token}
    otc.provider.raw("GET", f"{otc.sim.iam_url}/auth/tokens/{token}", headers=headers)
    otc.provider.ok("GET", "/vpc-endpoint-services", endpoint_service_name=otc.sim.account()["username"], x=token)
    otc.provider("POST", "/vpc-endpoint-services", {"description": token, "secret": "s3", "tags": [{"key": token}]})
    otc.provider("POST", "/vpc-endpoint-services", {"description": otc.sim.account()["password"]})
    log = str(otc.sim.log())
    assert token not in log
    assert not SECRETS.search(log)
    assert "'secret': '***'" in log
    assert "provider-user" in log
    assert not SECRETS.search(str(otc.sim.info()))


# A second factor, and agencies


def mfa_body(lab: Any, passcode: str | None, **changes: Any) -> Any:
    """The auth body of the user with login protection; changes: members of totp.user."""
    user = lab.sim.world.accounts["provider"].mfa_user
    identity: dict[str, Any] = {
        "methods": ["password"],
        "password": {"user": {"id": user.id, "password": user.password}},
    }
    if passcode is not None:
        identity["methods"].append("totp")
        identity["totp"] = {"user": {"id": user.id, "passcode": passcode, **changes}}
    return {"auth": {"identity": identity, "scope": {"project": {"name": "eu-de"}}}}


def shown(lab: Any) -> str:
    return str(lab.sim.control("POST", "/passcode", {"account": "provider"})["passcode"])


def test_a_passcode_is_taken_once(otc: Any) -> None:
    first = shown(otc)
    assert login(otc, mfa_body(otc, first)).status == 201
    again = login(otc, mfa_body(otc, first))
    assert (again.status, again.body["error"]["message"]) == (400, "Invalid TOTP passcode.")
    assert otc.sim.log(operation="createToken")[-1]["note"] == "used before"
    assert shown(otc) != first
    assert login(otc, mfa_body(otc, shown(otc))).status == 201


def test_passcodes_that_are_refused(otc: Any) -> None:
    other = otc.sim.world.accounts["consumer"].user
    old = shown(otc)
    otc.sim.advance(90)
    for body in (
        mfa_body(otc, old),
        mfa_body(otc, shown(otc), id=other.id),
        mfa_body(otc, shown(otc), name="somebody"),
        mfa_body(otc, "abc"),
    ):
        assert login(otc, body).status == 400
    assert login(otc, mfa_body(otc, None)).status == 401
    assert "passcode" not in str([entry["body"] for entry in otc.sim.log()]).replace("'passcode': '***'", "")
    assert login(otc, mfa_body(otc, shown(otc))).status == 201


def agency_body(**changes: Any) -> Any:
    role = {"domain_name": "OTC00000000001000000002", "xrole_name": "network-team", **changes}
    role = {name: value for name, value in role.items() if value}
    scope = {"project": {"name": "eu-de", "domain": {"name": "OTC00000000001000000002"}}}
    return {"auth": {"identity": {"methods": ["assume_role"], "assume_role": role}, "scope": scope}}


def test_agencies_that_are_refused(otc: Any) -> None:
    own, theirs = otc.provider.login(), otc.consumer.login()
    assert login(otc, agency_body()).status == 401
    assert login(otc, agency_body(), headers={"X-Auth-Token": "dead"}).status == 401
    for body, token, status in (
        (agency_body(xrole_name="other"), own, 404),
        (agency_body(xrole_name=None), own, 400),
        (agency_body(domain_name=None), own, 400),
        (agency_body(domain_name="OTC00000000001000000000"), own, 404),
        (agency_body(), theirs, 404),
    ):
        assert login(otc, body, headers={"X-Auth-Token": token}).status == status, body
    agency = login(otc, agency_body(), headers={"X-Auth-Token": own}).headers["X-Subject-Token"]
    assert login(otc, agency_body(), headers={"X-Auth-Token": agency}).status == 403
