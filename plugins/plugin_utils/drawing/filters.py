"""The functions of the filters. They check their options and raise AnsibleFilterError."""

from __future__ import annotations

import functools
import typing as t

from ansible.errors import AnsibleFilterError

from ...module_utils._core.option_types import shown
from .grouping import LIMIT
from .layout import arranged
from .mermaid import flowchart
from .model import Landscape, landscape
from .page import page
from .svg import picture

TITLE = "VPC endpoints"
MOST_BOXES = 400  # one line each; Mermaid allows 500 lines

Accounts = list[dict[str, t.Any]]
Names = dict[str, str]


def _explained(function: t.Callable[..., str]) -> t.Callable[..., str]:
    """The function with AnsibleFilterError, which names the filter, instead of ValueError."""

    @functools.wraps(function)
    def drawn(*arguments: t.Any, **options: t.Any) -> str:
        try:
            return function(*arguments, **options)
        except ValueError as error:
            raise AnsibleFilterError(f"map_{function.__name__}: {error}.") from None

    return drawn


@_explained
def html(
    accounts: Accounts,
    title: str = TITLE,
    names: Names | None = None,
    limit: int = LIMIT,
    note: str = "",
    findings: Accounts | None = None,
) -> str:
    if findings is not None and not (isinstance(findings, list) and all(isinstance(one, dict) for one in findings)):
        raise ValueError("findings is a list of dictionaries")
    return page(_seen(accounts, names), title, note, _boxes(limit), findings)


@_explained
def svg(accounts: Accounts, title: str = TITLE, names: Names | None = None, limit: int = LIMIT) -> str:
    seen = _seen(accounts, names)
    return picture(seen, arranged(seen, _boxes(limit)), title)


@_explained
def mermaid(accounts: Accounts, title: str = TITLE, names: Names | None = None, limit: int = LIMIT) -> str:
    return flowchart(_seen(accounts, names), _boxes(limit), title)


def _seen(accounts: t.Any, names: t.Any) -> Landscape:
    if not isinstance(accounts, list):
        raise ValueError(f"the input is a list of accounts, not {type(accounts).__name__}")
    if names is not None and not isinstance(names, dict):
        raise ValueError(f"names is a dictionary, not {type(names).__name__}")
    return landscape(accounts, names)


def _boxes(limit: t.Any) -> int:
    try:
        number = int(limit)  # templates pass texts
    except (TypeError, ValueError):
        number = 0
    if not 1 <= number <= MOST_BOXES:
        found = limit if isinstance(limit, int) else repr(shown(limit))
        raise ValueError(f"limit is a number from 1 to {MOST_BOXES}, not {found}")
    return number
