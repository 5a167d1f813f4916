"""Sending requests: what is repeated, what is believed, what never leaves."""

import gzip
import json
import socket
import subprocess
import sys
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from email.utils import formatdate

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.errors import (
    ApiError,
    ConnectionFailed,
    MissingLibrary,
    NotFound,
    OutcomeUnknown,
)
from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.version import COLLECTION_VERSION, user_agent
from ansible_collections.crossvpc.vpcep.plugins.module_utils._http import pools as http_pools
from ansible_collections.crossvpc.vpcep.plugins.module_utils._http.client import HttpClient, build_url
from ansible_collections.crossvpc.vpcep.plugins.module_utils._http.pools import ConnectionPools
from ansible_collections.crossvpc.vpcep.plugins.module_utils._http.retry import Deadline
from tests.support.fake_server import Answer, FakeServer, closed_port

HTML = {"Content-Type": "text/html"}


class Client:
    """A transport whose waits are noted instead of waited."""

    def __init__(self, server=None, **options):
        self.waits = []
        options.setdefault("timeout", 2.0)
        self.transport = HttpClient(sleep=self.waits.append, user_agent="test/1", **options)
        self.url = server.url if server else ""

    def __call__(self, kind="read", method=None, path="/v1/p/things", **extra):
        method = method or {"read": "GET", "repeat": "PUT", "create": "POST"}[kind]
        json_body = None if method in ("GET", "DELETE") else {"a": 1}
        return self.transport.request(
            method, self.url + path, operation="do it", kind=kind, json=extra.pop("json", json_body), **extra
        )


@pytest.fixture
def client(server):
    return Client(server)


def refusal(code, message="No."):
    return {"error_code": code, "error_msg": message}


# Plain requests


def test_a_request_arrives_whole(server, client):
    server.script = [Answer(200, {"ok": True}, {"X-Request-Id": "r-1"})]
    response = client(
        "create",
        params={"limit": 10, "none": None, "flag": True, "id": ["b", "a"], "q": "a b/ü"},
        headers={"X-Extra": "x"},
        authorize=lambda attempt: {"X-Auth-Token": "token-1"},
    )
    assert response.json() == {"ok": True}
    assert response.request_id == "r-1"
    (seen,) = server.seen
    assert seen.method == "POST"
    assert seen.path == "/v1/p/things?flag=true&id=a&id=b&limit=10&q=a%20b%2F%C3%BC"
    assert seen.json == {"a": 1}
    assert seen.headers["content-type"] == "application/json"
    assert seen.headers["x-auth-token"] == "token-1"
    assert seen.headers["user-agent"] == "test/1"


@pytest.mark.parametrize("status", [200, 201, 202])
def test_any_2xx_will_do(server, client, status):
    server.script = [Answer(status, {"id": "x"})]
    assert client("create").json() == {"id": "x"}


def test_a_delete_needs_no_body_and_reads_none(server, client):
    server.script = [Answer(204, None), Answer(200, b"<html>", HTML)]
    assert client("repeat", "DELETE").json() is None
    assert client("repeat", "DELETE").status == 200


def test_an_action_may_answer_nothing(server, client):
    server.script = [Answer(200, None)]
    assert client("repeat", "POST").json() is None


def test_compressed_answers_are_read(server, client):
    body = gzip.compress(json.dumps({"n": list(range(5000))}).encode())
    server.script = [Answer(200, body, {"Content-Encoding": "gzip"})]
    assert len(client().json()["n"]) == 5000


def test_numbers_beyond_53_bits_stay_exact(server, client):
    server.script = [Answer(200, b'{"marker_id": 422321321312321321}')]
    assert client().json() == {"marker_id": 422321321312321321}


def test_connections_are_kept_open(server, client):
    for _number in range(10):
        client()
    assert server.connections == 1


def test_a_refused_request_keeps_its_connection(server, client):
    server.script = [Answer(400, refusal("EndPoint.0002")), Answer()]
    with pytest.raises(ApiError):
        client()
    client()
    assert server.connections == 1


