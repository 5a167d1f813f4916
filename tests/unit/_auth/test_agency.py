"""Acting in another account by an agency of its (assume role)."""

import json

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._auth.credentials import resolve
from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.errors import ApiError, CredentialsError
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.project import manage_token
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.runtime import Runtime
from tests.support.fake_cloud import PASSWORD, PROJECT
from tests.support.fake_server import Answer

TERRAFORMS = ("HW_ASSUME_ROLE_AGENCY_NAME", "HW_ASSUME_ROLE_DOMAIN_NAME")
AGENCY = {"agency_name": "network-team", "agency_domain_name": "OTC002"}
BY_TOKEN = {"username": None, "password": None, "user_domain_name": None, "token": "MIIOwn-token", **AGENCY}


def get(connection):
    return connection.request("GET", "vpc-endpoints", operation="list endpoints", kind="read")


def posted(cloud):
    return [seen.json["auth"]["identity"]["methods"] for seen in cloud.logins()]


def test_first_the_users_own_token_then_the_agencys(cloud, connection):
    get(connection(**AGENCY))
    own, agency = cloud.logins()
    assert own.path == "/v3/auth/tokens?nocatalog=1"
    assert own.json["auth"]["identity"]["password"]["user"]["password"] == PASSWORD
    assert own.json["auth"]["scope"] == {"domain": {"name": "OTC00000000001000000000"}}
    assert agency.headers["x-auth-token"] == "MIIToken-0001"
    assert agency.json == {
        "auth": {
            "identity": {
                "methods": ["assume_role"],
                "assume_role": {"domain_name": "OTC002", "xrole_name": "network-team"},
            },
            "scope": {"project": {"name": "eu-de", "domain": {"name": "OTC002"}}},
        }
    }
    assert cloud.calls()[0].headers["x-auth-token"] == "MIIToken-0002"


def test_by_ids(cloud, connection):
    get(
        connection(
            username=None,
            user_domain_name=None,
            user_id="u1",
            project_name=None,
            project_id=PROJECT,
            agency_name="network-team",
            agency_domain_id="d2",
        )
    )
    own, agency = cloud.logins()
    assert "scope" not in own.json["auth"]
    assert agency.json["auth"]["identity"]["assume_role"] == {"domain_id": "d2", "xrole_name": "network-team"}
    assert agency.json["auth"]["scope"] == {"project": {"id": PROJECT}}


def test_with_a_ready_token(cloud, connection):
    cloud.alive.add("MIIOwn-token")
    get(connection(**BY_TOKEN))
    (agency,) = cloud.logins()
    assert agency.headers["x-auth-token"] == "MIIOwn-token"
    assert agency.path == "/v3/auth/tokens"
    assert len(cloud.seen) == 2
    assert cloud.calls()[0].headers["x-auth-token"] == "MIIToken-0001"


def test_a_ready_token_that_has_expired_and_a_password_beside_it(cloud, connection):
    get(connection(token="MIIDead-token", **AGENCY))
    assert posted(cloud) == [["assume_role"], ["password"], ["assume_role"]]


def test_a_ready_token_that_has_expired(cloud, connection):
    with pytest.raises(ApiError) as caught:
        get(connection(**BY_TOKEN))
    assert "Could not assume the agency" in str(caught.value)
    assert "MIIOwn" not in str(caught.value)
    assert len(cloud.seen) == 1


@pytest.mark.slow
def test_it_is_kept_by_itself(cloud, connection, new_process):
    for _task in range(2):
        for options in ({}, AGENCY, {**AGENCY, "agency_name": "other"}, {**AGENCY, "agency_domain_name": "OTC003"}):
            new_process()
            get(connection(**options))
    assert len(cloud.logins()) == 1 + 3 * 2


