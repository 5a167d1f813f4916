"""Logging in, keeping tokens, losing them, and finding the service."""

import calendar
import json
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from email.utils import formatdate
from pathlib import Path

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._auth import token_cache
from ansible_collections.crossvpc.vpcep.plugins.module_utils._auth.endpoints import beside, network_url
from ansible_collections.crossvpc.vpcep.plugins.module_utils._auth.session import connect
from ansible_collections.crossvpc.vpcep.plugins.module_utils._auth.token import Token
from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.errors import (
    ApiError,
    ConnectionFailed,
    CredentialsError,
    InputError,
    NotFound,
)
from ansible_collections.crossvpc.vpcep.plugins.module_utils._http.client import Attempt
from ansible_collections.crossvpc.vpcep.plugins.module_utils._http.retry import Deadline
from tests.support.fake_cloud import DOMAIN, PASSWORD, PROJECT, stamp
from tests.support.fake_server import Answer, closed_port

KEY = {
    "username": None,
    "password": None,
    "user_domain_name": None,
    "access_key": "AK0AK0",
    "secret_key": "secret-key-sk",
}


def get(connection, path="vpc-endpoints", **extra):
    return connection.request("GET", path, operation="list endpoints", kind="read", **extra)


def ready(cloud, token="MIIReady-token", **more):
    cloud.alive.add(token)
    return {"username": None, "password": None, "user_domain_name": None, "project_name": None, "token": token, **more}


# Logging in


def test_nothing_is_sent_before_it_is_needed(cloud, connection):
    connection()
    assert cloud.seen == []


def test_an_id_with_a_slash_is_one_part_of_the_path(connection):
    found = get(connection(), ("vpc-endpoints/{}/policy", "a/../b%2f?"))
    assert found == {"path": f"/v1/{PROJECT}/vpc-endpoints/a%2F..%2Fb%252f%3F/policy"}


def test_a_login_by_password_and_project_name(cloud, connection):
    one = connection()
    assert get(one, params={"limit": 10}) == {"path": f"/v1/{PROJECT}/vpc-endpoints?limit=10"}
    (login,) = cloud.logins()
    assert login.path == "/v3/auth/tokens"
    assert login.json == {
        "auth": {
            "identity": {
                "methods": ["password"],
                "password": {
                    "user": {"name": "me", "password": PASSWORD, "domain": {"name": "OTC00000000001000000000"}}
                },
            },
            "scope": {"project": {"name": "eu-de", "domain": {"name": "OTC00000000001000000000"}}},
        }
    }
    assert cloud.calls()[0].headers["x-auth-token"] == "MIIToken-0001"
    assert cloud.calls()[0].headers["user-agent"].startswith("crossvpc.vpcep/")
    assert (one.project_id, one.domain_id, one.region, one.cloud, one.api_url) == (
        PROJECT,
        DOMAIN,
        "eu-de",
        "otc",
        cloud.url,
    )
    assert [entry["path"] for entry in one.http] == ["/v3/auth/tokens", f"/v1/{PROJECT}/vpc-endpoints?limit=10"]
    assert one.warnings == []


NO_NAMES = {"username": None, "user_domain_name": None}


@pytest.mark.parametrize(
    "options, user, project",
    [
        (
            {**NO_NAMES, "project_name": None, "user_id": "u1", "user_domain_id": "d1", "project_id": PROJECT},
            {"id": "u1"},
            {"id": PROJECT},
        ),
        (
            {"user_domain_name": None, "user_domain_id": "d1"},
            {"name": "me", "domain": {"id": "d1"}},
            {"name": "eu-de", "domain": {"id": "d1"}},
        ),
        ({**NO_NAMES, "user_id": "u1"}, {"id": "u1"}, {"name": "eu-de"}),
    ],
    ids=["all", "account", "user"],
)
def test_a_login_by_ids(cloud, connection, options, user, project):
    get(connection(**options))
    sent = cloud.logins()[0].json["auth"]
    assert sent["identity"]["password"]["user"] == {**user, "password": PASSWORD}
    assert sent["scope"] == {"project": project}


def test_the_catalog_is_not_asked_for_without_need(cloud, connection):
    get(connection(api_url=cloud.url))
    assert cloud.logins()[0].path == "/v3/auth/tokens?nocatalog=1"
    # A task that does need it logs in once more, and serves both from then on.
    get(connection())
    get(connection(api_url=cloud.url))
    get(connection())
    assert len(cloud.logins()) == 2


def test_a_wrong_password_is_tried_once(cloud, connection):
    one = connection(password="not-the-password")
    with ThreadPoolExecutor(8) as pool:
        errors = [task.exception() for task in [pool.submit(get, one) for _number in range(16)]]
    assert {type(error) for error in errors} == {ApiError}
    assert len(cloud.logins()) == 1
    assert errors[0].status == 401
    assert "log in to IAM" in str(errors[0])
    assert "not tried again" in str(errors[0])
    assert "not-the-password" not in str(errors[0]) + json.dumps(errors[0].result())


