"""Hints depend on which service has answered, and on what is contradictory in the login."""

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._auth import regions
from ansible_collections.crossvpc.vpcep.plugins.module_utils._auth.credentials import resolve
from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.errors import ApiError, CredentialsError
from ansible_collections.crossvpc.vpcep.plugins.module_utils._http import error_codes
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.diagnosis import Diagnosis
from tests.support.fake_server import Answer

KEY = {"username": None, "password": None, "access_key": "AK0", "secret_key": "sk-secret-sk"}
OURS = ("VPCEndpoint", "vpcep", "api_url")
FORBIDDEN = {"error": {"code": 403, "message": "You are not authorized to perform the requested action."}}


@pytest.fixture
def answers(cloud):
    """Makes the cloud answer requests to paths that begin so in another way."""

    def change(start, answer):
        usual = cloud.answer
        cloud.react = lambda seen: answer if seen.path.startswith(start) else usual(seen)

    return change


def refusal(connection, **request):
    with pytest.raises(ApiError) as caught:
        connection.request("GET", "vpc-endpoints", operation="list endpoints", kind="read", **request)
    Diagnosis(connection).explain(caught.value, {})
    return caught.value


def test_a_key_whose_user_may_not_list_projects(answers, connection):
    answers("/v3/projects", Answer(403, FORBIDDEN))
    error = refusal(connection(**KEY))
    assert error.operation == "find the project"
    assert "give project_id" in error.hint and not any(word in error.hint for word in OURS)
    answers("/v3/projects", Answer(403, {"error_code": "IAM.0082", "error_msg": "The user is disabled."}))
    assert "enable the user" in refusal(connection(**KEY)).hint


def test_a_key_whose_user_may_not_look_up_the_account(answers, connection):
    answers("/v3/auth/domains", Answer(403, FORBIDDEN))
    assert connection(**KEY, project_id="p0").domain_id is None


@pytest.mark.parametrize("answer", [(403, FORBIDDEN), (404, {}), (405, {}), (403, {"error_code": "IAM.0003"})])
def test_a_login_that_iam_refuses(answers, connection, answer):
    answers("/v3/auth/tokens", Answer(*answer))
    error = refusal(connection(token_cache=False))
    assert error.hint and not any(word in error.hint for word in OURS)


@pytest.mark.parametrize("status", [403, 404])
def test_a_refusal_of_the_network_service(answers, connection, status):
    answers("/v1/", Answer(status, {}))
    hint = refusal(connection(token_cache=False), api="vpc").hint
    assert hint and "VPCEndpoint" not in hint
    hint = refusal(connection(token_cache=False)).hint
    assert "VPCEndpoint Administrator" in hint or "api_url" in hint


def test_a_proxy_that_answers_for_iam(answers, connection):
    page = Answer(401, b"<html><head><title>Access denied</title></head></html>", {"Content-Type": "text/html"})
    answers("/v3/auth/tokens", page)
    assert "A web page came" in refusal(connection(token_cache=False)).hint


def test_there_is_no_hint_about_our_service_for_others():
    for hints in error_codes.SERVICE_HINTS.values():
        ours = {code for code, one in error_codes.CODES.items() if "VPCEndpoint" in hints.get(one.hint, one.hint)}
        assert ours == {"EndPoint.0003"}


@pytest.mark.parametrize(
    "status, code",
    [
        (401, "EndPoint.0003"),
        (403, "EndPoint.0004"),
        (403, "APIGW.0303"),
        (404, "EndPoint.0005"),
        (404, "APIGW.0101"),
        (404, None),
        (400, "EndPoint.2003"),
        (400, "EndPoint.2001"),
    ],
)
def test_a_project_of_another_region_is_named(answers, connection, status, code):
    answers("/v1/", Answer(status, {"error_code": code, "error_msg": "No."}))
    hint = refusal(connection(region="eu-nl", project_name="eu-de", api_url=None, token_cache=False)).hint
    assert "Project eu-de is one of region eu-de, and region is eu-nl" in hint


@pytest.fixture(autouse=True)
def every_region_here(cloud):
    cloud.catalog = [cloud.entry("*", cloud.url)]


@pytest.mark.parametrize("status", [401, 403, 404])
def test_so_it_is_at_the_login(answers, connection, status):
    answers("/v3/auth/tokens", Answer(status, {"error": {"code": status, "message": "No."}}))
    hint = refusal(connection(region="eu-nl", project_name="eu-de", token_cache=False)).hint
    assert "Project eu-de is one of region eu-de, and region is eu-nl" in hint
    hint = refusal(connection(region="eu-de", project_name="eu-de", token_cache=False)).hint
    assert "one of region" not in hint


LOGINS = [
    {"username": "me", "password": "p", "user_domain_name": "d"},
    {"access_key": "a", "secret_key": "s"},
    {"token": "t"},
]


@pytest.mark.parametrize("login", LOGINS)
@pytest.mark.parametrize("region, meant", [("eu-dee", "eu-de"), ("eude", "eu-de"), ("cn-north4", "cn-north-4")])
def test_a_misspelt_region(tmp_path, monkeypatch, login, region, meant):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CredentialsError, match=f"Region {region} is not known here: .* similar name: .*{meant}"):
        resolve({**login, "region": region}, {})


def test_a_region_like_no_other():
    assert "similar" not in regions.unknown("x") and "set auth_url and api_url" in regions.unknown("x")
