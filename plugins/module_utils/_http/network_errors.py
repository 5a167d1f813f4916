"""Classifies exceptions of requests, urllib3 and the standard library: whether the request was sent, and a hint."""

from __future__ import annotations

import typing as t
from collections.abc import Iterator

from .._core.errors import TransportFailure

HINTS = {
    "": "Check the network, the proxy settings (HTTPS_PROXY, NO_PROXY), api_url and auth_url, and run the task again.",
    "address": "Set api_url and auth_url to addresses like https://host, and HTTPS_PROXY to one like http://host:port.",
    "ca_file": "Set ca_path (or OS_CACERT, or cacert in clouds.yaml) to a file of certificates that can be read.",
    "certificate": "This machine does not know the authority of the certificate: set ca_path (or OS_CACERT) to the "
    "file with the authority's certificate. Behind a proxy that decrypts TLS, this is the proxy's authority; the "
    "network's administrators have the file.",
    "certificate_date": "The certificate has expired, or is not valid yet: check this machine's date and time first.",
    "certificate_host": "The certificate is one for another host: look for a typing error in api_url, auth_url and "
    "region.",
    "interrupted": "Run the task again.",
    "name": "There is no host of this name: check region, api_url and auth_url for a typing error, then this machine's "
    "name server (DNS). Behind a proxy set HTTPS_PROXY.",
    "page": "A web page came instead of the cloud's answer, such as a proxy's or a login page: check api_url and "
    "auth_url, then HTTPS_PROXY and NO_PROXY.",
    "proxy": "The proxy did not let the request through: put its user and password into HTTPS_PROXY "
    "(http://user:password@host:port) if it asks for them (407), or have its administrators allow the cloud's hosts.",
    "proxy_address": "Set it to an address like http://user:password@host:port. In user and password the characters "
    "/ # ? @ : [ ] and backslash are percent-encoded, such as %2F for a slash.",
    "proxy_host": "The proxy itself cannot be reached: check HTTPS_PROXY, or add the cloud's hosts to NO_PROXY.",
    "refused": "Nothing answers at this address: check host and port in api_url and auth_url, and whether a firewall "
    "is in the way. Behind a proxy set HTTPS_PROXY.",
    "silence": "Run the task again. If the error remains, raise timeout, and check the proxy settings "
    "(HTTPS_PROXY, NO_PROXY).",
    "tls": "The server does not speak TLS correctly: check api_url and auth_url (https or http, and the "
    "port), and HTTPS_PROXY, which nearly always begins with http.",
    "unreachable": "No answer comes from this address: check region, api_url and auth_url, and whether a firewall is "
    "in the way. Behind a proxy set HTTPS_PROXY.",
}
"""The hint for a request without a usable answer, by its cause."""

# Names of exceptions that are raised while a request is built.
_NO_REQUEST = (
    "InvalidURL",
    "InvalidProxyURL",
    "LocationParseError",
    "LocationValueError",
    "InvalidHeader",
    "MissingSchema",
    "InvalidSchema",
)

# Names of exceptions and their cause, the most specific first.
_CAUSES = (
    (_NO_REQUEST, "address"),
    (("NameResolutionError", "gaierror"), "name"),
    (("SSLCertVerificationError",), "certificate"),
    (("SSLError", "SSLEOFError", "SSLZeroReturnError"), "tls"),
    (("ConnectionRefusedError",), "refused"),
    (("ReadTimeoutError", "ReadTimeout"), "silence"),
    (("ConnectTimeoutError", "ConnectTimeout"), "unreachable"),
)

# A repeat would fail in the same way.
_HOPELESS = frozenset((*_NO_REQUEST, "SSLCertVerificationError"))

# OpenSSL's numbers for what is wrong with a certificate.
_CERTIFICATE = {9: "certificate_date", 10: "certificate_date", 62: "certificate_host", 64: "certificate_host"}


def transport_failure(error: BaseException, unsent: bool) -> TransportFailure:
    """The TransportFailure for an exception of a library.

    unsent: the connection knows that nothing was sent. An exception raised while the request is built means the same.
    In doubt the request counts as sent: reading back costs one GET, a duplicate creation costs an endpoint.
    """
    causes = list(_causes(error))
    names = {type(cause).__name__ for cause in causes}
    # requests' message for a missing CA file.
    no_ca_file = isinstance(error, OSError) and "invalid path" in str(error)
    return TransportFailure(
        _reason(causes, names)[:300],
        sent=names.isdisjoint(_NO_REQUEST) and not no_ca_file and not unsent,
        hopeless=no_ca_file or not names.isdisjoint(_HOPELESS),
        cause=_cause(causes, names),
    )


def _reason(causes: list[BaseException], names: set[str]) -> str:
    if not names.isdisjoint(_NO_REQUEST):
        # The library's message would quote the header or the address, which may contain a secret.
        return "a header contains invalid characters" if "InvalidHeader" in names else "its address cannot be used"
    if names & {"ReadTimeoutError", "ReadTimeout"}:
        return "the server stopped answering"
    if names & {"ConnectTimeoutError", "ConnectTimeout"}:
        return "the server could not be reached in time"
    return f"{type(causes[-1]).__name__}: {causes[-1]}"


def _cause(causes: list[BaseException], names: set[str]) -> str:
    """The key of HINTS."""
    texts = " ".join(str(cause) for cause in causes)
    if "invalid path" in texts or "NO_CERTIFICATE_OR_CRL_FOUND" in texts:
        return "ca_file"
    if "Tunnel connection failed" in texts:
        return "proxy"
    if "ProxyError" in names and names & {"NewConnectionError", "NameResolutionError", "ConnectTimeoutError"}:
        return "proxy_host"
    found = next((cause for telling, cause in _CAUSES if names.intersection(telling)), "")
    if found == "certificate":
        numbers = [getattr(cause, "verify_code", 0) for cause in causes]
        return next((_CERTIFICATE[number] for number in numbers if number in _CERTIFICATE), found)
    return found


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and all errors that it wraps, from the outermost to the innermost."""
    seen: set[int] = set()
    queue: list[t.Any] = [error]
    while queue:
        one = queue.pop(0)
        if isinstance(one, BaseException) and id(one) not in seen:
            seen.add(id(one))
            yield one
            wrapped = [getattr(one, name, None) for name in ("reason", "original_error", "__cause__", "__context__")]
            queue += [*one.args, *wrapped]
