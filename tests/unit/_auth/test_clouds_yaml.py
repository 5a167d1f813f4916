"""What entries of clouds.yaml may hold: profiles, regions, ways to log in; and where files are looked for."""

import os

import pytest
import yaml

from ansible_collections.crossvpc.vpcep.plugins.module_utils._auth import clouds_yaml, regions
from ansible_collections.crossvpc.vpcep.plugins.module_utils._auth.credentials import resolve
from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.errors import CredentialsError

AUTH = {"username": "me", "password": "hush-hush-hush", "user_domain_name": "OTC001"}


@pytest.fixture
def cloud(tmp_path):
    """The credentials of an entry: its members, and options and variables beside it."""

    def make(options=None, environ=None, **members):
        members.setdefault("auth", AUTH)
        (tmp_path / "clouds.yaml").write_text(yaml.safe_dump({"clouds": {"prod": members}}))
        return resolve({"cloud": "prod", **(options or {})}, environ or {})

    return make


def refused(call, *arguments, **named):
    with pytest.raises(CredentialsError) as caught:
        call(*arguments, **named)
    assert "hush" not in str(caught.value)
    return str(caught.value)


# Profiles


@pytest.mark.parametrize("member", ["profile", "cloud"])
@pytest.mark.parametrize(
    "profile, region, iam",
    [
        ("otc", "eu-de", "https://iam.eu-de.otc.t-systems.com/v3"),
        ("otc", "eu-nl", "https://iam.eu-nl.otc.t-systems.com/v3"),
        ("otc-swiss", "eu-ch2", "https://iam-pub.eu-ch2.sc.otc.t-systems.com/v3"),
    ],
)
def test_a_profile_brings_the_address(cloud, member, profile, region, iam):
    found = cloud(region_name=region, **{member: profile})
    assert (found.auth_url, found.region, found.project_name) == (iam, region, region)


def test_the_region_of_a_profile_may_come_from_anywhere(cloud):
    """The address has a place for its name."""
    assert "eu-nl" in cloud({"region": "eu-nl"}, profile="otc").auth_url
    assert "eu-nl" in cloud(environ={"OS_REGION_NAME": "eu-nl"}, profile="otc").auth_url
    assert "eu-nl" in cloud(profile="otc", auth={**AUTH, "project_name": "eu-nl_web"}).auth_url
    assert "eu-de" in cloud({"region": "eu-de"}, profile="otc", region_name="eu-nl").auth_url
    assert cloud(profile="otc-swiss").region == "eu-ch2"


def test_a_profile_of_several_regions_needs_one(cloud):
    assert "several regions (eu-de, eu-nl): give region" in refused(cloud, profile="otc")
    assert "has no region eu-xx: it has eu-de, eu-nl" in refused(cloud, {"region": "eu-xx"}, profile="otc")


def test_an_entry_is_laid_over_its_profile(cloud):
    found = cloud(profile="otc", region_name="eu-de", auth={**AUTH, "auth_url": "https://own.example/v3"})
    assert found.auth_url == "https://own.example/v3"
    assert cloud(profile="otc", regions=["eu-xx"]).region == "eu-xx"
    assert set(regions.PROFILES) == {"otc", "otc-swiss"}
    assert regions.PROFILES["otc"]["regions"] == ["eu-de", "eu-nl"], "nothing is written into the table"


@pytest.mark.parametrize("where", ["beside", "variable"])
def test_profiles_of_clouds_public_yaml(cloud, tmp_path, where):
    public = tmp_path / ("clouds-public.yaml" if where == "beside" else "elsewhere.yaml")
    profile = {"auth": {"auth_url": "https://iam.{region_name}.example"}, "region_name": "x1", "verify": False}
    public.write_text(yaml.safe_dump({"public-clouds": {"ours": profile, "otc": profile}}))
    environ = {"OS_CLIENT_VENDOR_FILE": str(public)} if where == "variable" else {}
    for name in ("ours", "otc"):
        found = cloud(environ=environ, profile=name)
        assert (found.auth_url, found.verify) == ("https://iam.x1.example/v3", False)


