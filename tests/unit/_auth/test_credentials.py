"""Credentials from options, environment and clouds.yaml: what wins, what is missing, what is refused."""

import os

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._auth.credentials import resolve, split_api_url
from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.errors import CredentialsError, InputError

LOGIN = {
    "auth_url": "https://iam.eu-de.otc.t-systems.com/v3",
    "username": "me",
    "password": "hush-hush-hush",
    "user_domain_name": "OTC001",
    "project_name": "eu-de",
}
KEY = {"access_key": "AK0", "secret_key": "sk-secret-sk"}


def clouds(tmp_path, text, name="clouds.yaml"):
    (tmp_path / name).write_text(text)


def test_a_password_login():
    found = resolve(LOGIN, {})
    assert (found.method, found.username, found.password, found.project_name) == (
        "password",
        "me",
        "hush-hush-hush",
        "eu-de",
    )
    assert found.region == "eu-de"
    assert (found.verify, found.timeout, found.retries, found.token_cache) == (True, 30.0, 5, True)


def test_the_whole_login_from_the_environment():
    environ = {"OS_" + name.upper(): value for name, value in LOGIN.items()}
    assert resolve({}, environ).password == "hush-hush-hush"
    # Options that are not set, as AnsibleModule passes them, and an empty variable.
    assert resolve(dict.fromkeys(LOGIN), {**environ, "OS_PROJECT_ID": ""}).project_name == "eu-de"
    assert resolve(dict.fromkeys(LOGIN, ""), environ).username == "me"


CLOUDS = """
clouds:
  prod:
    auth:
      auth_url: https://iam.eu-nl.otc.t-systems.com/v3
      username: from-file
      password: "0123"
      user_domain_name: OTC002
      project_name: eu-nl
    region_name: eu-nl
    verify: false
    cacert: /dev/null
  keys:
    auth: {ak: AKFILE, sk: sk-of-file, security_token: st-of-file, project_id: p9}
    region_name: cn-north-4
  ready:
    auth: {token: tok-of-file, project_id: p9, auth_url: "https://iam.{region_name}.otc.t-systems.com"}
    region_name: eu-de
  split:
    auth: {username: someone, user_domain_name: OTC003, project_name: eu-de}
    region_name: eu-de
"""


def test_an_entry_of_clouds_yaml(tmp_path):
    clouds(tmp_path, CLOUDS)
    found = resolve({"cloud": "prod"}, {})
    assert (found.username, found.password, found.region, found.verify) == ("from-file", "0123", "eu-nl", False)
    assert resolve({"cloud": "prod", "validate_certs": True}, {}).verify == "/dev/null"
    found = resolve({"cloud": "keys"}, {})
    assert (found.method, found.access_key, found.secret_key, found.security_token) == (
        "key",
        "AKFILE",
        "sk-of-file",
        "st-of-file",
    )
    found = resolve({"cloud": "ready"}, {})
    assert (found.method, found.token, found.auth_url) == (
        "token",
        "tok-of-file",
        "https://iam.eu-de.otc.t-systems.com/v3",
    )


@pytest.mark.parametrize("regions", ["[eu-de]", "[{name: eu-de, values: {}}]"])
def test_the_only_region_of_an_entry_is_its_region(tmp_path, regions):
    clouds(tmp_path, CLOUDS.replace("region_name: eu-nl", f"regions: {regions}"))
    assert resolve({"cloud": "prod"}, {}).region == "eu-de"  # rather than that of IAM's address


def test_of_several_regions_none_is_chosen(tmp_path):
    clouds(tmp_path, CLOUDS.replace("region_name: eu-nl", "regions: [eu-de, cn-north-4]"))
    assert resolve({"cloud": "prod"}, {}).region == "eu-nl"


def test_an_entry_may_leave_certificates_unchecked_and_name_the_address(tmp_path):
    more = "insecure: true\n    vpcep_endpoint_override: https://vpcep.example/v1"
    clouds(tmp_path, CLOUDS.replace("verify: false\n    cacert: /dev/null", more))
    found = resolve({"cloud": "prod"}, {})
    assert (found.verify, found.api_url) == (False, "https://vpcep.example")