@pytest.mark.parametrize(
    "body",
    [
        {"error_code": "IAM.0062", "error_msg": "Incorrect password."},
        {"error_code": "IAM.0061", "error_msg": "Account locked."},
        {"error": {"code": 401, "message": "no", "title": "Unauthorized"}},
    ],
)
def test_no_refused_login_is_repeated(cloud, connection, body):
    cloud.script = [Answer(401, body)]
    with pytest.raises(ApiError):
        get(connection())
    assert len(cloud.seen) == 1


@pytest.mark.parametrize(
    "answer, times",
    [
        (Answer(429, {"error_code": "IAM.0012", "error_msg": "x"}), 3),
        (Answer(503, None), 3),
        (Answer(500, None), 3),
        (Answer(502, b"<html>", {"Content-Type": "text/html"}), 3),
        (Answer(how="reset"), 3),
        (Answer(410, {"error_code": "IAM.0020", "error_msg": "x"}), 1),
    ],
    ids=["429", "503", "500", "502", "reset", "410"],
)
def test_a_login_is_repeated_when_iam_is_unwell(cloud, connection, answer, times):
    cloud.script = [answer] * times
    get(connection())
    assert len(cloud.logins()) == times + 1


def test_a_login_that_moved_twice_is_given_up(cloud, connection):
    cloud.script = [Answer(410, {"error_code": "IAM.0020", "error_msg": "x"})] * 2
    with pytest.raises(ApiError) as caught:
        get(connection())
    assert caught.value.code == "IAM.0020"


@pytest.mark.fault_injection("secrets in output, logs, files and process lists", fails="leaked")
def test_a_password_that_iam_echoes_is_hidden(cloud, connection):
    cloud.script = [Answer(400, {"error_code": "IAM.0073", "error_msg": f"The value is '{PASSWORD}'."})]
    with pytest.raises(ApiError) as caught:
        get(connection())
    assert PASSWORD not in str(caught.value) + repr(caught.value) + json.dumps(caught.value.result())
    assert "********" in str(caught.value)


@pytest.mark.fault_injection("secrets in output, logs, files and process lists", fails="leaked")
def test_a_token_that_the_api_echoes_is_hidden(cloud, connection):
    one = connection()
    get(one)
    cloud.script = [Answer(400, {"error_code": "EndPoint.0002", "error_msg": "MIIToken-0001"})]
    with pytest.raises(ApiError) as caught:
        get(one)
    assert "MIIToken" not in str(caught.value)


@pytest.mark.parametrize(
    "answer",
    [
        Answer(201, {"token": {}}, {}),
        Answer(201, {"token": {"project": {"id": "p"}}}, {}),
        Answer(200, {"login": "page"}),
        Answer(201, {"token": {"methods": []}}, {"X-Subject-Token": "tok"}),
        Answer(200, []),
        Answer(201, {"token": {"project": {"id": "../../evil"}}}, {"X-Subject-Token": "tok"}),
    ],
)
def test_something_that_is_not_iam_is_recognised(cloud, connection, answer):
    cloud.script = [answer]
    with pytest.raises(ApiError, match="auth_url"):
        get(connection())


# Keeping tokens


@pytest.mark.slow
def test_one_login_for_all_tasks_of_a_process_without_a_folder(cloud, connection):
    for _task in range(3):
        assert "it has no folder" in "".join(connection(environ={}).warnings)
        get(connection(environ={}))
    assert len(cloud.logins()) == 1


@pytest.mark.fault_injection("IAM down with a warm cache")
def test_iam_may_be_down_when_the_cache_is_warm(cloud, connection, new_process):
    get(connection())
    new_process()
    cloud.seen.clear()
    one = connection()
    cloud.script = []
    cloud.tokens_post = lambda seen: Answer(503, None)
    assert get(one)
    assert (one.project_id, one.domain_id, one.region, one.api_url) == (PROJECT, DOMAIN, "eu-de", cloud.url)
    assert [seen.path for seen in cloud.seen] == [f"/v1/{PROJECT}/vpc-endpoints"]


def test_iam_down_and_nothing_kept(connection):
    with pytest.raises(ConnectionFailed, match="log in to IAM"):
        get(connection(auth_url=f"http://127.0.0.1:{closed_port()}", retries=1))


@pytest.mark.fault_injection("attacks on the token cache")
@pytest.mark.parametrize(
    "change",
    [
        {"username": "other"},
        {"user_domain_name": "other"},
        {"project_name": "eu-de_x"},
        {"project_name": None, "project_id": "p2"},
        {"password": "wrong-password"},
        {"auth_url": None},
    ],
)
def test_a_token_is_for_those_it_was_issued_to(cloud, connection, new_process, change):
    get(connection())
    new_process()
    if "auth_url" in change:
        change = {"auth_url": cloud.iam.replace("127.0.0.1", "localhost")}
    try:
        get(connection(**change))
    except ApiError as error:
        assert error.status == 401
    assert len(cloud.logins()) == 2


