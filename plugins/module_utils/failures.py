# -*- coding: utf-8 -*-
# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an exception of requests, urllib3 or the standard library says about a request."""

from __future__ import annotations

import typing as t

from .errors import Broken

if t.TYPE_CHECKING:
    from collections.abc import Iterator

# Functions of the standard library that run before a request is sent, on a connection being opened.
_OPENING = frozenset(("do_handshake", "_tunnel", "create_connection", "getaddrinfo"))


def broken(error: BaseException, *, headers_seen: bool, status: int | None, request_id: str | None) -> Broken:
    """What a library's exception says: the innermost cause in a few words, and whether the request got out."""
    causes = list(_causes(error))
    names = {type(cause).__name__ for cause in causes}
    opening = bool(
        names
        & {
            "NewConnectionError",
            "ConnectTimeoutError",
            "ConnectTimeout",
            "NameResolutionError",
            "InvalidURL",
            "InvalidProxyURL",
            "LocationParseError",
            "SSLCertVerificationError",
        }
    )
    sent = headers_seen or not (opening or any(_during_opening(cause) for cause in causes))
    hopeless = bool(
        names
        & {
            "SSLCertVerificationError",
            "InvalidURL",
            "InvalidProxyURL",
            "LocationParseError",
            "InvalidHeader",
            "MissingSchema",
            "InvalidSchema",
        }
    )
    if isinstance(error, OSError) and "invalid path" in str(error):
        # requests' own words for a CA file that is not there.
        sent, hopeless = False, True
    if names & {"ReadTimeoutError", "ReadTimeout"}:
        reason = "the server fell silent"
    elif names & {"ConnectTimeoutError", "ConnectTimeout"}:
        reason = "the server could not be reached in time"
    else:
        inner = causes[-1]
        reason = f"{type(inner).__name__}: {inner}"
    return Broken(reason[:300], sent=sent, hopeless=hopeless, status=status, request_id=request_id)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error, and what it wraps, from the outermost to the innermost."""
    seen: set[int] = set()
    queue: list[t.Any] = [error]
    while queue:
        one = queue.pop(0)
        if not isinstance(one, BaseException) or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        queue += [
            *one.args,
            getattr(one, "reason", None),
            getattr(one, "original_error", None),
            one.__cause__,
            one.__context__,
        ]


def _during_opening(error: BaseException) -> bool:
    """Whether the error came while a connection was being opened (name, TCP, proxy tunnel, TLS handshake).

    Neither requests nor urllib3 tells a failed handshake from a connection that broke later; the stack does.
    """
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_name in _OPENING:
            return True
        trace = trace.tb_next
    return False