def test_an_unknown_profile(cloud):
    """It matters only when the address was to come from it."""
    assert "profile vexxhost, which is not known. Known are otc, otc-swiss" in refused(cloud, profile="vexxhost")
    assert cloud(profile="vexxhost", auth={**AUTH, "auth_url": "https://h.example", "project_id": "p"}).username == "me"


def test_an_address_with_a_place_for_a_region_that_nobody_gives(cloud):
    text = refused(cloud, auth={**AUTH, "auth_url": "https://iam.{region_name}.example", "project_id": "p"})
    assert "auth_url depends on the region" in text


# Regions

TWO = [{"name": "eu-de", "values": {"auth": {"project_id": "p-de"}}}, {"name": "eu-nl", "values": {"verify": False}}]


def test_a_region_brings_its_values(cloud):
    found = cloud({"region": "eu-de"}, regions=TWO)
    assert (found.region, found.project_id, found.verify) == ("eu-de", "p-de", True)
    assert found.username == "me"
    found = cloud(environ={"OS_REGION_NAME": "eu-nl"}, regions=TWO)
    assert (found.region, found.project_id, found.verify) == ("eu-nl", None, False)
    assert cloud({"project_name": "eu-nl_web"}, regions=TWO).verify is False
    assert cloud(regions=TWO, region_name="eu-nl").verify is False


def test_a_region_that_the_entry_names_is_weaker_than_the_environments(tmp_path):
    text = yaml.safe_dump({"clouds": {"prod": {"auth": AUTH, "regions": TWO, "region_name": "eu-nl"}}})
    (tmp_path / "clouds.yaml").write_text(text)
    assert resolve({}, {"OS_CLOUD": "prod", "OS_REGION_NAME": "eu-de"}).project_id == "p-de"
    assert resolve({"cloud": "prod"}, {"OS_REGION_NAME": "eu-de"}).region == "eu-nl"


@pytest.mark.parametrize("wrong", [[{"values": {}}], [None], [{"name": "eu-de", "values": [1]}]])
def test_malformed_regions(cloud, wrong):
    assert "regions" in refused(cloud, regions=wrong)


# Ways to log in


@pytest.mark.parametrize("way", sorted(clouds_yaml.AUTH_TYPES))
def test_ways_that_are_supported(cloud, way):
    found = cloud(auth_type=way, auth={**AUTH, "token": "tok"}, region_name="eu-de")
    assert found.method == clouds_yaml.AUTH_TYPES[way]


@pytest.mark.parametrize("way", ["v3oidcpassword", "v3applicationcredential", "v2password", "none"])
def test_other_ways_are_refused_with_what_there_is(cloud, way):
    text = refused(cloud, auth_type=way, region_name="eu-de")
    for part in (way, "v3password", "v3token", "v3multifactor", "access_key", "get a token"):
        assert part in text


@pytest.mark.parametrize("place", [{"auth_type": ["x"]}, {"regions": [{"name": "a", "values": {"auth_type": ["x"]}}]}])
def test_a_way_that_is_no_text_is_refused(cloud, place):
    assert "auth_type" in refused(cloud, **place)


@pytest.mark.parametrize("methods", ["v3password,v3totp", ["v3password", "v3totp"], ["v3password"]])
def test_two_factors(cloud, methods):
    auth = {**AUTH, "passcode": "012345"}
    assert cloud(auth_type="v3multifactor", auth_methods=methods, auth=auth, region_name="eu-de").passcode == "012345"


def test_factors_that_are_not_known(cloud):
    text = refused(cloud, auth_type="v3multifactor", auth_methods=["v3password", "v3oidc"], region_name="eu-de")
    assert "has v3oidc" in text


@pytest.mark.parametrize("passcode", [12345, "12 345 6", "secret"])
def test_a_passcode_that_is_none(cloud, passcode):
    text = refused(cloud, auth={**AUTH, "passcode": passcode}, region_name="eu-de")
    assert "passcode" in text
    assert "quotes" in text
    assert "12345" not in text