def test_secure_yaml_is_laid_over(tmp_path):
    clouds(tmp_path, CLOUDS)
    clouds(tmp_path, "clouds: {split: {auth: {password: from-secure}}}", "secure.yaml")
    found = resolve({"cloud": "split"}, {})
    assert (found.username, found.password) == ("someone", "from-secure")


def test_places_that_cannot_be_are_passed_over(tmp_path, monkeypatch):
    """A folder that was deleted under the process, and a file where a folder should be."""
    (tmp_path / "file").write_text("")
    clouds(tmp_path, CLOUDS)
    monkeypatch.setattr("os.getcwd", lambda: os.stat("/nowhere/at/all"))
    with pytest.raises(CredentialsError) as caught:
        resolve({"cloud": "prod"}, {"XDG_CONFIG_HOME": str(tmp_path / "file")})
    assert str(tmp_path / "clouds.yaml") not in str(caught.value)


def test_an_unknown_cloud_names_places_and_clouds(tmp_path):
    clouds(tmp_path, CLOUDS)
    with pytest.raises(CredentialsError) as caught:
        resolve({"cloud": "prd"}, {"HOME": "/nowhere"})
    for part in ('"prd"', "keys, prod, ready, split", str(tmp_path / "clouds.yaml")):
        assert part in str(caught.value)


def test_no_clouds_yaml_at_all():
    with pytest.raises(CredentialsError) as caught:
        resolve({"cloud": "prod"}, {"HOME": "/nowhere"})
    assert "/nowhere/.config/openstack/clouds.yaml" in str(caught.value)
    assert "no file" in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "clouds: [",
        "\tx: secret-in-file",
        "clouds: {prod: secret-in-file}",
        "clouds: {prod: {auth: secret-in-file}}",
        "clouds: {prod: {auth: {password: 8311}}}",
        "clouds: {prod: {auth: {username: [secret-in-file]}}}",
        "!!python/object:os.x {}",
        "password: secret-in-file: x",
    ],
)
def test_a_broken_file_is_named_but_not_quoted(tmp_path, text):
    clouds(tmp_path, text)
    with pytest.raises(CredentialsError) as caught:
        resolve({"cloud": "prod"}, {})
    assert "clouds.yaml" in str(caught.value)
    assert "secret-in-file" not in str(caught.value)
    assert "8311" not in str(caught.value)


def test_a_password_that_yaml_takes_for_a_number_is_not_guessed_at(tmp_path):
    """0123 would become 83, and a wrong password locks the user."""
    clouds(tmp_path, CLOUDS.replace('"0123"', "0123"))
    with pytest.raises(CredentialsError) as caught:
        resolve({"cloud": "prod"}, {})
    assert "auth.password" in str(caught.value)
    assert "quotes" in str(caught.value)
    clouds(tmp_path, CLOUDS.replace("project_name: eu-nl", "project_name: 4711"))
    assert resolve({"cloud": "prod"}, {}).project_name == "4711"


# Which way of proving who one is


def test_a_password_beats_the_keys_that_object_storage_tools_put_beside_it():
    environ = {"OS_" + name.upper(): value for name, value in {**LOGIN, **KEY}.items()}
    assert resolve({}, environ).method == "password"


def test_a_user_named_in_the_task_is_not_replaced_by_a_token_of_the_environment():
    found = resolve({**LOGIN, "password": None}, {"OS_TOKEN": "tok", "OS_PASSWORD": "pw-env"})
    assert (found.method, found.password) == ("password", "pw-env")


def test_a_security_token_of_another_key_is_left_out():
    base = {**KEY, "project_id": "p", "region": "eu-de"}
    assert resolve(base, {"OS_SECURITY_TOKEN": "other"}).security_token is None
    environ = {"OS_ACCESS_KEY": "A", "OS_SECRET_KEY": "S", "HW_SECURITY_TOKEN": "other", "OS_PROJECT_ID": "p"}
    assert resolve({"region": "eu-de"}, environ).security_token is None
    environ = {"HW_ACCESS_KEY": "A", "HW_SECRET_KEY": "S", "HW_SECURITY_TOKEN": "own", "OS_SECURITY_TOKEN": "other"}
    assert resolve({"region": "eu-de", "project_id": "p"}, environ).security_token == "own"


