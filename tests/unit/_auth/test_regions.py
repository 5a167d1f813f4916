"""Regions, their addresses, and which cloud is which."""

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._auth import regions


def test_known_regions_have_their_documented_addresses():
    assert regions.api_url("eu-de") == "https://vpcep.eu-de.otc.t-systems.com"
    assert regions.iam_url("eu-nl") == "https://iam.eu-nl.otc.t-systems.com/v3"
    assert regions.api_url("eu-ch2") == "https://vpcep.eu-ch2.sc.otc.t-systems.com"
    assert regions.iam_url("eu-ch2") == "https://iam-pub.eu-ch2.sc.otc.t-systems.com/v3"
    assert regions.api_url("cn-north-4") == "https://vpcep.cn-north-4.myhuaweicloud.com"
    assert regions.api_url("eu-west-101") == "https://vpcep.eu-west-101.myhuaweicloud.eu"


def test_an_unknown_region_follows_the_pattern_of_its_cloud():
    assert regions.api_url("eu-fr") == "https://vpcep.eu-fr.otc.t-systems.com"
    assert regions.api_url("ap-southeast-9") == "https://vpcep.ap-southeast-9.myhuaweicloud.com"
    assert regions.api_url("newplace", "https://iam.newplace.otc.t-systems.com/v3") == (
        "https://vpcep.newplace.otc.t-systems.com"
    )
    assert regions.api_url("newplace") is None
    assert regions.iam_url("newplace", "https://vpcep.newplace.myhuaweicloud.com") == (
        "https://iam.newplace.myhuaweicloud.com/v3"
    )


@pytest.mark.parametrize(
    "url, region, cloud",
    [
        ("https://vpcep.eu-de.otc.t-systems.com", None, "otc"),
        ("https://vpcep.cn-north-4.myhuaweicloud.com", "eu-de", "huawei"),
        ("https://iam.eu-west-101.myhuaweicloud.eu/v3", None, "huawei"),
        ("http://127.0.0.1:80", "cn-north-4", "huawei"),
        ("http://127.0.0.1:80", "eu-de", "otc"),
        (None, "xx-new-7", "huawei"),
        (None, "eu-fr", "otc"),
        (None, None, "otc"),
        ("http://[broken", "RegionOne", "otc"),
        ("https://otc.t-systems.com.evil.example", "cn-north-4", "huawei"),
    ],
)
def test_the_cloud_follows_from_host_then_region(url, region, cloud):
    assert regions.cloud_of(url, region) == cloud


def test_regions_in_host_names_and_project_names():
    assert regions.region_of("https://vpcep.eu-nl.otc.t-systems.com/v1/x") == "eu-nl"
    assert regions.region_of("https://iam.myhuaweicloud.com/v3") is None
    assert regions.region_of("http://127.0.0.1:1") is None
    assert regions.region_of_project("eu-de_team") == "eu-de"
    assert regions.region_of_project("eu-dex") is None
    assert regions.region_of_project(None) is None
