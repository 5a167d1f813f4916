"""Passwords and tokens do not leave the machine unencrypted, unless an option allows it."""

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._auth.addresses import in_clear
from ansible_collections.crossvpc.vpcep.plugins.module_utils._auth.credentials import resolve
from ansible_collections.crossvpc.vpcep.plugins.module_utils._auth.session import connect
from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.errors import CredentialsError, InputError

LOGIN = {"username": "me", "password": "hush-hush-hush", "user_domain_name": "OTC001", "region": "eu-de"}
IAM = "https://iam.eu-de.otc.t-systems.com/v3"
KEY = {"access_key": "AK0", "secret_key": "sk-secret-sk", "project_id": "p0", "region": "eu-de"}


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:5000/v3",
        "http://LOCALHOST/v3",
        "http://127.0.0.1:5000",
        "http://127.255.255.254",
        "http://[::1]:5000/v3",
        "http://[::1",
        "https://iam.example",
        None,
    ],
)
def test_what_stays_here_or_is_encrypted(url):
    assert not in_clear(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://iam.example/v3",
        "HTTP://iam.example/v3",
        "http://10.0.0.1",
        "http://127.0.0.1.example",
        "http://localhost.example",
        "http://127.example",
        "http://[::2]",
        "http://0.0.0.0",
        "http://128.0.0.1",
    ],
)
def test_what_goes_unencrypted_to_other_machines(url):
    assert in_clear(url)


@pytest.mark.parametrize("option", ["auth_url", "api_url"])
@pytest.mark.parametrize("login", [LOGIN, KEY, {"token": "T0", "region": "eu-de"}])
def test_such_an_address_is_refused_before_the_first_request(option, login):
    given = {"auth_url": IAM, **login, option: "http://cloud.example"}
    with pytest.raises(CredentialsError, match=f"{option} is http://cloud.example.* unencrypted.*allow_http"):
        resolve(given, {})
    assert getattr(resolve({**given, "allow_http": True}, {}), option).startswith("http://cloud.example")
    assert resolve(given, {"VPCEP_ALLOW_HTTP": "yes"}).allow_http
    with pytest.raises(CredentialsError):
        resolve({**given, "allow_http": False}, {"VPCEP_ALLOW_HTTP": "1"})


def test_the_address_of_a_network_service():
    given = {**LOGIN, "auth_url": IAM, "network_url": {"ecs": "http://ecs.example"}}
    with pytest.raises(CredentialsError, match=r"network_url is http://ecs.example.* unencrypted"):
        resolve(given, {})
    allowed = connect({**given, "allow_http": True, "token_cache": False}, {})
    assert any("allow_http" in text for text in allowed.warnings)


def test_an_entry_can_allow_it():
    entry = {"auth": {**LOGIN, "auth_url": "http://cloud.example"}, "region_name": "eu-de"}
    with pytest.raises(CredentialsError, match="unencrypted"):
        resolve({"cloud": entry}, {})
    assert resolve({"cloud": {**entry, "allow_http": True}}, {}).allow_http


def test_a_variable_that_is_neither_true_nor_false():
    with pytest.raises(InputError, match="VPCEP_ALLOW_HTTP must be true or false"):
        resolve({**LOGIN, "auth_url": IAM}, {"VPCEP_ALLOW_HTTP": "perhaps"})


def test_a_warning_says_what_is_allowed():
    allowed = connect({**LOGIN, "auth_url": "http://cloud.example", "allow_http": True, "token_cache": False}, {})
    assert any("allow_http" in text for text in allowed.warnings)
    harmless = connect({**LOGIN, "auth_url": IAM, "allow_http": True, "token_cache": False}, {})
    assert not harmless.warnings


def test_an_address_of_the_catalog(cloud, connection):
    cloud.catalog = [cloud.entry("eu-de", "http://vpcep.example")]
    with pytest.raises(CredentialsError, match=r"catalog is http://vpcep.example: .* unencrypted"):
        connection().request("GET", "vpc-endpoints", operation="list endpoints", kind="read")
    assert cloud.calls() == []