@pytest.mark.parametrize("options", [{**LOGIN, **KEY}, {"token": "t", "project_id": "p", "region": "eu-de", **KEY}])
def test_two_ways_in_one_task_contradict_each_other(options):
    with pytest.raises(CredentialsError, match="Both"):
        resolve(options, {})


def test_a_password_stands_by_a_token_of_the_same_place_only():
    assert resolve({**LOGIN, "token": "tok"}, {}).password == "hush-hush-hush"
    assert resolve({"token": "tok"}, {"OS_" + n.upper(): v for n, v in LOGIN.items()}).password is None
    assert resolve({**LOGIN, "username": None, "token": "tok"}, {}).password is None


# What is missing


@pytest.mark.parametrize(
    "options, missing",
    [
        ({}, "No credentials"),
        ({**LOGIN, "username": None}, "username"),
        ({**LOGIN, "user_domain_name": None}, "user_domain_name"),
        ({**LOGIN, "project_name": None, "auth_url": "https://iam.example"}, "project_name or project_id"),
        ({**LOGIN, "auth_url": None, "project_name": "x"}, "auth_url or region"),
        ({"access_key": "AK", "region": "eu-de"}, "secret_key"),
        ({"secret_key": "SK", "region": "eu-de"}, "access_key"),
        (KEY, "project_id"),
        ({"token": "t"}, "auth_url or region"),
        ({"token": "t", "project_id": "p"}, "region, api_url"),
    ],
)
def test_what_is_missing_is_named(options, missing):
    with pytest.raises(CredentialsError) as caught:
        resolve(options, {})
    assert missing in str(caught.value)


def test_the_report_says_where_things_were_looked_for_and_found():
    with pytest.raises(CredentialsError) as caught:
        resolve({"password": "hush-hush-hush"}, {"OS_USERNAME": "somebody"})
    text = str(caught.value)
    assert "username (or OS_USERNAME, HW_USER_NAME): given in the environment" in text
    assert "password (or OS_PASSWORD, HW_USER_PASSWORD): given in the task" in text
    assert "user_domain_name (or OS_USER_DOMAIN_NAME, OS_DOMAIN_NAME, HW_DOMAIN_NAME): not given" in text
    assert "hush" not in text


def test_a_region_alone_gives_project_and_address():
    found = resolve({**LOGIN, "auth_url": None, "project_name": None, "region": "cn-north-4"}, {})
    assert (found.project_name, found.auth_url) == ("cn-north-4", "https://iam.cn-north-4.myhuaweicloud.com/v3")
    found = resolve({**LOGIN, "project_name": None}, {})
    assert (found.project_name, found.region) == ("eu-de", "eu-de")


def test_iam_of_one_region_says_nothing_about_the_region_of_a_project():
    assert resolve({**LOGIN, "project_name": None, "project_id": "p1"}, {}).region is None


# What is malformed


@pytest.mark.parametrize(
    "url, normal",
    [
        ("https://iam.example", "https://iam.example/v3"),
        ("https://iam.example/", "https://iam.example/v3"),
        ("https://iam.example/v3/", "https://iam.example/v3"),
        ("https://iam.example/v3/auth/tokens", "https://iam.example/v3"),
    ],
)
def test_the_address_of_iam_is_completed(url, normal):
    assert resolve({**LOGIN, "auth_url": url}, {}).auth_url == normal


@pytest.mark.parametrize(
    "url, base, project",
    [
        ("https://h", "https://h", None),
        ("https://h/", "https://h", None),
        ("https://h/v1", "https://h", None),
        ("https://h/v1/", "https://h", None),
        ("https://h/v1/abc", "https://h", "abc"),
        ("https://h/gw/v1/abc/", "https://h/gw", "abc"),
        ("https://h/v2/abc", "https://h", "abc"),
        (None, None, None),
        ("", None, None),
    ],
)
def test_the_address_of_the_api_is_stripped(url, base, project):
    assert split_api_url(url) == (base, project)