def test_it_is_kept_for_the_token_it_was_got_with(cloud, connection, new_process):
    for token in ("MIIOwn-token", "MIIOther-token"):
        cloud.alive.add(token)
        for _task in range(2):
            new_process()
            get(connection(**{**BY_TOKEN, "token": token}))
    assert [seen.headers["x-auth-token"] for seen in cloud.logins()] == ["MIIOwn-token", "MIIOther-token"]


@pytest.mark.parametrize("options, again", [(AGENCY, 2), (BY_TOKEN, 1)], ids=["password", "token"])
def test_a_refused_token_is_renewed_once(cloud, connection, options, again):
    cloud.alive.add("MIIOwn-token")
    one = connection(**options)
    get(one)
    cloud.alive -= {one.auth.token.value}
    before = len(cloud.logins())
    get(one)
    assert len(cloud.logins()) == before + again


@pytest.mark.parametrize(
    "answer",
    [
        Answer(401, {"error": {"code": 401, "message": "no", "title": "Unauthorized"}}),
        Answer(403, {"error_code": "IAM.0002", "error_msg": "You are not authorized"}),
        Answer(404, {"error_code": "IAM.0004", "error_msg": "Could not find agency"}),
    ],
    ids=["401", "403", "404"],
)
def test_a_refusal_says_what_to_check_and_is_final(cloud, connection, answer):
    cloud.alive.add("MIIOwn-token")
    cloud.script = [answer]
    with pytest.raises(ApiError) as caught:
        get(connection(**BY_TOKEN))
    for part in ("agency_name", "agency_domain_name", "Agent Operator"):
        assert part in str(caught.value)
    assert len(cloud.logins()) == 1


def test_an_answer_without_a_token(cloud, connection):
    cloud.script = [Answer(201, {"token": {}}, {})]
    with pytest.raises(ApiError, match="the answer holds no token"):
        get(connection(**AGENCY))


def test_the_token_module(cloud, connection, new_process):
    """Check mode does not log in; info is about the other account; only the agency's token is revoked."""
    cloud.alive.add("MIIOwn-token")
    assert manage_token({}, Runtime(connection(**BY_TOKEN), check_mode=True)) == {"changed": True, "token": {}}
    assert cloud.seen == []
    result = manage_token({}, Runtime(connection(**BY_TOKEN)))
    assert result["changed"]
    assert result["token"]["project_id"] == PROJECT
    assert "MII" not in json.dumps(result)
    new_process()
    assert not manage_token({}, Runtime(connection(**BY_TOKEN)))["changed"]
    assert len(cloud.logins()) == 1
    assert manage_token({"state": "absent"}, Runtime(connection(**BY_TOKEN), check_mode=True))["changed"]
    assert manage_token({"state": "absent"}, Runtime(connection(**BY_TOKEN)))["changed"]
    assert cloud.alive == {"MIIOwn-token"}
    assert not manage_token({"state": "absent"}, Runtime(connection(**BY_TOKEN)))["changed"]


KEY = {"access_key": "AK0", "secret_key": "SK0", "project_id": "p", "region": "eu-de"}


def test_an_access_key_and_an_agency_in_one_place():
    with pytest.raises(CredentialsError) as caught:
        resolve({**KEY, **AGENCY}, {})
    for part in ("agency_name, given in the task", "access key", "username and password", "temporary"):
        assert part in str(caught.value)


@pytest.mark.parametrize("names", [("OS_AGENCY_NAME", "OS_AGENCY_DOMAIN_NAME"), TERRAFORMS], ids=["OS", "HW"])
def test_an_agency_of_the_environment_is_not_for_the_key_of_a_task(names):
    variables = dict(zip(names, ("network-team", "OTC002"), strict=True))
    found = resolve(KEY, variables)
    assert (found.method, found.agency_name, found.agency_domain_name) == ("key", None, None)
    with pytest.raises(CredentialsError):
        resolve({"region": "eu-de"}, {**variables, "OS_ACCESS_KEY": "A", "OS_SECRET_KEY": "S", "OS_PROJECT_ID": "p"})