def test_the_agency_of_otcextensions(cloud):
    auth = {
        **AUTH,
        "project_name": "eu-de",
        "project_id": "own",
        "target_agency_name": "network-team",
        "target_domain_id": "d2",
        "target_project_name": "eu-de_theirs",
    }
    found = cloud(auth_type="agency", auth=auth)
    assert (found.agency_name, found.agency_domain_id, found.agency_domain_name) == ("network-team", "d2", None)
    assert (found.project_name, found.project_id) == ("eu-de_theirs", None)


def test_access_keys_beside_auth(cloud):
    found = cloud(auth={"project_id": "p"}, ak="AK1", sk="SK1", region_name="eu-de")
    assert (found.method, found.access_key, found.secret_key) == ("key", "AK1", "SK1")
    found = cloud(auth={"project_id": "p", "ak": "AK2"}, sk="SK1", security_token="ST", region_name="eu-de")
    assert (found.access_key, found.secret_key, found.security_token) == ("AK2", "SK1", "ST")


def test_members_that_mean_nothing_here(cloud):
    found = cloud(
        region_name="eu-de",
        identity_api_version=3,
        vendor_hook="x:y",
        interface=["public"],
        cache={"expiration": 5},
        networks=[{"name": "n"}],
        auth={**AUTH, "project_domain_name": "Default", "trust_id": 5},
    )
    assert found.username == "me"


# Places


def searched(environ):
    with pytest.raises(CredentialsError) as caught:
        clouds_yaml.read("nowhere", environ)
    return str(caught.value).rstrip(".").partition("Searched: ")[2].split(", ")


def test_all_places_in_order(tmp_path):
    environ = {
        "OS_CLIENT_CONFIG_FILE": "/own/file",
        "HOME": "/home/me",
        "XDG_CONFIG_HOME": "/config",
        "XDG_CONFIG_DIRS": "/site:/other",
    }
    folders = [str(tmp_path), "/config/openstack", "/home/me/.config/openstack", "/site/openstack", "/other/openstack"]
    expected = ["/own/file"] + [
        f"{folder}/clouds.{suffix}" for folder in [*folders, "/etc/openstack"] for suffix in ("yaml", "yml", "json")
    ]
    assert searched(environ) == expected
    assert searched({})[3:] == [
        f"{folder}/clouds.{s}" for folder in ("/etc/xdg/openstack", "/etc/openstack") for s in ("yaml", "yml", "json")
    ]


def test_the_first_file_counts_and_the_others_are_not_merged(tmp_path):
    (tmp_path / "clouds.yaml").write_text("clouds: {here: {auth: {}}}")
    folder = tmp_path / "config" / "openstack"
    folder.mkdir(parents=True)
    (folder / "clouds.yaml").write_text("clouds: {there: {auth: {}}}")
    environ = {"XDG_CONFIG_HOME": str(tmp_path / "config")}
    assert clouds_yaml.read("here", environ).label == f'cloud "here" in {tmp_path}/clouds.yaml'
    with pytest.raises(CredentialsError):
        clouds_yaml.read("there", environ)
    os.unlink(tmp_path / "clouds.yaml")
    assert clouds_yaml.read("there", environ).label == f'cloud "there" in {folder}/clouds.yaml'


def test_secure_yaml_by_its_variable(tmp_path, cloud):
    (tmp_path / "secrets.json").write_text('{"clouds": {"prod": {"auth": {"password": "from-secure"}}}}')
    found = cloud(environ={"OS_CLIENT_SECURE_FILE": str(tmp_path / "secrets.json")}, region_name="eu-de")
    assert (found.username, found.password) == ("me", "from-secure")


def test_a_secure_yaml_that_is_none(tmp_path, cloud):
    (tmp_path / "secure.yaml").write_text("clouds: {prod: hush-hush}")
    assert "secure.yaml is not a mapping" in refused(cloud, region_name="eu-de")


