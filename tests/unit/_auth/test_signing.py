"""Signatures, against ones made by Huawei Cloud's own client (huaweicloudsdkcore 3.1.219, Signer.sign, offline)."""

import calendar
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.crossvpc.vpcep.plugins.module_utils._auth.signing import sign
from ansible_collections.crossvpc.vpcep.plugins.module_utils._http.client import build_url

KEY = ("AKEXAMPLE0000000000A", "SKexampleexampleexampleexampleexample0000")
PROJECT = "6e9dfd51d1124e8d8498dce894923a0d"
NOW = calendar.timegm((2026, 1, 2, 3, 4, 5))
OTC = f"https://vpcep.eu-de.otc.t-systems.com/v1/{PROJECT}"

VECTORS = [
    (
        "GET",
        f"{OTC}/vpc-endpoints",
        {"limit": 1000, "offset": 0},
        b"",
        None,
        "host;x-project-id;x-sdk-date",
        "811facb2ed34671ad54e90043ed1ff032f8685e5dbf0181cf3963a9a4ca0c716",
    ),
    (
        "POST",
        f"https://vpcep.cn-north-4.myhuaweicloud.com/v1/{PROJECT}/vpc-endpoint-services",
        {},
        b'{"port_id":"4189d3c2","tags":[{"key":"Stra\\u00dfe","value":"x"}]}',
        None,
        "content-type;host;x-project-id;x-sdk-date",
        "60cb0788f52715839ed18a7764ba0f83b27cca667a3b2bf9eb1f5baa1fb66659",
    ),
    (
        "GET",
        "http://127.0.0.1:8443/v3/projects",
        {"name": "eu-de_a b+c/d~ü"},
        b"",
        None,
        "host;x-project-id;x-sdk-date",
        "d8df0c1ba7d83a5bebba40511f2691d3422ea66073da11b844c2024315688126",
    ),
    (
        "DELETE",
        f"{OTC}/vpc-endpoints/4189d3c2-8882-4871-a3c2-d380272eed88",
        {},
        b"",
        "gQpjbi1ub3J0aC00tokentoken==",
        "host;x-project-id;x-sdk-date;x-security-token",
        "ef0066e61994ae7dcaf141049b9bde9e34bba5a94c724d5c7374928d1df74bb0",
    ),
    (
        "GET",
        "https://h.example/v1/p/vpc-endpoint-services/describe",
        {"endpoint_service_name": "eu-de.a b.c%d", "id": ""},
        b"",
        None,
        "host;x-project-id;x-sdk-date",
        "910755bd63e150e57e62de83033a1a6e2e16ac6d95b508b6731e157d65b95f5a",
    ),
]


def signed(method, url, params=None, body=b"", key=KEY, security_token=None, project=PROJECT, now=NOW):
    return sign(method, build_url(url, params), body, *key, security_token, project, now)


@pytest.mark.parametrize("method, url, params, body, security_token, names, signature", VECTORS)
def test_signatures_are_those_of_the_clouds_own_client(method, url, params, body, security_token, names, signature):
    headers = signed(method, url, params, body, security_token=security_token)
    assert headers["Authorization"] == f"SDK-HMAC-SHA256 Access={KEY[0]}, SignedHeaders={names}, Signature={signature}"
    assert headers["X-Sdk-Date"] == "20260102T030405Z"
    assert headers.get("X-Security-Token") == security_token


def test_a_query_counts_in_any_order():
    first = signed("GET", f"{OTC}/vpc-endpoints", {"limit": 1000, "offset": 0})
    assert first == signed("GET", f"{OTC}/vpc-endpoints?offset=0&limit=1000")


def test_the_schemes_own_port_is_left_out_as_http_clients_do():
    assert signed("GET", "https://h.example:443/x", project=None)["Host"] == "h.example"
    assert signed("GET", "https://h.example:4430/x", project=None)["Host"] == "h.example:4430"
    assert signed("GET", "http://h.example:80/x", project=None)["Host"] == "h.example"


_params = st.dictionaries(
    st.text(min_size=1, max_size=8), st.text(max_size=8) | st.integers() | st.booleans(), max_size=4
)


@pytest.mark.slow
@settings(max_examples=60)
@given(_params, st.binary(max_size=60))
def test_a_signature_is_stable_and_depends_on_everything(params, body):
    one = signed("POST", f"{OTC}/x", params, body)["Authorization"]
    assert one == signed("POST", f"{OTC}/x", dict(reversed(params.items())), body)["Authorization"]
    assert re.fullmatch(r"SDK-HMAC-SHA256 Access=\S+, SignedHeaders=[a-z;-]+, Signature=[0-9a-f]{64}", one)
    for other in (
        signed("PUT", f"{OTC}/x", params, body),
        signed("POST", f"{OTC}/y", params, body),
        signed("POST", f"{OTC}/x", {**params, "new-one": 1}, body),
        signed("POST", f"{OTC}/x", params, body + b"x"),
        signed("POST", f"{OTC}/x", params, body, (KEY[0], "another")),
        signed("POST", f"{OTC}/x", params, body, project="another"),
        signed("POST", f"{OTC}/x", params, body, now=NOW + 1),
    ):
        assert other["Authorization"] != one
    assert KEY[1] not in one
