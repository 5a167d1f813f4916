"""Many small cases in one test, because pytest needs more time for a test than for such a case."""

import inspect
from collections.abc import Callable, Iterable
from typing import Any

import pytest


def for_each(cases: Iterable[Any]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Makes a test of a function: it is called with each case, and each case that fails is named.

    A case is a tuple with the first arguments, or the first argument. The other arguments are fixtures.
    """
    cases = [case if isinstance(case, tuple) else (case,) for case in cases]
    assert cases

    def decorate(check: Callable[..., None]) -> Callable[..., None]:
        def test(**fixtures: Any) -> None:
            failed = []
            for case in cases:
                try:
                    check(*case, **fixtures)
                except (Exception, pytest.fail.Exception) as error:
                    failed.append(f"{case}: {error!r}")
            assert not failed, "\n".join(failed)

        test.__name__, test.__doc__ = check.__name__, check.__doc__
        parameters = [*inspect.signature(check).parameters.values()][len(cases[0]) :]
        test.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        return test

    return decorate