@pytest.mark.fault_injection("attacks on the token cache")
def test_no_cache_when_none_is_wanted(cloud, connection, home):
    for _task in range(2):
        one = connection(token_cache=False)
        get(one)
        get(one)
        assert one.warnings == []
    assert len(cloud.logins()) == 2
    assert os.listdir(home["HOME"]) == []


def test_a_token_of_which_iam_said_nothing_has_no_lifetime():
    assert Token(value="t").lifetime is None
    assert Token(value="t", expires_at=stamp(1000)).lifetime is None


def test_a_token_without_an_end_is_not_kept(cloud, connection):
    original = cloud.body
    cloud.body = lambda catalog: {"token": {**original(catalog)["token"], "expires_at": "tomorrow"}}
    one = connection()
    get(one)
    get(one)
    get(connection())
    assert len(cloud.logins()) == 2


@pytest.mark.fault_injection("attacks on the token cache")
@pytest.mark.parametrize("hours", [0, -9, -1, 1, 9, 24 * 365])
def test_one_login_for_all_tasks_also_with_a_wrong_clock(cloud, connection, new_process, hours):
    """The cloud's clock is years away from ours in all of these tests; here ours may be off, too."""
    clock = [time.time() + hours * 3600]
    for later in (0, 3600, 3600):
        clock[0] += later
        new_process()
        get(connection(clock=lambda: clock[0]))
    assert len(cloud.logins()) == 1


@pytest.mark.fault_injection("attacks on the token cache")
def test_an_expired_token_in_the_cache(cloud, connection, new_process):
    clock = [time.time()]
    get(connection(clock=lambda: clock[0]))
    clock[0] += 86400 - 500
    cloud.alive.clear()
    new_process()
    get(connection(clock=lambda: clock[0]))
    assert len(cloud.logins()) == 2
    # It was known to be old: it was not even tried.
    assert [seen.headers["x-auth-token"] for seen in cloud.calls()] == ["MIIToken-0001", "MIIToken-0002"]


def test_a_token_that_grows_old_within_a_task(cloud, connection):
    clock = [time.time()]
    one = connection(clock=lambda: clock[0])
    get(one)
    clock[0] += 86400
    get(one)
    assert len(cloud.logins()) == 2
    assert len(cloud.calls()) == 2


@pytest.mark.fault_injection("attacks on the token cache")
def test_a_bad_cache_is_passed_over_with_a_warning(cloud, connection, home, new_process):
    """What is bad: see test_token_cache.py."""
    get(connection())
    (path,) = Path(home["HOME"]).rglob("*.json")
    path.chmod(0o644)
    new_process()
    one = connection()
    get(one)
    assert len(cloud.logins()) == 2
    assert one.warnings
    assert "MII" not in "".join(one.warnings)


@pytest.mark.parametrize(
    "change",
    [
        {"value": 5},
        {"expires_at": 5},
        {"value": "two\nlines"},
        {"project_id": "../other"},
        {"endpoints": "https://elsewhere.example"},
        {"endpoints": [["eu-de"]]},
        {"endpoints": [["eu-de", 5]]},
    ],
    ids=str,
)
def test_a_kept_token_that_is_not_entirely_one_is_not_used(cloud, connection, change):
    one = connection()
    get(one)
    data = one.auth.token._asdict()
    assert Token.from_data(data) == one.auth.token
    assert Token.from_data({**data, **change}) is None


@pytest.mark.slow
def test_many_threads_log_in_once(cloud, connection):
    """Each with a connection of its own, as tasks in the controller's process have."""
    barrier = threading.Barrier(24)
    cloud.tokens_post = slow(cloud.tokens_post, 0.1)

    def task(_number):
        one = connection()
        barrier.wait()
        return get(one)

    with ThreadPoolExecutor(24) as pool:
        assert len(list(pool.map(task, range(24)))) == 24
    assert len(cloud.logins()) == 1


def slow(function, seconds):
    def later(*args):
        time.sleep(seconds)
        return function(*args)

    return later


# A token that is refused


def test_a_401_drops_the_token_and_repeats_once(cloud, connection, new_process):
    one = connection()
    get(one)
    cloud.alive.clear()
    assert get(one) == {"path": f"/v1/{PROJECT}/vpc-endpoints"}
    assert len(cloud.logins()) == 2
    assert [seen.headers["x-auth-token"][-1] for seen in cloud.calls()] == ["1", "1", "2"]
    new_process()
    get(connection())
    assert len(cloud.logins()) == 2


def test_a_create_is_repeated_after_a_401_since_it_was_not_carried_out(cloud, connection):
    one = connection()
    get(one)
    cloud.alive.clear()
    assert one.request("POST", "vpc-endpoints", operation="create endpoint", kind="create", json={"a": 1})