@pytest.mark.slow
def test_eight_threads_share_a_transport(server, client):
    barrier = threading.Barrier(8)

    def work(_number):
        barrier.wait()
        return [client().status for _request in range(10)]

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(work, range(8))) == [[200] * 10] * 8
    assert server.connections <= 8
    assert len(client.transport.http) == 80


@pytest.mark.fault_injection("secrets in output, logs, files and process lists", fails="leaked")
def test_the_log_says_what_was_sent_and_nothing_secret(server, client):
    server.script = [Answer(503, None), Answer(200, {}, {"X-Request-Id": "r-2"})]
    client.transport.add_secrets("pssst-secret")
    client(params={"limit": 5, "x": "pssst-secret"}, authorize=lambda attempt: {"X-Auth-Token": "tokentoken"})
    first, second = client.transport.http
    assert first["status"] == 503
    assert {**second, "ms": 0} == {
        "method": "GET",
        "path": "/v1/p/things?limit=5&x=********",
        "status": 200,
        "ms": 0,
        "request_id": "r-2",
    }
    assert isinstance(second["ms"], int)
    assert "tokentoken" not in json.dumps(client.transport.http)


def test_each_attempt_is_authorised_anew(server, client):
    server.script = [Answer(503, None), Answer(200)]
    numbers = []

    def authorize(attempt):
        numbers.append((attempt.number, attempt.method, attempt.url, attempt.body))
        return {"X-Date": str(attempt.number)}

    client("repeat", authorize=authorize)
    assert [n[0] for n in numbers] == [1, 2]
    assert numbers[0][1:] == ("PUT", server.url + "/v1/p/things", b'{"a":1}')
    assert [seen.headers["x-date"] for seen in server.seen] == ["1", "2"]


# Answers that are repeated


@pytest.mark.parametrize(
    "answer",
    [
        Answer(400, refusal("EndPoint.0022")),
        Answer(400, refusal("Endpoint.0022")),
        Answer(429, None),
        Answer(429, refusal("APIGW.0308")),
    ],
    ids=["0022", "0022 other case", "429", "gateway"],
)
@pytest.mark.parametrize("kind", ["read", "repeat", "create"])
def test_throttling_is_waited_out(server, client, kind, answer):
    server.script = [answer, answer, Answer(200, {"id": "x"})]
    assert client(kind).json() == {"id": "x"}
    assert len(server.seen) == 3
    assert 1 <= client.waits[0] <= 2 <= client.waits[1] <= 4


def test_throttling_with_retry_after_in_seconds(server, client):
    server.script = [Answer(429, None, {"Retry-After": "17"}), Answer()]
    client()
    assert 17 <= client.waits[0] <= 18


def test_throttling_with_retry_after_as_a_date(server, client):
    # The server's clock is hours away from ours: its own Date tells how long the wait is.
    server.script = [Answer(429, None, {"Retry-After": formatdate(2_000_021, usegmt=True)}), Answer()]
    original = server.send

    def send(handler, answer):
        handler.date_time_string = lambda timestamp=None: formatdate(2_000_000, usegmt=True)
        original(handler, answer)

    server.send = send
    client()
    assert 21 <= client.waits[0] <= 22


@pytest.mark.parametrize(
    "answer",
    [
        Answer(500, refusal("EndPoint.0001")),
        Answer(502, b"<html><title>502 Bad Gateway</title></html>", HTML),
        Answer(503, None),
        Answer(504, refusal("EndPoint.0013")),
    ],
    ids=["500", "502 HTML", "503", "504"],
)
def test_a_fault_of_the_server_is_repeated_but_never_a_create(server, client, answer):
    for kind in ("read", "repeat"):
        server.script = [answer, Answer(200, {"id": "x"})]
        assert client(kind).json() == {"id": "x"}
    server.seen.clear()
    server.script = [answer]
    with pytest.raises(OutcomeUnknown) as caught:
        client("create")
    assert len(server.seen) == 1
    assert caught.value.status == answer.status


def test_a_hiccup_is_repeated_a_few_times_only(server, client):
    server.react = lambda seen: Answer(400, refusal("EndPoint.4001"))
    with pytest.raises(ApiError, match="tried 4 times"):
        client()
    assert len(server.seen) == 4


