# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One test of many small cases: a test of its own would take pytest longer than the case takes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any


def for_each(cases: Iterable[tuple[Any, ...]]) -> Callable[[Callable[..., None]], Callable[[], None]]:
    """Makes a test of a function: it is called with each case, and each case that fails is named."""
    cases = list(cases)

    def decorate(check: Callable[..., None]) -> Callable[[], None]:
        def test() -> None:
            failed = []
            for case in cases:
                try:
                    check(*case)
                except Exception as error:
                    failed.append(f"{case}: {error!r}")
            assert cases and not failed, "\n".join(failed)

        test.__name__, test.__doc__ = check.__name__, check.__doc__
        return test

    return decorate