@pytest.mark.parametrize(
    "body",
    [
        {"error_code": "EndPoint.0003", "error_msg": "x"},
        {"error_code": "APIGW.0301", "error_msg": "x"},
        {"error_code": "APIGW.0307", "error_msg": "x"},
        None,
    ],
)
def test_a_401_that_stays_ends_after_one_new_token(cloud, connection, body):
    cloud.refusal_of_api = body
    one = connection()
    original = cloud.tokens_post

    def useless(seen):
        answer = original(seen)
        cloud.alive.clear()
        return answer

    cloud.tokens_post = useless
    with pytest.raises(ApiError) as caught:
        get(one)
    assert caught.value.status == 401
    assert len(cloud.logins()) == 2
    assert len(cloud.calls()) == 2


def test_a_401_about_rights_asks_for_no_new_token(cloud, connection):
    cloud.refusal_of_api = {"error_code": "APIGW.0302", "error_msg": "Not allowed."}
    one = connection()
    get(one)
    cloud.alive.clear()
    with pytest.raises(ApiError):
        get(one)
    assert len(cloud.logins()) == 1


def test_a_token_that_another_process_renewed_is_used_first(cloud, connection, new_process):
    first = connection()
    get(first)
    cloud.alive.clear()
    new_process()
    get(connection())
    assert len(cloud.logins()) == 2
    new_process()
    get(first)
    assert len(cloud.logins()) == 2


def test_a_renewed_token_that_is_refused_too_is_replaced(cloud, connection, new_process):
    first = connection()
    get(first)
    cloud.alive.clear()
    new_process()
    get(connection())
    cloud.alive.clear()
    new_process()
    get(first)
    assert len(cloud.logins()) == 3


@pytest.mark.slow
@pytest.mark.fault_injection("a token that is revoked during a wait")
def test_a_401_while_polling_in_eight_threads_causes_one_login(cloud, connection):
    one = connection()
    get(one)
    cloud.alive.clear()
    barrier = threading.Barrier(8)

    def poll(_number):
        barrier.wait()
        return [get(one) for _poll in range(5)]

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(poll, range(8)))
    assert len(cloud.logins()) == 2


def test_a_refused_token_is_forgotten_even_if_iam_is_down(cloud, connection, new_process):
    one = connection(retries=0)
    get(one)
    cloud.alive.clear()
    cloud.tokens_post = lambda seen: Answer(503, None)
    with pytest.raises(ApiError) as caught:
        get(one)
    assert caught.value.status == 503
    new_process()
    assert connection().peek_token() is None


# Ready tokens


def test_a_ready_token_with_all_there_is_to_know_needs_no_iam(cloud, connection):
    one = connection(**ready(cloud), project_id=PROJECT, api_url=cloud.url, region="eu-de")
    assert get(one)
    assert [seen.headers["x-auth-token"] for seen in cloud.seen] == ["MIIReady-token"]


def test_a_ready_token_without_a_project_is_looked_at_once(cloud, connection, home, new_process):
    for _task in range(2):
        new_process()
        one = connection(**ready(cloud))
        assert get(one) == {"path": f"/v1/{PROJECT}/vpc-endpoints"}
        assert (one.project_id, one.domain_id, one.region, one.api_url) == (PROJECT, DOMAIN, "eu-de", cloud.url)
    assert [seen.method for seen in cloud.seen if seen.path.startswith("/v3")] == ["GET"]
    assert "MIIReady" not in everything_below(home["HOME"])
    new_process()
    get(connection(**ready(cloud, "MIIReady-another")))
    assert len([seen for seen in cloud.seen if seen.path.startswith("/v3")]) == 2


def everything_below(folder):
    found = []
    for root, _dirs, files in os.walk(folder):
        for name in files:
            with open(os.path.join(root, name), "rb") as file:
                found.append(name + file.read().decode("latin-1"))
    return "\n".join(found)


def test_a_ready_token_of_a_private_iam_asks_its_catalog(cloud, connection):
    """Not sent to the region's usual address, which may be another cloud's."""
    one = connection(**ready(cloud), project_id=PROJECT, region="eu-de")
    assert one.api_url == cloud.url


def test_a_ready_token_of_a_known_cloud_goes_to_the_regions_address(home):
    one = connect({"token": "t", "project_id": "p", "region": "cn-north-4"}, home)
    assert (one.api_url, one.cloud) == ("https://vpcep.cn-north-4.myhuaweicloud.com", "huawei")


def test_a_dead_ready_token_is_an_error_that_says_so(cloud, connection):
    one = connection(**ready(cloud), project_id=PROJECT, api_url=cloud.url)
    cloud.alive.clear()
    with pytest.raises(ApiError, match="The token given was refused"):
        get(one)
    assert len(cloud.seen) == 1
    with pytest.raises(ApiError) as caught:
        get(connection(**ready(cloud, "MIIReady-2"), token_cache=cloud.alive.clear()))
    assert "not valid any more" in str(caught.value)
    assert "MIIReady" not in str(caught.value)


