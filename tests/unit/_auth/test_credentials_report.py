"""What the error for missing credentials tells, and what it never tells."""

import pytest
import yaml

from ansible_collections.crossvpc.vpcep.plugins.module_utils._auth import clouds_yaml, credentials
from ansible_collections.crossvpc.vpcep.plugins.module_utils._auth.credentials import SECRETS, resolve
from ansible_collections.crossvpc.vpcep.plugins.module_utils._auth.sources import ENVIRONMENT
from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.errors import CredentialsError


def report(options=None, environ=None):
    with pytest.raises(CredentialsError) as caught:
        resolve(options or {}, environ or {})
    return str(caught.value)


def test_nothing_at_all(tmp_path):
    text = report(environ={"HOME": "/home/me"})
    assert text.startswith("No credentials were found: a password, a token, or an access key. Searched the task, then")
    assert "password (or OS_PASSWORD, HW_USER_PASSWORD): not given;" in text
    assert "access_key (or OS_ACCESS_KEY, HW_ACCESS_KEY): not given;" in text
    places = f"{tmp_path}, /home/me/.config/openstack, /etc/xdg/openstack, /etc/openstack."
    assert f"cloud (or OS_CLOUD): not given, and no clouds.yaml is there: {places}" in text
    text = report(environ={"OS_CLIENT_CONFIG_FILE": "/own/clouds-of-mine.yaml"})
    assert f"is there: /own/clouds-of-mine.yaml, {tmp_path}, /etc/xdg" in text


def test_a_variable_that_is_empty(tmp_path):
    """As a broken secret of a pipeline looks."""
    text = report({"username": "me"}, {"OS_PASSWORD": "", "OS_REGION_NAME": "eu-de"})
    assert "username (or OS_USERNAME, HW_USER_NAME): given in the task;" in text
    assert "password (or OS_PASSWORD, HW_USER_PASSWORD): not given, OS_PASSWORD set but empty;" in text


def test_which_of_several_variables_it_was():
    text = report(environ={"HW_ACCESS_KEY": "AK0", "OS_ACCESS_KEY": "", "OS_REGION_NAME": "eu-de"})
    assert "secret_key missing" in text
    assert "given in the environment (HW_ACCESS_KEY), OS_ACCESS_KEY set but empty;" in text


def test_clouds_that_could_have_been_named(tmp_path):
    (tmp_path / "clouds.yaml").write_text("clouds: {test: {}, prod: {}}")
    assert f"cloud (or OS_CLOUD): not given, and {tmp_path}/clouds.yaml has prod, test: give one of them." in report()
    (tmp_path / "clouds.yaml").write_text("clouds: {}")
    assert "clouds.yaml has no clouds." in report()


@pytest.mark.parametrize("content, fault", [("clouds: [", "is not valid YAML, line 1"), (None, "cannot be read")])
def test_a_file_of_no_use_does_not_hide_what_is_missing(tmp_path, content, fault):
    path = tmp_path / "clouds.yaml"
    path.write_text(content) if content else path.mkdir()
    text = report()
    assert text.startswith("No credentials were found")
    assert fault in text


def test_an_entry_that_lacks_something(tmp_path):
    entry = {"auth": {"username": "me", "password": "hush-hush"}, "region_name": "eu-de"}
    (tmp_path / "clouds.yaml").write_text(yaml.safe_dump({"clouds": {"prod": entry, "empty": {}}}))
    for options, environ, order in (
        ({"cloud": "prod"}, {}, "the task, then clouds.yaml, then the environment"),
        ({}, {"OS_CLOUD": "prod"}, "the task, then the environment, then clouds.yaml"),
    ):
        text = report(options, environ)
        assert "user_domain_name (the name of the account) missing" in text
        assert f"Searched {order}: " in text
        assert f'cloud "prod" in {tmp_path}/clouds.yaml has password, region, username.' in text
    assert f'cloud "empty" in {tmp_path}/clouds.yaml has nothing.' in report({"cloud": "empty"})


@pytest.mark.parametrize(
    "options, missing",
    [
        ({"agency_name": "network-team"}, "agency_domain_name (the name of the account that has the agency) missing"),
        ({"agency_domain_name": "OTC002"}, "agency_name missing"),
    ],
)
def test_half_an_agency(options, missing):
    login = {"username": "me", "password": "hush-hush", "user_domain_name": "OTC001", "region": "eu-de"}
    text = report({**login, **options})
    assert missing in text
    assert "agency_domain_id (or OS_AGENCY_DOMAIN_ID, HW_ASSUME_ROLE_DOMAIN_ID): not given" in text


def test_an_agency_needs_a_project_and_iam():
    text = report({"token": "tok", "agency_name": "a", "agency_domain_id": "d"})
    assert "project_name or project_id, auth_url or region missing" in text


# Secrets

PLANTED = {name: f"{name[::-1]}-is-planted" for name in SECRETS}
PLANTED["passcode"] = "90817263"

WANTING = {
    "nothing to log in with": (),
    "no secret key": ("access_key",),
    "no user": ("password", "passcode"),
    "no access key": ("secret_key", "security_token"),
    "a token without a project": ("token",),
    "all at once": SECRETS,
}


@pytest.mark.fault_injection("secrets in output, logs, files and process lists", fails="leaked")
@pytest.mark.parametrize("where", ["task", "environment", "clouds.yaml", "secure.yaml", "another cloud"])
@pytest.mark.parametrize("given", WANTING.values(), ids=WANTING)
def test_no_secret_is_in_the_text(tmp_path, where, given):
    """Wherever they are, and also in what was not chosen."""
    planted = {name: PLANTED.get(name, "AK0") for name in given}
    entry = {"auth": {clouds_yaml._AUTH[name][0]: text for name, text in planted.items()}}
    options, environ = {}, {}
    if where == "task":
        options = dict(planted)
    elif where == "environment":
        environ = {variable: text for name, text in planted.items() for variable in ENVIRONMENT[name]}
    elif where == "another cloud":
        (tmp_path / "clouds.yaml").write_text(yaml.safe_dump({"clouds": {"other": entry}}))
    else:
        options["cloud"] = "prod"
        (tmp_path / "clouds.yaml").write_text(yaml.safe_dump({"clouds": {"prod": {}}}))
        (tmp_path / where).write_text(yaml.safe_dump({"clouds": {"prod": entry}}))
    text = report(options, environ)
    for secret in PLANTED.values():
        assert secret not in text
        assert secret[:8] not in text


def test_every_secret_is_planted():
    assert set(PLANTED) == set(credentials.SECRETS)
    assert set().union(*WANTING.values()) >= set(SECRETS)
