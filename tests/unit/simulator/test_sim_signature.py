"""AK/SK: signatures made here by a second, separate implementation of the description."""

import datetime
import hashlib
import hmac
import json
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from tests.simulator import signature


def sign(
    keys: dict[str, str], method: str, path: str, query: dict[str, str], headers: dict[str, str], body: bytes
) -> dict[str, str]:
    """The headers of a signed request."""
    if "X-Sdk-Date" not in headers:
        now = datetime.datetime.now(datetime.timezone.utc)
        headers = {**headers, "X-Sdk-Date": now.strftime("%Y%m%dT%H%M%SZ")}
    lowered = {name.lower(): value for name, value in headers.items() if "_" not in name}
    names = ";".join(sorted(lowered))
    request = method + "\n" + path + "/" + "\n"
    request += "&".join(f"{quote(k, safe='~')}={quote(query[k], safe='~')}" for k in sorted(query)) + "\n"
    request += "".join(f"{name}:{lowered[name]}\n" for name in sorted(lowered)) + "\n" + names + "\n"
    request += hashlib.sha256(body).hexdigest()
    digest = hashlib.sha256(request.encode()).hexdigest()
    text = f"SDK-HMAC-SHA256\n{headers['X-Sdk-Date']}\n{digest}"
    code = hmac.new(keys["secret_key"].encode(), text.encode(), "sha256").hexdigest()
    value = f"SDK-HMAC-SHA256 Access={keys['access_key']}, SignedHeaders={names}, Signature={code}"
    return {**headers, "Authorization": value}


class Signer:
    """Sends signed requests for an account."""

    def __init__(self, lab: Any, **credentials: Any) -> None:
        self.lab = lab
        self.keys = lab.sim.credentials(**credentials)
        self.headers = {"X-Project-Id": self.keys["project_id"], "Content-Type": "application/json"}
        if "security_token" in self.keys:
            self.headers["X-Security-Token"] = self.keys["security_token"]

    def __call__(self, method: str, path: str, body: Any = None, query: Any = None, **spoil: Any) -> Any:
        raw = json.dumps(body).encode() if body is not None else b""
        path, query = f"/v1/{self.keys['project_id']}{path}", query or {}
        host = {"Host": self.lab.sim.api_url.removeprefix("http://")}
        headers = {**self.headers, **host, **spoil.get("headers", {})}
        headers = sign(self.keys, method, spoil.get("signed_path", path), query, headers, raw)
        headers.update(spoil.get("later", {}))
        url = self.lab.sim.api_url + path + (f"?{urlencode(query, quote_via=quote)}" if query else "")
        return self.lab.provider.raw(method, url, headers=headers, data=spoil.get("data", raw) or None)


def test_signed_requests(otc: Any) -> None:
    signed = Signer(otc)
    created = signed("POST", "/vpc-endpoint-services", otc.provider.service_body(service_name="signed"))
    assert created.status == 200
    query = {"endpoint_service_name": "signed", "limit": "10", "sort_dir": "asc", "a b": "c/ü~*"}
    assert signed("GET", "/vpc-endpoint-services", query=query).body["total_count"] == 1
    (entry, *_unused) = otc.sim.log(service="vpcep")
    assert (entry["account"], entry["project"]) == ("provider", signed.keys["project_id"])
    assert otc.sim.log(service="iam") == []


def test_temporary_credentials(otc: Any) -> None:
    signed = Signer(otc, name="consumer", temporary=True, lifetime=60)
    assert signed("GET", "/quotas").status == 200
    assert signed("GET", "/quotas", headers={"X-Security-Token": "wrong"}).status == 401
    otc.sim.advance(61)
    assert signed("GET", "/quotas").status == 401


@pytest.mark.parametrize(
    "spoil",
    [
        {"later": {"X-Project-Id": "d3c1a5e2b7f94a08a6e5d4c3b2a19080"}},
        {"headers": {"X-Sdk-Date": "20200101T000000Z"}},
        {"headers": {"X-Sdk-Date": "yesterday"}},
        {"signed_path": "/v1/other"},
        {"data": b'{"other": 1}'},
        {"later": {"Authorization": "SDK-HMAC-SHA256 nonsense"}},
        {"later": {"Authorization": f"SDK-HMAC-SHA256 Access=A, SignedHeaders=x-sdk-date, Signature={'0' * 64}"}},
    ],
    ids=["header", "old", "no-date", "path", "body", "malformed", "unknown-key"],
)
def test_bad_signatures(otc: Any, spoil: Any) -> None:
    reply = Signer(otc)("POST", "/vpc-endpoint-services", {}, **spoil)
    assert (reply.status, reply.body["error_code"]) == (401, "APIGW.0301")
    assert "Signature" not in str(otc.sim.log()[-1])


def test_skew_is_settable(otc: Any) -> None:
    signed = Signer(otc)
    assert signed("GET", "/quotas").status == 200
    late = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(minutes=16)
    headers = {"X-Sdk-Date": late.strftime("%Y%m%dT%H%M%SZ")}
    assert signed("GET", "/quotas", headers=headers).status == 401
    otc.sim.settings(signature_skew=3600)
    assert signed("GET", "/quotas", headers=headers).status == 200


def test_the_simulated_clock_does_not_spoil_signatures(otc: Any) -> None:
    otc.sim.advance(100_000)
    assert Signer(otc)("GET", "/quotas").status == 200


def test_projects_of_signed_requests(otc: Any) -> None:
    signed = Signer(otc)
    signed.headers.pop("X-Project-Id")
    assert signed("GET", "/quotas").status == 200
    reply = signed("GET", "/quotas", headers={"X-Project-Id": "other"})
    assert (reply.status, reply.body["error_code"]) == (400, "EndPoint.0014")
    signed.keys["project_id"] = otc.sim.project_id("consumer")
    reply = signed("GET", "/quotas")
    assert (reply.status, reply.body["error_code"]) == (403, "EndPoint.0004")


def test_what_must_be_signed() -> None:
    good = {"x-sdk-date": "20200101T000000Z"}
    for names, fault in (
        ("host", "X-Sdk-Date is not signed"),
        ("X-Sdk-Date", "SignedHeaders"),
        ("x_a;x-sdk-date", "SignedHeaders"),
    ):
        value = f"SDK-HMAC-SHA256 Access=A, SignedHeaders={names}, Signature={'0' * 64}"
        found = signature.fault("k", "GET", "/", "", {**good, "authorization": value}, b"", 1e12)
        assert found.startswith(fault)


def test_iam_takes_signatures_too(otc: Any) -> None:
    keys = otc.sim.credentials("consumer")
    headers = sign(keys, "GET", "/v3/projects", {"name": "eu-de"}, {}, b"")
    reply = otc.provider.raw("GET", otc.sim.iam_url + "/projects", headers=headers, params={"name": "eu-de"})
    assert [project["id"] for project in reply.body["projects"]] == [keys["project_id"]]