def test_the_only_entry_counts_when_no_other_login_is_given(tmp_path, cloud):
    """As with OpenStack's own client."""
    cloud(region_name="eu-de")
    assert resolve({}, {}).username == "me"
    assert resolve({"region": "eu-nl"}, {}).region == "eu-nl"
    assert resolve({}, {"OS_REGION_NAME": "eu-nl"}).region == "eu-nl"
    assert resolve({}, {"OS_USERNAME": "", "OS_PASSWORD": ""}).username == "me"


@pytest.mark.parametrize("variable", ["OS_USERNAME", "OS_USER_ID", "OS_PASSWORD", "OS_ACCESS_KEY"])
def test_the_only_entry_does_not_complete_another_login(tmp_path, cloud, variable):
    cloud(region_name="eu-de")
    with pytest.raises(CredentialsError, match=r"clouds.yaml has prod"):
        resolve({}, {variable: "half-of-a-login"})


# ansible-vault

SEALED = "$ANSIBLE_VAULT;1.1;AES256\n6162\n6364\n"


def opener(plain):
    return lambda text: plain if text.split() == SEALED.split() else None


def test_an_encrypted_value_is_opened(tmp_path):
    entry = "clouds: {prod: {auth_url: x, auth: {username: me, user_domain_name: d, project_name: eu-de, password: P}}}"
    value = '!vault "' + SEALED.replace("\n", "\\n") + '"'
    for tag in ("!vault", "!vault-encrypted"):
        (tmp_path / "clouds.yaml").write_text(entry.replace("P}}}", value.replace("!vault", tag) + "}}}"))
        found = resolve({"cloud": "prod", "region": "eu-de"}, {}, opener("hush-hush"))
        assert found.password == "hush-hush"
        for decrypt in (None, lambda _text: None):
            said = refused(resolve, {"cloud": "prod", "region": "eu-de"}, {}, decrypt)
            assert 'auth.password of the cloud "prod" in ' in said and "is encrypted with ansible-vault" in said


def test_an_encrypted_value_of_another_cloud_is_left_alone(tmp_path):
    value = '!vault "' + SEALED.replace("\n", "\\n") + '"'
    auth = f"auth: {yaml.safe_dump(AUTH, default_flow_style=True).strip()}"
    text = f"clouds:\n  prod:\n    {auth}\n    region_name: eu-de\n  other:\n    auth: {{password: {value}}}\n"
    (tmp_path / "clouds.yaml").write_text(text)
    assert resolve({"cloud": "prod"}, {}).password == AUTH["password"]


def test_an_encrypted_file_is_opened(tmp_path):
    (tmp_path / "clouds.yaml").write_text(SEALED)
    plain = yaml.safe_dump({"clouds": {"prod": {"auth": AUTH, "region_name": "eu-de"}}})
    assert resolve({"cloud": "prod"}, {}, opener(plain)).password == AUTH["password"]
    said = refused(resolve, {"cloud": "prod"}, {})
    assert "clouds.yaml is encrypted with ansible-vault" in said and "YAML," not in said
    # When nothing names a cloud, the report of what was looked for says so, too.
    assert "is encrypted with ansible-vault" in refused(resolve, {}, {})
    assert "is not valid YAML" in refused(resolve, {"cloud": "prod"}, {}, opener("hush: [hush"))


# Where relative paths begin


def test_relative_paths_begin_where_ansible_was_started(tmp_path, monkeypatch):
    """A module process is started in the playbook's folder, and told about the other one."""
    start, playbook = tmp_path / "start", tmp_path / "playbook"
    for folder in (start, playbook):
        folder.mkdir()
    entry = {"auth": AUTH, "region_name": "eu-de", "cacert": "ca.pem"}
    (start / "clouds.yaml").write_text(yaml.safe_dump({"clouds": {"prod": entry}}))
    (start / "ca.pem").write_text("")
    monkeypatch.chdir(playbook)
    found = resolve({"cloud": "prod"}, {clouds_yaml.WORKING_FOLDER: str(start)})
    assert found.verify == str(start / "ca.pem")
    assert "no file with clouds was found" in refused(resolve, {"cloud": "prod"}, {})
