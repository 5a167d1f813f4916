"""Reading the clouds' error answers, and what the exceptions say."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.crossvpc.vpcep.plugins.module_utils._core import errors
from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.errors import ApiError, InputError, NotFound
from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.texts import scrub
from ansible_collections.crossvpc.vpcep.plugins.module_utils._http import error_parser as error_bodies
from ansible_collections.crossvpc.vpcep.plugins.module_utils._http.answers import Response, refusal
from ansible_collections.crossvpc.vpcep.plugins.module_utils._http.error_parser import parse_error

ID = {"X-Request-Id": "req-1"}


def refused(operation, status, body, headers, addressed=True, secrets=()):
    """The exception for an answer with this status."""
    answer = Response(status, headers, body if isinstance(body, bytes) else body.encode(errors="replace"))
    return refusal(answer, operation, addressed, 1, secrets)


@pytest.mark.parametrize(
    "body, expected",
    [
        ({"error_code": "EndPoint.0002", "error_msg": "Parameter error."}, ("EndPoint.0002", "Parameter error.", None)),
        ({"error_code": "APIGW.0301", "error_msg": "Wrong.", "request_id": "g-7"}, ("APIGW.0301", "Wrong.", "g-7")),
        (
            {"error": {"code": 401, "message": "Wrong password.", "title": "Unauthorized"}},
            ("401", "Wrong password.", None),
        ),
        ({"error": {"error_code": "IAM.0011", "error_msg": "Bad."}, "request_id": "x"}, ("IAM.0011", "Bad.", "x")),
        ({"code": "EndPoint.2003", "message": "Gone."}, ("EndPoint.2003", "Gone.", None)),
        ({"errorCode": "EndPoint.2003", "errorMsg": "Gone."}, ("EndPoint.2003", "Gone.", None)),
        ({"badRequest": {"code": 400, "message": "No."}}, ("400", "No.", None)),
        ({"error_msg": "No code here."}, (None, "No code here.", None)),
        ({"error": "a text"}, (None, "a text", None)),
        ({"error_code": "no code, but a sentence", "error_msg": "No."}, (None, "No.", None)),
        ({"a": {"b": {"c": {"message": "Four deep."}}}}, (None, "Four deep.", None)),
        ({"a": {"b": {"c": {"d": {"message": "Five deep."}}}}}, (None, "", None)),
        ({"error_code": {"a": 1}, "error_msg": ["x"]}, (None, "", None)),
        (
            {"NeutronError": {"type": "PortNotFound", "message": "Port p.", "detail": ""}},
            ("PortNotFound", "Port p.", None),
        ),
        ({"NeutronError": "a text"}, (None, "", None)),
        (
            {"code": "VPC.0602", "message": '{"NeutronError": {"message": "In use.", "type": "X", "detail": ""}}'},
            ("VPC.0602", "In use.", None),
        ),
        ({"code": "VPC.0602", "message": '{"NeutronError"'}, ("VPC.0602", '{"NeutronError"', None)),
        ({"error": {"code": "Ecs.0114", "message": "No server."}}, ("Ecs.0114", "No server.", None)),
        ([], (None, "[]", None)),
        (None, (None, "null", None)),
    ],
)
def test_every_documented_form_is_read(body, expected):
    assert parse_error(json.dumps(body), {}) == expected


def test_the_request_id_of_the_header_wins():
    assert parse_error('{"error_code": "A.1", "request_id": "body"}', {"X-Request-Id": "header"})[2] == "header"


def test_an_empty_body_is_read():
    assert parse_error("", {}) == (None, "", None)


def test_a_page_is_cut_down_to_its_title():
    page = "<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body>" + "x" * 100000 + "</body></html>"
    assert parse_error(page, {}) == (None, "502 Bad Gateway (an HTML page, not an answer of the API)", None)


def test_a_long_or_colourful_message_is_cut_and_printable():
    _code, message, _id = parse_error(json.dumps({"message": "\x1b[31mred\r\n" + "y" * 100000}), {})
    assert len(message) == error_bodies.MESSAGE_LIMIT
    assert message.isprintable()


@pytest.mark.slow
@settings(max_examples=50)
@given(
    st.one_of(st.binary(max_size=300), st.text(max_size=300)),
    st.dictionaries(st.text(max_size=8), st.text(max_size=8), max_size=3),
)
def test_garbage_never_raises(body, headers):
    error = refused("try", 400, body, headers)
    assert error.code is None or isinstance(error.code, str)
    assert error.message.isprintable()
    assert len(error.message) <= error_bodies.MESSAGE_LIMIT
    assert error.request_id is None or error.request_id.isprintable()


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["error", "error_code", "error_msg", "code", "message", "x"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)


@pytest.mark.slow
@settings(max_examples=50)
@given(_json, st.sampled_from([301, 400, 401, 404, 500, 504]))
def test_json_of_any_shape_never_raises(document, status):
    error = refused("try", status, json.dumps(document).encode(), {}, secrets=["hunter22"])
    assert str(error)
    json.dumps(error.result())


def test_deeply_nested_json_never_raises():
    assert parse_error("[" * 100000, {})[0] is None
    assert parse_error('{"a":' * 50000, {})[0] is None


@pytest.mark.parametrize(
    "code, digits",
    [
        ("EndPoint.2003", "2003"),
        ("Endpoint.1018", "1018"),
        ("ENDPOINT.0022", "0022"),
        ("IAM.0004", None),
        ("APIGW.0101", None),
        ("1100", None),
        (None, None),
        ("EndPoint.20031", None),
    ],
)
def test_codes_are_compared_by_their_digits(code, digits):
    error = ApiError("x", operation="try", status=400, code=code)
    assert error.digits == digits
    assert error.is_code("2003", "1018", "0022") is (digits is not None)
    assert not error.is_code("9999")


@pytest.mark.parametrize(
    "status, code, headers, absent",
    [
        (404, "EndPoint.0005", {}, True),
        (404, "Endpoint.2006", {}, True),
        (404, "EndPoint.2007", {}, True),
        (404, "EndPoint.2008", {}, True),
        (400, "EndPoint.2003", {}, True),
        (400, "EndPoint.0005", {}, True),
        (400, "Endpoint.2006", {}, True),
        (404, "IAM.0004", {}, True),
        (404, None, ID, True),
        (404, None, {}, False),
        (404, "EndPoint.2030", {}, False),
        (404, "EndPoint.4004", {}, False),
        (404, "EndPoint.4008", {}, False),
        (404, "EndPoint.4012", {}, False),
        (404, "EndPoint.4021", {}, False),
        (404, "EndPoint.4030", {}, False),
        (404, "APIGW.0101", ID, False),
        (404, "APIG.0101", ID, False),
        (400, "EndPoint.2001", {}, False),
        (403, "EndPoint.0005", {}, False),
        (500, "EndPoint.2003", {}, False),
    ],
)
def test_only_the_addressed_object_can_be_absent(status, code, headers, absent):
    body = json.dumps({"error_code": code, "error_msg": "x"} if code else {"error_msg": "x"})
    assert isinstance(refused("get it", status, body, headers), NotFound) is absent
    assert not isinstance(refused("create it", status, body, headers, addressed=False), NotFound)


@pytest.mark.parametrize("body", ["<html><title>404</title></html>", "nginx", "[]", '"no"'])
def test_a_404_of_something_else_is_not_an_absent_object(body):
    assert not isinstance(refused("get it", 404, body, ID), NotFound)


def test_an_empty_404_counts_only_with_the_request_id():
    assert isinstance(refused("get it", 404, b"", ID), NotFound)
    assert not isinstance(refused("get it", 404, b"", {}), NotFound)


def test_an_error_says_all_there_is_to_say():
    error = refused("create endpoint", 400, '{"error_code": "Endpoint.1018", "error_msg": "Quota exceeded."}', ID)
    text = str(error)
    for part in ("create endpoint", "400", "Endpoint.1018", "Quota exceeded.", "req-1", "vpcep_quota_info"):
        assert part in text
    assert error.result() == {
        "error": {
            "operation": "create endpoint",
            "status": 400,
            "code": "Endpoint.1018",
            "message": "Quota exceeded.",
            "request_id": "req-1",
            "hint": error.hint,
        }
    }


def test_an_echoed_secret_is_hidden_everywhere():
    body = json.dumps(
        {"error_code": "EndPoint.0002", "error_msg": 'bad: pa"ss-word and a-token', "request_id": "a-token"}
    )
    error = refused("try", 400, body, {}, secrets=['pa"ss-word', "a-token"])
    assert "ss-word" not in str(error)
    assert "a-token" not in str(error)
    assert "a-token" not in json.dumps(error.result())


def test_scrub_hides_the_longer_secret_first_and_users_of_urls():
    assert scrub("abcdefgh", ["abcd", "abcdefgh"]) == "********"
    assert scrub("via http://me:pw@proxy:3128/x") == "via http://********@proxy:3128/x"
    assert scrub('say "pa\\"ss"', ['pa"ss']) == 'say "********"'


def test_an_error_without_more_to_say_adds_nothing_to_the_result():
    assert InputError("no").result() == {}


def test_a_missing_library_brings_its_traceback():
    with pytest.raises(errors.MissingLibrary) as caught:
        errors.load_library("no_such_library_at_all")
    assert caught.value.library == "no_such_library_at_all"
    assert "Traceback" in caught.value.traceback
