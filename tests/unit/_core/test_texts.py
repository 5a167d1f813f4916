"""Texts of servers before people read them: no secrets in any spelling, and one printable line."""

import base64
import contextlib
import html
import json
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.errors import (
    ApiError,
    ConnectionFailed,
    VpcepError,
    WaitTimeout,
)
from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.texts import MASK, one_line, scrub
from ansible_collections.crossvpc.vpcep.plugins.module_utils._http.client import HttpClient
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.runtime import Runtime
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.waiting import status_of, timed_out
from ansible_collections.crossvpc.vpcep.plugins.module_utils._schema.normalize import error_text
from ansible_collections.crossvpc.vpcep.plugins.plugin_utils.progress import reporter
from tests.support.fake_server import Answer
from tests.unit._http.test_error_parser import refused

LEAKS = "secrets in output, logs, files and process lists"
SECRETS = {
    "a password": "S3cret/x&\"'<p> ü%41+z",
    "a backslash": "pass\\word\\n",
    "four letters": "abcd",
    "blanks and signs": "a b+c%20d",
    "what looks escaped": "a&amp;b%2Fc\\u0041",
    "Greek and a smiley": "κωδικός😀",
    "a token": "MIIF_x-" * 500,
}


def percent(text, form="%{:02x}"):
    return "".join(form.format(byte) for byte in text.encode())


def urlsafe(text):
    return base64.urlsafe_b64encode(text.encode()).decode()


SPELLINGS = {
    "as it is": str,
    "HTML": html.escape,
    "HTML, decimal": lambda text: "".join(f"&#{ord(c)};" for c in text),
    "HTML, hexadecimal": lambda text: "".join(f"&#x{ord(c):X};" for c in text),
    "percent": lambda text: quote(text, safe=""),
    "percent, small": percent,
    "percent, capital": lambda text: percent(text, "%{:02X}"),
    "percent, plus for blanks": quote_plus,
    "JSON": lambda text: json.dumps(text)[1:-1],
    "JSON, not ASCII": lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    "JSON, slashes": lambda text: json.dumps(text)[1:-1].replace("/", "\\/"),
    "JSON, all": lambda text: "".join(f"\\u{ord(c):04X}" if ord(c) < 65536 else json.dumps(c)[1:-1] for c in text),
    "Python": lambda text: repr(text)[1:-1],
    "Python, ASCII": lambda text: ascii(text)[1:-1],
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64 of user and password": lambda text: base64.b64encode(f"joe:{text}".encode()).decode(),
    "base64 in other base64": lambda text: urlsafe("xy" + text + "z"),
    "base64, one ahead": lambda text: urlsafe("x" + text).rstrip("="),
    "HTML of percent": lambda text: html.escape(quote_plus(text)),
    "HTML of JSON": lambda text: html.escape(json.dumps(text)[1:-1]),
    "JSON of HTML": lambda text: json.dumps(html.escape(text))[1:-1],
    "percent twice": lambda text: quote(quote(text, safe=""), safe=""),
    "hexadecimal": lambda text: text.encode().hex(),
    "hexadecimal, capital": lambda text: text.encode().hex().upper(),
    "base64 in lines": lambda text: base64.encodebytes(f"{'x' * 70}{text}{'y' * 70}".encode()).decode().strip(),
    "percent of base64": lambda text: quote(base64.b64encode(text.encode()).decode(), safe=""),
}


@pytest.mark.fault_injection(LEAKS, fails="leaked")
@pytest.mark.parametrize("spelling", SPELLINGS.values(), ids=SPELLINGS)
@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS)
def test_a_secret_is_masked_in_every_spelling(secret, spelling):
    assert scrub(f"before <{spelling(secret)}> after", ["other", secret]) == f"before <{MASK}> after"


@pytest.mark.fault_injection(LEAKS, fails="leaked")
@pytest.mark.parametrize("spelling", SPELLINGS.values(), ids=SPELLINGS)
def test_a_page_that_quotes_the_request_shows_no_secret(spelling):
    """A firewall's page, in its title and in its text."""
    secret = SECRETS["a password"]
    quoted = spelling(secret)
    for page in (f"<html><title>Blocked {quoted}</title>", f"<html><body><p>You sent {quoted}.", f"You sent {quoted}."):
        error = refused("try", 403, page, {}, secrets=[secret])
        assert MASK in str(error)
        for part in (quoted, secret, "S3cret"):
            assert part not in str(error)


@pytest.mark.slow
@given(st.text(min_size=4, max_size=12), st.sampled_from([*SPELLINGS.values()]), st.text("xyz ", max_size=3))
def test_any_secret_is_masked(secret, spelling, around):
    try:
        text = f"{around}|{spelling(secret)}|{around}"
    except UnicodeEncodeError:  # half of a pair of surrogates
        return
    found = scrub(text, [secret])
    assert MASK in found


@pytest.mark.slow
@given(st.text(max_size=200), st.lists(st.text(max_size=5), max_size=3))
def test_any_text_is_searched_without_harm(text, secrets):
    scrub(text, secrets)
    assert one_line(text).isprintable()


def test_what_holds_no_secret_stays_as_it_is():
    text = "100%, &amp; a+b C:\\new %zz &none; dGhpcyBpcyBub3QgYSBzZWNyZXQ= \\u00e4 ü"
    assert scrub(text, ["something-else", "four"]) == text


def test_overlapping_secrets_become_one_mask():
    assert scrub("<abcdefgh>", ["abcdef", "cdefgh"]) == f"<{MASK}>"
    assert scrub("<abcdefgh>", ["abcd", "efgh"]) == f"<{MASK}{MASK}>"