def test_a_dead_ready_token_with_a_password_beside_it(cloud, connection):
    one = connection(token="MIIDead-token")
    assert get(one)
    assert get(one)
    assert len(cloud.logins()) == 1
    one = connection(token="MIIDead-token", project_name=None, project_id=PROJECT, api_url=cloud.url)
    assert get(one)
    assert [seen.headers["x-auth-token"] for seen in cloud.calls()][-2:] == ["MIIDead-token", "MIIToken-0002"]


def test_a_new_token_of_another_project_is_not_used_in_its_place(cloud, connection):
    one = connection(
        **{**ready(cloud), "username": "me", "password": PASSWORD, "user_domain_name": "d", "project_name": "eu-de"}
    )
    get(one)
    cloud.alive.clear()
    cloud.project = {**cloud.project, "id": "another"}
    with pytest.raises(CredentialsError, match="project_id"):
        get(one)


def test_a_ready_token_that_cannot_be_checked_is_not_called_dead(cloud, connection):
    cloud.tokens_get = lambda seen: Answer(503, None)
    with pytest.raises(ApiError) as caught:
        get(connection(**ready(cloud)))
    assert caught.value.status == 503 and "not valid any more" not in str(caught.value)


def test_without_iam_the_account_stays_unknown(home):
    one = connect({"token": "t", "project_id": "p", "api_url": "https://vpcep.example"}, home)
    assert one.domain_id is None and one.region is None and one.http == []


def test_a_token_of_an_account_is_refused(cloud, connection):
    cloud.project = None
    with pytest.raises(CredentialsError, match="project scope"):
        get(connection(**ready(cloud)))


# Access keys


def test_an_access_key_signs_and_needs_no_login(cloud, connection):
    one = connection(**KEY, project_name=None, project_id=PROJECT, api_url=cloud.url)
    assert get(one)
    (seen,) = cloud.seen
    assert seen.headers["authorization"].startswith("SDK-HMAC-SHA256 Access=AK0AK0, ")
    assert seen.headers["x-project-id"] == PROJECT
    assert "x-auth-token" not in seen.headers
    assert one.domain_id == DOMAIN


def test_the_project_of_an_access_key_is_found_by_name_and_kept(cloud, connection, new_process, home):
    for _task in range(2):
        new_process()
        one = connection(**KEY, api_url=cloud.url)
        assert get(one) == {"path": f"/v1/{PROJECT}/vpc-endpoints"}
        assert one.domain_id == DOMAIN
    assert [seen.path for seen in cloud.seen if seen.path.startswith("/v3")] == ["/v3/projects?name=eu-de"]
    assert "secret-key-sk" not in everything_below(home["HOME"])


def test_a_project_nobody_knows(cloud, connection):
    with pytest.raises(CredentialsError, match="eu-de_no"):
        get(connection(**{**KEY, "project_name": "eu-de_no"}, api_url=cloud.url))


def test_an_id_of_a_project_that_is_none_is_refused(cloud, connection):
    """It would end up in the path of every request."""
    cloud.project = {**cloud.project, "id": "../admin"}
    with pytest.raises(CredentialsError, match="malformed project ID"):
        get(connection(**KEY, api_url=cloud.url))
    assert cloud.calls() == []


@pytest.fixture
def strict_cloud(cloud):
    """A gateway that refuses signatures whose date is not that of its own clock, hours away from ours."""

    def at(hours):
        now = time.time() + hours * 3600
        original = cloud.answer
        cloud.server.RequestHandlerClass.date_time_string = lambda self, timestamp=None: formatdate(now, usegmt=True)

        def check_date(seen):
            date = calendar.timegm(time.strptime(seen.headers["x-sdk-date"], "%Y%m%dT%H%M%SZ"))
            if abs(date - now) > 900:
                time.sleep(0.05)
                return Answer(
                    401, {"error_code": "APIGW.0301", "error_msg": "Incorrect IAM authentication information"}
                )
            return original(seen)

        cloud.react = check_date

    return at


@pytest.mark.parametrize("hours", [-5, 5])
def test_a_clock_hours_off_is_corrected_for_signatures(cloud, connection, strict_cloud, hours):
    strict_cloud(hours)
    one = connection(**KEY, api_url=cloud.url)
    for _request in range(3):
        get(one)
    assert "clock" in one.warnings[0]
    # The project first; then everything else is right from the start.
    assert len(cloud.seen) == 2 + 3


def test_a_clock_hours_off_is_corrected_for_all_threads(cloud, connection, strict_cloud):
    strict_cloud(5)
    one = connection(**KEY, project_name=None, project_id=PROJECT, api_url=cloud.url)
    barrier = threading.Barrier(8)

    def work(_number):
        barrier.wait()
        return get(one)

    with ThreadPoolExecutor(8) as pool:
        assert len(list(pool.map(work, range(8)))) == 8
    assert len(one.warnings) == 1