def test_retries_end_and_the_error_says_how_many(server, client):
    server.react = lambda seen: Answer(503, None, {"X-Request-Id": "last"})
    with pytest.raises(ApiError) as caught:
        client()
    assert len(server.seen) == 6
    assert caught.value.tries == 6
    assert "tried 6 times" in str(caught.value)
    assert "last" in str(caught.value)


def test_the_budget_is_each_requests_own(server, client):
    for _request in range(3):
        server.script = [Answer(503, None)] * 5 + [Answer()]
        client()


@pytest.mark.parametrize("status", [503, 429])
def test_no_retries_when_none_are_wanted(server, status):
    server.react = lambda seen: Answer(status, None)
    with pytest.raises(ApiError):
        Client(server, retries=0)()
    assert len(server.seen) == 1


@pytest.mark.parametrize("status, seconds, deadline", [(429, "3600", Deadline(60)), (503, "86400", None)])
def test_a_wait_beyond_the_deadline_is_not_begun(server, client, status, seconds, deadline):
    server.script = [Answer(status, None, {"Retry-After": seconds})]
    with pytest.raises(ApiError) as caught:
        client(deadline=deadline)
    assert caught.value.status == status
    assert client.waits == []


# Connections that fail


@pytest.mark.parametrize("kind", ["read", "repeat", "create"])
def test_a_refused_connection_is_repeated_whatever_the_request(kind):
    client = Client(retries=2)
    client.url = f"http://127.0.0.1:{closed_port()}"
    with pytest.raises(ConnectionFailed) as caught:
        client(kind)
    assert caught.value.tries == 3
    assert caught.value.status is None
    assert "refused" in str(caught.value)
    assert client.transport.http[0]["status"] is None


@pytest.mark.parametrize("kind", ["read", "create"])
def test_an_unknown_host_is_surely_not_reached(kind):
    client = Client(retries=1)
    client.url = "http://no-such-host.invalid"
    with pytest.raises(ConnectionFailed):
        client(kind)


@pytest.mark.parametrize("how", ["reset", "close", "cut"])
def test_a_broken_connection_is_repeated_but_never_a_create(server, client, how):
    for kind in ("read", "repeat"):
        server.script = [Answer(200, {"id": "abcdef"}, how=how), Answer(200, {"id": "x"})]
        assert client(kind).json() == {"id": "x"}
    server.seen.clear()
    server.script = [Answer(200, {"id": "abcdef"}, how=how)]
    with pytest.raises(OutcomeUnknown):
        client("create")
    assert len(server.seen) == 1


def test_a_cut_answer_is_noticed_where_the_library_does_not_count(server, client, monkeypatch):
    """As urllib3 before 2.0, with which requests works, too."""
    from urllib3.response import HTTPResponse

    create = HTTPResponse.__init__
    monkeypatch.setattr(
        HTTPResponse,
        "__init__",
        lambda self, *args, **kw: create(self, *args, **{**kw, "enforce_content_length": False}),
    )
    server.script = [Answer(200, {"id": "abcdef"}, how="cut"), Answer(200, {"id": "x"})]
    assert client().json() == {"id": "x"}
    server.script = [Answer(200, {"id": "abcdef"}, how="cut")]
    with pytest.raises(OutcomeUnknown, match="ended after 8 of 16 bytes"):
        client("create")


