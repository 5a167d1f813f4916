"""Our reading of clouds.yaml, and that of openstacksdk, which invented it."""

import os
from pathlib import Path
from typing import Any

import pytest
import yaml
from openstack.config import OpenStackConfig, loader, vendors

from ansible_collections.crossvpc.vpcep.plugins.module_utils._auth import clouds_yaml, regions
from ansible_collections.crossvpc.vpcep.plugins.module_utils._auth.credentials import resolve

AUTH = {"username": "me", "password": "hush-hush-hush", "user_domain_name": "OTC001", "project_name": "web"}
ENTRIES: dict[str, dict[str, Any]] = {
    "plain": {"auth": {**AUTH, "auth_url": "https://iam.example/v3"}, "region_name": "eu-de"},
    "profile": {"profile": "otc", "region_name": "eu-nl", "auth": AUTH},
    "unchecked": {"profile": "otc", "region_name": "eu-de", "auth": AUTH, "verify": False},
    "authority": {"profile": "otc", "region_name": "eu-de", "auth": AUTH, "cacert": "/dev/null"},
    "ours": {"profile": "ours", "auth": AUTH},
    "one-region": {"profile": "otc", "regions": ["eu-nl"], "auth": AUTH},
    "with-values": {
        "profile": "otc",
        "regions": ["eu-de", {"name": "eu-nl", "values": {"auth": {"project_name": "other"}, "verify": False}}],
        "auth": AUTH,
    },
    "without-password": {"profile": "otc", "region_name": "eu-de", "auth": {**AUTH, "password": None}},
}
REGION = {"with-values": "eu-nl"}  # set here: of several regions, the other program uses the first one by default
PUBLIC = {"ours": {"auth": {"auth_url": "https://iam.ours.example/v3"}, "region_name": "x1"}}
SECURE = {"without-password": {"auth": {"password": "from-secure"}}}


@pytest.mark.parametrize("name", ENTRIES)
def test_both_read_the_same(tmp_path: Path, name: str) -> None:
    files = {"clouds": {"clouds": ENTRIES}, "clouds-public": {"public-clouds": PUBLIC}, "secure": {"clouds": SECURE}}
    paths = {stem: str(tmp_path / f"{stem}.yaml") for stem in files}
    for stem, content in files.items():
        Path(paths[stem]).write_text(yaml.safe_dump(content))
    theirs = OpenStackConfig(
        config_files=[paths["clouds"]], vendor_files=[paths["clouds-public"]], secure_files=[paths["secure"]]
    ).get_one(cloud=name, region_name=REGION.get(name), validate=False)
    environ = {
        "OS_CLIENT_CONFIG_FILE": paths["clouds"],
        "OS_CLIENT_VENDOR_FILE": paths["clouds-public"],
        "OS_CLIENT_SECURE_FILE": paths["secure"],
    }
    ours = resolve({"cloud": name, "region": REGION.get(name)}, environ)
    verify, _cert = theirs.get_requests_verify_args()
    assert (ours.region, ours.verify) == (theirs.region_name, verify)
    for member in (*AUTH, "auth_url"):
        assert getattr(ours, member) == theirs.config["auth"][member], member


@pytest.mark.parametrize(
    ("stem", "variable", "theirs"),
    [
        ("clouds", "OS_CLIENT_CONFIG_FILE", loader.CONFIG_FILES),
        ("secure", "OS_CLIENT_SECURE_FILE", loader.SECURE_FILES),
        ("clouds-public", "OS_CLIENT_VENDOR_FILE", loader.VENDOR_FILES),
    ],
)
def test_both_look_at_the_same_places(stem: str, variable: str, theirs: list[str]) -> None:
    assert clouds_yaml._places(os.environ, stem, variable) == list(dict.fromkeys(theirs))


@pytest.mark.parametrize("name", regions.PROFILES)
def test_profiles_are_those_of_openstacksdk(name: str) -> None:
    theirs = vendors.get_profile(name)
    assert theirs
    ours = regions.PROFILES[name]
    assert set(ours["regions"]) >= set(theirs["regions"])
    # Theirs of the Swiss cloud lacks the scheme.
    assert ours["auth"]["auth_url"].removeprefix("https://") == theirs["auth"]["auth_url"].removeprefix("https://")