def test_a_project_in_the_address_of_the_api_counts():
    found = resolve({"token": "t", "api_url": "https://h.example/v1/p77"}, {})
    assert (found.api_url, found.project_id) == ("https://h.example", "p77")


@pytest.mark.parametrize(
    "bad",
    [
        {"auth_url": "iam.example"},
        {"auth_url": "ftp://iam.example"},
        {"auth_url": "https://me:pw-pw@iam.example"},
        {"auth_url": "https://iam.example:99999999"},
        {"api_url": "https://h.example/?x=1"},
        {"api_url": "https://a b"},
        {"network_url": {"ecs": "https://a b"}},
        {"network_url": {"ecs": "ecs.example"}},
        {"network_url": {"ecs": 1}},
        {"network_url": {"iam": "https://iam.example"}},
        {"network_url": "https://ecs.example"},
        {"auth_url": "http://[::1"},
        {"region": "eu-de/../x"},
        {"region": "eu de"},
        {"region": "evil.example#"},
        {"project_id": "../p"},
        {"project_id": "p\n"},
        {"username": "a\nb"},
        {"project_name": "a\x00b"},
        {"timeout": 0},
        {"timeout": -1},
        {"timeout": "soon"},
        {"timeout": float("nan")},
        {"timeout": True},
        {"retries": -1},
        {"retries": 1.5},
        {"retries": "many"},
        {"ca_path": "/no/such/file.pem"},
        {"password": 12345},
    ],
)
def test_malformed_input_is_refused(bad):
    with pytest.raises(InputError) as caught:
        resolve({**LOGIN, **bad}, {})
    assert "pw-pw" not in str(caught.value)
    assert "12345" not in str(caught.value)


@pytest.mark.parametrize("token", ["tok\n", "tok\r\nX-Evil: 1", " tok", "tök", "to\tk"])
def test_a_token_that_would_break_a_header_is_refused_and_not_shown(token):
    with pytest.raises(CredentialsError) as caught:
        resolve({"token": token, "project_id": "p", "region": "eu-de"}, {})
    assert "tok" not in str(caught.value).replace("token", "")


def test_numbers_and_certificates(tmp_path):
    (tmp_path / "ca.pem").write_text("x")
    found = resolve(
        {**LOGIN, "timeout": 5, "retries": 0, "ca_path": str(tmp_path / "ca.pem"), "token_cache": False}, {}
    )
    assert (found.timeout, found.retries, found.verify, found.token_cache) == (5.0, 0, str(tmp_path / "ca.pem"), False)
    assert resolve({**LOGIN, "validate_certs": False, "ca_path": str(tmp_path)}, {}).verify is False


def test_the_folder_of_the_cache():
    assert resolve(LOGIN, {"HOME": "/h"}).token_cache_dir == "/h/.cache/crossvpc-vpcep/tokens"
    assert resolve(LOGIN, {"HOME": "/h", "XDG_CACHE_HOME": "/x"}).token_cache_dir == "/x/crossvpc-vpcep/tokens"
    assert (
        resolve(LOGIN, {"HOME": "/h", "XDG_CACHE_HOME": "relative"}).token_cache_dir
        == "/h/.cache/crossvpc-vpcep/tokens"
    )
    assert resolve(LOGIN, {"HOME": "/h", "VPCEP_TOKEN_CACHE_DIR": "/e"}).token_cache_dir == "/e"
    assert resolve({**LOGIN, "token_cache_dir": "/o"}, {"VPCEP_TOKEN_CACHE_DIR": "/e"}).token_cache_dir == "/o"
    assert resolve(LOGIN, {}).token_cache_dir is None


def test_no_secret_shows():
    found = resolve({**LOGIN, "token": "tok-tok-tok"}, {})
    keys = resolve({**KEY, "security_token": "sec-sec-sec", "project_id": "p", "region": "eu-de"}, {})
    shown = repr(found) + str(found) + repr(keys)
    for secret in ("hush", "tok-tok", "sk-secret", "sec-sec"):
        assert secret not in shown
    assert set(found.secrets()) == {"hush-hush-hush", "tok-tok-tok"}
    with pytest.raises(AttributeError):
        found.password = "x"
