"""Bodies of answers: what is packed is unpacked once, and never into more than fits.

This file needs no more than requests and pytest: it is also run with the oldest requests and urllib3 that we promise.
"""

import functools
import gzip
import json
import tracemalloc
import zlib

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.errors import ConnectionFailed, OutcomeUnknown
from ansible_collections.crossvpc.vpcep.plugins.module_utils._http import answers
from ansible_collections.crossvpc.vpcep.plugins.module_utils._http.client import HttpClient
from tests.support.fake_server import Answer

BOMBS = "compressed answers that are too large"
PLAIN = json.dumps({"id": "x" * 3000}).encode()
PACKED = gzip.compress(PLAIN, mtime=0)


@functools.cache
def packed(times, body=b"0" * 5_000_000):
    for _time in range(times):
        body = gzip.compress(body)
    return body


def ask(server, answer, kind="read", method="GET"):
    server.react = lambda seen: answer
    transport = HttpClient(10, retries=0)
    return transport.request(method, f"{server.url}/v1", operation="do it", kind=kind)


@pytest.mark.parametrize(
    "body, encoding",
    [
        (PLAIN, "identity"),
        (PLAIN, ""),
        (PACKED, "gzip"),
        (PACKED, "GZip "),
        (PACKED, "x-gzip"),
        (PACKED + b"\0" * 20, "gzip"),
    ],
    ids=["identity", "none", "gzip", "in capitals", "x-gzip", "with more behind"],
)
def test_what_is_packed_once_is_unpacked(server, body, encoding):
    assert ask(server, Answer(200, body, {"Content-Encoding": encoding})).json() == {"id": "x" * 3000}


def test_an_empty_answer_may_say_that_it_is_packed(server):
    assert ask(server, Answer(204, b"", {"Content-Encoding": "gzip"}), "repeat", "DELETE").json() is None


@pytest.mark.fault_injection(BOMBS)
@pytest.mark.parametrize("kind, method", [("read", "GET"), ("create", "POST")])
@pytest.mark.parametrize(
    "body, encoding",
    [
        (lambda: packed(2), "gzip, gzip"),
        (lambda: packed(3), "gzip,gzip,gzip"),
        (lambda: packed(2), "gzip, identity, gzip"),
        (lambda: zlib.compress(PLAIN), "deflate"),
        (lambda: packed(1), "br"),
        (lambda: packed(1), "zstd"),
        (lambda: packed(1), "gzip;q=1"),
        pytest.param(lambda: packed(1, b"0" * 50_000_000), "gzip", marks=pytest.mark.slow),
        pytest.param(lambda: packed(1, b"[" + b"[]," * 10_000_000), "gzip", marks=pytest.mark.slow),
    ],
    ids=["twice", "three times", "with identity", "deflate", "br", "zstd", "parameter", "zeros", "lists"],
)
def test_a_bomb_is_refused_without_much_memory(server, kind, method, body, encoding):
    answer = Answer(200, body(), {"Content-Encoding": encoding})
    tracemalloc.start()
    try:
        with pytest.raises(OutcomeUnknown if kind == "create" else ConnectionFailed):
            ask(server, answer, kind, method)
        assert tracemalloc.get_traced_memory()[1] < 4 * answers.BODY_LIMIT
    finally:
        tracemalloc.stop()


@pytest.mark.fault_injection(BOMBS)
def test_an_encoding_in_two_headers_is_none_that_was_asked_for(server):
    original = server.send

    def send(handler, answer):
        handler.send_header, plain = (
            lambda *header: plain(*header) or plain("Content-Encoding", "gzip"),
            (handler.send_header),
        )
        original(handler, answer)

    server.send = send
    with pytest.raises(ConnectionFailed, match="not asked for"):
        ask(server, Answer(200, packed(2)))


@pytest.mark.slow
@pytest.mark.fault_injection(BOMBS)
@pytest.mark.parametrize("headers", [{}, {"Content-Length": "60000000000"}], ids=["as it is", "as it says"])
def test_an_answer_of_60_megabytes_is_refused(server, headers):
    with pytest.raises(ConnectionFailed, match="larger than 16 MB"):
        ask(server, Answer(200, b"[" + b" " * 60_000_000 + b"]", headers))


@pytest.mark.parametrize(
    "body",
    [PACKED[:-4], PACKED[:20], PLAIN, PACKED[:2] + PLAIN],
    ids=["without its end", "its beginning", "not packed", "half"],
)
def test_a_damaged_body_is_no_answer(server, body):
    with pytest.raises(ConnectionFailed, match="compressed body"):
        ask(server, Answer(200, body, {"Content-Encoding": "gzip"}))


@pytest.mark.parametrize("packed_how", [None, 0, 9])
def test_the_limit_is_one_of_the_body_as_sent_and_unpacked(server, monkeypatch, packed_how):
    body = json.dumps({"id": "x" * 100}).encode()
    sent = body if packed_how is None else gzip.compress(body, packed_how)
    answer = Answer(200, sent, {} if packed_how is None else {"Content-Encoding": "gzip"})
    monkeypatch.setattr(answers, "BODY_LIMIT", max(len(body), len(sent)))
    assert ask(server, answer).status == 200
    monkeypatch.setattr(answers, "BODY_LIMIT", max(len(body), len(sent)) - 1)
    with pytest.raises(ConnectionFailed, match="larger"):
        ask(server, answer)
