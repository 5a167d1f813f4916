"""Our signatures, and those of Huawei's own signer, of the same requests."""

from typing import NamedTuple
from urllib.parse import quote, urlencode

from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.sdk_request import SdkRequest
from huaweicloudsdkcore.signer.signer import Signer
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.crossvpc.vpcep.plugins.module_utils._auth.signing import sign

NOW = 1_760_000_000.0

# What an encoder may get wrong, and anything else.
odd = st.text(st.sampled_from(" ~-_.!*'();:@&=+$,?#[]%\"<>\\^`{|}aZ09\täé€漢😀"), max_size=8)
any_text = odd | st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
word = st.text(
    st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"), min_size=1, max_size=40
)
# Huawei's signer takes an encoded slash for a separator. No path of ours has one.
segment = any_text.map(lambda text: text.replace("/", "")).filter(bool)


class Request(NamedTuple):
    """What is signed. path: encoded; query: pairs, with names that repeat."""

    method: str
    host: str
    path: str
    query: list[tuple[str, str]]
    body: bytes
    access_key: str
    secret_key: str
    security_token: str | None
    project_id: str | None

    def ours(self) -> dict[str, str]:
        """The headers that our signer gives it."""
        url = f"https://{self.host}{self.path}" + (f"?{urlencode(self.query)}" if self.query else "")
        keys = (self.access_key, self.secret_key, self.security_token, self.project_id)
        return sign(self.method, url, self.body, *keys, now=NOW)

    def theirs(self, headers: dict[str, str]) -> str:
        """The Authorization that their signer gives it when it has these headers."""
        request = SdkRequest(
            method=self.method,
            schema="https",
            host=self.host,
            resource_path=self.path,
            query_params=list(self.query),
            header_params={name: value for name, value in headers.items() if name != "Authorization"},
            body=self.body,
        )
        signed = Signer(BasicCredentials(self.access_key, self.secret_key, "p")).sign(request)
        return str(signed.header_params["Authorization"])


requests = st.builds(
    Request,
    method=st.sampled_from(["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD"]),
    host=st.sampled_from(["vpcep.eu-de.otc.t-systems.com", "vpcep.cn-north-4.myhuaweicloud.com", "127.0.0.1:8080"]),
    path=st.builds(
        lambda segments, end: "".join(f"/{quote(one, safe='~')}" for one in segments) + end or "/",
        st.lists(segment, max_size=5),
        st.sampled_from(["", "/"]),
    ),
    query=st.lists(st.tuples(st.sampled_from(["limit", "a b", "ä"]) | any_text.filter(bool), any_text), max_size=6),
    body=st.just(b"") | any_text.map(str.encode) | st.binary(max_size=200),
    access_key=word,
    secret_key=any_text.filter(bool),
    security_token=st.none() | word,
    project_id=st.none() | word,
)


@settings(max_examples=400, deadline=None, derandomize=True)
@given(requests)
def test_both_signers_agree(request: Request) -> None:
    headers = request.ours()
    assert headers["Authorization"] == request.theirs(headers)


@settings(max_examples=50, deadline=None, derandomize=True)
@given(requests)
def test_the_body_the_method_and_the_secret_are_signed(request: Request) -> None:
    signature = request.ours()["Authorization"]
    method = "PUT" if request.method != "PUT" else "GET"
    for change in ({"body": request.body + b"x"}, {"method": method}, {"secret_key": request.secret_key + "x"}):
        assert request._replace(**change).ours()["Authorization"] != signature
