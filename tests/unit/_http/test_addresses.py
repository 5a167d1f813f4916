"""Addresses that cannot be used: of the cloud, of a proxy, of a redirect."""

import base64
import json
from urllib.parse import quote

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.errors import (
    ApiError,
    ConnectionFailed,
    OutcomeUnknown,
)
from ansible_collections.crossvpc.vpcep.plugins.module_utils._http.client import HttpClient
from ansible_collections.crossvpc.vpcep.plugins.module_utils._http.pools import proxy_secrets
from tests.support.fake_server import Answer

METHODS = {"read": "GET", "create": "POST"}
VARIABLES = ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"]
PASSWORD = "S3cretWord"


def ask(url, kind="read", **options):
    transport = HttpClient(2, retries=2, sleep=lambda seconds: None)
    with pytest.raises(ApiError) as caught:
        transport.request(METHODS[kind], url, operation="do it", kind=kind, **options)
    return caught.value


def said(error):
    """All that an error says, and what it came from."""
    chain, texts = error, []
    while chain is not None:
        texts.append(f"{chain!r} {chain}")
        chain = chain.__cause__
    return " ".join([*texts, json.dumps(error.result())])


@pytest.mark.fault_injection("secrets in output, logs, files and process lists", fails="leaked")
@pytest.mark.parametrize("variable", VARIABLES)
@pytest.mark.parametrize(
    "address",
    [
        *(f"http://joe:{PASSWORD}{odd}x@127.0.0.1:9" for odd in ("/", "#", "?", "\\", "[", "]", "/#?", ":/")),
        f"http://joe/x:{PASSWORD}@127.0.0.1:9",
        f"http://joe:12/{PASSWORD}@127.0.0.1:9",
        f"joe:{PASSWORD}/x@127.0.0.1:9",
        f"//joe:{PASSWORD}/x@127.0.0.1:9",
        f"http://joe:{PASSWORD}@[::1",
        f"http://joe:{PASSWORD}@127.0.0.1:99999",
        f"http://joe:{PASSWORD}@127.0.0.1:port",
        f"http://joe:{PASSWORD}@:9",
        f"http://joe:{PASSWORD}@",
        f"wrong://joe:{PASSWORD}@127.0.0.1:9",
        f"http://joe:{PASSWORD}@127.0.0.1:9",
        f"http://joe:{PASSWORD}%2Fx@127.0.0.1:9",
        f"socks5h://joe:{PASSWORD}@127.0.0.1:9",
    ],
)
def test_the_password_of_a_proxy_is_never_shown(monkeypatch, variable, address):
    monkeypatch.setenv(variable, address)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    error = ask("http://vpcep.example/v1", "create")
    assert PASSWORD not in said(error)
    assert isinstance(error, ConnectionFailed)


@pytest.mark.parametrize("odd", ["/", "#", "?", "\\", "["])
def test_of_a_bad_address_of_a_proxy_the_variable_is_named(monkeypatch, odd):
    monkeypatch.setenv("HTTPS_PROXY", f"http://joe:{PASSWORD}{odd}x@proxy.example:9")
    monkeypatch.setenv("NO_PROXY", "")
    error = ask("https://vpcep.example/v1")
    assert "the address in HTTPS_PROXY cannot be used" in str(error) and "percent-encoded" in str(error)
    assert error.tries == 1
    for part in ("joe", "proxy.example", PASSWORD):
        assert part not in said(error)


def test_user_and_password_of_each_proxy_variable_are_secrets(monkeypatch, server):
    monkeypatch.setenv("https_proxy", "http://joe.user:pass%2Fword@proxy.example:9")
    monkeypatch.setenv("ALL_PROXY", "socks5://other.user:p@ss/wort@proxy.example:9")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    secrets = ("joe.user", "pass%2Fword", "pass/word", "other.user", "p@ss/wort")
    for secret in secrets:
        basic = base64.b64encode(f"joe.user:{secret}".encode()).decode()
        text = f"<{secret}> <{quote(secret, safe='')}> <{basic}>"
        server.react = lambda seen, text=text: Answer(400, {"error_code": "A.1", "error_msg": text})
        assert "<********> <********> <********>" in str(ask(f"{server.url}/v1"))


def test_an_environment_without_proxies_has_no_secrets():
    assert {*proxy_secrets({"PATH": "a:b@c", "HTTPS_PROXY": "http://proxy.example:3128"})} <= {""}


@pytest.mark.parametrize("kind", METHODS)
@pytest.mark.parametrize(
    "url",
    [
        "https://[::1",
        "https://[::1/v1",
        "https://::1]/v1",
        "http://",
        "http:///v1",
        "http://h:port/",
        "http://h:0/",
        "h",
    ],
)
def test_an_address_that_is_none(url, kind):
    error = ask(url, kind, authorize=lambda attempt: {"X-Auth-Token": "t"})
    assert isinstance(error, ConnectionFailed)
    assert error.tries == 1 and "cannot be used" in str(error)


@pytest.mark.parametrize(
    "status, location, unknown",
    [
        (301, "https://vpcep.example/v1", False),
        (308, "/v1/elsewhere", False),
        (302, "https://[::1", True),
        (307, "https://[::1", True),
        (302, "", True),
        (303, "https://vpcep.example/v1", True),
        (300, "https://vpcep.example/v1", True),
        (304, "", True),
    ],
)
def test_a_redirect_of_a_creation(server, status, location, unknown):
    """Only a proper redirect says that nothing was created."""
    server.react = lambda seen: Answer(status, b"", {"Location": location} if location else {})
    error = ask(f"{server.url}/v1", "create")
    assert isinstance(error, OutcomeUnknown) is unknown
    assert "not followed" in str(error) and len(server.seen) == 1
    assert not isinstance(ask(f"{server.url}/v1"), OutcomeUnknown)


def test_an_answer_below_200_is_none(server):
    server.react = lambda seen: Answer(103, b"")
    assert isinstance(ask(f"{server.url}/v1", "create"), OutcomeUnknown)
    transport = HttpClient(2, retries=0)
    with pytest.raises(ConnectionFailed):
        transport.request("DELETE", f"{server.url}/v1", operation="do it", kind="repeat")