def test_a_wrong_key_is_an_error_at_once(cloud, connection):
    cloud.react = lambda seen: Answer(401, {"error_code": "APIGW.0301", "error_msg": "x"})
    with pytest.raises(ApiError):
        get(connection(**KEY, project_name=None, project_id=PROJECT, api_url=cloud.url))
    assert len(cloud.seen) == 1


@pytest.mark.parametrize("answer", [Answer(403, {"error_code": "IAM.0003", "error_msg": "x"}), Answer(401, None)])
def test_a_refusal_to_tell_the_project_is_no_matter_of_the_clock(cloud, connection, answer):
    """The clock is not corrected: no 401, and a 401 of a server whose date is ours."""
    cloud.react = lambda seen: answer
    one = connection(**KEY, api_url=cloud.url)
    with pytest.raises(ApiError):
        get(one)
    assert len(cloud.seen) == 1 and one.warnings == []


def test_without_a_date_of_the_server_the_clock_is_not_corrected(cloud, connection):
    cloud.server.RequestHandlerClass.date_time_string = lambda self, timestamp=None: "yesterday"
    cloud.react = lambda seen: Answer(401, {"error_code": "APIGW.0301", "error_msg": "x"})
    one = connection(**KEY, project_name=None, project_id=PROJECT, api_url=cloud.url)
    with pytest.raises(ApiError):
        get(one)
    assert len(cloud.seen) == 1 and one.warnings == []


# Where the service is


def test_the_address_given_is_used_whatever_its_form(cloud, connection):
    for url in (cloud.url, cloud.url + "/v1", f"{cloud.url}/v1/{PROJECT}/"):
        assert get(connection(api_url=url)) == {"path": f"/v1/{PROJECT}/vpc-endpoints"}


def test_the_catalogs_entry_of_the_region_is_taken(cloud, connection):
    cloud.catalog = [
        cloud.entry("eu-de", "https://vpc.example", kind="vpc"),
        cloud.entry("eu-nl", "https://nl.example"),
        cloud.entry("eu-de", "https://internal.example", "internal"),
        cloud.entry("eu-de", "https://de.example"),
    ]
    assert connection().api_url == "https://de.example"
    assert connection(region="eu-nl").api_url == "https://nl.example"


def test_the_catalog_can_be_read_without_need(cloud, connection):
    one = connection(api_url=cloud.url)
    assert one.auth.with_catalog().endpoints == (("eu-de", f"{cloud.url}/v1/{PROJECT}"),)


@pytest.mark.fault_injection("a catalog without vpcep")
def test_a_catalog_without_vpcep_leads_to_the_pattern(cloud, connection):
    cloud.catalog = []
    assert connection().api_url == "https://vpcep.eu-de.otc.t-systems.com"
    assert connection(region="cn-north-4").api_url == "https://vpcep.cn-north-4.myhuaweicloud.com"


@pytest.mark.fault_injection("a catalog without vpcep")
def test_a_catalog_without_vpcep_and_a_region_nobody_knows(cloud, connection):
    cloud.catalog = []
    with pytest.raises(CredentialsError) as caught:
        get(connection(region="moon"))
    assert "api_url" in str(caught.value)
    assert "moon" in str(caught.value)


@pytest.mark.fault_injection("a catalog without vpcep")
@pytest.mark.parametrize(
    "catalog",
    [
        {},
        "x",
        [None],
        [{"type": "vpcep"}],
        [{"type": "vpcep", "endpoints": [None, {}, {"url": 5}, {"url": "file:///etc"}]}],
        [{"type": "vpcep", "endpoints": [{"interface": "public", "region": "eu-de", "url": "https://u:p@h"}]}],
    ],
)
def test_a_broken_catalog_counts_as_none(cloud, connection, catalog):
    cloud.catalog = catalog
    assert connection().api_url == "https://vpcep.eu-de.otc.t-systems.com"


def test_the_only_entry_is_taken_when_no_region_is_known(cloud, connection):
    cloud.project = {**cloud.project, "name": "odd"}
    cloud.catalog = [cloud.entry("moon", cloud.url)]
    one = connection(project_name="odd")
    assert (one.api_url, one.region) == (cloud.url, "moon")


def test_several_entries_and_no_region_is_an_error(cloud, connection):
    cloud.project = {**cloud.project, "name": "odd"}
    cloud.catalog = [cloud.entry("moon", cloud.url), cloud.entry("mars", cloud.url)]
    with pytest.raises(CredentialsError, match="mars, moon"):
        get(connection(project_name="odd"))
    # What there is to tell of the token does not depend on it.
    info = connection(project_name="odd").token_info()
    assert info["api_url"] is None and info["project_id"] == PROJECT