def test_a_cut_chunked_answer_is_noticed(server, client):
    original = server.send

    def send(handler, answer):
        if answer.how != "chunked":
            return original(handler, answer)
        handler.wfile.write(b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n{"a": 1}\r\n')
        handler.close_connection = True
        return None

    server.send = send
    server.script = [Answer(how="chunked"), Answer(200, {"id": "x"})]
    assert client().json() == {"id": "x"}
    assert len(server.seen) == 2


@pytest.mark.parametrize(
    "answer",
    [
        Answer(200, b"<html>login</html>", HTML),
        Answer(200, b'{"id": '),
        Answer(200, None),
        Answer(200, b"null"),
        Answer(200, b'"text"'),
        Answer(200, b"[" * 100000),
    ],
    ids=["HTML", "half", "empty", "null", "text", "deep"],
)
def test_an_answer_of_success_that_is_none(server, client, answer):
    server.script = [answer, Answer(200, {"id": "x"})]
    assert client().json() == {"id": "x"}
    server.seen.clear()
    server.script = [answer]
    with pytest.raises(OutcomeUnknown, match="HTTP 200"):
        client("create")
    assert len(server.seen) == 1


def test_a_refusal_whose_reason_is_garbled_is_asked_for_again(server, client):
    garbled = Answer(404, b'{"error_code": "EndPo', {"Content-Type": "application/json"})
    server.script = [garbled, Answer(404, refusal("EndPoint.0005"))]
    with pytest.raises(NotFound):
        client("read")
    server.script = [garbled]
    with pytest.raises(OutcomeUnknown):
        client("create")


@pytest.mark.parametrize("status", [401, 429])
def test_a_refusal_whose_status_says_all_needs_no_reason(server, client, status):
    server.react = lambda seen: Answer(status, b"{", {"Content-Type": "application/json"})
    with pytest.raises(ApiError) as caught:
        client()
    assert caught.value.status == status


def test_useless_answers_end_in_connection_failed(server):
    server.react = lambda seen: Answer(200, b"<html>captive portal</html>", HTML)
    with pytest.raises(ConnectionFailed) as caught:
        Client(server, retries=1)()
    assert "not JSON" in str(caught.value)
    assert caught.value.status is None


@pytest.mark.slow
def test_a_stalled_answer_times_out(server):
    client = Client(server, timeout=1.0, retries=1)
    server.script = [Answer(how="stall", seconds=30), Answer(200, {"id": "x"})]
    assert client().json() == {"id": "x"}
    server.script = [Answer(how="stall", seconds=30)]
    with pytest.raises(OutcomeUnknown, match="stopped answering"):
        client("create")


def test_a_server_that_does_not_take_up_a_connection_in_time(monkeypatch):
    """A create may be repeated then: it surely did not arrive."""

    def never(*args, **kw):
        raise TimeoutError("timed out")

    monkeypatch.setattr("urllib3.util.connection.create_connection", never)
    client = Client(retries=1)
    with pytest.raises(ConnectionFailed, match="could not be reached in time") as caught:
        client("create", path="http://127.0.0.1:9/")
    assert caught.value.tries == 2


@pytest.fixture
def talking_nonsense():
    """A port that answers a TLS greeting with something else."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve():
            while True:
                try:
                    connection, _address = listener.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(100)
                    connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        threading.Thread(target=serve, daemon=True).start()
        yield listener.getsockname()[1]


@pytest.mark.slow
@pytest.mark.fault_injection("TLS, redirects and proxies", fails="leaked")
def test_a_failed_tls_handshake_leaves_no_doubt_about_a_create(talking_nonsense):
    client = Client(retries=2)
    client.url = f"https://127.0.0.1:{talking_nonsense}"
    with pytest.raises(ConnectionFailed) as caught:
        client("create")
    assert caught.value.tries == 3


# What never happens


@pytest.mark.fault_injection("TLS, redirects and proxies", fails="leaked")
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("kind", ["read", "create"])
def test_redirects_are_not_followed(server, client, kind, status):
    with FakeServer() as elsewhere:
        server.script = [Answer(status, None, {"Location": elsewhere.url + "/v1?secret=1"})]
        with pytest.raises(ApiError) as caught:
            client(kind, authorize=lambda attempt: {"X-Auth-Token": "tokentoken"})
        assert elsewhere.seen == []
    assert len(server.seen) == 1
    assert elsewhere.url.partition("//")[2] in str(caught.value)
    assert "not followed" in str(caught.value)
    assert "secret=1" not in str(caught.value)


@pytest.mark.fault_injection("TLS, redirects and proxies", fails="leaked")
def test_netrc_does_not_replace_our_headers(server, client, monkeypatch, tmp_path):
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login somebody password else\n")
    (tmp_path / ".netrc").chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("NETRC", raising=False)
    client(authorize=lambda attempt: {"Authorization": "SDK-HMAC-SHA256 ours"})
    client()
    assert server.seen[0].headers["authorization"] == "SDK-HMAC-SHA256 ours"
    assert "authorization" not in server.seen[1].headers


def everything_through(monkeypatch, proxy):
    monkeypatch.setenv("HTTP_PROXY", proxy)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)


@pytest.mark.fault_injection("TLS, redirects and proxies", fails="leaked")
def test_the_proxy_of_the_environment_is_used(monkeypatch, server):
    everything_through(monkeypatch, server.url)
    client = Client()
    client.url = "http://vpcep.example"
    server.script = [Answer(200, {"id": "x"})]
    assert client().json() == {"id": "x"}
    assert server.seen[0].path == "http://vpcep.example/v1/p/things"


@pytest.mark.fault_injection("TLS, redirects and proxies", fails="leaked")
def test_a_proxy_gets_its_own_credentials_and_the_cloud_only_ours(monkeypatch, server):
    everything_through(monkeypatch, server.url.replace("//", "//me:proxy-password@"))
    client = Client()
    client.url = "http://somebody:else@vpcep.example"
    client(authorize=lambda attempt: {"X-Auth-Token": "t"}, params={"id": "a b"})
    assert server.seen[0].path == "http://vpcep.example/v1/p/things?id=a%20b"
    assert server.seen[0].headers["proxy-authorization"].startswith("Basic ")
    assert server.seen[0].headers["x-auth-token"] == "t"
    assert "authorization" not in server.seen[0].headers


@pytest.mark.parametrize(
    ("path", "sent"), [("", "/"), ("/a b/é", "/a%20b/%C3%A9"), ("/a%2Fb?c=d#e", "/a%2Fb?c=d"), ("?a=b", "/?a=b")]
)
def test_the_path_is_sent_as_http_wants_it(server, client, path, sent):
    client(path=path)
    assert server.seen[0].path == sent


@pytest.mark.parametrize("kind", ["read", "create"])
@pytest.mark.parametrize("token", ["two\nlines", " blank", "line\r"])
def test_a_header_that_cannot_be_one_is_not_sent_nor_shown(server, client, kind, token):
    with pytest.raises(ConnectionFailed) as caught:
        client(kind, authorize=lambda attempt: {"X-Auth-Token": token})
    assert caught.value.tries == 1
    assert server.seen == []
    assert token.strip() not in str(caught.value)


@pytest.mark.fault_injection("TLS, redirects and proxies", fails="leaked")
def test_no_proxy_is_honoured(monkeypatch, server, client):
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{closed_port()}")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    assert client().status == 200


@pytest.mark.fault_injection("TLS, redirects and proxies", fails="leaked")
def test_cookies_are_not_kept(server, client):
    server.script = [Answer(200, {}, {"Set-Cookie": "a=b; Path=/"}), Answer()]
    client()
    client()
    assert "cookie" not in server.seen[1].headers


@pytest.mark.fault_injection("secrets in output, logs, files and process lists", fails="leaked")
def test_what_the_server_echoes_is_scrubbed(server, client):
    client.transport.add_secrets("my-password")
    server.react = lambda seen: Answer(400, refusal("EndPoint.0002", "my-password, " + seen.headers["x-auth-token"]))
    with pytest.raises(ApiError) as caught:
        client(authorize=lambda attempt: {"X-Auth-Token": "MIIdtoken"})
    shown = str(caught.value) + json.dumps(caught.value.result()) + json.dumps(client.transport.http)
    assert "my-password" not in shown
    assert "MIIdtoken" not in shown


def test_absent_objects_and_creates(server, client):
    server.react = lambda seen: Answer(404, refusal("EndPoint.0005"))
    with pytest.raises(NotFound):
        client()
    with pytest.raises(ApiError) as caught:
        client("create", addressed=False)
    assert not isinstance(caught.value, NotFound)


def test_without_requests_the_first_request_says_so(monkeypatch):
    monkeypatch.setitem(sys.modules, "requests", None)
    with pytest.raises(MissingLibrary) as caught:
        Client()(path="http://127.0.0.1/")
    assert caught.value.library == "requests"
    assert "Traceback" in caught.value.traceback


def test_importing_needs_neither_requests_nor_yaml():
    script = (
        'import sys; sys.modules["requests"] = sys.modules["yaml"] = sys.modules["urllib3"] = None\n'
        "from ansible_collections.crossvpc.vpcep.plugins.module_utils._auth import session\n"
        'session.connect({"token": "t", "project_id": "p", "region": "eu-de"}, {"HOME": "/nowhere"})\n'
        'print(sorted({"hmac", "email.utils", "concurrent.futures", "ssl"} & set(sys.modules)))'
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize("kind", ["read", "create"])
def test_a_file_of_certificates_that_is_not_there(tls_server, kind):
    client = Client(verify="/nowhere/ca.pem")
    client.url = tls_server
    with pytest.raises(ConnectionFailed, match="/nowhere/ca") as caught:
        client(kind)
    assert caught.value.tries == 1


@pytest.mark.fault_injection("TLS, redirects and proxies", fails="leaked")
@pytest.mark.parametrize("kind", ["read", "create"])
def test_a_certificate_nobody_knows_is_refused_at_once(tls_server, kind):
    client = Client()
    client.url = tls_server
    with pytest.raises(ConnectionFailed) as caught:
        client(kind)
    assert caught.value.tries == 1
    assert "certificate" in str(caught.value).lower()
    assert "ca_path" in str(caught.value)


@pytest.mark.fault_injection("TLS, redirects and proxies", fails="leaked")
def test_a_private_authority_is_believed_when_named(tls_server, tls_files, monkeypatch):
    # requests prefers this variable over everything unless it is told a file.
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere/bundle.pem")
    client = Client(verify=str(tls_files))
    client.url = tls_server
    assert client().json() == {"tls": True}
    client = Client(verify=False)
    client.url = tls_server
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert client().json() == {"tls": True}
    assert [str(warning.message) for warning in caught] == []  # urllib3 has one for each unchecked certificate


def test_build_url_sorts_and_encodes():
    assert build_url("http://h/p", {"b": "x&y=z", "a": None, "c": []}) == "http://h/p?b=x%26y%3Dz"
    assert build_url("http://h/p", None) == "http://h/p"


def test_the_user_agent_leaves_out_what_is_not_there(monkeypatch):
    monkeypatch.setitem(sys.modules, "requests", None)
    assert [part.partition("/")[0] for part in user_agent().split()] == ["crossvpc.vpcep", "ansible-core", "python"]


def test_the_user_agent_names_all_versions():
    import re

    assert re.fullmatch(
        rf"crossvpc\.vpcep/{re.escape(COLLECTION_VERSION)} ansible-core/\S+ requests/\S+ python/\d\S+", user_agent()
    )


# Connections that several transports share


def test_shared_pools_keep_connections_open_from_one_transport_to_the_next(server):
    pools = ConnectionPools()
    for _task in range(3):
        client = Client(server, pools=pools)
        client()
        client.transport.close()
    assert server.connections == 1
    Client(server)()
    assert server.connections == 2


def test_a_transport_of_its_own_closes_its_connections_and_opens_new_ones(server, client):
    client()
    client.transport.close()
    client()
    assert server.connections == 2


def test_connections_to_several_hosts_are_kept_open():
    with ExitStack() as stack:
        servers = [stack.enter_context(FakeServer()) for _host in range(6)]
        client = Client()
        for server in servers * 2:
            client(path=f"{server.url}/v1")
        assert [server.connections for server in servers] == [1] * 6


def test_shared_pools_keep_ways_to_check_certificates_apart():
    pools = ConnectionPools()
    assert pools.adapter(True) is pools.adapter(True)
    assert len({id(pools.adapter(verify)) for verify in (True, False, "/some/ca.pem")}) == 3


def test_a_child_process_does_not_talk_over_its_parents_connections(monkeypatch):
    pools = ConnectionPools()
    mine = pools.adapter(True)
    monkeypatch.setattr(http_pools.os, "getpid", lambda: -1)
    assert pools.adapter(True) is not mine


# Patience


def throttled_for(server, seconds, clock, headers):
    server.react = lambda seen: Answer(429, None, headers) if clock.now < seconds else Answer(200, {"id": "x"})


class Clock:
    """Time that passes while a transport pauses."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.now += seconds


@pytest.mark.parametrize("kind", ["read", "create"])
@pytest.mark.parametrize("headers", [{}, {"Retry-After": "1"}, {"Retry-After": "7"}], ids=["none", "1", "7"])
@pytest.mark.parametrize(
    "wait_timeout, seconds", [(600, 12), pytest.param(600, 300, marks=pytest.mark.slow), (None, 60)]
)
def test_throttling_is_waited_out_as_long_as_there_is_time(server, kind, headers, wait_timeout, seconds):
    clock = Clock()
    throttled_for(server, seconds, clock, headers)
    transport = HttpClient(5, retries=2, sleep=clock.sleep)
    deadline = wait_timeout and Deadline(wait_timeout, clock)
    method = "POST" if kind == "create" else "GET"
    answer = transport.request(method, server.url, operation="do it", kind=kind, deadline=deadline)
    assert answer.json() == {"id": "x"}


@pytest.mark.parametrize("headers", [{}, {"Retry-After": "1"}], ids=["none", "1"])
@pytest.mark.parametrize("wait_timeout", [5, 100, None])
def test_throttling_without_an_end_ends_with_the_time(server, headers, wait_timeout):
    clock = Clock()
    throttled_for(server, float("inf"), clock, headers)
    transport = HttpClient(5, sleep=clock.sleep)
    deadline = wait_timeout and Deadline(wait_timeout, clock)
    with pytest.raises(ApiError) as caught:
        transport.request("GET", server.url, operation="do it", kind="read", deadline=deadline)
    assert caught.value.status == 429
    assert 0 < clock.now <= (wait_timeout or 120)


def test_a_short_retry_after_of_a_fault_uses_no_repeat_up_sooner(server, client):
    server.react = lambda seen: Answer(503, None, {"Retry-After": "1"})
    with pytest.raises(ApiError):
        client()
    assert len(client.waits) == 5 and sum(client.waits) > 15


def test_throttling_does_not_use_up_the_repeats(server):
    server.script = [Answer(429, None)] * 4 + [Answer(503, None)] * 2 + [Answer(200, {"id": "x"})]
    assert Client(server, retries=2)().json() == {"id": "x"}


# A parent that died


def test_nothing_is_sent_once_the_parent_is_gone(server, client, monkeypatch):
    client.transport.end_with_parent()
    client()
    monkeypatch.setattr("os.getppid", lambda: 1)
    with pytest.raises(ConnectionFailed, match="started this task is gone"):
        client("create")
    assert len(server.seen) == 1


def test_a_parent_that_dies_during_a_pause(server, client, monkeypatch):
    client.transport.end_with_parent()
    server.react = lambda seen: Answer(503, None)
    client.transport._sleep = lambda seconds: monkeypatch.setattr("os.getppid", lambda: 1)
    with pytest.raises(ConnectionFailed, match="started this task is gone"):
        client()
    assert len(server.seen) == 1


def test_a_module_process_sends_nothing_once_the_playbook_is_gone(server, client, monkeypatch):
    """Its parent is a shell, which goes on."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as playbook:
        monkeypatch.setenv("VPCEP_CONTROLLER", str(playbook.pid))
        client.transport.end_with_parent()
        client()
    with pytest.raises(ConnectionFailed, match="started this task is gone"):
        client("create")
    assert len(server.seen) == 1


@pytest.mark.parametrize("named", ["", "x", "-1", "0"])
def test_a_playbook_that_is_not_named_well_is_not_looked_for(server, client, monkeypatch, named):
    monkeypatch.setenv("VPCEP_CONTROLLER", named)
    client.transport.end_with_parent()
    client()
    assert len(server.seen) == 1


@pytest.mark.parametrize("is_task", [True, False])
def test_what_has_to_be_sent_is_sent_without_the_parent(server, client, monkeypatch, is_task):
    """A task deletes what it made, and an inventory is read in the playbook's own process, also in the background."""
    if is_task:
        client.transport.end_with_parent()
        client.transport.end_with_parent(False)
    client()
    monkeypatch.setattr("os.getppid", lambda: 1)
    client()
    assert len(server.seen) == 2
