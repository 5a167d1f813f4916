# -*- coding: utf-8 -*-
# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads and unpacks the body of an answer, up to a size limit."""

from __future__ import annotations

import typing as t
import zlib

from .._core.errors import TransportFailure

BODY_LIMIT = 16 * 1024 * 1024
"""Bytes of an answer at most, as sent and unpacked: 16 KB for each of the 1,000 objects of a page."""

_PIECE = 64 * 1024
_GZIP = 16 + zlib.MAX_WBITS


def read_body(answer: t.Any, method: str) -> bytes:
    """The whole body of an answer of urllib3. Raises TransportFailure if it is too large, cut short, or not gzip.

    What one gzip packed is unpacked here: urllib3 unpacks as often as the answer says, each time into memory.
    """
    encoding = answer.headers.get("Content-Encoding", "").strip().lower()
    if encoding not in ("", "identity", "gzip", "x-gzip"):
        raise TransportFailure("the answer is encoded in a way that was not asked for", sent=True, hopeless=True)
    promised = answer.headers.get("Content-Length", "")
    length = int(promised) if promised.isascii() and promised.isdigit() and method != "HEAD" else 0
    add = _Unpacked() if "gzip" in encoding else _Plain()
    received = 0
    while True:
        if max(length, received, len(add.body)) > BODY_LIMIT:
            raise TransportFailure(f"the answer is larger than {BODY_LIMIT // 1024**2} MB", sent=True, hopeless=True)
        piece = answer.read(_PIECE, decode_content=False)
        if not piece:
            break
        received += len(piece)
        add(piece)
    if received < length:
        raise TransportFailure(f"the answer ended after {received} of {length} bytes", sent=True)
    if not add.complete:
        raise TransportFailure("the answer's compressed body is cut short", sent=True)
    return bytes(add.body)


class _Plain:
    """A body as it comes."""

    complete = True

    def __init__(self) -> None:
        self.body = bytearray()

    def __call__(self, piece: bytes) -> None:
        self.body += piece


class _Unpacked(_Plain):
    """A body unpacked as it comes, up to one byte beyond the limit; what follows the packed data is dropped."""

    def __init__(self) -> None:
        super().__init__()
        self._unpacker = zlib.decompressobj(_GZIP)
        self.complete = True

    def __call__(self, piece: bytes) -> None:
        while piece and not self._unpacker.eof and len(self.body) <= BODY_LIMIT:
            try:
                self.body += self._unpacker.decompress(piece, BODY_LIMIT + 1 - len(self.body))
            except zlib.error:
                raise TransportFailure("the answer's compressed body is damaged", sent=True) from None
            piece = self._unpacker.unconsumed_tail
        self.complete = self._unpacker.eof
