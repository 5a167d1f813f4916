"""The login against a real Keystone."""

import json
from pathlib import Path
from typing import Any

import pytest
from keystone.auth.plugins.totp import _generate_totp_passcodes

from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.errors import ApiError, CredentialsError
from tests.support.controllers import Controller, install_checkout

BY_IDS = {"username": None, "user_domain_name": None, "project_name": None}


def get(connection: Any) -> Any:
    return connection.request("GET", "vpc-endpoints", operation="list endpoints", kind="read")


def logins(connection: Any) -> list[tuple[str, int]]:
    """What was asked of Keystone."""
    return [(entry["method"], entry["status"]) for entry in connection.http if entry["path"].startswith("/v3")]


def test_by_names(keystone: Any, api: Any, open_connection: Any) -> None:
    one = open_connection()
    project = keystone.ids["project"]
    assert get(one) == {"path": f"/v1/{project}/vpc-endpoints"}
    assert (one.project_id, one.domain_id, one.api_url) == (project, keystone.ids["domain"], api.url)
    assert one.region == "eu-de"
    assert one.token_info()["expires_at"].endswith("Z")
    assert logins(one) == [("POST", 201)]


def test_by_ids(keystone: Any, open_connection: Any) -> None:
    one = open_connection(**BY_IDS, user_id=keystone.ids["user"], project_id=keystone.ids["project"])
    get(one)
    assert one.domain_id == keystone.ids["domain"]
    two = open_connection(user_domain_name=None, user_domain_id=keystone.ids["domain"])
    get(two)
    assert two.project_id == keystone.ids["project"]


def test_the_token_is_kept(open_connection: Any) -> None:
    get(open_connection())
    two = open_connection()
    get(two)
    assert logins(two) == []


def test_a_ready_token(keystone: Any, api: Any, open_connection: Any) -> None:
    first = open_connection()
    get(first)
    given = {**BY_IDS, "password": None, "token": first.auth.token.value}
    two = open_connection(**given)
    get(two)
    assert logins(two) == [("GET", 200)]
    assert (two.project_id, two.api_url) == (keystone.ids["project"], api.url)


def test_a_wrong_password(keystone: Any, open_connection: Any) -> None:
    one = open_connection(password="not-the-password")
    for _try in range(2):
        with pytest.raises(ApiError) as caught:
            get(one)
    assert caught.value.status == 401
    assert "Check username, password and user_domain_name" in str(caught.value)
    assert logins(one) == [("POST", 401)]


def test_another_project(open_connection: Any) -> None:
    with pytest.raises(ApiError) as caught:
        get(open_connection(project_name="eu-de_nobody"))
    assert caught.value.status == 401


def test_a_revoked_token_is_renewed_once(keystone: Any, api: Any, open_connection: Any) -> None:
    one = open_connection()
    get(one)
    keystone.revoke(one.auth.token.value)
    assert get(one)
    assert logins(one) == [("POST", 201), ("POST", 201)]
    assert len(api.seen) == 3


def test_revoking(keystone: Any, open_connection: Any) -> None:
    one = open_connection()
    get(one)
    token = one.auth.token.value
    assert keystone.knows(token)
    assert one.auth.revoke() is True
    assert not keystone.knows(token)
    assert one.peek_token() is None


def test_a_ready_token_that_was_revoked(keystone: Any, open_connection: Any) -> None:
    first = open_connection(token_cache=False)
    get(first)
    token = first.auth.token.value
    keystone.revoke(token)
    with pytest.raises(ApiError, match="not valid any more"):
        get(open_connection(**BY_IDS, password=None, token=token))
    beside = open_connection(token=token)
    get(beside)
    assert [status for _method, status in logins(beside)][-1] == 201


@pytest.mark.parametrize("by", ["id", "name"])
def test_two_factors(keystone: Any, open_connection: Any, by: str) -> None:
    user = {**BY_IDS, "user_id": keystone.ids["mfa"], "project_id": keystone.ids["project"]}
    if by == "name":
        user = {"username": "mfa"}
    passcode = _generate_totp_passcodes(keystone.device.encode())[0]
    with pytest.raises(ApiError) as caught:
        get(open_connection(**user))
    assert caught.value.status == 401
    assert "passcode" in str(caught.value)
    one = open_connection(**user, passcode=passcode)
    get(one)
    assert one.project_id == keystone.ids["project"]
    keystone.revoke(one.auth.token.value)
    with pytest.raises(CredentialsError, match="used before"):
        get(one)


@pytest.mark.parametrize("by", ["variables", "clouds.yaml"])
def test_a_task_of_ansible(keystone: Any, tmp_path: Path, by: str) -> None:
    """Nothing is handed over but what a user would have."""
    controller, login = Controller(tmp_path), keystone.options()
    install_checkout(tmp_path)
    if by == "variables":
        controller.login(login)
    else:
        controller.clouds(mine=login)
        controller.environment["OS_CLOUD"] = "mine"
    done = controller.run("ansible", "localhost", "-m", "crossvpc.vpcep.vpcep_token")
    assert done.code == 0, done.output
    shown = json.loads(done.output.partition("=>")[2])["token"]
    assert (shown["project_id"], shown["domain_id"]) == (keystone.ids["project"], keystone.ids["domain"])
    assert login["password"] not in done.output
