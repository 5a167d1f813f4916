"""Data that Ansible passes to plugins as JSON types, and results that Ansible does not evaluate."""

from __future__ import annotations

import functools
import json
import typing as t
from collections.abc import Mapping
from datetime import date

from ansible import template
from ansible.module_utils.common.text.converters import to_text

if hasattr(template, "trust_as_template"):  # ansible-core 2.19 and later evaluate only what is marked as trusted

    def untrusted(value: t.Any) -> t.Any:
        return value

else:
    from ansible.utils.unsafe_proxy import wrap_var as untrusted  # type: ignore[no-redef, unused-ignore]


def plain(value: t.Any) -> t.Any:
    """A copy in JSON types, as a module process receives it: without Ansible's tags, with vault texts decrypted."""
    return json.loads(json.dumps(value, default=_plain_object))


def on_plain_data(function: t.Callable[..., t.Any]) -> t.Callable[..., t.Any]:
    """A filter: the function gets plain copies, and Ansible never evaluates what it returns."""

    @functools.wraps(function)
    def filtered(*arguments: t.Any, **options: t.Any) -> t.Any:
        return untrusted(function(*plain(arguments), **plain(options)))

    return filtered


def _plain_object(value: t.Any) -> t.Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (set, frozenset)):
        return list(value)
    return dict(value) if isinstance(value, Mapping) else to_text(value, nonstring="simplerepr")