def test_the_clouds_rules_without_a_word_about_the_region(cloud, connection):
    """Neither option, nor project, nor a known host: the catalog's address tells."""
    cloud.project = {**cloud.project, "name": "odd"}
    cloud.catalog = [cloud.entry("moon", "https://vpcep.cn-north-4.myhuaweicloud.com")]
    assert connection(project_name="odd").cloud == "huawei"
    cloud.catalog = [cloud.entry("moon", "https://vpcep.eu-de.otc.t-systems.com")]
    assert connection(project_name="odd", token_cache=False).cloud == "otc"


# Requests


def test_other_versions_and_awkward_ids(cloud, connection):
    one = connection()
    assert get(one, ("a/{}/{}", "a b", "c?d"), version="v2") == {"path": f"/v2/{PROJECT}/a/a%20b/c%3Fd"}
    for path in ("", "vpc-endpoints//x", "vpc-endpoints/../x", "./x", "vpc-endpoints/"[:-1] + "/./y"):
        with pytest.raises(ValueError, match="other parts"):
            get(one, path)
    for wrong in ("", ".", ".."):
        with pytest.raises(InputError, match="is no path"):
            get(one, ("vpc-endpoints/{}", wrong))


def test_an_id_among_the_words_of_a_path_is_refused(cloud, connection):
    """So each request of a test encodes its IDs: those of the simulator have digits."""
    for path in (f"vpc-endpoints/{PROJECT}", ("vpc-endpoints/1/{}", "x"), "vpc-endpoints/a%2fb", "vpc-endpoints?a"):
        with pytest.raises(ValueError, match="has other parts than words"):
            get(connection(), path)
    assert cloud.seen == []


@pytest.mark.parametrize("path, sent", [("", "/"), ("v1", "/v1"), ("/v1/", "/v1")])
def test_the_address_itself_without_version_and_project(cloud, connection, path, sent):
    get(connection(), path, version=None)
    assert [seen.path for seen in cloud.calls()] == [sent]


