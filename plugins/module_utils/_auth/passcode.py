# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A passcode is good for one login: who sends it again gets a refusal, and a few refusals lock the user."""

from __future__ import annotations

import contextlib
import typing as t

from .._core.errors import ApiError, ConnectionFailed, CredentialsError
from .token_cache import cache_key

if t.TYPE_CHECKING:
    from collections.abc import Iterator

    from .credentials import Credentials
    from .token_cache import TokenCache

LOCK_SECONDS = 5.0
"""How long to wait for another process that is looking whether a passcode was used."""

REMEMBERED = 86400.0
"""Seconds that a passcode is known as used: as long as the token that it brought."""


@contextlib.contextmanager
def claim_passcode(cache: TokenCache, given: Credentials) -> Iterator[None]:
    """The login is what is inside. Raises CredentialsError if the passcode was sent before, by any process.

    cache: remembers that, as it remembers tokens: by a slow, salted hash.
    """
    if not given.passcode:
        yield
        return
    key = cache_key(
        "passcode", given.auth_url, given.username, given.user_id, given.user_domain_name, given.user_domain_id
    )
    with cache.lock(key, LOCK_SECONDS):
        if cache.read(key, given.passcode) is not None:
            raise CredentialsError(
                "The passcode was used before, and is good for one login: give the one that the MFA device shows now."
            )
        # Before it is sent: whoever is killed meanwhile cannot say so any more.
        cache.write(key, given.passcode, {}, REMEMBERED)
    try:
        yield
    except ApiError as error:
        if isinstance(error, ConnectionFailed) or error.status == 429:
            cache.drop(key, lambda _note: True)  # it never got there
        raise