ODD = "web\x1b]0;title\x07\x1b[31m\nfatal: [host]: FAILED!\r\x9b2J\u202e\u2028\x00end"
HALF = "\ud83d"  # of a character that the cloud has cut


@pytest.mark.fault_injection("terminal control in texts of the cloud", fails="leaked")
@pytest.mark.parametrize(
    "text",
    [
        lambda: str(VpcepError(f"Endpoint {ODD}.")),
        lambda: str(ApiError(ODD, operation=ODD, code=ODD, request_id=ODD, hint="Do it.")),
        lambda: json.dumps(ApiError(ODD, operation=ODD, code=ODD, request_id=ODD).result(), ensure_ascii=False),
        lambda: str(timed_out("endpoint 1", status_of({"status": ODD}), 5.0)),
        lambda: json.dumps(WaitTimeout(ODD, what=ODD, status=ODD).result(), ensure_ascii=False),
        lambda: error_text({"error": [{"error_code": ODD, "error_message": ODD}]}),
        lambda: warned(ODD),
        lambda: told(ODD),
        lambda: str(refused("try", 400, json.dumps({"error_code": "A.1", "error_msg": ODD}), {"X-Request-Id": ODD})),
        lambda: str(refused("try", 502, f"<html><title>{ODD}</title>", {})),
    ],
)
def test_no_terminal_control_and_no_faked_line(text):
    assert text().isprintable()
    assert "fatal: [host]: FAILED!" in text()


def warned(text):
    class Nothing:
        cloud = "otc"

    runtime = Runtime(Nothing())
    runtime.warn(text)
    return runtime.warnings[0]


def told(text):
    lines = []
    reporter(lines.append, lambda: 100.0, memoryview(bytearray(8)).cast("d"))(text, text, 10)
    return lines[0]


@pytest.mark.fault_injection("terminal control in texts of the cloud", fails="leaked")
def test_the_log_of_requests_holds_no_terminal_control(server):
    server.react = lambda seen: Answer(200, {"id": "x"}, {"X-Request-Id": "id\x1b[31m\x9b2J"})
    transport = HttpClient(2)
    answer = transport.request("GET", f"{server.url}/v1", operation="do it", kind="read")
    assert answer.request_id == transport.http[0]["request_id"] == "id [31m 2J"


TOKEN = SECRETS["a token"]


@pytest.mark.fault_injection(LEAKS, fails="leaked")
@pytest.mark.parametrize("spelling", SPELLINGS.values(), ids=SPELLINGS)
def test_no_request_id_shows_a_secret(server, spelling):
    """Those of the log of requests, which -vvv shows, of answers and of errors."""
    secret = "S3cret-of-the-header"
    bodies = iter([{"id": "x"}, b"no JSON"])
    server.react = lambda seen: Answer(200, next(bodies), {"X-Request-Id": spelling(secret).replace("\n", " ")})
    transport = HttpClient(2, retries=0)
    for _attempt in range(2):
        with contextlib.suppress(ConnectionFailed):
            transport.request("GET", server.url, operation="do it", kind="read", headers={"X-Auth-Token": secret})
    assert [entry["request_id"] for entry in transport.http] == [MASK, MASK]


@pytest.mark.fault_injection(LEAKS, fails="leaked")
@pytest.mark.parametrize("spelling", SPELLINGS.values(), ids=SPELLINGS)
def test_no_object_shows_a_secret(server, spelling):
    """Members end up in results, messages, waits and inventories."""
    password = "S3cret/x&\"'<p> +z"
    object_ = {"id": "x", "error": [{"error_message": f"<{spelling(password)}>"}], f"<{spelling(TOKEN)}>": 1}
    server.react = lambda seen: Answer(200, object_)
    transport = HttpClient(2)
    transport.add_secrets(password)
    answer = transport.request("GET", server.url, operation="do it", kind="read", headers={"X-Auth-Token": TOKEN})
    assert answer.json() == {"id": "x", "error": [{"error_message": f"<{MASK}>"}], f"<{MASK}>": 1}


@pytest.mark.fault_injection("terminal control in texts of the cloud", fails="leaked")
def test_no_object_holds_terminal_control_or_fakes_a_line(server):
    """The playbooks print names and addresses as lines. A description may have several."""
    text = "one\ttwo\r\nthree"
    server.react = lambda seen: Answer(
        200, {"name": ODD + HALF, "dns_names": [ODD], ODD: {"ip": ODD}, "description": ODD + HALF + text}
    )
    answer = HttpClient(2).request("GET", server.url, operation="do it", kind="read").json()
    description = answer.pop("description")
    assert all(one.isprintable() for one in (answer["name"], *answer["dns_names"], *answer))
    assert "fatal: [host]: FAILED!" in answer["name"]
    assert description.endswith(text) and not set("\x1b\x07\x9b\x00\u202e\u2028" + HALF) & {*description}


def test_objects_keep_what_a_short_password_or_the_user_of_a_proxy_is_part_of(server, monkeypatch):
    """Masked names would be other names."""
    monkeypatch.setenv("HTTPS_PROXY", "http://firstname.lastname:password@proxy:3128")
    object_ = {"name": "password-web", "tags": [{"key": "owner", "value": "firstname.lastname"}]}
    server.react = lambda seen: Answer(200, object_)
    transport = HttpClient(2)
    transport.add_secrets("password")
    assert transport.request("GET", server.url, operation="do it", kind="read").json() == object_


def test_an_error_of_several_lines_keeps_them():
    assert str(VpcepError("one\x1b", "two\nthree")) == "one\ntwo three"
