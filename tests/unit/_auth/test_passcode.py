"""The login with a second factor: a passcode is sent only once."""

import json
import os

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._auth import iam
from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.errors import (
    ApiError,
    ConnectionFailed,
    CredentialsError,
    OutcomeUnknown,
)
from tests.support.fake_cloud import PASSWORD
from tests.support.fake_server import Answer, closed_port

CODE = "271828"
BY_ID = {"username": None, "user_domain_name": None, "user_id": "u1"}


def get(connection):
    return connection.request("GET", "vpc-endpoints", operation="list endpoints", kind="read")


@pytest.mark.parametrize(
    "user, named",
    [(BY_ID, {"id": "u1"}), ({}, {"name": "me", "domain": {"name": "OTC00000000001000000000"}})],
    ids=["by ID", "by name"],
)
def test_both_factors_are_sent(cloud, connection, user, named):
    get(connection(passcode=CODE, **user))
    (login,) = cloud.logins()
    assert login.json["auth"]["identity"] == {
        "methods": ["password", "totp"],
        "password": {"user": {**named, "password": PASSWORD}},
        "totp": {"user": {**named, "passcode": CODE}},
    }


def test_one_login_serves_all_tasks_with_and_without_the_passcode(cloud, connection, new_process):
    for options in ({"passcode": CODE}, {"passcode": CODE}, {}, {"passcode": "314159"}):
        new_process()
        get(connection(**options))
    assert len(cloud.logins()) == 1


@pytest.mark.parametrize(
    "answer", [Answer(500, None), Answer(503, None), Answer(how="reset")], ids=["500", "503", "reset"]
)
def test_a_login_that_may_have_happened_is_not_repeated(cloud, connection, new_process, answer):
    cloud.script = [answer]
    with pytest.raises(OutcomeUnknown, match="may be used up"):
        get(connection(passcode=CODE))
    new_process()
    with pytest.raises(CredentialsError, match="used before"):
        get(connection(passcode=CODE))
    assert len(cloud.logins()) == 1
    get(connection(passcode="314159"))
    assert len(cloud.logins()) == 2


def test_a_passcode_of_a_process_that_was_killed_is_not_sent_again(cloud, connection, new_process, monkeypatch):
    class Killed(BaseException):
        pass

    def killed(*_args, **_kwargs):
        new_process()
        with pytest.raises(CredentialsError):
            get(connection(passcode=CODE, project_name="eu-de_sub"))
        raise Killed

    monkeypatch.setattr(iam.Iam, "create_token", killed)
    with pytest.raises(Killed):
        get(connection(passcode=CODE))
    assert not cloud.logins()


def test_a_passcode_that_was_refused_is_not_tried_again(cloud, connection, new_process):
    cloud.script = [Answer(400, {"error_code": "IAM.1061", "error_msg": f"Invalid TOTP passcode {CODE}."})]
    with pytest.raises(ApiError) as caught:
        get(connection(passcode=CODE))
    assert CODE not in str(caught.value) + json.dumps(caught.value.result())
    new_process()
    with pytest.raises(CredentialsError):
        get(connection(passcode=CODE))
    assert len(cloud.logins()) == 1


def test_the_hint_of_a_401_names_the_passcode(cloud, connection):
    with pytest.raises(ApiError, match="passcode that the MFA device shows now"):
        get(connection(passcode=CODE, password="not-the-password"))
    with pytest.raises(ApiError, match="MFA"):
        get(connection(password="not-the-password"))


def test_a_revoked_token_is_not_renewed_with_a_used_passcode(cloud, connection):
    one = connection(passcode=CODE)
    get(one)
    cloud.alive.clear()
    with pytest.raises(CredentialsError):
        get(one)
    assert len(cloud.logins()) == 1


def test_a_passcode_that_never_got_there_is_still_good(cloud, connection, new_process):
    nowhere = f"http://127.0.0.1:{closed_port()}"
    for _try in range(2):
        with pytest.raises(ConnectionFailed):
            get(connection(passcode=CODE, auth_url=nowhere, retries=0))
    cloud.script = [Answer(429, {"error_code": "IAM.0012", "error_msg": "slow down"})]
    with pytest.raises(ApiError):
        get(connection(passcode=CODE, retries=0))
    get(connection(passcode=CODE))
    assert len(cloud.logins()) == 2


def test_without_a_cache_every_task_needs_another_one(cloud, connection):
    one = connection(passcode=CODE, token_cache=False)
    assert "every task" in "".join(one.warnings)
    get(one)
    assert "every task" not in "".join(connection(passcode=CODE).warnings)


def test_with_an_agency(cloud, connection):
    get(connection(passcode=CODE, agency_name="network-team", agency_domain_name="OTC002"))
    assert [seen.json["auth"]["identity"]["methods"] for seen in cloud.logins()] == [
        ["password", "totp"],
        ["assume_role"],
    ]


@pytest.mark.fault_injection("secrets in output, logs, files and process lists", fails="leaked")
def test_no_file_tells_the_passcode(cloud, connection, home):
    one = connection(passcode=CODE)
    get(one)
    shown = repr(one.credentials) + json.dumps(one.http)
    for folder, _folders, names in os.walk(home["HOME"]):
        for name in names:
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                shown += name + file.read()
    assert "passcode" not in shown
    assert CODE not in shown