@pytest.mark.parametrize(
    "address, network",
    [
        ("https://vpcep.eu-de.otc.t-systems.com", "https://vpc.eu-de.otc.t-systems.com"),
        ("https://vpcep.cn-north-4.myhuaweicloud.com", "https://vpc.cn-north-4.myhuaweicloud.com"),
        ("https://vpcep-1.example.com", "https://vpcep-1.example.com"),
        ("https://proxy.example.com/vpcep.eu-de", "https://proxy.example.com/vpcep.eu-de"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
    ],
)
def test_the_network_service_is_beside_ours(address, network):
    assert beside(address) == network


def network_address(one, monkeypatch):
    """The address that a call of the network service is sent to."""
    urls = []

    def watched(method, url, **more):
        urls.append(url)
        raise ApiError("enough", status=403)

    one.token_info()
    monkeypatch.setattr(one.client, "request", watched)
    with pytest.raises(ApiError, match="enough"):
        one.request("GET", "vpcs", operation="list VPCs", kind="read", api="vpc")
    return urls[0]


@pytest.mark.parametrize(
    "kind, url, network",
    [
        ("vpc", "https://net.example", "https://net.example"),
        ("network", "https://net.example", "https://net.example"),
        ("network", "https://v2.example/neutron", "https://v2.example/neutron"),
        ("ecs", "https://ecs.example", "https://vpc.de.example"),
    ],
)
@pytest.mark.parametrize("again", [False, True], ids=["new", "cached"])
def test_the_network_service_of_the_catalog(cloud, connection, monkeypatch, kind, url, network, again):
    cloud.catalog = [
        cloud.entry("eu-nl", "https://nl.example", kind=kind),
        cloud.entry("eu-de", "https://vpcep.de.example"),
        cloud.entry("eu-de", "https://internal.example", "internal", kind),
        cloud.entry("eu-de", url, kind=kind),
    ]
    if again:
        connection().token_info()
        token_cache.forget_memory()
    assert network_address(connection(), monkeypatch) == f"{network}/v1/{PROJECT}/vpcs"


def test_the_catalog_does_not_have_the_network_service_of_the_region(cloud, connection, monkeypatch):
    cloud.catalog = [cloud.entry("eu-nl", "https://nl.example", kind="vpc"), cloud.entry("*", "https://vpcep.example")]
    assert network_address(connection(), monkeypatch) == f"https://vpc.example/v1/{PROJECT}/vpcs"


@pytest.mark.parametrize("given", ["https://net.example", "https://net.example/v1/p0", "https://net.example/v2.0/"])
def test_the_network_service_of_the_option(cloud, connection, monkeypatch, given):
    cloud.catalog = [cloud.entry("eu-de", "https://vpcep.de.example"), cloud.entry("eu-de", "https://x", kind="vpc")]
    one = connection(network_url={"vpc": given})
    assert network_address(one, monkeypatch) == f"https://net.example/v1/{PROJECT}/vpcs"
    assert network_url(one.credentials, one.auth.identity(), "dns") == ("https://dns.de.example")


def test_a_call_of_the_network_service(cloud, connection, monkeypatch):
    one = connection(api_url="https://vpcep.eu-de.otc.t-systems.com", project_id=PROJECT)
    urls = []
    send = one.client.request

    def watched(method, url, **more):
        if "/v3/" in url:
            return send(method, url, **more)
        urls.append((url, more["authorize"](Attempt(method, url, b"", 1))))
        raise NotFound(operation="x", status=404, message="x")

    monkeypatch.setattr(one.client, "request", watched)
    for api in ("vpc", "vpcep"):
        with pytest.raises(NotFound):
            get(one, "vpcs/v1", api=api)
    (vpc, headers), (vpcep, same) = urls
    assert vpc == f"https://vpc.eu-de.otc.t-systems.com/v1/{PROJECT}/vpcs/v1"
    assert vpcep == f"https://vpcep.eu-de.otc.t-systems.com/v1/{PROJECT}/vpcs/v1"
    assert headers == same == {"X-Auth-Token": "MIIToken-0001"}


def test_no_body_is_none(cloud, connection):
    one = connection()
    get(one)
    cloud.script = [Answer(204, None), Answer(200, {"ignored": True})]
    assert one.request("POST", "x/tags/action", operation="change tags", kind="repeat", json={}) is None
    assert one.request("DELETE", "x/y", operation="delete", kind="repeat") is None


def test_the_deadline_bounds_the_login_too(cloud, connection):
    cloud.script = [Answer(503, None, {"Retry-After": "50"})]
    with pytest.raises(ApiError) as caught:
        get(connection(), deadline=Deadline(10))
    assert caught.value.status == 503
    assert len(cloud.seen) == 1


@pytest.mark.fault_injection("TLS, redirects and proxies", fails="leaked")
def test_unchecked_certificates_are_warned_of(connection):
    assert "validate_certs is false" in connection(validate_certs=False).warnings[0]


# The token module


@pytest.mark.fault_injection("secrets in output, logs, files and process lists", fails="leaked")
def test_token_info_holds_no_secret(cloud, connection):
    one = connection()
    assert one.peek_token() is None
    assert cloud.seen == []
    info = one.token_info()
    assert info == {
        "expires_at": "2033-05-19T03:33:20.000000Z",
        "issued_at": "2033-05-18T03:33:20.000000Z",
        "project_id": PROJECT,
        "project_name": "eu-de",
        "domain_id": DOMAIN,
        "region": "eu-de",
        "api_url": cloud.url,
    }
    assert one.peek_token() == info
    assert connection().peek_token() == info


def test_revoking_the_kept_token(cloud, connection, new_process):
    assert connection().auth.revoke() is False
    assert cloud.seen == []
    get(connection())
    new_process()
    one = connection()
    assert one.auth.revoke() is True
    assert cloud.alive == set()
    assert one.auth.revoke() is False
    assert connection().peek_token() is None
    get(one)
    assert len(cloud.logins()) == 2


@pytest.mark.parametrize("cached", [True, False])
def test_revoking_ones_own_token(cloud, connection, cached):
    one = connection(token_cache=cached)
    get(one)
    assert one.auth.revoke() is True
    assert cloud.alive == set()
    get(one)
    assert len(cloud.logins()) == 2
    assert [seen.headers["x-auth-token"][-1] for seen in cloud.calls()] == ["1", "2"]


@pytest.mark.parametrize("refusal", [None, 401], ids=["unknown to IAM", "may not end itself"])
def test_revoking_a_token_that_is_dead_already(cloud, connection, new_process, refusal):
    get(connection())
    cloud.alive.clear()
    if refusal:
        cloud.tokens_delete = lambda seen: Answer(refusal, cloud.refusal)
    new_process()
    assert connection().auth.revoke() is False
    assert connection().peek_token() is None


def test_revoking_when_iam_is_down_forgets_the_token_all_the_same(cloud, connection, new_process):
    get(connection())
    cloud.tokens_delete = lambda seen: Answer(503, None)
    with pytest.raises(ApiError):
        connection(retries=0).auth.revoke()
    new_process()
    assert connection().peek_token() is None


def test_revoking_a_ready_token_and_a_key(cloud, connection):
    assert connection(**ready(cloud), project_id=PROJECT).auth.revoke() is True
    assert cloud.alive == set()
    assert connection(**KEY, project_name=None, project_id=PROJECT, api_url=cloud.url).auth.revoke() is False


@pytest.mark.fault_injection("secrets in output, logs, files and process lists", fails="leaked")
def test_nothing_a_connection_shows_is_secret(cloud, connection, home):
    one = connection()
    get(one)
    shown = repr(one) + repr(vars(one)) + json.dumps(one.http) + json.dumps(one.token_info()) + repr(one.auth.token)
    files = everything_below(home["HOME"])
    assert PASSWORD not in shown.replace(repr(one.client), "") + files
    assert "MIIToken" not in shown
